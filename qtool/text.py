"""Words that people type: brought to one form, and compared with the words that were expected."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime

_SIGNS = str.maketrans({"≥": ">=", "≤": "<=", "—": "-", "–": "-", "−": "-", "〜": "~", "至": "~", "“": '"', "”": '"'})
_SPACES = str.maketrans("", "", " \t\u3000\u00a0")
# Copied along from web pages and chats, and seen by nobody.
_INVISIBLE = str.maketrans("", "", "\u200b\u200c\u200d\u2060\ufeff\u00ad")
_WORDS, _LENGTH, _KNOWN = 100, 60, 300
"""So many different words are compared, of such length, with so many: a sheet of rubbish must not take minutes."""


def day_text(day: date) -> str:
    """Return a day as official documents write it: Arabic digits without leading zeros (GB/T 9704-2012, 7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"


def time_text(time: datetime) -> str:
    """Return a time as the heads of sheets and pages show it."""
    return f"{day_text(time)} {time:%H:%M}"


def numbered(sentences: Iterable[str]) -> list[str]:
    """Return sentences with their numbers before them, from 1 on."""
    return [f"{number}. {text}" for number, text in enumerate(sentences, 1)]


def plain(text: str) -> str:
    """Return a text with full-width signs and digits made half-width and without its spaces; line breaks stay."""
    return unicodedata.normalize("NFKC", text).translate(_SIGNS).translate(_SPACES)


def visible(text: str) -> str:
    """Return a text without the signs that nobody sees and without spaces around it."""
    return text.translate(_INVISIBLE).strip()


def half_widths(text: str) -> int:
    """Return how many half-width letters a text is wide."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in text)


def without_spaces(text: object) -> str:
    """Return a text, or what a cell holds as one, without spaces, tabs and line breaks."""
    return "".join(str(text).split())


def nearest(word: str, known: Sequence[str]) -> str:
    """Return the known word that this one nearly is, or nothing."""
    close = difflib.get_close_matches(word, known, 1, 0.5)
    return close[0] if close else ""


def near(word: str, known: Sequence[str]) -> str:
    """Return “是不是要写…” for a near miss of a known word, or nothing."""
    close = nearest(word, known)
    return f"是不是要写“{close}”？" if close else ""


class Hints:
    """Hints at some known words, each worked out once."""

    def __init__(self, known: Iterable[str], otherwise: str) -> None:
        """Take the known words, and what to do when none of them was meant."""
        self._otherwise = f"请{otherwise}"
        self._known = [word for word in known if 0 < len(word) <= _LENGTH][:_KNOWN]
        self._hints: dict[str, str] = {}

    def __call__(self, word: str) -> str:
        """Return “是不是要写…” for a near miss, and always what else to do."""
        if word not in self._hints:
            if len(word) > _LENGTH or len(self._hints) >= _WORDS:
                return self._otherwise
            close = near(word, self._known)
            self._hints[word] = f"{close}不是的话，{self._otherwise}" if close else self._otherwise
        return self._hints[word]
