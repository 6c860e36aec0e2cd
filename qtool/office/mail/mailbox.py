"""A mailbox read by IMAP without changing it: the folder is opened for reading alone, mails stay unread."""

from __future__ import annotations

import contextlib
import imaplib
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self

from qtool.office.mail.connection import CLOSED, LoginRefused, Refused, Server, Unreachable, context, why, words

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
    came: datetime
    headers: bytes


class NoFolder(Exception):
    """A folder that there is not; `names` are those that there are."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__("、".join(names))
        self.names = tuple(names)


class Mailbox:
    """An open mailbox; to be used in a `with`. Everything may raise Unreachable or Refused."""

    def __init__(self, server: Server, user: str, secret: str) -> None:
        """Connect and log in; raises Unreachable and LoginRefused."""
        from imap_tools import MailBox  # noqa: PLC0415 - slow to import, and only needed when mail is fetched

        self._secret = secret
        with self._talking():
            self._box: MailBox = MailBox(server.host, server.port, server.seconds, ssl_context=context(server))
        try:
            with self._talking():
                self._login(user)
        except BaseException:
            self._close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
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
            raise LoginRefused(0, self._said(error)) from None  # the reply may repeat the secret
        if "ID" in client.capabilities or "ID" in _capabilities(client):
            client.xatom("ID", _ID)

    def _said(self, error: imaplib.IMAP4.error) -> str:
        found = error.args[0] if error.args else ""
        return words(found if isinstance(found, bytes) else str(found), self._secret)

    @contextlib.contextmanager
    def _talking(self) -> Iterator[None]:
        """Turn what went wrong in a conversation into Unreachable and Refused."""
        try:
            yield
        except imaplib.IMAP4.abort as error:
            cause = error.__context__
            raise Unreachable(why(cause) if isinstance(cause, OSError) else CLOSED) from None
        except imaplib.IMAP4.error as error:
            raise Refused(0, self._said(error)) from None
        except OSError as error:
            raise Unreachable(why(error)) from error

    def select(self, folder: str) -> int:
        """Open a folder for reading and return its validity: as long as that is the same, numbers mean the same mails.

        Raises NoFolder.
        """
        from imap_tools.errors import MailboxFolderSelectError  # noqa: PLC0415 - as above

        with self._talking():
            try:
                self._box.folder.set(folder, readonly=True)
            except MailboxFolderSelectError as error:
                names = [info.name for info in self._box.folder.list()]
                if folder.upper() == "INBOX" or folder in names:
                    raise Refused(0, words(b" ".join(error.command_result[1]), self._secret)) from None
                raise NoFolder(names) from None
            validity = self._box.client.response("UIDVALIDITY")[1][0]
        return int(validity) if validity else 0

    def search(self, since: date) -> list[int]:
        """Return the numbers of the mails that came on a day or later, the oldest first."""
        day = f"{since.day}-{_MONTHS[since.month - 1]}-{since.year}"
        with self._talking():
            status, found = self._box.client.uid("SEARCH", "SINCE", day)
            self._expect(status, found)
        return sorted(int(number) for part in found if part for number in part.split())

    def envelopes(self, uids: Sequence[int]) -> Iterator[Envelope]:
        """Yield what is known of some mails; those that are gone meanwhile are left out."""
        for at in range(0, len(uids), _AT_ONCE):
            asked = ",".join(map(str, uids[at : at + _AT_ONCE]))
            with self._talking():
                status, found = self._box.client.uid("FETCH", asked, "(UID RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER])")
                self._expect(status, found)
            for known, headers in _answers(found):
                uid, size = _UID.search(known), _SIZE.search(known)
                if uid and size:
                    yield Envelope(int(uid[1]), int(size[1]), _came(known), headers)

    def whole(self, uid: int) -> bytes:
        """Return a mail as it is; nothing when it is gone meanwhile."""
        with self._talking():
            status, found = self._box.client.uid("FETCH", str(uid), "(UID BODY.PEEK[])")
            self._expect(status, found)
        return next((content for _, content in _answers(found)), b"")

    def _expect(self, status: str, found: Sequence[object]) -> None:
        if status != "OK":
            raise Refused(0, words(b" ".join(part for part in found if isinstance(part, bytes)), self._secret))


def _capabilities(client: imaplib.IMAP4) -> str:
    """Return what the server can after the login; it may say more than before."""
    status, found = client.capability()
    return b" ".join(part for part in found if isinstance(part, bytes)).decode("ascii", "replace") if status else ""


def _answers(found: Sequence[object]) -> Iterator[tuple[bytes, bytes]]:
    """Yield for each mail what was said around its text, and the text; servers say things before it and after it."""
    known, content = b"", b""
    for part in found:
        if isinstance(part, tuple):
            if known:
                yield known, content
            known, content = part
        elif isinstance(part, bytes):
            known += part
    if known and content:
        yield known, content


def _came(known: bytes) -> datetime:
    moment = imaplib.Internaldate2tuple(known)
    stamp = time.mktime(moment) if moment else time.time()
    return datetime.fromtimestamp(stamp).astimezone()
