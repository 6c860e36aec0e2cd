"""What is wrong with a campaign, and where to look at it: plan, settings, returned files, adjustments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from qtool.addresses import address
from qtool.collect.accept import COPY_END
from qtool.faults import Fault
from qtool.layout import SHEET, Layout
from qtool.outcome import Return
from qtool.state.board import path_of, reply_to
from qtool.state.campaign_state import CampaignState
from qtool.state.view import Problem
from qtool.workspace import ADJUSTMENTS, INBOX, PROPOSALS, RECORDS, SETTINGS, TALLY

PLAN_SOURCE, RETURN_SOURCE, TALLY_SOURCE, SETTINGS_SOURCE = "方案", "回收", "汇总", "设置"


def problems(state: CampaignState) -> tuple[Problem, ...]:
    """Return everything that is wrong in the order of the year, errors first within each part."""
    tables = state.root / TALLY
    problems = [_problem(fault, state.campaign.plan, PLAN_SOURCE) for fault in _errors_first(state.plan_faults)]
    problems += [_problem(fault, state.root / SETTINGS, SETTINGS_SOURCE) for fault in state.account_faults]
    if state.plan:
        problems += sorted(_of_returns(state), key=lambda problem: not problem.fault.is_error)
    problems += [_problem(fault, tables / RECORDS / fault.file, TALLY_SOURCE) for fault in state.record_faults]
    if state.plan:
        for fault in _errors_first(state.adjustments[1]):
            name = PROPOSALS if fault.file == PROPOSALS else ADJUSTMENTS
            problems.append(_problem(fault, tables / name, TALLY_SOURCE))
    return tuple(problems)


def _errors_first(faults: Iterable[Fault]) -> list[Fault]:
    return sorted(faults, key=lambda fault: not fault.is_error)


def _problem(fault: Fault, path: Path, source: str) -> Problem:
    return Problem(fault, path if path.is_file() else None, source, fault.sheet, fault.cell)


def _of_returns(state: CampaignState) -> Iterator[Problem]:
    collection, inbox = state.collection, state.root / INBOX
    files = {returned.full_name: path_of(state, returned) for returned in state.returns}
    yield from (_problem(fault, files.get(fault.file) or inbox, RETURN_SOURCE) for fault in collection.faults)
    for returned in (*collection.strangers, *collection.rejected, *collection.accepted.values()):
        accepted = collection.accepted.get(returned.department) is returned
        copy = None if accepted else reply_to(state, returned, COPY_END)
        path = copy or path_of(state, returned)
        for fault in returned.faults:
            if fault.is_error and returned.department in collection.waived:
                continue
            place = (fault.sheet, fault.cell)
            if copy:
                place = _marked(fault, returned, state.expected.layout(returned.department))
            yield Problem(fault, path, RETURN_SOURCE, *place)


def _marked(fault: Fault, returned: Return, layout: Layout) -> tuple[str, str]:
    """Return where the annotated copy marks a fault: in the first of its cells; ('', '') where in none."""
    for row_id, col_id in returned.places.get(fault, ()):
        row, col = layout.rows.get(row_id), layout.columns.get(col_id)
        if row is not None and col is not None:
            return SHEET, address(row, col)
    return "", ""
