"""The values of a workbook's sheets, gathered cell by cell within the limits; and what figures mean as dates."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from enum import Enum, auto

from qtool.office.archive.members import DAMAGED, SWOLLEN, Unreadable

Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta
"""A cell's value; an empty cell is ''."""


class DateKind(Enum):
    """What a number format shows a figure as, other than as a number."""

    MOMENT = auto()  # a date, a time of the day, or both
    DURATION = auto()


_BUILT_IN = dict.fromkeys((*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)), DateKind.MOMENT)
_BUILT_IN[46] = DateKind.DURATION
"""The numbers of formats that need not be written out; those from 27 on are the ones of China and Japan."""
_LITERAL = re.compile(r'"[^"]*"?|[\\_*].', re.DOTALL)
_SIGN = re.compile(r"\[(h+|m+|s+)\]|\[[^\]]*\]?|([dmhys])", re.IGNORECASE)
_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - the cells of a workbook have no time zone
_DAY = 86_400_000
_FROM_1904 = 1462


def date_kind(number: int, code: str | None = None) -> DateKind | None:
    """Return what a number format shows figures as; None for numbers. `code` is its text where the file gives one."""
    if code is None:
        return _BUILT_IN.get(number)
    for sign in _SIGN.finditer(_LITERAL.sub("", code).partition(";")[0]):
        if sign[1]:
            return DateKind.DURATION
        if sign[2]:
            return DateKind.MOMENT
    return None


class CellFormats:
    """The cell formats of a workbook, as far as they tell what a figure is."""

    def __init__(self, codes: Mapping[int, str], cells: Sequence[int], *, date_1904: bool) -> None:
        """Take the own number formats by their numbers, and the number of the number format of every cell format."""
        kinds = {number: date_kind(number, codes.get(number)) for number in set(cells)}
        self._kinds = [kinds[number] for number in cells]
        self._date_1904 = date_1904

    def value(self, figure: float, cell_format: int) -> Cell:
        """Return the value of a figure in a cell of this format; '' where it is not finite, as an error is."""
        if not math.isfinite(figure):
            return ""
        kind = self._kinds[cell_format] if cell_format < len(self._kinds) else None
        return figure if kind is None else dated(figure, kind, date_1904=self._date_1904)


def dated(figure: float, kind: DateKind, *, date_1904: bool = False) -> Cell:
    """Return the time, date, moment or duration of a figure, to the millisecond; the figure where there is no such day.

    The first day is 1 January 1900, or 1904, and Excel counts a 29 February 1900.
    """
    try:
        if kind is DateKind.DURATION:
            return dt.timedelta(milliseconds=round(figure * _DAY))
        days = figure + _FROM_1904 if date_1904 else figure
        moment = _EPOCH + dt.timedelta(milliseconds=round((days + (days < 60)) * _DAY))
    except OverflowError:
        return figure
    if figure < 1:
        return moment.time()
    return moment.date() if figure == int(figure) else moment


Rows = list[list[Cell]]
"""A sheet from A1 on; an empty cell is '', an error its text, as #REF!, but '' in .xlsx: there the signs tell it."""

MOST_ROWS, MOST_COLS, MOST_CELLS = 20_000, 1_000, 2_000_000
"""The largest sheet that is read; a cell is kept for every place of the rectangle in use."""
MOST_TEXT = 64_000_000
"""Bytes of text that the cells of a workbook may come to; one long text may stand in a million cells."""
MOST_SHEETS = 1_000
ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
"""Errors by their codes in old and binary workbooks."""


class TooLarge(Unreadable):
    """A sheet that uses more rows, columns or cells than are read; `sheet`, `rows` and `cols` say which and how far."""

    def __init__(self, sheet: str, rows: int, cols: int) -> None:
        super().__init__(
            f"工作表“{sheet}”用到了第{rows}行、第{cols}列，太大不能读"
            f"（最多{MOST_ROWS}行、{MOST_COLS}列、{MOST_CELLS // 10_000}万格）"
        )
        self.sheet = sheet
        self.rows = rows
        self.cols = cols


