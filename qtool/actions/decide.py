"""What the office decides itself about departments' returned files; the journal keeps who, when and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from qtool.actions.action import Outcome, Request
from qtool.actions.collect import collect, renew_board
from qtool.actions.status import board_outcome
from qtool.collect.choose import CHOSEN, SENT, SENT_BACK, UNDONE, WAIVED
from qtool.faults import Fault, QtoolError, fault
from qtool.outcome import Return
from qtool.state.campaign_state import CampaignState
from qtool.text import near

_WAYS = ("waive", "send_back", "use", "undo", "sent")
_NAMED = 3
"""Departments that a sentence names."""
_ENTRIES = {"waive": WAIVED, "send_back": SENT_BACK, "use": CHOSEN, "undo": UNDONE, "sent": SENT}


def decide(request: Request) -> Outcome:
    """Enter one decision about each of some departments, all or none, and let it take effect at once.

    What changes which file counts is followed by a collection, of the files as they were read for deciding; that a
    sheet was sent only shows on the board.
    """
    state = request.state
    ways = [way for way in _WAYS if request.options.get(way)]
    if len(ways) != 1:
        raise QtoolError(fault("C18"))
    way, text = ways[0], str(request.options[ways[0]]).strip()
    departments = request.options["department"]
    names = list(dict.fromkeys([departments] if isinstance(departments, str) else departments))
    files: list[Path] = []
    with state.locked() as campaign:
        entries = _entries(state, names, way, text)
        for name, details in entries.items():
            campaign.journal(_ENTRIES[way], department=name, **details)
        if way == "sent":
            files = renew_board(state)
    outcome = board_outcome(state) if way == "sent" else collect(request.within())
    outcome.files = files or outcome.files
    outcome.sentences[:0] = _sentences(entries, way)
    outcome.data["decided"] = {"department": names[0] if len(names) == 1 else names, "what": way}
    return outcome


def _entries(state: CampaignState, names: Sequence[str], way: str, text: str) -> dict[str, dict[str, Any]]:
    """Return what is entered for each department; raises QtoolError with all that is wrong with any of them."""
    state.sound_plan()
    faults: list[Fault] = []
    entries: dict[str, dict[str, Any]] = {}
    for name in names:
        try:
            entries[name] = _details(state, name, way, text)
        except QtoolError as error:
            faults += error.faults
    if faults:
        raise QtoolError(*dict.fromkeys(faults))
    return entries


def _details(state: CampaignState, name: str, way: str, text: str) -> dict[str, Any]:
    """Return what is entered for one department; raises QtoolError where there is nothing to decide about."""
    known = state.departments
    if name not in known:
        raise QtoolError(fault("C12", name=name, hint=near(name, known) or f"可以写的有：{'、'.join(known)}"))
    if way == "undo":
        return {}
    if way == "sent":
        if name not in state.issued:
            raise QtoolError(fault("C08"))
        return {key: state.issued[name][key] for key in ("version", "sha256")}
    chosen = _file(name, state.returns_of(name), text, way)
    details = {"file": chosen.full_name, "sha256": chosen.sha256}
    if way == "use":
        return details
    if not text:
        raise QtoolError(fault("C19"))
    return details | {"reason": text}


def _file(name: str, returns: Sequence[Return], wanted: str, way: str) -> Return:
    """Return the file that is decided about: the named one, or the newest that can be; raises QtoolError for none."""
    if way == "use":
        good = [r for r in returns if r.acceptable]
        files = "、".join(f"“{r.full_name}”" for r in good)
        usable = [r for r in good if wanted in (r.full_name, r.file, Path(r.file).name, (r.file, *r.inside)[-1])]
        what, hint = "选用", f"可以选用的有：{files}" if files else "请先收齐"
    else:
        usable = [r for r in returns if r.scores is not None]
        what, hint = "采用" if way == "waive" else "退回", "请先把该部门的评分表放进收件箱"
    if not usable:
        raise QtoolError(fault("C17", name=name, what=what, hint=hint))
    return max(usable, key=lambda r: r.received)


def _sentences(entries: Mapping[str, Mapping[str, Any]], way: str) -> list[str]:
    """Return what was entered, in sentences."""
    names = "、".join(entries) if len(entries) <= _NAMED else f"{len(entries)}个部门"
    if way == "undo":
        return [f"已撤销对{names}的人工处理"]
    if way == "sent":
        return [f"已记下：{names}的评分表已发出"]
    if way == "use":
        return [f"{name}：选用《{details['file']}》" for name, details in entries.items()]
    what = _ENTRIES[way]
    return [f"{name}：{what}《{details['file']}》，理由：{details['reason']}" for name, details in entries.items()]
