"""The feedback to each assessee (反馈函): its marks beside the city's, every mark lost with the department's reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from qtool.documents import findings
from qtool.documents.results import UNSCORED, points_text, result_content
from qtool.documents.sentence import earning, mean_of, percent, scored, stripped
from qtool.model import Area, Assessee, marks_text
from qtool.official.draft import Draft, Figure, Row, Sentence, sentence
from qtool.official.head import LETTER
from qtool.official.profile import Profile
from qtool.outcome import Loss, Tally
from qtool.workspace import FEEDBACK

NO_REASON = "评价部门未写明"
_FAULTS_SHOWN = 10
"""How many faults of report and evidence are listed."""


def feedback(
    tally: Tally, assessee: Assessee, profile: Profile, signed: date, checked: Sequence[Sentence] = ()
) -> Draft:
    """Return the feedback to an assessee; `checked` tells what the check of its report and evidence came to."""
    facts, short = tally.plan.facts, assessee.short
    areas = [_area(tally, area, short) for area in tally.plan.areas]
    criteria = _criteria(tally, short)
    losses = [_loss(loss) for loss in tally.losses if loss.assessee == short]
    sections = {
        "结果说明": findings.result_of(tally, short),
        "失分说明": findings.lost_by(tally, short),
        "自评检查": list(checked),
        "调整注": findings.adjustments(tally, short),
    }
    title = f"关于反馈{facts.year}年度质量工作考核结果的函"
    content = result_content(tally, profile, LETTER, signed, title, sections) | {
        "主送": assessee.name,
        "简称": short,
        "领域得分": list(areas),
        "内容得分": list(criteria),
        "失分事项": list(losses),
    }
    rows = [
        *(_row(area, "名称", 得分="得分", 平均="全市平均", 最高="全市最高") for area in areas),
        *(_row(criterion, "编号", 得分="得分", 平均="全市平均") for criterion in criteria),
        *(_row(loss, "编号", 失分="失分", 原因="失分原因") for loss in losses),
    ]
    return Draft(
        path=Path(FEEDBACK) / f"反馈函-{short}.docx",
        template="反馈函.docx",
        content=content,
        author=facts.office_title,
        made=tally.made,
        sections=sections,
        rows=tuple(rows),
    )


def _row(cells: dict[str, str], label: str, **names: str) -> Row:
    """Return what a row of a table must show: the cells in `names`, each under the name that a fault calls it by."""
    return Row(cells[label], tuple((name, cells[cell]) for cell, name in names.items()))


def check_sentences(errors: Sequence[str], warnings: Sequence[str]) -> list[Sentence]:
    """Return what a check of report and evidence came to: what must be mended, what is to be looked at."""
    sentences = []
    for faults, meaning in ((errors, "须改正的问题"), (warnings, "请予核对的事项")):
        if faults:
            more = "；等等" if len(faults) > _FAULTS_SHOWN else ""
            count = Figure(str(len(faults)), meaning, "自评材料检查.xlsx")
            texts = "；".join(map(stripped, faults[:_FAULTS_SHOWN]))
            sentences.append(sentence(meaning, count, f"处：{texts}{more}。"))
    return sentences or [Sentence("自评报告和印证材料经检查，没有发现须改正的问题。")]


def _area(tally: Tally, area: Area, who: str) -> dict[str, str]:
    """Return one row of the marks by area."""
    own = next(standing.areas.get(area.name) for standing in tally.standings if standing.assessee == who)
    marks = [s.areas[area.name] for s in tally.standings if area.name in s.areas]
    row = {"名称": area.name, "分值": marks_text(area.marks)}
    if own is None or not any(scored(tally, c) for c in earning(tally.plan) if c.area == area.name):
        return row | dict.fromkeys(("得分", "平均", "最高", "得分率"), UNSCORED)
    share = percent(own / area.marks) if area.marks else UNSCORED
    return row | {"得分": marks_text(own), "平均": mean_of(marks), "最高": marks_text(max(marks)), "得分率": share}


def _criteria(tally: Tally, who: str) -> list[dict[str, str]]:
    """Return the marks by criterion, in the plan's order."""
    return [
        {
            "编号": criterion.code,
            "内容": criterion.title,
            "部门": criterion.department,
            "分值": marks_text(criterion.high or criterion.low),
            "得分": points_text(tally.points.get((criterion.code, who))),
            "平均": mean_of(scored(tally, criterion).values()),
        }
        for criterion in tally.plan.criteria
    ]


def _loss(loss: Loss) -> dict[str, str]:
    return {
        "编号": loss.criterion,
        "内容": loss.title,
        "分值": marks_text(loss.marks),
        "失分": marks_text(loss.lost),
        "部门": loss.department,
        "原因": loss.reason.strip() or NO_REASON,
    }
