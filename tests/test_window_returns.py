"""Returned sheets through the window: imported, dropped, good and bad; the problems found, and where they open."""

from __future__ import annotations

import itertools
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path
from tkinter import ttk
from typing import Any

import pytest
import waiting
from cli_cases import SEED, prepared, troubled
from openpyxl import load_workbook
from window_cases import Desk, OpenWindow, display, ending, every, open_window, words

from qtool.desktop.dialogs.questions import Details
from qtool.layout import Layout
from qtool.outcome import State
from qtool.plan.read import read_plan
from qtool.rehearsal import Trouble, fill_sheet
from qtool.workspace import ACCEPTED, INBOX, PLAN, SHEETS

__all__ = ["display", "open_window"]
POLICE, TRADE, HEALTH, SCHOOL = "市公安局", "市商务局", "市卫健委", "市教育局"
CORPUS = Path(__file__).parent / "returns" / "should_fail"


def returned(root: Path, folder: Path, department: str, trouble: Trouble = Trouble.NONE) -> Path:
    """Return a department's sheet as it comes by mail, outside the campaign."""
    folder.mkdir(exist_ok=True)
    target = folder / f"{department}的评分.{'zip' if trouble is Trouble.ZIPPED else 'xlsx'}"
    layout = Layout(read_plan(root / PLAN).plan, department)
    fill_sheet(root / SHEETS / f"评分表-{department}.xlsx", target, layout, SEED, trouble)
    return target


def states(desk: Desk) -> dict[str, State]:
    assert desk.session.overview is not None
    return {row.state.department: row.state.state for row in desk.session.overview.rows}


def problems(desk: Desk) -> dict[str, tuple[str, ...]]:
    """Return the rows of the list of problems by key, as they are seen."""
    table = desk.below.table
    return {key: tuple(map(str, table.tree.item(key, "values"))) for key in table.row_keys}


def test_several_files_are_imported_each_as_it_is(open_window: OpenWindow, tmp_path: Path) -> None:
    root = prepared(tmp_path)
    desk = open_window(root)
    came = tmp_path / "邮件附件"
    desk.answers.chosen = [
        returned(root, came, POLICE),
        returned(root, came, TRADE, Trouble.ZIPPED),
        returned(root, came, HEALTH, Trouble.ODD),
        returned(root, came, SCHOOL, Trouble.WRONG),
        returned(root, came, "市文旅局", Trouble.DAMAGED),
    ]
    before = {path: path.read_bytes() for path in desk.answers.chosen}
    desk.focus()
    desk.keys("ctrl+i")
    desk.until(lambda: desk.session.outcome is not None)
    desk.settle()
    found = states(desk)
    assert [found[name] for name in (POLICE, TRADE, HEALTH)] == [State.ACCEPTED] * 3
    assert found[SCHOOL] is State.RETURNED
    assert len(list((root / ACCEPTED).iterdir())) == 3
    assert len(list((root / INBOX).iterdir())) == 5
    assert {path: path.read_bytes() for path in before} == before
    assert "处问题要处理" in desk.said
    listed = problems(desk)
    assert any("打不开" in row[2] for row in listed.values())
    assert all(all(row) for row in listed.values()), "every problem has degree, place, fault, remedy"
    assert [row[0] for row in listed.values()] == sorted((row[0] for row in listed.values()), reverse=True)


def test_a_problem_is_told_whole_and_opens_at_its_cell(open_window: OpenWindow, tmp_path: Path) -> None:
    desk = open_window(troubled(tmp_path))
    desk.window.show_problems()
    desk.root.update()
    assert desk.below.button.instate(["disabled"])
    listed = problems(desk)
    key = next(key for key, row in listed.items() if SCHOOL in row[1] and "H8" in row[1])
    table = desk.below.table.tree
    x, y = desk.row(table, key)
    desk.point(table, x, y)
    desk.click()
    told = str(desk.below._full_text.cget("text"))  # noqa: SLF001 - what is seen
    assert "不符合要求" in told
    assert "没有填0" in told
    assert "S11" in told
    desk.point(table, x - 30, y)  # or the next two clicks are three with this one
    desk.click(times=2)
    path = desk.opens()
    assert SCHOOL in path.name
    sheet = load_workbook(path).active
    assert sheet is not None
    assert (sheet.title, sheet.sheet_view.selection[-1].activeCell) == ("评分表", "H8")
    desk.until(lambda: "H8" in desk.said)
    desk.focus()
    desk.keys("alt+g")
    assert load_workbook(desk.opens(2)).active is not None


def test_a_problem_of_the_plan_opens_the_plan(open_window: OpenWindow, tmp_path: Path) -> None:
    root = troubled(tmp_path)
    desk = open_window(root)
    listed = problems(desk)
    key = next(key for key, row in listed.items() if "考核内容 › G32" in row[1])
    desk.below.table.choose(key)
    desk.root.update()
    desk.below.button.invoke()
    assert desk.opens() == root / PLAN
    book = load_workbook(root / PLAN)
    assert book.active is not None
    assert (book.active.title, book.active.sheet_view.selection[-1].activeCell) == ("考核内容", "G32")


