"""A real window for the tests: on a display of its own, driven by xdotool and Tk events, its dialogs answered.

A test fails when anything was raised in a callback, also by Tcl itself. Nothing here waits for a time: xdotool ends
before the window has what it did, and the window manager answers when it can, so each hand waits for its effect.
"""

from __future__ import annotations

import contextlib
import gc
import math
import os
import subprocess
import threading
import time
import tkinter as tk
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tkinter import ttk
from typing import TypeVar

import pytest
import waiting
from xvfb_cases import Raised, display, has_keyboard, take_keyboard

from qtool.desktop.dialogs.questions import Dialog, Kinds, Questions
from qtool.desktop.main import new_root
from qtool.desktop.pages.board_panel import BoardPanel
from qtool.desktop.pages.campaign_page import CampaignPage
from qtool.desktop.pages.lower_panel import LowerPanel
from qtool.desktop.pages.start_page import StartPage
from qtool.desktop.widgets.theme import Theme
from qtool.desktop.window import Window
from qtool.state.view import StepName

__all__ = ["Desk", "display", "open_window"]
_MARK = "Shift_R"
"""A key that does nothing anywhere: when it comes, all that was pressed before it has come."""
_Widget = TypeVar("_Widget", bound=tk.Misc)
OpenWindow = Callable[..., "Desk"]


class Answers(Questions):
    """Files and folders given beforehand, since the system's own dialogs are not ours; all else is really asked."""

    chosen: Sequence[Path] = ()
    sure: bool | None = None
    """What every confirmation gets; None shows the real dialog."""

    def folder(self, title: str, start: Path) -> Path | None:  # noqa: ARG002 - as the user is asked
        return next(iter(self.chosen), None)

    def files(self, title: str, start: Path, kinds: Kinds) -> list[Path]:  # noqa: ARG002 - as above
        return list(self.chosen)

    def file(self, title: str, start: Path, kinds: Kinds) -> Path | None:  # noqa: ARG002 - as above
        return next(iter(self.chosen), None)

    def confirm(self, title: str, text: str, *, yes: str = "确定") -> bool:
        return super().confirm(title, text, yes=yes) if self.sure is None else self.sure


