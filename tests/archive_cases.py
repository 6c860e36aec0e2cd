"""Archives and mails as they come, and as they come from somebody who means harm; every byte is made here."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from openpyxl import Workbook

MEGABYTE = 1 << 20
_LOCAL, _CENTRAL, _END = "<4s5H3L2H", "<4s6H3L5H2L", "<4s4H2LH"


@cache
def xlsx(text: str = "评分表") -> bytes:
    """Return a workbook."""
    content = io.BytesIO()
    book = Workbook()
    book.worksheets[0]["A1"] = text
    book.save(content)
    return content.getvalue()


def zipped(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an archive as zipfile writes it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return content.getvalue()


@dataclass(frozen=True)
class Entry:
    """One member of an archive that is written by hand, true in everything that is not said otherwise."""

    name: bytes
    content: bytes = b""
    method: int = zipfile.ZIP_STORED
    flags: int = 0
    extra: bytes = b""
    data: bytes | None = None
    size: int | None = None
    crc: int | None = None

    def head(self) -> bytes:
        """Return the header that stands before the data."""
        return struct.pack(_LOCAL, b"PK\x03\x04", 20, self.flags, *self._common(), len(self.name), 0) + self.name

    def central(self, at: int) -> bytes:
        """Return the entry in the directory."""
        lengths = len(self.name), len(self.extra), 0, 0, 0, 0, at
        head = struct.pack(_CENTRAL, b"PK\x01\x02", 20, 20, self.flags, *self._common(), *lengths)
        return head + self.name + self.extra

    def _common(self) -> tuple[int, ...]:
        crc = zlib.crc32(self.content) if self.crc is None else self.crc
        size = len(self.content) if self.size is None else self.size
        return self.method, 0, 33, crc, len(self.raw), size

    @property
    def raw(self) -> bytes:
        """The data as they stand in the archive."""
        return self.content if self.data is None else self.data


def by_hand(entries: Sequence[Entry], places: Sequence[int] | None = None, body: bytes | None = None) -> bytes:
    """Return an archive; where the body is given, so are the places of its members."""
    if body is None or places is None:
        places, body = [], b""
        for entry in entries:
            places.append(len(body))
            body += entry.head() + entry.raw
    directory = b"".join(entry.central(at) for entry, at in zip(entries, places, strict=True))
    count = min(len(entries), 0xFFFF)
    return body + directory + struct.pack(_END, b"PK\x05\x06", 0, 0, count, count, len(directory), len(body), 0)


def deflated(content: bytes) -> bytes:
    """Return a raw deflate stream."""
    return zlib.compress(content, 9, wbits=-15)


def bomb(size: int) -> bytes:
    """Return an archive of one member that expands to so many zeros, a thousand times its own size."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = compressor.compress(bytes(64 * MEGABYTE)) + compressor.flush(zlib.Z_FULL_FLUSH)
    data = block * (size // (64 * MEGABYTE)) + zlib.compressobj(wbits=-15).flush()
    return by_hand([Entry(b"bomb.xlsx", method=8, data=data, size=min(size, 0xFFFFFFFE), crc=0)])


def full_overlap(members: int, size: int) -> bytes:
    """Return an archive whose members are all the same bytes, as in 42.zip's successors."""
    zeros = bytes(size)
    entry = Entry(b"a.xlsx", zeros, 8, data=deflated(zeros), crc=zlib.crc32(zeros))
    return by_hand([entry] * members, [0] * members, entry.head() + entry.raw)


def quoted_overlap(members: int, size: int) -> bytes:
    """Return an archive in which each member quotes the header of the next and goes on as that (David Fifield)."""
    entry = Entry(f"{members}.xlsx".encode(), bytes(size), 8, data=deflated(bytes(size)))
    entries, body = [entry], entry.head() + entry.raw
    for number in range(members - 1, 0, -1):
        quoted = entry.head()
        block = struct.pack("<B2H", 0, len(quoted), len(quoted) ^ 0xFFFF) + quoted
        content, data = quoted + entry.content, block + entry.raw
        entry = Entry(f"{number}.xlsx".encode(), content, 8, data=data)
        entries.append(entry)
        body = entry.head() + block + body[len(quoted) :]
    lengths = [len(entry.head()) + 5 for entry in reversed(entries)]
    return by_hand(entries[::-1], [sum(lengths[:at]) for at in range(members)], body)


def crowd(members: int) -> bytes:
    """Return an archive of so many members without content."""
    entries = [Entry(b"%06d" % number) for number in range(members)]
    return by_hand(entries, [36 * number for number in range(members)], b"".join(entry.head() for entry in entries))


def swollen(members: int) -> bytes:
    """Return an archive whose directory has 16,000 extra fields for each member."""
    return by_hand([Entry(b"%d.xlsx" % number, extra=bytes(64_000)) for number in range(members)])


def nested(depth: int) -> bytes:
    """Return a workbook in so many archives, each in the other."""
    content, name = xlsx(), "评分表.xlsx"
    for number in range(depth):
        content, name = zipped({name: content}), f"{depth - number}.zip"
    return content


def encrypted(entry: Entry) -> Entry:
    """Return a member that says that it wants a password."""
    return replace(entry, flags=entry.flags | 1)


MAIL = b"From: a@x.cn\r\nTo: b@x.cn\r\nSubject: =?gb2312?B?xsA=?=\r\nMIME-Version: 1.0\r\n"


def part(headers: bytes, content: bytes, encoding: bytes = b"base64") -> bytes:
    """Return a part of a mail."""
    body = base64.encodebytes(content).replace(b"\n", b"\r\n") if encoding == b"base64" else content
    return headers + b"\r\nContent-Transfer-Encoding: " + encoding + b"\r\n\r\n" + body


def named(name: bytes, content: bytes) -> bytes:
    """Return an attachment; the name stands as it is behind the equals sign."""
    head = b"Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename"
    return part(head + name, content)


def mail(*parts: bytes) -> bytes:
    """Return a mail with a short text and these parts."""
    every = part(b"Content-Type: text/plain", b"hello", b"7bit"), *parts
    mark = b"=_%08x" % zlib.crc32(b"".join(parts))  # no other than that of a mail inside
    lines = [b'Content-Type: multipart/mixed; boundary="' + mark + b'"\r\n\r\n']
    lines += [b"--" + mark + b"\r\n" + one + b"\r\n" for one in every]
    return MAIL + b"".join(lines) + b"--" + mark + b"--\r\n"
