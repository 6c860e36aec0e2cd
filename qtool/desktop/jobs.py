"""Work beside the window: a thread gets plain data, what it has to say comes back through a queue."""

from __future__ import annotations

import gc
import queue
import threading
import tkinter as tk
from collections.abc import Callable
from typing import TypeVar

from qtool.progress import Cancelled, Event

Result = TypeVar("Result")
Callback = Callable[[], object]

_POLL = 40
"""Milliseconds between two looks into the queue."""
_GC_INTERVAL = 400
"""Milliseconds between two looks at how many objects are new."""
_GC_YOUNG, _GC_FULL = 20_000, 40
"""New objects that are worth a collection, and collections after which, in a pause, all objects are looked through."""


class Job:
    """One piece of work in its thread."""

    def __init__(self, callbacks: queue.SimpleQueue[Callback], progress: Callable[[Event], None]) -> None:
        self._callbacks, self._progress = callbacks, progress
        self._stop = threading.Event()
        self._latest: Event | None = None

    def cancel(self) -> None:
        """Stop the work at the next step that it reports."""
        self._stop.set()

    def report(self, event: Event) -> None:
        """Take note of progress, in the work's own thread; raises Cancelled when it is to stop."""
        if self._stop.is_set():
            raise Cancelled
        self._latest = event

    def ask(self, question: Callable[[], Result]) -> Result:
        """Return the answer to a question that is put in the window's thread, while the work waits."""
        answered = threading.Event()
        answers: list[Result] = []

        def put() -> None:
            try:
                answers.append(question())
            finally:
                answered.set()

        self._callbacks.put(put)
        while not answered.wait(0.1):
            if self._stop.is_set():
                raise Cancelled
        if not answers:
            raise Cancelled
        return answers[0]

    def show_progress(self) -> None:
        """Tell the latest progress, in the window's thread; what came before it is nothing to anybody any more."""
        if self._latest is not None:
            event, self._latest = self._latest, None
            self._progress(event)


class Jobs:
    """All work of one window; its callbacks run in the window's thread."""

    def __init__(self, root: tk.Misc) -> None:
        self._root = root
        self._callbacks: queue.SimpleQueue[Callback] = queue.SimpleQueue()
        self._running: list[Job] = []
        self._timer = root.after(_POLL, self._listen)

    @property
    def busy(self) -> bool:
        """Whether anything is at work."""
        return bool(self._running)

    def run(
        self,
        work: Callable[[Job], Result],
        done: Callable[[Result], object],
        failed: Callable[[Exception], object],
        stopped: Callback = lambda: None,
        progress: Callable[[Event], None] = lambda _event: None,
    ) -> Job:
        """Begin work in a thread of its own and return it; one of done, failed, stopped is called at its end."""
        job = Job(self._callbacks, progress)

        def end(callback: Callback) -> None:
            def run_callback() -> None:
                self._running.remove(job)
                callback()

            self._callbacks.put(run_callback)

        def run() -> None:
            try:
                result = work(job)
            except Cancelled:
                end(stopped)
            except Exception as raised:  # noqa: BLE001 - the boundary: the window tells what happened
                error = raised
                end(lambda: failed(error))
            else:
                end(lambda: done(result))

        self._running.append(job)
        threading.Thread(target=run, name="qtool-work", daemon=True).start()
        return job

    def close(self) -> None:
        """Stop everything, and listening, before the window goes."""
        for job in self._running:
            job.cancel()
        self._root.after_cancel(self._timer)

    def _listen(self) -> None:
        self._timer = self._root.after(_POLL, self._listen)
        for job in tuple(self._running):
            job.show_progress()
        while True:
            try:
                callback = self._callbacks.get_nowait()
            except queue.Empty:
                return
            callback()


class GcTimer:
    """Collects garbage in the window's thread alone: what Tk made must not be ended by another thread.

    It takes the place of Python's own collections, which happen in whatever thread makes the most objects. While
    something is being done only young objects are looked through: all of them would hold up the window.
    """

    def __init__(self, root: tk.Misc, *, busy: Callable[[], bool]) -> None:
        self._root, self._busy, self._rounds = root, busy, 0
        gc.disable()
        self._timer = root.after(_GC_INTERVAL, self._collect)

    def close(self) -> None:
        """Hand collecting back to Python, with nothing of the window left to be collected."""
        self._root.after_cancel(self._timer)
        gc.collect()
        gc.enable()

    def _collect(self) -> None:
        self._timer = self._root.after(_GC_INTERVAL, self._collect)
        if gc.get_count()[0] < _GC_YOUNG:
            return
        self._rounds += 1
        if self._rounds >= _GC_FULL and not self._busy():
            self._rounds = 0
            gc.collect()
        else:
            gc.collect(1)
