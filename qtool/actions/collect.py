"""Returned sheets: read and sorted, accepted or sent back, decided about by hand, and how far everybody is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from qtool.actions.action import Listing, Outcome, Request
from qtool.actions.campaign import sound_plan
from qtool.actions.sheets import version_text
from qtool.collect.accept import (
    COPY_END,
    NOTE_END,
    MendingCopy,
    keep_accepted,
    note_name,
    record_arrivals,
    take_in,
    write_replies,
)
from qtool.collect.board import write_board
from qtool.collect.choose import Collection, counts, decided, sort_returns, states
from qtool.collect.decisions import Decision, Decisions, read_decisions
from qtool.collect.expected import Expected
from qtool.collect.intake import files_in, read_files
from qtool.faults import Fault, QtoolError, fault
from qtool.identity import Identity
from qtool.model import Plan
from qtool.outcome import DepartmentState, Return, Waiver
from qtool.sheets.make import issued
from qtool.sheets.mend import write_mending
from qtool.workspace import ACCEPTED, INBOX, RETURNED, Campaign, locked, open_campaign, sha256, write_file

BOARD = "回收情况.xlsx"
_BOARD_ENTRY = "写回收情况"
_LISTED = 12
"""Faults of a waived return that the tally's annex lists; a row of a sheet has no room for more."""


def collect(request: Request) -> Outcome:
    """Read everything in the inbox, accept what is good, list what is wrong with the rest."""
    campaign = open_campaign(request.root)
    given: list[Path] = list(request.options.get("files") or [])
    absent = [path for path in given if not path.is_file()]
    if absent:
        raise QtoolError(*(fault("C11", file=str(path)) for path in absent))
    with locked(campaign):
        plan = sound_plan(campaign)[0].plan
        if not (given or issued(campaign) or files_in(campaign.folder(INBOX))):
            raise QtoolError(fault("C08"))
        strange = _strange(given)
        taken = take_in(campaign, [path for path in given if path not in strange])
        returns = inbox_returns(campaign, plan, request)
        decisions = read_decisions(campaign.history())
        record_arrivals(campaign, returns, decisions)
        collection = _sorted(campaign, plan, returns, decisions)
        made = keep_accepted(campaign, collection, decisions, force=request.force)
        made += write_replies(campaign, collection, decisions, _copier(campaign, plan))
        board = _states(campaign, plan, collection)
        made += _write_board(campaign, plan, board)
    outcome = Outcome(files=made, faults=[*(fault("C16", file=path.name) for path in strange), *_faults(collection)])
    outcome.sentences = [*([f"放进收件箱{len(taken)}份"] if taken else []), counted(collection)]
    outcome.tables.append(_board(board, collection))
    outcome.data = _data(collection, board)
    if collection.missing:
        outcome.next = f"还缺：{'、'.join(collection.missing)}。需要改正的见“{RETURNED}”里的问题清单和改正件"
    else:
        outcome.next = "全部收齐。下一步：qtool tally 汇总"
    return outcome


def _strange(given: list[Path]) -> list[Path]:
    """Return which of some files have nothing to do with scoring sheets."""
    if not given:
        return []
    from qtool.collect.read import is_strange  # noqa: PLC0415 - slow to import, and mostly nothing is given

    return [path for path in given if is_strange(path)]


def _write_board(campaign: Campaign, plan: Plan, board: list[DepartmentState]) -> list[Path]:
    """Write the workbook that shows how far everybody is, unless it says so already; it counts days, so daily anew."""
    now, path = datetime.now().astimezone(), campaign.root / BOARD
    says = hashlib.sha256(f"{now:%F}{plan.facts.deadline}{board}".encode(errors="replace")).hexdigest()[:16]
    entries = [entry for entry in campaign.history() if entry["what"] == _BOARD_ENTRY]
    last = entries[-1] if entries else {}
    if path.exists() and last.get("says") == says and last.get("sha256") == sha256(path):
        return []
    write_board(path, plan, board, now)
    campaign.journal(_BOARD_ENTRY, file=BOARD, sha256=sha256(path), says=says)
    return [path]


