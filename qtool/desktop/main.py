"""The windowed program: no argument opens the window; a campaign's folder opens it, files are taken in."""

from __future__ import annotations

import os
import sys
import time
import tkinter as tk
from collections.abc import Sequence
from pathlib import Path

from qtool.desktop.widgets.theme import sharpen

_BEGUN = time.perf_counter()
_SELF_TEST = "--self-test"


def main(arguments: Sequence[str] | None = None) -> None:
    """Open the window and stay until it is closed; leaves with 1 where a self-test failed."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    sharpen()
    root = new_root()
    if given[:1] == [_SELF_TEST]:
        from qtool.desktop.self_test import self_test  # noqa: PLC0415 - users never need it

        sys.exit(self_test(root, Path(given[1]) if len(given) > 1 else Path("自检")))
    from qtool.desktop.window import Window  # noqa: PLC0415 - the self-test brings its own

    window = Window(root)
    root.update_idletasks()
    paths = [Path(name).absolute() for name in given if Path(name).exists()]
    root.after_idle(lambda: _ready(root))
    if paths:
        root.after(50, lambda: window.take(paths))
    root.mainloop()


def new_root() -> tk.Tk:
    """Return Tk's root, one that files can be dropped onto where the system's library for it is there."""
    from tkinterdnd2 import TkinterDnD  # noqa: PLC0415 - after the screen's scaling is settled

    try:
        root: tk.Tk = TkinterDnD.Tk(className="qtool")
    except RuntimeError:
        root = tk.Tk(className="qtool")
    return root


def _ready(root: tk.Tk) -> None:
    """Say that the window can be used, to whoever measures how long that takes."""
    if path := os.environ.get("QTOOL_READY"):
        root.update()
        Path(path).write_text(f"{time.perf_counter() - _BEGUN:.3f}", encoding="utf-8")
