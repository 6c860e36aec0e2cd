"""The self-test of a finished program: a real window goes through a year by its own buttons, and writes a report."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import sys
import time
import tkinter as tk
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from qtool import __version__
from qtool.actions.action import Outcome, Request
from qtool.desktop.dialogs.questions import Kinds, Questions
from qtool.desktop.pages.campaign_page import CampaignPage
from qtool.desktop.pages.start_page import StartPage
from qtool.desktop.widgets.theme import Theme
from qtool.desktop.window import Window
from qtool.state.view import StepName
from qtool.workspace import DOCUMENTS, INBOX, SHEETS, refusal

REPORT = "自检报告.json"
_Page = TypeVar("_Page", StartPage, CampaignPage)
_PATIENCE, _PICTURE_TIME = 300.0, 20.0
"""Seconds that one step may take, and that the window stays for a picture."""


class SelfTestFailed(Exception):
    """The window did not do what it should."""


class _Answers(Questions):
    """The user's answers, given beforehand; messages are noted."""

    def __init__(self, root: tk.Tk, theme: Theme, where: Path) -> None:
        super().__init__(root, theme)
        self.where, self.returns, self.messages = where, list[Path](), list[str]()

    def new_folder(self, title: str, name: str, start: Path) -> Path | None:  # noqa: ARG002 - as the user is asked
        return self.where / name

    def files(self, title: str, start: Path, kinds: Kinds) -> list[Path]:  # noqa: ARG002 - as above
        return self.returns

    def text(self, title: str, question: str, *, hint: str = "", start: str = "") -> str | None:  # noqa: ARG002
        return start or "自检"

    def confirm(self, title: str, text: str, *, yes: str = "确定") -> bool:  # noqa: ARG002 - as above
        return True

    def tell(self, title: str, text: str) -> None:
        self.messages.append(f"{title}：{text}")

    def consent(self, outcome: Outcome) -> bool:  # noqa: ARG002 - nothing is ever sent
        return False


def self_test(root: tk.Tk, where: Path) -> int:
    """Return 0 when a window goes through two campaigns without a fault, 1 otherwise; a report says what happened.

    One campaign is rehearsed by the start page's button, the other is gone through step by step with the sheets that
    the first one's departments returned.
    """
    try:
        where.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _say(f"不能建文件夹“{where}”：{refusal(error)}")
        return 1
    run = _Run(root, where)
    try:
        run.through()
    except Exception:  # noqa: BLE001 - the report is where it is told
        run.faults.append(traceback.format_exc())
    report = {
        "ok": not run.faults,
        "version": __version__,
        "system": platform.platform(),
        "tk": str(root.tk.call("info", "patchlevel")),
        "theme": str(root.tk.call("ttk::style", "theme", "use")),
        "scaling": round(run.window.theme.factor, 2),
        "drops": "tkdnd" in str(root.tk.call("package", "names")),
        "steps": run.steps,
        "wrong": run.faults,
    }
    (where / REPORT).write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")
    with contextlib.suppress(tk.TclError):
        run.window.close()
        root.update()
    return int(bool(run.faults))


def _say(line: str) -> None:
    """Write a line where there is something to write to: a windowed program has nothing on Windows."""
    if sys.stdout is not None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def _fill(request: Request) -> Outcome:
    """Fill every department's sheet, in the work's thread."""
    from qtool.actions.demo import fill  # noqa: PLC0415 - what an action needs is imported when it runs

    return Outcome(sentences=[f"填好{len(fill(request))}份评分表"])


