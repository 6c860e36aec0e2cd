"""The workbook of proposed deductions (建议扣分): findings out, a person's decisions in.

Nothing is deducted without a person: a row counts when somebody chose 采用, said how much, and put a name to it. What
was decided survives every new check, whether its finding is still there or not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from qtool.faults import Fault, QtoolError, fault
from qtool.model import Plan
from qtool.office.workbook.list_sheet import FILL, INK, Column, Content, ListSheet
from qtool.office.workbook.reader import Cell, Rows
from qtool.office.workbook.writer import Book, Prompt
from qtool.outcome import Adjustment, Proposal
from qtool.tally.typed_rows import DAY_RULE, TypedRows, cell_text, sheet_of, who_and_day
from qtool.text import plain
from qtool.workspace import write_file

SHEET = "建议扣分"
ID, WHO, FINDING, BASIS = "编号", "考核对象", "发现的问题", "依据"
MARKS, DECISION, DECIDER, DATE, NOTE = "扣分", "是否采用", "决定人", "日期", "说明"
ADOPTED, REFUSED = "采用", "不采用"
GONE = "这次检查没有再发现这个问题"
_COLUMNS = (
    *(Column(ID, 22, "left"), Column(WHO, 16), Column(FINDING, 56, "left"), Column(BASIS, 34, "left")),
    *(Column(MARKS, 9, number="0.####"), Column(DECISION, 11), Column(DECIDER, 14)),
    *(Column(DATE, 13, number="yyyy-mm-dd"), Column(NOTE, 30, "left")),
)
_PLACES = {column.heading: col for col, column in enumerate(_COLUMNS)}
_HOW = (
    "这里只是建议，没有人决定就不扣分。要扣的选“采用”，写上扣几分（如 0.5）、决定人和日期；不扣的选“不采用”。"
    "保存、关闭后再汇总一次。再次检查不会丢掉已经作出的决定。"
)
_TYPED = (MARKS, DECISION, DECIDER, DATE)
"""What a person fills in."""
_MOST_MARKS = 100


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the workbook: a finding, and what a person typed beside it."""

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
        row = old.pop(one.id, Row(one.id, one.assessee, one.finding, one.basis))
        note = "" if row.note == GONE else row.note
        if row.decided and row.finding != one.finding:
            note = f"决定时写的是：{row.finding}"
        yield Row(one.id, one.assessee, one.finding, one.basis, row.typed, note)
    yield from (replace(row, note=GONE) for row in old.values() if row.decided)


def _write(path: Path, plan: Plan, rows: Sequence[Row], now: dt.datetime) -> None:
    made = now.replace(tzinfo=None, microsecond=0)
    with Book(path, made=made, title=f"{plan.facts.name} {SHEET}", author=plan.facts.office) as book:
        sheet = ListSheet(book, SHEET, _COLUMNS, valign="top")
        sheet.across(_HOW, font_size=11, font_color=INK)
        sheet.head()
        for row in rows:
            typed: list[Content] = [_content(row.typed.get(name, "")) for name in _TYPED]
            looks = {_PLACES[name]: {"bg_color": FILL} for name in _TYPED}
            sheet.line([row.id, row.assessee, row.finding, row.basis, *typed, row.note], looks)
        _validations(sheet)
        sheet.finish(left=SHEET, fixed=2, sortable=False)


def _content(value: Cell) -> Content:
    """Return what a person typed as it is written again."""
    typed = isinstance(value, dt.date | int | float) and not isinstance(value, bool)
    return value if typed else str(value)  # type: ignore[return-value]


def _validations(sheet: ListSheet) -> None:
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
        DATE: (DAY_RULE, "哪一天决定的，如 2023-01-15。", "请填日期，如 2023-01-15"),
    }
    first = sheet.head_row + 1
    for name, (options, text, error) in rules.items():
        last = max(first, sheet.row - 1), _PLACES[name]
        sheet.sheet.validate_block((first, _PLACES[name]), last, options, Prompt(name, text, error=error))


