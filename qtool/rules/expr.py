"""One expression tree for every score, evaluated here with exact fractions and printed as a formula by `excel`.

Operators and functions mean what they mean in a spreadsheet, so that both targets agree: a range ignores texts and
blanks, texts are compared without regard to case, rounding is half away from zero.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Literal, NamedTuple

from qtool.model import Value, rounded

Bindings = Mapping[str, "Value | tuple[Value, ...]"]
"""What each name of an expression stands for: a cell's value, or the values of a range."""
Function = Literal["IF", "AND", "OR", "ISNUMBER", "MIN", "MAX", "TRUNC", "ROUND", "SUM", "AVERAGE", "COUNT"]


# The nodes are tuples: a dataclass takes five times as long to define. `node` is part of each so that a cell and a
# range of the same name are not equal.


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


class Range(NamedTuple):
    """The figures in some named cells."""

    name: str
    node: str = "Range"


class Binary(NamedTuple):
    """Arithmetic or a comparison: `op` is one of + - * / >= <= > < = <>; with a text on its right it is = alone."""

    op: str
    left: Expr
    right: Expr
    node: str = "Binary"


class Call(NamedTuple):
    """A spreadsheet's function of some arguments."""

    function: Function
    of: tuple[Expr, ...]
    node: str = "Call"


Expr = Number | Text | Cell | Range | Binary | Call

BLANK = Text("")
INVALID = Text("有误")
"""What a points cell shows beside an input that its rule does not allow."""


def number(value: Fraction | int) -> Number:
    """Return a constant."""
    return Number(Fraction(value))


def call(function: Function, *of: Expr) -> Expr:
    """Return a function of some arguments."""
    return Call(function, of)


def if_(test: Expr, then: Expr, otherwise: Expr) -> Expr:
    """Return a choice between two results."""
    return Call("IF", (test, then, otherwise))


def round_to(of: Expr, places: int) -> Expr:
    """Return a figure rounded half away from zero."""
    return Call("ROUND", (of, number(places)))


def clamp(of: Expr, low: Fraction | None, high: Fraction | None) -> Expr:
    """Return the expression kept inside the limits that there are."""
    if low is not None:
        of = call("MAX", of, Number(low))
    return of if high is None else call("MIN", of, Number(high))


Compiled = Callable[[Bindings], object]

_OPERATORS: dict[str, Callable[[Fraction, Fraction], object]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "<>": operator.ne,
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
            return lambda _: text or None
        case Cell(name):
            return lambda b: b[name]
        case Binary("=", left, Text(text)):
            return _same(_compile(left), text)
        case Binary(op, left, right):
            apply, a, b = _OPERATORS[op], _figure(left), _figure(right)
            return lambda at: apply(a(at), b(at))
        case Call("SUM" | "AVERAGE" | "COUNT" as function, (Range(name),)):
            return _of_range(function, name)
        case Call("IF" | "AND" | "OR" | "ISNUMBER" as function, of):
            return _logic(function, [_compile(part) for part in of])
        case Call(function, of):
            return _arithmetic(function, [_figure(part) for part in of])
    raise TypeError(f"a range is no value: {expr}")


def _same(inner: Compiled, text: str) -> Compiled:
    if not text:
        return lambda b: inner(b) is None
    wanted = text.casefold()
    return lambda b: isinstance(value := inner(b), str) and value.casefold() == wanted


def _of_range(function: Literal["SUM", "AVERAGE", "COUNT"], name: str) -> Compiled:
    def figures(bindings: Bindings) -> list[Fraction]:
        values = bindings[name]
        return [value for value in values if isinstance(value, Fraction)] if isinstance(values, tuple) else []

    match function:
        case "SUM":
            return lambda b: sum(figures(b), Fraction(0))
        case "AVERAGE":
            return lambda b: sum(filled := figures(b), Fraction(0)) / len(filled)
        case "COUNT":
            return lambda b: Fraction(len(figures(b)))


def _logic(function: Literal["IF", "AND", "OR", "ISNUMBER"], parts: list[Compiled]) -> Compiled:
    match function:
        case "IF":
            test, then, otherwise = parts
            return lambda b: then(b) if test(b) else otherwise(b)
        case "AND":
            return lambda b: all(part(b) for part in parts)
        case "OR":
            return lambda b: any(part(b) for part in parts)
        case "ISNUMBER":
            return lambda b: isinstance(parts[0](b), Fraction)


def _arithmetic(function: Function, parts: list[Callable[[Bindings], Fraction]]) -> Compiled:
    first = parts[0]
    match function:
        case "MIN":
            return lambda b: min(part(b) for part in parts)
        case "MAX":
            return lambda b: max(part(b) for part in parts)
        case "TRUNC":
            return lambda b: Fraction(int(first(b)))
        case "ROUND":
            places = int(parts[1]({}))
            scale = 10**places

            def round_(bindings: Bindings) -> Fraction:
                value = first(bindings)  # nearly always one that has no more places than are asked for
                return value if scale % value.denominator == 0 else Fraction(rounded(value, places))

            return round_
    raise TypeError(f"{function} is not made of figures")


def _figure(expr: Expr) -> Callable[[Bindings], Fraction]:
    if isinstance(expr, Number):
        constant = expr.value
        return lambda _: constant
    inner = _compile(expr)

    def figure(bindings: Bindings) -> Fraction:
        value = inner(bindings)
        if isinstance(value, Fraction):
            return value
        raise TypeError(f"no figure: {value!r} from {expr}")

    return figure
