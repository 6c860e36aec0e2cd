"""Letters handed to a server by SMTP: one connection for many, and never an answer that is guessed."""

from __future__ import annotations

import base64
import contextlib
import re
import smtplib
from collections.abc import Callable, Iterator
from typing import Self

from qtool.office.mail.connection import (
    CLOSED,
    NO_LOGIN,
    NO_TLS,
    SSL,
    STRANGE,
    LoginRefused,
    Refused,
    Server,
    Uncertain,
    Unreachable,
    broken_reason,
    reply_text,
    tls_context,
)

_PATIENCE = 5
"""How many times longer the last answer may take: the server looks through the whole letter before it gives it."""
_HERE = "[127.0.0.1]"
"""How this computer calls itself: its own name may be Chinese, which the protocol does not allow."""
_CLOSING = 421
"""The code of a server that closes the connection."""


class Outbox:
    """A connection to a server that takes letters; it is made when it is needed, and made anew when it broke."""

    def __init__(self, server: Server, user: str, secret: str) -> None:
        self._server, self._user, self._secret = server, user, secret
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._smtp is not None:
            with contextlib.suppress(OSError):
                self._smtp.quit()
        self._drop()

    def connect(self) -> None:
        """Make sure that there is a live connection, logged in; raises Unreachable or LoginRefused."""
        if self._smtp is not None and not _is_alive(self._smtp):
            self._drop()
        if self._smtp is None:
            self._smtp = self._open()
            try:
                self._login(self._smtp)
            except BaseException:
                self._drop()
                raise

    @property
    def limit(self) -> int | None:
        """The largest letter that the server says it takes, in bytes, once there was a connection."""
        size = self._smtp.esmtp_features.get("size", "") if self._smtp else ""
        return int(size) if size.isdigit() and int(size) else None

    def deliver(self, sender: str, recipient: str, content: bytes, about_to: Callable[[], None]) -> str:
        """Hand a letter over and return the server's words; `about_to` runs right before its text is sent.

        Raises Refused, Unreachable when the server cannot have taken it, and Uncertain when it may have.
        """
        self.connect()
        smtp = self._smtp
        if smtp is None:
            raise Unreachable(CLOSED)
        with self._conversation():
            size = [f"size={len(content)}"] if smtp.has_extn("size") else []
            self._expect(smtp.mail(sender, size), 250)
            self._expect(smtp.rcpt(recipient), 250, 251)
        about_to()
        with self._conversation():
            self._expect(smtp.docmd("DATA"), 354)
            smtp.send(_dot_stuffed(content))
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(self._server.seconds * _PATIENCE)
            smtp.send(b".\r\n")
            answer = smtp.getreply()
            if smtp.sock is not None:
                smtp.sock.settimeout(self._server.seconds)
        except OSError as error:
            self._drop()
            raise Uncertain from error
        return self._expect(answer, 250)

    def _expect(self, answer: tuple[int, bytes], *codes: int) -> str:
        """Return the server's words when its code is one of these; raises Refused, Unreachable when it is no code."""
        code, text = answer
        if code in codes:
            return reply_text(text, self._secret)
        if code == _CLOSING or code < 0:
            self._drop()
        elif self._smtp is not None:
            with contextlib.suppress(OSError):
                self._smtp.rset()
        if code < 0:
            raise Unreachable(STRANGE)
        raise Refused(code, reply_text(text, self._secret))

    @contextlib.contextmanager
    def _conversation(self) -> Iterator[None]:
        """Turn a broken conversation into Unreachable."""
        try:
            yield
        except smtplib.SMTPException as error:
            self._drop()
            cause = error.__context__
            raise Unreachable(broken_reason(cause) if isinstance(cause, OSError) else CLOSED) from error
        except OSError as error:
            self._drop()
            raise Unreachable(broken_reason(error)) from error

    def _open(self) -> smtplib.SMTP:
        server, context = self._server, tls_context(self._server)
        with self._conversation():
            try:
                if server.security == SSL:
                    smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                        server.host, server.port, local_hostname=_HERE, timeout=server.seconds, context=context
                    )
                else:
                    smtp = smtplib.SMTP(server.host, server.port, local_hostname=_HERE, timeout=server.seconds)
            except smtplib.SMTPConnectError as error:
                if error.smtp_code < 0:
                    raise Unreachable(STRANGE) from error
                raise Refused(error.smtp_code, reply_text(error.smtp_error)) from error
            if server.security != SSL:
                smtp.ehlo()
                if not smtp.has_extn("starttls"):
                    smtp.close()
                    raise Unreachable(NO_TLS)
                smtp.starttls(context=context)
            smtp.ehlo()
        return smtp

    def _login(self, smtp: smtplib.SMTP) -> None:
        methods = smtp.esmtp_features.get("auth", "").upper().split()
        with self._conversation():
            if "PLAIN" in methods:
                pair = base64.b64encode(f"\0{self._user}\0{self._secret}".encode()).decode()
                answer = smtp.docmd("AUTH", f"PLAIN {pair}")
            elif "LOGIN" in methods:
                answer = smtp.docmd("AUTH", "LOGIN")
                for credential in (self._user, self._secret):
                    if answer[0] == 334:
                        answer = smtp.docmd(base64.b64encode(credential.encode()).decode())
            else:
                raise Unreachable(NO_LOGIN)
        code, text = answer
        if code != 235:
            raise LoginRefused(code, reply_text(text, self._secret))

    def _drop(self) -> None:
        if self._smtp is not None:
            with contextlib.suppress(OSError):
                self._smtp.close()
            self._smtp = None


def _dot_stuffed(content: bytes) -> bytes:
    """Return a letter as it travels: a line that begins with a dot gets another, and the last line is ended."""
    return re.sub(rb"(?m)^\.", b"..", content) + (b"" if content.endswith(b"\r\n") else b"\r\n")


def _is_alive(smtp: smtplib.SMTP) -> bool:
    try:
        return smtp.noop()[0] == 250
    except OSError:
        return False
