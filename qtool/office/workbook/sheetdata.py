"""The cells in a worksheet's XML: how far they reach, and their XML in the one form that is scanned and handed on.

Nearly every program writes a cell as `<c r="B7" s="3" t="s">…</c>`. Cells that are written otherwise are written anew,
so that whoever reads the result by regular expressions sees the very cells that python-calamine sees.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from qtool.office.archive.markup import attributes, plain
from qtool.office.archive.package import MOST_PART, Package
from qtool.office.archive.unreadable import DAMAGED, MOST_TEXT, SWOLLEN, TooLarge, Unreadable, fits
from qtool.office.workbook.safe import column_letters

_LARGE = 8 << 20
"""Bytes from which a sheet is read bit by bit, and cells that are merely formatted are left out at once."""
_WINDOW = 4 << 20

_REST = rb'\w*+")?+(?: (?:cm|vm|ph)="\d*+")*+ ?/?>)(?=[\s/>])'
_UNUSUAL = re.compile(rb'<c(?! r="[A-Z]{1,3}[1-9]\d{0,6}"(?: s="\d*+")?+(?: t="' + _REST)
_ODD = re.compile(rb'<c(?! r="[A-Z]{1,2}[1-9]\d{0,2}"(?: s="\d*+")?+(?: t="(?!e")' + _REST)
"""Finds a cell in another form, one beyond ZZ999, and an error: without those a sheet fits and can be handed on."""
_FORMULA = re.compile(rb'"><f>[^<]*+</f>')
_UNFILLED = re.compile(rb'<c r="[A-Z]{1,3}+[1-9]\d{0,6}+" s="\d++"/>')
_PREFIXED = re.compile(rb":(?:c|row|sheetData)[\s/>]")
_BEGIN = re.compile(rb"<(?:[\w.-]+:)?sheetData(?=[\s/>])[^<>]*>")
_END = re.compile(rb"</(?:[\w.-]+:)?sheetData\s*>")

_FILLED = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^<>/]*>')
_HOLLOW = re.compile(rb'<c r="[A-Z]{1,3}\d{1,7}"[^<>]*(?:/>|>(?:<v\s*/>|<v></v>)?</c>)')
_BARE = re.compile(rb"<row [^<>]*(?:/>|></row>)")
_ROW = re.compile(rb'<row r="(\d{1,7})"')
_COLUMN = re.compile(rb'<c r="([A-Z]{1,3})\d')

_START = re.compile(rb"""<(/?)(?:[\w.-]+:)?(row|c)(?=[\s/>])((?:[^<>"']|"[^"<]*+"|'[^'<]*+')*+)>""")
_CLOSE = re.compile(rb"</(?:[\w.-]+:)?c\s*>")
_PREFIX = re.compile(rb"<(/?)[\w.-]+:")
_ADDRESS = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})")
_STRING = re.compile(rb' t="s"[^<>]*>(?:<f[^<>]*>(?:[^<]*</f>)?)?<v>(\d{1,9})</v>')
_ITEM = re.compile(rb"<(?:[\w.-]+:)?si(?=[\s/>])")
_KNOWN = rb"#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!)<"
_ERROR = re.compile(rb'( t="e"[^<>]*>(?:<f[^<>]*>[^<]*</f>|<f[^<>]*/>)?<v>)(?!' + _KNOWN + rb")[^<]*")


@dataclass(frozen=True)
class SheetData:
    """A worksheet's XML, its cells in the usual form; `cells` are the rows without what values do not depend on.

    `odd` tells whether cells may stand far out or hold errors; how far cells and rows reach that were left out is told
    by `dropped_rows` and `dropped_cols`.
    """

    xml: bytes
    start: int
    end: int
    cells: bytes
    odd: bool = True
    dropped_rows: int = 0
    dropped_cols: int = 0

    @property
    def head(self) -> bytes:
        """The XML before the rows."""
        return self.xml[: self.start]

    @property
    def rows(self) -> bytes:
        """The XML of the rows with the texts of formulas, and with cells that are merely formatted."""
        return self.xml[self.start : self.end]

    @cached_property
    def tail(self) -> bytes:
        """The XML after the rows."""
        return self.xml[self.end :]


def sheet_data(package: Package, part: str) -> SheetData:
    """Return a worksheet's XML; raises Unreadable."""
    if part in package and package.size(part) > _LARGE:
        xml, rows, cols = _thinned(package.chunks(part))
        xml = plain(xml)
        package.keep(len(xml))
        start, end = _bounds(xml)
        if _UNUSUAL.search(xml, start, end) or _PREFIXED.search(xml, start, end):
            raise Unreadable(SWOLLEN)
        return SheetData(xml, start, end, _bare(xml[start:end]), dropped_rows=rows, dropped_cols=cols)
    xml = package.xml(part)
    start, end = _bounds(xml)
    cells = _bare(xml[start:end])
    odd = _ODD.search(cells) is not None
    if (odd and _UNUSUAL.search(cells)) or (b":" in cells and _PREFIXED.search(cells)):
        return _usual(xml, start, end)
    return SheetData(xml, start, end, cells, odd)


def _bare(rows: bytes) -> bytes:
    """Return rows without the texts of formulas and without cells that are merely formatted, mostly half of it."""
    return _UNFILLED.sub(b" ", _FORMULA.sub(b'"><f/>', rows))


def _bounds(xml: bytes) -> tuple[int, int]:
    start, end = xml.find(b"<sheetData>") + 11, xml.find(b"</sheetData>")
    if 11 <= start <= end and xml.find(b"sheetData") == start - 10:
        return start, end
    first = _BEGIN.search(xml)
    if first is None:
        raise Unreadable(DAMAGED)
    if first[0].endswith(b"/>"):
        return first.end(), first.end()
    last = _END.search(xml, first.end())
    if last is None:
        raise Unreadable(DAMAGED)
    return first.end(), last.start()


def column_number(name: str) -> int:
    """Return the number of a column by its letters; A is 1."""
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number


def handed_on(data: SheetData, sheet: str) -> bytes:
    """Return the XML of a sheet's rows for python-calamine; raises TooLarge."""
    if not data.odd:
        return data.cells
    return _ERROR.sub(rb"\1#N/A", _near(data.cells, sheet))  # one unknown error would make the sheet unreadable


def shows_too_much(sheets: Sequence[SheetData], strings: bytes) -> bool:
    """Return whether the shared texts that sheets show come to too much; the first two tests spare the exact one."""
    if len(strings) * sum(len(data.cells) for data in sheets) <= MOST_TEXT * len('<c r="A1" t="s"><v>0'):
        return False
    if len(strings) * sum(data.cells.count(b't="s"') for data in sheets) <= MOST_TEXT:
        return False
    lengths = [len(item) for item in _ITEM.split(strings)[1:]]
    return sum(_shown(data.cells, lengths) for data in sheets) > MOST_TEXT


def _shown(cells: bytes, lengths: Sequence[int]) -> int:
    """Return how many bytes of shared text the cells show."""
    used = Counter(int(found[1]) for found in _STRING.finditer(cells))
    return sum(count * lengths[index] for index, count in used.items() if index < len(lengths))


def _near(cells: bytes, sheet: str) -> bytes:
    """Return rows whose extent was counted, without cells that are merely formatted if need be; raises TooLarge."""
    rows, cols = reach(cells)
    if not fits(rows, cols):
        cells = _HOLLOW.sub(b"", cells)
        rows, cols = reach(cells)
    if not fits(rows, cols):
        raise TooLarge(sheet, rows, cols)
    return cells


def reach(cells: bytes) -> tuple[int, int]:
    """Return the last row and column that a cell with something in it stands in."""
    rows: set[bytes] = set()
    cols: set[bytes] = set()
    position = 0
    while position < len(cells):
        stop = cells.find(b"<c ", position + _WINDOW)
        stop = len(cells) if stop < 0 else stop
        found = _FILLED.findall(cells, position, stop)
        cols.update(col for col, _ in found)
        rows.update(row for _, row in found)
        position = stop
    return max(map(int, rows), default=0), max((column_number(col.decode()) for col in cols), default=0)


def _thinned(chunks: Iterator[bytes]) -> tuple[bytes, int, int]:
    """Return a large sheet without cells and rows that are merely formatted, and how far those reach."""
    kept, size, rest, rows, cols = [], 0, b"", 0, set[bytes]()
    for chunk in chunks:
        piece = rest + chunk
        cut = max(piece.rfind(b"<row"), piece.rfind(b"<c "))
        piece, rest = (piece[:cut], piece[cut:]) if cut > 0 else (piece, b"")
        rows = max(rows, max(map(int, _ROW.findall(piece)), default=0))
        cols.update(_COLUMN.findall(piece))
        kept.append(_BARE.sub(b"", _HOLLOW.sub(b"", piece)))
        size += len(kept[-1])
        if size + len(rest) > MOST_PART:
            raise Unreadable(SWOLLEN)
    return b"".join((*kept, rest)), rows, max((column_number(col.decode()) for col in cols), default=0)


def _usual(xml: bytes, start: int, end: int) -> SheetData:
    """Return a sheet with every cell in the usual form, its address written out; raises Unreadable."""
    body = b"".join(_rewritten(xml[start:end]))
    return SheetData(xml[:start] + body + xml[end:], start, start + len(body), _bare(body))


def _rewritten(cells: bytes) -> Iterator[bytes]:
    row, col, position, inside = 0, 0, 0, False
    while found := _START.search(cells, position):
        position, closed = found.end(), found[3].endswith(b"/")
        named = attributes(found[3])
        if found[2] == b"row":
            if not found[1]:
                row = _number(named["r"]) if "r" in named else row + 1
                col, inside = 0, not closed
                yield b'<row r="%d"%b%b>' % (row, _kept(named, "hidden", "ht"), b"/" if closed else b"")
            elif inside:
                yield b"</row>"
                inside = False
            continue
        if found[1]:
            raise Unreadable(DAMAGED)
        at, col = _place(named.get("r"), max(row, 1), col + 1)
        start = b'<c r="%b"%b' % (at.encode(), _kept(named, "s", "t"))
        if closed:
            yield start + b"/>"
            continue
        end = _CLOSE.search(cells, position)
        if end is None:
            raise Unreadable(DAMAGED)
        content = _PREFIX.sub(rb"<\1", cells[position : end.start()])
        if _UNUSUAL.search(content) or b"<c " in content:
            raise Unreadable(DAMAGED)
        yield b"%b>%b</c>" % (start, content)
        position = end.end()


def _kept(named: dict[str, str], *names: str) -> bytes:
    return "".join(f' {name}="{_word(named[name])}"' for name in names if name in named).encode()


def _word(text: str) -> str:
    return re.sub(r"[^\w.]", "", text, flags=re.ASCII)


def _number(text: str) -> int:
    if not re.fullmatch("[1-9][0-9]{0,6}", text):
        raise Unreadable(DAMAGED)
    return int(text)


def _place(address: str | None, row: int, col: int) -> tuple[str, int]:
    """Return a cell's address and the number of its column; a cell without an address stands after the one before."""
    if address is None:
        return f"{column_letters(col)}{row}", col
    found = _ADDRESS.fullmatch(address)
    if not found:
        raise Unreadable(DAMAGED)
    letters = found[1].upper()
    return f"{letters}{found[2]}", column_number(letters)
