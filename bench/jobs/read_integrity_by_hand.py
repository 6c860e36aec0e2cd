"""The same with openpyxl, which must load a workbook twice: once for its values, once for formulas and the rest."""

from __future__ import annotations

import sys
from pathlib import Path

from clock import timed
from openpyxl import load_workbook
from openpyxl.workbook import Workbook


def main(folder: Path) -> int:
    """Read everything once and let it go; return how many things were seen."""
    seen = 0
    for path in sorted(folder.iterdir()):
        seen += _values(load_workbook(path, data_only=True)) + _rest(load_workbook(path))
    return seen


def _values(book: Workbook) -> int:
    return sum(len([*row]) for sheet in book.worksheets for row in sheet.iter_rows(values_only=True))


def _rest(book: Workbook) -> int:
    """Look at formulas, errors, locked cells, protection, validations, hidden rows and columns."""
    seen = 0
    for sheet in book.worksheets:
        seen += sheet.max_row + sheet.max_column + bool(sheet.protection.sheet)
        for row in sheet.iter_rows():
            for cell in row:
                seen += cell.data_type in ("f", "e") and len(str(cell.value))
                seen += bool(cell.protection.locked)
        seen += sum(len(str(found.sqref)) for found in sheet.data_validations.dataValidation)
        seen += sum(bool(found.hidden) for found in sheet.row_dimensions.values())
        seen += sum(bool(found.hidden) for found in sheet.column_dimensions.values())
    return seen


if __name__ == "__main__":
    with timed():
        main(Path(sys.argv[1]))
