"""The check of a plan: everything at once, each with its place: names, marks that add up, every measure's rule."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise

from qtool.faults import Fault, fault
from qtool.model import CITY, DEDUCTING, EARNING, Criterion, Item, Measure, marks_text
from qtool.plan.columns import AREAS, ASSESSEES, COLUMNS, CRITERIA, DEPARTMENTS, GRADES, MEASURES
from qtool.plan.read import Reading
from qtool.plan.table import brief
from qtool.rules.excel import formula
from qtool.rules.methods import METHODS, rule_of
from qtool.rules.parameters import RuleError
from qtool.rules.rule import PEERS, Rule
from qtool.text import Hints, nearest, plain

NAME_LIMIT = 31
"""What Excel allows in the name of a sheet; it also keeps file names short."""
TITLE_LIMIT = 100
"""Characters of the plan's name, which stands in page footers of at most 255 with other things."""
PROMPT_TITLE_LIMIT, PROMPT_LIMIT = 32, 255
"""Excel's limits for the title and the text of an input prompt."""
FORMULA_LIMIT = 8000
"""Excel holds formulas of 8192 characters."""
UNIT_LIMIT = 10
_FULL, _METHOD, _PARAMETERS = "满分", "计分方式", "计分参数"
_UNFIT_FOR_NAMES = re.compile(r'[\\/:*?"<>|\[\]\x00-\x1f]')
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", re.ASCII)
_CELL = re.compile(r"([A-Z]*)(\d*)")
_QUOTED = re.compile("“([^”]{60,})”", re.DOTALL)
_LONG_NUMBER = re.compile(r"\d{13,}|\.\d{13,}")


def check(reading: Reading) -> list[Fault]:
    """Return all faults of a plan: errors before warnings, each kind in the order of the workbook."""
    parsed, broken = _rules(reading)
    faults = [
        *reading.faults,
        *_names(reading),
        *_references(reading),
        *_bases(reading),
        *broken,
        *_grades(reading),
        *_addresses(reading),
        *_labels(reading),
        *_idle(reading),
        *_sums(reading, parsed),
    ]
    return sorted(faults, key=_order)


def _order(problem: Fault) -> tuple[bool, int, int, int, str]:
    sheets = list(COLUMNS)
    cell = _CELL.match(problem.cell)
    column, row = (cell[1], int(cell[2] or 0)) if cell else ("", 0)
    sheet = sheets.index(problem.sheet) if problem.sheet in sheets else -1
    return not problem.is_error, sheet, row, len(column), column


def _names(reading: Reading) -> Iterator[Fault]:
    plan = reading.plan
    lists = [
        (AREAS, "考核领域", [(area.name, area.row) for area in plan.areas], False),
        (ASSESSEES, "名称", [(assessee.name, assessee.row) for assessee in plan.assessees], False),
        (ASSESSEES, "简称", [(assessee.short, assessee.row) for assessee in plan.assessees], True),
        (DEPARTMENTS, "名称", [(department.name, department.row) for department in plan.departments], True),
        (GRADES, "等级", [(grade.name, grade.row) for grade in plan.grades], False),
    ]
    for sheet, heading, entries, becomes_file in lists:
        rows: dict[str, int] = {}
        for name, row in entries:
            key = plain(name).casefold()  # as file systems and formulas compare
            if key and key in rows:
                yield fault("P32", **reading.at(sheet, row, heading), name=brief(name), row=rows[key])
            rows.setdefault(key, row)
            if becomes_file:
                yield from _fit(reading, sheet, row, heading, name)
    for criterion in plan.criteria:
        yield from _fit(reading, CRITERIA, criterion.row, "编号", criterion.code)
    yield from _assessees(reading)
    yield from _too_long(reading.fact("方案名称"), "方案名称", plan.facts.name, TITLE_LIMIT, "它要印在页脚里，请改短")


def _fit(reading: Reading, sheet: str, row: int, heading: str, name: str) -> Iterator[Fault]:
    place = reading.at(sheet, row, heading)
    if unfit := dict.fromkeys(_UNFIT_FOR_NAMES.findall(name)):
        signs = " ".join("换行" if sign in "\r\n" else sign if sign.isprintable() else "控制字符" for sign in unfit)
        yield fault("P37", **place, name=brief(name), characters=signs)
    what, remedy = f"{heading}“{brief(name)}”", "它要用作文件名或表里的标识，请改短"
    yield from _too_long(place, what, name, NAME_LIMIT, remedy)


