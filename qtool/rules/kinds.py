"""The six scoring methods (计分方式): what a cell accepts, what it is worth, how to say it (scoring.md, Methods)."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from qtool.model import exact, marks_text
from qtool.rules.domain import Domain, Labels, Numbers, clean
from qtool.rules.expr import (
    BLANK,
    INVALID,
    Binary,
    Cell,
    Compare,
    Count,
    Every,
    Expr,
    If,
    IsBlank,
    Mean,
    Number,
    Round,
    Same,
    Trunc,
    clamp,
    number,
)

X, CITY_CELL, PEERS = Cell("x"), Cell("city"), "peers"
PLACES = 4
"""Decimals of every points value (docs/scoring.md, Levels)."""
PROMPT_LIMIT = 255
"""Characters of a cell's prompt; a longer list of choices is not told in it."""
COUNTING_UNITS = frozenset("件次个起家项人")
ZERO = Fraction(0)
MANY = 1_000_000
"""Times or steps that stand for no limit: more than any real count, so that they reach past all marks of a plan."""


# The methods and their parts are tuples, as the nodes are: a frozen dataclass takes seven times as long to define.


def worth(points: Fraction) -> str:
    """Return what a case is worth in the words of a standard."""
    if points < 0:
        return f"扣{marks_text(-points)}分"
    return f"得{marks_text(points)}分" if points else "0分"


def figures(unit: str) -> Numbers:
    """Return the figures that a cell of this unit accepts."""
    percent = unit == "%"
    return Numbers(ZERO, Fraction(1) if percent else None, whole=unit in COUNTING_UNITS, percent=percent)


def _guarded(domain: Domain, points: Expr) -> Expr:
    checked = points if isinstance(domain, Labels) else If(domain.holds(X), points, INVALID)
    return If(IsBlank(X), BLANK, checked)


class Judged(NamedTuple):
    """评定: the scorer's own figure; with `taken_off` it is a deduction typed without a sign."""

    low: Fraction
    high: Fraction
    taken_off: bool = False

    @property
    def domain(self) -> Domain:
        """What the input cell accepts."""
        return Numbers(self.low, self.high, or_zero=self.taken_off)

    def points(self) -> Expr:
        """What the input x is worth."""
        value: Expr = Binary("-", number(0), X) if self.taken_off else X
        return _guarded(self.domain, Round(value, PLACES))

    def sentence(self) -> str:
        """How to fill the cell."""
        if self.taken_off:
            span = f"{marks_text(self.low)}～{marks_text(self.high)}"
            return f"填扣掉的分数：不扣分填0，扣分填{span}之间的数，不要带负号。"
        return f"填评定的得分：{self.domain.say()}。"

    def reach(self) -> tuple[Fraction, Fraction]:
        """The least and the most points that any input earns."""
        return (-self.high, ZERO) if self.taken_off else (self.low, self.high)

    def thresholds(self) -> tuple[Fraction, ...]:
        """Inputs at which the points change their course."""
        return (self.low, self.high)


class Choice(NamedTuple):
    """选项: one label of a list, each worth its points."""

    options: tuple[tuple[str, Fraction], ...]

    @property
    def domain(self) -> Domain:
        """What the input cell accepts."""
        return Labels(tuple(label for label, _ in self.options))

    def points(self) -> Expr:
        """What the input x is worth."""
        result: Expr = INVALID
        for label, points in reversed(self.options):
            result = If(Same(X, label), Number(points), result)
        return _guarded(self.domain, result)

    def sentence(self) -> str:
        """How to fill the cell."""
        options = "；".join(f"{label}（{worth(points)}）" for label, points in self.options)
        full = f"从下拉列表中选一项：{options}。"
        if len(full) <= PROMPT_LIMIT:
            return full
        low, high = self.reach()
        return f"从下拉列表中选一项，共{len(self.options)}项，{worth(low)}到{worth(high)}不等。"

    def reach(self) -> tuple[Fraction, Fraction]:
        """The least and the most points that any input earns."""
        points = [points for _, points in self.options]
        return min(points), max(points)

    def thresholds(self) -> tuple[Fraction, ...]:
        """Inputs at which the points change their course."""
        return ()


class Band(NamedTuple):
    """One band: the first one that holds counts; thresholds in % are held as fractions of one."""

    op: str
    at: Fraction
    points: Fraction

    def say(self, unit: str) -> str:
        """Return the band's condition in Chinese."""
        at = f"{marks_text(self.at * 100)}%" if unit == "%" else f"{marks_text(self.at)}{unit}"
        return {">=": f"{at}及以上", "<=": f"{at}及以下", ">": f"{at}以上（不含）", "<": f"不足{at}", "=": f"正好{at}"}[
            self.op
        ]


