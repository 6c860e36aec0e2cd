"""Old .xls workbooks (WPS's .et too): the values in the records of their stream."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence

import olefile

from qtool.office.archive.package import MOST_RECORDS
from qtool.office.archive.unreadable import DAMAGED, SWOLLEN, Unreadable, locked
from qtool.office.workbook.safe import SafeBook, SafeCopy, SafeSheet, styles

_BOF, _EOF, _CONTINUE, _FILEPASS, _BOUNDSHEET, _SST = 0x809, 0x0A, 0x3C, 0x2F, 0x85, 0xFC
_WORKSHEET = 0
_CODEPAGE, _DATES, _FORMAT, _XF = 0x42, 0x22, 0x41E, 0xE0
_FORMULA, _STRING, _NUMBER, _LABEL, _RSTRING = 0x06, 0x207, 0x203, 0x204, 0xD6
_TRUTH, _RK, _MULRK, _LABELSST = 0x205, 0x27E, 0xBD, 0xFD
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_INSTEAD = (("WordDocument", "是 Word 文档"), ("PowerPoint Document", "是演示文稿"))
_STRANGE = "文件已损坏，或不是 Excel 工作簿"
_CODEPAGES = {1200: "utf-16-le", 65001: "utf-8", 10008: "gb2312", 10000: "mac-roman"}

_PLACE = struct.Struct("<HHH")


def safe_copy(content: bytes) -> SafeCopy:
    """Return the safe copy of a workbook in an OLE container; raises Unreadable."""
    try:
        stream = _workbook_stream(content)
        if len(stream) > MOST_RECORDS:
            raise Unreadable(SWOLLEN)
        book, copy = _Book(stream), SafeBook()
        for name, start, kind in book.sheets:
            if kind == _WORKSHEET:
                book.take(copy.sheet(name), start)
            else:
                copy.no_cells(name)
    except (struct.error, IndexError) as error:
        raise Unreadable(DAMAGED) from error  # a record shorter than what it is for
    return copy.copy("xls", styles(book.formats, book.styles), date_1904=book.date_1904)


def _workbook_stream(content: bytes) -> bytes:
    """Return the stream that holds the workbook; raises Unreadable."""
    if _ENCRYPTED in content:
        raise locked()
    what = ""
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as ole:
            for name in ("Workbook", "Book"):
                if ole.exists(name):
                    return bytes(ole.openstream(name).read())
            what = next((what for name, what in _INSTEAD if ole.exists(name)), "")
    except Exception as error:  # the library does not list what a damaged container makes it raise
        raise Unreadable(_STRANGE) from error
    raise Unreadable(f"{what}，不是 Excel 工作簿" if what else _STRANGE)


class _Book:
    """What the records of the workbook itself say; `formats` and `styles` as `safe.styles` takes them.

    `sheets` are names, where their records begin, and their kinds.
    """

    def __init__(self, stream: bytes) -> None:
        self.sheets: list[tuple[str, int, int]] = []
        self.formats: dict[int, str] = {}
        self.styles: list[int] = []
        self.date_1904 = False
        self._stream = stream
        self._wide, self._codepage = True, "cp1252"
        self._left = 2 * len(stream)
        shared: list[bytes] = []
        last = 0
        for kind, data in self._records(0):
            last = kind if kind != _CONTINUE else last
            if kind == _SST or (kind == _CONTINUE and last == _SST):
                shared.append(data)
            else:
                self._take(kind, data)
        self._strings = _shared(shared) if shared else []

    def _records(self, start: int) -> Iterator[tuple[int, bytes]]:
        """Yield the records from an offset to the end of their part; raises Unreadable."""
        depth, begun = 0, start
        while True:
            kind, size = struct.unpack_from("<HH", self._stream, start)
            start += 4 + size
            depth += (kind == _BOF) - (kind == _EOF)  # a chart stands inside a sheet as a part of its own
            if start > len(self._stream) or start - begun > self._left or depth < 0 or (depth == 0 and kind != _EOF):
                raise Unreadable(DAMAGED)
            if depth == 0:
                break
            if depth == 1:
                yield kind, self._stream[start - size : start]
        self._left -= start - begun  # parts that overlap would be read over and over

    def _take(self, kind: int, data: bytes) -> None:
        if kind == _FILEPASS:
            raise locked()
        if kind == _BOF:
            self._wide = struct.unpack_from("<H", data)[0] >= 0x600
        elif kind == _CODEPAGE:
            page = struct.unpack_from("<H", data)[0]
            self._codepage = _CODEPAGES.get(page, f"cp{page}")
        elif kind == _DATES:
            self.date_1904 = data[:1] == b"\1"
        elif kind == _FORMAT:
            self.formats[struct.unpack_from("<H", data)[0]] = self._text(data, 2, 2 if self._wide else 1)
        elif kind == _XF:
            self.styles.append(struct.unpack_from("<H", data, 2)[0])
        elif kind == _BOUNDSHEET:
            self.sheets.append((self._text(data, 6, 1), struct.unpack_from("<L", data)[0], data[5]))

    def _text(self, data: bytes, start: int, width: int, *more: bytes) -> str:
        """Return a text whose length stands before it in one or two bytes; `more` are the records that continue it."""
        length = int.from_bytes(data[start : start + width], "little")
        start += width
        if not self._wide:
            return _decoded(data[start : start + length], self._codepage)
        flags = data[start]
        start += 1 + (2 if flags & 8 else 0) + (4 if flags & 4 else 0)
        return _Chunks((data, *more), start).letters(length, flags & 1)

    def take(self, sheet: SafeSheet, start: int) -> None:
        """Add the values of the sheet whose records begin here; raises Unreadable."""
        waiting: tuple[int, int] | None = None
        parts: list[bytes] = []
        for record, data in (*self._records(start), (_EOF, b"")):
            if record == _CONTINUE:
                parts += [data] if parts else []
                continue
            if parts and waiting:
                sheet.text(*waiting, self._text(parts[0], 0, 2, *parts[1:]))
                waiting = None
            parts = [data] if record == _STRING and waiting else []
            if record == _FORMULA:
                waiting = _result(sheet, data)
            elif record in _READERS:
                _READERS[record](self, sheet, data)

    def number(self, sheet: SafeSheet, data: bytes) -> None:
        """Add a NUMBER record."""
        row, col, style = _PLACE.unpack_from(data)
        sheet.number(row, col, struct.unpack_from("<d", data, 6)[0], style)

    def compact(self, sheet: SafeSheet, data: bytes) -> None:
        """Add an RK record."""
        row, col, style = _PLACE.unpack_from(data)
        sheet.number(row, col, compact_number(data[6:10]), style)

    def several(self, sheet: SafeSheet, data: bytes) -> None:
        """Add a MULRK record: neighbours in a row."""
        row, first = struct.unpack_from("<HH", data)
        for index in range((len(data) - 6) // 6):
            style = struct.unpack_from("<H", data, 4 + 6 * index)[0]
            sheet.number(row, first + index, compact_number(data[6 + 6 * index : 10 + 6 * index]), style)

    def label(self, sheet: SafeSheet, data: bytes) -> None:
        """Add a LABEL or RSTRING record."""
        row, col, _ = _PLACE.unpack_from(data)
        sheet.text(row, col, self._text(data, 6, 2))

    def shared(self, sheet: SafeSheet, data: bytes) -> None:
        """Add a LABELSST record."""
        row, col, _ = _PLACE.unpack_from(data)
        sheet.text(row, col, self._strings[struct.unpack_from("<L", data, 6)[0]])

    def truth(self, sheet: SafeSheet, data: bytes) -> None:
        """Add a BOOLERR record."""
        row, col, _ = _PLACE.unpack_from(data)
        if data[7]:
            sheet.error(row, col, data[6])
        else:
            sheet.truth(row, col, value=bool(data[6]))


_READERS = {
    _NUMBER: _Book.number,
    _RK: _Book.compact,
    _MULRK: _Book.several,
    _LABEL: _Book.label,
    _RSTRING: _Book.label,
    _LABELSST: _Book.shared,
    _TRUTH: _Book.truth,
}


def compact_number(data: bytes) -> float:
    """Return the figure that an RK record packs into four bytes."""
    packed = struct.unpack("<L", data)[0]
    if packed & 2:
        value = float(struct.unpack("<l", data)[0] >> 2)
    else:
        value = struct.unpack("<d", bytes(4) + struct.pack("<L", packed & 0xFFFFFFFC))[0]
    return value / 100 if packed & 1 else value


def _result(sheet: SafeSheet, data: bytes) -> tuple[int, int] | None:
    """Add a formula's result, or return its place where a text follows in a record of its own."""
    row, col, style = _PLACE.unpack_from(data)
    result = data[6:14]
    if result[6:] != b"\xff\xff":
        sheet.number(row, col, struct.unpack("<d", result)[0], style)
    elif result[0] == 0:
        return row, col
    elif result[0] == 1:
        sheet.truth(row, col, value=bool(result[2]))
    elif result[0] == 2:
        sheet.error(row, col, result[2])
    return None