def inbox_returns(campaign: Campaign, plan: Plan, request: Request) -> list[Return]:
    """Return every workbook in the inbox, read and judged."""
    inbox = campaign.folder(INBOX)
    return read_files(files_in(inbox), _expected(campaign, plan), request.report, request.readers, inbox)


def returned_in(campaign: Campaign, plan: Plan) -> dict[str, tuple[str, ...]]:
    """Return the departments that have no good sheet here yet, each with the replies to what it must mend."""
    decisions = read_decisions(campaign.history())
    collection = _sorted(campaign, plan, inbox_returns(campaign, plan, Request(campaign.root)), decisions)
    found: dict[str, tuple[str, ...]] = dict.fromkeys(collection.missing, ())
    for returned in collection.rejected:
        if returned.department in found:
            found[returned.department] += tuple(note_name(returned, ending) for ending in (NOTE_END, COPY_END))
    return found


def _expected(campaign: Campaign, plan: Plan) -> Expected:
    return Expected(plan, campaign.settings.campaign, campaign.settings.key)


def _sorted(campaign: Campaign, plan: Plan, returns: list[Return], decisions: Decisions) -> Collection:
    """Return the files sorted; what was accepted before and is gone from the inbox still counts."""

    def kept() -> list[Return]:
        return read_files(files_in(campaign.folder(ACCEPTED)), _expected(campaign, plan))

    return sorted_with_kept(plan, returns, decisions, kept)


def sorted_with_kept(
    plan: Plan, returns: Sequence[Return], decisions: Decisions, kept: Callable[[], Sequence[Return]]
) -> Collection:
    """Return the inbox sorted, with what was `kept` before for departments of which nothing good is in it."""
    names = [department.name for department in plan.scoring_departments]
    collection = sort_returns(returns, names, decisions)
    if not collection.missing:
        return collection
    before = sort_returns([r for r in kept() if r.department in collection.missing], names, decisions)
    missing = tuple(name for name in collection.missing if name not in before.accepted)
    accepted = {**collection.accepted, **before.accepted}
    return replace(collection, accepted=accepted, missing=missing, waived={**collection.waived, **before.waived})


def _copier(campaign: Campaign, plan: Plan) -> MendingCopy:
    """Return what writes the annotated copy of a return, as the version of the sheet that is out now."""
    known, expected = issued(campaign), _expected(campaign, plan)

    def write(path: Path, returned: Return) -> None:
        name = returned.department
        version = (
            int(known[name]["version"]) if name in known else returned.identity.version if returned.identity else 1
        )
        settings = campaign.settings
        identity = Identity(settings.campaign, expected.scoring_fingerprint(name), name, version, plan.facts.year)
        made = datetime.now().astimezone().replace(microsecond=0, tzinfo=None)
        layout = expected.layout(name)
        write_file(path, lambda temporary: write_mending(temporary, layout, identity, settings.key, made, returned))

    return write


def accepted_returns(
    campaign: Campaign, plan: Plan, request: Request
) -> tuple[list[Return], list[Waiver], list[Fault]]:
    """Return what was accepted, read anew, how far in spite of what, and the faults of what no longer is acceptable."""
    files = files_in(campaign.folder(ACCEPTED))
    decisions = read_decisions(campaign.history())
    read = read_files(files, _expected(campaign, plan), request.report, request.readers)
    returns = [decided(returned, decisions) for returned in read]
    good = [returned for returned in returns if counts(returned, decisions)]
    waivers = [
        _waiver(returned, decision)
        for returned in good
        if not returned.acceptable and (decision := decisions.waiver(returned.sha256))
    ]
    return good, waivers, [found for returned in returns if returned not in good for found in returned.faults]


