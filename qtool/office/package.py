"""Zip packages of untrusted files: parts inflated within limits, relationships, and packages written anew."""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from qtool.office.markup import attributes, plain, tags
from qtool.office.unreadable import DAMAGED, SWOLLEN, Unreadable, locked

MOST_PART, MOST_TOGETHER, MOST_STREAMED = 64 << 20, 128 << 20, 256 << 20
"""Bytes that one part, all parts, and a part that is read bit by bit may have when they are inflated."""
_MOST_MEMBERS = 10_000
_CHUNK = 1 << 20

_PLAIN = re.compile(r"\w+(?:/\w+)*\.\w+", re.ASCII)

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part refers to: `kind` is the last word of its type, `target` a part's name or an outside address."""

    id: str
    kind: str
    target: str
    outside: bool


class Package:
    """The parts of a zip package; each is inflated when it is asked for, and none beyond the limits."""

    def __init__(self, content: bytes) -> None:
        """Read the directory of a package; raises Unreadable."""
        self._content = content
        self._left = MOST_TOGETHER
        self._known: dict[str, bytes] = {}
        if content.count(b"PK\x01\x02") > _MOST_MEMBERS:
            raise Unreadable(SWOLLEN)
        try:
            members = zipfile.ZipFile(io.BytesIO(content)).infolist()
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError, struct.error) as error:
            raise Unreadable(DAMAGED) from error
        self._members = {_key(member.filename): member for member in members}
        if len(self._members) != len(members):
            raise Unreadable(DAMAGED)  # two parts of one name: every reader takes another one

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all parts, in small letters."""
        return tuple(self._members)

    def __contains__(self, name: str) -> bool:
        """Return whether there is a part of this name; case does not count."""
        return _key(name) in self._members

    def part(self, name: str) -> bytes:
        """Return a part's bytes; raises Unreadable where it is missing, damaged or too large."""
        key = _key(name)
        if key not in self._known:
            member, raw = self._raw(key)
            if member.file_size > min(MOST_PART, self._left):
                raise Unreadable(SWOLLEN)
            content = _whole(raw, member.compress_type, member.file_size)
            if len(content) != member.file_size or zlib.crc32(content) != member.CRC:
                raise Unreadable(DAMAGED)
            self._left -= len(content)
            self._known[key] = content
        return self._known[key]

    def xml(self, name: str) -> bytes:
        """Return a part of XML as plain UTF-8; raises Unreadable."""
        return plain(self.part(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield a large part bit by bit; raises Unreadable."""
        member, raw = self._raw(_key(name))
        crc = size = 0
        for chunk in _bits(raw, member.compress_type):
            size += len(chunk)
            crc = zlib.crc32(chunk, crc)
            if size > MOST_STREAMED:
                raise Unreadable(SWOLLEN)
            yield chunk
        if size != member.file_size or crc != member.CRC:
            raise Unreadable(DAMAGED)

    def size(self, name: str) -> int:
        """Return how large a part says it is when inflated."""
        return self._members[_key(name)].file_size

    def _raw(self, key: str) -> tuple[zipfile.ZipInfo, memoryview]:
        member = self._members.get(key)
        if member is None:
            raise Unreadable(DAMAGED)
        if member.flag_bits & 1:
            raise locked()
        start = member.header_offset
        header = self._content[start : start + _LOCAL.size] if start >= 0 else b""
        if len(header) < _LOCAL.size or not header.startswith(b"PK\x03\x04"):
            raise Unreadable(DAMAGED)
        begin = start + _LOCAL.size + sum(_LOCAL.unpack(header)[-2:])
        return member, memoryview(self._content)[begin : begin + member.compress_size]

    def relations(self, name: str) -> list[Relation]:
        """Return what a part refers to, '' being the package itself; raises Unreadable."""
        folder, base = posixpath.split(name)
        rels = posixpath.join(folder, "_rels", f"{base}.rels")
        if rels not in self:
            return []
        found = (attributes(tag.attributes) for tag in tags(self.xml(rels), "Relationship"))
        return [_relation(entries, folder) for entries in found]


def _key(name: str) -> str:
    return name.replace("\\", "/").strip("/").lower()


def _relation(entries: Mapping[str, str], folder: str) -> Relation:
    target, outside = entries.get("Target", ""), entries.get("TargetMode") == "External"
    if not outside:
        target = _inside(target, folder)
    return Relation(entries.get("Id", ""), entries.get("Type", "").rpartition("/")[2], target, outside)


def _inside(target: str, folder: str) -> str:
    """Return the part that a target names, seen from a folder."""
    if _PLAIN.fullmatch(target):
        return f"{folder}/{target}" if folder else target
    target = unquote(target.replace("\\", "/").partition("#")[0])
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


def _whole(raw: memoryview, method: int, size: int) -> bytes:
    """Return what so many bytes were packed into; one more than `size` where there is more."""
    if method == zipfile.ZIP_STORED:
        return bytes(raw[: size + 1])
    if method != zipfile.ZIP_DEFLATED:
        raise Unreadable(DAMAGED)
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(raw, size + 1)
    except zlib.error as error:
        raise Unreadable(DAMAGED) from error


def _bits(raw: memoryview, method: int) -> Iterator[bytes]:
    if method == zipfile.ZIP_STORED:
        yield bytes(raw)
        return
    if method != zipfile.ZIP_DEFLATED:
        raise Unreadable(DAMAGED)
    stream, rest = zlib.decompressobj(-zlib.MAX_WBITS), bytes(raw)
    try:
        while not stream.eof:
            chunk = stream.decompress(rest, _CHUNK)
            rest = stream.unconsumed_tail
            if not chunk and not rest and not stream.eof:
                raise Unreadable(DAMAGED)
            yield chunk
    except zlib.error as error:
        raise Unreadable(DAMAGED) from error


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Return a package of these parts, not compressed."""
    pieces, central, start = list[bytes](), list[bytes](), 0
    for name, content in parts.items():
        encoded, crc, size = name.encode(), zlib.crc32(content), len(content)
        shared = (0, 0, 0, 0x21, crc, size, size, len(encoded), 0)  # stored, on the first of January 1980
        pieces += (_LOCAL.pack(b"PK\x03\x04", 20, *shared), encoded, content)
        central += (_CENTRAL.pack(b"PK\x01\x02", 20, 20, *shared, 0, 0, 0, 0, start), encoded)
        start += _LOCAL.size + len(encoded) + size
    directory, count = b"".join(central), len(parts)
    return b"".join((*pieces, directory, _END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), start, 0)))
