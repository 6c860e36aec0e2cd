"""How far every department is: the rows of the window's board, and the board and its count in words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qtool.collect.accept import COPY_END, NOTE_END, note_name
from qtool.collect.choose import Collection
from qtool.model import Plan
from qtool.outcome import PRESENT, DepartmentState, Return
from qtool.state.campaign_state import CampaignState
from qtool.state.view import Row
from qtool.workspace import ACCEPTED, INBOX, RETURNED, SHEETS, sheet_name

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


def rows(state: CampaignState) -> tuple[Row, ...]:
    """Return a row of the window's board for each department that scores; none without a sound plan."""
    plan = state.plan
    return tuple(_row(state, plan, department) for department in state.board) if plan else ()


def _row(state: CampaignState, plan: Plan, department: DepartmentState) -> Row:
    name, collection, decisions = department.department, state.collection, state.decisions
    usable = [returned for returned in state.returns_of(name) if returned.scores is not None]
    rejected = sorted((r for r in collection.rejected if r.department == name), key=lambda r: r.received)
    newest = rejected[-1] if rejected else None
    path = path_of(state, collection.accepted.get(name) or newest, name)
    return Row(
        state=department,
        missing=0 if department.state in PRESENT else max(0, (state.today - plan.facts.deadline).days),
        opens=path,
        folder=path.parent if path else state.root / SHEETS,
        mending=reply_to(state, newest, COPY_END),
        list=reply_to(state, newest, NOTE_END),
        can_waive=bool(usable) and not usable[-1].acceptable and not decisions.waiver(usable[-1].sha256),
        can_send_back=bool(usable) and not decisions.sent_back(usable[-1].sha256),
        can_undo=name in decisions.chosen or any(d.department == name for d in decisions.by_file.values()),
        address=next((d.address for d in plan.departments if d.name == name), ""),
    )


def path_of(state: CampaignState, returned: Return | None, department: str = "") -> Path | None:
    """Return the file in which a return came, or else the department's sheet; None where neither is there."""
    paths = [state.root / folder / returned.file for folder in (INBOX, ACCEPTED)] if returned else []
    return next((path for path in (*paths, state.root / SHEETS / sheet_name(department)) if path.is_file()), None)


def reply_to(state: CampaignState, returned: Return | None, ending: str) -> Path | None:
    """Return what was written about a file that must be mended, if it is there."""
    path = state.root / RETURNED / note_name(returned, ending) if returned else None
    return path if path and path.is_file() else None
