"""The values of a workbook's sheets, gathered cell by cell within the limits."""

from __future__ import annotations

from qtool.office.archive.unreadable import DAMAGED, SWOLLEN, Unreadable
from qtool.office.workbook.dates import Cell

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
