"""Letters sent one by one, each noted in the journal before and after; and what a server's refusal means."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from qtool.faults import Fault, fault
from qtool.mail.account import Account
from qtool.mail.ledger import FAILED, PREPARED, SENT, TRIED, Ledger, number_of
from qtool.mail.letters import Kind, Post
from qtool.office.mail.connection import LoginRefused, Refused, Unreachable
from qtool.office.mail.letter import compose
from qtool.office.mail.outbox import Outbox, Uncertain
from qtool.progress import Event, Report
from qtool.workspace import Campaign

_AGAIN = "请过一会儿再试一次；已经发出的不会再发"
_FROM = re.compile(r"from|sender|发件", re.IGNORECASE)
_SPAM = re.compile(r"spam|virus|content|suspicio|垃圾|病毒|dt:spm", re.IGNORECASE)
_OFTEN = re.compile(r"frequen|too many|rate|limit|quota|频", re.IGNORECASE)
_MEANT = {
    421: ("服务器要求稍后再发", _AGAIN),
    450: ("对方的服务器要求稍后再发", _AGAIN),
    451: ("服务器要求稍后再发", _AGAIN),
    452: ("对方的邮箱满了，或一次发得太多", _AGAIN),
    454: ("服务器暂时不能登录", _AGAIN),
    501: ("服务器不认这个地址的写法", "请核对方案里的邮箱"),
    530: ("服务器要求先登录", "请用 qtool mail-test 检查邮箱账号"),
    535: ("账号或授权码不对，或者没有开启 SMTP 服务", "请用 qtool mail-test --renew 重新输入授权码"),
    550: ("收件人的邮箱不存在，或者对方拒收", "请核对方案里的邮箱"),
    551: ("对方的服务器不收这个邮箱的信", "请核对方案里的邮箱"),
    552: ("信太大，或者对方的邮箱满了", "请改用微信、网盘或U盘转交，“2-发件箱”里有现成的"),
    553: ("服务器不认发件人或收件人的地址", "请核对方案里的邮箱；发件人要和登录的账号一致"),
    554: ("被判为垃圾邮件，或者对方拒收", "请过一天再发，或改用微信、网盘转交；也可以请对方把你的邮箱加进白名单"),
}


def meant(refused: Refused) -> tuple[str, str]:
    """Return what a refusal means and what to do."""
    code, said = refused.code, refused.words
    if code in (550, 553) and _FROM.search(said):
        return "服务器不认发件人", "请把 qtool.toml 里的“地址”写成登录用的邮箱，“发件人”写简单些"
    if code >= 500 and code != 535 and _SPAM.search(said):
        return _MEANT[554]
    if code >= 500 and code not in (535, 552) and _OFTEN.search(said):
        return "发得太多或太快，被服务器限制了", "请过一天再发，或在 qtool.toml 里把“每封间隔”加大"
    if code in _MEANT:
        return _MEANT[code]
    if refused.temporary:
        return _MEANT[451]
    return "服务器拒收", "请把服务器说的话告诉邮箱管理员"


def quoted(refused: Refused) -> str:
    """Return the server's words with its code."""
    return (
        " ".join(part for part in (str(refused.code) if refused.code else "", refused.words) if part) or "（没有说明）"
    )


_BROKEN = 3
"""After so many letters in a row that the server could not be reached for, the rest waits for another run."""

_NO_LOGIN = "服务器不再接受这个账号登录"


