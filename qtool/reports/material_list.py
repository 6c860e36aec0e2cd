"""印证材料清单: the workbook in which an assessee writes down the evidence that it returns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path
from typing import Any

from qtool.model import Assessee, Plan, marks_text
from qtool.office.workbook.writer import TITLE_FONT, Book, Prompt, Sheet, height_of, readable
from qtool.reports.evidence import Ask, asked
from qtool.workspace import write_file

NAME = "印证材料清单"
HEADS = ("编号", "考核内容", "条目", "评分标准", "要提供什么", "放在哪个文件夹", "文件名", "页数", "备注")
_CODE, _TITLE, _ITEM, _STANDARD, _WHAT, _FOLDER, _FILES, _PAGES, _REMARK = range(len(HEADS))
_WIDTHS = (8.0, 22.0, 5.5, 46.0, 26.0, 24.0, 34.0, 7.0, 16.0)
_INK, _LINE, _HEAD, _BAND, _FILL = "#1F3864", "#BFBFBF", "#DCE6F1", "#EEF3FA", "#FFFBE6"
_LONGEST = 1200
_HOW = (
    "怎样填：把材料的电子版放进“印证材料”里写明的文件夹，再在浅黄色的格里写上文件名和页数；一条有几个文件的，"
    "用顿号隔开。没有这项工作的，在备注里写“无”和原因。不要改文件夹的名称和编号。"
)
_MOST_POINTS = 400.0
"""Excel's rows are at most 409 points high."""


def file_name(assessee: Assessee) -> str:
    """Return what an assessee's list is called."""
    return f"{NAME}-{assessee.short}.xlsx"


def write_list(path: Path, plan: Plan, assessee: Assessee, folders: dict[str, str]) -> Path:
    """Write an assessee's list, and return the file; it is dated by the deadline, so that it is always the same."""
    facts = plan.facts

    def write(temporary: Path) -> None:
        made = datetime.combine(facts.deadline, time())
        with Book(temporary, made=made, title=f"{assessee.name}{NAME}", author=facts.office) as book:
            _sheet(book, book.sheet(NAME), plan, assessee, folders)

    return write_file(path, write)


def _sheet(book: Book, sheet: Sheet, plan: Plan, assessee: Assessee, folders: dict[str, str]) -> None:
    asks = asked(plan)
    row = _titles(book, sheet, plan, assessee, asks)
    head = book.style(font_name=TITLE_FONT, bg_color=_HEAD, font_color=_INK, align="center", border=1)
    sheet.heads(row, HEADS, _WIDTHS, head)
    first, department = row + 1, ""
    for ask in asks:
        row += 1
        if ask.criterion.department != department:
            department = ask.criterion.department
            row = _band(book, sheet, row, department, asks)
        _line(book, sheet, row, ask, folders)
    _inputs(sheet, first, row)
    sheet.listing_page(first - 1, row, len(HEADS), left=NAME, right=assessee.short, fixed=_STANDARD, sortable=False)


def _titles(book: Book, sheet: Sheet, plan: Plan, assessee: Assessee, asks: Sequence[Ask]) -> int:
    """Write what stands above the table, and return the row of its head."""
    facts, deadline = plan.facts, plan.facts.deadline
    criteria = len({ask.criterion.code for ask in asks})
    day = f"{deadline.year}年{deadline.month}月{deadline.day}日"
    limit = f"全部材料不超过{marks_text(facts.evidence_limit_gb)}GB，超过的不予接收"
    lines: list[tuple[str, dict[str, Any]]] = [
        (
            f"{assessee.name}{facts.year}年度质量工作考核{NAME}",
            {"font_name": TITLE_FONT, "font_size": 16, "font_color": _INK, "align": "center"},
        ),
        (f"共{criteria}项考核内容需要印证材料。请在{day}前连同自评报告一并报{facts.office}；{limit}。", {}),
        (
            _HOW,
            {},
        ),
    ]
    for row, (text, look) in enumerate(lines):
        sheet.merge((row, 0), (row, len(HEADS) - 1), text, book.style(**({"font_size": 11, "align": "left"} | look)))
        sheet.row(row, height_of(text, sum(_WIDTHS), size=look.get("font_size", 11)) + 4)
    return len(lines)


def _band(book: Book, sheet: Sheet, row: int, department: str, asks: Sequence[Ask]) -> int:
    """Write the heading of a department's part, and return the row after it."""
    own = [ask for ask in asks if ask.criterion.department == department]
    text = f"{department}（{len({ask.criterion.code for ask in own})}项考核内容，{len(own)}条）"
    look = {"font_name": TITLE_FONT, "font_size": 11, "font_color": _INK, "bg_color": _BAND, "align": "left"}
    sheet.merge((row, 0), (row, len(HEADS) - 1), text, book.style(**look, border=1, border_color=_LINE))
    sheet.row(row, 22)
    return row + 1


def _line(book: Book, sheet: Sheet, row: int, ask: Ask, folders: dict[str, str]) -> None:
    edge: dict[str, Any] = {"border": 1, "border_color": _LINE, "valign": "top"}
    middle, left = book.style(**edge, align="center"), book.style(**edge, align="left")
    what = f"{ask.form}：{ask.labels}" if ask.form else ask.labels
    criterion = ask.criterion
    texts = {
        _TITLE: criterion.title,
        _STANDARD: ask.item.standard,
        _WHAT: what,
        _FOLDER: folders[criterion.code].partition("/")[2],
    }
    sheet.text(row, _CODE, criterion.code, middle)
    sheet.text(row, _ITEM, ask.item.number, middle)
    for col, text in texts.items():
        sheet.text(row, col, readable(text, _LONGEST), left)
    fill = book.style(**edge, align="left", bg_color=_FILL, locked=False)
    for col in (_FILES, _PAGES, _REMARK):
        sheet.blank(row, col, fill)
    tall = max(height_of(readable(text, _LONGEST), _WIDTHS[col]) for col, text in texts.items())
    sheet.row(row, min(_MOST_POINTS, max(32.0, tall + 2)))


def _inputs(sheet: Sheet, first: int, last: int) -> None:
    prompts = {
        _FILES: "写上这一条的材料文件名，几个文件用顿号隔开；也可以只写关键字。",
        _PAGES: "一共几页。音像材料写时长，如 3分钟。",
        _REMARK: "没有这项工作的，写“无”和原因；与别的条目共用材料的，写明在哪里。",
    }
    for col, text in prompts.items():
        sheet.validate_block((first, col), (last, col), {"validate": "any"}, Prompt(HEADS[col], text))
