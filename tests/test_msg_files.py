"""Returned mails of Outlook (.msg): what is attached, judged by two other readers."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import extract_msg
import olefile
import oxmsg
import pytest
from extract_msg.enums import AttachmentType, ErrorBehavior
from msg_cases import BOOK, GBK, MAILS, NAMES, PICTURE, Saved
from ole_cases import ole, xls

from qtool.office.archive.file_kind import Kind
from qtool.office.mail import msg_file
from qtool.office.unpack import NESTED_MAIL, Refused, unpack

RETURNS = Path(__file__).parent / "returns"
_BOOK = (RETURNS / "should_pass/丢了样式和封面.xlsx").read_bytes()
WRAPPED = {
    "should_pass/Outlook邮件.msg": (("评分表-市公安局.xlsx", _BOOK),),
    "should_fail/没有附件.msg": (),
}
FIXTURES = {name: Saved((RETURNS / name).read_bytes(), inside) for name, inside in WRAPPED.items()}
FIXTURES |= MAILS | {f"name: {name}": saved for name, (saved, _) in NAMES.items()}


def test_no_fixture_is_left_out() -> None:
    assert {path.relative_to(RETURNS).as_posix() for path in RETURNS.rglob("*.msg")} == set(WRAPPED)


def names(saved: Saved) -> list[tuple[str, ...]]:
    pieces, refused = unpack(saved.content, "回复.msg")
    assert refused == []
    assert {piece.content for piece in pieces} <= {BOOK}
    return [piece.inside for piece in pieces]


def test_an_outlook_mail_gives_its_attachments() -> None:
    small, big = xls(), BOOK
    assert len(small) < 4096 < len(big)
    pieces, refused = unpack(MAILS["attachments of all sizes"].content, "评分表.msg")
    assert refused == []
    assert [(piece.inside, piece.kind) for piece in pieces] == [
        ((GBK,), Kind.XLS),
        (("b.xlsx",), Kind.XLSX),
        (("c.csv",), Kind.TEXT),
        (("d",), Kind.EMPTY),
    ]
    assert [piece.content for piece in pieces[:3]] == [small, big, b"a,b"]


@pytest.mark.parametrize(("saved", "shown"), NAMES.values(), ids=NAMES)
def test_names_in_outlook_mails(saved: Saved, shown: str) -> None:
    assert names(saved) == [(shown,)]


def test_outlook_mails_in_outlook_mails() -> None:
    assert names(MAILS["a mail"]) == [("转发", "a.xlsx"), ("转发", "b.xlsx"), ("c.xlsx",)]
    assert names(MAILS["a saved mail"]) == [("b.msg", "a.xlsx")]
    pieces, refused = unpack(MAILS["a mail with a mail"].content, "")
    assert [piece.inside for piece in pieces] == [("c.xlsx",)]
    assert refused == [Refused(("x", "附件1"), NESTED_MAIL)]


def test_what_an_outlook_mail_does_not_hold() -> None:
    pieces, refused = unpack(MAILS["a link and an object"].content, "")
    assert [piece.inside for piece in pieces] == [("a.xlsx",)]
    assert refused == [Refused(("网盘.xlsx",), msg_file.ABSENT), Refused(("图表",), msg_file.EMBEDDED)]


def test_pictures_in_the_text_of_an_outlook_mail_are_passed_over() -> None:
    pieces, refused = unpack(MAILS["a picture in the text"].content, "")
    assert [(piece.inside, piece.content) for piece in pieces] == [(("照片.png",), PICTURE), (("a.xlsx",), BOOK)]
    assert refused == []


def test_archives_in_outlook_mails() -> None:
    assert names(MAILS["an archive"]) == [("a.zip", "a.xlsx")]


def test_an_outlook_mail_without_attachments_gives_nothing() -> None:
    broken = ole({"__properties_version1.0": b"x", "__attach_version1.0_#0": b"no storage"})
    for content in (MAILS["no attachments"].content, broken):
        assert unpack(content, "") == ([], [])


@pytest.mark.parametrize("saved", FIXTURES.values(), ids=FIXTURES)
def test_a_fixture_has_nothing_that_a_reader_of_compound_files_would_complain_of(saved: Saved) -> None:
    with olefile.OleFileIO(io.BytesIO(saved.content), raise_defects=olefile.DEFECT_UNSURE) as file:
        assert file.parsing_issues == []


def extracted(mail: Any) -> tuple[tuple[str, object], ...]:
    """Return what extract-msg sees attached."""
    found: list[tuple[str, object]] = []
    for attachment in mail.attachments:
        try:
            name = attachment.longFilename or attachment.shortFilename or attachment.displayName or ""
        except UnicodeDecodeError:  # it reads no half letters
            name = "\ud800x.xlsx"
        if attachment.type is AttachmentType.MSG:
            found.append((name, extracted(attachment.data)))
        else:
            found.append((name, attachment.data if attachment.type is AttachmentType.DATA else None))
    return tuple(found)


@pytest.mark.parametrize("saved", FIXTURES.values(), ids=FIXTURES)
def test_extract_msg_sees_the_same(saved: Saved) -> None:
    """It takes code page 936 for GB 2312, which lacks the sign in question, unless it is told better."""
    tolerant = ErrorBehavior.ATTACH_NOT_IMPLEMENTED
    mail: Any
    with extract_msg.openMsg(saved.content, errorBehavior=tolerant, overrideEncoding=saved.codec or None) as mail:
        assert (mail.classType, mail.subject) == ("IPM.Note", "报送评分表")
        assert [recipient.name for recipient in mail.recipients] == ["考核办"]
        assert extracted(mail) == saved.attachments


@pytest.mark.parametrize("saved", FIXTURES.values(), ids=FIXTURES)
def test_oxmsg_sees_the_same(saved: Saved) -> None:
    """It looks into no mail inside, at no short name, and takes texts of attachments in a code page for Latin-9."""
    mail = oxmsg.Message.load(saved.content)
    assert mail.message_class == "IPM.Note"
    assert mail.attachment_count == len(saved.attachments)
    for attachment, (name, content) in zip(mail.attachments, saved.attachments, strict=True):
        assert attachment.file_bytes == (content if isinstance(content, bytes) else None)
        if name == "\ud800x.xlsx":
            with pytest.raises(UnicodeDecodeError):
                str(attachment.file_name)
        elif (seen := attachment.file_name) is not None:
            assert (seen.encode("iso-8859-15").decode(saved.codec) if saved.codec else seen) == name


@pytest.mark.parametrize("saved", FIXTURES.values(), ids=FIXTURES)
def test_nothing_else_comes_out_of_a_fixture_than_is_in_it(saved: Saved) -> None:
    pieces, _ = unpack(saved.content, "")
    inside = {content for _, content in saved.attachments if isinstance(content, bytes)}
    assert {piece.content for piece in pieces} <= inside | {BOOK}
    assert len(pieces) <= len(saved.attachments) + 1
