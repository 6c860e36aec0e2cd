"""Mails as Outlook saves them (.msg), written by their published format, [MS-OXMSG], and what is attached to them."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass

from archive_cases import xlsx, zipped
from ole_cases import Tree, ole, xls

PROPERTIES = "__properties_version1.0"
_TEXT, _TEXT8, _BYTES, _OBJECT = 0x1F, 0x1E, 0x102, 0x0D
_BY_VALUE, _AS_MAIL, _AS_OBJECT, _AS_LINK = 1, 5, 6, 7
_READABLE_AND_WRITABLE = 6
_UNICODE = 0x40000

BOOK = xlsx()
GBK = "镕堃喆评分表.xlsx"
"""The first three are not in GB 2312, though Chinese Windows has them in its code page 936."""
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def _storage(header: bytes, values: Mapping[int, int | bytes | Tree]) -> dict[str, bytes | Tree]:
    """Return a storage of properties: figures stand in the list of all of them, others in streams of their own."""
    entries, streams = [header], dict[str, bytes | Tree]()
    for tag, value in sorted(values.items()):
        if isinstance(value, int):
            figure = struct.pack("<Q", value)
        elif isinstance(value, bytes):
            end = {_TEXT: 2, _TEXT8: 1}.get(tag & 0xFFFF, 0)
            figure = struct.pack("<2I", len(value) + end, 0)
        else:
            figure = struct.pack("<2I", 0xFFFFFFFF, 1 if PROPERTIES in value else 4)
        entries.append(struct.pack("<2I", tag, _READABLE_AND_WRITABLE) + figure)
        if not isinstance(value, int):
            streams[f"__substg1.0_{tag:08X}"] = value
    return streams | {PROPERTIES: b"".join(entries)}


def attached(content: bytes | Tree | None, long: str = "", **properties: bytes) -> Tree:
    """Return an attachment's storage; further properties are named by their tag, with t before it."""
    values: dict[int, int | bytes | Tree] = {0x0FFE0003: 7, 0x370B0003: 0xFFFFFFFF}
    if isinstance(content, bytes):
        values |= {0x37010102: content, 0x0E200003: len(content), 0x37050003: _BY_VALUE}
    elif content is None:
        values |= {0x37050003: _AS_LINK}
    else:
        values |= {0x3701000D: content, 0x37050003: _AS_MAIL if PROPERTIES in content else _AS_OBJECT}
    if long:
        values[0x3707001F] = long.encode("utf-16-le", "surrogatepass")
    return _storage(bytes(8), values | {int(tag[1:], 16): value for tag, value in properties.items()})


def _mail(attachments: tuple[Tree, ...], page: int, *, top: bool) -> Tree:
    kind = _TEXT8 if page else _TEXT

    def texts(**written: str) -> dict[int, bytes]:
        codec = f"cp{page}" if page else "utf-16-le"
        return {int(tag[1:], 16) << 16 | kind: text.encode(codec) for tag, text in written.items()}

    counts = struct.pack("<8x4I", 1, len(attachments), 1, len(attachments)) + bytes(8 if top else 0)
    values: dict[int, int | bytes | Tree] = {
        **texts(t001A="IPM.Note", t0037="报送评分表", t0E1D="报送评分表", t1000="请查收。\r\n", t0E04="考核办"),
        **texts(t0C1A="经办人", t0C1E="SMTP", t0C1F="jingbanren@example.cn"),
        0x0E070003: 1 | (0x10 if attachments else 0),
        0x0E1B000B: bool(attachments),
        0x00390040: 133_178_500_000_000_000,  # 10 January 2023
        0x340D0003: 0 if page else _UNICODE,
    }
    if page:
        values |= {0x3FFD0003: page, 0x3FDE0003: page}
    person = texts(t3001="考核办", t3002="SMTP", t3003="kaoheban@example.cn")
    recipient = _storage(bytes(8), {0x30000003: 0, 0x0C150003: 1, 0x0FFE0003: 6, 0x39000003: 0, **person})
    tree = _storage(counts, values) | {"__recip_version1.0_#00000000": recipient}
    tree |= {f"__attach_version1.0_#{number:08X}": attachment for number, attachment in enumerate(attachments)}
    if top:
        names = {f"__substg1.0_{number:04X}0102": b"" for number in (2, 3, 4)}
        tree["__nameid_version1.0"] = names
    return tree


def msg_tree(*attachments: Tree) -> Tree:
    """Return a mail as it stands inside another one."""
    return _mail(attachments, 0, top=False)