class Bands(NamedTuple):
    """分档: points by the band that a figure falls in; `rest` (其余) is what no band holds."""

    bands: tuple[Band, ...]
    rest: Fraction | None
    unit: str

    @property
    def domain(self) -> Numbers:
        """What the input cell accepts."""
        return figures(self.unit)

    def points(self) -> Expr:
        """What the input x is worth."""
        result: Expr = INVALID if self.rest is None else Number(self.rest)
        for band in reversed(self.bands):
            result = If(Compare(band.op, clean(X), Number(band.at)), Number(band.points), result)
        return _guarded(self.domain, result)

    def sentence(self) -> str:
        """How to fill the cell."""
        cases = [f"{band.say(self.unit)}{worth(band.points)}" for band in self.bands]
        if self.rest is not None:
            cases.append(f"其余{worth(self.rest)}")
        hint = "，直接键入如 95%" if self.unit == "%" else ""
        return f"填{self.domain.say()}{hint}。{'；'.join(cases)}。"

    def reach(self) -> tuple[Fraction, Fraction]:
        """The least and the most points that any input earns."""
        hit = self.hits()
        points = [band.points for index, band in enumerate(self.bands) if index in hit]
        if len(self.bands) in hit and self.rest is not None:
            points.append(self.rest)
        return (min(points), max(points)) if points else (ZERO, ZERO)

    def thresholds(self) -> tuple[Fraction, ...]:
        """Inputs at which the points change their course."""
        return tuple(band.at for band in self.bands)

    def hits(self) -> dict[int, Fraction]:
        """Return which bands are reached, each with an input that does; `len(bands)` is what no band holds."""
        compare = {">=": Fraction.__ge__, "<=": Fraction.__le__, ">": Fraction.__gt__, "<": Fraction.__lt__}
        found: dict[int, Fraction] = {}
        for x in self.domain.boundaries(self.thresholds()):
            holds = (i for i, b in enumerate(self.bands) if (x == b.at if b.op == "=" else compare[b.op](x, b.at)))
            found.setdefault(next(holds, len(self.bands)), x)
        return found


class Counted(NamedTuple):
    """计次: so many points each time, from a start, inside limits."""

    start: Fraction
    each: Fraction
    low: Fraction | None
    high: Fraction | None
    unit: str

    @property
    def domain(self) -> Domain:
        """What the input cell accepts."""
        return Numbers(ZERO, None, whole=True)

    def points(self) -> Expr:
        """What the input x is worth."""
        value = Binary("+", Number(self.start), Binary("*", X, Number(self.each))) if self.start else None
        counted = clamp(value or Binary("*", X, Number(self.each)), self.low, self.high)
        return _guarded(self.domain, Round(counted, PLACES))

    def sentence(self) -> str:
        """How to fill the cell."""
        unit = self.unit or "次"
        verb = "扣" if self.each < 0 else "加" if self.start else "得"
        said = [f"没有填0，有几{unit}填几（整数）"]
        if self.start:
            said.append(f"起评{marks_text(self.start)}分")
        said.append(f"每{unit}{verb}{marks_text(abs(self.each))}分")
        if self.low is not None:
            said.append(f"最多扣{marks_text(-self.low)}分" if self.low < 0 else f"最低{marks_text(self.low)}分")
        if self.high is not None:
            said.append(f"最高{marks_text(self.high)}分")
        return "，".join(said) + "。"

    def reach(self) -> tuple[Fraction, Fraction]:
        """The least and the most points that any input earns; without a limit, what very many times earn."""
        ends = [self.start, self.start + MANY * self.each]
        kept = [max(end, self.low) if self.low is not None else end for end in ends]
        kept = [min(end, self.high) if self.high is not None else end for end in kept]
        return min(kept), max(kept)

    def thresholds(self) -> tuple[Fraction, ...]:
        """Inputs at which the points change their course."""
        limits = [limit for limit in (self.low, self.high) if limit is not None]
        return tuple(Fraction(int((limit - self.start) / self.each)) for limit in limits)


class RankBand(NamedTuple):
    """Ranks from `first` to `last` and what they are worth."""

    first: int
    last: int
    points: Fraction

    def say(self) -> str:
        """Return the ranks in Chinese."""
        return f"第{self.first}名" if self.first == self.last else f"第{self.first}～{self.last}名"


