"""The sheet 总表: who came where, with totals, ranks and grades as live formulas over the sheet 明细."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from qtool.addresses import address
from qtool.model import DEDUCTING, EARNING
from qtool.office.workbook.list_sheet import HEAD_LOOK, Column, Content, Live
from qtool.office.workbook.writer import Book, height_of
from qtool.outcome import Standing, Tally
from qtool.tally.detail import Detail
from qtool.tally.page import MARKS, MEAN, Page, mean_of

NAME = "总表"
RANK, WHO, FIRST_AREA = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Where an assessee's manual adjustments stand: the cells of the marks, and of a grade set by hand."""

    marks: str
    grade: str | None
    remark: str


@dataclass(frozen=True, slots=True)
class Overall:
    """Where things stand on the sheet 总表: the row of full marks, of each assessee, of the means."""

    page: Page
    full: int
    first: int
    last: int
    mean: int
    areas: int

    @property
    def deductions(self) -> int:
        """The column of what incidents cost."""
        return FIRST_AREA + self.areas

    @property
    def total(self) -> int:
        """The column of the totals."""
        return self.deductions + 2


def start_overall(book: Book, tally: Tally) -> Page:
    """Return the sheet with its titles; it is the first of the workbook but is filled after those it refers to."""
    areas = [Column(area.name, 12) for area in tally.plan.areas]
    results = [*(Column(name, 10) for name in ("事件扣分", "人工调整", "总分")), Column("等级", 8)]
    columns = [Column("名次", 6, number="0"), Column("考核对象", 18), *areas, *results, Column("备注", 30, "left")]
    return Page(book, tally, NAME, "总表：名次、总分和等级", columns)


def write_overall(page: Page, tally: Tally, detail: Detail, adjusted: Mapping[str, Adjusted], approved: str) -> Overall:
    """Fill the sheet: assessees from the best to the last, the mean, the grades, and the approval below."""
    areas, ranked = tally.plan.areas, tally.ranked
    marks: list[Content] = [area.marks for area in areas]
    full = page.frozen_head(["", "满分", *marks, "", "", tally.plan.facts.full_marks, "", ""], freeze=FIRST_AREA) + 1
    place = Overall(page, full, page.row, page.row + len(ranked) - 1, page.row + len(ranked), len(areas))
    # the grades stand two rows below the means: a remark, then their own headings
    grades = place.mean + 4
    for standing in ranked:
        _standing(place, tally, detail, standing, adjusted.get(standing.assessee), grades)
    _means(place, tally)
    page.note("总分 = 各领域得分 + 事件扣分 + 人工调整，低于0分的按0分计；总分相同的名次并列。")
    page.across("等级标准", bold=True)
    _grades(page, tally)
    if approved:
        page.across(f"本结果已经批准：{approved}", bold=True)
    return place


def _standing(
    place: Overall, tally: Tally, detail: Detail, standing: Standing, adjusted: Adjusted | None, grades: int
) -> None:
    row, name = place.page.row, standing.assessee
    of_areas: list[Content] = []
    for area in tally.plan.areas:
        cell = detail.subtotal(area.name, EARNING, name)
        of_areas.append(Live(f"={cell}", standing.areas[area.name]) if cell else Fraction(0))
    deducting = [detail.subtotal(area.name, DEDUCTING, name) for area in tally.plan.areas]
    deducted = "+".join(cell for cell in deducting if cell)
    totals = f"{address(place.first, place.total)}:{address(place.last, place.total)}"
    total = address(row, place.total)
    line: list[Content] = [
        Live(f"=RANK({total},{_fixed(totals)})", Fraction(standing.rank)),
        name,
        *of_areas,
        Live(f"={deducted}", standing.deductions) if deducted else Fraction(0),
        Live(f"=SUM({adjusted.marks})", standing.adjustment) if adjusted else Fraction(0),
        # rounded, so that equal totals are equal in binary too when they are ranked and graded
        Live(f"=ROUND(MAX(0,SUM({address(row, FIRST_AREA)}:{address(row, place.total - 1)})),4)", standing.total),
        _grade(tally, standing, adjusted, total, grades),
        adjusted.remark if adjusted else "",
    ]
    place.page.line(line)


def _grade(tally: Tally, standing: Standing, adjusted: Adjusted | None, total: str, grades: int) -> Live:
    """Return the live grade: that of the first row of the table of grades whose least total is reached."""
    if adjusted and adjusted.grade:
        return Live(f"={adjusted.grade}", standing.grade)
    formula = '""'
    for row in reversed(range(grades, grades + len(tally.plan.grades))):
        formula = f"IF({total}>={_fixed(address(row, 2))},{_fixed(address(row, 1))},{formula})"
    return Live(f"={formula}", standing.grade)


def _means(place: Overall, tally: Tally) -> None:
    rows = [(*(s.areas[a.name] for a in tally.plan.areas), s.deductions, s.adjustment, s.total) for s in tally.ranked]
    means: list[Content] = [
        mean_of(f"{address(place.first, col)}:{address(place.last, col)}", values)
        for col, values in enumerate(zip(*rows, strict=True), FIRST_AREA)
    ]
    place.page.sum_line(["", "平均", *means, "", ""], num_format=MEAN)


def _grades(page: Page, tally: Tally) -> None:
    last = len(page.columns) - 1
    width = sum(column.width for column in page.columns[WHO + 2 :])

    def write(name: str, least: Fraction | str, meaning: str, **look: Any) -> None:
        style = page.style(page.columns[WHO], **({"num_format": MARKS} | look))
        page.sheet.text(page.row, WHO, name, style)
        page.sheet.value(page.row, WHO + 1, least, style)
        page.sheet.merge((page.row, WHO + 2), (page.row, last), meaning, page.style(page.columns[last], **look))
        page.sheet.row(page.row, max(18, height_of(meaning, width) + 2))
        page.row += 1

    write("等级", "最低分", "说明", **HEAD_LOOK)
    for grade in tally.plan.grades:
        write(grade.name, grade.at_least, grade.meaning)


def remark_of(tally: Tally, assessee: str) -> str:
    """Return what the sheet says beside a result that was changed by hand."""
    own = [adjustment for adjustment in tally.adjustments if adjustment.assessee == assessee]
    remarks = [f"直接定为“{adjustment.grade}”：{adjustment.reason}" for adjustment in own if adjustment.grade]
    if any(adjustment.marks for adjustment in own):
        remarks.append("人工加减分见“调整”表")
    return "；".join(remarks)


def _fixed(cells: str) -> str:
    """Return an address or a range with its rows and columns fixed."""
    parts = (f"${part.rstrip('0123456789')}${part.lstrip('ABCDEFGHIJKLMNOPQRSTUVWXYZ')}" for part in cells.split(":"))
    return ":".join(parts)
