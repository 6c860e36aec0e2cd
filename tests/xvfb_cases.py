"""A display of its own for the tests of the window: Xvfb with a window manager, and a Tk root whose errors count."""

from __future__ import annotations

import contextlib
import gc
import itertools
import math
import os
import subprocess
import tempfile
import threading
import time
import tkinter as tk
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType

import pytest
import waiting
from mail_servers import program_or_skip

from qtool.desktop.widgets.theme import Theme

SIZE, DPI = "1280x720", 96


@contextlib.contextmanager
def screen(size: str = SIZE, dpi: int = DPI) -> Iterator[str]:
    """Run an X server with a window manager on a free display, and yield its name."""
    program_or_skip("Xvfb", "openbox")
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{size}x24", "-dpi", str(dpi), "-nolisten", "tcp"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, pass_fds=[writing], stdout=quiet, stderr=quiet) as server:
        os.close(writing)
        with os.fdopen(reading) as said:
            name = f":{said.readline().strip()}"
        environment = {**os.environ, "DISPLAY": name}
        with tempfile.TemporaryDirectory() as folder:
            ready = Path(folder) / "ready"
            manager = subprocess.Popen(
                ["openbox", "--startup", f"touch {ready}"], env=environment, stdout=quiet, stderr=quiet
            )
            try:
                waiting.until(ready.exists, what=lambda: "openbox did not start")  # it manages no windows before
                yield name
            finally:
                manager.terminate()
                manager.wait(waiting.PATIENCE)
                server.terminate()


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """Give this process a display of its own; yields its name."""
    with screen() as name, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DISPLAY", name)
        yield name


class Raised(list[str]):
    """What was raised in callbacks."""

    def take(self, kind: type[BaseException], value: BaseException, trace: TracebackType | None) -> None:
        """Note an error as Tk reports it."""
        self.append("".join(traceback.format_exception(kind, value, trace)))


@pytest.fixture
def tidied() -> Iterator[None]:
    """Let garbage be collected here alone, as in the window: no other thread may end what Tk made."""
    gc.collect()
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture
def window(display: str, tidied: None) -> Iterator[tk.Tk]:  # noqa: ARG001 - which must be there
    """Give the test a Tk root; the test fails when a callback raised."""
    root, raised = tk.Tk(), Raised()
    root.report_callback_exception = raised.take
    root.geometry("900x600+60+20")
    yield root
    with contextlib.suppress(tk.TclError):
        root.destroy()
    assert not raised, raised[0]


@pytest.fixture
def look(window: tk.Tk) -> Theme:
    """Give the test the look of its root."""
    return Theme(window)


def until(window: tk.Misc, true: Callable[[], object], turns: float = math.inf) -> None:
    """Let the window work until something is true and all that followed is drawn; perhaps within some turns."""
    waiting.until(true, window.update, turns=turns)
    window.update()


def until_none(window: tk.Misc, faults: Callable[[], list[str]]) -> None:
    """Let the window work until nothing is wrong with what it shows; what stays wrong is told."""
    waiting.until(lambda: not faults(), window.update, lambda: "\n".join(faults()))


class Liveliness:
    """How long a window stands still, beside a thread that waits for the processor as long as the window does."""

    def __init__(self, window: tk.Misc) -> None:
        self._window, self._ended = window, threading.Event()
        self._turns: list[float] = []
        self._beats: list[float] = []
        self._thread = threading.Thread(target=self._beat)
        self._thread.start()
        self._turn()

    def end(self) -> float:
        """Return the seconds that the window stood still longer than the thread ever had to wait."""
        self._window.after_cancel(self._timer)
        self._ended.set()
        self._thread.join()
        longest = [max(b - a for a, b in itertools.pairwise(times)) for times in (self._turns, self._beats)]
        return longest[0] - longest[1]

    def _turn(self) -> None:
        self._turns.append(time.monotonic())
        self._timer = self._window.after(50, self._turn)

    def _beat(self) -> None:
        while not self._ended.wait(0.05):
            self._beats.append(time.monotonic())


def has_keyboard(toplevel: tk.Misc) -> bool:
    """Whether the keyboard is with a window or dialog, as the X server and the window manager have it."""
    focus = toplevel.focus_displayof()
    return focus is not None and focus.winfo_toplevel() is toplevel


def take_keyboard(toplevel: tk.Misc) -> None:
    """Give a window or dialog the keyboard as a click does; Tk drops keys that come before it has it."""

    def ask() -> None:
        (toplevel.focus_lastfor() or toplevel).focus_force()
        toplevel.update()

    waiting.until(lambda: has_keyboard(toplevel), ask, lambda: "the window manager gives no keyboard")


def press(widget: tk.Misc, keys: str) -> None:
    """Press keys in a widget, as Tk names them, such as Alt-s or Return."""
    widget.event_generate(f"<{keys}>")
    widget.update()
