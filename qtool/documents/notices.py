"""The notices at the start of a year (通知): to the departments that score, and to the assessees."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

from qtool.documents.make import Draft, Row
from qtool.documents.sentence import stripped
from qtool.model import DEDUCTING, Plan, marks_text
from qtool.office.word.template import Content
from qtool.official.head import NOTICE, day, head_names, shaped
from qtool.official.profile import Profile
from qtool.workspace import NOTICES

SCORING_TEMPLATE, REPORT_TEMPLATE = "评分通知.docx", "自评通知.docx"
_NO_EVIDENCE = ("", "否", "无")


def notices(plan: Plan, profile: Profile, signed: datetime) -> list[Draft]:
    """Return the notice to the departments and the one to the assessees."""
    return [_scoring(plan, profile, signed), _reports(plan, profile, signed)]


def _shared(plan: Plan, profile: Profile, signed: date, title: str) -> dict[str, Content]:
    facts = plan.facts
    return {
        **head_names(profile, facts, NOTICE, signed),
        "标题": shaped(title),
        "对象数": str(len(plan.assessees)),
        "各对象": "、".join(assessee.short for assessee in plan.assessees),
        "截止日期": day(facts.deadline),
    }


def _scoring(plan: Plan, profile: Profile, signed: datetime) -> Draft:
    facts = plan.facts
    title = f"关于做好{facts.year}年度质量工作考核评分的通知"
    tasks = [_task(plan, department.name, number) for number, department in enumerate(plan.scoring_departments, 1)]
    content: dict[str, Content] = {
        **_shared(plan, profile, signed.date(), title),
        "主送": "、".join(department.name for department in plan.scoring_departments),
        "部门数": str(len(plan.scoring_departments)),
        "内容数": str(len(plan.criteria)),
        "评分表交回": stripped(facts.returns_to),
        "评分任务": list(tasks),
    }
    return Draft(
        path=Path(NOTICES) / f"{title}.docx",
        template=SCORING_TEMPLATE,
        content=content,
        author=facts.office_title,
        made=signed,
        rows=tuple(
            Row(task["部门"], tuple((name, task[name]) for name in ("内容数", "填报项数", "分值", "扣分")))
            for task in tasks
        ),
        phrases=(day(facts.deadline),),
    )


def _task(plan: Plan, department: str, number: int) -> dict[str, str]:
    own = plan.of_department(department)
    worth = sum((criterion.marks for criterion in own if criterion.kind != DEDUCTING), Fraction(0))
    taken = sum((criterion.marks for criterion in own if criterion.kind == DEDUCTING), Fraction(0))
    return {
        "序号": str(number),
        "部门": department,
        "内容数": str(len(own)),
        "填报项数": str(sum(1 for criterion in own for _ in criterion.measures)),
        "分值": marks_text(worth),
        "扣分": marks_text(taken),
    }


def _reports(plan: Plan, profile: Profile, signed: datetime) -> Draft:
    facts = plan.facts
    title = f"关于报送{facts.year}年度质量工作考核自评报告和印证材料的通知"
    rows = []
    for number, department in enumerate(plan.scoring_departments, 1):
        own = plan.of_department(department.name)
        needed = sum(1 for c in own for measure in c.measures if measure.evidence.strip() not in _NO_EVIDENCE)
        rows.append(
            {"序号": str(number), "部门": department.name, "内容数": str(len(own)), "印证数": str(needed)},
        )
    content: dict[str, Content] = {
        **_shared(plan, profile, signed.date(), title),
        "主送": "、".join(assessee.name for assessee in plan.assessees),
        "字数上限": str(facts.report_limit),
        "问题字数下限": str(facts.problems_minimum),
        "印证材料上限": marks_text(facts.evidence_limit_gb),
        "评价部门": list(rows),
    }
    return Draft(
        path=Path(NOTICES) / f"{title}.docx",
        template=REPORT_TEMPLATE,
        content=content,
        author=facts.office_title,
        made=signed,
        rows=tuple(Row(row["部门"], (("考核内容", row["内容数"]), ("填报项", row["印证数"]))) for row in rows),
        phrases=(day(facts.deadline), f"{facts.report_limit}字", f"{marks_text(facts.evidence_limit_gb)}GB"),
    )
