"""What a returned report must hold, read from the very template that its assessee was given."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qtool.faults import QtoolError
from qtool.model import Assessee, Plan
from qtool.office.word.document import Paragraph
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
