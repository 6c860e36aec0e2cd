"""Word documents: what is filled in, what is read back, and what is refused."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import docx
import pytest
from document_cases import text_of
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from qtool.faults import QtoolError
from qtool.office.word.template import Content, Reading, read, render


def filled(template: Path, content: Mapping[str, Content], out: Path) -> Reading:
    return render(template, content, out, title="题", author="办", made=datetime(2023, 1, 20, tzinfo=UTC))


@pytest.mark.parametrize("content", [b"", b"not a document", b"PK\x03\x04broken"])
def test_what_is_no_word_document_is_said_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.docx").write_bytes(content)
    with pytest.raises(QtoolError, match="打不开：不是 Word 文档"):
        text_of(tmp_path / "a.docx")
    with pytest.raises(QtoolError, match="找不到文件"):
        text_of(tmp_path / "没有.docx")


def test_a_workbook_is_no_word_document(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as package:
        package.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(QtoolError, match="不是 Word 文档"):
        text_of(tmp_path / "a.docx")


def test_text_in_content_controls_and_footers_is_read(tmp_path: Path) -> None:
    document = docx.Document()
    control = "<w:sdt {}><w:sdtContent><w:p><w:r><w:t>控件里的字</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    document.element.body.insert(0, parse_xml(control.format(nsdecls("w"))))
    document.sections[0].footer.paragraphs[0].text = "页脚"
    document.save(str(tmp_path / "a.docx"))
    assert {"控件里的字", "页脚"} <= set(text_of(tmp_path / "a.docx").splitlines())


def test_names_split_by_word_and_used_in_a_footer_are_filled(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph()
    for piece in ("{", "{ 年", "度 }", "}年"):
        paragraph.add_run(piece)
    document.sections[0].footer.paragraphs[0].text = "{{ 市名 }}"
    document.save(str(tmp_path / "t.docx"))
    made = filled(tmp_path / "t.docx", {"年度": "2022", "市名": "随州市"}, tmp_path / "a.docx")
    assert set(made.text.splitlines()) >= {"2022年", "随州市"}
    with pytest.raises(QtoolError, match="市名"):
        filled(tmp_path / "t.docx", {"年度": "2022"}, tmp_path / "b.docx")
    assert not (tmp_path / "b.docx").exists()


def test_a_table_drawn_by_a_person_keeps_its_widths(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(2, 3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "{{ 市名 }}"
    document.save(str(tmp_path / "t.docx"))
    made = filled(tmp_path / "t.docx", {"市名": "随州市"}, tmp_path / "a.docx")
    assert made.rows == (("随州市", ""), ("", "", ""))
    before, after = (docx.Document(str(tmp_path / name)).tables[0] for name in ("t.docx", "a.docx"))
    assert [column.width for column in after.columns] == [column.width for column in before.columns]


def test_a_program_in_a_template_is_not_run(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("{{ 市名.__class__.__mro__ }}")
    document.save(str(tmp_path / "t.docx"))
    with pytest.raises(QtoolError, match="D0"):
        filled(tmp_path / "t.docx", {"市名": "随州市"}, tmp_path / "a.docx")
    assert read(tmp_path / "t.docx").text == "{{ 市名.__class__.__mro__ }}"
