"""The first sheet of a copy to be mended: every fault in a row, where it is, what to do, and whether it is done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from qtool.addresses import address
from qtool.layout import PROBLEMS, SHEET, Layout
from qtool.office.workbook.writer import TITLE_FONT, Book, CellFormat, Sheet, height_of, pieces, readable
from qtool.outcome import Return
from qtool.sheets.page import footer
from qtool.sheets.problems import Problem
from qtool.sheets.style import INK, LINE, MENDED, MUST_MEND, SOFT, TO_CHECK, WRONG, Styles
from qtool.text import day_text, time_text

HEADS = ("序号", "要求", "位置", "问题", "怎么办", "处理")
_WIDTHS = (5.0, 10.0, 13.0, 55.0, 45.0, 11.0)
_NUMBER, _DEMAND, _WHERE, _MESSAGE, _REMEDY, _STATE = range(6)
_INDENT = 2
"""Half-width characters that an indented cell has less."""
_MOST_LINES = 14
"""Lines of a row: a text that takes more goes on in the next, since no row is higher than a screen or a page."""
_LONGEST = 3000
_FORMULA_LIMIT = 8000
LEFT = '"还差 "0" 格";;"已改好"'
ALL_LEFT = '"“处理”一栏能自动检查的，还有 "0" 条没有改好。";;"“处理”一栏能自动检查的，都改好了。"'
STEPS = (
    "点“位置”一栏的蓝色地址，就转到那一格。红色（实线框）的必须改正，橙色（虚线框）的请核对；鼠标指到格上会显示原因。",
    "照“怎么办”改。其余已经填的都在，不用重填；核对后确实没有错的，不用改，交回时说明一下。",
    "改好后看“处理”一栏和封面上的“已填完”，签好名，保存，把这个文件交回。请不要增删行列、改表名。",
)


def write_list(
    book: Book, sheet: Sheet, layout: Layout, returned: Return, made: datetime, problems: Sequence[Problem]
) -> None:
    """Write the list of what is wrong; it is the sheet that opens."""
    head = _titles(book, sheet, layout, returned, made, problems)
    sheet.heads(head, HEADS, _WIDTHS, Styles(book).head)
    row = head + 1
    for problem in problems:
        row = _problem(book, sheet, problem, row)
    last = max(head, row - 1)
    _states(book, sheet, problems, head, last)
    sheet.listing_page(head, last, len(HEADS))
    raw = sheet.raw
    raw.set_footer(footer(layout), {"margin": 0.28})
    raw.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})
    raw.set_tab_color(WRONG)
    raw.activate()


def _titles(
    book: Book, sheet: Sheet, layout: Layout, returned: Return, made: datetime, problems: Sequence[Problem]
) -> int:
    """Write what stands above the table, and return the row of the table's head."""
    title: dict[str, Any] = {"font_name": TITLE_FONT, "font_size": 16, "font_color": INK, "align": "center"}
    plain: dict[str, Any] = {"font_size": 11}
    strong: dict[str, Any] = {"font_size": 12, "bold": True}
    received = returned.received
    came = time_text(received)
    lines = [
        (f"{PROBLEMS}（{layout.department}评分表）", title),
        (f"{came} 收到你们交回的《{readable(returned.full_name, 300)}》，检查后有下面这些问题。", plain),
        (_counts(problems), strong | ({"font_color": WRONG} if any(p.fault.is_error for p in problems) else {})),
        (_back(layout, made), strong),
        *((f"{number}．{step}", plain) for number, step in enumerate(STEPS, 1)),
    ]
    for row, (text, look) in enumerate(lines):
        sheet.merge((row, 0), (row, len(HEADS) - 1), text, book.style(**look))
        sheet.row(row, height_of(text, sum(_WIDTHS), size=look["font_size"]) + 4)
    return len(lines) + 1


def _counts(problems: Sequence[Problem]) -> str:
    errors = sum(1 for problem in problems if problem.fault.is_error)
    must = f"退回：必须改正 {errors} 条；" if errors else "没有必须改正的；"
    checks = len(problems) - errors
    return must + (f"核实：请核对或说明 {checks} 条。" if checks else "没有要核实的。")


