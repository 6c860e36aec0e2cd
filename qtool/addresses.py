"""Addresses of cells, as spreadsheets write them; rows and columns count from 0."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=1024)
def letters(col: int) -> str:
    """Return the letters of a column: A is 0."""
    high, low = divmod(col, 26)
    return (letters(high - 1) if high else "") + chr(65 + low)


@lru_cache(maxsize=65536)
def address(row: int, col: int) -> str:
    """Return the address of a cell, such as H7."""
    return f"{letters(col)}{row + 1}"
