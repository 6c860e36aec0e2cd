"""Which letters are to be taken from the mailbox, where the usual conditions do not fit."""

from __future__ import annotations

import tkinter as tk
from datetime import date
from tkinter import ttk
from typing import Any

from qtool.desktop.dialog import Dialog
from qtool.desktop.look import Look

_FIELDS = (
    ("since", "从哪一天起(S)", "写成 2023-01-01 的样子；不写就从新建考核工程那天起"),
    ("senders", "还取这些地址(A)", "方案里没有的邮箱，用逗号隔开"),
    ("folder", "邮箱里的文件夹(F)", "不写就是收件箱"),
)


class FetchDialog(Dialog):
    """Since when, from whom, out of which folder."""

    def __init__(self, parent: tk.Misc, look: Look) -> None:
        super().__init__(parent, look, "收信，另定条件", yes="收信")
        self._texts: dict[str, tk.StringVar] = {}
        self._entries: list[ttk.Entry] = []
        for row, (name, label, hint) in enumerate(_FIELDS):
            ttk.Label(self.body, text=label, underline=len(label) - 2).grid(row=2 * row, column=0, sticky="w")
            text = self._texts[name] = tk.StringVar(self)
            entry = ttk.Entry(self.body, textvariable=text, width=40)
            entry.grid(row=2 * row, column=1, sticky="ew", padx=(look.px(10), 0))
            look.tip(entry, hint)
            self.bind(f"<Alt-{label[-2].lower()}>", lambda _event, entry=entry: entry.focus_set())  # type: ignore[misc]
            said = ttk.Label(self.body, text=hint, style="Quiet.TLabel", font=look.small)
            said.grid(row=2 * row + 1, column=1, sticky="w", padx=(look.px(10), 0), pady=(0, look.px(6)))
            self._entries.append(entry)
        self._anyone = tk.BooleanVar(self)
        tick = ttk.Checkbutton(self.body, text="不管是谁来的信都取(E)", underline=11, variable=self._anyone)
        tick.grid(row=6, column=1, sticky="w", padx=(look.px(10), 0))
        look.tip(tick, "平常只取方案里写了邮箱的部门和考核对象来的信")
        self.bind("<Alt-e>", lambda _event: tick.invoke())
        self._wrong = ttk.Label(self.body, style="Bad.TLabel")
        self._wrong.grid(row=7, column=1, sticky="w", padx=(look.px(10), 0))

    def found(self) -> dict[str, Any] | None:
        """Return the options of the action, None when the user gave up."""
        if not self.wait(self._entries[0]):
            return None
        options: dict[str, Any] = {name: text.get().strip() for name, text in self._texts.items()}
        return {name: value for name, value in options.items() if value} | {"anyone": self._anyone.get()}

    def agree(self) -> None:
        """End it where the day is one."""
        day = self._texts["since"].get().strip()
        try:
            if day:
                date.fromisoformat(day)
        except ValueError:
            self._wrong.configure(text=f"“{day}”不是日期，请写成 2023-01-01 的样子")
            self._entries[0].focus_set()
            return
        super().agree()
