"""The product makes the scoring workbooks: imports, plan, files."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from qtool.identity import Identity
from qtool.plan.read import read_plan
from qtool.sheets.make import Job, write_all


def main(source: Path, target: Path) -> None:
    """Make the workbook of every scoring department."""
    plan = read_plan(source).plan
    target.mkdir(exist_ok=True)
    made = datetime(plan.facts.year, 11, 1)  # noqa: DTZ001 - workbooks hold local times
    jobs = [
        Job(
            target / f"{department.name}.xlsx",
            Identity("0" * 16, plan.scoring_fingerprint(department.name), department.name, 1, plan.facts.year),
            made,
        )
        for department in plan.scoring_departments
    ]
    if len(list(write_all(jobs, plan, "0" * 64))) != len(jobs):
        raise SystemExit("a workbook is missing")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
