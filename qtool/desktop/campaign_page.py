"""An open campaign: the steps on the left, the board on the right, problems and results below it."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from functools import partial
from tkinter import ttk
from typing import TYPE_CHECKING

from qtool.desktop.board_panel import BoardPanel
from qtool.desktop.deeds import Deeds
from qtool.desktop.going import go_to
from qtool.desktop.lower_panel import LowerPanel
from qtool.desktop.one_line import OneLine
from qtool.desktop.steps_panel import StepsPanel
from qtool.state.view import Overview, Problem

if TYPE_CHECKING:
    from qtool.desktop.window import Window

_LEFT, _BOARD = 330, 0.52
"""Width of the steps at 100 %, and the board's part of the height."""


class CampaignPage(tk.Frame):
    """The page of an open campaign."""

    def __init__(self, window: Window) -> None:
        look = window.look
        super().__init__(window.root, bg=look.colour.ground)
        px, commands = look.px, window.commands
        self._head(window)
        left = tk.Frame(self, bg=look.colour.ground, width=px(_LEFT))
        left.pack(side="left", fill="y", padx=(px(10), 0), pady=(0, px(6)))
        left.pack_propagate(False)
        self.steps = StepsPanel(left, look, commands.press, commands.more())
        self.steps.pack(fill="both", expand=True)
        self._split = ttk.PanedWindow(self, orient="vertical")
        self._split.pack(side="left", fill="both", expand=True, padx=px(10), pady=(0, px(6)))
        self.board = BoardPanel(self._split, look, lambda row: window.open_path(row.opens), Deeds(window).all())
        self.below = LowerPanel(self._split, look, partial(go_to, window), window.open_results)
        self._split.add(self.board, weight=3)
        self._split.add(self.below, weight=2)
        self._split.bind("<Configure>", self._part)

    def show(self, overview: Overview, problems: Sequence[Problem], *, busy: bool) -> None:
        """Show how everything stands."""
        self._title.configure(text=overview.title)
        self._folder.say(str(overview.root))
        self.steps.show(overview.steps, overview.next, busy=busy)
        self.board.show(overview)
        self.below.show(overview, problems)

    def busy(self, *, busy: bool) -> None:
        """Let nothing else be begun while something is being done."""
        self.steps.busy(busy=busy)
        self.board.busy(busy=busy)
        for button in self._begins:
            button.state(["disabled" if busy else "!disabled"])

    def _part(self, event: tk.Event[tk.Misc]) -> None:
        """Give the board its part of the height, once there is one; after that the user may shift it."""
        if event.height > self.winfo_toplevel().winfo_height() // 3:
            self._split.unbind("<Configure>")
            self._split.sashpos(0, round(event.height * _BOARD))  # type: ignore[no-untyped-call]  # no types for it

    def _head(self, window: Window) -> None:
        look, px = window.look, window.look.px
        head = ttk.Frame(self, padding=(px(12), px(8), px(10), px(8)))
        head.pack(fill="x")
        buttons = ttk.Frame(head)
        self._begins: list[ttk.Button] = []
        buttons.pack(side="right")
        for name, letter, tip, do in (
            ("导入评分表", "I", "选择各部门交回的评分表，也可以直接拖进窗口（Ctrl+I）", window.commands.import_files),
            ("刷新", "R", "重新看一遍文件夹里的文件（F5）；有变化时也会自己刷新", window.refresh),
            ("设置", "T", "邮箱账号、公文版式、文件夹（Ctrl+逗号）", window.settings),
            ("手册", "M", "打开使用手册（F1）", window.menus.manual),
        ):
            button = ttk.Button(buttons, text=f"{name}({letter})", underline=len(name) + 1, command=do)
            button.pack(side="left", padx=(px(6), 0))
            look.mnemonic(button, letter)
            look.tip(button, tip)
            if letter in "IT":
                self._begins.append(button)
        self._title = ttk.Label(head, style="Title.TLabel")
        self._title.pack(anchor="w")
        self._folder = OneLine(head, look.small, end=True, style="Quiet.TLabel", cursor="hand2")
        self._folder.pack(fill="x")
        self._folder.bind("<Button-1>", lambda _event: window.open_path(window.campaign))
        look.tip(self._folder, lambda: f"点一下，打开考核工程文件夹\n{self._folder.said}")
