"""The menu bar, and the keys that work everywhere: everything that the window can do, for mouse and keyboard."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial

from qtool import __version__
from qtool.desktop.commands import LINE, Commands, Entry
from qtool.desktop.session import Session
from qtool.state.view import StepName

_STEPS = {
    StepName.PLAN: "1 方案",
    StepName.SHEETS: "2 评分表",
    StepName.SEND: "3 发送",
    StepName.COLLECT: "4 回收",
    StepName.TALLY: "5 汇总",
    StepName.DOCUMENTS: "6 公文",
}
_ACCELERATORS = {
    "按2022年方案新建(N)…": "Ctrl+N",
    "打开(O)…": "Ctrl+O",
    "设置(S)…": "Ctrl+,",
    "刷新(R)": "F5",
    "查找部门(F)": "Ctrl+F",
    "使用手册(H)": "F1",
}
ABOUT = f"""质量考核工具 {__version__}

方案、评分表、发送、回收、汇总、公文，一年的考核从头做到尾。
离线工作：除了您自己发出的邮件，什么也不离开这台电脑。"""


class MenuBar:
    """The menu bar of a window."""

    def __init__(
        self,
        root: tk.Tk,
        session: Session,
        commands: Commands,
        view_entries: Sequence[Entry],
        fill_department_menu: Callable[[tk.Menu], object],
        close: Callable[[], object],
    ) -> None:
        self._session, self._commands, self._close = session, commands, close
        self._bar = tk.Menu(root, tearoff=False)
        self._recent = tk.Menu(self._bar, tearoff=False)
        departments = tk.Menu(self._bar, tearoff=False, postcommand=lambda: fill_department_menu(departments))
        self._file = self._file_menu()
        for name, menu in (
            ("考核工程(F)", self._file),
            ("步骤(S)", self._steps_menu()),
            ("部门(B)", departments),
            ("查看(V)", self._menu(*view_entries)),
            ("帮助(H)", self._help_menu()),
        ):
            self._bar.add_cascade(label=name, menu=menu, underline=len(name) - 2)
        root.configure(menu=self._bar)

    def show(self) -> None:
        """Let only be chosen what can be done, nothing new while something is being done; list what was used last."""
        is_open, busy = self._session.campaign is not None, self._session.busy
        for menu, index, can in (
            *((self._bar, index, is_open and not busy) for index in (1, 2)),
            (self._bar, 3, is_open),
            *((self._file, index, not busy) for index in self._begins),
            *((self._file, index, is_open and not busy) for index in self._needs_campaign),
        ):
            menu.entryconfigure(index, state="normal" if can else "disabled")
        self._recent.delete(0, "end")
        for number, path in enumerate(self._session.recent.campaigns, 1):
            self._recent.add_command(label=f"{number} {path}", underline=0, command=partial(self._session.open, path))

    def _file_menu(self) -> tk.Menu:
        session, commands = self._session, self._commands
        menu = self._menu(
            ("按2022年方案新建(N)…", commands.new),
            ("按自己的方案新建(P)…", commands.new_from_own),
            ("按空白方案新建(K)…", partial(commands.new, blank=True)),
            ("打开(O)…", commands.choose),
            ("用示例数据演练(T)…", commands.rehearse),
            LINE,
            ("设置(S)…", commands.settings),
            ("打开文件夹(D)", lambda: session.open_path(session.campaign)),
            ("关闭考核工程(C)", session.leave),
            LINE,
            ("退出(X)", self._close),
        )
        menu.insert_cascade(4, label="最近用过的(R)", underline=6, menu=self._recent)
        self._begins, self._needs_campaign = range(6), (7, 8, 9)
        return menu

    def _steps_menu(self) -> tk.Menu:
        steps = tk.Menu(self._bar, tearoff=False)
        for name, entries in self._commands.entries().items():
            menu = tk.Menu(steps, tearoff=False)
            add_entries(menu, entries)
            steps.add_cascade(label=_STEPS[name], menu=menu, underline=0)
        return steps

    def _help_menu(self) -> tk.Menu:
        return self._menu(
            ("使用手册(H)", self._commands.manual),
            ("快捷键(K)", self._commands.keys),
            ("打开出错记录(L)", self._session.open_log),
            LINE,
            ("关于(A)", lambda: self._session.questions.tell("关于", ABOUT)),
        )

    def _menu(self, *entries: Entry) -> tk.Menu:
        menu = tk.Menu(self._bar, tearoff=False)
        add_entries(menu, entries)
        return menu


def add_entries(menu: tk.Menu, entries: Sequence[Entry]) -> None:
    """Add entries to a menu; the letter that chooses one stands in brackets."""
    for label, command in entries:
        if label:
            key = _ACCELERATORS.get(label, "")
            menu.add_command(label=label, underline=label.find("(") + 1 or -1, accelerator=key, command=command)
        else:
            menu.add_separator()


def bind_keys(
    root: tk.Tk,
    session: Session,
    commands: Commands,
    find_department: Callable[[], object],
    press_step: Callable[[int], object],
) -> None:
    """Let keys do what they do in other programs, and Alt with a figure press a step's button."""
    always: dict[str, Callable[[], object]] = {
        "<F5>": session.refresh,
        "<F1>": commands.manual,
        "<Escape>": session.cancel,
        "<Control-f>": find_department,
    }
    unless_busy: dict[str, Callable[[], object]] = {
        "<Control-n>": commands.new,
        "<Control-o>": commands.choose,
        "<Control-comma>": commands.settings,
        "<Control-i>": commands.import_files,
    }
    unless_busy |= {f"<Alt-Key-{number}>": partial(press_step, number) for number in range(1, 7)}
    for key, command in always.items():
        root.bind(key, lambda _event, command=command: command())  # type: ignore[misc]  # bound for this turn
    for key, command in unless_busy.items():
        root.bind(key, lambda _event, command=command: session.busy or command())  # type: ignore[misc]  # as above
