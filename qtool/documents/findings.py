"""What the tally says in sentences: results, what was done well, what was not, what to do. Nothing is added to it."""

from __future__ import annotations

from fractions import Fraction

from qtool.documents.sentence import (
    ADJUSTED,
    DETAIL,
    OVERALL,
    PLAN,
    SOURCES,
    Figure,
    Rate,
    Sentence,
    earning,
    mean_of,
    quoted,
    rates,
    scored,
    stripped,
)
from qtool.model import DEDUCTING, Criterion, marks_text
from qtool.official.head import day
from qtool.outcome import Adjustment, Tally

LOWEST_SHOWN = 3
"""How many of the lowest key points are named."""


def results(tally: Tally) -> list[Sentence]:
    """Return the sentences that stand before the table of results."""
    totals = {standing.assessee: standing.total for standing in tally.standings}
    mean, best, least = mean_of(totals.values()), marks_text(max(totals.values())), marks_text(min(totals.values()))
    figures = (
        Figure(str(len(totals)), "考核对象个数", f"{PLAN}：考核对象"),
        Figure(mean, "总分平均数", f"{OVERALL}：总分，平均一行"),
        Figure(best, "最高总分", f"{OVERALL}：总分"),
        Figure(least, "最低总分", f"{OVERALL}：总分"),
    )
    sentences = [Sentence(f"{len(totals)}个考核对象平均总分{mean}分，最高{best}分，最低{least}分。", figures)]
    parts, counts = [], []
    for grade in tally.plan.grades:
        names = [standing.assessee for standing in tally.ranked if standing.grade == grade.name]
        if names:
            parts.append(f"等级为{grade.name}的{len(names)}个：{'、'.join(names)}")
            counts.append(Figure(str(len(names)), f"等级为{grade.name}的个数", f"{OVERALL}：等级"))
    if parts:
        sentences.append(Sentence(f"{'；'.join(parts)}。", tuple(counts)))
    return sentences


def ranking(tally: Tally) -> list[Sentence]:
    """Return who came where, with total and grade, from the first to the last."""
    parts, figures = [], []
    for standing in tally.ranked:
        total = marks_text(standing.total)
        grade = f"、{standing.grade}级" if standing.grade else ""
        parts.append(f"第{standing.rank}名{standing.assessee}（{total}分{grade}）")
        figures.append(Figure(str(standing.rank), f"{standing.assessee}名次", f"{OVERALL}：名次"))
        figures.append(Figure(total, f"{standing.assessee}总分", f"{OVERALL}：总分"))
    return [Sentence(f"按总分从高到低，依次为：{'，'.join(parts)}。", tuple(figures))]


def scoring(tally: Tally) -> list[Sentence]:
    """Return how the departments scored: how many, what, when their sheets came, which were accepted despite faults."""
    departments = len(tally.plan.scoring_departments) - len(tally.missing)
    criteria = [c for c in tally.plan.criteria if c.department not in tally.missing]
    figures = [
        Figure(str(departments), "已评分的部门个数", f"{SOURCES}：评价部门"),
        Figure(str(len(criteria)), "已评分的考核内容项数", f"{DETAIL}：编号"),
    ]
    said = f"{departments}个评价部门按照职责分工，对{len(criteria)}项考核内容逐项评分"
    days = sorted({source.received.date() for source in tally.sources})
    if days:
        figures += [Figure(day(days[0]), "最早收到评分表的日期", f"{SOURCES}：收到时间")]
        said += f"，评分表于{day(days[0])}"
        if days[-1] > days[0]:
            figures += [Figure(day(days[-1]), "最晚收到评分表的日期", f"{SOURCES}：收到时间")]
            said += f"至{day(days[-1])}"
        said += "交回"
    sentences = [Sentence(f"{said}。", tuple(figures))]
    for waiver in tally.waivers:
        text = f"{waiver.department}的评分表带说明采用，理由：{stripped(waiver.reason)}。"
        sentences.append(Sentence(text))
    return sentences


def grade_rules(tally: Tally) -> list[Sentence]:
    """Return which total earns which grade, as the plan says."""
    grades = [grade for grade in tally.plan.grades if grade.at_least > 0]
    if not grades:
        return []
    parts = [f"{grade.name}级为{marks_text(grade.at_least)}分及以上" for grade in grades]
    figures = [Figure(marks_text(grade.at_least), f"{grade.name}级最低分", f"{PLAN}：等级") for grade in grades]
    lowest = tally.plan.grades[-1]
    if lowest not in grades:
        parts.append(f"低于{marks_text(grades[-1].at_least)}分的为{lowest.name}级")
        figures.append(Figure(marks_text(grades[-1].at_least), f"{grades[-1].name}级最低分", f"{PLAN}：等级"))
    return [Sentence(f"等级标准：{'，'.join(parts)}。", tuple(figures))]


