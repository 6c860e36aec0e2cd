"""The parts of written workbooks as readable XML, beside those kept in `golden`; run this file to keep them anew.

Dates and the program's own version are noise and dropped.
"""

from __future__ import annotations

import re
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.dom import minidom

from scoring_cases import plan_2022, write
from tally_cases import adjustment, small

from qtool.layout import Layout
from qtool.rehearsal import answers_for
from qtool.tally.workbook import write_tally

GOLDEN = Path(__file__).parent / "golden"
_PARTS = re.compile(r"xl/(worksheets/sheet\d+|charts/chart\d+|sharedStrings|styles|workbook)\.xml|docProps/custom\.xml")
_NOISE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def parts(path: Path) -> dict[str, str]:
    """Return the telling parts of a workbook by name, one element a line."""
    with zipfile.ZipFile(path) as package:
        names = [name for name in package.namelist() if _PARTS.fullmatch(name)]
        return {name.replace("/", "-"): _readable(package.read(name)) for name in names}


def _readable(xml: bytes) -> str:
    text = minidom.parseString(xml).documentElement.toprettyxml(indent="", newl="\n")  # type: ignore[union-attr]  # noqa: S318 - our own file
    return _NOISE.sub("(date)", text)


def empty_sheet(path: Path) -> None:
    """Write a small department's sheet as it goes out."""
    write(path, Layout(plan_2022(), "随州海关"))


def filled_sheet(path: Path) -> None:
    """Write a sheet with a figure of the whole city, filled in."""
    layout = Layout(plan_2022(), "市农业农村局")
    write(path, layout, answers_for(layout, 1), 2)


def provisional_tally(path: Path) -> None:
    """Write the tally of a small plan with a department missing."""
    write_tally(path, small("甲局", "乙局", adjustments=[adjustment("乙县", "-0.5")]), None)


CASES: dict[str, Callable[[Path], None]] = {
    "empty-sheet": empty_sheet,
    "filled-sheet": filled_sheet,
    "tally": provisional_tally,
}


def made(name: str) -> dict[str, str]:
    """Return the parts of a case as the program writes them now."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.xlsx"
        CASES[name](path)
        return parts(path)


def kept(name: str) -> dict[str, str]:
    """Return the parts of a case as they are kept."""
    return {path.name: path.read_text("utf-8") for path in sorted((GOLDEN / name).glob("*.xml"))}


def keep(name: str) -> None:
    """Keep a case's parts as they are now."""
    folder = GOLDEN / name
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.xml"):
        old.unlink()
    for part, text in made(name).items():
        (folder / part).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    for case in sys.argv[1:] or CASES:
        keep(case)
