"""The workbook of manual adjustments (人工调整): an empty one out, a filled one in."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import isfinite
from pathlib import Path

from qtool.addresses import address
from qtool.faults import Fault, QtoolError, fault
from qtool.model import Plan, exact, marks_text
from qtool.office.workbook.reader import Cell, Rows, Unreadable, read_tables
from qtool.office.workbook.writer import TITLE_FONT, Book, Prompt, Sheet, height_of
from qtool.outcome import Adjustment
from qtool.text import near, plain
from qtool.workspace import write_file

SHEET = "人工调整"
NAMES = "名单"
WHO, MARKS, GRADE, REASON, PROPOSER, DATE = "考核对象", "加减分", "直接定等级", "理由", "提出人", "日期"
ROWS = 200
"""Rows that are prepared for filling."""

_HELP: dict[str, tuple[float, str]] = {
    WHO: (18, "从下拉列表中选一个考核对象，一行写一次调整；同一个考核对象可以写几行。"),
    MARKS: (10, "加分填正数，减分填负数，如 -0.5；只定等级、不改分数就空着。最多四位小数。"),
    GRADE: (13, "一般空着。只有一票否决等不看总分的情形，才从下拉列表中选一个等级；这里选了，就以这里为准。"),
    REASON: (60, "必填。写清楚事实和依据，会原样列入汇总表。"),
    PROPOSER: (16, "谁提出的，对它负责的人或科室。"),
    DATE: (14, "哪一天提出的，如 2023-01-15。"),
}
_NUMBER = re.compile(r"([+-]?\d+(?:\.\d+)?)分?")


def write_adjustments_template(path: Path, plan: Plan) -> Path:
    """Return the path of an empty adjustments workbook written there; one that is there already is replaced."""
    return write_file(path, lambda temporary: _write(temporary, plan))


def _write(path: Path, plan: Plan) -> None:
    with Book(path, title=f"{plan.facts.name} 人工调整", author=plan.facts.office) as book:
        sheet, names = book.sheet(SHEET), book.sheet(NAMES)
        _headings(book, sheet)
        _lists(book, names, plan)
        _validations(sheet, plan)
        raw = sheet.raw
        raw.freeze_panes(1, 0)
        raw.set_landscape()
        raw.set_paper(9)
        raw.fit_to_pages(1, 0)
        raw.repeat_rows(0)
        raw.print_area(0, 0, 40, len(_HELP) - 1)
        raw.set_footer("&C第 &P 页 共 &N 页")


def _headings(book: Book, sheet: Sheet) -> None:
    head = book.style(font_name=TITLE_FONT, font_size=11, align="center", bg_color="#DCE6F1", border=1)
    looks = {MARKS: {"align": "center", "num_format": "0.####"}, DATE: {"align": "center", "num_format": "yyyy-mm-dd"}}
    for col, (name, (width, _help)) in enumerate(_HELP.items()):
        look = looks.get(name, {"align": "center" if name in {WHO, GRADE, PROPOSER} else "left"})
        style = book.style(font_size=11, border=1, border_color="#BFBFBF", **look)
        sheet.column(col, width)
        sheet.text(0, col, name, head)
        for row in range(1, ROWS + 1):
            sheet.blank(row, col, style)
    sheet.row(0, height_of("标题", 20, size=11) + 8)


def _lists(book: Book, names: Sheet, plan: Plan) -> None:
    """Write the lists that the drop-downs show, on a sheet of their own: there a list may be as long as it likes."""
    style = book.style(font_size=11)
    columns = ((WHO, [a.short for a in plan.assessees]), (GRADE, [g.name for g in plan.grades]))
    for col, (heading, entries) in enumerate(columns):
        for row, text in enumerate([heading, *entries]):
            names.text(row, col, text, style)
    names.raw.hide()


def _validations(sheet: Sheet, plan: Plan) -> None:
    rules: dict[str, tuple[dict[str, object], str]] = {
        WHO: (_list("A", len(plan.assessees)), "请从下拉列表中选择考核对象"),
        MARKS: (
            {"validate": "decimal", "criteria": "between", "minimum": -1000, "maximum": 1000},
            "请填一个数，加分为正，减分为负",
        ),
        GRADE: (_list("B", len(plan.grades)), "请从下拉列表中选择等级，或者空着"),
        DATE: (
            {"validate": "date", "criteria": ">=", "value": dt.date(2000, 1, 1)},
            "请填日期，如 2023-01-15",
        ),
    }
    for col, (name, (_width, text)) in enumerate(_HELP.items()):
        options, error = rules.get(name, ({"validate": "any"}, ""))
        sheet.validate_block((1, col), (ROWS, col), options, Prompt(name, text, error=error))
        sheet.validate_block((0, col), (0, col), {"validate": "any"}, Prompt(name, text))


def _list(letter: str, entries: int) -> dict[str, object]:
    return {"validate": "list", "source": f"='{NAMES}'!${letter}$2:${letter}${max(entries, 1) + 1}"}


def read_adjustments(path: Path, plan: Plan) -> tuple[tuple[Adjustment, ...], tuple[Fault, ...]]:
    """Return the adjustments in a workbook and what is wrong with it; no file means no adjustments.

    Rows with a fault give no adjustment. Raises QtoolError when the file is no workbook.
    """
    if not path.is_file():
        return (), ()
    try:
        tables = read_tables(path)
    except Unreadable as error:
        raise QtoolError(fault("C14", file=path.name, reason=error.reason)) from error
    sheet = SHEET if SHEET in tables else next(iter(tables), SHEET)
    reading = _Reading(path.name, sheet, plan)
    adjustments = tuple(reading.rows(tables.get(sheet, [])))
    return adjustments, tuple(reading.faults)


@dataclass
class _Reading:
    """A workbook of adjustments while it is read: where its columns stand, what is wrong with it."""

    file: str
    sheet: str
    plan: Plan
    columns: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    graded: dict[str, tuple[str, int]] = field(default_factory=dict)

    def rows(self, rows: Rows) -> Iterator[Adjustment]:
        """Yield the adjustment of every row that is right."""
        heads = [plain(str(value)) for value in rows[0]] if rows else []
        self.columns = {name: heads.index(name) for name in _HELP if name in heads}
        if missing := [name for name in (WHO, MARKS, GRADE, REASON) if name not in self.columns]:
            problem = f"缺少{'、'.join(f'“{name}”' for name in missing)}列"
            self.wrong(WHO, 1, problem, "请在第1行补上这些标题，或删去这个文件后重新汇总，程序会另放一份空白的")
            return
        for number, row in enumerate(rows[1:], 2):
            cells = {name: row[col] if col < len(row) else "" for name, col in self.columns.items()}
            if any(str(value).strip() for value in cells.values()):
                before = len(self.faults)
                adjustment = self.adjustment(number, cells)
                if len(self.faults) == before:
                    yield adjustment

    def wrong(self, heading: str, row: int, problem: str, remedy: str) -> None:
        """Report a fault of the cell under a heading."""
        place = {"file": self.file, "sheet": self.sheet, "cell": self.cell(heading, row)}
        self.faults.append(fault("T03", **place, problem=problem, remedy=remedy))

    def cell(self, heading: str, row: int) -> str:
        """Return the address of a heading's cell in a row counted from 1."""
        return address(row - 1, self.columns.get(heading, 0))

    def adjustment(self, row: int, cells: Mapping[str, Cell]) -> Adjustment:
        """Return a row's adjustment; what is wrong with it is reported."""
        marks, grade, reason = self.marks(row, cells[MARKS]), self.grade(row, cells[GRADE]), cell_text(cells[REASON])
        assessee = self.assessee(row, cells[WHO])
        if not reason:
            self.wrong(REASON, row, "没有写理由", "请写明事实和依据")
        if not cell_text(cells[MARKS]) and not cell_text(cells[GRADE]):
            self.wrong(MARKS, row, "没有写加减分，也没有定等级", "请至少填一项；不需要调整就清空这一行")
        if grade and assessee:
            other, first = self.graded.setdefault(assessee, (grade, row))
            if other != grade:
                self.wrong(GRADE, row, f"“{assessee}”在第{first}行已经定为“{other}”", "一个考核对象只能直接定一个等级")
        who, day = cell_text(cells.get(PROPOSER, "")), cell_day(cells.get(DATE, ""))
        return Adjustment(assessee, marks, grade, reason, "，".join(part for part in (who, day) if part), row)

    def assessee(self, row: int, value: Cell) -> str:
        """Return the short name of the assessee meant by a cell, or nothing."""
        typed = cell_text(value)
        if not typed:
            self.wrong(WHO, row, "没有写考核对象", "请从下拉列表中选择")
            return ""
        known = {plain(name): a.short for a in self.plan.assessees for name in (a.name, a.short)}
        if found := known.get(plain(typed)):
            return found
        shorts = [assessee.short for assessee in self.plan.assessees]
        hint = near(typed, shorts) or f"请从下拉列表中选择：{'、'.join(shorts)}"
        cell = self.cell(WHO, row)
        self.faults.append(fault("T02", file=self.file, sheet=self.sheet, cell=cell, value=typed, hint=hint))
        return ""

    def marks(self, row: int, value: Cell) -> Fraction:
        """Return the marks in a cell; none for an empty one."""
        typed = cell_text(value)
        if not typed:
            return Fraction(0)
        if isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value):
            marks = exact(value)
        elif digits := _NUMBER.fullmatch(plain(typed)):
            marks = exact(digits[1])
        else:
            self.wrong(MARKS, row, f"加减分“{typed}”不是数", "加分填正数，减分填负数，如 -0.5")
            return Fraction(0)
        if (marks * 10_000).denominator != 1:
            self.wrong(MARKS, row, f"加减分“{typed}”的小数太长", f"最多四位小数，如 {marks_text(marks)}")
        return marks

    def grade(self, row: int, value: Cell) -> str:
        """Return the grade in a cell; nothing for an empty one."""
        typed = cell_text(value)
        grades = {plain(grade.name).upper(): grade.name for grade in self.plan.grades}
        key = plain(typed).upper()
        found = grades.get(key) or grades.get(key.removesuffix("级")) or grades.get(f"{key}级")
        if typed and not found:
            self.wrong(GRADE, row, f"“{typed}”不是等级", f"请从下拉列表中选择：{'、'.join(grades.values())}")
        return found or ""


def cell_text(value: Cell) -> str:
    """Return what a cell shows; whole figures without decimals."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def cell_day(value: Cell) -> str:
    """Return a day as a cell holds it, or what was typed instead."""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    return cell_text(value)
