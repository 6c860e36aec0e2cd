"""Every file that an assessee returned: on the disk, and in zip archives of any size, without unpacking them."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Self

from qtool.faults import Fault, fault
from qtool.office.archive.file_health import HEAD, TAIL, Verdict, verdict
from qtool.office.archive.members import Unopened, is_litter
from qtool.office.archive.zip_archive import Archive, Packed
from qtool.workspace import refusal

_CHUNK = 1 << 20
_MOST_FILES = 50_000
"""Files of one assessee; a hundred for each criterion are some thousands."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One returned file: the folders that it lies in, from the assessee's folder on, an archive being one of them.

    `path` is what lies on the disk, the file itself or its archive; `packed` tells where in an archive it is.
    """

    folders: tuple[str, ...]
    name: str
    size: int
    when: datetime | None
    path: Path
    packed: Packed | None = None

    @property
    def full_name(self) -> str:
        """The way to it as users read it."""
        return "/".join((*self.folders, self.name))

    @property
    def ending(self) -> str:
        """Its name's ending in small letters, without the dot."""
        return self.name.rpartition(".")[2].lower() if "." in self.name else ""


@dataclass
class Files:
    """What lies in an assessee's folder: its files, the folders with nothing in them, what could not be read."""

    pieces: list[Piece] = field(default_factory=list)
    empty: list[tuple[str, ...]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    on_disk: int = 0
    """Bytes that it takes as it was handed in."""


def files_in(roots: Iterable[Path]) -> Files:
    """Return all that lies in some folders, and files that stand by themselves; nothing in them makes this fail."""
    files = Files()
    for root in roots:
        if root.is_dir():
            _walk(root, (), files)
        else:
            _take(root, (), files)
    return files


def _walk(folder: Path, parts: tuple[str, ...], files: Files) -> None:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        files.faults.append(fault("R32", file="/".join(parts) or folder.name, reason=refusal(error)))
        return
    entries = [entry for entry in entries if not is_litter(entry.name) and not entry.is_symlink()]
    for entry in entries:
        if entry.is_dir():
            _walk(Path(entry.path), (*parts, entry.name), files)
        else:
            _take(Path(entry.path), parts, files)
    if not entries and parts:
        files.empty.append(parts)


def _take(path: Path, parts: tuple[str, ...], files: Files) -> None:
    """Take a file in; an archive is taken as a folder of its name."""
    try:
        state = path.stat()
        with path.open("rb") as file:
            packed = file.read(4) == b"PK\x03\x04" and path.suffix.lower() == ".zip"
    except OSError as error:
        files.faults.append(fault("R32", file="/".join((*parts, path.name)), reason=refusal(error)))
        return
    files.on_disk += state.st_size
    when = datetime.fromtimestamp(state.st_mtime).astimezone()
    if not packed:
        _add(files, Piece(parts, path.name, state.st_size, when, path))
        return
    try:
        with Archive(path) as archive:
            inside = archive.files()
            folders = archive.folders()
    except Unopened as refused:
        files.faults.append(fault("R34", file="/".join((*parts, path.name)), reason=refused.reason))
        return
    for one in inside:
        if one.parts:
            _add(files, Piece((*parts, path.name, *one.parts[:-1]), one.parts[-1], one.size, when, path, one))
    full = {one.parts[:depth] for one in inside for depth in range(len(one.parts))}
    full |= {one[:depth] for one in folders for depth in range(len(one))}
    files.empty += [(*parts, path.name, *one) for one in folders if one and one not in full]


def _add(files: Files, piece: Piece) -> None:
    if len(files.pieces) == _MOST_FILES:
        files.faults.append(fault("R34", file=piece.full_name, reason=f"文件超过{_MOST_FILES}个，其余的没有读"))
    if len(files.pieces) <= _MOST_FILES:
        files.pieces.append(piece)


class Reader:
    """Reads returned files; archives stay open until the end, since their directories may be long."""

    def __init__(self) -> None:
        """Begin with nothing open."""
        self._stack = contextlib.ExitStack()
        self._archives: dict[Path, Archive] = {}

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close all archives."""
        self._stack.close()

    def chunks(self, piece: Piece) -> Iterator[bytes]:
        """Yield a file's content piece by piece; raises Unopened."""
        if piece.packed is not None:
            if piece.path not in self._archives:
                self._archives[piece.path] = self._stack.enter_context(Archive(piece.path))
            yield from self._archives[piece.path].chunks(piece.packed)
            return
        try:
            with piece.path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    yield chunk
        except OSError as error:
            raise Unopened(refusal(error)) from error

    def content(self, piece: Piece, most: int) -> bytes:
        """Return a file's bytes; raises Unopened where it has more than `most`, or cannot be had."""
        if piece.size > most:
            raise Unopened(f"文件太大（超过{most >> 20}MB）")
        return b"".join(self.chunks(piece))

    def health(self, piece: Piece) -> Verdict:
        """Return whether a file looks whole: on the disk by its two ends, in an archive by going through all of it.

        Raises Unopened for what cannot be read.
        """
        head = tail = b""
        if piece.packed is None:
            try:
                with piece.path.open("rb") as file:
                    head = file.read(HEAD)
                    file.seek(max(0, piece.size - TAIL))
                    tail = file.read(TAIL)
            except OSError as error:
                raise Unopened(refusal(error)) from error
        else:
            for chunk in self.chunks(piece):
                head = (head + chunk)[:HEAD] if len(head) < HEAD else head
                tail = (tail + chunk)[-TAIL:]
        return verdict(piece.name, piece.size, head, tail)

    def digest(self, piece: Piece) -> str:
        """Return a file's SHA-256, '' for one that cannot be read."""
        digest = hashlib.sha256()
        try:
            for chunk in self.chunks(piece):
                digest.update(chunk)
        except Unopened:
            return ""
        return digest.hexdigest()
