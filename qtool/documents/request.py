"""The request to the city government (请示) to approve the results: how they came about, and what is proposed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from qtool.documents import findings
from qtool.documents.results import PROVISIONAL, result_content, result_rows
from qtool.official.draft import Draft
from qtool.official.head import REQUEST
from qtool.official.profile import Profile
from qtool.outcome import Tally
from qtool.text import day_text

BLANK = "　　　"
"""Room for a name that is written in by hand."""


def request(tally: Tally, profile: Profile, signed: date) -> Draft:
    """Return the request, dated by the day of the tally; a provisional result says so."""
    plan, facts = tally.plan, tally.plan.facts
    title = f"关于{facts.year}年度质量工作考核结果建议的请示"
    sections = {
        "评分情况": findings.scoring(tally),
        "等级标准": findings.grade_rules(tally),
        "调整说明": findings.adjustments(tally, opening="人工调整："),
        "结果说明": findings.results(tally),
        "名次说明": findings.ranking(tally),
        "扣分说明": findings.deductions(tally),
        "调整注": findings.adjustments(tally),
    }
    content = result_content(tally, profile, REQUEST, signed, title, sections) | {
        "主送": f"{facts.city}人民政府",
        "各对象": "、".join(assessee.short for assessee in plan.assessees),
        "截止日期": day_text(facts.deadline),
        "联系人": BLANK,
        "联系电话": BLANK,
    }
    return Draft(
        path=Path(f"{title}.docx"),
        template="请示.docx",
        content=content,
        author=facts.office_title,
        made=tally.made,
        sections=sections,
        rows=result_rows(tally),
        phrases=(PROVISIONAL,) if tally.provisional else (),
    )
