"""What the tally says in sentences: results, what was done well, what was not, what to do. Nothing is added to it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from qtool.documents.sentence import (
    ADJUSTED,
    DETAIL,
    OVERALL,
    PLAN,
    SOURCES,
    Rate,
    earning,
    mean_of,
    quoted,
    rates,
    scored,
    stripped,
)
from qtool.model import DEDUCTING, Grade, marks_text
from qtool.official.draft import Figure, Sentence, joined, sentence
from qtool.outcome import Adjustment, Tally
from qtool.text import day_text

LOWEST_SHOWN = 3
"""How many of the lowest key points are named."""


def results(tally: Tally) -> list[Sentence]:
    """Return the sentences that stand before the table of results."""
    count, mean, best = _totals(tally)
    least = Figure(marks_text(min(standing.total for standing in tally.standings)), "最低总分", f"{OVERALL}：总分")
    sentences = [sentence(count, "个考核对象平均总分", mean, "分，最高", best, "分，最低", least, "分。")]
    parts = []
    for grade in tally.plan.grades:
        names = [standing.assessee for standing in tally.ranked if standing.grade == grade.name]
        if names:
            number = Figure(str(len(names)), f"等级为{grade.name}的个数", f"{OVERALL}：等级")
            parts.append(sentence(f"等级为{grade.name}的", number, f"个：{'、'.join(names)}"))
    return [*sentences, sentence(joined("；", parts), "。")] if parts else sentences


def _totals(tally: Tally) -> tuple[Figure, Figure, Figure]:
    """Return how many assessees there are, the mean of their totals, and the highest."""
    totals = [standing.total for standing in tally.standings]
    return (
        Figure(str(len(totals)), "考核对象个数", f"{PLAN}：考核对象"),
        Figure(mean_of(totals), "总分平均数", f"{OVERALL}：总分，平均一行"),
        Figure(marks_text(max(totals)), "最高总分", f"{OVERALL}：总分"),
    )


def ranking(tally: Tally) -> list[Sentence]:
    """Return who came where, with total and grade, from the first to the last."""
    parts = []
    for standing in tally.ranked:
        rank = Figure(str(standing.rank), f"{standing.assessee}名次", f"{OVERALL}：名次")
        total = Figure(marks_text(standing.total), f"{standing.assessee}总分", f"{OVERALL}：总分")
        grade = f"、{standing.grade}级" if standing.grade else ""
        parts.append(sentence("第", rank, f"名{standing.assessee}（", total, f"分{grade}）"))
    return [sentence("按总分从高到低，依次为：", joined("，", parts), "。")]


def scoring(tally: Tally) -> list[Sentence]:
    """Return how the departments scored: how many, what, when their sheets came, which were accepted despite faults."""
    departments = len(tally.plan.scoring_departments) - len(tally.missing)
    criteria = [c for c in tally.plan.criteria if c.department not in tally.missing]
    parts: list[str | Figure] = [
        Figure(str(departments), "已评分的部门个数", f"{SOURCES}：评价部门"),
        "个评价部门按照职责分工，对",
        Figure(str(len(criteria)), "已评分的考核内容项数", f"{DETAIL}：编号"),
        "项考核内容逐项评分",
    ]
    days = sorted({source.received.date() for source in tally.sources})
    if days:
        parts += ["，评分表于", Figure(day_text(days[0]), "最早收到评分表的日期", f"{SOURCES}：收到时间")]
        if days[-1] > days[0]:
            parts += ["至", Figure(day_text(days[-1]), "最晚收到评分表的日期", f"{SOURCES}：收到时间")]
        parts.append("交回")
    waivers = [
        Sentence(f"{waiver.department}的评分表带说明采用，理由：{stripped(waiver.reason)}。")
        for waiver in tally.waivers
    ]
    return [sentence(*parts, "。"), *waivers]


def grade_rules(tally: Tally) -> list[Sentence]:
    """Return which total earns which grade, as the plan says."""

    def least(grade: Grade) -> Figure:
        return Figure(marks_text(grade.at_least), f"{grade.name}级最低分", f"{PLAN}：等级")

    grades = [grade for grade in tally.plan.grades if grade.at_least > 0]
    if not grades:
        return []
    parts = [sentence(f"{grade.name}级为", least(grade), "分及以上") for grade in grades]
    lowest = tally.plan.grades[-1]
    if lowest not in grades:
        parts.append(sentence("低于", least(grades[-1]), f"分的为{lowest.name}级"))
    return [sentence("等级标准：", joined("，", parts), "。")]


def adjustments(tally: Tally, assessee: str = "", *, opening: str = "注：") -> list[Sentence]:
    """Return a note for each manual correction, or one assessee's: whose, how much, why."""
    return [_adjustment(one, opening) for one in tally.adjustments if assessee in ("", one.assessee)]


