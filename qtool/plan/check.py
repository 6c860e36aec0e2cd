"""The check of a plan (rules.md, What the plan check must report): everything at once, each with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction

from qtool.faults import Fault, fault
from qtool.model import EARNING, Criterion, Item, Measure, Plan, marks_text
from qtool.plan.columns import AREAS, ASSESSEES, CRITERIA, DEPARTMENTS, FACTS, GRADES, MEASURES
from qtool.plan.read import Reading
from qtool.rules.kinds import Bands, Rule
from qtool.rules.score import rule_of
from qtool.rules.text import RuleError, near

PROMPT_TITLE_LIMIT, PROMPT_LIMIT = 32, 255
"""Excel's limits for the title and the text of an input prompt (facts.md 1)."""
_UNFIT_FOR_NAMES = re.compile(r'[\\/:*?"<>|\[\]]')
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NUMBERS_UNREAD = {"P10", "P11"}

At = Callable[[str, int, str], dict[str, str]]


def check(reading: Reading) -> list[Fault]:
    """Return all faults of a plan, those found while reading it first."""
    plan, places = reading.plan, reading.places

    def at(sheet: str, row: int, heading: str) -> dict[str, str]:
        return {"file": places.file, "sheet": sheet, "cell": places.cell(sheet, row, heading)}

    rules, broken = _rules(plan, at)
    faults = [
        *reading.faults,
        *_names(plan, at),
        *_references(plan, at),
        *_limits(plan, at),
        *broken,
        *_bands(plan, rules, at),
        *_grades(plan, at),
        *_addresses(plan, at),
        *_labels(plan, at),
        *_idle(plan, at),
    ]
    if not any(f.code in _NUMBERS_UNREAD for f in reading.faults):
        faults += _sums(plan, at)
        if not broken:
            faults += _reach(plan, rules, at)
    return sorted(faults, key=lambda f: not f.is_error)


def _rules(plan: Plan, at: At) -> tuple[dict[str, Rule], list[Fault]]:
    rules, broken = {}, []
    for measure in plan.measures.values():
        try:
            rules[measure.id] = rule_of(measure, max(1, len(plan.assessees)))
        except RuleError as error:
            heading = "计分方式" if "计分方式" in error.problem else "计分参数"
            broken.append(
                fault(
                    "P25",
                    **at(MEASURES, measure.row, heading),
                    method=measure.method,
                    parameters=measure.parameters,
                    problem=error.problem,
                    remedy=error.remedy,
                )
            )
    return rules, broken


def _names(plan: Plan, at: At) -> Iterator[Fault]:
    lists = [
        (AREAS, "考核领域", [(area.name, area.row) for area in plan.areas], False),
        (ASSESSEES, "名称", [(assessee.name, assessee.row) for assessee in plan.assessees], False),
        (ASSESSEES, "简称", [(assessee.short, assessee.row) for assessee in plan.assessees], True),
        (DEPARTMENTS, "名称", [(department.name, department.row) for department in plan.departments], True),
        (GRADES, "等级", [(grade.name, grade.row) for grade in plan.grades], False),
    ]
    for sheet, heading, entries, becomes_file in lists:
        seen: dict[str, int] = {}
        for name, row in entries:
            if name and name in seen:
                yield fault("P32", **at(sheet, row, heading), name=name, row=seen[name])
            seen.setdefault(name, row)
            if becomes_file and (bad := _UNFIT_FOR_NAMES.findall(name)):
                yield fault("P37", **at(sheet, row, heading), name=name, characters=" ".join(bad))
    for criterion in plan.criteria:
        if bad := _UNFIT_FOR_NAMES.findall(criterion.code):
            place = at(CRITERIA, criterion.row, "编号")
            yield fault("P37", **place, name=criterion.code, characters=" ".join(bad))


def _references(plan: Plan, at: At) -> Iterator[Fault]:
    departments = [department.name for department in plan.departments]
    areas = [area.name for area in plan.areas]
    for criterion in plan.criteria:
        if criterion.department and criterion.department not in departments:
            hint = near(criterion.department, departments) or "请从“评价部门”表的名称中选，或在那张表中加上它"
            yield fault("P20", **at(CRITERIA, criterion.row, "评价部门"), name=criterion.department, hint=hint)
        if criterion.area and criterion.area not in areas:
            hint = near(criterion.area, areas) or "请从“考核领域”表的名称中选"
            yield fault("P24", **at(CRITERIA, criterion.row, "考核领域"), name=criterion.area, hint=hint)


def _limits(plan: Plan, at: At) -> Iterator[Fault]:
    for measure in plan.measures.values():
        if len(measure.label) > PROMPT_TITLE_LIMIT:
            yield fault(
                "P30",
                **at(MEASURES, measure.row, "填报项"),
                what=f"填报项“{measure.label[:12]}…”",
                length=len(measure.label),
                limit=PROMPT_TITLE_LIMIT,
                remedy="它要作提示框的标题，请改短",
            )
        try:
            sentence = rule_of(measure, max(1, len(plan.assessees))).sentence()
        except RuleError:
            continue
        if len(sentence) > PROMPT_LIMIT:
            yield fault(
                "P30",
                **at(MEASURES, measure.row, "计分参数"),
                what="按计分参数写出的填写提示",
                length=len(sentence),
                limit=PROMPT_LIMIT,
                remedy="请减少档数或改短选项的文字",
            )


