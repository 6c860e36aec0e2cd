"""One sheet of a plan workbook as a table: headings found by their words, cells read as what they should be."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from qtool.faults import Fault, fault
from qtool.model import exact
from qtool.office.read import Cell, Rows
from qtool.plan.columns import Column
from qtool.rules.text import nearest, plain

_HEADING_ROWS = 10
"""Headings are looked for in so many rows, for users who put a title above them."""


def letters(col: int) -> str:
    """Return the letters of a column counted from 0."""
    name = ""
    col += 1
    while col:
        col, rest = divmod(col - 1, 26)
        name = chr(65 + rest) + name
    return name


@dataclass(frozen=True, slots=True)
class Places:
    """Where the columns of each sheet stand."""

    file: str
    columns: Mapping[str, Mapping[str, int]]

    def cell(self, sheet: str, row: int, heading: str) -> str:
        """Return the address of a heading's cell in a row (counted from 1)."""
        return f"{letters(self.columns[sheet][heading])}{row}"


@dataclass
class Table:
    """The rows below the headings that hold anything; numbers of rows count from 1 as in the sheet."""

    file: str
    name: str
    columns: dict[str, int]
    needed: frozenset[str]
    rows: list[tuple[int, list[Cell]]]
    faults: list[Fault]

    def __iter__(self) -> Iterator[Row]:
        """Yield every row."""
        return (Row(self, number, values) for number, values in self.rows)

    def letter(self, heading: str) -> str:
        """Return the letters of a heading's column."""
        return letters(self.columns[heading])


@dataclass
class Row:
    """One row of a table; what cannot be read becomes a fault and an empty value."""

    table: Table
    number_in_sheet: int
    values: list[Cell]

    def cell(self, heading: str) -> str:
        """Return the address of a heading's cell."""
        return f"{self.table.letter(heading)}{self.number_in_sheet}"

    def fault(self, code: str, heading: str, /, **values: object) -> None:
        """Report a fault at a heading's cell."""
        self.table.faults.append(
            fault(code, file=self.table.file, sheet=self.table.name, cell=self.cell(heading), **values)
        )

    def value(self, heading: str) -> Cell:
        """Return what the cell holds; texts without spaces around them."""
        col = self.table.columns[heading]
        value = self.values[col] if col < len(self.values) else ""
        return value.strip().strip("\u3000") if isinstance(value, str) else value

    def text(self, heading: str) -> str:
        """Return the cell as text; a needed one that is empty is reported, and so is a code that became a date."""
        value = self.value(heading)
        if value == "" and heading in self.table.needed:
            self.fault("P10", heading, name=heading, remedy="请填写这一格")
        if isinstance(value, dt.date | dt.time | dt.timedelta):
            remedy = "Excel 把它变成了日期；请先把这一格的格式设为“文本”，再重新填写"
            self.fault("P13", heading, name=heading, value=str(value), remedy=remedy)
            return ""
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return str(value)

    def needed(self, heading: str) -> str:
        """Return the text of a cell that only some rows need, and this one does."""
        value = self.text(heading)
        if not value:
            self.fault("P10", heading, name=heading, remedy="请填写这一格")
        return value

    def number(self, heading: str, name: str = "", *, needed: bool = False) -> Fraction:
        """Return the cell as a figure that is not negative; 0 where it is none."""
        value = self.value(heading)
        name = name or heading
        if value == "":
            if needed or heading in self.table.needed:
                self.fault("P10", heading, name=name, remedy="请填写这一格")
            return Fraction(0)
        if isinstance(value, int | float) and not isinstance(value, bool):
            number = exact(value)
        else:
            digits = re.fullmatch(r"(-?\d+(?:\.\d+)?)(?:分|字|年|GB|G)?", plain(str(value)), re.IGNORECASE)
            if not digits:
                self.fault("P11", heading, value=value, name=name, detail="")
                return Fraction(0)
            number = exact(digits[1])
        if number < 0 or (number * 10_000).denominator != 1:
            self.fault("P11", heading, value=value, name=name, detail="，不能为负，最多四位小数")
            return Fraction(0)
        return number

    def date(self, heading: str, name: str) -> dt.date:
        """Return the cell as a date; the first day of 1900 where it is none."""
        value = self.value(heading)
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date):
            return value
        found = re.fullmatch(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?", plain(str(value)))
        if found:
            try:
                return dt.date(*map(int, found.groups()))
            except ValueError:
                pass  # a 31st of February is reported below like any other text
        self.fault("P12", heading, value=value, name=name)
        return dt.date(1900, 1, 1)


def table_of(file: str, name: str, rows: Rows, columns: Sequence[Column], faults: list[Fault]) -> Table:
    """Return a sheet's table; missing and doubled headings are reported."""
    wanted = {plain(column.heading): column.heading for column in columns}
    heads = [[plain(str(value)) for value in row] for row in rows[:_HEADING_ROWS]]
    counts = [sum(word in wanted for word in row) for row in heads] or [0]
    at = counts.index(max(counts))
    found: dict[str, int] = {}
    for col, word in enumerate(heads[at] if heads else []):
        if word in wanted:
            heading = wanted[word]
            if heading in found:
                faults.append(fault("P07", file=file, sheet=name, cell=f"{letters(col)}{at + 1}", name=heading))
            found.setdefault(heading, col)
    if rows:
        strangers = [word for word in heads[at] if word and word not in wanted]
        for heading in wanted.values():
            if heading not in found:
                close = nearest(heading, strangers)
                hint = f"；表中的“{close}”是不是它？" if close else ""
                faults.append(fault("P06", file=file, sheet=name, cell=f"第{at + 1}行", name=heading, hint=hint))
    needed = frozenset(column.heading for column in columns if column.needed)
    known = sorted(found.values())
    body = [
        (number, row)
        for number, row in enumerate(rows[at + 1 :], at + 2)
        if any(col < len(row) and str(row[col]).strip() for col in known)
    ]
    return Table(file, name, found, needed, body, faults)
