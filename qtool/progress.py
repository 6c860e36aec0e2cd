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


Report = Callable[[Event], None]


def silent(_event: Event) -> None:
    """Show nothing."""
