"""What each assessee is given: the report template, the list of evidence, and the folders for it, empty and packed."""

from __future__ import annotations

from pathlib import Path

from qtool.faults import Fault
from qtool.model import Plan
from qtool.office.word_form import NATIONAL, PageForm
from qtool.progress import Event, Report
from qtool.reports import folders, material_list, template
from qtool.resources import chosen_template
from qtool.workspace import writing

FOLDER = "自评材料"
"""The folder below 6-公文 in which each assessee has one of its own."""


def make_material(
    plan: Plan, templates_dir: Path | None, out_dir: Path, report: Report, form: PageForm = NATIONAL
) -> tuple[list[Path], list[Fault]]:
    """Return the files written for every assessee, in the plan's order, and every fault once."""
    source = chosen_template(template.TEMPLATE, templates_dir)
    room = (
        folders.LONGEST_PATH - max((len(one.short) for one in plan.assessees), default=0) - len(str(out_dir.absolute()))
    )
    tree = folders.tree(plan, room)
    paths: list[Path] = []
    faults: dict[Fault, None] = {}
    for done, assessee in enumerate(plan.assessees):
        report(Event(done, len(plan.assessees), assessee.short))
        own = out_dir / assessee.short
        with writing(own):
            own.mkdir(parents=True, exist_ok=True)
        path, found = template.report_template(plan, assessee, source, own / template.file_name(assessee), form)
        paths += [path] if path else []
        paths.append(material_list.write_list(own / material_list.file_name(assessee), plan, assessee, tree))
        paths.append(folders.zip_tree(own / f"{folders.EVIDENCE}-{assessee.short}.zip", tree))
        faults |= dict.fromkeys([*found, *folders.make_tree(own, tree)])
    report(Event(len(plan.assessees), len(plan.assessees), ""))
    return paths, list(faults)
