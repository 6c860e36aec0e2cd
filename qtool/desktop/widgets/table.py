"""A table that sorts by its heads, tells its rows apart by colour, and shows the whole of what is cut off."""

from __future__ import annotations

import re
import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from tkinter import ttk
from typing import Literal, NamedTuple

from qtool.desktop.widgets.theme import Theme

_LEAST = 44
"""The least width of a column that gives way, at 100 %."""
_FIGURES = re.compile(r"(\d+(?:\.\d+)?)")


class Column(NamedTuple):
    """A column: its head, its width at 100 %, whether it takes what is left over, how its text stands.

    One that is `spare` is left out where there is no room for all; the last such column goes first.
    """

    head: str
    width: int
    grows: bool = False
    anchor: Literal["w", "center", "e"] = "w"
    spare: bool = False


class Table(ttk.Frame):
    """Rows with a key each."""

    def __init__(self, parent: tk.Misc, theme: Theme, columns: Sequence[Column]) -> None:
        super().__init__(parent)
        self._theme, self._columns = theme, columns
        self._sorted: tuple[int, bool] | None = None
        self._hints: Mapping[str, str] = {}
        names = [str(number) for number in range(len(columns))]
        self.tree = ttk.Treeview(self, columns=names, show="headings", selectmode="browse", height=3)
        for number, column in enumerate(columns):
            name, anchor, least = str(number), column.anchor, theme.px(min(column.width, 40))
            self.tree.heading(name, text=column.head, anchor=anchor, command=partial(self._sort, number))
            self.tree.column(name, width=theme.px(column.width), minwidth=least, stretch=False, anchor=anchor)
        scroll = ttk.Scrollbar(self, orient="vertical", command=self.tree.yview)
        self.tree.configure(yscrollcommand=scroll.set)
        self.tree.bind("<Configure>", lambda event: self._fit(event.width))
        self.tree.grid(row=0, column=0, sticky="nsew")
        scroll.grid(row=0, column=1, sticky="ns")
        self.rowconfigure(0, weight=1)
        self.columnconfigure(0, weight=1)
        theme.tip(self.tree, self._hint)

    def on_open(self, opened: Callable[[str], object]) -> None:
        """Let a row that is double-clicked or entered be opened; `opened` gets its key."""
        self.tree.bind("<Double-1>", lambda event: self._open(event, opened))
        self.tree.bind("<Triple-1>", lambda _event: "break")  # Tk would take it for a second double-click
        self.tree.bind("<Return>", lambda _event: self._open(None, opened))

    def show(
        self, rows: Sequence[tuple[str, Sequence[str], str]], hints: Mapping[str, str], tags: Mapping[str, str]
    ) -> None:
        """Show rows of key, texts and tag; `hints` say more of a key, `tags` give grounds. What was chosen stays so."""
        chosen, top = self.chosen, self.tree.yview()[0]
        self._hints = hints
        for tag, ground in tags.items():
            self.tree.tag_configure(tag, background=ground)
        self.tree.delete(*self.tree.get_children())
        for key, texts, tag in rows:
            self.tree.insert("", "end", iid=key, values=[*map(str, texts)], tags=(tag,) if tag else ())
        if self._sorted:
            self._arrange()
        if chosen and self.tree.exists(chosen):
            self.tree.selection_set(chosen)
            self.tree.focus(chosen)
        self.tree.yview_moveto(top)

    @property
    def row_keys(self) -> tuple[str, ...]:
        """The rows' keys as they stand."""
        return tuple(self.tree.get_children())

    @property
    def chosen(self) -> str:
        """The key of the row that is chosen, or nothing."""
        return next(iter(self.tree.selection()), "")

    def choose(self, key: str) -> None:
        """Choose a row and bring it into sight."""
        self.tree.selection_set(key)
        self.tree.focus(key)
        self.tree.see(key)

    def row_at(self, y: int) -> str:
        """Return the key of the row at a height inside the table, or nothing."""
        return str(self.tree.identify_row(y))

    def _fit(self, width: int) -> None:
        """Share the width out; Tk's own way lets columns hang over the edge."""
        theme, visible = self._theme, list(range(len(self._columns)))
        least = [theme.px(_LEAST if column.grows else column.width) for column in self._columns]
        while sum(least[at] for at in visible) > width and (spare := [at for at in visible if self._columns[at].spare]):
            visible.remove(spare[-1])
        self.tree.configure(displaycolumns=visible)
        growing = [at for at in visible if self._columns[at].grows]
        rest = width - theme.px(2) - sum(theme.px(self._columns[at].width) for at in visible)
        for turn, at in enumerate(growing):
            share = rest // (len(growing) - turn)
            wide = max(least[at], theme.px(self._columns[at].width) + share)
            rest -= wide - theme.px(self._columns[at].width)
            self.tree.column(str(at), width=wide)

    def _open(self, event: tk.Event[tk.Misc] | None, opened: Callable[[str], object]) -> None:
        key = self.row_at(event.y) if event is not None else self.chosen
        if key:
            opened(key)

    def _sort(self, number: int) -> None:
        down = self._sorted == (number, False)
        self._sorted = (number, down)
        self._arrange()

    def _arrange(self) -> None:
        if self._sorted is None:
            return
        number, down = self._sorted
        keys = sorted(self.tree.get_children(), key=lambda key: _order(str(self.tree.set(key, number))), reverse=down)
        keys.sort(key=lambda key: not self.tree.set(key, number))  # what is empty says nothing, either way round
        for place, key in enumerate(keys):
            self.tree.move(key, "", place)
        for other, column in enumerate(self._columns):
            arrow = "" if other != number else " ▼" if down else " ▲"
            self.tree.heading(str(other), text=column.head + arrow)

    def _hint(self) -> str:
        key = self.row_at(self.tree.winfo_pointery() - self.tree.winfo_rooty())
        return self._hints.get(key) or "点表头可以排序，双击一行打开"


def _order(text: str) -> tuple[object, ...]:
    """Return what sorts figures by value."""
    parts = _FIGURES.split(text)
    return tuple((float(part), "") if place % 2 else (0.0, part) for place, part in enumerate(parts))
