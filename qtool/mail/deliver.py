"""Letters sent one by one, each noted in the journal before and after."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from qtool.faults import Fault, fault
from qtool.mail.account import Account
from qtool.mail.ledger import FAILED, PREPARED, SENT, TRIED, Ledger, message_id
from qtool.mail.letters import Kind, Post
from qtool.mail.refusals import meaning, quotation, refused_letter, too_large, uncertain
from qtool.office.mail.connection import LoginRefused, Refused, Uncertain, Unreachable
from qtool.office.mail.letter import compose
from qtool.office.mail.outbox import Outbox
from qtool.progress import Event, Report
from qtool.workspace import Campaign

_MOST_FAILURES = 3
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
    """What became of a letter, and the fault where something is to be done about it.

    `broken` says why the server could not be reached, if it could not.
    """

    post: Post
    fate: Fate
    fault: Fault | None = None
    broken: str = ""


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
        results: dict[int, Result] = {}
        pending = list(enumerate(posts))
        for pause in (0.0, *self.account.waits):
            if pause:
                self.report(Event(len(posts) - len(pending), len(posts), f"{len(pending)}封稍后再试，等{pause:g}秒"))
                self.wait(pause)
            results |= self._pass(pending, len(posts))
            pending = [(index, post) for index, post in pending if results[index].fate is Fate.LATER]
            if not pending:
                break
        return [results[index] for index in range(len(posts))]

    def _pass(self, pending: list[tuple[int, Post]], total: int) -> dict[int, Result]:
        """Send what is pending, and return what became of it."""
        results: dict[int, Result] = {}
        failures, reason = 0, ""
        for place, (index, post) in enumerate(pending):
            if place and not failures:
                self.wait(self.account.pause)
            self.report(Event(total - len(pending) + place, total, post.name))
            if failures < _MOST_FAILURES:
                results[index] = self._send(post)
                reason = results[index].broken
                failures = failures + 1 if reason else 0
            else:
                results[index] = _later(post, reason)
        return results

    def _send(self, post: Post) -> Result:
        """Send one letter; return what became of it."""
        account = self.account
        number = message_id(post, self.ledger, self.campaign.settings.campaign, account.address.rpartition("@")[2])
        content = compose(post.letter(), account.sender, number, datetime.now().astimezone())
        prepared = False

        def prepare() -> None:
            nonlocal prepared
            if not self.trial:
                self._note(PREPARED, post, number, kind=post.kind.value)
                prepared = True

        def note_failure(code: str, words: str) -> None:
            if prepared:  # the ledger must not take for uncertain what is not
                self._note(FAILED, post, number, kind=post.kind.value, code=code, words=words)

        try:
            self.outbox.connect()
            limit = min(account.limit, self.outbox.limit or account.limit)
            if len(content) > limit:
                return Result(post, Fate.TOO_LARGE, too_large(post, len(content), limit))
            words = self.outbox.deliver(account.address, self.trial or post.address, content, prepare)
        except Refused as refused:
            note_failure(str(refused.code), refused.words)
            return _refused(post, refused)
        except Unreachable as error:
            note_failure("", error.reason)
            return _later(post, error.reason, broken=error.reason)
        except Uncertain:
            reason = "信已经交给服务器，没等到回答连接就断了"
            return Result(post, Fate.UNCERTAIN, uncertain(post, reason), reason)
        if self.trial:
            self.campaign.journal(TRIED, recipient=post.name, kind=post.kind.value, address=self.trial)
        else:
            self._note(SENT if post.kind is Kind.SHEET else f"{SENT}{post.kind.value}", post, number, words=words)
        return Result(post, Fate.SENT)

    def _note(self, what: str, post: Post, number: str, **more: object) -> None:
        who = {"department": post.name} if post.kind is not Kind.MATERIAL else {"recipient": post.name}
        sheet = {} if post.version is None else {"version": post.version}
        letter = {"digest": post.digest, "message_id": number, "address": post.address}
        self.campaign.journal(what, **who, **sheet, **letter, **more)


def _refused(post: Post, refused: Refused) -> Result:
    broken = _NO_LOGIN if isinstance(refused, LoginRefused) else ""
    if refused.temporary:
        return _later(post, f"{meaning(refused)[0]}，服务器说“{quotation(refused)}”", broken)
    return Result(post, Fate.REFUSED, refused_letter(post.name, refused), broken)


def _later(post: Post, reason: str, broken: str = "") -> Result:
    return Result(post, Fate.LATER, fault("M11", name=post.name, reason=reason), broken)
