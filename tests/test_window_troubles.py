"""What may go wrong while the window is open: told with a remedy, nothing lost, and the window goes on."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from tkinter import ttk

import pytest
from campaign_cases import child, leftovers, linux, wait_for
from cli_cases import edit, fill, fill_all, prepared, qtool, rehearsed, row_of
from waiting import LONG, PATIENCE
from window_cases import OpenWindow, button, display, ending, every, open_window, words

from qtool.actions.action import Outcome, Request
from qtool.actions.send import send
from qtool.desktop.pages.start_page import StartPage
from qtool.desktop.self_test import REPORT
from qtool.layout import Layout
from qtool.outcome import State
from qtool.plan.read import read_plan
from qtool.progress import Event
from qtool.rehearsal import fill_sheet
from qtool.state.view import StepName
from qtool.workspace import ACCEPTED, INBOX, LOG, OUTBOX, PLAN, SETTINGS, SHEETS, TALLY

__all__ = ["display", "open_window"]
POLICE = "市公安局"


def many(root: Path, folder: Path, count: int) -> list[Path]:
    """Return so many returned files of a campaign, all different."""
    folder.mkdir()
    layout = Layout(read_plan(root / PLAN).plan, POLICE)
    source = root / SHEETS / f"评分表-{POLICE}.xlsx"
    found = [folder / f"{number:03d}.xlsx" for number in range(count)]
    for number, path in enumerate(found):
        fill_sheet(source, path, layout, number)
    return found


def test_escape_stops_collecting_and_nothing_is_lost(open_window: OpenWindow, tmp_path: Path) -> None:
    root = prepared(tmp_path)
    files = many(root, tmp_path / "很多", 120)
    desk = open_window(root)
    desk.focus()
    desk.window.take(files)
    desk.until(lambda: "/120" in desk.said or any((root / INBOX).iterdir()))
    assert desk.session.busy
    desk.xdotool("key", "Escape")
    desk.until(lambda: not desk.session.busy, turns=600)
    assert desk.said.startswith("已停下：检查评分表")
    desk.settle()
    assert all(path.is_file() for path in files)
    assert leftovers(root) == []
    desk.window.take(files)
    desk.settle()
    assert desk.session.overview is not None
    assert {row.state.state for row in desk.session.overview.rows if row.state.department == POLICE} == {State.ACCEPTED}
    taken = [path for path in (root / INBOX).iterdir() if path.is_file()]
    assert len({path.read_bytes() for path in taken}) == len({path.read_bytes() for path in files})


def test_the_button_stops_drafting(open_window: OpenWindow, tmp_path: Path) -> None:
    root = prepared(tmp_path)
    desk = open_window(root)
    began = threading.Event()

    def work(request: Request) -> Outcome:
        assert began.wait(PATIENCE)
        return send(request)

    desk.session.run("写信的草稿", work)
    button(desk.session.message_bar, "取消").invoke()
    assert "正在停下" in desk.said
    began.set()
    desk.until(lambda: not desk.session.busy)
    assert "已停下" in desk.said
    desk.settle()
    assert list((root / OUTBOX).iterdir()) == []
    desk.window.commands.drafts()
    desk.settle()
    assert len([path for path in (root / OUTBOX).iterdir() if path.is_dir()]) == 13


def test_what_is_looked_at_meanwhile_leaves_the_job_its_place(open_window: OpenWindow, tmp_path: Path) -> None:
    root = rehearsed(tmp_path)
    desk = open_window(root)
    assert desk.session.overview is not None
    problem = next(one for one in desk.session.overview.problems if one.path and one.cell)
    began, told = threading.Event(), list[str]()

    def work(_request: Request) -> Outcome:
        assert began.wait(PATIENCE)
        return Outcome(sentences=["做完了"])

    desk.session.run("做一件事", work)
    stopping = button(desk.session.message_bar, "取消")
    desk.session.open_problem(problem)
    desk.until(lambda: len(desk.opened) == 1)
    desk.session.copy("市公安局")
    desk.root.update()
    assert desk.session.busy
    assert stopping.winfo_ismapped()
    assert "正在做一件事" in desk.said
    desk.answer(ending("Return", told))
    desk.session.open_problem(replace(problem, path=root / "没有.xlsx"))
    desk.until(lambda: told)
    assert "没有.xlsx" in told[0]
    assert desk.session.busy
    assert stopping.winfo_ismapped()
    began.set()
    desk.settle()
    assert "做完了" in desk.said


def test_a_campaign_that_is_deleted_while_it_is_looked_at(open_window: OpenWindow, tmp_path: Path) -> None:
    root = prepared(tmp_path)
    desk = open_window(root)
    shutil.rmtree(root)
    desk.until(lambda: isinstance(desk.window.page, StartPage))
    assert "没能打开" in desk.said
    assert root.name in desk.said
    assert "qtool " not in desk.said
    assert desk.start.recent == []
    other = prepared(tmp_path)
    desk.open(other)
    assert desk.session.campaign == other


def test_a_campaign_that_is_deleted_while_a_job_runs(open_window: OpenWindow, tmp_path: Path) -> None:
    root = prepared(tmp_path)
    files = many(root, tmp_path / "很多", 60)
    desk = open_window(root)
    desk.window.take(files)
    desk.until(lambda: any((root / INBOX).iterdir()))
    root.rename(tmp_path / "挪走了")
    desk.until(lambda: isinstance(desk.window.page, StartPage) and not desk.session.busy)
    assert "没能" in desk.said
    assert all(path.is_file() for path in files)
    assert (tmp_path / "挪走了" / SETTINGS).is_file()
    assert not (root / SETTINGS).exists()


def test_a_plan_changed_by_another_program_is_looked_at_again(open_window: OpenWindow, tmp_path: Path) -> None:
    root = prepared(tmp_path)
    desk = open_window(root)
    row = row_of(root / PLAN, "方案", 项目="方案名称")
    edit(root / PLAN, "方案", {f"B{row}": "某市的考核方案"})
    desk.until(lambda: desk.session.overview is not None and desk.session.overview.title == "某市的考核方案")
    assert "某市的考核方案" in words(desk.page)
    edit(root / PLAN, "考核内容", {"G2": "很多"})
    desk.until(lambda: any("考核内容 › G2" in str(p.fault) for p in desk.session.overview.problems))  # type: ignore[union-attr]
    assert desk.session.overview is not None
    assert desk.session.overview.next == "plan"
    assert desk.page.steps.button(StepName.SHEETS).instate(["disabled"])


def test_files_that_arrive_are_seen_by_themselves(open_window: OpenWindow, tmp_path: Path) -> None:
    root = prepared(tmp_path)
    desk = open_window(root)
    fill(root, POLICE)
    desk.until(lambda: "新到1份" in words(desk.page))
    assert "检查收件箱" in str(desk.page.steps.button(StepName.COLLECT).cget("text"))
    desk.press("collect")
    assert (root / ACCEPTED / f"评分表-{POLICE}.xlsx").is_file()


HOLD = """
    import pathlib, sys, threading
    from qtool.workspace import locked, open_campaign
    with locked(open_campaign(pathlib.Path(sys.argv[1]))):
        print("好", flush=True)
        threading.Event().wait()
