"""An .xlsx or .xlsm workbook: its parts, found by its relationships as Excel does, and what they hold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property, lru_cache, partial

from qtool.office.archive.members import DAMAGED, Unreadable
from qtool.office.archive.package import MOST_FACTS, Package, Relation, part_key
from qtool.office.archive.xml_reader import Events, read_xml
from qtool.office.workbook.rows import MOST_SHEETS, Rows, SheetRows, SheetValues
from qtool.office.workbook.sheet_xml import TRUE, RichText, Shared, SheetEvents, merged_spans
from qtool.office.workbook.signs import SheetPart, SheetSigns, WorkbookSigns
from qtool.office.workbook.styles import Styles, read_styles

_MACRO_SHEETS = {"xlMacrosheet", "xlIntlMacrosheet"}
_COMMON = 4_000
"""Bytes up to which a workbook's own part is remembered; few have more."""
_INSTEAD = (("word/", "是 Word 文档"), ("ppt/", "是演示文稿"), ("", "是压缩包（ZIP）"))


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


class XlsxWorkbook:
    """A workbook whose sheets are each read once, when they are asked for; `main` is the name of its own part."""

    format = "xlsx"

    def __init__(self, package: Package, main: str, apart: Collection[str] = ()) -> None:
        """Find the parts of a workbook, `apart` naming sheets to pass over; raises Unreadable."""
        self.main = main
        self._package = package
        self._relations = package.relations(main)
        self.sheets, self._date_1904 = _contents(package.part(main, MOST_FACTS), self._relations)
        self._parts = {sheet.name: sheet for sheet in reversed(self.sheets) if sheet.name not in apart}
        self.names = [sheet.name for sheet in self.sheets if sheet.name not in apart]
        self._values = SheetValues(self.format)
        self._read: dict[str, tuple[SheetRows, SheetSigns] | Unreadable] = {}

    def rows(self, name: str) -> Rows:
        """Return a sheet's rows from A1 on; raises Unreadable."""
        if name not in self._parts:
            raise Unreadable(DAMAGED)
        return self._sheet(name)[0].rows() if self._parts[name].kind in ("worksheet", "") else []

    def sheet_signs(self, name: str) -> SheetSigns | None:
        """Return what a worksheet holds besides its values, None for sheets of other kinds; raises Unreadable."""
        part = self._parts.get(name)
        return self._sheet(name)[1] if part and part.kind == "worksheet" else None

    @cached_property
    def signs(self) -> WorkbookSigns:
        """What the workbook holds besides its sheets; raises Unreadable."""
        return WorkbookSigns(self.sheets, tuple(self._links()), self._macros())

    @cached_property
    def properties(self) -> Mapping[str, str]:
        """The custom document properties; raises Unreadable."""
        kind = "custom-properties"
        part = next((r.target for r in self._package.relations("") if r.kind == kind), "docProps/custom.xml")
        events = _PropertyEvents()
        if part in self._package:
            self._package.read(part, events, MOST_FACTS)
        return events.properties

    def _sheet(self, name: str) -> tuple[SheetRows, SheetSigns]:
        """Return a sheet's values and signs; raises Unreadable, each time anew."""
        if name not in self._read:
            try:
                self._read[name] = self._read_sheet(self._parts[name])
            except Unreadable as error:
                self._read[name] = error
        sheet = self._read[name]
        if isinstance(sheet, Unreadable):
            raise sheet
        return sheet

    def _read_sheet(self, part: SheetPart) -> tuple[SheetRows, SheetSigns]:
        rows = SheetRows(part.name, self._values)
        events = SheetEvents(rows, self._values, self._shared)
        self._package.read(part.part, events)
        events.complete()
        hidden_cols = tuple((first - 1, last - 1) for first, last in merged_spans(events.hidden_cols))
        signs = SheetSigns(
            part.name,
            part.state,
            events.height,
            events.width,
            events.all_height,
            events.all_width,
            events.formulas,
            events.errors,
            tuple(events.doubled),
            tuple(events.merged),
            events.protected,
            (frozenset(row - 1 for row in events.hidden_rows), hidden_cols),
            tuple(events.validated),
            frozenset(events.rich_errors),
            events.styles,
            self._styles,
            rows,
            partial(_comments, self._package, part.part),
        )
        return rows, signs

    @cached_property
    def _styles(self) -> Styles:
        part = self._related("styles")
        return read_styles(self._package.part(part)) if part else Styles()

    @cached_property
    def _shared(self) -> Shared:
        events = _StringEvents()
        if part := self._related("sharedStrings"):
            read_xml((self._package.part(part),), events)
        return Shared(events.strings, self._styles.dates, self._date_1904, self._styles.noted)

    def _related(self, kind: str) -> str:
        """Return the name of the workbook's part of this kind that is there, or ''."""
        return next((r.target for r in self._relations if r.kind == kind and r.target in self._package), "")

    def _links(self) -> Iterable[str]:
        for relation in self._relations:
            if relation.kind == "externalLink" and relation.target in self._package:
                yield from (other.target for other in self._package.relations(relation.target) if other.outside)
                events = _LinkEvents()
                self._package.read(relation.target, events)
                yield from events.links

    def _macros(self) -> bool:
        kinds = {relation.kind for relation in self._relations} | {sheet.kind for sheet in self.sheets}
        if "vbaProject" in kinds or kinds & _MACRO_SHEETS:
            return True
        return any(name.rpartition("/")[2] == "vbaproject.bin" for name in self._package.names)


