"""名次: points by rank; 0 stands for not ranked."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple, Self

from qtool.model import Value
from qtool.rules.domain import Numbers, clean
from qtool.rules.expr import Binary, Expr, Number, call, if_, number
from qtool.rules.parameters import REST, RuleError, Words, check_count, read_pairs, read_points, write_pairs
from qtool.rules.rule import ZERO, Example, Rule, X, points_text
from qtool.text import plain

_RANKS = re.compile(r"(\d{1,6})(?:[-~](\d{1,6}))?")


class RankBand(NamedTuple):
    """Ranks from `first` to `last` and what they are worth."""

    first: int
    last: int
    points: Fraction

    def describe(self) -> str:
        """Return the ranks in Chinese."""
        return f"第{self.first}名" if self.first == self.last else f"第{self.first}～{self.last}名"


@dataclass(frozen=True)
class Rank(Rule):
    """Bands of ranks; `rest` (其余) is for every other rank and for 0."""

    bands: tuple[RankBand, ...]
    rest: Fraction
    assessees: int

    method = "名次"
    note = "写在参数里的名次得相应的分；没有写到的名次和0（没有参加排名）按“其余”计，不写“其余”的按0分计。"
    examples = (
        Example("前几名得分，其余不得分", "群众满意度名次", "名", "1=1；2=0.8；3=0.5；其余=0", ("1", "3", "4")),
        Example("几名一档", "标准体系综合名次（未参加排名填0）", "名", "1-2=1.5；3-5=1.3；其余=0", ("2", "5", "0")),
    )
    is_rank = True

    @classmethod
    def parse(cls, words: Words) -> Self:
        bands: list[RankBand] = []
        rest = ZERO
        for name, value in read_pairs(words.parameters, "1-3=3；4-6=2；其余=0"):
            points = read_points(value, name)
            if plain(name) == REST:
                rest = points
                continue
            match = _RANKS.fullmatch(plain(name).replace("名", "").replace("第", ""))
            if not match:
                raise RuleError(f"“{name}”不是名次", "名次写成 1-3 或 5 这样")
            first, last = int(match[1]), int(match[2] or match[1])
            if first < 1 or last < first:
                raise RuleError(f"名次“{name}”不对", "名次从1开始，小的写在前面，如 4-6")
            other = next((band for band in bands if first <= band.last and band.first <= last), None)
            if other:
                raise RuleError(f"名次“{name}”与“{other.first}-{other.last}”重叠", "每个名次只能在一档里")
            bands.append(RankBand(first, last, points))
        if not bands:
            raise RuleError("一个名次也没有", "至少写一档，如 1-3=3；其余=0")
        check_count(len(bands), "档")
        return cls(tuple(bands), rest, words.assessees)

    def write(self) -> str:
        spans = [(str(b.first) if b.first == b.last else f"{b.first}-{b.last}", b.points) for b in self.bands]
        return write_pairs(*spans, (REST, self.rest))

    @property
    def domain(self) -> Numbers:
        """A whole number up to that of the assessees."""
        return Numbers(ZERO, Fraction(self.assessees), whole=True)

    def worth(self) -> Expr:
        """Return the points of the band that holds the rank."""
        result: Expr = Number(self.rest)
        for band in reversed(self.bands):
            rank = clean(X)
            test: Expr = Binary("=", rank, number(band.first))
            if band.first != band.last:
                test = call("AND", Binary(">=", rank, number(band.first)), Binary("<=", rank, number(band.last)))
            result = if_(test, Number(band.points), result)
        return result

    def sentence(self) -> str:
        cases = [f"{band.describe()}{points_text(band.points)}" for band in self.bands]
        cases.append(f"其余{points_text(self.rest)}")
        return f"填名次，1～{self.assessees}的整数；没有参加排名填0。{'；'.join(cases)}。"

    def reach(self) -> tuple[Fraction, Fraction]:
        """Return the points of the worst and of the best rank."""
        points = [self.rest, *(band.points for band in self.bands if band.first <= self.assessees)]
        return min(points), max(points)

    def thresholds(self) -> tuple[Fraction, ...]:
        """Return the first and the last rank of every band."""
        return tuple(Fraction(at) for band in self.bands for at in (band.first, band.last))

    def parts(self) -> dict[str, str]:
        return {f"“{b.describe()}”": points_text(b.points) for b in self.bands} | {"其余名次": points_text(self.rest)}

    def answers(self, skills: Mapping[str, float], chance: random.Random) -> dict[str, Value]:
        """Return every rank once; those who do well mostly stand before the others."""
        order = sorted(skills, key=lambda name: (-skills[name] - chance.gauss(0, 0.05), name))
        return {name: Fraction(place) for place, name in enumerate(order, 1)}
