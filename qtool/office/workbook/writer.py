"""Workbooks written with XlsxWriter: formats shared, refusals raised instead of swallowed, text kept as text."""

from __future__ import annotations

import io
import re
import unicodedata
import warnings
from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple, Self, TypeAlias

from xlsxwriter import Workbook
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell

from qtool.office.workbook.fast_writer import worksheet_class

CellFormat: TypeAlias = Format
"""What `Book.style` returns."""

FONT = "宋体"
TITLE_FONT = "黑体"
PROMPT_TITLE_LIMIT = 32
PROMPT_LIMIT = 255
LIST_LIMIT = 255
_COMMENT_WIDTH, _COMMENT_HEIGHT, _COMMENT_LINE = 320, 600, 17
"""Pixels of a comment: its width, the most that it is high, and a line of it."""
_COMMENT_CHARACTERS = 48
"""Half-width characters that a line of a comment holds."""

_NEWER = "IFS|SWITCH|XLOOKUP|LET|FILTER|SORT|UNIQUE|TEXTJOIN|MAXIFS|MINIFS|IFNA"
_FUTURE, _PERHAPS_FUTURE = re.compile(rf"\b(?:{_NEWER})\("), re.compile(rf"(?:{_NEWER})\(")
"""Functions that not every program has; the second also finds COUNTIFS, but three times as fast."""

_NO_XML = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What no part of a workbook may hold; lone surrogates stand for undecodable letters of a file's name."""

_ESCAPED = ' %"<>[]`^{}#'
"""What a link to a file holds otherwise; Chinese letters stay as they are."""


class NotWritten(ValueError):
    """XlsxWriter refused something that it would only have warned of."""


def _check(status: object, row: int, col: int, what: object = "") -> None:
    """Raise NotWritten unless the library wrote what it was told."""
    if status not in (0, None):
        raise NotWritten(f"{xl_rowcol_to_cell(row, col)} {what} was refused: {status}")


class Prompt(NamedTuple):
    """What a cell says when it is selected, and when something else was typed."""

    title: str
    text: str
    error_title: str = "填写有误"
    error: str = ""


