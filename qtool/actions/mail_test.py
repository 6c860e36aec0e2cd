"""The mail account tried out: connect, log in, send a letter to oneself, read it back."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from qtool.actions.action import Listing, Outcome, Request
from qtool.mail.account import Account, account_of, login
from qtool.mail.trial import STEPS, try_account
from qtool.office.mail.connection import load_secret
from qtool.progress import Event
from qtool.workspace import SETTINGS

_LOGGED_IN = 2
"""Steps after which a server took the secret."""
_BREATH = 0.2
"""Seconds after which a trial that waits looks whether it is to stop."""


def mail_test(request: Request) -> Outcome:
    """Try the campaign's account out."""
    request.state.sound_plan()
    return _trial(request, request.state.account())


def mail_trial(request: Request, section: Mapping[str, Any]) -> Outcome:
    """Try an account out that need not be in the settings yet; `section` is what they would say of it."""
    office = request.state.sound_plan().facts.office_title
    return _trial(request, account_of(section, office, request.root / SETTINGS))


def _trial(request: Request, account: Account) -> Outcome:
    """Return what came of trying an account out; each step is reported when it has passed, and waiting all the time."""
    entry = login(account, request.face.secret, renew=bool(request.options.get("renew")))
    outcome = Outcome()
    rows: list[tuple[str, str]] = []

    def report() -> None:
        request.report(Event(len(rows), STEPS, rows[-1][0] if rows else "连接发信服务器"))

    def wait(seconds: float) -> None:
        end = time.monotonic() + seconds
        while (rest := end - time.monotonic()) > 0:
            report()
            time.sleep(min(rest, _BREATH))

    report()
    for step in try_account(account, entry.secret, wait):
        rows.append((step.name, step.result))
        if step.fault:
            outcome.faults.append(step.fault)
        else:
            report()
    outcome.sentences.append(f"邮箱 {account.address}（{account.provider.name}）")
    if any(fault.code == "M07" for fault in outcome.faults):
        entry.refused()
    elif len(rows) - len(outcome.faults) >= _LOGGED_IN:
        outcome.sentences += entry.accepted()
    outcome.tables.append(Listing("邮箱检查", ("步骤", "结果"), rows))
    steps = [{"step": name, "result": result} for name, result in rows]
    outcome.data = {"steps": steps, "kept": bool(load_secret(account.address))}
    if not outcome.failed:
        outcome.next = "邮箱可以用。收件箱里的试发邮件可以删去"
    return outcome
