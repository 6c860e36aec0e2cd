"""Where the files that travel with the program lie: in the wheel, in the frozen program, or in the source tree."""

from __future__ import annotations

import sys
from pathlib import Path

from qtool.faults import QtoolError, fault

PLAN_2022 = "xlsx/考核方案-2022.xlsx"
PLAN_BLANK = "xlsx/考核方案-空白.xlsx"


def template(name: str) -> Path:
    """Return the path of a shipped template, e.g. `xlsx/考核方案-2022.xlsx`; raises QtoolError when it is not there."""
    package = Path(__file__).parent
    roots = [package / "templates", package.parent / "templates"]
    if frozen := getattr(sys, "_MEIPASS", None):
        roots.insert(0, Path(frozen) / "templates")
    for root in roots:
        if (root / name).is_file():
            return root / name
    raise QtoolError(fault("C13", file=name))


def chosen_template(name: str, own: Path | None) -> Path:
    """Return a Word template: the one in the campaign's own folder, or else the shipped one.

    Raises QtoolError when the program's own is missing.
    """
    path = own / name if own else None
    return path if path and path.is_file() else template(f"docx/{name}")
