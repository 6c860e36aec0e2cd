"""The private parts of XlsxWriter that are replaced, and the versions for which that is proven to change nothing.

For every formula the library runs 29 regular expressions, in search of functions that are newer than Excel 2007. There
are none here: `writer.Sheet.formula` refuses them. The search takes 90 of the 260 ms that 13 scoring sheets take.
Another 10 are saved where a cell's attributes, in which nothing need be escaped, are written at once.
"""

from __future__ import annotations

from typing import Any

from xlsxwriter import __version__
from xlsxwriter.utility import xl_rowcol_to_cell_fast
from xlsxwriter.worksheet import Worksheet

PROVEN = ("3.2.0", "3.2.9", "3.3.0", "3.3.1")
"""Versions of the library for which tests/test_fast_writer.py compared every part of real workbooks, byte by byte."""


class FastWorksheet(Worksheet):  # type: ignore[misc]  # the library publishes no types
    """A worksheet that takes formulas as they are, and writes texts and empty cells with fewer steps."""

    def _prepare_formula(self, formula: str, _expand: bool = False) -> str:
        return formula.removeprefix("=")

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        kind = type(cell).__name__  # a name that cannot be imported from every version
        if cell.format is None or kind not in ("CellBlankTuple", "CellStringTuple"):
            super()._write_cell(row, col, cell)
            return
        start = f'<c r="{xl_rowcol_to_cell_fast(row, col)}" s="{cell.format._get_xf_index()}"'  # noqa: SLF001
        self.fh.write(f'{start} t="s"><v>{cell.string}</v></c>' if kind == "CellStringTuple" else f"{start}/>")


def worksheet_class() -> type[Worksheet]:
    """Return the class of worksheets to be written: the library's own for a version that nobody has compared."""
    return FastWorksheet if __version__ in PROVEN else Worksheet