class Book:
    """A workbook being written; use as a context manager, it is complete when the block ends."""

    def __init__(self, path: Path, *, made: datetime | None = None, **properties: str) -> None:
        """Start a workbook at `path`; `properties` are title, subject, author and the like."""
        self._path = path
        texts = {"strings_to_formulas": False, "strings_to_urls": False}
        # A file of XlsxWriter's own would stay open when the disk is full, so it writes into memory.
        self._content = io.BytesIO()
        self._book = Workbook(self._content, {"in_memory": True} | texts)
        self._formats: dict[tuple[tuple[str, object], ...], Format] = {}
        self._book.set_properties({**properties, **({"created": made} if made else {})})
        self._book.formats[0].set_font_name(FONT)
        self._book.formats[0].set_font_size(11)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, kind: object, *_rest: object) -> None:
        """Write the file, unless the block failed."""
        if kind is None:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                self._book.close()
            self._path.write_bytes(self._content.getvalue())
        else:
            self._book.fileclosed = True

    def custom(self, properties: Mapping[str, str | int]) -> None:
        """Write custom document properties."""
        for name, value in properties.items():
            self._book.set_custom_property(name, value)

    def style(self, **options: Any) -> Format:
        """Return a cell format; equal options share one. Texts wrap and stand in the middle unless told otherwise."""
        key = tuple(sorted(options.items()))
        if key not in self._formats:
            chosen = {"font_name": FONT, "font_size": 10, "valign": "vcenter", "text_wrap": True} | options
            self._formats[key] = self._book.add_format(chosen)
        return self._formats[key]

    def tint(self, **options: Any) -> Format:
        """Return a format for conditional formatting, which changes only what it names."""
        key = (("tint", True), *sorted(options.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(options)
        return self._formats[key]

    def sheet(self, name: str) -> Sheet:
        """Add a sheet."""
        return Sheet(self._book.add_worksheet(name, worksheet_class=worksheet_class()))

    def chart(self, kind: str, subtype: str | None = None) -> Any:
        """Return a new XlsxWriter chart of this kind, to be placed with `Sheet.raw.insert_chart`."""
        return self._book.add_chart({"type": kind} | ({"subtype": subtype} if subtype else {}))

    def name(self, name: str, formula: str) -> None:
        """Define a name."""
        if self._book.define_name(name, formula):
            raise NotWritten(f"the name {name} was refused")


class Sheet:
    """A sheet being written; rows and columns count from 0."""

    def __init__(self, raw: Any) -> None:
        """Wrap an XlsxWriter worksheet, which stays reachable as `raw` for page setup and the like."""
        self.raw = raw

    def text(self, row: int, col: int, text: str, style: Format | None = None) -> None:
        """Write a text; it never becomes a formula, a link or a number."""
        if text:
            _check(self.raw.write_string(row, col, text, style), row, col)
        else:
            self.blank(row, col, style)

    def rich(self, row: int, col: int, parts: Sequence[tuple[Format, str]], style: Format) -> None:
        """Write a text of several formats in one cell."""
        fragments = [fragment for part in parts for fragment in part]
        _check(self.raw.write_rich_string(row, col, *fragments, style), row, col)

    def number(self, row: int, col: int, value: Fraction | float, style: Format | None = None) -> None:
        """Write a figure."""
        _check(self.raw.write_number(row, col, float(value), style), row, col)

    def date(self, row: int, col: int, value: Any, style: Format) -> None:
        """Write a date or a time."""
        _check(self.raw.write_datetime(row, col, value, style), row, col)

    def blank(self, row: int, col: int, style: Format | None = None) -> None:
        """Write an empty cell with a format."""
        _check(self.raw.write_blank(row, col, None, style), row, col)

    def value(self, row: int, col: int, value: Fraction | float | str | None, style: Format | None = None) -> None:
        """Write a figure, a text, or an empty cell."""
        if value is None:
            self.blank(row, col, style)
        elif isinstance(value, str):
            self.text(row, col, value, style)
        else:
            self.number(row, col, value, style)

    def formula(
        self, row: int, col: int, formula: str, style: Format | None, result: Fraction | float | str | None
    ) -> None:
        """Write a formula with its true result, which is what unopened files and Protected View show."""
        if _PERHAPS_FUTURE.search(formula) and _FUTURE.search(formula):
            raise NotWritten(f"a function that not every program has: {formula}")
        if len(formula) > 8192:
            raise NotWritten(f"a formula of {len(formula)} characters")
        shown = "" if result is None else result if isinstance(result, str) else float(result)
        _check(self.raw.write_formula(row, col, formula, style, shown), row, col)

    def link(self, row: int, col: int, place: str, text: str, style: Format) -> None:
        """Write a text that leads to a place in the same workbook, such as `'Sheet'!H8`."""
        _check(self.raw.write_url(row, col, f"internal:{place}", style, text), row, col, "its link")

    def file_link(self, row: int, col: int, place: str, text: str, style: Format) -> None:
        """Write a text that leads to a file beside the workbook; its place is relative, with slashes."""
        escaped = "".join(f"%{ord(sign):02X}" if sign in _ESCAPED else sign for sign in place)
        _check(self.raw.write_url(row, col, f"external:{escaped}", style, text), row, col, "its link")

    def comment(self, row: int, col: int, text: str, author: str) -> None:
        """Put a comment on a cell, as large as its text; it is hidden until somebody points at the cell."""
        look = {"author": author, "visible": False, "font_name": FONT, "font_size": 9}
        height = lines(text, _COMMENT_CHARACTERS) * _COMMENT_LINE + _COMMENT_LINE
        size = {"width": _COMMENT_WIDTH, "height": min(height, _COMMENT_HEIGHT)}
        _check(self.raw.write_comment(row, col, text, look | size), row, col, "its comment")

    def merge(self, first: tuple[int, int], last: tuple[int, int], text: str, style: Format) -> None:
        """Write a text over a block of cells; a block of one cell is just a cell."""
        if first != last:
            try:
                _check(self.raw.merge_range(*first, *last, "", style), *first, "its block")
            except XlsxWriterException as error:
                raise NotWritten(str(error)) from error
        self.text(*first, text, style)

    def row(self, row: int, height: float, *, hidden: bool = False, level: int = 0) -> None:
        """Set a row's height in points."""
        options = {"hidden": hidden, "level": level} if hidden or level else {}
        _check(self.raw.set_row(row, height, None, options), row, 0, "its height")

    def column(self, col: int, width: float, style: Format | None = None, *, hidden: bool = False) -> None:
        """Set a column's width in characters."""
        _check(self.raw.set_column(col, col, width, style, {"hidden": True} if hidden else {}), 0, col, "its width")

    def heads(self, row: int, heads: Sequence[str], widths: Sequence[float], style: Format) -> None:
        """Write the head of a table, as high as its texts need, and set the columns' widths."""
        for col, (text, width) in enumerate(zip(heads, widths, strict=True)):
            self.column(col, width)
            self.text(row, col, text, style)
        self.row(row, max(22.0, *(height_of(text, width) + 6 for text, width in zip(heads, widths, strict=True))))

    def listing_page(
        self,
        head: int,
        last: int,
        width: int,
        *,
        left: str = "",
        right: str = "",
        fixed: int = 0,
        sortable: bool = True,
    ) -> None:
        """Set a list of `width` columns up for screen and paper: the head repeats, the first `fixed` columns stay."""
        raw = self.raw
        raw.hide_gridlines(2)
        raw.set_landscape()
        raw.set_paper(9)
        raw.fit_to_pages(1, 0)
        raw.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        raw.center_horizontally()
        raw.freeze_panes(head + 1, fixed)
        raw.repeat_rows(head)
        raw.print_area(0, 0, last, width - 1)
        if sortable:
            raw.autofilter(head, 0, last, width - 1)
        left, right = (text[:80].replace("&", "&&") for text in (left, right))
        raw.set_footer(f"&L&9 {left}&C&9 第 &P 页，共 &N 页&R&9 {right}", {"margin": 0.28})

    def validate(self, cells: Sequence[tuple[int, int]], options: Mapping[str, Any], prompt: Prompt | None) -> None:
        """Put one data validation on some cells; raises NotWritten where Excel's limits are exceeded."""
        first = cells[0]
        chosen = dict(options)
        if len(cells) > 1:
            chosen["multi_range"] = " ".join(xl_rowcol_to_cell(*cell) for cell in cells)
        if prompt:
            chosen |= {"input_title": prompt.title, "input_message": prompt.text}
            chosen |= {"error_title": prompt.error_title, "error_message": prompt.error} if prompt.error else {}
        self._validate(first, first, chosen)

    def validate_block(
        self, first: tuple[int, int], last: tuple[int, int], options: Mapping[str, Any], prompt: Prompt | None
    ) -> None:
        """Put one data validation on a block of cells."""
        chosen = dict(options)
        if prompt:
            chosen |= {"input_title": prompt.title, "input_message": prompt.text}
            chosen |= {"error_title": prompt.error_title, "error_message": prompt.error} if prompt.error else {}
        self._validate(first, last, chosen)

    def _validate(self, first: tuple[int, int], last: tuple[int, int], chosen: dict[str, Any]) -> None:
        if len(str(chosen.get("value", ""))) > PROMPT_LIMIT and chosen["validate"] == "custom":
            raise NotWritten(f"a validation formula over {PROMPT_LIMIT} characters: {chosen['value']}")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            status = self.raw.data_validation(*first, *last, chosen)
        _check(status, *first, chosen)


def width_of(text: str) -> int:
    """Return how many half-width characters a text is wide."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in text)


def lines(text: str, width: float) -> int:
    """Return how many lines a text takes in a column of so many half-width characters.

    A line that ends inside a full-width character breaks before it, and Excel keeps a little space at both sides.
    """
    usable = max(2, int(width) - 1)
    total = 0
    for paragraph in text.split("\n"):
        if 2 * len(paragraph) <= usable:
            total += 1
            continue
        used, count = 0, 1
        for letter in paragraph:
            step = 2 if unicodedata.east_asian_width(letter) in "WFA" else 1
            if used + step > usable:
                count, used = count + 1, 0
            used += step
        total += count
    return total


def pieces(text: str, width: float, most: int) -> list[str]:
    """Return a text of one paragraph, cut into pieces that take at most so many lines of a column each."""
    room = most * max(1, int(width) - 2)  # a line may lose half a full-width character at its end
    found, start, used = [], 0, 0
    for at, letter in enumerate(text):
        step = width_of(letter)
        if used + step > room:
            found.append(text[start:at])
            start, used = at, 0
        used += step
    return [*found, text[start:]]


def readable(text: str, limit: int) -> str:
    """Return a text from outside as one paragraph that every file can hold, shortened where it is over the limit."""
    plain = _NO_XML.sub("", " ".join(text.split()))
    return plain if len(plain) <= limit else f"{plain[: limit - 2]}……"


def height_of(text: str, width: float, *, size: float = 10) -> float:
    """Return the height in points that a wrapped text needs."""
    return lines(text, width) * size * 1.35 + 4
