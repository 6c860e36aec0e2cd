"""Zip files from strangers, in memory or on the disk: the directory checked as a whole, contents expanded in pieces.

zipfile is not used for them: it makes an object for each of a million entries, and asks bzip2 and LZMA for all that a
block expands to, which is gigabytes from a few kilobytes.
"""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, NamedTuple

from qtool.office.archive.members import Unopened, decoded

DAMAGED = "压缩包已损坏"
TOO_MANY = "压缩包里的文件太多"
UNKNOWN_METHOD = "压缩包用了不常见的压缩方法，读不了"

STORED, DEFLATED = 0, 8
_BZIP2, _LZMA = 12, 14

_MOST_ENTRIES, _MOST_DIRECTORY, _MOST_EXTRA = 10_000, 4 << 20, 2_000
"""Entries of a directory, its bytes, and those of one entry's extra fields: far beyond real files."""
_CHUNK, _BLOCK = 1 << 20, 1 << 16
"""Bytes that are expanded at once, and of which."""
_LZMA_MEMORY = 256 << 20

_ENTRY = struct.Struct("<4s4x2H4x3L3H8xL")
"""What is taken of an entry: flags, method, checksum, both sizes, lengths of name, extra and comment, the start."""
_HEAD = struct.Struct("<4s22x2H")
"""What is taken of the head that stands before a file's data: the lengths of name and extra."""
_END, _LAST = struct.Struct("<4s6xH2LH"), 22 + 65_535
"""The end of a directory, and the bytes at the end of the file in which it stands."""
_WIDE_END = struct.Struct("<4s28x3Q4s16x")
"""The end of a directory whose figures need eight bytes (zip64), and the record that follows it."""
_LARGE, _MANY = 0xFFFFFFFF, 0xFFFF
"""Figures that stand elsewhere, because they need more bytes."""
_WIDE_FIGURES, _UNICODE_PATH = 1, 0x7075
"""Extra fields: figures of eight bytes; the name in UTF-8, which Info-ZIP and WinRAR write."""
_ENCRYPTED, _END_MARKED, _UTF8 = 0x1 | 0x40, 0x2, 0x800


class BadZip(Unopened):
    """A zip file, or one file in it, that cannot be read."""


class Entry(NamedTuple):
    """One file as the directory tells of it: `packed` and `size` are its bytes before and after it is expanded.

    `start` is where its head stands.
    """

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    start: int

    @property
    def encrypted(self) -> bool:
        """Whether it wants a password."""
        return bool(self.flags & _ENCRYPTED)


