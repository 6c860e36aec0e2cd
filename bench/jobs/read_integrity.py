"""The product reads every value of all workbooks in a folder, and formulas, locks, validations and the like."""

from __future__ import annotations

import sys
from pathlib import Path

from clock import timed

from qtool.office.workbook.reader import open_workbook


def main(folder: Path) -> int:
    """Read everything once and let it go; return how many things were seen."""
    seen = 0
    for path in sorted(folder.iterdir()):
        book = open_workbook(path)
        seen += sum(len(book.rows(name)) for name in book.names)
        for name in book.names:
            sheet = book.sheet_signs(name)
            if sheet is None:
                raise SystemExit(f"{path.name} is no .xlsx workbook")
            seen += sheet.rows + sheet.cols + sheet.all_rows + sheet.all_cols + sheet.protected
            seen += sum(map(len, sheet.formulas.values())) + sum(map(len, sheet.errors.values()))
            seen += (
                len(sheet.unlocked)
                + len(sheet.hidden_rows)
                + len(sheet.hidden_cols)
                + len(sheet.validated.missing(sheet.formulas))
            )
        seen += len(book.properties) + len(book.signs.external_links) + book.signs.macros
    return seen


if __name__ == "__main__":
    with timed():
        main(Path(sys.argv[1]))
