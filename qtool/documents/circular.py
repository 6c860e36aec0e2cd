"""The circular of the results (通报): results, what was done well, what was not, what to do, and two tables."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from qtool.documents import findings
from qtool.documents.results import PROVISIONAL, key_point_rows, key_point_tables, result_content, result_rows
from qtool.official.draft import Draft
from qtool.official.head import CIRCULAR
from qtool.official.profile import Profile
from qtool.outcome import Tally


def circular(tally: Tally, profile: Profile, signed: date) -> Draft:
    """Return the circular, dated by the day on which the result was approved."""
    facts = tally.plan.facts
    title = f"关于{facts.year}年度质量工作考核结果的通报"
    sections = {
        "结果说明": findings.results(tally),
        "调整说明": findings.adjustments(tally),
        "主要成效": findings.strengths(tally),
        "存在问题": findings.weaknesses(tally),
        "工作要求": findings.requirements(tally),
    }
    content = result_content(tally, profile, CIRCULAR, signed, title, sections)
    content["主送"] = "、".join(assessee.name for assessee in tally.plan.assessees)
    content["领域要点"] = key_point_tables(tally)
    return Draft(
        path=Path(f"{title}.docx"),
        template="通报.docx",
        content=content,
        author=facts.office_title,
        made=tally.made,
        sections=sections,
        rows=(*result_rows(tally), *key_point_rows(tally)),
        phrases=(PROVISIONAL,) if tally.provisional else (),
    )
