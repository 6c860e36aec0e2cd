"""The check of one returned report: is everything there, is it this assessee's and this year's, how long is it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qtool.faults import Fault, fault
from qtool.model import Assessee, Plan
from qtool.office.archive.members import Unreadable
from qtool.office.word.document import Paragraph, WordDocument, document_words, paragraphs_words, words
from qtool.office.word.document_kind import CONVERTIBLE, to_docx, word_kind
from qtool.office.word.reader import read_word
from qtool.reports.make import HINT, HINT_STYLE
from qtool.reports.report_form import form_faults
from qtool.reports.report_parts import ReportParts, Requirements, divide, words_in_boxes
from qtool.text import plain

_DIGITS = "〇一二三四五六七八九"
_YEAR = re.compile(r"(20\d\d)年?度?")
_NUMERAL = "[一二三四五六七八九十廿]+"
_DATED = re.compile(rf"(?:20\d\d|[二2][〇零○0Oo][〇零○一二三四五六七八九0-9]{{2}})年(?:\d{{1,2}}|{_NUMERAL})月")
_ZEROS = str.maketrans("○零", "〇〇")
"""How the zero of a year is written instead of 〇."""
_SAME = 0.75
"""How alike a paragraph is to guidance that was left and not written over."""
_QUOTED = 20


@dataclass(frozen=True, slots=True)
class ReportCheck:
    """What a report came to; `words` and `problems` are 字数, None for what could not be counted."""

    file: str
    words: int | None = None
    problems: int | None = None
    pages: int | None = None
    faults: tuple[Fault, ...] = ()


def check_report(content: bytes, file: str, plan: Plan, assessee: Assessee, wanted: Requirements) -> ReportCheck:
    """Return the check of a report; `file` is its name as users read it. Nothing that it holds makes this fail."""
    converted = word_kind(content) in CONVERTIBLE
    try:
        document = read_word(to_docx(content) if converted else content)
    except Unreadable as refused:
        return ReportCheck(file, faults=(fault("R07" if converted else "R04", file=file, reason=refused.reason),))
    faults = [fault("R06", file=file)] if converted else []
    if document.empty:
        faults.append(fault("R23", file=file, count=document.pictures))
        return ReportCheck(file, 0, None, document.pages, tuple(faults))
    hints, written = list[Paragraph](), list[Paragraph]()
    for paragraph in document.paragraphs:
        (hints if _is_guidance(paragraph, wanted.hints) else written).append(paragraph)
    parts = divide(written, wanted.headings)
    total = document_words(document)
    problems = next((parts.words_under(one) for one in parts.places if one.of_problems), None)
    faults += _whose(file, parts, plan, assessee)
    faults += _headings(file, parts)
    if hints:
        faults.append(fault("R15", file=file, count=len(hints), text=_short(hints[0].text.strip().removeprefix(HINT))))
    faults += _lengths(file, plan, parts, total)
    faults += form_faults(file, parts, wanted.form)
    faults += _hidden(file, document)
    return ReportCheck(file, total, problems, document.pages, tuple(faults))


def _whose(file: str, parts: ReportParts, plan: Plan, assessee: Assessee) -> Iterator[Fault]:
    """Yield what the cover and the title do not say: whose report it is, of which year, of which day."""
    front = plain("\n".join(paragraph.label + paragraph.text for paragraph in parts.front)).translate(_ZEROS)
    own = [plain(name) for name in (assessee.name, assessee.short)]
    others = [one.name for one in plan.assessees if one != assessee and _named(front, one, own)]
    if not any(name in front for name in own):
        if others:
            yield fault("R08", file=file, found=others[0], name=assessee.name)
        else:
            yield fault("R09", file=file, name=assessee.name)
    year = str(plan.facts.year)
    if not any(text in front for text in (year, "".join(_DIGITS[int(digit)] for digit in year))):
        years = [other for other in dict.fromkeys(_YEAR.findall(front)) if other != year]
        yield fault("R10", file=file, year=year, found=f"，写的是{'、'.join(years)}年" if years else "")
    if not _DATED.search(front):
        yield fault("R11", file=file)


def _named(front: str, other: Assessee, own: Sequence[str]) -> bool:
    """Return whether the front names another assessee; a name that is a part of the own one does not count."""
    names = [name for name in (plain(other.name), plain(other.short)) if not any(name in mine for mine in own)]
    return any(name in front for name in names)


def _headings(file: str, parts: ReportParts) -> Iterator[Fault]:
    for heading in parts.missing:
        yield fault("R12", file=file, heading=heading.name)
    for heading in parts.displaced:
        yield fault("R13", file=file, heading=heading.name)
    for heading in parts.places:
        if not parts.words_under(heading):
            yield fault("R14", file=file, heading=heading.name)


def _is_guidance(paragraph: Paragraph, hints: Sequence[str]) -> bool:
    """Return whether a paragraph is guidance: marked so, never written over, or a prompt that nobody filled in."""
    text = paragraph.text.strip()
    if HINT in text or any(run.placeholder and run.text.strip() for run in paragraph.runs):
        return True
    if paragraph.style != HINT_STYLE or not text:
        return False
    texts = (hint.removeprefix(HINT) for hint in hints)
    return any(difflib.SequenceMatcher(None, text, hint, autojunk=False).ratio() >= _SAME for hint in texts)


def _lengths(file: str, plan: Plan, parts: ReportParts, total: int) -> Iterator[Fault]:
    limit, least = plan.facts.report_limit, plan.facts.problems_minimum
    if limit and total > limit:
        yield fault("R16", file=file, count=total, limit=limit, over=total - limit)
    for heading in parts.places:
        count = parts.words_under(heading) if heading.of_problems else least
        if 0 < count < least:
            yield fault("R17", file=file, heading=heading.name, count=count, limit=least, short=least - count)


def _hidden(file: str, document: WordDocument) -> Iterator[Fault]:
    """Yield what a reader of the printed page would not know."""
    changes = document.changes
    if changes:
        count = changes.inserted + changes.deleted + changes.moved + changes.formatted
        yield fault("R21", file=file, count=count)
    if document.comments:
        yield fault("R22", file=file, count=len(document.comments))
    if boxed := words_in_boxes(document.paragraphs):
        yield fault("R24", file=file, count=boxed)
    if document.embedded:
        yield fault("R25", file=file, count=document.embedded)
    hidden = sum(words(p.text) for p in document.paragraphs) - paragraphs_words(document.paragraphs)
    if hidden > 0:
        yield fault("R37", file=file, count=hidden)


def _short(text: str) -> str:
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"
