"""The documents of a campaign made together; a template of the campaign's own wins over the shipped one."""

from __future__ import annotations

from pathlib import Path

from qtool.documents import circular, self_report
from qtool.faults import Fault
from qtool.model import Plan
from qtool.official.profile import Profile
from qtool.outcome import Tally
from qtool.progress import Event, Report
from qtool.resources import template

TEMPLATES = "模板"
"""The folder of a campaign that holds its own templates."""


def make_documents(
    tally: Tally, templates_dir: Path | None, out_dir: Path, report: Report, profile: Profile
) -> tuple[list[Path], list[Fault]]:
    """Return the documents written from a tally, and every fault; a broken template stops only its own document."""
    name = circular.file_name(tally)
    report(Event(0, 1, name))
    path, faults = circular.circular(tally, chosen(circular.TEMPLATE, templates_dir), out_dir / name, profile)
    report(Event(1, 1, name))
    return [path] if path else [], list(faults)


def make_report_templates(
    plan: Plan, templates_dir: Path | None, out_dir: Path, report: Report
) -> tuple[list[Path], list[Fault]]:
    """Return a report template for each assessee, in the plan's order, and every fault once."""
    source = chosen(self_report.TEMPLATE, templates_dir)
    paths: list[Path] = []
    faults: dict[Fault, None] = {}
    for done, assessee in enumerate(plan.assessees):
        name = self_report.file_name(assessee)
        report(Event(done, len(plan.assessees), name))
        path, found = self_report.report_template(plan, assessee, source, out_dir / name)
        paths += [path] if path else []
        faults |= dict.fromkeys(found)
    report(Event(len(plan.assessees), len(plan.assessees), ""))
    return paths, list(faults)


def chosen(name: str, templates_dir: Path | None) -> Path:
    """Return the template to use; raises QtoolError when the program's own is missing."""
    own = templates_dir / name if templates_dir else None
    return own if own and own.is_file() else template(f"docx/{name}")
