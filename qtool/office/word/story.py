"""The XML of one story of a document (body, note, header, footer) turned into paragraphs.

Nothing that is seen on paper is passed over: content controls, text boxes, links, smart tags, field results, rubies and
tables are walked through wherever they stand. Of a drawing that is there twice, for new programs and for old ones, one
is taken. Deleted text and the instructions of fields are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Any

from qtool.office.word.document import Paragraph, Place, Run
from qtool.office.word.list_numbers import Numbers
from qtool.office.word.styles import Look, Styles, W, attribute, paragraph_look, run_look, value_of

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_MODERN = ("http://schemas.microsoft.com/office/", "http://schemas.openxmlformats.org/")
"""How the namespaces begin that today's Word understands, so that it shows the newer of two drawings."""
_PICTURES = {
    "{http://schemas.openxmlformats.org/drawingml/2006/picture}pic",
    "{urn:schemas-microsoft-com:vml}imagedata",
    "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart",
    "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds",
}
_EMBEDDED = {"{urn:schemas-microsoft-com:office:office}OLEObject", f"{W}altChunk", f"{W}subDoc"}
_LEFT_OUT = {f"{W}pPr", f"{W}rPr", f"{W}sdtPr", f"{W}sdtEndPr", f"{W}rt", f"{W}instrText", f"{W}delInstrText"}
_LEFT_OUT |= {f"{W}delText", f"{W}tblPr", f"{W}tblGrid", f"{W}trPr", f"{W}tcPr"}
_SIGNS = {f"{W}tab": "\t", f"{W}ptab": "\t", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
_TEXTS = {f"{W}t", f"{W}br", f"{W}sym", *_SIGNS}
_RUN_FIELDS = {one.name for one in fields(Run)}
_PARAGRAPH_FIELDS = {one.name for one in fields(Paragraph)}


def visible_children(element: Any) -> Iterator[Any]:
    """Yield an element's children; where alternatives stand, those of the one that Word shows."""
    for child in element:
        if not isinstance(child.tag, str):
            continue
        if child.tag == f"{_MC}AlternateContent":
            chosen = _chosen(child)
            if chosen is not None:
                yield from visible_children(chosen)
        else:
            yield child


def _chosen(alternatives: Any) -> Any:
    for choice in alternatives.iterfind(f"{_MC}Choice"):
        names = str(choice.get("Requires") or "").split()
        if names and all(str(choice.nsmap.get(name) or "").startswith(_MODERN) for name in names):
            return choice
    return alternatives.find(f"{_MC}Fallback")


@dataclass
class Totals:
    """How many tables, pictures and the like all stories of a document have."""

    pictures: int = 0
    tables: int = 0
    boxes: int = 0
    controls: int = 0
    embedded: int = 0
    sections: list[Any] = field(default_factory=list)
    """The XML of the sections that have ended, in order."""


@dataclass
class _Line:
    """A paragraph while it is read."""

    look: Look
    """What its runs have, unless they state something else."""
    runs: list[Run] = field(default_factory=list)
    texts: list[list[str]] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)
    pictures: int = 0
    breaks: bool = False

    def add(self, text: str, run: Run) -> None:
        """Add some text; neighbours of one look become one run."""
        if self.runs and self.runs[-1] == run:
            self.texts[-1].append(text)
        else:
            self.runs.append(run)
            self.texts.append([text])

    @property
    def whole(self) -> tuple[Run, ...]:
        """The runs with their texts."""
        return tuple(replace(run, text="".join(texts)) for run, texts in zip(self.runs, self.texts, strict=True))