"""


def test_another_process_holds_the_campaign(open_window: OpenWindow, tmp_path: Path) -> None:
    root = prepared(tmp_path)
    desk = open_window(root)
    holder = child(HOLD, root)
    with holder:
        wait_for(holder)
        desk.window.commands.drafts()
        desk.settle()
        holder.kill()
    assert "没能写信的草稿" in desk.said
    assert "C03" in desk.said
    assert "qtool 正在" not in desk.said
    desk.window.commands.drafts()
    desk.settle()
    assert "没能" not in desk.said


@linux
@pytest.mark.parametrize("way", ["folder", "open"])
def test_a_workbook_that_cannot_be_written(open_window: OpenWindow, tmp_path: Path, way: str) -> None:
    root = rehearsed(tmp_path)
    fill(root, POLICE, seed=99)
    qtool("collect", "--campaign", root)
    path = root / TALLY / "汇总表.xlsx"
    before = path.read_bytes()
    if way == "folder":
        path.unlink()
        path.mkdir()
    else:
        done = subprocess.run(["chattr", "+i", str(path)], capture_output=True, check=False)
        if done.returncode:
            pytest.skip("this filesystem has no such mark")
    desk = open_window(root)
    records = sorted((root / TALLY / "记录").iterdir())
    try:
        desk.answers.sure = True
        desk.session.run("修订结果", "tally", {"revise": "复核"})
        desk.settle()
    finally:
        if way == "open":
            subprocess.run(["chattr", "-i", str(path)], check=True)
    assert "没能修订结果" in desk.said
    assert "汇总表.xlsx" in desk.said
    assert "请" in desk.said
    assert sorted((root / TALLY / "记录").iterdir()) == records
    if way == "open":
        assert path.read_bytes() == before
    else:
        path.rmdir()
    desk.session.run("修订结果", "tally", {"revise": "复核"})
    desk.settle()
    assert path.is_file()
    assert "没能" not in desk.said


def test_a_campaign_whose_settings_are_spoilt(open_window: OpenWindow, tmp_path: Path) -> None:
    root = prepared(tmp_path)
    (root / "qtool.toml").write_text("这不是设置 = = =", encoding="utf-8")
    desk = open_window()
    desk.session.open(root)
    desk.until(lambda: "没能打开" in desk.said)
    assert isinstance(desk.window.page, StartPage)


def test_a_file_that_has_gone_is_told(open_window: OpenWindow, tmp_path: Path) -> None:
    root = prepared(tmp_path)
    desk = open_window(root)
    row = next(row for row in desk.session.overview.rows if row.state.department == POLICE)  # type: ignore[union-attr]
    assert row.opens is not None
    row.opens.unlink()
    told: list[str] = []
    desk.answer(ending("Return", told))
    desk.session.open_path(row.opens)
    assert "不在了" in told[0]
    assert desk.opened == []


def test_what_nobody_expected_is_logged_and_the_log_opens(open_window: OpenWindow, tmp_path: Path) -> None:
    root = prepared(tmp_path)
    desk = open_window(root)

    def work(_request: Request) -> Outcome:
        raise ZeroDivisionError("谁也没想到")

    desk.session.run("做一件事", work)
    desk.settle()
    assert desk.said.startswith("没能做一件事。")
    assert "C99" in desk.said
    assert "谁也没想到" in (root / LOG).read_text("utf-8")
    button(desk.session.message_bar, "打开记录").invoke()
    assert desk.opens() == root / LOG
    desk.press("sheets")
    assert desk.opens(2) == root / SHEETS


def test_closing_while_a_job_runs_asks_and_stops_it(open_window: OpenWindow, tmp_path: Path) -> None:
    root = prepared(tmp_path)
    desk = open_window(root)
    reached, stopped = [0], threading.Event()

    def work(request: Request) -> Outcome:
        try:
            for number in itertools.count():
                request.report(Event(number, number + 1, "一件"))
                reached[0] = number
                time.sleep(0.02)
        finally:
            stopped.set()
        return Outcome()

    desk.session.run("做很久", work)
    desk.until(lambda: reached[0] > 10)
    told: list[str] = []
    desk.answer(ending("Escape", told))
    desk.window.close()
    assert "正在做很久" in told[0]
    further = reached[0] + 10
    desk.until(lambda: reached[0] > further)
    assert desk.session.busy
    assert not stopped.is_set()
    desk.answer(ending("Return"))
    desk.window.close()
    desk.until(stopped.is_set)


def test_only_one_job_at_a_time(open_window: OpenWindow, tmp_path: Path) -> None:
    root = prepared(tmp_path)
    fill_all(root)
    desk = open_window(root)
    enough = threading.Event()

    def work(_request: Request) -> Outcome:
        assert enough.wait(PATIENCE)
        return Outcome()

    desk.session.run("做很久", work)
    shown = [one for one in every(desk.page, ttk.Button) if "导入" in str(one.cget("text"))]
    assert all(one.instate(["disabled"]) for one in (*shown, desk.page.steps.button(StepName.SHEETS)))
    bar = desk.root.nametowidget(str(desk.root.cget("menu")))
    assert [bar.entrycget(place, "state") for place in (1, 2)] == ["disabled", "disabled"]
    desk.focus()
    desk.keys("ctrl+n", "ctrl+i", "alt+2")  # none of which asks for anything
    desk.window.commands.tally()
    told: list[str] = []
    desk.answer(ending("Return", told))
    desk.window.take([root])
    assert "正在做很久，请等它做完" in told[0]
    enough.set()
    desk.settle()
    assert not (root / TALLY / "汇总表.xlsx").exists()
    assert list((root / ACCEPTED).iterdir()) == []
    assert all(one.instate(["!disabled"]) for one in shown)


def self_test(where: Path) -> subprocess.CompletedProcess[str]:
    """Run the program's self-test in a process of its own."""
    code = "from qtool.desktop.main import main; main()"
    command = [sys.executable, "-c", code, "--self-test", str(where)]
    return subprocess.run(command, capture_output=True, text=True, timeout=LONG, check=False)


@pytest.mark.slow
def test_the_self_test_is_passed(display: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert display
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    where = tmp_path / "自检 一次"
    done = self_test(where)
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads((where / REPORT).read_text("utf-8"))
    assert report["ok"]
    assert report["wrong"] == []
    assert report["drops"]


def test_a_self_test_without_a_folder_fails_plainly(
    display: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert display
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "文件").write_text("", encoding="utf-8")
    done = self_test(tmp_path / "文件" / "里面")
    assert done.returncode == 1
    assert done.stderr == ""
    assert "不能建文件夹" in done.stdout
