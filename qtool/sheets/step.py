"""The step from the plan to the folder of scoring workbooks: what is up to date stays, the rest is made anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from qtool.identity import Identity
from qtool.layout import Layout
from qtool.model import Key, Plan, Value
from qtool.progress import Event, Report, silent
from qtool.sheets.make import write_workbook
from qtool.workspace import SHEETS, Campaign, sha256, write_file

_ENTRY = "生成评分表"


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers and reasons that a new version of a sheet begins with."""

    values: Mapping[Key, Value]
    reasons: Mapping[Key, str]


@dataclass
class Made:
    """What a run made, and what was up to date already."""

    files: list[Path] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    current: list[str] = field(default_factory=list)


def sheet_name(department: str) -> str:
    """Return the file name of a department's scoring workbook."""
    return f"评分表-{department}.xlsx"


def issued(campaign: Campaign) -> dict[str, dict[str, Any]]:
    """Return the last journal entry of every department's sheet."""
    return {entry["department"]: entry for entry in campaign.history() if entry.get("what") == _ENTRY}


def make_sheets(
    campaign: Campaign,
    plan: Plan,
    *,
    force: bool = False,
    only: Sequence[str] = (),
    kept: Mapping[str, Answers] | None = None,
    report: Report = silent,
) -> Made:
    """Make the workbook of every scoring department that lacks a current one; return what was done.

    A sheet is current when its file is the one last made, of this plan. `force` and `kept` answers make a new version.
    Raises QtoolError when a file cannot be written; the others stay as they are.
    """
    folder, known = campaign.folder(SHEETS), issued(campaign)
    names = [d.name for d in plan.scoring_departments if not only or d.name in only]
    made = Made()
    for done, name in enumerate(names, 1):
        path, last = folder / sheet_name(name), known.get(name)
        answers = (kept or {}).get(name)
        same_plan = last is not None and last.get("plan") == plan.sheet_print(name)
        if last and same_plan and not force and answers is None:
            if path.exists() and sha256(path) == last.get("sha256"):
                made.current.append(name)
                report(Event(done, len(names), name))
                continue
            version = int(last["version"])
        else:
            version = int(last["version"]) + 1 if last else 1
        _make(campaign, Layout(plan, name), version, path, answers)
        made.files.append(path)
        made.versions[name] = version
        report(Event(done, len(names), name))
    return made


def _make(campaign: Campaign, layout: Layout, version: int, path: Path, answers: Answers | None) -> None:
    settings, plan = campaign.settings, layout.plan
    scored = plan.scoring_print(layout.department)
    identity = Identity(settings.campaign, scored, layout.department, version, plan.facts.year)
    values, reasons = (answers.values, answers.reasons) if answers else ({}, {})
    now = datetime.now().astimezone().replace(microsecond=0, tzinfo=None)
    write_file(path, lambda temporary: write_workbook(temporary, layout, identity, settings.key, now, values, reasons))
    details = {"department": layout.department, "version": version, "plan": plan.sheet_print(layout.department)}
    campaign.journal(_ENTRY, **details, file=path.name, sha256=sha256(path), answers=len(values))
