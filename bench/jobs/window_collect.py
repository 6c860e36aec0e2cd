"""A real window takes in many returned files, while a timer of 50 ms counts how long the window stood still."""

from __future__ import annotations

import json
import sys
import time
import tkinter as tk
from pathlib import Path

from qtool.desktop.main import new_root
from qtool.desktop.window import Window

_TICK = 50
_PATIENCE = 300.0


class _Timer:
    """A timer of the window; keeps the milliseconds between its ticks."""

    def __init__(self, root: tk.Misc) -> None:
        self._root = root
        self.gaps: list[float] = []
        self._last = time.perf_counter()
        self._tick()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.gaps.append((now - self._last) * 1000)
        self._last = now
        self._root.after(_TICK, self._tick)

    def forget(self) -> None:
        """Count from now on."""
        self.gaps, self._last = [], time.perf_counter()


def main(campaign: Path, files: list[Path]) -> None:
    """Open a campaign, take the files in, and print the gaps from the click to the last look at the folder."""
    root = new_root()
    window = Window(root)
    timer = _Timer(root)
    window.session.open(campaign)
    _until_settled(window)
    timer.forget()
    begun = time.perf_counter()
    window.commands.take(files)
    _until_settled(window)
    seconds, gaps = time.perf_counter() - begun, sorted(timer.gaps)
    said = window.session.message_bar.text
    window.close()
    if not window.session.outcome or window.session.outcome[1].data.get("missing"):
        raise SystemExit(f"not all was collected: {said}")
    print(json.dumps({"seconds": seconds, "longest": gaps[-1], "median": gaps[len(gaps) // 2], "late": gaps[-5:]}))


def _until_settled(window: Window) -> None:
    """Run Tk's own loop until the window has settled, as it runs while a user looks at it."""
    end = time.perf_counter() + _PATIENCE

    def look() -> None:
        if time.perf_counter() > end:
            raise SystemExit(f"it took too long: {window.session.message_bar.text}")
        if window.session.settled and window.session.overview is not None:
            window.root.quit()
        else:
            window.root.after(_TICK, look)

    window.root.after(_TICK, look)
    window.root.mainloop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sorted(Path(sys.argv[2]).iterdir()))
