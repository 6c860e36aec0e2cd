"""Zip archives: those that people send, small ones in memory, ones of gigabytes on the disk, and those written here."""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeAlias

from qtool.office.archive.members import MEMBERS, Member, Room, Unopened, is_litter, shown_name
from qtool.office.archive.zip_reader import DAMAGED, TOO_MANY, BadZip, Entry, ZipReader
from qtool.workspace import refusal

ZipTime: TypeAlias = tuple[int, int, int, int, int, int]
"""Year, month, day, hour, minute and second."""

TOO_LARGE = "压缩包解开后太大"
ENCRYPTED = "压缩包设有密码"

_LARGEST = 100 << 20
"""Bytes of a file that is unpacked in memory; no workbook of one department is nearly as large."""
_RATIO, _RATIO_FLOOR = 200, 16 << 20
"""Real files shrink to a hundredth at best; below the floor nothing can do harm, however much it shrank."""
_MOST_TOGETHER = 40 << 30
"""Bytes that all files of an archive on the disk may say they have; ten times what anybody may hand in."""


def zip_content(files: Iterable[tuple[str, bytes, ZipTime]]) -> bytes:
    """Return a zip archive of files by name, content and time; the same files give the same bytes everywhere."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content, time in files:
            entry = zipfile.ZipInfo(name, time)
            entry.create_system, entry.external_attr = 0, 0
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def zip_members(content: bytes, room: Room) -> Iterator[Member]:
    """Yield an archive's files, without folders and litter; raises Unopened when it may not be read any further."""
    archive = ZipReader(content)
    entries = [entry for entry in archive.entries if not is_litter(entry.name)]
    if len(entries) > MEMBERS:
        raise Unopened(TOO_MANY)
    for entry in entries:
        name = shown_name(entry.name, "未命名文件")
        room.enter(TOO_MANY)
        if entry.encrypted:
            continue
        try:
            yield Member(name, _content(archive, entry, room, len(content)))
        except BadZip as error:
            yield Member(name, reason=error.reason)
    if any(entry.encrypted for entry in entries):
        raise Unopened(ENCRYPTED)


def _content(archive: ZipReader, entry: Entry, room: Room, whole: int) -> bytes:
    """Return a file's content; raises BadZip, or Unopened when there is no room for it."""
    most = min(_LARGEST, max(_RATIO_FLOOR, _RATIO * min(entry.packed, whole)))
    chunks, size = list[bytes](), 0
    for chunk in archive.chunks(entry):
        chunks.append(chunk)
        size += len(chunk)
        room.spend(len(chunk), TOO_LARGE)
        if size > most:
            raise BadZip(TOO_LARGE)
    return b"".join(chunks)


@dataclass(frozen=True, slots=True)
class Packed:
    """One file in an archive: the way to it, never to be used as a path, and its size."""

    parts: tuple[str, ...]
    size: int
    entry: Entry


class Archive:
    """An archive on the disk; use as a context manager. Opening and reading raise Unopened with the reason."""

    def __init__(self, path: Path) -> None:
        """Open an archive and read its directory."""
        with _reading(), contextlib.ExitStack() as stack:
            self._zip = ZipReader(stack.enter_context(path.open("rb")))
            self._close = stack.pop_all().close

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close the file."""
        self._close()

    def files(self) -> list[Packed]:
        """Return the files in it, without folders and litter."""
        entries = [entry for entry in self._zip.entries if not is_litter(entry.name)]
        if sum(entry.size for entry in entries) > _MOST_TOGETHER:
            raise Unopened(TOO_LARGE)
        return [Packed(_parts(entry), entry.size, entry) for entry in entries]

    def folders(self) -> list[tuple[str, ...]]:
        """Return the folders that the archive names by themselves, empty ones among them."""
        return [_parts(entry) for entry in self._zip.entries if entry.name.endswith(("/", "\\"))]

    def chunks(self, packed: Packed) -> Iterator[bytes]:
        """Yield a file's content piece by piece, its checksum compared at the end."""
        if packed.entry.encrypted:
            raise Unopened(ENCRYPTED)
        left = packed.size
        with _reading():
            for chunk in self._zip.chunks(packed.entry):
                left -= len(chunk)
                if left < 0:
                    raise Unopened(DAMAGED)
                yield chunk


@contextlib.contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unopened(refusal(error)) from error


def _parts(entry: Entry) -> tuple[str, ...]:
    names = entry.name.replace("\\", "/").split("/")
    return tuple(
        "".join(sign for sign in name if sign.isprintable())[:200] for name in names if name not in ("", ".", "..")
    )
