"""Which returned file counts for each department, after what the office decided; and so how far everybody is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from qtool.faults import Fault, fault
from qtool.model import Plan
from qtool.outcome import DepartmentState, Return, State, Waiver

WAIVED, SENT_BACK, CHOSEN, UNDONE = "带说明采用", "人工退回", "选用", "撤销处理"
SENT, ARRIVED, LISTED, ACCEPTED = "发出", "收到", "列出问题", "采用"
"""Words of the journal that tell how far a department's sheet is."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing decided about one file of a department: what, who, when, why."""

    what: str
    department: str
    file: str
    sha256: str
    who: str
    when: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Decisions:
    """All decisions that stand, and what the journal tells of the files' way."""

    by_file: Mapping[str, Decision]
    """Waived or sent back, by the file's SHA-256."""
    chosen: Mapping[str, Decision]
    """The file to be used, by department."""
    arrived: frozenset[str]
    listed: Mapping[str, frozenset[str]]
    """The files that were listed as to be mended, by department."""
    accepted: Mapping[str, str]
    """The file last accepted, by department."""
    sent: Mapping[str, datetime]
    """When a department's sheet was last sent."""

    def waiver(self, sha256: str) -> Decision | None:
        """Return the decision to accept a file in spite of what is wrong with it."""
        decision = self.by_file.get(sha256)
        return decision if decision and decision.what == WAIVED else None

    def sent_back(self, sha256: str) -> Decision | None:
        """Return the decision to send a file back."""
        decision = self.by_file.get(sha256)
        return decision if decision and decision.what == SENT_BACK else None


def read_decisions(history: Iterable[Mapping[str, Any]]) -> Decisions:
    """Return the decisions that stand after a campaign's history; later ones replace earlier ones."""
    by_file: dict[str, Decision] = {}
    chosen: dict[str, Decision] = {}
    arrived: set[str] = set()
    listed: dict[str, set[str]] = {}
    accepted: dict[str, str] = {}
    sent: dict[str, datetime] = {}
    for entry in history:
        what, department, sha256 = entry["what"], entry.get("department", ""), entry.get("sha256", "")
        if what in (WAIVED, SENT_BACK):
            by_file[sha256] = _decision(entry)
        elif what == CHOSEN:
            chosen[department] = _decision(entry)
        elif what == UNDONE:
            chosen.pop(department, None)
            by_file = {key: decision for key, decision in by_file.items() if decision.department != department}
        elif what == ARRIVED:
            arrived.add(sha256)
        elif what == LISTED:
            listed.setdefault(department, set()).add(sha256)
        elif what == ACCEPTED:
            accepted[department] = sha256
        elif what == SENT:
            sent[department] = _when(entry)
    files_listed = {department: frozenset(files) for department, files in listed.items()}
    return Decisions(by_file, chosen, frozenset(arrived), files_listed, accepted, sent)


NONE = read_decisions(())
"""No decisions, and a journal that tells nothing."""


def _decision(entry: Mapping[str, Any]) -> Decision:
    what, department, file, sha256, who, reason = (
        str(entry.get(name, "")) for name in ("what", "department", "file", "sha256", "who", "reason")
    )
    return Decision(what, department, file, sha256, who, _when(entry), reason)


def _when(entry: Mapping[str, Any]) -> datetime:
    try:
        return datetime.fromisoformat(entry["when"]).astimezone()
    except ValueError:
        return datetime.fromtimestamp(0).astimezone()


_LISTED = 12
"""Faults of a waived return that the tally's annex lists; a row of a sheet has no room for more."""
STRANGER = "C16"
"""The fault of a file that is no scoring sheet and does not look like one."""


@dataclass(frozen=True)
class Collection:
    """All returned files of a campaign, read and sorted.

    `accepted` holds the one file that counts for each department, `rejected` what must be mended, `superseded` files
    that a later, good one of their department replaces; `missing` the departments without an accepted file; `waived`
    the decisions by which departments' files are accepted in spite of their faults; `strangers` what is no workbook.
    """

    expected: tuple[str, ...]
    accepted: Mapping[str, Return]
    rejected: tuple[Return, ...]
    superseded: tuple[Return, ...]
    missing: tuple[str, ...]
    faults: tuple[Fault, ...]
    waived: Mapping[str, Decision] = field(default_factory=dict)
    strangers: tuple[Return, ...] = ()

    @property
    def received(self) -> int:
        """How many files came."""
        return len(self.accepted) + len(self.rejected) + len(self.superseded)


