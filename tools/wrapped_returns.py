"""Sheets inside archives and mails: those that are opened, and those that are not."""

from __future__ import annotations

import base64
import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from email.message import EmailMessage

from msg_cases import attached, msg
from return_cases import Case, Filled, cells_in, zipped
from saved_returns import bare

LOCK_FILE = b"\x06Office" + b" " * 48 + "\x06Office".encode("utf-16-le") + b" \0" * 48
"""What Excel puts beside a workbook while it is open."""
_PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(40)
_NAME = "评分表-市公安局.xlsx"
_ENCRYPTED, _SIZES_BEHIND = 0x1, 0x8
_FLAGS = {b"PK\x03\x04": 6, b"PK\x01\x02": 8}
"""Where the flags of a member stand after these marks."""


def wrapped(sheet: Filled) -> Iterator[Case]:
    """Yield archives and mails that hold one good sheet."""
    book = bare(sheet.content)
    yield from _archives(sheet, book)
    yield from _mails(sheet, book)


def not_unwrapped(sheet: Filled) -> Iterator[Case]:
    """Yield archives and mails from which no good sheet comes."""
    yield from _without_sheets()
    yield from _closed(sheet.content)
    yield from _with_bad_sheets(cells_in(sheet.content, {sheet.cell("08-01-1-1", "随县"): ""}))


def _archives(sheet: Filled, book: bytes) -> Iterator[Case]:
    once = zipped({_NAME: book})
    for name, content, story in (
        ("打了包.zip", once, "in an archive"),
        ("打了两层包.zip", zipped({"内层.zip": once}), "in an archive inside an archive"),
        ("GBK文件名.zip", _in_gbk(book), "an archive with names in GBK, as Windows writes it"),
        ("套在文件夹里.zip", zipped({"质量考核/": b"", f"质量考核/{_NAME}": book}), "in a folder of an archive"),
        ("反斜杠路径.zip", zipped({f"质量考核\\{_NAME}": book}), "an archive with backslashes in its names"),
        ("往上走的路径.zip", zipped({f"../../../{_NAME}": book}), "an archive whose name leads out of it"),
        ("还有图片.zip", zipped({_NAME: book, "现场.png": _PICTURE, "说明.txt": b"x"}), "with other things beside it"),
        ("带系统垃圾.zip", zipped(_littered(book)), "with what systems leave behind"),
        ("没有压缩.zip", zipped({_NAME: book}, zipfile.ZIP_STORED), "an archive that is not compressed"),
        ("用LZMA压的.zip", zipped({_NAME: book}, zipfile.ZIP_LZMA), "an archive compressed in another way"),
        ("流式写的.zip", _streamed(book), "an archive whose sizes stand behind the contents"),
        ("压缩包改成xlsx.xlsx", once, "an archive under the ending of a workbook"),
        ("压缩包没有后缀", once, "an archive without an ending"),
    ):
        yield sheet.good(name, content, "", story)


def _mails(sheet: Filled, book: bytes) -> Iterator[Case]:
    mail = _mailed({_NAME: book})
    in_gbk = _mailed({"placeholder.xlsx": book}).replace(b"placeholder.xlsx", _NAME.encode("gbk"))
    word = b"=?gb18030?B?" + base64.b64encode(_NAME.encode("gb18030")) + b"?="
    of_qq = _mailed({"placeholder.xlsx": book}).replace(b"placeholder.xlsx", word).replace(b"\n", b"\r\n")
    for name, content, story in (
        ("QQ邮箱的邮件.eml", of_qq, "a mail whose attachment is named in an encoded word of GB 18030"),
        ("邮件.eml", mail, "a mail saved with its attachment"),
        ("邮件附件名是GBK.eml", in_gbk, "a mail whose attachment is named in bare GBK"),
        ("邮件里的压缩包.eml", _mailed({"评分表.zip": zipped({_NAME: book})}), "a mail with an archive"),
        ("转发的邮件.eml", _mailed({"报送.eml": mail}, "message/rfc822"), "a mail forwarded as an attachment"),
        ("邮件带签名图.eml", _mailed({"logo.png": _PICTURE, _NAME: book}), "a mail with a picture beside the sheet"),
        ("邮件没有后缀", mail, "a mail without an ending"),
        ("Outlook邮件.msg", msg(attached(book, _NAME)), "a mail as Outlook saves it"),
        ("压缩包里的邮件.zip", zipped({"邮件.eml": mail}), "a mail inside an archive"),
    ):
        yield sheet.good(name, content, "", story)


def _without_sheets() -> Iterator[Case]:
    pictures = zipped({"现场1.png": _PICTURE, "说明.txt": "无".encode("gbk"), "通知.docx": _word()})
    yield Case("没有评分表.zip", pictures, "S08", "an archive of pictures and letters")
    lock = zipped({"~$评分表-市公安局.xlsx": LOCK_FILE})
    yield Case("只有锁文件.zip", lock, "S08", "the lock file that lies beside an open workbook, in an archive")
    yield Case("空压缩包.zip", zipped({}), "S08", "an archive with nothing in it")
    yield Case("没有附件.eml", _mailed({}), "S08", "a mail whose attachment was forgotten")
    yield Case("没有附件.msg", msg(), "S08", "the same as Outlook saves it")


