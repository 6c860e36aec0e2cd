"""The settings' dialog in a real window: what it shows, checks and keeps, keys, the trial with real mail servers."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import threading
import time
import tkinter as tk
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from tkinter import ttk

import pytest
from campaign_cases import new_campaign
from certificates import Authority, new_authority
from mail_cases import Memory, everything, memory, with_account
from mail_servers import (
    SECRET,
    USER,
    Dovecot,
    PostOffice,
    dovecot,
    free_port,
    program_or_skip,
    settings,
    silent_server,
    smtp_server,
)
from xvfb_cases import display, look, press, settle, until, window

from qtool.desktop.jobs import Jobs
from qtool.desktop.look import Look
from qtool.desktop.settings_dialog import SettingsDialog
from qtool.desktop.settings_mail import MailPage
from qtool.faults import QtoolError
from qtool.resources import PLAN_2022, template
from qtool.workspace import FOLDERS, PLAN, SETTINGS, SHEETS, Campaign, locked

__all__ = ["display", "look", "memory", "window"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give the test a campaign with the plan and the folders of a new one."""
    campaign = new_campaign(tmp_path)
    shutil.copy(template(PLAN_2022), campaign.root / PLAN)
    for name in FOLDERS:
        (campaign.root / name).mkdir()
    return campaign.root


@pytest.fixture
def jobs(window: tk.Tk) -> Iterator[Jobs]:
    made = Jobs(window)
    yield made
    made.close()


Open = Callable[[], SettingsDialog]


@pytest.fixture
def opened(window: tk.Tk, root: Path, look: Look, jobs: Jobs) -> Open:
    """Give the test a way to open the dialog, ready to be typed in."""

    def open_it() -> SettingsDialog:
        window.update()
        dialog = SettingsDialog(window, root, look, jobs)
        until(window, lambda: dialog.winfo_viewable() and dialog.grab_status())
        until(window, lambda: not jobs.busy)
        return dialog

    return open_it


def written(root: Path) -> dict[str, dict[str, object]]:
    return tomllib.loads((root / SETTINGS).read_text("utf-8"))


def note(dialog: SettingsDialog, key: str) -> str:
    """Return what stands below a field, if it can be seen."""
    label = dialog.fields[key].note
    return str(label.cget("text")) if label.winfo_manager() else ""


def usual(dialog: SettingsDialog, key: str) -> str:
    """Return the default that a field shows in grey, if it does."""
    label = next(child for child in dialog.fields[key].widget.winfo_children() if isinstance(child, tk.Label))
    return str(label.cget("text")) if label.winfo_manager() else ""


def type_in(dialog: SettingsDialog, key: str, text: str) -> None:
    """Type a text into a field as a person at the keyboard does."""
    program_or_skip("xdotool")
    field = dialog.fields[key]
    field.widget.focus_force()
    until(dialog, lambda: dialog.focus_get() is field.widget)
    with subprocess.Popen(["xdotool", "type", "--delay", "4", text]) as typing:
        until(dialog, lambda: typing.poll() is not None)
    until(dialog, lambda: field.text.endswith(text))


def every(widget: tk.Misc) -> Iterator[tk.Misc]:
    for child in widget.winfo_children():
        yield child
        yield from every(child)


def steps(page: MailPage) -> list[tuple[str, str]]:
    return [(str(mark.cget("text")), str(result.cget("text"))) for mark, _title, result in page.steps]


def test_it_shows_what_is_written_and_the_defaults(opened: Open, root: Path) -> None:
    path = root / SETTINGS
    text = path.read_text("utf-8").replace(
        '["公文"]', '["公文"]\n"抄送" = "市政府办"\n"加盖印章" = false\n"版头" = "无"'
    )
    path.write_text(text, "utf-8")
    dialog = opened()
    fields = dialog.fields
    assert (fields["公文.抄送"].text, fields["公文.加盖印章"].text, fields["公文.版头"].text) == (
        "市政府办",
        "否",
        "无",
    )
    assert usual(dialog, "公文.抄送") == ""
    assert usual(dialog, "公文.发文机关标志") == "随州市质量强市工作领导小组办公室文件"
    assert usual(dialog, "邮箱.发件人") == "随州市质量强市工作领导小组办公室"
    assert (usual(dialog, "公文.上边距"), usual(dialog, "公文.标题字体")) == ("37", "方正小标宋简体")
    fields["公文.版式"].show("GB/T 33476.2-2016")
    fields["公文.版式"].widget.event_generate("<<ComboboxSelected>>")
    assert usual(dialog, "公文.上边距") == "34.58"
    dialog.save()
    until(dialog.master, lambda: not dialog.winfo_exists())
    assert dialog.saved
    assert written(root)["公文"] == {
        "抄送": "市政府办",
        "加盖印章": False,
        "版头": "无",
        "版式": "GB/T 33476.2-2016",
    }


