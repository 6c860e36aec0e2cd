"""One sheet of the tally workbook: titles on top, a table below, set up to be read on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import accumulate
from typing import Any

from qtool.addresses import address
from qtool.office.workbook.writer import TITLE_FONT, Book, CellFormat, Sheet, height_of
from qtool.outcome import Tally

MARKS = "0.00##"
MEAN = "0.00"
PERCENT = "0.0%"
TIME = "yyyy-mm-dd hh:mm"
RED, INK, LINE, MISSING = "#C00000", "#1F3864", "#BFBFBF", "#FFF2CC"
HEAD, BAND, SUM = "#DCE6F1", "#EEF3FA", "#F2F2F2"
SCREEN, ACROSS = 175, 130
"""Titles and remarks run across the whole table, but across 130 half-width characters of one that no screen holds."""
WIDE = 240
"""Sheets wider than this are printed two pages wide: on one their letters would be too small."""
HEADER_LIMIT = 200
"""Characters of a printed header; Excel refuses more than 255, with what it needs itself."""
_HEADER_LINE = 70


@dataclass(frozen=True, slots=True)
class Live:
    """A formula with its true result."""

    formula: str
    result: Fraction | str | None


HEAD_LOOK: dict[str, Any] = {"font_name": TITLE_FONT, "bg_color": HEAD, "align": "center", "font_size": 10, "indent": 0}

Content = Fraction | int | str | datetime | Live | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: heading, width in half-width characters, and how its cells look."""

    heading: str
    width: float
    align: str = "center"
    number: str = MARKS
    size: float = 10


def made_text(made: datetime) -> str:
    """Return a time as the heads of sheets and pages show it."""
    return f"{made.year}年{made.month}月{made.day}日 {made:%H:%M}"


def provisional_text(tally: Tally) -> str:
    """Return the sentence that marks a provisional result, or nothing."""
    if not tally.provisional:
        return ""
    return f"暂定结果：还缺 {len(tally.missing)} 个部门的评分：{'、'.join(tally.missing)}"


