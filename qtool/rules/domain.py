"""What an input cell accepts: printed as data validation by `excel`, enforced here through the same expression."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from typing import NamedTuple

from qtool.model import Value, marks_text
from qtool.rules.expr import Binary, Cell, Expr, Number, Text, call, compiled, if_, number, round_to

NOISE = 9
"""Decimals to which an input is rounded before it is compared (docs/scoring.md, Numbers and rounding)."""

_X = Cell("x")
_FALSE = Binary("=", number(0), number(1))


def clean(cell: Cell) -> Expr:
    """Return the cell's figure without binary noise."""
    return round_to(cell, NOISE)


class Numbers(NamedTuple):
    """A figure from `low` to `high`; `or_zero` also lets 0 through; `percent` is held as a fraction of one."""

    low: Fraction
    high: Fraction | None
    whole: bool = False
    percent: bool = False
    or_zero: bool = False

    def holds(self, cell: Cell) -> Expr:
        """Return the test that the cell's value is allowed."""
        value = clean(cell)
        tests: list[Expr] = [Binary(">=", value, Number(self.low))]
        if self.high is not None:
            tests.append(Binary("<=", value, Number(self.high)))
        if self.whole:
            tests.append(Binary("=", value, round_to(cell, 0)))
        allowed = call("AND", *tests) if len(tests) > 1 else tests[0]
        if self.or_zero:
            allowed = call("OR", Binary("=", value, number(0)), allowed)
        return if_(call("ISNUMBER", cell), allowed, _FALSE)

    def describe(self) -> str:
        """Return what may be typed, in Chinese."""
        kind = "整数" if self.whole else "百分比" if self.percent else "数"
        low, high = self._shown(self.low), "" if self.high is None else self._shown(self.high)
        above = f"0或正{kind}" if self.low == 0 else f"不小于{low}的{kind}"
        span = f"{low}～{high}之间的{kind}" if high else above
        return f"0，或{span}" if self.or_zero else span

    def _shown(self, limit: Fraction) -> str:
        return f"{marks_text(limit * 100)}%" if self.percent else marks_text(limit)

    def boundaries(self, extra: tuple[Fraction, ...] = ()) -> Iterator[Fraction]:
        """Return every allowed figure where a rule may change its mind: the limits, `extra`, just above and below."""
        step = Fraction(1) if self.whole else Fraction(1, 10_000)
        extra = tuple(Fraction(end) for at in extra for end in (floor(at), ceil(at))) if self.whole else extra
        limits = [self.low, *extra] + ([Fraction(0)] if self.or_zero else []) + ([self.high] if self.high else [])
        top = max(limits) + (1 if self.percent or self.high is not None else 1000)
        around = {at + d for at in [*limits, top] for d in (-step, Fraction(0), step)}
        if not self.whole:
            ordered = sorted(around)
            around |= {(a + b) / 2 for a, b in pairwise(ordered)}
        allowed = compiled(self.holds(_X))
        return (figure for figure in sorted(around) if allowed({"x": figure}))

    def allows(self, value: Value) -> bool:
        """Return whether this value may stand in the cell."""
        return bool(compiled(self.holds(_X))({"x": value}))


class Labels(NamedTuple):
    """One of some labels, chosen from a drop-down list."""

    labels: tuple[str, ...]

    def holds(self, cell: Cell) -> Expr:
        """Return the test that the cell's value is allowed."""
        return call("OR", *(Binary("=", cell, Text(label)) for label in self.labels))

    def describe(self) -> str:
        """Return what may be chosen, in Chinese."""
        return "、".join(f"“{label}”" for label in self.labels) + "之一"

    def boundaries(self, _extra: tuple[Fraction, ...] = ()) -> Iterator[str]:
        """Return every label."""
        return iter(self.labels)

    def allows(self, value: Value) -> bool:
        """Return whether this value may stand in the cell."""
        return bool(compiled(self.holds(_X))({"x": value}))


Domain = Numbers | Labels

_COUNTING_UNITS = frozenset("件次个起家项人")


def figures(unit: str) -> Numbers:
    """Return the figures that a cell of this unit accepts."""
    percent = unit == "%"
    return Numbers(Fraction(0), Fraction(1) if percent else None, whole=unit in _COUNTING_UNITS, percent=percent)
