"""Copies to be mended with LibreOffice as the judge: what it computes, what it prints, what it saves."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from judge import convert, office_or_skip, recalculate, to_pdf
from mending_cases import mending, spoilt, table
from python_calamine import CalamineWorkbook
from scoring_cases import expected, plan_2022, plan_for, write

from qtool.addresses import address
from qtool.collect.read import read_return
from qtool.layout import COVER, PROBLEMS, SHEET, Layout
from qtool.model import CITY, Key, Value, exact
from qtool.office.workbook.fill import fill
from qtool.rehearsal import answers_for
from qtool.sheets.problem_list import HEADS

pytestmark = pytest.mark.office

WRONG: dict[Key, Value] = {
    ("01-02-1-1", CITY): "十二",
    ("04-09-3-1", "随县"): "大约三成",
    ("04-09-3-1", "广水市"): None,
    ("04-09-3-1", "曾都区"): None,
}


def cells(path: Path, sheet: str) -> dict[tuple[int, int], object]:
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    found = {(r, c): value for r, row in enumerate(rows) for c, value in enumerate(row) if value != ""}
    return {at: exact(value) if isinstance(value, float) else value for at, value in found.items()}


def states(path: Path) -> list[object]:
    """Return what the list says of every problem: how many cells are not mended."""
    found = cells(path, PROBLEMS)
    head = next(row for (row, col), value in found.items() if col == 0 and value == HEADS[0])
    return [value for (row, col), value in sorted(found.items()) if row > head and col == HEADS.index("处理")]


def left(path: Path) -> object:
    """Return how many problems are not mended, as it stands above the table."""
    found = cells(path, PROBLEMS)
    return next(found[row - 1, 0] for (row, col), value in found.items() if col == 0 and value == HEADS[0])


def test_what_is_shown_is_what_is_computed(tmp_path: Path) -> None:
    office_or_skip()
    layout, many = Layout(plan_2022(), "市农业农村局"), Layout(plan_for(40), "市公安局")
    returned = spoilt(tmp_path, layout, WRONG)
    blank = read_return(write(tmp_path / "blank.xlsx", many), expected(many.plan))
    written = [mending(tmp_path / "few.xlsx", layout, returned), mending(tmp_path / "many.xlsx", many, blank)]
    for ours, theirs in zip(written, recalculate(written, tmp_path / "judged"), strict=True):
        for sheet in (PROBLEMS, COVER, SHEET):
            assert cells(ours, sheet) == cells(theirs, sheet)
    assert states(tmp_path / "judged" / "few.xlsx") == [1, 1, 2]
    assert states(tmp_path / "judged" / "many.xlsx") == [40, 40]


def test_the_list_follows_what_is_mended(tmp_path: Path) -> None:
    office_or_skip()
    layout = Layout(plan_2022(), "市农业农村局")
    copy, good = mending(tmp_path / "copy.xlsx", layout, spoilt(tmp_path, layout, WRONG)), answers_for(layout, 1)
    half = {address(*layout.inputs[key]): good[key] for key in WRONG if key[1] in (CITY, "广水市")}
    half[address(*layout.inputs["04-09-3-1", "曾都区"])] = "也不对"
    fill(copy, tmp_path / "half.xlsx", SHEET, half)
    fill(copy, tmp_path / "whole.xlsx", SHEET, {address(*layout.inputs[key]): good[key] for key in WRONG})
    computed = recalculate([tmp_path / "half.xlsx", tmp_path / "whole.xlsx"], tmp_path / "judged")
    assert [states(path) for path in computed] == [[0, 1, 1], [0, 0, 0]]
    assert [left(path) for path in computed] == [2, 0]
    back = read_return(computed[1], expected())
    assert (back.faults, back.values, back.acceptable) == ((), good, True)


@pytest.mark.parametrize("kind", ["xlsx:Calc MS Excel 2007 XML", "xls:MS Excel 97", "ods"])
def test_a_mended_copy_is_accepted_from_any_program(tmp_path: Path, kind: str) -> None:
    office_or_skip()
    layout = Layout(plan_2022(), "市农业农村局")
    copy, good = mending(tmp_path / "copy.xlsx", layout, spoilt(tmp_path, layout, WRONG)), answers_for(layout, 1)
    fill(copy, tmp_path / "mended.xlsx", SHEET, {address(*layout.inputs[key]): good[key] for key in WRONG})
    back = read_return(convert([tmp_path / "mended.xlsx"], tmp_path / "saved", kind)[0], expected())
    assert [str(found) for found in back.faults] == []
    assert (back.values, back.acceptable) == (good, True)


@pytest.mark.parametrize(("count", "department"), [(5, "市市场监管局"), (40, "市农业农村局"), (1, "市公安局")])
def test_the_list_is_printed_whole(tmp_path: Path, count: int, department: str) -> None:
    office_or_skip()
    layout = Layout(plan_2022() if count == 5 else plan_for(count), department)
    back = read_return(write(tmp_path / "blank.xlsx", layout), expected(layout.plan))
    path = mending(tmp_path / "copy.xlsx", layout, back)
    pdf = to_pdf([path], tmp_path / "pdf")[0]
    command = ["pdftotext", "-raw", str(pdf), "-"]
    printed = "".join(subprocess.run(command, capture_output=True, check=True).stdout.decode().split())
    told = [str(row[name]) for row in table(path) for name in ("位置", "问题", "怎么办") if row[name]]
    assert len(told) >= 3 * len(layout.entries)
    missing = [text for text in told if "".join(text.split()) not in printed]
    assert missing == []
