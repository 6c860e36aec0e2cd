"""The message bar at the window's foot: what is being done and how far it is, and at its end what came of it."""

from __future__ import annotations

import os
import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from tkinter import ttk

from qtool.actions.action import Outcome
from qtool.desktop.widgets.labels import WrappedLabel
from qtool.desktop.widgets.theme import Theme
from qtool.desktop.wording import for_window
from qtool.faults import Fault
from qtool.progress import Event

_FILES = 3
"""Files that get a button of their own; of more, their folder does."""
_SENTENCES = 2
"""WrappedLabel that fit; all stand in the details."""
_NEXT = 60
"""Letters of what to do next."""
_NAME = 18
"""Letters of a file's name on a button."""


class MessageBar(tk.Frame):
    """Shows one job: while it runs a bar and a way out, at its end sentences and buttons."""

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        open_path: Callable[[Path], object],
        show_details: Callable[[], object],
        open_log: Callable[[], object],
        cancel: Callable[[], object],
    ) -> None:
        super().__init__(parent, bg=theme.colour.paper, highlightthickness=1, highlightbackground=theme.colour.line)
        self._theme, self._open_path = theme, open_path
        self._show_details, self._open_log = show_details, open_log
        self._sign = tk.Label(self, bg=theme.colour.paper, font=theme.figure, width=2)
        self._label = WrappedLabel(self, bg=theme.colour.paper, fg=theme.colour.ink, font=theme.font)
        self._bar = ttk.Progressbar(self, length=theme.px(220))
        theme.tip(self._bar, lambda: self.text)
        tip = "停下正在做的事。已经做好的部分保留，以后可以接着做（Esc）"
        self._cancel = theme.button(self, "取消", "C", cancel, tip)
        self._buttons = tk.Frame(self, bg=theme.colour.paper)
        self._sign.pack(side="left", padx=(theme.px(8), theme.px(2)), pady=theme.px(5))
        self._label.pack(side="left", fill="x", expand=True, pady=theme.px(5))
        self.rest("就绪")

    @property
    def text(self) -> str:
        """The words that are shown."""
        return self._label.text

    def begin(self, title: str) -> None:
        """Show that something is being done."""
        self._show(f"正在{title}……", self._theme.colour.accent_soft, "…", self._theme.colour.accent)
        self._bar.configure(mode="indeterminate", value=0)
        self._bar.start(60)
        self._cancel.state(["!disabled"])
        self._cancel.pack(side="right", padx=self._theme.px(8))
        self._bar.pack(side="right", padx=self._theme.px(8))

    def progress(self, title: str, event: Event) -> None:
        """Show how far it is."""
        self._bar.stop()
        self._bar.configure(mode="determinate", maximum=max(event.total, 1), value=event.done)
        self._label.say(f"正在{title}：{event.what}（{event.done}/{event.total}）")

    def stopping(self) -> None:
        """Show that it was told to stop and finishes what it holds."""
        self._cancel.state(["disabled"])
        self._label.say("正在停下，先做完手上这一个……")

    def rest(self, text: str) -> None:
        """Show a sentence and nothing else."""
        self._show(text, self._theme.colour.paper)

    def ended(self, title: str, outcome: Outcome) -> None:
        """Show what was done, with buttons that open it."""
        colour = self._theme.colour
        errors = sum(fault.is_error for fault in outcome.faults)
        problems = f"有{errors}处问题要处理。" if errors else ""
        sentences = "；".join(line.rstrip("。") for line in outcome.sentences[-_SENTENCES:]) or f"{title}：做完了"
        after = outcome.next if len(outcome.next) <= _NEXT else ""  # the steps tell what is next, too
        text = for_window(f"{sentences}。{problems}{after}").replace("。。", "。")
        look = (colour.warn_soft, "!", colour.warn) if errors else (colour.good_soft, "✓", colour.good)
        self._show(text, *look)
        tip = "看这一次的全部经过、表格和问题"
        self._put(self._theme.button(self._buttons, "详细", "D", self._show_details, tip))
        for label, path in reversed(_to_open(outcome.files)):
            button = ttk.Button(self._buttons, text=label, command=partial(self._open_path, path))
            self._theme.tip(button, f"打开 {path}")
            self._put(button)

    def failed(self, title: str, faults: Sequence[Fault], *, logged: bool) -> None:
        """Show why something could not be done."""
        colour = self._theme.colour
        more = f"（共{len(faults)}处问题，见下面的列表）" if len(faults) > 1 else ""
        self._show(f"没能{title}。{for_window(str(faults[0]))}{more}", colour.bad_soft, "✗", colour.bad)
        if logged:
            tip = "打开程序出错的记录，可以发给维护人员"
            self._put(self._theme.button(self._buttons, "打开记录", "L", self._open_log, tip))

    def _put(self, button: ttk.Button) -> None:
        button.pack(side="right", padx=self._theme.px(3))

    def _show(self, text: str, ground: str, sign: str = "", ink: str = "") -> None:
        """Show a text with a sign on a ground, and nothing else."""
        self._bar.stop()
        self._bar.pack_forget()
        self._cancel.pack_forget()
        for child in self._buttons.winfo_children():
            child.destroy()
        self._buttons.pack(side="right", padx=self._theme.px(6))
        for part in (self, self._sign, self._label, self._buttons):
            part.configure(bg=ground)
        self._sign.configure(text=sign, fg=ink or self._theme.colour.quiet)
        self._label.say(text)


def _to_open(paths: Sequence[Path]) -> list[tuple[str, Path]]:
    """Return what gets a button: the files made, or where they lie."""
    there = list(dict.fromkeys(path for path in paths if path.exists()))
    if not there:
        return []
    folder = Path(os.path.commonpath([path.parent for path in there]))
    files = there if len(there) <= _FILES else []
    names = [(f"打开 {_short(path.stem)}", path) for path in files]
    return [*names, ("打开文件夹", folder)]


def _short(name: str) -> str:
    return name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"