def _too_long(place: Mapping[str, str], what: str, text: str, limit: int, remedy: str) -> Iterator[Fault]:
    if len(text) > limit:
        yield fault("P30", **place, what=what, length=len(text), limit=limit, remedy=remedy)


def _assessees(reading: Reading) -> Iterator[Fault]:
    """Report short names that would be taken for the whole city or for another assessee."""
    full = {plain(assessee.name): assessee for assessee in reading.plan.assessees if assessee.name}
    for assessee in reading.plan.assessees:
        place = reading.at(ASSESSEES, assessee.row, "简称")
        other = full.get(plain(assessee.short))
        if plain(assessee.short) == CITY:
            remedy = "评分表中“全市”一栏是填全市值的，请换一个简称"
            yield fault("P13", **place, name="简称", value=assessee.short, remedy=remedy)
        elif other is not None and other.row != assessee.row and other.short != assessee.short:
            yield fault("P32", **place, name=brief(assessee.short), row=other.row)


def _references(reading: Reading) -> Iterator[Fault]:
    plan = reading.plan
    departments = {department.name for department in plan.departments}
    areas = {area.name for area in plan.areas}
    department_hints = Hints((d.name for d in plan.departments), "从“评价部门”表的名称中选，或在那张表中加上它")
    area_hints = Hints((a.name for a in plan.areas), "从“考核领域”表的名称中选，或在那张表中加上它")
    for criterion in plan.criteria:
        if criterion.department and criterion.department not in departments:
            name = criterion.department
            place = reading.at(CRITERIA, criterion.row, "评价部门")
            yield fault("P20", **place, name=brief(name), hint=department_hints(name))
        if criterion.area and criterion.area not in areas:
            place = reading.at(CRITERIA, criterion.row, "考核领域")
            yield fault("P24", **place, name=brief(criterion.area), hint=area_hints(criterion.area))


def _bases(reading: Reading) -> Iterator[Fault]:
    """Report starting marks that no limit lets stand."""
    for criterion in reading.plan.criteria:
        starts = [(CRITERIA, criterion.row, "起评分", "分值", criterion.base, criterion.marks)]
        starts += [(MEASURES, item.row, "条目起评分", "条目分值", item.base, item.marks) for item in criterion.items]
        for sheet, row, heading, of, base, most in starts:
            if not reading.sound(sheet, row, heading, of):
                continue
            takes_off = criterion.kind == DEDUCTING
            if base > (0 if takes_off else most):
                remedy = "“扣分”的项只扣不得，请填0" if takes_off else f"请填不大于{of}（{marks_text(most)}分）的数"
                place = reading.at(sheet, row, heading)
                yield fault("P13", **place, name=heading, value=marks_text(base), remedy=remedy)


def _grades(reading: Reading) -> Iterator[Fault]:
    grades = reading.plan.grades
    readable = [grade for grade in grades if reading.sound(GRADES, grade.row, "最低分")]
    for better, worse in pairwise(readable):
        if worse.at_least >= better.at_least:
            place = reading.at(GRADES, worse.row, "最低分")
            yield fault("P34", **place, name=brief(worse.name), least=marks_text(worse.at_least))
    if readable and readable[-1] is grades[-1] and grades[-1].at_least > 0:
        last = grades[-1]
        place = reading.at(GRADES, last.row, "最低分")
        yield fault("P38", **place, name=brief(last.name), least=marks_text(last.at_least))


def _addresses(reading: Reading) -> Iterator[Fault]:
    plan = reading.plan
    people = [(ASSESSEES, a.name, a.address, a.row) for a in plan.assessees]
    people += [(DEPARTMENTS, d.name, d.address, d.row) for d in plan.scoring_departments]
    for sheet, name, address, row in people:
        if not reading.sound(sheet, row, "邮箱"):
            continue
        if address and not _ADDRESS.fullmatch(address):
            yield fault("P35", **reading.at(sheet, row, "邮箱"), address=brief(address))
        elif plan.facts.mail and not address:
            yield fault("P31", **reading.at(sheet, row, "邮箱"), name=brief(name))


