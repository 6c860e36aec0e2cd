"""Workbooks of the tests, written as text: `# sheet` headings, each followed by a `| a | b |` table.

A cell that looks like a number is one, `@2023-01-12` is a date, TRUE and FALSE are what Excel calls logical; '01-01 or
`01-01` is a text whatever it looks like. `<br>` is a line break, `\\|` a bar, and an empty cell stays empty. The first
line of a table is the sheet's first row; a line of dashes, as markdown wants it, is passed over.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from xlsxwriter import Workbook

Typed = str | float | bool | dt.date | None
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?")
_DASHES = re.compile(r"[\s|:-]*-[\s|:-]*")


def tables(text: str) -> dict[str, list[list[Typed]]]:
    """Return the rows of every sheet."""
    found: dict[str, list[list[Typed]]] = {}
    rows: list[list[Typed]] = []
    for line in text.splitlines():
        if line.startswith("# "):
            rows = found.setdefault(line[2:].rstrip("\r"), [])
        elif line.strip().startswith("|") and not _DASHES.fullmatch(line):
            rows.append([typed(cell.strip()) for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]])
    return found


def typed(cell: str) -> Typed:
    """Return what a cell of the text means."""
    text = cell.replace("\\|", "|").replace("<br>", "\n")
    if text.startswith("'"):
        return text[1:]
    if len(text) > 1 and text.startswith("`") and text.endswith("`"):
        return text[1:-1]
    if text.startswith("@"):
        return dt.date.fromisoformat(text[1:])
    if text in {"TRUE", "FALSE"}:
        return text == "TRUE"
    return float(text) if _NUMBER.fullmatch(text) else text or None


def write_book(path: Path, text: str) -> Path:
    """Write the workbook that a text describes."""
    return write_tables(path, tables(text))


def write_tables(path: Path, sheets: dict[str, list[list[Typed]]]) -> Path:
    """Write a workbook of these rows."""
    with Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        date = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(rows):
                for col, value in enumerate(cells):
                    if isinstance(value, bool):
                        sheet.write_boolean(row, col, value)
                    elif isinstance(value, dt.date):
                        sheet.write_datetime(row, col, value, date)
                    elif isinstance(value, str):
                        sheet.write_string(row, col, value)
                    elif value is not None:
                        sheet.write_number(row, col, value)
    return path
