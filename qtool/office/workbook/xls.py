"""Old .xls workbooks (WPS's .et too): their values, read with xlrd.

xlrd believes what a file says. What it does not need for values is passed over here, and cells come to `SheetRows`
before it keeps any of them: its own lists would grow with every row that a file names.
"""

from __future__ import annotations

import io
import struct
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import olefile
from xlrd.biffh import XL_CELL_BOOLEAN, XL_CELL_ERROR, XL_CELL_TEXT, XL_WORKBOOK_GLOBALS, XL_WORKSHEET
from xlrd.book import Book
from xlrd.sheet import Sheet

from qtool.office.archive.members import DAMAGED, SWOLLEN, Unreadable, locked
from qtool.office.archive.package import MOST_RECORDS
from qtool.office.workbook.rows import CellFormats, SheetRows, SheetValues

_BEGIN = b"\x09\x08"
"""The first bytes of workbooks since Excel 5."""
_VERSIONS = (50, 70, 80)
_CONTINUE = 0x3C
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_INSTEAD = (("WordDocument", "是 Word 文档"), ("PowerPoint Document", "是演示文稿"))
_STRANGE = "文件已损坏，或不是 Excel 工作簿"


def open_xls(content: bytes) -> SheetValues:
    """Return the values of a workbook in an OLE container; raises Unreadable."""
    stream = _workbook_stream(content)
    if len(stream) > MOST_RECORDS:
        raise Unreadable(SWOLLEN)
    try:
        return _Workbook(stream).values()
    except Unreadable:
        raise
    except Exception as error:  # the library does not list what a damaged workbook makes it raise
        raise Unreadable(DAMAGED) from error


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


class _Silence:
    """Where xlrd writes its remarks."""

    def write(self, _text: str) -> None:
        """Write nothing."""


def _passed_over(*_: Any) -> None:
    """Take the place of what xlrd reads besides values."""


class _Workbook(Book):  # type: ignore[misc]  # the library publishes no types
    """A workbook's records. Defined names are left alone: xlrd computes them, and texts could double without end."""

    handle_country = handle_externname = handle_externsheet = handle_name = _passed_over
    handle_supbook = handle_writeaccess = _passed_over

    def __init__(self, stream: bytes) -> None:
        super().__init__()
        self._without_cells: set[int] = set()
        if not stream.startswith(_BEGIN):
            raise Unreadable(DAMAGED)
        self.biff2_8_load(file_contents=stream, logfile=_Silence(), on_demand=True, ragged_rows=True)
        self.biff_version = self.getbof(XL_WORKBOOK_GLOBALS)
        if self.biff_version not in _VERSIONS:
            raise Unreadable(DAMAGED)
        self.parse_globals()

    def handle_filepass(self, _data: bytes) -> None:
        raise locked()

    def handle_boundsheet(self, data: bytes) -> None:
        if data[5]:  # a chart or macros, which xlrd would not list
            self._without_cells.add(len(self._sheet_names))
        super().handle_boundsheet(data[:5] + b"\0" + data[6:])

    def handle_sst(self, data: bytes) -> None:
        records = [data]
        while (record := self.get_record_parts_conditional(_CONTINUE))[0] is not None:
            records.append(record[2])
        self._sharedstrings = _shared_texts(records)

    @property
    def position(self) -> int:
        """Where in the stream it reads."""
        return int(self._position)

    def values(self) -> SheetValues:
        """Return the values of all sheets; raises Unreadable and whatever xlrd does."""
        codes = {entry.format_key: entry.format_str for entry in self.format_list}
        formats = CellFormats(codes, [cell.format_key for cell in self.xf_list], date_1904=bool(self.datemode))
        book, left = SheetValues("xls"), 2 * self.stream_len
        for number, name in enumerate(self._sheet_names):
            rows = book.sheet(name)
            if number in self._without_cells:
                continue
            self._position = self._sh_abs_posn[number]
            self.getbof(XL_WORKSHEET)
            sheet = _Worksheet(self, self.position, number, rows, formats)
            sheet.read(self)
            left -= sheet.size  # sheets that overlap would be read over and over
            if left < 0:
                raise Unreadable(DAMAGED)
        if not book.names:
            raise Unreadable(DAMAGED)
        return book


class _Worksheet(Sheet):  # type: ignore[misc]  # as above
    """A sheet's records; `size` is how many bytes they take."""

    handle_feat11 = handle_hlink = handle_msodrawingetc = handle_note = _passed_over
    handle_obj = handle_quicktip = handle_txo = update_cooked_mag_factors = _passed_over

    def __init__(self, book: _Workbook, start: int, number: int, rows: SheetRows, formats: CellFormats) -> None:
        super().__init__(book, start, "", number)
        self.size = 0
        self._start = start
        self._rows, self._formats = rows, formats

    def put_cell_ragged(self, rowx: int, colx: int, ctype: int | None, value: Any, xf_index: int) -> None:
        if ctype == XL_CELL_TEXT:
            self._rows.put(rowx, colx, value)
        elif ctype == XL_CELL_BOOLEAN:
            self._rows.put(rowx, colx, bool(value))
        elif ctype == XL_CELL_ERROR:
            self._rows.error(rowx, colx, value)
        else:
            self._rows.put(rowx, colx, self._formats.value(value, xf_index))

    def tidy_dimensions(self) -> None:
        self.size = self.book.position - self._start


def _shared_texts(records: Sequence[bytes]) -> list[str]:
    """Return the shared texts of a workbook; raises struct.error and IndexError where they are cut off.

    A text that goes on in the next record says there anew whether its letters are of one byte or of two.
    """
    data, ends, texts = b"".join(records), list(accumulate(map(len, records))), list[str]()
    at = 8
    for _ in range(struct.unpack_from("<L", data, 4)[0]):
        if at >= len(data):
            break
        length, flags = struct.unpack_from("<HB", data, at)
        at += 3
        rest = 4 * struct.unpack_from("<H", data, at)[0] if flags & 8 else 0
        at += 2 if flags & 8 else 0
        rest += struct.unpack_from("<L", data, at)[0] if flags & 4 else 0
        at += 4 if flags & 4 else 0
        letters = b""
        while length:
            end = ends[bisect_left(ends, at)]
            count = min(length, (end - at) // 2 if flags & 1 else end - at)
            piece = data[at : at + (2 * count if flags & 1 else count)]
            letters += piece if flags & 1 else piece.decode("latin-1").encode("utf-16-le")
            at, length = at + len(piece), length - count
            if length:
                at, flags = end + 1, data[end]
        texts.append(letters.decode("utf-16-le", "replace"))
        at += rest
    return texts
