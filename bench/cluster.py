"""Returned sheets read by a cluster on this machine: `python bench/cluster.py [--copies 100000] [--workers 2]`.

Copies of 13 returned sheets are read, checked and recomputed by a LocalCluster, in a process of its own; no file is
accepted and no result is kept. At several numbers of copies it shows that time grows with their number, and the memory
of the process that hands them out does not; it leaves with 1 where that memory grew.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from timing import JOBS, environment, python, run

_STEPS = (20, 5, 2, 1)
"""The parts of all copies that are read, one after another."""


def main() -> None:
    """Make the returned sheets, read their copies, print a line for every number of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copies", type=int, default=100_000, help="the largest number of copies")
    parser.add_argument("--workers", type=int, default=2, help="processes of the cluster")
    parser.add_argument("--out", type=Path, help="write the results here, as JSON")
    chosen = parser.parse_args()
    results = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env = environment(folder)
        run(python(JOBS / "material.py", folder, "--returns", "0"), env)
        print("copies         s   ms each   client MiB", flush=True)
        for part in _STEPS:
            command = python(JOBS / "read_on_cluster.py", folder / "campaign", folder / "returned-13")
            command += [str(chosen.copies // part), str(chosen.workers)]
            said = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE).stdout
            results.append(result := json.loads(said.splitlines()[-1]))
            copies, ms = result["copies"], result["ms"]
            print(f"{copies:7,} {ms / 1000:8.1f} {ms / copies:9.2f} {result['client_mib']:12.0f}", flush=True)
    if chosen.out:
        chosen.out.write_text(json.dumps(results, indent=1), encoding="utf-8")
    sys.exit(results[-1]["client_mib"] > 1.1 * results[-2]["client_mib"])


if __name__ == "__main__":
    main()
