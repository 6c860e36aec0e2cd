"""Labels for Chinese text: lines broken where they may be, and one line that is cut to its place."""

from __future__ import annotations

import re
import tkinter as tk
from collections.abc import Callable
from tkinter import font as tkfont
from tkinter import ttk
from typing import Any

_PIECES = re.compile(r"(?:[!-\[\]-~]+|[“‘（《【]*[^\n])[。，、；：？！）》】”’…]*|\n")
"""What must not be broken: words and figures, and signs with what opens before or closes after them."""


def lines(text: str, measure: Callable[[str], int], width: int) -> str:
    """Return a text in lines that are no wider than so many pixels, as far as a single piece allows."""
    whole: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for piece in _PIECES.findall(paragraph):
            if line and measure(line + piece.rstrip()) > width:
                whole.append(line.rstrip())
                line = piece.lstrip()
            else:
                line += piece
        whole.append(line.rstrip())
    return "\n".join(whole)


class WrappedLabel(tk.Label):
    """A label whose text fits its width; a screen that is scaled, or a window that is drawn wider, lays it anew."""

    def __init__(self, parent: tk.Misc, **options: Any) -> None:
        super().__init__(parent, anchor="w", justify="left", width=1, **options)  # it asks for no width, it is given it
        self.text = ""
        self._measure = tkfont.Font(self, font=self.cget("font")).measure
        self.bind("<Configure>", lambda _event: self._lay())

    def say(self, text: str) -> None:
        """Show a text."""
        self.text = text
        self._lay()

    def _lay(self) -> None:
        width = self.winfo_width() - 2 * self.winfo_pixels(self.cget("padx")) - 2
        text = lines(self.text, self._measure, width) if width > 1 else self.text
        if text != self.cget("text"):
            self.configure(text=text)


class OneLineLabel(ttk.Label):
    """A label; of a text that is too long it shows the beginning, or with `end` the end."""

    def __init__(self, parent: tk.Misc, font: tkfont.Font, *, end: bool = False, **options: Any) -> None:
        super().__init__(parent, font=font, **options)
        self._font, self._end, self.text = font, end, ""
        self.bind("<Configure>", lambda _event: self._show())

    def say(self, text: str) -> None:
        """Show a text."""
        self.text = text
        self._show()

    def _show(self) -> None:
        text, width = self.text, self.winfo_width() - 4
        for letters in range(len(self.text) - 1, -1, -1):
            if width < 1 or self._font.measure(text) <= width:
                break
            text = f"…{self.text[len(self.text) - letters :]}" if self._end else f"{self.text[:letters]}…"
        self.configure(text=text)
