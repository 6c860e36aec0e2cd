"""A workbook that opens at a cell: judged by openpyxl and LibreOffice; all else in it is as it was."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pytest
from campaign_cases import refused
from hypothesis import given
from hypothesis import strategies as st
from judge import convert, office_or_skip
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from scoring_cases import filled

from qtool.actions.open_problem import clear, is_open, place_of
from qtool.faults import fault
from qtool.office.workbook.view_copy import changed_parts, shown_at, view_copy
from qtool.resources import PLAN_2022, template
from qtool.state.view import Problem


@pytest.fixture(scope="module")
def scoring(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return a filled scoring sheet."""
    return filled(tmp_path_factory.mktemp("own"), "市教育局")[0].read_bytes()


def shown(content: bytes, sheet: str, cell: str) -> bytes:
    """Return the workbook turned to a cell, which must be possible."""
    found = shown_at(content, sheet, cell)
    assert found is not None
    return found


def opened(content: bytes) -> Workbook:
    """Return a workbook as openpyxl sees it."""
    return load_workbook(io.BytesIO(content))


def selected(content: bytes) -> tuple[str, str]:
    """Return sheet and cell at which a workbook opens."""
    sheet = opened(content).active
    assert sheet is not None
    view = sheet.sheet_view
    active = view.pane.activePane if view.pane else "topLeft"
    return sheet.title, next(s.activeCell for s in view.selection if (s.pane or "topLeft") == active)


@pytest.mark.parametrize("cell", ["H12", "A1", "C3", "P20", "H2", "B9"])
def test_it_opens_at_the_cell_with_frozen_panes_kept(scoring: bytes, cell: str) -> None:
    turned = shown(scoring, "评分表", cell)
    assert selected(turned) == ("评分表", cell)
    pane = opened(turned)["评分表"].sheet_view.pane
    assert pane is not None
    assert (pane.xSplit, pane.ySplit, pane.state) == (7, 5, "frozen")


def test_only_one_sheet_is_chosen_so_that_typing_changes_one(scoring: bytes) -> None:
    book = opened(shown(scoring, "评分表", "H12"))
    assert [sheet.title for sheet in book.worksheets if sheet.sheet_view.tabSelected] == ["评分表"]


def test_every_other_part_and_all_cells_are_the_same(scoring: bytes) -> None:
    turned = shown(scoring, "评分表", "H12:J14")
    changed = changed_parts(scoring, turned)
    assert changed == {"xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"}
    with zipfile.ZipFile(io.BytesIO(scoring)) as old, zipfile.ZipFile(io.BytesIO(turned)) as new:
        assert new.testzip() is None
        assert old.namelist() == new.namelist()
        for name in changed - {"xl/workbook.xml"}:
            before, after = (package.read(name).partition(b"</sheetViews>")[2] for package in (old, new))
            assert before == after != b""


def test_locks_and_the_hidden_sheet_stay(scoring: bytes) -> None:
    book = opened(shown(scoring, "评分表", "H12"))
    assert book["评分表"].protection.sheet
    assert book["_meta"].sheet_state == "veryHidden"
    assert shown_at(scoring, "_meta", "A1") is None


def test_a_range_is_selected_from_its_first_cell(scoring: bytes) -> None:
    book = opened(shown(scoring, "评分表", "J14:H12"))
    chosen = book["评分表"].sheet_view.selection[-1]
    assert (chosen.activeCell, chosen.sqref) == ("H12", "H12:J14")


@pytest.mark.parametrize("cell", ["", "第3行", "ZZZZ9", "XFE1", "A0", "A1048577"])
def test_without_a_cell_that_there_is_the_sheet_is_chosen(scoring: bytes, cell: str) -> None:
    assert selected(shown(scoring, "评分表", cell))[0] == "评分表"


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"no workbook", b"PK\x05\x06" + bytes(18)], ids=["empty", "PK", "text", "no parts"]
)
def test_what_is_no_workbook_is_copied_as_it_is(tmp_path: Path, content: bytes) -> None:
    source, target = tmp_path / "来.xlsx", tmp_path / "去.xlsx"
    source.write_bytes(content)
    assert not view_copy(source, target, "评分表", "H12")
    assert target.read_bytes() == content


def test_a_sheet_that_is_not_there_gives_a_plain_copy(tmp_path: Path, scoring: bytes) -> None:
    source, target = tmp_path / "来.xlsx", tmp_path / "去.xlsx"
    source.write_bytes(scoring)
    assert not view_copy(source, target, "没有", "H12")
    assert target.read_bytes() == scoring
    assert view_copy(source, target, "评分表", "H12")
    assert selected(target.read_bytes()) == ("评分表", "H12")


cells = st.builds(lambda col, row: f"{get_column_letter(col)}{row}", st.integers(1, 16_384), st.integers(1, 1_048_576))


@given(cells, cells, st.sampled_from(["", "B2", "C1", "A4", "H6"]))
@pytest.mark.lengthy
def test_any_cell_is_selected_and_in_view_whatever_was_before(before: str, cell: str, frozen: str) -> None:
    book = Workbook()
    book.create_sheet("第二张").freeze_panes = frozen or None
    buffer = io.BytesIO()
    book.save(buffer)
    turned = shown(shown(buffer.getvalue(), "第二张", before), "第二张", cell)
    assert selected(turned) == ("第二张", cell)
    sheet = opened(turned)["第二张"]
    view, pane = sheet.sheet_view, sheet.sheet_view.pane
    assert (pane.xSplit or 0, pane.ySplit or 0) == split_of(frozen) if pane else not frozen
    corner, top = sheet[(pane or view).topLeftCell or "A1"], sheet[view.topLeftCell or "A1"]
    there, (cols, rows) = sheet[cell], split_of(frozen)
    for wanted, scrolled, first, frozen_count in (
        (there.row, corner.row, top.row, rows),
        (there.column, corner.column, top.column, cols),
    ):
        assert first == (1 if frozen_count else scrolled)
        assert wanted <= frozen_count or 0 <= wanted - scrolled <= 4
        assert scrolled > frozen_count