def sort_returns(returns: Iterable[Return], departments: Sequence[str], decisions: Decisions = NONE) -> Collection:
    """Return the files sorted; of several good ones of a department the newest version, then the latest, counts.

    What the office decided comes first: a file sent back is not good, one waived is, and one chosen counts until a
    later one comes.
    """
    good: dict[str, list[Return]] = {}
    rejected: list[Return] = []
    strangers: list[Return] = []
    for returned in (decided(returned, decisions) for returned in returns):
        if any(fault.code == STRANGER for fault in returned.faults):
            strangers.append(returned)
        elif counts(returned, decisions):
            good.setdefault(returned.department, []).append(returned)
        else:
            rejected.append(returned)
    accepted: dict[str, Return] = {}
    superseded: list[Return] = []
    faults: list[Fault] = []
    for department in departments:
        if files := sorted(good.get(department, []), key=_newest_last):
            chosen = accepted[department] = _chosen(files, decisions.chosen.get(department))
            superseded += [file for file in files if file.sha256 != chosen.sha256]
            faults += _of_several(department, files, chosen, decisions)
    settled = [r for r in rejected if r.department in accepted and r.received < accepted[r.department].received]
    unsettled = tuple(returned for returned in rejected if returned not in settled)
    missing = tuple(department for department in departments if department not in accepted)
    waivers = {name: decisions.waiver(r.sha256) for name, r in accepted.items() if not r.acceptable}
    waived = {name: decision for name, decision in waivers.items() if decision}
    later = (*superseded, *settled)
    return Collection(tuple(departments), accepted, unsettled, later, missing, tuple(faults), waived, tuple(strangers))


def sort_with_kept(
    returns: Sequence[Return],
    departments: Sequence[str],
    decisions: Decisions,
    kept: Callable[[], Sequence[Return]],
) -> Collection:
    """Return the inbox sorted, with what was `kept` before for departments of which nothing good is in it."""
    collection = sort_returns(returns, departments, decisions)
    if not collection.missing:
        return collection
    before = sort_returns([r for r in kept() if r.department in collection.missing], departments, decisions)
    missing = tuple(name for name in collection.missing if name not in before.accepted)
    accepted = {**collection.accepted, **before.accepted}
    return replace(collection, accepted=accepted, missing=missing, waived={**collection.waived, **before.waived})


class Accepted(NamedTuple):
    """What counts: the returns, in spite of what some were accepted, and the faults of what no longer counts."""

    returns: list[Return]
    waivers: list[Waiver]
    faults: list[Fault]


def accepted_of(kept: Iterable[Return], decisions: Decisions) -> Accepted:
    """Return which of the files that were accepted once still count."""
    returns = [decided(returned, decisions) for returned in kept]
    good = [returned for returned in returns if counts(returned, decisions)]
    waivers = [
        _waiver(returned, decision)
        for returned in good
        if not returned.acceptable and (decision := decisions.waiver(returned.sha256))
    ]
    return Accepted(good, waivers, [fault for returned in returns if returned not in good for fault in returned.faults])


def _waiver(returned: Return, decision: Decision) -> Waiver:
    errors = [f"{error.sheet}{error.cell}：{error.message}" for error in returned.faults if error.is_error]
    more = [f"……还有{len(errors) - _LISTED}处"] if len(errors) > _LISTED else []
    return Waiver(
        department=returned.department,
        file=decision.file,
        sha256=returned.sha256,
        who=decision.who,
        when=decision.when,
        reason=decision.reason,
        faults=(*errors[:_LISTED], *more),
    )


