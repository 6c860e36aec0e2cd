"""The tables of results as templates take them, and the rows that a document must show of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from qtool.documents.sentence import earning, scored
from qtool.model import marks_text
from qtool.office.word.template import Content
from qtool.official.draft import Row, Sentence
from qtool.official.head import head_names, shaped
from qtool.official.profile import Profile
from qtool.outcome import Standing, Tally

UNSCORED = "—"
PROVISIONAL = "暂定"


def result_content(
    tally: Tally,
    profile: Profile,
    kind: str,
    signed: date,
    title: str,
    sections: Mapping[str, Sequence[Sentence]],
) -> dict[str, Content]:
    """Return what stands behind the names that every document about the results knows, and its own paragraphs.

    `kind` is the kind of document by which its number is known.
    """
    plan, facts = tally.plan, tally.plan.facts
    return {
        **head_names(profile, facts, kind, signed),
        "标题": shaped(title),
        "部门数": str(len(plan.scoring_departments) - len(tally.missing)),
        "对象数": str(len(plan.assessees)),
        "满分": marks_text(facts.full_marks),
        "暂定": tally.provisional,
        "缺少部门": "、".join(tally.missing),
        "各领域": [{"名称": area.name, "分值": marks_text(area.marks)} for area in plan.areas],
        "有调整": _adjusted(tally),
        "结果": [_row(tally, standing) for standing in tally.ranked],
        **{name: [sentence.text for sentence in sentences] for name, sentences in sections.items()},
    }


def _adjusted(tally: Tally) -> bool:
    """Return whether anybody's marks were corrected by hand."""
    return any(standing.adjustment for standing in tally.standings)


def _row(tally: Tally, standing: Standing) -> dict[str, Content]:
    """Return one row of the table of results."""
    return {
        "名次": str(standing.rank),
        "对象": standing.assessee,
        "领域得分": [points for _, points in _areas(tally, standing)],
        "扣分": marks_text(standing.deductions),
        "调整": marks_text(standing.adjustment),
        "总分": marks_text(standing.total),
        "等级": standing.grade,
    }


def _areas(tally: Tally, standing: Standing) -> list[tuple[str, str]]:
    return [(area.name, points_text(standing.areas.get(area.name))) for area in tally.plan.areas]


def result_rows(tally: Tally) -> tuple[Row, ...]:
    """Return the rows that the table of results must have."""
    rows = []
    for standing in tally.ranked:
        adjustment = [("人工调整", marks_text(standing.adjustment))] if _adjusted(tally) else []
        figures = (
            ("名次", str(standing.rank)),
            *_areas(tally, standing),
            ("事件扣分", marks_text(standing.deductions)),
            *adjustment,
            ("总分", marks_text(standing.total)),
            ("等级", standing.grade),
        )
        rows.append(Row(standing.assessee, figures))
    return tuple(rows)


def key_point_tables(tally: Tally) -> list[Content]:
    """Return a table for each area: its key points, and each assessee's points in them, from the first to the last."""
    tables: list[Content] = []
    for area in tally.plan.areas:
        points = _key_points(tally, area.name)
        if not points:
            continue
        rows: list[Content] = []
        for standing in tally.ranked:
            own = [by_assessee[standing.assessee] for by_assessee in points.values()]
            numbers = [value for value in own if value is not None]
            whole = points_text(sum(numbers, Fraction(0)) if numbers else None)
            rows.append({"对象": standing.assessee, "要点得分": [points_text(value) for value in own], "合计": whole})
        tables.append({"名称": area.name, "分值": marks_text(area.marks), "各要点": list(points), "各行": rows})
    return tables


def key_point_rows(tally: Tally) -> tuple[Row, ...]:
    """Return the rows that the tables by key point must have."""
    rows = []
    for area in tally.plan.areas:
        points = _key_points(tally, area.name)
        for standing in tally.ranked if points else ():
            figures = [(name, points_text(by_assessee[standing.assessee])) for name, by_assessee in points.items()]
            rows.append(Row(standing.assessee, tuple(figures)))
    return tuple(rows)


def _key_points(tally: Tally, area: str) -> dict[str, dict[str, Fraction | None]]:
    """Return each assessee's points in each key point of an area; None where nothing of it was scored."""
    points: dict[str, dict[str, Fraction | None]] = {}
    for criterion in earning(tally.plan):
        if criterion.area == area:
            own = points.setdefault(criterion.key_point, dict.fromkeys((a.short for a in tally.plan.assessees), None))
            for who, value in scored(tally, criterion).items():
                own[who] = (own[who] or Fraction(0)) + value
    return points


def points_text(points: Fraction | None) -> str:
    """Return points as tables show them, a dash where nothing was scored."""
    return UNSCORED if points is None else marks_text(points)
