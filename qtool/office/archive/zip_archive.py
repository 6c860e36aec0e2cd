"""Zip archives from strangers: the directory looked over before it is read, contents expanded piece by piece.

zipfile reads the directory; contents are expanded here, because it asks bzip2 and LZMA for all that a block expands
to, which is gigabytes from a few kilobytes.
"""

from __future__ import annotations

import bz2
import io
import lzma
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator

from qtool.office.archive.members import MEMBERS, Member, Room, Unopened, decoded, is_litter, shown_name

DAMAGED = "压缩包已损坏"
TOO_MANY = "压缩包里的文件太多"
TOO_LARGE = "压缩包解开后太大"
ENCRYPTED = "压缩包设有密码"
UNKNOWN_METHOD = "压缩包用了不常见的压缩方法，读不了"

_LARGEST = 100 << 20
"""No workbook of one department is nearly as large."""
_RATIO, _RATIO_FLOOR = 200, 16 << 20
"""Real files shrink to a hundredth at best; below the floor nothing can do harm, however much it shrank."""
_CHUNK = 1 << 20
_BLOCK = 1 << 16
_LZMA_MEMORY = 256 << 20

_DIRECTORY_SIZE = 4 << 20
_DIRECTORY_ENTRIES = 10_000
_EXTRA = 2_000
"""Far beyond real archives: zipfile makes an object for each entry, and walks extra fields in quadratic time."""
_BROKEN = (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, OverflowError)
"""What zipfile raises on a broken directory; UnicodeDecodeError is a ValueError. struct.error is none of them."""

_ENTRY = b"PK\x01\x02"
_LOCAL = struct.Struct("<4s5H3L2H")
_ENCRYPTED_FLAGS = 0x1 | 0x40
_UTF8 = 0x800
_END_MARKED = 0x2
_UNICODE_PATH = 0x7075


class _Spoilt(Exception):
    """A member whose content cannot be had whole."""


class _LookedOver(io.BytesIO):
    """An archive that zipfile may read only while its directory is of a size that archives have."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _DIRECTORY_SIZE:
            raise Unopened(TOO_MANY)
        data = super().read(size)
        look_over(data)
        return data


def look_over(data: bytes) -> None:
    """Raise Unopened where some bytes are a directory larger than archives have."""
    at = count = 0
    while data.startswith(_ENTRY, at) and at + 34 <= len(data):
        name, extra, comment = struct.unpack_from("<3H", data, at + 28)
        at, count = at + 46 + name + extra + comment, count + 1
        if extra > _EXTRA:
            raise Unopened(DAMAGED)
        if count > _DIRECTORY_ENTRIES:
            raise Unopened(TOO_MANY)


def directory(content: bytes) -> list[zipfile.ZipInfo]:
    """Return an archive's entries, unread; raises Unopened."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # later Pythons warn of doubtful extra fields
            with zipfile.ZipFile(_LookedOver(content)) as archive:
                return archive.infolist()
    except (*_BROKEN, struct.error) as error:
        raise Unopened(DAMAGED) from error


def peek(content: bytes, entry: zipfile.ZipInfo, most: int) -> bytes:
    """Return the beginning of a member, or nothing where it cannot be read."""
    found = bytearray()
    try:
        for chunk in _expanded(content, entry):
            found += chunk
            if len(found) >= most:
                break
    except _Spoilt:
        return b""
    return bytes(found[:most])


def zip_members(content: bytes, room: Room) -> Iterator[Member]:
    """Yield an archive's files, without folders and litter; raises Unopened when it may not be read any further."""
    entries = [entry for entry in directory(content) if not is_litter(entry_name(entry))]
    if len(entries) > MEMBERS:
        raise Unopened(TOO_MANY)
    if _overlapping(content, entries):
        raise Unopened(DAMAGED)
    for entry in entries:
        name = shown_name(entry_name(entry), "未命名文件")
        room.enter(TOO_MANY)
        if entry.flag_bits & _ENCRYPTED_FLAGS:
            continue
        try:
            yield Member(name, _content(content, entry, room))
        except _Spoilt as spoilt:
            yield Member(name, reason=str(spoilt))
    if any(entry.flag_bits & _ENCRYPTED_FLAGS for entry in entries):
        raise Unopened(ENCRYPTED)


def entry_name(entry: zipfile.ZipInfo) -> str:
    """Return a member's name: from UTF-8 where the archive says so, or else from the bytes that stand there."""
    if entry.flag_bits & _UTF8:
        return entry.orig_filename
    raw = entry.orig_filename.encode("cp437")
    return _unicode_path(entry.extra, raw) or decoded(raw, otherwise="cp437")