def split_of(frozen: str) -> tuple[int, int]:
    """Return how many columns and rows are frozen before a cell."""
    return (ord(frozen[0]) - ord("A"), int(frozen[1:]) - 1) if frozen else (0, 0)


@pytest.mark.office
def test_libreoffice_opens_that_sheet(tmp_path: Path, scoring: bytes) -> None:
    office_or_skip()
    plain, turned = tmp_path / "plain.xlsx", tmp_path / "turned.xlsx"
    plain.write_bytes(scoring)
    turned.write_bytes(shown(scoring, "评分表", "L15"))
    copies = convert([plain, turned], tmp_path / "out", "xlsx:Calc MS Excel 2007 XML")
    # without a window it keeps the sheet alone, not the cell
    assert [selected(copy.read_bytes())[0] for copy in copies] == ["封面", "评分表"]
    saved = copies[1]
    # what LibreOffice itself has written can be turned as well
    assert selected(shown(saved.read_bytes(), "封面", "B2")) == ("封面", "B2")


def test_a_workbook_without_views_and_with_prefixes_can_be_turned() -> None:
    space = 'xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    book = Workbook()
    book.create_sheet("二")
    buffer = io.BytesIO()
    book.save(buffer)
    bare = io.BytesIO()
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(bare, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/worksheets/sheet2.xml":
                content = f"<x:worksheet {space}><x:sheetData/></x:worksheet>".encode()
            if name == "xl/workbook.xml":
                start, end = content.index(b"<bookViews>"), content.index(b"</bookViews>") + len(b"</bookViews>")
                content = content[:start] + content[end:]
            new.writestr(name, content)
    assert selected(shown(bare.getvalue(), "二", "D40")) == ("二", "D40")


def campaign(folder: Path) -> Path:
    """Return a folder with a plan in it."""
    root = folder / "工程"
    root.mkdir()
    (root / "考核方案.xlsx").write_bytes(template(PLAN_2022).read_bytes())
    return root


def at(path: Path, sheet: str, cell: str) -> Problem:
    """Return a problem in a file."""
    return Problem(fault("C08", file=path.name, sheet=sheet, cell=cell), path, "方案", sheet, cell)


def test_the_plan_itself_is_turned_to_the_cell(tmp_path: Path) -> None:
    root = campaign(tmp_path)
    plan = root / "考核方案.xlsx"
    before = plan.read_bytes()
    looking = place_of(root, at(plan, "评分细则", "H40"))
    assert (looking.path, looking.editable, looking.shown) == (plan, True, True)
    assert selected(plan.read_bytes()) == ("评分细则", "H40")
    assert all("workbook.xml" in name or "/sheet" in name for name in changed_parts(before, plan.read_bytes()))
    assert [path.name for path in root.iterdir()] == [plan.name]


@pytest.mark.parametrize("lock", [".~lock.考核方案.xlsx#", "~$考核方案.xlsx", "~$方案.xlsx"])
def test_a_plan_that_is_open_elsewhere_is_left_alone(tmp_path: Path, lock: str) -> None:
    root = campaign(tmp_path)
    plan = root / "考核方案.xlsx"
    (root / lock).touch()
    assert is_open(plan)
    before = plan.read_bytes()
    looking = place_of(root, at(plan, "评分细则", "H40"))
    assert (looking.path, looking.editable, looking.shown) == (plan, True, False)
    assert plan.read_bytes() == before


def test_other_files_are_looked_at_in_a_copy(tmp_path: Path, scoring: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "temp"))
    root = campaign(tmp_path)
    source = root / "评分表-市教育局.xlsx"
    source.write_bytes(scoring)
    looking = place_of(root, at(source, "评分表", "H12"))
    assert source.read_bytes() == scoring
    assert not looking.editable
    assert looking.shown
    assert looking.path.name == "查看-评分表-市教育局.xlsx"
    assert selected(looking.path.read_bytes()) == ("评分表", "H12")
    assert not looking.path.stat().st_mode & 0o222
    assert place_of(root, at(source, "评分表", "H12")).path == looking.path
    looking.path.with_name(f".~lock.{looking.path.name}#").touch()
    other = place_of(root, at(source, "评分表", "J14"))
    assert other.path.name == "查看-评分表-市教育局（2）.xlsx"
    assert selected(looking.path.read_bytes()) == ("评分表", "H12")
    clear(looking.path.parent, time.time() + 1)
    assert looking.path.exists()
    assert not other.path.exists()


def test_what_lies_in_an_archive_is_taken_out_to_be_looked_at(
    tmp_path: Path, scoring: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "temp"))
    root = campaign(tmp_path)
    source = root / "打包.zip"
    with zipfile.ZipFile(source, "w") as archive:
        archive.writestr("里面/评分表.xlsx", scoring)
    found = fault("C08", file="打包.zip › 里面 › 评分表.xlsx", sheet="评分表", cell="H12")
    looking = place_of(root, Problem(found, source, "回收", "评分表", "H12"))
    assert looking.path.name == "查看-评分表.xlsx"
    assert selected(looking.path.read_bytes()) == ("评分表", "H12")


def test_a_file_that_is_gone_is_said_to_be(tmp_path: Path) -> None:
    assert refused(lambda: place_of(tmp_path, at(tmp_path / "没有.xlsx", "评分表", "H12"))).code == "C11"
