"""What an .xlsx workbook holds besides its values, cell by cell and area by area; of other formats nothing is known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from string import ascii_uppercase, digits
from typing import NamedTuple

from qtool.addresses import address, letters
from qtool.office.archive.members import SWOLLEN, Unreadable
from qtool.office.workbook.rows import SheetRows
from qtool.office.workbook.styles import Styles

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})(?::\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6}))?")
_LINE = re.compile(r"\$?([A-Z]{1,3}):\$?([A-Z]{1,3})|\$?([1-9][0-9]{0,6}):\$?([1-9][0-9]{0,6})")
_ADDRESS = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})")
_SMALL = 64
"""Cells that a range may have to be kept cell by cell."""
_MOST_RANGES, _MOST_BLOCKS, _MOST_CELLS = 200_000, 4_000, 400_000
_LAST_ROW, LAST_COL = 1_048_576, 16_384


def column_number(name: str) -> int:
    """Return the number of a column by its letters; A is 1."""
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number


COLUMNS = {letters(col): col + 1 for col in range(702)}
"""The numbers of the columns from A to ZZ, which hardly any sheet goes beyond."""


def place_of(written: str) -> tuple[int, int]:
    """Return the row and the column of an address, which count from 1; raises ValueError for what is none."""
    parts = _ADDRESS.fullmatch(written)
    if parts is None:
        raise ValueError(written)
    return int(parts[2]), column_number(parts[1].upper())


def rows_and_columns(addresses: Iterable[str]) -> tuple[set[int], set[int]]:
    """Return the rows and the columns of addresses in capital letters, which count from 1."""
    texts = list(addresses)
    rows = {text.lstrip(ascii_uppercase) for text in texts}
    cols = {text.rstrip(digits) for text in texts}
    return set(map(int, rows)), set(map(column_number, cols))


class Areas:
    """Cells of a sheet: some one by one, others by their block, so that asking for one is quick."""

    def __init__(self, references: Iterable[str]) -> None:
        """Take references like `A1 B2:C9 D:D`; raises Unreadable for more than a person would make."""
        text = " ".join(references).upper().replace(",", " ")
        written = text.split()
        if len(written) > _MOST_RANGES:
            raise Unreadable(SWOLLEN)
        ranges = {r for r in written if ":" in r or "$" in r} if ":" in text or "$" in text else set()
        self._cells = set(written) - ranges
        self._blocks: set[tuple[int, int, int, int]] = set()
        for reference in ranges:
            self._take(reference)
            if len(self._blocks) > _MOST_BLOCKS or len(self._cells) > _MOST_CELLS:
                raise Unreadable(SWOLLEN)

    def _take(self, reference: str) -> None:
        block = block_of(reference)
        if block is None:
            return
        left, top, right, bottom = block
        if (right - left + 1) * (bottom - top + 1) <= _SMALL:
            rows, cols = range(top - 1, bottom), range(left - 1, right)
            self._cells.update(address(row, col) for row in rows for col in cols)
        else:
            self._blocks.add(block)

    def __contains__(self, address: str) -> bool:
        """Return whether a cell like H7 is among them."""
        return address in self._cells or (bool(self._blocks) and self._in_a_block(address))

    def __bool__(self) -> bool:
        """Return whether there is any."""
        return bool(self._cells or self._blocks)

    def _in_a_block(self, address: str) -> bool:
        try:
            row, col = place_of(address)
        except ValueError:
            return False
        return any(left <= col <= right and top <= row <= bottom for left, top, right, bottom in self._blocks)

    def missing(self, addresses: Iterable[str]) -> set[str]:
        """Return which of some cells are not among them."""
        left = set(addresses) - self._cells
        return {address for address in left if not self._in_a_block(address)} if self._blocks else left


def block_of(reference: str) -> tuple[int, int, int, int] | None:
    """Return a range's left, top, right and bottom, which count from 1, or None for what is no range."""
    if found := _REFERENCE.fullmatch(reference):
        cols = sorted((column_number(found[1]), column_number(found[3] or found[1])))
        rows = sorted((int(found[2]), int(found[4] or found[2])))
    elif found := _LINE.fullmatch(reference):
        cols = sorted((column_number(found[1]), column_number(found[2]))) if found[1] else [1, LAST_COL]
        rows = [1, _LAST_ROW] if found[1] else sorted((int(found[3]), int(found[4])))
    else:
        return None
    return cols[0], rows[0], cols[1], rows[1]


