"""Scoring sheets out: made from the plan, with the answers that departments have given already where that is asked."""

from __future__ import annotations

from collections.abc import Sequence

from qtool.actions.action import Listing, Outcome, Request
from qtool.faults import QtoolError, fault
from qtool.sheets.make import Answers, make_sheets
from qtool.state.board import version_text
from qtool.state.campaign_state import CampaignState
from qtool.tally.adjust import write_adjustments_template
from qtool.text import near
from qtool.workspace import ADJUSTMENTS, INBOX, SHEETS, TALLY


def sheets(request: Request) -> Outcome:
    """Make the scoring workbooks that are not up to date."""
    state, outcome = request.state, Outcome()
    with state.locked() as campaign:
        plan = state.sound_plan()
        names = _names(state.departments, request.options.get("only"))
        kept = _carried(state, outcome) if request.options.get("keep_answers") else None
        issued = {name: state.sheet(name) for name in names}
        made = make_sheets(
            campaign, plan, issued, force=request.force, kept=kept, report=request.report, workers=request.workers
        )
        adjustments = campaign.folder(TALLY) / ADJUSTMENTS
        if not adjustments.exists():
            write_adjustments_template(adjustments, plan)
    outcome.files = made.files
    outcome.sentences.append(f"生成{len(made.files)}份评分表，{len(made.current)}份已是最新，没有改动")
    rows = [
        (
            name,
            str(len(plan.of_department(name))),
            version_text(state.issued[name]["version"]),
            "新" if name in made.versions else "未改动",
        )
        for name in names
    ]
    outcome.tables.append(Listing("评分表", ("评价部门", "考核内容（项）", "版本", "这一次"), rows))
    outcome.data = {"made": made.versions, "current": made.current}
    outcome.next = f"评分表在“{SHEETS}”，请发给各部门；交回后放进“{INBOX}”，执行 qtool collect"
    return outcome


def _names(names: list[str], only: str | None) -> Sequence[str]:
    """Return the departments that get a sheet; raises QtoolError for a name that there is not."""
    if not only:
        return names
    if only not in names:
        raise QtoolError(fault("C12", name=only, hint=near(only, names) or f"可以写的有：{'、'.join(names)}"))
    return (only,)


def _carried(state: CampaignState, outcome: Outcome) -> dict[str, Answers]:
    """Return the answers that every department has given already."""
    carried = state.carried()
    for department, kept in carried.items():
        text = f"{department}：带上{len(kept.answers)}个答案"
        outcome.sentences.append(text + (f"，{kept.dropped}个因方案改动没有带上" if kept.dropped else ""))
    return {department: Answers(kept.answers, kept.reasons) for department, kept in carried.items()}
