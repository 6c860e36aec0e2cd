"""How the tests wait: for a condition, never for a time, and with one limit that is generous beside other work."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

PATIENCE, LONG = 120.0, 600.0
"""Seconds that anything may take: a window that shows something, a server that starts; and a whole command."""


def until(
    true: Callable[[], object],
    meanwhile: Callable[[], object] = lambda: None,
    what: Callable[[], str] = lambda: "it did not come true",
    turns: float = math.inf,
    seconds: float = PATIENCE,
) -> None:
    """Return once something is true; `meanwhile` is done again and again, `what` says what stayed untrue.

    What must come soon is given a number of turns, about 200 a second where nothing else is done: a clock would go on
    while other programs have the processor.
    """
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, what()
        assert turns > 0, f"not soon: {what()}"
        turns -= 1
        meanwhile()
        time.sleep(0.005)
