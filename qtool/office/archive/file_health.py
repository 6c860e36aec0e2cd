"""Whether a file of any kind looks whole, told from its beginning and its end alone, however large it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

HEAD, TAIL = 8192, 66_000
"""Bytes of a file's beginning and end that are looked at; the end of a zip archive lies in its last 65,557."""


class Health(Enum):
    """What is to be said of a file."""

    WHOLE = "完好"
    EMPTY = "空文件"
    DAMAGED = "打不开"
    FOREIGN = "别的种类"
    ARCHIVE = "压缩包"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a file is found to be, and why."""

    health: Health
    reason: str = ""


_WHOLE = Verdict(Health.WHOLE)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How compound files begin: .xls, .doc, .msg, what has a password."""
ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\x00")
"""How archives begin that are not opened."""
_PROGRAMS = {"exe", "com", "bat", "cmd", "js", "vbs", "ps1", "msi", "scr", "dll", "lnk", "url", "apk", "jar", "tmp"}
_OOXML = {"docx", "docm", "xlsx", "xlsm", "pptx", "pptm"}
_ENDINGS: dict[bytes, tuple[bytes, str]] = {
    b"%PDF-": (b"%%EOF", "PDF 不完整，可能没有传完"),
    b"\xff\xd8\xff": (b"\xff\xd9", "图片不完整，可能没有传完"),
    b"\x89PNG\r\n": (b"IEND", "图片不完整，可能没有传完"),
    b"PK\x03\x04": (b"PK\x05\x06", "文件不完整，可能没有传完"),
}
"""How files of a kind begin, what stands near their end, and what is wrong where it does not."""
_BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    "pdf": (b"%PDF-",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "png": (b"\x89PNG\r\n",),
    "gif": (b"GIF8",),
    "bmp": (b"BM",),
    "tif": (b"II*\x00", b"MM\x00*"),
    "tiff": (b"II*\x00", b"MM\x00*"),
    "zip": (b"PK",),
    "ofd": (b"PK",),
    "doc": (OLE, b"PK", b"{\\rtf"),
    "xls": (OLE, b"PK", b"\x09\x08"),
    "ppt": (OLE, b"PK"),
    "wps": (OLE, b"PK"),
    "et": (OLE, b"PK"),
    "dps": (OLE, b"PK"),
} | dict.fromkeys(_OOXML, (b"PK",))
_OTHERS = {
    *("txt", "csv", "rtf", "htm", "html", "mht", "eml", "msg", "odt", "ods", "odp", "xlsb", "caj", "ceb", "heic"),
    *("webp", "svg", "mp4", "mov", "avi", "wmv", "mkv", "flv", "mpg", "mpeg", "mp3", "wav", "wma", "m4a", "aac"),
}
"""Kinds that are taken as they are."""


def verdict(name: str, size: int, head: bytes, tail: bytes) -> Verdict:
    """Return whether a file looks whole; `head` and `tail` are its first and last bytes, as many as HEAD and TAIL."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if not size or not head.strip(b"\0"):
        return Verdict(Health.EMPTY, "" if not size else "里面全是空字节")
    if ending in _PROGRAMS or head.startswith(b"MZ"):
        return Verdict(Health.FOREIGN, "程序或快捷方式")
    if head.startswith(ARCHIVES):
        return Verdict(Health.ARCHIVE, "rar、7z 等压缩包读不了，只能读 zip 压缩包")
    beginnings = _BEGINNINGS.get(ending)
    if beginnings and not any(_begins(head, beginning) for beginning in beginnings):
        if ending in _OOXML and head.startswith(OLE):
            return Verdict(Health.DAMAGED, "设有打开密码，或者是旧格式改了后缀")
        return Verdict(Health.DAMAGED, f"后缀是 .{ending}，里面却不是")
    for beginning, (end, reason) in _ENDINGS.items():
        if _begins(head, beginning) and end not in tail:
            return Verdict(Health.DAMAGED, reason)
    if ending == "zip":
        return Verdict(Health.ARCHIVE)
    is_known = bool(beginnings) or ending in _OTHERS or any(_begins(head, one) for one in (*_ENDINGS, OLE))
    return _WHOLE if is_known else Verdict(Health.FOREIGN, f"不认识的种类（.{ending[:10]}）" if ending else "没有后缀")


def _begins(head: bytes, beginning: bytes) -> bool:
    """Return whether a file begins so; some programs put something before a PDF."""
    return head.startswith(beginning) or (beginning == b"%PDF-" and beginning in head[:1024])
