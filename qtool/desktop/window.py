"""The window: a start page or an open campaign, one job at a time, and what every part of it needs."""

from __future__ import annotations

import contextlib
import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from qtool.actions import ACTIONS
from qtool.actions.action import Face, Outcome, Request
from qtool.desktop.commands import Commands
from qtool.desktop.dialogs.questions import Questions
from qtool.desktop.files import CannotOpen, accept_drops, file_of, open_path, sorted_out
from qtool.desktop.jobs import GcTimer, Job, Jobs
from qtool.desktop.menus import Menus, bind_keys
from qtool.desktop.pages.campaign_page import CampaignPage
from qtool.desktop.pages.start_page import Choice, StartPage
from qtool.desktop.recent import Recent, documents_folder
from qtool.desktop.watch import Watch
from qtool.desktop.widgets.message_bar import Ends, MessageBar
from qtool.desktop.widgets.theme import Theme
from qtool.faults import Fault, QtoolError
from qtool.state.view import Overview, Problem
from qtool.workspace import SETTINGS

NAME = "质量考核工具"
_PATIENCE = 50
"""Tenths of a second that a job is given to stop when the window is closed."""
_READY, _OPENING = "就绪", "正在打开……"
_PICTURES = Path(__file__).parent / "pictures"
_SIZES = (256, 64, 48, 32, 24, 16)
Work = Callable[[Request], Outcome]
Then = Callable[[Outcome], object]


