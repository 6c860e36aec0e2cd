"""Files that are dropped onto the window: what they are, and where a file that is named lies."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from qtool.faults import Fault
from qtool.workspace import FOLDERS, SETTINGS

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
