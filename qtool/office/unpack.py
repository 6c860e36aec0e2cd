"""What a department returns: a workbook, or an archive or a mail that holds it. Nothing is written to the disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from qtool.office.archive.file_kind import Kind, kind_of
from qtool.office.archive.members import TNEF, Member, Room, Unopened
from qtool.office.archive.zip_archive import zip_members
from qtool.office.archive.zip_reader import DAMAGED

OTHER_ARCHIVE = "rar、7z 等压缩包读不了，只能读 zip 压缩包"
NESTED_ARCHIVE = "压缩包里套着压缩包，套了太多层"
NESTED_MAIL = "邮件里套着邮件，套了太多层"

_LEVELS = 2
"""An archive in an archive and a mail in a mail are what people send; what goes deeper is made to exhaust."""
_CONTAINERS = (Kind.ZIP, Kind.EML, Kind.MSG)
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
    unpacking = _Unpacking()
    unpacking.take(Member(name, content), (), ())
    return unpacking.pieces, unpacking.refused


class _Unpacking:
    """A returned file being unpacked."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.refused: list[Refused] = []
        self._room = Room()

    def take(self, member: Member, inside: tuple[str, ...], around: tuple[Kind, ...]) -> None:
        """Sort a file in: open it, keep it, or say why not; `around` are the containers that it lies in."""
        kind = _kind(member)
        reason = member.reason or _closed(kind, member)
        if kind in _CONTAINERS and not reason:
            around = (*around, kind)
            reason = _too_deep(around)
        if reason:
            self.refused.append(Refused(inside, reason))
        elif kind not in _CONTAINERS:
            self.pieces.append(Piece(inside, kind, member.content))
        else:
            try:
                for one in member.attachments or _members(kind, member.content, self._room):
                    self.take(one, (*inside, one.name), around)
            except Unopened as refusal:
                self.refused.append(Refused(inside, refusal.reason))


def _members(kind: Kind, content: bytes, room: Room) -> Iterator[Member]:
    """Yield what is in a container; the readers of mails are slow to import, and few returns are mails."""
    if kind is Kind.ZIP:
        return zip_members(content, room)
    if kind is Kind.EML:
        from qtool.office.mail.eml_file import mail_attachments  # noqa: PLC0415

        return mail_attachments(content, room)
    from qtool.office.mail.msg_file import msg_attachments  # noqa: PLC0415

    return msg_attachments(content, room)


def _too_deep(around: tuple[Kind, ...]) -> str:
    """Return why nothing is read inside so many archives and mails, or nothing."""
    archives = around.count(Kind.ZIP)
    if archives > _LEVELS:
        return NESTED_ARCHIVE
    return NESTED_MAIL if len(around) - archives > _LEVELS else ""


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
