"""Places and areas of cells by the addresses and ranges that a workbook names; rows and columns count from 1 here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from string import ascii_uppercase, digits

from qtool.addresses import address, letters
from qtool.office.archive.unreadable import SWOLLEN, Unreadable

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
