"""A whole year rehearsed, and its totals computed anew by LibreOffice from the inputs in the returned sheets."""

from __future__ import annotations

import json
from collections import defaultdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from judge import convert, office_or_skip, recalculate
from python_calamine import CalamineWorkbook
from scoring_cases import expected, filled

from qtool.actions.action import Outcome, Request
from qtool.actions.demo import demo
from qtool.collect.read import read_return
from qtool.layout import SHEET
from qtool.model import exact, marks_text
from qtool.rehearsal import answers_for
from qtool.workspace import ACCEPTED, DOCUMENTS, INBOX, SHEETS, TALLY

pytestmark = pytest.mark.office


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    office_or_skip()
    root = tmp_path_factory.mktemp("年") / "演练 2022"
    return root, demo(Request(root, {"folder": root, "seed": 7}))


def test_a_whole_year(year: tuple[Path, Outcome]) -> None:
    root, outcome = year
    assert not outcome.failed
    assert len(list((root / SHEETS).glob("*.xlsx"))) == 13
    assert len(list((root / INBOX).glob("*.xlsx"))) == 13
    assert len(list((root / ACCEPTED).glob("*.xlsx"))) == 13
    assert len(list((root / DOCUMENTS).rglob("*.docx"))) == 19
    # request, circular, two notices, five feedback letters; five templates, five letters on reports
    assert outcome.data["tally"]["missing"] == []
    assert [json.loads(line)["what"] for line in (root / "journal.jsonl").read_text("utf-8").splitlines()]


def test_every_total_is_what_libreoffice_computes(year: tuple[Path, Outcome], tmp_path: Path) -> None:
    root, outcome = year
    accepted = sorted((root / ACCEPTED).glob("*.xlsx"))
    totals: dict[str, Fraction] = defaultdict(Fraction)
    for path in recalculate(accepted, tmp_path / "judged"):
        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(SHEET).to_python(skip_empty_area=False)
        last = next(row for row in rows if row[0] == "total")
        for col, name in enumerate(rows[0]):
            if isinstance(name, str) and name.startswith("pt:"):
                value = last[col]
                assert isinstance(value, float)
                totals[name.removeprefix("pt:")] += exact(value)
    standings = outcome.data["tally"]["standings"]
    said: dict[str, Any] = {standing["assessee"]: Fraction(standing["total"]) for standing in standings}
    assert said == {name: max(Fraction(0), total) for name, total in totals.items()}
    assert len(said) == 5


def test_the_circular_says_the_same(year: tuple[Path, Outcome]) -> None:
    root, outcome = year
    document = Document(str(next((root / DOCUMENTS).glob("*通报.docx"))))
    rows = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    for standing in outcome.data["tally"]["standings"]:
        total = marks_text(Fraction(standing["total"]))
        assert any(standing["assessee"] in row and total in row and standing["grade"] in row for row in rows)


def test_the_tally_workbook_agrees_after_recalculation(year: tuple[Path, Outcome], tmp_path: Path) -> None:
    root, outcome = year
    path = recalculate([root / TALLY / "汇总表.xlsx"], tmp_path / "judged")[0]
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("总表").to_python()
    for standing in outcome.data["tally"]["standings"]:
        row = next(row for row in rows if standing["assessee"] in row)
        assert float(Fraction(standing["total"])) in row
        assert standing["grade"] in row
        assert float(standing["rank"]) in row


@pytest.mark.parametrize("kind", ["xlsx:Calc MS Excel 2007 XML", "ods", "xls:MS Excel 97"])
@pytest.mark.parametrize("department", ["市公安局", "市农业农村局", "市交通运输局"])
def test_a_sheet_saved_by_another_program_is_read(tmp_path: Path, department: str, kind: str) -> None:
    office_or_skip()
    path, layout = filled(tmp_path, department)
    saved = convert([path], tmp_path / "saved", kind)[0]
    returned = read_return(saved, expected())
    assert returned.values == answers_for(layout, 1)
    assert returned.faults == ()
