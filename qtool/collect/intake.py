"""Files that came: all that lies in a folder, each read, here or by other processes."""

from __future__ import annotations

import contextlib
import os
import pickle
import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path

from qtool.collect.expected import Expected
from qtool.collect.read import Loaded, load, read_loaded, unread
from qtool.outcome import Return
from qtool.progress import Event, Report, silent

_BROKE_OFF = "读到一半时读取程序中断，文件可能已损坏"
_PASSED_OVER = ("~$", ".")
"""Beginnings of names that Excel and WPS give to the lock files beside open workbooks, and of hidden files."""
_OF_WINDOWS = {"thumbs.db", "desktop.ini"}
_MOST_FILES = 20_000
"""More than any campaign gets; a folder that holds more was not meant."""


def files_in(folder: Path) -> list[Path]:
    """Return the files in a folder and the folders inside it, without those that programs leave for themselves."""
    return sorted(islice(_files(folder), _MOST_FILES))


def _files(folder: Path) -> Iterator[Path]:
    with contextlib.suppress(PermissionError, FileNotFoundError, NotADirectoryError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(_PASSED_OVER):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _files(folder / entry.name)
            elif entry.is_file(follow_symlinks=False) and entry.name.lower() not in _OF_WINDOWS:
                yield folder / entry.name


def read_files(
    files: Sequence[Path],
    expected: Expected,
    report: Report = silent,
    workers: int | str = 1,
    base: Path | None = None,
) -> list[Return]:
    """Return every workbook in these files read, in order; see `each_of`."""
    return list(each_of(files, expected, report, workers, base))


def each_of(
    files: Sequence[Path],
    expected: Expected,
    report: Report = silent,
    workers: int | str = 1,
    base: Path | None = None,
) -> Iterator[Return]:
    """Yield every workbook in these files read, in order; one bad file never stops the rest.

    Files are named from `base` on. `workers` is how many processes read, one being this process alone, or the address
    of a cluster. Raises QtoolError where the cluster cannot be used.
    """
    names = (path.relative_to(base).as_posix() if base else path.name for path in files)
    loaded = map(load, files, names)
    results = _spread(loaded, expected, workers) if workers != 1 else (read_loaded(file, expected) for file in loaded)
    for done, (path, returns) in enumerate(zip(files, results, strict=True), 1):
        if returns is None:
            yield unread(path.relative_to(base).as_posix() if base else path.name, _BROKE_OFF)
        else:
            yield from returns
        report(Event(done, len(files), path.name))


def _spread(files: Iterator[Loaded], expected: Expected, workers: int | str) -> Iterator[list[Return] | None]:
    """Yield the workbooks in every file, read by other processes; None for a file that ends whoever reads it."""
    from qtool.workers import spread  # noqa: PLC0415 - slow to import, and mostly this process reads alone

    sent_out = zlib.compress(pickle.dumps((expected.plan, expected.campaign, expected.key)))
    yield from spread(partial(_read, sent_out), files, workers, size=lambda file: len(file.content or b""))


def _read(sent_out: bytes, file: Loaded) -> list[Return]:
    return read_loaded(file, _expected(sent_out))


@lru_cache(maxsize=1)
def _expected(sent_out: bytes) -> Expected:
    """Return what a campaign sent out, as it crossed to this process, with what was learned of it meanwhile."""
    return Expected(*pickle.loads(zlib.decompress(sent_out)))  # noqa: S301 - this program packed it
