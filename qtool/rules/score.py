"""Scores from answers, exactly as the scoring sheet's formulas compute them (docs/scoring.md, Levels)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from qtool.model import CITY, Assessee, Criterion, Item, Key, Value
from qtool.rules.expr import BLANK, Binary, Bindings, Expr, Number, Range, call, clamp, compiled, if_, number, round_to
from qtool.rules.methods import rule_of
from qtool.rules.rule import PEERS, PLACES, Rule

PARTS = "parts"
_MOST_RESULTS = 10_000
"""Results that are remembered of one expression before it starts afresh."""


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


class _Points:
    """What an expression is worth, remembered by what it was given: sheets hold the same few values again and again."""

    def __init__(self, expr: Expr) -> None:
        self._compute = compiled(expr)
        self._results: dict[object, Value] = {}

    def of_input(self, x: Value) -> Value:
        """Return what an input is worth, where nothing beside it counts."""
        return self._remembered(_key(x), {"x": x})

    def of_parts(self, parts: tuple[Value, ...]) -> Value:
        """Return what the points of some parts come to."""
        return self._remembered(tuple([_key(part) for part in parts]), {PARTS: parts})

    def _remembered(self, key: object, bindings: Bindings) -> Value:
        if key not in self._results:
            if len(self._results) >= _MOST_RESULTS:
                self._results.clear()
            self._results[key] = self.compute(bindings)
        return self._results[key]

    def compute(self, bindings: Bindings) -> Value:
        """Return what the expression is worth."""
        result = self._compute(bindings)
        return result if isinstance(result, Fraction | str) else None


def _key(value: Value) -> object:
    """Return what is the same for equal values; a fraction's own hash takes many times as long."""
    return value.as_integer_ratio() if isinstance(value, Fraction) else value


class Scorer:
    """The rules of some criteria for some assessees, compiled once, to score many sheets."""

    def __init__(self, criteria: tuple[Criterion, ...], names: tuple[str, ...]) -> None:
        """Compile the rules; raises RuleError for one that does not parse."""
        self._names = names
        rules = [(m.id, rule_of(m, len(names))) for criterion in criteria for m in criterion.measures]
        self._measures = [(name, rule, _Points(rule.points())) for name, rule in rules]
        self._items = [
            (item_id(c, item), [m.id for m in item.measures], _Points(item_points(c, item)))
            for c in criteria
            for item in c.items
        ]
        self._criteria = [
            (c.code, [item_id(c, item) for item in c.items], _Points(criterion_points(c))) for c in criteria
        ]
        self._total = [("", [c.code for c in criteria], _Points(total_points(len(criteria))))]

    def score(self, answers: Mapping[Key, Value]) -> Scores:
        """Return every score; an answer that is missing counts as an empty cell."""
        measures: dict[Key, Value] = {}
        for name, rule, points in self._measures:
            inputs = tuple([answers.get((name, who)) for who in self._names])
            if rule.needs_city or rule.needs_peers:
                others = {"city": answers.get((name, CITY)), PEERS: inputs}
                values = [points.compute({"x": x, **others}) for x in inputs]
            else:
                values = [points.of_input(x) for x in inputs]
            measures.update(zip([(name, who) for who in self._names], values, strict=True))
        items = self._sums(self._items, measures)
        criteria = self._sums(self._criteria, items)
        totals = {who: points for (_, who), points in self._sums(self._total, criteria).items()}
        return Scores(measures, items, criteria, totals)

    def _sums(self, wholes: Iterable[tuple[str, list[str], _Points]], parts: Mapping[Key, Value]) -> dict[Key, Value]:
        """Return what some wholes are worth to each assessee: the id of each, the ids of its parts, its points."""
        return {
            (name, who): points.of_parts(tuple([parts[part, who] for part in ids]))
            for name, ids, points in wholes
            for who in self._names
        }
