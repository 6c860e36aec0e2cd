"""Scores from answers, exactly as the scoring sheet's formulas compute them (docs/scoring.md, Levels)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, lru_cache, partial
from itertools import accumulate, chain, pairwise

from qtool.model import CITY, Assessee, Criterion, Item, Key, Measure, Value, exact
from qtool.rules.expr import (
    BLANK,
    Binary,
    Compare,
    Compiled,
    Count,
    Expr,
    If,
    Number,
    Round,
    Sum,
    clamp,
    compiled,
    number,
)
from qtool.rules.kinds import PEERS, PLACES, AgainstMean, Rule
from qtool.rules.text import parse

PARTS = "parts"
_REMEMBERED = 10_000
"""Results that a rule remembers before it starts afresh."""


def rule_of(measure: Measure, assessees: int) -> Rule:
    """Return the measure's rule for so many assessees; raises RuleError."""
    return parse(measure.method, measure.parameters, measure.unit, assessees)


def needs_city(rule: Rule) -> bool:
    """Whether the rule asks for one figure of the whole city."""
    return isinstance(rule, AgainstMean) and rule.of_city


def item_id(criterion: Criterion, item: Item) -> str:
    """Return the item's name in the whole plan."""
    return f"{criterion.code}-{item.number}"


def _kept(base: Fraction, parts: int, low: Fraction | None, high: Fraction | None) -> Expr:
    total: Expr = Binary("+", Number(base), Sum(PARTS)) if base else Sum(PARTS)
    return If(Compare("=", Count(PARTS), number(parts)), clamp(Round(total, PLACES), low, high), BLANK)


def item_points(criterion: Criterion, item: Item) -> Expr:
    """What an item is worth, from the points of its measures; blank until all are there."""
    return _kept(item.base, len(item.measures), *criterion.item_bounds(item))


def criterion_points(criterion: Criterion) -> Expr:
    """What a criterion is worth, from the points of its items; blank until all are there."""
    return _kept(criterion.base, len(criterion.items), criterion.low, criterion.high)


def total_points(criteria: int) -> Expr:
    """What a department gives one assessee, from its criteria; blank until all are there."""
    return _kept(Fraction(0), criteria, None, None)


def plain_item(criterion: Criterion, item: Item, rule: Rule) -> bool:
    """Whether an item always equals its single measure, so that showing both would say the same twice."""
    if len(item.measures) != 1 or item.base:
        return False
    low, high = criterion.item_bounds(item)
    least, most = rule.reach()
    return low <= least and most <= high


@dataclass(slots=True)
class Scores:
    """Points by (id, assessee): of measures (a text when the input is not allowed), items, criteria; and totals."""

    measures: dict[Key, Value] = field(default_factory=dict)
    items: dict[Key, Value] = field(default_factory=dict)
    criteria: dict[Key, Value] = field(default_factory=dict)
    totals: dict[str, Value] = field(default_factory=dict)


def score(criteria: Iterable[Criterion], assessees: Sequence[Assessee], answers: Mapping[Key, Value]) -> Scores:
    """Return every score of some criteria; an answer that is missing counts as an empty cell."""
    return Scorer(tuple(criteria), tuple(assessee.short for assessee in assessees)).score(answers)


class Scorer:
    """The rules of some criteria for some assessees, compiled once, to score many sheets.

    Equal inputs of a rule are computed once: most sheets hold the same labels and small figures again and again.
    """

    def __init__(self, criteria: tuple[Criterion, ...], names: tuple[str, ...]) -> None:
        """Compile the rules; raises RuleError for one that does not parse."""
        self._names = names
        measures = [measure for criterion in criteria for measure in criterion.measures]
        items = [(criterion, item) for criterion in criteria for item in criterion.items]
        self._measures = [_Compiled(measure.id, rule_of(measure, len(names)), names) for measure in measures]
        of_items = _portions(len(item.measures) for _, item in items)
        self._items = [_Whole(part, partial(item_points, *item)) for item, part in zip(items, of_items, strict=True)]
        of_criteria = _portions(len(criterion.items) for criterion in criteria)
        self._criteria = [_Whole(p, partial(criterion_points, c)) for c, p in zip(criteria, of_criteria, strict=True)]
        self._total = _Whole(slice(len(criteria)), partial(total_points, len(criteria)))
        self._measure_keys = _keys((measure.id for measure in measures), names)
        self._item_keys = _keys((item_id(criterion, item) for criterion, item in items), names)
        self._criterion_keys = _keys((criterion.code for criterion in criteria), names)

    def score(self, answers: Mapping[Key, Value]) -> Scores:
        """Return every score; an answer that is missing counts as an empty cell."""
        count = len(self._names)
        measures = [measure.points(answers) for measure in self._measures]
        items = [item.points(measures, count) for item in self._items]
        criteria = [criterion.points(items, count) for criterion in self._criteria]
        return Scores(
            dict(zip(self._measure_keys, chain.from_iterable(measures), strict=True)),
            dict(zip(self._item_keys, chain.from_iterable(items), strict=True)),
            dict(zip(self._criterion_keys, chain.from_iterable(criteria), strict=True)),
            dict(zip(self._names, self._total.points(criteria, count), strict=True)),
        )


