"""The product collects returned workbooks: read, checked, recomputed, sorted, and written out with every score."""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path
from typing import TextIO

from qtool.collect.choose import sort_returns
from qtool.collect.expected import Expected
from qtool.collect.intake import each_of, files_in
from qtool.model import Value
from qtool.outcome import Return
from qtool.plan.read import read_plan
from qtool.workspace import open_campaign


def main(root: Path, folder: Path, result: Path) -> None:
    """Collect a folder; fail if a single file is not accepted, since then less would have been done."""
    campaign = open_campaign(root)
    plan = read_plan(campaign.plan).plan
    expected = Expected(plan, campaign.settings.campaign, campaign.settings.key)
    names = [department.name for department in plan.scoring_departments]
    with result.open("w", encoding="utf-8", newline="") as file:
        returns = [_written(file, returned) for returned in each_of(files_in(folder), expected)]
    collection = sort_returns(returns, names)
    if collection.rejected or collection.missing:
        raise SystemExit(f"{len(collection.rejected)} files were not accepted, {len(collection.missing)} are missing")


def _written(table: TextIO, returned: Return) -> Return:
    scores = returned.scores
    if scores is None:
        raise SystemExit(f"{returned.file} was not scored")
    head, points = f"{_quoted(returned.file)},{_quoted(returned.department)}", scores.measures.get
    lines = [
        f"{head},{_quoted(key[0])},{_quoted(key[1])},{_text(answer.value)},{answer.cell},{_text(points(key))}\r\n"
        for key, answer in returned.answers.items()
    ]
    lines += [f"{head},total,{_quoted(who)},,,{_text(total)}\r\n" for who, total in scores.totals.items()]
    table.write("".join(lines))
    return returned


@lru_cache(maxsize=4096)
def _quoted(text: str) -> str:
    """Return a text as CSV has it; the csv module, which looks at every letter of every field, takes longer."""
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\r\n') else text


_TEXTS: dict[int, tuple[str, Value]] = {}


def _text(value: Value) -> str:
    """Return a value as CSV has it; equal ones mostly are one object, and to spell a fraction takes long."""
    known = _TEXTS.get(id(value))
    if known is None or known[1] is not value:
        known = _TEXTS[id(value)] = ("" if value is None else _quoted(str(value)), value)
    return known[0]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
