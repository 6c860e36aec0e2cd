"""How far every department is, and everything that is wrong, with the place to look at it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from qtool.addresses import address
from qtool.collect.accept import COPY_END, note_name
from qtool.collect.choose import Collection
from qtool.faults import Fault
from qtool.layout import SHEET, Layout
from qtool.outcome import Return
from qtool.state.campaign_state import CampaignState
from qtool.state.view import Problem
from qtool.workspace import (
    ACCEPTED,
    ADJUSTMENTS,
    INBOX,
    PROPOSALS,
    RECORDS,
    RETURNED,
    SETTINGS,
    SHEETS,
    TALLY,
    sheet_name,
)

BOARD_HEADS = ("评价部门", "评分表", "状态", "文件", "收到时间", "须改正", "请核对")


def count_sentence(collection: Collection) -> str:
    """Return the count that is always shown: expected, received, accepted, rejected, missing."""
    waived = f"（其中带说明采用{len(collection.waived)}份）" if collection.waived else ""
    return (
        f"应收{len(collection.expected)}份，收到{collection.received}份，采用{len(collection.accepted)}份{waived}，"
        f"需改正{len(collection.rejected)}份，还缺{len(collection.missing)}份"
    )


def board_texts(state: CampaignState) -> Sequence[tuple[str, ...]]:
    """Return the board as texts under BOARD_HEADS, with files that are nobody's at the end."""
    rows = [
        (
            row.department,
            version_text(row.version),
            row.state.value,
            row.file,
            f"{row.received:%m-%d %H:%M}" if row.received else "",
            f"{row.errors}" if row.errors else "",
            f"{row.questions}" if row.questions else "",
        )
        for row in state.board
    ]
    strangers = [returned for returned in state.collection.rejected if not returned.department]
    return rows + [("（不能识别）", "—", "已退回", r.full_name, "", str(len(r.faults)), "") for r in strangers]


def version_text(version: int | None) -> str:
    """Return the version of a sheet as users read it."""
    return f"第{version}版" if version else "—"


def path_of(state: CampaignState, returned: Return | None, department: str = "") -> Path | None:
    """Return the file in which a return came, or else the department's sheet; None where neither is there."""
    paths = [state.root / folder / returned.file for folder in (INBOX, ACCEPTED)] if returned else []
    return next((path for path in (*paths, state.root / SHEETS / sheet_name(department)) if path.is_file()), None)


def reply_to(state: CampaignState, returned: Return | None, ending: str) -> Path | None:
    """Return what was written about a file that must be mended, if it is there."""
    path = state.root / RETURNED / note_name(returned, ending) if returned else None
    return path if path and path.is_file() else None


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
