"""Real mail servers on this machine for the tests: aiosmtpd takes letters, Dovecot keeps them, with TLS and logins."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import getpass
import grp
import imaplib
import os
import pwd
import secrets
import select
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import waiting
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from certificates import Authority

USER, SECRET = "office@kaohe.example.cn", "shouquanma-9f2c71"
DOVECOT = "/usr/sbin/dovecot"


def program_or_skip(*names: str) -> None:
    """Skip the running test where a program is absent; fail it instead where nothing may be left out."""
    missing = [name for name in names if not shutil.which(name)]
    if missing and os.environ.get("QTOOL_REQUIRE_ALL") == "1":
        pytest.fail(f"{'、'.join(missing)} not there, and QTOOL_REQUIRE_ALL=1 allows no skipping")
    if missing:
        pytest.skip(f"{'、'.join(missing)} not there")


def free_port() -> int:
    """Return a port that nobody listens on, from below those that the system gives to whoever asks for any."""
    while True:
        port = secrets.choice(range(20_000, 32_000))  # not the seeded chance that is the same in all processes
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


@dataclass(frozen=True)
class Taken:
    """A letter that the server took."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


Answer = Callable[[str, int], str]
"""What the server says to a recipient or a letter, by address and how often it was asked; nothing takes it."""


@dataclass
class PostOffice:
    """What an SMTP server does: it keeps letters, refuses what it is told to, and may break the line."""

    recipient: Answer = lambda _address, _times: ""
    letter: Answer = lambda _address, _times: ""
    cut: Callable[[int], bool] = lambda _number: False
    """Whether the line breaks while the letter of this number is sent."""
    gone: Callable[[int], bool] = lambda _number: False
    """Whether the line breaks after the letter of this number was taken, before it is said."""
    hook: Callable[[Taken], None] = lambda _taken: None
    taken: list[Taken] = field(default_factory=list)
    asked: dict[str, int] = field(default_factory=dict)
    logins: list[tuple[str, str]] = field(default_factory=list)
    texts: int = 0
    knows: str = SECRET
    """The secret that it takes."""
    echo: bool = False
    """Whether a refused login is answered with what was typed, as careless servers do."""
    port: int = 0

    def _say(self, answer: Answer, what: str, address: str) -> str:
        key = f"{what} {address}"
        self.asked[key] = self.asked.get(key, 0) + 1
        return answer(address, self.asked[key])

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802, ARG002 - aiosmtpd's names
        """Take or refuse a recipient."""
        said = self._say(self.recipient, "recipient", address)
        if not said:
            envelope.rcpt_tos.append(address)
        return said or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002 - as above
        """Take or refuse a letter."""
        content = envelope.original_content
        assert content is not None
        assert envelope.mail_from is not None
        said = self._say(self.letter, "letter", envelope.rcpt_tos[0])
        if not said:
            found = Taken(envelope.mail_from, tuple(envelope.rcpt_tos), content)
            self.taken.append(found)
            self.hook(found)
            if self.gone(len(self.taken)):
                _break(server)
        return said or "250 2.0.0 Ok: queued"

    def authenticate(
        self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: LoginPassword
    ) -> AuthResult:
        """Check a login."""
        name, secret = data.login.decode(), data.password.decode()
        self.logins.append((name, secret))
        if (name, secret) == (USER, self.knows):
            return AuthResult(success=True)
        words = f"535 Login fail: {secret}" if self.echo else "535 Login fail. Authorization code is expired"
        return AuthResult(success=False, handled=False, message=words)


def _break(server: SMTP) -> None:
    """End a connection without a word."""
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()


class _Server(SMTP):
    """aiosmtpd's protocol, whose line breaks in the middle of a letter when the office says so."""

    office: PostOffice

    def data_received(self, data: bytes) -> None:
        if self._reading and self.office.cut(self.office.texts):
            _break(self)
            return
        super().data_received(data)

    _reading = False

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        self.office.texts += 1
        self._reading = True
        try:
            await super().smtp_DATA(arg)
        finally:
            self._reading = False


class _Controller(Controller):
    """A server on a port that it has before anybody else can take it."""

    def __init__(self, office: PostOffice, **more: Any) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        office.port = self._socket.getsockname()[1]
        super().__init__(office, hostname="127.0.0.1", port=office.port, ready_timeout=waiting.PATIENCE, **more)

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._socket, ssl=self.ssl_context)

    def factory(self) -> SMTP:
        made = _Server(self.handler, **self.SMTP_kwargs)
        made.office = self.handler
        return made


@contextlib.contextmanager
def smtp_server(
    authority: Authority,
    office: PostOffice,
    *,
    starttls: bool = False,
    size: int = 50 << 20,
    host: str = "localhost",
    days: int = 30,
) -> Iterator[PostOffice]:
    """Run an SMTP server; its port is in the office that is given back."""
    trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trusted.load_cert_chain(authority.certificate(f"smtp-{host}", host, days=days))
    tls: dict[str, Any] = {"tls_context": trusted, "require_starttls": True} if starttls else {"ssl_context": trusted}
    controller = _Controller(
        office,
        server_hostname="mail.example.cn",
        authenticator=office.authenticate,
        auth_required=True,
        auth_require_tls=starttls,
        data_size_limit=size,
        **tls,
    )
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


