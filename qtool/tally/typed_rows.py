"""What people type into the workbooks of adjustments and of proposed deductions: names, marks, days; what is wrong."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from qtool.addresses import address
from qtool.faults import Fault, QtoolError, fault
from qtool.model import Plan, exact, marks_text
from qtool.office.workbook.reader import Cell, Rows, Unreadable, read_tables
from qtool.text import near, plain

DAY_RULE: dict[str, Any] = {"validate": "date", "criteria": ">=", "value": dt.date(2000, 1, 1)}
_NUMBER = re.compile(r"([+-]?\d+(?:\.\d+)?)分?")


def sheet_of(path: Path, name: str) -> tuple[str, Rows]:
    """Return the name and the rows of a workbook's sheet, of the first one where none is called so.

    Raises QtoolError where the file is no workbook.
    """
    try:
        tables = read_tables(path)
    except Unreadable as error:
        raise QtoolError(fault("C14", file=path.name, reason=error.reason)) from error
    chosen = name if name in tables else next(iter(tables), name)
    return chosen, tables.get(chosen, [])


def cell_text(value: Cell) -> str:
    """Return what a cell shows; whole figures without decimals."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def who_and_day(who: Cell, day: Cell) -> str:
    """Return who answers for a row and of which day, as far as it was typed."""
    day_typed = day.date().isoformat() if isinstance(day, dt.datetime) else cell_text(day)
    return "，".join(part for part in (cell_text(who), day_typed) if part)


@dataclass
class TypedRows:
    """The rows of a sheet while they are read: where its columns stand, and what is wrong with it.

    Rows count from 1, as users count them.
    """

    file: str
    sheet: str
    plan: Plan
    columns: Mapping[str, int]
    faults: list[Fault] = field(default_factory=list)

    def wrong(self, heading: str, row: int, problem: str, remedy: str) -> None:
        """Report what is wrong in the cell under a heading (T03)."""
        cell = self._address(heading, row)
        self.faults.append(fault("T03", file=self.file, sheet=self.sheet, cell=cell, problem=problem, remedy=remedy))

    def assessee(self, heading: str, row: int, typed: str) -> str:
        """Return the short name of the assessee that is meant; '' where there is none such (T02)."""
        names = {plain(name): one.short for one in self.plan.assessees for name in (one.name, one.short)}
        if short := names.get(plain(typed)):
            return short
        shorts = [assessee.short for assessee in self.plan.assessees]
        hint = near(typed, shorts) or f"请写：{'、'.join(shorts)}"
        place = {"file": self.file, "sheet": self.sheet, "cell": self._address(heading, row)}
        self.faults.append(fault("T02", **place, value=typed, hint=hint))
        return ""

    def number(self, heading: str, row: int, value: Cell, remedy: str) -> Fraction | None:
        """Return the figure in a cell, exactly; None, which is reported, where it is none."""
        typed = cell_text(value)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        digits = None if number else _NUMBER.fullmatch(plain(typed))
        try:
            return exact(value if number else digits[1] if digits else "")  # type: ignore[arg-type]
        except (ValueError, ArithmeticError):
            self.wrong(heading, row, f"{heading}“{typed}”不是数", remedy)
            return None

    def exact_enough(self, heading: str, row: int, marks: Fraction, typed: str) -> None:
        """Report marks with more than four decimals."""
        if (marks * 10_000).denominator != 1:
            self.wrong(heading, row, f"{heading}“{typed}”的小数太长", f"最多四位小数，如 {marks_text(marks)}")

    def _address(self, heading: str, row: int) -> str:
        return address(row - 1, self.columns.get(heading, 0))
