"""One expression tree for every score, evaluated here with exact fractions and printed as a formula by `excel`.

The nodes mean what the spreadsheet functions mean, so that both targets agree: a range ignores text and blanks,
texts are compared without regard to case, rounding is half away from zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from qtool.model import Value, rounded

# The nodes are tuples: a dataclass takes five times as long to define, and there are many. `node` is part of each so
# that a sum and a mean of the same cells are not equal.

Bindings = Mapping[str, "Value | tuple[Value, ...]"]
"""What each name of an expression stands for: a cell's value, or the values of a range."""


class Number(NamedTuple):
    """A constant."""

    value: Fraction
    node: str = "Number"


class Text(NamedTuple):
    """A constant text; the empty one is a blank."""

    value: str
    node: str = "Text"


class Cell(NamedTuple):
    """The value of one named cell."""

    name: str
    node: str = "Cell"


class If(NamedTuple):
    """A choice between two results."""

    test: Expr
    then: Expr
    otherwise: Expr
    node: str = "If"


class Compare(NamedTuple):
    """A comparison of two figures; `op` is one of >= <= > < = <>."""

    op: str
    left: Expr
    right: Expr
    node: str = "Compare"


class Same(NamedTuple):
    """Whether a cell holds this label, as Excel compares texts."""

    cell: Cell
    label: str
    node: str = "Same"


class IsBlank(NamedTuple):
    """Whether a cell is empty."""

    cell: Cell
    node: str = "IsBlank"


class IsNumber(NamedTuple):
    """Whether a cell holds a figure."""

    cell: Cell
    node: str = "IsNumber"


class Every(NamedTuple):
    """Whether all tests hold."""

    tests: tuple[Expr, ...]
    node: str = "Every"


class Some(NamedTuple):
    """Whether at least one test holds."""

    tests: tuple[Expr, ...]
    node: str = "Some"


class Binary(NamedTuple):
    """Arithmetic on two figures; `op` is one of + - * /."""

    op: str
    left: Expr
    right: Expr
    node: str = "Binary"


class Least(NamedTuple):
    """The smallest of several figures."""

    of: tuple[Expr, ...]
    node: str = "Least"


class Most(NamedTuple):
    """The largest of several figures."""

    of: tuple[Expr, ...]
    node: str = "Most"


class Trunc(NamedTuple):
    """The whole part, towards zero."""

    of: Expr
    node: str = "Trunc"


class Round(NamedTuple):
    """A figure rounded half away from zero."""

    of: Expr
    places: int
    node: str = "Round"


class Sum(NamedTuple):
    """The sum of the figures in a named range."""

    name: str
    node: str = "Sum"


class Mean(NamedTuple):
    """The mean of the figures in a named range."""

    name: str
    node: str = "Mean"


class Count(NamedTuple):
    """How many figures a named range holds."""

    name: str
    node: str = "Count"


Expr = (
    Number
    | Text
    | Cell
    | If
    | Compare
    | Same
    | IsBlank
    | IsNumber
    | Every
    | Some
    | Binary
    | Least
    | Most
    | Trunc
    | Round
    | Sum
    | Mean
    | Count
)

BLANK = Text("")
INVALID = Text("有误")
"""What a points cell shows beside an input that its rule does not allow."""


def number(value: Fraction | int) -> Number:
    """Return a constant."""
    return Number(Fraction(value))


def clamp(of: Expr, low: Fraction | None, high: Fraction | None) -> Expr:
    """Return the expression kept inside the limits that there are."""
    if low is not None:
        of = Most((of, Number(low)))
    return of if high is None else Least((of, Number(high)))


Compiled = Callable[[Bindings], object]

_COMPARISONS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
}
_ARITHMETIC: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}


def evaluate(expr: Expr, bindings: Bindings) -> Value:
    """Return what the expression is worth: a figure, a text, or None for a blank.

    Raises TypeError when figures are computed from texts, which no rule does without asking first.
    """
    result = compiled(expr)(bindings)
    if result is None or isinstance(result, (Fraction, str)):
        return result
    raise TypeError(f"a test is no result: {expr}")


@lru_cache(maxsize=4096)
def compiled(expr: Expr) -> Compiled:
    """Return a function from bindings to the expression's value; compiled once for each expression."""
    return _compile(expr)


def _compile(expr: Expr) -> Compiled:
    """Compile a part, which is not remembered: to look up a tree takes as long as to hash all of it."""
    match expr:
        case Number(value):
            return lambda _: value
        case Text(text):
            content = text or None
            return lambda _: content
        case Cell(name):
            return lambda b: b[name]
        case If(test, then, otherwise):
            t, yes, no = _compile(test), _compile(then), _compile(otherwise)
            return lambda b: yes(b) if t(b) else no(b)
        case Compare() | Same() | IsBlank() | IsNumber() | Every() | Some():
            return _test(expr)
        case Sum() | Mean() | Count():
            return _of_range(expr)
        case _:
            return _arithmetic(expr)


def _test(expr: Compare | Same | IsBlank | IsNumber | Every | Some) -> Compiled:
    match expr:
        case Compare(op, left, right):
            holds, a, b = _COMPARISONS[op], _figure(left), _figure(right)
            return lambda at: holds(a(at), b(at))
        case Same(Cell(name), label):
            wanted = label.casefold()
            return lambda b: isinstance(text := b[name], str) and text.casefold() == wanted
        case IsBlank(Cell(name)):
            return lambda b: b[name] is None
        case IsNumber(Cell(name)):
            return lambda b: isinstance(b[name], Fraction)
        case Every(tests):
            every = [_compile(test) for test in tests]
            return lambda b: all(test(b) for test in every)
        case Some(tests):
            some = [_compile(test) for test in tests]
            return lambda b: any(test(b) for test in some)


def _of_range(expr: Sum | Mean | Count) -> Compiled:
    name = expr.name

    def figures(bindings: Bindings) -> list[Fraction]:
        values = bindings[name]
        return [v for v in values if isinstance(v, Fraction)] if isinstance(values, tuple) else []

    match expr:
        case Sum():
            return lambda b: sum(figures(b), Fraction(0))
        case Mean():
            return lambda b: sum(of_all := figures(b)) / Fraction(len(of_all))
        case Count():
            return lambda b: Fraction(len(figures(b)))


def _arithmetic(expr: Binary | Least | Most | Trunc | Round) -> Compiled:
    match expr:
        case Binary(op, left, right):
            apply, a, b = _ARITHMETIC[op], _figure(left), _figure(right)
            return lambda at: apply(a(at), b(at))
        case Least(of):
            least = [_figure(part) for part in of]
            return lambda b: min(part(b) for part in least)
        case Most(of):
            most = [_figure(part) for part in of]
            return lambda b: max(part(b) for part in most)
        case Trunc(inner):
            whole = _figure(inner)
            return lambda b: Fraction(int(whole(b)))
        case Round(inner, places):
            exactly, scale = _figure(inner), 10**places

            def round_(bindings: Bindings) -> Fraction:
                value = exactly(bindings)  # nearly always one that has no more places than are asked for
                return value if scale % value.denominator == 0 else Fraction(rounded(value, places))

            return round_


def _figure(expr: Expr) -> Callable[[Bindings], Fraction]:
    if isinstance(expr, Number):
        value = expr.value
        return lambda _: value
    inner = _compile(expr)

    def figure(bindings: Bindings) -> Fraction:
        value = inner(bindings)
        if isinstance(value, Fraction):
            return value
        raise TypeError(f"no figure: {value!r} from {expr}")

    return figure