def _portions(sizes: Iterable[int]) -> list[slice]:
    """Return which of the parts, which stand in a row, each whole is made of."""
    ends = list(accumulate(sizes, initial=0))
    return [slice(start, end) for start, end in pairwise(ends)]


def _keys(ids: Iterable[str], names: Sequence[str]) -> list[Key]:
    return [(name, who) for name in ids for who in names]


class _Compiled:
    """A measure's rule, compiled when it is first needed, with the results that it gave before."""

    def __init__(self, name: str, rule: Rule, names: tuple[str, ...]) -> None:
        self._keys: tuple[Key, ...] = tuple((name, who) for who in names)
        self._city = (name, CITY)
        self._of_mean = isinstance(rule, AgainstMean)
        self._rule = rule
        self._known: dict[object, Value] = {}
        self._seen: dict[int, tuple[Value, Value]] = {}

    @cached_property
    def _compute(self) -> Compiled:
        return compiled(self._rule.points())

    def points(self, answers: Mapping[Key, Value]) -> list[Value]:
        """Return what each answer is worth; as every rule has it, an empty cell has no points yet."""
        cells = list(map(answers.get, self._keys))
        if self._of_mean:
            others = {"city": answers.get(self._city), PEERS: tuple(cells)}
            return [None if x is None else _value(self._compute({"x": x, **others})) for x in cells]
        seen = self._seen  # equal answers of a measure mostly are one object, and a key takes long to make
        try:
            return [seen[id(x)][1] for x in cells]
        except KeyError:
            return [self._worth(x) for x in cells]

    def _worth(self, x: Value) -> Value:
        key = _key(x)
        if key not in self._known:
            if len(self._known) > _REMEMBERED:
                self._known.clear()
                self._seen.clear()
            self._known[key] = None if x is None else _value(self._compute({"x": x}))
        if len(self._seen) <= _REMEMBERED:
            self._seen[id(x)] = (x, self._known[key])
        return self._known[key]


class _Whole:
    """What is made of parts: an item of measures, a criterion of items, a total of criteria."""

    def __init__(self, portion: slice, expr: Callable[[], Expr]) -> None:
        self._portion = portion
        self._expr = expr
        self._known: dict[object, Value] = {}

    @cached_property
    def _compute(self) -> Compiled:
        return compiled(self._expr())

    def points(self, found: Sequence[Sequence[Value]], count: int) -> list[Value]:
        """Return what the whole is worth to each of so many assessees, from the points of all parts."""
        mine = found[self._portion]
        if not mine:
            return [self._worth(())] * count
        alone = len(mine) == 1  # most are; equal points are one object, and a fraction's own hash is slow
        keys = map(id, mine[0]) if alone else [tuple(map(id, parts)) for parts in zip(*mine, strict=True)]
        try:
            return [self._known[key] for key in keys]
        except KeyError:
            return [self._worth(parts) for parts in zip(*mine, strict=True)]

    def _worth(self, parts: tuple[Value, ...]) -> Value:
        key = id(parts[0]) if len(parts) == 1 else tuple(map(id, parts))
        if key not in self._known:
            if len(self._known) > _REMEMBERED:
                self._known.clear()
            self._known[key] = _value(self._compute({PARTS: parts}))
        return self._known[key]


def _key(value: Value) -> object:
    """Return what stands for a value where results are remembered: a fraction's own hash takes a modular power."""
    return value.as_integer_ratio() if isinstance(value, Fraction) else value


_ONES: dict[tuple[int, int], Fraction] = {}


def the_one(points: Fraction) -> Fraction:
    """Return the object that stands for these points everywhere, so that equal points are known by identity."""
    return _ONES.setdefault(points.as_integer_ratio(), points)


@lru_cache(maxsize=65536)
def as_points(shown: float) -> Fraction:
    """Return the points that a cell shows, as the object that `the_one` keeps for them."""
    return the_one(exact(shown))


def _value(result: object) -> Value:
    if isinstance(result, Fraction):
        return the_one(result)
    return result if isinstance(result, str) else None
