"""Returned mails (.eml): their attachments, the names of these, and what is passed over."""

from __future__ import annotations

import base64
from email.message import EmailMessage
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from urllib.parse import quote

import pytest
from archive_cases import MAIL, mail, named, nested, part, xlsx

from qtool.office.archive.file_kind import Kind
from qtool.office.archive.members import TNEF
from qtool.office.mail import eml_file as mail_file
from qtool.office.unpack import NESTED_ARCHIVE, NESTED_MAIL, Piece, Refused, unpack

BOOK = xlsx()
GBK = "镕堃喆评分表.xlsx"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
RAW = GBK.encode("gbk")


def names(content: bytes) -> list[tuple[str, ...]]:
    pieces, refused = unpack(content, "回复.eml")
    assert refused == []
    assert {piece.content for piece in pieces} <= {BOOK}
    return [piece.inside for piece in pieces]


def word(text: bytes, label: str, encoding: str = "B") -> bytes:
    coded = base64.b64encode(text) if encoding in "bB" else b"".join(b"=%02X" % byte for byte in text)
    return f"=?{label}?{encoding}?".encode() + coded + b"?="


@pytest.mark.parametrize(
    "name",
    [
        b'="' + RAW + b'"',
        b"=" + RAW,
        b'="' + GBK.encode() + b'"',
        b'="' + word(RAW, "gb2312") + b'"',
        b'="' + word(RAW, "GB2312", "q") + b'"',
        b"=" + word(RAW, "gbk"),
        b"=" + word(RAW, "gb2312*zh-cn", "b"),
        b"=" + word(GBK.encode(), "utf-8", "Q"),
        b"=" + word(GBK.encode(), "UTF8"),
        b"=" + word(RAW, "unknown-8bit"),
        b"=" + word(RAW, "utf-8"),  # labelled wrongly
        b'="' + word(RAW[:3], "gb2312") + b"\r\n " + word(RAW[3:], "gb2312") + b'"',  # 堃 in two words
        b'="' + word(RAW[:4], "gb2312") + word(GBK[2:].encode(), "utf-8") + b'"',
        b'="' + word(RAW[:-5], "gb2312") + b'.xlsx"',
        b'="' + word(RAW[:6], "gb2312") + RAW[6:12] + word(b".xlsx", "us-ascii") + b'"',
        b"=" + word(RAW, "gb2312").replace(b"==?=", b"?="),  # without its padding
        b"*=gb2312''" + quote(RAW).encode(),
        b"*=UTF-8'zh-cn'" + quote(GBK).encode(),
        b"*=''" + quote(RAW).encode(),
        b"*0*=gb2312''" + quote(RAW[:5]).encode() + b";\r\n filename*1*=" + quote(RAW[5:]).encode(),
        b"*0*=utf-8''" + quote(GBK[:2]).encode() + b'; filename*1*="' + quote(GBK[2:]).encode() + b'"',
    ],
)
def test_names_are_decoded_from_their_bytes(name: bytes) -> None:
    assert names(mail(named(name, BOOK))) == [(GBK,)]
    head = b"Content-Type: application/octet-stream; name"
    assert names(mail(part(head + name.replace(b"filename*1", b"name*1"), BOOK))) == [(GBK,)]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b'="a b.xlsx"', "a b.xlsx"),
        (b'="../../x.xlsx"', "x.xlsx"),
        (b'="C:\\\\a\\\\x.xlsx"', "a › x.xlsx"),
        (b'="' + word(b"../x\0.xlsx", "utf-8") + b'"', "x.xlsx"),
        (b"*=utf-8''%2e%2e%2fx%E2%80%AE.xlsx", "x.xlsx"),
        (b'=""', "附件1"),
        (b"", "附件1"),
        (b"*0*=a; filename*=b", "附件1"),
        (b"*" + b"9" * 5_000 + b"=x", "附件1"),
        (b'="' + b"\xff\xfe" + b'"', "ÿþ"),
        (b"=" + word(b"x", "utf-8").replace(b"eA==", b"e"), "e"),
    ],
)
def test_names_from_outside_come_out_clean(name: bytes, shown: str) -> None:
    assert names(mail(named(name, BOOK))) == [(shown,)]


def test_attachments_without_names_are_numbered() -> None:
    bare = part(b"Content-Type: application/octet-stream", BOOK)
    text = part(b"Content-Type: text/plain\r\nContent-Disposition: attachment", BOOK)
    assert names(mail(bare, named(b"=a.xlsx", BOOK), text)) == [("附件1",), ("a.xlsx",), ("附件3",)]


def test_texts_and_their_pictures_are_passed_over() -> None:
    html = part(b"Content-Type: text/html; charset=gb2312", b"<img src=cid:1>")
    inline = part(b"Content-Type: image/png; name=a.png\r\nContent-ID: <1>", PICTURE)
    said = part(b"Content-Type: image/png\r\nContent-Disposition: inline; filename=a.png", PICTURE)
    report = part(b"Content-Type: message/delivery-status", b"Status: 5.0.0\r\n\r\n" * 9, b"7bit")
    assert unpack(mail(html, inline, said, report), "") == ([], [])
    sent = part(b"Content-Type: image/png\r\nContent-Disposition: attachment; filename=a.png", PICTURE)
    assert unpack(mail(sent), "") == ([Piece(("a.png",), Kind.DOCUMENT, PICTURE)], [])
    book = part(b"Content-Type: image/png\r\nContent-Disposition: inline; filename=a.png", BOOK)
    assert names(mail(book)) == [("a.png",)]


