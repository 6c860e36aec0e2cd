"""Mails taken from a mailbox into the inbox: attachments as files, once each, and in the journal who sent them."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from qtool.faults import Fault, fault
from qtool.mail.refusals import size_text
from qtool.office.archive.members import TNEF, Member
from qtool.office.mail.mailbox import Envelope, Mailbox
from qtool.office.mail.received_mail import Heading, read_attachments, read_heading
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
class Filter:
    """Which mails are taken: from a folder, since a day, from these senders, or from anyone."""

    account: str
    folder: str
    since: date
    senders: Collection[str]
    anyone: bool = False

    def takes(self, sender: str) -> bool:
        """Return whether mails from an address are taken."""
        return self.anyone or sender in self.senders


@dataclass(frozen=True, slots=True)
class Arrival:
    """One mail that was taken: what it says, and where its attachments lie; `old_files` were there before."""

    heading: Heading
    files: tuple[Path, ...]
    old_files: tuple[Path, ...] = ()


@dataclass
class Arrivals:
    """What a run took, what is wrong with it, and from which addresses mails were left where they are."""

    mails: list[Arrival] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    passed: dict[str, int] = field(default_factory=dict)
    earlier: int = 0
    """Mails of the time asked for that were taken earlier."""


def take(
    campaign: Campaign,
    mailbox: Mailbox,
    chosen: Filter,
    report: Report,
    arrivals: Arrivals,
    history: Iterable[Mapping[str, Any]],
) -> None:
    """Take every chosen mail that was not taken before, and add it to `arrivals`; raises what `Mailbox` raises.

    `history` is the journal so far, which tells what was taken.
    """
    inbox = _Inbox(campaign.folder(INBOX))
    validity = mailbox.select(chosen.folder)
    numbers, marks = _taken_before(history, chosen, validity)
    uids = mailbox.search(chosen.since)
    fresh = [uid for uid in uids if uid not in numbers]
    arrivals.earlier = len(uids) - len(fresh)
    for envelope in list(mailbox.envelopes(fresh)):
        heading = read_heading(envelope.headers, envelope.arrival)
        sender = heading.sender
        if heading.mark in marks:
            arrivals.earlier += 1
        elif sender == chosen.account.lower() and sender not in chosen.senders:
            continue  # what the office sent itself, to try the account
        elif not chosen.takes(sender):
            arrivals.passed[sender] = arrivals.passed.get(sender, 0) + 1
        else:
            marks.add(heading.mark)
            report(Event(len(arrivals.mails), len(fresh), heading.subject))
            place = {"account": chosen.account, "folder": chosen.folder, "validity": validity, "uid": envelope.uid}
            _take_one(campaign, mailbox, inbox, (envelope, heading, place), arrivals)


def _taken_before(history: Iterable[Mapping[str, Any]], chosen: Filter, validity: int) -> tuple[set[int], set[str]]:
    """Return the numbers and the marks of the mails that were taken before."""
    numbers, marks = set(), set()
    place = {"account": chosen.account, "folder": chosen.folder, "validity": validity}
    for entry in history:
        if entry["what"] == FETCHED:
            marks.add(str(entry.get("mark")))
            if all(entry.get(name) == value for name, value in place.items()):
                numbers.add(int(entry.get("uid", 0)))
    return numbers, marks


def _take_one(
    campaign: Campaign,
    mailbox: Mailbox,
    inbox: _Inbox,
    mail: tuple[Envelope, Heading, Mapping[str, object]],
    arrivals: Arrivals,
) -> None:
    envelope, heading, place = mail
    who = {"sender": heading.sender, "subject": heading.subject or "（没有主题）"}
    if envelope.size > _LARGEST:
        arrivals.faults.append(fault("M28", **who, reason=f"有{size_text(envelope.size)}，太大"))
        return
    content = mailbox.whole(envelope.uid)
    if not content:
        return
    members, broken = read_attachments(content)
    reasons = [broken, *(member.reason for member in members)]
    arrivals.faults += (fault("M27" if reason == TNEF else "M28", **who, reason=reason) for reason in reasons if reason)
    if not members and not broken:
        arrivals.faults.append(fault("M29", **who))
    files = [inbox.put(member, heading.date) for member in members if member.content]
    campaign.journal(
        FETCHED,
        **place,
        mark=heading.mark,
        sender=heading.sender,
        subject=heading.subject,
        date=heading.date.isoformat(timespec="seconds"),
        came=envelope.arrival.isoformat(timespec="seconds"),
        files=[{"file": path.name, "sha256": digest} for path, digest, _ in files],
        unread=[broken] * bool(broken) + [member.name for member in members if member.reason],
    )
    new, old = (tuple(path for path, _, fresh in files if fresh is wanted) for wanted in (True, False))
    arrivals.mails.append(Arrival(heading, new, old))


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
        same_size = self._sizes.setdefault(len(member.content), [])
        for path in same_size:
            if hashlib.sha256(path.read_bytes()).hexdigest() == digest:
                return path, digest, False
        path = next(path for path in _places(self._folder, _file_name(member)) if not path.exists())

        def write(temporary: Path) -> None:
            temporary.write_bytes(member.content)
            os.utime(temporary, (date.timestamp(), date.timestamp()))

        write_file(path, write)
        same_size.append(path)
        return path, digest, True


def _file_name(member: Member) -> str:
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
