"""比均值: a figure against the whole city's own, or against the mean of the assessees' figures."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple, Self

from qtool.model import Value, exact, marks_text
from qtool.rules.domain import NOISE, Numbers, clean, figures
from qtool.rules.expr import BLANK, Binary, Expr, Number, Range, call, clamp, if_, number, round_to
from qtool.rules.parameters import RuleError, Words, read_limits, read_named, read_optional, read_points, write_pairs
from qtool.rules.rule import (
    CITY_CELL,
    MANY,
    PEERS,
    PLACES,
    ZERO,
    Example,
    Rule,
    X,
    each_by_skill,
    limit_texts,
    points_text,
)

_FORM = "基准=全市值；起评=1.5；步长=0.1；每步=0.1；最高=2；最低=0"
_SIDES, _STEPS = ("高于", "等于", "低于"), ("起评", "步长", "每步", "最高", "最低")
_BASES = {True: "全市值", False: "各地平均"}


class Steps(NamedTuple):
    """By whole steps: `start` at the mean, `each` for every whole step above or below it."""

    start: Fraction
    step: Fraction
    each: Fraction
    low: Fraction | None
    high: Fraction | None


class Sides(NamedTuple):
    """By side: above, at, below the mean."""

    above: Fraction
    equal: Fraction
    below: Fraction


@dataclass(frozen=True)
class AgainstMean(Rule):
    """What a figure is held against (`of_city`: the whole city's own), and what the difference is worth."""

    of_city: bool
    by: Steps | Sides
    unit: str
    assessees: int

    method = "比均值"
    note = (
        "“全市值”由评分人另填一格；“各地平均”是各考核对象所填数的平均值，都填齐了才算得出。单位是%的，"
        "步长0.1就是0.1个百分点。"
    )
    examples = (
        Example(
            "与全市值相比，每高（低）一步加（减）分，不足一步不算",
            "农产品质量安全监测合格率",
            "%",
            "基准=全市值；起评=1.5；步长=0.1；每步=0.1；最高=2；最低=0",
            ("98.4%", "98.2%", "97.95%"),
            city="98.2%",
        ),
        Example(
            "与各考核对象的平均值相比，只分高于、等于、低于",
            "过度包装案件查办量",
            "件",
            "基准=各地平均；高于=0.2；等于=0；低于=-0.05",
            ("15", "12", "8"),
            peers=("8", "10", "12", "15", "15"),
        ),
    )

    @classmethod
    def parse(cls, words: Words) -> Self:
        values = read_named(words.parameters, ("基准", *_STEPS, *_SIDES), _FORM)
        base = values.get("基准", "")
        if base not in _BASES.values():
            raise RuleError(f"基准“{base}”不对", "请写 基准=全市值 或 基准=各地平均")
        if not values.keys() & set(_SIDES):
            by: Steps | Sides = _read_steps(values, words.unit)
        elif values.keys() & set(_STEPS):
            raise RuleError("“高于、等于、低于”和“步长、每步”不能混着写", f"只用一种写法，如 {_FORM}")
        else:
            by = _read_sides(values)
        return cls(base == _BASES[True], by, words.unit, words.assessees)

    def write(self) -> str:
        by = self.by
        if isinstance(by, Sides):
            pairs = write_pairs(*zip(_SIDES, by, strict=True))
        else:
            step = by.step * 100 if self.unit == "%" else by.step
            values = (by.start, step, by.each, by.high, by.low)
            pairs = write_pairs(*zip(_STEPS, values, strict=True))
        return f"基准={_BASES[self.of_city]}；{pairs}"

    @property
    def domain(self) -> Numbers:
        """A figure of the unit."""
        return figures(self.unit)

    @property
    def needs_city(self) -> bool:
        return self.of_city

    @property
    def needs_peers(self) -> bool:
        return not self.of_city

    def worth(self) -> Expr:
        """Return what the difference is worth; blank until the base is there."""
        if self.of_city:
            return if_(self.domain.holds(CITY_CELL), self._against(clean(CITY_CELL)), BLANK)
        full = Binary("=", call("COUNT", Range(PEERS)), number(self.assessees))
        return if_(full, self._against(round_to(call("AVERAGE", Range(PEERS)), NOISE)), BLANK)

    def _against(self, mean: Expr) -> Expr:
        by = self.by
        if isinstance(by, Sides):
            not_above = if_(Binary("=", clean(X), mean), Number(by.equal), Number(by.below))
            return if_(Binary(">", clean(X), mean), Number(by.above), not_above)
        steps = call("TRUNC", round_to(Binary("/", Binary("-", clean(X), mean), Number(by.step)), 6))
        points = Binary("+", Number(by.start), Binary("*", steps, Number(by.each)))
        return round_to(clamp(points, by.low, by.high), PLACES)

    def sentence(self) -> str:
        base = "全市值（另填在“全市”栏）" if self.of_city else "各考核对象的平均值"
        hint = "，直接键入如 95%" if self.unit == "%" else ""
        lead = f"填{self.domain.describe()}{hint}。与{base}相比："
        by = self.by
        if isinstance(by, Sides):
            return lead + "，".join(f"{name}{points_text(p)}" for name, p in zip(_SIDES, by, strict=True)) + "。"
        step, each = self._step_text(by.step), marks_text(abs(by.each))
        up, down = ("加", "减") if by.each > 0 else ("减", "加")
        parts = [f"持平得{marks_text(by.start)}分", f"每高{step}{up}{each}分", f"每低{step}{down}{each}分"]
        parts += [name + text for name, text in limit_texts({"最低": by.low, "最高": by.high}).items()]
        return lead + "，".join(parts) + "。"

    def _step_text(self, step: Fraction) -> str:
        return f"{marks_text(step * 100)}个百分点" if self.unit == "%" else f"{marks_text(step)}{self.unit}"

    def reach(self) -> tuple[Fraction, Fraction]:
        """Return the least and the most points; without a limit, what very many steps earn."""
        by = self.by
        if isinstance(by, Sides):
            return min(by), max(by)
        far = MANY * abs(by.each)
        low = by.start - far if by.low is None else by.low
        high = by.start + far if by.high is None else by.high
        return min(low, high), max(low, high)

    def thresholds(self) -> tuple[Fraction, ...]:
        """Return the inputs at which the points change, for a mean of one half (%) or ten."""
        mean = Fraction(1, 2) if self.unit == "%" else Fraction(10)
        if isinstance(self.by, Sides):
            return (mean,)
        return tuple(mean + k * self.by.step for k in range(-3, 4))

    def parts(self) -> dict[str, str]:
        by, base = self.by, {"基准": _BASES[self.of_city]}
        if isinstance(by, Sides):
            return base | {name: points_text(points) for name, points in zip(_SIDES, by, strict=True)}
        steps = {"起评": f"{marks_text(by.start)}分", "步长": self._step_text(by.step), "每步": points_text(by.each)}
        return base | steps | limit_texts({"封底": by.low, "封顶": by.high})

    def answers(self, skills: Mapping[str, float], chance: random.Random) -> dict[str, Value]:
        """Return figures around that of the city, above it for those who do well."""

        def answer(good: bool) -> Fraction:
            if self.unit != "%":
                return Fraction(chance.randint(8, 24) if good else chance.randint(2, 12))
            distance = chance.randint(0, 40) if good else chance.randint(-80, 5)
            return self.city_answer() + Fraction(distance, 10_000)

        return each_by_skill(skills, chance, answer)

    def city_answer(self) -> Fraction:
        return exact("0.985") if self.unit == "%" else Fraction(12)


def _read_steps(values: Mapping[str, str], unit: str) -> Steps:
    step, each = read_optional(values, "步长"), read_optional(values, "每步")
    if not step or step < 0 or not each:
        raise RuleError("没有写“步长”和“每步”，或者是0", f"请照这样写：{_FORM}")
    start, (low, high) = read_optional(values, "起评") or ZERO, read_limits(values)
    return Steps(start, step / 100 if unit == "%" else step, each, low, high)


def _read_sides(values: Mapping[str, str]) -> Sides:
    missing = [name for name in _SIDES if name not in values]
    if missing:
        raise RuleError(f"没有写“{missing[0]}”", "请照这样写：基准=各地平均；高于=0.2；等于=0；低于=-0.05")
    above, equal, below = (read_points(values[name], name) for name in _SIDES)
    return Sides(above, equal, below)
