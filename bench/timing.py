"""Child processes measured in pairs, since a shared machine is faster now and slower then."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
JOBS = Path(__file__).parent / "jobs"
_MIB = 1024 if sys.platform.startswith("linux") else 1024 * 1024
"""Linux counts the peak in KiB, others in bytes."""


@dataclass(frozen=True)
class Run:
    """One child: milliseconds by the clock and of the processor, and the most memory it held."""

    ms: float
    cpu_ms: float
    peak_mib: float


@dataclass(frozen=True)
class Result:
    """Medians of a part; `times` is how often the product was done while the other way was done once."""

    part: str
    against: str
    ms: float
    against_ms: float | None
    times: float | None
    cpu_times: float | None
    peak_mib: float
    against_peak_mib: float | None
    pairs: int
    target: str


def python(*arguments: str | Path) -> list[str]:
    """Return the command that runs this same Python."""
    return [sys.executable, *map(str, arguments)]


def environment(folder: Path) -> dict[str, str]:
    """Return the children's environment: this tree's product, bytecode kept as in an installed program."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(folder / "bytecode"), "PYTHONUTF8": "1"}


def run(command: Sequence[str], env: Mapping[str, str], *, inside: bool = False) -> Run:
    """Run a child to its end; with `inside` the time counts that the child prints last, of its work alone."""
    begun = time.perf_counter()
    with subprocess.Popen(command, env=dict(env), stdout=subprocess.PIPE) as child:
        said = child.stdout.read() if child.stdout else b""
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    ms = (time.perf_counter() - begun) * 1000
    if child.returncode:
        raise RuntimeError(f"{command} ended with {child.returncode}")
    cpu = (usage.ru_utime + usage.ru_stime) * 1000
    if inside:
        said_last = json.loads(said.splitlines()[-1])
        ms, cpu = said_last["ms"], said_last["cpu_ms"]
    return Run(ms, cpu, usage.ru_maxrss / _MIB)


def compare(
    part: str,
    ours: Sequence[str],
    against: tuple[str, Sequence[str]] | None,
    *,
    pairs: int,
    env: Mapping[str, str],
    inside: bool = False,
    target: str = "",
) -> Result:
    """Run both ways by turns, after one run of each that only fills the caches; ratios are medians over the pairs."""
    theirs = against[1] if against else None
    if pairs > 1:
        run(ours, env)
        if theirs:
            run(theirs, env)
    mine, other = [], []
    for number in range(pairs):
        for first in (number % 2 == 0, number % 2 != 0):
            if first:
                mine.append(run(ours, env, inside=inside))
            elif theirs:
                other.append(run(theirs, env, inside=inside))
    ratios = [b.ms / a.ms for a, b in zip(mine, other, strict=False)]
    cpu_ratios = [b.cpu_ms / a.cpu_ms for a, b in zip(mine, other, strict=False)]
    return Result(
        part=part,
        against=against[0] if against else "",
        ms=statistics.median(a.ms for a in mine),
        against_ms=statistics.median(b.ms for b in other) if other else None,
        times=statistics.median(ratios) if ratios else None,
        cpu_times=statistics.median(cpu_ratios) if cpu_ratios else None,
        peak_mib=max(a.peak_mib for a in mine),
        against_peak_mib=max(b.peak_mib for b in other) if other else None,
        pairs=pairs,
        target=target,
    )
