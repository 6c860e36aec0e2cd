"""What is told of a whole returned file: archives with other things in them, copies, changed texts."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from openpyxl import Workbook, load_workbook
from scoring_cases import expected, filled

from qtool.addresses import address
from qtool.collect.read import is_strange, read_file, read_return
from qtool.layout import SHEET

TOURISM = "市文旅局"


def archive(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as target:
        for name, content in members.items():
            target.writestr(f"{name}.xlsx", content)
    return path


def evidence() -> bytes:
    target = io.BytesIO()
    Workbook().save(target)
    return target.getvalue()


def test_a_workbook_of_evidence_beside_the_sheet_does_not_count(tmp_path: Path) -> None:
    path, _ = filled(tmp_path, TOURISM)
    both = archive(tmp_path / "都在.zip", 评分表=path.read_bytes(), 印证材料=evidence())
    (only,) = read_file(both, both.name, expected())
    assert only.acceptable
    assert only.full_name == "都在.zip › 评分表.xlsx"
    alone = archive(tmp_path / "只有材料.zip", 印证材料=evidence())
    (foreign,) = read_file(alone, alone.name, expected())
    assert [found.code for found in foreign.faults] == ["S01"]


def test_copies_that_differ_in_a_reason_alone_are_told(tmp_path: Path) -> None:
    path, layout = filled(tmp_path, TOURISM)
    book = load_workbook(path)
    copy = book.copy_worksheet(book[SHEET])
    book.save(path)
    assert read_return(path, expected()).acceptable
    copy[address(layout.rows["c:01-05"], layout.columns["in:随县"])].value = "另一个原因"
    book.save(path)
    assert [found.code for found in read_return(path, expected()).faults if found.is_error] == ["S35"]


def test_a_change_far_inside_a_text_is_shown(tmp_path: Path) -> None:
    path, layout = filled(tmp_path, TOURISM)
    book = load_workbook(path)
    cell = book[SHEET][address(layout.rows["m:01-05-1-1"], layout.columns["standard"])]
    cell.value = f"{cell.value}这里是后来加的话"
    book.save(path)
    (found,) = read_return(path, expected()).faults
    assert found.code == "S13"
    assert "这里是后来加的话" in found.message


def test_a_formula_for_an_input_is_asked_about(tmp_path: Path) -> None:
    path, layout = filled(tmp_path, TOURISM)
    cell = address(*layout.inputs["01-05-6-1", "随县"])
    book = load_workbook(path)
    book[SHEET][cell].value = "=1+1"
    book.save(path)
    returned = read_return(path, expected())
    assert [(found.code, found.cell) for found in returned.faults if found.is_error] == [("S23", cell)]
    assert "=1+1" in next(found.message for found in returned.faults if found.is_error)


def test_a_file_of_gigabytes_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "印证材料.zip"
    with path.open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(3 << 30)
    (returned,) = read_file(path, path.name, expected())
    assert [(found.code, found.message) for found in returned.faults] == [("S09", "没有读：文件有3072 MB，太大")]
    assert not is_strange(path)
