"""Plans and returns for the tests of the tally: a small plan worked out by hand, and the real one of 2022."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import groupby
from pathlib import Path

from qtool.identity import Identity
from qtool.model import (
    CITY,
    DEDUCTING,
    EARNING,
    Answer,
    Area,
    Assessee,
    Criterion,
    Department,
    Facts,
    Grade,
    Item,
    Key,
    Measure,
    Plan,
    Value,
)
from qtool.outcome import Adjustment, Return, Tally
from qtool.rules.domain import Labels
from qtool.rules.methods import rule_of
from qtool.tally.build import build

DATA = Path(__file__).parent.parent / "data" / "plan-2022"
MADE = datetime(2023, 1, 20, 9, 30, tzinfo=UTC)
GRADES = (
    Grade("A", Fraction(90), "工作突出，成效显著"),
    Grade("B", Fraction(80), "工作较好"),
    Grade("C", Fraction(60), "工作一般"),
    Grade("D", Fraction(0), "工作差；发生区域性、系统性产品质量安全事件的，直接定为D级"),
)


def facts(full: Fraction) -> Facts:
    """Return the facts of an ordinary plan."""
    return Facts(
        name="随州市2022年度质量工作考核方案",
        year=2022,
        city="随州市",
        office="市质强办",
        office_title="随州市质量强市工作领导小组办公室",
        basis="随政办发〔2013〕80号",
        deadline=date(2023, 1, 12),
        returns_to="交市质强办",
        report_limit=5000,
        problems_minimum=500,
        evidence_limit_gb=Fraction(3),
        full_marks=full,
        mail=False,
    )


def criterion(code: str, area: str, department: str, kind: str, marks: str, parameters: Sequence[str]) -> Criterion:
    """Return a criterion with one item for each of the judged ranges."""
    items = [
        Item(str(at), f"第{at}条", Fraction(marks), Fraction(0), (_judged(f"{code}-{at}-1", text),))
        for at, text in enumerate(parameters, 1)
    ]
    return Criterion(
        code=code,
        area=area,
        key_point=f"{area}要点",
        group="",
        title=f"{area}第{code}项",
        kind=kind,
        marks=Fraction(marks),
        base=Fraction(0),
        department=department,
        evidence="否",
        source_lines="",
        remark="",
        items=tuple(items),
    )


def _judged(name: str, parameters: str) -> Measure:
    return Measure(name, f"填报项{name}", "分", "评定", parameters, "否")


def small_plan() -> Plan:
    """Return two areas, three departments, three assessees; 02-02 only deducts."""
    return Plan(
        facts=facts(Fraction(100)),
        areas=(Area("水平", Fraction(60)), Area("安全", Fraction(40))),
        assessees=tuple(Assessee(f"{name}人民政府", name) for name in ("甲县", "乙县", "丙区")),
        departments=(Department("甲局"), Department("乙局"), Department("丙局"), Department("闲局")),
        grades=GRADES,
        criteria=(
            criterion("01-01", "水平", "甲局", EARNING, "40", ["0~40"]),
            criterion("01-02", "水平", "乙局", EARNING, "20", ["0~10", "0~10"]),
            criterion("02-01", "安全", "甲局", EARNING, "30", ["0~30"]),
            criterion("02-02", "安全", "乙局", DEDUCTING, "5", ["扣0.5~5"]),
            criterion("02-03", "安全", "丙局", EARNING, "10", ["0~10"]),
        ),
    )


SMALL_ANSWERS: dict[str, dict[str, tuple[str, str, str]]] = {
    "甲局": {"01-01-1-1": ("40", "35.5", "38.1"), "02-01-1-1": ("30", "28", "26.9")},
    "乙局": {"01-02-1-1": ("10", "9.25", "10"), "01-02-2-1": ("9", "8.25", "10"), "02-02-1-1": ("5", "0", "0")},
    "丙局": {"02-03-1-1": ("9.5", "8", "8.5")},
}


def returned(
    department: str, answers: Mapping[Key, Value], reasons: Mapping[Key, str] | None = None, days: int = 0
) -> Return:
    """Return a department's accepted sheet."""
    return Return(
        file=f"评分表-{department}.xlsx",
        sha256=f"{random.Random(department).getrandbits(256):064x}",  # noqa: S311 - any digits will do
        received=MADE - timedelta(days=7 - days),
        identity=Identity("c", "p", department, 1, 2022),
        answers={key: Answer(value, f"H{7 + at}") for at, (key, value) in enumerate(answers.items())},
        reasons=reasons or {},
        expected=len(answers),
    )


def small_returns(*departments: str, reasons: Mapping[Key, str] | None = None) -> list[Return]:
    """Return the sheets of some departments of the small plan."""
    names = [assessee.short for assessee in small_plan().assessees]
    found = []
    for department in departments:
        rows = SMALL_ANSWERS[department]
        answers: dict[Key, Value] = {
            (measure, name): Fraction(value)
            for measure, values in rows.items()
            for name, value in zip(names, values, strict=True)
        }
        found.append(returned(department, answers, reasons))
    return found


