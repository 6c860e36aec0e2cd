"""What one measurement of a document came to, and all of them as a workbook that a person goes through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path

from qtool.office.word.document import Paragraph
from qtool.office.workbook.list_sheet import AMBER, GREY, SALMON, TITLE_LOOK, Column, ListSheet
from qtool.office.workbook.writer import Book, readable
from qtool.workspace import write_file


class Verdict(Enum):
    """What a measurement came to; the value is what users read."""

    RIGHT = "符合"
    WRONG = "不符合"
    ABSENT = "没有"
    BY_EYE = "请人工看"


@dataclass(frozen=True, slots=True)
class Measurement:
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


def judgement(clause: str, what: str, found: str, wanted: str, right: bool, where: str = "") -> Measurement:
    """Return a measurement that is right or wrong."""
    return Measurement(clause, what, found, wanted, Verdict.RIGHT if right else Verdict.WRONG, where)


def absent(clause: str, what: str, wanted: str, *, needed: bool) -> Measurement:
    """Return that a part is not there; only what is needed is wrong."""
    return Measurement(clause, what, "没有找到", wanted, Verdict.WRONG if needed else Verdict.ABSENT)


def quoted(paragraph: Paragraph) -> str:
    """Return the beginning of a paragraph, to say where something is."""
    text = "".join(paragraph.text.split())
    return f"“{text[:14]}…”" if len(text) > 15 else f"“{text}”"


def places(paragraphs: Sequence[Paragraph]) -> str:
    """Return the beginnings of paragraphs, and how many there are where those are not all."""
    listed = "、".join(quoted(paragraph) for paragraph in paragraphs[:3])
    return f"{listed}等{len(paragraphs)}处" if len(paragraphs) > 3 else listed


NAME = "版式检查"
_COLUMNS = (
    *(Column("结论", 10), Column("条款", 8), Column("检查什么", 22, "left"), Column("文件里是", 30, "left")),
    *(Column("应当是", 40, "left"), Column("在哪里", 44, "left")),
)
HEADS = tuple(column.heading for column in _COLUMNS)
_COLOURS = {Verdict.WRONG: SALMON, Verdict.BY_EYE: AMBER, Verdict.ABSENT: "#EDEDED", Verdict.RIGHT: "#FFFFFF"}
_LONGEST = 300


def in_order(measured: Sequence[Measurement]) -> list[Measurement]:
    """Return measurements with what must be mended first, and what is right last."""
    order = list(_COLOURS)
    return sorted(measured, key=lambda one: order.index(one.verdict))


def texts_of(measured: Measurement) -> tuple[str, ...]:
    """Return a measurement as a row of a list, by its HEADS."""
    return (
        *(measured.verdict.value, measured.clause, measured.what),
        *(measured.found, measured.wanted, measured.where),
    )


def write_check_list(path: Path, document: str, standard: str, measured: Sequence[Measurement], now: datetime) -> Path:
    """Write what was measured of a document by a standard, and return the file; raises QtoolError where it cannot."""

    def write(temporary: Path) -> None:
        with Book(temporary, made=now.replace(tzinfo=None, microsecond=0), title=f"{document}{NAME}") as book:
            sheet = ListSheet(book, NAME, _COLUMNS, longest=_LONGEST)
            sheet.across(readable(f"{NAME}：{document}", 120), **TITLE_LOOK, align="center")
            counts = "，".join(f"{v.value}{sum(one.verdict is v for one in measured)}项" for v in Verdict)
            sheet.across(f"按{standard}检查：{counts}", font_color=GREY, align="center")
            sheet.head()
            for one in in_order(measured):
                sheet.line(texts_of(one), bg_color=_COLOURS[one.verdict])
            sheet.finish()

    return write_file(path, write)
