"""How far every department is, from its files, the office's decisions and the journal."""

from __future__ import annotations

from collections.abc import Mapping

from qtool.collect.decisions import Decisions
from qtool.collect.sort import Collection
from qtool.model import Plan
from qtool.outcome import DepartmentState, Return, State


def states(
    plan: Plan, collection: Collection, decisions: Decisions, versions: Mapping[str, int]
) -> list[DepartmentState]:
    """Return the state of every department; `versions` tells which version of its sheet is out."""
    rejected = {r.department: r for r in sorted(collection.rejected, key=lambda r: r.received)}
    found = []
    for department in plan.scoring_departments:
        name = department.name
        returned = collection.accepted.get(name) or rejected.get(name)
        state, why = _state(name, collection, returned, decisions, name in versions)
        errors = sum(1 for f in returned.faults if f.is_error) if returned else 0
        questions = len(returned.faults) - errors if returned else 0
        late = returned is not None and returned.received.date() > plan.facts.deadline
        found.append(
            DepartmentState(
                department=name,
                version=versions.get(name),
                state=state,
                sent=decisions.sent.get(name),
                file=returned.shown if returned else "",
                received=returned.received if returned else None,
                errors=errors,
                questions=questions,
                why=why or (_newer(rejected.get(name)) if name in collection.accepted else ""),
                late=late,
            )
        )
    return found


def _newer(returned: Return | None) -> str:
    return f"另有一份较新的《{returned.shown}》需改正" if returned else ""


def _state(
    name: str, collection: Collection, returned: Return | None, decisions: Decisions, made: bool
) -> tuple[State, str]:
    if returned is None:
        if name in decisions.sent:
            return State.SENT, ""
        return (State.NOT_SENT if made else State.NOT_MADE), ""
    if name in collection.accepted:
        if waiver := collection.waived.get(name):
            return State.WAIVED, waiver.reason
        if decisions.accepted.get(name) == returned.sha256:
            return State.ACCEPTED, ""
    elif returned.sha256 in decisions.listed.get(name, frozenset()):
        return State.RETURNED, next((found.message for found in returned.faults if found.is_error), "")
    again = decisions.listed.get(name, frozenset()) - {returned.sha256}
    return (State.RESUBMITTED if again else State.RECEIVED), "执行 qtool collect 后处理"
