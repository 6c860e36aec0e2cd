"""The parts of a report: which its template asks for, and which paragraph of a returned one is which."""

from __future__ import annotations

import difflib
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qtool.faults import QtoolError
from qtool.model import Assessee, Plan
from qtool.office.word.document import Paragraph, Place, paragraphs_words, words
from qtool.office.word.page_form import NATIONAL, PageForm
from qtool.office.word.reader import read_word
from qtool.reports.make import HINT, HINT_STYLE, TEMPLATE, report_template
from qtool.resources import chosen_template
from qtool.text import plain

PROBLEMS = "存在问题"
"""Stands in the heading of the part that has a minimum of its own."""
_NUMBER = re.compile(
    r"(?:第?[一二三四五六七八九十百]+(?:部分|章)?[、.,:)]?|[(][一二三四五六七八九十\d]+[)][、.,]?|\d+(?![\d年])[、.,)]?"
    r"|[①-⑳][、.]?)"
)
_NOTE = re.compile(r"[(][^()]*[)]")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the template: as it stands there, its outline level, and its words without number and notes."""

    text: str
    level: int

    @property
    def core(self) -> str:
        """Its words, without spaces, number and what is in brackets."""
        return core(self.text)

    @property
    def name(self) -> str:
        """The heading as it is quoted: with its number, without notes."""
        return re.sub(r"[（(][^（）()]*字[^（）()]*[）)]", "", self.text).strip()

    @property
    def of_problems(self) -> bool:
        """Whether it heads the part on problems."""
        return PROBLEMS in self.core


@dataclass(frozen=True, slots=True)
class Requirements:
    """The headings of a template in order, its guidance, which must be gone, and the form that is wanted."""

    headings: tuple[Heading, ...]
    hints: tuple[str, ...]
    form: PageForm = NATIONAL


def core(text: str) -> str:
    """Return a heading's words without spaces, its number, and notes in brackets."""
    words = plain(text)
    number = _NUMBER.match(words)
    words = words[number.end() :] if number and number.end() < len(words) else words
    return _NOTE.sub("", words).strip("。.:;、,")


def requirements_of(
    plan: Plan, assessee: Assessee, templates_dir: Path | None, form: PageForm = NATIONAL
) -> Requirements:
    """Return what an assessee's template asks for; raises QtoolError when the template is broken."""
    with tempfile.TemporaryDirectory(prefix="qtool-") as folder:
        out = Path(folder) / TEMPLATE
        _, faults = report_template(plan, assessee, chosen_template(TEMPLATE, templates_dir), out)
        if faults:
            raise QtoolError(*faults)
        paragraphs = read_word(out).paragraphs
    hints = tuple(p.text.strip() for p in paragraphs if is_hint(p) and p.text.strip())
    return Requirements(_headings(paragraphs), hints, form)


def _headings(paragraphs: Sequence[Paragraph]) -> tuple[Heading, ...]:
    headings = [p for p in paragraphs if p.level is not None and p.text.strip()]
    return tuple(Heading(p.label + p.text.strip(), p.level or 0) for p in headings)


def is_hint(paragraph: Paragraph) -> bool:
    """Return whether a paragraph of a template is guidance."""
    return paragraph.style == HINT_STYLE or paragraph.text.strip().startswith(HINT)


_LISTED = re.compile(r"[\t.…·]\s*\d+\s*$")
"""Ends a line of a table of contents."""
_LONGEST = 60
"""Characters beyond those of the heading that a paragraph may have which is nothing but a heading."""
_ALIKE = 0.8
_MOST = 20
"""Places that are looked at for one heading; a document may repeat it without end."""
_FRONT = 30
"""Paragraphs that are looked at as the front of a report without any of its headings."""


