"""Files between the window and the system: opened, opened at a cell with a problem, dropped onto the window."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import tkinter as tk
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from qtool.desktop.wording import for_window
from qtool.faults import Fault
from qtool.state.view import Problem
from qtool.workspace import FOLDERS, SETTINGS

if TYPE_CHECKING:
    from qtool.actions.open_problem import Looking
    from qtool.desktop.window import Window


class CannotOpen(Exception):
    """Nothing opened a file; says why, in Chinese."""


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
        program = subprocess.Popen(
            [opener, str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        threading.Thread(target=program.wait, name="qtool-opened", daemon=True).start()  # or it would stay, ended
    except OSError as error:
        raise CannotOpen(f"打不开“{path.name}”，请检查有没有安装 Excel、Word 或 WPS，文件是不是完好") from error


def go_to(window: Window, problem: Problem) -> None:
    """Open the file of a problem at its cell; where that cannot be, the cell's address is there to be pasted."""
    folder = window.campaign
    if folder is None or problem.path is None:
        return

    def look(_report: object) -> Looking:
        from qtool.actions.open_problem import place_of  # noqa: PLC0415 - what is heavy is imported by the thread

        return place_of(folder, problem)

    def failed(error: Exception) -> None:
        from qtool.actions.action import faults_of  # noqa: PLC0415 - not before something fails

        window.questions.tell("打不开", "\n".join(for_window(str(found)) for found in faults_of(error, folder)))

    window.jobs.run(look, lambda found: _opened(window, found), failed)


def _opened(window: Window, found: Looking) -> None:
    window.open_path(found.path)
    where = " ".join(part for part in (found.sheet and f"“{found.sheet}”", found.cell) if part)
    if found.shown:
        window.note(f"已打开《{found.path.name}》，光标在{where}")
    elif found.cell:
        window.copy(f"'{found.sheet}'!{found.cell}" if found.sheet else found.cell)
        pasting = "位置已复制：粘贴到表格左上角的名称框，按回车就到"
        window.note(f"已打开《{found.path.name}》，问题在{where}。{pasting}")


_PLANS = (".xlsx", ".xlsm")


class Dropped(NamedTuple):
    """What was dropped: a campaign, or files, which may be one plan."""

    campaign: Path | None
    files: list[Path]
    plan: Path | None


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


def sorted_out(paths: Sequence[Path]) -> Dropped:
    """Return what some paths are."""
    campaigns = [path for path in paths if (path / SETTINGS).is_file()]
    files = [found for path in paths for found in (_files_in(path) if path.is_dir() else [path])]
    plan = files[0] if len(files) == 1 and files[0].suffix.lower() in _PLANS else None
    return Dropped(campaigns[0] if campaigns else None, files, plan)


def _files_in(folder: Path) -> list[Path]:
    """Return the files of a folder that was dropped, without those that are not meant: hidden, or begun by Office."""
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith((".", "~$"))]


def file_of(root: Path, found: Fault) -> Path | None:
    """Return the file that a job's fault names, where it lies in the campaign."""
    name = found.file.partition(" › ")[0]
    if not name:
        return None
    places = [Path(name), root / name, *(root / folder / name for folder in FOLDERS)]
    return next((path for path in places if path.is_file()), None)