def msg(*attachments: Tree, page: int = 0) -> bytes:
    """Return a .msg file, its texts in Unicode or in a code page."""
    return ole(_mail(attachments, page, top=True))


@dataclass(frozen=True)
class Saved:
    """A .msg file and what is attached in it: names and bytes; of a mail what that has attached, of a link None.

    `codec` is that of its texts where these are not in Unicode.
    """

    content: bytes
    attachments: tuple[tuple[str, object], ...]
    codec: str = ""


_SMALL, _ZIP = xls(), zipped({"a.xlsx": BOOK})
_TWO = attached(BOOK, "a.xlsx"), attached(BOOK, "b.xlsx")
_OF_TWO = ("a.xlsx", BOOK), ("b.xlsx", BOOK)
_X_Y = "x@y".encode("utf-16-le")

MAILS: dict[str, Saved] = {
    "no attachments": Saved(msg(), ()),
    "attachments of all sizes": Saved(
        msg(attached(_SMALL, GBK), attached(BOOK, "b.xlsx"), attached(b"a,b", "c.csv"), attached(bytes(9_000), "d")),
        ((GBK, _SMALL), ("b.xlsx", BOOK), ("c.csv", b"a,b"), ("d", bytes(9_000))),
    ),
    "a mail": Saved(
        msg(attached(msg_tree(*_TWO), "转发"), attached(BOOK, "c.xlsx")), (("转发", _OF_TWO), ("c.xlsx", BOOK))
    ),
    "a mail with a mail": Saved(
        msg(attached(msg_tree(attached(msg_tree(*_TWO))), "x"), attached(BOOK, "c.xlsx")),
        (("x", (("", _OF_TWO),)), ("c.xlsx", BOOK)),
    ),
    "a saved mail": Saved(msg(attached(msg(_TWO[0]), "b.msg")), (("b.msg", msg(_TWO[0])),)),
    "a link and an object": Saved(
        msg(attached(None, "网盘.xlsx"), attached({"CONTENTS": b"x"}, "图表"), _TWO[0]),
        (("网盘.xlsx", None), ("图表", None), _OF_TWO[0]),
    ),
    "a picture in the text": Saved(
        msg(
            attached(PICTURE, "image001.png", t3712001F=_X_Y),
            attached(PICTURE, "照片.png"),
            attached(BOOK, "a.xlsx", t3712001F=_X_Y),
        ),
        (("image001.png", PICTURE), ("照片.png", PICTURE), _OF_TWO[0]),
    ),
    "an archive": Saved(msg(attached(_ZIP, "a.zip")), (("a.zip", _ZIP),)),
}


def _one(name: str, attachment: Tree, page: int = 0, codec: str = "") -> Saved:
    return Saved(msg(attachment, page=page), ((name, BOOK),), codec)


_CHINESE_WINDOWS, _UTF8 = (936, "gb18030"), (65001, "utf-8")
NAMES: dict[str, tuple[Saved, str]] = {
    "a path": (_one("../../x.xlsx", attached(BOOK, "../../x.xlsx")), "x.xlsx"),
    "zeros behind it": (_one("x.xlsx\0\0", attached(BOOK, "x.xlsx\0\0")), "x.xlsx"),
    "half a letter": (_one("\ud800x.xlsx", attached(BOOK, "\ud800x.xlsx")), "\ufffdx.xlsx"),
    "code page 936": (_one(GBK, attached(BOOK, t3707001E=GBK.encode("gbk")), *_CHINESE_WINDOWS), GBK),
    "only a short one": (_one(GBK, attached(BOOK, t3704001F=GBK.encode("utf-16-le"))), GBK),
    "only a short one of DOS": (
        _one("PINGFE~1.XLS\0", attached(BOOK, t3704001E=b"PINGFE~1.XLS\0"), *_CHINESE_WINDOWS),
        "PINGFE~1.XLS",
    ),
    "a short one and a long one": (
        _one(GBK, attached(BOOK, t3704001E=b"PINGFE~1.XLS", t3707001E=GBK.encode()), *_UTF8),
        GBK,
    ),
    "only one to be shown": (_one(GBK, attached(BOOK, t3001001F=GBK.encode("utf-16-le"))), GBK),
    "a very long one": (_one("x" * 5_000, attached(BOOK, t3707001E=b"x" * 5_000), *_CHINESE_WINDOWS), "附件1"),
    "none": (_one("", attached(BOOK)), "附件1"),
}
"""Mails with one attachment each, its name in another way, and the name that is shown for it."""
