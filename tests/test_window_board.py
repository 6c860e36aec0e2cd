"""The board and the steps of an open campaign: counts, filters, sorting, what opens, what can be done about whom."""

from __future__ import annotations

import re
import tkinter as tk
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_cases import fill, prepared, qtool, rehearsed, troubled, until
from window_cases import Desk, OpenWindow, display, ending, open_window

from qtool.desktop.dialogs.questions import Dialog
from qtool.desktop.wording import for_window
from qtool.state.view import StepName
from qtool.workspace import ACCEPTED, INBOX, RETURNED, SHEETS

__all__ = ["display", "open_window"]
BAD, ABSENT, GOOD = "市教育局", "市农业农村局", "市水利和湖泊局"
HEADS = ("评价部门", "状态", "版本", "发出", "收到", "须改正", "请核对", "期限", "说明")


def told(root: Path) -> dict[str, dict[str, object]]:
    """Return the departments as the command line tells them."""
    said = qtool("status", "--campaign", root, "--json")
    return {row["department"]: row for row in said.data["data"]["departments"]}


def cells(desk: Desk, column: str) -> dict[str, str]:
    """Return a column of the board by department, from the top down."""
    tree = desk.board.table.tree
    return {key: str(tree.set(key, HEADS.index(column))) for key in desk.board.table.row_keys}


def sort(desk: Desk, column: str) -> list[str]:
    """Click a head and return the column as it stands then."""
    tree = desk.board.table.tree
    desk.root.update()
    at = [int(name) for name in tree["displaycolumns"]].index(HEADS.index(column))
    left = sum(tree.column(name, "width") for name in tree["displaycolumns"][:at])
    for event in ("<ButtonPress-1>", "<ButtonRelease-1>"):
        tree.event_generate(event, x=left + 20, y=8)
    desk.root.update()
    return list(cells(desk, column).values())


def entries(menu: tk.Menu) -> dict[str, bool]:
    """Return a menu's entries and whether each can be chosen."""
    last = menu.index("end")
    places = [place for place in range((-1 if last is None else last) + 1) if menu.type(place) == "command"]
    return {menu.entrycget(place, "label"): menu.entrycget(place, "state") == "normal" for place in places}


def test_the_board_says_what_the_command_line_says(open_window: OpenWindow, tmp_path: Path) -> None:
    root = troubled(tmp_path)
    desk = open_window(root)
    status = told(root)
    assert list(cells(desk, "评价部门").values()) == list(status)
    assert cells(desk, "状态") == {name: row["state"] for name, row in status.items()}
    assert cells(desk, "须改正") == {name: str(row["errors"] or "") for name, row in status.items()}
    assert cells(desk, "期限")[GOOD] == "按期"
    assert re.fullmatch(r"逾期\d+天", cells(desk, "期限")[ABSENT])
    assert str(desk.board._count.cget("text")) == "已采用 9 / 13"  # noqa: SLF001 - what is seen
    assert (desk.board._bar["value"], desk.board._bar["maximum"]) == (9, 13)  # noqa: SLF001 - as above
    assert "已过" in str(desk.board._due.cget("text"))  # noqa: SLF001 - as above
    groups = {name: str(group.cget("text")) for name, group in desk.board.groups.items()}
    assert groups == {
        "全部": "全部 13",
        "未交": "未交 2",
        "待检查": "待检查 0",
        "需改正": "需改正 2",
        "已采用": "已采用 9",
    }


def test_filters_and_words_leave_only_what_is_meant(open_window: OpenWindow, tmp_path: Path) -> None:
    desk = open_window(troubled(tmp_path))
    desk.board.groups["需改正"].invoke()
    assert list(cells(desk, "状态").values()) == ["已退回", "已退回"]
    desk.board.groups["待检查"].invoke()
    assert cells(desk, "状态") == {}
    desk.board.groups["全部"].invoke()
    desk.focus()
    desk.keys("ctrl+f")
    assert desk.root.focus_get() is desk.board._entry  # noqa: SLF001 - where it is typed
    desk.board._entry.insert(0, "教育")  # noqa: SLF001 - as above
    desk.root.update()
    assert list(cells(desk, "评价部门")) == [BAD]
    desk.keys("ctrl+f", "BackSpace")
    assert len(cells(desk, "评价部门")) == 13
    desk.keys("z", "z")
    assert cells(desk, "评价部门") == {}


def test_a_head_sorts_figures_by_value_and_empty_ones_last(open_window: OpenWindow, tmp_path: Path) -> None:
    desk = open_window(troubled(tmp_path))
    up = sort(desk, "须改正")
    assert up[:2] == ["5", "7"]
    assert set(up[2:]) == {""}
    assert str(desk.board.table.tree.heading(str(HEADS.index("须改正")), "text")).endswith("▲")
    down = sort(desk, "须改正")
    assert down[:2] == ["7", "5"]
    assert set(down[2:]) == {""}
    names = sort(desk, "评价部门")
    assert names == sorted(names)
    assert not str(desk.board.table.tree.heading(str(HEADS.index("须改正")), "text")).endswith(("▲", "▼"))
    desk.session.refresh()
    desk.settle()
    assert list(cells(desk, "评价部门").values()) == names


