"""计次: so many points each time, from a start, inside limits."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

from qtool.model import Value, marks_text
from qtool.rules.domain import Numbers
from qtool.rules.expr import Binary, Expr, Number, clamp, round_to
from qtool.rules.parameters import RuleError, Words, read_limits, read_named, read_optional, write_pairs
from qtool.rules.rule import MANY, PLACES, ZERO, Example, Rule, X, each_by_skill, limit_texts, points_text

_FORM = "起评=0.3；每次=-0.03；最低=0"


@dataclass(frozen=True)
class Counted(Rule):
    """What it starts from, what each time adds, and between which limits it stays."""

    start: Fraction
    each: Fraction
    low: Fraction | None
    high: Fraction | None
    unit: str

    method = "计次"
    note = "得分 = 起评 + 次数 × 每次，限制在最低和最高之间；起评、最低、最高没有可以不写。"
    examples = (
        Example(
            "先给起评的分，发生一次扣一次，扣完为止",
            "迟报次数",
            "次",
            "起评=1；每次=-0.05；最低=0",
            ("0", "3", "25"),
        ),
        Example("发生一次扣一次（用在扣分的项）", "重大事故次数", "次", "每次=-0.5", ("0", "2")),
        Example("做一件得一次分，得满为止", "开展专项活动数", "个", "每次=0.1；最高=0.5", ("2", "9")),
    )

    @classmethod
    def parse(cls, words: Words) -> Self:
        values = read_named(words.parameters, ("起评", "每次", "最低", "最高"), _FORM)
        each = read_optional(values, "每次")
        if not each:
            raise RuleError("没有写“每次”，或者每次是0", f"请照这样写：{_FORM}")
        return cls(read_optional(values, "起评") or ZERO, each, *read_limits(values), words.unit)

    def write(self) -> str:
        return write_pairs(("起评", self.start or None), ("每次", self.each), ("最低", self.low), ("最高", self.high))

    @property
    def domain(self) -> Numbers:
        """A whole number of times."""
        return Numbers(ZERO, None, whole=True)

    def worth(self) -> Expr:
        """Return 起评 + x × 每次, kept inside the limits."""
        times: Expr = Binary("*", X, Number(self.each))
        points = Binary("+", Number(self.start), times) if self.start else times
        return round_to(clamp(points, self.low, self.high), PLACES)

    def sentence(self) -> str:
        unit = self.unit or "次"
        verb = "扣" if self.each < 0 else "加" if self.start else "得"
        parts = [f"没有填0，有几{unit}填几（整数）"]
        if self.start:
            parts.append(f"起评{marks_text(self.start)}分")
        parts.append(f"每{unit}{verb}{marks_text(abs(self.each))}分")
        if self.low is not None:
            parts.append(f"最多扣{marks_text(-self.low)}分" if self.low < 0 else f"最低{marks_text(self.low)}分")
        if self.high is not None:
            parts.append(f"最高{marks_text(self.high)}分")
        return "，".join(parts) + "。"

    def reach(self) -> tuple[Fraction, Fraction]:
        """Return the least and the most points; without a limit, what very many times earn."""
        ends = [self.start, self.start + MANY * self.each]
        inside = [max(end, self.low) if self.low is not None else end for end in ends]
        inside = [min(end, self.high) if self.high is not None else end for end in inside]
        return min(inside), max(inside)

    def thresholds(self) -> tuple[Fraction, ...]:
        """Return how many times reach each limit."""
        limits = [limit for limit in (self.low, self.high) if limit is not None]
        return tuple(Fraction(int((limit - self.start) / self.each)) for limit in limits)

    def parts(self) -> dict[str, str]:
        parts = {"起评": f"{marks_text(self.start)}分", "每次": points_text(self.each)}
        return parts | limit_texts({"封底": self.low, "封顶": self.high})

    def answers(self, skills: Mapping[str, float], chance: random.Random) -> dict[str, Value]:
        """Return none for those who do well, a few times for the others."""
        return each_by_skill(skills, chance, lambda good: ZERO if good else Fraction(chance.choice((1, 1, 1, 2, 3))))
