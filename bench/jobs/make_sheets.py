"""The product makes the scoring workbooks: imports, plan, files."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from qtool.identity import Identity
from qtool.layout import Layout
from qtool.plan.read import read_plan
from qtool.sheets.make import write_workbook


def main(source: Path, target: Path) -> None:
    """Make the workbook of every scoring department."""
    plan = read_plan(source).plan
    target.mkdir(exist_ok=True)
    made = datetime(plan.facts.year, 11, 1)  # noqa: DTZ001 - workbooks hold local times
    for department in plan.scoring_departments:
        identity = Identity("0" * 16, plan.scoring_print(department.name), department.name, 1, plan.facts.year)
        path = target / f"{department.name}.xlsx"
        write_workbook(path, Layout(plan, department.name), identity, "0" * 64, made)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
