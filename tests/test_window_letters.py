"""Letters through the window, over real servers: shown first, sent after a yes, the secret never seen."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from certificates import Authority
from cli_cases import fill, prepared
from mail_cases import Memory, authority, everything, mailing, memory, office, run
from mail_servers import SECRET, PostOffice, Taken, settings
from waiting import PATIENCE
from window_cases import Desk, OpenWindow, button, display, ending, every, open_window, words

from qtool.desktop.dialogs.questions import Dialog, _TextDialog
from qtool.desktop.widgets.table import Table
from qtool.outcome import State
from qtool.state.view import StepName
from qtool.workspace import OUTBOX

__all__ = ["authority", "display", "memory", "office", "open_window"]
POLICE, SCHOOL = "市公安局", "市教育局"


@pytest.fixture
def campaign(tmp_path: Path, authority: Authority, office: PostOffice) -> Path:
    root, _ = mailing(tmp_path, settings(authority, office.port))
    assert run("sheets", root).data is not None  # since the addresses changed the plan
    return root


def states(desk: Desk) -> dict[str, State]:
    assert desk.session.overview is not None
    return {row.state.department: row.state.state for row in desk.session.overview.rows}


class Sender:
    """A person who sends: reads what would go, says yes or no by a key, and then gives the secret if it is asked."""

    def __init__(self, desk: Desk, key: str = "Alt-y", *, asked: bool = True) -> None:
        self._desk, self._key, self._asked = desk, key, asked
        self.letters: list[str] = []
        self.masked: list[str] = []
        desk.answer(self._read)

    def _read(self, dialog: Dialog) -> None:
        for table in every(dialog, Table):
            self.letters += ["　".join(map(str, table.tree.item(row, "values"))) for row in table.row_keys]
        if self._key == "Alt-y" and self._asked:
            self._desk.answer(self._tell)
        dialog.event_generate(f"<{self._key}>")
        dialog.update()

    def _tell(self, dialog: Dialog) -> None:
        assert isinstance(dialog, _TextDialog)
        entry = dialog._entry  # noqa: SLF001 - what is seen
        self.masked.append(str(entry.cget("show")))
        entry.insert(0, SECRET)
        dialog.event_generate("<Return>")
        dialog.update()


def test_a_no_sends_nothing_and_a_yes_sends_all(
    open_window: OpenWindow, campaign: Path, office: PostOffice, memory: Memory
) -> None:
    assert memory.kept == {}
    desk = open_window(campaign)
    assert "发送评分表" in str(desk.page.steps.button(StepName.SEND).cget("text"))
    refused = Sender(desk, "Escape")
    desk.press("send")
    assert len([line for line in refused.letters if "bumen.example.cn" in line]) == 13
    assert office.taken == []
    assert "没有发" in desk.said
    assert set(states(desk).values()) == {State.NOT_SENT}
    again = Sender(desk)
    desk.press("send")
    assert again.masked == ["●"]
    assert len(office.taken) == 13
    assert set(states(desk).values()) == {State.SENT}
    assert SECRET.encode() not in everything(campaign)
    assert SECRET not in desk.said


def test_enter_alone_does_not_send(open_window: OpenWindow, campaign: Path, office: PostOffice) -> None:
    desk = open_window(campaign)
    seen: list[bool] = []

    def use(dialog: Dialog) -> None:
        dialog.event_generate("<Return>")
        dialog.update()
        seen.append(bool(dialog.winfo_exists()))
        if dialog.winfo_exists():
            dialog.event_generate("<Escape>")
            dialog.update()

    desk.answer(use)
    desk.press("send")
    assert office.taken == []
    assert seen


def test_one_department_is_reminded(
    open_window: OpenWindow, campaign: Path, office: PostOffice, memory: Memory
) -> None:
    assert memory.kept == {}
    fill(campaign, POLICE)
    desk = open_window(campaign)
    desk.window.commands.collect()
    desk.settle()
    sender = Sender(desk)
    desk.board.table.choose(SCHOOL)
    desk.board.fill_menu(desk.board.menu)
    places = [n for n in range(15) if desk.board.menu.type(n) == "command"]
    desk.board.menu.invoke(next(n for n in places if desk.board.menu.entrycget(n, "label") == "催报…"))
    desk.settle()
    assert sender.masked == ["●"]
    assert len(office.taken) == 1
    assert [line for line in sender.letters if SCHOOL in line]


def test_sending_stops_and_goes_on_where_it_stopped(
    open_window: OpenWindow, campaign: Path, office: PostOffice, memory: Memory
) -> None:
    assert memory.kept == {}
    stopped = threading.Event()

    def hold(_taken: Taken) -> None:
        """Do not say that the second letter was taken before somebody pressed the button."""
        assert len(office.taken) < 2 or stopped.wait(PATIENCE)

    office.hook = hold
    desk = open_window(campaign)
    Sender(desk)
    desk.page.steps.button(StepName.SEND).invoke()
    desk.until(lambda: len(office.taken) >= 2)
    button(desk.session.message_bar, "取消").invoke()
    stopped.set()
    desk.settle()
    sent = len(office.taken)
    assert 2 <= sent < 13
    assert "已停下" in desk.said
    assert list(states(desk).values()).count(State.SENT) == sent
    office.hook = lambda _taken: None
    Sender(desk, asked=False)  # the keyring has it by now
    desk.press("send")
    assert len(office.taken) == 13
    assert len({taken.recipients for taken in office.taken}) == 13


def test_without_an_account_it_is_offered_to_set_one_up(open_window: OpenWindow, tmp_path: Path) -> None:
    root = prepared(tmp_path)
    desk = open_window(root)
    told: list[str] = []
    desk.answer(ending("Escape", told))
    desk.window.commands.send()
    assert "还没有设置邮箱" in told[0]
    assert list((root / OUTBOX).iterdir()) == []


def test_a_server_that_refuses_the_secret_is_told(
    open_window: OpenWindow, campaign: Path, office: PostOffice, memory: Memory
) -> None:
    assert memory.kept == {}
    office.knows, office.echo = "另一个", True
    desk = open_window(campaign)
    Sender(desk)
    desk.press("send")
    assert office.taken == []
    assert "没能发送评分表" in desk.said
    assert SECRET not in words(desk.root)
    assert set(states(desk).values()) == {State.NOT_SENT}
