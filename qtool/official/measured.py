"""What one measurement of a document came to, and how a place in it is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from qtool.office.word_model import Paragraph


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