@pytest.mark.parametrize("path", sorted(CORPUS.iterdir())[::9], ids=lambda path: path.name)
def test_whatever_comes_is_told_and_the_window_stays(open_window: OpenWindow, tmp_path: Path, path: Path) -> None:
    root = prepared(tmp_path)
    desk = open_window(root)
    desk.answers.chosen = [path]
    desk.window.commands.import_files()
    desk.settle()
    listed = problems(desk)
    assert listed
    assert all(row[2] and row[3] for row in listed.values())
    assert (root / INBOX / path.name).read_bytes() == path.read_bytes()
    assert State.ACCEPTED not in states(desk).values()


def test_a_folder_and_an_archive_are_dropped(open_window: OpenWindow, tmp_path: Path) -> None:
    root = prepared(tmp_path)
    desk = open_window(root)
    folder = tmp_path / "U 盘{里}"
    returned(root, folder, POLICE)
    (folder / "~$市公安局的评分.xlsx").write_bytes(b"x")
    (folder / ".DS_Store").write_bytes(b"x")
    archive = tmp_path / "都在里面.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for name in (TRADE, HEALTH):
            file.write(returned(root, tmp_path / "别处", name), f"{name}.xlsx")
    desk.window.take([folder, archive])
    desk.settle()
    found = states(desk)
    assert [found[name] for name in (POLICE, TRADE, HEALTH)] == [State.ACCEPTED] * 3
    assert sorted(path.name for path in (root / INBOX).iterdir()) == ["市公安局的评分.xlsx", "都在里面.zip"]


def test_what_cannot_be_taken_is_told(open_window: OpenWindow, tmp_path: Path) -> None:
    desk = open_window()
    told: list[str] = []
    (tmp_path / "空的").mkdir()
    desk.answer(ending("Return", told))
    desk.window.take([tmp_path / "空的"])
    assert "请先打开一个考核工程" in told[0]
    root = prepared(tmp_path)
    desk.window.take([root])
    desk.until(lambda: desk.session.overview is not None)
    assert desk.session.campaign == root


SOURCE = """
    import pathlib, sys, urllib.parse
    from tkinterdnd2 import TkinterDnD
    marks, names = pathlib.Path(sys.argv[1]), tuple(sys.argv[2:])
    root = TkinterDnD.Tk()
    root.geometry("120x80+20+560")
    root.attributes("-topmost", True)
    text = "".join(f"file://{urllib.parse.quote(name)}\\r\\n" for name in names)
    root.tk.createcommand("octets", lambda *_said: " ".join(map(str, text.encode())))
    root.tk.eval("proc ::tkdnd::xdnd::_SendData args octets")  # its own sends text, which Tk 8.6 spoils
    root.drag_source_register(1, "DND_Files")

    def begin(_event):
        (marks / "dragging").touch()
        return "copy", "DND_Files", (names,)

    root.dnd_bind("<<DragInitCmd>>", begin)
    root.wait_visibility()
    root.update()
    (marks / "ready").touch()
    root.mainloop()
"""


def test_files_are_dragged_from_another_program(open_window: OpenWindow, tmp_path: Path) -> None:
    root = prepared(tmp_path)
    path = returned(root, tmp_path / "另 一个 文件夹", POLICE)
    desk = open_window(root)
    desk.resize("900x560+300+20")
    asked: list[str] = []

    def over(event: Any) -> str:
        asked.append(event.action)
        return str(event.action)

    desk.root.dnd_bind("<<DropPosition>>", over)  # type: ignore[attr-defined]  # where tkinterdnd2 is there
    command = [sys.executable, "-c", textwrap.dedent(SOURCE), str(tmp_path), str(path)]
    with subprocess.Popen(command) as source:
        try:
            desk.until((tmp_path / "ready").exists)
            desk.xdotool("mousemove", 80, 600, "mousedown", 1)
            for x, y in ((100, 590), (200, 500), (400, 400), (520, 320)):
                desk.xdotool("mousemove", x, y)
            desk.until((tmp_path / "dragging").exists)
            places = itertools.cycle([(560, 300), (562, 301)])
            waiting.until(lambda: asked, lambda: desk.xdotool("mousemove", *next(places)))
            desk.xdotool("mouseup", 1)
            desk.until(lambda: desk.session.outcome is not None)
            desk.settle()
        finally:
            source.terminate()
    assert states(desk)[POLICE] is State.ACCEPTED


def test_the_details_of_a_job_show_all_of_it(open_window: OpenWindow, tmp_path: Path) -> None:
    root = prepared(tmp_path)
    desk = open_window(root)
    desk.window.take([returned(root, tmp_path / "来的", SCHOOL, Trouble.WRONG)])
    desk.settle()
    assert desk.session.outcome is not None
    _title, outcome = desk.session.outcome
    seen: list[list[str]] = []

    def use(dialog: object) -> None:
        assert isinstance(dialog, Details)
        (book,) = every(dialog, ttk.Notebook)
        seen.append([str(dialog.tk.call(book, "tab", page, "-text")) for page in book.tabs()])  # type: ignore[no-untyped-call]
        desk.keys("Escape")

    desk.answer(use)
    desk.focus()
    desk.keys("alt+d")
    desk.until(lambda: bool(seen))
    assert len(seen[0]) == 1 + len(outcome.tables) + bool(outcome.faults) + bool(outcome.files)
    assert seen[0][0] == "经过"
    assert words(desk.root)
