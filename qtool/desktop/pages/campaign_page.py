"""An open campaign: the steps on the left, the board on the right, problems and results below it."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from tkinter import ttk

from qtool.desktop.commands import Commands, DepartmentMenu, Entry
from qtool.desktop.menus import add_entries
from qtool.desktop.pages.board_panel import BoardPanel
from qtool.desktop.pages.lower_panel import LowerPanel
from qtool.desktop.session import Session
from qtool.desktop.widgets.labels import OneLineLabel, WrappedLabel
from qtool.desktop.widgets.theme import Theme
from qtool.desktop.wording import for_window
from qtool.state.view import Overview, Problem, Stage, Step, StepName

_LEFT, _BOARD = 330, 0.52
"""Width of the steps at 100 %, and the board's part of the height."""


class CampaignPage(tk.Frame):
    """The page of an open campaign."""

    def __init__(self, parent: tk.Misc, session: Session, commands: Commands) -> None:
        theme = session.questions.theme
        super().__init__(parent, bg=theme.colour.ground)
        px = theme.px
        self._head(theme, session, commands)
        left = tk.Frame(self, bg=theme.colour.ground, width=px(_LEFT))
        left.pack(side="left", fill="y", padx=(px(10), 0), pady=(0, px(6)))
        left.pack_propagate(False)
        self.steps = StepsPanel(left, theme, commands.press, commands.entries())
        self.steps.pack(fill="both", expand=True)
        self._split = ttk.PanedWindow(self, orient="vertical")
        self._split.pack(side="left", fill="both", expand=True, padx=px(10), pady=(0, px(6)))
        entries = DepartmentMenu(session, commands.has_account).entries()
        self.board = BoardPanel(self._split, theme, lambda row: session.open_path(row.opens), entries)
        self.below = LowerPanel(self._split, theme, session.open_problem, commands.open_results)
        self._split.add(self.board, weight=3)
        self._split.add(self.below, weight=2)
        self._split.bind("<Configure>", self._part)

    def show(self, overview: Overview, problems: Sequence[Problem]) -> None:
        """Show how everything stands."""
        self._title.configure(text=overview.title)
        self._folder.say(str(overview.root))
        self.steps.show(overview.steps, overview.next)
        self.board.show(overview)
        self.below.show(overview, problems)

    def show_busy(self, *, busy: bool) -> None:
        """Let nothing else be begun while something is being done."""
        self.steps.show_busy(busy=busy)
        self.board.show_busy(busy=busy)
        for button in self._not_while_busy:
            button.state(["disabled" if busy else "!disabled"])

    def _part(self, event: tk.Event[tk.Misc]) -> None:
        """Give the board its part of the height, once there is one; after that the user may shift it."""
        if event.height > self.winfo_toplevel().winfo_height() // 3:
            self._split.unbind("<Configure>")
            self._split.sashpos(0, round(event.height * _BOARD))  # type: ignore[no-untyped-call]  # no types for it

    def _head(self, theme: Theme, session: Session, commands: Commands) -> None:
        px = theme.px
        head = ttk.Frame(self, padding=(px(12), px(8), px(10), px(8)))
        head.pack(fill="x")
        buttons = ttk.Frame(head)
        buttons.pack(side="right")
        tip = "选择各部门交回的评分表，也可以直接拖进窗口（Ctrl+I）"
        importing = theme.button(buttons, "导入评分表", "I", commands.import_files, tip)
        tip = "重新看一遍文件夹里的文件（F5）；有变化时也会自己刷新"
        refreshing = theme.button(buttons, "刷新", "R", session.refresh, tip)
        settings = theme.button(buttons, "设置", "T", commands.settings, "邮箱账号、公文版式、文件夹（Ctrl+逗号）")
        manual = theme.button(buttons, "手册", "M", commands.manual, "打开使用手册（F1）")
        for button in (importing, refreshing, settings, manual):
            button.pack(side="left", padx=(px(6), 0))
        self._not_while_busy = (importing, settings)
        self._title = ttk.Label(head, style="Title.TLabel")
        self._title.pack(anchor="w")
        self._folder = OneLineLabel(head, theme.small, end=True, style="Quiet.TLabel", cursor="hand2")
        self._folder.pack(fill="x")
        self._folder.bind("<Button-1>", lambda _event: session.open_path(session.campaign))
        theme.tip(self._folder, lambda: f"点一下，打开考核工程文件夹\n{self._folder.text}")


