"""Workbooks in the formats that only an office program writes, each saved by LibreOffice once for all tests."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path

from judge import convert, office_or_skip
from openpyxl import Workbook
from scoring_cases import filled
from shared_folders import shared_folder

from qtool.office.workbook.reader import Rows

XLSX = "xlsx:Calc MS Excel 2007 XML"
MOMENT = dt.datetime.fromisoformat("2022-01-05T10:30")
VALUES = ("文字", 1.5, True, dt.date(2022, 1, 5), MOMENT, dt.time(1, 2, 3), "长" * 9000, "=1+1", "=1/0", '="a"&"b"')
EXPECTED: Rows = [
    ["文字", 1.5, True, dt.date(2022, 1, 5), MOMENT, dt.time(1, 2, 3), "长" * 9000, 2.0, "", "ab"],
    [""] * 10,
    ["", "", "远", *[""] * 7],
]
DEPARTMENT = "市公安局"


@cache
def copies(kind: str) -> dict[str, bytes]:
    """Return copies saved as this kind, by name.

    `types` is `EXPECTED` with a format in row 60,000, `far` has a value in IV65536, `own` is a filled scoring sheet;
    `original` is that sheet as we wrote it.
    """
    office_or_skip()
    folder = shared_folder(f"copies-{kind.partition(':')[0]}", lambda folder: _make(folder, kind))
    return {path.stem: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def _make(folder: Path, kind: str) -> None:
    own, _ = filled(folder, DEPARTMENT)
    sources = {"types": folder / "types.xlsx", "far": folder / "far.xlsx", "own": own}
    _types(sources["types"], far=False)
    _types(sources["far"], far=True)
    copied = convert(list(sources.values()), folder / "out", kind)
    for what, path, copy in zip(sources, sources.values(), copied, strict=True):
        path.rename(folder / "original.xlsx") if what == "own" else path.unlink()
        copy.rename(folder / f"{what}{copy.suffix}")


def _types(path: Path, *, far: bool) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "表"
    sheet.append(VALUES)
    sheet["C3"].value = "远"
    sheet["A60000"].number_format = "0.00"
    if far:
        sheet["IV65536"].value = 1
    book.save(path)
