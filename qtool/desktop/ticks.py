"""The box of a tick: clam's own is crossed out, which reads as a no, and others do not grow with the scaling."""

from __future__ import annotations

import math
import tkinter as tk
from itertools import pairwise

_HOOK = ((0.24, 0.52), (0.43, 0.71), (0.77, 0.32))
"""The hook's corners, in parts of the box."""
_THICK = 0.075


def tick_box(root: tk.Misc, size: int, *, ticked: bool, colours: tuple[str, str, str]) -> tk.PhotoImage:
    """Return a box of so many pixels; `colours` are those of its edge, its ground, and the hook."""
    edge, ground, hook = colours
    rows = []
    for y in range(size):
        row = []
        for x in range(size):
            outside = min(x, y) < 1 or max(x, y) >= size - 1
            away = _from_hook((x + 0.5) / size, (y + 0.5) / size)
            part = max(0.0, min(1.0, 0.5 + (_THICK - away) * size)) if ticked else 0.0
            row.append(edge if outside else _mixed(ground, hook, part))
        rows.append("{" + " ".join(row) + "}")
    picture = tk.PhotoImage(master=root, width=size, height=size)
    picture.put(" ".join(rows))
    return picture


def _from_hook(x: float, y: float) -> float:
    """Return how far a point is from the hook's two strokes."""
    found = []
    for (ax, ay), (bx, by) in pairwise(_HOOK):
        along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)
        along = max(0.0, min(1.0, along))
        found.append(math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay)))
    return min(found)


def _mixed(first: str, second: str, part: float) -> str:
    """Return a colour so far on the way from one to another."""
    pairs = [(int(first[at : at + 2], 16), int(second[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)
