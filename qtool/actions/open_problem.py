"""Where to look at a problem: the file to be opened, so that its sheet and cell are in view."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from qtool.faults import QtoolError, fault
from qtool.office.archive.members import Unreadable
from qtool.office.workbook.view_copy import changed_parts, sheet_parts, shown_at
from qtool.state.view import Problem
from qtool.workspace import ADJUSTMENTS, PLAN, PROPOSALS, SETTINGS, TALLY, UNFINISHED, refusal, write_bytes

_EDITED = (PLAN, f"{TALLY}/{ADJUSTMENTS}", f"{TALLY}/{PROPOSALS}", SETTINGS)
"""Files that the office itself mends, which therefore are opened as they are."""
_FOLDER, _BEFORE = "qtool-查看", "查看-"
_KEPT = 24 * 3600
"""Seconds after which a copy is cleared away."""
_LONGEST = 60
"""Letters of a copy's name."""
_BESIDE = ("~$", ".~lock.")
"""Begin the names of what Excel and WPS, and LibreOffice, put beside a workbook while it is open."""
_TO_INSIDE = " › "


@dataclass(frozen=True, slots=True)
class Looking:
    """A file to be opened; `shown` tells whether it opens at the sheet and the cell, which else a user must go to.

    `editable` is the office's own file, to be mended there; anything else is a read-only copy.
    """

    path: Path
    sheet: str
    cell: str
    editable: bool
    shown: bool


def place_of(root: Path, problem: Problem) -> Looking:
    """Return what to open for a problem of a campaign; raises QtoolError where there is no such file any more."""
    path = problem.path
    if path is None or not path.is_file():
        raise QtoolError(fault("C11", file=path.name if path else problem.fault.file))
    try:
        if path in [root / name for name in _EDITED]:
            return Looking(path, problem.sheet, problem.cell, editable=True, shown=_turned(path, problem))
        name, content = _content(path, problem)
    except OSError as error:
        raise QtoolError(fault("C14", file=path.name, reason=refusal(error))) from error
    at = shown_at(content, problem.sheet, problem.cell)
    copy = _copied(name, content if at is None else at)
    return Looking(copy, problem.sheet, problem.cell, editable=False, shown=at is not None)


def _turned(path: Path, problem: Problem) -> bool:
    """Turn a file of the office's own to a cell, and return whether it is; nobody else may have it open meanwhile."""
    if not problem.sheet or path.is_symlink() or not os.access(path, os.W_OK) or is_open(path):
        return False
    before = path.read_bytes()
    after = shown_at(before, problem.sheet, problem.cell)
    if after is None:
        return False
    with contextlib.suppress(Unreadable, QtoolError):  # it then opens as it was
        if changed_parts(before, after) <= sheet_parts(before) and path.read_bytes() == before and not is_open(path):
            write_bytes(path, after)
            return True
    return False


def is_open(path: Path) -> bool:
    """Return whether a program says that it has a file open, as far as that can be seen without touching it."""
    lock = path.with_name(f"{_BESIDE[1]}{path.name}#")
    # WPS and Excel leave out the first two letters of a name that is long
    names = {f"{_BESIDE[0]}{path.name}", f"{_BESIDE[0]}{path.name[2:]}"}
    return lock.exists() or any(path.with_name(name).exists() for name in names)


def _content(path: Path, problem: Problem) -> tuple[str, bytes]:
    """Return name and bytes of what a problem is in, which may lie in an archive or a mail."""
    content, (_, _, inside) = path.read_bytes(), problem.fault.file.partition(_TO_INSIDE)
    if inside:
        from qtool.office.unpack import unpack  # noqa: PLC0415 - slow to import, and few files are wrapped

        pieces, _ = unpack(content, path.name)
        for piece in pieces:
            if _TO_INSIDE.join(piece.inside) == inside:
                return inside.rpartition(_TO_INSIDE)[2], piece.content
    return path.name, content


def _copied(name: str, content: bytes) -> Path:
    """Write a copy that cannot be changed by mistake, under a name that no program has open; old ones are cleared."""
    folder = Path(tempfile.gettempdir()) / _FOLDER
    clear(folder, time.time() - _KEPT)
    stem, dot, ending = "".join("_" if sign in '\\/:*?"<>|' else sign for sign in name).rpartition(".")
    stem, ending = (stem, dot + ending) if dot else (ending, "")
    for number in count(1):
        path = folder / f"{_BEFORE}{stem[:_LONGEST]}{f'（{number}）' if number > 1 else ''}{ending[:10]}"
        if path.is_file() and path.read_bytes() == content:
            return path
        if not is_open(path) and _gone(path):
            write_bytes(path, content)
            path.chmod(stat.S_IRUSR)
            return path
    raise AssertionError  # numbers do not end


def clear(folder: Path, before: float) -> None:
    """Clear copies away that are older than a time, in seconds since 1970, and that no program has open."""
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if path.name.startswith((_BEFORE, UNFINISHED)) and path.stat().st_mtime < before and not is_open(path):
                _gone(path)


def _gone(path: Path) -> bool:
    """Remove a copy, and return whether it is gone; Windows keeps one that is open."""
    with contextlib.suppress(OSError):
        if path.exists():
            path.chmod(stat.S_IRUSR | stat.S_IWUSR)
            path.unlink()
        return True
    return False
