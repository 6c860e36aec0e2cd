"""Below the board: the problems, the results, and what was done lately."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from qtool.desktop.widgets.labels import OneLineLabel, WrappedLabel
from qtool.desktop.widgets.table import Column, Table
from qtool.desktop.widgets.theme import Theme, bind_wheel
from qtool.desktop.wording import for_window
from qtool.state.view import Line, Overview, Problem, Results

_COLUMNS = (
    Column("程度", 50, anchor="center"),
    Column("位置", 240),
    Column("问题", 320, grows=True),
    Column("怎样处理", 260, grows=True),
)


_BARS = 248
"""Width of the bars at 100 %."""
_AREA_LETTERS = 6
"""Letters of an area's name over its column."""


class LowerPanel(ttk.Notebook):
    """Three pages: 问题, 考核结果, 经过."""

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        go: Callable[[Problem], object],
        open_workbook: Callable[[], object],
    ) -> None:
        super().__init__(parent)
        self._theme, self._go = theme, go
        self._problems: Sequence[Problem] = ()
        self._page = ttk.Frame(self, padding=theme.px(6))
        self.table = Table(self._page, theme, _COLUMNS)
        self.table.on_open(self._open)
        self._foot()
        self.table.pack(fill="both", expand=True)
        self.table.tree.bind("<<TreeviewSelect>>", lambda _event: self._show_full_text())
        self.results = ResultsPanel(self, theme, open_workbook)
        self._history = tk.Text(
            self, wrap="word", font=theme.font, relief="flat", bg=theme.colour.paper, fg=theme.colour.ink, height=4
        )
        self._history.configure(state="disabled", padx=theme.px(10), pady=theme.px(6), spacing1=theme.px(2))
        theme.tip(self._history, "最近做过的事，最新的在上面；全部记在 journal.jsonl 里")
        self.add(self._page, text="问题", underline=0)
        self.add(self.results, text="考核结果", underline=0)
        self.add(self._history, text="经过", underline=0)
        self.enable_traversal()

    def show(self, overview: Overview, problems: Sequence[Problem]) -> None:
        """Show problems, results and the past."""
        earlier = self.results.results
        self._problems = sorted(problems, key=lambda problem: not problem.fault.is_error)
        errors = sum(problem.fault.is_error for problem in problems)
        counts = {"错误": errors, "提示": len(problems) - errors}
        count = "，".join(f"{name}{number}" for name, number in counts.items() if number)
        self._label(self._page, f"问题（{count}）" if problems else "问题（没有）")
        self._fill()
        self.results.show(overview.results)
        self._label(
            self.results, "考核结果（暂定）" if overview.results and overview.results.provisional else "考核结果"
        )
        if self.results.results and not earlier and not errors:
            self._front(self.results)
        self._history.configure(state="normal")
        self._history.delete("1.0", "end")
        self._history.insert("1.0", "\n".join(overview.recent) or "还没有做过什么")
        self._history.configure(state="disabled")

    def show_problems(self) -> None:
        """Bring the problems to the front."""
        self._front(self._page)

    def show_results(self) -> None:
        """Bring the results to the front."""
        self._front(self.results)

    def _label(self, page: tk.Widget, text: str) -> None:
        self.tab(page, text=text)  # type: ignore[no-untyped-call]  # the stub has no types for it

    def _front(self, page: tk.Widget) -> None:
        self.select(page)  # type: ignore[no-untyped-call]  # as above

    def _foot(self) -> None:
        theme, px = self._theme, self._theme.px
        foot = ttk.Frame(self._page)
        foot.pack(side="bottom", fill="x", pady=(px(5), 0))
        tip = "打开有问题的文件，光标放在有问题的那一格（双击一行也行）"
        self.button = theme.button(foot, "打开并定位", "G", lambda: self._open(self.table.chosen), tip)
        self.button.pack(side="right", anchor="n")
        self._full_text = WrappedLabel(foot, bg=theme.colour.ground, fg=theme.colour.ink, height=2, font=theme.font)
        self._full_text.pack(side="left", fill="x", expand=True)

    def _fill(self) -> None:
        colour = self._theme.colour
        rows, hints = [], {}
        for number, problem in enumerate(self._problems):
            fault = problem.fault
            place = fault.place or problem.source
            texts = (fault.severity.value, place, for_window(fault.message), for_window(fault.remedy))
            rows.append((str(number), texts, fault.severity.name))
            hints[str(number)] = for_window(str(fault))
        self.table.show(rows, hints, {"ERROR": colour.bad_soft, "WARNING": colour.warn_soft})
        self._show_full_text()

    def _show_full_text(self) -> None:
        chosen = self.table.chosen
        problem = self._problems[int(chosen)] if chosen else None
        empty = "选中一行，这里显示全文" if self._problems else "没有发现问题"
        self._full_text.say(for_window(str(problem.fault)) if problem else empty)
        self.button.state(["!disabled" if problem and problem.path else "disabled"])

    def _open(self, key: str) -> None:
        if key:
            self._go(self._problems[int(key)])