def adjustments(tally: Tally, assessee: str = "", *, opening: str = "注：") -> list[Sentence]:
    """Return a note for each manual correction, or one assessee's: whose, how much, why."""
    return [_adjustment(one, opening) for one in tally.adjustments if assessee in ("", one.assessee)]


def _adjustment(adjustment: Adjustment, opening: str) -> Sentence:
    changes, figures = [], []
    if adjustment.marks:
        marks = marks_text(abs(adjustment.marks))
        changes.append(f"总分{'加' if adjustment.marks > 0 else '减'}{marks}分")
        figures.append(Figure(marks, f"{adjustment.assessee}人工调整", f"{ADJUSTED}：加减分"))
    if adjustment.grade:
        changes.append(f"等级定为{adjustment.grade}")
    text = f"{opening}{adjustment.assessee}{'，'.join(changes)}。原因：{stripped(adjustment.reason)}。"
    return Sentence(text, tuple(figures))


def strengths(tally: Tally) -> list[Sentence]:
    """Return paragraphs on what was done well: the areas by share earned, who leads in each, what nobody lost on."""
    paragraphs = []
    areas = sorted(rates(tally, lambda criterion: criterion.area), key=lambda rate: -rate.rate)
    if areas:
        paragraphs.append(_listed("各领域平均得分率从高到低为：", areas))
    leaders = [leader for area in tally.plan.areas if (leader := _leader(tally, area.name))]
    if leaders:
        text = f"分领域看，{'；'.join(leader.text for leader in leaders)}。"
        paragraphs.append(Sentence(text, tuple(leader.figures[0] for leader in leaders)))
    full = [rate for rate in rates(tally, lambda criterion: criterion.key_point) if rate.rate == 1]
    if full:
        names = "、".join(rate.name for rate in full)
        paragraphs.append(Sentence(f"各考核对象均得满分的考核要点：{names}。"))
    untouched = [c for c in earning(tally.plan) if (got := scored(tally, c)) and set(got.values()) == {c.marks}]
    if untouched and not full:
        figures = (Figure(str(len(untouched)), "各考核对象均得满分的考核内容项数", f"{DETAIL}：{_codes(untouched)}"),)
        text = f"各考核对象均得满分的考核内容有{len(untouched)}项。"
        paragraphs.append(Sentence(text, figures))
    return paragraphs


def weaknesses(tally: Tally) -> list[Sentence]:
    """Return paragraphs on what was not done well: lowest area and key points, marks lost by whom, deductions."""
    areas = sorted(rates(tally, lambda criterion: criterion.area), key=lambda rate: rate.rate)
    key_points = sorted(rates(tally, lambda criterion: criterion.key_point), key=lambda rate: rate.rate)
    lowest = [rate for rate in key_points if rate.rate < 1][:LOWEST_SHOWN]
    paragraphs = []
    if lowest:
        if len(areas) > 1 and areas[0].rate < areas[1].rate:
            paragraphs.append(_listed("平均得分率最低的考核领域：", areas[:1]))
        paragraphs.append(_listed("平均得分率较低的考核要点：", lowest))
        paragraphs += (sentence for rate in lowest if (sentence := _lost_most(tally, rate.name)))
    elif key_points:
        paragraphs.append(Sentence("各考核要点均未失分。"))
    events = _events(tally)
    return [*paragraphs, events] if events else paragraphs


def requirements(tally: Tally) -> list[Sentence]:
    """Return for each assessee which key points to work on: those where it earned the smallest share."""
    sentences = []
    for assessee in tally.plan.assessees:
        own = sorted(rates(tally, lambda c: c.key_point, (assessee.short,)), key=lambda rate: rate.rate)
        lowest = [rate for rate in own if rate.rate < 1][:LOWEST_SHOWN]
        if lowest:
            sentences.append(_listed(f"{assessee.short}：", lowest))
    return sentences


def deductions(tally: Tally) -> list[Sentence]:
    """Return the deductions for events, or that there are none."""
    found = _events(tally)
    return [found] if found else []


def _listed(opening: str, found: list[Rate]) -> Sentence:
    return Sentence(f"{opening}{'、'.join(map(str, found))}。", tuple(rate.figure for rate in found))


def _leader(tally: Tally, area: str) -> Sentence | None:
    """Return who has the most marks in an area, or nothing where all have the same or nobody was scored."""
    unscored = all(not scored(tally, criterion) for criterion in earning(tally.plan) if criterion.area == area)
    points = {standing.assessee: standing.areas[area] for standing in tally.ranked if area in standing.areas}
    if unscored or len(set(points.values())) < 2:
        return None
    best = max(points.values())
    names = "、".join(name for name, marks in points.items() if marks == best)
    figure = Figure(marks_text(best), f"{quoted(area)}最高得分", f"{OVERALL}：{area}")
    return Sentence(f"{quoted(area)}得分最高的是{names}（{marks_text(best)}分）", (figure,))


