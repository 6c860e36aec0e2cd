"""What changed between two plans, in words (`qtool check --against`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from qtool.model import Criterion, Item, Measure, Plan, marks_text
from qtool.rules.kinds import AgainstMean, Bands, Choice, Counted, Judged, Rank, Rule, Sides, worth
from qtool.rules.score import rule_of
from qtool.rules.text import RuleError


def changes(old: Plan, new: Plan) -> list[str]:
    """Return one sentence for each thing that differs, in the order of the new plan; nothing when they agree."""
    said = [
        *_aspects_differ("方案", _facts(old), _facts(new)),
        *_aspects_differ("考核领域", _areas(old), _areas(new)),
        *_sets_differ("考核对象", [a.name for a in old.assessees], [a.name for a in new.assessees]),
        *_sets_differ("评价部门", [d.name for d in old.departments], [d.name for d in new.departments]),
        *_aspects_differ("等级", _grades(old), _grades(new)),
    ]
    before = {criterion.code: criterion for criterion in old.criteria}
    after = {criterion.code: criterion for criterion in new.criteria}
    said += [f"删去考核内容 {_called(c)}，{marks_text(c.marks)}分" for code, c in before.items() if code not in after]
    counts = (len(old.assessees), len(new.assessees))
    for number, criterion in enumerate(new.criteria, 1):
        if criterion.code not in before:
            text = (
                f"新增第{number}项 {_called(criterion)}，{marks_text(criterion.marks)}分，由{criterion.department}评价"
            )
            said.append(text)
            continue
        parts = list(_criterion(before[criterion.code], criterion, counts))
        if parts:
            said.append(f"第{number}项 {_called(criterion)}：{'；'.join(parts)}")
    return said


def _called(criterion: Criterion) -> str:
    return f"{criterion.code}“{criterion.title}”"


def _facts(plan: Plan) -> dict[str, str]:
    facts = plan.facts
    return {
        "方案名称": f"“{facts.name}”",
        "年度": f"{facts.year}",
        "考核依据": f"“{facts.basis}”",
        "报送截止日期": facts.deadline.isoformat(),
        "评分表交回": f"“{facts.returns_to}”",
        "自评报告字数上限": f"{facts.report_limit}字",
        "存在问题字数下限": f"{facts.problems_minimum}字",
        "印证材料上限": f"{marks_text(facts.evidence_limit_gb)}GB",
        "满分": f"{marks_text(facts.full_marks)}分",
    }


def _areas(plan: Plan) -> dict[str, str]:
    return {f"“{area.name}”": f"{marks_text(area.marks)}分" for area in plan.areas}


def _grades(plan: Plan) -> dict[str, str]:
    return {f"“{grade.name}”": f"{marks_text(grade.at_least)}分以上" for grade in plan.grades}


def _aspects_differ(where: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for part in _differ(old, new):
        yield f"{where}：{part}"


def _differ(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for name, text in new.items():
        if name not in old:
            yield f"新增{name}{text}"
        elif old[name] != text:
            yield f"{name}由{old[name]}改为{text}"
    for name, text in old.items():
        if name not in new:
            yield f"取消{name}{text}"


def _sets_differ(where: str, old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    yield from (f"新增{where}“{name}”" for name in new if name not in old)
    yield from (f"删去{where}“{name}”" for name in old if name not in new)


def _criterion(old: Criterion, new: Criterion, counts: tuple[int, int]) -> Iterator[str]:
    if old.marks != new.marks:
        yield f"由{marks_text(old.marks)}分改为{marks_text(new.marks)}分"
    pairs = [
        ("名称", f"“{old.title}”", f"“{new.title}”"),
        ("考核领域", old.area, new.area),
        ("考核要点", old.key_point, new.key_point),
        ("类型", old.kind, new.kind),
        ("起评分", f"{marks_text(old.base)}分", f"{marks_text(new.base)}分"),
        ("评价部门", old.department, new.department),
        ("印证材料", f"“{old.evidence}”", f"“{new.evidence}”"),
    ]
    yield from (f"{name}由{before}改为{after}" for name, before, after in pairs if before != after)
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
        yield from _measures(was.measures, item.measures, counts)


def _measures(old: Sequence[Measure], new: Sequence[Measure], counts: tuple[int, int]) -> Iterator[str]:
    before = {measure.label: measure for measure in old}
    after = {measure.label: measure for measure in new}
    gone, fresh = [m for m in old if m.label not in after], [m for m in new if m.label not in before]
    if len(gone) == len(fresh):
        for was, measure in zip(gone, fresh, strict=True):
            yield f"填报项“{was.label}”改称“{measure.label}”"
            before[measure.label] = was
    else:
        yield from (f"删去填报项“{measure.label}”" for measure in gone)
        yield from (f"新增填报项“{measure.label}”" for measure in fresh)
    for label, measure in after.items():
        if label in before:
            yield from (f"“{label}”{part}" for part in _rule(before[label], measure, counts))


def _rule(old: Measure, new: Measure, counts: tuple[int, int]) -> Iterator[str]:
    if (old.method, old.parameters, old.unit) == (new.method, new.parameters, new.unit):
        return
    try:
        was, now = rule_of(old, counts[0]), rule_of(new, counts[1])
    except RuleError:
        yield f"计分参数由“{old.parameters}”改为“{new.parameters}”"
        return
    if old.unit != new.unit:
        yield f"单位由“{old.unit}”改为“{new.unit}”"
    if type(was) is not type(now):
        yield f"计分方式由“{old.method}”改为“{new.method}”（{new.parameters}）"
        return
    yield from _differ(aspects(was), aspects(now))


def aspects(rule: Rule) -> dict[str, str]:
    """Return what a rule says, part by part, as the two sides of a comparison."""
    match rule:
        case Judged(low, high, taken_off):
            return {"扣分范围" if taken_off else "得分范围": f"{marks_text(low)}～{marks_text(high)}分"}
        case Choice(options):
            return {f"选项“{label}”": worth(points) for label, points in options}
        case Bands(bands, rest, unit):
            return {f"“{b.say(unit)}”": worth(b.points) for b in bands} | _named({"其余": rest})
        case Counted(start, each, low, high, _):
            return {"起评": f"{marks_text(start)}分", "每次": worth(each)} | _named({"封底": low, "封顶": high})
        case Rank(bands, rest, _):
            return {f"“{b.say()}”": worth(b.points) for b in bands} | {"其余名次": worth(rest)}
        case AgainstMean(of_city, by, unit, _):
            base = {"基准": "全市值" if of_city else "各地平均"}
            if isinstance(by, Sides):
                return base | {"高于": worth(by.above), "等于": worth(by.equal), "低于": worth(by.below)}
            step = f"{marks_text(by.step * 100)}个百分点" if unit == "%" else f"{marks_text(by.step)}{unit}"
            by_step = {"起评": f"{marks_text(by.start)}分", "步长": step, "每步": worth(by.each)}
            return base | by_step | _named({"封底": by.low, "封顶": by.high})


def _named(limits: Mapping[str, Fraction | None]) -> dict[str, str]:
    return {name: f"{marks_text(value)}分" for name, value in limits.items() if value is not None}
