"""Files that came: which of a folder are workbooks, and all of them read, on several processes where there are many."""

from __future__ import annotations

import contextlib
import copyreg
import gc
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from qtool.collect.read import Expected, read_return, unread
from qtool.outcome import Return
from qtool.progress import Event, Report, silent
from qtool.workers import spread, worthwhile

_WORKBOOKS = {".xlsx", ".xls", ".xlsb", ".xlsm", ".ods", ".et"}
_MANY = 60
"""From so many files on it pays to start processes: starting them takes as long as reading some dozens."""
_PORTION = 20
"""Files that a process reads at a time."""
_BROKE_OFF = "读到一半时读取程序中断，文件可能已损坏"


def files_in(folder: Path) -> list[Path]:
    """Return the workbooks in a folder, without the lock files that Excel leaves beside open ones."""
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and path.suffix.lower() in _WORKBOOKS and not path.name.startswith(("~$", "."))
    )


def strangers_in(folder: Path) -> list[Path]:
    """Return what else lies in a folder, to be told rather than passed over in silence."""
    known = {*files_in(folder)}
    return sorted(path for path in folder.iterdir() if path not in known and not path.name.startswith(("~$", ".")))


def read_files(
    files: Sequence[Path], expected: Expected, report: Report = silent, workers: int | None = None
) -> list[Return]:
    """Return every file read, in order; one bad file never stops the rest.

    `workers` is how many processes read; without it, as many as the machine has where there are many files.
    """
    count = workers or worthwhile(len(files), copies=_MANY, afresh=2 * _MANY)
    with _no_garbage():
        return _read_here(files, expected, report) if count <= 1 else _read_spread(files, expected, report, count)


def _read_here(files: Sequence[Path], expected: Expected, report: Report) -> list[Return]:
    returns = []
    for done, path in enumerate(files, 1):
        returns.append(read_return(path, expected))
        report(Event(done, len(files), path.name))
    return returns


def _read_spread(files: Sequence[Path], expected: Expected, report: Report, workers: int) -> list[Return]:
    portions = [files[start : start + _PORTION] for start in range(0, len(files), _PORTION)]
    told = (expected.plan, expected.campaign, expected.key)
    returns: list[Return] = []
    for portion, found in zip(portions, spread(_portion, portions, workers, _begin, told), strict=True):
        returns += found if found is not None else _one_by_one(portion, told)
        report(Event(len(returns), len(files), portion[-1].name))
    return returns


def _one_by_one(files: Sequence[Path], told: tuple[object, ...]) -> list[Return]:
    """Read files of which one ended the process that read it."""
    found = spread(_portion, [[path] for path in files], 1, _begin, told)
    return [one[0] if one else unread(path, _BROKE_OFF) for path, one in zip(files, found, strict=True)]


_told: list[Expected] = []
"""What a process that reads was told when it began."""


def _begin(*told: object) -> None:
    gc.disable()
    _told[:] = [Expected(*told)]  # type: ignore[arg-type]


def _portion(files: Sequence[Path]) -> list[Return]:
    return [read_return(path, _told[0]) for path in files]


@lru_cache(maxsize=65536)
def _ratio(above: int, below: int) -> Fraction:
    return Fraction(above, below)


copyreg.pickle(Fraction, lambda figure: (_ratio, figure.as_integer_ratio()))  # its own way spells it out and parses it


@contextlib.contextmanager
def _no_garbage() -> Iterator[None]:
    """Keep the collector of reference cycles from going through thousands of returns that hold none."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