def _closed(book: bytes) -> Iterator[Case]:
    once = zipped({_NAME: book})
    deep = zipped({"三.zip": zipped({"二.zip": zipped({"一.zip": once})})})
    half = once[: len(once) // 2]
    wrong = bytearray(zipped({_NAME: book}, zipfile.ZIP_STORED))
    wrong[200] ^= 0xFF
    for name, content, story in (
        ("压缩包炸弹.zip", zipped({_NAME: bytes(17 << 20)}), "a member of zeros that is made to exhaust memory"),
        ("压缩包设了密码.zip", _flagged(once, _ENCRYPTED), "an archive with a password"),
        ("压缩包套得太深.zip", deep, "an archive in an archive in an archive in an archive"),
        ("压缩包断了.zip", half, "an archive cut off on the way"),
        ("压缩包里坏了.zip", bytes(wrong), "an archive with a damaged member"),
        ("压缩包里太多文件.zip", zipped({f"{number}.txt": b"x" for number in range(205)}), "far too many members"),
        ("压缩包是rar.rar", _rar(book), "an archive of a sort that is not opened"),
        ("rar改成xlsx.xlsx", _rar(book), "the same under the ending of a workbook"),
        ("压缩包是7z.7z", _empty_7z(), "an archive of another sort"),
        ("压缩包是tar.tar.gz", _tar(book), "an archive of a sort that Linux makes"),
        (
            "邮件带winmail.eml",
            _mailed({"winmail.dat": b"\x78\x9f\x3e\x22" + bytes(60)}),
            "what Outlook sends to others",
        ),
    ):
        yield Case(name, content, "S09", story)


def _with_bad_sheets(blank: bytes) -> Iterator[Case]:
    out = zipped({"../../../../etc/cron.d/x": b"x", f"..\\..\\C:\\Windows\\{_NAME}": blank})
    yield Case("路径往外走的坏表.zip", out, "S10", "names that lead out of the archive, and a blank in the sheet")
    two = zipped({"a.xlsx": blank, "b.xlsx": blank[:5000]})
    yield Case("两份都不好.zip", two, "S05 S10", "a sheet with a blank and a damaged one")
    yield Case("邮件里没填完.eml", _mailed({_NAME: blank}), "S10", "a mail with a sheet that is not complete")


def _littered(book: bytes) -> Mapping[str, bytes]:
    litter = ("__MACOSX/._" + _NAME, ".DS_Store", "Thumbs.db", "desktop.ini", "~$" + _NAME)
    return {**dict.fromkeys(litter, b"\0\5\x16\7"), _NAME: book}


def _in_gbk(book: bytes) -> bytes:
    """Return an archive whose member is named in GBK without saying so, as Windows does."""
    placeholder = "x" * len(_NAME.encode("gbk"))
    return zipped({placeholder: book}).replace(placeholder.encode(), _NAME.encode("gbk"))


class _Pipe(io.RawIOBase):
    """A target that cannot go back, so that sizes are written behind contents."""

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def write(self, data: object) -> int:
        """Take some bytes."""
        self.written += bytes(data)  # type: ignore[call-overload]  # RawIOBase takes any buffer
        return len(bytes(data))  # type: ignore[call-overload]  # as above


def _streamed(book: bytes) -> bytes:
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(_NAME, (2023, 1, 10, 9, 0, 0)), book, zipfile.ZIP_DEFLATED)
    return bytes(pipe.written)


def _flagged(archive: bytes, flag: int) -> bytes:
    """Return an archive of one member with a flag set where the member stands and where it is listed."""
    content = bytearray(archive)
    for mark, at in _FLAGS.items():
        place = archive.index(mark) + at
        struct.pack_into("<H", content, place, struct.unpack_from("<H", content, place)[0] | flag)
    return bytes(content)


def _mailed(files: Mapping[str, bytes], kind: str = "application/octet-stream") -> bytes:
    """Return a mail with attachments."""
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "报送评分表", "a@example.com", "b@example.com"
    mail.set_content("评分表见附件。\n")
    main, _, sub = kind.partition("/")
    for name, content in files.items():
        mail.add_attachment(content, main, sub, filename=name)
    if files:
        mail.set_boundary("=" * 15 + str(zlib.crc32(repr(files).encode())))
    return mail.as_bytes()


def _word() -> bytes:
    return zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"})


def _rar(book: bytes) -> bytes:
    """Return an archive as WinRAR 4 writes it, its member not compressed."""

    def block(kind: int, flags: int, rest: bytes) -> bytes:
        head = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
        return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head

    name = b"sheet.xlsx"
    sizes = struct.pack("<2LBLL2BHL", len(book), len(book), 2, zlib.crc32(book), 0x562A4800, 20, 0x30, len(name), 0x20)
    marker = b"Rar!\x1a\x07\x00"
    return marker + block(0x73, 0, bytes(6)) + block(0x74, 0x8000, sizes + name) + book + block(0x7B, 0x4000, b"")


def _empty_7z() -> bytes:
    return b"7z\xbc\xaf\x27\x1c\x00\x04" + struct.pack("<L", zlib.crc32(bytes(20))) + bytes(20)


def _tar(book: bytes) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        info = tarfile.TarInfo(_NAME)
        info.size = len(book)
        archive.addfile(info, io.BytesIO(book))
    return gzip.compress(target.getvalue(), mtime=0)
