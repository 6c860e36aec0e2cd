"""Returned files sorted: accepted, to be mended, foreign, missing; what is accepted is copied, nothing is changed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qtool.collect.intake import files_in
from qtool.faults import Fault, fault
from qtool.outcome import Return
from qtool.workspace import ACCEPTED, INBOX, RETURNED, Campaign, sha256, write_bytes, write_file, writing

NOTE_END = "-问题清单.txt"
_LONGEST = 255
"""Bytes that a name may have on Linux; Windows allows as many letters."""


@dataclass(frozen=True)
class Collection:
    """All returned files of a campaign, read and sorted.

    `accepted` holds the one file that counts for each department, `rejected` what must be mended, `superseded` files
    that a later, good one of their department replaces; `missing` the departments without an accepted file.
    """

    expected: tuple[str, ...]
    accepted: Mapping[str, Return]
    rejected: tuple[Return, ...]
    superseded: tuple[Return, ...]
    missing: tuple[str, ...]
    faults: tuple[Fault, ...]

    @property
    def received(self) -> int:
        """How many files came."""
        return len(self.accepted) + len(self.rejected) + len(self.superseded)


def sort_returns(returns: Iterable[Return], departments: Sequence[str]) -> Collection:
    """Return the files sorted; of several good ones of a department the newest version, then the latest, counts."""
    good: dict[str, list[Return]] = {}
    rejected = []
    for returned in returns:
        if returned.acceptable:
            good.setdefault(returned.department, []).append(returned)
        else:
            rejected.append(returned)
    accepted, superseded, faults = {}, [], []
    for department in departments:
        files = sorted(good.get(department, []), key=_newest_last)
        if not files:
            continue
        accepted[department] = files[-1]
        superseded += [file for file in files[:-1] if file.sha256 != files[-1].sha256]
        if len({file.sha256 for file in files}) > 1:
            chosen = files[-1].file
            faults.append(fault("S15", file=chosen, department=department, count=len(files), chosen=chosen))
    settled = [r for r in rejected if r.department in accepted and r.received < accepted[r.department].received]
    open_ones = tuple(returned for returned in rejected if returned not in settled)
    missing = tuple(department for department in departments if department not in accepted)
    gone = (*superseded, *settled)
    return Collection(tuple(departments), accepted, open_ones, gone, missing, tuple(faults))


def _newest_last(returned: Return) -> tuple[int, object, str]:
    version = returned.identity.version if returned.identity else 0
    return version, returned.received, returned.file


def take_in(campaign: Campaign, files: Sequence[Path]) -> list[Path]:
    """Copy files into the inbox under names that are free there; a file that is there already stays as it is."""
    inbox = campaign.folder(INBOX)
    present = {sha256(path) for path in files_in(inbox)}
    taken = []
    for path in files:
        if path.parent.resolve() == inbox.resolve():
            continue
        digest = sha256(path)
        if digest in present:
            continue
        present.add(digest)
        target = _free(inbox / path.name)
        _copy(path, target)
        campaign.journal("收件", file=target.name, source=path.name, sha256=digest)
        taken.append(target)
    return taken


def _copy(source: Path, target: Path) -> None:
    """Copy a file with its time but without its permissions: a read-only one could not be finished."""

    def write(temporary: Path) -> None:
        shutil.copyfile(source, temporary)
        times = source.stat()
        os.utime(temporary, ns=(times.st_atime_ns, times.st_mtime_ns))

    write_file(target, write)


def _free(path: Path) -> Path:
    candidate, number = path, 2
    while candidate.exists():
        candidate = path.with_name(f"{path.stem}（{number}）{path.suffix}")
        number += 1
    return candidate


def keep(campaign: Campaign, collection: Collection, *, force: bool = False) -> list[Path]:
    """Copy what is accepted into its folder and write what must be mended beside it; return the new files.

    What is accepted already, byte for byte, is left alone unless `force` is given. Raises QtoolError when a file
    cannot be written.
    """
    made = []
    inbox, kept = campaign.folder(INBOX), campaign.folder(ACCEPTED)
    for department, returned in collection.accepted.items():
        target = kept / f"评分表-{department}{Path(returned.file).suffix.lower()}"
        source = inbox / returned.file
        current = target.exists() and sha256(target) == returned.sha256
        if current and not (force and source.exists()):
            continue
        _copy(source, target)
        for other in kept.iterdir():
            if other.stem == target.stem and other != target:
                with writing(other):
                    other.unlink()
        campaign.journal("采用", department=department, file=returned.file, sha256=returned.sha256)
        made.append(target)
    return made + _notes(campaign, collection)


def _notes(campaign: Campaign, collection: Collection) -> list[Path]:
    """Write a list of what is wrong for every file to be mended, and clear away the lists of those that are not."""
    folder = campaign.folder(RETURNED)
    wanted = {note_name(returned): returned for returned in collection.rejected}
    for old in folder.glob(f"*{NOTE_END}"):
        if old.name not in wanted:
            with writing(old):
                old.unlink()
    made = []
    for name, returned in wanted.items():
        text = note(returned)
        path = folder / name
        content = text.encode("utf-8-sig", errors="replace")
        if not path.exists() or path.read_bytes() != content:
            made.append(write_bytes(path, content))
            campaign.journal("列出问题", department=returned.department, file=returned.file, sha256=returned.sha256)
    return made


def note_name(returned: Return) -> str:
    """Return the name of a file's note: the file's own and an ending; what a disk would refuse is cut or replaced."""
    name = "".join("_" if "\ud800" <= sign <= "\udfff" else sign for sign in returned.file)
    room = _LONGEST - len(NOTE_END.encode())
    if len(name.encode()) > room or name != returned.file:
        mark = f"～{returned.sha256[:6]}"
        name = name.encode()[: room - len(mark.encode())].decode(errors="ignore") + mark
    return f"{name}{NOTE_END}"


def note(returned: Return) -> str:
    """Return what a department is told about a file that it must mend."""
    who = f"{returned.department}：\r\n" if returned.department else ""
    errors = [f for f in returned.faults if f.is_error]
    hints = [f for f in returned.faults if not f.is_error]
    lines = [f"{who}收到的《{returned.file}》还不能采用，请改正后重新交回：", ""]
    lines += [f"{number}. {_said(f)}" for number, f in enumerate(errors, 1)]
    if hints:
        lines += ["", "另外请核对：", ""]
        lines += [f"{number}. {_said(f)}" for number, f in enumerate(hints, 1)]
    return "\r\n".join(lines) + "\r\n"


def _said(found: Fault) -> str:
    place = " › ".join(part for part in (found.sheet, found.cell) if part)
    return (f"{place}：" if place else "") + f"{found.message}。{found.remedy}。"
