"""The mail account of a campaign: what qtool.toml says in its section 邮箱, and for the rest what its provider has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qtool.faults import Fault, QtoolError, fault
from qtool.office.mail.connection import SSL, STARTTLS, Server, delete_secret, load_secret, save_secret
from qtool.office.mail.letter import Party
from qtool.settings import Section
from qtool.text import near

SECTION = "邮箱"
_MB = 1 << 20
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_PAUSE, _WAITS, _SECONDS = 3.0, (60.0, 300.0), 60.0
"""Seconds between letters, before what was put off is tried again, and for an answer."""


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider's servers; `limit` is the largest letter in MB, `advice` how to get what logs in."""

    name: str
    domains: tuple[str, ...]
    smtp: tuple[str, int, str]
    imap: tuple[str, int]
    limit: int
    advice: str


_CODE = "请在网页版邮箱的设置里开启 IMAP/SMTP 服务，生成授权码；这里要的是授权码，不是登录密码"
OWN = "自建"
PROVIDERS = (
    Provider("QQ", ("qq.com", "foxmail.com", "vip.qq.com"), ("smtp.qq.com", 465, SSL), ("imap.qq.com", 993), 50, _CODE),
    Provider("163", ("163.com",), ("smtp.163.com", 465, SSL), ("imap.163.com", 993), 50, _CODE),
    Provider("126", ("126.com",), ("smtp.126.com", 465, SSL), ("imap.126.com", 993), 50, _CODE),
    Provider(
        "腾讯企业邮",
        ("exmail.qq.com",),
        ("smtp.exmail.qq.com", 465, SSL),
        ("imap.exmail.qq.com", 993),
        50,
        "请在企业邮箱的设置里开启 IMAP/SMTP 服务；绑定了微信的，要用客户端专用密码",
    ),
    Provider(
        "Outlook",
        ("outlook.com", "hotmail.com", "live.com", "live.cn", "msn.com"),
        ("smtp-mail.outlook.com", 587, STARTTLS),
        ("outlook.office365.com", 993),
        25,
        "微软已停用这种登录方式，多数账号登不上；请用别的邮箱，或用 Outlook 打开“2-发件箱”里的草稿发送",
    ),
    Provider(OWN, (), ("", 465, SSL), ("", 993), 20, "请向邮箱管理员核对用户名和密码，有的单位要另开客户端权限"),
)
PROVIDER_NAMES = tuple(provider.name for provider in PROVIDERS)


@dataclass(frozen=True, slots=True)
class Account:
    """Who sends and fetches, through which servers, how large, how fast; times are in seconds, the limit in bytes."""

    sender: Party
    user: str
    provider: Provider
    smtp: Server
    imap: Server
    limit: int
    pause: float
    waits: tuple[float, ...]

    @property
    def address(self) -> str:
        """The office's own address."""
        return self.sender.address


NAMES = (
    *("地址", "发件人", "用户名", "服务商", "发信服务器", "发信端口", "发信加密", "收信服务器", "收信端口"),
    *("证书文件", "大小上限", "每封间隔", "重试间隔", "超时"),
)


def account_of(content: Mapping[str, Any], office: str, file: Path) -> Account:
    """Return the account that a settings file describes; `office` is the sender's name where none is written.

    Raises QtoolError with every fault.
    """
    section = Section(content)
    address = section.text("地址")
    if address and not _ADDRESS.fullmatch(address):
        section.reject("地址", "不是邮箱地址", "请写成 名称@域名")
    chosen = section.choice("服务商", PROVIDER_NAMES, "") or str(content.get("服务商", "")).strip()
    provider = provider_of(address, chosen)
    host, port, security = provider.smtp
    authority = section.text("证书文件")
    connection = (file.parent / authority) if authority else None, section.number("超时", _SECONDS, 1, 600)
    account = Account(
        sender=Party(section.text("发件人", office), address),
        user=section.text("用户名", address),
        provider=provider,
        smtp=Server(
            *_server(section, "发信", host, port),
            section.choice("发信加密", (SSL, STARTTLS), security),
            *connection,
        ),
        imap=Server(*_server(section, "收信", *provider.imap), SSL, *connection),
        limit=int(section.number("大小上限", provider.limit, 1, 1000) * _MB),
        pause=section.number("每封间隔", _PAUSE, 0, 600),
        waits=_waits(section, content.get("重试间隔", list(_WAITS))),
    )
    if faults := [*_faults(content, section, account, file.name)]:
        raise QtoolError(*faults)
    return account


def _faults(content: Mapping[str, Any], section: Section, account: Account, file: str) -> Iterator[Fault]:
    """Yield what is wrong in the section; without an address, servers are not asked for."""
    if not account.address:
        yield fault("M01", file=file)
    for name in content:
        if name not in NAMES:
            hint = near(name, NAMES) or f"可以写的有：{'、'.join(NAMES)}"
            yield fault("M04", file=file, sheet=SECTION, cell=name, name=name, hint=hint)
    for mistake in section.mistakes:
        yield fault("M02", file=file, sheet=SECTION, cell=mistake.name, **mistake._asdict())
    for name, server in (("发信服务器", account.smtp), ("收信服务器", account.imap)):
        if account.address and not server.host:
            yield fault("M03", file=file, sheet=SECTION, cell=name, name=name)


def _server(section: Section, way: str, host: str, port: int) -> tuple[str, int]:
    chosen = section.text(f"{way}服务器", host)
    if chosen and not re.fullmatch(r"[A-Za-z0-9.:-]+", chosen):
        section.reject(f"{way}服务器", "不是服务器的名称", "请写成 smtp.example.gov.cn 的样子")
    return chosen, int(section.number(f"{way}端口", port, 1, 65535))


def _waits(section: Section, written: object) -> tuple[float, ...]:
    if isinstance(written, list) and all(
        isinstance(wait, (int, float)) and not isinstance(wait, bool) and 0 <= wait <= 3600 for wait in written
    ):
        return tuple(written)
    section.reject("重试间隔", "应当是一列秒数", '请写成 "重试间隔" = [60, 300]')
    return _WAITS


def provider_of(address: str, chosen: str = "") -> Provider:
    """Return the provider that was chosen, or else the one that an address is at; the office's own if none is known."""
    domain = address.rpartition("@")[2].lower()
    for provider in PROVIDERS:
        if chosen == provider.name or (not chosen and domain in provider.domains):
            return provider
    return PROVIDERS[-1]


@dataclass(frozen=True)
class Login:
    """An account and its secret, which is never shown; `asked` tells that the user was asked for it."""

    account: Account
    secret: str
    asked: bool

    def __repr__(self) -> str:
        return f"Login({self.account.address})"

    def accepted(self) -> list[str]:
        """Keep the secret after the server took it; return what to tell the user of that, if anything."""
        if not self.asked:
            return []
        if save_secret(self.account.address, self.secret):
            return ["授权码已存进这台电脑的密码库，以后不用再输"]
        return ["这台电脑没有可用的密码库，授权码没有保存，每次都要输入"]

    def refused(self) -> None:
        """Drop a secret that the server did not take."""
        if not self.asked:
            delete_secret(self.account.address)


def login(account: Account, ask: Callable[[str], str], *, renew: bool = False) -> Login:
    """Return an account with its secret, the one kept or what the user is asked for; raises QtoolError without one."""
    secret = "" if renew else load_secret(account.address)
    asked = not secret
    if asked:
        secret = ask(f"{account.address} 的授权码（键入时不显示）").strip()
    if not secret or not secret.isascii() or not secret.isprintable():
        raise QtoolError(fault("M05"))
    return Login(account, secret, asked)
