"""Collecting, killed at every step that it takes on the disk: the next run ends where an unbroken one does."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from campaign_cases import leftovers, linux
from cli_cases import fill, prepared, qtool
from openpyxl import load_workbook

from qtool.workspace import ACCEPTED, INBOX, JOURNAL, RETURNED, open_campaign

pytestmark = [linux, pytest.mark.slow]
POLICE, TRADE, HEALTH, CUSTOMS, WATER = "市公安局", "市商务局", "市卫健委", "随州海关", "市水利和湖泊局"

KILLED = """
import os, signal, sys
from qtool.cli import main
last, root = int(sys.argv[1]), sys.argv[2]
steps = 0
WRITING = {"open", "os.rename", "os.remove", "os.chmod", "os.mkdir"}
def watch(event, arguments):
    global steps
    if event == "open" and not (arguments[2] & (os.O_WRONLY | os.O_RDWR)):
        return
    if event in WRITING and root in os.path.abspath(str(arguments[0])):
        steps += 1
        if steps == last:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
main(sys.argv[3:])
"""


def campaign(folder: Path) -> tuple[Path, list[Path]]:
    """Return a campaign with all kinds of returned files in its inbox, and files that are to be taken in."""
    root = prepared(folder)
    inbox, away = root / INBOX, folder / "下载"
    away.mkdir()
    fill(root, POLICE)
    half = fill(root, TRADE, inbox / "半份.xlsx")
    book = load_workbook(half)
    book["评分表"]["H8"].value = None
    book.save(half)
    whole = fill(root, HEALTH, folder / "好的.xlsx")
    with zipfile.ZipFile(inbox / "打包.zip", "w") as archive:
        archive.write(whole, "卫健委.xlsx")
    (inbox / "损坏.xlsx").write_bytes(whole.read_bytes()[:4000])
    return root, [fill(root, CUSTOMS, away / "海关.xlsx"), fill(root, WATER, away / "水利.xlsx")]


def outcome(root: Path) -> dict[str, object]:
    """Return what a campaign has come to, without when."""
    said = qtool("status", "--campaign", root, "--json").data["data"]
    entries = Counter((e["what"], e.get("sha256")) for e in open_campaign(root).history() if e["what"] != "写回收情况")
    return {
        "states": [(row["department"], row["state"], row["file"], row["why"]) for row in said["departments"]],
        "accepted": {path.name: path.read_bytes() for path in (root / ACCEPTED).iterdir()},
        "inbox": {path.name: path.read_bytes() for path in (root / INBOX).iterdir()},
        "notes": {path.name: path.read_bytes() for path in (root / RETURNED).glob("*.txt")},
        "copies": sorted(path.name for path in (root / RETURNED).glob("*.xlsx")),
        "board": (root / "回收情况.xlsx").exists(),
        "entries": entries,
    }


def killed(root: Path, step: int, command: Sequence[object]) -> bool:
    """Run a command that is killed at a step; return whether it was, or had fewer steps."""
    arguments = [sys.executable, "-c", KILLED, step, root.resolve(), *command, "--campaign", root]
    return subprocess.run([str(a) for a in arguments], capture_output=True, check=False).returncode == -9


@pytest.mark.parametrize("command", ["collect", "decide"])
def test_killed_anywhere_and_run_again(tmp_path: Path, command: str) -> None:
    (tmp_path / "原").mkdir()
    base, given = campaign(tmp_path / "原")
    if command == "decide":
        qtool("collect", *given, "--campaign", base)
    words = ["collect", *given] if command == "collect" else ["decide", TRADE, "--waive", "来不及改"]
    whole = tmp_path / "一次做完"
    shutil.copytree(base, whole)
    qtool(*words, "--campaign", whole)
    wanted = outcome(whole)
    step = 0
    while True:
        step += 1
        root = tmp_path / "断" / str(step)
        shutil.copytree(base, root)
        if not killed(root, step, words):
            break
        before = (root / JOURNAL).read_bytes()
        qtool(*words, "--campaign", root)
        found = outcome(root)
        if command == "decide":  # said again, it is written again
            found["entries"] = wanted["entries"]
        assert found == wanted, f"killed at step {step}: {json.dumps(before.decode()[-300:], ensure_ascii=False)}"
        assert leftovers(root) == []
        shutil.rmtree(root)
    assert step > (15 if command == "collect" else 5)