def _adjustment(adjustment: Adjustment, opening: str) -> Sentence:
    changes = []
    if adjustment.marks:
        marks = marks_text(abs(adjustment.marks))
        figure = Figure(marks, f"{adjustment.assessee}人工调整", f"{ADJUSTED}：加减分")
        changes.append(sentence(f"总分{'加' if adjustment.marks > 0 else '减'}", figure, "分"))
    if adjustment.grade:
        changes.append(Sentence(f"等级定为{adjustment.grade}"))
    reason = stripped(adjustment.reason)
    return sentence(f"{opening}{adjustment.assessee}", joined("，", changes), f"。原因：{reason}。")


def strengths(tally: Tally) -> list[Sentence]:
    """Return paragraphs on what was done well: the areas by share earned, who leads in each, what nobody lost on."""
    paragraphs = []
    areas = sorted(rates(tally, lambda criterion: criterion.area), key=lambda rate: -rate.rate)
    if areas:
        paragraphs.append(_listed("各领域平均得分率从高到低为：", areas))
    leaders = [leader for area in tally.plan.areas if (leader := _leader(tally, area.name))]
    if leaders:
        paragraphs.append(sentence("分领域看，", joined("；", leaders), "。"))
    full = [rate.name for rate in rates(tally, lambda criterion: criterion.key_point) if rate.rate == 1]
    if full:
        paragraphs.append(Sentence(f"各考核对象均得满分的考核要点：{'、'.join(full)}。"))
    untouched = [c.code for c in earning(tally.plan) if set(scored(tally, c).values()) == {c.marks}]
    if untouched and not full:
        origin = f"{DETAIL}：{'、'.join(untouched)}"
        count = Figure(str(len(untouched)), "各考核对象均得满分的考核内容项数", origin)
        paragraphs.append(sentence("各考核对象均得满分的考核内容有", count, "项。"))
    return paragraphs


def weaknesses(tally: Tally) -> list[Sentence]:
    """Return paragraphs on what was not done well: lowest area and key points, marks lost by whom, deductions."""
    areas = sorted(rates(tally, lambda criterion: criterion.area), key=lambda rate: rate.rate)
    lowest = _lowest(tally)
    paragraphs = []
    if lowest:
        if len(areas) > 1 and areas[0].rate < areas[1].rate:
            paragraphs.append(_listed("平均得分率最低的考核领域：", areas[:1]))
        paragraphs.append(_listed("平均得分率较低的考核要点：", lowest))
        paragraphs += (most for rate in lowest if (most := _lost_most(tally, rate.name)))
    elif areas:
        paragraphs.append(Sentence("各考核要点均未失分。"))
    return [*paragraphs, *deductions(tally)]


def requirements(tally: Tally) -> list[Sentence]:
    """Return for each assessee which key points to work on: those where it earned the smallest share."""
    lowest = {assessee.short: _lowest(tally, (assessee.short,)) for assessee in tally.plan.assessees}
    return [_listed(f"{name}：", own) for name, own in lowest.items() if own]


def _lowest(tally: Tally, whom: Sequence[str] = ()) -> list[Rate]:
    """Return the key points of which the smallest share was earned, by all or by `whom`, the lowest first."""
    shares = sorted(rates(tally, lambda criterion: criterion.key_point, whom), key=lambda rate: rate.rate)
    return [rate for rate in shares if rate.rate < 1][:LOWEST_SHOWN]


def _listed(opening: str, shares: list[Rate]) -> Sentence:
    return sentence(opening, joined("、", (rate.phrase for rate in shares)), "。")