def _bands(plan: Plan, rules: dict[str, Rule], at: At) -> Iterator[Fault]:
    for name, rule in rules.items():
        if not isinstance(rule, Bands):
            continue
        measure = plan.measures[name]
        place = at(MEASURES, measure.row, "计分参数")
        hits = rule.hits()
        bands = [band.say(rule.unit) for band in rule.bands] + ([] if rule.rest is None else ["其余"])
        for index, band in enumerate(bands):
            if index not in hits:
                yield fault("P26", **place, parameters=measure.parameters, band=band)
        if rule.rest is None and (gap := hits.get(len(rule.bands))) is not None:
            value = f"{marks_text(gap * 100)}%" if rule.unit == "%" else marks_text(gap)
            yield fault("P27", **place, parameters=measure.parameters, value=value)


def _grades(plan: Plan, at: At) -> Iterator[Fault]:
    for better, worse in zip(plan.grades, plan.grades[1:], strict=False):
        if worse.at_least >= better.at_least:
            place = at(GRADES, worse.row, "最低分")
            yield fault("P34", **place, name=worse.name, least=marks_text(worse.at_least))
    if plan.grades and plan.grades[-1].at_least > 0:
        last = plan.grades[-1]
        yield fault("P38", **at(GRADES, last.row, "最低分"), name=last.name, least=marks_text(last.at_least))


def _addresses(plan: Plan, at: At) -> Iterator[Fault]:
    people = [(ASSESSEES, a.name, a.address, a.row) for a in plan.assessees]
    people += [(DEPARTMENTS, d.name, d.address, d.row) for d in plan.scoring_departments]
    for sheet, name, address, row in people:
        if address and not _ADDRESS.fullmatch(address):
            yield fault("P35", **at(sheet, row, "邮箱"), address=address)
        elif plan.facts.mail and not address:
            yield fault("P31", **at(sheet, row, "邮箱"), name=name)


def _sums(plan: Plan, at: At) -> Iterator[Fault]:
    for area in plan.areas:
        total = sum((c.marks for c in plan.criteria if c.area == area.name and c.kind == EARNING), Fraction(0))
        if total != area.marks:
            difference = marks_text(abs(total - area.marks))
            texts = {"stated": marks_text(area.marks), "sum": marks_text(total), "difference": difference}
            yield fault("P28", **at(AREAS, area.row, "分值"), name=area.name, **texts)
    stated = sum((area.marks for area in plan.areas), Fraction(0))
    if stated != plan.facts.full_marks and plan.areas:
        place = at(AREAS, plan.areas[-1].row, "分值")
        yield fault("P29", **place, sum=marks_text(stated), stated=marks_text(plan.facts.full_marks))
    for criterion in plan.criteria:
        items = sum((item.marks for item in criterion.items), Fraction(0))
        if criterion.kind == EARNING and criterion.items and not criterion.base and items != criterion.marks:
            place = at(CRITERIA, criterion.row, "分值")
            texts = {"sum": marks_text(items), "marks": marks_text(criterion.marks)}
            yield fault("P40", **place, code=criterion.code, **texts)


def best_of_item(criterion: Criterion, item: Item, rules: dict[str, Rule]) -> Fraction:
    """Return the most that an item can be worth when every measure is at its best."""
    low, high = criterion.item_bounds(item)
    best = item.base + sum((rules[m.id].reach()[1] for m in item.measures), Fraction(0))
    return min(max(best, low), high)


def _reach(plan: Plan, rules: dict[str, Rule], at: At) -> Iterator[Fault]:
    best_total = Fraction(0)
    for criterion in plan.criteria:
        best = criterion.base + sum((best_of_item(criterion, item, rules) for item in criterion.items), Fraction(0))
        best = min(max(best, criterion.low), criterion.high)
        best_total += best
        if best < criterion.high:
            place = at(CRITERIA, criterion.row, "分值")
            texts = {"marks": marks_text(criterion.marks), "reach": marks_text(best)}
            yield fault("P41", **place, code=criterion.code, **texts)
    if best_total < plan.facts.full_marks:
        texts = {"best": marks_text(best_total), "full": marks_text(plan.facts.full_marks)}
        yield fault("P44", file=at(CRITERIA, 1, "分值")["file"], sheet=FACTS, **texts)


def _labels(plan: Plan, at: At) -> Iterator[Fault]:
    seen: dict[tuple[str, str], Measure] = {}
    for criterion in plan.criteria:
        for measure in criterion.measures:
            key = (criterion.department, measure.label)
            if measure.label and key in seen:
                place = at(MEASURES, measure.row, "填报项")
                texts = {"department": criterion.department, "label": measure.label, "row": str(seen[key].row)}
                yield fault("P42", **place, **texts)
            seen.setdefault(key, measure)


def _idle(plan: Plan, at: At) -> Iterator[Fault]:
    busy = {department.name for department in plan.scoring_departments}
    for department in plan.departments:
        if department.name and department.name not in busy:
            yield fault("P43", **at(DEPARTMENTS, department.row, "名称"), name=department.name)
