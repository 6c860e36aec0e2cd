"""Scores from answers, exactly as the scoring sheet's formulas compute them (rules.md, Levels)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

from qtool.model import CITY, Assessee, Criterion, Item, Key, Measure, Value
from qtool.rules.expr import BLANK, Binary, Compare, Count, Expr, If, Number, Round, Sum, clamp, compiled, number
from qtool.rules.kinds import PEERS, PLACES, AgainstMean, Rule
from qtool.rules.text import parse

PARTS = "parts"


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


@lru_cache(maxsize=1024)
def item_points(criterion: Criterion, item: Item) -> Expr:
    """What an item is worth, from the points of its measures; blank until all are there."""
    return _kept(item.base, len(item.measures), *criterion.item_bounds(item))


@lru_cache(maxsize=1024)
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


@lru_cache(maxsize=65536)
def _points(rule: Rule, x: Value, city: Value, peers: tuple[Value, ...]) -> Value:
    result = compiled(rule.points())({"x": x, "city": city, PEERS: peers})
    return result if isinstance(result, (Fraction, str)) else None


@lru_cache(maxsize=65536)
def _item(criterion: Criterion, item: Item, parts: tuple[Value, ...]) -> Value:
    result = compiled(item_points(criterion, item))({PARTS: parts})
    return result if isinstance(result, Fraction) else None


def score(criteria: Iterable[Criterion], assessees: Sequence[Assessee], answers: Mapping[Key, Value]) -> Scores:
    """Return every score of some criteria; an answer that is missing counts as an empty cell."""
    scores = Scores()
    names = [assessee.short for assessee in assessees]
    criteria = tuple(criteria)
    for criterion in criteria:
        for item in criterion.items:
            for measure in item.measures:
                _score_measure(measure, names, answers, scores)
            for name in names:
                parts = tuple(scores.measures[measure.id, name] for measure in item.measures)
                scores.items[item_id(criterion, item), name] = _item(criterion, item, parts)
        keep = compiled(criterion_points(criterion))
        for name in names:
            points = keep({PARTS: tuple(scores.items[item_id(criterion, item), name] for item in criterion.items)})
            scores.criteria[criterion.code, name] = points if isinstance(points, Fraction) else None
    total = compiled(total_points(len(criteria)))
    for name in names:
        points = total({PARTS: tuple(scores.criteria[criterion.code, name] for criterion in criteria)})
        scores.totals[name] = points if isinstance(points, Fraction) else None
    return scores


def _score_measure(measure: Measure, names: list[str], answers: Mapping[Key, Value], scores: Scores) -> None:
    rule = rule_of(measure, len(names))
    mean = isinstance(rule, AgainstMean)
    city = answers.get((measure.id, CITY)) if mean else None
    peers = tuple(answers.get((measure.id, name)) for name in names) if mean else ()
    for name in names:
        scores.measures[measure.id, name] = _points(rule, answers.get((measure.id, name)), city, peers)
