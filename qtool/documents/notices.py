"""The notices at the start of a year (通知): to the departments that score, and to the assessees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path

from qtool.documents.sentence import stripped
from qtool.model import DEDUCTING, Plan, marks_text
from qtool.office.word.template import Content
from qtool.official.draft import Draft, Row
from qtool.official.head import NOTICE, head_names, shaped
from qtool.official.profile import Profile
from qtool.text import day_text
from qtool.workspace import NOTICES

_NO_EVIDENCE = ("", "否", "无")


def notices(plan: Plan, profile: Profile, signed: datetime) -> list[Draft]:
    """Return the notice to the departments and the one to the assessees."""
    return [_scoring(plan, profile, signed), _reports(plan, profile, signed)]


def _draft(
    plan: Plan,
    profile: Profile,
    signed: datetime,
    title: str,
    template: str,
    content: Mapping[str, Content],
    rows: Iterable[Row],
) -> Draft:
    """Return a notice, with what both say."""
    facts, deadline = plan.facts, day_text(plan.facts.deadline)
    shared: dict[str, Content] = {
        **head_names(profile, facts, NOTICE, signed),
        "标题": shaped(title),
        "对象数": str(len(plan.assessees)),
        "各对象": "、".join(assessee.short for assessee in plan.assessees),
        "截止日期": deadline,
    }
    return Draft(
        path=Path(NOTICES) / f"{title}.docx",
        template=template,
        content=shared | dict(content),
        author=facts.office_title,
        made=signed,
        rows=tuple(rows),
        phrases=(deadline,),
    )


def _scoring(plan: Plan, profile: Profile, signed: datetime) -> Draft:
    title = f"关于做好{plan.facts.year}年度质量工作考核评分的通知"
    tasks = [_task(plan, department.name, number) for number, department in enumerate(plan.scoring_departments, 1)]
    content: dict[str, Content] = {
        "主送": "、".join(department.name for department in plan.scoring_departments),
        "部门数": str(len(plan.scoring_departments)),
        "内容数": str(len(plan.criteria)),
        "评分表交回": stripped(plan.facts.returns_to),
        "评分任务": list(tasks),
    }
    names = ("内容数", "填报项数", "分值", "扣分")
    rows = (Row(task["部门"], tuple((name, task[name]) for name in names)) for task in tasks)
    return _draft(plan, profile, signed, title, "评分通知.docx", content, rows)


def _task(plan: Plan, department: str, number: int) -> dict[str, str]:
    own = plan.of_department(department)
    marks = {deducting: Fraction(0) for deducting in (False, True)}
    for criterion in own:
        marks[criterion.kind == DEDUCTING] += criterion.marks
    return {
        "序号": str(number),
        "部门": department,
        "内容数": str(len(own)),
        "填报项数": str(sum(1 for criterion in own for _ in criterion.measures)),
        "分值": marks_text(marks[False]),
        "扣分": marks_text(marks[True]),
    }


def _reports(plan: Plan, profile: Profile, signed: datetime) -> Draft:
    facts = plan.facts
    title = f"关于报送{facts.year}年度质量工作考核自评报告和印证材料的通知"
    departments = []
    for number, department in enumerate(plan.scoring_departments, 1):
        own = plan.of_department(department.name)
        needed = sum(measure.evidence.strip() not in _NO_EVIDENCE for c in own for measure in c.measures)
        counts = {"内容数": str(len(own)), "印证数": str(needed)}
        departments.append({"序号": str(number), "部门": department.name, **counts})
    limit = marks_text(facts.evidence_limit_gb)
    content: dict[str, Content] = {
        "主送": "、".join(assessee.name for assessee in plan.assessees),
        "字数上限": str(facts.report_limit),
        "问题字数下限": str(facts.problems_minimum),
        "印证材料上限": limit,
        "评价部门": list(departments),
    }
    rows = (Row(one["部门"], (("考核内容", one["内容数"]), ("填报项", one["印证数"]))) for one in departments)
    draft = _draft(plan, profile, signed, title, "自评通知.docx", content, rows)
    return replace(draft, phrases=(*draft.phrases, f"{facts.report_limit}字", f"{limit}GB"))
