"""The command that measures a document: what it says, what it keeps, and what it cannot read."""

from __future__ import annotations

import shutil
from pathlib import Path

import docx
import pytest
from docx.shared import Mm
from judge import office_or_skip
from openpyxl import load_workbook
from small_tally import make_plan, make_tally

from qtool.actions.action import Request
from qtool.actions.documents import documents
from qtool.actions.new import new
from qtool.documents.circular import circular
from qtool.faults import QtoolError
from qtool.office.libreoffice import convert
from qtool.official.draft import make_documents
from qtool.official.profile import Profile
from qtool.progress import silent


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    """Return a circular as the program writes it."""
    tally = make_tally(make_plan())
    made = make_documents([circular(tally, Profile(), tally.made.date())], None, tmp_path, silent, Profile())
    (path,) = made.files
    return path


def spoilt(path: Path) -> Path:
    document = docx.Document(str(path))
    document.sections[0].left_margin = Mm(20)
    document.save(str(path))
    return path


def test_outside_a_campaign_the_national_standard_counts(tmp_path: Path, paper: Path) -> None:
    outcome = documents(Request(tmp_path, {"check": paper}))
    assert (outcome.faults, outcome.files) == ([], [])
    assert outcome.data["standard"] == "GB/T 9704-2012"
    assert {one["verdict"] for one in outcome.data["measured"]} == {"right", "by_eye"}
    failed = documents(Request(tmp_path, {"check": spoilt(paper)}))
    assert [(found.code, found.file) for found in failed.faults] == [("D31", paper.name)]
    assert "订口（5.2.1）" in failed.faults[0].message
    assert failed.tables[0].rows[0][:3] == ("不符合", "5.2.1", "订口")


def test_a_campaign_keeps_the_list_and_has_its_own_profile(tmp_path: Path, paper: Path) -> None:
    root = tmp_path / "考核"
    new(Request(root, {"folder": root}))
    with (root / "qtool.toml").open("a", encoding="utf-8") as file:
        file.write('"左边距" = 20\n"右边距" = 26\n')
    before = spoilt(paper).read_bytes()
    outcome = documents(Request(root, {"check": paper}))
    said = {one["what"]: one["verdict"] for one in outcome.data["measured"]}
    assert said["订口"] == "right"
    assert said["每行字数"] == "wrong"  # a wider page holds more characters than 28
    (kept,) = outcome.files
    assert kept.parent.name == "版式检查"
    assert load_workbook(kept).active["A1"].value == f"版式检查：{paper.name}"  # type: ignore[index]
    assert paper.read_bytes() == before


@pytest.mark.office
def test_an_old_document_is_converted_first(tmp_path: Path, paper: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office_or_skip()
    old = tmp_path / "旧.doc"
    old.write_bytes(convert([paper], "doc")[paper])
    found = documents(Request(tmp_path, {"check": old})).data["measured"]
    assert {one["verdict"] for one in found if one["clause"] == "5.2.1"} == {"right"}
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(QtoolError) as caught:
        documents(Request(tmp_path, {"check": old}))
    assert [one.code for one in caught.value.faults] == ["D30"]


def test_what_is_no_document_is_named(tmp_path: Path, paper: Path) -> None:
    (tmp_path / "假.docx").write_bytes(b"PK\x03\x04" + b"0" * 50)
    shutil.copy(paper, tmp_path / "对.docx")
    for name in ("假.docx", "没有.docx"):
        with pytest.raises(QtoolError) as caught:
            documents(Request(tmp_path, {"check": tmp_path / name}))
        assert [(one.code, one.file) for one in caught.value.faults] == [("D06", name)]
