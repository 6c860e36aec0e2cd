"""How a scoring workbook looks: one place for its colours and cell formats."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from qtool.office.workbook.writer import TITLE_FONT, Book, CellFormat

INK = "#1F3A5F"
LINE = "#B8C2CC"
BAND = "#DCE6F1"
SOFT = "#EEF3F8"
HEAD = "#1F3A5F"
INPUT = "#FFFBE6"
TO_FILL = "#FFE9A8"
REASON = "#F3FAF0"
POINTS = "#F5F5F5"
WRONG = "#C00000"
MUST_MEND: dict[str, Any] = {"bg_color": "#F7B4AE", "border": 1, "border_color": "#C00000"}
TO_CHECK: dict[str, Any] = {"bg_color": "#FFC37D", "border": 3, "border_color": "#B45F06"}
"""A returned sheet's cells to be mended and to be checked: the dashed border tells them apart without colours."""
MENDED = "#2E7D32"


class Styles:
    """The cell formats of one workbook, made when they are first used."""

    def __init__(self, book: Book) -> None:
        """Remember the book that the formats belong to."""
        self._book = book

    def bordered(self, **options: object) -> CellFormat:
        """Return a format with thin borders."""
        return self._book.style(**{"border": 1, "border_color": LINE} | options)

    @cached_property
    def title(self) -> CellFormat:
        """The sheet's title."""
        return self._book.style(font_name=TITLE_FONT, font_size=16, align="center", font_color=INK)

    @cached_property
    def note(self) -> CellFormat:
        """The line under the title."""
        return self._book.style(font_size=10, align="left", font_color="#444444")

    @cached_property
    def head(self) -> CellFormat:
        """A column's heading."""
        return self.bordered(bold=True, align="center", bg_color=HEAD, font_color="#FFFFFF", border_color="#FFFFFF")

    @cached_property
    def area(self) -> CellFormat:
        """An area's band."""
        return self.bordered(font_name=TITLE_FONT, font_size=12, bg_color=BAND, font_color=INK, text_wrap=False)

    @cached_property
    def key(self) -> CellFormat:
        """A key point's band."""
        return self.bordered(bold=True, bg_color=SOFT, font_color=INK, indent=1, text_wrap=False)

    @cached_property
    def text(self) -> CellFormat:
        """Text to read."""
        return self.bordered(valign="top")

    @cached_property
    def centred(self) -> CellFormat:
        """A short text or figure to read, in the middle."""
        return self.bordered(align="center", valign="top")

    @cached_property
    def label(self) -> CellFormat:
        """A measure's name."""
        return self.bordered()

    @cached_property
    def hint(self) -> CellFormat:
        """The short hint under a measure's name."""
        return self._book.style(font_size=8, font_color="#7A7A7A")

    @cached_property
    def strong(self) -> CellFormat:
        """A measure's name inside a cell of two formats."""
        return self._book.style(font_size=10)

    @cached_property
    def no_input(self) -> CellFormat:
        """A cell of the whole city's column where none is asked for."""
        return self.bordered(bg_color="#E4E4E4")

    @cached_property
    def points(self) -> CellFormat:
        """Computed points."""
        return self.bordered(align="center", bg_color=POINTS)

    @cached_property
    def subtotal_text(self) -> CellFormat:
        """What an item's own points are called."""
        return self.bordered(align="right", bg_color=SOFT, font_color="#555555")

    @cached_property
    def subtotal(self) -> CellFormat:
        """An item's own points."""
        return self.bordered(align="center", bg_color=SOFT)

    @cached_property
    def criterion_text(self) -> CellFormat:
        """What a criterion's points are called."""
        return self.bordered(align="right", bg_color=BAND, font_color=INK)

    @cached_property
    def criterion(self) -> CellFormat:
        """A criterion's points."""
        return self.bordered(align="center", bold=True, bg_color=BAND, font_color=INK)

    @cached_property
    def reason(self) -> CellFormat:
        """A place for the reason of lost marks."""
        return self.bordered(font_size=9, bg_color=REASON, locked=False)

    @cached_property
    def total_text(self) -> CellFormat:
        """What the end lines are called."""
        return self.bordered(align="right", bold=True, bg_color=BAND, font_color=INK)

    @cached_property
    def total(self) -> CellFormat:
        """The end lines' figures."""
        return self.bordered(align="center", bold=True, font_size=12, bg_color=BAND, font_color=INK)

    @cached_property
    def signature_text(self) -> CellFormat:
        """What is to be signed."""
        return self._book.style(align="right", font_size=11)

    @cached_property
    def signature(self) -> CellFormat:
        """A place to sign."""
        return self._book.style(font_size=11, bottom=1, locked=False, align="left")

    def input(self, number_format: str) -> CellFormat:
        """Return the format of an input cell."""
        return self.bordered(align="center", bg_color=INPUT, locked=False, num_format=number_format)
