"""A pandas loop over all workbooks in a folder: every sheet, or the one that is named."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
from clock import timed


def main(folder: Path, sheet: str | None) -> None:
    """Read every value once and let it go."""
    for path in sorted(folder.iterdir()):
        pd.read_excel(path, sheet_name=sheet, header=None, engine="openpyxl")


if __name__ == "__main__":
    with timed():
        main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)