@dataclass(frozen=True, slots=True)
class ReportParts:
    """A report divided by its headings.

    `places` tells at which paragraph a heading of the template stands, those out of order too; headings that are
    nowhere are in `missing`, those that stand before one that belongs in front of them in `displaced`.
    """

    paragraphs: tuple[Paragraph, ...]
    places: Mapping[Heading, int]
    missing: tuple[Heading, ...]
    displaced: tuple[Heading, ...]

    @property
    def front(self) -> tuple[Paragraph, ...]:
        """What stands before the first heading: the cover and the title."""
        first = min(self.places.values(), default=min(_FRONT, len(self.paragraphs)))
        return self.paragraphs[:first]

    @property
    def body(self) -> tuple[tuple[int, Paragraph], ...]:
        """The paragraphs from the first heading on, with their numbers, that are no headings of the template."""
        taken, first = set(self.places.values()), len(self.front)
        return tuple((at, p) for at, p in enumerate(self.paragraphs) if at >= first and at not in taken)

    def under(self, heading: Heading) -> tuple[Paragraph, ...]:
        """Return what stands under a heading, up to the next one of its level or above."""
        start = self.places[heading]
        ends = [at for one, at in self.places.items() if at > start and one.level <= heading.level]
        return self.paragraphs[start + 1 : min(ends, default=len(self.paragraphs))]

    def words_under(self, heading: Heading) -> int:
        """Return the 字数 under a heading, what follows it in its own paragraph included."""
        rest = _after(self.paragraphs[self.places[heading]].shown, heading)
        return paragraphs_words(self.under(heading)) + words(rest)


def divide(paragraphs: Sequence[Paragraph], headings: Sequence[Heading]) -> ReportParts:
    """Return a report divided by the headings of its template.

    Spaces, full-width signs, another way of numbering, a note in brackets and a slip of the pen do not matter; lines of
    a table of contents are no headings.
    """
    candidates = {heading: _candidates(paragraphs, heading)[:_MOST] for heading in headings}
    places = _in_order(headings, candidates)
    displaced = []
    for heading in headings:
        free = [at for at in candidates[heading] if at not in places.values()]
        if heading not in places and free:
            places[heading] = free[0]
            displaced.append(heading)
    missing = tuple(heading for heading in headings if heading not in places)
    return ReportParts(tuple(paragraphs), places, missing, tuple(displaced))


def _in_order(headings: Sequence[Heading], candidates: Mapping[Heading, list[int]]) -> dict[Heading, int]:
    """Return where headings stand that follow each other as they should: as many as can be, the earliest places."""
    chains: list[tuple[int, int, dict[Heading, int]]] = []
    for number, heading in enumerate(headings):
        for at in candidates[heading]:
            before = [chain for order, place, chain in chains if order < number and place < at]
            longest = max(before, key=len, default={})
            chains.append((number, at, {**longest, heading: at}))
    return max((chain for _, _, chain in chains), key=len, default={})


def _candidates(paragraphs: Sequence[Paragraph], heading: Heading) -> list[int]:
    """Return where a heading may stand: exact matches alone, where there are any, or else near ones."""
    wanted = heading.core
    exact, near = [], []
    for at, paragraph in enumerate(paragraphs):
        text = paragraph.shown.strip()
        if not text or _is_listed(paragraph):
            continue
        found = core(paragraph.label + text)
        if found == wanted or _runs_in(found, wanted):
            exact.append(at)
        elif len(text) <= len(heading.text) + _LONGEST and _alike(found, wanted):
            near.append(at)
    return exact or near


def _is_listed(paragraph: Paragraph) -> bool:
    style = paragraph.style.lower()
    return style.startswith(("toc", "目录")) or "TOC" in paragraph.fields or bool(_LISTED.search(paragraph.shown))


def _runs_in(text: str, wanted: str) -> bool:
    """Return whether a paragraph begins with a heading that ends with a full stop or a colon."""
    return text.startswith(wanted) and text[len(wanted) : len(wanted) + 1] in ("。", ":", ".", ";")


def _alike(text: str, wanted: str) -> bool:
    if not 0.5 <= len(text) / max(1, len(wanted)) <= 2:
        return False
    return wanted in text or difflib.SequenceMatcher(None, text, wanted, autojunk=False).ratio() >= _ALIKE


def _after(text: str, heading: Heading) -> str:
    """Return what follows a heading in its own paragraph."""
    flat = plain(text)
    at = flat.find(heading.core)
    rest = re.sub(r"^[(][^()]*[)]", "", flat[at + len(heading.core) :]) if at >= 0 else ""
    return rest.lstrip("。.:;")


def words_in_boxes(paragraphs: Sequence[Paragraph]) -> int:
    """Return the 字数 that stand in text boxes."""
    return paragraphs_words([p for p in paragraphs if p.place is Place.BOX])
