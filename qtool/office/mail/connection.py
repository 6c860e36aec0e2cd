"""A mail server: how it is reached, why it is not, what it says; and the account's secret in the system's keyring."""

from __future__ import annotations

import base64
import contextlib
import errno
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qtool.office.archive.members import decoded

SSL, STARTTLS = "SSL", "STARTTLS"
NO_HOST = "找不到这台服务器"
SILENT = "服务器没有回应"
CLOSED = "连接断开了"
REFUSED = "服务器没有开这个端口"
UNTRUSTED = "服务器的证书不可信"
EXPIRED = "服务器的证书过期了"
OTHER_HOST = "服务器的证书不是它的"
NO_TLS = "不能建立加密连接"
NO_FILE = "证书文件读不了"
NO_LOGIN = "服务器没有可用的登录方式"
STRANGE = "回答不像邮件服务器"

_HIDDEN = "●●●"
_LONGEST = 200
_UNTRUSTED = {10: EXPIRED, 62: OTHER_HOST, 64: OTHER_HOST}
"""OpenSSL's reasons for refusing a certificate that have a name of their own."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server and how to talk to it; `authority` is a file of certificates that are trusted besides the system's."""

    host: str
    port: int
    security: str = SSL
    authority: Path | None = None
    seconds: float = 60


class MailError(Exception):
    """What a server did not do, or what became of the connection to it."""


class Unreachable(MailError):
    """A server that cannot be talked to, or not any longer; `reason` is for users."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Uncertain(MailError):
    """A letter that was handed over whole, but the connection broke before the server said whether it took it."""


class NoFolder(MailError):
    """A folder that the mailbox does not have; `names` are those that it has."""

    def __init__(self, folder: str, names: Sequence[str]) -> None:
        super().__init__(folder)
        self.folder = folder
        self.names = tuple(names)


class Refused(MailError):
    """Something that a server refused: its code (0 where it gives none) and its words."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(f"{code} {words}")
        self.code = code
        self.words = words

    @property
    def temporary(self) -> bool:
        """Whether the server says that it may be tried again later."""
        return 400 <= self.code < 500


class LoginRefused(Refused):
    """An account or a secret that a server does not take."""


def tls_context(server: Server) -> ssl.SSLContext:
    """Return what checks a server's certificate and name; raises Unreachable when `authority` cannot be read."""
    context = ssl.create_default_context()
    if server.authority is not None:
        try:
            context.load_verify_locations(server.authority)
        except (OSError, ValueError) as error:
            raise Unreachable(NO_FILE) from error
    return context


def broken_reason(error: OSError) -> str:
    """Return in Chinese why a connection was not made, or broke."""
    match error:
        case ssl.SSLCertVerificationError():
            return _UNTRUSTED.get(error.verify_code, UNTRUSTED)
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            return CLOSED
        case ssl.SSLError():
            return NO_TLS
        case TimeoutError():
            return SILENT
        case ConnectionRefusedError():
            return REFUSED
        case socket.gaierror():
            return NO_HOST
        case OSError(errno=errno.ENETUNREACH | errno.EHOSTUNREACH | errno.ENETDOWN):
            return SILENT
    return CLOSED


def reply_text(reply: bytes | str, secret: str = "") -> str:
    """Return what a server said, on one line; it may repeat the secret, in clear or as it was sent."""
    raw = reply.encode(errors="replace") if isinstance(reply, str) else reply
    text = " ".join(decoded(raw).split())
    if secret:
        coded = base64.b64encode(secret.encode()).decode()
        for hidden in (secret, coded, coded.rstrip("=")):
            text = text.replace(hidden, _HIDDEN)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


SERVICE = "qtool"
_NOT_SECRET = ("keyring.backends.fail", "keyring.backends.null", "keyrings.")
"""Keyrings that keep nothing, and those of keyrings.alt, which keep it in a file."""


def load_secret(address: str) -> str:
    """Return the secret kept for an address, or nothing."""
    ring = _keyring()
    with contextlib.suppress(Exception):  # a keyring without its desktop raises what its library likes
        return str(ring.get_password(SERVICE, address) or "") if ring else ""
    return ""


def save_secret(address: str, secret: str) -> bool:
    """Keep the secret for an address; return whether there is a keyring that took it."""
    ring = _keyring()
    with contextlib.suppress(Exception):  # as above
        if ring:
            ring.set_password(SERVICE, address, secret)
            return True
    return False


def delete_secret(address: str) -> None:
    """Drop the secret kept for an address, if any."""
    ring = _keyring()
    with contextlib.suppress(Exception):  # what cannot be dropped is asked for anew and replaced
        if ring and ring.get_password(SERVICE, address):
            ring.delete_password(SERVICE, address)


def _keyring() -> Any:
    """Return the keyring to use, the first good one where several are chained; nothing when secrets are not safe."""
    import keyring  # noqa: PLC0415 - slow to import, and only needed when mail is sent or fetched

    ring = keyring.get_keyring()
    good = (one for one in getattr(ring, "backends", [ring]) if not type(one).__module__.startswith(_NOT_SECRET))
    return next(good, None)
