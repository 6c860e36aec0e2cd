"""The directory of a zip file, read in memory and from the disk, as zipfile writes it and as nobody should."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest
from archive_cases import MEGABYTE, Entry, by_hand, full_overlap, quoted_overlap, xlsx, zipped

from qtool.office.archive.members import DAMAGED as BROKEN
from qtool.office.archive.members import Unopened, Unreadable
from qtool.office.archive.package import Package, repacked
from qtool.office.archive.zip_archive import Archive
from qtool.office.archive.zip_reader import DAMAGED, BadZip, ZipReader

BOOK = xlsx()
METHODS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]


def commented(content: bytes, comment: bytes) -> bytes:
    with zipfile.ZipFile(file := io.BytesIO(content), "a") as archive:
        archive.comment = comment
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        BOOK,
        zipped({}),
        zipped({"评分表.xlsx": BOOK, "材料/": b"", "材料/说明.txt": b"x" * 100}),
        commented(BOOK, b"c" * 65_535),
        b"PK00PK" + BOOK,
        bytes(70_000) + BOOK,
    ],
)
def test_memory_disk_and_zipfile_agree(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    with zipfile.ZipFile(path) as judge, path.open("rb") as file:
        for reader in (ZipReader(content), ZipReader(file)):
            assert [(e.name, e.method, e.crc, e.packed, e.size, e.start) for e in reader.entries] == [
                (i.filename, i.compress_type, i.CRC, i.compress_size, i.file_size, i.header_offset)
                for i in judge.infolist()
            ]
            assert [b"".join(reader.chunks(e)) for e in reader.entries] == [judge.read(i) for i in judge.infolist()]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("more", [0, 1, 7, 63, 258, 4_096])
def test_what_remains_after_a_whole_chunk_is_not_lost(method: int, more: int) -> None:
    content = bytes(MEGABYTE + more)
    reader = ZipReader(zipped({"a": content}, method))
    assert b"".join(reader.chunks(reader.entries[0])) == content
    assert reader.beginning(reader.entries[0], 10) == bytes(10)


def counted(content: bytes, change: int) -> bytes:
    at = content.rindex(b"PK\x05\x06") + 10
    count = struct.unpack_from("<H", content, at)[0] + change
    return content[:at] + struct.pack("<H", count) + content[at + 2 :]


SPOILT = {
    "one file more than there is": counted(BOOK, 1),
    "one file that is not counted": counted(BOOK, -1),
    "files in one place": full_overlap(2, 1_000),
    "files that quote each other": quoted_overlap(3, 1_000),
    "large figures that stand nowhere": by_hand([Entry(b"a", size=0xFFFFFFFF)]),
    "an end that is cut off": BOOK[:-1],
    "an extra field that is cut off": by_hand([Entry(b"a", extra=struct.pack("<2H", 7, 9) + b"x")]),
    "nothing": b"",
}


@pytest.mark.parametrize("content", SPOILT.values(), ids=SPOILT)
def test_a_directory_out_of_order_is_refused_by_all_who_read_one(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    with pytest.raises(BadZip, match=DAMAGED):
        ZipReader(content)
    with pytest.raises(Unopened, match=DAMAGED):
        Archive(path)
    with pytest.raises(Unreadable, match=BROKEN):
        Package(content)


def test_a_file_of_gigabytes_is_not_taken_into_memory(tmp_path: Path) -> None:
    """A place beyond four gigabytes needs eight bytes; what lies before it is a hole in the file."""
    path, far = tmp_path / "a.zip", 5 << 30
    text = "见表".encode()
    sizes = zlib.crc32(text), len(text), len(text)
    head = struct.pack("<4s5H3L2H", b"PK\x03\x04", 45, 0, 0, 0, 33, *sizes, 1, 0) + b"a"
    wide = struct.pack("<2HQ", 1, 8, far)
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 45, 45, 0, 0, 0, 33, *sizes, 1, len(wide), *[0] * 4, 0xFFFFFFFF)
    directory = entry + b"a" + wide
    start = far + len(head) + len(text)
    end = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, len(directory), start)
    end += struct.pack("<4sLQL", b"PK\x06\x07", 0, start + len(directory), 1)
    end += struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(directory), 0xFFFFFFFF, 0)
    with path.open("wb") as file:
        file.seek(far)
        file.write(head + text + directory + end)
    with zipfile.ZipFile(path) as judge:
        assert judge.read("a") == text
    tracemalloc.start()
    with Archive(path) as archive:
        (packed,) = archive.files()
        assert packed.parts == ("a",)
        assert b"".join(archive.chunks(packed)) == text
    assert tracemalloc.get_traced_memory()[1] < MEGABYTE
    tracemalloc.stop()


def wide(packed: int, size: int, start: int) -> bytes:
    """Return an archive of one file whose figures all stand in the field of those that need eight bytes."""
    content = bytearray(by_hand([Entry(b"a", b"abc", extra=struct.pack("<2H3Q", 1, 24, size, packed, start))]))
    at = content.rindex(b"PK\x01\x02")
    struct.pack_into("<2L", content, at + 20, 0xFFFFFFFF, 0xFFFFFFFF)
    struct.pack_into("<L", content, at + 42, 0xFFFFFFFF)
    return bytes(content)


@pytest.mark.parametrize("figures", [(3, 3, 2**63), (2**64 - 1, 3, 0), (2**64 - 1, 2**64 - 1, 2**64 - 1)])
def test_figures_beyond_any_disk_are_damage(tmp_path: Path, figures: tuple[int, int, int]) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(wide(*figures))
    with Archive(path) as archive, pytest.raises(Unopened):
        [list(archive.chunks(packed)) for packed in archive.files()]
    with pytest.raises(Unreadable):
        Package(path.read_bytes()).part("a")
    with pytest.raises(Unreadable):
        repacked(path.read_bytes(), {})


def test_a_file_that_needs_eight_bytes_for_nothing_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(wide(3, 3, 0))
    with Archive(path) as archive:
        assert [b"".join(archive.chunks(packed)) for packed in archive.files()] == [b"abc"]
    assert Package(path.read_bytes()).part("a") == b"abc"
    assert Package(repacked(path.read_bytes(), {"A": b"new"})).part("a") == b"new"


def test_a_size_that_fits_into_no_head_is_not_written_anew() -> None:
    with pytest.raises(Unreadable, match=BROKEN):
        repacked(wide(3, 2**40, 0), {})
