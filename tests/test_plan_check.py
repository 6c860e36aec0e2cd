"""The check of a plan: every fault once, at its cell, in words that a user understands; and never only the first."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import openpyxl
import pytest
from markdown_book import tables, write_tables
from plan_mistakes import (
    AREAS,
    ASSESSEES,
    BANDS,
    BESIDES,
    CASES,
    CRITERIA,
    DEPARTMENTS,
    FACTS,
    GRADES,
    MEASURES,
    MISTAKES,
    WARNINGS,
)
from plan_text import SMALL, errors, faults_of, places, read_text, small

from qtool.faults import CATALOGUE
from qtool.plan.check import check
from qtool.plan.read import read_plan
from qtool.resources import PLAN_2022, PLAN_BLANK, template


@pytest.mark.parametrize(("edits", "code", "sheet", "cell", "words"), CASES)
def test_a_mistake_is_reported_once_at_its_cell(
    edits: tuple[tuple[str, str], ...], code: str, sheet: str, cell: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    found = errors(faults_of(tmp_path, *edits))
    assert sum(one.code == code for one in found) == 1, [str(one) for one in found]
    (fault,) = [one for one in found if one.code == code]
    assert (fault.sheet, fault.cell) == (sheet, cell)
    for word in words:
        assert word in str(fault)
    # One mistake may show in two places at most, such as a code that stands on two sheets.
    follow = {"P21": {"P23"}, "P37": {"P22", "P23"}, "P23": {"P22"}, "P33": {"P22"}, "P22": set()}.get(code, set())
    assert {one.code for one in found} - {code} <= follow, [str(one) for one in found]


@pytest.mark.parametrize(("edits", "code", "sheet", "cell", "words"), WARNINGS)
def test_warnings_do_not_stop(
    edits: tuple[tuple[str, str], ...], code: str, sheet: str, cell: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    found = faults_of(tmp_path, *edits)
    assert places(found) == ({(code, sheet, cell): 1} if code else {})
    assert all(word in str(fault) and not fault.is_error for fault in found for word in words)


def test_full_marks_out_of_reach_are_told_for_the_criterion_and_the_whole(tmp_path: Path) -> None:
    found = faults_of(tmp_path, ("| 评定 | 0~1 |", "| 评定 | 0~0.7 |"))
    assert places(found) == {("P44", FACTS, "B13"): 1, ("P41", CRITERIA, "G4"): 1}
    assert "总分也只有4.7分，达不到5分" in str(found[0])
    assert "“02-01”分值2分，但按计分规则最多只能得1.7分" in str(found[1])


def test_small_plan_has_no_fault(tmp_path: Path) -> None:
    assert faults_of(tmp_path) == []


def test_addresses_are_asked_for_when_mail_is_used(tmp_path: Path) -> None:
    edits = (("| 使用邮件发送 | 否 |", "| 使用邮件发送 | 是 |"), ("| 随县 | |\n", "| 随县 | a@b.cn |\n"))
    found = faults_of(tmp_path, *edits)
    assert places(found) == {("P31", ASSESSEES, "C3"): 1, ("P31", DEPARTMENTS, "B2"): 1, ("P31", DEPARTMENTS, "B3"): 1}
    assert "“广水市人民政府”没有邮箱。请填上邮箱，或在“方案”表把“使用邮件发送”改为“否”" in str(found[0])


@pytest.mark.parametrize("sheet", [AREAS, ASSESSEES, DEPARTMENTS, CRITERIA, MEASURES, GRADES])
def test_sheet_without_rows_is_reported(sheet: str, tmp_path: Path) -> None:
    found = tables(SMALL)
    found[sheet] = found[sheet][:1]
    faults = check(read_plan(write_tables(tmp_path / "plan.xlsx", found)))
    assert places(faults)["P36", sheet, ""] == 1


def test_2022_has_no_error_and_exactly_the_known_warnings() -> None:
    found = check(read_plan(template(PLAN_2022)))
    assert [(one.code, one.cell, one.is_error) for one in found] == [
        ("P44", "B13", False),
        *[("P40", "G32", False), ("P41", "G32", False), ("P41", "G72", False), ("P41", "G73", False)],
    ]
    said = "".join(map(str, found))
    for words in (
        "99.3分",
        "“06-01”各条目分值合计1.3分，与分值1.8分",
        "“15-04”分值0.4分",
        "“15-05”分值0.4分",
        "只能得0.3分",
    ):
        assert words in said


def test_blank_plan_asks_for_what_is_missing_and_nothing_else() -> None:
    assert Counter(one.code for one in check(read_plan(template(PLAN_BLANK)))) == {"P10": 11, "P36": 5}


@pytest.mark.parametrize(
    ("method", "unit", "parameters"),
    [
        ("分档", "%", ">=90%=1；<90%=0"),
        ("分档", "%", ">90%=1；<=90%=0"),
        ("分档", "件", ">=8=1；<=7=0"),
        ("分档", "件", ">7=1；=7=0.5；<7=0"),
        ("分档", "元", "<10=0；<20=0.5；>=20=1"),
        ("分档", "家", ">0=1；0=0"),
    ],
)
def test_bands_without_gap_are_accepted(method: str, unit: str, parameters: str, tmp_path: Path) -> None:
    edit = ("| 合格率 | % | 分档 | " + BANDS, f"| 合格率 | {unit} | {method} | {parameters}")
    assert errors(faults_of(tmp_path, edit)) == []


def test_equal_label_is_warned_of_within_a_department_only(tmp_path: Path) -> None:
    assert faults_of(tmp_path, ("| 全市名次 |", "| 合格率 |")) == []
    within = faults_of(tmp_path, ("| 有无记录 |", "| 合格率 |"))
    across = faults_of(tmp_path, ("| 机制得分 |", "| 合格率 |"))
    assert [(one.code, one.cell) for one in within + across] == [("P42", "F3"), ("P42", "F6")]


def test_what_hangs_on_a_reported_cell_is_not_reported_again(tmp_path: Path) -> None:
    edits = [("| 01-01 | 整体水平 |", "| 01-01 | 整体 |"), ("| 政策制度 | 2 |\n", "| 政策制度 | 两分 |\n")]
    edits += [("| B | 4 |", "| B | |"), ("| 扣分 | 1 | 0 | 市农业农村局 |", "| 扣分 | 1 | 0 | 市农业局 |")]
    edits += [
        ("| 得分 | 1 | 0 | 市农业农村局 |", "| 得分 | 1 | 0 | 市农村局 |"),
        ("| 计次 | 起评=1", "| 计数 | 起评=1"),
    ]
    assert places(faults_of(tmp_path, *edits)) == {
        ("P11", AREAS, "B3"): 1,
        ("P24", CRITERIA, "B2"): 1,
        ("P20", CRITERIA, "I3"): 1,
        ("P20", CRITERIA, "I5"): 1,
        ("P25", MEASURES, "H4"): 1,
        ("P10", GRADES, "B3"): 1,
    }


def test_mistakes_in_rows_of_an_unknown_code_are_reported_too(tmp_path: Path) -> None:
    edits = [("| 02-01 | 1 | 由部门评定 | 1 |", "| 99-99 | 1 | 由部门评定 | 一 |"), ("| 评定 | 0~1 |", "| 评定 | 高 |")]
    edits += [("| 09-01 | 1 | 发生", "| | 1 | 发生"), ("| 每次=-0.2；最低=-1 |", "| 每回=-0.2 |")]
    found = places(faults_of(tmp_path, *edits))
    assert {("P23", MEASURES, "A6"), ("P11", MEASURES, "D6"), ("P25", MEASURES, "I6"), ("P25", MEASURES, "I8")} <= set(
        found
    )
    assert set(found.values()) == {1}


def test_fifty_mistakes_are_all_listed_at_once(tmp_path: Path) -> None:
    assert len(MISTAKES) >= 50
    book = openpyxl.load_workbook(template(PLAN_2022))
    for sheet, cell, typed, _ in MISTAKES:
        book[sheet][cell] = typed
    path = tmp_path / "plan.xlsx"
    book.save(path)
    found = errors(check(read_plan(path)))
    expected = [(*code.split(), cell) for _, cell, _, code in MISTAKES]
    spots = [(code, sheet, at) for (sheet, *_), (code, at, *_) in zip(MISTAKES, expected, strict=True)]
    assert places(found) == Counter(spots + BESIDES)
    in_order = [FACTS, AREAS, ASSESSEES, DEPARTMENTS, CRITERIA, MEASURES, GRADES]
    assert list(dict.fromkeys(one.sheet for one in found)) == in_order


def test_every_plan_code_is_provoked_here() -> None:
    here = {code for _, code, *_ in CASES + WARNINGS} | {"P31", "P36", "P41", "P44"}
    refused = {"P01", "P02", "P03", "P04", "P05", "P06", "P07", "P09"}  # test_plan_read
    assert here - {""} | refused == {code for code in CATALOGUE if code.startswith("P")}


def test_messages_name_place_fault_and_remedy(tmp_path: Path) -> None:
    for edits, *_ in CASES:
        for fault in faults_of(tmp_path, *edits):
            assert fault.file == "考核方案.xlsx"
            assert fault.sheet
            text = str(fault)
            assert text.endswith(f"[{fault.code}]")
            assert not [bad for bad in ("。。", "？。", "“”", "None", "Fraction", "{", "；。", "  ") if bad in text], (
                text
            )
            assert len(text) < 500


def test_reading_again_says_the_same(tmp_path: Path) -> None:
    reading = read_text(tmp_path, small(("| 满分 | 5 |", "| 满分 | 六 |")))
    assert check(reading) == check(reading)
