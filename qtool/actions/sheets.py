"""Scoring sheets out: made from the plan, with the answers that departments have given already where that is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qtool.actions.action import Listing, Outcome, Request
from qtool.actions.campaign import sound_plan
from qtool.collect.expected import Expected
from qtool.collect.intake import files_in
from qtool.collect.read import read_carried
from qtool.faults import QtoolError, fault
from qtool.model import Plan
from qtool.sheets.make import Answers, issued, make_sheets
from qtool.tally.adjust import write_adjustments_template
from qtool.text import near
from qtool.workspace import ACCEPTED, INBOX, SHEETS, TALLY, Campaign, locked, open_campaign

ADJUSTMENTS = "人工调整.xlsx"


def sheets(request: Request) -> Outcome:
    """Make the scoring workbooks that are not up to date."""
    campaign = open_campaign(request.root)
    outcome = Outcome()
    with locked(campaign):
        plan = sound_plan(campaign)[0].plan
        only = _only(plan, request.options.get("only"))
        kept: Mapping[str, Answers] | None = None
        if request.options.get("keep_answers"):
            kept = _carried(campaign, plan, outcome)
        made = make_sheets(
            campaign, plan, force=request.force, only=only, kept=kept, report=request.report, workers=request.workers
        )
        adjustments = campaign.folder(TALLY) / ADJUSTMENTS
        if not adjustments.exists():
            write_adjustments_template(adjustments, plan)
    outcome.files = made.files
    outcome.sentences.append(f"生成{len(made.files)}份评分表，{len(made.current)}份已是最新，没有改动")
    known = issued(campaign)
    rows = [
        (
            name,
            str(len(plan.of_department(name))),
            version_text(known[name]),
            "新" if name in made.versions else "未改动",
        )
        for name in only or [d.name for d in plan.scoring_departments]
    ]
    outcome.tables.append(Listing("评分表", ("评价部门", "考核内容（项）", "版本", "这一次"), rows))
    outcome.data = {"made": made.versions, "current": made.current}
    outcome.next = f"评分表在“{SHEETS}”，请发给各部门；交回后放进“{INBOX}”，执行 qtool collect"
    return outcome


def version_text(entry: Mapping[str, Any] | None) -> str:
    """Return the version of a sheet as its journal entry tells it."""
    return f"第{entry['version']}版" if entry else "—"


def _only(plan: Plan, name: str | None) -> tuple[str, ...]:
    if not name:
        return ()
    names = [department.name for department in plan.scoring_departments]
    if name not in names:
        raise QtoolError(fault("C12", name=name, hint=near(name, names) or f"可以写的有：{'、'.join(names)}"))
    return (name,)


def _carried(campaign: Campaign, plan: Plan, outcome: Outcome) -> dict[str, Answers]:
    """Return the answers of the newest genuine file of every department: accepted ones before those in the inbox."""
    expected = Expected(plan, campaign.settings.campaign, campaign.settings.key)
    files = [
        path
        for folder in (INBOX, ACCEPTED)
        for path in sorted(files_in(campaign.folder(folder)), key=lambda path: path.stat().st_mtime)
    ]
    found = {}
    for path in files:
        carried = read_carried(path, expected)
        if carried:
            department, kept = carried
            found[department] = kept
    for department, kept in found.items():
        text = f"{department}：带上{len(kept.answers)}个答案"
        outcome.sentences.append(text + (f"，{kept.dropped}个因方案改动没有带上" if kept.dropped else ""))
    return {department: Answers(kept.answers, kept.reasons) for department, kept in found.items()}
