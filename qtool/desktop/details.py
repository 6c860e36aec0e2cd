"""Everything that a job had to say: its sentences, its tables, its problems, its files."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from tkinter import ttk

from qtool.actions.action import Listing, Outcome
from qtool.desktop.asking import listing_table
from qtool.desktop.dialog import Dialog
from qtool.desktop.look import Look
from qtool.desktop.wording import for_window

_HIGH = 14


class Details(Dialog):
    """A page for each part of an outcome."""

    def __init__(
        self, parent: tk.Misc, look: Look, title: str, outcome: Outcome, open_path: Callable[[Path], object]
    ) -> None:
        super().__init__(parent, look, title, yes="关闭", no="")
        book = ttk.Notebook(self.body, width=look.px(860))
        book.pack(fill="both", expand=True)
        book.enable_traversal()
        self._said(book, outcome)
        for listing in outcome.tables:
            self._page(book, listing, _title(listing.title))
        if outcome.faults:
            rows = [
                (f.severity.value, f.place, f.message, f.remedy)
                for f in sorted(outcome.faults, key=lambda f: not f.is_error)
            ]
            self._page(book, Listing("", ("程度", "位置", "问题", "怎样处理"), rows), f"问题（{len(rows)}）")
        if outcome.files:
            self._files(book, outcome.files, open_path)
        self.protocol("WM_DELETE_WINDOW", self.agree)

    def _said(self, book: ttk.Notebook, outcome: Outcome) -> None:
        look = self.look
        text = tk.Text(
            book, wrap="word", font=look.font, bg=look.colour.paper, fg=look.colour.ink, relief="flat", height=_HIGH
        )
        text.insert("1.0", "\n".join(for_window(line) for line in [*outcome.sentences, "", outcome.next]).strip())
        text.configure(state="disabled", padx=look.px(12), pady=look.px(8), spacing1=look.px(3))
        look.tip(text, "这一次做了什么，接着该做什么")
        book.add(text, text="经过")

    def _page(self, book: ttk.Notebook, listing: Listing, title: str) -> None:
        page = ttk.Frame(book, padding=self.look.px(6))
        listing_table(page, self.look, listing, _HIGH).pack(fill="both", expand=True)
        book.add(page, text=title)

    def _files(self, book: ttk.Notebook, files: list[Path], open_path: Callable[[Path], object]) -> None:
        page = ttk.Frame(book, padding=self.look.px(6))
        rows = [(path.name, str(path.parent)) for path in files]
        table = listing_table(page, self.look, Listing("", ("文件", "在哪里"), rows), _HIGH)
        table.tree.bind("<Double-1>", lambda _event: open_path(files[int(table.chosen)]) if table.chosen else None)
        table.tree.bind("<Return>", lambda _event: open_path(files[int(table.chosen)]) if table.chosen else None)
        table.pack(fill="both", expand=True)
        book.add(page, text=f"文件（{len(files)}）")


def _title(text: str) -> str:
    return text if len(text) <= 12 else f"{text[:11]}…"
