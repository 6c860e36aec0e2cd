"""Below the board: the problems found, the results, and what was done lately."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from qtool.desktop.lines import Sentences
from qtool.desktop.look import Look
from qtool.desktop.results_panel import ResultsPanel
from qtool.desktop.table import Column, Table
from qtool.desktop.wording import for_window
from qtool.state.view import Overview, Problem

_COLUMNS = (
    Column("程度", 50, anchor="center"),
    Column("位置", 240),
    Column("问题", 320, grows=True),
    Column("怎样处理", 260, grows=True),
)


class LowerPanel(ttk.Notebook):
    """Three pages: 问题, 考核结果, 经过."""

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        go: Callable[[Problem], object],
        open_workbook: Callable[[], object],
    ) -> None:
        super().__init__(parent)
        self._look, self._go = look, go
        self._problems: Sequence[Problem] = ()
        self._page = ttk.Frame(self, padding=look.px(6))
        self.table = Table(self._page, look, _COLUMNS, self._open)
        self._foot()
        self.table.pack(fill="both", expand=True)
        self.table.tree.bind("<<TreeviewSelect>>", lambda _event: self._tell())
        self.results = ResultsPanel(self, look, open_workbook)
        self._past = tk.Text(
            self, wrap="word", font=look.font, relief="flat", bg=look.colour.paper, fg=look.colour.ink, height=4
        )
        self._past.configure(state="disabled", padx=look.px(10), pady=look.px(6), spacing1=look.px(2))
        look.tip(self._past, "最近做过的事，最新的在上面；全部记在 journal.jsonl 里")
        self.add(self._page, text="问题", underline=0)
        self.add(self.results, text="考核结果", underline=0)
        self.add(self._past, text="经过", underline=0)
        self.enable_traversal()

    def show(self, overview: Overview, problems: Sequence[Problem]) -> None:
        """Show problems, results and the past."""
        had = self.results.shown
        self._problems = sorted(problems, key=lambda problem: not problem.fault.is_error)
        errors = sum(problem.fault.is_error for problem in problems)
        hints = len(problems) - errors
        count = "，".join([*([f"错误{errors}"] if errors else []), *([f"提示{hints}"] if hints else [])])
        self._label(self._page, f"问题（{count}）" if problems else "问题（没有）")
        self._fill()
        self.results.show(overview.results)
        self._label(
            self.results, "考核结果（暂定）" if overview.results and overview.results.provisional else "考核结果"
        )
        if self.results.shown and not had and not errors:
            self._front(self.results)
        self._past.configure(state="normal")
        self._past.delete("1.0", "end")
        self._past.insert("1.0", "\n".join(overview.recent) or "还没有做过什么")
        self._past.configure(state="disabled")

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
        look, px = self._look, self._look.px
        foot = ttk.Frame(self._page)
        foot.pack(side="bottom", fill="x", pady=(px(5), 0))
        self.button = ttk.Button(foot, text="打开并定位(G)", underline=6, command=lambda: self._open(self.table.chosen))
        self.button.pack(side="right", anchor="n")
        look.mnemonic(self.button, "G")
        look.tip(self.button, "打开有问题的文件，光标放在有问题的那一格（双击一行也行）")
        self._told = Sentences(foot, bg=look.colour.ground, fg=look.colour.ink, height=2, font=look.font)
        self._told.pack(side="left", fill="x", expand=True)

    def _fill(self) -> None:
        colour = self._look.colour
        rows, hints = [], {}
        for number, problem in enumerate(self._problems):
            found = problem.fault
            place = found.place or problem.source
            texts = (found.severity.value, place, for_window(found.message), for_window(found.remedy))
            rows.append((str(number), texts, found.severity.name))
            hints[str(number)] = for_window(str(found))
        self.table.show(rows, hints, {"ERROR": colour.bad_soft, "WARNING": colour.warn_soft})
        self._tell()

    def _tell(self) -> None:
        chosen = self.table.chosen
        problem = self._problems[int(chosen)] if chosen else None
        empty = "选中一行，这里显示全文" if self._problems else "没有发现问题"
        self._told.say(for_window(str(problem.fault)) if problem else empty)
        self.button.state(["!disabled" if problem and problem.path else "disabled"])

    def _open(self, key: str) -> None:
        if key:
            self._go(self._problems[int(key)])