def _labels(reading: Reading) -> Iterator[Fault]:
    rows: dict[tuple[str, str], int] = {}
    for criterion in reading.plan.criteria:
        for measure in criterion.measures:
            key = (criterion.department, plain(measure.label))
            if all(key) and key in rows:
                texts = {"department": brief(criterion.department), "label": brief(measure.label)}
                yield fault("P42", **reading.at(MEASURES, measure.row, "填报项"), **texts, row=rows[key])
            rows.setdefault(key, measure.row)


def _idle(reading: Reading) -> Iterator[Fault]:
    plan = reading.plan
    scoring = {department.name for department in plan.scoring_departments}
    names = [department.name for department in plan.departments if department.name not in scoring]
    # A department whose name is mistyped in “考核内容” has work; the mistake is reported there.
    unknown = {c.department for c in plan.criteria if c.department} - {d.name for d in plan.departments}
    mistyped = {nearest(word, names[:100]) for word in sorted(unknown)[:100] if len(word) < NAME_LIMIT}
    for department in plan.departments:
        if department.name and department.name not in scoring | mistyped:
            yield fault("P43", **reading.at(DEPARTMENTS, department.row, "名称"), name=brief(department.name))


def _sums(reading: Reading, rules: Mapping[str, Rule]) -> list[Fault]:
    """Return what does not add up; what hangs on a cell that was not read is not judged."""
    sums = [*_areas(reading), *_full(reading)]
    # A row under an unknown code, which is reported, is missing from the criterion that it belongs to.
    if any(measure.id not in reading.plan.measures for measure in reading.measures):
        return sums
    return [*sums, *_items(reading), *_reach(reading, rules, whole=not sums)]


def _areas(reading: Reading) -> Iterator[Fault]:
    plan = reading.plan
    names = {area.name for area in plan.areas}
    has_unknown = any(c.area not in names for c in plan.criteria)
    unread = {c.area for c in plan.criteria if not reading.sound(CRITERIA, c.row, "编号", "类型", "分值")}
    totals: dict[str, Fraction] = {}
    for criterion in plan.criteria:
        if criterion.kind == EARNING:
            totals[criterion.area] = totals.get(criterion.area, Fraction(0)) + criterion.marks
    for area in plan.areas:
        total = totals.get(area.name, Fraction(0))
        readable = area.name not in unread and reading.sound(AREAS, area.row, "考核领域", "分值")
        # What is short may be a criterion whose area is written wrongly, which is reported.
        if readable and total != area.marks and not (has_unknown and total < area.marks):
            difference = marks_text(abs(total - area.marks))
            texts = {"stated": marks_text(area.marks), "sum": marks_text(total), "difference": difference}
            yield fault("P28", **reading.at(AREAS, area.row, "分值"), name=brief(area.name), **texts)


def _full(reading: Reading) -> Iterator[Fault]:
    plan = reading.plan
    stated = sum((area.marks for area in plan.areas), Fraction(0))
    readable = plan.areas and plan.facts.full_marks and all(reading.sound(AREAS, a.row, "分值") for a in plan.areas)
    if readable and stated != plan.facts.full_marks:
        texts = {"sum": marks_text(stated), "stated": marks_text(plan.facts.full_marks)}
        yield fault("P29", **reading.fact(_FULL), **texts)


def _items(reading: Reading) -> Iterator[Fault]:
    for criterion in reading.plan.criteria:
        total = sum((item.marks for item in criterion.items), Fraction(0))
        adds_up = criterion.kind == EARNING and criterion.items and not criterion.base
        if adds_up and _readable(reading, criterion) and total != criterion.marks:
            texts = {"sum": marks_text(total), "marks": marks_text(criterion.marks)}
            yield fault("P40", **reading.at(CRITERIA, criterion.row, "分值"), code=brief(criterion.code), **texts)


def _readable(reading: Reading, criterion: Criterion) -> bool:
    """Return whether a criterion's marks, and whose items are whose, were read as they stand."""
    headings = ("编号", "条目", "评分标准", "条目分值", "条目起评分")
    return reading.sound(CRITERIA, criterion.row, "编号", "类型", "分值", "起评分") and all(
        reading.sound(MEASURES, measure.row, *headings) for measure in criterion.measures
    )


def _best_of_item(criterion: Criterion, item: Item, rules: Mapping[str, Rule]) -> Fraction:
    """Return the most that an item can be worth when every measure is at its best."""
    low, high = criterion.item_bounds(item)
    best = item.base + sum((rules[m.id].reach()[1] for m in item.measures), Fraction(0))
    return min(max(best, low), high)


