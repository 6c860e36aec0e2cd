"""Zip archives of gigabytes: their directory read from the disk, their files gone through in chunks, never unpacked."""

from __future__ import annotations

import contextlib
import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from qtool.office.archive.members import Unopened, is_litter
from qtool.office.archive.zip_archive import (
    DAMAGED,
    ENCRYPTED,
    TOO_LARGE,
    TOO_MANY,
    UNKNOWN_METHOD,
    entry_name,
    look_over,
)
from qtool.workspace import refusal

_MOST_TOGETHER = 40 << 30
"""Bytes that all files of an archive may say they have; ten times what anybody may hand in."""
_DIRECTORY_SIZE = 4 << 20
_CHUNK = 1 << 20
_ENCRYPTED_FLAGS = 0x1 | 0x40
_BROKEN = (
    *(zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OverflowError),
    *(zlib.error, struct.error),
)
"""What zipfile raises on a broken archive."""


@dataclass(frozen=True, slots=True)
class Packed:
    """One file in an archive: the way to it, never to be used as a path, its size, when it was changed."""

    parts: tuple[str, ...]
    size: int
    when: datetime | None
    entry: zipfile.ZipInfo


class _LookedOverFile(io.FileIO):
    """A file that zipfile may read only while its directory is of a size that archives have."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _DIRECTORY_SIZE:
            raise Unopened(TOO_MANY)
        data = super().read(-1 if size is None else size) or b""
        look_over(data)
        return data


class Archive:
    """An opened archive; use as a context manager. Opening and reading raise Unopened with the reason."""

    def __init__(self, path: Path) -> None:
        """Open an archive and read its directory."""
        self._stack = contextlib.ExitStack()
        with _reading(), self._stack:
            file = self._stack.enter_context(_LookedOverFile(path, "rb"))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._archive = self._stack.enter_context(zipfile.ZipFile(file))
            self._stack = self._stack.pop_all()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close the file."""
        self._stack.close()

    def files(self) -> list[Packed]:
        """Return the files in it, without folders and litter."""
        entries = [entry for entry in self._archive.infolist() if not is_litter(entry_name(entry))]
        if sum(entry.file_size for entry in entries) > _MOST_TOGETHER:
            raise Unopened(TOO_LARGE)
        return [Packed(_parts(entry), entry.file_size, _when(entry), entry) for entry in entries]

    def folders(self) -> list[tuple[str, ...]]:
        """Return the folders that the archive names by themselves, empty ones among them."""
        return [_parts(entry) for entry in self._archive.infolist() if entry_name(entry).endswith(("/", "\\"))]

    def chunks(self, packed: Packed) -> Iterator[bytes]:
        """Yield a file's content piece by piece, its checksum compared at the end."""
        entry = packed.entry
        if entry.flag_bits & _ENCRYPTED_FLAGS:
            raise Unopened(ENCRYPTED)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unopened(UNKNOWN_METHOD)
        with _reading(), self._archive.open(entry) as file:
            while chunk := file.read(_CHUNK):
                yield chunk


@contextlib.contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise Unopened(DAMAGED) from error
    except OSError as error:
        raise Unopened(refusal(error)) from error


def _parts(entry: zipfile.ZipInfo) -> tuple[str, ...]:
    names = entry_name(entry).replace("\\", "/").split("/")
    return tuple(
        "".join(sign for sign in name if sign.isprintable())[:200] for name in names if name not in ("", ".", "..")
    )


def _when(entry: zipfile.ZipInfo) -> datetime | None:
    try:
        return datetime(*entry.date_time).astimezone() if entry.date_time[0] > 1980 else None
    except (ValueError, OSError, OverflowError):
        return None
