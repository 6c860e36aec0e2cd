"""How long the built program takes from its start to a window that can be used: `python bench/startup.py [PROGRAM]`.

PROGRAM is the one in dist/linux unless another is named; with --wine DIR it is a Windows program that runs in that
folder's prefix. It runs on a screen of its own and says by itself, through QTOOL_READY, when it can be used; what
counts is the time until then, from before it was started. The first run, which fills the caches, is told apart.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "packaging"))
from screen import screen  # noqa: E402 - it lies with the programs' own test

LIMIT_MS = 1500
_PATIENCE = 60


def opened(command: list[str], ready: Path, told: str, env: Mapping[str, str]) -> float:
    """Return the milliseconds until the window can be used, and close it; `told` is what the program calls the file."""
    ready.unlink(missing_ok=True)
    began = time.perf_counter()
    with subprocess.Popen(
        command, env={**env, "QTOOL_READY": told}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, process_group=0
    ) as process:
        while not ready.exists():
            if process.poll() is not None or time.perf_counter() - began > _PATIENCE:
                os.killpg(process.pid, 9)
                raise RuntimeError(f"{command[-1]} showed no window")
            time.sleep(0.002)
        ms = (time.perf_counter() - began) * 1000
        os.killpg(process.pid, 15)
    return ms


def main() -> None:
    """Measure and print; leave with 1 when the median is over the limit, which is for Linux."""
    parser = argparse.ArgumentParser(description=__doc__)
    built = ROOT / "dist" / "linux" / "质量考核工具" / "质量考核工具"
    parser.add_argument("program", nargs="?", type=Path, default=built)
    parser.add_argument("--wine", type=Path, help="folder whose prefix runs it")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, screen() as env:
        ready, program = Path(name) / "ready", chosen.program.resolve()
        command, told = [str(program)], str(ready)
        if chosen.wine:
            command = [str(ROOT / "packaging" / "wine" / "wrun"), str(chosen.wine), _windows(program)]
            told = _windows(ready)
        first, *rest = [opened(command, ready, told, env) for _ in range(chosen.runs + 1)]
    median = statistics.median(rest)
    if chosen.json:
        print(json.dumps({"first_ms": first, "median_ms": median, "ms": rest}))
    else:
        print(f"usable window: {median:,.0f} ms, median of {len(rest)} ({min(rest):,.0f} to {max(rest):,.0f});")
        print(f"the first run: {first:,.0f} ms")
    sys.exit(median > LIMIT_MS and not chosen.wine)


def _windows(path: Path) -> str:
    return "Z:" + str(path).replace("/", "\\")


if __name__ == "__main__":
    main()
