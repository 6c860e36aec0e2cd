"""The campaign's folder as it is now: looked at beside the window, and again when something in it changed."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from qtool.desktop.jobs import Job, Jobs
from qtool.state.view import Overview

if TYPE_CHECKING:
    from qtool.state.file_cache import FileCache

_POLL = 3000
"""Milliseconds between two looks at whether something in the folder changed."""


class Watch:
    """Looks at one campaign at a time, while it `may`.

    `show` gets what is there, `fail` why it cannot be looked at.
    """

    def __init__(
        self,
        root: tk.Misc,
        jobs: Jobs,
        show: Callable[[Overview], object],
        fail: Callable[[Path, Exception], object],
        *,
        may: Callable[[], bool],
    ) -> None:
        self._root, self._jobs, self._show, self._fail, self._may = root, jobs, show, fail, may
        self._folder: Path | None = None
        self._files: FileCache | None = None
        self._token = ""
        self._looking = self._again = False
        self._timer = root.after(_POLL, self._poll)

    @property
    def settled(self) -> bool:
        """Whether what was shown last is what was asked for last."""
        return not (self._looking or self._again)

    def follow(self, folder: Path | None) -> None:
        """Look at another campaign from now on, or at none."""
        self._folder, self._files, self._token = folder, None, ""

    def refresh(self) -> None:
        """Look anew."""
        folder = self._folder
        if folder is None:
            return
        if self._looking:
            self._again = True
            return
        self._looking = True

        def look(job: Job) -> Overview:
            from qtool.state.campaign_state import CampaignState  # noqa: PLC0415 - what is heavy waits for the thread
            from qtool.state.file_cache import FileCache  # noqa: PLC0415 - as above
            from qtool.state.overview import overview  # noqa: PLC0415 - as above

            self._files = self._files or FileCache()
            return overview(CampaignState(folder, self._files, job.report))

        def show(overview: Overview) -> None:
            self._token = overview.token
            self._show(overview)

        def fail(error: Exception) -> None:
            self._again = False
            self._fail(folder, error)

        self._jobs.run(
            look,
            lambda overview: self._end(folder, lambda: show(overview)),
            lambda error: self._end(folder, lambda: fail(error)),
        )

    def close(self) -> None:
        """Stop looking."""
        self._root.after_cancel(self._timer)
        self._folder = None

    def _end(self, folder: Path, tell: Callable[[], object]) -> None:
        """Tell what was seen, unless another campaign is followed now; look once more where that was asked for."""
        self._looking = False
        if folder == self._folder:
            tell()
        if self._again:
            self._again = False
            self.refresh()

    def _poll(self) -> None:
        self._timer = self._root.after(_POLL, self._poll)
        folder = self._folder
        if folder is None or not self._token or self._looking or not self._may():
            return

        def look(_job: Job) -> str:
            from qtool.state.file_cache import token  # noqa: PLC0415 - as above

            return token(folder)

        def compare(token: str) -> None:
            if folder == self._folder and token != self._token and self._may():
                self.refresh()

        self._jobs.run(look, compare, lambda _error: self.refresh())
