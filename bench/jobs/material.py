"""What the other jobs work on: a campaign, its scoring workbooks, returned ones, and the workbooks' bare content."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles.colors import Color
from openpyxl.worksheet.worksheet import Worksheet

from qtool.actions.action import Request
from qtool.actions.new import new
from qtool.actions.sheets import sheets
from qtool.layout import Layout
from qtool.rehearsal import fill_sheet
from qtool.state.campaign_state import CampaignState
from qtool.workspace import SHEETS, sheet_name


def main() -> None:
    """Make everything in a folder: campaign, content, returned-13 and returned-N."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--returns", type=int, default=1000)
    chosen = parser.parse_args()
    root: Path = chosen.folder / "campaign"
    new(Request(root, {"folder": root}))
    sheets(Request(root))
    content = chosen.folder / "content"
    content.mkdir()
    for path in sorted((root / SHEETS).iterdir()):
        text = json.dumps(content_of(path), ensure_ascii=False)
        (content / f"{path.stem}.json").write_text(text, encoding="utf-8")
    fill_in(root, chosen.folder / "returned-13", 13)
    fill_in(root, chosen.folder / "returned-many", chosen.returns)


def fill_in(root: Path, folder: Path, count: int) -> None:
    """Fill in so many returns, every department in turn, each with a seed of its own."""
    plan = CampaignState(root).sound_plan()
    layouts = [Layout(plan, department.name) for department in plan.scoring_departments]
    folder.mkdir()
    for number in range(count):
        layout = layouts[number % len(layouts)]
        source = root / SHEETS / sheet_name(layout.department)
        fill_sheet(source, folder / f"{number:05d}-{layout.department}.xlsx", layout, number)


def content_of(path: Path) -> list[dict[str, Any]]:
    """Return a workbook's content as plain data: what a person would have in a script or a configuration."""
    book = load_workbook(path)
    return [_sheet(sheet) for sheet in book.worksheets]


def _sheet(sheet: Worksheet) -> dict[str, Any]:
    cells = [_cell(cell) for row in sheet.iter_rows() for cell in row if isinstance(cell, Cell) and cell.has_style]
    plain = [
        {"at": cell.coordinate, "value": cell.value}
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell, Cell) and not cell.has_style and cell.value is not None
    ]
    return {
        "name": sheet.title,
        "state": sheet.sheet_state,
        "cells": cells + plain,
        "merged": [str(block) for block in sheet.merged_cells.ranges],
        "widths": {name: found.width for name, found in sheet.column_dimensions.items()},
        "heights": {row: found.height for row, found in sheet.row_dimensions.items() if found.height},
        "validations": list(_validations(sheet)),
    }


def _cell(cell: Cell) -> dict[str, Any]:
    font, border, alignment = cell.font, cell.border, cell.alignment
    return {
        "at": cell.coordinate,
        "value": cell.value,
        "font": [font.name, font.size, bool(font.bold), _colour(font.color)],
        "fill": _colour(cell.fill.fgColor) if cell.fill.fill_type == "solid" else None,
        "border": [border.bottom.style, border.left.style, _colour(border.bottom.color)],
        "alignment": [alignment.horizontal, alignment.vertical, bool(alignment.wrap_text)],
        "locked": cell.protection.locked,
        "format": cell.number_format,
    }


def _colour(found: Color | None) -> str | None:
    return str(found.rgb) if found is not None and found.type == "rgb" else None


def _validations(sheet: Worksheet) -> Iterator[dict[str, Any]]:
    for found in sheet.data_validations.dataValidation:
        for block in found.sqref.ranges:
            for row, col in block.cells:
                yield {
                    "at": sheet.cell(row, col).coordinate,
                    "type": found.type,
                    "operator": found.operator,
                    "formula1": found.formula1,
                    "formula2": found.formula2,
                    "prompt": [found.promptTitle, found.prompt],
                    "error": [found.errorTitle, found.error],
                }


if __name__ == "__main__":
    main()
