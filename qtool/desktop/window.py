"""The window: a start page or an open campaign, with the menu bar above and the message bar below."""

from __future__ import annotations

import contextlib
import tkinter as tk
from collections.abc import Sequence
from pathlib import Path

from qtool.desktop.commands import Commands
from qtool.desktop.dialogs.questions import Questions
from qtool.desktop.files import accept_drops, sort_dropped
from qtool.desktop.menus import MenuBar, bind_keys
from qtool.desktop.pages.campaign_page import CampaignPage
from qtool.desktop.pages.start_page import Choice, StartPage
from qtool.desktop.session import Session
from qtool.desktop.widgets.theme import Theme

NAME = "质量考核工具"
_PATIENCE = 50
"""Tenths of a second that a job is given to stop when the window is closed."""
_PICTURES = Path(__file__).parent / "pictures"
_SIZES = (256, 64, 48, 32, 24, 16)


class Window:
    """Puts the parts together, and shows one page."""

    def __init__(self, root: tk.Tk, questions: Questions | None = None) -> None:
        self.root, questions = root, questions or Questions(root, Theme(root))
        self.theme = questions.theme
        self.session = Session(root, questions, self)
        self.commands = Commands(root, self.session, self)
        self.page: CampaignPage | StartPage | None = None
        self._closing = False
        self.session.message_bar.pack(side="bottom", fill="x")
        self._menu_bar = MenuBar(root, self.session, self.commands, self)
        bind_keys(root, self.session, self.commands, self)
        _place(root, self.theme, self.session.recent.text("窗口"))
        accept_drops(root, self.take)
        root.protocol("WM_DELETE_WINDOW", self.close)
        root.report_callback_exception = self._unexpected
        self.show_start()

    def show_start(self) -> None:
        """Show the start page: no campaign is open."""
        session, commands = self.session, self.commands
        choices = (
            Choice("按2022年方案新建", "N", "带着2022年的72项考核内容，直接用，或改成今年的", commands.new_from_2022),
            Choice("按自己的方案新建", "P", "已经有一份考核方案工作簿，从它开始", commands.new_from_own),
            Choice("打开考核工程", "O", "接着做以前建好的，选它的文件夹", commands.choose),
            Choice("用示例数据演练", "T", "编好的数据，几秒钟从头到尾走一遍，不影响正式考核", commands.rehearse),
        )
        self._show(StartPage(self.root, self.theme, choices, session.recent.campaigns, session.open))
        self.root.title(NAME)
        self._menu_bar.show()

    def show_title(self) -> None:
        """Show which campaign is open."""
        self.root.title(f"{self.session.folder.name} — {NAME}")

    def show_overview(self) -> None:
        """Show how the campaign stands."""
        session = self.session
        if self._closing or session.overview is None:
            return
        if not isinstance(self.page, CampaignPage):
            self._show(CampaignPage(self.root, session, self.commands))
            self._menu_bar.show()
        if isinstance(self.page, CampaignPage):
            self.page.show(session.overview, session.problems, busy=session.busy)

    def show_busy(self) -> None:
        """Show whether something is being done."""
        busy = self.session.busy
        if self.page is not None:
            self.page.show_busy(busy=busy)
        self._menu_bar.show()
        self.root.configure(cursor="watch" if busy else "")

    def show_problems(self) -> None:
        """Bring the problems to the front."""
        if isinstance(self.page, CampaignPage):
            self.page.below.show_problems()

    def show_results(self) -> None:
        """Bring the results to the front."""
        if isinstance(self.page, CampaignPage):
            self.page.below.show_results()

    def find_department(self) -> None:
        """Put the cursor where departments are searched."""
        if isinstance(self.page, CampaignPage):
            self.page.board.find()

    def press_step(self, number: int) -> None:
        """Press the button of a step."""
        if isinstance(self.page, CampaignPage):
            self.page.steps.press(number)

    def fill_department_menu(self, menu: tk.Menu) -> None:
        """Put into a menu what can be done about the chosen department."""
        if isinstance(self.page, CampaignPage):
            self.page.board.fill_menu(menu, self.page.board.chosen)

    def take(self, paths: Sequence[Path]) -> None:
        """Take what was dropped onto the window or the program: a campaign, a plan, or returned files."""
        session, dropped = self.session, sort_dropped(paths)
        if session.busy:
            session.questions.tell("拖进来的文件", f"正在{session.title}，请等它做完再拖进来。")
        elif dropped.campaign is not None:
            session.open(dropped.campaign)
        elif session.campaign is not None and dropped.files:
            self.commands.take(dropped.files)
        elif dropped.plan is not None:
            self.commands.new_from(dropped.plan)
        else:
            session.questions.tell("拖进来的文件", "请先打开一个考核工程，再把各部门交回的评分表拖进来。")

    def close(self) -> None:
        """Close the window; a job that runs is stopped first."""
        session = self.session
        if self._closing:
            return
        if session.busy:
            text = f"正在{session.title}。要停下并退出吗？做好的部分会保留。"
            if not session.questions.confirm("退出", text, yes="停下并退出"):
                return
            session.cancel()
        self._closing = True
        with contextlib.suppress(tk.TclError):
            session.recent.keep("窗口", self.root.geometry())
        self._leave()

    def _leave(self, patience: int = _PATIENCE) -> None:
        """Go once the job has stopped, or without waiting longer: what is half-done then is cleared by the next run."""
        if self.session.busy and patience:
            self.root.after(100, lambda: self._leave(patience - 1))
            return
        self.session.close()
        self.root.destroy()

    def _unexpected(self, _kind: type[BaseException], error: BaseException, _trace: object) -> None:
        """Tell what went wrong in the window itself; Tk would write it where nobody looks."""
        if isinstance(error, Exception):
            self.session.fail_unexpectedly(error)

    def _show(self, page: CampaignPage | StartPage) -> None:
        if self.page is not None:
            self.page.destroy()
        self.page = page
        page.pack(fill="both", expand=True)


def _place(root: tk.Tk, theme: Theme, kept: str) -> None:
    """Give the window its size: the one kept from last time where it still fits the screen, or a fitting one."""
    px = theme.px
    wide, tall = root.winfo_screenwidth(), root.winfo_screenheight()
    root.minsize(min(px(900), wide), min(px(580), tall - px(60)))
    root.geometry(f"{min(px(1270), wide - px(12))}x{min(px(800), tall - px(70))}")
    if kept and _on_screen(kept, wide, tall):
        with contextlib.suppress(tk.TclError):
            root.geometry(kept)
    root.configure(bg=theme.colour.ground)
    pictures = [tk.PhotoImage(master=root, file=str(_PICTURES / f"qtool-{size}.png")) for size in _SIZES]
    root.iconphoto(True, *pictures)


def _on_screen(geometry: str, wide: int, tall: int) -> bool:
    """Return whether a window of this size and place can be seen whole; screens change between two days."""
    numbers = [int(part) for part in geometry.replace("x", "+").split("+") if part.lstrip("-").isdigit()]
    if len(numbers) != 4:
        return False
    width, height, left, top = numbers
    return min(left, top) >= 0 and left + width <= wide and top + height <= tall
