"""The command line's own behaviour: beginning a year, checking a plan, usage, help, JSON, encodings, exit codes."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from cli_cases import Said, edit, prepared, qtool, rehearsed, row_of, shell, snapshot
from openpyxl import load_workbook
from rich.cells import cell_len
from waiting import LONG, until

from qtool.actions import ACTIONS
from qtool.resources import PLAN_2022, PLAN_BLANK, template
from qtool.workspace import FOLDERS, JOURNAL, PLAN, SETTINGS, SHEETS, UNFINISHED

NAMES = [action.name for action in ACTIONS]
ENGLISH = re.compile(r"[A-Za-z]{2,}")


def english(text: str) -> set[str]:
    """Return the English words in a text, past the names of commands, options, files, and codes."""
    for known in (
        r"--[a-z-]+",
        r"\bmail-test\b",
        r"\[[A-Z]\d\d\]",
        r"\bqtool(\.toml)?",
        r"\S+\.(xlsx|docx|log|txt|jsonl)",
    ):
        text = re.sub(known, "", text)
    return set(ENGLISH.findall(text)) - {*NAMES, "JSON", "PDF", "Excel", "WPS", "Word", "Workbook"}


# --- new ------------------------------------------------------------------------------------------------------------


def test_new_makes_a_campaign_with_the_plan_of_2022(tmp_path: Path) -> None:
    said = shell("new", "2023年 考核", at=tmp_path)
    root = tmp_path / "2023年 考核"
    assert said.code == 0
    assert "已新建考核工程：2023年 考核" in said.out
    assert {path.name for path in root.iterdir()} == {*FOLDERS, PLAN, SETTINGS, JOURNAL}
    assert (root / PLAN).read_bytes() == template(PLAN_2022).read_bytes()


def test_new_blank_gives_a_plan_to_fill_in(tmp_path: Path) -> None:
    assert qtool("new", tmp_path / "空白", "--blank").code == 0
    assert (tmp_path / "空白" / PLAN).read_bytes() == template(PLAN_BLANK).read_bytes()
    said = qtool("check", "--campaign", tmp_path / "空白")
    assert said.code == 1
    assert "一行也没有" in said.out


def test_new_takes_an_own_plan_and_refuses_what_is_none(tmp_path: Path) -> None:
    own = shutil.copyfile(template(PLAN_2022), tmp_path / "我的 方案.xlsx")
    assert qtool("new", "甲", "--plan", own.name, at=tmp_path).code == 0
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04")
    (tmp_path / "目录.xlsx").mkdir()
    for name, code in (("坏.xlsx", "P02"), ("不存在.xlsx", "P01"), ("目录.xlsx", "P01"), ("长" * 200, "")):
        said = qtool("new", "乙", "--plan", name, at=tmp_path)
        assert said.code == 2
        assert code in said.err
        assert not english(said.err)
        assert not (tmp_path / "乙").exists()


def test_new_leaves_a_folder_alone_that_holds_anything(tmp_path: Path) -> None:
    (tmp_path / "笔记.txt").write_text("我的", encoding="utf-8")
    for target in (tmp_path, tmp_path / "笔记.txt"):
        before = snapshot(tmp_path)
        said = qtool("new", target)
        assert said.code == 2
        assert "[C02]" in said.err
        assert snapshot(tmp_path) == before
    assert qtool("new", tmp_path / "笔记.txt" / "甲").code == 2


def test_new_does_not_touch_another_plan_or_a_campaign(tmp_path: Path) -> None:
    shutil.copyfile(template(PLAN_BLANK), tmp_path / PLAN)
    assert "[C02]" in qtool("new", tmp_path).err
    assert qtool("new", tmp_path / "甲").code == 0
    assert "[C02]" in qtool("new", tmp_path / "甲").err


KILLED = """
import os, signal, sys
from qtool.cli import main
def watch(event, arguments):
    if event == "open" and str(arguments[0]).endswith(sys.argv[1]) and "w" in str(arguments[1]):
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
main(["new", sys.argv[2]])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
@pytest.mark.parametrize("ending", [".xlsx", ".toml"])
def test_new_can_be_repeated_after_it_was_killed_half_way(tmp_path: Path, ending: str) -> None:
    root = tmp_path / "甲"
    done = subprocess.run([sys.executable, "-c", KILLED, ending, str(root)], check=False, timeout=LONG)
    assert done.returncode == -signal.SIGKILL
    assert list(root.rglob(f"{UNFINISHED}*"))
    assert "[C01]" in qtool("check", "--campaign", root).err
    assert qtool("new", root).code == 0
    assert qtool("sheets", "--campaign", root, "--only", "市公安局").code == 0
    assert not list(root.rglob(f"{UNFINISHED}*"))


