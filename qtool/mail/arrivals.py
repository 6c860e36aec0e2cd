"""Mails taken from a mailbox into the inbox: attachments as files, once each, and in the journal who sent them."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from qtool.faults import Fault, fault
from qtool.mail.deliver import shown_size
from qtool.office.archive.members import Member
from qtool.office.mail.eml_file import TNEF
from qtool.office.mail.mailbox import Envelope, Mailbox
from qtool.office.mail.received import Heading, heading, opened
from qtool.progress import Event, Report
from qtool.workspace import INBOX, Campaign, write_file

FETCHED = "收到邮件"
_LARGEST = 80 << 20
"""Bytes of a mail that is fetched: providers pass on 50 MB of attachments, which are a third longer on their way."""
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
_LONGEST = 180
"""Bytes of a file's name; its folder and a number must have room too."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which mails are taken: from a folder, since a day, from these senders, or from anyone."""

    account: str
    folder: str
    since: date
    senders: Collection[str]
    anyone: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """One mail that was taken: what it says, where its attachments lie; `known` are those that were there before."""

    heading: Heading
    files: tuple[Path, ...]
    known: tuple[Path, ...] = ()


@dataclass
class Taken:
    """What a run took, what is wrong with it, and from which addresses mails were left where they are."""

    arrivals: list[Arrival] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    passed: dict[str, int] = field(default_factory=dict)
    seen: int = 0
    """Mails of the time asked for that were taken earlier."""


def take(campaign: Campaign, mailbox: Mailbox, wanted: Wanted, report: Report, taken: Taken) -> None:
    """Take every wanted mail that was not taken before, and say so in `taken`; raises what `Mailbox` raises."""
    inbox = _Inbox(campaign.folder(INBOX))
    validity = mailbox.select(wanted.folder)
    numbers, marks = _known(campaign, wanted, validity)
    uids = mailbox.search(wanted.since)
    fresh = [uid for uid in uids if uid not in numbers]
    taken.seen = len(uids) - len(fresh)
    for envelope in list(mailbox.envelopes(fresh)):
        found = heading(envelope.headers, envelope.came)
        if found.mark in marks:
            taken.seen += 1
        elif found.sender == wanted.account.lower() and found.sender not in wanted.senders:
            continue  # what the office sent itself, to try the account
        elif not wanted.anyone and found.sender not in wanted.senders:
            taken.passed[found.sender] = taken.passed.get(found.sender, 0) + 1
        else:
            marks.add(found.mark)
            report(Event(len(taken.arrivals), len(fresh), found.subject))
            _one(campaign, mailbox, inbox, wanted, (validity, envelope, found), taken)


def _known(campaign: Campaign, wanted: Wanted, validity: int) -> tuple[set[int], set[str]]:
    """Return the numbers and the marks of the mails that were taken before."""
    numbers, marks = set(), set()
    place = {"account": wanted.account, "folder": wanted.folder, "validity": validity}
    for entry in campaign.history():
        if entry["what"] == FETCHED:
            marks.add(str(entry.get("mark")))
            if all(entry.get(name) == value for name, value in place.items()):
                numbers.add(int(entry.get("uid", 0)))
    return numbers, marks


def _one(
    campaign: Campaign,
    mailbox: Mailbox,
    inbox: _Inbox,
    wanted: Wanted,
    mail: tuple[int, Envelope, Heading],
    taken: Taken,
) -> None:
    validity, envelope, found = mail
    where = {"sender": found.sender, "subject": found.subject or "（没有主题）"}
    if envelope.size > _LARGEST:
        taken.faults.append(fault("M28", **where, reason=f"有{shown_size(envelope.size)}，太大"))
        return
    content = mailbox.whole(envelope.uid)
    if not content:
        return
    members, reason = opened(content)
    for said in (*([reason] if reason else []), *(m.reason for m in members if m.reason)):
        code = "M27" if said == TNEF else "M28"
        taken.faults.append(fault(code, **where, reason=said))
    whole = [member for member in members if member.content]
    if not members and not reason:
        taken.faults.append(fault("M29", **where))
    files = [inbox.put(member, found.date) for member in whole]
    campaign.journal(
        FETCHED,
        account=wanted.account,
        folder=wanted.folder,
        validity=validity,
        uid=envelope.uid,
        mark=found.mark,
        sender=found.sender,
        subject=found.subject,
        date=found.date.isoformat(timespec="seconds"),
        came=envelope.came.isoformat(timespec="seconds"),
        files=[{"file": path.name, "sha256": digest} for path, digest, _ in files],
        unread=[reason] * bool(reason) + [member.name for member in members if member.reason],
    )
    arrived = tuple(path for path, _, new in files if new)
    taken.arrivals.append(Arrival(found, arrived, tuple(path for path, _, new in files if not new)))


class _Inbox:
    """The folder that attachments go to; what lies there already, also deeper, is not put there twice."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sizes: dict[int, list[Path]] = {}
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                self._sizes.setdefault(path.stat().st_size, []).append(path)

    def put(self, member: Member, date: datetime) -> tuple[Path, str, bool]:
        """Write an attachment with its mail's date; return its place, its SHA-256, and whether it is new."""
        digest = hashlib.sha256(member.content).hexdigest()
        same = self._sizes.setdefault(len(member.content), [])
        for path in same:
            if hashlib.sha256(path.read_bytes()).hexdigest() == digest:
                return path, digest, False
        path = next(path for path in _places(self._folder, _safe(member)) if not path.exists())

        def write(temporary: Path) -> None:
            temporary.write_bytes(member.content)
            os.utime(temporary, (date.timestamp(), date.timestamp()))

        write_file(path, write)
        same.append(path)
        return path, digest, True


def _safe(member: Member) -> str:
    """Return a name for an attachment that any disk takes and `collect` does not pass over."""
    name = _FORBIDDEN.sub("_", member.name.rpartition(" › ")[2]).lstrip("~$. ").rstrip(". ")
    if not name or _DEVICES.match(name):
        name = f"附件{name}"
    if member.mail and not name.lower().endswith((".eml", ".msg")):
        name += ".eml"
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 10:
        stem, ending = name, ""
    room = _LONGEST - len(ending.encode()) - 1
    return stem.encode()[:room].decode(errors="ignore") + (f".{ending}" if ending else "")


def _places(folder: Path, name: str) -> Iterator[Path]:
    path, number = folder / name, 2
    yield path
    while True:
        yield path.with_name(f"{path.stem}（{number}）{path.suffix}")
        number += 1
