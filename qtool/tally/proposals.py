"""The workbook of proposed deductions (建议扣分): findings out, a person's decisions in.

Nothing is deducted without a person: a row counts when somebody chose 采用, said how much, and put a name to it. What
was decided survives every new check, whether its finding is still there or not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from qtool.addresses import address
from qtool.faults import Fault, QtoolError, fault
from qtool.model import Plan, exact, marks_text
from qtool.office.workbook.reader import Cell, Rows, Unreadable, read_tables
from qtool.office.workbook.writer import TITLE_FONT, Book, Prompt, Sheet, height_of, readable
from qtool.outcome import Adjustment, Proposal
from qtool.tally.adjust import cell_day, cell_text
from qtool.text import plain
from qtool.workspace import write_file

SHEET = "建议扣分"
ID, WHO, FINDING, BASIS = "编号", "考核对象", "发现的问题", "依据"
MARKS, DECISION, DECIDER, DATE, NOTE = "扣分", "是否采用", "决定人", "日期", "说明"
ADOPTED, REFUSED = "采用", "不采用"
GONE = "这次检查没有再发现这个问题"
_WIDTHS = {ID: 22, WHO: 16, FINDING: 56, BASIS: 34, MARKS: 9, DECISION: 11, DECIDER: 14, DATE: 13, NOTE: 30}
_TYPED = (MARKS, DECISION, DECIDER, DATE)
"""What a person fills in."""
_HEAD = 1
_INK, _LINE, _BLUE, _FILL = "#1F3864", "#BFBFBF", "#DCE6F1", "#FFFBE6"
_MOST_MARKS = 100


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the workbook: what was found, and what a person typed beside it."""

    id: str
    assessee: str
    finding: str
    basis: str
    typed: Mapping[str, Cell] = field(default_factory=dict)
    note: str = ""
    row: int = 0

    @property
    def decided(self) -> bool:
        """Whether a person has touched it."""
        return any(cell_text(value) for value in self.typed.values())


def write_proposals(path: Path, plan: Plan, proposals: Sequence[Proposal], now: dt.datetime) -> Path:
    """Write what is proposed now, with all that was decided before, and return the file.

    Raises QtoolError, and writes nothing, where the file that is there cannot be read.
    """
    rows = list(merged(proposals, _rows(path)))
    return write_file(path, lambda temporary: _write(temporary, plan, rows, now))


def merged(proposals: Sequence[Proposal], before: Sequence[Row]) -> Iterator[Row]:
    """Yield the rows of a new workbook: decisions stay with their findings, decided rows stay without them."""
    old = {row.id: row for row in before}
    for one in proposals:
        row = old.pop(one.id, None)
        changed = row is not None and row.decided and row.finding != one.finding
        note = f"决定时写的是：{row.finding}" if row and changed else row.note if row and row.note != GONE else ""
        yield Row(one.id, one.assessee, one.finding, one.basis, row.typed if row else {}, note)
    for row in old.values():
        if row.decided:
            yield Row(row.id, row.assessee, row.finding, row.basis, row.typed, GONE)


def _write(path: Path, plan: Plan, rows: Sequence[Row], now: dt.datetime) -> None:
    made = now.replace(tzinfo=None, microsecond=0)
    with Book(path, made=made, title=f"{plan.facts.name} {SHEET}", author=plan.facts.office) as book:
        sheet = book.sheet(SHEET)
        _titles(book, sheet)
        for number, row in enumerate(rows, _HEAD + 1):
            _line(book, sheet, number, row)
        _validations(sheet, _HEAD + max(1, len(rows)))
        sheet.listing_page(_HEAD, _HEAD + len(rows), len(_WIDTHS), left=SHEET, fixed=2, sortable=False)


