"""A campaign (考核工程): the folder of one year, its lock, its journal, and writes that leave nothing half-done."""

from __future__ import annotations

import contextlib
import errno
import getpass
import hashlib
import json
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from qtool.faults import QtoolError, fault
from qtool.settings import Settings, read_settings

SETTINGS = "qtool.toml"
PLAN = "考核方案.xlsx"
JOURNAL = "journal.jsonl"
SHEETS, OUTBOX, INBOX, ACCEPTED, TALLY, DOCUMENTS, RETURNED = (
    "1-评分表",
    "2-发件箱",
    "3-收件箱",
    "4-已采用",
    "5-汇总",
    "6-公文",
    "退回",
)
FOLDERS = (SHEETS, OUTBOX, INBOX, ACCEPTED, TALLY, DOCUMENTS, RETURNED)
_LOCK = ".qtool.lock"
_UNFINISHED = ".qtool-未完成-"


@dataclass(frozen=True)
class Campaign:
    """An opened campaign folder."""

    root: Path
    settings: Settings

    @property
    def plan(self) -> Path:
        """The plan workbook."""
        return self.root / PLAN

    def folder(self, name: str) -> Path:
        """Return one of the campaign's folders, made if it was deleted."""
        path = self.root / name
        path.mkdir(exist_ok=True)
        return path

    def shown(self, path: Path) -> str:
        """Return a path as users read it: from the campaign's folder on."""
        try:
            return str(path.relative_to(self.root))
        except ValueError:
            return str(path)

    def journal(self, what: str, **details: object) -> None:
        """Append one line to the journal: when, who, what; on the disk when this returns."""
        entry: dict[str, object] = {"when": datetime.now().astimezone().isoformat(timespec="seconds")}
        entry |= {"who": _user(), "what": what} | details
        line = (json.dumps(entry, ensure_ascii=False) + "\n").encode()
        with self._writing(self.root / JOURNAL), (self.root / JOURNAL).open("ab") as file:
            if file.tell() and not _ends_with_newline(self.root / JOURNAL):
                line = b"\n" + line
            file.write(line)
            file.flush()
            os.fsync(file.fileno())

    def history(self) -> Iterator[dict[str, Any]]:
        """Yield the journal's entries, oldest first; a line cut off by a crash is passed over."""
        path = self.root / JOURNAL
        if not path.exists():
            return
        for line in path.read_bytes().splitlines():
            with contextlib.suppress(ValueError):
                entry = json.loads(line)
                if isinstance(entry, dict):
                    yield entry

    @staticmethod
    def _writing(path: Path) -> contextlib.AbstractContextManager[None]:
        return writing(path)


def open_campaign(root: Path) -> Campaign:
    """Return the campaign in a folder; raises QtoolError when it is none."""
    path = root / SETTINGS
    if not path.is_file():
        raise QtoolError(fault("C01", file=str(root)))
    return Campaign(root, read_settings(path))


@contextlib.contextmanager
def locked(campaign: Campaign) -> Iterator[None]:
    """Hold the campaign for this process alone; raises QtoolError when another one holds it.

    The operating system's lock is used, so that a killed process leaves nothing behind that blocks the next. What a
    killed one did leave, files half-written under temporary names, is cleared away.
    """
    path = campaign.root / _LOCK
    with writing(path):
        file = path.open("a+b")
    with file:
        if not _lock(file):
            with contextlib.suppress(OSError):
                file.seek(1)
                raise QtoolError(
                    fault("C03", file=campaign.root.name, who=file.read().decode(errors="replace").strip())
                )
            raise QtoolError(fault("C03", file=campaign.root.name, who="另一个程序"))
        file.truncate(0)
        file.write(f" {_user()}，{socket.gethostname()}，{datetime.now().astimezone():%H:%M}".encode())
        file.flush()
        for folder in (campaign.root, *(campaign.root / name for name in FOLDERS)):
            for leftover in folder.glob(f"{_UNFINISHED}*"):
                with contextlib.suppress(OSError):
                    leftover.unlink()
        yield


def _lock(file: BinaryIO) -> bool:
    """Take the lock on the file's first byte; the rest stays readable on Windows."""
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - there is no such module elsewhere

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - there is no such module on Windows

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def write_file(path: Path, write: Callable[[Path], object]) -> Path:
    """Let `write` fill a temporary file beside `path`, then put it in its place in one move.

    Whatever goes wrong, the old file is whole. Raises QtoolError when the disk is full or the file is in use.
    """
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=_UNFINISHED, suffix=path.suffix, dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        try:
            write(temporary)
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
            if sys.platform != "win32":
                temporary.chmod(0o644)
            temporary.replace(path)
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
    return path


def write_bytes(path: Path, content: bytes) -> Path:
    """Write a file in one move; see `write_file`."""
    return write_file(path, lambda temporary: temporary.write_bytes(content))


def copy_file(source: Path, target: Path) -> Path:
    """Copy a file in one move; see `write_file`."""
    return write_file(target, lambda temporary: shutil.copyfile(source, temporary))


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the operating system says of a failed write into a fault that names the file."""
    try:
        yield
    except PermissionError as error:
        in_use = sys.platform == "win32" or path.exists()
        code = "C04" if in_use and path.suffix else "C06"
        raise QtoolError(fault(code, file=path.name, reason="没有权限")) from error
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT) or getattr(error, "winerror", 0) == 112
        code = "C05" if full else "C06"
        raise QtoolError(fault(code, file=path.name, reason=error.strerror or str(error))) from error


def sha256(path: Path) -> str:
    """Return the file's SHA-256 in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "未知用户"