# --- check ----------------------------------------------------------------------------------------------------------


def test_check_of_a_sound_plan_shows_its_warnings_and_succeeds(tmp_path: Path) -> None:
    root = prepared(tmp_path)
    before = snapshot(root)
    said = shell("check", at=root)
    assert said.code == 0
    assert "发现0处错误、5处提示" in said.out
    assert "考核方案.xlsx › 考核内容 › G32：“06-01”" in said.out
    assert said.err == ""
    assert snapshot(root) == before


def test_check_lists_every_error(tmp_path: Path) -> None:
    root = prepared(tmp_path)
    edit(root / PLAN, "评分细则", {"H3": "比均直", "I4": "0~~5"})
    said = qtool("check", "--campaign", root)
    assert said.code == 1
    assert "发现2处错误" in said.out
    assert "是不是要写“比均值”？" in said.out
    for command in ("sheets", "collect", "status", "tally", "documents"):
        refused = qtool(command, "--campaign", root)
        assert refused.code == 2
        assert refused.err.count("[P25]") == 2
        assert "[C10]" in refused.err


def test_check_against_another_plan_says_what_changed(tmp_path: Path) -> None:
    root = prepared(tmp_path)
    old = shutil.copyfile(root / PLAN, tmp_path / "去年.xlsx")
    assert "没有改动" in qtool("check", "--campaign", root, "--against", old).out
    edit(root / PLAN, "评分细则", {f"I{row_of(root / PLAN, '评分细则', 编号='01-01')}": "0~4"})
    said = qtool("check", "--campaign", root, "--against", old, "--json")
    assert said.data["data"]["changes"]
    assert "01-01" in str(said.data["data"]["changes"])
    assert "[P01]" in qtool("check", "--campaign", root, "--against", "没有.xlsx").err


def test_a_campaign_without_its_plan_or_without_being_one(tmp_path: Path) -> None:
    root = prepared(tmp_path)
    (root / PLAN).unlink()
    for command in ("check", "sheets", "collect", "status", "tally", "documents"):
        assert "[P01]" in qtool(command, "--campaign", root).err
        for nowhere in (tmp_path, tmp_path / "没有", root / SETTINGS):
            said = qtool(command, "--campaign", nowhere)
            assert said.code == 2
            assert f"{nowhere}：这不是考核工程文件夹" in said.err


