"""Workbooks written and packed with fewer steps than XlsxWriter takes, to the same content; its refusals raised."""

from __future__ import annotations

import io
from collections.abc import Mapping
from copy import copy
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.packager import Packager
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.utility import xl_rowcol_to_cell_fast as _cell
from xlsxwriter.worksheet import CellBlankTuple, CellFormulaTuple, CellStringTuple, Worksheet

_SMALL = 1000
"""Bytes of a part that is not worth packing."""

_index = Format._get_xf_index  # noqa: SLF001 - the number under which a cell names its format
"""Return a format's number in the workbook."""


class NotWritten(ValueError):
    """XlsxWriter refused something that it would only have warned of."""


def done(status: object, row: int, col: int, what: object = "") -> None:
    """Raise NotWritten unless the library wrote what it was told."""
    if status not in (0, None):
        raise NotWritten(f"{xl_rowcol_to_cell(row, col)} {what} was refused: {status}")


class PlainSheet(Worksheet):  # type: ignore[misc]  # the library publishes no types
    """A worksheet written faster: no formula needs a prefix, since only functions of Excel 2007 are used.

    The methods stand in for the library's own, to the same bytes. If one day it calls them no more, it only takes
    longer; what they use of its inside is named, so that a change there fails at once.
    """

    def join(self, first: tuple[int, int], last: tuple[int, int], style: Format) -> None:
        """Merge a block of empty cells; raises NotWritten where it overlaps another."""
        done(self._check_dimensions(*first) or self._check_dimensions(*last), *first, "its block")
        blank = CellBlankTuple(style)
        for row in range(first[0], last[0] + 1):
            cells = self.table[row]
            for col in range(first[1], last[1] + 1):
                if self.merged_cells.setdefault((row, col), first) != first:
                    raise NotWritten(f"a block from {_cell(*first)} overlaps another at {_cell(row, col)}")
                cells[col] = blank
        self.merge.append([*first, *last])

    def _write_formula(
        self, row: int, col: int, formula: str, cell_format: Format | None = None, value: object = 0
    ) -> int:
        if self._check_dimensions(row, col):
            return -1
        self.table[row][col] = CellFormulaTuple(formula.removeprefix("="), cell_format, value)
        return 0

    def _prepare_formula(self, formula: str, _expand: bool = False) -> str:
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
    """Keeps the parts of a workbook for `LightWorkbook` to pack."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[tuple[Any, str, bool]] = []

    def _create_package(self) -> list[tuple[Any, str, bool]]:
        self.parts = super()._create_package()
        return []


_PATTERNS: dict[tuple[tuple[str, object], ...], Format] = {}
"""The formats of all workbooks, of which each workbook gets a copy: equal ones look alike in all."""


class LightWorkbook(Workbook):  # type: ignore[misc]  # as above
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
