"""Binary .xlsb workbooks: the values in the records of their parts."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from qtool.office.archive.package import MOST_RECORDS, Package, part_key
from qtool.office.archive.unreadable import DAMAGED, Unreadable
from qtool.office.workbook.safe import SafeBook, SafeCopy, SafeSheet, styles
from qtool.office.workbook.xls import compact_number

_ROWS_BEGIN, _ROWS_END = 0x91, 0x92
_ROW, _DATES, _SHEET, _ITEM = 0x00, 0x99, 0x9C, 0x13
_FORMAT, _CELL_FORMATS, _CELL_FORMATS_END, _CELL_FORMAT = 0x2C, 0x269, 0x26A, 0x2F
_ERRORS = (0x03, 0x0B)
_COMPACT, _TRUTHS, _NUMBERS, _TEXTS, _SHARED = 0x02, (0x04, 0x0A), (0x05, 0x09), (0x06, 0x08), 0x07


def safe_copy(package: Package, main: str) -> SafeCopy:
    """Return the safe copy of a binary workbook, whose own part is `main`; raises Unreadable."""
    relations = package.relations(main)
    by_id = {relation.id: relation for relation in relations}
    parts = {relation.kind: relation.target for relation in relations}
    book = SafeBook()
    try:
        date_1904, listed = _workbook(package.part(main, MOST_RECORDS))
        strings = _strings(package, parts.get("sharedStrings", ""))
        styled = _styles(package, parts.get("styles", ""))
        used = [part_key(by_id[relation].target) for _, relation in listed if relation in by_id]
        if len(set(used)) < len(used):
            raise Unreadable(DAMAGED)
        for name, relation in listed:
            found = by_id.get(relation)
            if found and found.kind == "worksheet":
                _take(book.sheet(name), package.part(found.target, MOST_RECORDS), strings)
            else:
                book.no_cells(name)
    except (struct.error, IndexError) as error:
        raise Unreadable(DAMAGED) from error  # a record shorter than what it is for
    return book.copy("xlsb", styled, date_1904=date_1904)


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


def _styles(package: Package, name: str) -> bytes:
    formats: dict[int, str] = {}
    cells: list[int] = []
    inside = False
    for kind, data in _records(package.part(name, MOST_RECORDS)) if name in package else ():
        if kind == _FORMAT:
            formats[struct.unpack_from("<H", data)[0]] = _text(data, 2)[0]
        elif kind in (_CELL_FORMATS, _CELL_FORMATS_END):
            inside = kind == _CELL_FORMATS
        elif kind == _CELL_FORMAT and inside:
            cells.append(struct.unpack_from("<H", data, 2)[0])
    return styles(formats, cells)


def _take(sheet: SafeSheet, part: bytes, strings: list[str]) -> None:
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
        else:
            _take_cell(sheet, row, kind, data, strings)


def _take_cell(sheet: SafeSheet, row: int, kind: int, data: bytes, strings: list[str]) -> None:
    if kind == _COMPACT or kind in _NUMBERS:
        col, style = _place(data)
        value = compact_number(data[8:12]) if kind == _COMPACT else struct.unpack_from("<d", data, 8)[0]
        sheet.number(row, col, value, style)
    elif kind in _ERRORS:
        sheet.error(row, _place(data)[0], data[8])
    elif kind in _TRUTHS:
        sheet.truth(row, _place(data)[0], value=bool(data[8]))
    elif kind in _TEXTS:
        sheet.text(row, _place(data)[0], _text(data, 8)[0])
    elif kind == _SHARED:
        sheet.text(row, _place(data)[0], strings[struct.unpack_from("<L", data, 8)[0]])


def _place(data: bytes) -> tuple[int, int]:
    """Return a cell's column and cell format."""
    col, style = struct.unpack_from("<LL", data)
    return col, style & 0xFFFFFF
