"""What the window's buttons and menus do: each asks for what its action needs, and begins it."""

from __future__ import annotations

import sys
import tkinter as tk
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from qtool.desktop.dialogs.questions import SHEETS as SHEET_FILES
from qtool.desktop.dialogs.questions import WORD, WORKBOOKS
from qtool.desktop.recent import documents_folder
from qtool.desktop.session import Session, Then
from qtool.faults import QtoolError
from qtool.outcome import State
from qtool.state.view import Row, Step, StepButton, StepName
from qtool.workspace import (
    ACCEPTED,
    ADJUSTMENTS,
    BOARD,
    DOCUMENTS,
    INBOX,
    MATERIAL,
    OUTBOX,
    PLAN,
    RECORDS,
    SHEETS,
    TALLY,
    TALLY_WORKBOOK,
)

Entry = tuple[str, Callable[[], object]]
"""An entry of a menu: its name and what it does; an empty name is a line between."""
DepartmentEntry = tuple[str, Callable[[Row], object], Callable[[Row], bool]]
"""An entry of the department menu: its name, what it does, and whether it can be done now."""
KEYS = """Alt+1 到 Alt+6　做第几步
F5　刷新　　F1　使用手册　　Esc　停下正在做的事
Ctrl+I　导入评分表　　Ctrl+F　查找部门
Ctrl+N　新建　　Ctrl+O　打开　　Ctrl+逗号　设置
Tab　到下一个按钮或表格　　空格　按下按钮
表格里：上下箭头选行，回车打开，Shift+F10 列出能做的事
Alt+括号里的字母　按下那个按钮、打开那个菜单
拖进窗口　各部门交回的评分表、压缩包、邮件"""
_WORKBOOK, _ADJUSTMENTS = f"{TALLY}/{TALLY_WORKBOOK}", f"{TALLY}/{ADJUSTMENTS}"
LINE: Entry = ("", lambda: None)


