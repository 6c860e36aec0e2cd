"""Binary .xlsb workbooks: the values in the records of their parts."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from qtool.office.archive.members import DAMAGED, Unreadable
from qtool.office.archive.package import MOST_RECORDS, Package, part_key
from qtool.office.workbook.rows import Cell, CellFormats, SheetRows, SheetValues

_ROWS_BEGIN, _ROWS_END = 0x91, 0x92
_ROW, _DATES, _SHEET, _ITEM = 0x00, 0x99, 0x9C, 0x13
_FORMAT, _CELL_FORMATS, _CELL_FORMATS_END, _CELL_FORMAT = 0x2C, 0x269, 0x26A, 0x2F
_ERRORS = (0x03, 0x0B)
_COMPACT, _TRUTHS, _NUMBERS, _TEXTS, _SHARED = 0x02, (0x04, 0x0A), (0x05, 0x09), (0x06, 0x08), 0x07
_VALUES = {_COMPACT, *_TRUTHS, *_NUMBERS, *_TEXTS, _SHARED}


def open_xlsb(package: Package, main: str) -> SheetValues:
    """Return the values of a binary workbook, whose own part is `main`; raises Unreadable."""
    relations = package.relations(main)
    by_id = {relation.id: relation for relation in relations}
    parts = {relation.kind: relation.target for relation in relations}
    book = SheetValues("xlsb")
    try:
        date_1904, listed = _workbook(package.part(main, MOST_RECORDS))
        strings = _strings(package, parts.get("sharedStrings", ""))
        formats = _formats(package, parts.get("styles", ""), date_1904=date_1904)
        used = [part_key(by_id[relation].target) for _, relation in listed if relation in by_id]
        if not listed or len(set(used)) < len(used):
            raise Unreadable(DAMAGED)
        for name, relation in listed:
            sheet, part = book.sheet(name), by_id.get(relation)
            if part and part.kind == "worksheet":
                _take(sheet, package.part(part.target, MOST_RECORDS), strings, formats)
    except (struct.error, IndexError) as error:
        raise Unreadable(DAMAGED) from error  # a record shorter than what it is for
    return book


def _records(part: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the records of a part; raises IndexError where the last one is cut off."""
    position = 0
    while position < len(part):
        kind = part[position]
        position += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (part[position] & 0x7F) << 7
            position += 1
        size = shift = 0
        while True:
            byte = part[position]
            position += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80 or shift > 21:
                break
        if position + size > len(part):
            raise IndexError
        yield kind, part[position : position + size]
        position += size


def _text(data: bytes, start: int) -> tuple[str, int]:
    """Return a text whose length stands before it in four bytes, and where it ends; raises IndexError."""
    length = struct.unpack_from("<L", data, start)[0]
    end = start + 4 + 2 * length
    if end > len(data):
        raise IndexError
    return data[start + 4 : end].decode("utf-16-le", "replace"), end


def _workbook(part: bytes) -> tuple[bool, list[tuple[str, str]]]:
    """Return whether dates count from 1904, and the sheets: each with its name and the id of its relation."""
    date_1904, listed = False, []
    for kind, data in _records(part):
        if kind == _DATES:
            date_1904 = bool(data[0] & 1)
        elif kind == _SHEET:
            relation, end = _text(data, 8)
            listed.append((_text(data, end)[0], relation))
    return date_1904, listed


def _strings(package: Package, name: str) -> list[str]:
    if name not in package:
        return []
    return [_text(data, 1)[0] for kind, data in _records(package.part(name, MOST_RECORDS)) if kind == _ITEM]


def _formats(package: Package, name: str, *, date_1904: bool) -> CellFormats:
    codes: dict[int, str] = {}
    cells: list[int] = []
    inside = False
    for kind, data in _records(package.part(name, MOST_RECORDS)) if name in package else ():
        if kind == _FORMAT:
            codes[struct.unpack_from("<H", data)[0]] = _text(data, 2)[0]
        elif kind in (_CELL_FORMATS, _CELL_FORMATS_END):
            inside = kind == _CELL_FORMATS
        elif kind == _CELL_FORMAT and inside:
            cells.append(struct.unpack_from("<H", data, 2)[0])
    return CellFormats(codes, cells, date_1904=date_1904)


def _take(sheet: SheetRows, part: bytes, strings: list[str], formats: CellFormats) -> None:
    row = 0
    records = _records(part)
    for kind, _ in records:
        if kind == _ROWS_BEGIN:
            break
    for kind, data in records:
        if kind == _ROWS_END:
            break
        if kind == _ROW:
            row = struct.unpack_from("<L", data)[0]
        elif kind in _ERRORS:
            sheet.error(row, _place(data)[0], data[8])
        elif kind in _VALUES:
            sheet.put(row, _place(data)[0], _value(kind, data, strings, formats))


def _value(kind: int, data: bytes, strings: list[str], formats: CellFormats) -> Cell:
    if kind in _TEXTS:
        return _text(data, 8)[0]
    if kind == _SHARED:
        return strings[int.from_bytes(data[8:12], "little")]
    if kind in _TRUTHS:
        return bool(data[8])
    figure = _compact(data) if kind == _COMPACT else struct.unpack_from("<d", data, 8)[0]
    return formats.value(figure, _place(data)[1])


def _compact(data: bytes) -> float:
    """Return the figure of a cell that packs it into four bytes."""
    packed = struct.unpack_from("<L", data, 8)[0]
    if packed & 2:
        value = float(struct.unpack_from("<l", data, 8)[0] >> 2)
    else:
        value = struct.unpack("<d", bytes(4) + struct.pack("<L", packed & 0xFFFFFFFC))[0]
    return value / 100 if packed & 1 else value


def _place(data: bytes) -> tuple[int, int]:
    """Return a cell's column and cell format."""
    col, cell_format = struct.unpack_from("<LL", data)
    return col, cell_format & 0xFFFFFF
