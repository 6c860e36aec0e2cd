"""One line of text that is never wider than its place: what does not fit is left out, and stands in the tooltip."""

from __future__ import annotations

import tkinter as tk
from tkinter import font as tkfont
from tkinter import ttk
from typing import Any


class OneLine(ttk.Label):
    """A label; of a text that is too long it shows the beginning, or with `end` the end."""

    def __init__(self, parent: tk.Misc, font: tkfont.Font, *, end: bool = False, **options: Any) -> None:
        super().__init__(parent, font=font, **options)
        self._font, self._end, self.said = font, end, ""
        self.bind("<Configure>", lambda _event: self._show())

    def say(self, text: str) -> None:
        """Show a text."""
        self.said = text
        self._show()

    def _show(self) -> None:
        self.configure(text=self._shortened(self.winfo_width() - 4))

    def _shortened(self, width: int) -> str:
        text = self.said
        if width < 1 or self._font.measure(text) <= width:
            return text
        least, most = 0, len(text)
        while least < most:
            middle = (least + most + 1) // 2
            if self._font.measure(self._part(middle)) <= width:
                least = middle
            else:
                most = middle - 1
        return self._part(least)

    def _part(self, letters: int) -> str:
        return f"…{self.said[len(self.said) - letters :]}" if self._end else f"{self.said[:letters]}…"
