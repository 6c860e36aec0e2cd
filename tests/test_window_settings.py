"""The settings' dialog in a real window: what it shows, checks and keeps, and its keys."""

from __future__ import annotations

import shutil
import tkinter as tk
from functools import partial
from pathlib import Path
from tkinter import ttk

import pytest
from mail_cases import everything
from mail_servers import SECRET
from settings_cases import Open, every, jobs, note, opened, root, type_in, usual, written
from xvfb_cases import display, look, press, tidied, until, until_none, window

from qtool.desktop.dialogs.settings import SettingsDialog
from qtool.desktop.jobs import Jobs
from qtool.desktop.widgets.theme import Theme
from qtool.faults import QtoolError
from qtool.workspace import FOLDERS, SETTINGS, SHEETS, Campaign, locked

__all__ = ["display", "jobs", "look", "opened", "root", "tidied", "window"]


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
    dialog.update()
    dialog.save()
    dialog.update()
    assert "没有填邮箱地址" in note(dialog, "邮箱.地址")
    assert "“七”不是数" in note(dialog, "邮箱.发信端口")
    assert "10至60" in note(dialog, "公文.上边距")
    assert "不是数" in note(dialog, "公文.行距")
    assert dialog.fields["公文.上边距"].widget.winfo_manager()
    assert dialog.fields["公文.上边距"].parent.winfo_manager(), "what is wrong is put away"
    assert not dialog.saved
    dialog.fields["邮箱.地址"].show("zqb@qq.com")
    dialog.update()
    assert "服务器已知" in note(dialog, "邮箱.地址"), "what was wrong is said no more once something else is entered"
    assert "“七”不是数" in note(dialog, "邮箱.发信端口")
    dialog.save()
    dialog.update()
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
    window: tk.Tk, tmp_path: Path, look: Theme, jobs: Jobs
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


@pytest.mark.parametrize("tab", ["e", "f", "d"])
def test_tab_goes_through_a_page_as_it_is_read_and_then_to_the_buttons(opened: Open, tab: str) -> None:
    dialog = opened()
    dialog.official.more()
    press(dialog, f"Alt-{tab}")
    order: list[tk.Misc] = []
    here: tk.Misc | None = dialog.children["!notebook"]
    while here and (here := here.tk_focusNext()) and here not in (dialog, *order):
        order.append(here)
    order = [widget for widget in order if not isinstance(widget, (ttk.Notebook, ttk.Scrollbar))]
    assert [str(button.cget("text")) for button in order[-2:]] == ["保存(S)", "取消"]
    assert len(order) > 10

    def where() -> list[tuple[int, int]]:
        return [(round(w.winfo_rooty() / 12), w.winfo_rootx()) for w in order]

    until(dialog, lambda: where() == sorted(where()))


def test_everything_that_can_be_reached_has_a_tooltip(opened: Open) -> None:
    dialog = opened()
    dialog.official.more()
    controls = [w for w in every(dialog) if isinstance(w, (ttk.Entry, ttk.Button, ttk.Checkbutton))]
    assert len(controls) > 40
    assert [str(control) for control in controls if not control.bind("<Enter>")] == []


def over_the_screen(dialog: SettingsDialog) -> list[str]:
    """Return the dialog's place where it hangs over an edge of the screen."""
    fits = dialog.winfo_rootx() >= 0 and dialog.winfo_rooty() + dialog.winfo_height() <= 720
    return [] if fits else [f"over the edge: {dialog.winfo_geometry()}"]


def texts_of(page: tk.Misc) -> list[ttk.Label | ttk.Button]:
    return [widget for widget in every(page) if isinstance(widget, (ttk.Label, ttk.Button))]


def cut_off(page: tk.Misc) -> list[str]:
    """Return the texts that can be seen but not whole."""
    below = page.winfo_rooty() + page.winfo_height()
    return [
        str(widget.cget("text"))
        for widget in texts_of(page)
        if widget.winfo_viewable()
        and (widget.winfo_width() < widget.winfo_reqwidth() or widget.winfo_rooty() + widget.winfo_height() > below)
    ]


@pytest.mark.parametrize("number", [0, 1, 2])
def test_nothing_is_cut_off(opened: Open, number: int) -> None:
    dialog = opened()
    dialog.official.more()
    dialog.fields["邮箱.地址"].show("zqb@kaohe.example.cn")
    dialog._book.select(number)  # type: ignore[no-untyped-call]  # noqa: SLF001 - as a click on the tab does
    page = (dialog.mail, dialog.official, dialog.folders)[number]
    until(dialog, lambda: any(widget.winfo_viewable() for widget in texts_of(page)))
    until_none(dialog, lambda: over_the_screen(dialog) + cut_off(page))


def reached(page: tk.Misc, widget: tk.Misc) -> bool:
    """Whether a widget of a page has the keyboard and can be seen whole."""
    top, bottom = widget.winfo_rooty(), widget.winfo_rooty() + widget.winfo_height()
    seen = page.winfo_rooty() <= top and bottom <= page.winfo_rooty() + page.winfo_height()
    return seen and widget.focus_displayof() is widget


def test_on_a_low_screen_a_page_scrolls_to_what_has_the_focus(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SettingsDialog, "winfo_screenheight", lambda _dialog: 500)
    dialog = opened()
    press(dialog, "Alt-f")
    dialog.official.more()
    page, first, last = dialog.official, dialog.fields["公文.版式"].widget, dialog.fields["公文.宋体字体"].widget
    for widget in (last, first):
        widget.focus_force()
        until(dialog, partial(reached, page, widget))
        assert dialog.winfo_height() < 500


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


def test_the_secret_is_masked_until_it_is_to_be_seen(opened: Open) -> None:
    dialog = opened()
    entry = dialog.mail.secret.widget
    dialog.mail.secret.show(SECRET)
    assert str(entry.cget("show")) == "●"
    press(dialog, "Alt-w")
    assert str(entry.cget("show")) == ""
    press(dialog, "Alt-w")
    assert str(entry.cget("show")) == "●"
