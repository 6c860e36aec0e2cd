"""Beside the tally: manual adjustments read from their workbook, records kept on disk, changes between two."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from tally_cases import ALL, MADE, adjustment, returned, small, small_plan

from qtool.faults import QtoolError
from qtool.model import Key, Value
from qtool.outcome import Adjustment
from qtool.tally.adjust import read_adjustments, write_adjustments_template
from qtool.tally.build import build
from qtool.tally.record import changes, read_record, record


def filled(path: Path, *rows: Sequence[Any]) -> Path:
    write_adjustments_template(path, small_plan())
    book = load_workbook(path)
    for number, values in enumerate(rows, 2):
        for col, value in enumerate(values, 1):
            book["人工调整"].cell(number, col, value)
    book.save(path)
    return path


def test_no_file_and_an_empty_template_mean_no_adjustments(tmp_path: Path) -> None:
    path = tmp_path / "人工调整.xlsx"
    assert read_adjustments(path, small_plan()) == ((), ())
    assert read_adjustments(filled(path), small_plan()) == ((), ())


def test_adjustments_are_read_as_people_type_them(tmp_path: Path) -> None:
    day = MADE.replace(tzinfo=None)
    path = filled(
        tmp_path / "人工调整.xlsx",
        ("甲县", -0.5, None, "超过字数", "综合科", day),
        (),
        (" 乙县人民政府 ", "－０.２５分", "", "格式不符"),
        ("丙区", None, "d级", "一票否决", "市质强办"),
    )
    adjustments, faults = read_adjustments(path, small_plan())
    assert faults == ()
    assert adjustments == (
        Adjustment("甲县", Fraction("-0.5"), "", "超过字数", "综合科，2023-01-20", 2),
        Adjustment("乙县", Fraction("-0.25"), "", "格式不符", "", 4),
        Adjustment("丙区", Fraction(0), "D", "一票否决", "市质强办", 5),
    )


def test_faulty_rows_are_all_reported_and_left_out(tmp_path: Path) -> None:
    path = filled(
        tmp_path / "人工调整.xlsx",
        ("甲乡", 1, None, "理由"),
        (None, 1, None, "理由"),
        ("甲县", "很多", None, "理由"),
        ("甲县", 1, None, None),
        ("甲县", None, None, "理由"),
        ("甲县", 0.12345, None, "理由"),
        ("甲县", None, "E", "理由"),
        ("甲县", None, "C", "理由"),
        ("甲县", None, "D", "理由"),
    )
    adjustments, faults = read_adjustments(path, small_plan())
    assert [one.row for one in adjustments] == [9]
    assert [(one.code, one.cell) for one in faults] == [
        *(("T02", "A2"), ("T03", "A3"), ("T03", "B4"), ("T03", "D5"), ("T03", "B6"), ("T03", "B7")),
        *(("T03", "C8"), ("T03", "C10")),
    ]
    assert "是不是要写“甲县”" in str(faults[0])
    assert str(faults[2]) == (
        "人工调整.xlsx › 人工调整 › B4：加减分“很多”不是数。加分填正数，减分填负数，如 -0.5。[T03]"
    )


def test_a_workbook_without_the_columns_is_one_fault(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["考核对象", "加分"])  # type: ignore[union-attr]
    book.save(tmp_path / "人工调整.xlsx")
    adjustments, faults = read_adjustments(tmp_path / "人工调整.xlsx", small_plan())
    assert adjustments == ()
    assert [fault.code for fault in faults] == ["T03"]
    assert "“加减分”、“直接定等级”、“理由”" in faults[0].message


def test_a_file_that_is_no_workbook_stops_the_step(tmp_path: Path) -> None:
    (tmp_path / "人工调整.xlsx").write_bytes(b"text")
    with pytest.raises(QtoolError):
        read_adjustments(tmp_path / "人工调整.xlsx", small_plan())


def test_the_template_offers_assessees_and_grades(tmp_path: Path) -> None:
    book = load_workbook(write_adjustments_template(tmp_path / "人工调整.xlsx", small_plan()))
    lists = {v.formula1: str(v.sqref) for v in book["人工调整"].data_validations.dataValidation if v.type == "list"}
    assert lists == {"'名单'!$A$2:$A$4": "A2:A201", "'名单'!$B$2:$B$5": "C2:C201"}
    assert [cell.value for cell in book["名单"]["A"]][:4] == ["考核对象", "甲县", "乙县", "丙区"]
    assert book["名单"].sheet_state == "hidden"


def test_a_record_survives_the_disk_exactly(tmp_path: Path) -> None:
    tally = small(*ALL, adjustments=[adjustment("甲县", "-1/3", "D")])
    path = tmp_path / "记录.json"
    path.write_text(json.dumps(record(tally), ensure_ascii=False), "utf-8")
    kept = read_record(path)
    assert kept == record(tally)
    assert changes(kept, record(tally)) == []
    assert Fraction(kept["points"]["01-01"]["丙区"]) == Fraction("38.1")
    assert Fraction(kept["adjustments"][0]["marks"]) == Fraction(-1, 3)
    assert kept["plan"]["fingerprint"] == small_plan().fingerprint


@pytest.mark.parametrize(("content", "code"), [(None, "T04"), ("{", "C07"), ("[]", "C07"), ('{"format": 9}', "C07")])
def test_what_is_no_record_is_refused(tmp_path: Path, content: str | None, code: str) -> None:
    path = tmp_path / "记录.json"
    if content is not None:
        path.write_text(content, "utf-8")
    with pytest.raises(QtoolError) as refused:
        read_record(path)
    assert [fault.code for fault in refused.value.faults] == [code]


def test_changes_say_what_was_and_what_is() -> None:
    before, after = small("甲局", "乙局"), small(*ALL, adjustments=[adjustment("乙县", "-1", "C", "超过字数")])
    found = [(c.what, c.assessee, c.before, c.after) for c in changes(record(before), record(after))]
    assert found[0] == ("还缺评分的部门", "", "丙局", "无")
    assert ("总分", "甲县", "84", "93.5") in found
    assert ("名次", "甲县", "第2名", "第1名") in found
    assert ("等级", "乙县", "B", "C") in found
    assert ("人工调整", "乙县", "0", "-1") in found
    assert ("人工调整的理由", "乙县", "无", "减1分，直接定为C：超过字数") in found
    assert ("02-03 安全第02-03项", "丙区", "未评", "8.5") in found
    assert not any(what == "01-01 水平第01-01项" for what, *_ in found)


def test_changes_of_the_plan_the_files_and_the_assessees() -> None:
    old = record(small(*ALL, adjustments=[adjustment("乙县", "1")]))
    plan = small_plan()
    other = replace(plan, facts=replace(plan.facts, name="新方案"), assessees=plan.assessees[:2])
    answers: dict[Key, Value] = {("02-03-1-1", name): Fraction(1) for name in ("甲县", "乙县")}
    new = record(build(other, [replace(returned("丙局", answers), sha256="f" * 64)], (), MADE))
    found = changes(old, new)
    assert str(found[0]) == "方案名称：随州市2022年度质量工作考核方案 → 新方案"
    assert str(found[2]).startswith("丙局的评分表：评分表-丙局.xlsx（2023-01-13 09:30收到） → ")
    texts = [str(change) for change in found]
    assert "丙区　考核对象：有 → 无" in texts
    assert "乙县　人工调整的理由：加1分：理由 → 已删去" in texts
    again = record(build(replace(plan, areas=plan.areas[:1]), (), (), MADE))
    assert str(changes(record(small()), again)[0]) == "考核方案：改动以前的方案 → 改动以后的方案"
