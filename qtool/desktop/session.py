"""The open campaign, and what is being done with it: one action at a time, beside the window."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qtool.actions import ACTIONS
from qtool.actions.action import Face, Outcome, Request, faults_of
from qtool.desktop.dialogs.questions import Questions
from qtool.desktop.files import file_of, open_path
from qtool.desktop.jobs import GcTimer, Job, Jobs
from qtool.desktop.recent import Recent, documents_folder
from qtool.desktop.watch import Watch
from qtool.desktop.widgets.message_bar import MessageBar
from qtool.desktop.wording import for_window
from qtool.faults import Fault, QtoolError
from qtool.state.view import Overview, Problem
from qtool.workspace import SETTINGS, log_in

if TYPE_CHECKING:
    from qtool.actions.open_problem import Looking

Work = Callable[[Request], Outcome]
Then = Callable[[Outcome], object]
_READY, _OPENING = "就绪", "正在打开……"


class Session:
    """One campaign after another: opened, watched, worked on.

    `show` is called after each change, `show_problems` when a job has failed. `browsed` is the folder in which files
    are looked for, `outcome` what the last job came to, with its title.
    """

    def __init__(
        self, root: tk.Tk, questions: Questions, show: Callable[[], object], show_problems: Callable[[], object]
    ) -> None:
        self.questions, self.jobs, self.recent = questions, Jobs(root), Recent()
        self.campaign: Path | None = None
        self.overview: Overview | None = None
        self.outcome: tuple[str, Outcome] | None = None
        self.browsed = self.recent.campaigns[0] if self.recent.campaigns else documents_folder()
        self.title = ""
        """What is being done, or was done last."""
        self._root, self._show, self._show_problems = root, show, show_problems
        self._job: Job | None = None
        self._problems: tuple[Problem, ...] = ()
        self._gc_timer = GcTimer(root, busy=lambda: self.busy)
        self._watch = Watch(root, self.jobs, self._watched, self._cannot_watch, may=lambda: not self.busy)
        self.message_bar = MessageBar(
            root, questions.theme, self.open_path, self.show_details, self.open_log, self.cancel
        )

    @property
    def busy(self) -> bool:
        """Whether a job is running."""
        return self._job is not None

    @property
    def settled(self) -> bool:
        """Whether nothing at all is being done, not even looking at the folder."""
        return not self.busy and self._watch.settled

    @property
    def folder(self) -> Path:
        """The open campaign's folder; the folder used last where there is none."""
        return self.campaign or self.browsed

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The campaign's problems, and those of the last job that are not among them."""
        standing = self.overview.problems if self.overview else ()
        faults = {problem.fault for problem in standing}
        return (*standing, *(problem for problem in self._problems if problem.fault not in faults))

    def open(self, folder: Path) -> None:
        """Open a campaign; a folder that is none is told, and the page stays."""
        folder = folder.absolute()
        if not (folder / SETTINGS).is_file():
            inner = [path.parent for path in sorted(folder.glob(f"*/{SETTINGS}"))] if folder.is_dir() else []
            if len(inner) != 1:
                text = f"“{folder.name}”不是考核工程文件夹：里面没有 {SETTINGS}。请选新建考核工程时建的那个文件夹。"
                self.questions.tell("打开考核工程", text)
                return
            folder = inner[0]
        self._follow(folder)
        self.browsed = folder
        self.recent.use(folder)
        self._show()
        if self.message_bar.text == _READY:
            self.message_bar.rest(_OPENING)
        self.refresh()

    def leave(self) -> None:
        """Close the campaign."""
        self._follow(None)
        self._show()

    def refresh(self) -> None:
        """Look at the campaign's folder anew, beside the window."""
        if not self.busy:
            self._watch.refresh()

    def run(
        self,
        title: str,
        action: str | Work,
        options: Mapping[str, Any] | None = None,
        *,
        root: Path | None = None,
        force: bool = False,
        then: Then | None = None,
    ) -> None:
        """Do some work beside the window, mostly an action by its name; one at a time.

        `then` gets what it did, unless it failed or was stopped.
        """
        work = next(one.run for one in ACTIONS if one.name == action) if isinstance(action, str) else action
        folder = root or self.campaign
        if self.busy or folder is None:
            return

        def inside(job: Job) -> Outcome:
            secret = lambda question: job.ask(lambda: self.questions.secret(question))  # noqa: E731 - two of a kind
            agree = lambda outcome: job.ask(lambda: self.questions.consent(outcome))  # noqa: E731 - as above
            return work(Request(folder, options or {}, job.report, force, Face(secret, agree)))

        self.title = title
        self.message_bar.begin(title)
        self._job = self.jobs.run(
            inside,
            lambda outcome: self._done(title, outcome, then),
            lambda error: self.fail(title, folder, error),
            lambda: self._ended(lambda: self.message_bar.rest(f"已停下：{title}。做好的部分保留着，可以再做一次")),
            lambda event: self.message_bar.progress(title, event),
        )
        self._show()

    def cancel(self) -> None:
        """Stop the running job at its next step."""
        if self._job is not None:
            self._job.cancel()
            self.message_bar.stopping()

    def fail(self, title: str, folder: Path, error: Exception) -> None:
        """Tell why something could not be done."""
        faults = faults_of(error, folder)
        self._problems = self._located(faults, title)
        self._ended(lambda: self.message_bar.failed(title, faults, logged=not isinstance(error, QtoolError)))
        self._show_problems()

    def fail_unexpectedly(self, error: Exception) -> None:
        """Tell what went wrong in the window itself, beside whatever is being done."""
        faults = faults_of(error, self.folder)
        self._problems += self._located(faults, "窗口")
        if not self.busy:
            self.message_bar.failed("做这件事", faults, logged=True)

    def note(self, text: str) -> None:
        """Show a sentence on the message bar, unless it is a job's, whose progress and way out stay."""
        if not self.busy:
            self.message_bar.rest(text)

    def copy(self, text: str) -> None:
        """Put a text where it can be pasted from."""
        self._root.clipboard_clear()
        self._root.clipboard_append(text)
        self.note(f"已复制：{text}")

    def show_details(self, _outcome: Outcome | None = None) -> None:
        """Show everything that the last job came to."""
        if self.outcome is not None:
            self.questions.show_details(*self.outcome, self.open_path)

    def open_path(self, path: Path | None) -> None:
        """Open a file or folder with the system's program, and say so where it cannot."""
        if path is not None and (problem := open_path(path)):
            self.questions.tell("打不开", problem)

    def open_log(self) -> None:
        """Open the log of unexpected errors."""
        log = log_in(self.folder)
        if log is None:
            self.questions.tell("出错记录", "没有出错记录：程序还没有出过意外的错误。")
        else:
            self.open_path(log)

    def open_problem(self, problem: Problem) -> None:
        """Open the file of a problem at its cell; where that cannot be, the cell's address is there to be pasted."""
        folder = self.campaign
        if folder is None or problem.path is None:
            return

        def find(_job: object) -> Looking:
            from qtool.actions.open_problem import place_of  # noqa: PLC0415 - what is heavy is imported by the thread

            return place_of(folder, problem)

        def failed(error: Exception) -> None:
            self.questions.tell("打不开", "\n".join(for_window(str(fault)) for fault in faults_of(error, folder)))

        self.jobs.run(find, self._open_at, failed)

    def close(self) -> None:
        """End all that is beside the window, before it goes."""
        self._watch.close()
        self.jobs.close()
        self._gc_timer.close()

    def _open_at(self, target: Looking) -> None:
        self.open_path(target.path)
        where = " ".join(part for part in (target.sheet and f"“{target.sheet}”", target.cell) if part)
        if target.shown:
            self.note(f"已打开《{target.path.name}》，光标在{where}")
        elif target.cell:
            self.copy(f"'{target.sheet}'!{target.cell}" if target.sheet else target.cell)
            pasting = "位置已复制：粘贴到表格左上角的名称框，按回车就到"
            self.note(f"已打开《{target.path.name}》，问题在{where}。{pasting}")

    def _located(self, faults: Sequence[Fault], source: str) -> tuple[Problem, ...]:
        """Return faults of a job with the files they are about."""
        return tuple(Problem(fault, file_of(self.folder, fault), source, fault.sheet, fault.cell) for fault in faults)

    def _follow(self, campaign: Path | None) -> None:
        self.campaign, self.overview, self._problems = campaign, None, ()
        self._watch.follow(campaign)

    def _done(self, title: str, outcome: Outcome, then: Then | None) -> None:
        self.outcome = title, outcome
        self._problems = self._located(outcome.faults, title)
        self._ended(lambda: self.message_bar.ended(title, outcome))
        if then is not None:
            then(outcome)

    def _ended(self, show: Callable[[], object]) -> None:
        self._job = None
        show()
        self._show()
        self.refresh()

    def _watched(self, overview: Overview) -> None:
        self.overview = overview
        self._show()
        if self.message_bar.text == _OPENING:
            self.message_bar.rest(_READY)

    def _cannot_watch(self, folder: Path, error: Exception) -> None:
        """Go back to the start page when the campaign cannot be looked at any more; a job tells of that itself."""
        if self.busy:
            return
        faults = faults_of(error, folder)
        self.leave()
        self.message_bar.failed(f"打开“{folder.name}”", faults, logged=not isinstance(error, QtoolError))
