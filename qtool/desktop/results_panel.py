"""The result: a bar for every assessee, and the table with every area."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from qtool.desktop.look import Look
from qtool.desktop.one_line import OneLine
from qtool.desktop.table import Column, Table
from qtool.state.view import Line, Results

_BARS = 248
"""Width of the bars at 100 %."""
_SHOWN = 6
"""Letters of an area's name over its column."""


class ResultsPanel(ttk.Frame):
    """Bars on the left, figures on the right; before there is a tally, one sentence."""

    def __init__(self, parent: tk.Misc, look: Look, open_workbook: Callable[[], object]) -> None:
        super().__init__(parent, padding=look.px(6))
        self._look = look
        self.shown: Results | None = None
        self._heads: tuple[str, ...] = ()
        self.table: Table | None = None
        self._empty = ttk.Label(self, text="还没有汇总。收到合格的评分表以后，做第5步“汇总”，结果就在这里。")
        self._empty.configure(style="Quiet.TLabel", padding=look.px(16))
        self._empty.pack(anchor="nw")
        self._head = ttk.Frame(self)
        button = ttk.Button(self._head, text="打开汇总表(W)", underline=6, command=open_workbook)
        button.pack(side="right")
        look.mnemonic(button, "W")
        look.tip(button, "用 Excel 或 WPS 打开汇总表：每一分都能查到来源")
        self._said = OneLine(self._head, look.bold)
        self._said.pack(side="left", fill="x", expand=True)
        look.tip(self._said, lambda: self._said.said)
        self._split = ttk.PanedWindow(self, orient="horizontal")
        self._parted = False
        self._split.bind("<Configure>", self._part)
        self._bars = _Bars(self._split, look)
        self._split.add(self._bars, weight=1)

    def show(self, results: Results | None) -> None:
        """Show a result, or that there is none yet."""
        self.shown = results
        if results is None:
            self._head.pack_forget()
            self._split.pack_forget()
            self._empty.pack(anchor="nw")
            return
        self._empty.pack_forget()
        self._head.pack(fill="x", pady=(0, self._look.px(4)))
        self._split.pack(fill="both", expand=True)
        state = f"已批准：{results.approved}" if results.approved else "暂定" if results.provisional else "还没有批准"
        old = "　评分有变化，请再汇总一次" if results.outdated else ""
        self._said.say(f"{results.made:%m-%d %H:%M} 汇总，{state}{old}")
        self._bars.show(results.lines)
        self._figures(results)

    def _figures(self, results: Results) -> None:
        if self.table is None or self._heads != results.heads:
            if self.table is not None:
                self._split.forget(self.table)
                self.table.destroy()
            self._heads = results.heads
            areas = [Column(head, _wide(head), grows=True, anchor="e", spare=True) for head in _short(results.heads)]
            columns = [
                Column("名次", 40, anchor="center"),
                Column("考核对象", 96),
                Column("总分", 56, anchor="e"),
                Column("等级", 40, anchor="center"),
                *areas,
                Column("扣分", 46, anchor="e", spare=True),
                Column("调整", 46, anchor="e", spare=True),
            ]
            self.table = Table(self._split, self._look, columns)
            self._split.add(self.table, weight=4)
            self._split.after_idle(self._part)
        rows, hints = [], {}
        for number, line in enumerate(results.lines):
            cells = (str(line.rank), line.assessee, line.total, line.grade, *line.areas, line.deductions)
            rows.append((str(number), (*cells, line.adjustment), ""))
            named = "\n".join(f"{head}：{marks}" for head, marks in zip(results.heads, line.areas, strict=True))
            hints[str(number)] = f"{line.assessee}：{line.total}分，第{line.rank}名，{line.grade}\n{named}"
        self.table.show(rows, hints, {})

    def _part(self, _event: object = None) -> None:
        """Give the bars what they need once there is room, and again when the window became too small for them."""
        if self.table is not None and self._split.winfo_width() > self._look.px(400):
            need = self._look.px(_BARS)
            now = self._split.sashpos(0)  # type: ignore[no-untyped-call]  # no types for it
            if not self._parted or now < need:
                self._split.sashpos(0, need)  # type: ignore[no-untyped-call]  # as above
            self._parted = True


def _short(heads: Sequence[str]) -> list[str]:
    """Return the areas' names without what all of them begin with, and no longer than a column."""
    same = 0
    while len(heads) > 1 and all(head[same : same + 1] == heads[0][same : same + 1] != "" for head in heads):
        same += 1
    return [(head[same:] or head)[:_SHOWN] for head in heads]


def _wide(head: str) -> int:
    return 12 + 14 * max(len(head), 3)


class _Bars(ttk.Frame):
    """Names, bars and totals, drawn; scrolls when there are many."""

    def __init__(self, parent: tk.Misc, look: Look) -> None:
        super().__init__(parent)
        self._look = look
        self._lines: tuple[Line, ...] = ()
        self._paper = tk.Canvas(
            self, bg=look.colour.paper, highlightthickness=1, highlightbackground=look.colour.line, width=look.px(210)
        )
        self._paper.configure(height=look.px(90), takefocus=1)
        scroll = ttk.Scrollbar(self, orient="vertical", command=self._paper.yview)
        self._paper.configure(yscrollcommand=scroll.set)
        self._paper.pack(side="left", fill="both", expand=True)
        scroll.pack(side="right", fill="y")
        self._paper.bind("<Configure>", lambda _event: self._draw())
        for key, step in (("<Up>", -1), ("<Down>", 1)):
            self._paper.bind(key, lambda _event, step=step: self._paper.yview_scroll(step, "units"))  # type: ignore[misc]
        self._paper.bind("<MouseWheel>", lambda event: self._paper.yview_scroll(-1 if event.delta > 0 else 1, "units"))
        self._paper.bind("<Button-4>", lambda _event: self._paper.yview_scroll(-1, "units"))
        self._paper.bind("<Button-5>", lambda _event: self._paper.yview_scroll(1, "units"))
        look.tip(self._paper, "各考核对象的总分，按名次排列")

    def show(self, lines: tuple[Line, ...]) -> None:
        """Show the lines, the best first."""
        self._lines = lines
        self._draw()

    def _draw(self) -> None:
        paper, look, px = self._paper, self._look, self._look.px
        paper.delete("all")
        if not self._lines:
            return
        high = look.line_height + px(8)
        left = px(30) + max(look.font.measure(line.assessee) for line in self._lines) + px(10)
        right = max(look.bold.measure(f"{line.total} {line.grade}") for line in self._lines) + px(16)
        room = max(paper.winfo_width() - left - right, px(40))
        for number, line in enumerate(self._lines):
            middle = px(6) + number * high + high // 2
            paper.create_text(px(20), middle, text=str(line.rank), fill=look.colour.quiet, font=look.font, anchor="e")
            paper.create_text(px(28), middle, text=line.assessee, fill=look.colour.ink, font=look.font, anchor="w")
            long = round(room * max(0.0, min(line.part, 1.0)))
            top, bottom = middle - px(7), middle + px(7)
            paper.create_rectangle(left, top, left + room, bottom, fill=look.colour.ground, width=0)
            paper.create_rectangle(left, top, left + long, bottom, fill=look.colour.accent, width=0)
            text = f"{line.total} {line.grade}"
            paper.create_text(left + room + px(8), middle, text=text, fill=look.colour.ink, font=look.bold, anchor="w")
        paper.configure(scrollregion=(0, 0, left + room + right, px(12) + len(self._lines) * high))
        paper.configure(yscrollincrement=high)