def fits(rows: int, cols: int) -> bool:
    """Return whether a sheet of so many rows and columns is read."""
    return rows <= MOST_ROWS and cols <= MOST_COLS and rows * cols <= MOST_CELLS


def text_size(text: str) -> int:
    """Return how many bytes a text may take, which is quick to tell."""
    return len(text) if text.isascii() else 3 * len(text)


class SheetRows:
    """The values of a sheet being gathered; rows and columns count from 0."""

    def __init__(self, name: str, book: SheetValues) -> None:
        self._name = name
        self._book = book
        self._rows: Rows = []
        self._height = self._width = 0

    def put(self, row: int, col: int, value: Cell, *, down: int = 1, across: int = 1) -> None:
        """Set a cell, or as many equal ones as go down and across from it; the last value of a cell counts.

        Raises Unreadable where the sheets of a workbook come to too much.
        """
        if value == "" and not (row < len(self._rows) and col < len(self._rows[row])):
            return
        if not self._reaches(row + down, col + across):
            return
        if isinstance(value, str):
            self._book.grow(text=text_size(value) * down * across)
        while len(self._rows) < row + down:
            self._rows.append([])
        for cells in self._rows[row : row + down]:
            cells.extend([""] * (col - len(cells)))
            cells[col : col + across] = [value] * across

    def put_row(self, row: int, cells: list[Cell]) -> None:
        """Set the cells of a row in which there are none yet, from its first on; raises Unreadable as above."""
        if not cells or not self._reaches(row + 1, len(cells)):
            return
        while len(self._rows) <= row:
            self._rows.append([])
        self._rows[row] = cells

    def error(self, row: int, col: int, code: int) -> None:
        """Set a cell to an error by its code."""
        self.put(row, col, ERRORS.get(code, "#VALUE!"))

    def at(self, row: int, col: int) -> Cell:
        """Return a cell; '' where nothing was set."""
        return self._rows[row][col] if row < len(self._rows) and col < len(self._rows[row]) else ""

    def has_row(self, row: int) -> bool:
        """Return whether there is a value in a row."""
        return row < len(self._rows) and any(cell != "" for cell in self._rows[row])

    def has_column(self, col: int) -> bool:
        """Return whether there is a value in a column."""
        return any(col < len(cells) and cells[col] != "" for cells in self._rows)

    def _reaches(self, height: int, width: int) -> bool:
        """Note that the sheet goes so far; return whether so much is read."""
        before, height, width = self._height * self._width, max(self._height, height), max(self._width, width)
        if (height, width) != (self._height, self._width):
            if fits(self._height, self._width):
                self._book.grow(cells=(height * width if fits(height, width) else 0) - before)
            self._height, self._width = height, width
        if fits(height, width):
            return True
        self._rows.clear()
        return False

    def rows(self) -> Rows:
        """Return the rows, all of one length; raises TooLarge."""
        if not fits(self._height, self._width):
            raise TooLarge(self._name, self._height, self._width)
        return [cells + [""] * (self._width - len(cells)) for cells in self._rows]


class SheetValues:
    """A workbook of which the values are read, and nothing else: its `format` by the usual ending, and its sheets."""

    def __init__(self, format_: str) -> None:
        self.format = format_
        self.names: list[str] = []
        self._sheets: list[SheetRows] = []
        self._cells = self._text = 0

    def sheet(self, name: str) -> SheetRows:
        """Add a sheet; raises Unreadable where there are too many."""
        if len(self.names) == MOST_SHEETS:
            raise Unreadable(SWOLLEN)
        self.names.append(name)
        self._sheets.append(SheetRows(name, self))
        return self._sheets[-1]

    def grow(self, *, cells: int = 0, text: int = 0) -> None:
        """Count what the sheets take together; raises Unreadable where it is too much."""
        self._cells += cells
        self._text += text
        if self._cells > MOST_CELLS or self._text > MOST_TEXT:
            raise Unreadable(SWOLLEN)

    def rows(self, name: str) -> Rows:
        """Return a sheet's rows from A1 on; raises Unreadable."""
        if name not in self.names:
            raise Unreadable(DAMAGED)
        return self._sheets[self.names.index(name)].rows()
