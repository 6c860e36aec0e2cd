"""Whole commands, which are what users wait for: `python bench/commands.py [--against TREE] [--pairs 7]`.

Every command runs from the start of Python to its end, in a rehearsed campaign of 13 departments. With `--against` the
same commands of another checkout run by turns with these, in a campaign that it rehearsed itself; the ratio is the
median of the pairs. The window counts until it can be used. `decide`, which marks all 13 sheets as sent, is compared
with one collect of the same tree.
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
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from startup import opened
from timing import ROOT

sys.path.insert(0, str(ROOT / "packaging"))
from screen import screen

LIMITS = {"--help": 1.15, "collect": 1.15, "tally": 1.15, "window": 1.15, "sheets": 1.5, "decide": 1.2}
"""How many times as long as the other checkout a command may take; `decide`: as one collect."""


@dataclass(frozen=True)
class Tree:
    """A checkout, and the campaign that it rehearsed."""

    root: Path
    folder: Path
    env: Mapping[str, str]

    @property
    def campaign(self) -> Path:
        """The campaign folder."""
        return self.folder / "campaign"

    def run(self, *arguments: object) -> float:
        """Return the milliseconds of a command; faults that it finds are none of ours."""
        begun = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "qtool", *map(str, arguments)],
            env=dict(self.env),
            cwd=self.folder,
            check=False,
            capture_output=True,
        )
        if done.returncode not in (0, 1):
            raise RuntimeError(done.stderr.decode())
        return (time.perf_counter() - begun) * 1000

    def window(self) -> float:
        """Return the milliseconds until the window can be used."""
        ready = self.folder / "ready"
        command = [sys.executable, "-c", "from qtool.desktop.main import main; main([])"]
        return opened(command, ready, str(ready), self.env)


def prepared(root: Path, folder: Path, screen_env: Mapping[str, str]) -> Tree:
    """Return a checkout with a rehearsed campaign of its own."""
    folder.mkdir()
    own = {"PYTHONPATH": str(root), "PYTHONPYCACHEPREFIX": str(folder / "bytecode"), "PYTHONUTF8": "1"}
    tree = Tree(root, folder, {**os.environ, **screen_env, **own, "XDG_CONFIG_HOME": str(folder / "config")})
    tree.run("demo", tree.campaign, "--seed", "7")
    return tree


def commands(departments: list[str]) -> dict[str, Callable[[Tree], float]]:
    """Return what is measured, by its name."""
    return {
        "--help": lambda tree: tree.run("--help"),
        "collect": lambda tree: tree.run("collect", "--force", "--campaign", tree.campaign),
        "tally": lambda tree: tree.run("tally", "--force", "--campaign", tree.campaign),
        "sheets": lambda tree: tree.run("sheets", "--force", "--campaign", tree.campaign),
        "window": Tree.window,
        "decide": lambda tree: tree.run("decide", *departments, "--sent", "--campaign", tree.campaign),
    }


def measure(ours: Callable[[], float], theirs: Callable[[], float] | None, pairs: int) -> dict[str, float]:
    """Run by turns, after one run of each that fills the caches; return medians in milliseconds and the ratio."""
    mine, other = [], []
    for number in range(pairs + 1):
        for turn in (number % 2, 1 - number % 2):
            if turn:
                mine.append(ours())
            elif theirs:
                other.append(theirs())
    result = {"ms": statistics.median(mine[1:])}
    if other:
        ratios = [a / b for a, b in zip(mine[1:], other[1:], strict=True)]
        result |= {"against_ms": statistics.median(other[1:]), "times": statistics.median(ratios)}
    return result


def main() -> None:
    """Rehearse, measure, print; leave with 1 where a command takes longer than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", type=Path, help="another checkout of this program")
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--only", nargs="+", choices=list(LIMITS), default=list(LIMITS))
    parser.add_argument("--out", type=Path, help="write the results here, as JSON")
    chosen = parser.parse_args()
    results = {}
    print(f"{'command':10}{'ms':>8}{'against':>10}{'times':>8}{'at most':>9}", flush=True)
    with tempfile.TemporaryDirectory() as name, screen() as screen_env:
        mine = prepared(ROOT, Path(name) / "this", screen_env)
        other = prepared(chosen.against.resolve(), Path(name) / "other", screen_env) if chosen.against else None
        departments = [path.stem.removeprefix("评分表-") for path in (mine.campaign / "1-评分表").glob("*.xlsx")]
        every = commands(departments)
        for what in chosen.only:
            against, command = (mine, "collect") if what == "decide" else (other, what)
            theirs = partial(every[command], against) if against else None
            result = results[what] = measure(partial(every[what], mine), theirs, chosen.pairs)
            figures = f"{result.get('against_ms', 0):10,.0f}{result.get('times', 0):8.2f}" if theirs else " " * 18
            print(f"{what:10}{result['ms']:8,.0f}{figures}{LIMITS[what]:9}", flush=True)
    if chosen.out:
        chosen.out.write_text(json.dumps(results, indent=1), encoding="utf-8")
    sys.exit(any(result.get("times", 0) > LIMITS[what] for what, result in results.items()))


if __name__ == "__main__":
    main()
