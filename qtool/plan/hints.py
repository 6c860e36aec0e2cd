"""“是不是要写…” for words that are nearly known ones."""

from __future__ import annotations

from collections.abc import Iterable

from qtool.rules.text import near

_WORDS, _LENGTH, _KNOWN = 100, 60, 300
"""So many different words are compared, of such length, with so many: a sheet of rubbish must not take minutes."""


class Hints:
    """Hints at some known words, each worked out once."""

    def __init__(self, known: Iterable[str], otherwise: str) -> None:
        """Take the known words, and what to do when none of them was meant."""
        self._otherwise = otherwise
        self._known = [word for word in known if 0 < len(word) <= _LENGTH][:_KNOWN]
        self._said: dict[str, str] = {}

    def __call__(self, word: str) -> str:
        """Return “是不是要写…” for a near miss, and always what else to do."""
        if word not in self._said:
            if len(word) > _LENGTH or len(self._said) >= _WORDS:
                return f"请{self._otherwise}"
            close = near(word, self._known)
            self._said[word] = f"{close}不是的话，请{self._otherwise}" if close else f"请{self._otherwise}"
        return self._said[word]