class _Card(tk.Frame):
    """One step."""

    def __init__(self, parent: tk.Misc, theme: Theme, number: int, press: Callable[[], object]) -> None:
        super().__init__(parent, highlightthickness=1, highlightbackground=theme.colour.line)
        px, self._theme, self._number = theme.px, theme, number
        self._edge = tk.Frame(self, width=px(5))
        self._edge.pack(side="left", fill="y")
        self.button = ttk.Button(self, command=press, width=9)
        self.more = ttk.Menubutton(self, text="▾", style="Tool.TButton")
        self.more.pack(side="right", padx=(0, px(6)))
        self.button.pack(side="right", padx=(px(4), px(2)))
        words = tk.Frame(self)
        words.pack(side="left", fill="both", expand=True, padx=px(8), pady=px(5))
        self._title = tk.Label(words, anchor="w", font=theme.bold)
        self._progress = WrappedLabel(words, font=theme.small)
        self._why = WrappedLabel(words, font=theme.small, fg=theme.colour.quiet)
        self._title.pack(fill="x")
        self._progress.pack(fill="x")
        self._words = words

    def show(self, step: Step, *, following: bool) -> None:
        """Show a step; the one to do next stands out."""
        colour = self._theme.colour
        ground = colour.accent_soft if following else colour.paper
        sign, tint = {
            Stage.DONE: ("✓", colour.good),
            Stage.DUE: ("●", colour.accent),
            Stage.WAITING: ("◔", colour.warn),
            Stage.BLOCKED: ("○", colour.quiet),
        }[step.stage]
        for part in (self, self._words, self._title, self._progress, self._why):
            part.configure(bg=ground)
        self._edge.configure(bg=colour.accent if following else ground)
        self.configure(highlightbackground=colour.accent if following else colour.line)
        self._title.configure(text=f"{sign} {self._number} {step.title}　{step.stage.value}", fg=tint)
        self._progress.configure(fg=colour.ink)
        self._progress.say(for_window(step.progress))
        why = for_window(step.why) if following or step.stage is not Stage.DONE else ""
        self._why.say(why)
        if why and (following or step.stage is Stage.BLOCKED):
            self._why.pack(fill="x")
        else:
            self._why.pack_forget()
        self.button.configure(text=f"{step.button}({self._number})", underline=len(step.button) + 1)
        style = "Accent.TButton" if following else "TButton"
        self.button.configure(style=style, width=max(9, len(step.button) * 2 + 2))
        self._blocked = step.stage is Stage.BLOCKED

    def show_busy(self, *, busy: bool) -> None:
        """Let nothing be begun while something is being done."""
        self.button.state(["disabled" if busy or self._blocked else "!disabled"])
        self.more.state(["disabled" if busy else "!disabled"])


class StepsPanel(tk.Frame):
    """All steps in their order."""

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        press: Callable[[Step], object],
        entries: Mapping[StepName, Sequence[Entry]],
    ) -> None:
        super().__init__(parent, bg=theme.colour.ground)
        self._theme, self._press, self._entries = theme, press, entries
        self._cards: dict[StepName, _Card] = {}
        self._steps: dict[StepName, Step] = {}

    def show(self, steps: Sequence[Step], following: StepName | None) -> None:
        """Show the steps; `following` names the one to do next."""
        for number, step in enumerate(steps, 1):
            self._steps[step.name] = step
            if step.name not in self._cards:
                self._cards[step.name] = self._card(number, step)
            self._cards[step.name].show(step, following=step.name == following)

    def show_busy(self, *, busy: bool) -> None:
        """Let no step be begun while another thing is being done."""
        for card in self._cards.values():
            card.show_busy(busy=busy)

    def button(self, name: StepName) -> ttk.Button:
        """Return a step's button."""
        return self._cards[name].button

    def press(self, number: int) -> None:
        """Press the button of the step with a number, from the keyboard."""
        cards = list(self._cards.values())
        if 1 <= number <= len(cards):
            cards[number - 1].button.invoke()

    def _card(self, number: int, step: Step) -> _Card:
        name = step.name
        card = _Card(self, self._theme, number, lambda: self._press(self._steps[name]))
        card.pack(fill="x", pady=(0, self._theme.px(6)))
        self._theme.tip(card.button, lambda: f"{self._tip(name)}（Alt+{number}）")
        self._theme.tip(card.more, f"“{step.title}”这一步里还可以做的事")
        menu = tk.Menu(card.more, tearoff=False)
        add_entries(menu, self._entries[name])
        card.more.configure(menu=menu)
        return card

    def _tip(self, name: StepName) -> str:
        step = self._steps[name]
        return for_window(step.why) or f"{step.title}：{for_window(step.progress)}"
