"""What the tests of the campaign folder share: a campaign, another process, the one fault that was raised."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from qtool.faults import Fault, QtoolError
from qtool.settings import new_settings
from qtool.workspace import SETTINGS, UNFINISHED, Campaign, open_campaign

linux = pytest.mark.skipif(sys.platform != "linux", reason="mounts, chattr and SIGKILL are those of Linux")


def new_campaign(folder: Path) -> Campaign:
    """Return a campaign that has settings and nothing else."""
    root = folder / "2022年 质量考核"
    root.mkdir()
    (root / SETTINGS).write_text(new_settings()[1], encoding="utf-8")
    return open_campaign(root)


def refused(do: Callable[[], object]) -> Fault:
    """Return the one fault that a call raised."""
    with pytest.raises(QtoolError) as caught:
        do()
    assert len(caught.value.faults) == 1
    return caught.value.faults[0]


def chinese(text: str) -> bool:
    """Whether a reason holds nothing that the operating system said in English."""
    return not any("a" <= sign.lower() <= "z" for sign in text)


def leftovers(folder: Path) -> list[Path]:
    """Return the files that were never finished."""
    return list(folder.rglob(f"{UNFINISHED}*"))


def child(code: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a Python that runs some code; it says 好 on its output when it is where the test wants it."""
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8")


def wait_for(process: subprocess.Popen[str]) -> None:
    """Wait until a child is where the test wants it."""
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "好"


_DYING_READER = """
import os, sys, threading
def watch(frame, event, _argument):
    if event == "call" and frame.f_code.co_name == "read_loaded" and frame.f_locals["file"].blank.file == {name!r}:
        os.kill(os.getpid(), 9)
sys.setprofile(watch)
threading.setprofile(watch)
"""


def reader_that_dies(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every Python that starts from now on die when it reads the file of this name."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(_DYING_READER.format(name=name), encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))
