"""The copy (请改正) that goes back to a department: all that it gave; what is wrong marked, explained and listed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from qtool.addresses import address
from qtool.identity import Identity
from qtool.layout import AFTER, CODE, COVER, META, NOTE_ROW, PROBLEMS, SHEET, STANDARD, TITLE, Layout
from qtool.model import Value
from qtool.office.workbook.writer import Book, Sheet, height_of, readable
from qtool.outcome import Return
from qtool.sheets.make import begun, write_sheets
from qtool.sheets.page import WIDE, widths
from qtool.sheets.problem_list import write_list
from qtool.sheets.problems import Problem, Spot, problems_of, signature_cells
from qtool.sheets.style import MUST_MEND, TO_CHECK, Styles
from qtool.text import day_text

_CELL_LIMIT = 16_000
"""Letters of a text that any cell holds: Excel's limit is 32,767, and it counts some letters twice."""
_COMMENT_LIMIT = 400
_LEGEND = (
    f"红色（实线框）的格必须改正，橙色（虚线框）的格请核对，鼠标指到格上会显示原因；全部问题见“{PROBLEMS}”。"
    "深黄色的还没有填。截止日期："
)


def write_mending(path: Path, layout: Layout, identity: Identity, key: str, made: datetime, returned: Return) -> None:
    """Write a genuine sheet that holds what a return holds, for its department to mend and to return.

    Every fault is listed on the first sheet; what `returned.places` knows of it is marked and explained at the cells.
    Raises NotWritten where Excel's limits are exceeded.
    """
    values = {where: _held(value) for where, value in {**returned.values, **returned.typed}.items()}
    reasons = {where: text[:_CELL_LIMIT] for where, text in returned.reasons.items()}
    problems = problems_of(returned, layout, values, layout.scorer.score(values))
    with begun(path, layout, made, "评分表（请改正）") as book:
        listed, cover, scoring, meta = (book.sheet(name) for name in (PROBLEMS, COVER, SHEET, META))
        _tint(book, scoring, layout, problems)  # first, since of two tints in a cell the one told first wins
        write_sheets(book, (cover, scoring, meta), layout, identity, key, values, reasons)
        _sign(book, scoring, layout, returned)
        _legend(book, scoring, layout)
        _explain(scoring, layout, problems)
        write_list(book, listed, layout, returned, made, problems)


def _held(value: Value) -> Value:
    """Return a value as a cell can hold it."""
    if isinstance(value, str):
        return value[:_CELL_LIMIT] or None
    with contextlib.suppress(OverflowError):
        float(value or 0)
        return value
    return "数太大"


def _tint(book: Book, sheet: Sheet, layout: Layout, problems: Sequence[Problem]) -> None:
    """Tint the cells that faults are about, as long as they stand open or where only a person can tell."""
    blocks = {(block.first, STANDARD): block.last for _, _, block in layout.item_blocks}
    blocks |= {(block.first, col): block.last for _, block in layout.criterion_blocks for col in (CODE, TITLE)}
    for look, errors in ((MUST_MEND, True), (TO_CHECK, False)):
        style = book.tint(**look)
        spots = sorted({spot for problem in problems if problem.fault.is_error is errors for spot in problem.spots})
        alike: dict[tuple[int, str], list[Spot]] = {}
        for spot in spots:
            alike.setdefault((spot.row, spot.test), []).append(spot)
        for same in alike.values():
            # On one row only relative addresses differ from cell to cell, so the first cell's test serves them all.
            first, ranges = same[0], " ".join(_merged(spot, blocks) for spot in same)
            options = {"type": "formula", "criteria": f"={first.still() or 'TRUE'}", "format": style}
            cell = (first.row, first.col)
            sheet.raw.conditional_format(*cell, *cell, options | {"multi_range": ranges})


def _merged(spot: Spot, blocks: Mapping[tuple[int, int], int]) -> str:
    last = blocks.get((spot.row, spot.col), spot.row)
    return f"{spot.address}:{address(last, spot.col)}"


def _sign(book: Book, sheet: Sheet, layout: Layout, returned: Return) -> None:
    style = Styles(book).signature
    for name, cell in signature_cells(layout).items():
        if text := returned.signed.get(name, ""):
            sheet.text(*cell, text[:_CELL_LIMIT], style)


def _legend(book: Book, sheet: Sheet, layout: Layout) -> None:
    """Say what the colours mean, in the place of the line under the title."""
    deadline = layout.plan.facts.deadline
    text = f"{_LEGEND}{day_text(deadline)}"
    end = min(layout.last_col, AFTER + 2 * WIDE)
    sheet.text(NOTE_ROW, CODE, text, Styles(book).note)
    sheet.row(NOTE_ROW, max(18.0, height_of(text, sum(widths(layout)[CODE : end + 1]))))


def _explain(sheet: Sheet, layout: Layout, problems: Iterable[Problem]) -> None:
    said: dict[tuple[int, int], list[str]] = {}
    for problem in problems:
        message, remedy = (readable(text, _COMMENT_LIMIT) for text in (problem.fault.message, problem.fault.remedy))
        text = f"【第{problem.number}条，{problem.demand}】{message}。" + (f"\n怎么办：{remedy}。" if remedy else "")
        for cell in dict.fromkeys((spot.row, spot.col) for spot in problem.spots):
            said.setdefault(cell, []).append(text.replace("？。", "？").replace("。。", "。"))
    for cell, texts in said.items():
        sheet.comment(*cell, "\n\n".join(texts), layout.plan.facts.office)
