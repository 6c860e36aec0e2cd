"""Work beside the window: a thread gets plain data, what it has to say comes back through a queue."""

from __future__ import annotations

import gc
import queue
import threading
import tkinter as tk
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from qtool.progress import Cancelled, Event, Report

Made = TypeVar("Made")
Answer = TypeVar("Answer")

_LOOK = 40
"""Milliseconds between two looks into the queue."""


class Job(Generic[Made]):
    """One piece of work in its thread."""

    def __init__(self, said: queue.SimpleQueue[Callable[[], object]]) -> None:
        self._said = said
        self._stop = threading.Event()
        self.latest: Event | None = None

    def cancel(self) -> None:
        """Stop the work at the next step that it reports."""
        self._stop.set()

    @property
    def cancelled(self) -> bool:
        """Whether it was told to stop."""
        return self._stop.is_set()

    def report(self, event: Event) -> None:
        """Take note of progress, in the work's own thread; raises Cancelled when it is to stop."""
        if self._stop.is_set():
            raise Cancelled
        self.latest = event

    def ask(self, question: Callable[[], Answer]) -> Answer:
        """Return the answer to a question that is put in the window's thread, while the work waits."""
        answered = threading.Event()
        answers: list[Answer] = []

        def put() -> None:
            try:
                answers.append(question())
            finally:
                answered.set()

        self._said.put(put)
        while not answered.wait(0.1):
            if self._stop.is_set():
                raise Cancelled
        if not answers:
            raise Cancelled
        return answers[0]


class Jobs:
    """All work of one window; its callbacks run in the window's thread."""

    def __init__(self, root: tk.Misc) -> None:
        self._root = root
        self._said: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        self._running: list[tuple[Job[Any], Callable[[Event], None]]] = []
        self._timer = root.after(_LOOK, self._listen)

    @property
    def busy(self) -> bool:
        """Whether anything is at work."""
        return bool(self._running)

    def run(
        self,
        work: Callable[[Report], Made],
        done: Callable[[Made], object],
        failed: Callable[[Exception], object],
        stopped: Callable[[], object] = lambda: None,
        progress: Callable[[Event], None] = lambda _event: None,
    ) -> Job[Made]:
        """Begin work in a thread of its own and return it; one of done, failed, stopped is called at its end."""
        return self.converse(lambda job: work(job.report), done, failed, stopped, progress)

    def converse(
        self,
        work: Callable[[Job[Made]], Made],
        done: Callable[[Made], object],
        failed: Callable[[Exception], object],
        stopped: Callable[[], object] = lambda: None,
        progress: Callable[[Event], None] = lambda _event: None,
    ) -> Job[Made]:
        """Begin work that may ask questions; as `run` otherwise."""
        job: Job[Made] = Job(self._said)

        def end(callback: Callable[[], object]) -> None:
            self._running = [entry for entry in self._running if entry[0] is not job]
            callback()

        def run() -> None:
            try:
                made = work(job)
            except Cancelled:
                self._said.put(lambda: end(stopped))
            except Exception as error:  # noqa: BLE001 - the boundary: the window tells what happened
                told = error
                self._said.put(lambda: end(lambda: failed(told)))
            else:
                self._said.put(lambda: end(lambda: done(made)))

        self._running.append((job, progress))
        threading.Thread(target=run, name="qtool-work", daemon=True).start()
        return job

    def cancel(self) -> None:
        """Stop everything."""
        for job, _progress in self._running:
            job.cancel()

    def close(self) -> None:
        """Stop listening, before the window goes."""
        self.cancel()
        self._root.after_cancel(self._timer)

    def _listen(self) -> None:
        self._timer = self._root.after(_LOOK, self._listen)
        for job, progress in tuple(self._running):
            if job.latest is not None:
                event, job.latest = job.latest, None
                progress(event)
        while True:
            try:
                said = self._said.get_nowait()
            except queue.Empty:
                return
            said()


_OFTEN = 400
"""Milliseconds between two looks."""
_YOUNG, _OLD = 20_000, 40
"""New objects that are worth a look, and looks after which, in a pause, everything is looked through."""


class GcTimer:
    """Takes the place of Python's own collections, which happen in whatever thread makes the most objects.

    While something is being done only what is young is looked through: all of it would hold up the window.
    """

    def __init__(self, root: tk.Misc, *, busy: Callable[[], bool]) -> None:
        self._root, self._busy, self._looks = root, busy, 0
        gc.disable()
        self._timer = root.after(_OFTEN, self._look)

    def close(self) -> None:
        """Hand collecting back to Python, with nothing of the window left to be collected."""
        self._root.after_cancel(self._timer)
        gc.collect()
        gc.enable()

    def _look(self) -> None:
        self._timer = self._root.after(_OFTEN, self._look)
        if gc.get_count()[0] < _YOUNG:
            return
        self._looks += 1
        if self._busy():
            gc.collect(1)
        elif self._looks >= _OLD:
            self._looks = 0
            gc.collect()
        else:
            gc.collect(1)
