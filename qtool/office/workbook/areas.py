"""Cells named by ranges, as a sheet names those that a rule holds for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from qtool.office.archive.unreadable import SWOLLEN, Unreadable
from qtool.office.workbook.safe import column_letters
from qtool.office.workbook.sheetdata import column_number

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})(?::\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6}))?")
_LINE = re.compile(r"\$?([A-Z]{1,3}):\$?([A-Z]{1,3})|\$?([1-9][0-9]{0,6}):\$?([1-9][0-9]{0,6})")
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_SMALL = 64
"""Cells that a range may have to be kept cell by cell."""
_MOST_RANGES, _MOST_BLOCKS = 200_000, 4_000
_LAST_ROW, _LAST_COL = 1_048_576, 16_384


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
        if len(self._blocks) > _MOST_BLOCKS:
            raise Unreadable(SWOLLEN)

    def _take(self, reference: str) -> None:
        block = _block(reference)
        if block is None:
            return
        left, top, right, bottom = block
        if (right - left + 1) * (bottom - top + 1) <= _SMALL:
            columns = [column_letters(col) for col in range(left, right + 1)]
            self._cells.update(f"{col}{row}" for row in range(top, bottom + 1) for col in columns)
        else:
            self._blocks.add(block)

    def __contains__(self, address: str) -> bool:
        """Return whether a cell like H7 is among them."""
        return address in self._cells or (bool(self._blocks) and self._in_a_block(address))

    def __bool__(self) -> bool:
        """Return whether there is any."""
        return bool(self._cells or self._blocks)

    def _in_a_block(self, address: str) -> bool:
        found = _ADDRESS.fullmatch(address)
        if not found:
            return False
        col, row = column_number(found[1]), int(found[2])
        return any(left <= col <= right and top <= row <= bottom for left, top, right, bottom in self._blocks)

    def missing(self, addresses: Iterable[str]) -> set[str]:
        """Return which of some cells are not among them."""
        left = set(addresses) - self._cells
        return {address for address in left if not self._in_a_block(address)} if self._blocks else left


def _block(reference: str) -> tuple[int, int, int, int] | None:
    """Return a range's left, top, right and bottom, which count from 1, or None for what is no range."""
    if found := _REFERENCE.fullmatch(reference):
        cols = sorted((column_number(found[1]), column_number(found[3] or found[1])))
        rows = sorted((int(found[2]), int(found[4] or found[2])))
    elif found := _LINE.fullmatch(reference):
        cols = sorted((column_number(found[1]), column_number(found[2]))) if found[1] else [1, _LAST_COL]
        rows = [1, _LAST_ROW] if found[1] else sorted((int(found[3]), int(found[4])))
    else:
        return None
    return cols[0], rows[0], cols[1], rows[1]
