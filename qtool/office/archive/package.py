"""Zip packages of untrusted files: parts inflated within limits, relationships, and packages written anew."""

from __future__ import annotations

import contextlib
import posixpath
import re
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from qtool.office.archive.markup import attributes, plain, tags
from qtool.office.archive.unreadable import DAMAGED, SWOLLEN, Unreadable, locked

MOST_PART, MOST_TOGETHER, MOST_STREAMED = 20 << 20, 60 << 20, 256 << 20
"""Bytes that one part, all parts, and all that is read bit by bit may have when they are inflated."""
MOST_RECORDS, MOST_FACTS = 32 << 20, 2 << 20
"""Bytes that a part may have which is gone through piece by piece, and one that only lists what there is."""
_MOST_MEMBERS = 10_000
_CHUNK, _PIECE = 1 << 20, 1 << 14
"""Bytes that are inflated at once, and of which; a piece of this size swells to 16 MiB at most."""
_COMMON = 4_000
"""Bytes up to which relationships are remembered; few workbooks have more."""
_SHORT = 100
"""Letters up to which the name of a part is remembered."""
_PLAIN = re.compile(r"\w+(?:/\w+)*\.\w+", re.ASCII)

_STORED, _DEFLATED = 0, 8
_LAST = 22 + 65_535
"""Bytes at the end of a package in which the end of its directory stands."""
_LOCAL = struct.Struct("<4s5H3L2H")
_SHARED, _REST = struct.Struct("<4H3L2H"), struct.Struct("<3H2L")
"""What the head of a part and its entry both say, and what only the entry does."""
_END = struct.Struct("<4s4H2LH")
_WIDE_END = struct.Struct("<4sQ2H2L4Q")
_ENTRY = struct.Struct("<4s4x2H4x3L3H8xL")
"""What is taken of an entry: flags, method, checksum, both sizes, lengths of name, extra and comment, the start."""
_LARGE = 0xFFFFFFFF
_FOLLOWED, _UNICODE = 0x8, 0x800
"""Flags: sizes stand behind a part and not before it; a name is UTF-8."""

Bytes = bytes | memoryview


class Relation(NamedTuple):
    """What a part refers to: `kind` is the last word of its type, `target` a part's name or an outside address."""

    id: str
    kind: str
    target: str
    outside: bool


class Member(NamedTuple):
    """Where a part is in a package: its flags, how and into how much it is packed, and where its own head begins."""

    flags: int
    method: int
    crc: int
    packed: int
    size: int
    start: int


