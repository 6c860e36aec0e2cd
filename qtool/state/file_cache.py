"""What was read of a campaign, kept so that looking again reads only what is new; and whether anything is new."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from qtool.collect.expected import Expected
from qtool.collect.intake import each_of, files_in
from qtool.faults import Fault
from qtool.model import Plan
from qtool.outcome import Return
from qtool.plan.check import check as check_plan
from qtool.plan.read import Reading, read_plan
from qtool.progress import Report
from qtool.workspace import (
    ACCEPTED,
    ADJUSTMENTS,
    DOCUMENTS,
    HANDED_OUT,
    INBOX,
    JOURNAL,
    OUTBOX,
    PLAN,
    PROPOSALS,
    RETURNED,
    SETTINGS,
    SHEETS,
    TALLY,
    Campaign,
    sha256,
)

_T = TypeVar("_T")
_Stamp = tuple[int, int]
"""Size and time of a file: whether it is still the one that was read."""
_UNREAD = "S05"
"""The fault of a file that could not be read, which may be otherwise a moment later."""
_DEEP, _DEEPEST = 2, 9
"""Folders inside one another in which changes are looked for, and those in the inbox."""


class FileCache:
    """What was read: the plan, returned files, digests; it belongs to one campaign and one thread at a time."""

    def __init__(self) -> None:
        self._expected: Expected | None = None
        self._returns: dict[Path, tuple[_Stamp, list[Return]]] = {}
        self._digests: dict[Path, tuple[_Stamp, str]] = {}
        self._contents: dict[Path, tuple[_Stamp, object]] = {}
        self.returns_read = 0
        """How many returned files were read, ever."""

    def plan(self, path: Path) -> tuple[Reading, list[Fault]]:
        """Return the plan and all that is wrong with it; raises QtoolError where it is no plan at all."""

        def read() -> tuple[Reading, list[Fault]]:
            reading = read_plan(path)
            return reading, check_plan(reading)

        return self.content(path, read)

    def content(self, path: Path, read: Callable[[], _T]) -> _T:
        """Return what a file holds, read anew when the file is another; what `read` raises is not kept."""
        stamp = _stamp(path)
        before = self._contents.get(path)
        if before and stamp and before[0] == stamp:
            return before[1]  # type: ignore[return-value]  # one path is always read in one way
        content = read()
        if stamp:
            self._contents[path] = stamp, content
        return content

    def digest(self, path: Path) -> str:
        """Return a file's SHA-256, '' where there is no file or it cannot be read."""
        stamp = _stamp(path)
        if stamp is None:
            return ""
        before = self._digests.get(path)
        if before and before[0] == stamp:
            return before[1]
        with contextlib.suppress(OSError):
            self._digests[path] = stamp, sha256(path)
            return self._digests[path][1]
        return ""

    def expected(self, campaign: Campaign, plan: Plan) -> Expected:
        """Return what the campaign sent out; what was read as answers to something else is forgotten."""
        settings, before = campaign.settings, self._expected
        same = before and (before.campaign, before.key) == (settings.campaign, settings.key) and before.plan == plan
        if before is None or not same:
            self._expected = before = Expected(plan, settings.campaign, settings.key)
            self._returns.clear()
            self._contents = {path: content for path, content in self._contents.items() if path == campaign.plan}
        return before

    def returns(
        self, folder: Path, expected: Expected, report: Report, readers: int | str, *, copies: bool = False
    ) -> list[Return]:
        """Return every workbook in a folder read and judged; only files that are new or changed are read.

        `copies` tells that the folder holds copies of files that were mostly read elsewhere: those are not read again.
        """
        stamps = {path: stamp for path in files_in(folder) if (stamp := _stamp(path))}
        self._returns = {p: kept for p, kept in self._returns.items() if folder not in p.parents or p in stamps}
        new = [path for path, stamp in stamps.items() if self._returns.get(path, (None,))[0] != stamp]
        if new and copies:
            new = self._without_copies(new, stamps, folder)
        if new:
            self._read(new, stamps, folder, each_of(new, expected, report, readers, folder))
        return [returned for path in stamps if path in self._returns for returned in self._returns[path][1]]

    def _without_copies(self, new: Sequence[Path], stamps: Mapping[Path, _Stamp], folder: Path) -> list[Path]:
        """Return the files that no other file equals which was read as a sheet; the others are taken from there."""
        sheets = {r.sha256: r for _, returns in self._returns.values() for r in returns if r.identity is not None}
        others = []
        for path in new:
            if same := sheets.get(self.digest(path)):
                self._returns[path] = stamps[path], [same.renamed(path.relative_to(folder).as_posix())]
            else:
                others.append(path)
        return others

    def _read(
        self, new: Sequence[Path], stamps: Mapping[Path, _Stamp], folder: Path, returns: Iterator[Return]
    ) -> None:
        """Take in what is read, also as far as it was read before the user broke it off."""
        for path in new:
            self._returns.pop(path, None)
        for returned in returns:
            path = folder / returned.file
            unread = any(fault.code == _UNREAD for fault in returned.faults) and not returned.sha256
            stamp = (-1, -1) if unread else stamps[path]
            self._returns.setdefault(path, (stamp, []))[1].append(returned)
        self.returns_read += len(new)


def _stamp(path: Path) -> _Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def token(root: Path) -> str:
    """Return a fingerprint of all that an overview of a campaign depends on, from names, sizes and times alone."""
    content = hashlib.sha256(f"{datetime.now().astimezone():%F}".encode())
    for path in (root / name for name in (JOURNAL, SETTINGS, PLAN, f"{TALLY}/{ADJUSTMENTS}", f"{TALLY}/{PROPOSALS}")):
        content.update(f"{path}{_stamp(path)}".encode(errors="replace"))
    for name in (SHEETS, OUTBOX, INBOX, ACCEPTED, RETURNED, TALLY, DOCUMENTS):
        for line in sorted(_listed(root / name, _DEEPEST if name == INBOX else _DEEP)):
            content.update(line.encode(errors="replace"))
    return content.hexdigest()[:32]


def _listed(folder: Path, deep: int) -> Iterator[str]:
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield entry.path
                if deep and entry.name != HANDED_OUT:
                    yield from _listed(folder / entry.name, deep - 1)
            elif not entry.name.startswith(("~$", ".")):
                with contextlib.suppress(OSError):
                    status = entry.stat()
                    yield f"{entry.path}{status.st_size}{status.st_mtime_ns}"
