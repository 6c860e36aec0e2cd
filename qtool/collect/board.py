"""回收情况.xlsx: how far every department is, to be read on the screen, printed, or passed on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from qtool.addresses import address
from qtool.model import Plan
from qtool.office.workbook.writer import TITLE_FONT, Book, CellFormat, Sheet, height_of, readable
from qtool.outcome import PRESENT, DepartmentState, State
from qtool.workspace import BOARD, write_file

NAME = BOARD.removesuffix(".xlsx")
HEADS = ("序号", "部门", "状态", "版本", "发出时间", "收到时间", "必须改正", "请核对", "期限", "文件", "说明")
_NUMBER, _DEPARTMENT, _STATE, _VERSION, _SENT, _RECEIVED, _ERRORS, _QUESTIONS, _DUE, _FILE, _WHY = range(len(HEADS))
_WIDTHS = (5.0, 18.0, 11.0, 6.0, 16.5, 16.5, 9.0, 8.0, 11.0, 27.0, 35.0)
TIME = "yyyy-mm-dd hh:mm"
_INK, _LINE, _HEAD, _RED = "#1F3864", "#BFBFBF", "#DCE6F1", "#C00000"
_COLOURS = {
    State.NOT_MADE: "#E7E6E6",
    State.NOT_SENT: "#E7E6E6",
    State.SENT: "#FFF2CC",
    State.RECEIVED: "#DDEBF7",
    State.RETURNED: "#F8CBAD",
    State.RESUBMITTED: "#DDEBF7",
    State.ACCEPTED: "#D5E8D4",
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
    sheet = book.sheet(NAME)
    facts, last = plan.facts, len(HEADS) - 1
    title = book.style(font_name=TITLE_FONT, font_size=16, font_color=_INK, align="center")
    heading = f"{facts.name.removesuffix('方案')}评分表{NAME}"
    sheet.merge((0, 0), (0, last), heading, title)
    sheet.row(0, height_of(heading, sum(_WIDTHS), size=16) + 6)
    day = f"{facts.deadline.year}年{facts.deadline.month}月{facts.deadline.day}日"
    subtitle = f"截至 {now.year}年{now.month}月{now.day}日 {now:%H:%M}　　截止日期：{day}（{_left(plan, now)}）"
    sheet.merge((1, 0), (1, last), subtitle, book.style(font_size=11, align="center", font_color="#444444"))
    sheet.row(1, 20)
    head = 5
    _counts(book, sheet, plan, rows, (head, now))
    style = book.style(bold=True, align="center", bg_color=_HEAD, font_color=_INK, border=1, border_color=_LINE)
    sheet.heads(head, HEADS, _WIDTHS, style)
    for number, state in enumerate(rows, 1):
        _line(book, sheet, head + number, number, state, _due(plan, state, now))
    sheet.listing_page(head, head + len(rows), len(HEADS), left=NAME, right=facts.name, fixed=_STATE)


def _left(plan: Plan, now: datetime) -> str:
    """Return how far the deadline is, or how long it has passed."""
    days = (plan.facts.deadline - now.date()).days
    return f"还有{days}天" if days > 0 else f"逾期{-days}天" if days else "今天截止"


def _due(plan: Plan, state: DepartmentState, now: datetime) -> str:
    if state.state in PRESENT:
        return "迟交" if state.late else "按期"
    return _left(plan, now)


def _counts(book: Book, sheet: Sheet, plan: Plan, rows: Sequence[DepartmentState], place: tuple[int, datetime]) -> None:
    """Write how many departments are how far, as live counts of the table below."""
    head, now = place
    look: dict[str, Any] = {"align": "center", "border": 1, "border_color": _LINE}
    label = book.style(**look, bold=True, bg_color=_HEAD, font_color=_INK)
    states, dues = (f"{address(head + 1, c)}:{address(head + max(1, len(rows)), c)}" for c in (_STATE, _DUE))
    boxes = [("应收", f"=COUNTA({states})", len(rows), "#FFFFFF")]
    for name, counted in _COUNTS:
        tests = "+".join(f'COUNTIF({states},"{state.value}")' for state in counted)
        boxes.append((name, f"={tests}", sum(1 for row in rows if row.state in counted), _COLOURS[counted[0]]))
    late = sum(1 for row in rows if _due(plan, row, now).startswith("逾期"))
    boxes.append(("逾期", f'=COUNTIF({dues},"逾期*")', late, "#FFFFFF"))
    for (name, formula, result, colour), (first, last) in zip(boxes, _COUNT_COLUMNS, strict=True):
        sheet.merge((2, first), (2, last), name, label)
        red = {"font_color": _RED} if name == "逾期" and result else {}
        style = book.style(**look, **red, bold=True, font_size=14, bg_color=colour)
        sheet.merge((3, first), (3, last), "", style)
        sheet.formula(3, first, formula, style, result)
    sheet.row(2, 20)
    sheet.row(3, 26)
    sheet.row(4, 8)


def _line(book: Book, sheet: Sheet, row: int, number: int, state: DepartmentState, due: str) -> None:
    """Write a department in one row, as high as its texts need."""
    edge: dict[str, Any] = {"border": 1, "border_color": _LINE}
    text, middle = book.style(**edge, align="left", indent=1), book.style(**edge, align="center")
    time = book.style(**edge, align="center", num_format=TIME)
    strong = book.style(**edge, align="center", bold=True, bg_color=_COLOURS[state.state])
    overdue = due.startswith("逾期") or due == "迟交"
    hurried = book.style(**edge, align="center", bold=True, font_color=_RED) if overdue else middle
    texts = {
        _DEPARTMENT: readable(state.department, _LONGEST),
        _FILE: readable(state.file, _LONGEST),
        _WHY: readable(state.why, _LONGEST),
    }
    sheet.number(row, _NUMBER, number, middle)
    sheet.text(row, _STATE, state.state.value, strong)
    sheet.text(row, _VERSION, f"第{state.version}版" if state.version else "—", middle)
    for col, when in ((_SENT, state.sent), (_RECEIVED, state.received)):
        _time(sheet, (row, col), when, time)
    for col, count in ((_ERRORS, state.errors), (_QUESTIONS, state.questions)):
        sheet.value(row, col, count or None, middle)
    sheet.text(row, _DUE, due, hurried)
    for col, said in texts.items():
        sheet.text(row, col, said, text)
    tall = max(height_of(said, _WIDTHS[col] - 2) for col, said in texts.items())
    sheet.row(row, max(20.0, tall + 2))


def _time(sheet: Sheet, cell: tuple[int, int], when: datetime | None, style: CellFormat) -> None:
    if when is None:
        sheet.blank(*cell, style)
    else:
        # a workbook knows no time zones: the clock on the wall is what is shown
        sheet.date(*cell, when.replace(tzinfo=None, second=0, microsecond=0), style)
