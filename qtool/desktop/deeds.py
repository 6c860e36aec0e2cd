"""What can be done about one department, from the board."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from qtool.desktop.asking import SHEETS as SHEET_FILES
from qtool.desktop.board_panel import Deed
from qtool.outcome import State
from qtool.state.view import Row
from qtool.workspace import INBOX

if TYPE_CHECKING:
    from qtool.desktop.window import Window


class Deeds:
    """The deeds of a window with an open campaign."""

    def __init__(self, window: Window) -> None:
        self._window = window

    def all(self) -> tuple[Deed | None, ...]:
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
        found = self._window.asking.file(f"{row.state.department}：选用收件箱里的哪一份", inbox, SHEET_FILES)
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
        text = self._window.asking.text(f"{row.state.department}：{title}", question)
        if text:
            self._decide(row, {way: text}, title)

    def _decide(self, row: Row, options: Mapping[str, Any], title: str) -> None:
        self._window.run(title, "decide", {"department": row.state.department, **options})
