"""The parts (要素) of an official document, recognised in what was read of it: by look, by place and by wording."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from qtool.office.word.document import Paragraph, Pitch, Place, WordDocument

NUMBER = re.compile(r"^\s*(\S{0,12}?)\s*([〔\[【(（［{])\s*(\d{2,4})\s*([〕\]】)）］}])\s*(第?)\s*(0*)(\d*)\s*号")
DATE = re.compile(r"^\s*(\d{2,4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日\s*$")
WORDED_DATE = re.compile(
    r"^\s*[一二三四〇○零五六七八九十]{2,4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日\s*$"
)
_SIGNER = re.compile(r"签发人\s*[：:]")
_ADDRESSED = re.compile(r"[：:]\s*$")
_ATTACHED = re.compile(r"^\s*附\s*件\s*[：:]")
_FURTHER = re.compile(r"^\s*\d+\s*[.．、]")
_ANNEX = re.compile(r"^\s*附\s*件\s*\d*\s*[：:]?\s*$")
_COPIED = re.compile(r"^\s*抄\s*[送报]\s*[：:]")
_PRINTED = re.compile(r"\d\s*日\s*印\s*发\s*$")
_REMARK = re.compile(r"^\s*[（(].*[）)]\s*$")
LEVELS = (
    re.compile(r"^\s*([一二三四五六七八九十]+)\s*、"),
    re.compile(r"^\s*[（(]\s*([一二三四五六七八九十]+)\s*[）)]"),
    re.compile(r"^\s*(\d{1,2})\s*[.．](?!\d)"),
    re.compile(r"^\s*[（(]\s*(\d{1,2})\s*[）)]"),
)
"""The numbers of the levels 一、 （一） 1. （1） (7.3.3)."""
_TITLE_SIZE, _MARK_SIZE, _COVER_SIZE = 18, 20, 24
GUIDANCE = "【填写提示】"
"""Begins what a form tells its author."""
_LONGEST_TITLE, _LONGEST_ADDRESS, _LONGEST_NAME = 120, 400, 60
_RED = re.compile("^(?:[89A-F][0-9A-F])(?:[0-4][0-9A-F]){2}$")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its level from 0, and the number as it is written."""

    level: int
    number: str
    paragraph: Paragraph


@dataclass(frozen=True, slots=True)
class Parts:
    """What was found of each part; a part that is not there is empty.

    `body` holds the paragraphs of the text without its headings, `annexes` the lines that say 附件 on pages of their
    own, each with whether it begins a page; `cover` the lines of a cover page, `guidance` what a form tells its author.
    """

    cover: tuple[Paragraph, ...] = ()
    guidance: tuple[Paragraph, ...] = ()
    mark: Paragraph | None = None
    number: Paragraph | None = None
    signer: Paragraph | None = None
    title: tuple[Paragraph, ...] = ()
    addressed: Paragraph | None = None
    headings: tuple[Heading, ...] = ()
    body: tuple[Paragraph, ...] = ()
    attached: tuple[Paragraph, ...] = ()
    signature: Paragraph | None = None
    date: Paragraph | None = None
    remark: Paragraph | None = None
    annexes: tuple[tuple[Paragraph, bool], ...] = ()
    imprint: tuple[Paragraph, ...] = ()

    @property
    def title_text(self) -> str:
        """The title on one line."""
        return "".join("".join(paragraph.text.split()) for paragraph in self.title)


def size_of(paragraph: Paragraph) -> float:
    """Return the size that most of a paragraph's text has, in points."""
    sizes: dict[float, int] = {}
    for run in paragraph.runs:
        sizes[run.size] = sizes.get(run.size, 0) + len(run.text.strip())
    return max(sizes, key=lambda size: sizes[size], default=0.0)


def pitch_text(paragraph: Paragraph) -> str:
    """Return how the distance of a paragraph's lines is laid down, as users read it."""
    if paragraph.pitch is Pitch.MULTIPLE:
        return f"{paragraph.line:.2f}".rstrip("0").rstrip(".") + "倍"
    return f"{'固定值' if paragraph.pitch is Pitch.EXACT else '最小值'}{paragraph.line:g}磅"


def is_red(paragraph: Paragraph) -> bool:
    """Return whether a paragraph's text is red."""
    written = [run for run in paragraph.runs if run.text.strip()]
    return bool(written) and all(_RED.match(run.colour.upper()) for run in written)


