"""How a long step tells what it is doing; the faces decide how that is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """One step forward: so many of so many, and what is being worked on."""

    done: int
    total: int
    what: str


class Cancelled(BaseException):
    """The user wants the step to stop: raised by a report, and let through by everything until the face.

    No Exception, so that what catches errors of one file or letter does not take it for one of them.
    """


Report = Callable[[Event], None]


def silent(_event: Event) -> None:
    """Show nothing."""
