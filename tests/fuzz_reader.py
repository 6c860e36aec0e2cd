"""Broken workbooks read one after another in a process of their own, so that its memory and its end can be seen."""

from __future__ import annotations

import contextlib
import json
import re
import sys
import time
import traceback
from dataclasses import asdict, dataclass, field
from pathlib import Path

from mutations import broken

from qtool.office.workbook.reader import Unreadable, open_workbook
from qtool.office.workbook.signs import SheetSigns


@dataclass
class Tried:
    """What came of the cases: how many could be read all the same, the slowest, the most memory, what went wrong.

    Seconds are the processor's: other work on the machine does not count.
    """

    cases: int = 0
    read: int = 0
    slowest: float = 0.0
    peak_mib: float = 0.0
    wrong: list[str] = field(default_factory=list)


def read_all(content: bytes) -> bool:
    """Read everything of a workbook; return whether all could be read. Only Unreadable is expected."""
    try:
        book = open_workbook(content)
    except Unreadable:
        return False
    whole = True
    for name in book.names:
        try:
            book.rows(name)
            if signs := book.sheet_signs(name):
                _look(signs)
        except Unreadable:
            whole = False
    for what in ("signs", "properties"):
        with contextlib.suppress(Unreadable):
            getattr(book, what)
    return whole


def _look(sheet: SheetSigns) -> None:
    for name in ("rows", "cols", "all_rows", "all_cols", "protected", "hidden_rows", "hidden_cols", "pictures"):
        getattr(sheet, name)
    sheet.validated.missing({*sheet.formulas.values(), *sheet.errors.values()})
    for cell in sheet.comments:
        sheet.number_format(cell)


def try_cases(content: bytes, seed: str, first: int, last: int) -> Tried:
    """Read a workbook broken in so many ways."""
    tried = Tried()
    for number in range(first, last):
        case = broken(content, f"{seed}-{number}")
        begun = time.process_time()
        try:
            tried.read += read_all(case)
        except BaseException:  # noqa: BLE001 - whatever it is, it is no way to end
            tried.wrong.append(f"{seed}-{number}: {traceback.format_exc(limit=-4)}")
        tried.slowest = max(tried.slowest, time.process_time() - begun)
        tried.cases += 1
    tried.peak_mib = peak_mib()
    return tried


def peak_mib() -> float:
    """Return the most memory that this process has held; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    held = re.search(r"VmHWM:\s+(\d+) kB", status.read_text("utf-8")) if status.is_file() else None
    return int(held[1]) / 1024 if held else 0.0


if __name__ == "__main__":
    found = try_cases(Path(sys.argv[1]).read_bytes(), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    sys.stdout.write(json.dumps(asdict(found)))