@dataclass(frozen=True)
class SilentServer:
    """A server that takes connections and says nothing."""

    listening: socket.socket

    @property
    def port(self) -> int:
        """The port that it listens on."""
        port: int = self.listening.getsockname()[1]
        return port

    def called(self) -> bool:
        """Whether somebody connected."""
        return bool(select.select([self.listening], [], [], 0)[0])


@contextlib.contextmanager
def silent_server() -> Iterator[SilentServer]:
    """Run a server that takes connections and says nothing."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield SilentServer(listening)


_CONF = """
base_dir = {home}/run
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 1
ssl = required
ssl_cert = <{certificate}
ssl_key = <{certificate}
mail_location = maildir:{home}/mail/%u
mail_uid = {internal}
mail_gid = {group}
maildir_stat_dirs = yes
auth_verbose = no
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {home}/users
}}
userdb {{
  driver = static
  args = uid={internal} gid={group} home={home}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """A running IMAP server with one mailbox."""

    home: Path
    port: int
    authority: Authority

    def client(self) -> imaplib.IMAP4_SSL:
        """Return a connection of its own, logged in."""
        trusted = ssl.create_default_context(cafile=self.authority.file)
        found = imaplib.IMAP4_SSL("localhost", self.port, ssl_context=trusted)
        found.login(USER, SECRET)
        return found

    def put(self, content: bytes, came: dt.datetime | None = None, folder: str = "INBOX", flags: str = "") -> None:
        """Put a mail into the mailbox, as if it had come then."""
        with self.client() as client:
            date = imaplib.Time2Internaldate(came or dt.datetime.now().astimezone())
            client.create(folder)
            status, said = client.append(folder, flags, date, content)
            assert status == "OK", said

    def drop(self, content: bytes) -> None:
        """Lay a mail into the Maildir, as a server that delivers does."""
        name = f"{time.time_ns()}.M{len(content)}.host"
        maildir = self.home / "mail" / USER
        path = maildir / "tmp" / name
        path.write_bytes(content)
        path.chmod(0o666)
        path.rename(maildir / "new" / name)

    def look(self, folder: str = "INBOX") -> list[bytes]:
        """Return what a mailbox says of its mails without touching them: numbers, flags, sizes."""
        with self.client() as client:
            client.select(folder, readonly=True)
            _, found = client.uid("FETCH", "1:*", "(UID FLAGS RFC822.SIZE)")
            return [part for part in found if isinstance(part, bytes)]

    def log(self) -> str:
        """Return the server's log."""
        return (self.home / "log").read_text("utf-8", "replace")


def _users() -> dict[str, str]:
    """Return who runs the parts of Dovecot: its own users where we may become them, or else ourselves."""
    if os.geteuid() == 0:
        return {"internal": "dovecot", "group": "dovecot", "login": "dovenull"}
    group = grp.getgrgid(os.getegid()).gr_name
    return {"internal": getpass.getuser(), "group": group, "login": getpass.getuser()}


@contextlib.contextmanager
def dovecot(authority: Authority, host: str = "localhost") -> Iterator[Dovecot]:
    """Run Dovecot in a folder of its own, which its users may enter."""
    program_or_skip(DOVECOT)
    home = Path(tempfile.mkdtemp(prefix="dovecot-", dir="/tmp"))  # its sockets need a short path
    home.chmod(0o755)
    users, port = _users(), free_port()
    for name in ("run", "mail"):
        (home / name).mkdir(mode=0o755)
    if os.geteuid() == 0:
        shutil.chown(home / "mail", pwd.getpwnam("dovecot").pw_uid, "dovecot")
    (home / "users").write_text(f"{USER}:{{PLAIN}}{SECRET}\n")
    certificate = authority.certificate(f"imap-{host}", host)
    (home / "conf").write_text(_CONF.format(home=home, port=port, certificate=certificate, **users))
    process = subprocess.Popen([DOVECOT, "-F", "-c", str(home / "conf")], stderr=subprocess.DEVNULL)
    try:
        found = Dovecot(home, port, authority)
        waiting.until(lambda: _answers(port), what=lambda: "Dovecot does not answer")
        if host == "localhost":
            with found.client() as client:
                client.select("INBOX")  # which makes the Maildir
        yield found
    finally:
        process.terminate()
        process.wait(waiting.PATIENCE)
        shutil.rmtree(home, ignore_errors=True)


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def settings(authority: Authority, smtp: int = 1, imap: int = 1, **more: object) -> str:
    """Return the section of a settings file for these servers, quick and patient enough for tests."""
    values: dict[str, object] = {
        "地址": USER,
        "服务商": "自建",
        "发信服务器": "localhost",
        "发信端口": smtp,
        "收信服务器": "localhost",
        "收信端口": imap,
        "证书文件": str(authority.file),
        "每封间隔": 0,
        "重试间隔": [0, 0],
        "超时": 100,
    }
    lines = [f'"{name}" = {_toml(value)}' for name, value in (values | more).items()]
    return '\n["邮箱"]\n' + "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
