"""The board as a window shows it: a row for each department, and everything that is wrong with the file to look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from qtool.actions.tally import RECORDS
from qtool.addresses import address
from qtool.collect.accept import COPY_END, NOTE_END, note_name
from qtool.faults import Fault
from qtool.layout import SHEET, Layout
from qtool.model import Plan
from qtool.outcome import DepartmentState, Return, State
from qtool.sheets.make import sheet_name
from qtool.state.facts import Facts, Found
from qtool.state.view import Problem, Row
from qtool.tally.adjust import FILE as ADJUSTMENTS
from qtool.tally.proposals import FILE as PROPOSALS
from qtool.workspace import ACCEPTED, INBOX, RETURNED, SETTINGS, SHEETS, TALLY

HERE = (State.ACCEPTED, State.WAIVED, State.RECEIVED, State.RESUBMITTED)
"""The states in which the department has nothing to do."""
PLAN_SOURCE, RETURN_SOURCE, TALLY_SOURCE, SETTINGS_SOURCE = "方案", "回收", "汇总", "设置"


def rows(facts: Facts) -> tuple[Row, ...]:
    """Return a row for each department that scores; none without a sound plan."""
    plan, found = facts.plan, facts.found
    if plan is None or found is None:
        return ()
    addresses = {department.name: department.address for department in plan.departments}
    late = max(0, (facts.today - plan.facts.deadline).days)
    return tuple(_row(facts, found, state, addresses.get(state.department, ""), late) for state in found.board)


def _row(facts: Facts, found: Found, state: DepartmentState, address_of: str, late: int) -> Row:
    name = state.department
    own, decisions = found.of(name), facts.decisions
    usable = [returned for returned in own if returned.scores is not None]
    accepted = found.collection.accepted.get(name)
    mended = sorted((r for r in found.collection.rejected if r.department == name), key=lambda r: r.received)
    newest = mended[-1] if mended else None
    opens = _opens(facts, accepted or newest, name)
    return Row(
        state=state,
        missing=0 if state.state in HERE else late,
        opens=opens,
        folder=opens.parent if opens else facts.campaign.root / SHEETS,
        mending=_reply(facts, newest, COPY_END),
        list=_reply(facts, newest, NOTE_END),
        can_waive=bool(usable) and not usable[-1].acceptable and not decisions.waiver(usable[-1].sha256),
        can_send_back=bool(usable) and not decisions.sent_back(usable[-1].sha256),
        can_undo=name in decisions.chosen or any(d.department == name for d in decisions.by_file.values()),
        address=address_of,
    )


def _opens(facts: Facts, returned: Return | None, name: str) -> Path | None:
    root = facts.campaign.root
    there = [root / folder / returned.file for folder in (INBOX, ACCEPTED)] if returned else []
    return next((path for path in (*there, root / SHEETS / sheet_name(name)) if path.is_file()), None)


def _reply(facts: Facts, returned: Return | None, ending: str) -> Path | None:
    """Return what was written about a file that must be mended, if it is there."""
    if returned is None:
        return None
    path = facts.campaign.root / RETURNED / note_name(returned, ending)
    return path if path.is_file() else None


def problems(facts: Facts) -> tuple[Problem, ...]:
    """Return everything that is wrong in the order of the year, errors first within each part."""
    root = facts.campaign.root
    listed = [_at(found, facts.campaign.plan, PLAN_SOURCE) for found in _errors_first(facts.plan_faults)]
    listed += [_at(found, root / SETTINGS, SETTINGS_SOURCE) for found in facts.account_faults]
    if facts.plan and facts.found:
        returned = list(_of_returns(facts, facts.plan, facts.found))
        listed += sorted(returned, key=lambda problem: not problem.fault.is_error)
    listed += [_at(found, root / TALLY / RECORDS / found.file, TALLY_SOURCE) for found in facts.record_faults]
    for found in _errors_first(facts.adjusted[1]):
        listed.append(_at(found, root / TALLY / (PROPOSALS if found.file == PROPOSALS else ADJUSTMENTS), TALLY_SOURCE))
    return tuple(listed)


def _errors_first(faults: Iterable[Fault]) -> list[Fault]:
    return sorted(faults, key=lambda found: not found.is_error)


def _at(found: Fault, path: Path, source: str) -> Problem:
    return Problem(found, path if path.is_file() else None, source, found.sheet, found.cell)


def _of_returns(facts: Facts, plan: Plan, found: Found) -> Iterator[Problem]:
    collection, inbox = found.collection, facts.campaign.root / INBOX
    files = {returned.full_name: _opens(facts, returned, "") for returned in found.returns}
    yield from (_at(f, files.get(f.file) or inbox, RETURN_SOURCE) for f in collection.faults)
    layouts: dict[str, Layout] = {}
    for returned in (*collection.strangers, *collection.rejected, *collection.accepted.values()):
        copy = _reply(facts, returned, COPY_END) if not _accepted(returned, collection.accepted) else None
        path = copy or _opens(facts, returned, "")
        for wrong in returned.faults:
            if wrong.is_error and returned.department in collection.waived:
                continue
            if copy is None:
                yield Problem(wrong, path, RETURN_SOURCE, wrong.sheet, wrong.cell)
                continue
            name = returned.department
            layout = layouts.setdefault(name, facts.memory.expected(facts.campaign, plan).layout(name))
            yield Problem(wrong, path, RETURN_SOURCE, *_marked(wrong, returned, layout))


def _accepted(returned: Return, accepted: Mapping[str, Return]) -> bool:
    return accepted.get(returned.department) is returned


def _marked(wrong: Fault, returned: Return, layout: Layout) -> tuple[str, str]:
    """Return where the annotated copy marks a fault: in the first of its cells; ('', '') where in none."""
    for row_id, col_id in returned.places.get(wrong, ()):
        row, col = layout.rows.get(row_id), layout.columns.get(col_id)
        if row is not None and col is not None:
            return SHEET, address(row, col)
    return "", ""