ALL = ("甲局", "乙局", "丙局")


def small(*departments: str, adjustments: Sequence[Adjustment] = (), reasons: Mapping[Key, str] | None = None) -> Tally:
    """Return the tally of some departments of the small plan."""
    return build(small_plan(), small_returns(*departments, reasons=reasons), adjustments, MADE)


def adjustment(assessee: str, marks: str = "0", grade: str = "", reason: str = "理由") -> Adjustment:
    """Return a manual adjustment."""
    return Adjustment(assessee, Fraction(marks), grade, reason, "某科")


def real_plan(count: int) -> Plan:
    """Return the plan of 2022 with so many assessees."""
    criteria = tuple(_criteria())
    areas = {name: sum(c.high for c in group) for name, group in _by_area(criteria)}
    names = ["曾都区", "随县", "广水市", "随州高新区", "大洪山风景名胜区"]
    names += [f"第{at}县（市、区）" for at in range(6, count + 1)]
    return Plan(
        facts=facts(Fraction(100)),
        areas=tuple(Area(name, Fraction(marks)) for name, marks in areas.items()),
        assessees=tuple(Assessee(f"{name}人民政府", name) for name in names[:count]),
        departments=tuple(Department(name) for name in dict.fromkeys(c.department for c in criteria)),
        grades=GRADES,
        criteria=criteria,
    )


def _by_area(criteria: Iterable[Criterion]) -> Iterator[tuple[str, list[Criterion]]]:
    found: dict[str, list[Criterion]] = {}
    for one in criteria:
        found.setdefault(one.area, []).append(one)
    return iter(found.items())


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _criteria() -> Iterator[Criterion]:
    measures = _rows("measures.csv")
    for row in _rows("criteria.csv"):
        code = row["编号"]
        own = [measure for measure in measures if measure["编号"] == code]
        yield Criterion(
            code=code,
            area=row["考核领域"],
            key_point=row["考核要点"],
            group=row["分组"],
            title=row["考核内容"],
            kind=row["类型"],
            marks=Fraction(row["分值"]),
            base=Fraction(row["起评分"] or 0),
            department=row["评价部门"],
            evidence=row["印证材料"],
            source_lines=row["原文行号"],
            remark=row["修复说明"],
            items=tuple(_item(code, number, list(group)) for number, group in groupby(own, lambda m: m["条目"])),
        )


def _item(code: str, number: str, rows: list[dict[str, str]]) -> Item:
    measures = tuple(
        Measure(
            id=f"{code}-{number}-{at}",
            label=row["填报项"],
            unit=row["单位"],
            method=row["计分方式"],
            parameters=row["计分参数"],
            evidence=row["需印证材料"],
        )
        for at, row in enumerate(rows, 1)
    )
    first = rows[0]
    return Item(number, first["评分标准"], Fraction(first["条目分值"]), Fraction(first["条目起评分"] or 0), measures)


REASONS = (
    "印证材料不齐全",
    "=1+1 看起来像公式的说明",
    (
        "未按要求报送年度工作总结；现场检查中发现台账登记不完整、整改不到位，经两次提醒后仍未补报，酌情扣分；"
        "另有两家单位没有提供佐证材料，不予认定。"
    ),
    "-0.5 分",
)


def random_returns(plan: Plan, seed: int, without: Sequence[str] = ()) -> list[Return]:
    """Return full sheets of every department but some, filled by chance, with reasons for many criteria."""
    chance = random.Random(seed)  # noqa: S311 - chance that can be repeated
    found = []
    names = [assessee.short for assessee in plan.assessees]
    for department in plan.scoring_departments:
        answers: dict[Key, Value] = {}
        reasons: dict[Key, str] = {}
        for one in plan.of_department(department.name):
            for measure in one.measures:
                rule = rule_of(measure, len(names))
                whom = [*names, CITY] if rule.needs_city else names
                answers |= {(measure.id, name): _chosen(measure, len(names), chance) for name in whom}
            reasons |= {(one.code, name): chance.choice(REASONS) for name in names if chance.random() < 0.5}
        if department.name not in without:
            found.append(returned(department.name, answers, reasons))
    return found


def _chosen(measure: Measure, assessees: int, chance: random.Random) -> Value:
    rule = rule_of(measure, assessees)
    domain = rule.domain
    if isinstance(domain, Labels):
        return chance.choice(domain.labels[:2])
    high = domain.high if domain.high is not None else Fraction(3)
    if domain.percent:
        return Fraction(chance.randint(900, 1000), 1000)
    if domain.or_zero and chance.random() < 0.8:
        return Fraction(0)
    if domain.whole:
        return Fraction(min(chance.choice((0, 0, 0, 1, 2)), int(high)))
    low = domain.low + (high - domain.low) * Fraction(7, 10)
    steps = int((high - low) / Fraction(1, 20))
    return Fraction(round((low + Fraction(chance.randint(0, steps), 20)) * 10_000), 10_000)
