"""What a container holds: names fit to be shown, room for what is unpacked, and why something stays closed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

DAMAGED = "文件已损坏或不完整"
DECLARED = "文件内容异常（含有外部定义）"
LOCKED = "设有打开密码"
SWOLLEN = "文件内容异常（解压后过大）"


class Unreadable(Exception):
    """A file that cannot be read; `encrypted` when it only wants a password."""

    def __init__(self, reason: str, *, encrypted: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.encrypted = encrypted


def locked() -> Unreadable:
    """Return what is raised for a file that wants a password."""
    return Unreadable(LOCKED, encrypted=True)


TNEF = "winmail.dat 附件读不了"
"""What is said of mails in Outlook's own format."""
MEMBERS = 200
"""Members of one container: more than any department sends, few enough to look at each."""
_ALL_MEMBERS = 1_000
"""Members of all containers inside each other, so that small archives of small archives end as well."""
_ALL_BYTES = 200 << 20
"""What one file may come to when it is unpacked; an office PC can hold so much in memory."""

_LONGEST = 100
_SHOWN_FOLDERS = 1
_DRIVE = re.compile(r"^[A-Za-z]:")
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Controls, bidi and zero-width signs, lone surrogates, line separators."""
_LITTER_NAMES = {"thumbs.db", "desktop.ini", ".ds_store"}
_LITTER_STARTS = ("._", "~$")
_GB = dict.fromkeys(("gb2312", "gbk", "x-gbk", "cp936", "windows-936", "euc-cn", "gb18030"), "gb18030")
_LABELS = _GB | {"utf-8": "utf-8", "utf8": "utf-8", "big5": "big5hkscs", "hz-gb-2312": "hz"}
"""Labels that can be believed. 镕, 堃 and 喆 are not in GB 2312, but mail programs write them under its name."""


class Unopened(Exception):
    """A container that is not opened, or not any further; `reason` is for users."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Member:
    """One file in a container, or the reason why it is not there."""

    name: str
    content: bytes = b""
    reason: str = ""
    mail: bool = False
    """Whether its container says that it is a mail."""
    attachments: Iterator[Member] | None = None
    """What a mail holds that has no bytes of its own."""


class Room:
    """How much may still be unpacked from one file, together with everything inside it."""

    def __init__(self) -> None:
        self._bytes = _ALL_BYTES
        self._members = _ALL_MEMBERS

    def spend(self, size: int, reason: str) -> None:
        """Take so many bytes; raises Unopened with this reason when there is no room for them."""
        self._bytes -= size
        if self._bytes < 0:
            raise Unopened(reason)

    def enter(self, reason: str) -> None:
        """Take one more member; raises Unopened with this reason when there were too many."""
        self._members -= 1
        if self._members < 0:
            raise Unopened(reason)


def shown_name(name: str, otherwise: str) -> str:
    """Return a name fit to be shown, never to be used as a path: the file and its folder, or `otherwise`."""
    parts = [_visible(_DRIVE.sub("", part)) for part in _parts(name)]
    text = " › ".join([part for part in parts if part not in ("", ".", "..")][-1 - _SHOWN_FOLDERS :])
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST - 21]}…{text[-20:]}"
    return text or otherwise


def _parts(name: str) -> list[str]:
    return name.replace("\\", "/").split("/")


def _visible(text: str) -> str:
    text = re.sub(r"[\t\n\r]", " ", text)
    signs = (sign for sign in text if unicodedata.category(sign) not in _INVISIBLE)
    return " ".join(unicodedata.normalize("NFC", "".join(signs)).split())


def is_litter(name: str) -> bool:
    """Return whether a member is what systems and programs leave behind, or a folder."""
    *folders, last = _parts(name)
    folder = bool(folders) and not last
    return folder or "__MACOSX" in folders or last.lower() in _LITTER_NAMES or last.startswith(_LITTER_STARTS)


def decoded(raw: bytes, label: str = "", otherwise: str = "latin-1") -> str:
    """Return a name's text: by its label where that can be believed, or else by what its bytes are."""
    for codec in filter(None, (_LABELS.get(label.strip().lower()), _unlabelled(raw), "gb18030")):
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    return raw.decode(otherwise)


def _unlabelled(raw: bytes) -> str | None:
    """Return UTF-8 where the bytes are Chinese in it; two bytes for a letter are GBK that looks like UTF-8."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return None
    return None if any("\x80" <= sign < "\u0800" for sign in text) else "utf-8"