def test_a_known_address_needs_nothing_else(opened: Open, root: Path) -> None:
    dialog = opened()
    type_in(dialog, "邮箱.地址", "zqb@qq.com")
    until(dialog, lambda: note(dialog, "邮箱.地址") == "QQ邮箱：服务器已知，不用填")
    assert usual(dialog, "邮箱.地址") == ""
    assert (usual(dialog, "邮箱.发信服务器"), usual(dialog, "邮箱.收信端口")) == ("smtp.qq.com", "993")
    press(dialog.fields["邮箱.地址"].widget, "Return")
    until(dialog.master, lambda: not dialog.winfo_exists())
    assert dialog.saved
    assert written(root)["邮箱"] == {"地址": "zqb@qq.com"}


def test_everything_wrong_is_said_at_its_field_at_once(opened: Open, root: Path) -> None:
    before = everything(root)
    dialog = opened()
    for key, text in {
        "邮箱.发信端口": "七",
        "邮箱.收信端口": "70000",
        "公文.上边距": "5",
        "公文.行距": "x",
    }.items():
        dialog.fields[key].show(text)
    settle(dialog)
    dialog.save()
    settle(dialog)
    assert "没有填邮箱地址" in note(dialog, "邮箱.地址")
    assert "“七”不是数" in note(dialog, "邮箱.发信端口")
    assert "10至60" in note(dialog, "公文.上边距")
    assert "不是数" in note(dialog, "公文.行距")
    assert dialog.fields["公文.上边距"].widget.winfo_manager()
    assert dialog.fields["公文.上边距"].parent.winfo_manager(), "what is wrong is put away"
    assert not dialog.saved
    dialog.fields["邮箱.地址"].show("zqb@qq.com")
    settle(dialog)
    assert "服务器已知" in note(dialog, "邮箱.地址"), "what was wrong is said no more once something else is entered"
    assert "“七”不是数" in note(dialog, "邮箱.发信端口")
    dialog.save()
    settle(dialog)
    assert "65535" in note(dialog, "邮箱.收信端口")
    assert "不是数" not in note(dialog, "邮箱.地址")
    for key in ("邮箱.发信端口", "邮箱.收信端口", "公文.上边距", "公文.行距"):
        dialog.fields[key].show("")
    press(dialog, "Escape")
    assert not dialog.winfo_exists()
    assert everything(root) == before


def test_a_campaign_in_use_is_said_and_nothing_is_lost(opened: Open, root: Path) -> None:
    dialog = opened()
    dialog.fields["公文.签发人"].show("某某")
    with locked(Campaign(root, None)):  # type: ignore[arg-type]  # the lock needs the folder alone
        dialog.save()
        until(dialog, lambda: "正在" in dialog.message)
    assert dialog.fields["公文.签发人"].text == "某某"
    dialog.save()
    until(dialog.master, lambda: not dialog.winfo_exists())
    assert written(root)["公文"] == {"签发人": "某某"}


def test_a_folder_without_settings_is_refused_before_anything_is_shown(
    window: tk.Tk, tmp_path: Path, look: Look, jobs: Jobs
) -> None:
    with pytest.raises(QtoolError) as caught:
        SettingsDialog(window, tmp_path, look, jobs)
    assert [found.code for found in caught.value.faults] == ["C01"]
    assert window.winfo_children() == []


def test_a_campaign_deleted_meanwhile_is_said(opened: Open, root: Path) -> None:
    dialog = opened()
    dialog.fields["公文.签发人"].show("某某")
    shutil.rmtree(root)
    dialog.save()
    until(dialog, lambda: "考核工程" in dialog.message)
    press(dialog, "Escape")
    assert not dialog.winfo_exists()


def test_every_letter_is_its_own_and_goes_where_it_says(opened: Open) -> None:
    dialog = opened()
    for page, tab in ((dialog.mail, "e"), (dialog.official, "f")):
        press(dialog, f"Alt-{tab}")
        settle(dialog)
        letters = list(page.letters)
        assert not set(letters) & set("efds"), "a letter of the page hides one of the dialog"
        shown = [child for child in every(page) if isinstance(child, (ttk.Label, ttk.Button, ttk.Checkbutton))]
        labels = [str(child.cget("text")) for child in shown]
        named = [text[text.index("(") + 1].lower() for text in labels if "(" in text]
        assert sorted(named) == sorted(letters)
        for key, field in page.fields.items():
            text = str(field.label.cget("text"))
            if text.endswith(")"):
                press(dialog, f"Alt-{text[-2].lower()}")
                assert dialog.focus_get() is field.widget, key
                assert text[int(str(field.label.cget("underline")))] == text[-2]


