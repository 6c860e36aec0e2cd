"""The comparison of two plans: every difference in a sentence, none where there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from plan_text import SMALL, read_text, small
from strategies import criteria, rules, words

from qtool.model import Assessee, Criterion, Department, Facts, Item, Measure, Plan
from qtool.plan.changes import changes
from qtool.plan.read import read_plan
from qtool.resources import PLAN_2022, template

BANDS = ">=90%=0.5；>=80%=0.3；其余=0"


@pytest.fixture(scope="session")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return read_text(tmp_path_factory.mktemp("plan"), SMALL).plan


def said(folder: Path, plan: Plan, *edits: tuple[str, str]) -> list[str]:
    """Return what changed from the small plan to an edited one."""
    return changes(plan, read_text(folder, small(*edits)).plan)


SENTENCES: list[tuple[tuple[tuple[str, str], ...], list[str]]] = [
    ((("| 年度 | 2022 |", "| 年度 | 2023 |"),), ["方案：年度由2022改为2023"]),
    ((("@2023-01-12", "@2024-01-12"),), ["方案：报送截止日期由2023-01-12改为2024-01-12"]),
    ((("| 组织单位 | 市质强办 |", "| 组织单位 | 质强办 |"),), ["方案：组织单位由“市质强办”改为“质强办”"]),
    ((("| 使用邮件发送 | 否 |", "| 使用邮件发送 | 是 |"),), ["方案：使用邮件发送由“否”改为“是”"]),
    ((("| 政策制度 | 2 |\n", "| 政策制度 | 2.5 |\n"),), ["考核领域：“政策制度”由2分改为2.5分"]),
    (
        (("| 整体水平 | 3 |\n| 政策制度 | 2 |", "| 政策制度 | 2 |\n| 整体水平 | 3 |\n| 促进措施 | 1 |"),),
        ["考核领域：新增“促进措施”1分", "考核领域的次序有改动"],
    ),
    ((("| 随县 | |\n", "| 随县 | |\n| 曾都区人民政府 | 曾都区 | |\n"),), ["新增考核对象“曾都区”"]),
    ((("| 随县人民政府 |", "| 随县政府 |"),), ["考核对象“随县”：名称由“随县人民政府”改为“随县政府”"]),
    ((("| 市农业农村局 | |\n\n", "| 市农业农村局 | |\n| 市住建局 | |\n\n"),), ["新增评价部门“市住建局”"]),
    ((("| 市农业农村局 | |\n\n", "| 市农业农村局 | a@b.cn |\n\n"),), ["评价部门“市农业农村局”：邮箱由“”改为“a@b.cn”"]),
    ((("| B | 4 |", "| B | 3 |"),), ["等级“B”：最低分由4分改为3分"]),
    ((("| B | 4 | 良好 |\n", ""),), ["删去等级“B”"]),
    (
        (("| 得分 | 1 | 0 | 市农业农村局 |", "| 得分 | 1.5 | 0 | 市市场监管局 |"),),
        ["第2项 01-02“农产品质量水平”：由1分改为1.5分；评价部门由“市农业农村局”改为“市市场监管局”"],
    ),
    (
        (("| 扣分 | 1 | 0 |", "| 得分 | 1 | 1 |"),),
        ["第4项 09-01“发生质量事件”：类型由“扣分”改为“得分”；起评分由0分改为1分"],
    ),
    ((("原文缺一行", "原文缺两行"),), ["第3项 02-01“工作机制建设”：修复说明有改动"]),
    ((("由部门评定", "由牵头部门评定"),), ["第3项 02-01“工作机制建设”：第1条评分标准的文字有改动"]),
    ((("| 与全市相比 | 1 | 0 |", "| 与全市相比 | 2 | 1 |"),), ["由1分改为2分；第2条起评分由0分改为1分"]),
    (
        (("起评=1；每次=-0.2；最低=0", "起评=1；每次=-0.1；最高=2"),),
        ["“事故起数”每次由扣0.2分改为扣0.1分，新增封顶2分，取消封底0分"],
    ),
    (
        (("有=0.5；无=0", "有=0.5；无=0.1；部分有=0.3"),),
        ["“有无记录”选项“无”由0分改为得0.1分，新增选项“部分有”得0.3分"],
    ),
    (((BANDS, ">=95%=0.5；>=80%=0.3；其余=0"),), ["“合格率”新增“95%及以上”得0.5分，取消“90%及以上”得0.5分"]),
    (((BANDS, ">=80%=0.3；>=90%=0.5；其余=0"),), [f"“合格率”计分参数由“{BANDS}”改为“>=80%=0.3；>=90%=0.5；其余=0”"]),
    (
        (("1=1；2=0.5；其余=0", "1=1；2-3=0.5；其余=0.1"),),
        ["“全市名次”新增“第2～3名”得0.5分，其余名次由0分改为得0.1分，取消“第2名”得0.5分"],
    ),
    ((("| 评定 | 0~1 |", "| 评定 | 扣0.1~1 |"),), ["新增扣分范围0.1～1分，取消得分范围0～1分"]),
    ((("步长=0.1；", "步长=0.2；"),), ["“增速”步长由0.1个百分点改为0.2个百分点"]),
    (
        (("| 分 | 评定 | 0~1 |", "| | 选项 | 好=1；差=0 |"),),
        ["单位由“分”改为“”，计分方式由“评定”改为“选项”（好=1；差=0）"],
    ),
    ((("| 评定 | 0~1 |", "| 评定 | 不对 |"),), ["“机制得分”计分参数由“0~1”改为“不对”"]),
    ((("| 机制得分 |", "| 工作机制得分 |"),), ["第1条填报项“机制得分”改称“工作机制得分”"]),
    (
        (("| 01-01 | 1 | | | | 有无记录 | | 选项 | 有=0.5；无=0 | |\n", ""),),
        ["01-01“产品质量水平”：第1条删去填报项“有无记录”"],
    ),
    ((("| 有无记录 |", "| 合格率 |"),), ["填报项“有无记录”改称“合格率”"]),
    ((), []),
]


@pytest.mark.parametrize(("edits", "sentences"), SENTENCES)
def test_a_change_is_told(edits: tuple[tuple[str, str], ...], sentences: list[str], plan: Plan, tmp_path: Path) -> None:
    found = said(tmp_path, plan, *edits)
    assert len(found) == len(sentences), found
    for sentence, expected in zip(found, sentences, strict=True):
        assert expected in sentence


def test_items_and_criteria_added_and_removed(plan: Plan, tmp_path: Path) -> None:
    item = next(line for line in SMALL.splitlines(keepends=True) if line.startswith("| 02-01 | 2 |"))
    without = said(tmp_path, plan, (item, ""))
    assert without == ["第3项 02-01“工作机制建设”：删去第2条"]
    shorter = read_text(tmp_path, small((item, ""))).plan
    assert changes(shorter, plan) == ["第3项 02-01“工作机制建设”：新增第2条，1分"]
    fewer = replace(plan, criteria=plan.criteria[1:])
    assert changes(plan, fewer) == ["删去考核内容 01-01“产品质量水平”，2分"]
    assert changes(fewer, plan) == ["新增第1项 01-01“产品质量水平”，2分，由市市场监管局评价"]
    turned = replace(plan, criteria=plan.criteria[::-1])
    assert changes(plan, turned) == ["考核内容的次序有改动"]


def test_the_sentence_of_the_manual() -> None:
    old = read_plan(template(PLAN_2022)).plan
    twelfth = old.criteria[11]
    item = twelfth.items[0]
    measure = item.measures[0]
    capped = replace(item, measures=(replace(measure, method="计次", parameters="每次=-0.5"), *item.measures[1:]))
    was = replace(old, criteria=tuple(with_item(c, capped) if c is twelfth else c for c in old.criteria))
    limited = replace(
        capped, measures=(replace(capped.measures[0], parameters="每次=-0.5；最高=2"), *item.measures[1:])
    )
    now = with_item(replace(twelfth, marks=Fraction(3)), limited)
    new = replace(old, criteria=tuple(now if c is twelfth else c for c in old.criteria))
    label = measure.label
    assert changes(was, new) == [f"第12项 {twelfth.code}“{twelfth.title}”：由1分改为3分；“{label}”新增封顶2分"]


def with_item(criterion: Criterion, item: Item) -> Criterion:
    return replace(criterion, items=(item, *criterion.items[1:]))


def test_2022_compared_with_itself_and_with_nothing(plan: Plan) -> None:
    shipped = read_plan(template(PLAN_2022)).plan
    assert changes(shipped, shipped) == []
    found = changes(plan, shipped)
    assert sum(sentence.startswith("新增第") for sentence in found) == 72 - 4 + sum(
        sentence.startswith("删去考核内容") for sentence in found
    )
    assert not [bad for bad in ("None", "Fraction", "[", "{") if bad in "".join(found)]


FACT_EDITS: list[Callable[[Facts], Facts]] = [
    lambda facts: replace(facts, name="别的"),
    lambda facts: replace(facts, year=2030),
    lambda facts: replace(facts, city="别的"),
    lambda facts: replace(facts, office="别的"),
    lambda facts: replace(facts, office_title="别的"),
    lambda facts: replace(facts, basis="别的"),
    lambda facts: replace(facts, deadline=facts.deadline.replace(year=2030)),
    lambda facts: replace(facts, returns_to="别的"),
    lambda facts: replace(facts, report_limit=1),
    lambda facts: replace(facts, problems_minimum=1),
    lambda facts: replace(facts, evidence_limit_gb=Fraction(1, 10)),
    lambda facts: replace(facts, full_marks=Fraction(99)),
    lambda facts: replace(facts, mail=not facts.mail),
]


@pytest.mark.parametrize("edit", FACT_EDITS)
def test_every_fact_is_compared(edit: Callable[[Facts], Facts], plan: Plan) -> None:
    (sentence,) = changes(plan, replace(plan, facts=edit(plan.facts)))
    assert sentence.startswith("方案：")
    assert len(FACT_EDITS) == len(Facts.__slots__)


def of(made: tuple[Criterion, ...], plan: Plan) -> Plan:
    """Return a plan of random criteria."""
    people = (Assessee("甲县人民政府", "甲县"), Assessee("乙县人民政府", "乙县"))
    return replace(plan, assessees=people, departments=(Department("某局"),), criteria=made)


@given(criteria(2))
@pytest.mark.lengthy
def test_a_random_plan_does_not_differ_from_itself(plan: Plan, made: tuple[Criterion, ...]) -> None:
    assert changes(of(made, plan), of(made, plan)) == []


@st.composite
def edited_measures(draw: st.DrawFn, measure: Measure) -> Measure:
    name = draw(st.sampled_from(["label", "unit", "evidence", "rule"]))
    match name:
        case "label":
            return replace(measure, label=f"{measure.label}改")
        case "unit":
            return replace(measure, unit=f"{measure.unit}改")
        case "evidence":
            return replace(measure, evidence=f"{measure.evidence}改")
    method, parameters, unit = words(draw(rules(2)))
    return replace(measure, method=method, parameters=parameters, unit=unit)


@st.composite
def edited_items(draw: st.DrawFn, item: Item) -> Item:
    match draw(st.sampled_from(["number", "standard", "marks", "base", "fewer", "turned", "measure", "measure"])):
        case "number":
            return replace(item, number=f"{item.number}9")
        case "standard":
            return replace(item, standard=f"{item.standard}改")
        case "marks":
            return replace(item, marks=item.marks + Fraction(1, 10_000))
        case "base":
            return replace(item, base=item.base + Fraction(1, 10_000))
        case "fewer":
            return replace(item, measures=item.measures[1:])
        case "turned":
            return replace(item, measures=item.measures[::-1])
    at = draw(st.integers(0, len(item.measures) - 1))
    changed = draw(edited_measures(item.measures[at]))
    return replace(item, measures=(*item.measures[:at], changed, *item.measures[at + 1 :]))


@st.composite
def edited_criteria(draw: st.DrawFn, one: Criterion) -> Criterion:
    simple = ["title", "area", "key_point", "group", "kind", "department", "evidence", "source_lines", "remark"]
    name = draw(st.sampled_from([*simple, "marks", "base", "fewer", "turned", "item", "item", "item", "item"]))
    if name in simple:
        texts: dict[str, object] = {name: f"{getattr(one, name)}改"}
        return replace(one, **texts)  # type: ignore[arg-type]
    match name:
        case "marks":
            return replace(one, marks=one.marks + Fraction(1, 10_000))
        case "base":
            return replace(one, base=one.base + Fraction(1, 10_000))
        case "fewer":
            return replace(one, items=one.items[1:])
        case "turned":
            return replace(one, items=one.items[::-1])
    at = draw(st.integers(0, len(one.items) - 1))
    return replace(one, items=(*one.items[:at], draw(edited_items(one.items[at])), *one.items[at + 1 :]))


@given(criteria(2), st.data())
@pytest.mark.lengthy
def test_every_single_edit_is_told_with_its_criterion(
    plan: Plan, made: tuple[Criterion, ...], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(made) - 1))
    edited = data.draw(edited_criteria(made[at]))
    assume(edited != made[at])
    new = of((*made[:at], edited, *made[at + 1 :]), plan)
    for found in (changes(of(made, plan), new), changes(new, of(made, plan))):
        (sentence,) = found
        assert made[at].code in sentence
        assert f"第{at + 1}项" in sentence


def test_a_faulty_plan_is_compared_as_far_as_it_goes(plan: Plan, tmp_path: Path) -> None:
    edits = [("| 评定 | 0~1 |", "| 名次 | 1-" + "9" * 5000 + "=1 |"), ("| 02-01 | 2 |", "| 02-01 | 二 |")]
    edits += [("| 01-02 | 整体水平 |", "| 01-01 | 整体水平 |"), ("| 满分 | 5 |", "| 满分 | 五 |")]
    found = said(tmp_path, plan, *edits)
    assert found
    assert "方案：满分由5分改为0分" in found
