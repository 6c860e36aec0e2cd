"""The approval of a result: entered into the journal, and guarded against what would change it unnoticed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qtool.actions.spec import Request
from qtool.faults import Fault, QtoolError, fault
from qtool.outcome import Tally
from qtool.tally.approval import APPROVED, REVISED, Approval, fingerprint, standing_approval
from qtool.tally.record import changes, read_record
from qtool.workspace import Campaign

_SHOWN = 10
"""How many changes a fault lists."""


def approval_asked(request: Request) -> tuple[str | None, str | None]:
    """Return the note of an approval and the reason of a revision, None for what was not asked for."""
    approve, revise = (request.options.get(name) for name in ("approve", "revise"))
    if sum(request.options.get(name) is not None for name in ("approve", "revise", "against")) > 1:
        raise QtoolError(fault("T10"))
    for text, what in ((approve, "批准的说明（批准文号、批准人）"), (revise, "修订的理由")):
        if text is not None and not text.strip():
            raise QtoolError(fault("T09", what=what))
    return approve and approve.strip(), revise and revise.strip()


def current_approval(campaign: Campaign, now: dict[str, Any]) -> Approval | None:
    """Return the approval of this very result, None where it is not approved or another one was."""
    approval = standing_approval(campaign.history())
    return approval if approval and approval.fingerprint == fingerprint(now) else None


def guard(
    campaign: Campaign, records: Sequence[Path], now: dict[str, Any], revise: str | None, faults: Sequence[Fault]
) -> list[str]:
    """Return what a revision did, in sentences; raises QtoolError when an approved result would change without one.

    `faults` are told with it: they may say why the result is another one.
    """
    approval = standing_approval(campaign.history())
    if approval is None:
        return ["没有批准过的结果，按平常汇总"] if revise else []
    if approval.fingerprint == fingerprint(now):
        return ["结果与批准的一样，没有修订"] if revise else []
    if revise:
        campaign.journal(REVISED, reason=revise, record=approval.record, fingerprint=approval.fingerprint)
        return [f"已修订批准的结果，理由：{revise}。原来的批准不再有效，请重新批准"]
    found = _changes(records, approval, now)
    listed = "；".join(found[:_SHOWN]) + ("；等等" if len(found) > _SHOWN else "")
    raise QtoolError(fault("T07", approval=str(approval), count=len(found), changes=listed), *faults)


def _changes(records: Sequence[Path], approval: Approval, now: dict[str, Any]) -> list[str]:
    """Return what differs from the approved result, in sentences."""
    kept = next((path for path in records if path.stem == approval.record), None)
    if kept is None:
        return [f"批准时的汇总记录{approval.record}不见了，无法逐项比较"]
    return [str(change) for change in changes(read_record(kept), now)] or ["汇总所依据的文件或方案"]


def approve(campaign: Campaign, records: Sequence[Path], made: Tally, now: dict[str, Any], note: str) -> str:
    """Return what was done: this result's approval in the journal; raises QtoolError for what cannot be approved.

    Only what was tallied and so could be looked at is approved (T08), and nothing provisional (T06).
    """
    if made.provisional:
        raise QtoolError(fault("T06", names="、".join(made.missing)))
    if not records:
        raise QtoolError(fault("T08", problem="还没有汇总过"))
    if fingerprint(read_record(records[-1])) != fingerprint(now):
        raise QtoolError(fault("T08", problem="最近一次汇总以后，评分或调整又有变化"))
    if current_approval(campaign, now):
        return "这一结果已经批准过，没有重复登记"
    campaign.journal(APPROVED, note=note, record=records[-1].stem, fingerprint=fingerprint(now))
    return f"已登记批准：{note}"
