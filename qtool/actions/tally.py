"""The end of a year: the tally, and its approval, guarded against what would change it unnoticed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path

from qtool.actions.action import Listing, Outcome, Request
from qtool.faults import QtoolError, fault
from qtool.model import marks_text
from qtool.outcome import Tally
from qtool.state.campaign_state import CampaignState
from qtool.tally.adjust import write_adjustments_template
from qtool.tally.record import APPROVED, REVISED, Approval, Record, changes, fingerprint
from qtool.tally.workbook import write_tally
from qtool.workspace import ADJUSTMENTS, RECORDS, TALLY, TALLY_WORKBOOK, sha256, write_bytes, write_file

_LISTED = 10
"""How many changes a fault lists."""


def tally(request: Request) -> Outcome:
    """Tally what was accepted; a run without changes writes nothing, and an approved result changes only on purpose."""
    note, revise = _approval_asked(request)
    against, state = request.options.get("against"), request.state
    with state.locked() as campaign:
        plan, adjustments = state.sound_plan(), campaign.folder(TALLY) / ADJUSTMENTS
        if not adjustments.exists() and state.accepted.returns:
            write_adjustments_template(adjustments, plan)
        result, now = state.tally, state.tally_record
        outcome = Outcome(faults=state.tally_faults)
        previous = state.record_named(against) if against else state.sound_record()
        if note:
            outcome.sentences.append(_approve(state, note))
            before = state.record_named(state.records[-2].stem) if len(state.records) > 1 else None
            outcome.files = [_write_workbook(state, as_recorded(state), before)]
        else:
            outcome.sentences += _guard(state, revise)
            if request.force or against or not state.tally_is_current or state.workbook is None:
                outcome.files = _keep_result(state, previous)
            else:
                outcome.sentences.append("与上一次汇总相比没有变化，没有重写")
        approval = state.approval_of(now)
    _say(outcome, result, approval)
    differences = changes(previous, now) if previous is not None else []
    if differences:
        rows = [(change.what, change.assessee, change.before, change.after) for change in differences]
        outcome.tables.append(Listing("与以前相比的变化", ("内容", "考核对象", "原来", "现在"), rows))
    texts = [str(change) for change in differences]
    outcome.data = {**now, "changes": texts, "approved": str(approval) if approval else None}
    return outcome


def _approval_asked(request: Request) -> tuple[str | None, str | None]:
    """Return the note of an approval and the reason of a revision, None for what was not asked for."""
    approve, revise = (request.options.get(name) for name in ("approve", "revise"))
    if sum(request.options.get(name) is not None for name in ("approve", "revise", "against")) > 1:
        raise QtoolError(fault("T10"))
    for text, what in ((approve, "批准的说明（批准文号、批准人）"), (revise, "修订的理由")):
        if text is not None and not text.strip():
            raise QtoolError(fault("T09", what=what))
    return approve and approve.strip(), revise and revise.strip()


def _keep_result(state: CampaignState, previous: Record | None) -> list[Path]:
    """Write workbook and record of the tally; return the files."""
    result, record = state.tally, state.tally_record
    workbook = _write_workbook(state, result, previous)
    path = _write_record(state, record)
    state.campaign.journal(
        "汇总", file=workbook.name, sha256=sha256(workbook), record=path.name, missing=list(result.missing)
    )
    return [workbook, path]


def _write_workbook(state: CampaignState, result: Tally, previous: Record | None) -> Path:
    approval = str(state.approval_of(state.tally_record) or "")
    path = state.campaign.folder(TALLY) / TALLY_WORKBOOK
    return write_file(path, lambda temporary: write_tally(temporary, result, previous, approval))


def _write_record(state: CampaignState, record: Record) -> Path:
    """Return the file of a tally's record: the last one where that says the same, otherwise a new one."""
    records = state.records
    if state.tally_is_current:
        return records[-1]
    number = int(records[-1].stem.rpartition("-")[2]) + 1 if records else 1
    path = state.root / TALLY / RECORDS / f"汇总-{number:04d}.json"
    return write_bytes(path, json.dumps(record, ensure_ascii=False, indent=1).encode())


