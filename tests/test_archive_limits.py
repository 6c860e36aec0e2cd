"""Files that are made to exhaust, and files that chance made: they end soon, in little memory, and never raise."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from archive_cases import (
    MAIL,
    MEGABYTE,
    Entry,
    bomb,
    by_hand,
    crowd,
    deflated,
    full_overlap,
    mail,
    named,
    nested,
    part,
    quoted_overlap,
    swollen,
    xlsx,
    zipped,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msg_cases import attached, msg
from ole_cases import ole, xls

from qtool.office.archive import zip_archive, zip_reader
from qtool.office.archive.file_kind import Kind, kind_of
from qtool.office.archive.members import Member, Room, Unopened
from qtool.office.mail import eml_file as mail_file
from qtool.office.mail import msg_file
from qtool.office.unpack import NESTED_ARCHIVE, Piece, Refused, unpack

pytestmark = pytest.mark.lengthy

BOOK = xlsx()
SECONDS = 5
"""Ten times what the slowest takes on a quiet machine."""
TOO_MANY, TOO_LARGE, DAMAGED = zip_reader.TOO_MANY, zip_archive.TOO_LARGE, zip_reader.DAMAGED


def measured(content: bytes, name: str = "材料.zip") -> tuple[list[Piece], list[Refused], float, float]:
    """Unpack a file, and return also the seconds and the MB that it took beyond the file itself."""
    tracemalloc.start()
    started = time.process_time()
    try:
        pieces, refused = unpack(content, name)
        return pieces, refused, time.process_time() - started, tracemalloc.get_traced_memory()[1] / MEGABYTE
    finally:
        tracemalloc.stop()


def repeated(members: int, content: bytes) -> bytes:
    entry = Entry(b"", content, 8, data=deflated(content), crc=zlib.crc32(content))
    return by_hand([replace(entry, name=b"%d.bin" % number) for number in range(members)])


def bzip2_bomb() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_BZIP2) as archive, archive.open("a.xlsx", "w") as member:
        for _ in range(300):
            member.write(bytes(MEGABYTE))
    return content.getvalue()


BOMBS: dict[str, tuple[Callable[[], bytes], set[str], int]] = {
    "10 GB in 10 MB": (lambda: bomb(10_000 * MEGABYTE), {TOO_LARGE}, 110),
    "500 MB in 500 KB": (lambda: bomb(500 * MEGABYTE), {TOO_LARGE}, 110),
    "17 MB in 17 KB": (lambda: zipped({"a.xlsx": bytes(17 * MEGABYTE)}), {TOO_LARGE}, 20),
    "300 MB in 300 bytes": (bzip2_bomb, {TOO_LARGE}, 20),
    "200 members of 15 MB": (lambda: repeated(200, bytes(range(256)) * 60_000), {TOO_LARGE}, 220),
    "all members in one place": (lambda: full_overlap(150, 10 * MEGABYTE), {DAMAGED}, 2),
    "all members in one place, too many": (lambda: full_overlap(50_000, 10 * MEGABYTE), {TOO_MANY}, 12),
    "members that quote each other": (lambda: quoted_overlap(150, MEGABYTE), {DAMAGED}, 2),
    "five archives in each other": (lambda: nested(5), {NESTED_ARCHIVE}, 2),
    "100,000 members": (lambda: crowd(100_000), {TOO_MANY}, 12),
    "9,000 members": (lambda: crowd(9_000), {TOO_MANY}, 12),
    "100 names of 60,000 letters": (lambda: by_hand([Entry(b"a" * 60_000)] * 100), {TOO_MANY}, 15),
    "swollen directories": (lambda: swollen(50), {DAMAGED}, 5),
    "members that expand to nothing": (
        lambda: by_hand([Entry(b"a.xlsx", method=8, data=b"\0\0\0\xff\xff" * 4_000_000, crc=1)]),
        {DAMAGED},
        2,
    ),
    "archives of many archives": (
        lambda: zipped({f"{n}.zip": zipped({f"{m}.txt": b"" for m in range(150)}) for n in range(150)}),
        {TOO_MANY},
        4,
    ),
    "archives of many bombs": (
        lambda: zipped(dict.fromkeys([f"{n}.zip" for n in range(9)], repeated(2, bytes(15 * MEGABYTE)))),
        {TOO_LARGE},
        220,
    ),
}


@pytest.mark.parametrize(("make", "reasons", "most"), BOMBS.values(), ids=BOMBS)
def test_bombs_do_no_harm(make: Callable[[], bytes], reasons: set[str], most: int) -> None:
    pieces, refused, seconds, memory = measured(make())
    assert {one.reason for one in refused} == reasons
    assert sum(len(piece.content) for piece in pieces) <= 200 * MEGABYTE
    assert len(pieces) <= 1_000
    assert seconds < SECONDS
    assert memory < most


def test_overlapping_members_are_what_they_seem_to_zipfile() -> None:
    """The bombs go off in other programs: zipfile expands the first and the last member to what is promised."""
    with zipfile.ZipFile(io.BytesIO(quoted_overlap(3, 1_000))) as archive:
        assert [entry.file_size for entry in archive.infolist()] == [1_072, 1_036, 1_000]
        assert len(archive.read("3.xlsx")) == 1_000
    with zipfile.ZipFile(io.BytesIO(bomb(128 * MEGABYTE))) as archive, archive.open("bomb.xlsx") as member:
        member._expected_crc = None  # type: ignore[attr-defined]  # noqa: SLF001 - nobody sums up zeros for this
        assert sum(len(chunk) for chunk in iter(lambda: member.read(MEGABYTE), b"")) == 128 * MEGABYTE


def test_what_is_allowed_passes() -> None:
    for content in (bytes(15 * MEGABYTE), bytes(range(256)) * (60 * MEGABYTE // 256)):
        assert unpack(by_hand([Entry(b"a", content)]), "a.zip")[0][0].content == content
    assert unpack(zipped({"a": bytes(15 * MEGABYTE)}), "a.zip")[1] == []
    pieces, refused = unpack(zipped({f"{number}.xlsx": BOOK for number in range(200)}), "a.zip")
    assert (len(pieces), refused) == (200, [])
    assert unpack(zipped({f"{number}.xlsx": BOOK for number in range(201)}), "a.zip") == ([], [Refused((), TOO_MANY)])


def test_a_member_of_more_than_100_mb_leaves_the_others() -> None:
    large = by_hand([Entry(b"a.bin", b"\1" * (101 * MEGABYTE)), Entry(b"b.xlsx", BOOK)])
    pieces, refused = unpack(large, "a.zip")
    assert [piece.inside for piece in pieces] == [("b.xlsx",)]
    assert refused == [Refused(("a.bin",), TOO_LARGE)]


def test_sizes_in_the_directory_are_not_believed() -> None:
    shrunk = Entry(b"a.xlsx", BOOK, 8, data=deflated(BOOK), size=10)
    assert unpack(by_hand([shrunk]), "a.zip")[0] == [Piece(("a.xlsx",), Kind.XLSX, BOOK)]
    hidden = Entry(b"a.xlsx", bytes(20 * MEGABYTE), 8, data=deflated(bytes(20 * MEGABYTE)), size=10)
    assert unpack(by_hand([hidden]), "a.zip") == ([], [Refused(("a.xlsx",), TOO_LARGE)])


@pytest.mark.parametrize(
    ("read", "content", "many", "large"),
    [
        (zip_archive.zip_members, zipped({"a.xlsx": BOOK}), TOO_MANY, TOO_LARGE),
        (mail_file.mail_attachments, mail(named(b"=a.xlsx", BOOK)), mail_file.TOO_MANY, mail_file.TOO_LARGE),
        (msg_file.msg_attachments, msg(attached(BOOK)), msg_file.TOO_MANY, msg_file.TOO_LARGE),
    ],
)
def test_all_containers_share_the_room(
    read: Callable[[bytes, Room], Iterator[Member]], content: bytes, many: str, large: str
) -> None:
    room = Room()
    assert next(read(content, room)).content == BOOK
    room.spend(200 * MEGABYTE - 2 * len(BOOK), "")
    assert next(read(content, room)).content == BOOK
    with pytest.raises(Unopened, match=large):
        next(read(content, room))
    room = Room()
    for _ in range(999):
        room.enter("")
    assert next(read(content, room)).content == BOOK
    with pytest.raises(Unopened, match=many):
        next(read(content, room))


def multipart(depth: int, body: bytes) -> bytes:
    heads = b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(depth))
    return MAIL + heads + body


MAILS: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "90 MB": (lambda: mail(named(b"=a", b"x" * (62 * MEGABYTE))), {mail_file.TOO_LARGE}),
    "4 million lines": (lambda: MAIL + b"\r\n" + b"\n" * 4_000_000, set()),
    "16 million lines": (lambda: MAIL + b"\r\n" + b"\n" * 16_000_000, {mail_file.TOO_COMPLEX}),
    "lines in 900 parts": (lambda: multipart(900, b"\n" * 20_000), {mail_file.TOO_COMPLEX}),
    "900 parts in each other": (lambda: multipart(900, b"x"), set()),
    "20,000 parts in each other": (lambda: multipart(20_000, b"x"), {mail_file.TOO_COMPLEX}),
    "2,000 parts": (
        lambda: MAIL + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 2_000,
        {mail_file.TOO_MANY},
    ),
    "201 attachments": (lambda: mail(*[named(b"=a.xlsx", BOOK)] * 201), {mail_file.TOO_MANY}),
    "a header of 20 MB": (lambda: MAIL + b"Content-Type: x/y; " + b'a="b;' * 4_000_000 + b"\n\nx", set()),
    "a name of 40 MB": (lambda: mail(named(b'="' + b"a" * 40_000_000 + b'"', BOOK)), set()),
    "many long headers": (
        lambda: mail(*[part(b'Content-Type: text/plain; a="' + b";" * 7_900, b"x")] * 900),
        set(),
    ),
    "a million reports": (lambda: MAIL + b"Content-Type: message/delivery-status\n\n" + b"\n" * 1_000_000, set()),
    "mails in each other": (lambda: MAIL + b"Content-Type: message/rfc822\n\n" * 100_000, set()),
    "a bomb": (
        lambda: mail(named(b"=a.zip", bomb(640 * MEGABYTE)), named(b"=b.zip", bomb(640 * MEGABYTE))),
        {TOO_LARGE},
    ),
}


@pytest.mark.parametrize(("make", "reasons"), MAILS.values(), ids=MAILS)
def test_mails_do_no_harm(make: Callable[[], bytes], reasons: set[str]) -> None:
    content = make()
    started = time.process_time()
    _, refused = unpack(content, "a.eml")
    assert {one.reason for one in refused} <= reasons | {mail_file.DAMAGED, "邮件里套着邮件，套了太多层"}
    assert reasons <= {one.reason for one in refused}
    assert time.process_time() - started < SECONDS


def test_a_mail_takes_a_few_times_its_size() -> None:
    content = mail(named(b"=a.xlsx", bytes(range(256)) * 40_000))
    pieces, _, _, memory = measured(content, "a.eml")
    assert pieces[0].content == bytes(range(256)) * 40_000
    assert memory < 6 * len(content) / MEGABYTE


def edited(content: bytes, *places: tuple[int, int]) -> bytes:
    """Return a compound file with some of its figures, each of four bytes, changed."""
    changed = bytearray(content)
    for at, figure in places:
        struct.pack_into("<I", changed, at, figure)
    return bytes(changed)


def circle(content: bytes, *, directory: bool = False) -> bytes:
    """Return a compound file in which the directory, or else the small streams, lead back to their first sector."""
    first, table = struct.unpack_from("<I", content, 48)[0], struct.unpack_from("<I", content, 76)[0]
    smalls = struct.unpack_from("<I", content, 512 * (first + 1) + 116)[0]
    sector, follows = (table - 1, first) if directory else (smalls, smalls)
    return edited(content, (512 * (table + 1) + 4 * sector, follows))


def sized(content: bytes, stream: str, size: int) -> bytes:
    name = stream.encode("utf-16-le")
    return edited(content, (content.index(name) + 120, size))


LOADED = msg(attached(bytes(range(256)) * 40, "a.bin"), attached(BOOK, "a.xlsx"))
OLES: dict[str, tuple[Callable[[], bytes], set[Kind]]] = {
    "no sectors": (lambda: LOADED[:512], {Kind.DAMAGED}),
    "half a header": (lambda: LOADED[:100], {Kind.DAMAGED}),
    "sectors without end": (lambda: LOADED[:30] + b"\xff\xff\xff\xff" + LOADED[34:], {Kind.DAMAGED}),
    "sectors of one byte": (lambda: LOADED[:30] + bytes(4) + LOADED[34:], {Kind.DAMAGED}),
    "4 billion sectors of a table": (
        lambda: edited(msg(attached(bytes(60_000))), (44, 127 * 33_000_000 + 109), (68, 0), (72, 33_000_000)),
        {Kind.DAMAGED},
    ),
    "a directory in a circle": (lambda: circle(LOADED, directory=True), {Kind.XLSX, Kind.UNKNOWN}),
    "1 GB of small streams": (lambda: circle(sized(LOADED, "Root Entry", 0x3FFFFFF0)), {Kind.XLSX, Kind.UNKNOWN}),
    "small streams without end": (
        lambda: circle(sized(LOADED, "Root Entry", 0x7FFFFFFF)),
        {Kind.XLSX, Kind.UNKNOWN},
    ),
    "8 million sectors of a small table": (lambda: edited(LOADED, (64, 0x7FFFFF)), {Kind.XLSX, Kind.UNKNOWN}),
    "40,000 streams": (lambda: ole({f"{number}": b"" for number in range(40_000)}), {Kind.DAMAGED}),
    "9,000 streams": (lambda: ole({f"{number}": b"x" for number in range(9_000)}), {Kind.UNKNOWN}),
    "a tree that is a line": (lambda: _line(5_000), {Kind.DAMAGED}),
}


def _line(length: int) -> bytes:
    content = bytearray(ole({f"{number:05}": b"" for number in range(length)}))
    directory = 512 * (struct.unpack_from("<I", content, 48)[0] + 1)
    struct.pack_into("<I", content, directory + 76, 1)
    for number in range(1, length):
        struct.pack_into("<2I", content, directory + 128 * number + 68, 0xFFFFFFFF, number + 1)
    return bytes(content)


@pytest.mark.parametrize(("make", "kinds"), OLES.values(), ids=OLES)
def test_compound_files_do_no_harm(make: Callable[[], bytes], kinds: set[Kind]) -> None:
    pieces, _, seconds, memory = measured(make(), "a.msg")
    assert {piece.kind for piece in pieces} == kinds
    assert seconds < SECONDS
    assert memory < 60


@pytest.mark.parametrize("size", [40 * MEGABYTE, 0x7FFFFFF0, 0xFFFFFFFF])
def test_what_a_stream_says_of_its_size_is_not_believed(size: int) -> None:
    pieces, refused = unpack(sized(LOADED, "__substg1.0_37010102", size), "a.msg")
    assert [piece.inside for piece in pieces] == [("a.xlsx",)]
    assert refused == [Refused(("a.bin",), msg_file.SPOILT)]


def test_outlook_mails_may_be_large_but_not_too_large() -> None:
    large = bytes(range(256)) * (40 * MEGABYTE // 256)
    assert unpack(msg(attached(large, "a.bin")), "")[0] == [Piece(("a.bin",), Kind.UNKNOWN, large)]
    assert unpack(msg(attached(large + large, "a.bin")), "") == ([], [Refused((), msg_file.TOO_LARGE)])
    many = msg(*[attached(BOOK, "a.xlsx")] * 200)
    assert len(unpack(many, "")[0]) == 200
    assert unpack(msg(*[attached(BOOK, "a.xlsx")] * 201), "") == ([], [Refused((), msg_file.TOO_MANY)])


CONTAINERS = [
    zipped({"评分表.xlsx": BOOK, "内.zip": zipped({"a.xlsx": BOOK, "说明.txt": b"x" * 2_000})}, zipfile.ZIP_STORED),
    zipped({"a.xlsx": BOOK}),
    zipped({"a.csv": b"a,b\n" * 3_000}, zipfile.ZIP_BZIP2),
    zipped({"a.csv": b"a,b\n" * 3_000}, zipfile.ZIP_LZMA),
    mail(named(b"*=gb2312''%C6%C0.xlsx", b"x" * 900), part(b"Content-Type: message/rfc822", mail(), b"8bit")),
    mail(named(b"=a.zip", zipped({"a.xlsx": BOOK}))),
    LOADED,
    xls(),
    BOOK,
]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A container with bytes changed, pieces left out, doubled or put elsewhere, and its end cut off."""
    content = bytearray(draw(st.sampled_from(CONTAINERS)))
    for _ in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, len(content)))
        fresh = draw(
            st.one_of(st.binary(max_size=8), st.sampled_from([b"\xff" * 4, bytes(8), b"PK\x01\x02", b"\r\n\r\n"]))
        )
        length = draw(st.sampled_from([0, len(fresh), len(fresh), 40]))
        content[at : at + length] = fresh
    if draw(st.integers(0, 4)) == 0:
        content = content[: draw(st.integers(0, len(content)))]
    return bytes(content)


INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def sound(content: bytes, name: str) -> None:
    """Unpack a file, and look whether what comes back is as it is promised."""
    pieces, refused = unpack(content, name)
    assert {type(piece.kind) for piece in pieces} <= {Kind}
    assert not {piece.kind for piece in pieces} & {Kind.ZIP, Kind.EML, Kind.MSG, Kind.RAR_OR_7Z}
    assert sum(len(piece.content) for piece in pieces) <= max(len(content), 200 * MEGABYTE)
    assert all(one.reason for one in refused)
    for inside in [*(piece.inside for piece in pieces), *(one.inside for one in refused)]:
        assert len(inside) <= 5
        assert not set("/\\") & set("".join(inside))
        assert all(0 < len(part) <= 100 and not INVISIBLE & {*map(unicodedata.category, part)} for part in inside)


@settings(max_examples=300, deadline=timedelta(seconds=3))
@given(mutated(), st.sampled_from(["a.zip", "a.eml", "a.msg", "a.xlsx"]))
def test_mutated_containers_never_raise(content: bytes, name: str) -> None:
    sound(content, name)


STARTS = [b"", b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", MAIL, b"\x09\x08\x10\x00", b"<html"]


@settings(max_examples=300, deadline=timedelta(seconds=3))
@given(st.sampled_from(STARTS), st.binary(max_size=3_000), st.text(max_size=30))
@example(b"PK\x05\x06", bytes(18), "")
@example(MAIL, b"Content-Type: multipart/mixed; boundary*=x\r\n\r\n", "")
def test_random_bytes_never_raise(start: bytes, rest: bytes, name: str) -> None:
    sound(start + rest, name)
    assert isinstance(kind_of(start + rest, name), Kind)


@settings(max_examples=100, deadline=timedelta(seconds=3))
@given(
    st.dictionaries(st.integers(0, 99).map("{}.bin".format), st.binary(max_size=2_000), max_size=8),
    st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]),
)
def test_what_zipfile_writes_is_read(members: dict[str, bytes], method: int) -> None:
    plain = {name: b"\1\0" + data for name, data in members.items()}
    pieces, refused = unpack(zipped(plain, method), "a.zip")
    assert refused == []
    assert {piece.inside[0]: piece.content for piece in pieces} == plain


@settings(max_examples=100, deadline=timedelta(seconds=3))
@given(st.binary(max_size=6_000), st.binary(max_size=6_000))
def test_whatever_is_attached_is_read(one: bytes, other: bytes) -> None:
    """The bytes 1 and 0 in front keep chance from making a container or a text."""
    contents = [b"\1\0" + one, b"\1\0" + other]
    for content in (mail(*[named(b"=a.bin", data) for data in contents]), msg(*[attached(data) for data in contents])):
        pieces, refused = unpack(content, "")
        assert [piece.content for piece in pieces] == contents
        assert refused == []
