"""How far every department is, in words: the board of `qtool status` and the window, its count, the files behind it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qtool.collect.accept import note_name
from qtool.collect.choose import Collection
from qtool.outcome import Return
from qtool.state.campaign_state import CampaignState
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


def path_of(state: CampaignState, returned: Return | None, department: str = "") -> Path | None:
    """Return the file in which a return came, or else the department's sheet; None where neither is there."""
    paths = [state.root / folder / returned.file for folder in (INBOX, ACCEPTED)] if returned else []
    return next((path for path in (*paths, state.root / SHEETS / sheet_name(department)) if path.is_file()), None)


def reply_to(state: CampaignState, returned: Return | None, ending: str) -> Path | None:
    """Return what was written about a file that must be mended, if it is there."""
    path = state.root / RETURNED / note_name(returned, ending) if returned else None
    return path if path and path.is_file() else None
