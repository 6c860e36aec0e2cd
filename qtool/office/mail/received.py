"""A mail that came: who wrote it, when, about what, what is attached; read from its bytes, not from their labels."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from qtool.office.archive.members import Member, Room, Unopened
from qtool.office.mail.eml_file import mail_attachments, worded

_LONGEST = 20_000
"""Bytes of one header that are looked at."""
_CLOCK = timedelta(days=1)
"""How far a sender's clock may be ahead of the server's."""
_QUOTED = re.compile(rb'"(?:[^"\\]|\\.)*"|=\?[^?]*\?[BbQq]\?[^?]*\?=')
_IN_BRACKETS = re.compile(rb"<\s*([^<>\s@]+@[^<>\s@]+)\s*>")
_BARE = re.compile(rb"[^\s<>,;:\"()]+@[^\s<>,;:\"()]+")
_END = re.compile(rb"(?<=\n)\r?\n")
_HEADER = re.compile(rb"[ \t]|[!-9;-~]+[ \t]*:")
_VISIBLE = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class Heading:
    """What a mail's headers say: the sender's address in small letters, subject, when it was written or came.

    `mark` is the same for the same mail wherever and whenever it is found.
    """

    sender: str
    subject: str
    date: datetime
    mark: str


def heading(headers: bytes, came: datetime) -> Heading:
    """Return what a mail's raw headers say; `came`, when the server got it, stands in for a date that is wrong."""
    found = _fields(headers)
    marked = b"\n".join(found.get(name, b"") for name in ("message-id", "date", "from", "subject"))
    if not marked.strip():
        marked = headers
    subject = _VISIBLE.sub(" ", worded(found.get("subject", b""))).strip()
    return Heading(
        _address(found.get("from", b"") or found.get("sender", b"")),
        subject,
        _date(found.get("date", b""), came),
        hashlib.sha256(marked).hexdigest()[:32],
    )


def opened(content: bytes) -> tuple[list[Member], str]:
    """Return what is attached to a mail as far as it can be read, and why not further, or nothing.

    Its texts and the pictures in them are left out.
    """
    found: list[Member] = []
    try:
        for member in mail_attachments(_tidied(content), Room()):
            found.append(member)  # noqa: PERF402 - what came before it broke off counts
    except Unopened as refusal:
        return found, refusal.reason
    return found, ""


def _tidied(content: bytes) -> bytes:
    """Return a mail without the lines among its headers that are none: the parser would end the headers there."""
    end = _END.search(content)
    if end is None:
        return content
    lines = content[: end.start()].splitlines(keepends=True)
    good = [_HEADER.match(line) is not None for line in lines]
    if all(good):
        return content
    return b"".join(line for line, sound in zip(lines, good, strict=True) if sound) + content[end.start() :]


def _fields(headers: bytes) -> Mapping[str, bytes]:
    """Return each header's raw value, on one line, by its name in small letters; of several the first."""
    found: dict[str, bytes] = {}
    name = ""
    for line in headers.splitlines():
        if line[:1] in (b" ", b"\t"):
            if name and len(found[name]) < _LONGEST:
                found[name] += b" " + line.strip()
            continue
        before, colon, after = line.partition(b":")
        name = before.strip().decode("latin-1").lower() if colon else ""
        if name in found:
            name = ""
        if name:
            found[name] = after.strip()[:_LONGEST]
    return found


def _address(raw: bytes) -> str:
    """Return the address in a From header, however the name beside it is written."""
    bare = _QUOTED.sub(b" ", raw)
    inside = _IN_BRACKETS.findall(bare)
    found = inside[-1] if inside else next(iter(_BARE.findall(bare)), b"")
    return found.decode("ascii", "replace").lower()


def _date(raw: bytes, came: datetime) -> datetime:
    """Return when a mail was written, or when it came where its date cannot be right."""
    try:
        written = parsedate_to_datetime(raw.decode("ascii", "replace")).astimezone()
    except (ValueError, TypeError, OverflowError, OSError):
        return came
    return written if written <= came + _CLOCK and written.year >= 2000 else came
