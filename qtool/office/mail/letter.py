"""A letter as bytes: ASCII throughout, every line short, Chinese names of files written in both ways that there are.

What the standards say today (RFC 2231) old Foxmail shows as “未命名附件”; what it reads (RFC 2047 in `name=`) the
standards do not allow. Programs take what they know. QQ refuses a sender that is not written as here.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import quote

_WORD = 39
"""Bytes of text in one encoded word: with its frame and the header's name it stays below 76 signs."""
_LINE = 57
"""Bytes that fill a line of 76 signs in base64."""
_PLAIN = re.compile(r"[A-Za-z0-9 ._()-]+")
_TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".zip": "application/zip",
    ".pdf": "application/pdf",
    ".txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a letter."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who sends or gets letters, by name and address."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What is written to whom, before it is bytes; a recipient without an address is not named."""

    recipient: Party
    subject: str
    text: str
    attachments: tuple[Attachment, ...] = ()


def draft(letter: Letter) -> bytes:
    """Return a letter that mail programs open as a draft: without sender, date and number, which they give it."""
    return b"X-Unsent: 1\r\n" + _headers(_addressed(letter)) + _content(letter)


def compose(letter: Letter, sender: Party, number: str, date: datetime) -> bytes:
    """Return a letter ready to be sent; `number` is its Message-ID with the angle brackets."""
    first = [("Date", format_datetime(date)), ("Message-ID", number), ("From", _party(sender))]
    return _headers([*first, *_addressed(letter)]) + _content(letter)


def _addressed(letter: Letter) -> list[tuple[str, str]]:
    to = [("To", _party(letter.recipient))] if letter.recipient.address else []
    return [*to, ("Subject", encoded(letter.subject))]


def _party(party: Party) -> str:
    return f"{encoded(party.name)} <{party.address}>" if party.name else f"<{party.address}>"


def encoded(text: str) -> str:
    """Return a text for a header: as it is where it is plain, or else as encoded words, each on a line of its own."""
    text = "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text)
    if _PLAIN.fullmatch(text) and len(text) <= _WORD:
        return text
    return "\r\n ".join(f"=?utf-8?B?{base64.b64encode(piece).decode()}?=" for piece in _pieces(text))


def _pieces(text: str) -> Iterator[bytes]:
    """Yield a text in pieces of UTF-8 that do not break a sign."""
    piece = b""
    for sign in text:
        raw = sign.encode(errors="replace")
        if len(piece) + len(raw) > _WORD:
            yield piece
            piece = b""
        piece += raw
    yield piece


def _headers(pairs: list[tuple[str, str]]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in pairs).encode("ascii")


def _content(letter: Letter) -> bytes:
    contents = [letter.text.encode(), *(attachment.content for attachment in letter.attachments)]
    mark = hashlib.sha256(b"".join(hashlib.sha256(content).digest() for content in contents)).hexdigest()[:24]
    outer, inner = f"=_qtool_{mark}", f"=_qtool_text_{mark}"
    texts = [
        (f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64", text.encode())
        for kind, text in (("plain", letter.text), ("html", _html(letter.text)))
    ]
    both = _parts(inner, [f"{head}\r\n\r\n".encode("ascii") + _base64(content) for head, content in texts])
    first = f'Content-Type: multipart/alternative; boundary="{inner}"\r\n\r\n'.encode("ascii") + both
    parts = [first, *(_attachment(attachment) for attachment in letter.attachments)]
    head = f'MIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n boundary="{outer}"\r\n\r\n'
    return head.encode("ascii") + _parts(outer, parts)


def _parts(boundary: str, parts: list[bytes]) -> bytes:
    mark = f"--{boundary}".encode("ascii")
    return b"".join(mark + b"\r\n" + part for part in parts) + mark + b"--\r\n"


def _attachment(attachment: Attachment) -> bytes:
    name = attachment.name
    kind = _TYPES.get(name[name.rfind(".") :].lower(), "application/octet-stream")
    file_name = f'filename="{name}"' if _PLAIN.fullmatch(name) else f"filename*=utf-8''{quote(name, safe='')}"
    head = (
        f'Content-Type: {kind};\r\n name="{encoded(name)}"\r\n'
        "Content-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment;\r\n {file_name}\r\n\r\n"
    )
    return head.encode("ascii") + _base64(attachment.content)


def _base64(content: bytes) -> bytes:
    text, step = base64.b64encode(content), _LINE // 3 * 4
    return b"".join(text[at : at + step] + b"\r\n" for at in range(0, len(text), step))


def _html(text: str) -> str:
    """Return a text as a page that any mail program shows: a paragraph for each line, nothing more."""
    lines = "".join(f'<p style="margin:0">{html.escape(line) or "&nbsp;"}</p>' for line in text.splitlines())
    style = "font-family:'Microsoft YaHei','PingFang SC',sans-serif;font-size:15px;line-height:1.6"
    return f'<html><head><meta charset="utf-8"></head><body><div style="{style}">{lines}</div></body></html>'
