"""What an action is: the one list from which the command line and the window are both made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qtool.faults import Fault
from qtool.progress import Report, silent

_PROCESSES = 32
"""More than any PC keeps busy, and less than Windows allows."""


@dataclass(frozen=True, slots=True)
class Option:
    """Something that an action can be told; `kind` is one of flag, text, number, path, paths, folder.

    A positional option is written without its name.
    """

    name: str
    help: str
    kind: str = "flag"
    positional: bool = False
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Face:
    """What an action may ask its user while it runs; a face that cannot ask gives no secret and agrees."""

    secret: Callable[[str], str] = lambda _question: ""
    """Asks for something that nobody may see; nothing when the user gives nothing."""
    agree: Callable[[Outcome], bool] = lambda _shown: True
    """Shows what would be done, and returns whether to do it."""


@dataclass(frozen=True, slots=True)
class Request:
    """One run of an action: in which folder, with which options, how it may report its progress and whom it may ask."""

    root: Path
    options: Mapping[str, Any] = field(default_factory=dict)
    report: Report = silent
    force: bool = False
    face: Face = Face()

    @property
    def workers(self) -> int | None:
        """How many processes the user asked for; nothing leaves it to the step."""
        chosen: int | None = self.options.get("workers")
        return None if chosen is None else max(1, min(chosen, _PROCESSES))


@dataclass(frozen=True, slots=True)
class Listing:
    """A table of a result, for a terminal or a window."""

    title: str
    heads: tuple[str, ...]
    rows: Sequence[Sequence[str]]


@dataclass
class Outcome:
    """What an action did: sentences, tables, what is wrong, the files made, what to do next, and all of it as data."""

    said: list[str] = field(default_factory=list)
    tables: list[Listing] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    next: str = ""
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether errors were found."""
        return any(fault.is_error for fault in self.faults)


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that users can do; `redo` tells whether it skips what is up to date unless it is forced."""

    name: str
    title: str
    summary: str
    run: Callable[[Request], Outcome]
    options: tuple[Option, ...] = ()
    redo: bool = False
