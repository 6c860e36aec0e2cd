"""OpenDocument spreadsheets: the values of their tables, repeated cells counted before they are repeated."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from qtool.office.archive.markup import attributes, unescaped
from qtool.office.archive.package import MOST_RECORDS, Package
from qtool.office.archive.unreadable import DAMAGED, Unreadable, fits, locked
from qtool.office.workbook.safe import (
    DATE,
    DURATION,
    ERRORS,
    GENERAL,
    MOMENT,
    PLAIN_STYLES,
    TIME,
    SafeBook,
    SafeCopy,
    SafeSheet,
)

MIMETYPE = b"application/vnd.oasis.opendocument."
_INSTEAD = {"text": "是文字文档", "presentation": "是演示文稿", "graphics": "是绘图文件"}

_PIECE = re.compile(rb"<(/?)([\w.-]+:[\w.-]+)((?:[^<>\"']|\"[^\"<]*+\"|'[^'<]*+')*+)>|([^<]++)")
_CELLS = {b"table:table-cell", b"table:covered-table-cell"}
_PARAGRAPHS = {b"text:p", b"text:h"}
_ASIDES = {b"office:annotation", b"table:table", b"draw:object", b"text:note", b"text:ruby-text"}
"""What may stand inside a cell without being its text."""
_BLANKS = {b"text:tab": "\t", b"text:line-break": "\n"}
_MOST_BLANKS = 1_000
_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - the cells of a workbook have no time zone
_DURATION = re.compile(r"(-?)P(?:(\d{1,6})D)?T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6}(?:\.\d{1,9})?)S)?")

Piece = re.Match[bytes]
Value = float | bool | str


@dataclass(slots=True)
class _Row:
    """A row, or several equal ones; `runs` are neighbours of one value: first column, number, value, cell format."""

    count: int
    runs: list[tuple[int, int, Value, int]] = field(default_factory=list)


def safe_copy(package: Package) -> SafeCopy:
    """Return the safe copy of a spreadsheet; raises Unreadable."""
    kind = package.part("mimetype").removeprefix(MIMETYPE).partition(b"-")[0].decode("ascii", "replace").strip()
    if "encrypted-package" in package or b"encryption-data" in package.part("META-INF/manifest.xml"):
        raise locked()
    if kind in _INSTEAD:
        raise Unreadable(f"{_INSTEAD[kind]}，不是 Excel 工作簿")
    book = SafeBook()
    for name, rows in _tables(package.xml("content.xml", MOST_RECORDS)):
        _take(book.sheet(name), rows)
    return book.copy("ods", PLAIN_STYLES)


def _tables(xml: bytes) -> Iterator[tuple[str, Iterator[_Row]]]:
    """Yield every table's name and rows; the rows must be taken before the next table is."""
    pieces = _PIECE.finditer(xml)
    for piece in pieces:
        if piece[2] == b"table:table" and not piece[1]:
            name = attributes(piece[3]).get("table:name", "")
            yield name, iter(()) if _closed(piece) else _rows(pieces)


def _rows(pieces: Iterator[Piece]) -> Iterator[_Row]:
    for piece in pieces:
        if piece[2] == b"table:table":
            return
        if piece[2] == b"table:table-row" and not piece[1]:
            row = _Row(_repeated(attributes(piece[3]), "table:number-rows-repeated"))
            if not _closed(piece):
                _fill(row, pieces)
            yield row


def _fill(row: _Row, pieces: Iterator[Piece]) -> None:
    col = 0
    for piece in pieces:
        if piece[2] == b"table:table-row":
            return
        if piece[2] in _CELLS and not piece[1]:
            named = attributes(piece[3])
            text = "" if _closed(piece) else _text(pieces, piece[2])
            count = _repeated(named, "table:number-columns-repeated")
            value, style = _value(named, text)
            if value not in (None, ""):
                row.runs.append((col, count, value, style))
            col += count


def _closed(piece: Piece) -> bool:
    return piece[3].endswith(b"/")


def _repeated(named: dict[str, str], name: str) -> int:
    written = named.get(name, "1")
    if not re.fullmatch("[1-9][0-9]{0,8}", written):
        raise Unreadable(DAMAGED)
    return int(written)


def _text(pieces: Iterator[Piece], cell: bytes) -> str:
    """Return a cell's text up to its end: paragraphs as lines, without notes and what is drawn."""
    lines: list[list[str]] = []
    aside, inside = 0, False
    for piece in pieces:
        name = piece[2]
        if name in _ASIDES and not _closed(piece):
            aside += -1 if piece[1] else 1
        if aside > 0:
            continue
        if name == cell and piece[1]:
            break
        if name in _PARAGRAPHS:
            inside = not piece[1] and not _closed(piece)
            lines += [] if piece[1] else [[]]
        elif inside and name is None:
            lines[-1].append(unescaped(piece[4]))
        elif inside and not piece[1]:
            lines[-1].append(_blank(name, piece[3]))
    return "\n".join("".join(line) for line in lines)


def _blank(name: bytes, written: bytes) -> str:
    if name != b"text:s":
        return _BLANKS.get(name, "")
    count = attributes(written).get("text:c", "1")
    return " " * (min(int(count), _MOST_BLANKS) if re.fullmatch("[0-9]{1,20}", count) else 1)


def _value(named: dict[str, str], text: str) -> tuple[Value | None, int]:
    """Return a cell's value and its cell format; raises Unreadable."""
    kind = named.get("office:value-type", "")
    if named.get("calcext:value-type") == "error":
        return (text if text in ERRORS.values() else "#VALUE!"), GENERAL
    try:
        match kind:
            case "float" | "percentage" | "currency":
                return float(named["office:value"]), GENERAL
            case "date":
                return _date(named["office:date-value"])
            case "time":
                return _duration(named["office:time-value"])
            case "boolean":
                return named["office:boolean-value"] == "true", GENERAL
    except (KeyError, ValueError) as error:
        raise Unreadable(DAMAGED) from error
    return named.get("office:string-value", text), GENERAL


def _date(written: str) -> tuple[float, int]:
    moment = dt.datetime.fromisoformat(written).replace(tzinfo=None)
    return (moment - _EPOCH) / dt.timedelta(days=1), MOMENT if "T" in written else DATE


def _duration(written: str) -> tuple[float, int]:
    found = _DURATION.fullmatch(written)
    if not found:
        raise ValueError(written)
    days, hours, minutes = (int(found[number] or 0) for number in (2, 3, 4))
    value = days + hours / 24 + minutes / 1440 + float(found[5] or 0) / 86400
    return (-value if found[1] else value), TIME if value < 1 and not found[1] else DURATION


def _take(sheet: SafeSheet, rows: Iterator[_Row]) -> None:
    above = last = width = 0
    for row in rows:
        if row.runs:
            last, width = above + row.count, max(width, row.runs[-1][0] + row.runs[-1][1])
            if fits(last, width):
                _add(sheet, range(above, last), row)
        above += row.count
    sheet.reach(last, width)


def _add(sheet: SafeSheet, rows: range, row: _Row) -> None:
    for number in rows:
        for first, count, value, style in row.runs:
            for col in range(first, first + count):
                if isinstance(value, str):
                    sheet.text(number, col, value)
                elif isinstance(value, bool):
                    sheet.truth(number, col, value=value)
                else:
                    sheet.number(number, col, value, style)
