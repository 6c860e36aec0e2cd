"""What is done with returned files: originals locked, good ones copied, lists of faults written; nothing lost."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from qtool.collect.choose import ACCEPTED as ACCEPTED_ENTRY
from qtool.collect.choose import ARRIVED, LISTED, Collection, Decisions
from qtool.collect.intake import files_in
from qtool.faults import Fault
from qtool.outcome import Return
from qtool.workspace import ACCEPTED, INBOX, RETURNED, Campaign, sha256, sheet_name, write_bytes, write_file, writing

NOTE_END = "-问题清单.txt"
_LONGEST = 255
"""Bytes that a name may have on Linux; Windows allows as many letters."""


def note_name(returned: Return, ending: str) -> str:
    """Return the name of what is written about a file: its own and an ending; what a disk refuses is cut or replaced.

    A file inside an archive, or in a folder, is named with what leads to it.
    """
    whole = "-".join((returned.file.replace("/", "-"), *returned.inside))
    name = "".join("_" if "\ud800" <= sign <= "\udfff" or sign in '\\/:*?"<>|' else sign for sign in whole)
    room = _LONGEST - len(ending.encode())
    if len(name.encode()) > room or name != returned.file:
        mark = f"～{returned.sha256[:6]}"
        name = name.encode()[: room - len(mark.encode())].decode(errors="ignore") + mark
    return f"{name}{ending}"


def note(returned: Return, copy: str) -> str:
    """Return what a department is told about a file that it must mend; `copy` names its annotated copy, if any."""
    who = f"{returned.department}：\r\n" if returned.department else ""
    errors = [f for f in returned.faults if f.is_error]
    hints = [f for f in returned.faults if not f.is_error]
    lines = [f"{who}收到的《{returned.full_name}》还不能采用，请改正后重新交回："]
    if copy:
        lines.append(f"随附的《{copy}》已带上你们填的内容，要改的格都标了颜色，直接在上面改，保存后交回即可。")
    lines += ["", f"一、必须改正（{len(errors)}处）" if hints else f"必须改正（{len(errors)}处）", ""]
    lines += [f"{number}. {_sentence(f)}" for number, f in enumerate(errors, 1)]
    if hints:
        lines += ["", f"二、请核对（{len(hints)}处），确实如此的，请回复说明", ""]
        lines += [f"{number}. {_sentence(f)}" for number, f in enumerate(hints, 1)]
    return "\r\n".join(lines) + "\r\n"


def _sentence(fault: Fault) -> str:
    place = " › ".join(part for part in (fault.sheet, fault.cell) if part)
    remedy = f"{fault.remedy}。" if fault.remedy else ""
    text = (f"{place}：" if place else "") + f"{fault.message}。{remedy}"
    return text.replace("？。", "？").replace("。。", "。")


COPY_END = "-请改正.xlsx"
_TAKEN = "收件"


def take_in(campaign: Campaign, files: Sequence[Path], history: Iterable[Mapping[str, Any]]) -> list[Path]:
    """Copy files into the inbox under names that are free there; a file that is there already stays as it is.

    `history` tells what was entered into the journal before.
    """
    if not files:
        return []
    inbox = campaign.folder(INBOX)
    present: dict[str, Path] = {}
    for path in files_in(inbox):
        with contextlib.suppress(OSError):  # what cannot be read now is not the same as anything
            present.setdefault(sha256(path), path)
    written = {entry.get("sha256") for entry in history if entry["what"] == _TAKEN}
    taken = []
    for path in files:
        if inbox.resolve() in path.resolve().parents:
            continue
        digest = sha256(path)
        if digest not in present:
            present[digest] = _free(inbox / path.name)
            _copy(path, present[digest])
            taken.append(present[digest])
        elif digest in written:
            continue
        # Also where only the entry is lacking, because a run was broken off between the two.
        written.add(digest)
        campaign.journal(_TAKEN, file=present[digest].name, source=path.name, sha256=digest)
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


def record_arrivals(campaign: Campaign, returns: Sequence[Return], decisions: Decisions) -> None:
    """Write into the journal what has not been seen before, and keep the originals from being changed by accident."""
    arrived = set(decisions.arrived)
    for returned in returns:
        if returned.sha256 and returned.sha256 not in arrived:
            arrived.add(returned.sha256)
            details = {"department": returned.department, "file": returned.full_name, "sha256": returned.sha256}
            campaign.journal(ARRIVED, **details, received=returned.received.isoformat(timespec="seconds"))
        with contextlib.suppress(OSError):
            path = campaign.root / INBOX / returned.file
            path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))


def keep_accepted(
    campaign: Campaign, collection: Collection, decisions: Decisions, *, force: bool = False
) -> list[Path]:
    """Copy what is accepted into its folder; return the new files.

    What is accepted already, byte for byte, is left alone unless `force` is given. Raises QtoolError when a file
    cannot be written.
    """
    files = []
    inbox, folder = campaign.folder(INBOX), campaign.folder(ACCEPTED)
    for department, returned in collection.accepted.items():
        ending = Path((returned.file, *returned.inside)[-1]).suffix.lower()
        target = folder / sheet_name(department, ending if len(ending) <= 5 else ".xlsx")
        source = inbox / returned.file
        current = target.exists() and sha256(target) == returned.sha256
        if not current or (force and source.exists()):
            _accept(source, returned, target)
            files.append(target)
        for other in folder.iterdir():
            if other.stem == target.stem and other != target:
                with writing(other):
                    other.unlink()
        # Also where only the entry is lacking, because a run was broken off between the two.
        if decisions.accepted.get(department) != returned.sha256 or target in files:
            details = {"department": department, "file": returned.full_name, "sha256": returned.sha256}
            campaign.journal(ACCEPTED_ENTRY, **details)
    return files


def _accept(source: Path, returned: Return, target: Path) -> None:
    if not returned.inside:
        _copy(source, target)
        return
    with writing(target):
        content = source.read_bytes()
    from qtool.office.unpack import unpack  # noqa: PLC0415 - as for reading, few need it

    pieces, _ = unpack(content, source.name)
    piece = next(piece for piece in pieces if piece.inside == returned.inside)

    def write(temporary: Path) -> None:
        temporary.write_bytes(piece.content)
        stamp = returned.received.timestamp()
        os.utime(temporary, (stamp, stamp))

    write_file(target, write)


MendingCopy = Callable[[Path, Return], None]
"""Writes the annotated copy of a return that could be scored."""


def write_replies(
    campaign: Campaign, collection: Collection, decisions: Decisions, write_copy: MendingCopy
) -> list[Path]:
    """Write for every file to be mended what is wrong with it, and a copy in which it is marked; return the new files.

    What belongs to files that are settled is cleared away.
    """
    folder = campaign.folder(RETURNED)
    wanted = {note_name(returned, NOTE_END): returned for returned in collection.rejected}
    copies = {note_name(returned, COPY_END) for returned in collection.rejected}
    for old in [*folder.glob(f"*{NOTE_END}"), *folder.glob(f"*{COPY_END}")]:
        if old.name not in wanted and old.name not in copies:
            with writing(old):
                old.unlink()
    files = []
    for name, returned in wanted.items():
        copy = folder / note_name(returned, COPY_END)
        content = note(returned, copy.name if returned.scores else "").encode("utf-8-sig", errors="replace")
        path = folder / name
        listed = returned.sha256 in decisions.listed.get(returned.department, frozenset())
        same = path.exists() and path.read_bytes() == content
        if same and listed and (copy.exists() or not returned.scores):
            continue
        if returned.scores is not None:
            write_copy(copy, returned)
            files.append(copy)
        if not same:
            files.append(write_bytes(path, content))
        details = {"department": returned.department, "file": returned.full_name, "sha256": returned.sha256}
        campaign.journal(LISTED, **details)
    return files
