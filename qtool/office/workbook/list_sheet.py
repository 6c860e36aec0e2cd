"""Lists as sheets of a workbook: titles above, a head, rows as high as their texts; and the colours of all lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from itertools import accumulate
from math import inf
from typing import Any, TypeAlias

from qtool.office.workbook.writer import TITLE_FONT, Book, CellFormat, height_of, readable

INK, LINE, RED, GREY = "#1F3864", "#BFBFBF", "#C00000", "#595959"
"""Letters of titles, borders, what is wrong, remarks."""
HEAD, BAND, SUM, FILL = "#DCE6F1", "#EEF3FA", "#F2F2F2", "#FFFBE6"
"""Grounds of heads, of parts, of sums, and of the cells that a person fills in."""
GREEN, AMBER, SALMON = "#D5E8D4", "#FFF2CC", "#F8CBAD"
"""Grounds of what is right, of what is missing or in doubt, of what is wrong."""
TITLE_LOOK: dict[str, Any] = {"font_name": TITLE_FONT, "font_size": 16, "font_color": INK}
HEAD_LOOK: dict[str, Any] = {"font_name": TITLE_FONT, "bg_color": HEAD, "align": "center", "font_size": 10, "indent": 0}
TIME = "yyyy-mm-dd hh:mm"


@dataclass(frozen=True, slots=True)
class Live:
    """A formula with its true result."""

    formula: str
    result: Fraction | str | None


@dataclass(frozen=True, slots=True)
class FileLink:
    """A text that leads to a file, whose place is relative to the workbook's folder, with slashes."""

    text: str
    place: str


Content: TypeAlias = Fraction | float | str | date | Live | FileLink | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: heading, width in half-width characters, how its cells stand, and their number format if not usual."""

    heading: str
    width: float
    align: str = "center"
    number: str = ""


class ListSheet:
    """A sheet being written from top to bottom; `row` is the next free row, counted from 0."""

    usual_number = "General"

    def __init__(
        self,
        book: Book,
        name: str,
        columns: Sequence[Column],
        *,
        longest: int | None = None,
        least_height: float = 18,
        across: tuple[float, float] = (inf, inf),
        **look: Any,
    ) -> None:
        """Start the sheet; `look` is what all cells of the table share.

        Texts of the table are made readable where they may be `longest` characters; rows have `least_height`
        points or more. Titles run over the whole width,
        but where that is more than the first of `across`, over the second (half-width characters).
        """
        self.book, self.name, self.columns = book, name, tuple(columns)
        self.sheet = book.sheet(name)
        self.row = self.head_row = 0
        self._longest, self._least_height, self._look = longest, least_height, look
        ends = list(accumulate(column.width for column in columns))
        self.width = ends[-1]
        limit = self.width if self.width <= across[0] else across[1]
        self._title_end = max((col for col, end in enumerate(ends) if end <= limit), default=0)
        self._title_width = ends[self._title_end]
        for col, column in enumerate(columns):
            self.sheet.column(col, column.width)

    def across(self, text: str, **look: Any) -> int:
        """Write a text over the width of the table, over several lines if need be, and return its row."""
        style = self.book.style(**({"align": "left"} | look))
        self.sheet.merge((self.row, 0), (self.row, self._title_end), text, style)
        self.sheet.row(self.row, height_of(text, self._title_width, size=look.get("font_size", 10)) + 4)
        return self._next()

    def head(self) -> int:
        """Write the headings of the table and return their row."""
        self.head_row = self.line([column.heading for column in self.columns], **HEAD_LOOK)
        return self.head_row

    def line(self, cells: Sequence[Content], looks: Mapping[int, Mapping[str, Any]] | None = None, **look: Any) -> int:
        """Write a row of the table, as high as its texts need, and return where it stands.

        `look` changes the format of every cell, `looks` that of the cells of single columns.
        """
        height = self._least_height
        for col, (content, column) in enumerate(zip(cells, self.columns, strict=True)):
            cell = readable(content, self._longest) if isinstance(content, str) and self._longest else content
            self._cell(col, cell, self.style(column, **(look | dict((looks or {}).get(col, {})))))
            text = cell.text if isinstance(cell, FileLink) else cell
            if isinstance(text, str):
                inset = 1 if column.align == "left" else 0
                height = max(height, height_of(text, column.width - inset, size=look.get("font_size", 10)) + 2)
        # Excel knows no row higher than 409 points
        self.sheet.row(self.row, min(height, 409))
        return self._next()

    def style(self, column: Column, **look: Any) -> CellFormat:
        """Return the format of a column's body cells."""
        usual: dict[str, Any] = {"align": column.align, "num_format": column.number or self.usual_number}
        usual |= {"indent": 1} if column.align == "left" else {}
        return self.book.style(**(usual | {"border": 1, "border_color": LINE} | self._look | look))

    def finish(self, *, left: str = "", right: str = "", fixed: int = 0, sortable: bool = True) -> None:
        """Set the list up for screen and paper; see `Sheet.listing_page`."""
        last, width = max(self.head_row, self.row - 1), len(self.columns)
        self.sheet.listing_page(self.head_row, last, width, left=left, right=right, fixed=fixed, sortable=sortable)

    def _cell(self, col: int, content: Content, style: CellFormat) -> None:
        if isinstance(content, Live):
            self.sheet.formula(self.row, col, content.formula, style, content.result)
        elif isinstance(content, FileLink):
            self.sheet.file_link(self.row, col, content.place, content.text, style)
        elif isinstance(content, date):
            # a workbook knows no time zones: the clock on the wall is what is shown
            local = content.replace(tzinfo=None, microsecond=0) if isinstance(content, datetime) else content
            self.sheet.date(self.row, col, local, style)
        else:
            self.sheet.value(self.row, col, content, style)

    def _next(self) -> int:
        self.row += 1
        return self.row - 1
