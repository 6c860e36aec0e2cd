"""One sheet of a plan workbook as a table: headings found by their words, cells read as what they should be."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import isfinite
from typing import NamedTuple

from qtool.addresses import letters
from qtool.faults import Fault, fault
from qtool.model import exact
from qtool.office.workbook.reader import Cell, Rows
from qtool.plan.columns import Column
from qtool.text import nearest, plain, visible, without_spaces

_HEADING_ROWS = 10
"""Headings are looked for in so many rows, for users who put a title above them."""
_MOST = 100_000_000
"""More than any figure of a plan; beyond it a cell no longer shows every digit."""
_FIGURE = re.compile(r"(-?\d+|-?\d{1,3}(?:,\d{3})+)(\.\d+)?(?:分|个?字|年度?|GB?)?", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?")
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


def display(value: Cell) -> str:
    """Return a cell's value as Excel shows it."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return format(value, ".15g")
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return str(value.date())
    return str(value)


def brief(value: Cell) -> str:
    """Return a value short enough to be quoted in a sentence."""
    text = " ".join(display(value).split())
    return text if len(text) <= 60 else f"{text[:60]}…"


class Places(NamedTuple):
    """Where the columns of each sheet stand, and the rows of the facts."""

    file: str
    columns: Mapping[str, Mapping[str, int]]
    facts: Mapping[str, int]

    def cell(self, sheet: str, row: int, heading: str) -> str:
        """Return the address of a heading's cell in a row (counted from 1)."""
        return f"{letters(self.columns[sheet][heading])}{row}"


@dataclass
class Table:
    """The rows below the headings that hold anything; numbers of rows count from 1 as in the sheet.

    `unread` are the cells that were reported: one fault for each, and nothing may be concluded from their values.
    """

    file: str
    name: str
    columns: dict[str, int]
    needed: frozenset[str]
    rows: list[tuple[int, list[Cell]]]
    faults: list[Fault]
    unread: set[str] = field(default_factory=set)

    def __iter__(self) -> Iterator[Row]:
        """Yield every row."""
        return (Row(self, number, values) for number, values in self.rows)


@dataclass
class Row:
    """One row of a table; what cannot be read becomes a fault and an empty value."""

    table: Table
    number_in_sheet: int
    values: list[Cell]

    def cell(self, heading: str) -> str:
        """Return the address of a heading's cell."""
        return f"{letters(self.table.columns[heading])}{self.number_in_sheet}"

    def fault(self, code: str, heading: str, /, **values: object) -> None:
        """Report a fault at a heading's cell, unless one was reported there."""
        cell = self.cell(heading)
        if cell not in self.table.unread:
            self.table.unread.add(cell)
            self.table.faults.append(fault(code, file=self.table.file, sheet=self.table.name, cell=cell, **values))

    def value(self, heading: str) -> Cell:
        """Return what the cell holds; texts without spaces around them and without what nobody sees."""
        col = self.table.columns[heading]
        value = self.values[col] if col < len(self.values) else ""
        return visible(value) if isinstance(value, str) else value

    def empty(self, *headings: str) -> bool:
        """Return whether the cells of all these headings are empty."""
        return all(self.value(heading) == "" for heading in headings)

    def text(self, heading: str) -> str:
        """Return the cell as text; a needed one that is empty is reported, and so is a text that became a date."""
        value = self.value(heading)
        if value == "" and heading in self.table.needed:
            self.fault("P10", heading, name=heading, remedy="请填写这一格")
        if isinstance(value, dt.date | dt.time | dt.timedelta):
            remedy = "Excel 把它变成了日期或时间；请先把这一格的格式设为“文本”，再重新填写"
            self.fault("P13", heading, name=heading, value=display(value), remedy=remedy)
            return ""
        return display(value)

    def code(self, heading: str) -> str:
        """Return the cell as a code such as 01-03, in half-width characters; one that became a date is guessed."""
        value = self.value(heading)
        if isinstance(value, dt.date):
            guess = f"{value.month:02}-{value.day:02}"
            remedy = f"Excel 把它变成了日期，原来大概是“{guess}”；请先把这一格的格式设为“文本”，再重新填写"
            self.fault("P13", heading, name=heading, value=display(value), remedy=remedy)
            return guess
        return without_spaces(plain(self.text(heading)))

    def required(self, heading: str) -> str:
        """Return the text of a cell that only some rows need, and this one does."""
        value = self.text(heading)
        if not value:
            self.fault("P10", heading, name=heading, remedy="请填写这一格")
        return value

    def number(
        self, heading: str, name: str = "", *, needed: bool = False, whole: bool = False, positive: bool = False
    ) -> Fraction:
        """Return the cell as a figure that is not negative; 0 where it is none."""
        value = self.value(heading)
        name = name or heading
        if value == "":
            if needed or heading in self.table.needed:
                self.fault("P10", heading, name=name, remedy="请填写这一格")
            return Fraction(0)
        number = _figure(value)
        problem = _problem(number, whole=whole, positive=positive)
        if number is None or problem:
            kind = "整数" if whole else "数，最多四位小数"
            detail = f"大于0的{kind}" if positive else f"不小于0的{kind}"
            self.fault("P11", heading, value=brief(value), problem=problem, name=name, detail=detail)
            return Fraction(0)
        return number

    def date(self, heading: str, name: str) -> dt.date:
        """Return the cell as a date of this century; the first day of 1900 where it is none."""
        value = self.value(heading)
        date = value.date() if isinstance(value, dt.datetime) else value
        if not isinstance(date, dt.date):
            match = _DATE.fullmatch(plain(display(value)))
            try:
                date = dt.date(*map(int, match.groups())) if match else ""
            except ValueError:
                date = ""  # a 31st of February is reported like any other text
        if isinstance(date, dt.date) and _FIRST_YEAR <= date.year <= _LAST_YEAR:
            return date
        problem = "不在本世纪" if isinstance(date, dt.date) else "不是日期"
        self.fault("P12", heading, value=brief(value), problem=problem, name=name)
        return dt.date(1900, 1, 1)


