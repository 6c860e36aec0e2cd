"""The check of evidence: where files belong, what is missing, empty, broken, doubled; archives of any size."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import broken
from report_cases import given as given_out
from scoring_cases import plan_2022

from qtool.faults import Fault
from qtool.office.archive.file_health import Health, verdict
from qtool.progress import silent
from qtool.reports.criterion_index import CriterionIndex
from qtool.reports.evidence import EVIDENCE, evidence_criteria, tree
from qtool.reports.evidence_check import EvidenceCheck, check_evidence, size_text
from qtool.reports.files import Piece, Reader, files_in
from qtool.reports.material_list import NAME
from qtool.reports.returned_files import explanations, sort_files

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
JPG = b"\xff\xd8\xff\xe0" + b"\0" * 300 + b"\xff\xd9"
TREE = tree(plan_2022())


def whole() -> dict[str, bytes]:
    """Return a good file for every criterion that wants one, each with a content of its own."""
    return {f"{EVIDENCE}/{folder}/材料.pdf": PDF + code.encode() + b"%%EOF" for code, folder in TREE.items()}


def laid(root: Path, files: Mapping[str, bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def packed(files: Mapping[str, bytes], *, gbk: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            shown = name.encode("gb18030").decode("cp437") if gbk else name
            archive.writestr(zipfile.ZipInfo(shown, (2023, 1, 6, 9, 0, 0)), content, zipfile.ZIP_DEFLATED)
    content = out.getvalue()
    if not gbk:
        return content
    # zipfile marks names as UTF-8; other programs write the bytes of the names as they are
    for name in files:
        shown = name.encode("gb18030").decode("cp437")
        content = content.replace(shown.encode(), name.encode("gb18030"))
    return content


def check(root: Path, **explained: str) -> EvidenceCheck:
    received = sort_files(files_in([root]))
    with Reader() as reader:
        said = {**explanations(received.lists, reader), **explained}
        return check_evidence(received.evidence, received.files, plan_2022(), TREE, reader, silent, explained=said)


def codes(found: EvidenceCheck) -> list[str]:
    return [fault.code for fault in found.faults]


def test_whole_evidence_has_nothing_to_find(tmp_path: Path) -> None:
    found = check(laid(tmp_path, whole()))
    assert found.faults == ()
    assert (found.covered, found.wanted, found.files) == (54, 54, 54)
    assert set(found.placed) == set(TREE)


def test_a_whole_archive_is_as_good_as_folders(tmp_path: Path) -> None:
    found = check(laid(tmp_path, {"随县材料.zip": packed(whole())}))
    assert found.faults == ()
    assert found.covered == 54
    piece = found.placed["03-01"][0]
    assert piece.packed is not None
    assert piece.path.name == "随县材料.zip"


def test_names_in_chinese_code_pages_are_read(tmp_path: Path) -> None:
    files = {f"{EVIDENCE}/市公安局/07-02 打击犯罪/总结.pdf": PDF}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, inside in files.items():
            entry = zipfile.ZipInfo("x" * len(name.encode("gb18030")), (2023, 1, 6, 9, 0, 0))
            archive.writestr(entry, inside)
    raw = content.getvalue()
    for name in files:
        raw = raw.replace(b"x" * len(name.encode("gb18030")), name.encode("gb18030"))
    found = check(laid(tmp_path, {"材料.zip": raw}))
    assert list(found.placed) == ["07-02"]


@pytest.mark.parametrize(
    ("folder", "code"),
    [
        ("市公安局/07-02 深入开展打击食药环犯罪", "07-02"),
        ("公安局/07-02", "07-02"),
        ("07－02", "07-02"),
        ("7-2 昆仑行动", "07-02"),
        ("07.02打击犯罪", "07-02"),
        ("（07-02）打击犯罪", "07-02"),
        ("市质强办/开展质量提升行动", "10-01"),
        ("开展质量提升行动（2分）", "10-01"),
        ("市质强办/开展质量提升行动情况", "10-01"),
        ("随县/质量基础设施“一站式”服务", "11-01"),
        ("材料/第二批/市公安局/07-02/照片/一月", "07-02"),
        ("市公安局", ""),
        ("其他", ""),
        ("2022-11", ""),
    ],
)
def test_a_folder_is_known_by_code_or_title(folder: str, code: str) -> None:
    piece = Piece(tuple(folder.split("/")), "材料.pdf", 1, None, Path("x"))
    found = CriterionIndex(plan_2022()).place(piece).criterion
    assert (found.code if found else "") == code


def test_a_loose_file_is_known_by_its_own_code_or_named(tmp_path: Path) -> None:
    files = {
        f"{EVIDENCE}/市公安局/07-02打击犯罪.pdf": PDF,
        f"{EVIDENCE}/市公安局/总结.pdf": PDF + b" %%EOF",
        f"{EVIDENCE}/照片.jpg": JPG,
        f"{EVIDENCE}/市教育局/{TREE['07-02'].partition('/')[2]}/a.jpg": JPG + b"\xff\xd9",
    }
    found = check(laid(tmp_path, files))
    (lost,) = [one for one in found.faults if one.code == "R29"]
    assert "有3个文件" in lost.message
    assert "总结.pdf" in lost.message
    assert len(found.placed["07-02"]) == 2


def test_what_is_missing_is_named_with_its_folder(tmp_path: Path) -> None:
    files = whole()
    gone = f"{EVIDENCE}/{TREE['07-02']}"
    files = {name: content for name, content in files.items() if not name.startswith(gone)}
    laid(tmp_path, files)
    (fault,) = check(tmp_path).faults
    assert fault.code == "R28"
    assert "市公安局的“07-02" in fault.message
    assert f"{EVIDENCE}/市公安局/07-02 深入开展" in fault.remedy
    (tmp_path / gone).mkdir()
    (fault,) = check(tmp_path).faults
    assert "文件夹是空的" in fault.message
    assert check(tmp_path, **{"07-02": "无，没有开展"}).faults == ()


def test_the_filled_list_explains_what_there_is_not(tmp_path: Path) -> None:
    files = {name: content for name, content in whole().items() if TREE["07-02"] not in name}
    laid(tmp_path, files)
    book = openpyxl.load_workbook(given_out() / "随县" / f"{NAME}-随县.xlsx")
    sheet = book.active
    assert sheet is not None
    for row in sheet.iter_rows():
        if row[0].value == "07-02":
            row[8].value = "无，本年没有此类案件"
            break
    book.save(tmp_path / f"{NAME}-随县.xlsx")
    found = check(tmp_path)
    assert found.faults == ()
    assert found.explained == ("07-02",)


def test_empty_broken_doubled_and_foreign_files_are_named(tmp_path: Path) -> None:
    folder = f"{EVIDENCE}/{TREE['07-02']}"
    more = {
        f"{folder}/空.pdf": b"",
        f"{folder}/断.pdf": PDF[:30],
        f"{folder}/半.jpg": JPG[:100],
        f"{folder}/半.docx": b"PK\x03\x04" + b"x" * 500,
        f"{folder}/加密.docx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 5000,
        f"{folder}/假.pdf": b"<html>" * 30,
        f"{folder}/一.jpg": JPG,
        f"{EVIDENCE}/{TREE['10-01']}/二.jpg": JPG,
        f"{folder}/安装.exe": b"MZ" + b"x" * 100,
        f"{folder}/包.rar": b"Rar!\x1a\x07\x00" + b"x" * 100,
        f"{folder}/~$临时.docx": b"x",
        f"{folder}/Thumbs.db": b"x",
    }
    found = check(laid(tmp_path, whole() | more))
    assert sorted(codes(found)) == ["R30", "R31", *["R32"] * 5, "R33", "R34"]
    said = {one.code: one for one in found.faults}
    assert "空.pdf" in said["R30"].message
    assert "一.jpg" in said["R31"].message
    assert "二.jpg" in said["R31"].message
    assert "安装.exe" in said["R33"].message
    assert {one.file.rpartition("/")[2] for one in found.faults if one.code == "R32"} == {
        *("断.pdf", "半.jpg", "半.docx", "加密.docx", "假.pdf")
    }
    assert found.covered == 54


def test_too_much_is_refused_by_its_size(tmp_path: Path) -> None:
    plan = plan_2022()
    small = replace(plan, facts=replace(plan.facts, evidence_limit_gb=Fraction(1, 1 << 22)))
    received = sort_files(files_in([laid(tmp_path, whole())]))
    with Reader() as reader:
        found = check_evidence(received.evidence, received.files, small, TREE, reader, silent, explained={})
    assert codes(found) == ["R27"]


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0KB"), (1, "1KB"), (1 << 20, "1MB"), (3 << 30, "3GB"), ((3 << 30) + (600 << 20), "3.59GB")]
)
def test_sizes_are_said_as_people_do(size: int, text: str) -> None:
    assert size_text(size) == text


def test_bad_archives_are_named_and_the_rest_is_read(tmp_path: Path) -> None:
    good = packed(whole())
    nested = packed({f"{EVIDENCE}/{TREE['07-02']}/里面.zip": good})
    files = {"断.zip": good[:-40], "套.zip": nested, "坏.zip": _spoilt(packed({"07-02/a.pdf": PDF * 50}))}
    found = check(laid(tmp_path, files | whole()))
    faults: dict[str, Fault] = {one.file: one for one in found.faults}
    received = files_in([tmp_path])
    assert [one.code for one in received.faults] == ["R34"]
    assert received.faults[0].file == "断.zip"
    assert any(one.code == "R34" and "套着压缩包" in one.message for one in faults.values())
    assert any(one.code == "R32" and "坏.zip" in one.file for one in faults.values())


def _spoilt(content: bytes) -> bytes:
    """Return an archive whose first file no longer has its checksum."""
    at = content.index(b"a.pdf") + 12
    return content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :]


def test_a_bomb_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "炸.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("07-02/a.pdf", "w") as file:
        for _ in range(200):
            file.write(b"\0" * (1 << 20))
    tracemalloc.start()
    found = check(tmp_path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40 << 20
    assert "R30" in codes(found)  # a file of nothing but zeros is an empty one


def test_any_broken_archive_is_read_or_named(tmp_path: Path) -> None:
    content = packed(dict(list(whole().items())[:9]))
    for number in range(60):
        path = tmp_path / str(number)
        path.mkdir()
        (path / "材料.zip").write_bytes(broken(content, f"archive/{number}"))
        found = check(path)
        assert found.wanted == len(evidence_criteria(plan_2022()))


@settings(max_examples=200)
@given(st.sampled_from(["a.pdf", "a.jpg", "a.docx", "a", "a.xyz", "a.doc", "a.zip", "a.PNG"]), st.binary(max_size=300))
def test_every_file_has_a_verdict(name: str, content: bytes) -> None:
    found = verdict(name, len(content), content, content)
    assert found.health in Health
    assert (found.health is Health.EMPTY) == (not content.strip(b"\0"))
