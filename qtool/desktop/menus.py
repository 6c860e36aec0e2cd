"""The menu bar: everything that the window can do, in words, for mouse and keyboard."""

from __future__ import annotations

import sys
import tkinter as tk
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from qtool import __version__
from qtool.state.view import StepName

if TYPE_CHECKING:
    from qtool.desktop.window import Window

_STEPS = {
    StepName.PLAN: ("1 方案", 0),
    StepName.SHEETS: ("2 评分表", 0),
    StepName.SEND: ("3 发送", 0),
    StepName.COLLECT: ("4 回收", 0),
    StepName.TALLY: ("5 汇总", 0),
    StepName.DOCUMENTS: ("6 公文", 0),
}
KEYS = """Alt+1 到 Alt+6　做第几步
F5　刷新　　F1　使用手册　　Esc　停下正在做的事
Ctrl+I　导入评分表　　Ctrl+F　查找部门
Ctrl+N　新建　　Ctrl+O　打开　　Ctrl+逗号　设置
Tab　到下一个按钮或表格　　空格　按下按钮
表格里：上下箭头选行，回车打开，Shift+F10 列出能做的事
Alt+括号里的字母　按下那个按钮、打开那个菜单
拖进窗口　各部门交回的评分表、压缩包、邮件"""

ABOUT = f"""质量考核工具 {__version__}

方案、评分表、发送、回收、汇总、公文，一年的考核从头做到尾。
离线工作：除了您自己发出的邮件，什么也不离开这台电脑。"""


class Menus:
    """The menu bar of a window."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._bar = tk.Menu(window.root, tearoff=False)
        self._steps = tk.Menu(self._bar, tearoff=False)
        self._departments = tk.Menu(self._bar, tearoff=False, postcommand=self._fill_departments)
        self._recent = tk.Menu(self._bar, tearoff=False)
        self._file = self._file_menu()
        for name, menu in (
            ("考核工程(F)", self._file),
            ("步骤(S)", self._steps),
            ("部门(B)", self._departments),
            ("查看(V)", self._view_menu()),
            ("帮助(H)", self._help_menu()),
        ):
            self._bar.add_cascade(label=name, menu=menu, underline=len(name) - 2)
        for name, (text, underline) in _STEPS.items():
            menu = tk.Menu(self._steps, tearoff=False)
            for label, do in window.commands.more()[name]:
                if label:
                    menu.add_command(label=label, command=do)
                else:
                    menu.add_separator()
            self._steps.add_cascade(label=text, menu=menu, underline=underline)
        window.root.configure(menu=self._bar)

    def show(self, *, open_: bool, busy: bool = False) -> None:
        """Let only be chosen what can be done, nothing new while something is being done; list what was used last."""
        for menu, index, can in (
            *((self._bar, index, open_ and not busy) for index in (1, 2)),
            (self._bar, 3, open_),
            *((self._file, index, not busy) for index in self._begins),
            *((self._file, index, open_ and not busy) for index in self._needs_campaign),
        ):
            menu.entryconfigure(index, state="normal" if can else "disabled")
        self._recent.delete(0, "end")
        for number, path in enumerate(self._window.remembered.campaigns, 1):
            self._recent.add_command(
                label=f"{number} {path}",
                underline=0,
                command=lambda path=path: self._window.open(path),  # type: ignore[misc]  # bound for this turn
            )

    def manual(self) -> None:
        """Open the user's manual that lies beside the program; without one, tell the keys."""
        page = manual_page()
        if page:
            self._window.open_path(page)
        else:
            self.keys()

    def keys(self) -> None:
        """Tell which keys do what."""
        self._window.questions.tell("快捷键", KEYS)

    def _file_menu(self) -> tk.Menu:
        window, commands = self._window, self._window.commands
        menu = tk.Menu(self._bar, tearoff=False)
        menu.add_command(
            label="按2022年方案新建(N)…", underline=10, accelerator="Ctrl+N", command=commands.new_from_2022
        )
        menu.add_command(label="按自己的方案新建(P)…", underline=9, command=commands.new_from_own)
        menu.add_command(label="按空白方案新建(K)…", underline=8, command=commands.new_blank)
        menu.add_command(label="打开(O)…", underline=3, accelerator="Ctrl+O", command=commands.choose)
        menu.add_cascade(label="最近用过的(R)", underline=6, menu=self._recent)
        menu.add_command(label="用示例数据演练(T)…", underline=8, command=commands.rehearse)
        menu.add_separator()
        menu.add_command(label="设置(S)…", underline=3, accelerator="Ctrl+,", command=window.settings)
        menu.add_command(label="打开文件夹(D)", underline=6, command=lambda: window.open_path(window.campaign))
        menu.add_command(label="关闭考核工程(C)", underline=7, command=window.show_start)
        menu.add_separator()
        menu.add_command(label="退出(X)", underline=3, command=window.close)
        self._begins, self._needs_campaign = range(6), (7, 8, 9)
        return menu

    def _view_menu(self) -> tk.Menu:
        window = self._window
        menu = tk.Menu(self._bar, tearoff=False)
        menu.add_command(label="刷新(R)", underline=3, accelerator="F5", command=window.refresh)
        menu.add_command(label="查找部门(F)", underline=5, accelerator="Ctrl+F", command=window.seek)
        menu.add_separator()
        menu.add_command(label="问题(P)", underline=3, command=window.show_problems)
        menu.add_command(label="考核结果(J)", underline=5, command=window.show_results)
        menu.add_command(label="上一次做的详细经过(D)", underline=10, command=window.details)
        return menu

    def _help_menu(self) -> tk.Menu:
        window = self._window
        menu = tk.Menu(self._bar, tearoff=False)
        menu.add_command(label="使用手册(H)", underline=5, accelerator="F1", command=self.manual)
        menu.add_command(label="快捷键(K)", underline=4, command=self.keys)
        menu.add_command(label="打开出错记录(L)", underline=7, command=window.open_log)
        menu.add_separator()
        menu.add_command(label="关于(A)", underline=3, command=lambda: window.questions.tell("关于", ABOUT))
        return menu

    def _fill_departments(self) -> None:
        self._window.fill_departments(self._departments)


def bind_keys(window: Window) -> None:
    """Let keys do what they do in other programs, and Alt with a figure press a step's button."""
    commands = window.commands
    keys: dict[str, Callable[[], object]] = {
        "<F5>": window.refresh,
        "<F1>": window.menus.manual,
        "<Escape>": window.cancel,
        "<Control-n>": commands.new_from_2022,
        "<Control-o>": commands.choose,
        "<Control-comma>": window.settings,
        "<Control-i>": commands.import_files,
        "<Control-f>": window.seek,
    }
    keys |= {f"<Alt-Key-{number}>": partial(window.press, number) for number in range(1, 7)}
    always = window.refresh, window.menus.manual, window.cancel, window.seek

    def told(do: Callable[[], object], _event: object) -> None:
        """Do what a key stands for, unless it begins something while another thing is being done."""
        if do in always or not window.busy:
            do()

    for key, do in keys.items():
        window.root.bind(key, partial(told, do))


def manual_page() -> Path | None:
    """Return the manual as a page for a browser, where the program came with one."""
    beside = Path(sys.executable).parent if getattr(sys, "frozen", False) else Path(__file__).parents[2] / "build"
    page = beside / "使用手册.html"
    return page if page.is_file() else None
