"""What the window's buttons and menus do: each asks for what its action needs, and begins it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qtool.actions.action import Outcome, Request
from qtool.desktop.dialogs.questions import SHEETS as SHEET_FILES
from qtool.desktop.dialogs.questions import WORD, WORKBOOKS
from qtool.desktop.recent import documents_folder
from qtool.outcome import State
from qtool.progress import Event, Report
from qtool.state.view import Row, Step, StepButton, StepName
from qtool.workspace import ACCEPTED, DOCUMENTS, INBOX, MATERIAL, OUTBOX, PLAN, SHEETS, TALLY

if TYPE_CHECKING:
    from qtool.desktop.window import Window

Entry = tuple[str, Callable[[], object]]
"""Something more that a step can do: its name and doing it; an empty name is a line between."""
DepartmentEntry = tuple[str, Callable[[Row], object], Callable[[Row], bool]]
"""Something that can be done about a department: its name, doing it, and whether it can be done now."""
_BOARD, _WORKBOOK, _ADJUSTMENTS = "回收情况.xlsx", f"{TALLY}/汇总表.xlsx", f"{TALLY}/人工调整.xlsx"
_NOT_SENT = (State.NOT_SENT,)
_LINE: Entry = ("", lambda: None)


class Commands:
    """The commands of a window with an open campaign."""

    def __init__(self, window: Window) -> None:
        self._window = window

    def press(self, step: Step) -> None:
        """Do what a step's button says."""
        does: Mapping[StepButton, Callable[[], object]] = {
            StepButton.OPEN_PLAN: lambda: self._open(PLAN),
            StepButton.OPEN_FOLDER: lambda: self._open("."),
            StepButton.OPEN_SHEETS: lambda: self._open(SHEETS),
            StepButton.OPEN_OUTBOX: lambda: self._open(OUTBOX),
            StepButton.OPEN_ACCEPTED: lambda: self._open(ACCEPTED),
            StepButton.OPEN_ADJUSTMENTS: lambda: self._open(_ADJUSTMENTS),
            StepButton.OPEN_TALLY: lambda: self._open(_WORKBOOK),
            StepButton.OPEN_DOCUMENTS: lambda: self._open(DOCUMENTS),
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
        does[step.does]()

    def more(self) -> dict[StepName, Sequence[Entry]]:
        """Return what else each step can do, for its menu."""
        open_ = self._opener
        return {
            StepName.PLAN: (
                ("打开方案", open_(PLAN)),
                ("检查方案", self.check),
                ("与另一份方案比较…", self.compare),
                _LINE,
                ("打开考核工程文件夹", open_(".")),
            ),
            StepName.SHEETS: (
                ("生成评分表", self.sheets),
                ("全部重新生成…", self.sheets_anew),
                ("带上已交回的答案，生成新的一版…", self.sheets_with_answers),
                _LINE,
                ("打开评分表文件夹", open_(SHEETS)),
            ),
            StepName.SEND: (
                ("发送评分表…", self.send),
                ("只写草稿，不发", self.drafts),
                ("试发到一个邮箱…", self.trial),
                ("催报：给还没有交好的部门…", self.remind),
                ("把自评材料发给考核对象…", self.send_material),
                ("都标记为已发出…", self.mark_all_sent),
                _LINE,
                ("设置邮箱…", self._window.settings),
                ("打开发件箱文件夹", open_(OUTBOX)),
            ),
            StepName.COLLECT: (
                ("导入评分表…", self.import_files),
                ("检查收件箱", self.collect),
                ("收信并检查", self.fetch),
                ("收信，另定条件…", self.fetch_wanted),
                _LINE,
                ("打开回收情况表", open_(_BOARD)),
                ("打开收件箱文件夹", open_(INBOX)),
            ),
            StepName.TALLY: (
                ("汇总排名", self.tally),
                ("登记批准…", self.approve),
                ("修订已批准的结果…", self.revise),
                ("与以前的汇总比较…", self.tally_against),
                _LINE,
                ("打开汇总表", open_(_WORKBOOK)),
                ("打开人工调整表", open_(_ADJUSTMENTS)),
            ),
            StepName.DOCUMENTS: (
                ("生成公文", self.documents),
                ("检查公文版式…", self.measure),
                ("取出公文模板，供修改", self.templates),
                _LINE,
                ("准备自评材料", self.reports),
                ("检查自评材料…", self.review),
                _LINE,
                ("打开公文文件夹", open_(DOCUMENTS)),
                ("打开自评材料文件夹", open_(MATERIAL)),
            ),
        }

    def check(self) -> None:
        """Check the plan."""
        self._act("检查方案", "check")

    def compare(self) -> None:
        """Compare the plan with another one."""
        found = self._window.questions.file("与哪一份方案比较", self._window.place, WORKBOOKS)
        if found:
            self._act("比较方案", "check", {"against": found}, then=self._window.details)

    def sheets(self) -> None:
        """Make the sheets that are not up to date."""
        self._act("生成评分表", "sheets")

    def sheets_anew(self) -> None:
        """Make all sheets anew, as a new version."""
        text = "全部评分表会重新生成，成为新的一版，以前发出的就不是最新的了。方案改了以后平常用“生成评分表”就行。"
        if self._window.questions.confirm("全部重新生成", text, yes="重新生成"):
            self._act("重新生成评分表", "sheets", force=True)

    def sheets_with_answers(self) -> None:
        """Make a new version that holds the answers given so far."""
        text = "给各部门生成新的一版评分表，已经交回的答案带在里面，部门只要补充和改正。"
        if self._window.questions.confirm("带上已交回的答案", text, yes="生成"):
            self._act("生成评分表", "sheets", {"keep_answers": True})

    def send(self) -> None:
        """Send the sheets, after they were looked at."""
        if self._window.has_account():
            self._act("发送评分表", "send", {"deliver": True})

    def drafts(self) -> None:
        """Write the letters, and send nothing."""
        self._act("写信的草稿", "send")

    def trial(self) -> None:
        """Send all letters to one address, to see how they arrive."""
        if not self._window.has_account():
            return
        hint = "全部信都发到这个邮箱，主题标“测试”，不算发过"
        address = self._window.questions.text("试发", "试发到哪个邮箱？", hint=hint)
        if address:
            self._act("试发", "send", {"test": address})

    def send_material(self) -> None:
        """Send the assessees what they need for their reports."""
        if self._window.has_account():
            self._act("把自评材料发给考核对象", "send", {"to": "考核对象", "deliver": True})

    def remind(self) -> None:
        """Remind whoever has not returned a good sheet."""
        if self._window.has_account():
            self._act("催报", "send", {"remind": True, "deliver": True})

    def mark_all_sent(self) -> None:
        """Enter that all departments have their sheets, as when they were handed over otherwise."""
        overview = self._window.overview
        names = [row.state.department for row in overview.rows if row.state.state in _NOT_SENT] if overview else []
        if not names:
            self._window.questions.tell("标记为已发出", "没有要标记的：评分表都已经发出，或者还没有生成。")
            return
        text = f"把{len(names)}个部门的评分表都记为已经发出（例如已经用微信、U盘或内网转交）。"
        if self._window.questions.confirm("标记为已发出", text, yes="标记"):
            self._window.act("标记为已发出", lambda request: _marked(request, names))

    def import_files(self) -> None:
        """Take files into the inbox and check them."""
        if self._window.campaign is None:
            return
        found = self._window.questions.files("选择各部门交回的评分表（可以选多个）", self._window.place, SHEET_FILES)
        if found:
            self._window.place = found[0].parent
            self.take(found)

    def take(self, files: Iterable[Path]) -> None:
        """Take these files into the inbox and check them."""
        self._act("检查评分表", "collect", {"files": list(files)})

    def collect(self) -> None:
        """Check what lies in the inbox."""
        self._act("检查收件箱", "collect")

    def fetch(self) -> None:
        """Take the letters from the mailbox and check what came."""
        if self._window.has_account():
            self._act("收信并检查", "fetch", {"collect": True})

    def fetch_wanted(self) -> None:
        """Take letters by other conditions than the usual ones."""
        if not self._window.has_account():
            return
        from qtool.desktop.dialogs.questions import FetchDialog  # noqa: PLC0415 - not before it is wanted

        options = FetchDialog(self._window.root, self._window.theme).found()
        if options is not None:
            self._act("收信并检查", "fetch", {"collect": True, **options})

    def tally(self) -> None:
        """Tally what was accepted."""
        self._act("汇总", "tally", then=self._window.show_results)

    def approve(self) -> None:
        """Enter that the result was approved."""
        hint = "例如：随政办〔2023〕5号，市长批示同意"
        text = self._window.questions.text("登记批准", "批准文号、批准人：", hint=hint)
        if text:
            self._act("登记批准", "tally", {"approve": text}, then=self._window.show_results)

    def revise(self) -> None:
        """Change a result that was approved."""
        question = "为什么修订已经批准的结果？修订后要重新批准。"
        text = self._window.questions.text("修订结果", question, hint="例如：复核发现某部门评分有误")
        if text:
            self._act("修订结果", "tally", {"revise": text}, then=self._window.show_results)

    def tally_against(self) -> None:
        """Compare with an earlier tally."""
        folder = self._window.root_folder / TALLY / "记录"
        found = self._window.questions.file("与哪一次汇总比较", folder, (("汇总记录", "*.json"),))
        if found:
            self._act("比较汇总", "tally", {"against": str(found)}, then=self._window.details)

    def documents(self) -> None:
        """Make the documents that can be made now."""
        self._act("生成公文", "documents")

    def measure(self) -> None:
        """Check one document against the standard."""
        found = self._window.questions.file("检查哪一份公文的版式", self._window.root_folder / DOCUMENTS, WORD)
        if found:
            self._act("检查公文版式", "documents", {"check": found}, then=self._window.details)

    def templates(self) -> None:
        """Copy the templates into the campaign."""
        self._act("取出公文模板", "documents", {"templates": True})

    def reports(self) -> None:
        """Make what the assessees need for their reports."""
        self._act("准备自评材料", "reports")

    def review(self) -> None:
        """Check the reports and the evidence that came."""
        hint = "写成 2023-01-20 的样子；写“默认”就按方案的截止日期，过了的按五天以后"
        until = self._window.questions.text("检查自评材料", "有问题的材料，要求改正到哪一天？", hint=hint, start="默认")
        if until:
            self._act("检查自评材料", "review", {} if until == "默认" else {"until": until}, then=self._window.details)

    def new_from_2022(self) -> None:
        """Begin a campaign from the shipped plan."""
        self._new({})

    def new_from_own(self) -> None:
        """Begin a campaign from a plan of the user's."""
        found = self._window.questions.file("用哪一份考核方案", self._window.place, WORKBOOKS)
        if found:
            self._new({"plan": found})

    def new_from(self, plan: Path) -> None:
        """Begin a campaign from this plan."""
        self._new({"plan": plan})

    def new_blank(self) -> None:
        """Begin a campaign from an empty plan."""
        self._new({"blank": True})

    def rehearse(self) -> None:
        """Go through a year with made-up data."""
        folder = self._window.questions.new_folder("用示例数据演练", "考核演练", documents_folder())
        if folder:
            self._begin("演练一年", "demo", folder, {"broken": True})

    def choose(self) -> None:
        """Open a campaign that is there."""
        found = self._window.questions.folder("打开哪一个考核工程文件夹", self._window.place)
        if found:
            self._window.open(found)

    def _new(self, options: Mapping[str, Any]) -> None:
        folder = self._window.questions.new_folder("新建考核工程", "质量工作考核", documents_folder())
        if folder:
            self._begin("新建考核工程", "new", folder, options)

    def _begin(self, title: str, action: str, folder: Path, options: Mapping[str, Any]) -> None:
        def opened(_outcome: Outcome) -> None:
            self._window.open(folder)

        self._window.run(title, action, {"folder": folder, **options}, root=folder, then=opened)

    def _act(
        self,
        title: str,
        action: str,
        options: Mapping[str, Any] | None = None,
        *,
        force: bool = False,
        then: Callable[[Outcome], object] | None = None,
    ) -> None:
        self._window.run(title, action, options or {}, force=force, then=then)

    def _open(self, name: str) -> None:
        self._window.open_path(self._window.root_folder / name)

    def _opener(self, name: str) -> Callable[[], None]:
        return lambda: self._open(name)


def _marked(request: Request, names: Sequence[str]) -> Outcome:
    """Enter every department's sheet as sent; runs in the work's thread."""
    from qtool.actions.decide import decide  # noqa: PLC0415 - what an action needs is imported when it runs

    quiet: Report = lambda _event: None  # noqa: E731 - the inner progress would count the files again for each
    for number, name in enumerate(names, 1):
        request.report(Event(number, len(names), name))
        decide(Request(request.root, {"department": name, "sent": True}, quiet))
    return Outcome(sentences=[f"已记下：{len(names)}个部门的评分表已经发出"])


class DepartmentMenu:
    """The deeds of a window with an open campaign."""

    def __init__(self, window: Window) -> None:
        self._window = window

    def all(self) -> tuple[DepartmentEntry | None, ...]:
        """Return what can be done about one department."""
        go = self._window.open_path
        return (
            ("打开交回的文件或评分表", lambda row: go(row.opens), lambda row: row.opens is not None),
            ("打开问题清单", lambda row: go(row.list), lambda row: row.list is not None),
            ("打开改正件", lambda row: go(row.mending), lambda row: row.mending is not None),
            None,
            ("催报…", self.remind_one, lambda row: row.state.state not in (State.ACCEPTED, State.WAIVED)),
            ("再发一次评分表…", self.send_again, lambda row: row.state.version is not None),
            ("标记为已发出", self.mark_sent, lambda row: row.state.state is State.NOT_SENT),
            None,
            ("带说明采用…", self.waive, lambda row: row.can_waive),
            ("退回重填…", self.send_back, lambda row: row.can_send_back),
            ("选用另一份…", self.use, lambda row: row.state.file != ""),
            ("撤销人工处理", self.undo, lambda row: row.can_undo),
            None,
            ("打开所在文件夹", lambda row: go(row.folder), lambda row: row.folder.is_dir()),
            ("复制部门名称", lambda row: self._window.copy(row.state.department), lambda _row: True),
        )

    def remind_one(self, row: Row) -> None:
        """Remind one department."""
        if self._window.has_account():
            only = row.state.department
            self._window.run(f"催{only}", "send", {"remind": True, "deliver": True, "only": only})

    def send_again(self, row: Row) -> None:
        """Send one department's sheet, although it was sent before."""
        if self._window.has_account():
            name = row.state.department
            self._window.run(f"给{name}再发一次", "send", {"deliver": True, "again": name})

    def mark_sent(self, row: Row) -> None:
        """Enter that a department has its sheet."""
        self._decide(row, {"sent": True}, "标记为已发出")

    def use(self, row: Row) -> None:
        """Choose which of a department's files counts."""
        inbox = self._window.root_folder / INBOX
        found = self._window.questions.file(f"{row.state.department}：选用收件箱里的哪一份", inbox, SHEET_FILES)
        if found:
            name = found.relative_to(inbox).as_posix() if found.is_relative_to(inbox) else found.name
            self._decide(row, {"use": name}, "选用另一份")

    def waive(self, row: Row) -> None:
        """Accept a department's sheet in spite of what is wrong with it."""
        self._reasoned(row, "waive", "带说明采用", "为什么虽有问题仍然采用？理由会记入流水账，也会印在汇总表里。")

    def send_back(self, row: Row) -> None:
        """Send a department's sheet back."""
        self._reasoned(row, "send_back", "退回重填", "为什么退回？理由会写进问题清单。")

    def undo(self, row: Row) -> None:
        """Take back what was decided about a department."""
        self._decide(row, {"undo": True}, "撤销人工处理")

    def _reasoned(self, row: Row, way: str, title: str, question: str) -> None:
        text = self._window.questions.text(f"{row.state.department}：{title}", question)
        if text:
            self._decide(row, {way: text}, title)

    def _decide(self, row: Row, options: Mapping[str, Any], title: str) -> None:
        self._window.run(title, "decide", {"department": row.state.department, **options})
