"""What changed between two plans, in words (`qtool check --against`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from qtool.model import Assessee, Criterion, Department, Grade, Item, Measure, Plan, marks_text
from qtool.rules.methods import rule_of

T = TypeVar("T")


def changes(old: Plan, new: Plan) -> list[str]:
    """Return one sentence for each thing that differs, in the order of the new plan; nothing when they agree."""
    said = [f"方案：{part}" for part in _differ(_facts(old), _facts(new))]
    said += [f"考核领域：{part}" for part in _differ(_areas(old), _areas(new))]
    said += _order("考核领域", [area.name for area in old.areas], [area.name for area in new.areas])
    said += _assessees(old.assessees, new.assessees)
    said += _departments(old.departments, new.departments)
    said += _grades(old.grades, new.grades)
    before = {criterion.code: criterion for criterion in old.criteria}
    after = {criterion.code: criterion for criterion in new.criteria}
    said += [f"删去考核内容 {_called(c)}，{marks_text(c.marks)}分" for code, c in before.items() if code not in after]
    said += _order("考核内容", list(before), list(after))
    counts = (len(old.assessees), len(new.assessees))
    for number, (code, criterion) in enumerate(after.items(), 1):
        if code not in before:
            marks = f"{marks_text(criterion.marks)}分"
            said.append(f"新增第{number}项 {_called(criterion)}，{marks}，由{criterion.department}评价")
        elif parts := list(_criterion(before[code], criterion, counts)):
            said.append(f"第{number}项 {_called(criterion)}：{'；'.join(parts)}")
    return said


def _called(criterion: Criterion) -> str:
    return f"{criterion.code}“{criterion.title}”"


def _facts(plan: Plan) -> dict[str, str]:
    facts = plan.facts
    return {
        "方案名称": f"“{facts.name}”",
        "年度": f"{facts.year}",
        "市名": f"“{facts.city}”",
        "组织单位": f"“{facts.office}”",
        "组织单位全称": f"“{facts.office_title}”",
        "考核依据": f"“{facts.basis}”",
        "报送截止日期": facts.deadline.isoformat(),
        "评分表交回": f"“{facts.returns_to}”",
        "自评报告字数上限": f"{facts.report_limit}字",
        "存在问题字数下限": f"{facts.problems_minimum}字",
        "印证材料上限": f"{marks_text(facts.evidence_limit_gb)}GB",
        "满分": f"{marks_text(facts.full_marks)}分",
        "使用邮件发送": "“是”" if facts.mail else "“否”",
    }


def _areas(plan: Plan) -> dict[str, str]:
    return {f"“{area.name}”": f"{marks_text(area.marks)}分" for area in plan.areas}


def _assessees(old: Sequence[Assessee], new: Sequence[Assessee]) -> Iterator[str]:
    """Yield what differs in the assessees, who are known by their short names."""
    yield from _named("考核对象", {a.short: a for a in old}, {a.short: a for a in new}, _assessee)


def _assessee(assessee: Assessee) -> dict[str, str]:
    return {"名称": f"“{assessee.name}”", "邮箱": f"“{assessee.address}”"}


def _departments(old: Sequence[Department], new: Sequence[Department]) -> Iterator[str]:
    yield from _named("评价部门", {d.name: d for d in old}, {d.name: d for d in new}, _department)


def _department(department: Department) -> dict[str, str]:
    return {"邮箱": f"“{department.address}”"}


def _grades(old: Sequence[Grade], new: Sequence[Grade]) -> Iterator[str]:
    yield from _named("等级", {g.name: g for g in old}, {g.name: g for g in new}, _grade)


def _grade(grade: Grade) -> dict[str, str]:
    return {"最低分": f"{marks_text(grade.at_least)}分", "说明": f"“{grade.meaning}”"}


def _named(what: str, old: Mapping[str, T], new: Mapping[str, T], tell: Callable[[T], dict[str, str]]) -> Iterator[str]:
    """Yield which named things are new, gone, different, or stand in another order."""
    yield from (f"新增{what}“{name}”" for name in new if name not in old)
    yield from (f"删去{what}“{name}”" for name in old if name not in new)
    for name, thing in new.items():
        if name in old and (parts := list(_differ(tell(old[name]), tell(thing)))):
            yield f"{what}“{name}”：{'；'.join(parts)}"
    yield from _order(what, list(old), list(new))


def _order(what: str, old: Sequence[Hashable], new: Sequence[Hashable]) -> list[str]:
    """Return one sentence where things that both have stand in another order."""
    kept, stay = set(old) & set(new), list(dict.fromkeys(new))
    same = [name for name in dict.fromkeys(old) if name in kept] == [name for name in stay if name in kept]
    return [] if same else [f"{what}的次序有改动"]


def _differ(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for name, text in new.items():
        if name not in old:
            yield f"新增{name}{text}"
        elif old[name] != text:
            yield f"{name}由{old[name]}改为{text}"
    for name, text in old.items():
        if name not in new:
            yield f"取消{name}{text}"


def _criterion(old: Criterion, new: Criterion, counts: tuple[int, int]) -> Iterator[str]:
    if old.marks != new.marks:
        yield f"由{marks_text(old.marks)}分改为{marks_text(new.marks)}分"
    pairs = [
        ("名称", old.title, new.title),
        ("考核领域", old.area, new.area),
        ("考核要点", old.key_point, new.key_point),
        ("分组", old.group, new.group),
        ("类型", old.kind, new.kind),
        ("评价部门", old.department, new.department),
        ("印证材料", old.evidence, new.evidence),
        ("原文行号", old.source_lines, new.source_lines),
    ]
    yield from (f"{name}由“{before}”改为“{after}”" for name, before, after in pairs if before != after)
    if old.base != new.base:
        yield f"起评分由{marks_text(old.base)}分改为{marks_text(new.base)}分"
    if old.remark != new.remark:
        yield "修复说明有改动"
    yield from _items(old.items, new.items, counts)


def _items(old: Iterable[Item], new: Iterable[Item], counts: tuple[int, int]) -> Iterator[str]:
    before = {item.number: item for item in old}
    after = {item.number: item for item in new}
    yield from (f"删去第{number}条" for number in before if number not in after)
    for number, item in after.items():
        if number not in before:
            yield f"新增第{number}条，{marks_text(item.marks)}分"
            continue
        was = before[number]
        if was.marks != item.marks:
            yield f"第{number}条由{marks_text(was.marks)}分改为{marks_text(item.marks)}分"
        if was.base != item.base:
            yield f"第{number}条起评分由{marks_text(was.base)}分改为{marks_text(item.base)}分"
        if was.standard != item.standard:
            yield f"第{number}条评分标准的文字有改动"
        yield from _measures(number, was.measures, item.measures, counts)
    yield from _order("条目", list(before), list(after))


def _measures(number: str, old: Sequence[Measure], new: Sequence[Measure], counts: tuple[int, int]) -> Iterator[str]:
    before, after = _by_label(old), _by_label(new)
    gone = [key for key in before if key not in after]
    fresh = [key for key in after if key not in before]
    # As many gone as come: most likely the same cells under other names.
    renamed = dict(zip(fresh, gone, strict=True)) if len(gone) == len(fresh) else {}
    if not renamed:
        yield from (f"第{number}条删去填报项“{before[key].label}”" for key in gone)
    for key, measure in after.items():
        was = before.get(renamed.get(key, key))
        if was is None:
            yield f"第{number}条新增填报项“{measure.label}”，{measure.method}（{measure.parameters}）"
            continue
        if key in renamed:
            yield f"第{number}条填报项“{was.label}”改称“{measure.label}”"
        if parts := list(_measure(was, measure, counts)):
            yield f"“{measure.label}”{'，'.join(parts)}"
    yield from _order(f"第{number}条填报项", [renamed.get(key, key) for key in after], list(before))


def _by_label(measures: Sequence[Measure]) -> dict[tuple[str, int], Measure]:
    """Return measures by label, equal labels told apart by their order."""
    seen: Counter[str] = Counter()
    found = {}
    for measure in measures:
        seen[measure.label] += 1
        found[measure.label, seen[measure.label]] = measure
    return found


def _measure(old: Measure, new: Measure, counts: tuple[int, int]) -> Iterator[str]:
    if old.unit != new.unit:
        yield f"单位由“{old.unit}”改为“{new.unit}”"
    yield from _rule(old, new, counts)
    if old.evidence != new.evidence:
        yield f"需印证材料由“{old.evidence}”改为“{new.evidence}”"


def _rule(old: Measure, new: Measure, counts: tuple[int, int]) -> Iterator[str]:
    if (old.method, old.parameters) == (new.method, new.parameters):
        return
    rewritten = f"计分参数由“{old.parameters}”改为“{new.parameters}”"
    if old.method != new.method:
        yield f"计分方式由“{old.method}”改为“{new.method}”（{new.parameters}）"
        return
    try:
        was, now = (rule_of(measure, count).parts() for measure, count in zip((old, new), counts, strict=True))
    except ValueError:  # RuleError, or a number with more digits than Python converts
        yield rewritten
        return
    parts = list(_differ(was, now))
    # Equal parts in another order, or only written in another way, are best shown as they stand.
    yield from parts or [rewritten]