def _titles(book: Book, sheet: Sheet) -> None:
    said = (
        "这里只是建议，没有人决定就不扣分。要扣的选“采用”，写上扣几分（如 0.5）、决定人和日期；不扣的选“不采用”。"
        "保存、关闭后再汇总一次。再次检查不会丢掉已经作出的决定。"
    )
    sheet.merge((0, 0), (0, len(_WIDTHS) - 1), said, book.style(font_size=11, align="left", font_color=_INK))
    sheet.row(0, height_of(said, sum(_WIDTHS.values()), size=11) + 6)
    head = book.style(font_name=TITLE_FONT, font_size=11, align="center", bg_color=_BLUE, border=1)
    sheet.heads(_HEAD, list(_WIDTHS), list(_WIDTHS.values()), head)


def _line(book: Book, sheet: Sheet, number: int, row: Row) -> None:
    edge: dict[str, Any] = {"border": 1, "border_color": _LINE, "valign": "top"}
    looks: dict[str, dict[str, Any]] = {MARKS: {"num_format": "0.####"}, DATE: {"num_format": "yyyy-mm-dd"}}
    texts = {ID: row.id, WHO: row.assessee, FINDING: row.finding, BASIS: row.basis, NOTE: row.note}
    for col, name in enumerate(_WIDTHS):
        if name in texts:
            align = "center" if name == WHO else "left"
            sheet.text(number, col, texts[name], book.style(**edge, align=align))
            continue
        style = book.style(**edge, align="center", bg_color=_FILL, **looks.get(name, {}))
        value = row.typed.get(name, "")
        if isinstance(value, dt.datetime | dt.date):
            sheet.date(number, col, value, style)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            sheet.number(number, col, value, style)
        else:
            sheet.text(number, col, str(value), style)
    tall = max(height_of(readable(text, 2000), _WIDTHS[name]) for name, text in texts.items())
    sheet.row(number, min(400.0, max(24.0, tall + 2)))