def parts_of(document: WordDocument) -> Parts:
    """Return the parts of a document."""
    edges = [one for section in document.sections[:1] for edge in section.headers_footers for one in edge.paragraphs]
    heads = [paragraph for paragraph in edges if paragraph.place is Place.HEADER]
    guided, lines = list[Paragraph](), list[tuple[Paragraph, bool]]()
    for paragraph, fresh in _lines(document.paragraphs):
        if paragraph.text.lstrip().startswith(GUIDANCE):
            guided.append(paragraph)
        else:
            lines.append((paragraph, fresh))
    cover = _cover(lines)
    lines = lines[len(cover) :]
    mark = next((p for p in [*heads, *(p for p, _ in lines)] if is_red(p) and size_of(p) >= _MARK_SIZE), None)
    annex = next(
        (at for at, (p, _) in enumerate(lines) if at and _ANNEX.match(p.text) and not _is_title(p)), len(lines)
    )
    imprint = tuple(p for p, _ in lines if _COPIED.match(p.text) or _PRINTED.search(p.text))
    main = [p for p, _ in lines[:annex] if p is not mark and p not in imprint]
    annexes = tuple((p, fresh) for p, fresh in lines[annex:] if _ANNEX.match(p.text))
    return replace(_main(main, mark, annexes, imprint), cover=cover, guidance=tuple(guided))


def _cover(lines: Sequence[tuple[Paragraph, bool]]) -> tuple[Paragraph, ...]:
    """Return the lines of the first page where it is a cover: larger than any title of a document, and not alone."""
    turn = next((at for at, (_, fresh) in enumerate(lines) if at and fresh), 0)
    first = [paragraph for paragraph, _ in lines[:turn]]
    large = any(size_of(p) >= _COVER_SIZE and p.alignment == "center" and not is_red(p) for p in first)
    headed = any(is_red(p) or NUMBER.match(p.text) for p in first)
    return tuple(first) if large and not headed else ()


def _lines(paragraphs: Sequence[Paragraph]) -> Iterator[tuple[Paragraph, bool]]:
    """Yield what is written outside tables, each with whether it begins a page."""
    fresh, section = True, 0
    for paragraph in paragraphs:
        fresh = fresh or paragraph.page_break_before or paragraph.section != section
        section = paragraph.section
        if paragraph.cell is None and paragraph.place is Place.BODY and paragraph.text.strip():
            yield paragraph, fresh
            fresh = False
        fresh = fresh or paragraph.page_break_inside


def _is_title(paragraph: Paragraph) -> bool:
    return paragraph.alignment == "center" and size_of(paragraph) >= _TITLE_SIZE and not is_red(paragraph)


def _main(
    lines: Sequence[Paragraph],
    mark: Paragraph | None,
    annexes: tuple[tuple[Paragraph, bool], ...],
    imprint: tuple[Paragraph, ...],
) -> Parts:
    number = next((p for p in lines[:6] if NUMBER.match(p.text)), None)
    signer = next((p for p in lines[:6] if _SIGNER.search(p.text)), None)
    start = next((at for at, p in enumerate(lines) if _is_title(p)), len(lines))
    stop = next((at for at in range(start, len(lines)) if not _is_title(lines[at])), len(lines))
    title = tuple(lines[start:stop]) if start < len(lines) else ()
    rest = list(lines[stop:] if title else [p for p in lines if p not in (number, signer)])
    first = rest[0] if rest else None
    addressed = first if first and _ADDRESSED.search(first.text) and len(first.text) < _LONGEST_ADDRESS else None
    if addressed:
        rest = rest[1:]
    dated = next((at for at in reversed(range(len(rest))) if _is_date(rest[at].text)), None)
    signed = dated - 1 if dated and len(rest[dated - 1].text.strip()) <= _LONGEST_NAME else None
    after = rest[dated + 1 :] if dated is not None else []
    body_end = signed if signed is not None else dated if dated is not None else len(rest)
    body = rest[:body_end]
    attached_at = next((at for at, p in enumerate(body) if _ATTACHED.match(p.text)), len(body))
    attached = [p for at, p in enumerate(body[attached_at:]) if not at or _FURTHER.match(p.text)]
    headings = tuple(heading for p in body[:attached_at] if (heading := heading_of(p)))
    mine = {id(heading.paragraph) for heading in headings}
    return Parts(
        mark=mark,
        number=number,
        signer=signer,
        title=title,
        addressed=addressed,
        headings=headings,
        body=tuple(p for p in body[:attached_at] if id(p) not in mine),
        attached=tuple(attached),
        signature=rest[signed] if signed is not None else None,
        date=rest[dated] if dated is not None else None,
        remark=next((p for p in after if _REMARK.match(p.text)), None),
        annexes=annexes,
        imprint=imprint,
    )


def _is_date(text: str) -> bool:
    return bool(DATE.match(text) or WORDED_DATE.match(text))


_LONGEST_HEADING = 60


def heading_of(paragraph: Paragraph) -> Heading | None:
    """Return a paragraph as a heading, where it is one: numbered, short, and without more than one sentence.

    The levels 1. and （1） mostly are paragraphs of text that begin with a number, which are no headings.
    """
    text = f"{paragraph.label}{paragraph.text}"
    for level, pattern in enumerate(LEVELS):
        match = pattern.match(text)
        if match:
            short = len(text.strip()) <= _LONGEST_HEADING and "。" not in text.strip()[:-1]
            return Heading(level, match[1], paragraph) if short and level < 2 else None
    return None
