"""Proposed deductions: nothing without a person, decisions survive, only what is right counts."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from cli_cases import qtool, rehearsed
from hypothesis import given, settings
from hypothesis import strategies as st
from small_tally import make_plan

from qtool.faults import QtoolError
from qtool.outcome import Proposal
from qtool.tally.proposals import ADOPTED, GONE, REFUSED, read_proposals, write_proposals
from qtool.workspace import TALLY

NOW = datetime(2023, 1, 15, 9, tzinfo=UTC)
PLAN = make_plan()
ONE = Proposal("随县-字数", "随县", "自评报告超过5000字", "考核方案：酌情扣分。")
TWO = Proposal("曾都区-格式", "曾都区", "字体不对", "考核方案：酌情扣分。")
COLUMNS = {"扣分": "E", "是否采用": "F", "决定人": "G", "日期": "H", "考核对象": "B"}


def decide(path: Path, row: int, **typed: Any) -> None:
    """Fill in a row as a person does; the first proposal stands in row 3."""
    book = openpyxl.load_workbook(path)
    sheet = book.active
    assert sheet is not None
    for name, value in typed.items():
        sheet[f"{COLUMNS[name]}{row}"] = value
    book.save(path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_proposals(tmp_path / "建议扣分.xlsx", PLAN, [ONE, TWO], NOW)


def test_no_file_means_nothing_and_nothing_decided_means_nothing_deducted(tmp_path: Path, path: Path) -> None:
    assert read_proposals(tmp_path / "没有.xlsx", PLAN) == ((), ())
    adjustments, (fault,) = read_proposals(path, PLAN)
    assert adjustments == ()
    assert (fault.code, fault.is_error) == ("T05", False)
    assert "有2条" in fault.message


def test_what_a_person_adopted_is_deducted(path: Path) -> None:
    decide(path, 3, 扣分=0.5, 是否采用=ADOPTED, 决定人="办公室", 日期=datetime(2023, 1, 16))  # noqa: DTZ001
    decide(path, 4, 是否采用=REFUSED)
    (found,), faults = read_proposals(path, PLAN)
    assert faults == ()
    assert (found.assessee, found.marks, found.grade) == ("随县", Fraction(-1, 2), "")
    assert found.who == "办公室，2023-01-16"
    assert found.reason == "自评报告超过5000字。考核方案：酌情扣分"


@pytest.mark.parametrize("typed", [0.5, "0.5", "０．５", "0.5分", -0.5, "-0.5"])
def test_a_deduction_is_understood_as_it_is_typed(path: Path, typed: object) -> None:
    decide(path, 3, 扣分=typed, 是否采用=f" {ADOPTED} ", 决定人="办公室")
    assert [one.marks for one in read_proposals(path, PLAN)[0]] == [Fraction(-1, 2)]


@pytest.mark.parametrize(
    ("typed", "cell", "said"),
    [
        ({"是否采用": ADOPTED, "决定人": "办公室"}, "E3", "没有写扣几分"),
        ({"是否采用": ADOPTED, "决定人": "办公室", "扣分": "半分"}, "E3", "不是数"),
        ({"是否采用": ADOPTED, "决定人": "办公室", "扣分": 0}, "E3", "不在0到100之间"),
        ({"是否采用": ADOPTED, "决定人": "办公室", "扣分": 0.12345}, "E3", "小数太长"),
        ({"是否采用": ADOPTED, "扣分": 0.5}, "G3", "没有写决定人"),
        ({"是否采用": "同意", "扣分": 0.5}, "F3", "看不懂"),
    ],
)
def test_a_row_that_is_not_right_is_named_and_counts_for_nothing(
    path: Path, typed: dict[str, object], cell: str, said: str
) -> None:
    decide(path, 3, **typed)
    adjustments, faults = read_proposals(path, PLAN)
    assert adjustments == ()
    wrong = [one for one in faults if one.code == "T03"]
    assert [(one.cell, one.is_error) for one in wrong] == [(cell, True)]
    assert said in wrong[0].message


def test_decisions_survive_a_new_check(path: Path) -> None:
    decide(path, 3, 扣分=0.5, 是否采用=ADOPTED, 决定人="办公室", 日期="2023-01-16")
    decide(path, 4, 是否采用=REFUSED)
    before = read_proposals(path, PLAN)
    write_proposals(path, PLAN, [TWO, ONE], NOW)
    assert read_proposals(path, PLAN) == before
    changed = Proposal(ONE.id, ONE.assessee, "自评报告超过5000字，多了9字", ONE.basis)
    write_proposals(path, PLAN, [changed], NOW)
    (found,), _ = read_proposals(path, PLAN)
    assert found.marks == Fraction(-1, 2)
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    notes = {str(row[0].value): row[8].value for row in sheet.iter_rows(min_row=3)}
    assert notes == {ONE.id: f"决定时写的是：{ONE.finding}", TWO.id: GONE}


def test_what_was_not_decided_goes_with_its_finding(path: Path) -> None:
    write_proposals(path, PLAN, [TWO], NOW)
    _, (fault,) = read_proposals(path, PLAN)
    assert "有1条" in fault.message


def test_a_workbook_that_cannot_be_read_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "建议扣分.xlsx"
    for content in (b"x", (tmp_path / "别的.xlsx")):
        if isinstance(content, Path):
            book = openpyxl.Workbook()
            assert book.active is not None
            book.active["A1"] = "随便"
            book.save(content)
            content = content.read_bytes()  # noqa: PLW2901 - what the file holds
        path.write_bytes(content)
        with pytest.raises(QtoolError):
            write_proposals(path, PLAN, [ONE], NOW)
        assert path.read_bytes() == content


@pytest.mark.lengthy
def test_the_tally_counts_what_was_adopted_and_warns_of_the_rest(tmp_path: Path) -> None:
    root = rehearsed(tmp_path)
    before = qtool("tally", "--campaign", root, "--json").data["data"]
    plan = make_plan()
    path = root / TALLY / "建议扣分.xlsx"
    write_proposals(path, plan, [ONE, TWO], NOW)
    said = qtool("tally", "--campaign", root, "--json")
    assert said.codes == ["T05"]
    assert said.code == 0
    decide(path, 3, 扣分=0.5, 是否采用=ADOPTED, 决定人="办公室")
    refused = qtool("tally", "--campaign", root, "--json")
    assert refused.codes == ["T07", "T05"]
    after = qtool("tally", "--campaign", root, "--revise", "采用建议扣分", "--json").data["data"]

    def total(data: dict[str, object]) -> Fraction:
        rows = {row["assessee"]: row for row in data["standings"]}  # type: ignore[attr-defined]
        return Fraction(rows["随县"]["total"])

    assert total(after) == total(before) - Fraction(1, 2)
    decide(path, 3, 决定人="")
    assert (qtool("tally", "--campaign", root).code) == 2


NAMES, FINDINGS = st.text("甲乙丙-1", min_size=1, max_size=6), st.text("事实<&>“”", min_size=1)
PROPOSALS = st.lists(
    st.builds(Proposal, NAMES, st.just("随县"), FINDINGS, st.just("依据")), max_size=8, unique_by=lambda one: one.id
)


@settings(max_examples=25)
@given(PROPOSALS, PROPOSALS, st.sets(st.integers(3, 10)))
def test_no_decision_is_ever_lost(first: list[Proposal], second: list[Proposal], rows: set[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_proposals(Path(folder) / "a.xlsx", PLAN, first, NOW)
        decided = [row for row in rows if row < 3 + len(first)]
        for row in decided:
            decide(path, row, 扣分=row, 是否采用=ADOPTED, 决定人="办公室")
        before = {one.marks for one in read_proposals(path, PLAN)[0]}
        assert before == {Fraction(-row) for row in decided}
        write_proposals(path, PLAN, second, NOW)
        assert {one.marks for one in read_proposals(path, PLAN)[0]} == before
