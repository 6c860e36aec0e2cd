"""What a returned .xlsx or .xlsm workbook holds besides its values: formulas, errors, locks, validations, macros.

Python-calamine tells nothing of these. They are found by regular expressions in the XML of the parts, which is several
times faster than any parser, and opens no door to what an untrusted file may declare.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from qtool.office.archive.markup import attribute, attributes, places, tags, unescaped
from qtool.office.archive.package import MOST_FACTS, Package
from qtool.office.archive.unreadable import SWOLLEN, Unreadable
from qtool.office.workbook.areas import Areas
from qtool.office.workbook.ooxml import MACRO_SHEETS, Ooxml, SheetPart, main_part
from qtool.office.workbook.sheetdata import SheetData, column_number
from qtool.office.workbook.styles import open_formats

_MOST_AROUND = 8 << 20
"""Bytes that a sheet may have besides its cells."""
_TRUE = ("1", "true", "on")

_PLACES = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"')
_FILLED = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^<>/]*>\s*+(?!</c>|<v\s*/>|<v></v>)')
_LAST_ROW = re.compile(rb"""<row(?=\s)[^<>]*?\sr\s*=\s*["'](\d{1,7})["']""")
_LOW_ROW = re.compile(rb"""<row[^<>h]*+(?:h(?!idden|t=["']0)[^<>h]*+)*+h""")
"""Finds the tags in which `hidden` or `ht="0` stands."""
_HIDDEN_ROW = re.compile(
    rb"""<row(?=\s)[^<>]*\s(?:hidden\s*=\s*["'](?:1|true|on)|ht\s*=\s*["']0(?:\.0*)?)["'][^<>]*>"""
)

_FORMULA = re.compile(rb'<c r="([A-Z]{1,3}\d{1,7})"[^<>/]*>\s*<f>([^<]*)</f>')
_ANY_FORMULA = re.compile(rb"<f(?=[\s/>])([^<>]*)>([^<]*)")
_ERROR = re.compile(
    rb'<c r="([A-Z]{1,3}\d{1,7})"[^<>/]* t="e"[^<>/]*>\s*(?:<f[^<>]*/>\s*|<f[^<>]*>[^<]*</f>\s*)?(?:<v>([^<]*))?'
)
_STYLED = re.compile(rb'<c r="([A-Z]{1,3}\d{1,7})" s="(\d+)"')
_NARROW = re.compile(rb"width\s*=\s*[\"']0")
_PLAIN_SQREF = re.compile(rb' sqref="([A-Z0-9:$ ]*)"')
_SQREF = re.compile(rb"<(?:[\w.-]+:)?sqref\s*>([^<]*)</")
_PROPERTY = re.compile(rb"<(?:[\w.-]+:)?property(?=[\s/>])([^<>]*)>\s*<[\w.-]+:?\w*[^<>]*>([^<]*)</")
_DDE = re.compile(rb"<(?:[\w.-]+:)?ddeLink(?=[\s/>])([^<>]*)>")


class _Texts(Mapping[str, str]):
    """Texts by their cells, decoded when they are asked for: there are hundreds, and few are looked at."""

    def __init__(self, found: dict[bytes, bytes]) -> None:
        self._found = found

    def __getitem__(self, address: str) -> str:
        return unescaped(self._found[address.encode()])

    def __contains__(self, address: object) -> bool:
        return isinstance(address, str) and address.encode() in self._found

    def __iter__(self) -> Iterator[str]:
        return (address.decode() for address in self._found)

    def __len__(self) -> int:
        return len(self._found)


@dataclass(frozen=True)
class SheetSigns:
    """What a sheet holds besides its values; rows and columns count from 0, extents say how many there are.

    Everything but the name and the state is looked for when it is asked for, and then kept.
    """

    name: str
    state: str
    _data: SheetData = field(repr=False)
    _book: Ooxml = field(repr=False)

    @property
    def rows(self) -> int:
        """How many rows there are up to the last one with a value or a formula."""
        return max(self._filled[0], default=0)

    @property
    def cols(self) -> int:
        """How many columns there are up to the last one with a value or a formula."""
        return max(self._filled[1], default=0)

    @property
    def all_rows(self) -> int:
        """How many rows there are up to the last one that is at least formatted."""
        return self._extent[0]

    @property
    def all_cols(self) -> int:
        """How many columns there are up to the last one with a cell that is at least formatted."""
        return self._extent[1]

    @cached_property
    def formulas(self) -> Mapping[str, str]:
        """The formulas by their cells, without the sign before them; '' where only a program knows the text."""
        return _formulas(self._data.rows)

    def rows_with_formulas(self, columns: tuple[str, ...]) -> frozenset[int]:
        """Return the rows in which a formula stands in one of these columns, named by their letters; quick to tell."""
        return frozenset(int(row) - 1 for row in _formula_in(columns).findall(self._data.cells))

    @cached_property
    def errors(self) -> Mapping[str, str]:
        """The errors by their cells, as #REF!."""
        return _errors(self._data.cells) if self._data.odd else {}

    @cached_property
    def validated(self) -> Areas:
        """The cells that carry a validation; raises Unreadable where there are absurdly many."""
        return _validated(self._data.tail)

    @cached_property
    def protected(self) -> bool:
        """Whether the sheet is locked."""
        found = tags(self._data.tail, "sheetProtection")
        return any(attributes(tag.attributes).get("sheet") in _TRUE for tag in found)

    @cached_property
    def unlocked(self) -> frozenset[str]:
        """The cells in the file that may be typed into while the sheet is locked."""
        formats = open_formats(self._book.styles)
        return frozenset(cell.decode() for cell, style in _STYLED.findall(self._data.rows) if style in formats)

    @cached_property
    def hidden_rows(self) -> frozenset[int]:
        """The rows that are hidden although they hold something."""
        hidden = self.out_of_sight[0]
        return frozenset(row for row in hidden if row + 1 in self._filled[0]) if hidden else frozenset()

    @cached_property
    def hidden_cols(self) -> frozenset[int]:
        """The columns that are hidden although they hold something."""
        spans = self.out_of_sight[1]
        filled = self._filled[1] if spans else ()
        return frozenset(col - 1 for col in filled if any(first < col <= last + 1 for first, last in spans))

    @cached_property
    def out_of_sight(self) -> tuple[frozenset[int], list[tuple[int, int]]]:
        """The rows that are hidden, and the columns from first to last, whatever they hold; quicker to tell."""
        rows = frozenset(row - 1 for row in _hidden_rows(self._data.cells))
        return rows, [(first - 1, last - 1) for first, last in _hidden_cols(self._data.head)]

    @cached_property
    def _filled(self) -> tuple[set[int], set[int]]:
        """The rows and the columns with something in them, which count from 1 here."""
        found = _FILLED.findall(self._data.cells)
        rows, cols = {row for _, row in found}, {col for col, _ in found}
        return {*map(int, rows)}, {column_number(col.decode()) for col in cols}

    @cached_property
    def _extent(self) -> tuple[int, int]:
        return _extent(self._data)


@dataclass(frozen=True)
class WorkbookSigns:
    """What a workbook holds besides its values; `external_links` are the files and programs that it takes values from.

    Of a workbook that is no .xlsx nothing is known.
    """

    sheets: tuple[SheetSigns, ...] = ()
    external_links: tuple[str, ...] = ()
    macros: bool = False
    _book: Ooxml | None = field(default=None, repr=False)

    @cached_property
    def properties(self) -> Mapping[str, str]:
        """The custom document properties; raises Unreadable."""
        return _properties(self._book) if self._book else {}


def inspect(source: bytes | Ooxml) -> WorkbookSigns:
    """Return what an .xlsx or .xlsm workbook holds besides its values; raises Unreadable, also for other formats."""
    book = source if isinstance(source, Ooxml) else _opened(source)
    sheets = tuple(_sheet(book, sheet) for sheet in book.sheets if sheet.kind == "worksheet")
    return WorkbookSigns(sheets, tuple(_links(book)), _macros(book), book)


def _opened(content: bytes) -> Ooxml:
    if not content.startswith(b"PK"):
        raise Unreadable("不是 .xlsx 工作簿")
    package = Package(content)
    main = main_part(package)
    if main.endswith(".bin"):
        raise Unreadable("不是 .xlsx 工作簿")
    return Ooxml(package, main)


def _sheet(book: Ooxml, sheet: SheetPart) -> SheetSigns:
    data = book.data(sheet)
    if len(data.xml) - (data.end - data.start) > _MOST_AROUND:
        raise Unreadable(SWOLLEN)
    return SheetSigns(sheet.name, sheet.state, data, book)


def _extent(data: SheetData) -> tuple[int, int]:
    """Return how far cells and rows reach, be they merely formatted."""
    cells = data.rows
    places = _PLACES.findall(cells)
    rows = {row for _, row in places} | {*_LAST_ROW.findall(cells)}
    cols = {col for col, _ in places}
    last_col = max((column_number(col.decode()) for col in cols), default=0)
    return max(data.dropped_rows, max(map(int, rows), default=0)), max(data.dropped_cols, last_col)


def _formulas(cells: bytes) -> _Texts:
    plain = _FORMULA.findall(cells)
    if len(plain) == cells.count(b"<f"):
        return _Texts(dict(plain))
    found, masters = dict[bytes, bytes](), dict[str, bytes]()
    for cell in cells.split(b'<c r="')[1:]:
        formula = _ANY_FORMULA.search(cell)
        if formula:
            index = attribute(formula[1], "si") if b"shared" in formula[1] else ""
            if index and formula[2]:
                masters[index] = formula[2]
            found[cell[: cell.find(b'"')]] = formula[2] or masters.get(index, b"")
    return _Texts(found)


@lru_cache(maxsize=256)
def _formula_in(columns: tuple[str, ...]) -> re.Pattern[bytes]:
    return re.compile(rb'<c r="(?:%b)(\d{1,7})"[^<>/]*>\s*<f' % "|".join(columns).encode())


def _errors(cells: bytes) -> _Texts:
    return _Texts(dict(_ERROR.findall(cells)))


def _validated(tail: bytes) -> Areas:
    start = tail.find(b"<dataValidations")
    end = tail.find(b"</dataValidations>", start) if start >= 0 else -1
    named = [found.decode() for found in _PLAIN_SQREF.findall(tail, start, end)] if end >= 0 else []
    if len(named) != tail.count(b"<dataValidation ") or b":dataValidation " in tail:
        named = [attribute(tag.attributes, "sqref") for tag in tags(tail, "dataValidation")]
    return Areas((*named, *(unescaped(text) for text in _extended(tail))))


def _extended(tail: bytes) -> Iterable[bytes]:
    """Return the ranges of validations that stand in an extension, as those do whose list is on another sheet."""
    start = tail.find(b":dataValidations")
    end = tail.rfind(b":dataValidations>")
    return _SQREF.findall(tail, start, end) if 0 <= start < end else ()


def _hidden_rows(cells: bytes) -> set[int]:
    starts = [found.start() for found in _LOW_ROW.finditer(cells) if _HIDDEN_ROW.match(cells, found.start())]
    return {int(row[1]) for row in (_LAST_ROW.match(cells, start) for start in starts) if row}


def _hidden_cols(head: bytes) -> list[tuple[int, int]]:
    """Return the spans of columns that are hidden, or so narrow that nothing is seen of them; they count from 1."""
    spans = []
    signs = (*places(head, b"hidden"), *(found.start() for found in _NARROW.finditer(head)))
    for start in sorted({head.rfind(b"<", 0, at) for at in signs}):
        for tag in tags(head[max(start, 0) : head.find(b"<", start + 1)], "col"):
            named = attributes(tag.attributes)
            width = named.get("width", "")
            if named.get("hidden") in _TRUE or (width and not width.strip("0.")):
                spans.append((_whole(named.get("min")), _whole(named.get("max"))))
    return spans


def _whole(text: str | None) -> int:
    return int(text) if text and re.fullmatch("[0-9]{1,5}", text) else 0


def _links(book: Ooxml) -> Iterable[str]:
    """Yield what other workbooks and programs a workbook takes values from."""
    for relation in book.relations:
        if relation.kind == "externalLink" and relation.target in book.package:
            yield from (found.target for found in book.package.relations(relation.target) if found.outside)
            for link in _DDE.findall(book.package.xml(relation.target)):
                named = attributes(link)
                yield f"{named.get('ddeService', '')}|{named.get('ddeTopic', '')}"


def _macros(book: Ooxml) -> bool:
    kinds = {relation.kind for relation in book.relations} | {sheet.kind for sheet in book.sheets}
    if "vbaProject" in kinds or not kinds.isdisjoint(MACRO_SHEETS):
        return True
    return any(name.rpartition("/")[2] == "vbaproject.bin" for name in book.package.names)


def _properties(book: Ooxml) -> dict[str, str]:
    part = next((r.target for r in book.package.relations("") if r.kind == "custom-properties"), "docProps/custom.xml")
    if part not in book.package:
        return {}
    found = _PROPERTY.findall(book.package.xml(part, MOST_FACTS))
    return {attributes(written).get("name", ""): unescaped(text) for written, text in found}
