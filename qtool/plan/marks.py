"""The check that marks add up, and that the full marks can be reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from qtool.faults import Fault, fault
from qtool.model import EARNING, Criterion, Item, marks_text
from qtool.plan.columns import AREAS, CRITERIA, MEASURES
from qtool.plan.read import Reading
from qtool.plan.table import brief
from qtool.rules.kinds import Rule

_FULL = "满分"


def marks(reading: Reading, rules: Mapping[str, Rule]) -> list[Fault]:
    """Return what does not add up; what hangs on a cell that was not read is not judged."""
    sums = [*_areas(reading), *_full(reading)]
    # A row under an unknown code, which is reported, is missing from the criterion that it belongs to.
    known = reading.plan.measures
    if any(measure.id not in known for measure in reading.measures):
        return sums
    return [*sums, *_items(reading), *_reach(reading, rules, whole=not sums)]


def _areas(reading: Reading) -> Iterator[Fault]:
    plan = reading.plan
    named = {area.name for area in plan.areas}
    loose = any(c.area not in named for c in plan.criteria)
    unread = {c.area for c in plan.criteria if not reading.sound(CRITERIA, c.row, "编号", "类型", "分值")}
    totals: dict[str, Fraction] = {}
    for criterion in plan.criteria:
        if criterion.kind == EARNING:
            totals[criterion.area] = totals.get(criterion.area, Fraction(0)) + criterion.marks
    for area in plan.areas:
        total = totals.get(area.name, Fraction(0))
        judged = area.name not in unread and reading.sound(AREAS, area.row, "考核领域", "分值")
        # What is short may be a criterion whose area is written wrongly, which is reported.
        if judged and total != area.marks and not (loose and total < area.marks):
            difference = marks_text(abs(total - area.marks))
            texts = {"stated": marks_text(area.marks), "sum": marks_text(total), "difference": difference}
            yield fault("P28", **reading.at(AREAS, area.row, "分值"), name=brief(area.name), **texts)


def _full(reading: Reading) -> Iterator[Fault]:
    plan = reading.plan
    stated = sum((area.marks for area in plan.areas), Fraction(0))
    judged = plan.areas and plan.facts.full_marks and all(reading.sound(AREAS, a.row, "分值") for a in plan.areas)
    if judged and stated != plan.facts.full_marks:
        texts = {"sum": marks_text(stated), "stated": marks_text(plan.facts.full_marks)}
        yield fault("P29", **reading.fact(_FULL), **texts)


def _items(reading: Reading) -> Iterator[Fault]:
    for criterion in reading.plan.criteria:
        total = sum((item.marks for item in criterion.items), Fraction(0))
        judged = criterion.kind == EARNING and criterion.items and not criterion.base and _read(reading, criterion)
        if judged and total != criterion.marks:
            texts = {"sum": marks_text(total), "marks": marks_text(criterion.marks)}
            yield fault("P40", **reading.at(CRITERIA, criterion.row, "分值"), code=brief(criterion.code), **texts)


def _read(reading: Reading, criterion: Criterion) -> bool:
    """Return whether a criterion's marks, and whose items are whose, were read as they stand."""
    headings = ("编号", "条目", "评分标准", "条目分值", "条目起评分")
    own = reading.sound(CRITERIA, criterion.row, "编号", "类型", "分值", "起评分")
    return own and all(reading.sound(MEASURES, measure.row, *headings) for measure in criterion.measures)


def best_of_item(criterion: Criterion, item: Item, rules: Mapping[str, Rule]) -> Fraction:
    """Return the most that an item can be worth when every measure is at its best."""
    low, high = criterion.item_bounds(item)
    best = item.base + sum((rules[m.id].reach()[1] for m in item.measures), Fraction(0))
    return min(max(best, low), high)


def _reach(reading: Reading, rules: Mapping[str, Rule], *, whole: bool) -> Iterator[Fault]:
    plan = reading.plan
    best_total = Fraction(0)
    for criterion in plan.criteria:
        known = criterion.items and all(measure.id in rules for measure in criterion.measures)
        if not known or not _read(reading, criterion):
            whole = False
            continue
        best = criterion.base + sum((best_of_item(criterion, item, rules) for item in criterion.items), Fraction(0))
        best = min(max(best, criterion.low), criterion.high)
        best_total += best
        if best < criterion.high:
            texts = {"marks": marks_text(criterion.marks), "reach": marks_text(best)}
            yield fault("P41", **reading.at(CRITERIA, criterion.row, "分值"), code=brief(criterion.code), **texts)
    if whole and plan.criteria and best_total < plan.facts.full_marks:
        texts = {"best": marks_text(best_total), "full": marks_text(plan.facts.full_marks)}
        yield fault("P44", **reading.fact(_FULL), **texts)
