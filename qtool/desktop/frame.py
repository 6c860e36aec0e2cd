"""The window's outer side: its size and place on the screen, its icon, and the keys that work everywhere in it."""

from __future__ import annotations

import contextlib
import tkinter as tk
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from qtool.desktop.look import Look

if TYPE_CHECKING:
    from qtool.desktop.window import Window

_PICTURES = Path(__file__).parent / "pictures"
_SIZES = (256, 64, 48, 32, 24, 16)


def place(root: tk.Tk, look: Look, kept: str) -> None:
    """Give the window its size: the one kept from last time where it still fits the screen, or a fitting one."""
    px = look.px
    wide, tall = root.winfo_screenwidth(), root.winfo_screenheight()
    root.minsize(min(px(900), wide), min(px(580), tall - px(60)))
    root.geometry(f"{min(px(1270), wide - px(12))}x{min(px(800), tall - px(70))}")
    if kept and _on_screen(kept, wide, tall):
        with contextlib.suppress(tk.TclError):
            root.geometry(kept)
    root.configure(bg=look.colour.ground)
    pictures = [tk.PhotoImage(master=root, file=str(_PICTURES / f"qtool-{size}.png")) for size in _SIZES]
    root.iconphoto(True, *pictures)


def bind_keys(window: Window) -> None:
    """Let keys do what they do in other programs, and Alt with a figure press a step's button."""
    commands = window.commands
    keys: dict[str, Callable[[], object]] = {
        "<F5>": window.refresh,
        "<F1>": window.menus.manual,
        "<Escape>": window.cancel,
        "<Control-n>": commands.new_from_2022,
        "<Control-o>": commands.choose,
        "<Control-comma>": window.settings,
        "<Control-i>": commands.import_files,
        "<Control-f>": window.seek,
    }
    keys |= {f"<Alt-Key-{number}>": partial(window.press, number) for number in range(1, 7)}
    always = window.refresh, window.menus.manual, window.cancel, window.seek

    def told(do: Callable[[], object], _event: object) -> None:
        """Do what a key stands for, unless it begins something while another thing is being done."""
        if do in always or not window.busy:
            do()

    for key, do in keys.items():
        window.root.bind(key, partial(told, do))


def _on_screen(geometry: str, wide: int, tall: int) -> bool:
    """Return whether a window of this size and place can be seen whole; screens change between two days."""
    numbers = [int(part) for part in geometry.replace("x", "+").split("+") if part.lstrip("-").isdigit()]
    if len(numbers) != 4:
        return False
    width, height, left, top = numbers
    return min(left, top) >= 0 and left + width <= wide and top + height <= tall
