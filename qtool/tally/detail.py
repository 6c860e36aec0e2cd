"""The sheet 明细: what every criterion gave every assessee, by area, with live subtotals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from qtool.addresses import address
from qtool.model import DEDUCTING, EARNING, Area, Criterion, Key, marks_text
from qtool.office.workbook.list_sheet import Column, Content
from qtool.office.workbook.writer import Book
from qtool.outcome import Tally
from qtool.tally.page import MEAN, MISSING, Page, column_sum, highest_of, mean_of, row_cells, total

NAME = "明细"
FIRST = 6
"""The first assessee's column."""
MARKS_COLUMN = 5
_SUBTOTAL = {EARNING: "得分小计", DEDUCTING: "扣分小计"}


@dataclass
class Detail:
    """Where things stand on the sheet 明细: the row of each criterion, and of each area's subtotal by kind."""

    page: Page
    assessees: tuple[str, ...]
    rows: dict[str, int] = field(default_factory=dict)
    subtotals: dict[tuple[str, str], int] = field(default_factory=dict)

    def column(self, assessee: str) -> int:
        """Return an assessee's column."""
        return FIRST + self.assessees.index(assessee)

    def subtotal(self, area: str, kind: str, assessee: str) -> str | None:
        """Return the address of a subtotal as other sheets name it; nothing where the area has no such criterion."""
        row = self.subtotals.get((area, kind))
        return None if row is None else self.page.ref(row, self.column(assessee))

    def of_criteria(self, criteria: Sequence[Criterion], assessee: str) -> str:
        """Return the cells of some criteria as the arguments of a SUM, neighbours joined to ranges."""
        col = self.column(assessee)
        runs: list[list[int]] = []
        for row in sorted(self.rows[criterion.code] for criterion in criteria):
            if runs and runs[-1][1] == row - 1:
                runs[-1][1] = row
            else:
                runs.append([row, row])
        ends = ((self.page.ref(first, col), address(last, col)) for first, last in runs)
        return ",".join(f"{first}:{last}" if not first.endswith(f"!{last}") else first for first, last in ends)


def columns_of(tally: Tally) -> list[Column]:
    """Return the columns of the sheet; the more assessees, the narrower each."""
    names = [assessee.short for assessee in tally.plan.assessees]
    width = 10 if len(names) <= 8 else 8.5
    texts = [
        *(Column("编号", 8), Column("考核要点", 18), Column("考核内容", 40, "left"), Column("评价部门", 16)),
        *(Column("类型", 6), Column("分值", 8)),
    ]
    return [*texts, *(Column(name, width) for name in names), Column("平均", width, number=MEAN), Column("最高", width)]


def write_detail(book: Book, tally: Tally) -> Detail:
    """Write the sheet and return where things stand on it."""
    page = Page(book, tally, NAME, "明细：每项考核内容的得分", columns_of(tally))
    detail = Detail(page, tuple(assessee.short for assessee in tally.plan.assessees))
    page.frozen_head(freeze=FIRST)
    for area in tally.plan.areas:
        _area(detail, tally, area)
    if any(value is None for value in tally.points.values()):
        page.note("浅黄色的空格：评价部门还没有交评分表，或者这一项没有填全；小计暂按0分计。")
    page.note("各领域的得分小计转入“总表”的各领域，扣分小计转入“事件扣分”。")
    return detail


def _area(detail: Detail, tally: Tally, area: Area) -> None:
    criteria = [criterion for criterion in tally.plan.criteria if criterion.area == area.name]
    if not criteria:
        return
    detail.page.band(f"{area.name}（满分{marks_text(area.marks)}分）")
    # what earns and what deducts stand apart, so that each subtotal is the sum of one block
    for kind in (EARNING, DEDUCTING):
        block = [criterion for criterion in criteria if (criterion.kind == DEDUCTING) == (kind == DEDUCTING)]
        if block:
            for criterion in block:
                detail.rows[criterion.code] = _criterion(detail, tally, criterion)
            detail.subtotals[area.name, kind] = _subtotal(detail, tally, block, kind)


def _criterion(detail: Detail, tally: Tally, criterion: Criterion) -> int:
    values = [tally.points[criterion.code, name] for name in detail.assessees]
    cells = row_cells(detail.page.row, FIRST, len(values))
    texts = (criterion.code, criterion.key_point, criterion.title, criterion.department, criterion.kind)
    line: list[Content] = [*texts, criterion.marks, *values, mean_of(cells, values), highest_of(cells, values)]
    return detail.page.line(line, {FIRST + at: MISSING for at, value in enumerate(values) if value is None})


def _subtotal(detail: Detail, tally: Tally, block: Sequence[Criterion], kind: str) -> int:
    row = detail.page.row
    first, last = detail.rows[block[0].code], row - 1
    sums = [earned(tally.points, block, name) for name in detail.assessees]
    cells = row_cells(row, FIRST, len(sums))
    marks = column_sum(first, last, MARKS_COLUMN, total([criterion.marks for criterion in block]))
    live = [column_sum(first, last, FIRST + at, value) for at, value in enumerate(sums)]
    line: list[Content] = ["", "", _SUBTOTAL[kind], "", kind, marks, *live]
    return detail.page.sum_line([*line, mean_of(cells, sums), highest_of(cells, sums)])


def earned(points: Mapping[Key, Fraction | None], criteria: Sequence[Criterion], assessee: str) -> Fraction:
    """Return what some criteria gave an assessee."""
    return total([points[criterion.code, assessee] for criterion in criteria])
