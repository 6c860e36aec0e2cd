"""What is seen before a campaign is open: begin one, open one, try it out, or go on where one stopped."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from tkinter import font as tkfont
from tkinter import ttk
from typing import NamedTuple

from qtool.desktop.widgets.theme import Theme


class Choice(NamedTuple):
    """One thing to begin with: its name with the letter that Alt reaches, what it does in words, and its command."""

    name: str
    letter: str
    hint: str
    command: Callable[[], object]


class StartPage(tk.Frame):
    """The first page."""

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        choices: Sequence[Choice],
        recent: Sequence[Path],
        open_recent: Callable[[Path], object],
    ) -> None:
        super().__init__(parent, bg=theme.colour.ground)
        self._theme = theme
        self.buttons: dict[str, ttk.Button] = {}
        self.recent: list[ttk.Button] = []
        inner = tk.Frame(self, bg=theme.colour.ground)
        inner.place(relx=0.5, rely=0.44, anchor="center")
        self._label(inner, "质量考核工具", theme.title).pack(anchor="w")
        self._label(inner, "方案、评分表、发送、回收、汇总、公文，一年的考核都在这里做", theme.font, quiet=True).pack(
            anchor="w", pady=(theme.px(2), theme.px(14))
        )
        columns = tk.Frame(inner, bg=theme.colour.ground)
        columns.pack(fill="both")
        left = tk.Frame(columns, bg=theme.colour.ground)
        left.pack(side="left", anchor="n")
        for number, choice in enumerate(choices):
            self._choice(left, choice, first=not number and not recent)
        right = self._card(columns)
        right.pack(side="left", anchor="n", fill="both", expand=True, padx=(theme.px(18), 0))
        self._recent(right, recent, open_recent)

    def show_busy(self, *, busy: bool) -> None:
        """Let nothing else be begun while something is being done."""
        for button in (*self.buttons.values(), *self.recent):
            button.state(["disabled" if busy else "!disabled"])

    def _label(self, parent: tk.Misc, text: str, font: tkfont.Font, *, quiet: bool = False) -> tk.Label:
        colour = self._theme.colour
        ground, ink = str(parent.cget("bg")), colour.quiet if quiet else colour.ink
        return tk.Label(parent, text=text, font=font, bg=ground, fg=ink, anchor="w", justify="left")

    def _card(self, parent: tk.Misc) -> tk.Frame:
        colour, px = self._theme.colour, self._theme.px
        card = tk.Frame(parent, bg=colour.paper, padx=px(14), pady=px(10))
        card.configure(highlightthickness=1, highlightbackground=colour.line)
        return card

    def _choice(self, parent: tk.Misc, choice: Choice, *, first: bool) -> None:
        theme = self._theme
        card = self._card(parent)
        card.pack(fill="x", pady=(0, theme.px(8)))
        style = "Accent.TButton" if first else "TButton"
        button = theme.button(card, choice.name, choice.letter, choice.command, choice.hint, width=24, style=style)
        button.pack(anchor="w")
        hint = self._label(card, choice.hint, theme.small, quiet=True)
        hint.configure(wraplength=theme.px(340))
        hint.pack(anchor="w", pady=(theme.px(4), 0))
        self.buttons[choice.letter] = button
        if first:
            button.focus_set()

    def _recent(self, card: tk.Frame, recent: Sequence[Path], open_recent: Callable[[Path], object]) -> None:
        theme = self._theme
        self._label(card, "最近用过的", theme.bold).pack(anchor="w", pady=(0, theme.px(6)))
        if not recent:
            empty = "还没有。新建或打开一个考核工程以后，下一次在这里点一下就能接着做。"
            label = self._label(card, empty, theme.small, quiet=True)
            label.configure(wraplength=theme.px(300))
            label.pack(anchor="w")
        for number, path in enumerate(recent, 1):
            name = path.name if len(path.name) <= 22 else f"{path.name[:21]}…"
            button = ttk.Button(
                card, text=f"{number}  {name}", underline=0, width=30, command=partial(open_recent, path)
            )
            button.pack(anchor="w")
            theme.tip(button, f"打开 {path}")
            self._label(card, _shortened(path.parent), theme.small, quiet=True).pack(anchor="w", pady=(0, theme.px(5)))
            self.recent.append(button)
        if self.recent:
            self.recent[0].configure(style="Accent.TButton")
            self.recent[0].focus_set()


def _shortened(folder: Path) -> str:
    text = str(folder)
    return text if len(text) <= 44 else f"…{text[-43:]}"