_PICTURE = "DISPIMG("
"""The function by which WPS shows a picture in a cell; the cell's value is the formula's text."""


class SheetPart(NamedTuple):
    """A sheet as the workbook lists it; `kind` is the last word of its relationship, `part` its part's name."""

    name: str
    state: str
    kind: str
    part: str


@dataclass(frozen=True)
class SheetSigns:
    """What a worksheet holds besides its values; rows and columns count from 0, extents say how many there are.

    `rows` and `cols` reach up to the last cell with a value or a formula, `all_rows` and `all_cols` up to one that is
    at least formatted. `formulas` and `errors` are by address, a formula without the sign before it, and '' where only
    a program knows its text. `doubled` names cells that are written more than once, of which the last counts.
    `out_of_sight` are the rows that are hidden, and the columns from first to last, whatever they hold.
    """

    name: str
    state: str
    rows: int
    cols: int
    all_rows: int
    all_cols: int
    formulas: Mapping[str, str]
    errors: Mapping[str, str]
    doubled: tuple[str, ...]
    merged: tuple[str, ...]
    protected: bool
    out_of_sight: tuple[frozenset[int], tuple[tuple[int, int], ...]]
    _validated: tuple[str, ...] = field(repr=False)
    _rich_errors: frozenset[str] = field(repr=False)
    _cell_styles: Mapping[str, str] = field(repr=False)
    _styles: Styles = field(repr=False)
    _values: SheetRows = field(repr=False, compare=False)
    _comments: Callable[[], Mapping[str, str]] = field(repr=False, compare=False)

    @cached_property
    def validated(self) -> Areas:
        """The cells that carry a validation; raises Unreadable where there are absurdly many."""
        return Areas(self._validated)

    @cached_property
    def unlocked(self) -> frozenset[str]:
        """The cells in the file that may be typed into while the sheet is locked."""
        return frozenset(cell for cell, style in self._cell_styles.items() if style in self._styles.unlocked)

    @cached_property
    def comments(self) -> Mapping[str, str]:
        """The comments by their cells, those that answer each other as lines; raises Unreadable."""
        return self._comments()

    @cached_property
    def pictures(self) -> frozenset[str]:
        """The cells that show a picture, as WPS and Excel put it into a cell."""
        of_formulas = (cell for cell, formula in self.formulas.items() if _PICTURE in formula.upper())
        return self._rich_errors | frozenset(of_formulas)

    @cached_property
    def hidden_rows(self) -> frozenset[int]:
        """The rows that are hidden although they hold something."""
        computed, _ = self._computed
        return frozenset(row for row in self.out_of_sight[0] if row + 1 in computed or self._values.has_row(row))

    @cached_property
    def hidden_cols(self) -> frozenset[int]:
        """The columns that are hidden although they hold something."""
        _, computed = self._computed
        hidden = (col for first, last in self.out_of_sight[1] for col in range(first, min(last + 1, self.cols)))
        return frozenset(col for col in hidden if col + 1 in computed or self._values.has_column(col))

    @cached_property
    def _computed(self) -> tuple[set[int], set[int]]:
        """The rows and the columns with a formula or an error, which count from 1 here."""
        return rows_and_columns((*self.formulas, *self.errors))

    def number_format(self, address: str) -> str:
        """Return the number format of a cell, as 0.00%; General where none is told."""
        return self._styles.number_format(self._cell_styles.get(address, "0"))


@dataclass(frozen=True)
class WorkbookSigns:
    """What a workbook holds besides its sheets.

    `sheets` are all its sheets, of any kind and those that are not read too; `external_links` are the files and
    programs that it takes values from.
    """

    sheets: tuple[SheetPart, ...] = ()
    external_links: tuple[str, ...] = ()
    macros: bool = False
