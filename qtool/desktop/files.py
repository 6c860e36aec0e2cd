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
from typing import Any

from qtool.faults import Fault
from qtool.workspace import FOLDERS


def open_path(path: Path) -> str:
    """Open a file with its program, or a folder; return why it cannot be opened, nothing where it was."""
    if not path.exists():
        return f"“{path.name}”不在了，可能被移走或删除了。"
    try:
        if sys.platform == "win32":
            os.startfile(path)  # noqa: S606 - the very thing that is wanted: what Explorer does on a double-click
            return ""
        opener = shutil.which("xdg-open")
        if opener is None:
            return f"这台电脑没有能打开文件的程序，文件在 {path}。"
        quiet = subprocess.DEVNULL
        program = subprocess.Popen([opener, str(path)], stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
        threading.Thread(target=program.wait, name="qtool-opened", daemon=True).start()  # or it would stay, ended
    except OSError:
        return f"打不开“{path.name}”，请检查有没有安装 Excel、Word 或 WPS，文件是不是完好。"
    return ""


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


def files_in(paths: Sequence[Path]) -> list[Path]:
    """Return files, and of folders the files inside them, without those that are hidden, or begun by Office."""
    files: list[Path] = []
    for path in paths:
        inside = sorted(path.rglob("*")) if path.is_dir() else []
        files += [file for file in inside if file.is_file() and not file.name.startswith((".", "~$"))]
        files += [] if path.is_dir() else [path]
    return files


def file_of(root: Path, fault: Fault) -> Path | None:
    """Return the file that a job's fault names, where it lies in the campaign."""
    name = fault.file.partition(" › ")[0]
    if not name:
        return None
    places = [Path(name), root / name, *(root / folder / name for folder in FOLDERS)]
    return next((path for path in places if path.is_file()), None)