class Page:
    """A sheet being written from top to bottom; `row` is the next free row, counted from 0."""

    def __init__(self, book: Book, tally: Tally, name: str, title: str, columns: Sequence[Column]) -> None:
        """Start the sheet with its titles, and with a red band when the tally is provisional."""
        self.book = book
        self.name = name
        self.columns = tuple(columns)
        self.sheet: Sheet = book.sheet(name)
        self.row = 0
        for col, column in enumerate(self.columns):
            self.sheet.column(col, column.width)
        self._print_setup(tally)
        self.across(title, font_name=TITLE_FONT, font_size=16, font_color=INK)
        self.across(f"{tally.plan.facts.name}　　汇总时间：{made_text(tally.made)}", font_color="#595959")
        if band := provisional_text(tally):
            self.across(band, bold=True, font_size=12, font_color="#FFFFFF", bg_color=RED)

    def ref(self, row: int, col: int) -> str:
        """Return a cell's address as other sheets name it."""
        return f"'{self.name}'!{address(row, col)}"

    @property
    def width(self) -> float:
        """The width of all columns in half-width characters."""
        return sum(column.width for column in self.columns)

    def across(self, text: str, **options: Any) -> int:
        """Write a text over the width of a screen, over several lines if need be, and return its row."""
        ends = list(accumulate(column.width for column in self.columns))
        limit = self.width if self.width <= SCREEN else ACROSS
        last = max((col for col, end in enumerate(ends) if end <= limit), default=0)
        self.sheet.merge((self.row, 0), (self.row, last), text, self.book.style(**({"align": "left"} | options)))
        self.sheet.row(self.row, height_of(text, ends[last], size=options.get("font_size", 10)) + 4)
        return self._next()

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

    def head(self, *more: Sequence[Content], freeze: int = 0) -> int:
        """Write the headings and further rows of the head, freeze them, repeat them on paper; return the first row.

        `freeze` is how many columns stay in sight.
        """
        first = self.line([column.heading for column in self.columns], **HEAD_LOOK)
        for cells in more:
            self.line(cells, **HEAD_LOOK)
        self.sheet.raw.freeze_panes(self.row, freeze)
        self.sheet.raw.repeat_rows(first, self.row - 1)
        if self.width > WIDE:
            self.sheet.raw.fit_to_pages(2, 0)
            self.sheet.raw.repeat_columns(0, max(0, freeze - 1))
        return first

    def line(self, cells: Sequence[Content], *, tinted: Sequence[int] = (), **options: Any) -> int:
        """Write a row of the table, as high as its texts need, and return where it stands.

        Empty cells of the columns in `tinted` get the colour of what is missing; `options` change every cell's format.
        """
        height = 18.0
        for col, (content, column) in enumerate(zip(cells, self.columns, strict=True)):
            special = {"bg_color": MISSING} if col in tinted else {}
            self._cell(col, content, self.style(column, **(options | special)))
            if isinstance(content, str):
                size, inset = options.get("font_size", column.size), 1 if column.align == "left" else 0
                height = max(height, height_of(content, column.width - inset, size=size) + 2)
        # Excel knows no row higher than 409 points
        self.sheet.row(self.row, min(height, 409))
        return self._next()

    def note(self, text: str) -> int:
        """Write a remark below the table and return its row."""
        return self.across(text, font_size=9, font_color="#595959")

    def filter(self, first: int, last: int) -> None:
        """Put filter buttons on the headings in row `first` for the rows down to `last`."""
        self.sheet.raw.autofilter(first, 0, max(first, last), len(self.columns) - 1)

    def style(self, column: Column, **options: Any) -> CellFormat:
        """Return the format of a column's body cells."""
        usual = {"align": column.align, "num_format": column.number, "font_size": column.size}
        usual |= {"indent": 1} if column.align == "left" else {}
        return self.book.style(**(usual | {"border": 1, "border_color": LINE} | options))

    def _cell(self, col: int, content: Content, style: CellFormat) -> None:
        if isinstance(content, Live):
            self.sheet.formula(self.row, col, content.formula, style, content.result)
        elif isinstance(content, datetime):
            # a workbook knows no time zones: the clock on the wall is what is shown
            self.sheet.date(self.row, col, content.replace(tzinfo=None), style)
        else:
            self.sheet.value(self.row, col, content, style)

    def _next(self) -> int:
        self.row += 1
        return self.row - 1

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
        raw.set_footer(f"{left}&C&9第 &P 页 共 &N 页&R&9 {made_text(tally.made)}")


def _header(text: str) -> str:
    """Return a text for a printed header: broken into lines, shortened to Excel's limit, `&` doubled."""
    if len(text) > HEADER_LIMIT - 10:
        text = text[: HEADER_LIMIT - 12].rpartition("、")[0] + "等"
    broken = [text[at : at + _HEADER_LINE] for at in range(0, len(text), _HEADER_LINE)]
    return "\n".join(broken).replace("&", "&&")


def total(values: Sequence[Fraction | None]) -> Fraction:
    """Return the sum of the figures that are there."""
    return sum((value for value in values if value is not None), Fraction(0))


def mean(values: Sequence[Fraction | None]) -> Fraction | None:
    """Return the mean of the figures that are there, or nothing."""
    known = [value for value in values if value is not None]
    return sum(known, Fraction(0)) / len(known) if known else None


def mean_of(cells: str, values: Sequence[Fraction | None]) -> Live:
    """Return the live mean of a range; empty when the range is."""
    return Live(f'=IF(COUNT({cells})=0,"",AVERAGE({cells}))', mean(values))


def highest_of(cells: str, values: Sequence[Fraction | None]) -> Live:
    """Return the live maximum of a range; empty when the range is."""
    known = [value for value in values if value is not None]
    return Live(f'=IF(COUNT({cells})=0,"",MAX({cells}))', max(known) if known else None)


def spread_of(cells: str, values: Sequence[Fraction | None]) -> Live:
    """Return the live distance from the lowest to the highest figure of a range; empty when the range is."""
    known = [value for value in values if value is not None]
    result = max(known) - min(known) if known else None
    return Live(f'=IF(COUNT({cells})=0,"",MAX({cells})-MIN({cells}))', result)
