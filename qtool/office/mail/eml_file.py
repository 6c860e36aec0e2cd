"""Mails as .eml files: their attachments, under the names that the sender's program wrote, whatever its label says."""

from __future__ import annotations

import binascii
import itertools
import re
from collections.abc import Iterator
from email.errors import InvalidBase64LengthDefect
from email.message import Message
from email.parser import BytesFeedParser
from email.policy import Compat32

from qtool.office.archive.file_kind import is_picture
from qtool.office.archive.members import MEMBERS, TNEF, Member, Room, Unopened, decoded, shown_name

DAMAGED = "邮件已损坏"
TOO_MANY = "邮件里的附件太多"
TOO_LARGE = "邮件太大"
TOO_COMPLEX = "邮件的结构太复杂，读不了"
SPOILT = "附件已损坏"

_LARGEST = 45 << 20
"""Providers pass on 50 MB of attachments at most, and the parser takes six times a mail's size."""
_PARTS = 1_000
"""Texts, pictures and attachments; the parser makes an object for each before anybody can count."""
_COMPARISONS = 15_000_000
"""The parser compares every line with the boundaries of all the parts around it: two seconds at most."""
_HEADER_LENGTH, _PARAMETERS = 8_000, 50
"""The parser takes quadratic time over the parameters of a header."""
_BLOCK = 1 << 16
_BROKEN = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)
"""What the parser raises on headers that nobody should write."""

_MESSAGE = "application/x-message-"
_MAIL_TYPES = (f"{_MESSAGE}rfc822", f"{_MESSAGE}global")
_BODIES = ("text/plain", "text/html", "text/enriched", "text/calendar", "text/x-amp-html")
_TNEF_TYPES = ("application/ms-tnef", "application/vnd.ms-tnef")
_WORD = re.compile(rb"=\?([^?*]*)(?:\*[^?]*)?\?([BbQq])\?([^?]*)\?=")


class _Headers(Compat32):
    """Headers given back as they came: decoded by their label they would lose what the label does not cover.

    Mails inside mails are left whole, as attachments of a type that the parser does not look into.
    """

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        value = ";".join(re.sub("[\r\n]", "", value[:_HEADER_LENGTH]).split(";")[:_PARAMETERS])
        if name.lower() == "content-transfer-encoding":
            value = value.partition(";")[0].strip()
        elif name.lower() == "content-type":
            value = re.sub("^[ \t]*message/", _MESSAGE, value, flags=re.IGNORECASE)
        return name, value

    def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002 - the policy's own signature
        return value


def mail_attachments(content: bytes, room: Room) -> Iterator[Member]:
    """Yield what is attached to a mail, without its texts and the pictures in them; raises Unopened."""
    if len(content) > _LARGEST:
        raise Unopened(TOO_LARGE)
    lines, boundaries = max(content.count(b"\n"), content.count(b"\r")), content.lower().count(b"boundary")
    if lines * (1 + boundaries) > _COMPARISONS:
        raise Unopened(TOO_COMPLEX)
    try:
        parts = [part for part in _parsed(content).walk() if _is_attached(part)]
    except _BROKEN as error:
        raise Unopened(DAMAGED) from error
    if len(parts) > MEMBERS:
        raise Unopened(TOO_MANY)
    for number, part in enumerate(parts, 1):
        room.enter(TOO_MANY)
        member = _member(part, f"附件{number}")
        if part.get_content_disposition() == "attachment" or not is_picture(member.content):
            room.spend(len(member.content), TOO_LARGE)
            yield member


def _parsed(content: bytes) -> Message:
    """Return a mail with all its parts; raises Unopened, or one of _BROKEN."""
    number = itertools.count(1)

    def part(policy: Compat32) -> Message:
        if next(number) > _PARTS:
            raise Unopened(TOO_MANY)
        return Message(policy)

    parser = BytesFeedParser(part, policy=_Headers())  # type: ignore[arg-type]  # typeshed knows no such factory
    start = len(content) - len(content.removeprefix(b"\xef\xbb\xbf").lstrip())
    for at in range(start, len(content), _BLOCK):
        parser.feed(content[at : at + _BLOCK])
    return parser.close()


def _is_attached(part: Message) -> bool:
    if not isinstance(part.get_payload(), str) or part.get_content_maintype() == "multipart":
        return False
    kind = part.get_content_type()
    if kind.startswith(_MESSAGE):
        return kind in _MAIL_TYPES
    return kind not in _BODIES or part.get_content_disposition() == "attachment" or bool(_file_name(part))


def _member(part: Message, otherwise: str) -> Member:
    name = shown_name(_file_name(part), otherwise)
    kind = part.get_content_type()
    if kind in _TNEF_TYPES:
        return Member(name, reason=TNEF)
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes) or any(isinstance(defect, InvalidBase64LengthDefect) for defect in part.defects):
        return Member(name, reason=SPOILT)
    return Member(name, content, mail=kind in _MAIL_TYPES)


def _file_name(part: Message) -> str:
    """Return the name that a part was given, or nothing."""
    for header, key in (("content-disposition", "filename"), ("content-type", "name")):
        try:
            text = part.get_param(key, None, header)
            if isinstance(text, tuple):  # RFC 2231: label, language, and one sign for each byte
                return decoded(text[2].encode("latin-1", "surrogateescape"), text[0] or "")
            if text:
                return decoded_words(text.encode("ascii", "surrogateescape"))
        except _BROKEN:
            continue
    return ""


def decoded_words(raw: bytes) -> str:
    """Return a text with its encoded words (RFC 2047) decoded; neighbours may share a letter's bytes."""
    pieces: list[tuple[str, bytes]] = []
    at = 0
    for word in _WORD.finditer(raw):
        between, at = raw[at : word.start()], word.end()
        label, data = word[1].decode("latin-1").lower(), _word_bytes(word[2], word[3])
        if between.strip():
            pieces.append(("", between))
        elif pieces and pieces[-1][0] == label:
            data = pieces.pop()[1] + data
        pieces.append((label, data))
    pieces.append(("", raw[at:]))
    return "".join(decoded(data, label) for label, data in pieces)


def _word_bytes(encoding: bytes, data: bytes) -> bytes:
    if encoding in b"qQ":
        return binascii.a2b_qp(data, header=True)
    try:
        return binascii.a2b_base64(data + b"==")
    except binascii.Error:
        return data
