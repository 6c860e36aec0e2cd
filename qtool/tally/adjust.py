"""The workbook of manual adjustments (人工调整): an empty one out, a filled one in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from qtool.faults import Fault
from qtool.model import Plan
from qtool.office.workbook.list_sheet import Column, ListSheet
from qtool.office.workbook.reader import Cell, Rows
from qtool.office.workbook.writer import Book, Prompt, Sheet
from qtool.outcome import Adjustment
from qtool.tally.typed_rows import DAY_RULE, TypedRows, cell_text, sheet_of, who_and_day
from qtool.text import plain
from qtool.workspace import write_file

SHEET = "人工调整"
NAMES = "名单"
WHO, MARKS, GRADE, REASON, PROPOSER, DATE = "考核对象", "加减分", "直接定等级", "理由", "提出人", "日期"
ROWS = 200
"""Rows that are prepared for filling."""

_HELP: dict[Column, str] = {
    Column(WHO, 18): "从下拉列表中选一个考核对象，一行写一次调整；同一个考核对象可以写几行。",
    Column(MARKS, 10, number="0.####"): "加分填正数，减分填负数，如 -0.5；只定等级、不改分数就空着。最多四位小数。",
    Column(GRADE, 13): ("一般空着。只有一票否决等不看总分的情形，才从下拉列表中选一个等级；这里选了，就以这里为准。"),
    Column(REASON, 60, "left"): "必填。写清楚事实和依据，会原样列入汇总表。",
    Column(PROPOSER, 16): "谁提出的，对它负责的人或科室。",
    Column(DATE, 14, number="yyyy-mm-dd"): "哪一天提出的，如 2023-01-15。",
}


def write_adjustments_template(path: Path, plan: Plan) -> Path:
    """Return the path of an empty adjustments workbook written there; one that is there already is replaced."""
    return write_file(path, lambda temporary: _write(temporary, plan))


def _write(path: Path, plan: Plan) -> None:
    with Book(path, title=f"{plan.facts.name} 人工调整", author=plan.facts.office) as book:
        rows = ListSheet(book, SHEET, list(_HELP), font_size=11)
        rows.head()
        for _ in range(ROWS):
            rows.line([None] * len(_HELP))
        _lists(book, book.sheet(NAMES), plan)
        _validations(rows.sheet, plan)
        rows.finish(sortable=False)
        rows.sheet.raw.print_area(0, 0, 30, len(_HELP) - 1)


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
        DATE: (DAY_RULE, "请填日期，如 2023-01-15"),
    }
    for col, (column, text) in enumerate(_HELP.items()):
        options, error = rules.get(column.heading, ({"validate": "any"}, ""))
        sheet.validate_block((1, col), (ROWS, col), options, Prompt(column.heading, text, error=error))
        sheet.validate_block((0, col), (0, col), {"validate": "any"}, Prompt(column.heading, text))


def _list(letter: str, entries: int) -> dict[str, object]:
    return {"validate": "list", "source": f"='{NAMES}'!${letter}$2:${letter}${max(entries, 1) + 1}"}


def read_adjustments(path: Path, plan: Plan) -> tuple[tuple[Adjustment, ...], tuple[Fault, ...]]:
    """Return the adjustments in a workbook and what is wrong with it; no file means no adjustments.

    Rows with a fault give no adjustment. Raises QtoolError when the file is no workbook.
    """
    if not path.is_file():
        return (), ()
    sheet, rows = sheet_of(path, SHEET)
    heads = [plain(str(value)) for value in rows[0]] if rows else []
    columns = {column.heading: heads.index(column.heading) for column in _HELP if column.heading in heads}
    reading = _Reading(path.name, sheet, plan, columns)
    adjustments = tuple(reading.adjustments(rows))
    return adjustments, tuple(reading.faults)


class _Reading(TypedRows):
    """A workbook of adjustments while it is read."""

    def adjustments(self, rows: Rows) -> Iterator[Adjustment]:
        """Yield the adjustment of every row that is right."""
        if missing := [name for name in (WHO, MARKS, GRADE, REASON) if name not in self.columns]:
            problem = f"缺少{'、'.join(f'“{name}”' for name in missing)}列"
            self.wrong(WHO, 1, problem, "请在第1行补上这些标题，或删去这个文件后重新汇总，程序会另放一份空白的")
            return
        graded: dict[str, tuple[str, int]] = {}
        for number, row in enumerate(rows[1:], 2):
            cells = {name: row[col] if col < len(row) else "" for name, col in self.columns.items()}
            if any(str(value).strip() for value in cells.values()):
                before = len(self.faults)
                adjustment = self._adjustment(number, cells, graded)
                if len(self.faults) == before:
                    yield adjustment

    def _adjustment(self, row: int, cells: Mapping[str, Cell], graded: dict[str, tuple[str, int]]) -> Adjustment:
        """Return a row's adjustment; what is wrong with it is reported."""
        typed = {name: cell_text(value) for name, value in cells.items()}
        marks, grade, assessee = self._marks(row, cells[MARKS]), self._grade(row, typed[GRADE]), ""
        if typed[WHO]:
            assessee = self.assessee(WHO, row, typed[WHO])
        else:
            self.wrong(WHO, row, "没有写考核对象", "请从下拉列表中选择")
        if not typed[REASON]:
            self.wrong(REASON, row, "没有写理由", "请写明事实和依据")
        if not typed[MARKS] and not typed[GRADE]:
            self.wrong(MARKS, row, "没有写加减分，也没有定等级", "请至少填一项；不需要调整就清空这一行")
        if grade and assessee:
            other, first = graded.setdefault(assessee, (grade, row))
            if other != grade:
                self.wrong(GRADE, row, f"“{assessee}”在第{first}行已经定为“{other}”", "一个考核对象只能直接定一个等级")
        by = who_and_day(cells.get(PROPOSER, ""), cells.get(DATE, ""))
        return Adjustment(assessee, marks, grade, typed[REASON], by, row)

    def _marks(self, row: int, value: Cell) -> Fraction:
        """Return the marks in a cell; none for an empty one."""
        if not (typed := cell_text(value)):
            return Fraction(0)
        marks = self.number(MARKS, row, value, "加分填正数，减分填负数，如 -0.5") or Fraction(0)
        self.exact_enough(MARKS, row, marks, typed)
        return marks

    def _grade(self, row: int, typed: str) -> str:
        """Return the grade that was typed; nothing for an empty cell."""
        grades = {plain(grade.name).upper(): grade.name for grade in self.plan.grades}
        key = plain(typed).upper()
        grade = grades.get(key) or grades.get(key.removesuffix("级")) or grades.get(f"{key}级")
        if typed and not grade:
            self.wrong(GRADE, row, f"“{typed}”不是等级", f"请从下拉列表中选择：{'、'.join(grades.values())}")
        return grade or ""
