"""A mail that came: who wrote it, when, about what, what is attached; read from its bytes, not from their labels."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from qtool.office.archive.members import Member, Room, Unopened
from qtool.office.mail.eml_file import decoded_words, mail_attachments

_LONGEST = 20_000
"""Bytes of one header that are looked at."""
_CLOCK = timedelta(days=1)
"""How far a sender's clock may be ahead of the server's."""
_QUOTED = re.compile(rb'"(?:[^"\\]|\\.)*"|=\?[^?]*\?[BbQq]\?[^?]*\?=')
_IN_BRACKETS = re.compile(rb"<\s*([^<>\s@]+@[^<>\s@]+)\s*>")
_BARE = re.compile(rb"[^\s<>,;:\"()]+@[^\s<>,;:\"()]+")
_END = re.compile(rb"(?<=\n)\r?\n")
_HEADER = re.compile(rb"[ \t]|[!-9;-~]+[ \t]*:")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class Heading:
    """What a mail's headers say: the sender's address in small letters, subject, when it was written or came.

    `mark` is the same for the same mail wherever and whenever it is found.
    """

    sender: str
    subject: str
    date: datetime
    mark: str


def read_heading(headers: bytes, arrival: datetime) -> Heading:
    """Return what a mail's raw headers say; `arrival` at the server stands in for a date that is wrong."""
    fields = _fields(headers)
    identity = b"\n".join(fields.get(name, b"") for name in ("message-id", "date", "from", "subject"))
    return Heading(
        _address(fields.get("from", b"") or fields.get("sender", b"")),
        _CONTROLS.sub(" ", decoded_words(fields.get("subject", b""))).strip(),
        _date(fields.get("date", b""), arrival),
        hashlib.sha256(identity if identity.strip() else headers).hexdigest()[:32],
    )


def read_attachments(content: bytes) -> tuple[list[Member], str]:
    """Return what is attached to a mail as far as it can be read, and why not further, or nothing.

    Its texts and the pictures in them are left out.
    """
    members: list[Member] = []
    try:
        for member in mail_attachments(_without_bad_lines(content), Room()):
            members.append(member)  # noqa: PERF402 - what came before it broke off counts
    except Unopened as refusal:
        return members, refusal.reason
    return members, ""


def _without_bad_lines(content: bytes) -> bytes:
    """Return a mail without the lines among its headers that are no headers: the parser would end them there."""
    end = _END.search(content)
    if end is None:
        return content
    lines = content[: end.start()].splitlines(keepends=True)
    headers = [line for line in lines if _HEADER.match(line)]
    return content if len(headers) == len(lines) else b"".join(headers) + content[end.start() :]


def _fields(headers: bytes) -> Mapping[str, bytes]:
    """Return each header's raw value, on one line, by its name in small letters; of several the first."""
    fields: dict[str, bytes] = {}
    name = ""
    for line in headers.splitlines():
        if line[:1] in (b" ", b"\t"):
            if name and len(fields[name]) < _LONGEST:
                fields[name] += b" " + line.strip()
            continue
        before, colon, after = line.partition(b":")
        name = before.strip().decode("latin-1").lower() if colon else ""
        if name in fields:
            name = ""
        if name:
            fields[name] = after.strip()[:_LONGEST]
    return fields


def _address(raw: bytes) -> str:
    """Return the address in a From header, however the name beside it is written."""
    bare = _QUOTED.sub(b" ", raw)
    in_brackets = _IN_BRACKETS.findall(bare)
    address = in_brackets[-1] if in_brackets else next(iter(_BARE.findall(bare)), b"")
    return address.decode("ascii", "replace").lower()


def _date(raw: bytes, arrival: datetime) -> datetime:
    """Return when a mail was written, or when it arrived where its date cannot be right."""
    try:
        written = parsedate_to_datetime(raw.decode("ascii", "replace")).astimezone()
    except (ValueError, TypeError, OverflowError, OSError):
        return arrival
    return written if written <= arrival + _CLOCK and written.year >= 2000 else arrival