def _figure(value: Cell) -> Fraction | None:
    """Return a figure, typed as a number or as text with a unit behind it; None for anything else."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return exact(value) if isfinite(value) else None
    match = _FIGURE.fullmatch(plain(str(value)))
    return exact(match[1].replace(",", "") + (match[2] or "")) if match else None


def _problem(number: Fraction | None, *, whole: bool, positive: bool) -> str:
    if number is None:
        return "不是数"
    if number < 0:
        return "是负数"
    if number > _MOST:
        return "太大"
    if whole and number.denominator != 1:
        return "不是整数"
    if (number * 10_000).denominator != 1:
        return "超过四位小数"
    return "不大于0" if positive and not number else ""


def table_of(file: str, name: str, rows: Rows, columns: Sequence[Column], faults: list[Fault]) -> Table:
    """Return a sheet's table; missing and doubled headings are reported."""
    headings = {plain(column.heading): column.heading for column in columns}
    heads = [[_word(value) for value in row] for row in rows[:_HEADING_ROWS]]
    counts = [len(headings.keys() & row) for row in heads] or [0]
    at = counts.index(max(counts))
    places: dict[str, int] = {}
    others: dict[str, str] = {}
    for col, word in enumerate(heads[at] if heads else []):
        cell = f"{letters(col)}{at + 1}"
        if word not in headings:
            others[word] = cell
        elif headings[word] in places:
            faults.append(fault("P07", file=file, sheet=name, cell=cell, name=headings[word]))
        else:
            places[headings[word]] = col
    for heading in headings.values():
        if heading not in places:
            close, hint = renamed(heading, [word for word in others if len(word) < 20])
            cell = others.get(close, f"第{at + 1}行")
            faults.append(fault("P06", file=file, sheet=name, cell=cell, name=heading, hint=hint))
    needed = frozenset(column.heading for column in columns if column.needed)
    body = [
        (number, row)
        for number, row in enumerate(rows[at + 1 :], at + 2)
        if any(col < len(row) and visible(display(row[col])) for col in places.values())
    ]
    return Table(file, name, places, needed, body, faults)


def _word(value: Cell) -> str:
    """Return a heading without its spaces and line breaks."""
    return without_spaces(plain(visible(display(value))))


def renamed(name: str, others: Iterable[str]) -> tuple[str, str]:
    """Return which other word a missing name may have become, and the hint that says so; nothing for neither."""
    close = nearest(name, [word for word in others if word])
    return close, f"；“{close}”是不是它？请改回原名" if close else ""
