"""The board: every department and how far its scoring sheet is, with all that can be done about one."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from tkinter import ttk

from qtool.desktop.commands import DepartmentEntry
from qtool.desktop.widgets.table import Column, Table
from qtool.desktop.widgets.theme import Theme
from qtool.desktop.wording import for_window
from qtool.outcome import State
from qtool.state.view import Overview, Row
from qtool.text import day_text

_COLUMNS = (
    Column("评价部门", 140),
    Column("状态", 84, anchor="center"),
    Column("版本", 52, anchor="center", spare=True),
    Column("发出", 84, anchor="center", spare=True),
    Column("收到", 84, anchor="center", spare=True),
    Column("须改正", 56, anchor="center"),
    Column("请核对", 56, anchor="center", spare=True),
    Column("期限", 80, anchor="center"),
    Column("说明", 180, grows=True),
)
_GROUPS: tuple[tuple[str, tuple[State, ...]], ...] = (
    ("全部", tuple(State)),
    ("未交", (State.NOT_MADE, State.NOT_SENT, State.SENT)),
    ("待检查", (State.RECEIVED, State.RESUBMITTED)),
    ("需改正", (State.RETURNED,)),
    ("已采用", (State.ACCEPTED, State.WAIVED)),
)
_ACCEPTED = (State.ACCEPTED, State.WAIVED)


class BoardPanel(ttk.Frame):
    """Counts, a bar, filters, and the table."""

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        open_row: Callable[[Row], object],
        entries: Sequence[DepartmentEntry | None],
    ) -> None:
        super().__init__(parent)
        self._theme, self._entries = theme, entries
        self._rows: Mapping[str, Row] = {}
        self._busy = False
        self._overview: Overview | None = None
        self._group = tk.StringVar(self, "全部")
        self._words = tk.StringVar(self)
        self._head()
        self._filters()
        self.table = Table(self, theme, _COLUMNS)
        self.table.on_open(lambda key: open_row(self._rows[key]))
        self.table.pack(fill="both", expand=True, pady=(theme.px(4), 0))
        self.menu = tk.Menu(self, tearoff=False)
        for event in ("<Button-3>", "<Control-Button-1>"):
            self.table.tree.bind(event, self._at_pointer)
        menu_key = "<App>" if self.tk.call("tk", "windowingsystem") == "win32" else "<Menu>"
        for event in ("<Shift-F10>", menu_key):
            self.table.tree.bind(event, self._at_row)

    def show(self, overview: Overview) -> None:
        """Show how far everybody is."""
        self._overview = overview
        self._rows = {row.state.department: row for row in overview.rows}
        accepted, whole = sum(row.state.state in _ACCEPTED for row in overview.rows), len(overview.rows)
        self._bar.configure(maximum=max(whole, 1), value=accepted)
        self._count.configure(text=f"已采用 {accepted} / {whole}")
        self._due.configure(text=_due(overview), style="Bad.TLabel" if overview.days_left < 0 else "Quiet.TLabel")
        for name, states in _GROUPS:
            count = sum(row.state.state in states for row in overview.rows)
            self.groups[name].configure(text=f"{name} {count}")
        self._fill()

    @property
    def chosen(self) -> Row | None:
        """The department that is chosen in the table."""
        return self._rows.get(self.table.chosen)

    def show_busy(self, *, busy: bool) -> None:
        """Let nothing be done about a department while another thing is being done."""
        self._busy = busy

    def find(self) -> None:
        """Put the cursor where the filter's words are typed."""
        self._entry.focus_set()
        self._entry.selection_range(0, "end")

    def fill_menu(self, menu: tk.Menu) -> None:
        """Put into a menu what can be done about the chosen department."""
        row = self.chosen
        menu.delete(0, "end")
        for entry in self._entries:
            if entry is None:
                menu.add_separator()
                continue
            label, command, possible = entry
            if row is not None and possible(row) and not self._busy:
                menu.add_command(label=label, command=partial(command, row))
            else:
                menu.add_command(label=label, state="disabled")

    def _head(self) -> None:
        px = self._theme.px
        head = ttk.Frame(self)
        head.pack(fill="x")
        ttk.Label(head, text="回收情况", font=self._theme.bold).grid(row=0, column=0)
        self._count = ttk.Label(head, font=self._theme.bold)
        self._count.grid(row=0, column=1, padx=px(12))
        self._bar = ttk.Progressbar(head, length=px(180))
        self._bar.grid(row=0, column=2, sticky="w")
        self._theme.tip(self._bar, lambda: for_window(self._overview.counted) if self._overview else "")
        self._due = ttk.Label(head, style="Quiet.TLabel")
        self._due.grid(row=0, column=3, padx=(px(8), 0))
        head.columnconfigure(2, weight=1)  # the bar gives way where it is narrow

    def _filters(self) -> None:
        px, theme = self._theme.px, self._theme
        line = ttk.Frame(self)
        line.pack(fill="x", pady=(px(6), 0))
        self.groups: dict[str, ttk.Radiobutton] = {}
        for name, states in _GROUPS:
            button = ttk.Radiobutton(
                line, text=name, value=name, variable=self._group, style="Toolbutton", command=self._fill
            )
            button.pack(side="left", padx=(0, px(4)))
            theme.tip(button, "列出全部部门" if name == "全部" else "只列出：" + "、".join(s.value for s in states))
            self.groups[name] = button
        self._entry = ttk.Entry(line, textvariable=self._words, width=18)
        self._entry.pack(side="right")
        theme.tip(self._entry, "写部门名称里的字，只列出有这些字的部门（Ctrl+F）")
        ttk.Label(line, text="查找", underline=-1, style="Quiet.TLabel").pack(side="right", padx=px(6))
        self._words.trace_add("write", lambda *_: self._fill())

    def _fill(self) -> None:
        if self._overview is None:
            return
        states, words = dict(_GROUPS)[self._group.get()], self._words.get().strip().lower()
        visible = [
            row
            for row in self._overview.rows
            if row.state.state in states and words in f"{row.state.department}{row.state.file}".lower()
        ]
        colour = self._theme.colour
        tags = {
            State.NOT_MADE.name: colour.paper,
            State.NOT_SENT.name: colour.paper,
            State.SENT.name: colour.paper,
            State.RECEIVED.name: colour.accent_soft,
            State.RESUBMITTED.name: colour.accent_soft,
            State.RETURNED.name: colour.bad_soft,
            State.ACCEPTED.name: colour.good_soft,
            State.WAIVED.name: colour.warn_soft,
        }
        rows = [(row.state.department, self._texts(row), row.state.state.name) for row in visible]
        hints = {row.state.department: self._hint(row) for row in visible}
        self.table.show(rows, hints, tags)

    def _texts(self, row: Row) -> tuple[str, ...]:
        state = row.state
        return (
            state.department,
            state.state.value,
            f"第{state.version}版" if state.version else "",
            _time(state.sent),
            _time(state.received),
            str(state.errors or ""),
            str(state.questions or ""),
            self._time_left(row),
            for_window(state.why or state.file),
        )

    def _time_left(self, row: Row) -> str:
        if row.state.state in _ACCEPTED:
            return "迟交" if row.state.late else "按期"
        if row.missing:
            return f"逾期{row.missing}天"
        days = self._overview.days_left if self._overview else 0
        return f"还有{days}天" if days > 0 else "今天截止"

    def _hint(self, row: Row) -> str:
        state = row.state
        lines = [f"{state.department}：{state.state.value}", for_window(state.why)]
        lines += [f"文件：{state.file}"] if state.file else []
        return "\n".join([line for line in lines if line] + ["双击打开；按右键催报、采用、退回、打开文件夹"])

    def _at_pointer(self, event: tk.Event[tk.Misc]) -> None:
        key = self.table.row_at(event.y)
        if key:
            self.table.choose(key)
            self._post(event.x_root, event.y_root)

    def _at_row(self, _event: tk.Event[tk.Misc]) -> str:
        tree = self.table.tree
        box = tree.bbox(self.table.chosen) if self.table.chosen else ""
        if box:
            self._post(tree.winfo_rootx() + self._theme.px(60), tree.winfo_rooty() + box[1] + box[3])
        return "break"  # or F10, with Shift or without, goes on to open the menu bar

    def _post(self, x: int, y: int) -> None:
        self.fill_menu(self.menu)
        self.menu.tk_popup(x, y)


def _time(when: datetime | None) -> str:
    return f"{when.astimezone():%m-%d %H:%M}" if when else ""


def _due(overview: Overview) -> str:
    if overview.deadline is None:
        return ""
    day = f"截止 {day_text(overview.deadline)}"
    days = overview.days_left
    return f"{day}，{f'还有{days}天' if days > 0 else '今天截止' if not days else f'已过{-days}天'}"