class Commands:
    """The commands of a window; `show_results` brings the results to the front."""

    def __init__(self, root: tk.Tk, session: Session, show_results: Callable[[], object]) -> None:
        self._root, self._session, self._ask, self._run = root, session, session.questions, session.run
        self._show_results: Then = lambda _outcome: show_results()
        self.sheets = self._starting("生成评分表", "sheets")
        self.drafts = self._starting("写信的草稿", "send")
        self.send = self._sending("发送评分表", "send", deliver=True)
        self.send_material = self._sending("把自评材料发给考核对象", "send", to="考核对象", deliver=True)
        self.remind = self._sending("催报", "send", remind=True, deliver=True)
        self.fetch = self._sending("收信并检查", "fetch", collect=True)
        self.collect = self._starting("检查收件箱", "collect")
        self.documents = self._starting("生成公文", "documents")

    def press(self, step: Step) -> None:
        """Do what a step's button says."""
        commands: Mapping[StepButton, Callable[[], object]] = {
            StepButton.OPEN_PLAN: self._opening(PLAN),
            StepButton.OPEN_FOLDER: self._opening("."),
            StepButton.OPEN_SHEETS: self._opening(SHEETS),
            StepButton.OPEN_OUTBOX: self._opening(OUTBOX),
            StepButton.OPEN_ACCEPTED: self._opening(ACCEPTED),
            StepButton.OPEN_ADJUSTMENTS: self._opening(_ADJUSTMENTS),
            StepButton.OPEN_TALLY: self._opening(_WORKBOOK),
            StepButton.OPEN_DOCUMENTS: self._opening(DOCUMENTS),
            StepButton.SHEETS: self.sheets,
            StepButton.SEND: self.send,
            StepButton.DRAFTS: self.drafts,
            StepButton.MARK_SENT: self.mark_all_sent,
            StepButton.IMPORT: self.import_files,
            StepButton.FETCH: self.fetch,
            StepButton.COLLECT: self.collect,
            StepButton.REMIND: self.remind,
            StepButton.TALLY: self.tally,
            StepButton.APPROVE: self.approve,
            StepButton.REVISE: self.revise,
            StepButton.DOCUMENTS: self.documents,
        }
        commands[step.does]()

    def entries(self) -> dict[StepName, Sequence[Entry]]:
        """Return what else each step can do, for its menu."""
        opening, starting = self._opening, self._starting
        return {
            StepName.PLAN: (
                ("打开方案", opening(PLAN)),
                ("检查方案", starting("检查方案", "check")),
                ("与另一份方案比较…", self.compare),
                LINE,
                ("打开考核工程文件夹", opening(".")),
            ),
            StepName.SHEETS: (
                ("生成评分表", self.sheets),
                ("全部重新生成…", self.sheets_anew),
                ("带上已交回的答案，生成新的一版…", self.sheets_with_answers),
                LINE,
                ("打开评分表文件夹", opening(SHEETS)),
            ),
            StepName.SEND: (
                ("发送评分表…", self.send),
                ("只写草稿，不发", self.drafts),
                ("试发到一个邮箱…", self.trial),
                ("催报：给还没有交好的部门…", self.remind),
                ("把自评材料发给考核对象…", self.send_material),
                ("都标记为已发出…", self.mark_all_sent),
                LINE,
                ("设置邮箱…", self.settings),
                ("打开发件箱文件夹", opening(OUTBOX)),
            ),
            StepName.COLLECT: (
                ("导入评分表…", self.import_files),
                ("检查收件箱", self.collect),
                ("收信并检查", self.fetch),
                ("收信，另定条件…", self.fetch_by_conditions),
                LINE,
                ("打开回收情况表", opening(BOARD)),
                ("打开收件箱文件夹", opening(INBOX)),
            ),
            StepName.TALLY: (
                ("汇总排名", self.tally),
                ("登记批准…", self.approve),
                ("修订已批准的结果…", self.revise),
                ("与以前的汇总比较…", self.compare_tallies),
                LINE,
                ("打开汇总表", opening(_WORKBOOK)),
                ("打开人工调整表", opening(_ADJUSTMENTS)),
            ),
            StepName.DOCUMENTS: (
                ("生成公文", self.documents),
                ("检查公文版式…", self.check_document),
                ("取出公文模板，供修改", starting("取出公文模板", "documents", templates=True)),
                LINE,
                ("准备自评材料", starting("准备自评材料", "reports")),
                ("检查自评材料…", self.review),
                LINE,
                ("打开公文文件夹", opening(DOCUMENTS)),
                ("打开自评材料文件夹", opening(MATERIAL)),
            ),
        }

    def compare(self) -> None:
        """Compare the plan with another one."""
        if file := self._ask.file("与哪一份方案比较", self._session.browsed, WORKBOOKS):
            self._run("比较方案", "check", {"against": file}, then=self._session.show_details)

    def sheets_anew(self) -> None:
        """Make all sheets anew, as a new version."""
        text = "全部评分表会重新生成，成为新的一版，以前发出的就不是最新的了。方案改了以后平常用“生成评分表”就行。"
        if self._ask.confirm("全部重新生成", text, yes="重新生成"):
            self._run("重新生成评分表", "sheets", force=True)

    def sheets_with_answers(self) -> None:
        """Make a new version that holds the answers given so far."""
        text = "给各部门生成新的一版评分表，已经交回的答案带在里面，部门只要补充和改正。"
        if self._ask.confirm("带上已交回的答案", text, yes="生成"):
            self._run("生成评分表", "sheets", {"keep_answers": True})

    def trial(self) -> None:
        """Send all letters to one address, to see how they arrive."""
        hint = "全部信都发到这个邮箱，主题标“测试”，不算发过"
        if self.has_account() and (address := self._ask.text("试发", "试发到哪个邮箱？", hint=hint)):
            self._run("试发", "send", {"test": address})

    def mark_all_sent(self) -> None:
        """Enter that all departments have their sheets, as when they were handed over otherwise."""
        overview = self._session.overview
        names = [row.state.department for row in overview.rows if row.state.state is State.NOT_SENT] if overview else []
        if not names:
            self._ask.tell("标记为已发出", "没有要标记的：评分表都已经发出，或者还没有生成。")
            return
        text = f"把{len(names)}个部门的评分表都记为已经发出（例如已经用微信、U盘或内网转交）。"
        if self._ask.confirm("标记为已发出", text, yes="标记"):
            self._run("标记为已发出", "decide", {"department": names, "sent": True})

    def import_files(self) -> None:
        """Take files into the inbox and check them."""
        if self._session.campaign is None:
            return
        files = self._ask.files("选择各部门交回的评分表（可以选多个）", self._session.browsed, SHEET_FILES)
        if files:
            self._session.browsed = files[0].parent
            self.take(files)

    def take(self, files: Iterable[Path]) -> None:
        """Take these files into the inbox and check them."""
        self._run("检查评分表", "collect", {"files": list(files)})

    def fetch_by_conditions(self) -> None:
        """Take letters by other conditions than the usual ones."""
        if self.has_account() and (conditions := self._ask.fetch_conditions()) is not None:
            self._run("收信并检查", "fetch", {"collect": True, **conditions})

    def tally(self) -> None:
        """Tally what was accepted."""
        self._run("汇总", "tally", then=self._show_results)

    def approve(self) -> None:
        """Enter that the result was approved."""
        if text := self._ask.text("登记批准", "批准文号、批准人：", hint="例如：随政办〔2023〕5号，市长批示同意"):
            self._run("登记批准", "tally", {"approve": text}, then=self._show_results)

    def revise(self) -> None:
        """Change a result that was approved."""
        question = "为什么修订已经批准的结果？修订后要重新批准。"
        if text := self._ask.text("修订结果", question, hint="例如：复核发现某部门评分有误"):
            self._run("修订结果", "tally", {"revise": text}, then=self._show_results)

    def compare_tallies(self) -> None:
        """Compare with an earlier tally."""
        folder = self._session.folder / TALLY / RECORDS
        if file := self._ask.file("与哪一次汇总比较", folder, (("汇总记录", "*.json"),)):
            self._run("比较汇总", "tally", {"against": str(file)}, then=self._session.show_details)

    def check_document(self) -> None:
        """Check one document against the standard."""
        if file := self._ask.file("检查哪一份公文的版式", self._session.folder / DOCUMENTS, WORD):
            self._run("检查公文版式", "documents", {"check": file}, then=self._session.show_details)

    def review(self) -> None:
        """Check the reports and the evidence that came."""
        hint = "写成 2023-01-20 的样子；写“默认”就按方案的截止日期，过了的按五天以后"
        until = self._ask.text("检查自评材料", "有问题的材料，要求改正到哪一天？", hint=hint, start="默认")
        if until:
            options = {} if until == "默认" else {"until": until}
            self._run("检查自评材料", "review", options, then=self._session.show_details)

    def new(self, **options: Any) -> None:
        """Begin a campaign: from the shipped plan, from another `plan`, or with `blank` from an empty one."""
        if folder := self._ask.new_folder("新建考核工程", "质量工作考核", documents_folder()):
            self._begin("新建考核工程", "new", folder, options)

    def new_from_own(self) -> None:
        """Begin a campaign from a plan of the user's."""
        if file := self._ask.file("用哪一份考核方案", self._session.browsed, WORKBOOKS):
            self.new(plan=file)

    def rehearse(self) -> None:
        """Go through a year with example data."""
        if folder := self._ask.new_folder("用示例数据演练", "考核演练", documents_folder()):
            self._begin("演练一年", "demo", folder, {"broken": True})

    def choose(self) -> None:
        """Open a campaign that is there."""
        if folder := self._ask.folder("打开哪一个考核工程文件夹", self._session.browsed):
            self._session.open(folder)

    def settings(self) -> None:
        """Show the settings, and look anew where they were changed."""
        session, campaign = self._session, self._session.campaign
        if campaign is None or session.busy:
            return
        from qtool.desktop.dialogs.settings import SettingsDialog  # noqa: PLC0415 - not before it is wanted

        try:
            dialog = SettingsDialog(self._root, campaign, self._ask.theme, session.jobs)
        except QtoolError as error:
            session.fail("打开设置", campaign, error)
            return
        self._root.wait_window(dialog)
        if dialog.saved:
            session.note("设置已保存")
        session.refresh()

    def has_account(self) -> bool:
        """Return whether there is a mail account; without one, offer to set one up."""
        overview = self._session.overview
        if overview is not None and overview.mail:
            return True
        text = "还没有设置邮箱，不能收发信。现在设置吗？（也可以只写草稿，自己转交）"
        if self._ask.confirm("邮箱", text, yes="设置邮箱"):
            self.settings()
        return False

    def open_results(self) -> None:
        """Open the workbook of the tally."""
        overview = self._session.overview
        if overview is not None and overview.results is not None:
            self._session.open_path(overview.results.workbook)

    def manual(self) -> None:
        """Open the user's manual that lies beside the program; without one, tell the keys."""
        page = _manual_page()
        if page.is_file():
            self._session.open_path(page)
        else:
            self.keys()

    def keys(self) -> None:
        """Tell which keys do what."""
        self._ask.tell("快捷键", KEYS)

    def _begin(self, title: str, action: str, folder: Path, options: Mapping[str, Any]) -> None:
        options = {"folder": folder, **options}
        self._session.run(title, action, options, root=folder, then=lambda _outcome: self._session.open(folder))

    def _starting(self, title: str, action: str, **options: Any) -> Callable[[], None]:
        """Return what starts an action."""
        return partial(self._run, title, action, options)

    def _sending(self, title: str, action: str, **options: Any) -> Callable[[], None]:
        """Return what starts an action that needs a mail account."""

        def start() -> None:
            if self.has_account():
                self._run(title, action, options)

        return start

    def _opening(self, name: str) -> Callable[[], None]:
        """Return what opens a file or folder of the campaign."""
        return lambda: self._session.open_path(self._session.folder / name)