class ResultsPanel(ttk.Frame):
    """Bars on the left, figures on the right; before there is a tally, one sentence."""

    def __init__(self, parent: tk.Misc, theme: Theme, open_workbook: Callable[[], object]) -> None:
        super().__init__(parent, padding=theme.px(6))
        self._theme = theme
        self.results: Results | None = None
        self._heads: tuple[str, ...] = ()
        self.table: Table | None = None
        self._empty = ttk.Label(self, text="还没有汇总。收到合格的评分表以后，做第5步“汇总”，结果就在这里。")
        self._empty.configure(style="Quiet.TLabel", padding=theme.px(16))
        self._empty.pack(anchor="nw")
        self._head = ttk.Frame(self)
        tip = "用 Excel 或 WPS 打开汇总表：每一分都能查到来源"
        theme.button(self._head, "打开汇总表", "W", open_workbook, tip).pack(side="right")
        self._state = OneLineLabel(self._head, theme.bold)
        self._state.pack(side="left", fill="x", expand=True)
        theme.tip(self._state, lambda: self._state.text)
        self._split = ttk.PanedWindow(self, orient="horizontal")
        self._parted = False
        self._split.bind("<Configure>", self._part)
        self._bars = _Bars(self._split, theme)
        self._split.add(self._bars, weight=1)

    def show(self, results: Results | None) -> None:
        """Show a result, or that there is none yet."""
        self.results = results
        if results is None:
            self._head.pack_forget()
            self._split.pack_forget()
            self._empty.pack(anchor="nw")
            return
        self._empty.pack_forget()
        self._head.pack(fill="x", pady=(0, self._theme.px(4)))
        self._split.pack(fill="both", expand=True)
        state = f"已批准：{results.approved}" if results.approved else "暂定" if results.provisional else "还没有批准"
        old = "　评分有变化，请再汇总一次" if results.outdated else ""
        self._state.say(f"{results.made:%m-%d %H:%M} 汇总，{state}{old}")
        self._bars.show(results.lines)
        self._figures(results)

    def _figures(self, results: Results) -> None:
        if self.table is None or self._heads != results.heads:
            if self.table is not None:
                self._split.forget(self.table)
                self.table.destroy()
            self._heads = results.heads
            areas = [
                Column(head, 12 + 14 * max(len(head), 3), grows=True, anchor="e", spare=True)
                for head in _short(results.heads)
            ]
            columns = [
                Column("名次", 40, anchor="center"),
                Column("考核对象", 96),
                Column("总分", 56, anchor="e"),
                Column("等级", 40, anchor="center"),
                *areas,
                Column("扣分", 46, anchor="e", spare=True),
                Column("调整", 46, anchor="e", spare=True),
            ]
            self.table = Table(self._split, self._theme, columns)
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
        if self.table is not None and self._split.winfo_width() > self._theme.px(400):
            need = self._theme.px(_BARS)
            width = self._split.sashpos(0)  # type: ignore[no-untyped-call]  # no types for it
            if not self._parted or width < need:
                self._split.sashpos(0, need)  # type: ignore[no-untyped-call]  # as above
            self._parted = True


def _short(heads: Sequence[str]) -> list[str]:
    """Return the areas' names without what all of them begin with, and no longer than a column."""
    same = 0
    while len(heads) > 1 and all(head[same : same + 1] == heads[0][same : same + 1] != "" for head in heads):
        same += 1
    return [(head[same:] or head)[:_AREA_LETTERS] for head in heads]


class _Bars(ttk.Frame):
    """Names, bars and totals, drawn; scrolls when there are many."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines: tuple[Line, ...] = ()
        self._paper = tk.Canvas(
            self,
            bg=theme.colour.paper,
            highlightthickness=1,
            highlightbackground=theme.colour.line,
            width=theme.px(210),
        )
        self._paper.configure(height=theme.px(90), takefocus=1)
        scroll = ttk.Scrollbar(self, orient="vertical", command=self._paper.yview)
        self._paper.configure(yscrollcommand=scroll.set)
        self._paper.pack(side="left", fill="both", expand=True)
        scroll.pack(side="right", fill="y")
        self._paper.bind("<Configure>", lambda _event: self._draw())
        for key, step in (("<Up>", -1), ("<Down>", 1)):
            self._paper.bind(key, lambda _event, step=step: self._paper.yview_scroll(step, "units"))  # type: ignore[misc]
        bind_wheel(self._paper, lambda step: self._paper.yview_scroll(step, "units"))
        theme.tip(self._paper, "各考核对象的总分，按名次排列")

    def show(self, lines: tuple[Line, ...]) -> None:
        """Show the lines, the best first."""
        self._lines = lines
        self._draw()

    def _draw(self) -> None:
        paper, theme, px = self._paper, self._theme, self._theme.px
        paper.delete("all")
        if not self._lines:
            return
        high = theme.line_height + px(8)
        left = px(30) + max(theme.font.measure(line.assessee) for line in self._lines) + px(10)
        right = max(theme.bold.measure(f"{line.total} {line.grade}") for line in self._lines) + px(16)
        room = max(paper.winfo_width() - left - right, px(40))
        for number, line in enumerate(self._lines):
            middle = px(6) + number * high + high // 2
            paper.create_text(px(20), middle, text=str(line.rank), fill=theme.colour.quiet, font=theme.font, anchor="e")
            paper.create_text(px(28), middle, text=line.assessee, fill=theme.colour.ink, font=theme.font, anchor="w")
            length = round(room * max(0.0, min(line.part, 1.0)))
            top, bottom = middle - px(7), middle + px(7)
            paper.create_rectangle(left, top, left + room, bottom, fill=theme.colour.ground, width=0)
            paper.create_rectangle(left, top, left + length, bottom, fill=theme.colour.accent, width=0)
            text = f"{line.total} {line.grade}"
            paper.create_text(
                left + room + px(8), middle, text=text, fill=theme.colour.ink, font=theme.bold, anchor="w"
            )
        paper.configure(scrollregion=(0, 0, left + room + right, px(12) + len(self._lines) * high))
        paper.configure(yscrollincrement=high)