class Fate(Enum):
    """What became of a letter; the value is what users read."""

    SENT = "已发出"
    REFUSED = "被拒收"
    LATER = "暂时没有发出"
    UNCERTAIN = "不能确定"
    TOO_LARGE = "太大，没有发"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a letter, and the fault where something is to be done about it."""

    post: Post
    fate: Fate
    fault: Fault | None = None


@dataclass
class Round:
    """A run of letters: who sends through what, what was sent before, and how it waits."""

    campaign: Campaign
    account: Account
    outbox: Outbox
    ledger: Ledger
    report: Report
    wait: Callable[[float], None] = time.sleep
    trial: str = ""
    """The address that gets everything in a trial; nothing of it counts as sent."""

    def deliver(self, posts: Sequence[Post]) -> list[Result]:
        """Send letters and return what became of each, in order; what a server puts off is tried again at the end."""
        found: dict[int, Result] = {}
        pending = list(enumerate(posts))
        for pause in (0.0, *self.account.waits):
            if pause:
                self.report(Event(len(posts) - len(pending), len(posts), f"{len(pending)}封稍后再试，等{pause:g}秒"))
                self.wait(pause)
            pending = self._pass(pending, len(posts), found)
            if not pending:
                break
        return [found[index] for index in range(len(posts))]

    def _pass(self, pending: list[tuple[int, Post]], total: int, found: dict[int, Result]) -> list[tuple[int, Post]]:
        """Send what is pending; return what is to be tried again."""
        later: list[tuple[int, Post]] = []
        broken, reason = 0, ""
        for place, (index, post) in enumerate(pending):
            if place and not broken:
                self.wait(self.account.pause)
            self.report(Event(total - len(pending) + place, total, post.name))
            if broken < _BROKEN:
                found[index], reason = self._one(post)
                broken = broken + 1 if reason else 0
            else:
                found[index] = Result(post, Fate.LATER, fault("M11", name=post.name, reason=reason))
            if found[index].fate is Fate.LATER:
                later.append((index, post))
        return later

    def _one(self, post: Post) -> tuple[Result, str]:
        """Send one letter; return what became of it, and why the server could not be reached, or nothing."""
        account = self.account
        number = number_of(post, self.ledger, self.campaign.settings.campaign, account.address.rpartition("@")[2])
        content = compose(post.letter(), account.sender, number, datetime.now().astimezone())
        prepared = False

        def about_to() -> None:
            nonlocal prepared
            if not self.trial:
                self._note(PREPARED, post, number, kind=post.kind.value)
                prepared = True

        def failed(code: str, words: str) -> None:
            if prepared:  # the ledger must not take for uncertain what is not
                self._note(FAILED, post, number, kind=post.kind.value, code=code, words=words)

        try:
            self.outbox.connect()
            limit = min(account.limit, self.outbox.limit or account.limit)
            if len(content) > limit:
                return Result(post, Fate.TOO_LARGE, too_large(post, len(content), limit)), ""
            said = self.outbox.deliver(account.address, self.trial or post.address, content, about_to)
        except Refused as refused:
            failed(str(refused.code), refused.words)
            return self._refused(post, refused), _NO_LOGIN if isinstance(refused, LoginRefused) else ""
        except Unreachable as broken:
            failed("", broken.reason)
            return Result(post, Fate.LATER, fault("M11", name=post.name, reason=broken.reason)), broken.reason
        except Uncertain:
            reason = "信已经交给服务器，没等到回答连接就断了"
            return Result(post, Fate.UNCERTAIN, uncertain(post, reason)), reason
        if self.trial:
            self.campaign.journal(TRIED, recipient=post.name, kind=post.kind.value, address=self.trial)
        else:
            self._note(SENT if post.kind is Kind.SHEET else f"{SENT}{post.kind.value}", post, number, words=said)
        return Result(post, Fate.SENT), ""

    def _refused(self, post: Post, refused: Refused) -> Result:
        reason, remedy = meant(refused)
        if refused.temporary:
            later = fault("M11", name=post.name, reason=f"{reason}，服务器说“{quoted(refused)}”")
            return Result(post, Fate.LATER, later)
        refusal = fault("M10", name=post.name, reason=reason, words=quoted(refused), remedy=remedy)
        return Result(post, Fate.REFUSED, refusal)

    def _note(self, what: str, post: Post, number: str, **more: object) -> None:
        who = {"department": post.name} if post.kind is not Kind.MATERIAL else {"recipient": post.name}
        sheet = {} if post.version is None else {"version": post.version}
        known = {"digest": post.digest, "message_id": number, "address": post.address}
        self.campaign.journal(what, **who, **sheet, **known, **more)


def uncertain(post: Post, reason: str) -> Fault:
    """Return the fault that nobody knows whether a letter went out."""
    again = f"没有收到就执行 qtool send --deliver --again {post.name}"
    known = f"收到了就执行 qtool decide {post.name} --sent，" if post.kind is Kind.SHEET else ""
    to = {Kind.MATERIAL: " --to 考核对象", Kind.REMINDER: " --remind"}.get(post.kind, "")
    return fault("M12", name=post.name, reason=reason, remedy=f"请先问一下对方：{known}{again}{to}")


def too_large(post: Post, size: int, limit: int) -> Fault:
    """Return the fault that a letter is larger than the server takes."""
    return fault("M13", name=post.name, size=shown_size(size), limit=shown_size(limit))


def shown_size(size: int) -> str:
    """Return a number of bytes as users read it."""
    return f"{size / (1 << 20):.1f} MB" if size >= 1 << 20 else f"{max(1, round(size / 1024))} KB"
