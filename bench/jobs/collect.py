"""The product collects returned workbooks: read, checked, recomputed, sorted, and written out with every score."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

from qtool.collect.expected import Expected
from qtool.collect.intake import each_of, files_in
from qtool.collect.sort import sort_returns
from qtool.model import Value
from qtool.outcome import Return
from qtool.plan.read import read_plan
from qtool.workspace import open_campaign


def main(root: Path, folder: Path, result: Path, workers: int) -> None:
    """Collect a folder; fail if a single file is not accepted, since then less would have been done."""
    campaign = open_campaign(root)
    plan = read_plan(campaign.plan).plan
    expected = Expected(plan, campaign.settings.campaign, campaign.settings.key)
    names = [department.name for department in plan.scoring_departments]
    with result.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        returns = [_written(table, returned) for returned in each_of(files_in(folder), expected, workers=workers)]
    collection = sort_returns(returns, names)
    if collection.rejected or collection.missing:
        raise SystemExit(f"{len(collection.rejected)} files were not accepted, {len(collection.missing)} are missing")


def _written(table: Any, returned: Return) -> Return:
    scores = returned.scores
    if scores is None:
        raise SystemExit(f"{returned.file} was not scored")
    file, department, points = returned.file, returned.department, scores.measures
    table.writerows(
        (file, department, *key, _text(answer.value), answer.cell, _text(points.get(key)))
        for key, answer in returned.answers.items()
    )
    table.writerows((file, department, "total", who, "", "", _text(total)) for who, total in scores.totals.items())
    return returned


_TEXTS: dict[int, tuple[Value, str]] = {}


def _text(value: Value) -> str:
    """Return a value as text; equal ones mostly are one object, and to spell a fraction takes long."""
    if isinstance(value, str):
        return value
    known = _TEXTS.get(id(value))
    if known is None or known[0] is not value:
        known = _TEXTS[id(value)] = (value, "" if value is None else str(value))
    return known[1]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
