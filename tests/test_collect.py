"""Returned sheets: what is read, what is refused, what is asked, and which file counts."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from package_parts import pack, unpack
from scoring_cases import CAMPAIGN, KEY, expected, filled, plan_2022, write

from qtool.addresses import address
from qtool.collect.choose import sort_returns
from qtool.collect.expected import Expected
from qtool.collect.read import read_carried, read_return
from qtool.layout import META, SHEET, Layout
from qtool.model import CITY, Plan
from qtool.office.workbook.fill import fill
from qtool.outcome import Return
from qtool.rehearsal import answers_for

POLICE = "市公安局"
FARMING = "市农业农村局"
DEPARTMENTS = [department.name for department in plan_2022().scoring_departments]


def changed(path: Path, cells: Mapping[str, object], sheet: str = SHEET) -> Path:
    """Type into cells as a program does that knows nothing of qtool."""
    book = load_workbook(path)
    for cell, value in cells.items():
        book[sheet][cell].value = value
    book.save(path)
    return path


def codes(returned: Return) -> list[str]:
    return [fault.code for fault in returned.faults]


def cell_of(layout: Layout, measure: str, who: str) -> str:
    return address(*layout.inputs[measure, who])


@pytest.mark.parametrize("department", DEPARTMENTS)
def test_what_was_filled_in_is_what_is_read(tmp_path: Path, department: str) -> None:
    path, layout = filled(tmp_path, department)
    returned = read_return(path, expected())
    assert returned.faults == ()
    assert returned.values == answers_for(layout, 1)
    assert returned.expected == len(layout.inputs)
    assert returned.acceptable
    assert returned.department == department
    for key, answer in returned.answers.items():
        assert answer.cell == address(*layout.inputs[key])
    lost = layout.scorer.score(returned.values)
    asked = {
        (c.code, name) for c in layout.criteria for name in layout.assessees if lost.criteria[c.code, name] != c.high
    }
    assert set(returned.reasons) == asked


def test_signatures_are_read(tmp_path: Path) -> None:
    path, layout = filled(tmp_path, POLICE)
    row = layout.sign_row + 1
    changed(path, {f"D{row}": "张三", f"G{row}": "李四", f"D{row + 1}": "2023年1月10日"})
    signed = read_return(path, expected()).signed
    assert signed == {"填表人": "张三", "审核人": "李四", "日期": "2023年1月10日"}


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("９．５", None),
        (" 0.5 ", "0.5"),
        ("０．５", "0.5"),
        ("0.5分", "0.5"),
        ("+0.5", "0.5"),
        ("－0.5", None),
        ("零点五", None),
        (True, None),
        ("50%", None),
        (5.01, None),
    ],
)
def test_figures_as_people_type_them(tmp_path: Path, typed: object, means: str | None) -> None:
    path, layout = filled(tmp_path, "市质强办")
    cell = cell_of(layout, "01-01-1-1", "曾都区")
    returned = read_return(changed(path, {cell: typed}), expected())
    here = [fault for fault in returned.faults if fault.cell == cell]
    if means is None:
        assert [fault.code for fault in here] == ["S11"]
        assert "曾都区" in here[0].message
        assert "0～5之间的数" in here[0].remedy
        assert not returned.acceptable
    else:
        assert [fault.code for fault in here] == ["S16"]
        assert returned.answers["01-01-1-1", "曾都区"].value == Fraction(means)
        assert returned.answers["01-01-1-1", "曾都区"].typed
        assert returned.acceptable


@pytest.mark.parametrize(
    ("typed", "means"),
    [("98.5%", "0.985"), ("９８％", "0.98"), (0.5, "0.5"), (98, "0.98"), ("98", "0.98"), ("0.98", None), (-0.1, None)],
)
def test_percentages_as_people_type_them(tmp_path: Path, typed: object, means: str | None) -> None:
    path, layout = filled(tmp_path, FARMING)
    returned = read_return(changed(path, {cell_of(layout, "01-02-1-1", CITY): typed}), expected())
    answer = returned.answers.get(("01-02-1-1", CITY))
    assert (answer.value if answer else None) == (Fraction(means) if means else None)
    assert returned.acceptable == (means is not None)


@pytest.mark.parametrize(
    ("typed", "means"), [(" 是 ", "是"), ("是", "是"), ("有", "是"), ("不详", None), (1, None), ("否 ", "否")]
)
def test_labels_as_people_type_them(tmp_path: Path, typed: object, means: str | None) -> None:
    path, layout = filled(tmp_path, POLICE)
    returned = read_return(changed(path, {cell_of(layout, "08-01-1-1", "随县"): typed}), expected())
    answer = returned.answers.get(("08-01-1-1", "随县"))
    assert (answer.value if answer else None) == means
    assert ("S11" in codes(returned)) == (means is None)


def test_blanks_are_named_once_for_each_measure(tmp_path: Path) -> None:
    path, layout = filled(tmp_path, POLICE)
    cells = [cell_of(layout, "07-02-1-1", name) for name in ("随县", "广水市")]
    returned = read_return(changed(path, dict.fromkeys(cells)), expected())
    blank = [fault for fault in returned.faults if fault.code == "S10"]
    assert len(blank) == 1
    assert blank[0].cell == "、".join(cells)
    assert "随县、广水市" in blank[0].message
    assert len(returned.answers) == len(layout.inputs) - 2


def test_points_that_were_overwritten_are_said_with_both_figures(tmp_path: Path) -> None:
    path, layout = filled(tmp_path, POLICE)
    cell = address(layout.rows["c:08-01"], layout.columns["pt:随县"])
    right = layout.scorer.score(answers_for(layout, 1)).criteria["08-01", "随县"]
    fill(path, tmp_path / "changed.xlsx", SHEET, {cell: Fraction("0.77")})
    returned = read_return(tmp_path / "changed.xlsx", expected())
    wrong = [fault for fault in returned.faults if fault.code == "S12"]
    assert [fault.cell for fault in wrong] == [cell]
    assert "0.77" in wrong[0].message
    assert str(right) in wrong[0].message
    assert returned.acceptable


def test_changed_text_is_said_with_both_texts(tmp_path: Path) -> None:
    path, layout = filled(tmp_path, POLICE)
    row = layout.rows["m:08-01-1-1"] + 1
    returned = read_return(changed(path, {f"E{row}": "随便写写"}), expected())
    assert codes(returned) == ["S13"]
    assert "随便写写" in returned.faults[0].message
    assert returned.acceptable


def test_rows_that_moved_are_found(tmp_path: Path) -> None:
    path, layout = filled(tmp_path, POLICE)
    book = load_workbook(path)
    sheet = book[SHEET]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    target = book.create_sheet("乱序")
    body = rows[5:]
    for row in [*rows[:2], *body[::-1], *rows[2:5]]:
        target.append(row)
    book.remove(sheet)
    book.save(path)
    returned = read_return(path, expected())
    assert returned.values == answers_for(layout, 1)
    assert [fault.code for fault in returned.faults if fault.is_error] == []


def test_rows_that_are_gone_or_doubled_are_named(tmp_path: Path) -> None:
    path, layout = filled(tmp_path, POLICE)
    row = layout.rows["m:08-01-1-1"] + 1
    gone = read_return(changed(path, {f"A{row}": None}), expected())
    lost = [fault for fault in gone.faults if fault.code == "S14"]
    assert len(lost) == 1
    assert "、".join(layout.assessees) in lost[0].message
    doubled = read_return(changed(path, {f"A{row}": "m:07-02-1-1"}), expected())
    twice = next(fault for fault in doubled.faults if fault.code == "S17")
    assert twice.cell == f"第{row}行"
    assert f"第{layout.rows['m:07-02-1-1'] + 1}行" in twice.message


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "S05"),
        (b"<html><table></table></html>", "S05"),
        (b"PK\x03\x04 and then nothing", "S05"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "S06"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "S05"),
    ],
)
def test_files_that_are_no_workbooks(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "评分表.xlsx"
    path.write_bytes(content)
    returned = read_return(path, expected())
    assert codes(returned) == [code]
    assert not returned.acceptable
    assert returned.identity is None


def test_figures_that_no_program_shows_are_refused(tmp_path: Path) -> None:
    path, layout = filled(tmp_path, "市质强办")
    cell = cell_of(layout, "01-01-1-1", "曾都区")
    changed(path, {cell: 123456.5})
    points = address(layout.rows["c:01-01"], layout.columns["pt:随县"])
    changed(path, {points: 654321.5})
    parts = unpack(path.read_bytes())
    sheet = parts["xl/worksheets/sheet2.xml"].replace(b"123456.5", b"1E400").replace(b"654321.5", b"NaN")
    path.write_bytes(pack(parts | {"xl/worksheets/sheet2.xml": sheet}))
    returned = read_return(path, expected())
    found = {(fault.code, fault.cell) for fault in returned.faults if fault.code in ("S11", "S12")}
    assert found == {("S11", cell), ("S12", points)}


def test_a_sheet_that_is_too_large_says_how_large(tmp_path: Path) -> None:
    path, _ = filled(tmp_path, POLICE)
    changed(path, {"A30000": 1})
    (fault,) = read_return(path, expected()).faults
    assert fault.code == "S19"
    assert "30000行" in fault.message


def test_a_truncated_sheet_is_damaged(tmp_path: Path) -> None:
    path, _ = filled(tmp_path, POLICE)
    path.write_bytes(path.read_bytes()[:-3000])
    assert codes(read_return(path, expected())) == ["S05"]


def test_a_file_that_is_gone_meanwhile(tmp_path: Path) -> None:
    assert codes(read_return(tmp_path / "没有.xlsx", expected())) == ["S05"]


def test_a_foreign_workbook(tmp_path: Path) -> None:
    book = Workbook()
    book.save(tmp_path / "x.xlsx")
    assert codes(read_return(tmp_path / "x.xlsx", expected())) == ["S01"]


def test_another_campaign_another_key_another_plan(tmp_path: Path) -> None:
    path, _ = filled(tmp_path, POLICE)
    assert codes(read_return(path, Expected(plan_2022(), "another", KEY))) == ["S02"]
    assert codes(read_return(path, Expected(plan_2022(), CAMPAIGN, "another"))) == ["S03"]
    assert codes(read_return(path, expected(with_more_marks(POLICE)))) == ["S04"]


def with_more_marks(department: str) -> Plan:
    plan = plan_2022()
    first = plan.of_department(department)[0]
    changed = replace(first, marks=first.marks + 1)
    return replace(plan, criteria=tuple(changed if c is first else c for c in plan.criteria))


def test_what_changed_elsewhere_does_not_spoil_a_sheet(tmp_path: Path) -> None:
    path, _ = filled(tmp_path, POLICE)
    assert read_return(path, expected(with_more_marks(FARMING))).acceptable
    later = replace(plan_2022().facts, deadline=date(2023, 2, 1))
    assert read_return(path, expected(replace(plan_2022(), facts=later))).acceptable


def test_an_unproven_identity_names_no_department(tmp_path: Path) -> None:
    path, _ = filled(tmp_path, POLICE)
    changed(path, {"B3": FARMING}, META)
    assert read_return(path, expected()).department == ""


def test_a_mended_file_settles_the_earlier_one(tmp_path: Path) -> None:
    path, layout = filled(tmp_path, POLICE)
    good = returned_as(path, "改好的.xlsx", 2_000)
    changed(path, {cell_of(layout, "07-02-1-1", "随县"): None})
    early = returned_as(path, "先前的.xlsx", 1_000)
    late = returned_as(path, "后来的.xlsx", 3_000)
    assert sort_returns([early, good], [POLICE]).rejected == ()
    assert [returned.file for returned in sort_returns([early, good], [POLICE]).superseded] == ["先前的.xlsx"]
    assert [returned.file for returned in sort_returns([late, good], [POLICE]).rejected] == ["后来的.xlsx"]


def test_who_it_is_cannot_be_changed(tmp_path: Path) -> None:
    path, _ = filled(tmp_path, POLICE)
    changed(path, {"B3": FARMING}, META)
    assert codes(read_return(path, expected())) == ["S03"]


def test_a_department_that_is_not_asked(tmp_path: Path) -> None:
    plan = replace(plan_2022(), criteria=plan_2022().of_department(FARMING))
    path, _ = filled(tmp_path, POLICE)
    assert codes(read_return(path, expected(plan))) == ["S07"]


def returned_as(path: Path, name: str, when: int) -> Return:
    """Read a copy of a file as if it had come under another name at another time."""
    target = path.with_name(name)
    shutil.copy(path, target)
    returned = read_return(target, expected())
    return replace(returned, received=datetime.fromtimestamp(when, UTC))


def test_the_newest_complete_file_counts(tmp_path: Path) -> None:
    path, layout = filled(tmp_path, POLICE)
    early = returned_as(path, "早.xlsx", 1_000)
    changed(path, {cell_of(layout, "07-02-1-1", "随县"): 3})
    late = returned_as(path, "晚.xlsx", 2_000)
    changed(path, {cell_of(layout, "07-02-1-1", "随县"): None})
    emptier = returned_as(path, "更晚但没填完.xlsx", 3_000)
    collection = sort_returns([emptier, early, late], [POLICE, FARMING])
    assert collection.accepted[POLICE].file == "晚.xlsx"
    assert [returned.file for returned in collection.superseded] == ["早.xlsx"]
    assert [returned.file for returned in collection.rejected] == ["更晚但没填完.xlsx"]
    assert collection.missing == (FARMING,)
    assert [fault.code for fault in collection.faults] == ["S15"]
    assert collection.received == 3


def test_the_same_file_twice_is_one(tmp_path: Path) -> None:
    path, _ = filled(tmp_path, POLICE)
    collection = sort_returns([returned_as(path, "一.xlsx", 1), returned_as(path, "二.xlsx", 2)], [POLICE])
    assert collection.faults == ()
    assert collection.superseded == ()


def test_a_newer_version_counts_before_a_later_file(tmp_path: Path) -> None:
    layout = Layout(plan_2022(), POLICE)
    answers = answers_for(layout, 1)
    old = returned_as(write(tmp_path / "a.xlsx", layout, answers, 1), "旧版.xlsx", 2_000)
    new = returned_as(write(tmp_path / "b.xlsx", layout, answers, 2), "新版.xlsx", 1_000)
    assert sort_returns([old, new], [POLICE]).accepted[POLICE].file == "新版.xlsx"


def test_answers_are_carried_where_the_question_is_the_same(tmp_path: Path) -> None:
    path, layout = filled(tmp_path, POLICE)
    plan = plan_2022()
    criteria = plan.of_department(POLICE)
    measure = replace(criteria[1].items[0].measures[0], parameters="是=0.9；否=0")
    item = replace(criteria[1].items[0], measures=(measure,))
    edited = replace(criteria[1], items=(item,))
    new = replace(plan, criteria=tuple(edited if c is criteria[1] else c for c in plan.criteria))
    found = read_carried(path, expected(new))
    assert found is not None
    department, carried = found
    assert department == POLICE
    assert set(carried.answers) == {key for key in layout.inputs if key[0] == "07-02-1-1"}
    assert carried.dropped == 5
    assert read_carried(path, Expected(plan, "another", KEY)) is None
