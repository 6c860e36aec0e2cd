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
from qtool.rules.rule import PEERS, Rule
from qtool.rules.text import RuleError
from qtool.text import Hints, nearest, plain

NAME_LIMIT = 31
"""What Excel allows in the name of a sheet; it also keeps file names short."""
TITLE_LIMIT = 100
"""Characters of the plan's name, which stands in page footers of at most 255 with other things."""
_UNFIT_FOR_NAMES = re.compile(r'[\\/:*?"<>|\[\]\x00-\x1f]')
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", re.ASCII)
_CELL = re.compile(r"([A-Z]*)(\d*)")


def check(reading: Reading) -> list[Fault]:
    """Return all faults of a plan: errors before warnings, each kind in the order of the workbook."""
    parsed, broken = rules(reading)
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
        *marks(reading, parsed),
    ]
    return sorted(faults, key=_order)


def _order(found: Fault) -> tuple[bool, int, int, int, str]:
    sheets = list(COLUMNS)
    cell = _CELL.match(found.cell)
    column, row = (cell[1], int(cell[2] or 0)) if cell else ("", 0)
    at = sheets.index(found.sheet) if found.sheet in sheets else -1
    return not found.is_error, at, row, len(column), column


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
        seen: dict[str, int] = {}
        for name, row in entries:
            key = plain(name).casefold()  # as file systems and formulas compare
            if key and key in seen:
                yield fault("P32", **reading.at(sheet, row, heading), name=brief(name), row=seen[key])
            seen.setdefault(key, row)
            if becomes_file:
                yield from _fit(reading, sheet, row, heading, name)
    for criterion in plan.criteria:
        yield from _fit(reading, CRITERIA, criterion.row, "编号", criterion.code)
    yield from _assessees(reading)
    if len(plan.facts.name) > TITLE_LIMIT:
        place = reading.fact("方案名称")
        yield _too_long(place, "方案名称", len(plan.facts.name), TITLE_LIMIT, "它要印在页脚里，请改短")


def _fit(reading: Reading, sheet: str, row: int, heading: str, name: str) -> Iterator[Fault]:
    place = reading.at(sheet, row, heading)
    if unfit := dict.fromkeys(_UNFIT_FOR_NAMES.findall(name)):
        signs = " ".join("换行" if sign in "\r\n" else sign if sign.isprintable() else "控制字符" for sign in unfit)
        yield fault("P37", **place, name=brief(name), characters=signs)
    if len(name) > NAME_LIMIT:
        what = f"{heading}“{brief(name)}”"
        yield _too_long(place, what, len(name), NAME_LIMIT, "它要用作文件名或表里的标识，请改短")


def _too_long(place: dict[str, str], what: str, length: int, limit: int, remedy: str) -> Fault:
    return fault("P30", **place, what=what, length=length, limit=limit, remedy=remedy)


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
    read = [grade for grade in grades if reading.sound(GRADES, grade.row, "最低分")]
    for better, worse in pairwise(read):
        if worse.at_least >= better.at_least:
            place = reading.at(GRADES, worse.row, "最低分")
            yield fault("P34", **place, name=brief(worse.name), least=marks_text(worse.at_least))
    if read and read[-1] is grades[-1] and grades[-1].at_least > 0:
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
    seen: dict[tuple[str, str], int] = {}
    for criterion in reading.plan.criteria:
        for measure in criterion.measures:
            key = (criterion.department, plain(measure.label))
            if all(key) and key in seen:
                texts = {"department": brief(criterion.department), "label": brief(measure.label)}
                yield fault("P42", **reading.at(MEASURES, measure.row, "填报项"), **texts, row=seen[key])
            seen.setdefault(key, measure.row)


def _idle(reading: Reading) -> Iterator[Fault]:
    plan = reading.plan
    busy = {department.name for department in plan.scoring_departments}
    # Whose name was merely mistyped in “考核内容” is not idle; the mistake is reported there.
    names = [department.name for department in plan.departments if department.name not in busy]
    strange = {c.department for c in plan.criteria if c.department} - {d.name for d in plan.departments}
    mistyped = {nearest(word, names[:100]) for word in sorted(strange)[:100] if len(word) < NAME_LIMIT}
    for department in plan.departments:
        if department.name and department.name not in busy | mistyped:
            yield fault("P43", **reading.at(DEPARTMENTS, department.row, "名称"), name=brief(department.name))


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


PROMPT_TITLE_LIMIT, PROMPT_LIMIT = 32, 255
"""Excel's limits for the title and the text of an input prompt."""
FORMULA_LIMIT = 8000
"""Excel holds formulas of 8192 characters."""
_UNIT_LIMIT = 10
_QUOTED = re.compile("“([^”]{60,})”", re.DOTALL)
_DIGITS = re.compile(r"\d{13,}|\.\d{13,}")
_LABEL, _METHOD, _PARAMETERS = "填报项", "计分方式", "计分参数"


def rules(reading: Reading) -> tuple[dict[str, Rule], list[Fault]]:
    """Return the rules that are sound, by the ids of their measures, and what is wrong with the others."""
    parsed: dict[str, Rule] = {}
    faults: list[Fault] = []
    for measure in reading.measures:
        faults += [*_title(reading, measure), *_unit(reading, measure)]
        try:
            rule = _rule(measure, max(1, len(reading.plan.assessees)))
        except RuleError as error:
            heading = _PARAMETERS if plain(measure.method) in METHODS else _METHOD
            if reading.sound(MEASURES, measure.row, heading):
                faults.append(_broken(reading, measure, heading, error))
            continue
        faults += _prompt(reading, measure, rule)
        flaws = list(_flaws(reading, measure, rule))
        faults += flaws
        if not flaws:
            parsed[measure.id] = rule
    return parsed, faults


def _rule(measure: Measure, assessees: int) -> Rule:
    if _DIGITS.search(plain(measure.parameters)):
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
    return _QUOTED.sub(lambda found: f"“{brief(found[1])}”", text)


def _title(reading: Reading, measure: Measure) -> Iterator[Fault]:
    if len(measure.label) > PROMPT_TITLE_LIMIT:
        place = reading.at(MEASURES, measure.row, _LABEL)
        what, remedy = f"填报项“{measure.label[:12]}…”", "它要作提示框的标题，请改短"
        yield fault("P30", **place, what=what, length=len(measure.label), limit=PROMPT_TITLE_LIMIT, remedy=remedy)


def _unit(reading: Reading, measure: Measure) -> Iterator[Fault]:
    if len(measure.unit) > _UNIT_LIMIT:
        place = reading.at(MEASURES, measure.row, "单位")
        what, remedy = f"单位“{brief(measure.unit)}”", "单位请写得短些，说明可以写进填报项"
        yield fault("P30", **place, what=what, length=len(measure.unit), limit=_UNIT_LIMIT, remedy=remedy)


def _prompt(reading: Reading, measure: Measure, rule: Rule) -> Iterator[Fault]:
    length = len(rule.sentence())
    if length > PROMPT_LIMIT:
        place = reading.at(MEASURES, measure.row, _PARAMETERS)
        what, remedy = "按计分参数写出的填写提示", "请减少档数，或改短单位、选项的文字"
        yield fault("P30", **place, what=what, length=length, limit=PROMPT_LIMIT, remedy=remedy)


def _flaws(reading: Reading, measure: Measure, rule: Rule) -> Iterator[Fault]:
    place = reading.at(MEASURES, measure.row, _PARAMETERS)
    for code, words in rule.flaws():
        yield fault(code, **place, parameters=brief(measure.parameters), **words)
