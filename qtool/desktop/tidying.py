"""Garbage is collected by the window's thread alone: what Tk made must not be ended by another one."""

from __future__ import annotations

import gc
import tkinter as tk
from collections.abc import Callable

_OFTEN = 400
"""Milliseconds between two looks."""
_YOUNG, _OLD = 20_000, 40
"""New objects that are worth a look, and looks after which, in a pause, everything is looked through."""


class Tidying:
    """Takes the place of Python's own collections, which happen in whatever thread makes the most objects.

    While something is being done only what is young is looked through: all of it would hold up the window.
    """

    def __init__(self, root: tk.Misc, *, busy: Callable[[], bool]) -> None:
        self._root, self._busy, self._looks = root, busy, 0
        gc.disable()
        self._timer = root.after(_OFTEN, self._look)

    def close(self) -> None:
        """Hand collecting back to Python, with nothing of the window left to be collected."""
        self._root.after_cancel(self._timer)
        gc.collect()
        gc.enable()

    def _look(self) -> None:
        self._timer = self._root.after(_OFTEN, self._look)
        if gc.get_count()[0] < _YOUNG:
            return
        self._looks += 1
        if self._busy():
            gc.collect(1)
        elif self._looks >= _OLD:
            self._looks = 0
            gc.collect()
        else:
            gc.collect(1)
