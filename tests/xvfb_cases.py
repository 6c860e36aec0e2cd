"""A display of its own for the tests of the window: Xvfb with a window manager, and a Tk root whose errors count."""

from __future__ import annotations

import contextlib
import gc
import os
import subprocess
import tempfile
import time
import tkinter as tk
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType

import pytest
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
                while not ready.exists():  # it manages no windows before
                    time.sleep(0.02)
                yield name
            finally:
                manager.terminate()
                manager.wait(20)
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


def until(window: tk.Misc, true: Callable[[], object], seconds: float = 20) -> None:
    """Let the window work until something is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true"
        window.update()
        time.sleep(0.01)
    window.update()


def settle(window: tk.Misc, seconds: float = 0.1) -> None:
    """Let the window work for a moment."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        window.update()
        time.sleep(0.01)


def press(widget: tk.Misc, keys: str) -> None:
    """Press keys in a widget, as Tk names them, such as Alt-s or Return."""
    widget.event_generate(f"<{keys}>")
    widget.update()