def test_everything_that_can_be_reached_has_a_tooltip(opened: Open) -> None:
    dialog = opened()
    dialog.official.more()
    controls = [w for w in every(dialog) if isinstance(w, (ttk.Entry, ttk.Button, ttk.Checkbutton))]
    assert len(controls) > 40
    assert [str(control) for control in controls if not control.bind("<Enter>")] == []


@pytest.mark.parametrize("number", [0, 1, 2])
def test_nothing_is_cut_off(opened: Open, number: int) -> None:
    dialog = opened()
    dialog.official.more()
    dialog.fields["邮箱.地址"].show("zqb@kaohe.example.cn")
    dialog._book.select(number)  # type: ignore[no-untyped-call]  # noqa: SLF001 - as a click on the tab does
    settle(dialog, 0.3)
    assert dialog.winfo_rootx() >= 0
    assert dialog.winfo_rooty() + dialog.winfo_height() <= 720
    page = (dialog.mail, dialog.official, dialog.folders)[number]
    for widget in every(page):
        if widget.winfo_viewable() and isinstance(widget, (ttk.Label, ttk.Button)):
            assert widget.winfo_width() >= widget.winfo_reqwidth(), str(widget.cget("text"))
            assert widget.winfo_rooty() + widget.winfo_height() <= page.winfo_rooty() + page.winfo_height()


def test_the_folders_say_what_lies_in_them(opened: Open, root: Path) -> None:
    (root / SHEETS / "内").mkdir()
    for name in ("a.xlsx", "内/b.xlsx", "~$a.xlsx"):
        (root / SHEETS / name).write_bytes(b"")
    shutil.rmtree(root / "退回")
    dialog = opened()
    counts = {name: str(label.cget("text")) for name, label in dialog.folders.counts.items()}
    assert set(counts) == set(FOLDERS)
    assert (counts[SHEETS], counts["退回"], counts["5-汇总"]) == ("2个文件", "不在了", "空的")


def test_typefaces_that_are_missing_are_named(opened: Open) -> None:
    dialog = opened()
    press(dialog, "Alt-f")
    dialog.official.more()
    until(dialog, lambda: "方正小标宋简体" in dialog.official.missing)
    type_in(dialog, "公文.标题字体", "Noto Sans CJK SC")
    until(dialog, lambda: "方正小标宋简体" not in dialog.official.missing)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return new_authority(tmp_path_factory.mktemp("authority"))


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
    page, ticks = dialog.mail, []

    def tick() -> None:
        ticks.append(time.monotonic())
        dialog.after(50, tick)

    page.secret.show(SECRET)
    dialog.after(0, tick)
    page.test.invoke()
    until(dialog, lambda: steps(page)[5][0] == "●")
    assert [mark for mark, _result in steps(page)[:5]] == ["✓"] * 5
    page.stop.invoke()
    until(dialog, lambda: not page.trying, 3)
    assert steps(page)[5][0] == "○"
    assert str(page.test.cget("state")) == "normal"
    assert max(b - a for a, b in itertools.pairwise(ticks)) < 0.3
    assert memory.kept == {}


def test_the_dialog_is_closed_while_a_server_keeps_silent(
    opened: Open, root: Path, authority: Authority, jobs: Jobs, memory: Memory
) -> None:
    assert memory.kept == {}
    with silent_server() as port:
        with_account(root, settings(authority, port, 1, 超时=2))
        dialog = opened()
        window = dialog.master
        dialog.mail.secret.show(SECRET)
        dialog.mail.test.invoke()
        settle(dialog, 0.3)
        press(dialog, "Escape")
        assert not dialog.winfo_exists()
        until(window, lambda: not jobs.busy)
    assert not [thread for thread in threading.enumerate() if thread.name == "qtool-work"]


def test_a_secret_that_was_not_tried_is_asked_about_once(opened: Open, root: Path) -> None:
    dialog = opened()
    dialog.fields["邮箱.地址"].show("zqb@qq.com")
    dialog.mail.secret.show(SECRET)
    dialog.save()
    settle(dialog)
    assert dialog.winfo_exists()
    assert "还没有测试" in str(dialog.mail.secret.note.cget("text"))
    dialog.save()
    until(dialog.master, lambda: not dialog.winfo_exists())
    assert written(root)["邮箱"] == {"地址": "zqb@qq.com"}
    assert SECRET.encode() not in everything(root)


def test_the_secret_is_masked_until_it_is_to_be_seen(opened: Open) -> None:
    dialog = opened()
    entry = dialog.mail.secret.widget
    dialog.mail.secret.show(SECRET)
    assert str(entry.cget("show")) == "●"
    press(dialog, "Alt-w")
    assert str(entry.cget("show")) == ""
    press(dialog, "Alt-w")
    assert str(entry.cget("show")) == "●"
