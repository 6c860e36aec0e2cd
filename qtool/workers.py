"""Work spread over processes: results in order, and a process that dies takes only what it was working on with it."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

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
    *,
    here: bool = False,
) -> Iterator[Result | None]:
    """Yield the result of every portion in order; None for one whose process died over it.

    The portions are dealt out by turns. `prepare(*arguments)` runs once in every process before its first portion; all
    of it must be importable by name. `here` makes this process one of them, for work that no file from outside spoils.
    """
    count = min(workers, len(portions))
    start = partial(_Copy if _can_copy() else _Afresh, work, prepare, arguments)
    others: dict[int, _Copy | _Afresh] = {}
    try:
        for turn in range(int(here), count):
            others[turn] = start(portions[turn::count])
        if here:
            prepare(*arguments)
        for at, portion in enumerate(portions):
            if (other := others.get(at % count)) is None:
                yield work(portion)
                continue
            try:
                failed, result = other.said()
            except (EOFError, OSError):
                other.results.close()
                other.wait()
                others[at % count] = start(portions[at + count :: count])
                failed, result = False, None
            if failed:
                raise result
            yield result
    finally:
        for other in others.values():
            other.results.close()  # of all before the first is awaited: a later copy holds the results of the earlier
        for other in others.values():
            other.wait()


def _can_copy() -> bool:
    """Return whether processes may begin as copies: a copy of a lock that another thread holds is never released."""
    return sys.platform == "linux" and threading.active_count() == 1


class _Copy:
    """A process that is a copy of this one; multiprocessing takes longer to import than this takes to begin."""

    def __init__(self, *task: Any) -> None:
        import pickle  # noqa: PLC0415 - most runs have little to do and need none

        self._pickle = pickle
        gc.freeze()  # the collector would touch, and so copy, all that is shared; at the end, too, it takes its time
        reading, writing = os.pipe()
        self._id = os.fork()
        if not self._id:
            os.close(reading)
            self._be(writing, task)
        os.close(writing)
        self.results = os.fdopen(reading, "rb")

    def _be(self, writing: int, task: tuple[Any, ...]) -> None:
        def say(said: object) -> None:
            self._pickle.dump(said, results, 5)
            results.flush()

        try:
            with os.fdopen(writing, "wb") as results:
                _work_through(say, *task)
        finally:
            os._exit(0)  # the rest of what this process holds, and would do at its end, is the other's

    def said(self) -> Any:
        """Return what it said next; raises EOFError where it died over it."""
        try:
            return self._pickle.load(self.results)
        except self._pickle.UnpicklingError as error:
            raise EOFError from error

    def wait(self) -> None:
        """Wait until it has finished what it holds."""
        with contextlib.suppress(ChildProcessError):  # where this process was told not to look after its children
            os.waitpid(self._id, 0)


class _Afresh:
    """A process that begins with nothing and imports what it needs."""

    def __init__(self, *task: Any) -> None:
        import multiprocessing  # noqa: PLC0415 - as above

        context = multiprocessing.get_context("spawn")
        self.results, results = context.Pipe(duplex=False)
        self._process = context.Process(target=_work_through, args=(results.send, *task))
        self._process.start()
        results.close()

    def said(self) -> Any:
        """Return what it said next; raises EOFError where it died over it."""
        return self.results.recv()

    def wait(self) -> None:
        """Wait until it has finished what it holds."""
        self._process.join()


def _work_through(
    say: Callable[[object], None],
    work: Callable[[Portion], object],
    prepare: Callable[..., None],
    arguments: tuple[object, ...],
    portions: Sequence[Portion],
) -> None:
    """Say the result of every portion, or what went wrong."""
    # Ctrl-C is for the process that the user started, which lets the others finish what they hold.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # it lives for a moment, and the little garbage of its work is not worth the search
    try:
        prepare(*arguments)
        for portion in portions:
            say((False, work(portion)))
    except Exception as error:  # noqa: BLE001 - it is raised where the results are awaited
        import traceback  # noqa: PLC0415 - as above

        error.add_note(traceback.format_exc())
        with contextlib.suppress(OSError):  # as when nobody listens any more
            say((True, error))
