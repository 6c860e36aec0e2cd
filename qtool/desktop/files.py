"""Files between the window and the system: opened with their programs, dropped onto the window, named by a fault."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import tkinter as tk
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from qtool.faults import Fault
from qtool.workspace import FOLDERS, SETTINGS

_PLANS = (".xlsx", ".xlsm")


class CannotOpen(Exception):
    """Nothing opened a file; says why, in Chinese."""


class Dropped(NamedTuple):
    """What was dropped: a campaign, or files, which may be one plan."""

    campaign: Path | None
    files: list[Path]
    plan: Path | None


def open_path(path: Path) -> None:
    """Open a file with its program, or a folder; raises CannotOpen."""
    if not path.exists():
        raise CannotOpen(f"“{path.name}”不在了，可能被移走或删除了")
    try:
        if sys.platform == "win32":
            os.startfile(path)  # noqa: S606 - the very thing that is wanted: what Explorer does on a double-click
            return
        opener = shutil.which("xdg-open")
        if opener is None:
            raise CannotOpen(f"这台电脑没有能打开文件的程序，文件在 {path}")
        quiet = subprocess.DEVNULL
        program = subprocess.Popen([opener, str(path)], stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
        threading.Thread(target=program.wait, name="qtool-opened", daemon=True).start()  # or it would stay, ended
    except OSError as error:
        raise CannotOpen(f"打不开“{path.name}”，请检查有没有安装 Excel、Word 或 WPS，文件是不是完好") from error


def accept_drops(root: tk.Tk, take: Callable[[Sequence[Path]], object]) -> None:
    """Let files be dropped onto the window, where the system's library for it is there."""
    if not hasattr(root, "TkdndVersion"):
        return
    target: Any = root

    def drop(event: Any) -> str:
        paths = [Path(name) for name in root.tk.splitlist(event.data)]
        root.after_idle(lambda: take(paths))  # the program that the files come from waits for this to return
        return str(event.action)

    target.drop_target_register("DND_Files")
    target.dnd_bind("<<Drop>>", drop)


def sort_dropped(paths: Sequence[Path]) -> Dropped:
    """Return what some paths are; of a folder its files, without those that are hidden, or begun by Office."""
    campaigns = [path for path in paths if (path / SETTINGS).is_file()]
    files: list[Path] = []
    for path in paths:
        inside = sorted(path.rglob("*")) if path.is_dir() else []
        files += [file for file in inside if file.is_file() and not file.name.startswith((".", "~$"))]
        files += [] if path.is_dir() else [path]
    plan = files[0] if len(files) == 1 and files[0].suffix.lower() in _PLANS else None
    return Dropped(campaigns[0] if campaigns else None, files, plan)


def file_of(root: Path, fault: Fault) -> Path | None:
    """Return the file that a job's fault names, where it lies in the campaign."""
    name = fault.file.partition(" › ")[0]
    if not name:
        return None
    places = [Path(name), root / name, *(root / folder / name for folder in FOLDERS)]
    return next((path for path in places if path.is_file()), None)
