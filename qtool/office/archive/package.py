"""Zip packages of untrusted files: parts inflated within limits, relationships, and packages written anew."""

from __future__ import annotations

import posixpath
import re
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from qtool.office.archive.members import DAMAGED, SWOLLEN, Unreadable, locked
from qtool.office.archive.xml_reader import Events, plain, read_xml
from qtool.office.archive.zip_reader import DEFLATED, STORED, TOO_MANY, BadZip, Entry, ZipReader

MOST_PART, MOST_TOGETHER, MOST_STREAMED = 20 << 20, 60 << 20, 256 << 20
"""Bytes that one part, all parts, and all that is read bit by bit may have when they are inflated."""
MOST_RECORDS, MOST_FACTS = 32 << 20, 2 << 20
"""Bytes that a part may have which is gone through piece by piece, and one that only lists what there is."""
_LARGE = 8 << 20
"""Bytes from which a part is inflated bit by bit where it can be read so."""
_COMMON = 4_000
"""Bytes up to which relationships are remembered; few workbooks have more."""
_SHORT = 100
"""Letters up to which the name of a part is remembered."""
_PLAIN = re.compile(r"\w+(?:/\w+)*\.\w+", re.ASCII)

_SHARED, _REST = struct.Struct("<4H3L2H"), struct.Struct("<3H2L")
"""What the head of a part and its entry in the directory both say, and what only the entry does."""
_END = struct.Struct("<4s4H2LH")
_FOLLOWED, _UNICODE = 0x8, 0x800
"""Flags: sizes stand behind a part and not before it; a name is UTF-8."""

Bytes = bytes | memoryview


class Relation(NamedTuple):
    """What a part refers to: `kind` is the last word of its type, `target` a part's name or an outside address."""

    id: str
    kind: str
    target: str
    outside: bool


class Package:
    """The parts of a zip package; each is inflated when it is asked for, and none beyond the limits."""

    def __init__(self, content: bytes) -> None:
        """Read the directory of a package; raises Unreadable."""
        self._zip = _reader(content)
        self._left, self._streamed = MOST_TOGETHER, 0
        self._inflated: dict[str, bytes] = {}
        self._entries = {part_key(entry.name): entry for entry in self._zip.entries}
        if len(self._entries) < len(self._zip.entries):  # two parts of one name: every reader takes another one
            raise Unreadable(DAMAGED)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all parts, in small letters."""
        return tuple(self._entries)

    def __contains__(self, name: str) -> bool:
        """Return whether there is a part of this name; case does not count."""
        return part_key(name) in self._entries

    def part(self, name: str, most: int = MOST_PART) -> bytes:
        """Return a part's bytes; raises Unreadable where it is missing, damaged, or larger than `most`."""
        key = part_key(name)
        if key not in self._inflated:
            size = self._entry(key).size
            if size > min(most, self._left):
                raise Unreadable(SWOLLEN)
            self._left -= size
            self._inflated[key] = b"".join(self._chunks(key))
        return self._inflated[key]

    def xml(self, name: str, most: int = MOST_PART) -> bytes:
        """Return a part of XML as plain UTF-8; raises Unreadable."""
        return plain(self.part(name, most))

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield a large part bit by bit; raises Unreadable."""
        for chunk in self._chunks(name):
            self._streamed += len(chunk)
            if self._streamed > MOST_STREAMED:
                raise Unreadable(SWOLLEN)
            yield chunk

    def read(self, name: str, events: Events, most: int | None = None) -> None:
        """Let a part of XML be read, bit by bit where it is large and `most` does not limit it; raises Unreadable."""
        by_bits = most is None and name in self and self.size(name) > _LARGE
        read_xml(self.chunks(name) if by_bits else (self.part(name, most or MOST_PART),), events)

    def size(self, name: str) -> int:
        """Return how large a part says it is when inflated."""
        return self._entries[part_key(name)].size

    def _entry(self, name: str) -> Entry:
        entry = self._entries.get(part_key(name))
        if entry is not None and entry.encrypted:
            raise locked()
        if entry is None or entry.method not in (STORED, DEFLATED):
            raise Unreadable(DAMAGED)
        return entry

    def _chunks(self, name: str) -> Iterator[bytes]:
        """Yield a part's bytes, which must be as many as the directory says."""
        entry = self._entry(name)
        left = entry.size
        try:
            for chunk in self._zip.chunks(entry):
                left -= len(chunk)
                if left < 0:
                    break
                yield chunk
        except BadZip as error:
            raise Unreadable(DAMAGED) from error
        if left:
            raise Unreadable(DAMAGED)

    def relations(self, name: str) -> tuple[Relation, ...]:
        """Return what a part refers to, '' being the package itself; raises Unreadable."""
        folder, base = posixpath.split(name)
        rels = posixpath.join(folder, "_rels", f"{base}.rels")
        if rels not in self:
            return ()
        xml = self.part(rels, MOST_FACTS)
        return _known_relations(xml, folder) if len(xml) <= _COMMON else _relations(xml, folder)


