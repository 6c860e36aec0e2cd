"""What one measurement of a document came to, and all of them as a workbook that a person goes through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path

from qtool.office.word.document import Paragraph
from qtool.office.workbook.writer import TITLE_FONT, Book, Sheet, height_of, readable
from qtool.workspace import write_file


class Verdict(Enum):
    """What a measurement came to; the value is what users read."""

    RIGHT = "符合"
    WRONG = "不符合"
    ABSENT = "没有"
    BY_EYE = "请人工看"


@dataclass(frozen=True, slots=True)
class Measured:
    """One thing measured: by which clause, what, what was found, what is wanted, where in the document."""

    clause: str
    what: str
    found: str
    wanted: str
    verdict: Verdict
    where: str = ""

    @property
    def wrong(self) -> bool:
        """Whether it must be mended."""
        return self.verdict is Verdict.WRONG


def judged(clause: str, what: str, found: str, wanted: str, right: bool, where: str = "") -> Measured:
    """Return a measurement that is right or wrong."""
    return Measured(clause, what, found, wanted, Verdict.RIGHT if right else Verdict.WRONG, where)


def absent(clause: str, what: str, wanted: str, *, needed: bool) -> Measured:
    """Return that a part is not there; only what is needed is wrong."""
    return Measured(clause, what, "没有找到", wanted, Verdict.WRONG if needed else Verdict.ABSENT)


def quoted(paragraph: Paragraph) -> str:
    """Return the beginning of a paragraph, to say where something is."""
    text = "".join(paragraph.text.split())
    return f"“{text[:14]}…”" if len(text) > 15 else f"“{text}”"


def places(paragraphs: Sequence[Paragraph]) -> str:
    """Return the beginnings of paragraphs, and how many there are where those are not all."""
    shown = "、".join(quoted(paragraph) for paragraph in paragraphs[:3])
    return f"{shown}等{len(paragraphs)}处" if len(paragraphs) > 3 else shown


NAME = "版式检查"
HEADS = ("结论", "条款", "检查什么", "文件里是", "应当是", "在哪里")
_WIDTHS = (10, 8, 22, 30, 40, 44)
_COLOURS = {Verdict.RIGHT: "#FFFFFF", Verdict.WRONG: "#F8CBAD", Verdict.ABSENT: "#EDEDED", Verdict.BY_EYE: "#FFF2CC"}
_ORDER = tuple(_COLOURS)
_LONGEST = 300


def write_check_list(path: Path, document: str, standard: str, found: Sequence[Measured], now: datetime) -> Path:
    """Write what was measured of a document by a standard, and return the file; raises QtoolError where it cannot."""

    def write(temporary: Path) -> None:
        with Book(temporary, made=now.replace(tzinfo=None, microsecond=0), title=f"{document}{NAME}") as book:
            _sheet(book, book.sheet(NAME), (document, standard), found)

    return write_file(path, write)


def _sheet(book: Book, sheet: Sheet, named: tuple[str, str], found: Sequence[Measured]) -> None:
    document, standard = named
    last = len(HEADS) - 1
    heading = readable(f"{NAME}：{document}", 120)
    sheet.merge((0, 0), (0, last), heading, book.style(font_name=TITLE_FONT, font_size=15, align="center"))
    sheet.row(0, height_of(heading, sum(_WIDTHS), size=15) + 8)
    counts = "，".join(f"{verdict.value}{sum(one.verdict is verdict for one in found)}项" for verdict in _ORDER)
    sheet.merge((1, 0), (1, last), f"按{standard}检查：{counts}", book.style(align="center", font_color="#444444"))
    sheet.row(1, 20)
    head = book.style(bold=True, align="center", bg_color="#DCE6F1", border=1, border_color="#7F7F7F")
    sheet.heads(2, HEADS, _WIDTHS, head)
    first = {Verdict.WRONG: 0, Verdict.BY_EYE: 1, Verdict.ABSENT: 2, Verdict.RIGHT: 3}
    for row, one in enumerate(sorted(found, key=lambda one: first[one.verdict]), 3):
        _line(book, sheet, row, one)
    sheet.listing_page(2, 2 + len(found), len(HEADS))


def _line(book: Book, sheet: Sheet, row: int, one: Measured) -> None:
    colour = _COLOURS[one.verdict]
    middle = book.style(align="center", border=1, border_color="#7F7F7F", bg_color=colour)
    text = book.style(align="left", indent=1, border=1, border_color="#7F7F7F", bg_color=colour)
    texts = [readable(said, _LONGEST) for said in (one.what, one.found, one.wanted, one.where)]
    sheet.text(row, 0, one.verdict.value, middle)
    sheet.text(row, 1, one.clause, middle)
    for col, said in enumerate(texts, 2):
        sheet.text(row, col, said, text)
    sheet.row(row, max(18.0, *(height_of(said, _WIDTHS[col] - 3) + 3 for col, said in enumerate(texts, 2))))
