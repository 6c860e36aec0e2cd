"""A campaign (考核工程): the folder of one year, its lock, its journal, and writes that leave nothing half-done."""

from __future__ import annotations

import contextlib
import errno
import getpass
import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from qtool.faults import Fault, QtoolError, fault
from qtool.settings import Settings, read_settings

SETTINGS = "qtool.toml"
PLAN = "考核方案.xlsx"
JOURNAL = "journal.jsonl"
SHEETS, OUTBOX, INBOX, ACCEPTED, TALLY, DOCUMENTS, RETURNED, MATERIAL = (
    "1-评分表",
    "2-发件箱",
    "3-收件箱",
    "4-已采用",
    "5-汇总",
    "6-公文",
    "退回",
    "自评材料",
)
ADJUSTMENTS, PROPOSALS, TALLY_WORKBOOK, RECORDS = "人工调整.xlsx", "建议扣分.xlsx", "汇总表.xlsx", "记录"
"""Two workbooks that people fill in, the tally, and the folder of its records: all in the folder of tallies."""
NOTICES, FEEDBACK, HANDED_OUT, MATERIAL_CHECK = "通知", "反馈函", "自评材料", "自评材料检查"
"""Folders in that of the documents; HANDED_OUT is what the assessees are given for their self-assessment."""
BOARD = "回收情况.xlsx"
TEMPLATES = "模板"
LOG = "qtool-错误.log"
FOLDERS = (SHEETS, OUTBOX, INBOX, ACCEPTED, TALLY, DOCUMENTS, RETURNED, MATERIAL)
_WRITTEN_TO = tuple(name for name in FOLDERS if name != MATERIAL)
"""The folders in which this program writes files; in the other one lie gigabytes that came from outside."""
_LOCK = ".qtool.lock"
UNFINISHED = ".qtool-未完成-"
"""Begins the name of every file that is still being written."""
_locked_folders: list[Path] = []
"""Those of the campaigns whose lock this process has."""
_PATIENCE = (0.05, 0.1, 0.2, 0.4)
"""Seconds between attempts to put a file in its place."""

_REFUSALS = {
    errno.ENOENT: "文件或文件夹不在了",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘是只读的",
    errno.EISDIR: "那里是一个同名的文件夹",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EEXIST: "那里已经有同名的文件",
    errno.ENAMETOOLONG: "文件名或路径太长",
    errno.EINVAL: "文件名中有不能用的符号",
    errno.ENOSPC: "磁盘满了",
    errno.EDQUOT: "磁盘满了",
    errno.EFBIG: "文件超过了允许的大小",
    errno.EBUSY: "正被别的程序使用",
    errno.EIO: "磁盘读写出错",
    errno.ENOLCK: "这个磁盘不能加锁",
    errno.EOPNOTSUPP: "这个磁盘不能加锁",
    errno.ESTALE: "网络文件夹断开了",
    errno.ETIMEDOUT: "网络文件夹断开了",
}


def sheet_name(department: str, ending: str = ".xlsx") -> str:
    """Return the file name of a department's scoring workbook."""
    return f"评分表-{department}{ending}"


@dataclass
class Campaign:
    """An opened campaign folder; `entries` counts what was entered into the journal since it was opened."""

    root: Path
    settings: Settings
    entries: int = 0

    @property
    def plan(self) -> Path:
        """The plan workbook."""
        return self.root / PLAN

    def folder(self, name: str) -> Path:
        """Return one of the campaign's folders, made if it was deleted."""
        path = self.root / name
        with writing(path):
            path.mkdir(exist_ok=True)
        return path

    def relative(self, path: Path) -> str:
        """Return a path as users read it: from the campaign's folder on."""
        try:
            return str(path.relative_to(self.root))
        except ValueError:
            return str(path)

    def journal(self, what: str, **details: object) -> None:
        """Append one line to the journal: when, who, what; on the disk when this returns."""
        entry: dict[str, object] = {"when": datetime.now().astimezone().isoformat(timespec="seconds")}
        entry |= {"who": _user(), "what": what} | details
        line = (json.dumps(entry, ensure_ascii=False) + "\n").encode(errors="replace")
        path = self.root / JOURNAL
        self.entries += 1
        with writing(path), path.open("a+b") as file:
            if file.tell():
                file.seek(-1, os.SEEK_END)
                line = line if file.read(1) == b"\n" else b"\n" + line
            file.write(line)
            file.flush()
            os.fsync(file.fileno())

    def history(self) -> Iterator[dict[str, Any]]:
        """Yield the journal's entries, oldest first; a line cut off by a crash or spoilt by hand is passed over."""
        path = self.root / JOURNAL
        if not path.exists():
            return
        try:
            content = path.read_bytes()
        except OSError as error:
            raise QtoolError(fault("C14", file=path.name, reason=refusal(error))) from error
        for line in content.splitlines():
            with contextlib.suppress(ValueError):
                entry = json.loads(line)
                if isinstance(entry, dict) and all(isinstance(entry.get(name), str) for name in ("when", "what")):
                    yield entry


def write_log(root: Path, text: str) -> str:
    """Write a traceback where the user finds it; return the file's name, or where it is if not there."""
    with contextlib.suppress(OSError):
        ((root if root.is_dir() else Path()) / LOG).write_text(text, encoding="utf-8")
        return LOG
    with contextlib.suppress(OSError):
        elsewhere().write_text(text, encoding="utf-8")
    return str(elsewhere())