class Story:
    """A story being read; `place` is where its paragraphs stand unless a table or a box says otherwise."""

    def __init__(self, styles: Styles, numbers: Numbers, totals: Totals, place: Place = Place.BODY) -> None:
        """Read with the document's styles and lists; what is met is counted in `totals`."""
        self._styles, self._numbers, self._totals = styles, numbers, totals
        self._place = place
        self._cell: tuple[int, int, int] | None = None
        self._fields: list[list[str] | None] = []
        """The open fields from the outside in: the instruction while it is read, None once the result begins."""
        self._balanced = True

    def paragraphs(self, root: Any) -> list[Paragraph]:
        """Return the paragraphs of a story in reading order."""
        marks = [attribute(mark, "fldCharType") for mark in root.iter(f"{W}fldChar")]
        # A field that never ends would swallow the rest of the story.
        self._balanced = marks.count("begin") == marks.count("end")
        return list(self._blocks(root))

    def _blocks(self, parent: Any) -> Iterator[Paragraph]:
        for element in visible_children(parent):
            if element.tag == f"{W}p":
                yield from self._paragraph(element)
            elif element.tag == f"{W}tbl":
                yield from self._table(element)
            elif element.tag in _EMBEDDED:
                self._totals.embedded += 1
            elif element.tag not in _LEFT_OUT:
                self._totals.controls += element.tag == f"{W}sdt"
                yield from self._blocks(element)

    def _table(self, table: Any) -> Iterator[Paragraph]:
        outside, place, number = self._cell, self._place, self._totals.tables
        self._totals.tables += 1
        self._place = Place.TABLE if place is Place.BODY else place
        for row, line in enumerate(_inside(table, f"{W}tr")):
            if line.find(f"{W}trPr/{W}del") is not None:
                continue
            for column, cell in enumerate(_inside(line, f"{W}tc")):
                self._cell = (number, row, column)
                yield from self._blocks(cell)
        self._cell, self._place = outside, place

    def _paragraph(self, element: Any) -> Iterator[Paragraph]:
        properties = element.find(f"{W}pPr")
        style = "" if properties is None else value_of(properties, "pStyle") or ""
        named, run, look = self._styles.of_paragraph(style)
        own = {} if properties is None else paragraph_look(properties)
        number: int = own.get("number", look.get("number")) or 0
        level: int = own.get("number_level", look.get("number_level")) or 0
        look = look | self._numbers.look(number, level) | own
        line = _Line(run)
        self._inline(element, line, inserted=False, placeholder=False)
        ends = None if properties is None else properties.find(f"{W}sectPr")
        if line.runs or properties is None or properties.find(f"{W}rPr/{W}del") is None:
            yield Paragraph(
                runs=line.whole,
                place=self._place,
                style=named.name if named else "",
                label=self._numbers.label(number, level),
                page_break_inside=line.breaks,
                cell=self._cell,
                section=len(self._totals.sections),
                fields=tuple(line.fields),
                pictures=line.pictures,
                **_laid_out(look, run.get("size", 10.0)),
            )
        yield from self._boxes(line)
        if ends is not None:
            self._totals.sections.append(ends)

    def _boxes(self, line: _Line) -> Iterator[Paragraph]:
        place, fields, cell = self._place, self._fields, self._cell
        for box in line.boxes:
            self._totals.boxes += 1
            self._place, self._fields, self._cell = Place.BOX if place in _OF_BODY else place, [], None
            yield from self._blocks(box)
        self._place, self._fields, self._cell = place, fields, cell

    def _inline(self, parent: Any, line: _Line, *, inserted: bool, placeholder: bool) -> None:
        for element in visible_children(parent):
            tag = element.tag
            if tag == f"{W}r":
                self._run(element, line, inserted=inserted, placeholder=placeholder)
            elif tag in (f"{W}del", f"{W}moveFrom", *_LEFT_OUT):
                continue
            elif tag == f"{W}fldSimple":
                line.fields.append(_name(attribute(element, "instr")))
                self._inline(element, line, inserted=inserted, placeholder=placeholder)
            elif tag == f"{W}sdt":
                self._totals.controls += 1
                prompt = element.find(f"{W}sdtPr/{W}showingPlcHdr") is not None
                self._inline(element, line, inserted=inserted, placeholder=placeholder or prompt)
            elif tag == _MATH_TEXT:
                line.add(element.text or "", _run_of(line.look, inserted=inserted, placeholder=placeholder))
            elif tag in _EMBEDDED:
                self._totals.embedded += 1
            else:
                more = inserted or tag in (f"{W}ins", f"{W}moveTo")
                self._inline(element, line, inserted=more, placeholder=placeholder)

    def _run(self, element: Any, line: _Line, *, inserted: bool, placeholder: bool) -> None:
        properties, look = element.find(f"{W}rPr"), line.look
        if properties is not None:
            style = value_of(properties, "rStyle")
            look = look | (self._styles.of_run(style) if style else {}) | run_look(properties, self._styles.fonts)
        run = _run_of(look, inserted=inserted, placeholder=placeholder)
        for child in visible_children(element):
            tag = child.tag
            if tag in (f"{W}fldChar", f"{W}instrText"):
                self._field(child, line)
            elif tag in _TEXTS:
                if not any(one is not None for one in self._fields):
                    line.breaks |= tag == f"{W}br" and attribute(child, "type") == "page"
                    line.add(_text(child), run)
            elif tag == f"{W}ruby":
                for base in child.iterfind(f"{W}rubyBase"):
                    self._inline(base, line, inserted=inserted, placeholder=placeholder)
            elif tag not in _LEFT_OUT:
                self._drawing(child, line)

    def _field(self, element: Any, line: _Line) -> None:
        """Take a field's mark, or a part of its instruction."""
        kind = attribute(element, "fldCharType")
        if element.tag == f"{W}instrText":
            if self._fields and (instruction := self._fields[-1]) is not None:
                instruction.append(element.text or "")
        elif kind == "begin" and self._balanced:
            self._fields.append([])
        elif kind in ("separate", "end") and self._fields:
            if (instruction := self._fields[-1]) is not None:
                line.fields.append(_name("".join(instruction)))
                self._fields[-1] = None
            if kind == "end":
                self._fields.pop()

    def _drawing(self, element: Any, line: _Line) -> None:
        """Count the pictures in a drawing or an object, and put its text boxes aside for after the paragraph."""
        if element.tag == f"{W}txbxContent":
            line.boxes.append(element)
            return
        if element.tag in _PICTURES:
            line.pictures += 1
            self._totals.pictures += 1
        self._totals.embedded += element.tag in _EMBEDDED
        for child in visible_children(element):
            self._drawing(child, line)


