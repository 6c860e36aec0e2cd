"""回收情况.xlsx: how far every department is, to be read on the screen, printed, or passed on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from qtool.addresses import address
from qtool.model import Plan
from qtool.office.workbook.list_sheet import (
    AMBER,
    GREEN,
    GREY,
    HEAD,
    INK,
    LINE,
    RED,
    SALMON,
    TIME,
    TITLE_LOOK,
    Column,
    Content,
    ListSheet,
)
from qtool.office.workbook.writer import Book
from qtool.outcome import PRESENT, DepartmentState, State
from qtool.text import day_text, time_text
from qtool.workspace import BOARD, write_file

NAME = BOARD.removesuffix(".xlsx")
_COLUMNS = (
    *(Column("序号", 5), Column("部门", 18, "left"), Column("状态", 11), Column("版本", 6)),
    *(Column("发出时间", 16.5, number=TIME), Column("收到时间", 16.5, number=TIME), Column("必须改正", 9)),
    *(Column("请核对", 8), Column("期限", 11), Column("文件", 27, "left"), Column("说明", 35, "left")),
)
HEADS = tuple(column.heading for column in _COLUMNS)
_STATE, _DUE = HEADS.index("状态"), HEADS.index("期限")
_COLOURS = {
    State.NOT_MADE: "#E7E6E6",
    State.NOT_SENT: "#E7E6E6",
    State.SENT: AMBER,
    State.RECEIVED: "#DDEBF7",
    State.RETURNED: SALMON,
    State.RESUBMITTED: "#DDEBF7",
    State.ACCEPTED: GREEN,
    State.WAIVED: "#E9EDC9",
}
_COUNTS: tuple[tuple[str, tuple[State, ...]], ...] = (
    ("已采用", (State.ACCEPTED,)),
    ("带说明采用", (State.WAIVED,)),
    ("待改正", (State.RETURNED,)),
    ("待检查", (State.RECEIVED, State.RESUBMITTED)),
    ("未交", (State.SENT, State.NOT_SENT, State.NOT_MADE)),
)
"""What is counted: all states, each once, so that the counts add up to what is expected."""
_COUNT_COLUMNS = ((1, 1), (2, 2), (3, 4), (5, 5), (6, 7), (8, 8), (9, 9))
_LONGEST = 400
"""Letters of a text; the whole of a long one stands in the list of the file's faults."""


def write_board(path: Path, plan: Plan, rows: Sequence[DepartmentState], now: datetime) -> Path:
    """Write how far every department is at a time, and return the file; raises QtoolError where it cannot."""
    facts = plan.facts

    def write(temporary: Path) -> None:
        title = f"{facts.name}{NAME}"
        with Book(temporary, made=now.replace(tzinfo=None, microsecond=0), title=title, author=facts.office) as book:
            _sheet(book, plan, rows, now)

    return write_file(path, write)


def _sheet(book: Book, plan: Plan, rows: Sequence[DepartmentState], now: datetime) -> None:
    facts, sheet = plan.facts, ListSheet(book, NAME, _COLUMNS, longest=_LONGEST, least_height=20)
    sheet.across(f"{facts.name.removesuffix('方案')}评分表{NAME}", **TITLE_LOOK, align="center")
    deadline = f"截止日期：{day_text(facts.deadline)}（{_left(plan, now)}）"
    sheet.across(f"截至 {time_text(now)}　　{deadline}", font_size=11, font_color=GREY, align="center")
    _counts(sheet, plan, rows, now)
    sheet.head()
    for number, state in enumerate(rows, 1):
        _line(sheet, number, state, _due(plan, state, now))
    sheet.finish(left=NAME, right=facts.name, fixed=_STATE)


def _left(plan: Plan, now: datetime) -> str:
    """Return how far the deadline is, or how long it has passed."""
    days = (plan.facts.deadline - now.date()).days
    return f"还有{days}天" if days > 0 else f"逾期{-days}天" if days else "今天截止"


def _due(plan: Plan, state: DepartmentState, now: datetime) -> str:
    if state.state in PRESENT:
        return "迟交" if state.late else "按期"
    return _left(plan, now)


def _counts(sheet: ListSheet, plan: Plan, rows: Sequence[DepartmentState], now: datetime) -> None:
    """Write how many departments are how far, as live counts of the table that comes below."""
    top, book, cells = sheet.row, sheet.book, sheet.sheet
    look: dict[str, Any] = {"align": "center", "border": 1, "border_color": LINE}
    label = book.style(**look, bold=True, bg_color=HEAD, font_color=INK)
    head = top + 3
    states, dues = (f"{address(head + 1, c)}:{address(head + max(1, len(rows)), c)}" for c in (_STATE, _DUE))
    boxes = [("应收", f"=COUNTA({states})", len(rows), "#FFFFFF")]
    for name, counted in _COUNTS:
        tests = "+".join(f'COUNTIF({states},"{state.value}")' for state in counted)
        boxes.append((name, f"={tests}", sum(1 for row in rows if row.state in counted), _COLOURS[counted[0]]))
    late = sum(1 for row in rows if _due(plan, row, now).startswith("逾期"))
    boxes.append(("逾期", f'=COUNTIF({dues},"逾期*")', late, "#FFFFFF"))
    for (name, formula, result, colour), (first, last) in zip(boxes, _COUNT_COLUMNS, strict=True):
        cells.merge((top, first), (top, last), name, label)
        red = {"font_color": RED} if name == "逾期" and result else {}
        style = book.style(**look, **red, bold=True, font_size=14, bg_color=colour)
        cells.merge((top + 1, first), (top + 1, last), "", style)
        cells.formula(top + 1, first, formula, style, result)
    for row, height in enumerate((20, 26, 8), top):
        cells.row(row, height)
    sheet.row = head


def _line(sheet: ListSheet, number: int, state: DepartmentState, due: str) -> None:
    """Write a department in one row."""
    times = (when and when.replace(second=0) for when in (state.sent, state.received))
    version = f"第{state.version}版" if state.version else "—"
    counts = (state.errors or None, state.questions or None)
    cells: list[Content] = [number, state.department, state.state.value, version, *times, *counts, due]
    looks: dict[int, dict[str, Any]] = {_STATE: {"bold": True, "bg_color": _COLOURS[state.state]}}
    if due.startswith("逾期") or due == "迟交":
        looks[_DUE] = {"bold": True, "font_color": RED}
    sheet.line([*cells, state.file, state.why], looks)
