"""The product reads every value of every sheet of all workbooks in a folder."""

from __future__ import annotations

import sys
from pathlib import Path

from clock import timed

from qtool.office.workbook.reader import read_tables


def main(folder: Path) -> None:
    """Read every value once and let it go."""
    for path in sorted(folder.iterdir()):
        read_tables(path)


if __name__ == "__main__":
    with timed():
        main(Path(sys.argv[1]))