class _Run:
    """One run through the window."""

    def __init__(self, root: tk.Tk, where: Path) -> None:
        self._root, self._where = root, where
        self.steps: list[str] = []
        self.faults: list[str] = []
        self.answers = _Answers(root, Theme(root), where)
        self.window = Window(root, self.answers)
        self.session = self.window.session
        root.report_callback_exception = self._raised
        self._pump(lambda: root.winfo_viewable() == 1, "窗口没有出现")

    def through(self) -> None:
        """Rehearse a year, then go through one by hand."""
        self._tell("窗口已打开")
        self._page(StartPage).buttons["T"].invoke()
        self._wait("演练")
        overview = self.session.overview
        self._need(overview is not None and overview.results is not None, "演练以后没有汇总结果")
        self._hold()
        for row in overview.rows if overview else ():
            self._need(row.opens is not None and row.opens.exists(), f"{row.state.department}没有可以打开的文件")
        returned = sorted(path for path in (self.session.folder / INBOX).iterdir() if path.is_file())
        self.session.leave()
        self._page(StartPage).buttons["N"].invoke()
        self._wait("新建")
        self._press(StepName.SHEETS, "生成评分表")
        departments = len(self.session.overview.rows) if self.session.overview else 0
        sheets = list((self.session.folder / SHEETS).glob("*.xlsx"))
        self._need(len(sheets) == departments, "评分表没有生成齐")
        self.window.commands.mark_all_sent()
        self._wait("标记为已发出")
        self.answers.returns = returned
        self.window.commands.import_files()
        self._wait("导入别的考核工程的评分表")
        self._need(bool(self._page(CampaignPage).below.table.row_keys), "别的考核工程的评分表没有被指出来")
        self.session.run("填写评分表", _fill)
        self._wait("填写评分表")
        self.session.run("用两个进程检查收件箱", "collect", {"workers": 2})  # which start beside the window's threads
        self._wait("用两个进程检查收件箱")
        self._press(StepName.TALLY, "汇总")
        overview = self.session.overview
        results = overview.results if overview else None
        self._need(results is not None and not results.provisional, "收齐以后没有正式的汇总结果")
        self.window.commands.approve()
        self._wait("登记批准")
        self._press(StepName.DOCUMENTS, "生成公文")
        names = [path.name for path in (self.session.folder / DOCUMENTS).rglob("*.docx")]
        self._need(any("通报" in name for name in names), f"没有通报，只有：{'、'.join(names)}")

    def _page(self, kind: type[_Page]) -> _Page:
        """Return the page that is shown; raises SelfTestFailed where it is another one."""
        page = self.window.page
        if not isinstance(page, kind):
            raise SelfTestFailed(f"不是{kind.__name__}这一页：{self.session.message_bar.text}")
        return page

    def _press(self, step: StepName, name: str) -> None:
        self._page(CampaignPage).steps.button(step).invoke()
        self._wait(name)

    def _wait(self, name: str) -> None:
        """Let the window work until it has settled; what it says then goes into the report."""
        began = time.perf_counter()
        self._pump(lambda: self.session.settled and isinstance(self.window.page, CampaignPage), f"{name}没有做完")
        self._tell(f"{name}：{time.perf_counter() - began:.1f}秒，{self.session.message_bar.text}")

    def _pump(self, until: Callable[[], bool], wrong: str) -> None:
        end = time.perf_counter() + _PATIENCE
        while not until():
            if time.perf_counter() > end:
                messages = self.session.message_bar.text, *self.answers.messages
                raise SelfTestFailed(f"{wrong}；窗口说：{'；'.join(messages)}")
            self._root.update()
            time.sleep(0.01)

    def _hold(self) -> None:
        """Keep the window as it is until somebody has taken a picture of it."""
        path = os.environ.get("QTOOL_SELF_TEST_HOLD")
        if not path:
            return
        self._page(CampaignPage).below.show_results()
        self._root.update()
        Path(path).write_text("", encoding="utf-8")
        end = time.perf_counter() + _PICTURE_TIME
        while Path(path).exists() and time.perf_counter() < end:
            self._root.update()
            time.sleep(0.05)

    def _need(self, good: bool, wrong: str) -> None:
        if not good:
            self.faults.append(f"{wrong}；窗口说：{self.session.message_bar.text}")

    def _tell(self, line: str) -> None:
        self.steps.append(line)
        _say(line)

    def _raised(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self.faults.append("".join(traceback.format_exception(kind, error, trace)))
