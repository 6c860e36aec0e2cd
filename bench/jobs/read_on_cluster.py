"""A cluster reads copies of returned sheets; prints the time, and the most memory that handing them out took.

`read_on_cluster.py serve WORKERS` is the cluster, with CAMPAIGN FOLDER COPIES WORKERS it is who starts it and uses it.
"""

from __future__ import annotations

import itertools
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

from distributed import LocalCluster

from qtool.collect.expected import Expected
from qtool.collect.intake import each_of, files_in
from qtool.plan.read import read_plan
from qtool.workspace import open_campaign


def serve(workers: int) -> None:
    """Run a cluster until nothing more can come from the standard input; print its address first."""
    with LocalCluster(n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=":0") as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()


def read(root: Path, folder: Path, copies: int, workers: int) -> None:
    """Read so many copies; fail if one of them has no scores."""
    campaign = open_campaign(root)
    expected = Expected(read_plan(campaign.plan).plan, campaign.settings.campaign, campaign.settings.key)
    files = list(itertools.islice(itertools.cycle(files_in(folder)), copies))
    command = [sys.executable, __file__, "serve", str(workers)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        address = server.stdout.readline().strip() if server.stdout else ""
        begun = time.perf_counter()
        for returned in each_of(files, expected, workers=address):
            if returned.scores is None:
                raise SystemExit(f"{returned.file} was not scored")
        ms = (time.perf_counter() - begun) * 1000
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        server.communicate()
    print(json.dumps({"copies": copies, "ms": ms, "client_mib": peak}))


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(int(sys.argv[2]))
    else:
        read(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