def _back(layout: Layout, made: datetime) -> str:
    facts = layout.plan.facts
    day = day_text(facts.deadline)
    until = f"截止日期 {day} 已过，请尽快改好" if made.date() > facts.deadline else f"请在 {day} 前改好"
    return f"{until}。怎样交回：{readable(facts.returns_to, 300)}"


def _problem(book: Book, sheet: Sheet, problem: Problem, row: int) -> int:
    """Write a fault in one row, or in several where its texts are long, and return the row after it."""
    look = MUST_MEND if problem.fault.is_error else TO_CHECK
    edge = {"border": 1, "border_color": LINE, "valign": "top"}
    text, middle = book.style(**edge, align="left", indent=1), book.style(**edge, align="center")
    demand = book.style(**edge, align="center", bold=True, bg_color=look["bg_color"])
    link = book.style(**edge, align="center", font_color="#0563C1", underline=1)
    texts = (problem.message, problem.fault.remedy)
    widths = [width - _INDENT for width in _WIDTHS[_MESSAGE : _REMEDY + 1]]
    parts = [pieces(readable(one, _LONGEST), width, _MOST_LINES) for one, width in zip(texts, widths, strict=True)]
    count = max(map(len, parts))
    for at in range(count):
        message, remedy = (part[at] if at < len(part) else "" for part in parts)
        sheet.value(row + at, _NUMBER, Fraction(problem.number) if not at else "续", middle)
        sheet.text(row + at, _DEMAND, problem.demand, demand)
        if problem.spots:
            sheet.link(row + at, _WHERE, f"'{SHEET}'!{problem.spots[0].address}", problem.where, link)
        else:
            sheet.text(row + at, _WHERE, problem.where, middle)
        sheet.text(row + at, _MESSAGE, message, text)
        sheet.text(row + at, _REMEDY, remedy, text)
        sheet.text(row + at, _STATE, "", middle)
        tall = max(height_of(one, width) for one, width in zip((message, remedy), widths, strict=True))
        sheet.row(row + at, max(20.0, tall + 2))
    _state(sheet, problem, row, middle, book.style(**edge, align="center", num_format=LEFT))
    return row + count


def _state(sheet: Sheet, problem: Problem, row: int, plain: CellFormat, counted: CellFormat) -> None:
    """Write how many cells of a fault are not mended, where formulas can tell."""
    if test := _test(problem):
        sheet.formula(row, _STATE, test, counted, len(problem.spots))
    else:
        sheet.text(row, _STATE, "—", plain)


def _test(problem: Problem) -> str:
    """Return the formula that counts the cells of a fault that are not mended, or nothing where only a person can."""
    tests = "+".join(spot.still(f"{SHEET}!") for spot in problem.spots)
    return f"=0+{tests}" if problem.live and len(tests) <= _FORMULA_LIMIT else ""


def _states(book: Book, sheet: Sheet, problems: Sequence[Problem], head: int, last: int) -> None:
    """Write above the table how much of it is not mended, and colour what is."""
    live = sum(1 for problem in problems if _test(problem))
    if not live:
        return
    cells = f"{address(head + 1, _STATE)}:{address(last, _STATE)}"
    style = book.style(font_size=11, bold=True, bg_color=SOFT, font_color=INK, num_format=ALL_LEFT, align="left")
    sheet.merge((head - 1, 0), (head - 1, len(HEADS) - 1), "", style)
    sheet.formula(head - 1, 0, f'=COUNTIF({cells},">0")', style, live)
    sheet.row(head - 1, 22)
    first = address(head + 1, _STATE)
    for sign, colour in ((">", WRONG), ("=", MENDED)):
        test = f"=IF(ISNUMBER({first}),{first}{sign}0,FALSE)"
        options = {"type": "formula", "criteria": test, "format": book.tint(font_color=colour, bold=True)}
        sheet.raw.conditional_format(head + 1, _STATE, last, _STATE, options)
