"""Returns with something wrong, and the copies of them that go back to be mended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from scoring_cases import KEY, MADE, expected, identity, write

from qtool.addresses import address
from qtool.collect.read import read_return
from qtool.faults import Fault
from qtool.layout import PROBLEMS, SHEET, Layout
from qtool.model import Answer, Key, Value
from qtool.office.workbook.fill import fill
from qtool.outcome import Place, Return
from qtool.rehearsal import answers_for
from qtool.sheets.mend import write_mending
from qtool.sheets.problem_list import HEADS


def spoilt(folder: Path, layout: Layout, wrong: Mapping[Key, Value]) -> Return:
    """Return a sheet that a department filled in, with other values in some cells, as it is read."""
    sent, back = folder / "发出.xlsx", folder / "交回.xlsx"
    write(sent, layout, answers_for(layout, 1))
    row = layout.sign_row + 1
    signed = {f"D{row}": "张三", f"G{row}": "李四", f"D{row + 1}": "2023年1月10日"}
    fill(sent, back, SHEET, {address(*layout.inputs[key]): value for key, value in wrong.items()} | signed)
    return read_return(back, expected(layout.plan))


def judged(layout: Layout, places: Mapping[Fault, tuple[Place, ...]], **more: object) -> Return:
    """Return a sheet that was filled in well, about which these faults were found."""
    answers = {key: Answer(value, address(*layout.inputs[key])) for key, value in answers_for(layout, 1).items()}
    received = datetime(2023, 1, 9, 15, 4, tzinfo=UTC)
    found = Return("交回.xlsx", "0" * 64, received, identity(layout), answers=answers, faults=tuple(places))
    return replace(found, places={one: cells for one, cells in places.items() if cells}, **more)  # type: ignore[arg-type]


def mending(path: Path, layout: Layout, returned: Return, made: datetime = MADE) -> Path:
    """Write the copy of a return that is to be mended."""
    write_mending(path, layout, identity(layout, 2), KEY, made, returned)
    return path


def sheet_of(path: Path, name: str = PROBLEMS, *, values: bool = False) -> Worksheet:
    """Return a sheet as another program reads it, with formulas or with their results."""
    sheet = load_workbook(path, data_only=values)[name]
    assert isinstance(sheet, Worksheet)
    return sheet


def table(path: Path) -> list[dict[str, object]]:
    """Return the rows of the list of problems by their headings, with the row's number."""
    sheet = sheet_of(path, values=True)
    head = next(row for row in range(1, 30) if sheet.cell(row, 1).value == HEADS[0])
    return [
        {"row": row, **{name: sheet.cell(row, col).value for col, name in enumerate(HEADS, 1)}}
        for row in range(head + 1, sheet.max_row + 1)
    ]


def texts(path: Path) -> list[str]:
    """Return the texts above the table."""
    sheet = sheet_of(path, values=True)
    return [str(row[0].value) for row in sheet.iter_rows(max_row=table_head(sheet) - 1) if row[0].value is not None]


def table_head(sheet: Worksheet) -> int:
    """Return the row of the table's headings."""
    return next(row for row in range(1, 30) if sheet.cell(row, 1).value == HEADS[0])
