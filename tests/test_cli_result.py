"""The end of a year through the command line: the tally, and the rehearsal of all of it."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from cli_cases import POLICE, TRADE, edit, fill, fill_all, prepared, qtool, rehearsed, row_of, shell, snapshot
from openpyxl import load_workbook
from recount import answers, totals

from qtool.workspace import INBOX, PLAN, TALLY

pytestmark = pytest.mark.lengthy

RECORDS = f"{TALLY}/记录"
ADJUSTMENTS = f"{TALLY}/人工调整.xlsx"
BOOK = f"{TALLY}/汇总表.xlsx"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return rehearsed(tmp_path)


def records(root: Path) -> list[str]:
    return sorted(path.name for path in (root / RECORDS).iterdir())


def standings(data: dict[str, Any]) -> dict[str, Fraction]:
    return {standing["assessee"]: Fraction(standing["total"]) for standing in data["standings"]}


# --- tally ----------------------------------------------------------------------------------------------------------


def test_a_tally_before_everybody_answered_is_provisional_and_names_who_is_missing(tmp_path: Path) -> None:
    root = prepared(tmp_path)
    fill_all(root, POLICE, TRADE)
    assert qtool("collect", "--campaign", root).code == 0
    said = shell("tally", at=root)
    assert said.code == 0
    assert "考核结果（暂定）" in said.out
    assert "已汇总11个部门的评分（暂定）" in said.out
    assert "还缺2个部门的评分：市商务局、市公安局。" in said.out
    fill(root, POLICE)
    fill(root, TRADE)
    assert "全部收齐" in qtool("collect", "--campaign", root).out
    final = qtool("tally", "--campaign", root)
    assert "暂定" not in final.out.partition("与以前相比的变化")[0]
    assert "还缺评分的部门" in final.out
    assert records(root) == ["汇总-0001.json", "汇总-0002.json"]


def test_a_tally_again_without_a_change_writes_nothing(root: Path) -> None:
    before = snapshot(root)
    said = qtool("tally", "--campaign", root)
    assert said.code == 0
    assert "与上一次汇总相比没有变化，没有重写" in said.out
    assert snapshot(root) == before
    assert qtool("tally", "--campaign", root, "--force").code == 0
    assert records(root) == ["汇总-0001.json"]
    assert snapshot(root)[BOOK] != before[BOOK]


def test_a_new_record_never_overwrites_one_that_is_there(root: Path) -> None:
    record = root / RECORDS / "汇总-0001.json"
    record.rename(root / RECORDS / "汇总-0007.json")
    kept = snapshot(root / RECORDS)
    edit(root / ADJUSTMENTS, "人工调整", {"A2": "随县", "B2": 1, "D2": "获评全国示范"})
    assert qtool("tally", "--campaign", root, "--revise", "补记加分").code == 0
    assert records(root) == ["汇总-0007.json", "汇总-0008.json"]
    assert snapshot(root / RECORDS)["汇总-0007.json"] == kept["汇总-0007.json"]


def test_adjustments_are_honoured_and_told_as_changes(root: Path) -> None:
    before = standings(qtool("tally", "--campaign", root, "--json").data["data"])
    edit(
        root / ADJUSTMENTS,
        "人工调整",
        {"A2": "随县", "B2": -1.5, "D2": "材料迟报", "A3": "曾都区", "C3": "D", "D3": "一票否决"},
    )
    said = qtool("tally", "--campaign", root, "--revise", "补记调整", "--json").data["data"]
    after = standings(said)
    assert {who: after[who] - before[who] for who in before if after[who] != before[who]} == {"随县": Fraction(-3, 2)}
    assert {s["assessee"]: s["grade"] for s in said["standings"]}["曾都区"] == "D"
    assert any("材料迟报" in change for change in said["changes"])
    old = qtool("tally", "--campaign", root, "--against", "汇总-0001")
    assert "一票否决" in old.out
    assert records(root) == ["汇总-0001.json", "汇总-0002.json"]
    missing = qtool("tally", "--campaign", root, "--against", "汇总-9999")
    assert (missing.code, "[T04]" in missing.err) == (2, True)


def test_a_wrong_or_unreadable_file_of_adjustments_stops_the_step(root: Path) -> None:
    edit(
        root / ADJUSTMENTS, "人工调整", {"A2": "随线", "B2": 1, "D2": "理由", "A3": "随县", "B3": "许多", "D3": "理由"}
    )
    said = qtool("tally", "--campaign", root, "--json")
    assert (said.code, said.codes) == (2, ["T02", "T03"])
    (root / ADJUSTMENTS).write_bytes(b"PK")
    before = snapshot(root)
    for command in ("tally", "documents"):
        stopped = qtool(command, "--campaign", root, "--json")
        assert (stopped.code, stopped.codes) == (2, ["C14"])
    assert snapshot(root) == before


def test_accepted_sheets_of_an_earlier_plan_no_longer_count(root: Path) -> None:
    edit(root / PLAN, "评分细则", {f"I{row_of(root / PLAN, '评分细则', 编号='07-02')}": "1-2=3；3-5=2；其余=0"})
    refused = qtool("tally", "--campaign", root, "--json")
    assert (refused.code, sorted(refused.codes)) == (2, ["S04", "S33", "T01", "T07"])
    said = qtool("tally", "--campaign", root, "--revise", "方案改过", "--json")
    assert (said.code, sorted(said.codes)) == (1, ["S04", "S33", "T01"])
    assert said.data["data"]["missing"] == [POLICE]
    edit(root / PLAN, "考核对象", {"B2": "随州县"})
    nobody = qtool("tally", "--campaign", root, "--json")
    assert (nobody.code, nobody.codes[0], nobody.codes.count("S04")) == (2, "C09", 13)
    assert set(nobody.codes) == {"C09", "S04", "S14", "S33"}
    made = qtool("documents", "--campaign", root, "--no-pdf", "--json")
    assert (made.code, [code for code in made.codes if code != "D08"]) == (1, nobody.codes[1:])


# --- demo -----------------------------------------------------------------------------------------------------------


def test_a_rehearsal_says_where_everything_is(tmp_path: Path) -> None:
    said = shell("demo", "演练 一", "--seed", "7", at=tmp_path)
    assert said.code == 0
    for part in (
        "已新建考核工程",
        "生成13份评分表",
        "13份，演练数据，种子7",
        "采用13份",
        "已汇总13个部门",
        "请打开看看：演练 一",
    ):
        assert part in said.out
    assert said.err == ""
    assert "[C02]" in shell("demo", "演练 一", at=tmp_path).err


def test_the_same_seed_gives_the_same_year_and_another_seed_another(root: Path, tmp_path: Path) -> None:
    first = qtool("tally", "--campaign", root, "--json").data["data"]
    again = qtool("demo", tmp_path / "又", "--seed", 7, "--json", at=tmp_path).data["data"]["tally"]
    other = qtool("demo", tmp_path / "另", "--seed", 8, "--json", at=tmp_path).data["data"]["tally"]
    assert again["points"] == first["points"]
    assert again["standings"] == first["standings"]
    assert other["standings"] != first["standings"]
    for name in sorted(path.name for path in (root / INBOX).iterdir()):
        assert answers([root / INBOX / name]) == answers([tmp_path / "又" / INBOX / name])


def check_against_recount(root: Path) -> None:
    """Compare the last record and the workbook with the second count."""
    told = standings(json.loads((root / RECORDS / "汇总-0001.json").read_text("utf-8")))
    counted = totals(answers((root / INBOX).glob("*.xlsx")), told)
    assert {who: Decimal(total.numerator) / Decimal(total.denominator) for who, total in told.items()} == counted
    cells = {cell for row in load_workbook(root / BOOK, data_only=True).worksheets[0].values for cell in row}
    assert {float(total) for total in told.values()} <= cells


def test_the_tally_equals_an_independent_count(root: Path) -> None:
    check_against_recount(root)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 8, 2022])
def test_the_tally_of_other_years_equals_an_independent_count(tmp_path: Path, seed: int) -> None:
    assert qtool("demo", tmp_path / "演练", "--seed", seed, at=tmp_path).code == 0
    check_against_recount(tmp_path / "演练")
