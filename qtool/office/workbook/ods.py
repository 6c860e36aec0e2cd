"""OpenDocument spreadsheets: the values of their tables, repeated cells counted before they are repeated."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping

from qtool.office.archive.members import DAMAGED, Unreadable, locked
from qtool.office.archive.package import MOST_RECORDS, Package
from qtool.office.archive.xml_reader import Events
from qtool.office.workbook.rows import ERRORS, Cell, DateKind, SheetRows, SheetValues, dated

_MIMETYPE = b"application/vnd.oasis.opendocument."
_INSTEAD = {"text": "是文字文档", "presentation": "是演示文稿", "graphics": "是绘图文件"}

_CELLS = {"table-cell", "covered-table-cell"}
_PARAGRAPHS = {"p", "h"}
_DRAWN = {"circle", "connector", "custom-shape", "ellipse", "frame", "g", "line", "path", "polygon", "polyline", "rect"}
_ASIDES = {"annotation", "caption", "control", "measure", "note", "object", "ruby-text", "table", *_DRAWN}
"""What may stand inside a cell without being its text."""
_BLANKS = {"tab": "\t", "line-break": "\n"}
_MOST_SPACES = 1_000
"""Spaces in a cell of which only the number is written."""
_FIRST_DAY = dt.date(1899, 12, 30)
_DURATION = re.compile(r"(-?)P(?:(\d{1,6})D)?T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6}(?:\.\d{1,9})?)S)?")


def open_ods(package: Package) -> SheetValues:
    """Return the values of a spreadsheet; raises Unreadable."""
    kind = package.part("mimetype").removeprefix(_MIMETYPE).partition(b"-")[0].decode("ascii", "replace").strip()
    if "encrypted-package" in package or b"encryption-data" in package.part("META-INF/manifest.xml"):
        raise locked()
    if kind in _INSTEAD:
        raise Unreadable(f"{_INSTEAD[kind]}，不是 Excel 工作簿")
    book = SheetValues("ods")
    package.read("content.xml", _Tables(book), MOST_RECORDS)
    if not book.names:
        raise Unreadable(DAMAGED)
    return book


class _Tables(Events):
    """What reads the tables: in which one and in which row it is, and what is gathered of the cell at hand."""

    wanted = ("table-row", "s", *_CELLS, *_PARAGRAPHS, *_ASIDES, *_BLANKS)

    def __init__(self, book: SheetValues) -> None:
        super().__init__()
        self._book = book
        self._sheet: SheetRows | None = None
        self._row = self._col = 0
        self._equal_rows = 1
        self._cell: Mapping[str, str] | None = None
        self._lines: list[str] = []
        self._asides = self._before_aside = self._spaces = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element; raises Unreadable."""
        if self._cell is not None:
            self._start_inside(name, attributes)
            return
        self.texts.clear()
        if name == "table":
            self._sheet, self._row = self._book.sheet(attributes.get("table:name", "")), 0
        elif name == "table-row":
            self._equal_rows, self._col = _repeated(attributes, "table:number-rows-repeated"), 0
        elif name in _CELLS:
            self._cell, self._lines, self._spaces = attributes, [], 0

    def _start_inside(self, name: str, attributes: dict[str, str]) -> None:
        if name in _ASIDES:
            if not self._asides:
                self._before_aside = len(self.texts)
            self._asides += 1
        elif self._asides:
            return
        elif name in _PARAGRAPHS:
            self.texts.clear()
        elif name == "s":
            count = min(_count(attributes.get("text:c", "1")), _MOST_SPACES - self._spaces)
            self._spaces += count
            self.texts.append(" " * count)
        elif name in _BLANKS:
            self.texts.append(_BLANKS[name])

    def end(self, name: str) -> None:
        """Take the end of an element; raises Unreadable."""
        if self._cell is None:
            if name == "table-row":
                self._row += self._equal_rows
        elif name in _ASIDES:
            self._asides -= 1
            if not self._asides:
                del self.texts[self._before_aside :]
        elif self._asides:
            return
        elif name in _PARAGRAPHS:
            self._lines.append("".join(self.texts))
            self.texts.clear()
        elif name in _CELLS:
            self._end_cell(self._cell)
            self._cell = None

    def _end_cell(self, attributes: Mapping[str, str]) -> None:
        if self._sheet is None:
            raise Unreadable(DAMAGED)
        value = _value(attributes, "\n".join(self._lines))
        count = _repeated(attributes, "table:number-columns-repeated")
        if value != "":
            self._sheet.put(self._row, self._col, value, down=self._equal_rows, across=count)
        self._col += count


def _repeated(attributes: Mapping[str, str], name: str) -> int:
    written = attributes.get(name, "1")
    if not re.fullmatch("[1-9][0-9]{0,8}", written):
        raise Unreadable(DAMAGED)
    return int(written)


def _count(written: str) -> int:
    return int(written) if re.fullmatch("[0-9]{1,20}", written) else 1


def _value(attributes: Mapping[str, str], text: str) -> Cell:
    """Return a cell's value; raises Unreadable."""
    if attributes.get("calcext:value-type") == "error":
        return text if text in ERRORS.values() else "#VALUE!"
    try:
        match attributes.get("office:value-type", ""):
            case "float" | "percentage" | "currency":
                figure = float(attributes["office:value"])
                return figure if math.isfinite(figure) else ""
            case "date":
                return _date(attributes["office:date-value"])
            case "time":
                return _duration(attributes["office:time-value"])
            case "boolean":
                return attributes["office:boolean-value"] == "true"
    except (KeyError, ValueError, OverflowError) as error:
        raise Unreadable(DAMAGED) from error
    return attributes.get("office:string-value", text)


def _date(written: str) -> Cell:
    """Return a date, or a moment to the millisecond; on the day before all days it is a time."""
    moment = dt.datetime.fromisoformat(written).replace(tzinfo=None) + dt.timedelta(microseconds=500)
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    if moment.date() == _FIRST_DAY:
        return moment.time()
    return moment.date() if moment.time() == dt.time() else moment


def _duration(written: str) -> Cell:
    found = _DURATION.fullmatch(written)
    if not found:
        raise ValueError(written)
    days, hours, minutes = (int(found[number] or 0) for number in (2, 3, 4))
    value = days + hours / 24 + minutes / 1440 + float(found[5] or 0) / 86400
    if found[1]:
        return dated(-value, DateKind.DURATION)
    return dated(value, DateKind.MOMENT if value < 1 else DateKind.DURATION)