# --- usage ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ("nope", "没有命令 nope。\n"),
        ("stat", "没有命令 stat。是不是要写 status？"),
        ("--nope", "没有选项 --nope。\n"),
        ("check --pla x", "没有选项 --pla。是不是要写 --plan？"),
        ("new", "缺少文件夹。"),
        ("new 甲 乙", "多写了内容：乙。"),
        ("status 甲 乙", "多写了内容：甲 乙。"),
        ("check --plan", "选项 --plan 后面要写内容。"),
        ("status --json=3", "选项 --json 后面不能写内容。"),
        ("demo 甲 --seed abc", "选项 --seed 写得不对，后面要写数。"),
    ],
)
def test_usage_errors_are_chinese(tmp_path: Path, arguments: str, answer: str) -> None:
    said = qtool(*arguments.split(), at=tmp_path)
    assert said.code == 2
    assert said.out == ""
    assert answer in said.err
    assert said.err.endswith("用 qtool --help 查看用法。\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["", *NAMES])
def test_help_is_chinese_and_fits_a_terminal(command: str) -> None:
    said = qtool(*command.split(), "--help")
    assert said.code == 0
    assert english(said.out) == set()
    assert max(len(line.encode("gbk")) for line in said.out.splitlines()) <= 80
    assert said.out.startswith(f"用法：qtool {command}".rstrip())


def test_help_says_what_every_option_is_for() -> None:
    for action in ACTIONS:
        out = qtool(action.name, "--help").out
        for option in action.options:
            assert option.help in out
            assert option.positional or f"--{option.name.replace('_', '-')}" in out


def test_no_command_shows_the_help_and_version_the_version() -> None:
    assert qtool().out == qtool("--help").out
    assert re.fullmatch(r"qtool \d+\.\d+\.\d+\n", shell("--version").out)


# --- what programs read ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [name for name in NAMES if name not in {"new", "demo", "fetch", "mail-test"}])
def test_json_of_every_command_is_whole(tmp_path: Path, command: str) -> None:
    more = ("市公安局", "--sent") if command == "decide" else ()
    said = qtool(command, *more, "--json", "--campaign", rehearsed(tmp_path))
    assert said.code == said.data["exit"] == 0
    assert {"exit", "said", "faults", "files", "data"} == set(said.data)
    assert said.err == ""


def test_json_of_a_step_that_could_not_run_names_the_fault(tmp_path: Path) -> None:
    said = qtool("status", "--json", at=tmp_path)
    assert (said.code, said.data["exit"], said.codes) == (2, 2, ["C01"])


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "utf-8"])
def test_output_into_a_pipe_of_any_encoding(tmp_path: Path, encoding: str) -> None:
    said = shell("check", at=prepared(tmp_path), encoding=encoding)
    assert said.code == 0
    assert said.err == ""
    assert "[P44]" in said.out
    if encoding == "gbk":
        assert "考核方案.xlsx > 考核内容 > G32：“06-01”" in said.out
        assert "?" not in said.out
    assert shell("nope", encoding=encoding).code == 2
    assert shell("status", "--json", at=tmp_path, encoding=encoding).code == 2


@pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX")
@pytest.mark.lengthy
def test_ctrl_c_stops_with_a_sentence_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "qtool", "demo", str(tmp_path / "演练")]
    # A shell's background jobs hand on that they do not listen to Ctrl-C.
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - no threads here
    ) as process:
        until(lambda: len(list((tmp_path / "演练" / SHEETS).glob("*.xlsx"))) > 2 or process.poll() is not None)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=LONG)
    assert process.returncode == 2
    assert err.decode().strip() == "已中断，没有完成的步骤可以重新执行。"
    assert not list(tmp_path.rglob(f"{UNFINISHED}*"))
    for path in tmp_path.rglob("*.xlsx"):
        load_workbook(path).close()


def test_what_nobody_expected_becomes_a_sentence_and_a_log(tmp_path: Path) -> None:
    root = prepared(tmp_path)
    journal = root / JOURNAL
    journal.unlink()
    journal.mkdir()
    said = qtool("status", "--campaign", root)
    assert said.code == 2
    assert not english(said.err)
    assert "Traceback" not in said.err


def test_a_terminal_eighty_columns_wide_is_enough(tmp_path: Path) -> None:
    root = rehearsed(tmp_path)
    edit(root / PLAN, "评分细则", {"H3": "比均直"})
    script = shutil.which("script")
    if script is None:
        pytest.fail("script (util-linux) is not on PATH")
    said: list[Said] = []
    for command in ("check", "status --help"):
        line = f"stty cols 80; '{sys.executable}' -m qtool {command}"
        done = subprocess.run(
            [script, "-qec", line, "/dev/null"], cwd=root, capture_output=True, timeout=LONG, check=False
        )
        said.append(Said(done.returncode, re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", done.stdout.decode()), ""))
    assert [one.code for one in said] == [1, 0]
    for line in said[0].out.splitlines() + said[1].out.splitlines():
        assert cell_len(line) <= 80
        assert not line.strip().startswith(("。", "，", "）", "”"))