class Package:
    """The parts of a zip package; each is inflated when it is asked for, and none beyond the limits."""

    def __init__(self, content: bytes) -> None:
        """Read the directory of a package; raises Unreadable."""
        self._content = content
        self._left, self._streamed = MOST_TOGETHER, 0
        self._known: dict[str, bytes] = {}
        self._members: dict[str, Member] = {}
        for name, member in _directory(content):
            key = part_key(name)
            if key in self._members:  # two parts of one name: every reader takes another one
                raise Unreadable(DAMAGED)
            self._members[key] = member

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all parts, in small letters."""
        return tuple(self._members)

    def __contains__(self, name: str) -> bool:
        """Return whether there is a part of this name; case does not count."""
        return part_key(name) in self._members

    def part(self, name: str, most: int = MOST_PART) -> bytes:
        """Return a part's bytes; raises Unreadable where it is missing, damaged, or larger than `most`."""
        key = part_key(name)
        if key not in self._known:
            member, raw = self.raw(key)
            if member.size > min(most, self._left):
                raise Unreadable(SWOLLEN)
            content = _whole(raw, member.method, member.size)
            if len(content) != member.size or zlib.crc32(content) != member.crc:
                raise Unreadable(DAMAGED)
            self._left -= len(content)
            self._known[key] = content
        return self._known[key]

    def xml(self, name: str, most: int = MOST_PART) -> bytes:
        """Return a part of XML as plain UTF-8; raises Unreadable."""
        return plain(self.part(name, most))

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield a large part bit by bit; raises Unreadable."""
        member, raw = self.raw(part_key(name))
        crc = size = 0
        for chunk in _bits(raw, member.method):
            size += len(chunk)
            self._streamed += len(chunk)
            crc = zlib.crc32(chunk, crc)
            if self._streamed > MOST_STREAMED:
                raise Unreadable(SWOLLEN)
            yield chunk
        if size != member.size or crc != member.crc:
            raise Unreadable(DAMAGED)

    def keep(self, size: int) -> None:
        """Count so many bytes of what was read bit by bit among all parts; raises Unreadable."""
        self._left -= size
        if self._left < 0:
            raise Unreadable(SWOLLEN)

    def size(self, name: str) -> int:
        """Return how large a part says it is when inflated."""
        return self._members[part_key(name)].size

    def raw(self, name: str) -> tuple[Member, memoryview]:
        """Return where a part is, and its bytes as they are packed; raises Unreadable."""
        member = self._members.get(part_key(name))
        if member is None:
            raise Unreadable(DAMAGED)
        if member.flags & 1:
            raise locked()
        start = member.start
        header = self._content[start : start + _LOCAL.size]
        if len(header) < _LOCAL.size or not header.startswith(b"PK\x03\x04"):
            raise Unreadable(DAMAGED)
        begin = start + _LOCAL.size + sum(_LOCAL.unpack(header)[-2:])
        return member, memoryview(self._content)[begin : begin + member.packed]

    def relations(self, name: str) -> tuple[Relation, ...]:
        """Return what a part refers to, '' being the package itself; raises Unreadable."""
        folder, base = posixpath.split(name)
        rels = posixpath.join(folder, "_rels", f"{base}.rels")
        if rels not in self:
            return ()
        xml = self.xml(rels, MOST_FACTS)
        return _known_relations(xml, folder) if len(xml) <= _COMMON else _relations(xml, folder)


def repacked(content: bytes, instead: Mapping[str, bytes]) -> bytes:
    """Return a package with some parts replaced, all others in their order as they are packed; raises Unreadable."""
    package, new = Package(content), {part_key(name): part for name, part in instead.items()}
    pieces, central, start = list[Bytes](), list[bytes](), 0
    for name, member in _directory(content):
        own = new.get(part_key(name))
        if own is None:
            flags, method, crc, packed_size, size = member[:5]
            _, raw = package.raw(name)
            if len(raw) < packed_size:
                raise Unreadable(DAMAGED)
        else:
            deflate = zlib.compressobj(wbits=-zlib.MAX_WBITS)
            raw = memoryview(deflate.compress(own) + deflate.flush())
            flags, method, crc, packed_size, size = 0, _DEFLATED, zlib.crc32(own), len(raw), len(own)
        encoded = name.encode()
        flags = (flags & ~_FOLLOWED) | (0 if name.isascii() else _UNICODE)
        shared = _SHARED.pack(flags, method, 0, 0x21, crc, packed_size, size, len(encoded), 0)
        pieces += (b"PK\x03\x04\x14\0", shared, encoded, raw)
        central += (b"PK\x01\x02\x14\0\x14\0", shared, _REST.pack(0, 0, 0, 0, start), encoded)
        start += _LOCAL.size + len(encoded) + packed_size
    directory, count = b"".join(central), len(central) // 4
    return b"".join((*pieces, directory, _END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), start, 0)))


def _directory(content: bytes) -> Iterator[tuple[str, Member]]:
    """Yield the name and the place of every part, as the directory at the end of a package tells; raises Unreadable."""
    count, size, offset, end = _ending(content)
    if count > _MOST_MEMBERS:
        raise Unreadable(SWOLLEN)
    before, position = end - size - offset, end - size  # some programs put something before the package proper
    if before < 0:
        raise Unreadable(DAMAGED)
    for _ in range(count):
        if position + _ENTRY.size > end:
            raise Unreadable(DAMAGED)
        sign, flags, method, crc, packed, full, name, extra, comment, start = _ENTRY.unpack_from(content, position)
        if sign != b"PK\x01\x02":
            raise Unreadable(DAMAGED)
        position += _ENTRY.size
        if _LARGE in (packed, full, start):
            full, packed, start = _wide(content[position + name : position + name + extra], full, packed, start)
        yield (
            _decoded(content[position : position + name], flags),
            Member(flags, method, crc, packed, full, before + start),
        )
        position += name + extra + comment


def _ending(content: bytes) -> tuple[int, int, int, int]:
    """Return how many parts a directory lists, its size, where it is said to begin, and where it ends."""
    end = content.rfind(b"PK\x05\x06", max(0, len(content) - _LAST))
    if end < 0 or end + _END.size > len(content):
        raise Unreadable(DAMAGED)
    *_, count, size, offset, _ = _END.unpack_from(content, end)
    if count == 0xFFFF or _LARGE in (size, offset):
        end = content.rfind(b"PK\x06\x06", max(0, end - _LAST), end)
        if end < 0 or end + _WIDE_END.size > len(content):
            raise Unreadable(DAMAGED)
        count, size, offset = _WIDE_END.unpack_from(content, end)[-3:]
    return count, size, offset, end


def _wide(extra: bytes, *figures: int) -> list[int]:
    """Return figures that did not fit into four bytes and stand behind the name instead; raises Unreadable."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            wide = iter(struct.unpack_from(f"<{min(size, len(extra) - at - 4) // 8}Q", extra, at + 4))
            return [next(wide, 0) if figure == _LARGE else figure for figure in figures]
        at += 4 + size
    raise Unreadable(DAMAGED)


def _decoded(name: bytes, flags: int) -> str:
    try:
        return name.decode("utf-8" if flags & 0x800 or name.isascii() else "gb18030")
    except UnicodeDecodeError:
        return name.decode("cp437")


def part_key(name: str) -> str:
    """Return what tells whether two names are of the same part."""
    return _known_key(name) if len(name) <= _SHORT else _key(name)


def _key(name: str) -> str:
    return name.replace("\\", "/").strip("/").lower()


_known_key = lru_cache(maxsize=512)(_key)
"""Nearly all packages have parts of the same few names."""


def _relations(xml: bytes, folder: str) -> tuple[Relation, ...]:
    return tuple(_relation(attributes(tag.attributes), folder) for tag in tags(xml, "Relationship"))


_known_relations = lru_cache(maxsize=64)(_relations)
"""The workbooks of a campaign all refer to the same parts."""


def _relation(entries: Mapping[str, str], folder: str) -> Relation:
    target, outside = entries.get("Target", ""), entries.get("TargetMode") == "External"
    if not outside:
        target = _inside(target, folder)
    return Relation(entries.get("Id", ""), entries.get("Type", "").rpartition("/")[2], target, outside)


def _inside(target: str, folder: str) -> str:
    """Return the part that a target names, seen from a folder."""
    if _PLAIN.fullmatch(target):
        return f"{folder}/{target}" if folder else target
    from urllib.parse import unquote  # noqa: PLC0415 - few targets need it

    target = unquote(target.replace("\\", "/").partition("#")[0])
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


def _whole(raw: memoryview, method: int, size: int) -> bytes:
    """Return what so many bytes were packed into; more than `size`, but not much, where there is more."""
    if method == _STORED:
        return bytes(raw[: size + 1])
    if method != _DEFLATED:
        raise Unreadable(DAMAGED)
    if len(raw) <= _PIECE:
        with contextlib.suppress(zlib.error):  # what ends too early is left to the slower way
            return zlib.decompress(raw, -zlib.MAX_WBITS, size or 1)
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(raw, size + 1)
    except zlib.error as error:
        raise Unreadable(DAMAGED) from error


def _bits(raw: memoryview, method: int) -> Iterator[bytes]:
    if method == _STORED:
        yield bytes(raw)
        return
    if method != _DEFLATED:
        raise Unreadable(DAMAGED)
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for start in range(0, len(raw), _PIECE):
            rest: Bytes = raw[start : start + _PIECE]
            while rest and not stream.eof:
                yield stream.decompress(rest, _CHUNK)
                rest = stream.unconsumed_tail
    except zlib.error as error:
        raise Unreadable(DAMAGED) from error


def packed(parts: Mapping[str, Sequence[Bytes]]) -> bytes:
    """Return a package of these parts, each given piece by piece, not compressed."""
    pieces, central, start = list[Bytes](), list[bytes](), 0
    for name, content in parts.items():
        encoded, crc, size = name.encode(), 0, 0
        for piece in content:
            crc = zlib.crc32(piece, crc)
            size += len(piece)
        shared = _SHARED.pack(
            0, 0, 0, 0x21, crc, size, size, len(encoded), 0
        )  # stored, dated the first of January 1980
        pieces += (b"PK\x03\x04\x14\0", shared, encoded, *content)
        central += (b"PK\x01\x02\x14\0\x14\0", shared, _REST.pack(0, 0, 0, 0, start), encoded)
        start += _LOCAL.size + len(encoded) + size
    directory, count = b"".join(central), len(parts)
    return b"".join((*pieces, directory, _END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), start, 0)))
