"""What went wrong in an action, as faults for its face; what nobody expected goes into a log."""

from __future__ import annotations

import contextlib
import tempfile
import traceback
from pathlib import Path

from qtool.faults import Fault, QtoolError, fault
from qtool.workspace import stray

LOG = "qtool-错误.log"


def faults_of(error: Exception, root: Path) -> tuple[Fault, ...]:
    """Return what to tell of an error that an action raised: its faults, or one that names the log it was put into."""
    if isinstance(error, QtoolError):
        return error.faults
    logged = _log(error, root)
    if isinstance(error, OSError):
        return (stray(error),)
    return (fault("C99", file=logged, reason=f"{type(error).__name__}: {error}"),)


def log_in(root: Path) -> Path | None:
    """Return the log of a folder, or the one elsewhere where that folder could not be written to; None without one."""
    return next((path for path in (root / LOG, _elsewhere()) if path.is_file()), None)


def _elsewhere() -> Path:
    return Path(tempfile.gettempdir()) / LOG


def _log(error: Exception, root: Path) -> str:
    """Write the traceback where the user finds it; return the file's name, or where it is if not there."""
    text = "".join(traceback.format_exception(error))
    with contextlib.suppress(OSError):
        ((root if root.is_dir() else Path()) / LOG).write_text(text, encoding="utf-8")
        return LOG
    with contextlib.suppress(OSError):
        _elsewhere().write_text(text, encoding="utf-8")
    return str(_elsewhere())
