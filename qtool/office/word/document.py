"""What a Word document says and how it looks, as plain immutable data; and how many words (字数) that is."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Place(Enum):
    """Where a paragraph stands; the value is what users read."""

    BODY = "正文"
    TABLE = "表格"
    BOX = "文本框"
    FOOTNOTE = "脚注"
    ENDNOTE = "尾注"
    HEADER = "页眉"
    FOOTER = "页脚"


class Pitch(Enum):
    """How the distance of lines is laid down; the values are Word's own words."""

    MULTIPLE = "auto"
    EXACT = "exact"
    LEAST = "atLeast"


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text of one look.

    `east_asian` and `latin` are the fonts that Chinese and Latin letters of it have, '' where nothing states them;
    `size` is in points, `spacing` what is added between signs in points, negative where they stand closer; `colour` is
    six hex digits or '' for automatic. `placeholder` is the prompt of a content control that nobody has filled in,
    `inserted` text under tracked changes.
    """

    text: str
    east_asian: str = ""
    latin: str = ""
    size: float = 10.0
    spacing: float = 0.0
    bold: bool = False
    colour: str = ""
    hidden: bool = False
    inserted: bool = False
    placeholder: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph with the look that direct formatting, its style and the defaults come to.

    `style` is the style's name as Word shows it; `level` the outline level from 0, None for body text; `label` the
    number that Word puts before it, which is no part of the text; `alignment` is left, center, right, both or
    distribute; `first_line` the indent in points, negative when it hangs, and `first_line_chars` the same in characters
    where it is laid down so. `line` is points for EXACT and LEAST, lines for MULTIPLE. `cell` is (table, row, column),
    each counted from 0 over the whole document, for the innermost table; `section` counts from 0. `fields` are the
    names of the fields that begin in it, such as PAGE.
    """

    runs: tuple[Run, ...]
    place: Place = Place.BODY
    style: str = ""
    level: int | None = None
    label: str = ""
    alignment: str = "left"
    first_line: float = 0.0
    first_line_chars: float | None = None
    left: float = 0.0
    right: float = 0.0
    pitch: Pitch = Pitch.MULTIPLE
    line: float = 1.0
    before: float = 0.0
    after: float = 0.0
    page_break_before: bool = False
    page_break_inside: bool = False
    cell: tuple[int, int, int] | None = None
    section: int = 0
    fields: tuple[str, ...] = ()
    pictures: int = 0

    @property
    def text(self) -> str:
        """All its text; tabs are tabs, forced lines and pages are line ends."""
        return "".join(run.text for run in self.runs)

    @property
    def shown(self) -> str:
        """The text without what is hidden."""
        return "".join(run.text for run in self.runs if not run.hidden)


@dataclass(frozen=True, slots=True)
class HeaderFooter:
    """A header or a footer of a section: `kind` is default, first or even."""

    kind: str
    footer: bool
    paragraphs: tuple[Paragraph, ...]

    @property
    def numbered(self) -> bool:
        """Whether it holds a page number."""
        return any("PAGE" in paragraph.fields for paragraph in self.paragraphs)


@dataclass(frozen=True, slots=True)
class Section:
    """The page of a part of the document, all lengths in points; what the file does not state is None.

    `grid` is Word's docGrid type (lines, linesAndChars, snapToChars, or ''), `grid_pitch` its line pitch in points,
    `grid_chars` its charSpace as Word writes it (4096ths of a point). `title_page` tells that the first page has its
    own header and footer. `headers_footers` are those in force, with those taken over from the section before.
    """

    width: float | None = None
    height: float | None = None
    landscape: bool = False
    top: float | None = None
    bottom: float | None = None
    left: float | None = None
    right: float | None = None
    gutter: float = 0.0
    header: float | None = None
    footer: float | None = None
    grid: str = ""
    grid_pitch: float | None = None
    grid_chars: int | None = None
    columns: int = 1
    title_page: bool = False
    headers_footers: tuple[HeaderFooter, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """How many tracked changes there are, of each kind."""

    inserted: int = 0
    deleted: int = 0
    moved: int = 0
    formatted: int = 0

    def __bool__(self) -> bool:
        """Return whether there are any."""
        return bool(self.inserted or self.deleted or self.moved or self.formatted)


@dataclass(frozen=True, slots=True)
class WordDocument:
    """A whole document. `paragraphs` are the body in reading order, tables and text boxes at their places.

    `pages` is how many pages the program that saved it counted, None where it does not say; `embedded` counts objects
    and documents inside it whose text is not read, `pictures` pictures, charts and diagrams.
    """

    paragraphs: tuple[Paragraph, ...]
    notes: tuple[Paragraph, ...] = ()
    sections: tuple[Section, ...] = ()
    comments: tuple[str, ...] = ()
    changes: Changes = Changes()
    pictures: int = 0
    tables: int = 0
    boxes: int = 0
    controls: int = 0
    embedded: int = 0
    odd_even: bool = False
    pages: int | None = None
    title: str = ""
    fonts: tuple[str, ...] = ()
    """The fonts that its visible text has, East Asian and Latin, sorted."""

    @property
    def text(self) -> str:
        """The body's text, a line for each paragraph."""
        return "\n".join(paragraph.text for paragraph in self.paragraphs)

    @property
    def empty(self) -> bool:
        """Whether the body has no text at all, as a scanned document has none."""
        return not any(paragraph.text.strip() for paragraph in self.paragraphs)


def document_words(document: WordDocument, *, notes: bool = True) -> int:
    """Return a document's 字数; without `notes` as with the tick of the dialog taken out."""
    return paragraphs_words(document.paragraphs) + (paragraphs_words(document.notes) if notes else 0)


def paragraphs_words(paragraphs: Iterable[Paragraph]) -> int:
    """Return the 字数 of some paragraphs."""
    return sum(words(paragraph.shown) for paragraph in paragraphs)


def words(text: str) -> int:
    """Return the 字数 of a text."""
    count, inside = 0, False
    chinese = _begins_chinese(text)
    for sign in text:
        if sign.isspace():
            inside = False
            continue
        width, category = unicodedata.east_asian_width(sign), unicodedata.category(sign)
        if category in ("Cf", "Cc", "Mn", "Me"):
            continue
        if _is_chinese(width, category) or (_is_shared(width, category) and chinese):
            count, inside = count + 1, False
            chinese = chinese or category.startswith("L")
        else:
            count, inside = count + (not inside), True
            chinese = chinese and not category.startswith("L")
    return count


def _is_chinese(width: str, category: str) -> bool:
    """Return whether a sign counts by itself: full-width ones, and figures in circles."""
    return width in ("W", "F") or (width == "A" and category in ("No", "Nl"))


def _is_shared(width: str, category: str) -> bool:
    return width == "A" and not category.startswith("L")


def _begins_chinese(text: str) -> bool:
    """Return whether the first letter is Chinese; marks before it go with it."""
    for sign in text:
        if unicodedata.category(sign).startswith("L"):
            return unicodedata.east_asian_width(sign) in ("W", "F")
    return True
