"""Texts of workbooks, in one piece or in runs, as cells, shared texts and comments have them."""

from __future__ import annotations

import re
from collections.abc import Collection

from qtool.office.archive.xml_events import Events

_WHITE = " \t\r\n"
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
"""A letter that XML may not hold, or that would look like such a one, as workbooks write it."""


def unescaped(text: str) -> str:
    """Return a text with the letters that a workbook writes as _x000D_."""
    return _ESCAPE.sub(_letter, text) if "_x" in text else text


def _letter(written: re.Match[str]) -> str:
    code = int(written[1], 16)
    return written[0] if 0xD800 <= code < 0xE000 else chr(code)


class RichText(Events):
    """What reads a text run by run; the pronunciation that may stand beside Chinese and Japanese is left out."""

    wanted: Collection[str] = ("t", "rPh")

    def __init__(self) -> None:
        super().__init__()
        self._runs: list[str] = []
        self._preserved = self._phonetic = False

    def start_run(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element inside a text."""
        if name == "t":
            self.texts.clear()
            self._preserved = attributes.get("xml:space") == "preserve"
        elif name == "rPh":
            self._phonetic = True

    def end_run(self, name: str) -> None:
        """Take the end of an element inside a text."""
        if name == "t" and not self._phonetic:
            run = "".join(self.texts)
            self._runs.append(run if self._preserved else run.strip(_WHITE))
        elif name == "rPh":
            self._phonetic = False

    def whole(self) -> str:
        """Return the text of all runs, and begin another."""
        text = unescaped("".join(self._runs))
        self._runs.clear()
        return text
