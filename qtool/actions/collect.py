"""Returned sheets: read and sorted, accepted or listed as to be mended, and the board of how far everybody is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from qtool.actions.action import Outcome, Request
from qtool.actions.status import board_outcome
from qtool.collect.accept import MendingCopy, keep_accepted, record_arrivals, take_in, write_replies
from qtool.collect.board import write_board
from qtool.collect.choose import Collection
from qtool.collect.intake import files_in
from qtool.faults import Fault, QtoolError, fault
from qtool.identity import Identity
from qtool.outcome import Return
from qtool.sheets.mend import write_mending
from qtool.state.campaign_state import CampaignState
from qtool.workspace import BOARD, INBOX, RETURNED, sha256, write_file, write_log

_BOARD_ENTRY = "写回收情况"


def collect(request: Request) -> Outcome:
    """Read everything in the inbox, accept what is good, list what is wrong with the rest."""
    state = request.state
    offered: list[Path] = list(request.options.get("files") or [])
    absent = [path for path in offered if not path.is_file()]
    if absent:
        raise QtoolError(*(fault("C11", file=str(path)) for path in absent))
    with state.locked() as campaign:
        state.sound_plan()
        if not (offered or state.issued or files_in(campaign.folder(INBOX))):
            raise QtoolError(fault("C08"))
        strange = _strange(offered)
        taken = take_in(campaign, [path for path in offered if path not in strange], state.history)
        returns, collection, decisions = state.returns, state.collection, state.decisions
        if broken_off := [returned for returned in returns if returned.traceback]:
            write_log(
                campaign.root, "\n".join(f"{returned.full_name}\n{returned.traceback}" for returned in broken_off)
            )
        record_arrivals(campaign, returns, decisions)
        files = keep_accepted(campaign, collection, decisions, force=request.force)
        files += write_replies(campaign, collection, decisions, _mending_copy(state))
        files += renew_board(state)
    outcome = board_outcome(state)
    outcome.files = files
    outcome.faults = [*(fault("C16", file=path.name) for path in strange), *_faults(collection)]
    outcome.sentences[:0] = [f"放进收件箱{len(taken)}份"] if taken else []
    if collection.missing:
        outcome.next = f"还缺：{'、'.join(collection.missing)}。需要改正的见“{RETURNED}”里的问题清单和改正件"
    else:
        outcome.next = "全部收齐。下一步：qtool tally 汇总"
    return outcome


def _strange(offered: list[Path]) -> list[Path]:
    """Return which of some files have nothing to do with scoring sheets."""
    if not offered:
        return []
    from qtool.collect.read import is_strange  # noqa: PLC0415 - slow to import, and mostly nothing is offered

    return [path for path in offered if is_strange(path)]


def _mending_copy(state: CampaignState) -> MendingCopy:
    """Return what writes the annotated copy of a return, as the version of the sheet that is out now."""
    issued, expected, settings = state.issued, state.expected, state.campaign.settings

    def write(path: Path, returned: Return) -> None:
        name = returned.department
        returned_version = returned.identity.version if returned.identity else 1
        version = int(issued[name]["version"]) if name in issued else returned_version
        year = expected.plan.facts.year
        identity = Identity(settings.campaign, expected.scoring_fingerprint(name), name, version, year)
        now = datetime.now().astimezone().replace(microsecond=0, tzinfo=None)
        layout = expected.layout(name)
        write_file(path, lambda temporary: write_mending(temporary, layout, identity, settings.key, now, returned))

    return write


def renew_board(state: CampaignState) -> list[Path]:
    """Write the workbook that shows how far everybody is, unless it says so already; it counts days, so daily anew."""
    now, path, plan = datetime.now().astimezone(), state.root / BOARD, state.sound_plan()
    content = hashlib.sha256(f"{now:%F}{plan.facts.deadline}{state.board}".encode(errors="replace")).hexdigest()[:16]
    last: Mapping[str, object] = next((entry for entry in reversed(state.history) if entry["what"] == _BOARD_ENTRY), {})
    if path.exists() and last.get("says") == content and last.get("sha256") == sha256(path):
        return []
    write_board(path, plan, state.board, now)
    state.campaign.journal(_BOARD_ENTRY, file=BOARD, sha256=sha256(path), says=content)
    return [path]


def _faults(collection: Collection) -> list[Fault]:
    faults = [*collection.faults]
    for returned in (*collection.strangers, *collection.rejected, *collection.accepted.values()):
        faults += [f for f in returned.faults if not (f.is_error and returned.department in collection.waived)]
    return sorted(faults, key=lambda f: not f.is_error)
