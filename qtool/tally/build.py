"""Returns and adjustments made into a tally: every score recomputed, every figure exact, every mark lost explained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from fractions import Fraction

from qtool.layout import SHEET
from qtool.model import CITY, DEDUCTING, EARNING, Grade, Key, Plan, rounded
from qtool.outcome import Adjustment, Loss, Return, Source, Standing, Tally, Waiver
from qtool.rules.rule import PLACES
from qtool.rules.score import Scores, score

ZERO = Fraction(0)


def build(
    plan: Plan,
    returns: Sequence[Return],
    adjustments: Sequence[Adjustment],
    made: datetime,
    waivers: Sequence[Waiver] = (),
) -> Tally:
    """Return the tally of some accepted returns; `waivers` say which were accepted in spite of what.

    Of several returns of one department the last received counts. Criteria of departments without a return count as
    nothing; those departments are listed as missing.
    """
    by_department = {back.department: back for back in sorted(returns, key=lambda back: back.received)}
    points: dict[Key, Fraction | None] = {
        (criterion.code, assessee.short): None for criterion in plan.criteria for assessee in plan.assessees
    }
    losses: list[Loss] = []
    sources: list[Source] = []
    missing: list[str] = []
    for department in plan.scoring_departments:
        back = by_department.get(department.name)
        if back is None:
            missing.append(department.name)
            continue
        scores = score(plan.of_department(department.name), plan.assessees, back.values)
        points |= {key: value if isinstance(value, Fraction) else None for key, value in scores.criteria.items()}
        sources += _sources(plan, back, scores)
        losses += _losses(plan, back, points)
    order = {criterion.code: at for at, criterion in enumerate(plan.criteria)}
    who = {assessee.short: at for at, assessee in enumerate(plan.assessees)}
    losses.sort(key=lambda loss: (who[loss.assessee], order[loss.criterion]))
    return Tally(
        plan=plan,
        made=made,
        standings=_standings(plan, points, adjustments),
        points=points,
        losses=tuple(losses),
        adjustments=tuple(sorted(adjustments, key=lambda adjustment: who.get(adjustment.assessee, len(who)))),
        sources=tuple(sources),
        missing=tuple(missing),
        waivers=tuple(waivers),
    )


def _sources(plan: Plan, back: Return, scores: Scores) -> Iterator[Source]:
    names = [*(assessee.short for assessee in plan.assessees), CITY]
    for criterion in plan.of_department(back.department):
        for measure in criterion.measures:
            for name in names:
                answer = back.answers.get((measure.id, name))
                if answer is None or answer.value is None:
                    continue
                sheet, _, cell = answer.cell.rpartition("!")
                yield Source(
                    measure=measure.id,
                    label=measure.label,
                    department=back.department,
                    assessee=name,
                    value=answer.value,
                    points=scores.measures.get((measure.id, name)),
                    file=back.full_name,
                    sheet=sheet.strip("'") or SHEET,
                    cell=cell,
                    sha256=back.sha256,
                    received=back.received,
                )


def _losses(plan: Plan, back: Return, points: Mapping[Key, Fraction | None]) -> Iterator[Loss]:
    for criterion in plan.of_department(back.department):
        for assessee in plan.assessees:
            key = (criterion.code, assessee.short)
            earned = points[key]
            if earned is None or earned >= criterion.high:
                continue
            yield Loss(
                criterion=criterion.code,
                title=criterion.title,
                area=criterion.area,
                department=criterion.department,
                assessee=assessee.short,
                marks=criterion.marks,
                points=earned,
                lost=criterion.high - earned,
                reason=back.reasons.get(key, ""),
            )


def _standings(
    plan: Plan, points: Mapping[Key, Fraction | None], adjustments: Sequence[Adjustment]
) -> tuple[Standing, ...]:
    earned = _sums(plan, points, EARNING)
    lost = _sums(plan, points, DEDUCTING)
    drafts = []
    for assessee in plan.assessees:
        name = assessee.short
        by_area = {area.name: earned.get((name, area.name), ZERO) for area in plan.areas}
        adjusted = sum((a.marks for a in adjustments if a.assessee == name), ZERO)
        deducted = sum((value for (who, _), value in lost.items() if who == name), ZERO)
        raw = sum(by_area.values(), ZERO) + deducted + adjusted
        drafts.append((name, by_area, deducted, adjusted, max(ZERO, Fraction(rounded(raw, PLACES)))))
    totals = [draft[-1] for draft in drafts]
    return tuple(
        Standing(
            assessee=name,
            areas=by_area,
            deductions=deducted,
            adjustment=adjusted,
            total=total,
            rank=1 + sum(other > total for other in totals),
            grade=override(plan, adjustments, name) or grade_of(plan.grades, total),
        )
        for name, by_area, deducted, adjusted, total in drafts
    )


def _sums(plan: Plan, points: Mapping[Key, Fraction | None], kind: str) -> dict[tuple[str, str], Fraction]:
    """Return the exact sum of the points of each assessee in each area, over the criteria of a kind."""
    sums: dict[tuple[str, str], Fraction] = {}
    for criterion in plan.criteria:
        for assessee in plan.assessees:
            value = points[criterion.code, assessee.short]
            if criterion.kind == kind and value is not None:
                key = assessee.short, criterion.area
                sums[key] = sums.get(key, ZERO) + value
    return sums


def grade_of(grades: Sequence[Grade], total: Fraction) -> str:
    """Return the first grade, from the best down, whose least total is reached; nothing when none is."""
    return next((grade.name for grade in grades if total >= grade.at_least), "")


def override(plan: Plan, adjustments: Sequence[Adjustment], assessee: str) -> str:
    """Return the grade that was set by hand, the worst one if there are several; nothing when none was."""
    chosen = {adjustment.grade for adjustment in adjustments if adjustment.assessee == assessee}
    return next((grade.name for grade in reversed(plan.grades) if grade.name in chosen), "")
