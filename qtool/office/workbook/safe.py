"""Safe copies: what python-calamine is given in place of a file, with nothing in it that was not looked at before.

Python-calamine trusts the numbers that a file states: it reserves a place for every cell between the first and the
last one, and for as many texts as a file says that it has, and one wrong number ends the whole process. So it only
ever sees a small .xlsx workbook that is made here, in memory, of cells that were counted, whatever the file was.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from qtool.office.archive.markup import escaped
from qtool.office.archive.package import Bytes, packed
from qtool.office.archive.unreadable import DAMAGED, MOST_TEXT, SWOLLEN, TooLarge, Unreadable, fits

NO_STRINGS = b"<sst></sst>"
GENERAL, DATE, MOMENT, TIME, DURATION = range(5)
"""The cell formats of `PLAIN_STYLES`."""

ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
"""Errors by their codes in old and binary workbooks."""

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REFERENCES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@dataclass(frozen=True, slots=True)
class SafeCopy:
    """A workbook for python-calamine: `content` are its bytes, `inside` tells what a sheet's name is in it.

    `names` are the names of the sheets as users know them; `inside` and `refused` go by a sheet's number. A sheet that
    is in neither holds no cells, as one that is a chart.
    """

    format: str
    names: tuple[str, ...]
    content: bytes
    inside: Mapping[int, str]
    refused: Mapping[int, Unreadable]


class SafeBook:
    """The values of a workbook being gathered, sheet by sheet."""

    def __init__(self) -> None:
        self._sheets: list[tuple[str, SafeSheet | None]] = []
        self._size = 0

    def sheet(self, name: str) -> SafeSheet:
        """Add a sheet."""
        sheet = SafeSheet(name, self._grow)
        self._sheets.append((name, sheet))
        return sheet

    def no_cells(self, name: str) -> None:
        """Add a sheet that is no worksheet."""
        self._sheets.append((name, None))

    def _grow(self, size: int) -> None:
        self._size += size
        if self._size > MOST_TEXT:
            raise Unreadable(SWOLLEN)

    def copy(self, kind: str, styled: bytes, *, date_1904: bool = False) -> SafeCopy:
        """Return the workbook; raises Unreadable where it has no sheet."""
        parts: dict[int, tuple[Bytes, ...]] = {}
        refused: dict[int, Unreadable] = {}
        for number, (_, sheet) in enumerate(self._sheets):
            try:
                if sheet is not None:
                    parts[number] = sheet.xml()
            except TooLarge as error:
                refused[number] = error
        if not self._sheets:
            raise Unreadable(DAMAGED)
        names = tuple(name for name, _ in self._sheets)
        content = workbook(parts, NO_STRINGS, styled, date_1904=date_1904)
        return SafeCopy(kind, names, content, {number: str(number) for number in parts}, refused)


class SafeSheet:
    """A sheet's values being gathered, as XML; rows and columns count from 0."""

    def __init__(self, name: str, grow: Callable[[int], None]) -> None:
        """Start a sheet; `grow` is told how many bytes it takes, and may raise."""
        self._name = name
        self._grow = grow
        self._cells: list[str] = []
        self._rows = self._cols = 0

    def number(self, row: int, col: int, value: float, style: int = GENERAL) -> None:
        """Add a figure; what is no finite one is left out, as an error is."""
        if math.isfinite(value):
            self._add(row, col, f'<c r="{column_letters(col + 1)}{row + 1}" s="{style}"><v>{value!r}</v></c>')

    def truth(self, row: int, col: int, value: bool) -> None:
        """Add a true or a false."""
        self._add(row, col, f'<c r="{column_letters(col + 1)}{row + 1}" t="b"><v>{value:d}</v></c>')

    def error(self, row: int, col: int, code: int) -> None:
        """Add an error by its code, as the text that is shown."""
        self.text(row, col, ERRORS.get(code, "#VALUE!"))

    def text(self, row: int, col: int, value: str) -> None:
        """Add a text."""
        written = f'<is><t xml:space="preserve">{escaped(value)}</t></is>'
        self._add(row, col, f'<c r="{column_letters(col + 1)}{row + 1}" t="inlineStr">{written}</c>')

    def reach(self, rows: int, cols: int) -> None:
        """Note that the sheet goes so far, whatever was added."""
        self._rows, self._cols = max(self._rows, rows), max(self._cols, cols)

    def _add(self, row: int, col: int, cell: str) -> None:
        self.reach(row + 1, col + 1)
        self._grow(len(cell))
        self._cells.append(cell)

    def xml(self) -> tuple[Bytes, ...]:
        """Return the worksheet, in pieces; raises TooLarge."""
        if not fits(self._rows, self._cols):
            raise TooLarge(self._name, self._rows, self._cols)
        return worksheet(f"<row>{''.join(self._cells)}</row>".encode("utf-8", "replace"))


def worksheet(rows: Bytes) -> tuple[Bytes, ...]:
    """Return a worksheet of these rows, in pieces."""
    return b"<worksheet><sheetData>", rows, b"</sheetData></worksheet>"


def column_letters(number: int) -> str:
    """Return a column's letters by its number; A is 1."""
    name = ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def styles(formats: Mapping[int, str], cells: Sequence[int]) -> bytes:
    """Return the styles of a workbook: its own number formats, and the number of the format of every cell format."""
    own = "".join(f'<numFmt numFmtId="{number}" formatCode="{escaped(code)}"/>' for number, code in formats.items())
    used = "".join(f'<xf numFmtId="{number}"/>' for number in cells)
    return f"<styleSheet><numFmts>{own}</numFmts><cellXfs>{used}</cellXfs></styleSheet>".encode("utf-8", "replace")


PLAIN_STYLES = styles({}, (0, 14, 22, 21, 46))


def workbook(sheets: Mapping[int, tuple[Bytes, ...]], strings: bytes, styled: bytes, *, date_1904: bool) -> bytes:
    """Return a whole .xlsx workbook of sheets in pieces; a sheet's name in it is its number."""
    members = {
        **_frame(tuple(sheets), date_1904=date_1904),
        **{f"xl/worksheets/{number}.xml": content for number, content in sheets.items()},
        "xl/sharedStrings.xml": (strings,),
        "xl/styles.xml": (styled,),
    }
    return packed(members)


@lru_cache(maxsize=64)
def _frame(sheets: tuple[int, ...], *, date_1904: bool) -> dict[str, tuple[bytes]]:
    """Return the parts that say which sheets there are; most workbooks have the same ones."""
    listed = "".join(f'<sheet name="{number}" sheetId="{number + 1}" r:id="r{number}"/>' for number in sheets)
    targets = {f"r{number}": ("worksheet", f"worksheets/{number}.xml") for number in sheets}
    targets |= {"strings": ("sharedStrings", "sharedStrings.xml"), "styles": ("styles", "styles.xml")}
    dates = '<workbookPr date1904="1"/>' if date_1904 else ""
    main = f'<workbook xmlns="{_MAIN}" xmlns:r="{_REFERENCES}">{dates}<sheets>{listed}</sheets></workbook>'
    return {
        "_rels/.rels": (_relationships({"main": ("officeDocument", "xl/workbook.xml")}),),
        "xl/workbook.xml": (main.encode(),),
        "xl/_rels/workbook.xml.rels": (_relationships(targets),),
    }


def _relationships(targets: Mapping[str, tuple[str, str]]) -> bytes:
    listed = "".join(
        f'<Relationship Id="{name}" Type="{_REFERENCES}/{kind}" Target="{target}"/>'
        for name, (kind, target) in targets.items()
    )
    return f"<Relationships>{listed}</Relationships>".encode()
