"""A mailbox read by IMAP without changing it: the folder is opened for reading alone, mails stay unread."""

from __future__ import annotations

import contextlib
import imaplib
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from qtool.office.mail.connection import (
    CLOSED,
    LoginRefused,
    NoFolder,
    Refused,
    Server,
    Unreachable,
    broken_reason,
    reply_text,
    tls_context,
)

if TYPE_CHECKING:
    from imap_tools import MailBox

_AT_ONCE = 100
"""Mails whose headers are asked for in one question."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""Months as the protocol writes them, whatever language the computer speaks."""
_ID = '("name" "qtool" "version" "1.0" "vendor" "qtool")'
"""163 and 126 open no folder for a program that did not say who it is."""
_UID, _SIZE = re.compile(rb"\bUID (\d+)"), re.compile(rb"RFC822\.SIZE (\d+)")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is known of a mail before it is read: its number in the folder, size, arrival, and headers as they are."""

    uid: int
    size: int
    arrival: datetime
    headers: bytes


class Mailbox:
    """An open mailbox; to be used in a `with`. Everything may raise Unreachable or Refused."""

    def __init__(self, server: Server, user: str, secret: str) -> None:
        """Connect and log in; raises Unreachable and LoginRefused."""
        from imap_tools import MailBox  # noqa: PLC0415 - slow to import, and only needed when mail is fetched

        self._secret = secret
        with self._conversation():
            self._box: MailBox = MailBox(server.host, server.port, server.seconds, ssl_context=tls_context(server))
        try:
            with self._conversation():
                self._login(user)
        except BaseException:
            self._close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._close()

    def _close(self) -> None:
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            self._box.client.logout()

    def _login(self, user: str) -> None:
        client = self._box.client
        try:
            client.login(user, self._secret)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            raise LoginRefused(0, self._refusal(error)) from None  # the reply may repeat the secret
        if "ID" in client.capabilities or "ID" in _capabilities(client):
            client.xatom("ID", _ID)

    def _refusal(self, error: imaplib.IMAP4.error) -> str:
        text = error.args[0] if error.args else ""
        return reply_text(text if isinstance(text, bytes) else str(text), self._secret)

    @contextlib.contextmanager
    def _conversation(self) -> Iterator[None]:
        """Turn what went wrong in a conversation into Unreachable and Refused."""
        try:
            yield
        except imaplib.IMAP4.abort as error:
            cause = error.__context__
            raise Unreachable(broken_reason(cause) if isinstance(cause, OSError) else CLOSED) from None
        except imaplib.IMAP4.error as error:
            raise Refused(0, self._refusal(error)) from None
        except OSError as error:
            raise Unreachable(broken_reason(error)) from error

    def select(self, folder: str) -> int:
        """Open a folder for reading and return its validity: as long as that is the same, numbers mean the same mails.

        Raises NoFolder.
        """
        from imap_tools.errors import MailboxFolderSelectError  # noqa: PLC0415 - as above

        with self._conversation():
            try:
                self._box.folder.set(folder, readonly=True)
            except MailboxFolderSelectError as error:
                names = [info.name for info in self._box.folder.list()]
                if folder.upper() == "INBOX" or folder in names:
                    raise Refused(0, reply_text(b" ".join(error.command_result[1]), self._secret)) from None
                raise NoFolder(folder, names) from None
            validity = self._box.client.response("UIDVALIDITY")[1][0]
        return int(validity) if validity else 0

    def search(self, since: date) -> list[int]:
        """Return the numbers of the mails that came on a day or later, the oldest first."""
        day = f"{since.day}-{_MONTHS[since.month - 1]}-{since.year}"
        with self._conversation():
            parts = self._ask("SEARCH", "SINCE", day)
        return sorted(int(number) for part in parts if isinstance(part, bytes) for number in part.split())

    def envelopes(self, uids: Sequence[int]) -> Iterator[Envelope]:
        """Yield what is known of some mails; those that are gone meanwhile are left out."""
        for at in range(0, len(uids), _AT_ONCE):
            numbers = ",".join(map(str, uids[at : at + _AT_ONCE]))
            with self._conversation():
                parts = self._ask("FETCH", numbers, "(UID RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER])")
            for facts, headers in _mails(parts):
                uid, size = _UID.search(facts), _SIZE.search(facts)
                if uid and size:
                    yield Envelope(int(uid[1]), int(size[1]), _arrival(facts), headers)

    def whole(self, uid: int) -> bytes:
        """Return a mail as it is; nothing when it is gone meanwhile."""
        with self._conversation():
            parts = self._ask("FETCH", str(uid), "(UID BODY.PEEK[])")
        return next((content for _, content in _mails(parts)), b"")

    def _ask(self, command: str, *arguments: str) -> Sequence[object]:
        """Return the parts of the server's answer."""
        status, parts = self._box.client.uid(command, *arguments)
        if status != "OK":
            raise Refused(0, reply_text(b" ".join(part for part in parts if isinstance(part, bytes)), self._secret))
        return parts


def _capabilities(client: imaplib.IMAP4) -> str:
    """Return what the server can after the login; it may say more than before."""
    status, parts = client.capability()
    return b" ".join(part for part in parts if isinstance(part, bytes)).decode("ascii", "replace") if status else ""


def _mails(parts: Sequence[object]) -> Iterator[tuple[bytes, bytes]]:
    """Yield for each mail what the server says of it, before its text or after it, and the text."""
    facts, content = b"", b""
    for part in parts:
        if isinstance(part, tuple):
            if facts:
                yield facts, content
            facts, content = part
        elif isinstance(part, bytes):
            facts += part
    if facts and content:
        yield facts, content


def _arrival(facts: bytes) -> datetime:
    moment = imaplib.Internaldate2tuple(facts)
    stamp = time.mktime(moment) if moment else time.time()
    return datetime.fromtimestamp(stamp).astimezone()
