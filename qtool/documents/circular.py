"""The circular of the results (通报), drafted from the tally and compared with it after it was written."""

from __future__ import annotations

from pathlib import Path

from qtool.documents import findings
from qtool.faults import Fault, QtoolError, fault
from qtool.model import marks_text
from qtool.office.word import Content, Reading, render
from qtool.official.head import CIRCULAR, head_names
from qtool.official.profile import Profile
from qtool.official.title import shaped
from qtool.outcome import Standing, Tally

TEMPLATE = "通报.docx"
PROVISIONAL = "暂定"


def file_name(tally: Tally) -> str:
    """Return what the circular's file is called."""
    return f"关于{tally.plan.facts.year}年度质量工作考核结果的通报.docx"


def circular(tally: Tally, template: Path, out: Path, profile: Profile) -> tuple[Path | None, tuple[Fault, ...]]:
    """Return the written circular, None when nothing could be written, and what is wrong with it.

    D01, D02, D06 are the template's faults, D03 says that the result is provisional, D04 that a figure of the tally is
    not in the document as it was read back.
    """
    facts = tally.plan.facts
    try:
        reading = render(
            template,
            content(tally, profile),
            out,
            title=file_name(tally)[:-5],
            author=facts.office_title,
            made=tally.made,
            form=profile.form,
        )
    except QtoolError as error:
        return None, error.faults
    faults = [fault("D03", file=out.name)] if tally.provisional else []
    faults += (fault("D04", file=out.name, text=text) for text in missing(tally, reading))
    return out, tuple(faults)


def content(tally: Tally, profile: Profile) -> dict[str, Content]:
    """Return what stands behind each name of the template."""
    plan, facts, made = tally.plan, tally.plan.facts, tally.made
    return {
        **head_names(profile, facts, CIRCULAR, made.date()),
        "标题": shaped(f"关于{facts.year}年度质量工作考核结果的通报"),
        "主送": "、".join(assessee.name for assessee in plan.assessees),
        "部门数": str(len(plan.scoring_departments) - len(tally.missing)),
        "对象数": str(len(plan.assessees)),
        "满分": marks_text(facts.full_marks),
        "暂定": tally.provisional,
        "缺少部门": "、".join(tally.missing),
        "各领域": [{"名称": area.name, "分值": marks_text(area.marks)} for area in plan.areas],
        "有调整": _adjusted(tally),
        "结果": [_row(tally, standing) for standing in tally.ranked],
        "结果说明": findings.results(tally),
        "调整说明": findings.adjustments(tally),
        "主要成效": findings.strengths(tally),
        "存在问题": findings.weaknesses(tally),
    }


def missing(tally: Tally, reading: Reading) -> list[str]:
    """Return what of the tally the document does not say: a mark that it is provisional, a row's figures."""
    lacking = [PROVISIONAL] if tally.provisional and PROVISIONAL not in reading.text else []
    for standing in tally.ranked:
        own = [row for row in reading.rows if standing.assessee in row]
        expected = [("名次", str(standing.rank)), ("总分", marks_text(standing.total)), ("等级", standing.grade)]
        # A template may leave out or add columns, so each row that names the assessee is tried and the nearest counts.
        lost = min((_lost(expected, row) for row in own), key=len, default=expected)
        if lost:
            lacking.append(f"{standing.assessee}：" + "，".join(f"{name}{figure}" for name, figure in lost))
    return lacking


def _lost(expected: list[tuple[str, str]], row: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return the figures that a row lacks; a cell answers for one figure only."""
    cells = list(row)
    lost = []
    for name, figure in expected:
        if figure in cells:
            cells.remove(figure)
        else:
            lost.append((name, figure))
    return lost


def _adjusted(tally: Tally) -> bool:
    return any(standing.adjustment for standing in tally.standings)


def _row(tally: Tally, standing: Standing) -> dict[str, Content]:
    """Return one row of the table of results."""
    areas = (standing.areas.get(area.name) for area in tally.plan.areas)
    return {
        "名次": str(standing.rank),
        "对象": standing.assessee,
        "领域得分": ["—" if points is None else marks_text(points) for points in areas],
        "扣分": marks_text(standing.deductions),
        "调整": marks_text(standing.adjustment),
        "总分": marks_text(standing.total),
        "等级": standing.grade,
    }
