"""Tooltips by tkinter-tooltip, kept on the screen, and gone with the widget that they are about."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from tktooltip import ToolTip

from qtool.desktop.widgets.labels import lines

if TYPE_CHECKING:
    from qtool.desktop.widgets.theme import Theme

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


def tooltip(widget: tk.Widget, text: str | Callable[[], str], theme: Theme) -> None:
    """Give a widget, which the pointer has just entered, its tooltip."""

    def laid() -> str:
        return lines(text() if callable(text) else text, theme.small.measure, theme.px(_WIDE))

    shown = _Tooltip(
        widget,
        laid,
        delay=_DELAY,
        follow=False,
        refresh=_REFRESH,
        x_offset=theme.px(12),
        y_offset=theme.px(16),
        parent_kwargs={"bg": theme.colour.quiet, "padx": 1, "pady": 1},
        font=theme.small,
        width=theme.px(_WIDE + 20),
        bg="#FFFDF5",
        fg=theme.colour.ink,
        padx=theme.px(7),
        pady=theme.px(4),
    )

    def leave(event: Any) -> None:
        if event.widget is widget:
            shown.on_leave()
            shown.after(_GONE, shown.destroy)

    widget.bind("<Destroy>", leave, add="+")
    shown.on_enter(_Pointer(*widget.winfo_pointerxy()))
