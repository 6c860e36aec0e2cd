"""One sheet of the tally workbook: titles on top, a table below, set up to be read on paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from qtool.addresses import address
from qtool.office.workbook.list_sheet import (
    AMBER,
    BAND,
    GREY,
    HEAD_LOOK,
    INK,
    LINE,
    RED,
    SUM,
    TITLE_LOOK,
    Column,
    Content,
    ListSheet,
    Live,
)
from qtool.office.workbook.writer import TITLE_FONT, Book
from qtool.outcome import Tally
from qtool.text import time_text

MARKS = "0.00##"
MEAN = "0.00"
PERCENT = "0.0%"
MISSING = {"bg_color": AMBER}
"""The look of cells that nothing was handed in for."""
SCREEN, ACROSS = 175, 130
"""Titles and remarks run across the whole table, but across 130 half-width characters of one that no screen holds."""
WIDE = 240
"""Sheets wider than this are printed two pages wide: on one their letters would be too small."""
HEADER_LIMIT = 200
"""Characters of a printed header; Excel refuses more than 255, with what it needs itself."""
_HEADER_LINE = 70


def provisional_text(tally: Tally) -> str:
    """Return the sentence that marks a provisional result, or nothing."""
    if not tally.provisional:
        return ""
    return f"暂定结果：还缺 {len(tally.missing)} 个部门的评分：{'、'.join(tally.missing)}"


class Page(ListSheet):
    """A sheet of the tally being written from top to bottom."""

    usual_number = MARKS

    def __init__(self, book: Book, tally: Tally, name: str, title: str, columns: Sequence[Column]) -> None:
        """Start the sheet with its titles, and with a red band when the tally is provisional."""
        super().__init__(book, name, columns, across=(SCREEN, ACROSS))
        self._print_setup(tally)
        self.across(title, **TITLE_LOOK)
        self.across(f"{tally.plan.facts.name}　　汇总时间：{time_text(tally.made)}", font_color=GREY)
        if band := provisional_text(tally):
            self.across(band, bold=True, font_size=12, font_color="#FFFFFF", bg_color=RED)

    def ref(self, row: int, col: int) -> str:
        """Return a cell's address as other sheets name it."""
        return f"'{self.name}'!{address(row, col)}"

    def band(self, text: str) -> int:
        """Write the heading of a part of the table, one short line, and return its row.

        The cells are not merged: a merged block would stick out where a wide sheet breaks over two pages.
        """
        look = {"font_name": TITLE_FONT, "font_size": 11, "font_color": INK, "bg_color": BAND, "text_wrap": False}
        edges = {"top": 1, "bottom": 1, "top_color": LINE, "bottom_color": LINE}
        style = self.book.style(**look, **edges)
        self.sheet.text(self.row, 0, text, style)
        for col in range(1, len(self.columns)):
            self.sheet.blank(self.row, col, style)
        self.sheet.row(self.row, 22)
        return self._next()

    def frozen_head(self, *more: Sequence[Content], freeze: int = 0) -> int:
        """Write the headings and further rows of the head, freeze them, repeat them on paper; return the first row.

        `freeze` is how many columns stay in sight.
        """
        first = self.head()
        for cells in more:
            self.line(cells, **HEAD_LOOK)
        self.sheet.raw.freeze_panes(self.row, freeze)
        self.sheet.raw.repeat_rows(first, self.row - 1)
        if self.width > WIDE:
            self.sheet.raw.fit_to_pages(2, 0)
            self.sheet.raw.repeat_columns(0, max(0, freeze - 1))
        return first

    def sum_line(self, cells: Sequence[Content], **look: Any) -> int:
        """Write a row of sums and return where it stands."""
        return self.line(cells, bold=True, bg_color=SUM, **look)

    def note(self, text: str) -> int:
        """Write a remark below the table and return its row."""
        return self.across(text, font_size=9, font_color=GREY)

    def filter(self) -> None:
        """Put filter buttons on the headings for all rows that are there."""
        first = self.head_row
        self.sheet.raw.autofilter(first, 0, max(first, self.row - 1), len(self.columns) - 1)

    def _print_setup(self, tally: Tally) -> None:
        raw = self.sheet.raw
        raw.set_landscape()
        raw.set_paper(9)
        raw.fit_to_pages(1, 0)
        raw.set_margins(left=0.5, right=0.5, top=0.9, bottom=0.7)
        raw.center_horizontally()
        raw.hide_gridlines(2)
        if band := provisional_text(tally):
            raw.set_header(f"&C&9&K{RED[1:]}{_header(band)}")
        else:
            raw.set_header(f"&L&9 {_header(tally.plan.facts.name)}&R&9&A", {"margin": 0.4})
        left = f"&L&9 {_header(tally.plan.facts.name)}" if tally.provisional else "&L&9&A"
        raw.set_footer(f"{left}&C&9第 &P 页 共 &N 页&R&9 {time_text(tally.made)}")


def _header(text: str) -> str:
    """Return a text for a printed header: broken into lines, shortened to Excel's limit, `&` doubled."""
    if len(text) > HEADER_LIMIT - 10:
        text = text[: HEADER_LIMIT - 12].rpartition("、")[0] + "等"
    broken = [text[at : at + _HEADER_LINE] for at in range(0, len(text), _HEADER_LINE)]
    return "\n".join(broken).replace("&", "&&")


def total(values: Sequence[Fraction | None]) -> Fraction:
    """Return the sum of the figures that are there."""
    return sum((value for value in values if value is not None), Fraction(0))


def column_sum(first: int, last: int, col: int, result: Fraction) -> Live:
    """Return the live sum of a column's cells in the rows from `first` to `last`."""
    return Live(f"=SUM({address(first, col)}:{address(last, col)})", result)


def row_cells(row: int, first: int, count: int) -> str:
    """Return the range of so many cells of a row, from column `first` on."""
    return f"{address(row, first)}:{address(row, first + count - 1)}"


def mean_of(cells: str, values: Sequence[Fraction | None]) -> Live:
    """Return the live mean of a range; empty when the range is."""
    return _of_range(cells, f"AVERAGE({cells})", values, lambda numbers: total(numbers) / len(numbers))


def highest_of(cells: str, values: Sequence[Fraction | None]) -> Live:
    """Return the live maximum of a range; empty when the range is."""
    return _of_range(cells, f"MAX({cells})", values, max)


def spread_of(cells: str, values: Sequence[Fraction | None]) -> Live:
    """Return the live distance from the lowest to the highest figure of a range; empty when the range is."""
    return _of_range(cells, f"MAX({cells})-MIN({cells})", values, lambda numbers: max(numbers) - min(numbers))


def _of_range(
    cells: str, formula: str, values: Sequence[Fraction | None], result: Callable[[list[Fraction]], Fraction]
) -> Live:
    numbers = [value for value in values if value is not None]
    return Live(f'=IF(COUNT({cells})=0,"",{formula})', result(numbers) if numbers else None)