class Rank(NamedTuple):
    """名次: points by rank; 0 stands for not ranked."""

    bands: tuple[RankBand, ...]
    rest: Fraction
    assessees: int

    @property
    def domain(self) -> Domain:
        """What the input cell accepts."""
        return Numbers(ZERO, Fraction(self.assessees), whole=True)

    def points(self) -> Expr:
        """What the input x is worth."""
        result: Expr = Number(self.rest)
        for band in reversed(self.bands):
            rank = clean(X)
            test: Expr = Compare("=", rank, number(band.first))
            if band.first != band.last:
                test = Every((Compare(">=", rank, number(band.first)), Compare("<=", rank, number(band.last))))
            result = If(test, Number(band.points), result)
        return _guarded(self.domain, result)

    def sentence(self) -> str:
        """How to fill the cell."""
        cases = [f"{band.say()}{worth(band.points)}" for band in self.bands]
        return f"填名次，1～{self.assessees}的整数；没有参加排名填0。{'；'.join([*cases, f'其余{worth(self.rest)}'])}。"

    def reach(self) -> tuple[Fraction, Fraction]:
        """The least and the most points that any input earns."""
        points = [self.rest, *(band.points for band in self.bands if band.first <= self.assessees)]
        return min(points), max(points)

    def thresholds(self) -> tuple[Fraction, ...]:
        """Inputs at which the points change their course."""
        return tuple(Fraction(at) for band in self.bands for at in (band.first, band.last))


class Steps(NamedTuple):
    """比均值 by whole steps: `start` at the mean, `each` for every whole step above or below it."""

    start: Fraction
    step: Fraction
    each: Fraction
    low: Fraction | None
    high: Fraction | None


class Sides(NamedTuple):
    """比均值 by side: above, at, below the mean."""

    above: Fraction
    equal: Fraction
    below: Fraction


class AgainstMean(NamedTuple):
    """比均值: a figure against the whole city's own (`of_city`) or against the mean of the assessees' figures."""

    of_city: bool
    by: Steps | Sides
    unit: str
    assessees: int

    @property
    def domain(self) -> Domain:
        """What the input cell accepts."""
        return figures(self.unit)

    def points(self) -> Expr:
        """What the input x is worth beside the city's cell or its peers' cells; blank until those are filled."""
        if self.of_city:
            city = self._against(clean(CITY_CELL))
            known = If(self._city_holds(), city, BLANK)
            return _guarded(self.domain, known)
        full = Compare("=", Count(PEERS), number(self.assessees))
        return _guarded(self.domain, If(full, self._against(Round(Mean(PEERS), 9)), BLANK))

    def _city_holds(self) -> Expr:
        return self.domain.holds(CITY_CELL)

    def _against(self, mean: Expr) -> Expr:
        if isinstance(self.by, Sides):
            below = If(Compare("=", clean(X), mean), Number(self.by.equal), Number(self.by.below))
            return If(Compare(">", clean(X), mean), Number(self.by.above), below)
        steps = Trunc(Round(Binary("/", Binary("-", clean(X), mean), Number(self.by.step)), 6))
        value = Binary("+", Number(self.by.start), Binary("*", steps, Number(self.by.each)))
        return Round(clamp(value, self.by.low, self.by.high), PLACES)

    def sentence(self) -> str:
        """How to fill the cell."""
        base = "全市值（另填在“全市”栏）" if self.of_city else "各考核对象的平均值"
        hint = "，直接键入如 95%" if self.unit == "%" else ""
        said = f"填{self.domain.say()}{hint}。与{base}相比："
        if isinstance(self.by, Sides):
            above, equal, below = (worth(p) for p in (self.by.above, self.by.equal, self.by.below))
            return f"{said}高于{above}，等于{equal}，低于{below}。"
        step = (
            f"{marks_text(self.by.step * 100)}个百分点"
            if self.unit == "%"
            else f"{marks_text(self.by.step)}{self.unit}"
        )
        each = marks_text(abs(self.by.each))
        up, down = ("加", "减") if self.by.each > 0 else ("减", "加")
        limits = [f"最低{marks_text(self.by.low)}分"] if self.by.low is not None else []
        limits += [f"最高{marks_text(self.by.high)}分"] if self.by.high is not None else []
        parts = [
            f"持平得{marks_text(self.by.start)}分",
            f"每高{step}{up}{each}分",
            f"每低{step}{down}{each}分",
            *limits,
        ]
        return said + "，".join(parts) + "。"

    def reach(self) -> tuple[Fraction, Fraction]:
        """The least and the most points that any input earns; without a limit, what very many steps earn."""
        if isinstance(self.by, Sides):
            points = (self.by.above, self.by.equal, self.by.below)
            return min(points), max(points)
        reachable = MANY * abs(self.by.each)
        low = self.by.start - reachable if self.by.low is None else self.by.low
        high = self.by.start + reachable if self.by.high is None else self.by.high
        return min(low, high), max(low, high)

    def thresholds(self) -> tuple[Fraction, ...]:
        """Inputs at which the points change their course, for a mean of one half (%) or ten."""
        mean = exact("0.5") if self.unit == "%" else exact(10)
        if isinstance(self.by, Sides):
            return (mean,)
        return tuple(mean + k * self.by.step for k in range(-3, 4))


Rule = Judged | Choice | Bands | Counted | Rank | AgainstMean