def _reader(content: bytes) -> ZipReader:
    try:
        return ZipReader(content)
    except BadZip as error:
        raise Unreadable(SWOLLEN if error.reason == TOO_MANY else DAMAGED) from error


def repacked(content: bytes, instead: Mapping[str, bytes]) -> bytes:
    """Return a package with some parts replaced, all others in their order as they are packed; raises Unreadable."""
    package, new = _reader(content), {part_key(name): part for name, part in instead.items()}

    def parts() -> Iterator[tuple[Entry, Sequence[Bytes]]]:
        for entry in package.entries:
            own = new.get(part_key(entry.name))
            if own is not None:
                deflate = zlib.compressobj(wbits=-zlib.MAX_WBITS)
                raw = deflate.compress(own) + deflate.flush()
                yield Entry(entry.name, 0, DEFLATED, zlib.crc32(own), len(raw), len(own), 0), [raw]
                continue
            if entry.encrypted:
                raise locked()
            try:
                raw = package.packed(entry)
            except BadZip as error:
                raise Unreadable(DAMAGED) from error
            if len(raw) < entry.packed:
                raise Unreadable(DAMAGED)
            yield entry, [raw]

    try:
        return _written(parts())
    except struct.error as error:  # a size that is said to need more than four bytes, or a name that does
        raise Unreadable(DAMAGED) from error


def _written(parts: Iterable[tuple[Entry, Sequence[Bytes]]]) -> bytes:
    """Return a package of parts as they are packed, dated the first of January 1980."""
    pieces, central, start = list[Bytes](), list[bytes](), 0
    for entry, raw in parts:
        name = entry.name.encode()
        flags = (entry.flags & ~_FOLLOWED) | (0 if entry.name.isascii() else _UNICODE)
        shared = _SHARED.pack(flags, entry.method, 0, 0x21, entry.crc, entry.packed, entry.size, len(name), 0)
        pieces += (b"PK\x03\x04\x14\0", shared, name, *raw)
        central += (b"PK\x01\x02\x14\0\x14\0", shared, _REST.pack(0, 0, 0, 0, start), name)
        start += 30 + len(name) + entry.packed
    directory, count = b"".join(central), len(central) // 4
    return b"".join((*pieces, directory, _END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), start, 0)))


def part_key(name: str) -> str:
    """Return what tells whether two names are of the same part."""
    return _known_key(name) if len(name) <= _SHORT else _key(name)


def _key(name: str) -> str:
    return name.replace("\\", "/").strip("/").lower()


_known_key = lru_cache(maxsize=512)(_key)
"""Nearly all packages have parts of the same few names."""


class _RelationEvents(Events):
    """What reads relationships: the attributes of each."""

    wanted = ("Relationship",)

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[dict[str, str]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        if name == "Relationship":
            self.entries.append(attributes)


def _relations(xml: bytes, folder: str) -> tuple[Relation, ...]:
    events = _RelationEvents()
    read_xml((xml,), events)
    return tuple(_relation(entries, folder) for entries in events.entries)


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