def _validations(sheet: Sheet, last: int) -> None:
    rules: dict[str, tuple[dict[str, object], str, str]] = {
        MARKS: (
            {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": _MOST_MARKS},
            "扣几分写几，不带负号，如 0.5；最多四位小数。不采用的空着。",
            "请填一个不小于0的数",
        ),
        DECISION: (
            {"validate": "list", "source": [ADOPTED, REFUSED]},
            "从下拉列表中选；空着就是还没有决定，不扣分。",
            "请从下拉列表中选择",
        ),
        DECIDER: ({"validate": "any"}, "谁决定的。采用的必须写。", ""),
        DATE: (
            {"validate": "date", "criteria": ">=", "value": dt.date(2000, 1, 1)},
            "哪一天决定的，如 2023-01-15。",
            "请填日期，如 2023-01-15",
        ),
    }
    columns = {name: col for col, name in enumerate(_WIDTHS)}
    for name, (options, text, error) in rules.items():
        col = columns[name]
        sheet.validate_block((_HEAD + 1, col), (last, col), options, Prompt(name, text, error=error))


def read_proposals(path: Path, plan: Plan) -> tuple[tuple[Adjustment, ...], tuple[Fault, ...]]:
    """Return the adopted deductions of a workbook and what is wrong with it; no file means none.

    T03 and T02 are rows that are not right, T05 that some are not decided. Raises QtoolError when it is no workbook.
    """
    reading = _Reading(path.name, plan)
    rows = _rows(path)
    adjustments = [found for row in rows if (found := reading.adjustment(row)) is not None]
    undecided = sum(1 for row in rows if not cell_text(row.typed.get(DECISION, "")))
    if undecided:
        reading.faults.append(fault("T05", file=path.name, name=path.name, count=undecided))
    return tuple(adjustments), tuple(reading.faults)


def _rows(path: Path) -> list[Row]:
    """Return the rows of a workbook; raises QtoolError where it cannot be read."""
    if not path.is_file():
        return []
    try:
        tables = read_tables(path)
    except Unreadable as error:
        raise QtoolError(fault("C14", file=path.name, reason=error.reason)) from error
    rows = tables.get(SHEET) or next(iter(tables.values()), [])
    return list(_found(path, rows))


def _found(path: Path, rows: Rows) -> Iterator[Row]:
    head = next((at for at, row in enumerate(rows) if {ID, DECISION, MARKS} <= {cell_text(cell) for cell in row}), None)
    if head is None:
        problem = f"没有标题“{ID}”“{MARKS}”“{DECISION}”"
        remedy = "请补回标题行；或删去这个文件，再执行 qtool review，程序会另做一份"
        raise QtoolError(fault("T03", file=path.name, sheet=SHEET, problem=problem, remedy=remedy))
    columns = {cell_text(cell): col for col, cell in enumerate(rows[head])}
    for number, row in enumerate(rows[head + 1 :], head + 2):
        cells = {name: row[col] if col < len(row) else "" for name, col in columns.items()}
        if any(cell_text(value) for value in cells.values()):
            typed = {name: cells[name] for name in _TYPED if name in cells}
            texts = [cell_text(cells.get(name, "")) for name in (ID, WHO, FINDING, BASIS)]
            yield Row(texts[0], texts[1], texts[2], texts[3], typed, cell_text(cells.get(NOTE, "")), number)


@dataclass
class _Reading:
    """A workbook of proposals while its decisions are read."""

    file: str
    plan: Plan
    faults: list[Fault] = field(default_factory=list)

    def adjustment(self, row: Row) -> Adjustment | None:
        """Return an adopted row's deduction, None for one that is not adopted or not right."""
        decision = plain(cell_text(row.typed.get(DECISION, "")))
        if decision not in ("", ADOPTED, REFUSED):
            self._wrong(DECISION, row, f"“{decision}”看不懂", f"请选“{ADOPTED}”或“{REFUSED}”")
        if decision != ADOPTED:
            return None
        before = len(self.faults)
        marks = self._marks(row)
        who, day = cell_text(row.typed.get(DECIDER, "")), cell_day(row.typed.get(DATE, ""))
        if not who:
            self._wrong(DECIDER, row, "采用的没有写决定人", "请写明是谁决定的")
        known = {plain(name): one.short for one in self.plan.assessees for name in (one.name, one.short)}
        assessee = known.get(plain(row.assessee), "")
        if not assessee:
            cell, names = self._cell(WHO, row), "、".join(one.short for one in self.plan.assessees)
            hint = f"请写：{names}"
            self.faults.append(fault("T02", file=self.file, sheet=SHEET, cell=cell, value=row.assessee, hint=hint))
        if len(self.faults) > before:
            return None
        reason = "。".join(part.rstrip("。") for part in (row.finding, row.basis) if part)
        return Adjustment(assessee, -marks, "", reason, "，".join(part for part in (who, day) if part))

    def _marks(self, row: Row) -> Fraction:
        """Return how much is deducted; a sign typed before it does not matter."""
        typed = cell_text(row.typed.get(MARKS, ""))
        try:
            value = row.typed.get(MARKS, "")
            number = isinstance(value, int | float) and not isinstance(value, bool)
            marks = abs(exact(value if number else plain(typed).removesuffix("分")))  # type: ignore[arg-type]
        except (ValueError, ArithmeticError):
            self._wrong(MARKS, row, f"扣分“{typed}”不是数" if typed else "采用的没有写扣几分", "请填一个数，如 0.5")
            return Fraction(0)
        if not 0 < marks <= _MOST_MARKS:
            self._wrong(MARKS, row, f"扣分“{typed}”不在0到{_MOST_MARKS}之间", f"不扣的请选“{REFUSED}”")
        elif (marks * 10_000).denominator != 1:
            self._wrong(MARKS, row, f"扣分“{typed}”的小数太长", f"最多四位小数，如 {marks_text(marks)}")
        return marks

    def _wrong(self, heading: str, row: Row, problem: str, remedy: str) -> None:
        cell = self._cell(heading, row)
        self.faults.append(fault("T03", file=self.file, sheet=SHEET, cell=cell, problem=problem, remedy=remedy))

    def _cell(self, heading: str, row: Row) -> str:
        return address(row.row - 1, list(_WIDTHS).index(heading))
