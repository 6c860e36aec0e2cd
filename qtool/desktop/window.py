"""The window: a start page or an open campaign, with the menu bar above and the message bar below."""

from __future__ import annotations

import contextlib
import tkinter as tk
from collections.abc import Sequence
from pathlib import Path

from qtool.desktop.commands import LINE, Commands, Entry
from qtool.desktop.dialogs.questions import Questions
from qtool.desktop.files import accept_drops, files_in
from qtool.desktop.menus import MenuBar, bind_keys
from qtool.desktop.pages.campaign_page import CampaignPage
from qtool.desktop.pages.start_page import Choice, StartPage
from qtool.desktop.session import Session
from qtool.desktop.widgets.theme import Theme
from qtool.workspace import SETTINGS

NAME = "质量考核工具"
_PATIENCE = 50
"""Tenths of a second that a job is given to stop when the window is closed."""
_PICTURES = Path(__file__).parent / "pictures"
_PLANS = (".xlsx", ".xlsm")
_SIZES = (256, 64, 48, 32, 24, 16)


class Window:
    """Puts the parts together, and shows one page."""

    def __init__(self, root: tk.Tk, questions: Questions | None = None) -> None:
        self.root, questions = root, questions or Questions(root, Theme(root))
        self.theme = questions.theme
        self.page: CampaignPage | StartPage | None = None
        self._closing = False
        self.session = session = Session(root, questions, self.show, self.show_problems)
        self.commands = commands = Commands(root, session, self.show_results)
        session.message_bar.pack(side="bottom", fill="x")
        view_entries: Sequence[Entry] = (
            ("刷新(R)", session.refresh),
            ("查找部门(F)", self.find_department),
            LINE,
            ("问题(P)", self.show_problems),
            ("考核结果(J)", self.show_results),
            ("上一次做的详细经过(D)", session.show_details),
        )
        self._menu_bar = MenuBar(root, session, commands, view_entries, self.fill_department_menu, self.close)
        bind_keys(root, session, commands, self.find_department, self.press_step)
        _place(root, self.theme, session.recent.text("窗口"))
        accept_drops(root, self.take)
        root.protocol("WM_DELETE_WINDOW", self.close)
        root.report_callback_exception = self._unexpected
        self.show()

    def show(self) -> None:
        """Show how everything stands; a page stays until what the next one shows is known."""
        session = self.session
        if self._closing:
            return
        if session.campaign is None and not isinstance(self.page, StartPage):
            self._put(self._start_page())
        if session.overview is not None:
            page = self.page
            if not isinstance(page, CampaignPage):
                page = CampaignPage(self.root, session, self.commands)
                self._put(page)
            page.show(session.overview, session.problems)
        if self.page is not None:
            self.page.show_busy(busy=session.busy)
        self._menu_bar.show()
        self.root.title(f"{session.campaign.name} — {NAME}" if session.campaign else NAME)
        self.root.configure(cursor="watch" if session.busy else "")

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
            self.page.board.fill_menu(menu)

    def take(self, paths: Sequence[Path]) -> None:
        """Take what was dropped onto the window or the program: a campaign, a plan, or returned files."""
        session, files = self.session, files_in(paths)
        campaign = next((path for path in paths if (path / SETTINGS).is_file()), None)
        if session.busy:
            session.questions.tell("拖进来的文件", f"正在{session.title}，请等它做完再拖进来。")
        elif campaign is not None:
            session.open(campaign)
        elif session.campaign is not None and files:
            self.commands.take(files)
        elif len(files) == 1 and files[0].suffix.lower() in _PLANS:
            self.commands.new(plan=files[0])
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

    def _start_page(self) -> StartPage:
        session, commands = self.session, self.commands
        choices = (
            Choice("按2022年方案新建", "N", "带着2022年的72项考核内容，直接用，或改成今年的", commands.new),
            Choice("按自己的方案新建", "P", "已经有一份考核方案工作簿，从它开始", commands.new_from_own),
            Choice("打开考核工程", "O", "接着做以前建好的，选它的文件夹", commands.choose),
            Choice("用示例数据演练", "T", "编好的数据，几秒钟从头到尾走一遍，不影响正式考核", commands.rehearse),
        )
        return StartPage(self.root, self.theme, choices, session.recent.campaigns, session.open)

    def _put(self, page: CampaignPage | StartPage) -> None:
        if self.page is not None:
            self.page.destroy()
        self.page = page
        page.pack(fill="both", expand=True)


def _place(root: tk.Tk, theme: Theme, last: str) -> None:
    """Give the window its size: the one kept from last time where it still fits the screen, or a fitting one."""
    px = theme.px
    wide, tall = root.winfo_screenwidth(), root.winfo_screenheight()
    root.minsize(min(px(900), wide), min(px(580), tall - px(60)))
    root.geometry(f"{min(px(1270), wide - px(12))}x{min(px(800), tall - px(70))}")
    if last and _on_screen(last, wide, tall):
        with contextlib.suppress(tk.TclError):
            root.geometry(last)
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
