"""What each assessee is given: the report template, the list of evidence, and the folders for it, empty and packed."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path

from qtool.faults import Fault, QtoolError
from qtool.model import Assessee, Plan, marks_text
from qtool.office.word.page_form import NATIONAL, PageForm
from qtool.office.word.template import Content, render
from qtool.official.head import shaped
from qtool.progress import Event, Report
from qtool.reports import evidence as folders
from qtool.reports import material_list
from qtool.resources import chosen_template
from qtool.text import day_text
from qtool.workspace import writing

TEMPLATE = "自评报告.docx"
HINT = "【填写提示】"
"""Begins every paragraph of guidance, which the author deletes."""
HINT_STYLE = "填写提示"


def file_name(assessee: Assessee) -> str:
    """Return what the file for an assessee is called."""
    return f"自评报告模板-{assessee.short}.docx"


def report_template(
    plan: Plan, assessee: Assessee, template: Path, out: Path, form: PageForm = NATIONAL
) -> tuple[Path | None, tuple[Fault, ...]]:
    """Return the written report template of an assessee, None when nothing was written, and the template's faults.

    It is dated by the plan's deadline, so that the same plan gives the same file.
    """
    facts = plan.facts
    title = f"{assessee.name}{facts.year}年度质量工作考核自评报告"
    made = datetime.combine(facts.deadline, time(), UTC)
    try:
        names = content(plan, assessee)
        render(template, names, out, title=title, author=facts.office_title, made=made, form=form)
    except QtoolError as error:
        return None, error.faults
    return out, ()


def content(plan: Plan, assessee: Assessee) -> dict[str, Content]:
    """Return what stands behind each name of the template."""
    facts = plan.facts
    key_points: dict[str, dict[str, None]] = {area.name: {} for area in plan.areas}
    for criterion in plan.criteria:
        key_points[criterion.area][criterion.key_point] = None
    return {
        "年度": str(facts.year),
        "市名": facts.city,
        "方案名称": facts.name,
        "组织单位": facts.office,
        "组织单位全称": facts.office_title,
        "考核对象": assessee.name,
        "标题": shaped(f"{assessee.name}{facts.year}年度质量工作考核自评报告", (assessee.name,)),
        "简称": assessee.short,
        "字数上限": str(facts.report_limit),
        "问题字数下限": str(facts.problems_minimum),
        "截止日期": day_text(facts.deadline),
        "领域数": str(len(plan.areas)),
        "领域": "、".join(area.name for area in plan.areas),
        "各领域": [
            {"名称": area.name, "分值": marks_text(area.marks), "要点": "、".join(key_points[area.name])}
            for area in plan.areas
        ],
    }


def make_material(
    plan: Plan, templates_dir: Path | None, out_dir: Path, report: Report, form: PageForm = NATIONAL
) -> tuple[list[Path], list[Fault]]:
    """Return the files written for every assessee, in the plan's order, and every fault once."""
    source = chosen_template(TEMPLATE, templates_dir)
    longest = max((len(assessee.short) for assessee in plan.assessees), default=0)
    tree = folders.tree(plan, folders.LONGEST_PATH - longest - len(str(out_dir.absolute())))
    paths: list[Path] = []
    faults: dict[Fault, None] = {}
    for done, assessee in enumerate(plan.assessees):
        report(Event(done, len(plan.assessees), assessee.short))
        own = out_dir / assessee.short
        with writing(own):
            own.mkdir(parents=True, exist_ok=True)
        path, template_faults = report_template(plan, assessee, source, own / file_name(assessee), form)
        paths += [path] if path else []
        paths.append(material_list.write_list(own / material_list.file_name(assessee), plan, assessee, tree))
        paths.append(folders.zip_tree(own / f"{folders.EVIDENCE}-{assessee.short}.zip", tree))
        faults |= dict.fromkeys([*template_faults, *folders.make_tree(own, tree)])
    report(Event(len(plan.assessees), len(plan.assessees), ""))
    return paths, list(faults)