def test_what_the_standard_library_writes_is_read() -> None:
    message = EmailMessage()
    message["Subject"] = "评分表"
    message.set_content("见附件")
    message.add_attachment(BOOK, "application", "vnd.ms-excel", filename=GBK)
    assert names(message.as_bytes()) == [(GBK,)]
    older, attachment = MIMEMultipart(), MIMEApplication(BOOK)
    attachment.add_header("Content-Disposition", "attachment", filename=("gb18030", "", GBK))
    older.attach(attachment)
    assert names(MAIL + older.as_bytes()) == [(GBK,)]


@pytest.mark.parametrize(
    "encoding", [b"7bit", b"8bit", b"binary", b"quoted-printable", b"BASE64", b"base64; x", b"x-uuencode"]
)
def test_encodings(encoding: bytes) -> None:
    raw = b"a,b\r\n=1\r\n"
    coded = {
        b"q": b"a,b=0D=0A=3D1\r\n",
        b"b": base64.b64encode(raw),
        b"x": b"begin 644 a\r\n)82QB#0H],0T*\r\n`\r\nend\r\n",
    }
    body = coded.get(encoding[:1].lower() if encoding != b"binary" else b"", raw)
    pieces, refused = unpack(mail(part(b"Content-Type: application/x; name=a.csv", body, encoding)), "")
    assert refused == []
    assert [piece.content.rstrip() for piece in pieces] == [raw.rstrip()]


def test_base64_with_rubbish_in_it() -> None:
    coded = base64.encodebytes(BOOK)
    head = b"Content-Type: application/x; name=a.xlsx\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    assert names(mail(head + coded.replace(b"\n", b" !\r\n"))) == [("a.xlsx",)]
    assert names(mail(head + coded.rstrip(b"=\n"))) == [("a.xlsx",)]
    refused = unpack(mail(head + b"A" * 41), "")[1]
    assert refused == [Refused(("a.xlsx",), mail_file.SPOILT)]
    pieces, _ = unpack(mail(head + coded[: len(coded) // 2]), "")
    assert [piece.kind for piece in pieces] == [Kind.DAMAGED]


def test_a_mail_that_breaks_off_keeps_what_came() -> None:
    whole = mail(named(b"=a.xlsx", BOOK), named(b"=b.xlsx", BOOK))
    pieces, refused = unpack(whole[: whole.index(b"b.xlsx") + 60], "")
    assert (pieces[0].inside, pieces[0].kind) == (("a.xlsx",), Kind.XLSX)
    assert refused == []


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Type: multipart/mixed\r\n\r\n--x\r\n\r\nhello\r\n",
        b"Content-Type: multipart/mixed; boundary*0*=a; boundary*0=b\r\n\r\nx",
        b"Content-Type: multipart/mixed; boundary*\r\n\r\nx",
        b"Content-Type: multipart/mixed; boundary*" + b"9" * 5_000 + b"=x\r\n\r\nx",
        b"Content-Type: \xff\xfe; name=\xff\r\n\r\nx",
        b"Content-Type\r\n\r\nx",
        b"Message-ID: <[x].y@[z].w>\r\nTo: (c):\r\n\r\nx",
        b"\r\n",
    ],
)
def test_headers_that_nobody_should_write(head: bytes) -> None:
    pieces, refused = unpack(MAIL + head, "a.eml")
    assert {piece.kind for piece in pieces} <= {Kind.TEXT}
    assert {one.reason for one in refused} <= {mail_file.DAMAGED}


def test_a_mail_in_a_mail_is_opened_once() -> None:
    inner = mail(named(b"=a.xlsx", BOOK))
    for encoding in (b"8bit", b"base64"):
        message = b"Content-Type: message/rfc822"
        assert names(mail(part(message, inner, encoding))) == [("附件1", "a.xlsx")]
        assert names(mail(part(message + b"; name=b.eml", inner, encoding))) == [("b.eml", "a.xlsx")]
        assert names(mail(part(b"Content-Type: application/x; name=c.eml", inner, encoding))) == [("c.eml", "a.xlsx")]
        twice = mail(part(message, mail(part(message, inner, encoding)), encoding))
        assert unpack(twice, "") == ([], [Refused(("附件1", "附件1"), NESTED_MAIL)])
    bare = b"X-A: b\r\nContent-Type: application/x; name=a.xlsx\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    assert names(mail(part(b"Content-Type: message/rfc822", bare + base64.encodebytes(BOOK), b"8bit"))) == [
        ("附件1", "a.xlsx")
    ]


def test_archives_in_mails() -> None:
    content = mail(named(b"=a.zip", nested(2)), named(b"=b.zip", nested(3)))
    pieces, refused = unpack(content, "")
    assert [piece.inside for piece in pieces] == [("a.zip", "2.zip", "评分表.xlsx")]
    assert refused == [Refused(("b.zip", "2.zip", "3.zip"), NESTED_ARCHIVE)]


def test_winmail_is_named() -> None:
    tnef = part(b"Content-Type: application/ms-tnef; name=winmail.dat", b"\x78\x9f\x3e\x22" + bytes(40))
    spoilt = part(b"Content-Type: application/ms-tnef", b"x")
    assert unpack(mail(tnef, spoilt), "") == ([], [Refused(("winmail.dat",), TNEF), Refused(("附件2",), TNEF)])


def test_a_mail_without_attachments_gives_nothing() -> None:
    assert unpack(mail(), "") == ([], [])
