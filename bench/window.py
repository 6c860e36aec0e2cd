"""How long the window ever stands still while it takes in many returned files.

`python bench/window.py [--runs N] [--returns 200] [--out FILE]`; needs Xvfb. See README.md.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from timing import JOBS, ROOT, environment, python, run

sys.path.insert(0, str(ROOT / "packaging"))
from screen import screen


def collect(folder: Path, env: Mapping[str, str]) -> dict[str, float]:
    """Take many files into a fresh campaign; return the longest and median gap between ticks of 50 ms."""
    campaign = folder / "opened"
    shutil.copytree(folder / "campaign", campaign)
    command = python(JOBS / "window_collect.py", campaign, folder / "returned-many")
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True)
    shutil.rmtree(campaign)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {"longest": found["longest"], "median": found["median"], "whole": found["seconds"] * 1000}


def main() -> None:
    """Make the material, run, print and write milliseconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="how often the files are taken in")
    parser.add_argument("--returns", type=int, default=200, help="how many returned workbooks are taken in")
    parser.add_argument("--out", type=Path, help="write the results here, as JSON")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, screen("1280x720") as screen_env:
        folder = Path(name)
        env = {**environment(folder), "DISPLAY": screen_env["DISPLAY"], "XDG_CONFIG_HOME": str(folder / "config")}
        run(python(JOBS / "material.py", folder, "--returns", str(chosen.returns)), env)
        collect(folder, env)  # fills the caches
        runs = [collect(folder, env) for _ in range(chosen.runs)]
    for what in runs[0]:
        figures = [found[what] for found in runs]
        print(f"{what:8} median {statistics.median(figures):7,.0f} ms   most {max(figures):7,.0f} ms")
    if chosen.out:
        chosen.out.write_text(json.dumps(runs, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