def _leader(tally: Tally, area: str) -> Sentence | None:
    """Return who has the most marks in an area, or nothing where all have the same or nobody was scored."""
    unscored = all(not scored(tally, criterion) for criterion in earning(tally.plan) if criterion.area == area)
    points = {standing.assessee: standing.areas[area] for standing in tally.ranked if area in standing.areas}
    if unscored or len(set(points.values())) < 2:
        return None
    best = max(points.values())
    names = "、".join(name for name, marks in points.items() if marks == best)
    figure = Figure(marks_text(best), f"{quoted(area)}最高得分", f"{OVERALL}：{area}")
    return sentence(f"{quoted(area)}得分最高的是{names}（", figure, "分）")


def _lost_most(tally: Tally, key_point: str) -> Sentence | None:
    """Return in which criterion of a key point most marks were lost, and by whom."""
    lost = {
        criterion: {name: criterion.marks - points for name, points in scored(tally, criterion).items()}
        for criterion in earning(tally.plan)
        if criterion.key_point == key_point
    }
    worst = max(lost, key=lambda criterion: sum(lost[criterion].values()))
    losers = [
        sentence(name, Figure(marks_text(marks), f"{name}在{worst.code}失分", f"{DETAIL}：{worst.code}"), "分")
        for name, marks in lost[worst].items()
        if marks > 0
    ]
    if not losers:
        return None
    return sentence(f"{quoted(key_point)}失分最多的是{quoted(worst.title)}：", joined("、", losers), "。")


def deductions(tally: Tally) -> list[Sentence]:
    """Return the deductions for events, or that there are none; nothing when there is nothing to deduct for."""
    deducting = [criterion for criterion in tally.plan.criteria if criterion.kind == DEDUCTING]
    events, complete = [], True
    for criterion in deducting:
        points = scored(tally, criterion)
        complete = complete and len(points) == len(tally.plan.assessees)
        origin = f"{DETAIL}：{criterion.code}"
        taken = [
            sentence(f"{name}扣", Figure(marks_text(-marks), f"{name}事件扣分", origin), "分")
            for name, marks in points.items()
            if marks < 0
        ]
        if taken:
            events.append(sentence(f"{quoted(criterion.title)}，", joined("、", taken)))
    if events:
        return [sentence("事件扣分情况：", joined("；", events), "。")]
    if not deducting:
        return []
    return [Sentence("各考核对象均无事件扣分。" if complete else "已评分的考核内容中没有事件扣分。")]


def lost_by(tally: Tally, assessee: str) -> list[Sentence]:
    """Return where one assessee lost marks: how many criteria, how much in each area, the key points to work on."""
    own = [loss for loss in tally.losses if loss.assessee == assessee]
    if not own:
        return [Sentence("各项考核内容均未失分。")]
    origin = "扣分清单：失分"
    count = Figure(str(len(own)), "失分的考核内容项数", origin)
    total = Figure(marks_text(sum((loss.lost for loss in own), Fraction(0))), "失分合计", origin)
    parts = []
    for area in tally.plan.areas:
        lost = sum((loss.lost for loss in own if loss.area == area.name), Fraction(0))
        if lost:
            figure = Figure(marks_text(lost), f"{area.name}失分", f"{origin}，考核领域“{area.name}”")
            parts.append(sentence(area.name, figure, "分"))
    counts = sentence("共有", count, "项考核内容失分（含事件扣分），合计", total, "分。")
    sentences = [sentence(counts, "其中，", joined("、", parts), "。")]
    lowest = _lowest(tally, (assessee,))
    return [*sentences, _listed("得分率较低的考核要点：", lowest)] if lowest else sentences


def result_of(tally: Tally, assessee: str) -> list[Sentence]:
    """Return one assessee's result: total, rank, grade, beside the others' mean, and what was deducted or adjusted."""
    standing = next(one for one in tally.standings if one.assessee == assessee)
    count, mean, best = _totals(tally)
    total = Figure(marks_text(standing.total), f"{assessee}总分", f"{OVERALL}：总分")
    rank = Figure(str(standing.rank), f"{assessee}名次", f"{OVERALL}：名次")
    grade = f"，等级为{standing.grade}" if standing.grade else ""
    own = sentence(f"{assessee}总分", total, "分，在", count, "个考核对象中列第", rank, f"名{grade}。")
    sentences = [sentence(own, "全市平均总分", mean, "分，最高", best, "分。")]
    if standing.deductions:
        figure = Figure(marks_text(-standing.deductions), f"{assessee}事件扣分", f"{OVERALL}：事件扣分")
        sentences.append(sentence("其中事件扣分", figure, "分。"))
    return sentences + adjustments(tally, assessee, opening="")