def _waiver(returned: Return, decision: Decision) -> Waiver:
    found = [f"{error.sheet}{error.cell}：{error.message}" for error in returned.faults if error.is_error]
    more = [f"……还有{len(found) - _LISTED}处"] if len(found) > _LISTED else []
    faults = (*found[:_LISTED], *more)
    return Waiver(
        department=returned.department,
        file=decision.file,
        sha256=returned.sha256,
        who=decision.who,
        when=decision.when,
        reason=decision.reason,
        faults=faults,
    )


def counted(collection: Collection) -> str:
    """Return the count that is always shown: expected, received, accepted, rejected, missing."""
    waived = f"（其中带说明采用{len(collection.waived)}份）" if collection.waived else ""
    return (
        f"应收{len(collection.expected)}份，收到{collection.received}份，采用{len(collection.accepted)}份{waived}，"
        f"需改正{len(collection.rejected)}份，还缺{len(collection.missing)}份"
    )


def _faults(collection: Collection) -> list[Fault]:
    found = [*collection.faults]
    for returned in (*collection.strangers, *collection.rejected, *collection.accepted.values()):
        found += [f for f in returned.faults if not (f.is_error and returned.department in collection.waived)]
    return sorted(found, key=lambda f: not f.is_error)


def _data(collection: Collection, board: list[DepartmentState]) -> dict[str, object]:
    return {
        "expected": len(collection.expected),
        "received": collection.received,
        "accepted": {name: {"file": r.full_name, "sha256": r.sha256} for name, r in collection.accepted.items()},
        "waived": {name: found.reason for name, found in collection.waived.items()},
        "rejected": [
            {
                "file": r.full_name,
                "department": r.department,
                "sha256": r.sha256,
                "faults": [found.as_dict() for found in r.faults],
            }
            for r in collection.rejected
        ],
        "missing": list(collection.missing),
        "departments": [_state_data(row) for row in board],
    }


def _state_data(row: DepartmentState) -> dict[str, object]:
    return {
        "department": row.department,
        "version": row.version,
        "state": row.state.value,
        "file": row.file,
        "received": row.received.isoformat(timespec="seconds") if row.received else None,
        "errors": row.errors,
        "questions": row.questions,
        "why": row.why,
    }


def _states(campaign: Campaign, plan: Plan, collection: Collection) -> list[DepartmentState]:
    versions = {name: int(entry["version"]) for name, entry in issued(campaign).items()}
    return states(plan, collection, read_decisions(campaign.history()), versions)


def _board(board: list[DepartmentState], collection: Collection) -> Listing:
    rows = [
        (
            row.department,
            version_text({"version": row.version} if row.version else None),
            row.state.value,
            row.file,
            f"{row.received:%m-%d %H:%M}" if row.received else "",
            f"{row.errors}" if row.errors else "",
            f"{row.questions}" if row.questions else "",
        )
        for row in board
    ]
    unknown = [r for r in collection.rejected if not r.department]
    rows += [("（不能识别）", "—", "已退回", r.full_name, "", str(len(r.faults)), "") for r in unknown]
    heads = ("评价部门", "评分表", "状态", "文件", "收到时间", "须改正", "请核对")
    return Listing("回收情况", heads, rows)


def status(request: Request) -> Outcome:
    """Return how far every department is; nothing is written."""
    campaign = open_campaign(request.root)
    plan = sound_plan(campaign)[0].plan
    decisions = read_decisions(campaign.history())
    collection = _sorted(campaign, plan, inbox_returns(campaign, plan, request), decisions)
    board = _states(campaign, plan, collection)
    outcome = Outcome(tables=[_board(board, collection)], sentences=[counted(collection)])
    outcome.data = _data(collection, board)
    last = next((entry for entry in reversed(list(campaign.history()))), None)
    if last:
        outcome.sentences.append(f"最近一步：{last['when'][:16].replace('T', ' ')} {last['what']}")
        outcome.data["last"] = last
    return outcome
