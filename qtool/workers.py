"""Work on several processes, of this machine or of a cluster: results in order; a process that dies costs one piece.

At most some pieces are under way at a time, however many there are. Processes begin anew (spawn): a copy of this one
(fork) could wait for ever for a lock that another thread of this one held.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import platform
import signal
import threading
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from queue import Empty, Queue
from typing import Any, TypeVar

from qtool import __version__
from qtool.faults import QtoolError, fault

Piece = TypeVar("Piece")
Result = TypeVar("Result")
_UnderWay = deque[tuple[Piece, "Future[Result]"]]

_EACH = 4
"""Pieces under way for every process: one is worked on, the others travel."""
_BYTES = 64 << 20
"""Bytes of pieces under way from which on no more are taken in."""
_ANSWER = 10
"""Seconds in which a cluster must answer."""
_PATIENCE = 300
"""Seconds in which a piece must come back from a cluster; without any worker left it never would."""


def spread(
    work: Callable[[Piece], Result],
    pieces: Iterable[Piece],
    workers: int | str,
    size: Callable[[Piece], int] = lambda _piece: 0,
) -> Iterator[Result | None]:
    """Yield the result of every piece in order; None for one that ended every process that worked on it.

    `workers` is a number of processes of this machine, or the address of a cluster. `work` must be importable by name,
    and its results must be picklable; what it raises is raised here. `size` tells the bytes of a piece. Raises
    QtoolError where a cluster does not answer or is not of this version.
    """
    rest = iter(pieces)
    under_way: _UnderWay[Piece, Result] = deque()
    with contextlib.closing(_Cluster(workers) if isinstance(workers, str) else _Processes(workers)) as pool:
        try:
            while True:
                while len(under_way) < pool.at_once and sum(size(piece) for piece, _ in under_way) < _BYTES:
                    try:
                        piece = next(rest)
                    except StopIteration:
                        break
                    under_way.append((piece, pool.submit(work, piece)))
                if not under_way:
                    return
                try:
                    result = pool.result(under_way[0][1])
                except pool.death:
                    yield from _one_by_one(work, under_way, pool)
                    under_way.clear()
                else:
                    under_way.popleft()
                    yield result
        finally:
            for _, future in under_way:
                future.cancel()


def _one_by_one(
    work: Callable[[Piece], Result], under_way: _UnderWay[Piece, Result], pool: _Processes | _Cluster
) -> Iterator[Result | None]:
    """Yield the results of pieces of which one ended a process: what is not done is done again, nothing beside it."""
    wait([future for _, future in under_way], pool.patience)
    pool.restart()
    for piece, future in under_way:
        try:
            result: Result | None = pool.result(future)
        except pool.death:
            try:
                result = pool.result(pool.submit(work, piece))
            except pool.death:
                pool.restart()
                result = None
        yield result


class _Processes:
    """Processes of this machine."""

    death: type[Exception] = BrokenExecutor
    """What is raised for all pieces under way when one of the processes died."""
    patience: float | None = None

    def __init__(self, count: int) -> None:
        self.at_once = _EACH * count
        self._count = count
        self._executor = self._begin()

    def _begin(self) -> Executor:
        # Ctrl-C is for the process that the user started, which then ends the others.
        ignore = (signal.SIGINT, signal.SIG_IGN)
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._count, context, initializer=signal.signal, initargs=ignore)

    def submit(self, work: Callable[[Piece], Result], piece: Piece) -> Future[Result]:
        """Return what will be the result of a piece."""
        try:
            return self._executor.submit(work, piece)
        except BrokenExecutor as error:
            future: Future[Result] = Future()
            future.set_exception(error)
            return future

    def result(self, future: Future[Result]) -> Result:
        """Return a result; raises `death` where a process died."""
        return future.result()

    def restart(self) -> None:
        """Begin with new processes."""
        self.close()
        self._executor = self._begin()

    def close(self) -> None:
        """End the processes, which finish the pieces that they have begun."""
        self._executor.shutdown(cancel_futures=True)


class _Cluster:
    """The workers of a Dask cluster; it starts anew those that die."""

    patience: float | None = _PATIENCE

    def __init__(self, address: str) -> None:
        self._address = address
        self._client = _connected(address)
        try:
            self._compare_versions()
        except BaseException:
            self.close()
            raise
        from distributed.scheduler import KilledWorker  # noqa: PLC0415 - as in `_connected`

        self.death: type[Exception] = KilledWorker
        self.at_once = _EACH * len(self._client.nthreads())
        self._executor: Executor = self._client.get_executor(pure=False)  # pure: equal pieces would be worked on once

    def _compare_versions(self) -> None:
        """Raise QtoolError unless there are workers, all of this version and each with one thread."""
        try:
            self._client.wait_for_workers(1, timeout=_ANSWER)
            versions = self._client.run(_versions, on_error="return")
        except TimeoutError as error:
            raise QtoolError(fault("C21", address=self._address, reason="那里没有工作进程")) from error
        for worker, there in versions.items():
            if isinstance(there, Exception):
                raise QtoolError(fault("C22", address=self._address, reason=f"{worker} 没有装 qtool")) from there
            for name, here in _versions().items():
                if there[name] != here:
                    reason = f"{worker} 的 {name} 是 {there[name]}，这里是 {here}"
                    raise QtoolError(fault("C22", address=self._address, reason=reason))
        for worker, threads in self._client.nthreads().items():
            if threads != 1:
                reason = f"{worker} 有{threads}个线程，只能有1个"
                raise QtoolError(fault("C22", address=self._address, reason=reason))

    def submit(self, work: Callable[[Piece], Result], piece: Piece) -> Future[Result]:
        """Return what will be the result of a piece."""
        return self._executor.submit(work, piece)

    def result(self, future: Future[Result]) -> Result:
        """Return a result; raises `death` where workers died over it, QtoolError where the cluster is gone."""
        for _ in range(_PATIENCE):
            if wait([future], 1).done and not future.cancelled():
                return future.result()
            if future.cancelled() or self._client.status != "running":
                break
        raise QtoolError(fault("C21", address=self._address, reason="中途没有了回应"))

    def restart(self) -> None:
        """Leave it to the cluster."""

    def close(self) -> None:
        """Leave the cluster."""
        self._client.close()


def _connected(address: str) -> Any:
    """Return a client of the cluster at an address; raises QtoolError where there is none."""
    try:
        import distributed  # noqa: PLC0415 - an extra of the package that few have
    except ImportError as error:
        raise QtoolError(fault("C20")) from error
    warnings.simplefilter("ignore", distributed.versions.VersionMismatchWarning)  # they are compared afterwards
    answer: Queue[Any] = Queue()

    def connect() -> None:
        try:
            answer.put(distributed.Client(address, timeout=_ANSWER, set_as_default=False))
        except (OSError, ValueError, TypeError, RuntimeError) as error:
            answer.put(error)

    # In a thread, since for a server that takes the call and then is silent the library waits for ever.
    threading.Thread(target=connect, daemon=True).start()
    with contextlib.suppress(Empty):
        if isinstance(client := answer.get(timeout=_ANSWER + 1), distributed.Client):
            return client
    raise QtoolError(fault("C21", address=address, reason="没有回应，或者那里不是 Dask 集群"))


def _versions() -> dict[str, str]:
    """Return what must be the same on both sides, since returns travel as this program's own objects."""
    from distributed import __version__ as distributed  # noqa: PLC0415 - as in `_connected`

    python = ".".join(platform.python_version_tuple()[:2])
    return {"qtool": __version__, "Python": python, "distributed": distributed}
