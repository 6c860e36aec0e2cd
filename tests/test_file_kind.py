"""What a file is, whatever it is called."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest
from archive_cases import MAIL, Entry, by_hand, crowd, mail, xlsx, zipped
from judge import convert, office_or_skip
from msg_cases import msg
from ole_cases import ole, xls, xls_stream

from qtool.office.archive.file_kind import Kind, is_picture, kind_of
from qtool.office.workbook.reader import open_workbook

TYPES = '<Types><Override PartName="/{}" ContentType="application/{}+xml"/></Types>'
SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
MANIFEST = b"<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"
MANY_LINES = "序号,区县,得分\n" * 2_000


def typed(part: str, kind: str) -> bytes:
    return zipped({"[Content_Types].xml": TYPES.format(part, kind).encode(), part: b"<x/>"})


KINDS = {
    "workbook": (xlsx(), Kind.XLSX),
    "workbook, parts named with backslashes": (zipped({"xl\\workbook.xml": b"<x/>"}), Kind.XLSX),
    "workbook, its part elsewhere": (
        typed("book/main.xml", "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main"),
        Kind.XLSX,
    ),
    "workbook with macros": (typed("b/b.xml", "vnd.ms-excel.sheet.macroEnabled.main"), Kind.XLSX),
    "binary workbook": (zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.bin": b"x"}), Kind.XLSB),
    "binary workbook, its part elsewhere": (typed("b/b.bin", "vnd.ms-excel.sheet.binary.macroEnabled.main"), Kind.XLSB),
    "ods": (zipped({"mimetype": SPREADSHEET, "META-INF/manifest.xml": b"<m/>"}), Kind.ODS),
    "ods with a password": (zipped({"mimetype": SPREADSHEET, "META-INF/manifest.xml": MANIFEST}), Kind.ENCRYPTED),
    "xls": (xls(), Kind.XLS),
    "xls of Excel 95": (ole({"Book": xls_stream(1.0)}), Kind.XLS),
    "xls that breaks off": (ole({"Workbook": b"\x09\x08\x10\x00"}), Kind.XLS),
    "xls without a shell": (b"\x09\x08\x10\x00" + bytes(16), Kind.XLS),
    "xls with a password": (xls(password=True), Kind.ENCRYPTED),
    "xlsx with a password": (ole({"EncryptedPackage": bytes(9_000), "EncryptionInfo": b"x"}), Kind.ENCRYPTED),
    "cut xlsx with a password": (ole({"EncryptedPackage": bytes(9_000)})[:-300], Kind.ENCRYPTED),
    "cut xls": (xls()[:-600], Kind.DAMAGED),
    "cut xlsx": (xlsx()[:-40], Kind.DAMAGED),
    "xlsx with a hole in its directory": (xlsx().replace(b"PK\x01\x02", b"PK\x00\x00", 2), Kind.DAMAGED),
    "xlsx of which the beginning came": (xlsx()[:300], Kind.DAMAGED),
    "zip": (zipped({"评分表.xlsx": xlsx()}), Kind.ZIP),
    "empty zip": (zipped({}), Kind.ZIP),
    "zip with too many members to look at": (crowd(70_000), Kind.ZIP),
    "rar": (b"Rar!\x1a\x07\x01\x00" + bytes(9), Kind.RAR_OR_7Z),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(9), Kind.RAR_OR_7Z),
    "gzip": (b"\x1f\x8b\x08\x00" + bytes(9), Kind.RAR_OR_7Z),
    "tar": (b"a.xlsx".ljust(257, b"\0") + b"ustar\x0000" + bytes(300), Kind.RAR_OR_7Z),
    "mail": (mail(), Kind.EML),
    "mail behind a mark and blank lines": (b"\xef\xbb\xbf\r\n" + mail(), Kind.EML),
    "mail from a folder of mails": (b"From a@x.cn Mon Jan  2 00:00:00 2023\n" + mail(), Kind.EML),
    "mail with raw bytes": (b"From: \xc6\xc0 <a@x.cn>\r\nSubject: \xc6\xc0\r\n\r\n\x00\x01", Kind.EML),
    "Outlook mail": (msg(), Kind.MSG),
    "html": (b"\r\n<HTML><table><tr><td>1</td></tr></table>", Kind.HTML),
    "html behind a mark": (b"\xef\xbb\xbf<!DOCTYPE html><p>", Kind.HTML),
    "html in UTF-16": ("\ufeff<html><table>".encode("utf-16-le"), Kind.HTML),
    "xhtml": (b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">', Kind.HTML),
    "Excel's XML": (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', Kind.HTML),
    "Excel's web archive": (b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\nContent-Type: x/y\r\n\r\n", Kind.HTML),
    "xml": (b'<?xml version="1.0"?><note/>', Kind.TEXT),
    "csv": (b"a,b\r\n1,2\r\n", Kind.TEXT),
    "csv in GBK": (MANY_LINES.encode("gbk"), Kind.TEXT),
    "csv in UTF-8": (MANY_LINES.encode(), Kind.TEXT),
    "Unicode text": ("\ufeff区县\t得分".encode("utf-16-le"), Kind.TEXT),
    "text with one header": (b"Subject: x\r\n\r\nhello", Kind.TEXT),
    "text with Chinese headings": ("日期：2023年\n单位: 公安局\nDate: x".encode(), Kind.TEXT),
    "docx": (typed("word/document.xml", "vnd.openxmlformats-officedocument.wordprocessingml.document"), Kind.DOCUMENT),
    "odt": (zipped({"mimetype": b"application/vnd.oasis.opendocument.text"}), Kind.DOCUMENT),
    "ofd": (zipped({"OFD.xml": b"<ofd/>"}), Kind.DOCUMENT),
    "doc": (ole({"WordDocument": bytes(5_000)}), Kind.DOCUMENT),
    "pdf": (b"%PDF-1.7\n", Kind.DOCUMENT),
    "rtf": (b"{\\rtf1 x}", Kind.DOCUMENT),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(9), Kind.DOCUMENT),
    "jpeg": (b"\xff\xd8\xff\xe0" + bytes(9), Kind.DOCUMENT),
    "bitmap": (b"BM\x36\x10\0\0\0\0\0\0" + bytes(9), Kind.DOCUMENT),
    "webp": (b"RIFF\x10\0\0\0WEBPVP8 ", Kind.DOCUMENT),
    "photo of a telephone": (b"\0\0\0\x18ftypheic" + bytes(9), Kind.DOCUMENT),
    "nothing": (b"", Kind.EMPTY),
    "blanks": (b"\xef\xbb\xbf \r\n\t", Kind.EMPTY),
    "a download of zeros": (bytes(70_000), Kind.EMPTY),
    "program": (b"MZ\x90\0\x03" + bytes(range(256)), Kind.UNKNOWN),
    "other OLE": (ole({"Catalog": b"x"}), Kind.UNKNOWN),
}


@pytest.mark.parametrize(("content", "kind"), KINDS.values(), ids=KINDS)
def test_a_kind_is_told_from_the_content(content: bytes, kind: Kind) -> None:
    assert kind_of(content) is kind
    for name in ("评分表.xlsx", "a.xls", "a.zip", "a.msg", "a.eml.txt", "", "\ud800"):
        assert kind_of(content, name) is kind


def test_every_kind_is_among_them() -> None:
    assert {kind for _, kind in KINDS.values()} == set(Kind)


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b"Subject: x\r\n\r\nhello", "a.EML", Kind.EML),
        (b"hello", "a.eml", Kind.TEXT),
        (MAIL + b"\r\n<html>", "a.mht", Kind.HTML),
        (MAIL + b"\r\n<html>", "a.eml", Kind.EML),
        (b"hello", "a.mht", Kind.TEXT),
    ],
)
def test_the_name_decides_between_texts_and_mails(content: bytes, name: str, kind: Kind) -> None:
    assert kind_of(content, name) is kind


def test_pictures_are_told_from_other_documents() -> None:
    assert is_picture(KINDS["png"][0])
    assert not is_picture(KINDS["pdf"][0])
    assert not is_picture(xlsx())


def test_a_type_that_expands_without_end_is_not_read_to_its_end() -> None:
    types = zipped({"[Content_Types].xml": bytes(80_000_000) + b"spreadsheetml.sheet.main"})
    assert kind_of(types) is Kind.DOCUMENT


def test_a_member_that_cannot_be_read_says_nothing() -> None:
    broken = Entry(b"mimetype", SPREADSHEET, zipfile.ZIP_DEFLATED, data=b"\xff\xff")
    assert kind_of(by_hand([broken])) is Kind.DOCUMENT


def test_an_xls_made_here_is_one() -> None:
    assert open_workbook(xls(7.5)).rows("Sheet1") == [[7.5]]


def test_a_password_is_looked_for_at_the_beginning_only() -> None:
    record = struct.pack("<2H", 0x2F, 0)
    for before, kind in ((0, Kind.ENCRYPTED), (1, Kind.ENCRYPTED), (9, Kind.XLS)):
        assert kind_of(ole({"Workbook": bytes(4 * before) + record})) is kind


@pytest.mark.office
def test_what_libreoffice_writes(tmp_path: Path) -> None:
    office_or_skip()
    path = tmp_path / "a.xlsx"
    path.write_bytes(xlsx())
    wanted = {"xls": Kind.XLS, "ods": Kind.ODS, "html": Kind.HTML, "csv": Kind.TEXT, "pdf": Kind.DOCUMENT}
    found = {kind: kind_of(convert([path], tmp_path / kind, kind)[0].read_bytes()) for kind in wanted}
    assert found == wanted
