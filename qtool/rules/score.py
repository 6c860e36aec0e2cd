"""Scores from answers, exactly as the scoring sheet's formulas compute them (docs/scoring.md, Levels)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from qtool.model import CITY, Assessee, Criterion, Item, Key, Value
from qtool.rules.expr import BLANK, Binary, Compiled, Expr, Number, Range, call, clamp, compiled, if_, number, round_to
from qtool.rules.methods import rule_of
from qtool.rules.rule import PEERS, PLACES, Rule

PARTS = "parts"


def item_id(criterion: Criterion, item: Item) -> str:
    """Return the item's name in the whole plan."""
    return f"{criterion.code}-{item.number}"


def _sum(base: Fraction, parts: int, low: Fraction | None, high: Fraction | None) -> Expr:
    total = call("SUM", Range(PARTS))
    total = Binary("+", Number(base), total) if base else total
    complete = Binary("=", call("COUNT", Range(PARTS)), number(parts))
    return if_(complete, clamp(round_to(total, PLACES), low, high), BLANK)


def item_points(criterion: Criterion, item: Item) -> Expr:
    """What an item is worth, from the points of its measures; blank until all are there."""
    return _sum(item.base, len(item.measures), *criterion.item_bounds(item))


def criterion_points(criterion: Criterion) -> Expr:
    """What a criterion is worth, from the points of its items; blank until all are there."""
    return _sum(criterion.base, len(criterion.items), criterion.low, criterion.high)


def total_points(criteria: int) -> Expr:
    """What a department gives one assessee, from its criteria; blank until all are there."""
    return _sum(Fraction(0), criteria, None, None)


def equals_its_measure(criterion: Criterion, item: Item, rule: Rule) -> bool:
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


class _Sum(NamedTuple):
    """What is made of parts: an item of measures, a criterion of items; by their ids."""

    id: str
    parts: tuple[str, ...]
    compute: Compiled

    def points(self, parts: Mapping[Key, Value], names: Iterable[str]) -> dict[Key, Value]:
        """Return what it is worth to each assessee."""
        return {
            (self.id, name): _value(self.compute({PARTS: tuple([parts[part, name] for part in self.parts])}))
            for name in names
        }


class Scorer:
    """The rules of some criteria for some assessees, compiled once, to score many sheets."""

    def __init__(self, criteria: tuple[Criterion, ...], names: tuple[str, ...]) -> None:
        """Compile the rules; raises RuleError for one that does not parse."""
        self._names = names
        rules = [(m.id, rule_of(m, len(names))) for criterion in criteria for m in criterion.measures]
        self._measures = [(name, compiled(rule.points()), rule.needs_city or rule.needs_peers) for name, rule in rules]
        self._items = [
            _Sum(item_id(criterion, item), tuple(m.id for m in item.measures), compiled(item_points(criterion, item)))
            for criterion in criteria
            for item in criterion.items
        ]
        self._criteria = [
            _Sum(c.code, tuple(item_id(c, item) for item in c.items), compiled(criterion_points(c))) for c in criteria
        ]
        self._total = _Sum("", tuple(c.code for c in criteria), compiled(total_points(len(criteria))))

    def score(self, answers: Mapping[Key, Value]) -> Scores:
        """Return every score; an answer that is missing counts as an empty cell."""
        scores = Scores()
        for measure, compute, beside_others in self._measures:
            inputs = tuple([answers.get((measure, name)) for name in self._names])
            others = {"city": answers.get((measure, CITY)), PEERS: inputs} if beside_others else {}
            for name, x in zip(self._names, inputs, strict=True):  # whatever the rule, an empty cell has no points yet
                scores.measures[measure, name] = None if x is None else _value(compute({"x": x, **others}))
        for item in self._items:
            scores.items |= item.points(scores.measures, self._names)
        for criterion in self._criteria:
            scores.criteria |= criterion.points(scores.items, self._names)
        totals = self._total.points(scores.criteria, self._names)
        scores.totals = {name: points for (_, name), points in totals.items()}
        return scores


def _value(result: object) -> Value:
    return result if isinstance(result, Fraction | str) else None