class ZipReader:
    """A zip file whose directory was read and found in order; everything raises BadZip, and OSError from the disk."""

    def __init__(self, source: bytes | BinaryIO) -> None:
        """Read the directory: of a file in memory, or of an open one, of which nothing else is read."""
        self._source = source
        self._size = len(source) if isinstance(source, bytes) else source.seek(0, 2)
        self.entries = self._directory()

    def _read(self, start: int, size: int) -> bytes:
        if isinstance(self._source, bytes):
            return self._source[start : start + size]
        if start >= self._size:  # a place may be said to be farther than any disk is large
            return b""
        self._source.seek(start)
        return self._source.read(size)

    def _directory(self) -> list[Entry]:
        count, size, offset, end = self._end()
        before = end - size - offset  # some programs put something before the zip file proper
        if before < 0:
            raise BadZip(DAMAGED)
        if size > _MOST_DIRECTORY:
            raise BadZip(TOO_MANY)
        table, at, entries = self._read(end - size, size), 0, list[Entry]()
        while at + _ENTRY.size <= size:
            sign, flags, method, crc, packed, full, *lengths, start = _ENTRY.unpack_from(table, at)
            name, extra, comment = lengths
            if sign != b"PK\x01\x02" or extra > _MOST_EXTRA:
                raise BadZip(DAMAGED)
            if len(entries) == _MOST_ENTRIES:
                raise BadZip(TOO_MANY)
            at += _ENTRY.size + name
            raw = table[at - name : at]
            fields = _extra_fields(table[at : at + extra]) if extra else {}
            if _LARGE in (packed, full, start):
                full, packed, start = _wide(fields.get(_WIDE_FIGURES, b""), full, packed, start)
            entries.append(Entry(_name(raw, flags, fields), flags, method, crc, packed, full, before + start))
            at += extra + comment
        if at != size or len(entries) & _MANY != count & _MANY or _overlapping(entries):
            raise BadZip(DAMAGED)
        return entries

    def _end(self) -> tuple[int, int, int, int]:
        """Return how many files the directory lists, its size, where it is said to begin, and where it ends."""
        start = max(0, self._size - _LAST)
        tail = self._read(start, _LAST)
        at = tail.rfind(b"PK\x05\x06", 0, max(0, len(tail) - _END.size + 4))
        if at < 0:
            raise BadZip(DAMAGED)
        _, count, size, offset, _ = _END.unpack_from(tail, at)
        end = start + at
        if (count == _MANY or _LARGE in (size, offset)) and end >= _WIDE_END.size:
            sign, *wide, follows = _WIDE_END.unpack(self._read(end - _WIDE_END.size, _WIDE_END.size))
            if (sign, follows) == (b"PK\x06\x06", b"PK\x06\x07"):
                (count, size, offset), end = wide, end - _WIDE_END.size
        return count, size, offset, end

    def _data(self, entry: Entry) -> int:
        """Return where a file's data begin."""
        head = self._read(entry.start, _HEAD.size)
        if len(head) < _HEAD.size or not head.startswith(b"PK\x03\x04"):
            raise BadZip(DAMAGED)
        _, name, extra = _HEAD.unpack(head)
        return entry.start + _HEAD.size + int(name) + int(extra)

    def packed(self, entry: Entry) -> bytes:
        """Return a file's data as they are packed; they may break off."""
        return self._read(self._data(entry), entry.packed)

    def chunks(self, entry: Entry) -> Iterator[bytes]:
        """Yield a file's content in pieces of bounded size, however many; its checksum is compared at the end."""
        crc = 0
        for chunk in self._expanded(entry):
            crc = zlib.crc32(chunk, crc)
            yield chunk
        if crc != entry.crc:
            raise BadZip(DAMAGED)

    def beginning(self, entry: Entry, most: int) -> bytes:
        """Return the first bytes of a file, or nothing where it cannot be read."""
        content = bytearray()
        try:
            for chunk in self._expanded(entry):
                content += chunk
                if len(content) >= most:
                    break
        except BadZip:
            return b""
        return bytes(content[:most])

    def _expanded(self, entry: Entry) -> Iterator[bytes]:
        start = self._data(entry)
        blocks = self._blocks(start, entry.packed)
        if entry.method == STORED:
            return blocks
        if entry.method == DEFLATED:
            return _drained(zlib.decompressobj(-zlib.MAX_WBITS), blocks)
        if entry.method == _BZIP2:
            return _drained(bz2.BZ2Decompressor(), blocks)
        if entry.method == _LZMA:
            return _drained(lzma.LZMADecompressor(lzma.FORMAT_ALONE, _LZMA_MEMORY), self._lzma(entry, start))
        raise BadZip(UNKNOWN_METHOD)

    def _blocks(self, start: int, size: int) -> Iterator[bytes]:
        for at in range(start, start + size, _BLOCK):
            block = self._read(at, min(_BLOCK, start + size - at))
            if not block:
                return
            yield block

    def _lzma(self, entry: Entry, start: int) -> Iterator[bytes]:
        """Yield LZMA data as those of a .lzma file: only there can the memory be limited."""
        size = int.from_bytes(self._read(start + 2, 2), "little")
        length = b"\xff" * 8 if entry.flags & _END_MARKED else entry.size.to_bytes(8, "little")
        yield self._read(start + 4, size) + length
        yield from self._blocks(start + 4 + size, entry.packed - 4 - size)


def _extra_fields(extra: bytes) -> dict[int, bytes]:
    fields, at = dict[int, bytes](), 0
    while at + 4 <= len(extra):
        tag, size = struct.unpack_from("<2H", extra, at)
        at += 4 + size
        if at > len(extra):
            raise BadZip(DAMAGED)
        fields.setdefault(tag, extra[at - size : at])
    return fields


def _wide(field: bytes, *figures: int) -> list[int]:
    """Return figures, those that did not fit into four bytes from the field of those that need eight."""
    wide = iter(struct.unpack_from(f"<{len(field) // 8}Q", field))
    try:
        return [next(wide) if figure == _LARGE else figure for figure in figures]
    except StopIteration:
        raise BadZip(DAMAGED) from None


def _name(raw: bytes, flags: int, fields: dict[int, bytes]) -> str:
    """Return a file's name: from UTF-8 where the zip file gives it so, or else from the bytes that stand there."""
    if flags & _UTF8:
        return raw.decode(errors="replace")
    field = fields.get(_UNICODE_PATH, b"")
    if field[5:] and field[:5] == struct.pack("<BL", 1, zlib.crc32(raw)):  # of this name, and of no earlier one
        return field[5:].decode(errors="replace")
    return raw.decode() if raw.isascii() else decoded(raw, otherwise="cp437")


def _overlapping(entries: list[Entry]) -> bool:
    """Return whether two files share bytes, as they do where a zip file is to expand without end."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.start):
        if entry.start < end:
            return True
        end = entry.start + _HEAD.size + entry.packed
    return False


def _drained(decompressor: Any, blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield what some data expand to, never more than a chunk at once."""
    for block in blocks:
        waiting, chunk = block, b""
        while not decompressor.eof and (waiting or len(chunk) == _CHUNK):
            try:
                chunk = decompressor.decompress(waiting, _CHUNK)
            except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, MemoryError) as error:
                raise BadZip(DAMAGED) from error
            waiting = getattr(decompressor, "unconsumed_tail", b"")
            yield chunk
        if decompressor.eof:
            return
