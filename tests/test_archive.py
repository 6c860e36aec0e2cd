"""Returned archives: what is found in them, under which names, and what is refused."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import replace

import pytest
from archive_cases import Entry, by_hand, deflated, encrypted, mail, named, nested, xlsx, zipped
from msg_cases import msg
from ole_cases import xls

from qtool.office.archive import zip_archive, zip_reader
from qtool.office.archive.file_kind import Kind
from qtool.office.archive.members import TNEF, decoded, shown_name
from qtool.office.unpack import NESTED_ARCHIVE, OTHER_ARCHIVE, Piece, Refused, unpack

BOOK = xlsx()
GBK = "镕堃喆评分表.xlsx"


def names(content: bytes) -> list[tuple[str, ...]]:
    pieces, refused = unpack(content, "材料.zip")
    assert refused == []
    return [piece.inside for piece in pieces]


def reasons(content: bytes) -> list[tuple[tuple[str, ...], str]]:
    pieces, refused = unpack(content, "材料.zip")
    assert pieces == []
    return [(one.inside, one.reason) for one in refused]


@pytest.mark.parametrize(
    ("content", "kind"), [(BOOK, Kind.XLSX), (xls(), Kind.XLS), (b"", Kind.EMPTY), (b"a", Kind.TEXT)]
)
def test_a_file_that_is_no_container_is_itself(content: bytes, kind: Kind) -> None:
    assert unpack(content, "../评分表.zip") == ([Piece((), kind, content)], [])


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_gives_its_files(method: int) -> None:
    long = bytes(range(256)) * 30_000
    content = zipped({"评分表.xlsx": BOOK, "说明.txt": "见表".encode(), "空.xlsx": b"", "照片.bin": long}, method)
    assert unpack(content, "材料.zip") == (
        [
            Piece(("评分表.xlsx",), Kind.XLSX, BOOK),
            Piece(("说明.txt",), Kind.TEXT, "见表".encode()),
            Piece(("空.xlsx",), Kind.EMPTY, b""),
            Piece(("照片.bin",), Kind.UNKNOWN, long),
        ],
        [],
    )


def test_lzma_of_a_known_length_has_no_end_mark() -> None:
    whole = zipped({"a.txt": b"abc" * 1_000}, zipfile.ZIP_LZMA)
    with_mark = zip_reader.ZipReader(whole).entries[0]
    raw = whole[35 : 35 + with_mark.packed]
    entry = Entry(b"a.txt", b"abc" * 1_000, zipfile.ZIP_LZMA, data=raw)
    assert unpack(by_hand([entry]), "")[0][0].content == b"abc" * 1_000
    assert unpack(by_hand([replace(entry, flags=2)]), "")[0][0].content == b"abc" * 1_000


def test_lzma_that_wants_too_much_memory() -> None:
    content = bytearray(zipped({"a.txt": b"abc" * 1_000}, zipfile.ZIP_LZMA))
    struct.pack_into("<I", content, 35 + 5, 1 << 30)
    assert reasons(bytes(content)) == [(("a.txt",), zip_reader.DAMAGED)]
    struct.pack_into("<I", content, 35 + 5, 1 << 20)
    assert names(bytes(content)) == [("a.txt",)]


def test_an_archive_without_files_gives_nothing() -> None:
    assert unpack(zipped({}), "材料.zip") == ([], [])
    assert unpack(zipped({"材料/": b""}), "材料.zip") == ([], [])


def test_an_archive_behind_other_bytes_keeps_its_places() -> None:
    assert names(b"PK00PK" + zipped({"评分表.xlsx": BOOK})) == [("评分表.xlsx",)]


@pytest.mark.parametrize(
    "name",
    [
        "材料/",
        "材料\\",
        "__MACOSX/._评分表.xlsx",
        "材料/__MACOSX/a.xlsx",
        "._评分表.xlsx",
        "材料/~$评分表.xlsx",
        "Thumbs.db",
        "材料\\thumbs.DB",
        "desktop.ini",
        ".DS_Store",
    ],
)
def test_what_systems_leave_behind_is_passed_over(name: str) -> None:
    content = by_hand([Entry(name.encode("gbk"), BOOK), Entry(b"a.xlsx", BOOK)])
    assert names(content) == [("a.xlsx",)]


@pytest.mark.parametrize("name", ["___MACOSX.xlsx", "a._b.xlsx", "评分表~$.xlsx", "Thumbs.db.xlsx"])
def test_what_only_looks_like_it_is_kept(name: str) -> None:
    assert names(zipped({name: BOOK})) == [(name,)]


def unicode_path(raw: bytes, name: str) -> bytes:
    field = struct.pack("<BL", 1, zlib.crc32(raw)) + name.encode()
    return struct.pack("<2H", 0x7075, len(field)) + field


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        (Entry(GBK.encode("gbk")), GBK),
        (Entry(GBK.encode("gb18030")), GBK),
        (Entry("𠮷野.xlsx".encode("gb18030")), "𠮷野.xlsx"),
        (Entry(GBK.encode(), flags=0x800), GBK),
        (Entry(GBK.encode()), GBK),  # macOS writes UTF-8 without saying so
        (Entry("联通.xlsx".encode("gbk")), "联通.xlsx"),
        (Entry("目.xlsx".encode("gbk")), "目.xlsx"),
        (Entry("哪.xlsx".encode("gbk")), "哪.xlsx"),
        (Entry("陆.xlsx".encode("gbk")), "陆.xlsx"),
        (Entry(b"caf\x82.xlsx\xff"), "café.xlsx"),  # no GB 18030, so the archive's own code page
        (Entry(b"???.xlsx", extra=unicode_path(b"???.xlsx", GBK)), GBK),
        (Entry(b"a.xlsx", extra=b"\x01\x00\x04\x00abcd" + unicode_path(b"a.xlsx", GBK)), GBK),
        (Entry(b"a.xlsx", extra=unicode_path(b"b.xlsx", GBK)), "a.xlsx"),  # of another name
        (Entry(b"a.xlsx", extra=unicode_path(b"a.xlsx", "")), "a.xlsx"),
    ],
)
def test_names_are_decoded_by_what_they_are(entry: Entry, name: str) -> None:
    assert names(by_hand([replace(entry, content=BOOK)])) == [(name,)]


def test_a_name_field_that_is_cut_off_spoils_the_directory() -> None:
    cut = unicode_path(b"a.xlsx", GBK)[:-4]
    assert reasons(by_hand([Entry(b"a.xlsx", BOOK, extra=cut)])) == [((), zip_reader.DAMAGED)]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "etc › passwd"),
        ("..\\..\\x.xlsx", "x.xlsx"),
        ("C:\\Windows\\x.xlsx", "Windows › x.xlsx"),
        ("C:x.xlsx", "x.xlsx"),
        ("\\\\server\\share\\部门\\x.xlsx", "部门 › x.xlsx"),
        ("/etc/x", "etc › x"),
        ("a/./b/.//x.xlsx", "b › x.xlsx"),
        ("评分表.xlsx\0.exe", "评分表.xlsx.exe"),
        ("评\r\n分\t表.xlsx", "评 分 表.xlsx"),
        ("评分表\u202excod.xlsx", "评分表xcod.xlsx"),
        ("\u2066a\u200b\ufeff.xlsx", "a.xlsx"),
        ("\ud800a\udfff.xlsx", "a.xlsx"),
        ("e\u0301.xlsx", "é.xlsx"),
        ("  . /  .. / a.xlsx ", "a.xlsx"),
        ("..", "附件1"),
        ("C:\\", "附件1"),
        ("\u202e\0", "附件1"),
        ("", "附件1"),
    ],
)
def test_names_are_fit_to_be_shown(name: str, shown: str) -> None:
    assert shown_name(name, "附件1") == shown


def test_a_member_without_a_name_is_there() -> None:
    assert names(by_hand([Entry(b"", BOOK), Entry(b"\0", BOOK), Entry(b"a.xlsx", BOOK)])) == [
        ("未命名文件",),
        ("未命名文件",),
        ("a.xlsx",),
    ]


def test_long_names_keep_their_ending() -> None:
    for name in ("长" * 255, "a" * 251 + ".xlsx", f"{'夹' * 100}/{'a' * 251}.xlsx"):
        shown = shown_name(name, "")
        assert len(shown) == 100
        assert shown.endswith(name[-20:])
        assert "…" in shown
    assert names(zipped({"长" * 80 + ".xlsx": BOOK})) == [("长" * 80 + ".xlsx",)]


def test_labels_that_name_no_encoding_of_names_are_not_believed() -> None:
    raw = GBK.encode("gbk")
    for label in ("", "gb2312", " GBK ", "x-unknown", "hex", "idna", "punycode", "utf-8", "iso-8859-1", "\0"):
        assert decoded(raw, label) == GBK
    assert decoded("臺灣".encode("big5"), "big5") == "臺灣"


def test_names_from_outside_come_out_clean() -> None:
    content = by_hand([Entry(name, BOOK) for name in (b"../../x.xlsx", b"C:\\a\\x.xlsx", b"/x.xlsx", b"x.xlsx\0.exe")])
    assert names(content) == [("x.xlsx",), ("a › x.xlsx",), ("x.xlsx",), ("x.xlsx.exe",)]


def test_an_archive_in_an_archive_is_opened_once() -> None:
    assert names(nested(2)) == [("2.zip", "评分表.xlsx")]
    assert reasons(nested(3)) == [(("2.zip", "3.zip"), NESTED_ARCHIVE)]
    assert reasons(nested(5)) == [(("2.zip", "3.zip"), NESTED_ARCHIVE)]


def test_mails_in_an_archive_are_opened() -> None:
    inner = mail(named(b"=a.zip", zipped({"评分表.xlsx": BOOK})))
    content = zipped({"a.eml": inner, "b.msg": msg(), "c.zip": zipped({"d.eml": inner})})
    pieces, refused = unpack(content, "材料.zip")
    assert [piece.inside for piece in pieces] == [("a.eml", "a.zip", "评分表.xlsx")]
    assert refused == [Refused(("c.zip", "d.eml", "a.zip"), NESTED_ARCHIVE)]


def test_members_with_a_password() -> None:
    open_one, locked = Entry(b"a.xlsx", BOOK), encrypted(Entry(b"b.xlsx", BOOK))
    pieces, refused = unpack(by_hand([locked, open_one, locked]), "材料.zip")
    assert [piece.inside for piece in pieces] == [("a.xlsx",)]
    assert refused == [Refused((), zip_archive.ENCRYPTED)]
    strong = replace(locked, flags=0x41, method=99)
    assert reasons(zipped({"内.zip": by_hand([strong])})) == [(("内.zip",), zip_archive.ENCRYPTED)]


@pytest.mark.parametrize("method", [1, 6, 9, 93, 97, 98])
def test_methods_that_are_not_known(method: int) -> None:
    content = by_hand([Entry(b"a.xlsx", BOOK, method), Entry(b"b.xlsx", BOOK)])
    pieces, refused = unpack(content, "材料.zip")
    assert [piece.inside for piece in pieces] == [("b.xlsx",)]
    assert refused == [Refused(("a.xlsx",), zip_reader.UNKNOWN_METHOD)]


@pytest.mark.parametrize(
    "entry",
    [
        Entry(b"a.xlsx", BOOK, crc=1),
        Entry(b"a.xlsx", BOOK, 8, data=b"\xff" * 40),
        Entry(b"a.xlsx", BOOK, 8, data=deflated(BOOK)[:-9]),
        Entry(b"a.xlsx", BOOK, 12, data=b"BZh9" + bytes(40)),
        Entry(b"a.xlsx", BOOK, 14, data=b"\x09\x04\x05\x00\xff\xff\xff\xff\xff" + bytes(40)),
        Entry(b"a.xlsx", BOOK, 14, data=b"\x09\x04\x05\x00\x5d\x00\x00\x00\xf0" + bytes(40)),  # wants 4 GB of memory
        Entry(b"a.xlsx", BOOK, 14, data=b"\x09"),
    ],
)
def test_a_spoilt_member_does_not_spoil_the_others(entry: Entry) -> None:
    pieces, refused = unpack(by_hand([entry, Entry(b"b.xlsx", BOOK)]), "材料.zip")
    assert [piece.inside for piece in pieces] == [("b.xlsx",)]
    assert refused == [Refused(("a.xlsx",), zip_reader.DAMAGED)]


def test_places_outside_the_archive() -> None:
    entry = Entry(b"a.xlsx", BOOK)
    body = entry.head() + BOOK
    for place in (1, len(body), 0xFFFFFFFE):
        assert reasons(by_hand([entry], [place], body)) == [(("a.xlsx",), zip_reader.DAMAGED)]


def test_a_member_that_is_not_where_it_should_be_leaves_the_others() -> None:
    first, second, third = (Entry(name, BOOK) for name in (b"a.xlsx", b"b.xlsx", b"c.xlsx"))
    whole = by_hand([first, second, third])
    spoilt = whole.replace(second.head(), b"XX" + second.head()[2:], 1)
    pieces, refused = unpack(spoilt, "材料.zip")
    assert [piece.inside for piece in pieces] == [("a.xlsx",), ("c.xlsx",)]
    assert refused == [Refused(("b.xlsx",), zip_reader.DAMAGED)]


def test_archives_that_were_written_as_a_stream() -> None:
    class Stream(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

        def seek(self, *_: int) -> int:
            raise OSError

    stream = Stream()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("a.xlsx", "b.xlsx"):
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(BOOK)
    assert names(stream.getvalue()) == [("a.xlsx",), ("b.xlsx",)]


def test_a_damaged_archive_is_told_from_a_damaged_workbook_by_its_name() -> None:
    cut = zipped({"评分表.xlsx": BOOK})[:-30]
    assert unpack(cut, "材料.ZIP") == ([], [Refused((), zip_reader.DAMAGED)])
    assert unpack(cut, "评分表.xlsx") == ([Piece((), Kind.DAMAGED, cut)], [])
    inside = zipped({"a.zip": cut, "b.xlsx": cut})
    pieces, refused = unpack(inside, "材料.zip")
    assert [(piece.inside, piece.kind) for piece in pieces] == [(("b.xlsx",), Kind.DAMAGED)]
    assert refused == [Refused(("a.zip",), zip_reader.DAMAGED)]


def test_other_containers_are_named() -> None:
    rar, tnef = b"Rar!\x1a\x07\x00" + bytes(9), b"\x78\x9f\x3e\x22" + b"\x01" * 40
    assert unpack(rar, "a.rar") == ([], [Refused((), OTHER_ARCHIVE)])
    assert unpack(tnef, "winmail.dat") == ([], [Refused((), TNEF)])
    assert reasons(zipped({"a.xlsx": rar, "b.bin": tnef})) == [(("a.xlsx",), OTHER_ARCHIVE), (("b.bin",), TNEF)]
