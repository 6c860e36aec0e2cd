"""Dates and durations in workbooks: figures that the number format of their cell shows as such."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from enum import Enum, auto

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
