"""A rehearsal with troubles: who is accepted, sent back, missing; and that 问题清单 is enough to mend a file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from cli_cases import qtool
from openpyxl import load_workbook

from qtool.addresses import address
from qtool.layout import PROBLEMS, SHEET, Layout
from qtool.office.workbook.fill import fill
from qtool.plan.read import read_plan
from qtool.rehearsal import answers_for
from qtool.workspace import INBOX, PLAN, RETURNED

pytestmark = pytest.mark.lengthy

_ADDRESS = re.compile(r"\b([A-Z]{1,2}\d{1,3})\b")
STATES = {
    "none": "已采用",
    "odd": "已采用",
    "zipped": "已采用",
    "half": "已退回",
    "wrong": "已退回",
    "damaged": "未交回",
    "absent": "未交回",
}


def mended(copy: Path, target: Path, layout: Layout, seed: int) -> None:
    """Fill in what the list of problems in a copy names, and nothing else."""
    sheet = load_workbook(copy)[PROBLEMS]
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    named = {found for text in texts for found in _ADDRESS.findall(text)}
    places = {address(*place): key for key, place in layout.inputs.items()}
    answers = answers_for(layout, seed)
    wanted = {at: answers[places[at]] for at in named if at in places}
    assert wanted
    fill(copy, target, SHEET, wanted)


@pytest.mark.parametrize("seed", [2022, 7])
def test_everybody_ends_where_the_troubles_say(tmp_path: Path, seed: int) -> None:
    root = tmp_path / "演练"
    said = qtool("demo", root, "--broken", "--seed", seed, "--json")
    assert said.code == 1
    played: dict[str, str] = said.data["data"]["troubles"]
    bad = [name for name, trouble in played.items() if trouble in {"half", "wrong", "damaged", "absent"}]
    assert len(bad) == 4
    assert {played[name] for name in bad} == {"half", "wrong", "damaged", "absent"}
    found: dict[str, Any] = qtool("status", "--campaign", root, "--json").data["data"]
    assert {row["department"]: row["state"] for row in found["departments"]} == {
        name: STATES[trouble] for name, trouble in played.items()
    }
    assert set(found["missing"]) == set(bad)
    plan = read_plan(root / PLAN).plan
    returned = [name for name in bad if played[name] in {"half", "wrong"}]
    for name in returned:
        copy = root / RETURNED / f"评分表-{name}.xlsx-请改正.xlsx"
        mended(copy, root / INBOX / f"改好的-{name}.xlsx", Layout(plan, name), seed)
    again = qtool("collect", "--campaign", root, "--json").data["data"]
    assert set(again["missing"]) == set(bad) - set(returned)
    assert list((root / RETURNED).glob("*-请改正.xlsx")) == []
