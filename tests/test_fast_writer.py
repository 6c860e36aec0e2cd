"""The fast way writes, byte for byte, what XlsxWriter itself writes; for a strange version that itself writes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
import xlsxwriter
from mending_cases import judged, mending
from package_parts import unpack
from scoring_cases import filled, plan_2022, write
from small_tally import make_plan, make_tally
from xlsxwriter.worksheet import Worksheet

from qtool.layout import Layout
from qtool.office.workbook import fast_writer
from qtool.office.workbook.writer import Book
from qtool.tally.workbook import write_tally

LOCKED = Path(__file__).parent.parent / "packaging" / "locked.txt"


def written(folder: Path) -> Mapping[str, Mapping[str, bytes]]:
    """Return the parts of every department's workbook, empty and filled in, of a copy to be mended and of a tally."""
    folder.mkdir()
    for number, department in enumerate(plan_2022().scoring_departments):
        path, layout = filled(folder, department.name, number)
        write(path.with_suffix(".empty.xlsx"), layout)
    layout = Layout(plan_2022(), "市公安局")
    mending(folder / "mending.xlsx", layout, judged(layout, {}))
    write_tally(folder / "tally.xlsx", make_tally(make_plan()), None)
    return {path.name: unpack(path.read_bytes()) for path in folder.iterdir()}


def test_both_ways_write_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast_writer, "PROVEN", (xlsxwriter.__version__,))
    assert fast_writer.worksheet_class() is fast_writer.FastWorksheet
    fast = written(tmp_path / "fast")
    monkeypatch.setattr(fast_writer, "PROVEN", ())
    assert fast_writer.worksheet_class() is Worksheet
    plain = written(tmp_path / "plain")
    assert len(fast) == 2 * len(plan_2022().scoring_departments) + 2
    assert sum(parts["xl/worksheets/sheet2.xml"].count(b"<f>") for parts in fast.values()) > 3000
    assert fast == plain


def test_a_strange_version_writes_plainly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fast_writer, "__version__", "99.0")
    with Book(tmp_path / "a.xlsx") as book:
        assert type(book.sheet("表").raw) is Worksheet


def test_the_version_that_the_program_is_built_with_is_proven() -> None:
    locked = re.search(r"(?m)^xlsxwriter==(\S+)", LOCKED.read_text("utf-8"))
    assert locked
    assert locked[1] in fast_writer.PROVEN
