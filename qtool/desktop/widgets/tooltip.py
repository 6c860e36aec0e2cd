"""Tooltips by tkinter-tooltip, kept on the screen, and gone with the widget that they are about."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import font as tkfont
from typing import Any, NamedTuple

from tktooltip import ToolTip

from qtool.desktop.widgets.labels import lines

_DELAY, _REFRESH = 0.6, 0.5
"""Seconds until it shows, and between looking whether its text is another one."""
_WIDE = 370
"""Pixels of a line at 100 %."""
_GONE = 2500
"""Milliseconds after which nothing of a tooltip is still due."""


class _Pointer(NamedTuple):
    """What a tooltip wants to know of an event."""

    x_root: int
    y_root: int


class _Tooltip(ToolTip):  # type: ignore[misc]  # the library publishes no types
    """A tooltip below the pointer, or above it where the screen ends."""

    def _update_tooltip_coords(self, event: Any) -> None:
        self.update_idletasks()
        wide, tall = self.winfo_reqwidth(), self.winfo_reqheight()
        left, top = event.x_root + self.x_offset, event.y_root + self.y_offset
        if top + tall > self.winfo_screenheight():
            top = event.y_root - tall - self.y_offset // 2
        self.geometry(f"+{max(0, min(left, self.winfo_screenwidth() - wide))}+{max(0, top)}")


def tooltip(
    widget: tk.Widget,
    text: str | Callable[[], str],
    font: tkfont.Font,
    px: Callable[[float], int],
    colours: tuple[str, str, str],
) -> None:
    """Give a widget, which the pointer has just entered, its tooltip; `colours` are its edge, ground and ink."""
    edge, ground, ink = colours
    tip = _Tooltip(
        widget,
        lambda: lines(text() if callable(text) else text, font.measure, px(_WIDE)),
        delay=_DELAY,
        follow=False,
        refresh=_REFRESH,
        x_offset=px(12),
        y_offset=px(16),
        parent_kwargs={"bg": edge, "padx": 1, "pady": 1},
        font=font,
        width=px(_WIDE + 20),
        bg=ground,
        fg=ink,
        padx=px(7),
        pady=px(4),
    )

    def leave(event: Any) -> None:
        if event.widget is widget:
            tip.on_leave()
            tip.after(_GONE, tip.destroy)

    widget.bind("<Destroy>", leave, add="+")
    tip.on_enter(_Pointer(*widget.winfo_pointerxy()))
