"""An expression as a formula, a domain as data validation, for Excel 2010, WPS and LibreOffice alike."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from qtool.rules.domain import Domain, Labels, Numbers
from qtool.rules.expr import Binary, Call, Cell, Expr, Number, Range, Text

LIST_LIMIT = 255
"""Characters of a list typed into a validation itself; longer ones stand on a sheet."""

_PRECEDENCE = {"=": 1, "<>": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "+": 2, "-": 2, "*": 3, "/": 3}
Names = Mapping[str, str]
"""The address of every cell and the argument list of every range that an expression names."""


def formula(expr: Expr, names: Names) -> str:
    """Return the expression as a formula, with its `=`."""
    return "=" + _print(expr, names, 0)


def number_text(value: Fraction) -> str:
    """Return a constant as a formula writes it, never with an exponent: files may hold `1E-06` but not `1e-06`."""
    if value.denominator == 1:
        return str(value.numerator)
    return format(Decimal(format(float(value), ".15g")), "f")


def quoted(text: str) -> str:
    """Return a text as a formula writes it."""
    return '"' + text.replace('"', '""') + '"'


def _print(expr: Expr, names: Names, inside: int) -> str:
    """Return a part as text; in brackets where it binds less tightly than what stands around it."""
    match expr:
        case Number(value):
            return number_text(value)
        case Text(text):
            return quoted(text)
        case Cell(name) | Range(name):
            return names[name]
        case Call(function, of):
            return f"{function}({','.join(_print(part, names, 0) for part in of)})"
        case Binary("-", Number(Fraction(numerator=0)), right):
            return f"-{_print(right, names, 4)}"
        case Binary(op, left, right):
            level = _PRECEDENCE[op]
            text = f"{_print(left, names, level)}{op}{_print(right, names, level + 1)}"
            return f"({text})" if level < inside else text


class Validation(NamedTuple):
    """A data validation of one of three types: a span of figures, a list, or a formula."""

    type: str
    low: float | None = None
    high: float | None = None
    labels: tuple[str, ...] = ()
    formula: str = ""

    @property
    def needs_sheet(self) -> bool:
        """Whether the list is too long, or holds what a typed list cannot, and must stand on a sheet."""
        return len(",".join(self.labels)) > LIST_LIMIT or any("," in label for label in self.labels)


def validation(domain: Domain, cell: str) -> Validation:
    """Return what keeps wrong input out of a cell; `cell` is the first cell's relative address."""
    match domain:
        case Labels(labels):
            return Validation("list", labels=labels)
        case Numbers(or_zero=True):
            return Validation("custom", formula=formula(domain.holds(Cell("x")), {"x": cell}))
        case Numbers(low=low, high=high, whole=whole):
            high_value = None if high is None else float(high)
            return Validation("integer" if whole else "decimal", low=float(low), high=high_value)