class _Chunks:
    """Text that goes on from one record to the next; each that continues it says anew how wide its letters are."""

    def __init__(self, chunks: Sequence[bytes], position: int) -> None:
        self._chunks = chunks
        self._index, self._position = 0, position

    def more(self) -> bool:
        """Return whether anything is left, having gone on to it."""
        while self._index < len(self._chunks) and self._position >= len(self._chunks[self._index]):
            self._index, self._position = self._index + 1, self._position - len(self._chunks[self._index])
        return self._index < len(self._chunks)

    def take(self, size: int) -> bytes:
        """Return so many bytes of the record at hand; raises struct.error where it has fewer."""
        chunk = self._chunks[self._index]
        found = chunk[self._position : self._position + size]
        if len(found) < size:
            raise struct.error
        self._position += size
        return found

    def skip(self, size: int) -> None:
        """Pass over so many bytes, whichever records they are in."""
        self._position += size

    def letters(self, count: int, wide: int) -> str:
        """Return so many letters; raises struct.error where there are fewer."""
        found = []
        while count:
            left = len(self._chunks[self._index]) - self._position
            number = min(count, left // 2 if wide else left)
            if number > 0:
                text = self.take(number * 2 if wide else number)
                found.append(_decoded(text, "utf-16-le" if wide else "latin-1"))
                count -= number
            if count:
                self._index += 1
                if self._index >= len(self._chunks):
                    raise struct.error
                wide, self._position = self._chunks[self._index][0] & 1, 1
        return "".join(found)


def _shared(chunks: Sequence[bytes]) -> list[str]:
    """Return the shared texts of a workbook."""
    source, found = _Chunks(chunks, 8), list[str]()
    wanted = struct.unpack_from("<L", chunks[0], 4)[0]
    while len(found) < wanted and source.more():
        length, flags = struct.unpack("<HB", source.take(3))
        runs = struct.unpack("<H", source.take(2))[0] if flags & 8 else 0
        extra = struct.unpack("<L", source.take(4))[0] if flags & 4 else 0
        found.append(source.letters(length, flags & 1))
        source.skip(runs * 4 + extra)
    return found


def _decoded(text: bytes, encoding: str) -> str:
    try:
        return text.decode(encoding, "replace")
    except LookupError:
        return text.decode("latin-1")
