"""The mail account tried out step by step: connect, log in, send a letter to oneself, read it back."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from qtool.faults import Fault, fault
from qtool.mail.account import Account
from qtool.mail.refusals import refused_letter, server_fault, size_text
from qtool.office.mail.connection import LoginRefused, MailError, Refused
from qtool.office.mail.letter import Attachment, Letter, compose
from qtool.office.mail.mailbox import Mailbox
from qtool.office.mail.outbox import Outbox
from qtool.office.mail.received_mail import read_attachments, read_heading

STEPS = 6
"""Connect, log in, send; connect and log in, open the inbox, read back."""
_INBOX = "INBOX"
_PASSED, _FAILED = "通过", "没有通过"
_PAUSES = (0.0, 2.0, 5.0, 10.0, 15.0, 30.0)
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


def try_account(account: Account, secret: str, wait: Callable[[float], None] = time.sleep) -> Iterator[Step]:
    """Yield each step of the trial as it is done; the letter stays in the mailbox."""
    text = "这是质量工作考核程序的试发邮件，收到说明邮箱账号可以用。可以删去。\n"
    letter = Letter(account.sender, "试发：邮箱账号检查", text, (Attachment(_NAME, text.encode()),))
    number = f"<trial.{hashlib.sha256(f'{account.address}{time.time_ns()}'.encode()).hexdigest()[:24]}@qtool>"
    content = compose(letter, account.sender, number, datetime.now().astimezone())
    failed = False
    for step in _send(account, secret, content):
        failed = step.fault is not None
        yield step
    if not failed:
        yield from _read_back(account, secret, (content, letter, number), wait)


def _send(account: Account, secret: str, content: bytes) -> Iterator[Step]:
    server = account.smtp
    connecting, sending = f"连接发信服务器 {server.host}:{server.port}（{server.security}）", "给自己发一封试发邮件"
    name = connecting
    with Outbox(server, account.user, secret) as outbox:
        try:
            outbox.connect()
            yield Step(connecting, _PASSED)
            limit = f"，一封信最大{size_text(outbox.limit)}" if outbox.limit else ""
            yield Step("登录发信服务器", f"{_PASSED}{limit}")
            name = sending
            words = outbox.deliver(account.address, account.address, content, lambda: None)
            yield Step(sending, f"{_PASSED}，服务器说“{words}”")
        except MailError as error:
            if isinstance(error, LoginRefused) and name == connecting:
                yield Step(connecting, _PASSED)
                name = "登录发信服务器"
            if isinstance(error, Refused) and name == sending:
                yield Step(name, _FAILED, refused_letter("自己", error))
            else:
                yield Step(name, _FAILED, server_fault(error, account, "发信"))


def _read_back(
    account: Account, secret: str, sent: tuple[bytes, Letter, str], wait: Callable[[float], None]
) -> Iterator[Step]:
    server = account.imap
    name = f"连接、登录收信服务器 {server.host}:{server.port}（SSL）"
    try:
        with Mailbox(server, account.user, secret) as mailbox:
            yield Step(name, _PASSED)
            name = "打开收件箱"
            mailbox.select(_INBOX)
            yield Step(name, _PASSED)
            name = "读回试发邮件"
            problem = _compare(mailbox, sent, wait)
            yield Step(name, _FAILED if problem else f"{_PASSED}，主题、附件名和内容都没有变", problem)
    except MailError as error:
        yield Step(name, _FAILED, server_fault(error, account, "收信"))


def _compare(mailbox: Mailbox, sent: tuple[bytes, Letter, str], wait: Callable[[float], None]) -> Fault | None:
    """Wait for a letter that was sent, and return what is wrong with it, if anything is."""
    content, letter, number = sent
    headers = content[: content.index(b"\r\n\r\n")]
    for pause in _PAUSES:
        wait(pause)
        mailbox.select(_INBOX)
        uids = mailbox.search(datetime.now().date() - timedelta(days=1))[-_NEWEST:]  # noqa: DTZ005 - the user's day
        for envelope in mailbox.envelopes(uids):
            if number.encode() not in envelope.headers:
                continue
            members, _ = read_attachments(mailbox.whole(envelope.uid))
            same = [(m.name, m.content) for m in members] == [(a.name, a.content) for a in letter.attachments]
            subjects = {read_heading(raw, envelope.arrival).subject for raw in (headers, envelope.headers)}
            return None if same and len(subjects) == 1 else fault("M35")
    return fault("M32")
