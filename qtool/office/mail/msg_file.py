"""Mails as Outlook saves them (.msg): their attachments, and those of the mails attached to them."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator

from qtool.office.archive.file_kind import is_picture
from qtool.office.archive.members import MEMBERS, Member, Room, Unopened, decoded, shown_name
from qtool.office.archive.ole_file import Storage, open_ole

TOO_MANY = "邮件里的附件太多"
TOO_LARGE = "邮件太大"
EMBEDDED = "附件是嵌入的对象，读不了"
SPOILT = "附件已损坏"
ABSENT = "附件没有随邮件寄来，只是一个链接"

_LARGEST = 60 << 20
"""Above what mail providers pass on; olefile takes a few microseconds for each sector."""
_ATTACHMENT = "__attach_version1.0_#"
_DATA, _EMBEDDED = "__substg1.0_37010102", "__substg1.0_3701000d"
_CONTENT_ID = ("__substg1.0_3712001f", "__substg1.0_3712001e")
_PROPERTIES = "__properties_version1.0"
_NAMES = ("3707", "3704", "3001")
"""The long file name, the short one, and what is shown in their place."""
_NAME_SIZE = 4_000


def msg_attachments(content: bytes, room: Room) -> Iterator[Member]:
    """Yield what is attached to a mail, without the pictures in its text; raises Unopened."""
    if len(content) > _LARGEST:
        raise Unopened(TOO_LARGE)
    with open_ole(content) as root:
        yield from _attachments(root, room)


def _attachments(mail: Storage, room: Room) -> Iterator[Member]:
    names = sorted(name for name in mail.names if name.startswith(_ATTACHMENT))
    if len(names) > MEMBERS:
        raise Unopened(TOO_MANY)
    numbers = itertools.count(1)
    for storage in filter(None, map(mail.storage, names)):
        room.enter(TOO_MANY)
        member = _member(storage, f"附件{next(numbers)}", room)
        if not (is_picture(member.content) and any(storage.size(name) for name in _CONTENT_ID)):
            yield member


def _member(attachment: Storage, otherwise: str, room: Room) -> Member:
    name = shown_name(_file_name(attachment), otherwise)
    if attachment.size(_DATA) is not None:
        try:
            content = attachment.stream(_DATA)
        except Unopened:
            return Member(name, reason=SPOILT)
        room.spend(len(content), TOO_LARGE)
        return Member(name, content)
    inside = attachment.storage(_EMBEDDED)
    if inside and _PROPERTIES in inside.names:
        return Member(name, attachments=_attachments(inside, room))
    return Member(name, reason=EMBEDDED if inside else ABSENT)


def _file_name(attachment: Storage) -> str:
    """Return the name that an attachment was given, or nothing."""
    for tag in _NAMES:
        for kind, codec in (("001f", "utf-16-le"), ("001e", "")):
            stream = f"__substg1.0_{tag}{kind}"
            if 0 < (attachment.size(stream) or 0) <= _NAME_SIZE:
                with contextlib.suppress(Unopened):
                    raw = attachment.stream(stream)
                    return raw.decode(codec, "replace").rstrip("\0") if codec else decoded(raw.rstrip(b"\0"))
    return ""