class _ContentEvents(Events):
    """What reads a workbook's own part: the sheets that it lists, and whether its dates count from 1904."""

    wanted = ("sheet", "workbookPr")

    def __init__(self) -> None:
        super().__init__()
        self.listed: list[tuple[str, str, str]] = []
        self.date_1904 = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        if name == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            self.listed.append((attributes.get("name", ""), attributes.get("state", "visible"), relation))
        elif name == "workbookPr":
            self.date_1904 = attributes.get("date1904") in TRUE


def _read_contents(xml: bytes, relations: tuple[Relation, ...]) -> tuple[tuple[SheetPart, ...], bool]:
    events = _ContentEvents()
    read_xml((xml,), events)
    by_id = {relation.id: relation for relation in relations}
    found = [(name, state, by_id.get(relation)) for name, state, relation in events.listed]
    sheets = tuple(SheetPart(name, state, r.kind if r else "", r.target if r else "") for name, state, r in found)
    used = [part_key(sheet.part) for sheet in sheets if sheet.part]
    if not sheets or len(set(used)) < len(used) or len(sheets) > MOST_SHEETS:
        raise Unreadable(DAMAGED)
    return sheets, events.date_1904


_known_contents = lru_cache(maxsize=64)(_read_contents)


def _contents(xml: bytes, relations: tuple[Relation, ...]) -> tuple[tuple[SheetPart, ...], bool]:
    """Return the sheets that a workbook lists, and whether its dates count from 1904; raises Unreadable."""
    return (_known_contents if len(xml) <= _COMMON else _read_contents)(xml, relations)


class _StringEvents(RichText):
    """What reads the shared texts of a workbook; most are one run, whose tags are looked at as they are written."""

    wanted = ("si", *RichText.wanted)

    def __init__(self) -> None:
        super().__init__()
        self.strings: list[str] = []

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Take a start tag as it is written."""
        if name == "t":
            self.depth += 1
            self.start_run(name, attributes)
        else:
            super().begin(name, attributes)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        self.start_run(name, attributes)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name == "si":
            self.strings.append(self.whole())
        else:
            self.end_run(name)


class _LinkEvents(Events):
    """What reads a link to another file: the programs that it asks for values."""

    wanted = ("ddeLink",)

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        if name == "ddeLink":
            self.links.append(f"{attributes.get('ddeService', '')}|{attributes.get('ddeTopic', '')}")


class _PropertyEvents(Events):
    """What reads the custom properties of a document; each holds its value in an element named for its type."""

    def __init__(self) -> None:
        super().__init__()
        self.properties: dict[str, str] = {}
        self._name = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        self.texts.clear()
        if name == "property":
            self._name = attributes.get("name", "")

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name not in ("property", "Properties"):
            self.properties[self._name] = "".join(self.texts)
        self.texts.clear()


class _CommentEvents(RichText):
    """What reads comments, of the old kind and of the one whose comments answer each other."""

    wanted = ("comment", "threadedComment", "text", *RichText.wanted)

    def __init__(self) -> None:
        super().__init__()
        self.comments: dict[str, list[str]] = {}
        self._cell = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        if name in ("comment", "threadedComment"):
            self._cell = attributes.get("ref", "")
        elif name == "text":
            self.texts.clear()
        self.start_run(name, attributes)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        self.end_run(name)
        if name == "text":
            text = self.whole() or "".join(self.texts)
            self.comments.setdefault(self._cell, []).append(text)


def _comments(package: Package, part: str) -> dict[str, str]:
    """Return the comments of a sheet; where some answer each other, the old one only says that Excel is too old."""
    comments: dict[str, str] = {}
    for kind in ("comments", "threadedComment"):
        for relation in package.relations(part):
            if relation.kind == kind and relation.target in package:
                events = _CommentEvents()
                package.read(relation.target, events)
                comments |= {cell: "\n".join(texts) for cell, texts in events.comments.items()}
    return comments
