"""The one private part of XlsxWriter that is replaced, and the versions for which that is proven to change nothing.

For every formula the library runs 29 regular expressions, in search of functions that are newer than Excel 2007. There
are none here: `writer.Sheet.formula` refuses them. The search takes 90 of the 260 ms that 13 scoring sheets take.
"""

from __future__ import annotations

from xlsxwriter import __version__
from xlsxwriter.worksheet import Worksheet

PROVEN = ("3.2.0", "3.2.9", "3.3.0", "3.3.1")
"""Versions of the library for which tests/test_fast_writer.py compared every part of real workbooks, byte by byte."""


class FastWorksheet(Worksheet):  # type: ignore[misc]  # the library publishes no types
    """A worksheet that takes formulas as they are."""

    def _prepare_formula(self, formula: str, _expand: bool = False) -> str:
        return formula.removeprefix("=")


def worksheet_class() -> type[Worksheet]:
    """Return the class of worksheets to be written: the library's own for a version that nobody has compared."""
    return FastWorksheet if __version__ in PROVEN else Worksheet
