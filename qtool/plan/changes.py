"""What changed between two plans, in words (`qtool check --against`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from qtool.model import Criterion, Item, Measure, Plan, marks_text
from qtool.rules.methods import rule_of

Described = Mapping[str, Mapping[str, str]]
"""Things by their names, each with its parts by their names."""


def changes(old: Plan, new: Plan) -> list[str]:
    """Return one sentence for each thing that differs, in the order of the new plan; nothing when they agree."""
    sentences = [f"方案：{part}" for part in _differences(_facts(old), _facts(new))]
    sentences += [f"考核领域：{part}" for part in _differences(_areas(old), _areas(new))]
    sentences += _order("考核领域", [area.name for area in old.areas], [area.name for area in new.areas])
    for name, describe in (("考核对象", _assessees), ("评价部门", _departments), ("等级", _grades)):
        sentences += _named(name, describe(old), describe(new))
    before = {criterion.code: criterion for criterion in old.criteria}
    after = {criterion.code: criterion for criterion in new.criteria}
    sentences += [f"删去考核内容 {_name(c)}，{_marks(c.marks)}" for code, c in before.items() if code not in after]
    sentences += _order("考核内容", list(before), list(after))
    counts = (len(old.assessees), len(new.assessees))
    for number, (code, criterion) in enumerate(after.items(), 1):
        if code not in before:
            marks = _marks(criterion.marks)
            sentences.append(f"新增第{number}项 {_name(criterion)}，{marks}，由{criterion.department}评价")
        elif parts := list(_criterion(before[code], criterion, counts)):
            sentences.append(f"第{number}项 {_name(criterion)}：{'；'.join(parts)}")
    return sentences


def _name(criterion: Criterion) -> str:
    return f"{criterion.code}“{criterion.title}”"


def _marks(marks: Fraction) -> str:
    return f"{marks_text(marks)}分"


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
        "满分": _marks(facts.full_marks),
        "使用邮件发送": "“是”" if facts.mail else "“否”",
    }


def _areas(plan: Plan) -> dict[str, str]:
    return {f"“{area.name}”": _marks(area.marks) for area in plan.areas}


def _assessees(plan: Plan) -> Described:
    """Return the assessees, who are known by their short names."""
    return {a.short: {"名称": f"“{a.name}”", "邮箱": f"“{a.address}”"} for a in plan.assessees}


def _departments(plan: Plan) -> Described:
    return {department.name: {"邮箱": f"“{department.address}”"} for department in plan.departments}


def _grades(plan: Plan) -> Described:
    return {g.name: {"最低分": _marks(g.at_least), "说明": f"“{g.meaning}”"} for g in plan.grades}


def _named(what: str, old: Described, new: Described) -> Iterator[str]:
    """Yield which named things are new, gone, different, or stand in another order."""
    yield from (f"新增{what}“{name}”" for name in new if name not in old)
    yield from (f"删去{what}“{name}”" for name in old if name not in new)
    for name, parts in new.items():
        if name in old and (differences := list(_differences(old[name], parts))):
            yield f"{what}“{name}”：{'；'.join(differences)}"
    yield from _order(what, list(old), list(new))


def _order(what: str, old: Sequence[Hashable], new: Sequence[Hashable]) -> list[str]:
    """Return one sentence where things that both have stand in another order."""
    both = set(old) & set(new)
    orders = [[name for name in dict.fromkeys(names) if name in both] for names in (old, new)]
    return [] if orders[0] == orders[1] else [f"{what}的次序有改动"]


def _differences(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for name, text in new.items():
        if name not in old:
            yield f"新增{name}{text}"
        elif old[name] != text:
            yield f"{name}由{old[name]}改为{text}"
    yield from (f"取消{name}{text}" for name, text in old.items() if name not in new)


def _criterion(old: Criterion, new: Criterion, counts: tuple[int, int]) -> Iterator[str]:
    """Yield what differs in a criterion; `counts` are the numbers of assessees of both plans."""
    yield from _differences({"": _marks(old.marks)}, {"": _marks(new.marks)})
    yield from _differences(_parts(old), _parts(new))
    if old.remark != new.remark:
        yield "修复说明有改动"
    yield from _items(old.items, new.items, counts)


def _parts(criterion: Criterion) -> dict[str, str]:
    return {
        "名称": f"“{criterion.title}”",
        "考核领域": f"“{criterion.area}”",
        "考核要点": f"“{criterion.key_point}”",
        "分组": f"“{criterion.group}”",
        "类型": f"“{criterion.kind}”",
        "评价部门": f"“{criterion.department}”",
        "印证材料": f"“{criterion.evidence}”",
        "原文行号": f"“{criterion.source_lines}”",
        "起评分": _marks(criterion.base),
    }


def _items(old: Iterable[Item], new: Iterable[Item], counts: tuple[int, int]) -> Iterator[str]:
    before = {item.number: item for item in old}
    after = {item.number: item for item in new}
    yield from (f"删去第{number}条" for number in before if number not in after)
    for number, item in after.items():
        if number not in before:
            yield f"新增第{number}条，{_marks(item.marks)}"
            continue
        old_item, name = before[number], f"第{number}条"
        parts = [{name: _marks(i.marks), f"{name}起评分": _marks(i.base)} for i in (old_item, item)]
        yield from _differences(*parts)
        if old_item.standard != item.standard:
            yield f"{name}评分标准的文字有改动"
        yield from _measures(name, old_item.measures, item.measures, counts)
    yield from _order("条目", list(before), list(after))


def _measures(item: str, old: Sequence[Measure], new: Sequence[Measure], counts: tuple[int, int]) -> Iterator[str]:
    before, after = _by_label(old), _by_label(new)
    removed = [key for key in before if key not in after]
    added = [key for key in after if key not in before]
    # As many removed as added: most likely the same cells under other names.
    renamed = dict(zip(added, removed, strict=True)) if len(removed) == len(added) else {}
    if not renamed:
        yield from (f"{item}删去填报项“{before[key].label}”" for key in removed)
    for key, measure in after.items():
        old_measure = before.get(renamed.get(key, key))
        if old_measure is None:
            yield f"{item}新增填报项“{measure.label}”，{measure.method}（{measure.parameters}）"
            continue
        if key in renamed:
            yield f"{item}填报项“{old_measure.label}”改称“{measure.label}”"
        if parts := list(_measure(old_measure, measure, counts)):
            yield f"“{measure.label}”{'，'.join(parts)}"
    yield from _order(f"{item}填报项", [renamed.get(key, key) for key in after], list(before))


def _by_label(measures: Sequence[Measure]) -> dict[tuple[str, int], Measure]:
    """Return measures by label, equal labels told apart by their order."""
    counts: Counter[str] = Counter()
    by_label = {}
    for measure in measures:
        counts[measure.label] += 1
        by_label[measure.label, counts[measure.label]] = measure
    return by_label


def _measure(old: Measure, new: Measure, counts: tuple[int, int]) -> Iterator[str]:
    yield from _differences({"单位": f"“{old.unit}”"}, {"单位": f"“{new.unit}”"})
    yield from _rule(old, new, counts)
    yield from _differences({"需印证材料": f"“{old.evidence}”"}, {"需印证材料": f"“{new.evidence}”"})


def _rule(old: Measure, new: Measure, counts: tuple[int, int]) -> Iterator[str]:
    if (old.method, old.parameters) == (new.method, new.parameters):
        return
    if old.method != new.method:
        yield f"计分方式由“{old.method}”改为“{new.method}”（{new.parameters}）"
        return
    try:
        parts = [rule_of(measure, count).parts() for measure, count in zip((old, new), counts, strict=True)]
        differences = list(_differences(*parts))
    except ValueError:  # RuleError, or a number with more digits than Python converts
        differences = []
    # Equal parts in another order, or only written in another way, are best shown as they stand.
    yield from differences or [f"计分参数由“{old.parameters}”改为“{new.parameters}”"]