def test_a_double_click_opens_what_came_or_the_sheet(open_window: OpenWindow, tmp_path: Path) -> None:
    root = troubled(tmp_path)
    desk = open_window(root)
    tree = desk.board.table.tree
    for number, (name, path) in enumerate(
        ((BAD, root / INBOX / f"评分表-{BAD}.xlsx"), (ABSENT, root / SHEETS / f"评分表-{ABSENT}.xlsx")), 1
    ):
        desk.point(tree, *desk.row(tree, name))
        desk.click(times=2)
        assert desk.opens(number) == path
    desk.keys("Return")
    assert desk.opens(3) == root / SHEETS / f"评分表-{ABSENT}.xlsx"


ALWAYS = {"打开交回的文件或评分表", "打开所在文件夹", "复制部门名称"}


@pytest.mark.parametrize(
    ("name", "possible"),
    [
        (BAD, {"打开问题清单", "打开改正件", "催报…", "再发一次评分表…", "带说明采用…", "退回重填…", "选用另一份…"}),
        (ABSENT, {"催报…", "再发一次评分表…", "标记为已发出"}),
        (GOOD, {"再发一次评分表…", "退回重填…", "选用另一份…"}),
    ],
)
def test_the_menu_of_a_department_offers_what_can_be_done(
    open_window: OpenWindow, tmp_path: Path, name: str, possible: set[str]
) -> None:
    desk = open_window(troubled(tmp_path))
    tree = desk.board.table.tree
    desk.point(tree, *desk.row(tree, name))
    desk.click(3)
    desk.until(desk.board.menu.winfo_viewable)
    assert desk.board.table.chosen == name
    assert {entry for entry, can in entries(desk.board.menu).items() if can} == possible | ALWAYS
    desk.board.menu.unpost()  # a posted menu holds the pointer
    desk.until(lambda: not desk.board.menu.winfo_viewable())


def test_the_keyboard_brings_the_menu_up_and_chooses(open_window: OpenWindow, tmp_path: Path) -> None:
    desk = open_window(troubled(tmp_path))
    desk.focus()
    desk.move()  # what is under the mouse would be chosen
    desk.board.table.choose(ABSENT)
    desk.board.table.tree.focus_force()
    desk.keys("shift+F10")
    desk.until(lambda: str(desk.root.tk.call("focus")) == str(desk.board.menu))
    assert desk.board.menu.winfo_rooty() >= desk.board.table.tree.winfo_rooty()
    for key in ("Up", "Up", "Return"):
        desk.keys(key)  # the first, and then the last, which copies the name
    desk.until(lambda: "已复制" in desk.said)
    assert desk.root.clipboard_get() == ABSENT


def test_without_a_row_the_menu_of_departments_offers_nothing(open_window: OpenWindow, tmp_path: Path) -> None:
    desk = open_window(prepared(tmp_path))
    menu = tk.Menu(desk.root)
    desk.window.fill_department_menu(menu)
    assert entries(menu)
    assert not any(entries(menu).values())


def test_a_campaign_begins_with_sheets_by_its_button(open_window: OpenWindow, tmp_path: Path) -> None:
    root = tmp_path / "新的"
    assert qtool("new", root).code == 0
    until(root, 20)
    desk = open_window(root)
    overview = desk.session.overview
    assert overview is not None
    assert overview.next == "sheets"
    sheets = desk.page.steps.button(StepName.SHEETS)
    assert str(sheets.cget("style")) == "Accent.TButton"
    assert sheets.instate(["!disabled"])
    for step in (StepName.SEND, StepName.COLLECT, StepName.TALLY):
        assert desk.page.steps.button(step).instate(["disabled"])
        assert str(desk.page.steps.button(step).cget("style")) == "TButton"
    desk.press("sheets")
    assert len(list((root / SHEETS).glob("*.xlsx"))) == 13
    assert "13" in desk.said
    assert desk.session.overview is not None
    assert desk.session.overview.next == "send"
    assert str(desk.page.steps.button(StepName.SEND).cget("style")) == "Accent.TButton"
    assert set(cells(desk, "状态").values()) == {"未交回"}


def test_alt_and_a_figure_does_a_step(open_window: OpenWindow, tmp_path: Path) -> None:
    root = tmp_path / "新的"
    assert qtool("new", root).code == 0
    desk = open_window(root)
    desk.focus()
    desk.keys("alt+2")
    desk.until(lambda: len(list((root / SHEETS).glob("*.xlsx"))) == 13)
    desk.settle()
    desk.keys("alt+2")
    assert desk.opens() == root / SHEETS
    desk.keys("alt+1")
    assert desk.opens(2).name == "考核方案.xlsx"
    desk.keys("alt+5")  # cannot be done yet
    desk.settle()
    assert not (root / "5-汇总" / "汇总表.xlsx").exists()


