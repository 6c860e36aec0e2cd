"""What the tally says in sentences: results, what was done well, what was not. Every figure comes from the tally."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from qtool.model import DEDUCTING, Criterion, marks_text, rounded
from qtool.outcome import Tally

LOWEST_SHOWN = 3
"""How many of the lowest key points are named."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What share of the marks that could be earned was earned on average (得分率), 0 to 1."""

    name: str
    rate: Fraction

    def __str__(self) -> str:
        """Return the name with the share in percent."""
        return f"{self.name}（{percent(self.rate)}）"


def percent(rate: Fraction) -> str:
    """Return a share in percent with two decimals at most; what is not the whole never reads 100%."""
    text = f"{marks_text(Fraction(rounded(rate * 100, 2)))}%"
    return "不足100%" if text == "100%" and rate < 1 else text


def rates(tally: Tally, group: Callable[[Criterion], str]) -> list[Rate]:
    """Return the share earned in each group of earning criteria, in the plan's order; only what has been scored."""
    earned: dict[str, Fraction] = {}
    possible: dict[str, Fraction] = {}
    for criterion in _earning(tally):
        name = group(criterion)
        for points in _scored(tally, criterion).values():
            earned[name] = earned.get(name, Fraction(0)) + points
            possible[name] = possible.get(name, Fraction(0)) + criterion.marks
    return [Rate(name, earned[name] / possible[name]) for name in earned if possible[name]]


def results(tally: Tally) -> list[str]:
    """Return the sentences that stand before the table of results."""
    totals = [standing.total for standing in tally.standings]
    mean = sum(totals, Fraction(0)) / len(totals)
    shown = f"平均总分{marks_text(Fraction(rounded(mean, 2)))}分，最高{marks_text(max(totals))}分"
    sentences = [f"{len(totals)}个考核对象{shown}，最低{marks_text(min(totals))}分。"]
    grades = []
    for grade in tally.plan.grades:
        names = [standing.assessee for standing in tally.ranked if standing.grade == grade.name]
        if names:
            grades.append(f"等级为{grade.name}的{len(names)}个：{'、'.join(names)}")
    if grades:
        sentences.append(f"{'；'.join(grades)}。")
    return sentences


def adjustments(tally: Tally) -> list[str]:
    """Return a note for each manual correction: whose, how much, why."""
    notes = []
    for adjustment in tally.adjustments:
        changes = []
        if adjustment.marks:
            sign = "加" if adjustment.marks > 0 else "减"
            changes.append(f"总分{sign}{marks_text(abs(adjustment.marks))}分")
        if adjustment.grade:
            changes.append(f"等级定为{adjustment.grade}")
        notes.append(f"注：{adjustment.assessee}{'，'.join(changes)}。原因：{_stripped(adjustment.reason)}。")
    return notes


def strengths(tally: Tally) -> list[str]:
    """Return paragraphs on what was done well: the areas by share earned, who leads in each, what nobody lost on."""
    paragraphs = []
    areas = sorted(rates(tally, lambda criterion: criterion.area), key=lambda rate: -rate.rate)
    if areas:
        paragraphs.append(f"各领域平均得分率从高到低为：{'、'.join(map(str, areas))}。")
    leaders = [leader for area in tally.plan.areas if (leader := _leader(tally, area.name))]
    if leaders:
        paragraphs.append(f"分领域看，{'；'.join(leaders)}。")
    full = [rate.name for rate in rates(tally, lambda criterion: criterion.key_point) if rate.rate == 1]
    if full:
        paragraphs.append(f"各考核对象均得满分的考核要点：{'、'.join(full)}。")
    return paragraphs


def weaknesses(tally: Tally) -> list[str]:
    """Return paragraphs on what was not done well: the lowest key points, where marks were lost, event deductions."""
    key_points = sorted(rates(tally, lambda criterion: criterion.key_point), key=lambda rate: rate.rate)
    lowest = [rate for rate in key_points if rate.rate < 1][:LOWEST_SHOWN]
    paragraphs = []
    if lowest:
        paragraphs.append(f"平均得分率较低的考核要点：{'、'.join(map(str, lowest))}。")
        paragraphs += (sentence for rate in lowest if (sentence := _lost_most(tally, rate.name)))
    elif key_points:
        paragraphs.append("各考核要点均未失分。")
    paragraphs.append(_events(tally))
    return [paragraph for paragraph in paragraphs if paragraph]


def _leader(tally: Tally, area: str) -> str:
    """Return who has the most marks in an area, or nothing where all have the same or nobody was scored."""
    points = {standing.assessee: standing.areas[area] for standing in tally.ranked if area in standing.areas}
    if len(set(points.values())) < 2:
        return ""
    best = max(points.values())
    names = "、".join(name for name, marks in points.items() if marks == best)
    return f"{_quoted(area)}得分最高的是{names}（{marks_text(best)}分）"


def _lost_most(tally: Tally, key_point: str) -> str:
    """Return in which criterion of a key point most marks were lost, and by whom."""
    lost = {
        criterion: {name: criterion.marks - points for name, points in _scored(tally, criterion).items()}
        for criterion in _earning(tally)
        if criterion.key_point == key_point
    }
    worst = max(lost, key=lambda criterion: sum(lost[criterion].values()))
    who = [f"{name}{marks_text(marks)}分" for name, marks in lost[worst].items() if marks > 0]
    return f"{_quoted(key_point)}失分最多的是{_quoted(worst.title)}：{'、'.join(who)}。" if who else ""


def _events(tally: Tally) -> str:
    """Return the deductions for events, or that there are none; nothing when there is nothing to deduct for."""
    deducting = [criterion for criterion in tally.plan.criteria if criterion.kind == DEDUCTING]
    events, complete = [], True
    for criterion in deducting:
        scored = _scored(tally, criterion)
        complete = complete and len(scored) == len(tally.plan.assessees)
        taken = [f"{name}扣{marks_text(-points)}分" for name, points in scored.items() if points < 0]
        if taken:
            events.append(f"{_quoted(criterion.title)}，{'、'.join(taken)}")
    if events:
        return f"事件扣分情况：{'；'.join(events)}。"
    if not deducting:
        return ""
    return "各考核对象均无事件扣分。" if complete else "已评分的考核内容中没有事件扣分。"


def _earning(tally: Tally) -> Iterable[Criterion]:
    return (criterion for criterion in tally.plan.criteria if criterion.kind != DEDUCTING)


def _scored(tally: Tally, criterion: Criterion) -> dict[str, Fraction]:
    """Return the points that a criterion has, by assessee, in the plan's order."""
    found = ((who.short, tally.points.get((criterion.code, who.short))) for who in tally.plan.assessees)
    return {name: points for name, points in found if points is not None}


def _stripped(text: str) -> str:
    return text.strip().rstrip("。.；;")


def _quoted(text: str) -> str:
    """Return a name in quotation marks; those inside it become single ones."""
    inner = _stripped(text).translate(str.maketrans("“”", "‘’"))
    return f"“{inner}”"
