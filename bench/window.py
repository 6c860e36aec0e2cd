"""How soon the window can be used, and how long it ever stands still while it takes in many returned files.

`python bench/window.py [--runs N] [--returns 200] [--only PART …] [--out FILE]`; needs Xvfb. See README.md.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from timing import JOBS, environment, python, run

_SIZE = "1280x720x24"


@contextlib.contextmanager
def screen() -> Iterator[str]:
    """Run an X server on a free display and yield its name."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", _SIZE, "-dpi", "96", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        with os.fdopen(reading) as said:
            name = f":{said.readline().strip()}"
        try:
            yield name
        finally:
            server.terminate()


def start(folder: Path, env: Mapping[str, str]) -> dict[str, float]:
    """Start the windowed program; return the milliseconds until its window can be used."""
    ready = folder / "ready"
    begun = time.perf_counter()
    program = python("-c", "from qtool.desktop.main import main; main()")
    with subprocess.Popen(program, env={**env, "QTOOL_READY": str(ready)}) as window:
        while not (ready.is_file() and ready.stat().st_size):
            if window.poll() is not None or time.perf_counter() - begun > 60:
                raise SystemExit("the window did not open")
            time.sleep(0.002)
        ms = (time.perf_counter() - begun) * 1000
        window.terminate()
    ready.unlink()
    return {"usable": ms}


def collect(folder: Path, env: Mapping[str, str]) -> dict[str, float]:
    """Take many files into a fresh campaign; return the longest and median gap between ticks of 50 ms."""
    campaign = folder / "opened"
    shutil.copytree(folder / "campaign", campaign)
    command = python(JOBS / "window_collect.py", campaign, folder / "returned-many")
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True)
    shutil.rmtree(campaign)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {"longest": found["longest"], "median": found["median"], "whole": found["seconds"] * 1000}


PARTS = {"start": start, "collect": collect}


def main() -> None:
    """Make the material, run the parts by turns, print and write milliseconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="runs of each part")
    parser.add_argument("--returns", type=int, default=200, help="how many returned workbooks are taken in")
    parser.add_argument("--only", nargs="+", choices=list(PARTS), default=list(PARTS), help="parts to run")
    parser.add_argument("--out", type=Path, help="write the results here, as JSON")
    chosen = parser.parse_args()
    found: dict[str, dict[str, list[float]]] = {name: {} for name in chosen.only}
    with tempfile.TemporaryDirectory() as name, screen() as display:
        folder = Path(name)
        env = {**environment(folder), "DISPLAY": display, "XDG_CONFIG_HOME": str(folder / "config")}
        run(python(JOBS / "material.py", folder, "--returns", str(chosen.returns)), env)
        for part in chosen.only:
            PARTS[part](folder, env)  # fills the caches
        for _ in range(chosen.runs):
            for part in chosen.only:
                for what, ms in PARTS[part](folder, env).items():
                    found[part].setdefault(what, []).append(ms)
    for part, figures in found.items():
        for what, all_ms in figures.items():
            middle, most = statistics.median(all_ms), max(all_ms)
            print(f"{part:8} {what:8} median {middle:7,.0f} ms   longest of {len(all_ms)}: {most:7,.0f} ms")
    if chosen.out:
        chosen.out.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
