"""The mail account tried out from the settings' dialog, with real servers: right, wrong, silent, stopped."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from certificates import Authority
from mail_cases import Memory, authority, everything, memory, with_account
from mail_servers import (
    SECRET,
    USER,
    Dovecot,
    PostOffice,
    dovecot,
    free_port,
    settings,
    silent_server,
    smtp_server,
)
from settings_cases import Open, jobs, opened, root, written
from xvfb_cases import Liveliness, display, look, press, tidied, until, window

from qtool.desktop.dialogs.settings import SettingsDialog
from qtool.desktop.dialogs.settings_mail import MailPage
from qtool.desktop.jobs import Jobs

__all__ = ["authority", "display", "jobs", "look", "memory", "opened", "root", "tidied", "window"]


def steps(page: MailPage) -> list[tuple[str, str]]:
    return [(str(mark.cget("text")), str(result.cget("text"))) for mark, _title, result in page.steps]


@pytest.fixture
def servers(authority: Authority) -> Iterator[tuple[PostOffice, Dovecot]]:
    with dovecot(authority) as home:
        office = PostOffice(hook=lambda taken: home.drop(taken.content))
        with smtp_server(authority, office):
            yield office, home


def with_servers(root: Path, authority: Authority, smtp: int, imap: int) -> None:
    with_account(root, settings(authority, smtp, imap))


def try_out(dialog: SettingsDialog, secret: str) -> MailPage:
    """Press the button of the trial with this secret, and wait for its end."""
    page = dialog.mail
    page.secret.show(secret)
    page.test.invoke()
    until(dialog, lambda: not page.trying)
    return page


def test_an_account_is_tried_and_its_secret_goes_to_the_keyring_alone(
    opened: Open, root: Path, authority: Authority, servers: tuple[PostOffice, Dovecot], memory: Memory
) -> None:
    office, home = servers
    with_servers(root, authority, office.port, home.port)
    before = everything(root)
    dialog = opened()
    page = try_out(dialog, SECRET)
    assert [mark for mark, _result in steps(page)] == ["✓"] * 6
    assert all(result.startswith("通过") for _mark, result in steps(page))
    assert "邮箱可以用" in str(page.remedy.cget("text"))
    assert page.secret.text == ""
    assert memory.kept == {("qtool", USER): SECRET}
    assert everything(root) == before
    assert [mark for mark, _result in steps(try_out(dialog, ""))] == ["✓"] * 6  # with the one that is kept
    dialog.save()
    until(dialog.master, lambda: not dialog.winfo_exists())
    assert SECRET.encode() not in everything(root)


def test_without_a_keyring_the_secret_stays_only_in_the_dialog(
    opened: Open, root: Path, authority: Authority, servers: tuple[PostOffice, Dovecot]
) -> None:
    office, home = servers
    with_servers(root, authority, office.port, home.port)
    dialog = opened()
    page = try_out(dialog, SECRET)
    assert "每次都要输入" in str(page.remedy.cget("text"))
    assert page.secret.text == SECRET
    dialog.save()
    until(dialog.master, lambda: not dialog.winfo_exists())
    assert SECRET.encode() not in everything(root)


def test_a_wrong_secret_is_said_with_what_to_do(
    opened: Open, root: Path, authority: Authority, servers: tuple[PostOffice, Dovecot], memory: Memory
) -> None:
    office, home = servers
    office.echo = True
    with_servers(root, authority, office.port, home.port)
    page = try_out(opened(), "geheim-1")
    assert steps(page)[:2] == [("✓", "通过"), ("✗", "没有通过")]
    assert {mark for mark, _result in steps(page)[2:]} == {"○"}
    remedy = str(page.remedy.cget("text"))
    assert "没有接受账号或授权码" in remedy
    assert "geheim-1" not in remedy
    assert memory.kept == {}
    assert b"geheim" not in everything(root)


@pytest.mark.parametrize("typed", ["", "授权码"])
def test_no_secret_is_said_at_its_field(
    opened: Open, root: Path, authority: Authority, servers: tuple[PostOffice, Dovecot], memory: Memory, typed: str
) -> None:
    assert memory.kept == {}
    office, home = servers
    with_servers(root, authority, office.port, home.port)
    dialog = opened()
    page = try_out(dialog, typed)
    assert "请填授权码" in str(page.secret.note.cget("text"))
    assert dialog.focus_get() is page.secret.widget


def test_a_server_that_is_not_there(opened: Open, root: Path, authority: Authority, memory: Memory) -> None:
    with_servers(root, authority, free_port(), 1)
    page = try_out(opened(), SECRET)
    assert steps(page)[0] == ("✗", "没有通过")
    assert "请检查网络、服务器名称、端口和加密方式" in str(page.remedy.cget("text"))
    assert memory.kept == {}, "nobody took the secret yet"


def test_what_is_typed_is_tried_and_not_what_is_kept(
    opened: Open, root: Path, authority: Authority, servers: tuple[PostOffice, Dovecot], memory: Memory
) -> None:
    office, home = servers
    with_servers(root, authority, 1, 1)
    dialog = opened()
    dialog.fields["邮箱.发信端口"].show(str(office.port))
    dialog.fields["邮箱.收信端口"].show(str(home.port))
    assert [mark for mark, _result in steps(try_out(dialog, SECRET))] == ["✓"] * 6
    assert written(root)["邮箱"]["发信端口"] == 1
    assert memory.kept


def test_a_trial_that_waits_is_stopped_and_the_window_lives_meanwhile(
    opened: Open, root: Path, authority: Authority, servers: tuple[PostOffice, Dovecot], memory: Memory
) -> None:
    office, home = servers
    office.hook = lambda _taken: None  # the letter never comes
    with_servers(root, authority, office.port, home.port)
    dialog = opened()
    page = dialog.mail
    page.secret.show(SECRET)
    liveliness = Liveliness(dialog)
    page.test.invoke()
    until(dialog, lambda: steps(page)[5][0] == "●")
    assert [mark for mark, _result in steps(page)[:5]] == ["✓"] * 5
    page.stop.invoke()
    until(dialog, lambda: not page.trying, turns=600)
    assert steps(page)[5][0] == "○"
    assert str(page.test.cget("state")) == "normal"
    assert liveliness.end() < 0.25
    assert memory.kept == {}


def test_the_dialog_is_closed_while_a_server_keeps_silent(
    opened: Open, root: Path, authority: Authority, jobs: Jobs, memory: Memory
) -> None:
    assert memory.kept == {}
    with silent_server() as server:
        with_account(root, settings(authority, server.port, 1, 超时=2))
        dialog = opened()
        window = dialog.master
        dialog.mail.secret.show(SECRET)
        dialog.mail.test.invoke()
        until(dialog, server.called)
        press(dialog, "Escape")
        assert not dialog.winfo_exists()
        until(window, lambda: not jobs.busy)
    until(window, lambda: not [thread for thread in threading.enumerate() if thread.name == "qtool-work"])


def test_a_secret_that_was_not_tried_is_asked_about_once(opened: Open, root: Path) -> None:
    dialog = opened()
    dialog.fields["邮箱.地址"].show("zqb@qq.com")
    dialog.mail.secret.show(SECRET)
    dialog.save()
    dialog.update()
    assert dialog.winfo_exists()
    assert "还没有测试" in str(dialog.mail.secret.note.cget("text"))
    dialog.save()
    until(dialog.master, lambda: not dialog.winfo_exists())
    assert written(root)["邮箱"] == {"地址": "zqb@qq.com"}
    assert SECRET.encode() not in everything(root)
