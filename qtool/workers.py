"""Work spread over processes: results in order, and a process that dies takes only what it was working on with it."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

Portion = TypeVar("Portion")
Result = TypeVar("Result")

_PROCESSES = 8
"""More than this many only wait for the disk."""


def worthwhile(pieces: int, *, copies: int, afresh: int) -> int:
    """Return how many processes pay for so many pieces of work; one means this process alone.

    A process that begins as a copy of this one is there at once, one that begins afresh first imports everything:
    `copies` and `afresh` are from how many pieces on that pays.
    """
    enough = copies if _can_copy() else afresh
    return min(_PROCESSES, os.cpu_count() or 1, pieces) if pieces >= enough else 1


def spread(
    work: Callable[[Portion], Result],
    portions: Sequence[Portion],
    workers: int,
    prepare: Callable[..., None],
    arguments: tuple[object, ...],
) -> Iterator[Result | None]:
    """Yield the result of every portion in order; None for one whose process died over it.

    `prepare(*arguments)` runs once in every process before its first portion. All of it must be importable by name.
    """
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - most runs have little to do and need none
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415 - as above

    done = 0
    while done < len(portions):
        try:
            with ProcessPoolExecutor(workers, _context(), _begin, (prepare, arguments)) as pool:
                for result in pool.map(work, portions[done:]):
                    yield result
                    done += 1
        except BrokenProcessPool:
            # Whose fault it was is not known while several run, so this portion is tried alone.
            try:
                with ProcessPoolExecutor(1, _context(), _begin, (prepare, arguments)) as pool:
                    result = pool.submit(work, portions[done]).result()
            except BrokenProcessPool:
                yield None
            else:
                yield result
            done += 1


def _begin(prepare: Callable[..., None], arguments: tuple[object, ...]) -> None:
    """Begin a process: Ctrl-C is for the one that the user started, which lets the others finish what they hold."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    prepare(*arguments)


def _can_copy() -> bool:
    return sys.platform == "linux" and threading.active_count() == 1


def _context() -> BaseContext:
    """Return how processes begin: as copies where that is safe, since a copy of a thread's lock is never released."""
    import multiprocessing  # noqa: PLC0415 - as above

    return multiprocessing.get_context("fork" if _can_copy() else "spawn")
