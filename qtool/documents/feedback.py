"""The feedback to each assessee (反馈函): its marks beside the city's, every mark lost with the department's reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path

from qtool.documents import findings
from qtool.documents.make import Draft, Row, paragraphs
from qtool.documents.results import UNSCORED, result_names
from qtool.documents.sentence import Figure, Sentence, earning, mean_of, percent, scored, stripped
from qtool.model import Area, Assessee, marks_text
from qtool.office.word.template import Content
from qtool.official.head import LETTER, head_names, shaped
from qtool.official.profile import Profile
from qtool.outcome import Loss, Tally
from qtool.workspace import FEEDBACK

TEMPLATE = "反馈函.docx"
NO_REASON = "评价部门未写明"
_FOUND_SHOWN = 10
"""How many findings about report and evidence are listed."""


def feedback(
    tally: Tally, assessee: Assessee, profile: Profile, signed: date, checked: Sequence[Sentence] = ()
) -> Draft:
    """Return the feedback to an assessee; `checked` is what the check of its report and evidence found."""
    facts, short = tally.plan.facts, assessee.short
    losses = [loss for loss in tally.losses if loss.assessee == short]
    areas = [_area(tally, area, short) for area in tally.plan.areas]
    criteria = _criteria(tally, short)
    sections = {
        "结果说明": findings.result_of(tally, short),
        "失分说明": findings.lost_by(tally, short),
        "自评检查": list(checked),
        "调整注": findings.adjustments(tally, short),
    }
    content = {
        **head_names(profile, facts, LETTER, signed),
        **result_names(tally),
        **paragraphs(sections),
        "标题": shaped(f"关于反馈{facts.year}年度质量工作考核结果的函"),
        "主送": assessee.name,
        "简称": short,
        "领域得分": list(areas),
        "内容得分": list(criteria),
        "失分事项": [_loss(loss) for loss in losses],
    }
    return Draft(
        path=Path(FEEDBACK) / f"反馈函-{short}.docx",
        template=TEMPLATE,
        content=content,
        author=facts.office_title,
        made=tally.made,
        sections=sections,
        rows=_rows(areas, criteria, losses),
    )


def check_found(errors: Sequence[str], warnings: Sequence[str]) -> list[Sentence]:
    """Return what a check of report and evidence found, in sentences: what must be mended, what is to be checked."""
    sentences = []
    for found, what in ((errors, "须改正的问题"), (warnings, "请予核对的事项")):
        if found:
            listed = "；".join(map(stripped, found[:_FOUND_SHOWN])) + ("；等等" if len(found) > _FOUND_SHOWN else "")
            figure = Figure(str(len(found)), what, "自评材料检查.xlsx")
            sentences.append(Sentence(f"{what}{len(found)}处：{listed}。", (figure,)))
    return sentences or [Sentence("自评报告和印证材料经检查，没有发现须改正的问题。")]


def _area(tally: Tally, area: Area, who: str) -> dict[str, str]:
    """Return one row of the marks by area."""
    own = next(standing.areas.get(area.name) for standing in tally.standings if standing.assessee == who)
    known = [s.areas[area.name] for s in tally.standings if area.name in s.areas]
    if own is None or not any(scored(tally, c) for c in earning(tally.plan) if c.area == area.name):
        return {"名称": area.name, "分值": marks_text(area.marks)} | dict.fromkeys(
            ("得分", "平均", "最高", "得分率"), UNSCORED
        )
    return {
        "名称": area.name,
        "分值": marks_text(area.marks),
        "得分": marks_text(own),
        "平均": mean_of(known),
        "最高": marks_text(max(known)),
        "得分率": percent(own / area.marks) if area.marks else UNSCORED,
    }


def _criteria(tally: Tally, who: str) -> list[dict[str, str]]:
    """Return the marks by criterion, in the plan's order."""
    rows = []
    for criterion in tally.plan.criteria:
        found = scored(tally, criterion)
        points: Fraction | None = found.get(who)
        rows.append(
            {
                "编号": criterion.code,
                "内容": criterion.title,
                "部门": criterion.department,
                "分值": marks_text(criterion.high or criterion.low),
                "得分": UNSCORED if points is None else marks_text(points),
                "平均": mean_of(found.values()),
            }
        )
    return rows


def _loss(loss: Loss) -> Content:
    return {
        "编号": loss.criterion,
        "内容": loss.title,
        "分值": marks_text(loss.marks),
        "失分": marks_text(loss.lost),
        "部门": loss.department,
        "原因": loss.reason.strip() or NO_REASON,
    }


def _rows(
    areas: Sequence[dict[str, str]], criteria: Sequence[dict[str, str]], losses: Sequence[Loss]
) -> tuple[Row, ...]:
    """Return the rows that the tables must have: each area, each criterion, each loss with its reason."""
    rows = [
        Row(one["名称"], (("得分", one["得分"]), ("全市平均", one["平均"]), ("全市最高", one["最高"]))) for one in areas
    ]
    rows += [Row(one["编号"], (("得分", one["得分"]), ("全市平均", one["平均"]))) for one in criteria]
    for loss in losses:
        reason = loss.reason.strip() or NO_REASON
        rows.append(Row(loss.criterion, (("失分", marks_text(loss.lost)), ("失分原因", reason))))
    return tuple(rows)
