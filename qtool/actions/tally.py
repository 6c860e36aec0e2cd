"""The end of a year: the tally, and its approval, guarded against what would change it unnoticed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from qtool.actions.action import Listing, Outcome, Request
from qtool.actions.campaign import sound_plan
from qtool.actions.collect import accepted_returns
from qtool.actions.sheets import ADJUSTMENTS
from qtool.faults import Fault, QtoolError, fault
from qtool.model import marks_text
from qtool.outcome import Tally
from qtool.tally.adjust import read_adjustments, write_adjustments_template
from qtool.tally.approval import APPROVED, REVISED, Approval, fingerprint, standing_approval
from qtool.tally.build import build
from qtool.tally.proposals import FILE as PROPOSALS
from qtool.tally.proposals import read_proposals
from qtool.tally.record import changes, read_record, record
from qtool.tally.workbook import write_tally
from qtool.workspace import TALLY, Campaign, locked, open_campaign, sha256, write_bytes, write_file

WORKBOOK = "汇总表.xlsx"
RECORDS = "记录"


def tally(request: Request) -> Outcome:
    """Tally what was accepted; a run without changes writes nothing, and an approved result changes only on purpose."""
    note, revise = approval_asked(request)
    campaign = open_campaign(request.root)
    with locked(campaign):
        made, faults = tallied(campaign, request)
        records = kept_records(campaign)
        previous = _previous(campaign, records, request.options.get("against"))
        now = record(made)
        outcome = Outcome(faults=faults)
        if note:
            outcome.sentences.append(approve(campaign, records, made, now, note))
            before = read_record(records[-2]) if len(records) > 1 else None
            outcome.files = [_workbook(campaign, as_kept(made, records), before)]
        else:
            outcome.sentences += guard(campaign, records, now, revise, faults)
            _keep_result(campaign, request, made, previous, outcome)
        approval = current_approval(campaign, now)
    _say(outcome, made, approval)
    found = changes(previous, now) if previous is not None and not _same(previous, now) else []
    if found:
        rows = [(change.what, change.assessee, change.before, change.after) for change in found]
        outcome.tables.append(Listing("与以前相比的变化", ("内容", "考核对象", "原来", "现在"), rows))
    outcome.data = now | {"changes": [str(change) for change in found], "approved": str(approval) if approval else None}
    return outcome


def _keep_result(
    campaign: Campaign, request: Request, made: Tally, previous: dict[str, Any] | None, outcome: Outcome
) -> None:
    """Write workbook and record of a tally where there is something new to write."""
    now = record(made)
    wanted = request.force or request.options.get("against") or not _same(previous, now)
    if not wanted and (campaign.folder(TALLY) / WORKBOOK).exists():
        outcome.sentences.append("与上一次汇总相比没有变化，没有重写")
        return
    path = _workbook(campaign, made, previous)
    kept = _keep(campaign, kept_records(campaign), now)
    campaign.journal("汇总", file=path.name, sha256=sha256(path), record=kept.name, missing=list(made.missing))
    outcome.files = [path, kept]


def _workbook(campaign: Campaign, made: Tally, previous: dict[str, Any] | None) -> Path:
    approval = current_approval(campaign, record(made))
    path = campaign.folder(TALLY) / WORKBOOK
    return write_file(path, lambda temporary: write_tally(temporary, made, previous, str(approval or "")))


def as_kept(made: Tally, records: list[Path]) -> Tally:
    """Return the tally with the time of the last record where that says the same, so that it is not newer than it."""
    if records:
        kept = read_record(records[-1])
        if fingerprint(kept) == fingerprint(record(made)):
            return replace(made, made=datetime.fromisoformat(kept["made"]))
    return made


def tallied(campaign: Campaign, request: Request) -> tuple[Tally, list[Fault]]:
    """Return the tally of what is accepted now, and warnings; raises QtoolError when there is nothing to tally."""
    plan = sound_plan(campaign)[0].plan
    returns, waivers, faults = accepted_returns(campaign, plan, request)
    if not returns:
        raise QtoolError(fault("C09"), *faults)
    adjustments_path = campaign.folder(TALLY) / ADJUSTMENTS
    if not adjustments_path.exists():
        write_adjustments_template(adjustments_path, plan)
    adjustments, wrong = read_adjustments(adjustments_path, plan)
    adopted, doubtful = read_proposals(campaign.folder(TALLY) / PROPOSALS, plan)
    wrong += tuple(found for found in doubtful if found.is_error)
    if wrong:
        raise QtoolError(*wrong)  # a total without one of its corrections must not look final
    faults += (found for found in doubtful if not found.is_error)
    made = build(plan, returns, (*adjustments, *adopted), datetime.now().astimezone().replace(microsecond=0), waivers)
    found = [*faults]
    if made.missing:
        found.append(fault("T01", count=len(made.missing), names="、".join(made.missing)))
    return made, found


def kept_records(campaign: Campaign) -> list[Path]:
    """Return the files of the records of all tallies, the oldest first."""
    folder = campaign.root / TALLY / RECORDS
    return sorted(path for path in folder.glob("汇总-*.json") if path.stem.rpartition("-")[2].isdecimal())


def _keep(campaign: Campaign, records: list[Path], now: dict[str, Any]) -> Path:
    """Return the file of this tally's record: the last one where that says the same, otherwise a new one."""
    if records and _same(read_record(records[-1]), now):
        return records[-1]
    number = int(records[-1].stem.rpartition("-")[2]) + 1 if records else 1
    path = campaign.folder(TALLY) / RECORDS / f"汇总-{number:04d}.json"
    return write_bytes(path, json.dumps(now, ensure_ascii=False, indent=1).encode())


def _previous(campaign: Campaign, records: list[Path], name: str | None) -> dict[str, Any] | None:
    if not name:
        return read_record(records[-1]) if records else None
    folder = campaign.folder(TALLY) / RECORDS
    for path in (Path(name), folder / name, folder / f"{name}.json"):
        if path.is_file():
            return read_record(path)
    raise QtoolError(fault("T04", name=name))


def _same(old: dict[str, Any] | None, new: dict[str, Any]) -> bool:
    return old is not None and {k: v for k, v in old.items() if k != "made"} == {
        k: v for k, v in new.items() if k != "made"
    }


def _say(outcome: Outcome, made: Tally, approval: Approval | None) -> None:
    provisional = "（暂定）" if made.provisional else ""
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
        for standing in made.ranked
    ]
    outcome.tables.append(Listing(f"考核结果{provisional}", heads, rows))
    outcome.sentences.append(f"已汇总{len(made.plan.scoring_departments) - len(made.missing)}个部门的评分{provisional}")
    if approval:
        outcome.sentences.append(f"这一结果已经批准：{approval}")
        outcome.next = "下一步：qtool documents 生成通报和反馈函"
    elif made.missing:
        outcome.next = f"还缺{'、'.join(made.missing)}，收齐后请再汇总一次"
    else:
        outcome.sentences.append("这一结果还没有批准")
        outcome.next = "下一步：qtool documents 生成请示；批准以后，执行 qtool tally --approve 批准文号和批准人"


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
