"""The numbers that Word puts before paragraphs by itself: they are seen on paper, and stand in no paragraph's text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from qtool.office.word.styles import Look, W, attribute, integer, paragraph_look, value_of

_DIGITS = "〇一二三四五六七八九"
_PLACE = re.compile(r"%([1-9])")
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_LEVELS = 9


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: how its numbers are written, what stands around them, where they start."""

    format: str
    text: str
    start: int
    paragraph: Look


@dataclass
class Numbers:
    """The lists of a document while it is read from its beginning to its end."""

    levels: Mapping[int, Mapping[int, Level]] = field(default_factory=dict)
    abstract: Mapping[int, int] = field(default_factory=dict)
    """Lists that share their counting have one abstract list."""
    _counts: dict[int, list[int | None]] = field(default_factory=dict)

    def look(self, number: int, level: int) -> Look:
        """Return what a list states of the paragraphs of one of its levels."""
        one = self.levels.get(number, {}).get(level)
        return one.paragraph if one else {}

    def label(self, number: int, level: int) -> str:
        """Count a paragraph of a list, and return its number as it is shown; '' for one that is in no list."""
        levels = self.levels.get(number)
        if not number or levels is None or level not in levels:
            return ""
        counts = self._counts.setdefault(self.abstract.get(number, number), [None] * _LEVELS)
        before = counts[level]
        counts[level] = levels[level].start if before is None else before + 1
        for deeper in range(level + 1, _LEVELS):
            counts[deeper] = None

        def count_text(place: re.Match[str]) -> str:
            at = int(place[1]) - 1
            one = levels.get(at)
            if one is None:
                return ""
            count = counts[at]
            return number_text(one.start if count is None else count, one.format)

        return _PLACE.sub(count_text, levels[level].text)


def number_text(number: int, form: str) -> str:
    """Return a number as a list's format writes it; unknown formats give digits."""
    match form:
        case "none" | "bullet":
            return ""
        case "chineseCounting" | "chineseCountingThousand" | "japaneseCounting" | "taiwaneseCountingThousand":
            return chinese_number(number)
        case "chineseLegalSimplified" | "ideographDigital":
            return "".join(_DIGITS[int(digit)] for digit in str(abs(number)))
        case "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" if 1 <= number <= 20:
            return chr(0x2460 + number - 1)
        case "lowerLetter" | "upperLetter" if 1 <= number <= 26:
            return chr((ord("a") if form == "lowerLetter" else ord("A")) + number - 1)
        case "lowerRoman" | "upperRoman" if 1 <= number <= 39:
            text, rest = "", number
            for value, letters in _ROMAN:
                text, rest = text + letters * (rest // value), rest % value
            return text.upper() if form == "upperRoman" else text
        case "decimalZero":
            return f"{number:02d}"
        case "decimalFullWidth":
            return str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    return str(number)


def chinese_number(number: int) -> str:
    """Return a number below a hundred in Chinese words, others digit by digit."""
    if not 0 < number < 100:
        return "".join(_DIGITS[int(digit)] for digit in str(abs(number)))
    tens, ones = divmod(number, 10)
    ten = "" if not tens else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return ten + (_DIGITS[ones] if ones else "")


def numbers_of(root: Any) -> Numbers:
    """Return the lists in the part of that name; None for a document without any."""
    if root is None:
        return Numbers()
    abstract = {
        number: {key: one for level in element.iterfind(f"{W}lvl") for key, one in _level(level)}
        for element in root.iterfind(f"{W}abstractNum")
        if (number := integer(attribute(element, "abstractNumId"))) is not None
    }
    levels: dict[int, Mapping[int, Level]] = {}
    shared: dict[int, int] = {}
    for element in root.iterfind(f"{W}num"):
        number, of = integer(attribute(element, "numId")), integer(value_of(element, "abstractNumId") or "")
        if number is None or of is None or of not in abstract:
            continue
        own = {key: one for level in element.iterfind(f"{W}lvlOverride/{W}lvl") for key, one in _level(level)}
        levels[number] = abstract[of] | own
        restarts = element.find(f"{W}lvlOverride/{W}startOverride") is not None
        shared[number] = -1 - number if own or restarts else of
    return Numbers(levels, shared)


def _level(element: Any) -> list[tuple[int, Level]]:
    at = integer(attribute(element, "ilvl"))
    if at is None or not 0 <= at < _LEVELS:
        return []
    start = integer(value_of(element, "start") or "")
    properties = element.find(f"{W}pPr")
    look = {} if properties is None else paragraph_look(properties)
    form, text = value_of(element, "numFmt") or "decimal", value_of(element, "lvlText") or ""
    return [(at, Level(form, text, 1 if start is None else start, look))]
