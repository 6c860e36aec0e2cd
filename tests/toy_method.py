"""A seventh scoring method, whole in this one file: 每满, so many points for every full number of units."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

from qtool.model import Value, marks_text
from qtool.rules.domain import Numbers, clean, figures
from qtool.rules.expr import Binary, Expr, Number, call, clamp, round_to
from qtool.rules.parameters import RuleError, Words, read_named, read_optional, write_pairs
from qtool.rules.rule import MANY, PLACES, ZERO, Example, Rule, X, each_by_skill, limit_texts, points_text

_FORM = "每满=10；加=0.2；最高=1"


@dataclass(frozen=True)
class PerFull(Rule):
    """`each` for every full `size`, and `high` at most."""

    size: Fraction
    each: Fraction
    high: Fraction | None
    unit: str

    method = "每满"
    note = "每满这么多就加一次分，不满的不算；最高没有可以不写。"
    examples = (
        Example("数量每满多少加一次分", "培训人数", "人", "每满=10；加=0.2；最高=1", ("9", "25", "80")),
        Example("金额每满多少加一次分", "帮扶资金", "万元", "每满=2.5；加=0.1", ("2.4", "5")),
    )

    @classmethod
    def parse(cls, words: Words) -> Self:
        values = read_named(words.parameters, ("每满", "加", "最高"), _FORM)
        size, each = read_optional(values, "每满"), read_optional(values, "加")
        if not size or size < 0 or not each or each < 0:
            raise RuleError("没有写“每满”和“加”，或者不是正数", f"请照这样写：{_FORM}")
        return cls(size, each, read_optional(values, "最高"), words.unit)

    def write(self) -> str:
        return write_pairs(("每满", self.size), ("加", self.each), ("最高", self.high))

    @property
    def domain(self) -> Numbers:
        """A figure of the unit."""
        return figures(self.unit)

    def worth(self) -> Expr:
        """Return the full sizes times the points."""
        full = call("TRUNC", round_to(Binary("/", clean(X), Number(self.size)), 6))
        return round_to(clamp(Binary("*", full, Number(self.each)), None, self.high), PLACES)

    def sentence(self) -> str:
        limits = [f"最高{marks_text(self.high)}分"] if self.high is not None else []
        step = f"每满{marks_text(self.size)}{self.unit}加{marks_text(self.each)}分"
        return "，".join([f"填{self.domain.describe()}", step, *limits]) + "。"

    def reach(self) -> tuple[Fraction, Fraction]:
        """Return nothing, and the limit."""
        return ZERO, MANY * self.each if self.high is None else self.high

    def thresholds(self) -> tuple[Fraction, ...]:
        """Return the first sizes."""
        return tuple(k * self.size for k in range(1, 4))

    def parts(self) -> dict[str, str]:
        size = f"{marks_text(self.size)}{self.unit}"
        return {"每满": size, "加分": points_text(self.each)} | limit_texts({"封顶": self.high})

    def answers(self, skills: Mapping[str, float], chance: random.Random) -> dict[str, Value]:
        """Return several full sizes for those who do well, hardly one for the others."""
        return each_by_skill(
            skills, chance, lambda good: Fraction(int(self.size * chance.randint(3, 6) if good else self.size / 2) + 1)
        )