def log_in(root: Path) -> Path | None:
    """Return the log of a folder, or the one elsewhere where that folder could not be written to; None without one."""
    return next((path for path in (root / LOG, elsewhere()) if path.is_file()), None)


def elsewhere() -> Path:
    """Return where the log is written when it cannot be in the folder."""
    return Path(tempfile.gettempdir()) / LOG


def open_campaign(root: Path) -> Campaign:
    """Return the campaign in a folder; raises QtoolError when it is none."""
    path = root / SETTINGS
    if not path.is_file():
        raise QtoolError(fault("C01", file=str(root.absolute())))
    return Campaign(root, read_settings(path))


@contextlib.contextmanager
def locked(campaign: Campaign) -> Iterator[None]:
    """Hold the campaign for this process alone; raises QtoolError when another one holds it.

    The operating system's lock is used, so that a killed process leaves nothing behind that blocks the next. What a
    killed one did leave, files half-written under temporary names, is cleared away.
    """
    import socket  # noqa: PLC0415 - a third of what starting takes, for a name that only the lock holds

    path = campaign.root / _LOCK
    with writing(path):
        file = path.open("a+b")
    with file:
        with writing(path):
            if not _lock(file):
                raise QtoolError(fault("C03", file=campaign.root.absolute().name, who=_holder(file)))
            file.truncate(0)
            file.write(f" {_user()}，{socket.gethostname()}，{datetime.now().astimezone():%H:%M}".encode())
            file.flush()
        _clear_leftovers(campaign.root)
        _locked_folders.append(campaign.root)
        try:
            yield
        finally:
            _locked_folders.remove(campaign.root)


def _lock(file: BinaryIO) -> bool:
    """Take the lock on the file's first byte, or return that another process has it.

    The rest of the file stays readable on Windows. Raises OSError where the disk knows no locks.
    """
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - there is no such module elsewhere

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - there is no such module on Windows

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES, errno.EDEADLK):
            return False
        raise
    return True


def _holder(file: BinaryIO) -> str:
    """Return what the holder of the lock wrote of itself; it may not have done so yet."""
    try:
        file.seek(1)
        return file.read().decode(errors="replace").strip() or "另一个程序"
    except OSError:
        return "另一个程序"


def _clear_leftovers(root: Path) -> None:
    pattern = f"{UNFINISHED}*"
    for leftover in (*root.glob(pattern), *(path for name in _WRITTEN_TO for path in (root / name).rglob(pattern))):
        with contextlib.suppress(OSError):
            leftover.unlink()


def write_file(path: Path, write: Callable[[Path], object]) -> Path:
    """Let `write` fill a temporary file beside `path`, then put it in its place in one move.

    Whatever goes wrong, the old file is whole. Raises QtoolError when the disk is full or the file is in use.
    """
    with writing(path):
        _stand(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.parent / f"{UNFINISHED}{os.urandom(5).hex()}{path.suffix}"
        try:
            temporary.touch(exist_ok=False)
            write(temporary)
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
            if sys.platform != "win32":
                temporary.chmod(0o644)
            _put(temporary, path)
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
    return path


def _stand(path: Path) -> None:
    """Raise FileNotFoundError for a file of a held campaign whose folder was moved or deleted meanwhile.

    A new folder in its place would look like the campaign, and hold next to nothing of it.
    """
    for root in _locked_folders:
        if root in path.parents and not root.is_dir():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(root))


def _put(temporary: Path, path: Path) -> None:
    """Move a file to its place; on Windows a virus scanner may hold a new file for a moment, so be patient."""
    for wait in _PATIENCE:
        try:
            temporary.replace(path)
        except PermissionError:
            time.sleep(wait)
        else:
            return
    temporary.replace(path)


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
    except OSError as error:
        raise QtoolError(_unwritten(path, error)) from error


def _unwritten(path: Path, error: OSError) -> Fault:
    """Return why a file was not written; what could not be read in order to write it is named instead."""
    named = [Path(name) for name in (error.filename, error.filename2) if isinstance(name, str)]
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return fault("C05", file=path.name)
    ours = [n for n in named if n.name.startswith(UNFINISHED) or n == path or n in path.parents or path in n.parents]
    if named and not ours:
        return fault("C14", file=named[0].name, reason=refusal(error))
    if isinstance(error, PermissionError) and path in named and path.is_file():
        return fault("C04", file=path.name)
    return fault("C06", file=path.name, reason=refusal(error))


def refusal(error: OSError) -> str:
    """Return in Chinese what the operating system objects to."""
    if sys.platform == "win32" and error.errno == errno.ENOENT and len(str(error.filename)) >= 255:
        return _REFUSALS[errno.ENAMETOOLONG]  # Windows says only that it finds nothing there
    return _REFUSALS.get(error.errno or 0, f"系统错误{error.errno or ''}")


def stray(error: OSError) -> Fault:
    """Return the fault for an error of the operating system that no step expected."""
    file = Path(error.filename).name if isinstance(error.filename, str) else ""
    return fault("C15", file=file, reason=refusal(error))


def sha256(path: Path) -> str:
    """Return the file's SHA-256 in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "未知用户"
