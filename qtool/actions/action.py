"""What an action is, for the command line and the window alike; and what went wrong in one, as faults."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qtool.faults import Fault, QtoolError, fault
from qtool.progress import Report, silent
from qtool.workspace import stray, write_log

if TYPE_CHECKING:
    from qtool.state.campaign_state import CampaignState

_PROCESSES = 32
"""More than any PC keeps busy, and less than Windows allows."""


@dataclass(frozen=True, slots=True)
class Option:
    """Something that an action can be told; `kind` is one of flag, text, texts, number, path, paths, folder.

    A positional option is written without its name; `metavar` is what users read in the place of its value.
    """

    name: str
    help: str
    kind: str = "flag"
    positional: bool = False
    metavar: str = ""


@dataclass(frozen=True, slots=True)
class Face:
    """What an action may ask its user while it runs; a face that cannot ask gives no secret and agrees."""

    secret: Callable[[str], str] = lambda _question: ""
    """Asks for something that nobody may see; nothing when the user gives nothing."""
    agree: Callable[[Outcome], bool] = lambda _shown: True
    """Shows what would be done, and returns whether to do it."""


@dataclass(frozen=True)
class Request:
    """One run of an action: in which folder, with which options, how it may report its progress and whom it may ask."""

    root: Path
    options: Mapping[str, Any] = field(default_factory=dict)
    report: Report = silent
    force: bool = False
    face: Face = Face()

    @property
    def workers(self) -> int:
        """How many processes work; this one alone unless the user asked for more."""
        return max(1, min(self.options.get("workers") or 1, _PROCESSES))

    @property
    def readers(self) -> int | str:
        """Who reads returned files: so many processes, or the cluster at an address."""
        return self.options.get("cluster") or self.workers

    @cached_property
    def state(self) -> CampaignState:
        """What is known of the campaign in the folder, found out while the action runs."""
        from qtool.state.campaign_state import CampaignState  # noqa: PLC0415 - asking for help needs none of it

        return CampaignState(self.root, report=self.report, readers=self.readers)

    def within(self, **options: Any) -> Request:
        """Return the request for another action that is a part of this one, and knows what this one knows."""
        inner = replace(self, options=options, force=False)
        inner.__dict__["state"] = self.state
        return inner


@dataclass(frozen=True, slots=True)
class Listing:
    """A table of a result, for a terminal or a window."""

    title: str
    heads: tuple[str, ...]
    rows: Sequence[Sequence[str]]


@dataclass
class Outcome:
    """What an action did: sentences, tables, what is wrong, the files made, what to do next, and all of it as data."""

    sentences: list[str] = field(default_factory=list)
    tables: list[Listing] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    next: str = ""
    data: dict[str, Any] = field(default_factory=dict)

    def add(self, other: Outcome, title: str = "") -> None:
        """Add what another action did, but for its tables; its sentences stand behind a title, where one is given."""
        self.sentences += [f"{title}：{line}" if title else line for line in other.sentences]
        self.faults += other.faults
        self.files += other.files

    @property
    def failed(self) -> bool:
        """Whether errors were found."""
        return any(fault.is_error for fault in self.faults)


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that users can do: the function in the module of its name.

    `redo` tells whether it skips what is up to date unless it is forced.
    """

    name: str
    title: str
    summary: str
    options: tuple[Option, ...] = ()
    redo: bool = False

    def run(self, request: Request) -> Outcome:
        """Return what the action did; its module is imported when it runs, so that asking for help is quick."""
        name = self.name.replace("-", "_")
        outcome: Outcome = getattr(import_module(f"qtool.actions.{name}"), name)(request)
        return outcome


def faults_of(error: Exception, root: Path) -> tuple[Fault, ...]:
    """Return what to tell of an error that an action raised: its faults, or one that names the log it was put into."""
    if isinstance(error, QtoolError):
        return error.faults
    logged = write_log(root, "".join(traceback.format_exception(error)))
    if isinstance(error, OSError):
        return (stray(error),)
    return (fault("C99", file=logged, reason=f"{type(error).__name__}: {error}"),)