def as_recorded(state: CampaignState) -> Tally:
    """Return the tally with the time of the last record where that says the same, so that it is not newer than it."""
    if state.record is not None and state.tally_is_current:
        return replace(state.tally, made=datetime.fromisoformat(state.record["made"]))
    return state.tally


def _say(outcome: Outcome, result: Tally, approval: Approval | None) -> None:
    provisional = "（暂定）" if result.provisional else ""
    heads = ("名次", "考核对象", "总分", "等级", "各项得分", "事件扣分", "人工调整")
    rows = [
        (
            str(standing.rank),
            standing.assessee,
            marks_text(standing.total),
            standing.grade,
            marks_text(sum(standing.areas.values(), Fraction(0))),
            marks_text(standing.deductions),
            marks_text(standing.adjustment),
        )
        for standing in result.ranked
    ]
    outcome.tables.append(Listing(f"考核结果{provisional}", heads, rows))
    outcome.sentences.append(
        f"已汇总{len(result.plan.scoring_departments) - len(result.missing)}个部门的评分{provisional}"
    )
    if approval:
        outcome.sentences.append(f"这一结果已经批准：{approval}")
        outcome.next = "下一步：qtool documents 生成通报和反馈函"
    elif result.missing:
        outcome.next = f"还缺{'、'.join(result.missing)}，收齐后请再汇总一次"
    else:
        outcome.sentences.append("这一结果还没有批准")
        outcome.next = "下一步：qtool documents 生成请示；批准以后，执行 qtool tally --approve 批准文号和批准人"


def _guard(state: CampaignState, revise: str | None) -> list[str]:
    """Return what a revision did, in sentences; raises QtoolError when an approved result would change without one.

    What is differs with the tally is told with it: it may say why the result is another one.
    """
    approval, now = state.standing_approval, state.tally_record
    if approval is None:
        return ["没有批准过的结果，按平常汇总"] if revise else []
    if approval.is_of(now):
        return ["结果与批准的一样，没有修订"] if revise else []
    if revise:
        state.campaign.journal(REVISED, reason=revise, record=approval.record, fingerprint=approval.fingerprint)
        return [f"已修订批准的结果，理由：{revise}。原来的批准不再有效，请重新批准"]
    differences = _changes(state, approval)
    listed = "；".join(differences[:_LISTED]) + ("；等等" if len(differences) > _LISTED else "")
    differs = fault("T07", approval=str(approval), count=len(differences), changes=listed)
    raise QtoolError(differs, *state.tally_faults)


def _changes(state: CampaignState, approval: Approval) -> list[str]:
    """Return what differs from the approved result, in sentences."""
    if approval.record not in [path.stem for path in state.records]:
        return [f"批准时的汇总记录{approval.record}不见了，无法逐项比较"]
    differences = changes(state.record_named(approval.record), state.tally_record)
    return [str(change) for change in differences] or ["汇总所依据的文件或方案"]


def _approve(state: CampaignState, note: str) -> str:
    """Return what was done: this result's approval in the journal; raises QtoolError for what cannot be approved.

    Only what was tallied and so could be looked at is approved (T08), and nothing provisional (T06).
    """
    result, now = state.tally, state.tally_record
    if result.provisional:
        raise QtoolError(fault("T06", names="、".join(result.missing)))
    if not state.records:
        raise QtoolError(fault("T08", problem="还没有汇总过"))
    if not state.tally_is_current:
        raise QtoolError(fault("T08", problem="最近一次汇总以后，评分或调整又有变化"))
    if state.approval_of(now):
        return "这一结果已经批准过，没有重复登记"
    state.campaign.journal(APPROVED, note=note, record=state.records[-1].stem, fingerprint=fingerprint(now))
    return f"已登记批准：{note}"
