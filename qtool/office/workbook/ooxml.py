"""Where the parts of an .xlsx workbook are, found by its relationships as Excel does, and its safe copy."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple

from qtool.office.archive.markup import attributes, tags
from qtool.office.archive.package import MOST_FACTS, Bytes, Package, Relation, part_key
from qtool.office.archive.unreadable import DAMAGED, SWOLLEN, Unreadable
from qtool.office.workbook.safe import NO_STRINGS, PLAIN_STYLES, SafeCopy, workbook, worksheet
from qtool.office.workbook.sheetdata import SheetData, handed_on, sheet_data, shows_too_much
from qtool.office.workbook.styles import number_formats

MACRO_SHEETS = ("xlMacrosheet", "xlIntlMacrosheet")
MOST_SHEETS = 1_000
_COMMON = 4_000
"""Bytes up to which a workbook's own part is remembered; few have more."""
_MOSTLY, _FIRST = 500, 10_000
"""Bytes at the beginning of a part in which its first tag stands, in most and in all."""
_INSTEAD = (("word/", "是 Word 文档"), ("ppt/", "是演示文稿"), ("", "是压缩包（ZIP）"))


class SheetPart(NamedTuple):
    """A sheet as the workbook lists it; `kind` is the last word of its relationship, `part` its part's name."""

    name: str
    state: str
    kind: str
    part: str


class Ooxml:
    """An .xlsx or .xlsm workbook: its sheets, and the parts that belong to them."""

    def __init__(self, package: Package, main: str, apart: Collection[str] = ()) -> None:
        """Find the parts of a workbook whose own part is `main`, `apart` naming sheets to pass over.

        Raises Unreadable.
        """
        self.package = package
        self.main = main
        self.relations = package.relations(self.main)
        xml = package.xml(self.main, MOST_FACTS)
        contents = _known_contents if len(xml) <= _COMMON else _contents
        sheets, self.date_1904 = contents(xml, self.relations)
        self.sheets = tuple(sheet for sheet in sheets if sheet.name not in apart)
        self._data: dict[str, SheetData] = {}

    @property
    def styles(self) -> bytes:
        """The XML of its styles; raises Unreadable."""
        part = self.related("styles")
        return self.package.xml(part) if part else b""

    def related(self, kind: str) -> str:
        """Return the name of the workbook's part of this kind that is there, or ''."""
        return next((r.target for r in self.relations if r.kind == kind and r.target in self.package), "")

    def data(self, sheet: SheetPart) -> SheetData:
        """Return a sheet's XML, its cells in the usual form; raises Unreadable."""
        if sheet.part not in self._data:
            self._data[sheet.part] = sheet_data(self.package, sheet.part)
        return self._data[sheet.part]


def _contents(xml: bytes, relations: tuple[Relation, ...]) -> tuple[tuple[SheetPart, ...], bool]:
    """Return the sheets that a workbook lists, and whether its dates count from 1904; raises Unreadable."""
    by_id = {relation.id: relation for relation in relations}
    sheets: list[SheetPart] = []
    for tag in tags(xml, "sheet"):
        entries = attributes(tag.attributes)
        found = by_id.get(next((value for name, value in entries.items() if name.endswith(":id")), ""))
        state = entries.get("state", "visible")
        part = SheetPart(entries.get("name", ""), state, found.kind if found else "", found.target if found else "")
        sheets.append(part)
    used = [part_key(sheet.part) for sheet in sheets if sheet.part]
    if not sheets or len(set(used)) < len(used) or len(sheets) > MOST_SHEETS:
        raise Unreadable(DAMAGED)
    of_1904 = any(attributes(tag.attributes).get("date1904") in ("1", "true") for tag in tags(xml, "workbookPr"))
    return tuple(sheets), of_1904


_known_contents = lru_cache(maxsize=64)(_contents)


def main_part(package: Package) -> str:
    """Return the name of a package's workbook; raises Unreadable, naming what the package is instead."""
    found = next((r.target for r in package.relations("") if r.kind == "officeDocument"), "")
    named = [name for name in (found, "xl/workbook.xml", "xl/workbook.bin") if name and name in package]
    if named and not named[0].startswith(("word/", "ppt/")):
        return named[0]
    if not package.names or ("[content_types].xml" in package and not found.startswith(("word/", "ppt/"))):
        raise Unreadable(DAMAGED)
    what = next(what for folder, what in _INSTEAD if found.startswith(folder))
    raise Unreadable(f"{what}，不是 Excel 工作簿")


def safe_copy(book: Ooxml) -> SafeCopy:
    """Return a workbook's safe copy; raises Unreadable."""
    strings, styled = book.related("sharedStrings"), book.styles
    shared = _strings(book.package.xml(strings)) if strings else NO_STRINGS
    parts: dict[int, tuple[Bytes, ...]] = {}
    refused: dict[int, Unreadable] = {}
    taken = []
    for number, sheet in enumerate(book.sheets):
        if sheet.kind not in ("worksheet", ""):
            continue
        try:
            data = book.data(sheet)
            parts[number] = worksheet(handed_on(data, sheet.name))
            taken.append(data)
        except Unreadable as error:
            refused[number] = error
    if shows_too_much(taken, shared):
        raise Unreadable(SWOLLEN)
    content = workbook(parts, shared, number_formats(styled) if styled else PLAIN_STYLES, date_1904=book.date_1904)
    names = tuple(sheet.name for sheet in book.sheets)
    return SafeCopy("xlsx", names, content, {number: str(number) for number in parts}, refused)


def _strings(xml: bytes) -> bytes:
    """Return shared strings without what they say of their number, for which python-calamine reserves memory."""
    first = next((tag for size in (_MOSTLY, _FIRST) for tag in tags(xml[:size], "sst")), None)
    if first is None or first.closed:
        return NO_STRINGS
    return b"<sst>" + xml[first.end : max(xml.rfind(b"</"), first.end)] + b"</sst>"
