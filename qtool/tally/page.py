"""One sheet of the tally workbook: titles on top, a table below, set up to be read on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from xlsxwriter.format import Format

from qtool.office.write import TITLE_FONT, Book, Sheet, address, height_of
from qtool.outcome import Tally

MARKS = "0.00##"
PERCENT = "0.0%"
TIME = "yyyy-mm-dd hh:mm"
RED, INK, HEAD, BAND, SUM, MISSING = "#C00000", "#1F3864", "#DCE6F1", "#EEF3FA", "#F2F2F2", "#FFF2CC"
HEADER_LIMIT = 200
"""Characters of a printed header; Excel refuses more than 255, with what it needs itself."""
_HEADER_LINE = 70


@dataclass(frozen=True, slots=True)
class Live:
    """A formula with its true result."""

    formula: str
    result: Fraction | str | None


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

    def ref(self, row: int, col: int, *, fixed_row: bool = False) -> str:
        """Return a cell's address as other sheets name it."""
        place = address(row, col)
        letters = place.rstrip("0123456789")
        return f"'{self.name}'!{letters}{'$' if fixed_row else ''}{place[len(letters):]}"

    def across(self, text: str, **options: Any) -> int:
        """Write a text over the whole width of the table and return its row."""
        style = self.book.style(**({"align": "left"} | options))
        size = options.get("font_size", 10)
        width = sum(column.width for column in self.columns)
        self.sheet.merge((self.row, 0), (self.row, len(self.columns) - 1), text, style)
        self.sheet.row(self.row, height_of(text, width, size=size) + 4)
        return self._next()

    def head(self, *more: Sequence[Content], freeze: int = 0) -> int:
        """Write the headings and further rows of the head, freeze them, repeat them on paper; return the first row.

        `freeze` is how many columns stay in sight.
        """
        first = self.line([column.heading for column in self.columns], **_head_look())
        for cells in more:
            self.line(cells, **_head_look())
        self.sheet.raw.freeze_panes(self.row, freeze)
        self.sheet.raw.repeat_rows(first, self.row - 1)
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
                size = options.get("font_size", column.size)
                height = max(height, height_of(content, column.width, size=size) + 2)
        # Excel knows no row higher than 409 points
        self.sheet.row(self.row, min(height, 409))
        return self._next()

    def note(self, text: str) -> int:
        """Write a remark below the table and return its row."""
        return self.across(text, font_size=9, font_color="#595959")

    def filter(self, first: int, last: int) -> None:
        """Put filter buttons on the headings in row `first` for the rows down to `last`."""
        self.sheet.raw.autofilter(first, 0, max(first, last), len(self.columns) - 1)

    def style(self, column: Column, **options: Any) -> Format:
        """Return the format of a column's body cells."""
        usual = {"align": column.align, "num_format": column.number, "font_size": column.size}
        return self.book.style(**(usual | {"border": 1, "border_color": "#BFBFBF"} | options))

    def _cell(self, col: int, content: Content, style: Format) -> None:
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


def _head_look() -> dict[str, Any]:
    return {"font_name": TITLE_FONT, "bg_color": HEAD, "align": "center", "font_size": 10}


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