def test_one_step_alone_stands_out_and_every_step_says_why(open_window: OpenWindow, tmp_path: Path) -> None:
    for root in (prepared(tmp_path), troubled(tmp_path), rehearsed(tmp_path)):
        desk = open_window(root)
        overview = desk.session.overview
        assert overview is not None
        names = [step.name for step in overview.steps]
        out = [name for name in names if str(desk.page.steps.button(name).cget("style")) == "Accent.TButton"]
        assert out == [name for name in names if name == overview.next]
        for step in overview.steps:
            assert step.button in str(desk.page.steps.button(step.name).cget("text"))
            assert for_window(step.progress)
        desk.close()


def reason(words: str, refused: list[str]) -> Callable[[Dialog], None]:
    """Return how a person gives a reason: first none, which is refused, then one."""

    def use(dialog: Dialog) -> None:
        dialog.event_generate("<Return>")
        dialog.update()
        refused.append(str(dialog.complaint.cget("text")))
        dialog._entry.insert(0, words)  # type: ignore[attr-defined]  # noqa: SLF001 - in place of typing
        dialog.event_generate("<Return>")
        dialog.update()

    return use


def deed(desk: Desk, name: str, what: str) -> None:
    """Choose what to do about a department from its menu."""
    desk.board.table.choose(name)
    desk.board.fill_menu(desk.board.menu)
    desk.board.menu.invoke(list(entries(desk.board.menu)).index(what) + _lines_before(desk.board.menu, what))
    desk.settle()


def _lines_before(menu: tk.Menu, what: str) -> int:
    place = next(n for n in range(99) if menu.type(n) == "command" and menu.entrycget(n, "label") == what)
    return sum(menu.type(n) == "separator" for n in range(place))


def test_a_sheet_is_waived_sent_back_and_both_undone(open_window: OpenWindow, tmp_path: Path) -> None:
    root = troubled(tmp_path)
    desk = open_window(root)
    refused: list[str] = []
    desk.answer(reason("情况属实，同意按此计分", refused))
    deed(desk, BAD, "带说明采用…")
    assert refused == ["请先填写，不能空着"]
    assert cells(desk, "状态")[BAD] == told(root)[BAD]["state"] == "带说明采用"
    assert (root / ACCEPTED / f"评分表-{BAD}.xlsx").is_file()
    deed(desk, BAD, "撤销人工处理")
    assert cells(desk, "状态")[BAD] == "已退回"
    desk.answer(reason("盖章页缺失", refused))
    deed(desk, GOOD, "退回重填…")
    assert cells(desk, "状态")[GOOD] == told(root)[GOOD]["state"] == "已退回"
    assert "盖章页缺失" in "".join(p.read_text("utf-8-sig") for p in (root / RETURNED).glob(f"*{GOOD}*问题清单.txt"))
    deed(desk, GOOD, "撤销人工处理")
    assert cells(desk, "状态")[GOOD] == "已采用"


def test_no_reason_no_deed(open_window: OpenWindow, tmp_path: Path) -> None:
    root = troubled(tmp_path)
    desk = open_window(root)
    before = (root / "journal.jsonl").read_bytes()
    desk.answer(ending("Escape"))
    deed(desk, BAD, "带说明采用…")
    assert (root / "journal.jsonl").read_bytes() == before
    assert cells(desk, "状态")[BAD] == "已退回"


def test_a_sheet_is_marked_as_sent_one_and_all(open_window: OpenWindow, tmp_path: Path) -> None:
    root = prepared(tmp_path)
    desk = open_window(root)
    deed(desk, GOOD, "标记为已发出")
    assert cells(desk, "状态")[GOOD] == "已发出"
    assert set(cells(desk, "状态").values()) == {"未交回", "已发出"}
    desk.answer(ending("Return"))
    desk.window.commands.mark_all_sent()
    desk.settle()
    assert set(cells(desk, "状态").values()) == {"已发出"}
    assert {row["state"] for row in told(root).values()} == {"已发出"}


def test_another_file_of_a_department_is_chosen(open_window: OpenWindow, tmp_path: Path) -> None:
    root = prepared(tmp_path)
    fill(root, GOOD)
    second = fill(root, GOOD, root / INBOX / "评分表-改过.xlsx", 8)
    desk = open_window(root)
    desk.window.commands.collect()
    desk.settle()
    desk.answers.chosen = [second]
    deed(desk, GOOD, "选用另一份…")
    assert told(root)[GOOD]["file"] == "评分表-改过.xlsx"
    assert cells(desk, "状态")[GOOD] == "已采用"
