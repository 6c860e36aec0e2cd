"""Safe copies: what python-calamine is given in place of a file, with nothing in it that was not looked at before.

Python-calamine trusts the numbers that a file states: it reserves a place for every cell between the first and the
last one, and for as many texts as a file says that it has, and one wrong number ends the whole process. So it only
ever sees a small .xlsx workbook that is made here, in memory, of cells that were counted, whatever the file was.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from qtool.office.package import Bytes, packed
from qtool.office.unreadable import MOST_TEXT, SWOLLEN, TooLarge, Unreadable, fits

NO_STRINGS = b"<sst></sst>"
GENERAL, DATE, MOMENT, TIME, DURATION = range(5)
"""The cell formats of `PLAIN_STYLES`."""

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


class SafeSheet:
    """A sheet's values being gathered, as XML; rows and columns count from 0."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._cells: list[str] = []
        self._rows = self._cols = self._size = 0

    def number(self, row: int, col: int, value: float, style: int = GENERAL) -> None:
        """Add a figure; what is no finite one is left out, as an error is."""
        if math.isfinite(value):
            self._add(row, col, f'<c r="{column_letters(col + 1)}{row + 1}" s="{style}"><v>{value!r}</v></c>')

    def truth(self, row: int, col: int, value: bool) -> None:
        """Add a true or a false."""
        self._add(row, col, f'<c r="{column_letters(col + 1)}{row + 1}" t="b"><v>{value:d}</v></c>')

    def text(self, row: int, col: int, value: str) -> None:
        """Add a text."""
        written = f'<is><t xml:space="preserve">{escape(value, quote=False)}</t></is>'
        self._add(row, col, f'<c r="{column_letters(col + 1)}{row + 1}" t="inlineStr">{written}</c>')

    def reach(self, rows: int, cols: int) -> None:
        """Note that the sheet goes so far, whatever was added."""
        self._rows, self._cols = max(self._rows, rows), max(self._cols, cols)

    def _add(self, row: int, col: int, cell: str) -> None:
        self.reach(row + 1, col + 1)
        self._size += len(cell)
        if self._size > MOST_TEXT:
            raise Unreadable(SWOLLEN)
        self._cells.append(cell)

    def xml(self) -> tuple[Bytes, ...]:
        """Return the worksheet, in pieces; raises TooLarge."""
        if not fits(self._rows, self._cols):
            raise TooLarge(self.name, self._rows, self._cols)
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
    own = "".join(f'<numFmt numFmtId="{number}" formatCode="{escape(code)}"/>' for number, code in formats.items())
    used = "".join(f'<xf numFmtId="{number}"/>' for number in cells)
    return f"<styleSheet><numFmts>{own}</numFmts><cellXfs>{used}</cellXfs></styleSheet>".encode("utf-8", "replace")


PLAIN_STYLES = styles({}, (0, 14, 22, 21, 46))


def gathered(sheets: Sequence[SafeSheet | None]) -> tuple[dict[int, tuple[Bytes, ...]], dict[int, Unreadable]]:
    """Return the XML of sheets by their number, and why others are refused; None stands for one without cells."""
    parts: dict[int, tuple[Bytes, ...]] = {}
    refused: dict[int, Unreadable] = {}
    for number, sheet in enumerate(sheets):
        try:
            if sheet is not None:
                parts[number] = sheet.xml()
        except TooLarge as error:
            refused[number] = error
    return parts, refused


def workbook(sheets: Mapping[int, tuple[Bytes, ...]], strings: bytes, styled: bytes, *, date_1904: bool) -> bytes:
    """Return a whole .xlsx workbook of sheets in pieces; a sheet's name in it is its number."""
    listed = "".join(f'<sheet name="{number}" sheetId="{number + 1}" r:id="r{number}"/>' for number in sheets)
    targets = {f"r{number}": ("worksheet", f"worksheets/{number}.xml") for number in sheets}
    targets |= {"strings": ("sharedStrings", "sharedStrings.xml"), "styles": ("styles", "styles.xml")}
    dates = '<workbookPr date1904="1"/>' if date_1904 else ""
    main = f'<workbook xmlns="{_MAIN}" xmlns:r="{_REFERENCES}">{dates}<sheets>{listed}</sheets></workbook>'
    members = {
        "_rels/.rels": (_FIRST,),
        "xl/workbook.xml": (main.encode(),),
        "xl/_rels/workbook.xml.rels": (_relationships(targets),),
        **{f"xl/worksheets/{number}.xml": content for number, content in sheets.items()},
        "xl/sharedStrings.xml": (strings,),
        "xl/styles.xml": (styled,),
    }
    return packed(members)


def _relationships(targets: Mapping[str, tuple[str, str]]) -> bytes:
    listed = "".join(
        f'<Relationship Id="{name}" Type="{_REFERENCES}/{kind}" Target="{target}"/>'
        for name, (kind, target) in targets.items()
    )
    return f"<Relationships>{listed}</Relationships>".encode()


_FIRST = _relationships({"main": ("officeDocument", "xl/workbook.xml")})
