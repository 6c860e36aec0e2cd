"""The mail account tried out step by step: connect, log in, send a letter to oneself, read it back."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from qtool.faults import Fault, fault
from qtool.mail.account import Account
from qtool.mail.deliver import meant, quoted, shown_size
from qtool.office.mail.connection import LoginRefused, Refused, Server, Unreachable
from qtool.office.mail.letter import Attached, Letter, compose
from qtool.office.mail.mailbox import Mailbox, NoFolder
from qtool.office.mail.outbox import Outbox, Uncertain
from qtool.office.mail.received import heading, opened

INBOX = "INBOX"
STEPS = 6
"""Connect, log in, send; connect and log in, open the inbox, read back."""
_CHECKS = (0.0, 2.0, 5.0, 10.0, 15.0, 30.0)
"""Seconds to wait before each look for the letter: a minute in all."""
_NEWEST = 30
_NAME = "试发-镕堃喆.txt"
"""Signs that are not in GB 2312, so that a server that spoils names is found out."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step, and what came of it; a fault ends the trial."""

    name: str
    result: str
    fault: Fault | None = None


def unreachable(way: str, server: Server, reason: str) -> Fault:
    """Return the fault that a server cannot be talked to."""
    return fault("M06", way=way, host=server.host, port=server.port, reason=reason)


def no_login(account: Account, refused: Refused) -> Fault:
    """Return the fault that a server does not take the account or the secret."""
    return fault("M07", words=quoted(refused), remedy=account.provider.advice)


def refused_by(way: str, refused: Refused) -> Fault:
    """Return the fault that a server refused something else than a letter."""
    reason, remedy = meant(refused) if refused.code else ("邮箱不让打开", "请确认网页版邮箱里开启了 IMAP 服务")
    return fault("M33", way=way, reason=reason, words=quoted(refused), remedy=remedy)


def try_out(account: Account, secret: str, wait: Callable[[float], None] = time.sleep) -> Iterator[Step]:
    """Yield each step of the trial as it is done; the letter stays in the mailbox."""
    letter = _letter(account)
    number = f"<trial.{hashlib.sha256(f'{account.address}{time.time_ns()}'.encode()).hexdigest()[:24]}@qtool>"
    content = compose(letter, account.sender, number, datetime.now().astimezone())
    sent = list(_send(account, secret, content))
    yield from sent
    if sent[-1].fault is None:
        yield from _read_back(account, secret, (content, letter, number), wait)


def _letter(account: Account) -> Letter:
    text = "这是质量工作考核程序的试发邮件，收到说明邮箱账号可以用。可以删去。\n"
    return Letter(account.sender, "试发：邮箱账号检查", text, (Attached(_NAME, text.encode()),))


def _send(account: Account, secret: str, content: bytes) -> Iterator[Step]:
    server = account.smtp
    name = f"连接发信服务器 {server.host}:{server.port}（{server.security}）"
    with Outbox(server, account.user, secret) as outbox:
        try:
            outbox.connect()
        except LoginRefused as refused:
            yield Step(name, "通过")
            yield Step("登录发信服务器", "没有通过", no_login(account, refused))
            return
        except Refused as refused:
            yield Step(name, "没有通过", refused_by("发信", refused))
            return
        except Unreachable as broken:
            yield Step(name, "没有通过", unreachable("发信", server, broken.reason))
            return
        yield Step(name, "通过")
        limit = outbox.limit
        yield Step("登录发信服务器", f"通过，一封信最大{shown_size(limit)}" if limit else "通过")
        name = "给自己发一封试发邮件"
        try:
            said = outbox.deliver(account.address, account.address, content, lambda: None)
        except Refused as refused:
            reason, remedy = meant(refused)
            words = quoted(refused)
            yield Step(name, "没有通过", fault("M10", name="自己", reason=reason, words=words, remedy=remedy))
        except (Unreachable, Uncertain) as broken:
            reason = broken.reason if isinstance(broken, Unreachable) else "没等到服务器回答，连接就断了"
            yield Step(name, "没有通过", unreachable("发信", server, reason))
        else:
            yield Step(name, f"通过，服务器说“{said}”")


def _read_back(
    account: Account, secret: str, sent: tuple[bytes, Letter, str], wait: Callable[[float], None]
) -> Iterator[Step]:
    server = account.imap
    name = f"连接、登录收信服务器 {server.host}:{server.port}（SSL）"
    try:
        with Mailbox(server, account.user, secret) as mailbox:
            yield Step(name, "通过")
            name = "打开收件箱"
            mailbox.select(INBOX)
            yield Step(name, "通过")
            name = "读回试发邮件"
            yield _found(name, mailbox, sent, wait)
    except LoginRefused as refused:
        yield Step(name, "没有通过", no_login(account, refused))
    except Refused as refused:
        yield Step(name, "没有通过", refused_by("收信", refused))
    except NoFolder as absent:
        yield Step(name, "没有通过", fault("M25", name=INBOX, hint="、".join(absent.names)))
    except Unreachable as broken:
        yield Step(name, "没有通过", unreachable("收信", server, broken.reason))


def _found(name: str, mailbox: Mailbox, sent: tuple[bytes, Letter, str], wait: Callable[[float], None]) -> Step:
    """Return the step of finding a letter again, waiting for it, and comparing it."""
    content, letter, number = sent
    end = content.index(b"\r\n\r\n")
    for pause in _CHECKS:
        wait(pause)
        mailbox.select(INBOX)
        uids = mailbox.search(datetime.now().date() - timedelta(days=1))[-_NEWEST:]  # noqa: DTZ005 - the user's day
        for envelope in mailbox.envelopes(uids):
            if number.encode() not in envelope.headers:
                continue
            members, _ = opened(mailbox.whole(envelope.uid))
            same = [(m.name, m.content) for m in members] == [(a.name, a.content) for a in letter.attached]
            wanted = heading(content[:end], envelope.came).subject
            if same and heading(envelope.headers, envelope.came).subject == wanted:
                return Step(name, "通过，主题、附件名和内容都没有变")
            return Step(name, "没有通过", fault("M35"))
    return Step(name, "没有通过", fault("M32"))
