"""Workbooks written with XlsxWriter: formats shared, refusals raised instead of swallowed, text kept as text."""

from __future__ import annotations

import io
import re
import unicodedata
import warnings
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any, Self, TypeAlias
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.packager import Packager
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.utility import xl_rowcol_to_cell_fast as _cell
from xlsxwriter.worksheet import CellBlankTuple, CellFormulaTuple, CellStringTuple, Worksheet
from xlsxwriter.xmlwriter import XMLwriter

CellFormat: TypeAlias = Format
"""What `Book.style` returns."""

FONT = "宋体"
TITLE_FONT = "黑体"
PROMPT_TITLE_LIMIT = 32
PROMPT_LIMIT = 255
LIST_LIMIT = 255

_FUTURE = re.compile(r"\b(IFS|SWITCH|XLOOKUP|LET|FILTER|SORT|UNIQUE|TEXTJOIN|MAXIFS|MINIFS|IFNA)\(")


_SMALL = 1000
"""Bytes of a part that is not worth packing."""

_index = Format._get_xf_index  # noqa: SLF001 - the number under which a cell names its format
"""Return a format's number in the workbook."""


class NotWritten(ValueError):
    """XlsxWriter refused something that it would only have warned of."""


class _PlainSheet(Worksheet):  # type: ignore[misc]  # the library publishes no types
    """A worksheet written faster: no formula needs a prefix, since only functions of Excel 2007 are used.

    The methods stand in for the library's own, to the same bytes. If one day it calls them no more, it only takes
    longer; what they use of its inside is named, so that a change there fails at once.
    """

    def join(self, first: tuple[int, int], last: tuple[int, int], style: Format) -> None:
        """Merge a block of empty cells; raises NotWritten where it overlaps another."""
        for row in range(first[0], last[0] + 1):
            for col in range(first[1], last[1] + 1):
                if self.merged_cells.setdefault((row, col), first) != first:
                    raise NotWritten(f"a block from {_cell(*first)} overlaps another at {_cell(row, col)}")
                _done(self._write_blank(row, col, None, style), row, col)
        self.merge.append([*first, *last])

    def _write_formula(
        self, row: int, col: int, formula: str, cell_format: Format | None = None, value: object = 0
    ) -> int:
        if self._check_dimensions(row, col):
            return -1
        self.table[row][col] = CellFormulaTuple(formula.removeprefix("="), cell_format, value)
        return 0

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:  # noqa: ARG002
        return formula.removeprefix("=")

    def _check_dimensions(self, row: int, col: int, ignore_row: bool = False, ignore_col: bool = False) -> int:
        """Pass at once what lies inside the part of the sheet that is known to be used; most cells do."""
        if self.dim_rowmin is not None and self.dim_colmin is not None:  # noqa: SIM102 - two questions
            if self.dim_rowmin <= row <= self.dim_rowmax and self.dim_colmin <= col <= self.dim_colmax:
                return 0
        return int(super()._check_dimensions(row, col, ignore_row, ignore_col))

    def _calculate_spans(self) -> None:
        spans: dict[int, tuple[int, int]] = {}
        for row, cells in self.table.items():
            if cells:
                low, high = spans.get(row // 16, (self.xls_colmax, 0))
                spans[row // 16] = min(low, *cells), max(high, *cells)
        self.row_spans = {block: f"{low + 1}:{high + 1}" for block, (low, high) in spans.items()}

    def _write_rows(self) -> None:
        self._calculate_spans()
        for row in sorted(self.table.keys() | self.row_info.keys()):
            cells, span = self.table.get(row), self.row_spans.get(row // 16)
            if not cells:
                self._write_empty_row(row, span, self.row_info.get(row))
                continue
            self._write_row(row, span, self.row_info.get(row))
            for col in sorted(cells):
                self._write_cell(row, col, cells[col])
            self._xml_end_tag("row")

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        """Write texts, blanks and formulas without a result, nearly all cells; leave the others to the library."""
        kind, style = type(cell), cell.format
        if style is None:
            super()._write_cell(row, col, cell)
        elif kind is CellBlankTuple:
            self.fh.write(f'<c r="{_cell(row, col)}" s="{_index(style)}"/>')
        elif kind is CellStringTuple:
            self.fh.write(f'<c r="{_cell(row, col)}" s="{_index(style)}" t="s"><v>{cell.string}</v></c>')
        elif kind is CellFormulaTuple and cell.value == "":
            formula = self._escape_data(cell.formula)
            self.fh.write(f'<c r="{_cell(row, col)}" s="{_index(style)}"><f>{formula}</f><v></v></c>')
        else:
            super()._write_cell(row, col, cell)


class _LightPackager(Packager):  # type: ignore[misc]  # as above
    """Keeps the parts of a workbook for `_LightWorkbook` to pack."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[tuple[Any, str, bool]] = []

    def _create_package(self) -> list[tuple[Any, str, bool]]:
        self.parts = super()._create_package()
        return []


_PATTERNS: dict[tuple[tuple[str, object], ...], Format] = {}
"""The formats of all workbooks, of which each workbook gets a copy: equal ones look alike in all."""


_LOOKS: dict[str, str] = {}
"""How fonts are written in a text of several formats."""


class _LightWorkbook(Workbook):  # type: ignore[misc]  # as above
    """A workbook packed by the lightest compression: a tenth larger, and half the time that packing takes."""

    def format_of(self, options: Mapping[str, object]) -> Format:
        """Add a format; the same options are understood once in a process."""
        key = tuple(options.items())
        if key not in _PATTERNS:
            _PATTERNS[key] = Format(dict(options))
            _PATTERNS[key]._get_format_key()  # noqa: SLF001 - so that the copies have it
        made = copy(_PATTERNS[key])
        made.xf_format_indices, made.dxf_format_indices = self.xf_format_indices, self.dxf_format_indices
        self.formats.append(made)
        return made

    def _get_packager(self) -> Packager:
        self.packager = _LightPackager()
        return self.packager

    def packed(self) -> bytes:
        """Return the file, after `close`."""
        content = io.BytesIO()
        with ZipFile(content, "w", ZIP_DEFLATED, compresslevel=1) as package:
            for part, name, binary in self.packager.parts:
                member = ZipInfo(name, (1980, 1, 1, 0, 0, 0))  # Excel's own date for parts
                written = part.getvalue() if binary else part.getvalue().encode()
                member.compress_type = ZIP_DEFLATED if len(written) > _SMALL else ZIP_STORED
                package.writestr(member, written, compresslevel=1)
        return content.getvalue()


@dataclass(frozen=True, slots=True)
class Prompt:
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
        self._book = _LightWorkbook(io.BytesIO(), {"in_memory": True} | texts)
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
            self._path.write_bytes(self._book.packed())
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
            self._formats[key] = self._book.format_of(chosen)
        return self._formats[key]

    def tint(self, **options: Any) -> Format:
        """Return a format for conditional formatting, which changes only what it names."""
        key = (("tint", True), *sorted(options.items()))
        if key not in self._formats:
            self._formats[key] = self._book.format_of(options)
        return self._formats[key]

    def sheet(self, name: str) -> Sheet:
        """Add a sheet."""
        return Sheet(self._book.add_worksheet(name, worksheet_class=_PlainSheet))

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
        # The library's own undecorated methods: they spare every cell the search for an address like "A1".
        self._string, self._blank, self._formula = raw._write_string, raw._write_blank, raw._write_formula  # noqa: SLF001

    def text(self, row: int, col: int, text: str, style: Format | None = None) -> None:
        """Write a text; it never becomes a formula, a link or a number."""
        if text:
            _done(self._string(row, col, text, style), row, col)
        else:
            self.blank(row, col, style)

    def rich(self, row: int, col: int, parts: Sequence[tuple[Format, str]], style: Format) -> None:
        """Write a text of several formats in one cell."""
        runs = [f"<r>{self._look(part)}{_text_node(text)}</r>" for part, text in parts]
        _done(self._string(row, col, "".join(runs), style), row, col)

    def _look(self, style: Format) -> str:
        """Return a format as a part of a text carries it, in the library's own words."""
        key = style._get_font_key()  # noqa: SLF001 - under which the library knows fonts
        if key not in _LOOKS:
            self.raw.rstring = XMLwriter()
            self.raw.rstring._set_filehandle(words := io.StringIO())  # noqa: SLF001 - as the library does itself
            self.raw._write_font(style)  # noqa: SLF001 - as above
            _LOOKS[key] = words.getvalue()
        return _LOOKS[key]

    def number(self, row: int, col: int, value: Fraction | float, style: Format | None = None) -> None:
        """Write a figure."""
        _done(self.raw.write_number(row, col, float(value), style), row, col)

    def date(self, row: int, col: int, value: Any, style: Format) -> None:
        """Write a date or a time."""
        _done(self.raw.write_datetime(row, col, value, style), row, col)

    def blank(self, row: int, col: int, style: Format | None = None) -> None:
        """Write an empty cell with a format."""
        _done(self._blank(row, col, None, style), row, col)

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
        if _FUTURE.search(formula):
            raise NotWritten(f"a function that not every program has: {formula}")
        if len(formula) > 8192:
            raise NotWritten(f"a formula of {len(formula)} characters")
        shown = "" if result is None else result if isinstance(result, str) else float(result)
        _done(self._formula(row, col, formula, style, shown), row, col)

    def merge(self, first: tuple[int, int], last: tuple[int, int], text: str, style: Format) -> None:
        """Write a text over a block of cells; a block of one cell is just a cell."""
        if first == last:
            self.text(*first, text, style)
            return
        self.raw.join(first, last, style)
        self.text(*first, text, style)

    def row(self, row: int, height: float, *, hidden: bool = False, level: int = 0) -> None:
        """Set a row's height in points."""
        options = {"hidden": hidden, "level": level} if hidden or level else {}
        _done(self.raw.set_row(row, height, None, options), row, 0, "its height")

    def column(self, col: int, width: float, style: Format | None = None, *, hidden: bool = False) -> None:
        """Set a column's width in characters."""
        _done(self.raw.set_column(col, col, width, style, {"hidden": True} if hidden else {}), 0, col, "its width")

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
        _done(status, *first, chosen)


def _text_node(text: str) -> str:
    space = ' xml:space="preserve"' if text != text.strip() else ""
    written = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<t{space}>{written}</t>"


def address(row: int, col: int) -> str:
    """Return a cell's address, e.g. H7."""
    return str(xl_rowcol_to_cell(row, col))


def column_name(col: int) -> str:
    """Return a column's letters."""
    return str(xl_col_to_name(col))


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
        used, count = 0, 1
        for letter in paragraph:
            step = 2 if unicodedata.east_asian_width(letter) in "WFA" else 1
            if used + step > usable:
                count, used = count + 1, 0
            used += step
        total += count
    return total


def height_of(text: str, width: float, *, size: float = 10) -> float:
    """Return the height in points that a wrapped text needs."""
    return lines(text, width) * size * 1.35 + 4


def _done(status: object, row: int, col: int, what: object = "") -> None:
    if status not in (0, None):
        raise NotWritten(f"{xl_rowcol_to_cell(row, col)} {what} was refused: {status}")
