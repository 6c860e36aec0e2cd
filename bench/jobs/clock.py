"""The time of a piece of work inside a process, printed for whoever measures."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator


@contextlib.contextmanager
def timed() -> Iterator[None]:
    """Print the milliseconds that the block takes, by the clock and of the processor."""
    begun, cpu = time.perf_counter(), time.process_time()
    yield
    ms, cpu_ms = (time.perf_counter() - begun) * 1000, (time.process_time() - cpu) * 1000
    print(json.dumps({"ms": ms, "cpu_ms": cpu_ms}))
