"""The letter to each assessee: what came in, what is good, what must be mended until when, what is to be looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from pathlib import Path

from qtool.faults import Fault
from qtool.model import Plan
from qtool.office.word.template import Content
from qtool.official.draft import Draft
from qtool.official.head import LETTER, head_names
from qtool.official.profile import Profile
from qtool.reports.evidence_check import size_text
from qtool.reports.review import OF_REPORT, Material
from qtool.text import day_text, numbered
from qtool.workspace import MATERIAL_CHECK

_NONE = "无。"
_MOST = 30
"""Findings that a letter lists; all of them stand in the workbook."""
_GOOD: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"R12", "R13", "R14"}), "自评报告各部分齐全，标题和次序与模板一致。"),
    (frozenset({"R08", "R09", "R10", "R11"}), "封面的名称、年度、日期齐全。"),
    (frozenset({"R15"}), "填写提示已经全部删去。"),
    (frozenset({"R18", "R19", "R20"}), "正文和标题的字体、字号、行距符合公文格式。"),
)
"""What may be said of a report that has none of some faults."""


def letter(plan: Plan, material: Material, profile: Profile, made: datetime, until: date) -> Draft:
    """Return the letter to an assessee, made at a time; what is wrong is to be mended until a day."""
    words = material.report.words if material.report else None
    return Draft(
        path=Path(MATERIAL_CHECK) / f"自评材料检查函-{material.assessee.short}.docx",
        template="自评材料检查函.docx",
        content=content(plan, material, made.date(), until, profile),
        author=plan.facts.office_title,
        made=made,
        phrases=(material.assessee.name, *([f"{words}字"] if words else [])),
    )


def content(plan: Plan, material: Material, made: date, until: date, profile: Profile) -> dict[str, Content]:
    """Return what stands behind each name of the template."""
    facts = plan.facts
    head: dict[str, Content] = {**head_names(profile, facts, LETTER, made)}
    return head | {
        "考核对象": material.assessee.name,
        "简称": material.assessee.short,
        "截止日期": day_text(facts.deadline),
        "改正期限": day_text(until),
        "报送情况": list(_handed_in(material)),
        "符合要求": list(_good(plan, material)) or [_NONE],
        "需要改正": numbered([*_missing(material), *_sentences(material.errors)]) or [_NONE],
        "请予核对": numbered(_sentences(material.warnings)) or [_NONE],
        "改正要求": _demand(material, until),
    }


def _handed_in(material: Material) -> Iterator[str]:
    report, evidence = material.report, material.evidence
    if report is None:
        yield "自评报告：没有收到可以检查的 Word 版。"
    else:
        when = f"，{day_text(material.received.date())}收到" if material.received else ""
        length = "" if report.words is None else f"，全文{report.words}字"
        problems = "" if report.problems is None else f"，其中“存在问题”部分{report.problems}字"
        yield f"自评报告：《{_title(report.file)}》{when}{length}{problems}。"
    if not evidence.files:
        yield "印证材料：没有收到。"
        return
    explained = f"，清单写明没有开展的{len(evidence.explained)}项" if evidence.explained else ""
    yield (
        f"印证材料：{evidence.files}个文件，共{size_text(evidence.size)}。需要印证材料的考核内容{evidence.wanted}项，"
        f"已有{evidence.covered}项{explained}。"
    )


def _title(file: str) -> str:
    """Return what a report's file is called, without folders and ending."""
    name = file.rpartition("/")[2]
    return name.rpartition(".")[0] or name


def _good(plan: Plan, material: Material) -> Iterator[str]:
    """Yield what is as it should be; nothing is said of what was not looked at."""
    facts, codes, report, evidence = plan.facts, material.codes, material.report, material.evidence
    if (report is not None or evidence.files) and not material.late:
        yield "在截止日期前报送。"
    if report is not None and report.words:
        yield from (sentence for faults, sentence in _GOOD if not codes & faults)
        if "R16" not in codes:
            yield f"全文{report.words}字，没有超过{facts.report_limit}字。"
        if report.problems is not None and "R17" not in codes and report.problems >= facts.problems_minimum:
            yield f"“存在问题”部分{report.problems}字，达到{facts.problems_minimum}字的要求。"
    if evidence.files:
        if not evidence.missing:
            yield f"需要印证材料的{evidence.wanted}项考核内容都有材料或说明。"
        if not codes & {"R30", "R32", "R34"}:
            yield "文件完好，没有空文件和打不开的文件。"
        if "R27" not in codes:
            yield f"印证材料共{size_text(evidence.size)}，没有超过上限。"


def _missing(material: Material) -> Iterator[str]:
    """Yield the criteria without evidence, in one paragraph for each department."""
    for department, criteria in groupby(material.evidence.missing, key=lambda one: one.department):
        names = "；".join(f"{one.code} {one.title.rstrip('。；;')}" for one in criteria)
        yield f"{department}的下列考核内容没有印证材料，请补交，没有这项工作的请书面说明：{names}。"


def _sentences(faults: Sequence[Fault]) -> Iterator[str]:
    """Yield what is wrong, in a sentence each; missing evidence is told by department instead."""
    others = [one for one in faults if one.code != "R28"]
    for one in others[:_MOST]:
        place = "自评报告" if one.code in OF_REPORT else one.place
        yield f"{place}：{one.message}。{one.remedy}。".removeprefix("：").replace("。。", "。").replace("？。", "？")
    if len(others) > _MOST:
        yield f"同类问题还有{len(others) - _MOST}处，见所附问题清单。"


def _demand(material: Material, until: date) -> str:
    if material.errors:
        return f"请于{day_text(until)}前改正，把改好的材料重新报送。"
    if material.warnings:
        return "以上请予核对，确实如此的不用重新报送。"
    return "材料符合要求，不用重新报送。"
