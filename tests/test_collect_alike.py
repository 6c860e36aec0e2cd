"""Returns read one after another: what is remembered of one never colours the next, and what is passed over is none."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from package_parts import pack, unpack
from scoring_cases import expected, filled

from qtool.addresses import letters
from qtool.collect.read import read_return
from qtool.layout import COVER, HEAD_ROW, ID_COL, LABEL, SHEET, Layout
from qtool.outcome import Return

FARMING = "市农业农村局"
HEAD = HEAD_ROW + 1


def _as_sent(_sheet: Worksheet, _layout: Layout) -> None:
    """Change nothing."""


def _shifted(sheet: Worksheet, _layout: Layout) -> None:
    sheet.insert_rows(2, 3)


def _without_a_row(sheet: Worksheet, layout: Layout) -> None:
    sheet.delete_rows(layout.inputs[layout.entries[0].keys[0]][0] + 1)


def _headed_otherwise(sheet: Worksheet, layout: Layout) -> None:
    first, second = (letters(layout.columns[f"in:{name}"]) for name in layout.assessees[:2])
    sheet[f"{first}{HEAD}"].value = sheet[f"{second}{HEAD}"].value


def _labelled_otherwise(sheet: Worksheet, layout: Layout) -> None:
    rows = [layout.rows[asked.line.id] + 1 for asked in layout.entries]
    sheet.cell(rows[0], LABEL + 1).value = sheet.cell(rows[1], LABEL + 1).value


def _without_ids(sheet: Worksheet, _layout: Layout) -> None:
    for row in range(1, sheet.max_row + 1):
        sheet.cell(row, ID_COL + 1).value = None


def _computed(sheet: Worksheet, layout: Layout) -> None:
    row, col = layout.inputs[layout.entries[0].keys[0]]
    sheet.cell(row + 1, col + 1).value = "=1/4"


WAYS = (_as_sent, _shifted, _without_a_row, _headed_otherwise, _labelled_otherwise, _without_ids, _computed)


def _changed(path: Path, target: Path, layout: Layout, change: Callable[[Worksheet, Layout], None]) -> Path:
    book = load_workbook(path)
    change(book[SHEET], layout)
    book.save(target)
    return target


def _said(returned: Return) -> tuple[object, ...]:
    return returned.answers, returned.scores, returned.reasons, returned.faults, returned.typed, returned.places


def test_every_return_is_read_as_if_it_were_the_only_one(tmp_path: Path) -> None:
    path, layout = filled(tmp_path, FARMING)
    paths = [_changed(path, tmp_path / f"{way.__name__}.xlsx", layout, way) for way in WAYS]
    alone = {changed: _said(read_return(changed, expected())) for changed in paths}
    together = expected()
    for pair in itertools.permutations(paths, 2):
        for changed in (*pair, pair[0]):
            assert _said(read_return(changed, together)) == alone[changed]
    assert [bool(said[3]) for said in alone.values()] == [way is not _as_sent for way in WAYS]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_answers_on_the_sheet_that_is_passed_over_are_found(
    tmp_path: Path, way: Callable[[Worksheet, Layout], None]
) -> None:
    path, layout = filled(tmp_path, FARMING)
    usual = read_return(_changed(path, tmp_path / "a.xlsx", layout, way), expected())
    book = load_workbook(path)
    way(book[SHEET], layout)
    book[COVER].title = "别的"
    book[SHEET].title = COVER
    book.save(tmp_path / "b.xlsx")
    moved = read_return(tmp_path / "b.xlsx", expected())
    assert (moved.answers, moved.scores, moved.reasons) == (usual.answers, usual.scores, usual.reasons)
    assert [(f.code, f.cell, f.message) for f in moved.faults] == [(f.code, f.cell, f.message) for f in usual.faults]


def test_the_cover_need_not_be_sound(tmp_path: Path) -> None:
    path, _ = filled(tmp_path, FARMING)
    sound = read_return(path, expected())
    made = unpack(path.read_bytes())
    path.write_bytes(pack(made | {"xl/worksheets/sheet1.xml": b"<!DOCTYPE a>"}))
    assert _said(read_return(path, expected())) == _said(sound)
