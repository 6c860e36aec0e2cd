"""Any Word document read deeply and safely: what it says, how it looks, what is hidden in it.

The file is not trusted: parts are inflated within limits, nothing may be declared, no entity is expanded and nothing
outside is fetched. `read_word` either returns the whole document or raises Unreadable with the reason in Chinese.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from qtool.office.archive.members import DAMAGED, LOCKED, SWOLLEN, Unreadable
from qtool.office.archive.package import Package, Relation
from qtool.office.word.document import Changes, HeaderFooter, Paragraph, Place, Section, WordDocument
from qtool.office.word.document_kind import WordKind, content_of, main_part, unlike_a_document, word_kind
from qtool.office.word.list_numbers import Numbers, numbers_of
from qtool.office.word.story import Story, Totals, change_count
from qtool.office.word.styles import Styles, W, attribute, integer, section_of, styles_of, switched_on, theme_fonts

__all__ = ["Unreadable", "read_word"]

_STRICT = b"http://purl.oclc.org/ooxml/"
_NAMES = {
    b"wordprocessingml/main": b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    b"drawingml/main": b"http://schemas.openxmlformats.org/drawingml/2006/main",
    b"drawingml/picture": b"http://schemas.openxmlformats.org/drawingml/2006/picture",
    b"drawingml/chart": b"http://schemas.openxmlformats.org/drawingml/2006/chart",
    b"drawingml/diagram": b"http://schemas.openxmlformats.org/drawingml/2006/diagram",
    b"officeDocument/relationships": b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
}
"""The namespaces of the strict format by those of the usual one."""
_REFERENCE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_MOST_TAGS = 3_000_000
"""Tags of one part; a document of a thousand pages has some hundred thousand."""
_MOST_HEADERS = 400
"""Headers and footers that are read: each section may have six of its own."""
_DOCUMENT = f"{W}document"


def read_word(source: Path | bytes) -> WordDocument:
    """Return a .docx document; raises Unreadable, `encrypted` where it only wants a password."""
    content = source if isinstance(source, bytes) else content_of(source)
    if word_kind(content) is not WordKind.DOCX:
        raise unlike_a_document(content)
    try:
        return _Reading(Package(content)).document()
    except RecursionError as error:
        raise Unreadable(SWOLLEN) from error


class _Reading:
    """A package being read as a document."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._main = main_part(package)
        relations = package.relations(self._main)
        self._relations = {relation.id: relation for relation in relations if not relation.outside}
        self._totals = Totals()
        self._fonts: Mapping[str, str] = {}
        theme = self._related("theme")
        if theme is not None:
            self._fonts = theme_fonts(theme)
        self._styles: Styles = styles_of(self._related("styles"), self._fonts)
        self._numbers: Numbers = numbers_of(self._related("numbering"))

    def document(self) -> WordDocument:
        """Return the whole document; raises Unreadable."""
        root = self._xml(self._main)
        if root.tag != _DOCUMENT:
            raise Unreadable(DAMAGED)
        body = root.find(f"{W}body")
        if body is None:
            raise Unreadable(DAMAGED)
        paragraphs = tuple(self._story(Place.BODY).paragraphs(body))
        ends = [*self._totals.sections, *body.findall(f"{W}sectPr")[-1:]]
        notes = self._notes("footnotes", "footnote", Place.FOOTNOTE) + self._notes("endnotes", "endnote", Place.ENDNOTE)
        settings = self._related("settings")
        odd_even = settings is not None and bool(switched_on(settings, "evenAndOddHeaders"))
        sections = self._sections(ends)
        return WordDocument(
            paragraphs=paragraphs,
            notes=notes,
            sections=sections,
            comments=self._comments(),
            changes=_changes(root),
            pictures=self._totals.pictures,
            tables=self._totals.tables,
            boxes=self._totals.boxes,
            controls=self._totals.controls,
            embedded=self._totals.embedded,
            odd_even=odd_even,
            pages=self._pages(),
            title=self._title(),
            fonts=_fonts([*paragraphs, *notes]),
        )

    def _story(self, place: Place) -> Story:
        return Story(self._styles, self._numbers, self._totals, place)

    def _related(self, kind: str) -> Any:
        """Return the XML of the part of some kind that the document refers to, None where there is none."""
        for relation in self._relations.values():
            if relation.kind == kind and relation.target in self._package:
                return self._xml(relation.target)
        return None

    def _xml(self, name: str) -> Any:
        from lxml import etree  # noqa: PLC0415 - slow to import

        xml = self._package.xml(name)
        if xml.count(b"<") > _MOST_TAGS:
            raise Unreadable(SWOLLEN)
        if _STRICT in xml:
            for strict, usual in _NAMES.items():
                xml = xml.replace(_STRICT + strict, usual)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
        try:
            return etree.fromstring(xml, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise Unreadable(DAMAGED) from error

    def _notes(self, part: str, tag: str, place: Place) -> tuple[Paragraph, ...]:
        """Return the paragraphs of the notes; the lines that Word draws above them are no notes."""
        root = self._related(part)
        if root is None:
            return ()
        notes = [note for note in root.iterfind(f"{W}{tag}") if attribute(note, "type") in ("", "normal")]
        return tuple(paragraph for note in notes for paragraph in self._story(place).paragraphs(note))

    def _comments(self) -> tuple[str, ...]:
        root = self._related("comments")
        if root is None:
            return ()
        comments = (
            Story(self._styles, Numbers(), Totals()).paragraphs(comment) for comment in root.iterfind(f"{W}comment")
        )
        return tuple("\n".join(paragraph.text for paragraph in comment) for comment in comments)

    def _sections(self, ends: list[Any]) -> tuple[Section, ...]:
        """Return the sections; headers and footers that one does not have are those of the section before it."""
        sections: list[Section] = []
        in_force: dict[tuple[str, bool], HeaderFooter] = {}
        read: dict[str, tuple[Paragraph, ...]] = {}
        for end in ends:
            for tag, footer in (("headerReference", False), ("footerReference", True)):
                for reference in end.iterfind(f"{W}{tag}"):
                    kind = attribute(reference, "type") or "default"
                    relation = self._relations.get(str(reference.get(_REFERENCE)))
                    in_force[kind, footer] = HeaderFooter(
                        kind, footer, self._header_footer(relation, read, footer=footer)
                    )
            sections.append(replace(section_of(end), headers_footers=tuple(in_force.values())))
        return tuple(sections) or (Section(),)

    def _header_footer(
        self, relation: Relation | None, read: dict[str, tuple[Paragraph, ...]], *, footer: bool
    ) -> tuple[Paragraph, ...]:
        """Return the paragraphs of a header or a footer, read once."""
        if relation is None or relation.target not in self._package:
            return ()
        if relation.target not in read:
            if len(read) >= _MOST_HEADERS:
                raise Unreadable(SWOLLEN)
            story = self._story(Place.FOOTER if footer else Place.HEADER)
            read[relation.target] = tuple(story.paragraphs(self._xml(relation.target)))
        return read[relation.target]

    def _pages(self) -> int | None:
        """Return how many pages the program that saved the file counted; it is only told, never relied upon."""
        return integer(self._property("extended-properties", "Pages"))

    def _title(self) -> str:
        return " ".join(self._property("core-properties", "title").split())

    def _property(self, kind: str, name: str) -> str:
        """Return one of the package's properties; a broken part of them is as good as none."""
        target = next((r.target for r in self._package.relations("") if r.kind == kind and not r.outside), "")
        try:
            root = self._xml(target) if target and target in self._package else ()
        except Unreadable as error:
            if error.reason in (SWOLLEN, LOCKED):
                raise
            return ""
        return next((element.text or "" for element in root if str(element.tag).endswith(f"}}{name}")), "")


def _changes(root: Any) -> Changes:
    return Changes(
        inserted=change_count(root, "ins"),
        deleted=change_count(root, "del"),
        moved=change_count(root, "moveFrom"),
        formatted=change_count(root, "rPrChange") + change_count(root, "pPrChange"),
    )


def _fonts(paragraphs: list[Paragraph]) -> tuple[str, ...]:
    runs = [run for paragraph in paragraphs for run in paragraph.runs if run.text.strip() and not run.hidden]
    return tuple(sorted({font for run in runs for font in (run.east_asian, run.latin) if font}))