def _manual_page() -> Path:
    """Return where the manual is as a page for a browser, where the program came with one."""
    beside = Path(sys.executable).parent if getattr(sys, "frozen", False) else Path(__file__).parents[2] / "build"
    return beside / "使用手册.html"


class DepartmentMenu:
    """What can be done about one department of the open campaign."""

    def __init__(self, session: Session, has_account: Callable[[], bool]) -> None:
        self._session, self._has_account, self._ask = session, has_account, session.questions

    def entries(self) -> tuple[DepartmentEntry | None, ...]:
        """Return the entries of the menu; None is a line between."""
        go, decide = self._session.open_path, self._deciding
        return (
            ("打开交回的文件或评分表", lambda row: go(row.opens), lambda row: row.opens is not None),
            ("打开问题清单", lambda row: go(row.list), lambda row: row.list is not None),
            ("打开改正件", lambda row: go(row.mending), lambda row: row.mending is not None),
            None,
            ("催报…", self.remind, lambda row: row.state.state not in (State.ACCEPTED, State.WAIVED)),
            ("再发一次评分表…", self.send_again, lambda row: row.state.version is not None),
            ("标记为已发出", decide("标记为已发出", sent=True), lambda row: row.state.state is State.NOT_SENT),
            None,
            ("带说明采用…", self.waive, lambda row: row.can_waive),
            ("退回重填…", self.send_back, lambda row: row.can_send_back),
            ("选用另一份…", self.use, lambda row: row.state.file != ""),
            ("撤销人工处理", decide("撤销人工处理", undo=True), lambda row: row.can_undo),
            None,
            ("打开所在文件夹", lambda row: go(row.folder), lambda row: row.folder.is_dir()),
            ("复制部门名称", lambda row: self._session.copy(row.state.department), lambda _row: True),
        )

    def remind(self, row: Row) -> None:
        """Remind one department."""
        if self._has_account():
            name = row.state.department
            self._session.run(f"催{name}", "send", {"remind": True, "deliver": True, "only": name})

    def send_again(self, row: Row) -> None:
        """Send one department's sheet, although it was sent before."""
        if self._has_account():
            name = row.state.department
            self._session.run(f"给{name}再发一次", "send", {"deliver": True, "again": name})

    def use(self, row: Row) -> None:
        """Choose which of a department's files counts."""
        inbox = self._session.folder / INBOX
        file = self._ask.file(f"{row.state.department}：选用收件箱里的哪一份", inbox, SHEET_FILES)
        if file:
            name = file.relative_to(inbox).as_posix() if file.is_relative_to(inbox) else file.name
            self._deciding("选用另一份", use=name)(row)

    def waive(self, row: Row) -> None:
        """Accept a department's sheet in spite of what is wrong with it."""
        question = "为什么虽有问题仍然采用？理由会记入流水账，也会印在汇总表里。"
        if reason := self._ask.text(f"{row.state.department}：带说明采用", question):
            self._deciding("带说明采用", waive=reason)(row)

    def send_back(self, row: Row) -> None:
        """Send a department's sheet back."""
        if reason := self._ask.text(f"{row.state.department}：退回重填", "为什么退回？理由会写进问题清单。"):
            self._deciding("退回重填", send_back=reason)(row)

    def _deciding(self, title: str, **options: Any) -> Callable[[Row], None]:
        """Return what decides about a department."""
        return lambda row: self._session.run(title, "decide", {"department": row.state.department, **options})