_OF_BODY = (Place.BODY, Place.TABLE, Place.BOX)


def _inside(parent: Any, tag: str) -> Iterator[Any]:
    """Yield the rows of a table, or the cells of a row, through the controls that they may be wrapped in."""
    for element in visible_children(parent):
        if element.tag == tag:
            yield element
        elif element.tag not in _LEFT_OUT:
            yield from _inside(element, tag)


def _text(element: Any) -> str:
    match element.tag.removeprefix(W):
        case "t":
            return element.text or ""
        case "br":
            return "\n"
        case "sym":
            code = attribute(element, "char")
            number = int(code, 16) if len(code) == 4 and all(digit in "0123456789abcdefABCDEF" for digit in code) else 0
            return chr(number) if number > 32 and not 0xD800 <= number < 0xE000 else ""
    return _SIGNS[element.tag]


def _name(instruction: str) -> str:
    """Return what kind of field an instruction asks for, e.g. PAGE."""
    return next(iter(instruction.split()), "").upper()[:40]


def _run_of(look: Look, *, inserted: bool, placeholder: bool) -> Run:
    stated = {key: value for key, value in look.items() if key in _RUN_FIELDS}
    return Run(text="", inserted=inserted, placeholder=placeholder, **stated)


def _laid_out(look: Look, size: float) -> Look:
    """Return what a paragraph's look comes to; an indent in characters goes by the size of its style."""
    stated = {key: value for key, value in look.items() if key in _PARAGRAPH_FIELDS}
    characters = stated.get("first_line_chars")
    if characters is not None:
        stated["first_line"] = characters * size
    return stated


def change_count(root: Any, tag: str) -> int:
    """Return how many tracked changes of a kind a story holds."""
    return sum(1 for _ in root.iter(f"{W}{tag}"))
