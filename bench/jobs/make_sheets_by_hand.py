"""The same workbooks as most people write them with openpyxl: every cell gets its own style, then its validation.

Cells, texts, formulas, merged blocks, widths, heights, validations and protection are those of the product's files.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet


def main(plan: Path, content: Path, target: Path) -> None:
    """Read the plan, then make a workbook for every file of content."""
    book = load_workbook(plan)
    for sheet in book.worksheets:
        for _row in sheet.iter_rows(values_only=True):
            pass
    target.mkdir(exist_ok=True)
    for path in sorted(content.iterdir()):
        _make(json.loads(path.read_text("utf-8")), target / f"{path.stem}.xlsx")


def _make(sheets: list[dict[str, Any]], path: Path) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    for wanted in sheets:
        sheet = book.create_sheet(wanted["name"])
        for cell in wanted["cells"]:
            _write(sheet, cell)
        for block in wanted["merged"]:
            sheet.merge_cells(block)
        for name, width in wanted["widths"].items():
            sheet.column_dimensions[name].width = width
        for row, height in wanted["heights"].items():
            sheet.row_dimensions[int(row)].height = height
        for validation in wanted["validations"]:
            _validate(sheet, validation)
        sheet.protection.sheet = True
        sheet.sheet_state = wanted["state"]
    book.save(path)


def _write(sheet: Worksheet, wanted: dict[str, Any]) -> None:
    cell = sheet[wanted["at"]]
    cell.value = wanted["value"]
    if "font" not in wanted:
        return
    name, size, bold, colour = wanted["font"]
    cell.font = Font(name=name, size=size, bold=bold, color=colour)
    if wanted["fill"]:
        cell.fill = PatternFill("solid", fgColor=wanted["fill"])
    bottom, left, colour = wanted["border"]
    if bottom:
        side = Side(style=bottom, color=colour)
        cell.border = Border(left=side, right=side, top=side, bottom=side) if left else Border(bottom=side)
    horizontal, vertical, wrap = wanted["alignment"]
    cell.alignment = Alignment(horizontal=horizontal, vertical=vertical, wrap_text=wrap)
    cell.protection = Protection(locked=wanted["locked"])
    cell.number_format = wanted["format"]


def _validate(sheet: Worksheet, wanted: dict[str, Any]) -> None:
    title, text = wanted["prompt"]
    error_title, error = wanted["error"]
    validation = DataValidation(
        type=wanted["type"],
        operator=wanted["operator"],
        formula1=wanted["formula1"],
        formula2=wanted["formula2"],
        showInputMessage=True,
        showErrorMessage=True,
        promptTitle=title,
        prompt=text,
        errorTitle=error_title,
        error=error,
    )
    sheet.add_data_validation(validation)
    validation.add(wanted["at"])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
