"""The product tallies accepted returns and writes the workbook of results; reading the returns is not counted."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from clock import timed

from qtool.collect.expected import Expected
from qtool.collect.intake import files_in, read_files
from qtool.plan.read import read_plan
from qtool.tally.build import build
from qtool.tally.workbook import write_tally
from qtool.workspace import open_campaign


def main(root: Path, folder: Path, result: Path) -> None:
    """Tally a folder of returns."""
    campaign = open_campaign(root)
    plan = read_plan(campaign.plan).plan
    expected = Expected(plan, campaign.settings.campaign, campaign.settings.key)
    returns = read_files(files_in(folder), expected)
    with timed():
        tally = build(plan, returns, (), datetime(2022, 12, 1).astimezone())
        write_tally(result, tally, None)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