class Desk:
    """A window on a desk, and the hands that use it."""

    def __init__(self, opened: Path) -> None:
        self.raised = Raised()
        self._opened = opened
        self.root = new_root()
        self.root.tk.createcommand("bgerror", lambda *said: self.raised.append(" ".join(map(str, said))))
        self.answers = Answers(self.root, Theme(self.root))
        self.window = Window(self.root, self.answers)
        self.session = self.window.session
        self.root.report_callback_exception = self.raised.take
        self._uses: list[Callable[[Dialog], object]] = []
        self._used: set[str] = set()
        self._came: dict[str, float] = {}
        self._marks = self._clicks = 0
        for tag in ("all", "Menu"):  # a menu keeps its keys from all others
            self.root.bind_class(tag, f"<KeyPress-{_MARK}>", lambda _event: self._count(marks=1), add="+")
        self.root.bind_all("<ButtonRelease>", lambda _event: self._count(clicks=1), add="+")
        self._watch()
        self.root.bind("<Destroy>", self._gone, add="+")
        self.until(self.root.winfo_viewable)
        self.settle()

    def _count(self, marks: int = 0, clicks: int = 0) -> None:
        self._marks += marks
        self._clicks += clicks

    def _watch(self) -> None:
        """Use the dialogs that come; end one that nobody ends, since the test would wait for ever."""
        self._watching = self.root.after(20, self._watch)
        now, there = time.monotonic(), {str(one): one for one in every(self.root, Dialog) if one.winfo_viewable()}
        self._came = {name: self._came.get(name, now) for name in there}
        for name, dialog in there.items():
            if now - self._came[name] > waiting.PATIENCE:
                self.raised.append(f"a dialog that nobody ended: {words(dialog)}")
                dialog.destroy()
            elif self._uses and name not in self._used and dialog.grab_status():
                if has_keyboard(dialog):
                    self._used.add(name)
                    self._use(dialog, self._uses.pop(0))
                else:
                    (dialog.focus_lastfor() or dialog).focus_force()

    def _gone(self, event: tk.Event[tk.Misc]) -> None:
        """Watch no longer once the window goes: another window's loop would call what is gone with this one."""
        if event.widget is self.root:
            self.root.after_cancel(self._watching)

    def _use(self, dialog: Dialog, use: Callable[[Dialog], object]) -> None:
        try:
            use(dialog)
            if dialog.winfo_exists():
                self.raised.append(f"the dialog stays: {words(dialog)}")
        except Exception as error:  # noqa: BLE001 - told at the end of the test
            self.raised.append(f"{error!r} in “{dialog.title() if dialog.winfo_exists() else ''}”")
        finally:
            if dialog.winfo_exists():
                dialog.destroy()

    @property
    def page(self) -> CampaignPage:
        """The open campaign's page."""
        assert isinstance(self.window.page, CampaignPage), self.session.message_bar.text
        return self.window.page

    @property
    def start(self) -> StartPage:
        """The start page."""
        assert isinstance(self.window.page, StartPage), self.session.message_bar.text
        return self.window.page

    @property
    def board(self) -> BoardPanel:
        """The board."""
        return self.page.board

    @property
    def below(self) -> LowerPanel:
        """Problems, results and the past."""
        return self.page.below

    @property
    def said(self) -> str:
        """What the strip says."""
        return self.session.message_bar.text

    @property
    def opened(self) -> list[Path]:
        """What was opened with the system's programs, in order."""
        return [Path(line) for line in self._opened.read_text("utf-8").splitlines()] if self._opened.exists() else []

    def until(self, true: Callable[[], object], turns: float = math.inf) -> None:
        """Let the window work until something is true and all that followed is drawn; perhaps within some turns."""
        waiting.until(true, self._work, lambda: f"it did not come true; the window says {self.said}", turns)
        self.root.update()

    def _work(self) -> None:
        assert not self.raised, self.raised[0]
        self.root.update()

    def settle(self) -> None:
        """Let the window work until nothing is being done any more."""
        self.until(lambda: self.session.settled)

    def open(self, campaign: Path) -> CampaignPage:
        """Open a campaign."""
        self.session.open(campaign)
        self.until(lambda: self.session.overview is not None)
        self.settle()
        return self.page

    def press(self, step: str) -> None:
        """Press a step's button and wait until all is done."""
        self.page.steps.button(StepName(step)).invoke()
        self.settle()

    def opens(self, count: int = 1) -> Path:
        """Wait until so many files were opened, and return the last."""
        self.until(lambda: len(self.opened) >= count)
        assert len(self.opened) == count
        return self.opened[-1]

    def answer(self, use: Callable[[Dialog], object]) -> None:
        """Use the next dialog; `use` runs when it can be seen and has the keyboard, and must end it."""
        self._uses.append(use)

    def focus(self) -> None:
        """Give the window the keyboard, as a click does."""
        take_keyboard(self.root)

    def keys(self, *names: str) -> None:
        """Press keys on the real keyboard, as xdotool names them; the window has had them all at the end."""
        self._mark()
        self.xdotool("key", "--clearmodifiers", *names)
        self._mark()

    def type(self, text: str) -> None:
        """Type a text on the real keyboard; the window has had it all at the end."""
        self._mark()
        self.xdotool("type", "--delay", 15, text)
        self._mark()

    def _mark(self) -> None:
        """Wait until the keyboard is with this program and all keys pressed so far have come."""
        before = self._marks
        waiting.until(
            lambda: self._marks > before, lambda: self.xdotool("key", _MARK), lambda: "the keyboard is elsewhere"
        )

    def click(self, number: int = 1, times: int = 1) -> None:
        """Click a button of the real mouse; the window has had it at the end."""
        before = self._clicks
        self.xdotool("click", "--repeat", times, "--delay", 60, number)
        self.until(lambda: self._clicks >= before + times)

    def point(self, widget: tk.Misc, x: int | None = None, y: int | None = None) -> None:
        """Move the real mouse over a widget, to its middle if nowhere else."""
        left = widget.winfo_rootx() + (widget.winfo_width() // 2 if x is None else x)
        top = widget.winfo_rooty() + (widget.winfo_height() // 2 if y is None else y)
        self.move(left, top)

    def move(self, left: int = 3, top: int = 3) -> None:
        """Move the real mouse to a place on the screen, to its corner if nowhere else."""
        self.xdotool("mousemove", left, top)
        self.until(lambda: self.root.winfo_pointerxy() == (left, top))

    def xdotool(self, *arguments: object) -> None:
        """Run xdotool while the window works; the window need not have what it did."""
        with subprocess.Popen(["xdotool", *map(str, arguments)]) as tool:
            self.until(lambda: tool.poll() is not None)
        assert tool.returncode == 0

    def resize(self, geometry: str) -> None:
        """Give the window a size, and perhaps a place, as Tk writes them; it has them at the end, or its least size."""
        self.root.geometry(geometry)
        size, sign, place = geometry.partition("+")
        wide, tall = (max(int(side), least) for side, least in zip(size.split("x"), self.root.minsize(), strict=True))
        self.until(lambda: self.root.geometry().startswith(f"{wide}x{tall}{sign}{place}"))

    def row(self, tree: ttk.Treeview, key: str) -> tuple[int, int]:
        """Return the middle of a row's second column, inside the table."""
        tree.see(key)
        self.root.update()
        box = tree.bbox(key, "#2")
        assert box
        left, top, wide, high = map(int, box)
        return left + wide // 2, top + high // 2

    def close(self) -> None:
        """Close the window and wait for its threads, so that no other thread ever holds the last of a Tcl object."""
        with contextlib.suppress(tk.TclError):
            self.answers.sure = True
            self.window.close()
            waiting.until(lambda: not self.root.winfo_exists(), self.root.update)  # TclError once the window is gone
        for thread in threading.enumerate():
            if thread.name.startswith("qtool-"):
                thread.join(waiting.PATIENCE)
        if self._uses:
            self.raised.append("a dialog that was to be used did not come")
            self._uses.clear()
        gc.collect()


@pytest.fixture
def open_window(display: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenWindow]:  # noqa: ARG001 - which must be there
    """Give the test a function that opens a window, with a campaign where one is given."""
    programs, opened = tmp_path / "programs", tmp_path / "opened.txt"
    programs.mkdir()
    (programs / "xdg-open").write_text(f'#!/bin/sh\necho "$1" >> "{opened}"\n', encoding="utf-8")
    (programs / "xdg-open").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    desks: list[Desk] = []

    def open_(campaign: Path | None = None) -> Desk:
        desks.append(Desk(opened))
        if campaign is not None:
            desks[-1].open(campaign)
        return desks[-1]

    yield open_
    for desk in desks:
        desk.close()
    raised = [error for desk in desks for error in desk.raised]
    desks.clear()
    gc.collect()
    assert gc.isenabled()
    assert not raised, raised[0]


def every(widget: tk.Misc, kind: type[_Widget]) -> list[_Widget]:
    """Return all widgets of a kind inside a widget, in the order in which they were made."""
    found = [widget] if isinstance(widget, kind) else []
    for child in widget.winfo_children():
        found += every(child, kind)
    return found


def words(widget: tk.Misc) -> str:
    """Return all that is written on a widget and in it."""
    said = [str(widget.cget("text"))] if "text" in (widget.keys() or ()) else []
    if isinstance(widget, (tk.Entry, ttk.Entry)):
        said.append(widget.get())
    return "\n".join([*said, *map(words, widget.winfo_children())])


def button(widget: tk.Misc, text: str) -> ttk.Button:
    """Return the button with a text in it."""
    (found,) = [one for one in every(widget, ttk.Button) if text in str(one.cget("text"))]
    return found


def ending(key: str, seen: list[str] | None = None) -> Callable[[Dialog], None]:
    """Return how a person reads a dialog and presses a key; what it said is kept."""

    def use(dialog: Dialog) -> None:
        if seen is not None:
            seen.append(words(dialog))
        dialog.event_generate(f"<{key}>")
        dialog.update()

    return use
