"""A small plan and a tally of it, made by hand, for the tests of what is drawn from a tally."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from fractions import Fraction

from qtool.model import DEDUCTING, EARNING, Area, Assessee, Criterion, Department, Facts, Grade, Plan
from qtool.outcome import Adjustment, Loss, Standing, Tally

MADE = datetime(2023, 1, 20, 9, 30, tzinfo=UTC)
AREAS = {"质量整体水平": Fraction("26.25"), "质量政策制度": Fraction(21), "质量基础设施": Fraction("14.2")}
FIRST, SECOND = "市市场监管局", "市农业农村局"
FACTS = Facts(
    name="随州市2022年度质量工作考核方案",
    year=2022,
    city="随州市",
    office="市质强办",
    office_title="随州市质量强市工作领导小组办公室",
    basis="《随州市质量工作考核办法》（随政办发〔2013〕80号）",
    deadline=date(2023, 1, 12),
    returns_to="市质强办",
    report_limit=5000,
    problems_minimum=600,
    evidence_limit_gb=Fraction(3),
    full_marks=Fraction(100),
    mail=False,
)


def make_plan(shorts: Sequence[str] = ("随县", "广水市", "曾都区"), names: Sequence[str] = ()) -> Plan:
    """Return a plan of three areas, two earning criteria in each, and one for events."""
    criteria = []
    for number, (area, marks) in enumerate(AREAS.items(), 1):
        for part, department in enumerate((FIRST, SECOND), 1):
            code, point = f"0{number}-0{part}", f"{area}要点{part}"
            criteria.append(criterion(code, area, point, f"做好“{area}”工作{part}。", EARNING, marks / 2, department))
    criteria.append(criterion("09-01", "质量整体水平", "质量安全", "发生重大质量事件。", DEDUCTING, Fraction(2), FIRST))
    full = names or [f"{short}人民政府" for short in shorts]
    return Plan(
        FACTS,
        tuple(Area(name, marks) for name, marks in AREAS.items()),
        tuple(Assessee(name, short) for name, short in zip(full, shorts, strict=True)),
        (Department(FIRST), Department(SECOND)),
        (Grade("A", Fraction(55)), Grade("B", Fraction(40)), Grade("D", Fraction(0))),
        tuple(criteria),
    )


def criterion(
    code: str, area: str, key_point: str, title: str, kind: str, marks: Fraction, department: str
) -> Criterion:
    return Criterion(code, area, key_point, "", title, kind, marks, Fraction(0), department, "", "", "", ())


def make_tally(
    plan: Plan,
    share: Callable[[int, int], Fraction] = lambda who, what: 1 - Fraction((who * what) % 7, 100),
    *,
    missing: tuple[str, ...] = (),
    adjustments: tuple[Adjustment, ...] = (),
) -> Tally:
    """Return a tally in which `share(assessee, criterion)` of each criterion's marks is earned, or taken off."""
    points: dict[tuple[str, str], Fraction | None] = {}
    for who, assessee in enumerate(plan.assessees):
        for what, one in enumerate(plan.criteria):
            worth = one.marks * share(who, what) - (one.marks if one.kind == DEDUCTING else 0)
            points[one.code, assessee.short] = None if one.department in missing else worth
    drafts = []
    for assessee in plan.assessees:
        own = {one: points[one.code, assessee.short] or Fraction(0) for one in plan.criteria}
        areas = {
            area: sum((own[one] for one in own if one.area == area and one.kind == EARNING), Fraction(0))
            for area in AREAS
        }
        taken = sum((own[one] for one in own if one.kind == DEDUCTING), Fraction(0))
        adjusted = sum((one.marks for one in adjustments if one.assessee == assessee.short), Fraction(0))
        drafts.append((assessee.short, areas, taken, adjusted, sum(areas.values(), taken + adjusted)))
    standings = tuple(
        Standing(
            *(name, areas, taken, adjusted, total, 1 + sum(other[-1] > total for other in drafts)),
            grade=next((grade.name for grade in plan.grades if total >= grade.at_least), "D"),
        )
        for name, areas, taken, adjusted, total in drafts
    )
    return Tally(plan, MADE, standings, points, losses_of(plan, points), adjustments, (), missing)


def losses_of(plan: Plan, points: Mapping[tuple[str, str], Fraction | None]) -> tuple[Loss, ...]:
    """Return every mark lost, with a reason that names who lost it and where."""
    return tuple(
        Loss(
            *(one.code, one.title, one.area, one.department, assessee.short, one.marks, got, one.high - got),
            reason=f"{assessee.short}在{one.code}材料不全" if one.kind == EARNING else "",
        )
        for assessee in plan.assessees
        for one in plan.criteria
        if (got := points[one.code, assessee.short]) is not None and got < one.high
    )