def _reach(reading: Reading, rules: Mapping[str, Rule], *, whole: bool) -> Iterator[Fault]:
    plan = reading.plan
    best_total = Fraction(0)
    for criterion in plan.criteria:
        scorable = criterion.items and all(measure.id in rules for measure in criterion.measures)
        if not scorable or not _readable(reading, criterion):
            whole = False
            continue
        best = criterion.base + sum((_best_of_item(criterion, item, rules) for item in criterion.items), Fraction(0))
        best = min(max(best, criterion.low), criterion.high)
        best_total += best
        if best < criterion.high:
            texts = {"marks": marks_text(criterion.marks), "reach": marks_text(best)}
            yield fault("P41", **reading.at(CRITERIA, criterion.row, "分值"), code=brief(criterion.code), **texts)
    if whole and plan.criteria and best_total < plan.facts.full_marks:
        texts = {"best": marks_text(best_total), "full": marks_text(plan.facts.full_marks)}
        yield fault("P44", **reading.fact(_FULL), **texts)


def _rules(reading: Reading) -> tuple[dict[str, Rule], list[Fault]]:
    """Return the rules that are sound, by the ids of their measures, and what is wrong with the others."""
    parsed: dict[str, Rule] = {}
    faults: list[Fault] = []
    for measure in reading.measures:
        faults += _words(reading, measure)
        try:
            rule = _rule(measure, max(1, len(reading.plan.assessees)))
        except RuleError as error:
            heading = _PARAMETERS if plain(measure.method) in METHODS else _METHOD
            if reading.sound(MEASURES, measure.row, heading):
                faults.append(_broken(reading, measure, heading, error))
            continue
        place, remedy = reading.at(MEASURES, measure.row, _PARAMETERS), "请减少档数，或改短单位、选项的文字"
        faults += _too_long(place, "按计分参数写出的填写提示", rule.sentence(), PROMPT_LIMIT, remedy)
        flaws = list(_flaws(reading, measure, rule))
        faults += flaws
        if not flaws:
            parsed[measure.id] = rule
    return parsed, faults


def _rule(measure: Measure, assessees: int) -> Rule:
    if _LONG_NUMBER.search(plain(measure.parameters)):
        raise RuleError("里面有十三位以上的数", "请核对，数最多写十二位")
    rule = rule_of(measure, assessees)
    names = {"x": "$XX$9999", "city": "$XX$9999", PEERS: ",".join(["$XX$9999"] * assessees)}
    if len(formula(rule.points(), names)) > FORMULA_LIMIT:
        raise RuleError("写成公式太长，Excel 放不下", "请减少选项，或改短选项的文字")
    return rule


def _broken(reading: Reading, measure: Measure, heading: str, error: RuleError) -> Fault:
    return fault(
        "P25",
        **reading.at(MEASURES, measure.row, heading),
        method=brief(measure.method),
        parameters=brief(measure.parameters),
        problem=_shortened(error.problem),
        remedy=_shortened(error.remedy),
    )


def _shortened(text: str) -> str:
    """Return a sentence with what it quotes made short: that may be a whole page of a user's text."""
    return _QUOTED.sub(lambda quoted: f"“{brief(quoted[1])}”", text)


def _words(reading: Reading, measure: Measure) -> Iterator[Fault]:
    """Report a label and a unit that are too long for where they will stand."""
    place, what = reading.at(MEASURES, measure.row, "填报项"), f"填报项“{measure.label[:12]}…”"
    yield from _too_long(place, what, measure.label, PROMPT_TITLE_LIMIT, "它要作提示框的标题，请改短")
    place, what = reading.at(MEASURES, measure.row, "单位"), f"单位“{brief(measure.unit)}”"
    yield from _too_long(place, what, measure.unit, UNIT_LIMIT, "单位请写得短些，说明可以写进填报项")


def _flaws(reading: Reading, measure: Measure, rule: Rule) -> Iterator[Fault]:
    """Report what is wrong with a rule although it can be read."""
    place = reading.at(MEASURES, measure.row, _PARAMETERS)
    for code, words in rule.flaws():
        yield fault(code, **place, parameters=brief(measure.parameters), **words)
