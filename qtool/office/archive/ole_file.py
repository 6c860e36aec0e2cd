"""OLE compound files, the shell of .xls, .msg and encrypted workbooks, opened with olefile inside limits."""

from __future__ import annotations

import contextlib
import io
import struct
from collections.abc import Iterator
from typing import Any

from olefile import STGTY_STORAGE, STGTY_STREAM, UNKNOWN_SIZE, OleFileIO

from qtool.office.archive.members import Unopened

_ENTRIES = 10_000
"""Streams and storages of one file: a mail with 200 attachments to 200 people has 7,000, and olefile takes quadratic
time for them."""
_FAT_SECTORS, _FAT_SECTOR_COVERS = 109, 1 << 16
"""The sectors of the allocation table that stand in the header itself, and the bytes that each of them accounts for."""
DAMAGED = "文件已损坏"


class _Beyond(Exception):
    """A figure in the file that goes beyond the file."""


_BROKEN = (
    *(_Beyond, OSError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError, struct.error),
    *(RecursionError, MemoryError),
)
"""What olefile raises on a broken file."""


class _Limited(OleFileIO):  # type: ignore[misc]  # the library publishes no types
    """A compound file whose figures are compared with its size before olefile loops over them.

    olefile trusts the number of FAT sectors and the size of every stream, and a chain of sectors may run in a circle,
    so that a file of a few kilobytes would be read without end. All three methods stand before the library's own.
    """

    _loaded = 0

    def loadfat(self, header: bytes) -> None:
        if self.num_fat_sectors > self._filesize // _FAT_SECTOR_COVERS + _FAT_SECTORS:
            raise _Beyond
        super().loadfat(header)

    def _load_direntry(self, sid: int) -> Any:
        self._loaded += 1
        if self._loaded > _ENTRIES:
            raise _Beyond
        return super()._load_direntry(sid)

    def _open(self, start: int, size: int = UNKNOWN_SIZE, force_FAT: bool = False) -> io.BytesIO:  # noqa: N803
        if size != UNKNOWN_SIZE and size > self._filesize:
            raise _Beyond
        stream: io.BytesIO = super()._open(start, size, force_FAT)
        return stream

    def content_of(self, entry: Any) -> bytes:
        """Return a stream's content by its directory entry."""
        return self._open(entry.isectStart, entry.size).read()


class Storage:
    """A folder in a compound file; names are compared without regard to case."""

    def __init__(self, file: _Limited, entry: Any) -> None:
        """Wrap a storage's directory entry."""
        self._file = file
        self._kids: dict[str, Any] = entry.kids_dict
        self.names = tuple(self._kids)

    def storage(self, name: str) -> Storage | None:
        """Return a folder in it, or None."""
        kid = self._kids.get(name.lower())
        return Storage(self._file, kid) if kid is not None and kid.entry_type == STGTY_STORAGE else None

    def size(self, name: str) -> int | None:
        """Return how long a stream says that it is, or None when there is none."""
        kid = self._kids.get(name.lower())
        return int(kid.size) if kid is not None and kid.entry_type == STGTY_STREAM else None

    def stream(self, name: str) -> bytes:
        """Return a stream's content; raises Unopened."""
        with _reading():
            return self._file.content_of(self._kids[name.lower()])


@contextlib.contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise Unopened(DAMAGED) from error


@contextlib.contextmanager
def open_ole(content: bytes) -> Iterator[Storage]:
    """Hold a compound file open as its root; raises Unopened."""
    source = io.BytesIO(content)
    try:
        with _reading():
            file = _Limited(source)
        yield Storage(file, file.root)
    finally:
        source.close()  # the entries and the file hold each other, and would hold the content