def read_proposals(path: Path, plan: Plan) -> tuple[tuple[Adjustment, ...], tuple[Fault, ...]]:
    """Return the adopted deductions of a workbook and what is wrong with it; no file means none.

    T03 and T02 are rows that are not right, T05 that some are not decided. Raises QtoolError when it is no workbook.
    """
    reading = _Reading(path.name, SHEET, plan, _PLACES)
    rows = _rows(path)
    adjustments = tuple(adjustment for row in rows if (adjustment := reading.adjustment(row)) is not None)
    undecided = sum(not cell_text(row.typed.get(DECISION, "")) for row in rows)
    if undecided:
        reading.faults.append(fault("T05", file=path.name, name=path.name, count=undecided))
    return adjustments, tuple(reading.faults)


def _rows(path: Path) -> list[Row]:
    """Return the rows of a workbook; raises QtoolError where it cannot be read."""
    return list(_each_row(path, sheet_of(path, SHEET)[1])) if path.is_file() else []


def _each_row(path: Path, rows: Rows) -> Iterator[Row]:
    head = next((at for at, row in enumerate(rows) if {ID, DECISION, MARKS} <= {cell_text(cell) for cell in row}), None)
    if head is None:
        problem = f"没有标题“{ID}”“{MARKS}”“{DECISION}”"
        remedy = "请补回标题行；或删去这个文件，再执行 qtool review，程序会另做一份"
        raise QtoolError(fault("T03", file=path.name, sheet=SHEET, problem=problem, remedy=remedy))
    columns = {cell_text(cell): col for col, cell in enumerate(rows[head])}
    for number, row in enumerate(rows[head + 1 :], head + 2):
        cells = {name: row[col] if col < len(row) else "" for name, col in columns.items()}
        texts = {name: cell_text(value) for name, value in cells.items()}
        if any(texts.values()):
            typed = {name: cells[name] for name in _TYPED if name in cells}
            id_, who, finding, basis, note = (texts.get(name, "") for name in (ID, WHO, FINDING, BASIS, NOTE))
            yield Row(id_, who, finding, basis, typed, note, number)


class _Reading(TypedRows):
    """A workbook of proposals while its decisions are read."""

    def adjustment(self, row: Row) -> Adjustment | None:
        """Return an adopted row's deduction, None for one that is not adopted or not right."""
        decision = plain(cell_text(row.typed.get(DECISION, "")))
        if decision not in ("", ADOPTED, REFUSED):
            self.wrong(DECISION, row.row, f"“{decision}”看不懂", f"请选“{ADOPTED}”或“{REFUSED}”")
        if decision != ADOPTED:
            return None
        before = len(self.faults)
        marks = self._marks(row)
        if not cell_text(row.typed.get(DECIDER, "")):
            self.wrong(DECIDER, row.row, "采用的没有写决定人", "请写明是谁决定的")
        assessee = self.assessee(WHO, row.row, row.assessee)
        if len(self.faults) > before:
            return None
        reason = "。".join(part.rstrip("。") for part in (row.finding, row.basis) if part)
        by = who_and_day(row.typed.get(DECIDER, ""), row.typed.get(DATE, ""))
        return Adjustment(assessee, -marks, "", reason, by)

    def _marks(self, row: Row) -> Fraction:
        """Return how much is deducted; a sign typed before it does not matter."""
        value = row.typed.get(MARKS, "")
        typed, remedy = cell_text(value), "请填一个数，如 0.5"
        if not typed:
            self.wrong(MARKS, row.row, "采用的没有写扣几分", remedy)
            return Fraction(0)
        number = self.number(MARKS, row.row, value, remedy)
        if number is None:
            return Fraction(0)
        if not 0 < abs(number) <= _MOST_MARKS:
            self.wrong(MARKS, row.row, f"扣分“{typed}”不在0到{_MOST_MARKS}之间", f"不扣的请选“{REFUSED}”")
        else:
            self.exact_enough(MARKS, row.row, abs(number), typed)
        return abs(number)