def _lost_most(tally: Tally, key_point: str) -> Sentence | None:
    """Return in which criterion of a key point most marks were lost, and by whom."""
    lost = {
        criterion: {name: criterion.marks - points for name, points in scored(tally, criterion).items()}
        for criterion in earning(tally.plan)
        if criterion.key_point == key_point
    }
    worst = max(lost, key=lambda criterion: sum(lost[criterion].values()))
    who = {name: marks_text(marks) for name, marks in lost[worst].items() if marks > 0}
    if not who:
        return None
    figures = tuple(
        Figure(marks, f"{name}在{worst.code}失分", f"{DETAIL}：{worst.code}") for name, marks in who.items()
    )
    listed = "、".join(f"{name}{marks}分" for name, marks in who.items())
    return Sentence(f"{quoted(key_point)}失分最多的是{quoted(worst.title)}：{listed}。", figures)


def _events(tally: Tally) -> Sentence | None:
    """Return the deductions for events, or that there are none; nothing when there is nothing to deduct for."""
    deducting = [criterion for criterion in tally.plan.criteria if criterion.kind == DEDUCTING]
    events, figures, complete = [], [], True
    for criterion in deducting:
        found = scored(tally, criterion)
        complete = complete and len(found) == len(tally.plan.assessees)
        taken = {name: marks_text(-points) for name, points in found.items() if points < 0}
        if taken:
            events.append(
                f"{quoted(criterion.title)}，{'、'.join(f'{who}扣{marks}分' for who, marks in taken.items())}"
            )
            origin = f"{DETAIL}：{criterion.code}"
            figures += [Figure(marks, f"{who}事件扣分", origin) for who, marks in taken.items()]
    if events:
        return Sentence(f"事件扣分情况：{'；'.join(events)}。", tuple(figures))
    if not deducting:
        return None
    return Sentence("各考核对象均无事件扣分。" if complete else "已评分的考核内容中没有事件扣分。")


def _codes(criteria: list[Criterion]) -> str:
    return "、".join(criterion.code for criterion in criteria)


def lost_by(tally: Tally, assessee: str) -> list[Sentence]:
    """Return where one assessee lost marks: how many criteria, how much in each area, the key points to work on."""
    own = [loss for loss in tally.losses if loss.assessee == assessee]
    if not own:
        return [Sentence("各项考核内容均未失分。")]
    total = marks_text(sum((loss.lost for loss in own), Fraction(0)))
    origin = "扣分清单：失分"
    figures = [Figure(str(len(own)), "失分的考核内容项数", origin), Figure(total, "失分合计", origin)]
    parts = []
    for area in tally.plan.areas:
        lost = sum((loss.lost for loss in own if loss.area == area.name), Fraction(0))
        if lost:
            parts.append(f"{area.name}{marks_text(lost)}分")
            figures.append(Figure(marks_text(lost), f"{area.name}失分", f"{origin}，考核领域“{area.name}”"))
    text = f"共有{len(own)}项考核内容失分（含事件扣分），合计{total}分。其中，{'、'.join(parts)}。"
    sentences = [Sentence(text, tuple(figures))]
    lowest = sorted(rates(tally, lambda c: c.key_point, (assessee,)), key=lambda rate: rate.rate)
    shown = [rate for rate in lowest if rate.rate < 1][:LOWEST_SHOWN]
    return [*sentences, _listed("得分率较低的考核要点：", shown)] if shown else sentences


def result_of(tally: Tally, assessee: str) -> list[Sentence]:
    """Return one assessee's result: total, rank, grade, beside the others' mean, and what was deducted or adjusted."""
    standing = next(one for one in tally.standings if one.assessee == assessee)
    totals = [one.total for one in tally.standings]
    total, mean, best = marks_text(standing.total), mean_of(totals), marks_text(max(totals))
    grade = f"，等级为{standing.grade}" if standing.grade else ""
    text = (
        f"{assessee}总分{total}分，在{len(totals)}个考核对象中列第{standing.rank}名{grade}。"
        f"全市平均总分{mean}分，最高{best}分。"
    )
    figures = (
        Figure(total, f"{assessee}总分", f"{OVERALL}：总分"),
        Figure(str(len(totals)), "考核对象个数", f"{PLAN}：考核对象"),
        Figure(str(standing.rank), f"{assessee}名次", f"{OVERALL}：名次"),
        Figure(mean, "总分平均数", f"{OVERALL}：总分，平均一行"),
        Figure(best, "最高总分", f"{OVERALL}：总分"),
    )
    sentences = [Sentence(text, figures)]
    if standing.deductions:
        marks = marks_text(-standing.deductions)
        figure = Figure(marks, f"{assessee}事件扣分", f"{OVERALL}：事件扣分")
        sentences.append(Sentence(f"其中事件扣分{marks}分。", (figure,)))
    return sentences + adjustments(tally, assessee, opening="")