def decided(returned: Return, decisions: Decisions) -> Return:
    """Return a file as it stands after the office's decision to send it back."""
    decision = decisions.sent_back(returned.sha256)
    if decision is None or returned.identity is None:
        return returned
    sent_back = fault("S36", file=returned.full_name, reason=decision.reason)
    return replace(returned, faults=(sent_back, *returned.faults))


def counts(returned: Return, decisions: Decisions) -> bool:
    """Return whether a file that was `decided` may be used: nothing in it must be mended, or that was waived."""
    waived = returned.identity is not None and returned.scores is not None and decisions.waiver(returned.sha256)
    return returned.acceptable or bool(waived)


def _newest_last(returned: Return) -> tuple[int, object, str]:
    version = returned.identity.version if returned.identity else 0
    return version, returned.received, returned.full_name


def _chosen(files: Sequence[Return], decision: Decision | None) -> Return:
    """Return the file that counts: the newest, unless the office chose another after all of them had come."""
    if decision and all(file.received <= decision.when for file in files):
        return next((file for file in files if file.sha256 == decision.sha256), files[-1])
    return files[-1]


def _of_several(department: str, files: Sequence[Return], chosen: Return, decisions: Decisions) -> Iterable[Fault]:
    others = {file.sha256: file for file in files if file.sha256 != chosen.sha256}
    decision = decisions.chosen.get(department)
    if not others or (decision and decision.sha256 == chosen.sha256):
        return
    differing = max(_differing(chosen, other) for other in others.values())
    difference = f"，各份最多有{differing}格填得不同" if differing else "，各份填的都一样"
    name, count = chosen.full_name, len(others) + 1
    yield fault("S15", file=name, department=department, count=count, chosen=name, differing=difference)


def _differing(one: Return, other: Return) -> int:
    mine, theirs = one.answers, other.answers
    if mine.keys() == theirs.keys():  # equal answers mostly are one object
        return sum(1 for key, answer in mine.items() if (a := answer.value) is not (b := theirs[key].value) and a != b)
    ours, others = one.values, other.values
    return sum(1 for key in ours.keys() | others.keys() if ours.get(key) != others.get(key))


def states(
    plan: Plan, collection: Collection, decisions: Decisions, versions: Mapping[str, int]
) -> list[DepartmentState]:
    """Return the state of every department; `versions` tells which version of its sheet is out."""
    rejected = {r.department: r for r in sorted(collection.rejected, key=lambda r: r.received)}
    board = []
    for department in plan.scoring_departments:
        name = department.name
        returned = collection.accepted.get(name) or rejected.get(name)
        state, why = _state(name, collection, returned, decisions, name in versions)
        errors = sum(1 for f in returned.faults if f.is_error) if returned else 0
        questions = len(returned.faults) - errors if returned else 0
        late = returned is not None and returned.received.date() > plan.facts.deadline
        board.append(
            DepartmentState(
                department=name,
                version=versions.get(name),
                state=state,
                sent=decisions.sent.get(name),
                file=returned.full_name if returned else "",
                received=returned.received if returned else None,
                errors=errors,
                questions=questions,
                why=why or (_newer(rejected.get(name)) if name in collection.accepted else ""),
                late=late,
            )
        )
    return board


def _newer(returned: Return | None) -> str:
    return f"另有一份较新的《{returned.full_name}》需改正" if returned else ""


def _state(
    name: str, collection: Collection, returned: Return | None, decisions: Decisions, issued: bool
) -> tuple[State, str]:
    if returned is None:
        if name in decisions.sent:
            return State.SENT, ""
        return (State.NOT_SENT if issued else State.NOT_MADE), ""
    if name in collection.accepted:
        if waiver := collection.waived.get(name):
            return State.WAIVED, waiver.reason
        if decisions.accepted.get(name) == returned.sha256:
            return State.ACCEPTED, ""
    elif returned.sha256 in decisions.listed.get(name, frozenset()):
        return State.RETURNED, next((fault.message for fault in returned.faults if fault.is_error), "")
    again = decisions.listed.get(name, frozenset()) - {returned.sha256}
    return (State.RESUBMITTED if again else State.RECEIVED), "执行 qtool collect 后处理"