class Window:
    """Everything between the user and the actions."""

    def __init__(self, root: tk.Tk, questions: Questions | None = None) -> None:
        self.root, self.theme, self.jobs = root, Theme(root), Jobs(root)
        self.remembered = Recent()
        self.questions = questions or Questions(root, self.theme)
        self.campaign: Path | None = None
        self.overview: Overview | None = None
        self.outcome: tuple[str, Outcome] | None = None
        self.place = self.remembered.campaigns[0] if self.remembered.campaigns else documents_folder()
        self._found: tuple[Problem, ...] = ()
        self._acting: Job[Outcome] | None = None
        self._title = ""
        self._closing = False
        self._tidying = GcTimer(root, busy=lambda: self.busy)
        self._watch = Watch(root, self.jobs, self._seen, self._lost, may=lambda: not self.busy)
        self.commands = Commands(self)
        self.page: CampaignPage | StartPage | None = None
        ends = Ends(self.open_path, self.details, self.open_log, self.cancel)
        self.message_bar = MessageBar(root, self.theme, ends)
        self.message_bar.pack(side="bottom", fill="x")
        self.menus = Menus(self)
        bind_keys(self)
        place(root, self.theme, self.remembered.text("窗口"))
        accept_drops(root, self.take)
        root.protocol("WM_DELETE_WINDOW", self.close)
        root.report_callback_exception = self._unexpected
        self.show_start()

    @property
    def busy(self) -> bool:
        """Whether a job is running."""
        return self._acting is not None

    @property
    def settled(self) -> bool:
        """Whether nothing at all is being done, not even looking at the folder."""
        return not self.busy and self._watch.settled

    @property
    def root_folder(self) -> Path:
        """The open campaign's folder; the place used last where there is none."""
        return self.campaign or self.place

    def show_start(self) -> None:
        """Show the start page."""
        self.campaign = self.overview = None
        self._found = ()
        self._watch.follow(None)
        do = self.commands
        choices = (
            Choice("按2022年方案新建", "N", "带着2022年的72项考核内容，直接用，或改成今年的", do.new_from_2022),
            Choice("按自己的方案新建", "P", "已经有一份考核方案工作簿，从它开始", do.new_from_own),
            Choice("打开考核工程", "O", "接着做以前建好的，选它的文件夹", do.choose),
            Choice("用示例数据演练", "T", "编好的数据，几秒钟从头到尾走一遍，不影响正式考核", do.rehearse),
        )
        self._show(StartPage(self.root, self.theme, choices, self.remembered.campaigns, self.open))
        self.root.title(NAME)
        self.menus.show(open_=False)

    def open(self, folder: Path) -> None:
        """Open a campaign; a folder that is none is told on the strip, and the page stays."""
        folder = folder.absolute()
        if not (folder / SETTINGS).is_file():
            inner = [path.parent for path in sorted(folder.glob(f"*/{SETTINGS}"))] if folder.is_dir() else []
            if len(inner) != 1:
                text = f"“{folder.name}”不是考核工程文件夹：里面没有 {SETTINGS}。请选新建考核工程时建的那个文件夹。"
                self.questions.tell("打开考核工程", text)
                return
            folder = inner[0]
        self.campaign, self.overview, self._found = folder, None, ()
        self._watch.follow(folder)
        self.place = folder
        self.remembered.use(folder)
        self.root.title(f"{folder.name} — {NAME}")
        if self.message_bar.said == _READY:
            self.message_bar.rest(_OPENING)
        self.refresh()

    def refresh(self) -> None:
        """Theme at the campaign's folder anew, beside the window."""
        if not self.busy:
            self._watch.refresh()

    def run(
        self,
        title: str,
        action: str,
        options: Mapping[str, Any],
        *,
        root: Path | None = None,
        force: bool = False,
        then: Then | None = None,
    ) -> None:
        """Run an action beside the window; `then` gets what it did, unless it failed or was stopped."""
        run = next(found.run for found in ACTIONS if found.name == action)
        self.act(title, run, options, root=root, force=force, then=then)

    def act(
        self,
        title: str,
        work: Work,
        options: Mapping[str, Any] | None = None,
        *,
        root: Path | None = None,
        force: bool = False,
        then: Then | None = None,
    ) -> None:
        """Do some work beside the window; one at a time."""
        folder = root or self.campaign
        if self.busy or folder is None:
            return

        def inside(job: Job[Outcome]) -> Outcome:
            secret = lambda question: job.ask(lambda: self.questions.secret(question))  # noqa: E731 - two of a kind
            agree = lambda outcome: job.ask(lambda: self.questions.consent(outcome))  # noqa: E731 - as above
            return work(Request(folder, options or {}, job.report, force, Face(secret, agree)))

        self._title = title
        self.message_bar.begin(title)
        self._acting = self.jobs.converse(
            inside,
            lambda outcome: self._done(title, outcome, then),
            lambda error: self._failed(title, folder, error),
            lambda: self._ended(lambda: self.message_bar.rest(f"已停下：{title}。做好的部分保留着，可以再做一次")),
            lambda event: self.message_bar.progress(title, event),
        )
        self._show_busy(busy=True)

    def cancel(self) -> None:
        """Stop the running job at its next step."""
        if self._acting is not None and not self._acting.cancelled:
            self._acting.cancel()
            self.message_bar.stopping()

    def details(self, _outcome: Outcome | None = None) -> None:
        """Show everything that the last job said."""
        if self.outcome is not None:
            from qtool.desktop.dialogs.questions import Details  # noqa: PLC0415 - not before it is wanted

            title, outcome = self.outcome
            Details(self.root, self.theme, title, outcome, self.open_path).wait()

    def show_results(self, _outcome: Outcome | None = None) -> None:
        """Bring the results to the front once they are known."""
        if isinstance(self.page, CampaignPage):
            self.page.below.show_results()

    def show_problems(self) -> None:
        """Bring the problems to the front."""
        if isinstance(self.page, CampaignPage):
            self.page.below.show_problems()

    def open_results(self) -> None:
        """Open the workbook of the tally."""
        if self.overview is not None and self.overview.results is not None:
            self.open_path(self.overview.results.workbook)

    def seek(self) -> None:
        """Put the cursor where departments are searched."""
        if isinstance(self.page, CampaignPage):
            self.page.board.seek()

    def fill_departments(self, menu: tk.Menu) -> None:
        """Put into a menu what can be done about the chosen department."""
        if isinstance(self.page, CampaignPage):
            self.page.board.fill_menu(menu, self.page.board.chosen)

    def open_path(self, path: Path | None) -> None:
        """Open a file or folder with the system's program, and say so where it cannot."""
        if path is None:
            return
        try:
            open_path(path)
        except CannotOpen as error:
            self.questions.tell("打不开", f"{error}。")

    def open_log(self) -> None:
        """Open the log of unexpected errors."""
        from qtool.actions.action import log_in  # noqa: PLC0415 - not before it is wanted

        log = log_in(self.root_folder)
        if log is None:
            self.questions.tell("出错记录", "没有出错记录：程序还没有出过意外的错误。")
        else:
            self.open_path(log)

    def settings(self) -> None:
        """Show the settings, and look anew where they were changed."""
        if self.campaign is None or self.busy:
            return
        from qtool.desktop.dialogs.settings import SettingsDialog  # noqa: PLC0415 - not before it is wanted

        try:
            dialog = SettingsDialog(self.root, self.campaign, self.theme, self.jobs)
        except QtoolError as error:
            self._failed("打开设置", self.campaign, error)
            return
        self.root.wait_window(dialog)
        if dialog.saved:
            self.message_bar.rest("设置已保存")
        self.refresh()

    def has_account(self) -> bool:
        """Return whether there is a mail account; without one, offer to set one up."""
        overview = self.overview
        if overview is not None and overview.mail:
            return True
        text = "还没有设置邮箱，不能收发信。现在设置吗？（也可以只写草稿，自己转交）"
        if self.questions.confirm("邮箱", text, yes="设置邮箱"):
            self.settings()
        return False

    def copy(self, text: str) -> None:
        """Put a text where it can be pasted from."""
        self.root.clipboard_clear()
        self.root.clipboard_append(text)
        self.note(f"已复制：{text}")

    def take(self, paths: Sequence[Path]) -> None:
        """Take what was dropped onto the window or the program: a campaign, a plan, or returned files."""
        dropped = sorted_out(paths)
        if self.busy:
            self.questions.tell("拖进来的文件", f"正在{self._title}，请等它做完再拖进来。")
        elif dropped.campaign is not None:
            self.open(dropped.campaign)
        elif self.campaign is not None and dropped.files:
            self.commands.take(dropped.files)
        elif dropped.plan is not None:
            self.commands.new_from(dropped.plan)
        else:
            self.questions.tell("拖进来的文件", "请先打开一个考核工程，再把各部门交回的评分表拖进来。")

    def close(self) -> None:
        """Close the window; a job that runs is stopped first."""
        if self._closing:
            return
        if self.busy:
            text = f"正在{self._title}。要停下并退出吗？做好的部分会保留。"
            if not self.questions.confirm("退出", text, yes="停下并退出"):
                return
            self.cancel()
        self._closing = True
        with contextlib.suppress(tk.TclError):
            self.remembered.keep("窗口", self.root.geometry())
        self._leave()

    def problems(self, faults: tuple[Fault, ...] | list[Fault], source: str) -> tuple[Problem, ...]:
        """Return faults of a job with the files they are about."""
        root = self.root_folder
        return tuple(Problem(found, file_of(root, found), source, found.sheet, found.cell) for found in faults)

    def _leave(self, patience: int = _PATIENCE) -> None:
        """Go once the job has stopped, or without waiting longer: what is half-done then is cleared by the next run."""
        if self.busy and patience:
            self.root.after(100, lambda: self._leave(patience - 1))
            return
        self._watch.close()
        self.jobs.close()
        self._tidying.close()
        self.root.destroy()

    def _done(self, title: str, outcome: Outcome, then: Then | None) -> None:
        self.outcome = title, outcome
        self._found = self.problems(outcome.faults, title)
        self._ended(lambda: self.message_bar.ended(title, outcome))
        if then is not None:
            then(outcome)

    def _failed(self, title: str, folder: Path, error: Exception) -> None:
        from qtool.actions.action import faults_of  # noqa: PLC0415 - not before something fails

        faults = faults_of(error, folder)
        self._found = self.problems(faults, title)
        logged = not isinstance(error, QtoolError)
        self._ended(lambda: self.message_bar.failed(title, faults, logged=logged))
        if isinstance(self.page, CampaignPage) and self.overview:
            self.page.below.show_problems()

    def _unexpected(self, _kind: type[BaseException], error: BaseException, _trace: object) -> None:
        """Tell what went wrong in the window itself; Tk would write it where nobody looks."""
        from qtool.actions.action import faults_of  # noqa: PLC0415 - as above

        if isinstance(error, Exception):
            faults = faults_of(error, self.root_folder)
            self._found = (*self._found, *self.problems(faults, "窗口"))
            if not self.busy:
                self.message_bar.failed("做这件事", faults, logged=True)

    def _ended(self, show: Callable[[], object]) -> None:
        self._acting = None
        show()
        self._show_busy(busy=False)
        self.refresh()

    def note(self, text: str) -> None:
        """Show a sentence on the strip, unless it is a job's, whose bar and way out stay."""
        if not self.busy:
            self.message_bar.rest(text)

    def _seen(self, found: Overview) -> None:
        if self._closing:
            return
        if not isinstance(self.page, CampaignPage):
            self._show(CampaignPage(self))
            self.menus.show(open_=True, busy=self.busy)
        self.overview = found
        self._show_overview()
        if self.message_bar.said == _OPENING:
            self.message_bar.rest(_READY)

    def _lost(self, folder: Path, error: Exception) -> None:
        """Go back to the start page when the campaign cannot be looked at any more; a job tells of that itself."""
        if self.busy:
            return
        from qtool.actions.action import faults_of  # noqa: PLC0415 - not before something fails

        faults = faults_of(error, folder)
        self.show_start()
        self.message_bar.failed(f"打开“{folder.name}”", faults, logged=not isinstance(error, QtoolError))

    def _show_overview(self) -> None:
        if isinstance(self.page, CampaignPage) and self.overview is not None:
            known = {problem.fault for problem in self.overview.problems}
            more = [problem for problem in self._found if problem.fault not in known]
            self.page.show(self.overview, [*self.overview.problems, *more], busy=self.busy)

    def _show_busy(self, *, busy: bool) -> None:
        if self.page is not None:
            self.page.busy(busy=busy)
        self.menus.show(open_=self.campaign is not None, busy=busy)
        self.root.configure(cursor="watch" if busy else "")

    def _show(self, page: CampaignPage | StartPage) -> None:
        if self.page is not None:
            self.page.destroy()
        self.page = page
        page.pack(fill="both", expand=True)

    def press(self, number: int) -> None:
        """Press the button of a step."""
        if isinstance(self.page, CampaignPage):
            self.page.steps.press(number)


def place(root: tk.Tk, theme: Theme, kept: str) -> None:
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
