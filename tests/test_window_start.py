"""The window's first page, how a campaign is begun on it, and what is remembered from one time to the next."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_cases import edit, prepared, row_of
from window_cases import Desk, OpenWindow, display, ending, every, open_window, words
from xvfb_cases import Raised

from qtool.desktop.dialogs.questions import Dialog, _FolderDialog
from qtool.desktop.pages.start_page import StartPage
from qtool.desktop.widgets.tooltip import _Tooltip
from qtool.state.view import StepName
from qtool.workspace import PLAN, SETTINGS

__all__ = ["display", "open_window"]
LETTERS = {"N": "new", "P": "new_from_own", "O": "choose", "T": "rehearse"}


def remembered(tmp_path: Path) -> Path:
    return tmp_path / "config" / "qtool" / "窗口.json"


def test_the_first_page_offers_four_ways_to_begin(open_window: OpenWindow) -> None:
    desk = open_window()
    assert set(desk.start.buttons) == set(LETTERS)
    assert desk.start.recent == []
    assert "还没有" in words(desk.start)
    for letter, button in desk.start.buttons.items():
        text = str(button.cget("text"))
        assert text.endswith(f"({letter})")
        assert text[int(str(button.cget("underline")))] == letter


@pytest.mark.parametrize("letter", LETTERS)
def test_alt_and_its_letter_presses_a_choice(open_window: OpenWindow, letter: str) -> None:
    desk = open_window()
    pressed: list[str] = []
    desk.start.buttons[letter].configure(command=lambda: pressed.append(letter))
    desk.focus()
    desk.keys(f"alt+{letter.lower()}")
    assert pressed == [letter]


def shown_tip(desk: Desk) -> _Tooltip:
    """Wait until a tooltip can be seen with its text, where it belongs, and return it."""
    desk.until(lambda: any(tip.winfo_viewable() and words(tip) for tip in every(desk.root, _Tooltip)))
    (tip,) = [tip for tip in every(desk.root, _Tooltip) if tip.winfo_viewable()]
    return tip


def test_a_tooltip_comes_up_under_the_mouse_and_goes_again(open_window: OpenWindow) -> None:
    desk = open_window()
    desk.move()
    button = desk.start.buttons["T"]
    desk.point(button)
    tip = shown_tip(desk)
    assert "编好的数据" in words(tip)
    assert tip.winfo_rootx() >= 0
    assert tip.winfo_rootx() + tip.winfo_width() <= desk.root.winfo_screenwidth()
    assert tip.winfo_rooty() + tip.winfo_height() <= desk.root.winfo_screenheight()
    desk.move()
    desk.until(lambda: not tip.winfo_viewable())


def test_a_tooltip_at_the_screens_edge_stays_inside(open_window: OpenWindow, tmp_path: Path) -> None:
    desk = open_window(prepared(tmp_path))
    desk.resize("900x600+379+118")
    (button,) = [b for b in every(desk.page, type(desk.below.button)) if "手册" in str(b.cget("text"))]
    desk.move()
    desk.point(button)
    tip = shown_tip(desk)
    assert tip.winfo_rootx() + tip.winfo_width() <= desk.root.winfo_screenwidth()


def test_campaigns_are_remembered_the_last_one_first(open_window: OpenWindow, tmp_path: Path) -> None:
    first = prepared(tmp_path)
    second = shutil.copytree(first, tmp_path / "另一年")
    desk = open_window(first)
    desk.open(second)
    desk.close()
    again = open_window()
    assert [str(button.cget("text")) for button in again.start.recent] == ["1  另一年", "2  质量 考核"]
    again.start.recent[1].invoke()
    again.settle()
    assert again.page is not None
    assert again.window.session.campaign == first
    again.close()
    shutil.rmtree(first)
    last = open_window()
    assert [str(button.cget("text")) for button in last.start.recent] == ["1  另一年"]


@pytest.mark.parametrize("content", [b"", b"{", b"[1, 2]", b'{"\xff', '{"最近": 3, "窗口": [1]}'.encode(), b"\0" * 9])
def test_a_spoilt_memory_costs_nothing(open_window: OpenWindow, tmp_path: Path, content: bytes) -> None:
    path = remembered(tmp_path)
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    desk = open_window()
    assert desk.start.recent == []
    root = prepared(tmp_path)
    desk.open(root)
    desk.close()
    assert json.loads(path.read_text("utf-8"))["最近"] == [str(root)]


def test_a_memory_that_cannot_be_written_costs_nothing(open_window: OpenWindow, tmp_path: Path) -> None:
    remembered(tmp_path).mkdir(parents=True)
    desk = open_window(prepared(tmp_path))
    assert desk.said == "就绪"


def shown_place(desk: Desk) -> tuple[int, ...]:
    """Return where the window stands on the screen and how large it is, as it is drawn."""
    root = desk.root
    return root.winfo_rootx(), root.winfo_rooty(), root.winfo_width(), root.winfo_height()


def test_the_windows_size_and_place_are_remembered(open_window: OpenWindow) -> None:
    desk = open_window()
    desk.resize("960x580+101+37")
    place = shown_place(desk)
    desk.close()
    again = open_window()
    again.until(lambda: shown_place(again) == place)
    assert again.root.geometry() == "960x580+101+37"


@pytest.mark.parametrize("kept", ["1000x620+3000+10", "1000x620+-500+10", "5000x4000+0+0", "1000x620", "abc", "1x"])
def test_a_place_off_the_screen_is_not_taken(open_window: OpenWindow, tmp_path: Path, kept: str) -> None:
    path = remembered(tmp_path)
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"窗口": kept}), encoding="utf-8")
    desk = open_window()
    root = desk.root
    assert 0 <= root.winfo_rootx() <= root.winfo_screenwidth() - 900
    assert 0 <= root.winfo_rooty() <= root.winfo_screenheight() - 560
    assert root.winfo_rootx() + root.winfo_width() <= root.winfo_screenwidth()


def filled(name: str, place: Path, seen: list[str]) -> Callable[[Dialog], None]:
    """Return how a person fills the dialog for a new folder: typed on the keyboard; its wrong words are kept."""

    def use(dialog: Dialog) -> None:
        assert isinstance(dialog, _FolderDialog)
        dialog._folder.set(name)  # noqa: SLF001 - in place of typing
        dialog._within.set(str(place))  # noqa: SLF001 - as above
        dialog.event_generate("<Return>")
        dialog.update()
        if dialog.winfo_exists():
            seen.append(str(dialog.complaint.cget("text")))
            dialog.event_generate("<Escape>")
            dialog.update()

    return use


def begin(desk: Desk, letter: str, name: str, place: Path) -> str:
    """Press a choice, give a name and a place; return what was wrong with them."""
    seen: list[str] = []
    desk.answer(filled(name, place, seen))
    desk.start.buttons[letter].invoke()
    desk.settle()
    return "".join(seen)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "请写文件夹的名称"),
        ("2023/考核", "名称里不能有 /"),
        ('问"号?', "不能有"),
        ("有东西的", "已经有了，而且不是空的"),
        ("一个文件", "已经有了"),
        ("..", "名称"),
        ("考核.", "名称"),
        ("CON", "名称"),
        ("长" * 200, "名称"),
    ],
)
def test_a_name_that_cannot_be_is_refused_beside_the_field(
    open_window: OpenWindow, tmp_path: Path, name: str, told: str
) -> None:
    (tmp_path / "有东西的").mkdir()
    (tmp_path / "有东西的" / "a.txt").write_text("", encoding="utf-8")
    (tmp_path / "一个文件").write_text("", encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    desk = open_window()
    assert told in begin(desk, "N", name, tmp_path)
    assert isinstance(desk.window.page, StartPage)
    assert [path for path in sorted(tmp_path.rglob("*")) if path not in before and path.name == SETTINGS] == []


def test_a_place_that_is_not_there_is_refused(open_window: OpenWindow, tmp_path: Path) -> None:
    desk = open_window()
    assert "没有文件夹" in begin(desk, "N", "考核", tmp_path / "没有这里")


def test_a_name_is_typed_and_a_campaign_is_there(open_window: OpenWindow, tmp_path: Path) -> None:
    desk = open_window()
    place = tmp_path / "放在这里"
    place.mkdir()
    began: list[str] = []

    def use(dialog: Dialog) -> None:
        assert isinstance(dialog, _FolderDialog)
        dialog._within.set(str(place))  # noqa: SLF001 - as the button for choosing does
        began.append(str(dialog.focus_get()))
        assert dialog._first.selection_present()  # noqa: SLF001 - so that typing replaces it
        desk.type("Kaohe 2023")
        assert dialog._folder.get() == "Kaohe 2023"  # noqa: SLF001 - what was typed
        desk.keys("Return")

    desk.answer(use)
    desk.start.buttons["N"].invoke()
    desk.settle()
    root = place / "Kaohe 2023"
    assert desk.session.campaign == root
    assert (root / PLAN).is_file()
    assert desk.root.title() == "Kaohe 2023 — 质量考核工具"
    assert "新建" in desk.said or "考核" in desk.said
    assert desk.page.steps.button(StepName.SHEETS).instate(["!disabled"])


def test_a_plan_of_ones_own_is_taken(open_window: OpenWindow, tmp_path: Path) -> None:
    plan = tmp_path / "我的方案.xlsx"
    shutil.copy(prepared(tmp_path) / PLAN, plan)
    edit(plan, "方案", {f"B{row_of(plan, '方案', 项目='方案名称')}": "某市2024年度质量工作考核方案"})
    desk = open_window()
    desk.answers.chosen = [plan]
    assert begin(desk, "P", "自己的", tmp_path) == ""
    assert desk.session.overview is not None
    assert desk.session.overview.title == "某市2024年度质量工作考核方案"


@pytest.mark.parametrize("kind", ["text", "workbook", "gone"])
def test_what_is_no_plan_is_told_and_nothing_is_opened(open_window: OpenWindow, tmp_path: Path, kind: str) -> None:
    plan = tmp_path / "假方案.xlsx"
    if kind == "text":
        plan.write_text("这不是工作簿", encoding="utf-8")
    elif kind == "workbook":
        shutil.copy(next((prepared(tmp_path) / "1-评分表").glob("*.xlsx")), plan)
    desk = open_window()
    desk.answers.chosen = [plan]
    assert begin(desk, "P", "自己的", tmp_path) == ""
    assert isinstance(desk.window.page, StartPage)
    assert desk.said.startswith("没能新建考核工程。")
    assert "假方案.xlsx" in desk.said
    assert "qtool" not in desk.said
    assert not (tmp_path / "自己的" / SETTINGS).exists()


@pytest.mark.parametrize("kind", ["empty", "gone", "file"])
def test_a_folder_that_is_no_campaign_is_told(open_window: OpenWindow, tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "别的文件夹"
    if kind == "empty":
        folder.mkdir()
    elif kind == "file":
        folder.write_text("", encoding="utf-8")
    desk = open_window()
    desk.answers.chosen = [folder]
    told: list[str] = []
    desk.answer(ending("Return", told))
    desk.start.buttons["O"].invoke()
    assert "不是考核工程文件夹" in told[0]
    assert isinstance(desk.window.page, StartPage)


def test_the_folder_above_a_campaign_opens_it(open_window: OpenWindow, tmp_path: Path) -> None:
    above = tmp_path / "上一级"
    above.mkdir()
    root = prepared(above)
    desk = open_window()
    desk.answers.chosen = [above]
    desk.start.buttons["O"].invoke()
    desk.settle()
    assert desk.session.campaign == root
    assert desk.page.winfo_viewable()


def test_an_error_in_a_callback_fails_a_test(open_window: OpenWindow) -> None:
    desk = open_window()
    desk.root.after_idle(lambda: 1 / 0)
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        desk.until(lambda: False)
    assert isinstance(desk.raised, Raised)
    desk.raised.clear()
    desk.root.tk.eval("after idle {error 坏了}")
    with pytest.raises(AssertionError, match="坏了"):
        desk.until(lambda: False)
    desk.raised.clear()
