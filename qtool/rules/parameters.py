"""The pieces of a plan's 计分参数, from which every method reads its rules and writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from qtool.model import exact, marks_text
from qtool.text import near, plain

NUMBER = r"-?\d{1,12}(?:\.\d{1,12})?"
REST = "其余"
CASES_LIMIT = 40
"""Excel nests 64 functions."""


class Words(NamedTuple):
    """What the plan says of a measure's rule beside its method; the unit is plain."""

    parameters: str
    unit: str
    assessees: int


class RuleError(ValueError):
    """A rule that does not parse: what is wrong and what to do, in Chinese."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


def read_pairs(parameters: str, example: str) -> list[tuple[str, str]]:
    """Return (name, value) of every pair, the name as written, the value plain; the last `=` divides them."""
    pairs = []
    for part in re.split(r"[;；\n]", parameters):
        if not part.strip():
            continue
        name, sign, value = re.sub(r"[＝]", "=", part).rpartition("=")
        if not sign or not name.strip():
            raise RuleError(f"“{part.strip()}”不是“名=值”的样子", f"请照这样写：{example}")
        pairs.append((name.strip(), plain(value)))
    if not pairs:
        raise RuleError("计分参数是空的", f"请照这样写：{example}")
    return pairs


def read_named(parameters: str, names: tuple[str, ...], example: str) -> dict[str, str]:
    """Return the values of named parameters, each of which may stand there once."""
    values: dict[str, str] = {}
    for name, value in ((plain(name), value) for name, value in read_pairs(parameters, example)):
        if name not in names:
            raise RuleError(f"不认识参数“{name}”", near(name, names) or f"可以写的有：{'、'.join(names)}")
        if name in values:
            raise RuleError(f"参数“{name}”写了两次", "每个参数只写一次")
        values[name] = value
    return values


def read_points(text: str, name: str) -> Fraction:
    """Return the points that stand behind a name."""
    digits = text.removesuffix("分").removeprefix("+")
    if not re.fullmatch(NUMBER, digits):
        raise RuleError(f"“{name}”的分数“{text}”不是数", "等号右边请只写数，如 0.5 或 -0.5")
    return read_number(digits, f"“{name}”的分数“{text}”")


def read_number(digits: str, what: str) -> Fraction:
    """Return a number that can be written in full and that stands clear of the noise in a cell."""
    number = exact(digits)
    if (number * 10_000).denominator != 1:
        raise RuleError(f"{what}超过四位小数", "最多写四位小数")
    return number


def read_optional(values: Mapping[str, str], name: str) -> Fraction | None:
    """Return the points of a named parameter, None where it is not written."""
    return read_points(values[name], name) if name in values else None


def read_limits(values: Mapping[str, str]) -> tuple[Fraction | None, Fraction | None]:
    """Return 最低 and 最高."""
    low, high = read_optional(values, "最低"), read_optional(values, "最高")
    if low is not None and high is not None and low > high:
        raise RuleError("“最低”比“最高”还大", "请核对这两个数")
    return low, high


def check_count(count: int, what: str) -> None:
    """Raise RuleError where a rule tells more cases apart than a formula can."""
    if count > CASES_LIMIT:
        raise RuleError(f"有{count}{what}，太多了", f"最多{CASES_LIMIT}{what}")


def write_pairs(*pairs: tuple[str, Fraction | None]) -> str:
    """Return pairs as 计分参数, without those that have no value."""
    return "；".join(f"{name}={marks_text(value)}" for name, value in pairs if value is not None)
