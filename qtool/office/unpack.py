"""What a department returns: a workbook, or an archive or a mail that holds it. Nothing is written to the disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from qtool.office.archive.file_kind import Kind, kind_of
from qtool.office.archive.members import Member, Room, Unopened
from qtool.office.archive.zip_archive import zip_members
from qtool.office.archive.zip_reader import DAMAGED
from qtool.office.mail.eml_file import TNEF, mail_attachments
from qtool.office.mail.msg_file import msg_attachments

OTHER_ARCHIVE = "rar、7z 等压缩包读不了，只能读 zip 压缩包"
NESTED_ARCHIVE = "压缩包里套着压缩包，套了太多层"
NESTED_MAIL = "邮件里套着邮件，套了太多层"

_LEVELS = 2
"""An archive in an archive and a mail in a mail are what people send; what goes deeper is made to exhaust."""
_CONTAINERS = {Kind.ZIP: zip_members, Kind.EML: mail_attachments, Kind.MSG: msg_attachments}
_TNEF_MAGIC = b"\x78\x9f\x3e\x22"


@dataclass(frozen=True, slots=True)
class Piece:
    """One file that is no container, and where it lay."""

    inside: tuple[str, ...]
    """Names fit to be shown of what leads to it, container by container; empty for the returned file itself."""
    kind: Kind
    content: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that was not opened, or not to its end."""

    inside: tuple[str, ...]
    reason: str


def unpack(content: bytes, name: str) -> tuple[list[Piece], list[Refused]]:
    """Return the files in a returned file, or itself when it is no container, and what was not opened and why.

    An archive without files and a mail without attachments give nothing at all. No content makes this fail.
    """
    parcel = _Parcel()
    parcel.take(Member(name, content), (), _Depth())
    return parcel.pieces, parcel.refused


@dataclass(frozen=True, slots=True)
class _Depth:
    """How many archives and mails stand around a file."""

    archives: int = 0
    mails: int = 0

    def within(self, kind: Kind) -> _Depth:
        """Return the depth inside one more container."""
        return _Depth(self.archives + 1, self.mails) if kind is Kind.ZIP else _Depth(self.archives, self.mails + 1)

    @property
    def reason(self) -> str:
        """Why nothing is read so deep, or nothing."""
        if self.archives > _LEVELS:
            return NESTED_ARCHIVE
        return NESTED_MAIL if self.mails > _LEVELS else ""


class _Parcel:
    """A returned file being unpacked."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.refused: list[Refused] = []
        self._room = Room()

    def take(self, member: Member, inside: tuple[str, ...], depth: _Depth) -> None:
        """Sort a file in: open it, keep it, or say why not."""
        kind = _kind(member)
        reason = member.reason or _closed(kind, member)
        if reason:
            self.refused.append(Refused(inside, reason))
        elif kind in _CONTAINERS:
            members = member.attachments or _CONTAINERS[kind](member.content, self._room)
            self._open(members, inside, depth.within(kind))
        else:
            self.pieces.append(Piece(inside, kind, member.content))

    def _open(self, members: Iterator[Member], inside: tuple[str, ...], depth: _Depth) -> None:
        if depth.reason:
            self.refused.append(Refused(inside, depth.reason))
            return
        try:
            for member in members:
                self.take(member, (*inside, member.name), depth)
        except Unopened as refusal:
            self.refused.append(Refused(inside, refusal.reason))


def _kind(member: Member) -> Kind:
    """Return what a file is; a mail is one where its container says so, however little it looks like one."""
    if member.attachments is not None:
        return Kind.MSG
    return Kind.EML if member.mail else kind_of(member.content, member.name)


def _closed(kind: Kind, member: Member) -> str:
    """Return why a file is not opened that is a container of a sort that cannot be read, or nothing."""
    if kind is Kind.RAR_OR_7Z:
        return OTHER_ARCHIVE
    if kind is Kind.DAMAGED and member.name.lower().endswith(".zip"):
        return DAMAGED
    return TNEF if member.content.startswith(_TNEF_MAGIC) else ""
