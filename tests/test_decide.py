"""What the office decides by hand: waived, sent back, chosen, taken back; what the journal and the tally tell of it."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cli_cases import fill, fill_all, prepared, qtool
from openpyxl import load_workbook

from qtool.layout import SHEET
from qtool.workspace import ACCEPTED, INBOX, PLAN, RETURNED, TALLY, open_campaign

POLICE, TRADE, HEALTH = "市公安局", "市商务局", "市卫健委"
COUNTED = """
import json, sys
from collections import Counter
from qtool.cli import main
opened = Counter()
sys.addaudithook(lambda event, args: opened.update([str(args[0])]) if event == "open" else None)
try:
    main(sys.argv[1:])
except SystemExit as end:
    print(json.dumps([end.code, opened], ensure_ascii=True), file=sys.stderr)
"""
"""Runs a command and tells how often every file was opened, as the interpreter itself sees it."""
EARLY, LATE = 1_700_000_000, 1_700_100_000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return prepared(tmp_path)


def half(path: Path) -> Path:
    """Empty one cell of a filled sheet, as a person forgets one."""
    book = load_workbook(path)
    cells = [cell for row in book[SHEET].iter_rows(min_row=6) for cell in row if not cell.protection.locked]
    next(cell for cell in cells if cell.value == "是").value = None
    book.save(path)
    return path


def collected(root: Path) -> dict[str, Any]:
    found: dict[str, Any] = qtool("collect", "--campaign", root, "--json").data["data"]
    return found


def state(root: Path, department: str) -> dict[str, Any]:
    rows = qtool("status", "--campaign", root, "--json").data["data"]["departments"]
    return next(row for row in rows if row["department"] == department)


@pytest.mark.lengthy
def test_a_waived_return_counts_and_the_tally_says_why(root: Path) -> None:
    fill_all(root)
    half(root / INBOX / f"评分表-{TRADE}.xlsx")
    assert collected(root)["missing"] == [TRADE]
    said = qtool("decide", TRADE, "--waive", "经办人住院，领导同意", "--campaign", root, "--json")
    assert said.code == 0
    assert said.data["data"]["missing"] == []
    assert said.data["data"]["waived"] == {TRADE: "经办人住院，领导同意"}
    assert (state(root, TRADE)["state"], state(root, TRADE)["why"]) == ("带说明采用", "经办人住院，领导同意")
    made = qtool("tally", "--campaign", root, "--json")
    assert made.code == 0
    assert made.data["data"]["missing"] == []
    annex = load_workbook(root / TALLY / "汇总表.xlsx")["带说明采用"]
    texts = [str(cell.value) for row in annex.iter_rows() for cell in row if cell.value is not None]
    assert TRADE in texts
    assert "经办人住院，领导同意" in texts
    assert any("没有填" in text and SHEET in text for text in texts)
    qtool("decide", TRADE, "--undo", "--campaign", root)
    assert state(root, TRADE)["state"] == "已退回"
    again = qtool("tally", "--campaign", root, "--json")
    assert again.data["data"]["missing"] == [TRADE]


def test_a_better_file_replaces_a_waived_one(root: Path) -> None:
    os.utime(half(fill(root, TRADE, root / INBOX / "半份.xlsx")), (EARLY, EARLY))
    qtool("decide", TRADE, "--waive", "先用着", "--campaign", root)
    fill(root, TRADE, root / INBOX / "补好的.xlsx")
    found = collected(root)
    assert found["accepted"][TRADE]["file"] == "补好的.xlsx"
    assert found["waived"] == {}
    assert state(root, TRADE)["state"] == "已采用"


def test_a_good_file_can_be_sent_back(root: Path) -> None:
    fill(root, POLICE)
    assert POLICE in collected(root)["accepted"]
    said = qtool("decide", POLICE, "--send-back", "没有盖章", "--campaign", root, "--json")
    assert POLICE not in said.data["data"]["accepted"]
    assert "S36" in said.codes
    assert (state(root, POLICE)["state"], "没有盖章" in state(root, POLICE)["why"]) == ("已退回", True)
    note = next((root / RETURNED).glob("*.txt")).read_text("utf-8-sig")
    assert "已由办公室退回：没有盖章" in note
    fill(root, TRADE)
    qtool("collect", "--campaign", root)
    assert POLICE in qtool("tally", "--campaign", root, "--json").data["data"]["missing"]
    qtool("decide", POLICE, "--undo", "--campaign", root)
    assert state(root, POLICE)["state"] == "已采用"


def test_of_several_files_the_office_may_choose_until_a_later_one_comes(root: Path) -> None:
    first, second = fill(root, POLICE), fill(root, POLICE, root / INBOX / "第二份.xlsx", seed=8)
    os.utime(first, (EARLY, EARLY))
    os.utime(second, (LATE, LATE))
    said = qtool("collect", "--campaign", root, "--json")
    assert said.data["data"]["accepted"][POLICE]["file"] == "第二份.xlsx"
    message = next(f["message"] for f in said.data["faults"] if f["code"] == "S15")
    assert "格填得不同" in message
    chosen = qtool("decide", POLICE, "--use", first.name, "--campaign", root, "--json")
    assert chosen.data["data"]["accepted"][POLICE]["file"] == first.name
    assert "S15" not in chosen.codes
    assert (root / ACCEPTED / f"评分表-{POLICE}.xlsx").read_bytes() == first.read_bytes()
    fill(root, POLICE, root / INBOX / "第三份.xlsx", seed=9)
    os.utime(root / INBOX / "第三份.xlsx", (4_000_000_000, 4_000_000_000))
    assert collected(root)["accepted"][POLICE]["file"] == "第三份.xlsx"


def test_a_later_emptier_file_does_not_win_in_silence(root: Path) -> None:
    first = fill(root, TRADE)
    os.utime(first, (EARLY, EARLY))
    half(fill(root, TRADE, root / INBOX / "后来的.xlsx"))
    found = collected(root)
    assert found["accepted"][TRADE]["file"] == first.name
    assert [row["file"] for row in found["rejected"]] == ["后来的.xlsx"]
    assert "后来的.xlsx" in state(root, TRADE)["why"]


def test_the_way_of_a_sheet(root: Path) -> None:
    assert state(root, TRADE)["state"] == "未交回"
    qtool("decide", TRADE, "--sent", "--campaign", root)
    assert state(root, TRADE)["state"] == "已发出"
    path = half(fill(root, TRADE, root / INBOX / "一.xlsx"))
    os.utime(path, (EARLY, EARLY))
    assert state(root, TRADE)["state"] == "已收到"
    collected(root)
    assert state(root, TRADE)["state"] == "已退回"
    fill(root, TRADE, root / INBOX / "二.xlsx")
    assert state(root, TRADE)["state"] == "已重交"
    collected(root)
    assert state(root, TRADE)["state"] == "已采用"


def test_what_came_is_locked_and_written_down(root: Path) -> None:
    path = fill(root, POLICE)
    with zipfile.ZipFile(root / INBOX / "包.zip", "w") as archive:
        archive.write(fill(root, HEALTH, root.parent / "x.xlsx"), "目录/卫健委.xlsx")
    (root / INBOX / "从微信").mkdir()
    shutil.move(fill(root, TRADE, root.parent / "y.xlsx"), root / INBOX / "从微信" / "商务局.xlsx")
    found = collected(root)
    assert {name: row["file"] for name, row in found["accepted"].items()} == {
        POLICE: path.name,
        HEALTH: "包.zip › 目录 › 卫健委.xlsx",
        TRADE: "从微信/商务局.xlsx",
    }
    for original in (root / INBOX).rglob("*.*"):
        assert not original.stat().st_mode & stat.S_IWUSR
    arrived = [entry for entry in open_campaign(root).history() if entry["what"] == "收到"]
    assert {entry["department"] for entry in arrived} == {POLICE, HEALTH, TRADE}
    assert {entry["sha256"] for entry in arrived} == {row["sha256"] for row in found["accepted"].values()}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["市公安", "--undo"], "C12"),
        ([POLICE], "C18"),
        ([POLICE, "--undo", "--sent"], "C18"),
        ([POLICE, "--waive", "  "], "C17"),
        ([POLICE, "--waive", "好"], "C17"),
        ([POLICE, "--send-back", "好"], "C17"),
        ([POLICE, "--use", "没有.xlsx"], "C17"),
    ],
)
def test_what_cannot_be_decided(root: Path, words: list[str], code: str) -> None:
    before = (root / "journal.jsonl").read_bytes()
    said = qtool("decide", *words, "--campaign", root, "--json")
    assert (said.code, said.codes) == (2, [code])
    assert (root / "journal.jsonl").read_bytes() == before


def test_a_decision_needs_a_reason(root: Path) -> None:
    fill(root, POLICE)
    said = qtool("decide", POLICE, "--send-back", "  ", "--campaign", root, "--json")
    assert (said.code, said.codes) == (2, ["C19"])


def departments(root: Path) -> list[str]:
    return [row["department"] for row in qtool("status", "--campaign", root, "--json").data["data"]["departments"]]


def opened(*words: object) -> dict[str, int]:
    """Run a command in a process of its own; return how often it opened every file, by path."""
    command = [sys.executable, "-c", COUNTED, *map(str, words)]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    code, counts = json.loads(done.stderr)
    assert code in (0, 1)
    return dict(counts)


def test_marking_all_as_sent_reads_everything_once(root: Path) -> None:
    fill_all(root)
    names = departments(root)
    counts = opened("decide", *names, "--sent", "--campaign", root)
    assert counts[str(root / PLAN)] == 1
    assert [counts[str(path)] for path in (root / INBOX).iterdir()] == [1] * 13
    entries = list(open_campaign(root).history())
    assert [entry["department"] for entry in entries if entry["what"] == "发出"] == names
    assert sum(entry["what"] == "写回收情况" for entry in entries) == 1
    assert not any(entry["what"] in ("收到", "采用") for entry in entries)  # nothing was collected
    assert list((root / ACCEPTED).iterdir()) == []


def test_deciding_about_several_reads_everything_once(root: Path) -> None:
    fill_all(root)
    counts = opened("decide", POLICE, TRADE, "--send-back", "没有盖章", "--campaign", root)
    assert counts[str(root / PLAN)] == 1
    copied = {f"评分表-{name}.xlsx" for name in departments(root)} - {f"评分表-{POLICE}.xlsx", f"评分表-{TRADE}.xlsx"}
    # what is accepted is opened once more, to be copied
    assert all(counts[str(path)] == 1 + (path.name in copied) for path in (root / INBOX).iterdir())
    assert [state(root, name)["why"] for name in (POLICE, TRADE)] == ["已由办公室退回：没有盖章"] * 2
    assert sum(entry["what"] == "人工退回" for entry in open_campaign(root).history()) == 2


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ((POLICE, "市公安", "没有这个部门", "--sent"), ["C12", "C12"]),
        ((POLICE, TRADE, HEALTH, "--waive", "好"), ["C17", "C17"]),
        ((POLICE, TRADE, "--use", f"评分表-{POLICE}.xlsx"), ["C17"]),
    ],
)
def test_about_several_all_is_decided_or_nothing(root: Path, words: tuple[str, ...], codes: list[str]) -> None:
    fill(root, POLICE)
    before = (root / "journal.jsonl").read_bytes()
    said = qtool("decide", *words, "--campaign", root, "--json")
    assert (said.code, said.codes) == (2, codes)
    assert (root / "journal.jsonl").read_bytes() == before


def test_one_department_named_twice_is_decided_about_once(root: Path) -> None:
    said = qtool("decide", TRADE, TRADE, POLICE, "--sent", "--campaign", root, "--json")
    assert said.data["data"]["decided"] == {"department": [TRADE, POLICE], "what": "sent"}
    assert said.data["said"][0] == f"已记下：{TRADE}、{POLICE}的评分表已发出"
    assert [state(root, name)["state"] for name in (TRADE, POLICE)] == ["已发出"] * 2