def _unicode_path(extra: bytes, raw: bytes) -> str:
    """Return the name that Info-ZIP and WinRAR give beside the bytes, when it is this name's."""
    at = 0
    while at + 4 <= len(extra):
        tag, size = struct.unpack_from("<2H", extra, at)
        field = extra[at + 4 : at + 4 + size]
        if tag == _UNICODE_PATH and field[:5] == struct.pack("<BL", 1, zlib.crc32(raw)):
            return field[5:].decode(errors="replace")
        at += 4 + size
    return ""


def _overlapping(content: bytes, entries: list[zipfile.ZipInfo]) -> bool:
    """Return whether two members share bytes, as they do in an archive that is to expand without end."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            return True
        start = _data_start(content, entry)
        if start < len(content):  # what is not there takes nothing from the others
            end = start + entry.compress_size
    return False


def _data_start(content: bytes, entry: zipfile.ZipInfo) -> int:
    """Return where a member's data begin, or the end of the archive when there is no member there."""
    at = entry.header_offset
    if at < 0 or at + _LOCAL.size > len(content) or not content.startswith(b"PK\x03\x04", at):
        return len(content)
    *_, name, extra = _LOCAL.unpack_from(content, at)
    return at + _LOCAL.size + int(name) + int(extra)


def _content(content: bytes, entry: zipfile.ZipInfo, room: Room) -> bytes:
    """Return a member's content; raises _Spoilt, or Unopened when there is no room for it."""
    most = min(_LARGEST, max(_RATIO_FLOOR, _RATIO * min(entry.compress_size, len(content))))
    chunks, size = [], 0
    for chunk in _expanded(content, entry):
        chunks.append(chunk)
        size += len(chunk)
        room.spend(len(chunk), TOO_LARGE)
        if size > most:
            raise _Spoilt(TOO_LARGE)
    whole = b"".join(chunks)
    if zlib.crc32(whole) != entry.CRC:
        raise _Spoilt(DAMAGED)
    return whole


def _expanded(content: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a member's content in chunks of bounded size; raises _Spoilt."""
    start = _data_start(content, entry)
    data = memoryview(content)[start : start + entry.compress_size]
    try:
        if entry.compress_type == zipfile.ZIP_STORED:
            yield from (bytes(data[at : at + _CHUNK]) for at in range(0, len(data), _CHUNK))
        elif entry.compress_type == zipfile.ZIP_DEFLATED:
            yield from _inflated(data)
        elif entry.compress_type == zipfile.ZIP_BZIP2:
            yield from _drained(bz2.BZ2Decompressor(), data)
        elif entry.compress_type == zipfile.ZIP_LZMA:
            yield from _lzma(entry, data)
        else:
            raise _Spoilt(UNKNOWN_METHOD)
    except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, MemoryError, struct.error) as error:
        raise _Spoilt(DAMAGED) from error


def _inflated(data: memoryview) -> Iterator[bytes]:
    decompressor = zlib.decompressobj(-zlib.MAX_WBITS)
    for at in range(0, len(data), _BLOCK):
        waiting: bytes | memoryview = data[at : at + _BLOCK]
        while waiting and not decompressor.eof:
            yield decompressor.decompress(waiting, _CHUNK)
            waiting = decompressor.unconsumed_tail


def _drained(decompressor: bz2.BZ2Decompressor | lzma.LZMADecompressor, data: memoryview) -> Iterator[bytes]:
    at = 0
    while not decompressor.eof and (at < len(data) or not decompressor.needs_input):
        block = data[at : at + _BLOCK] if decompressor.needs_input else b""
        at += len(block)
        chunk = decompressor.decompress(block, _CHUNK)
        if not chunk and not block:  # stuck: it wants nothing and gives nothing
            break
        yield chunk


def _lzma(entry: zipfile.ZipInfo, data: memoryview) -> Iterator[bytes]:
    """Yield what LZMA data expand to, read as a .lzma file: only there can the memory be limited."""
    (size,) = struct.unpack_from("<2xH", data)
    length = -1 if entry.flag_bits & _END_MARKED else entry.file_size
    file = b"".join((data[4 : 4 + size], struct.pack("<q", length), data[4 + size :]))
    yield from _drained(lzma.LZMADecompressor(lzma.FORMAT_ALONE, _LZMA_MEMORY), memoryview(file))
