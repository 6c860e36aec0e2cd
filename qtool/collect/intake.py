"""Files that came: all that lies in a folder, each read, on several processes where there are many."""

from __future__ import annotations

import contextlib
import copyreg
import gc
import os
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import Any

from qtool.collect.expected import Expected
from qtool.collect.read import read_file, unread
from qtool.model import Answer, Key
from qtool.outcome import Return
from qtool.progress import Event, Report, silent
from qtool.workers import spread, worthwhile

_MANY = 60
"""From so many files on it pays to start processes: starting them takes as long as reading some dozens."""
_PORTION, _TURNS = 25, 4
"""Files that a process reads at a time at most, since what they share crosses once; how often each has its turn."""
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


_Named = tuple[Path, str]
"""A file, and what users call it."""


def read_files(
    files: Sequence[Path],
    expected: Expected,
    report: Report = silent,
    workers: int | None = None,
    base: Path | None = None,
) -> list[Return]:
    """Return every workbook in these files read, in order; see `each_of`."""
    return list(each_of(files, expected, report, workers, base))


def each_of(
    files: Sequence[Path],
    expected: Expected,
    report: Report = silent,
    workers: int | None = None,
    base: Path | None = None,
) -> Iterator[Return]:
    """Yield every workbook in these files read, in order; one bad file never stops the rest.

    Files are named from `base` on. `workers` is how many processes read; without it, as many as the machine has where
    there are many files.
    """
    named = [(path, path.relative_to(base).as_posix() if base else path.name) for path in files]
    count = workers or worthwhile(len(files), copies=_MANY, afresh=2 * _MANY)
    with _no_garbage():
        yield from _read_here(named, expected, report) if count <= 1 else _read_spread(named, expected, report, count)


def _read_here(files: Sequence[_Named], expected: Expected, report: Report) -> Iterator[Return]:
    for done, (path, name) in enumerate(files, 1):
        yield from read_file(path, name, expected)
        report(Event(done, len(files), path.name))


def _read_spread(files: Sequence[_Named], expected: Expected, report: Report, workers: int) -> Iterator[Return]:
    size = max(1, min(_PORTION, len(files) // (_TURNS * workers)))
    portions = [files[start : start + size] for start in range(0, len(files), size)]
    told = (expected.plan, expected.campaign, expected.key)
    done = 0
    for portion, found in zip(portions, spread(_portion, portions, workers, _begin, told), strict=True):
        yield from found if found is not None else _one_by_one(portion, told)
        done += len(portion)
        report(Event(done, len(files), portion[-1][0].name))


def _one_by_one(files: Sequence[_Named], told: tuple[object, ...]) -> Iterator[Return]:
    """Read files of which one ended the process that read it."""
    for (_, name), found in zip(files, spread(_portion, [[file] for file in files], 1, _begin, told), strict=True):
        yield from found if found is not None else [unread(name, _BROKE_OFF)]


_told: list[Expected] = []
"""What a process that reads was told when it began."""


def _begin(*told: object) -> None:
    _told[:] = [Expected(*told)]  # type: ignore[arg-type]


def _portion(files: Sequence[_Named]) -> list[Return]:
    return [returned for path, name in files for returned in read_file(path, name, _told[0])]


@lru_cache(maxsize=65536)
def _ratio(above: int, below: int) -> Fraction:
    return Fraction(above, below)


def _packed(returned: Return) -> tuple[Callable[..., Return], tuple[object, ...]]:
    """Return what makes a return again: column by column, since each answer by itself takes four times as long."""
    fields = {name: getattr(returned, name) for name in Return.__slots__ if name != "answers"}
    return _unpacked, (fields, tuple(returned.answers), *zip(*returned.answers.values(), strict=True))


def _unpacked(fields: dict[str, Any], keys: tuple[Key, ...], *columns: tuple[Any, ...]) -> Return:
    answers = map(_answer, zip(*columns, strict=True))
    return Return(answers=dict(zip(keys, answers, strict=True)), **fields)


_answer = partial(tuple.__new__, Answer)
"""Makes an answer of its parts, without a step in Python for each."""

copyreg.pickle(Fraction, lambda figure: (_ratio, figure.as_integer_ratio()))  # its own way spells it out and parses it
copyreg.pickle(Return, _packed)


@contextlib.contextmanager
def _no_garbage() -> Iterator[None]:
    """Keep the collector of reference cycles from going through thousands of returns that hold none, ever after too."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if running:
            gc.enable()
