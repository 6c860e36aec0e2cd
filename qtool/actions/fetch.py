"""Letters in: attachments taken from the mailbox into the inbox, and the account tried out."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from qtool.actions.account import account_in, login
from qtool.actions.action import Listing, Outcome, Request
from qtool.actions.campaign import sound_plan
from qtool.actions.collect import collect
from qtool.faults import QtoolError, fault
from qtool.mail.account import Account, account_of
from qtool.mail.arrivals import Arrival, Arrivals, Filter, take
from qtool.mail.refusals import server_fault
from qtool.mail.trial import STEPS, try_account
from qtool.model import Assessee, Department, Plan
from qtool.office.mail.connection import LoginRefused, MailError
from qtool.office.mail.mailbox import Mailbox
from qtool.office.mail.secret import load_secret
from qtool.progress import Event
from qtool.workspace import INBOX, SETTINGS, Campaign, locked, open_campaign

_MAILBOX = "INBOX"
_LOGGED_IN = 2
"""Steps after which a server took the secret."""
_BREATH = 0.2
"""Seconds after which a trial that waits looks whether it is to stop."""
_NAMED = 8
"""Addresses of others that are told."""


def fetch(request: Request) -> Outcome:
    """Take what departments and assessees sent, once each; the mailbox stays as it is."""
    since = _day(request)
    campaign = open_campaign(request.root)
    with locked(campaign):
        plan = sound_plan(campaign)[0].plan
        account = account_in(campaign, plan)
        chosen = _filter(campaign, plan, account, request, since)
        entered = login(account, request)
        arrivals, outcome = Arrivals(), Outcome()
        try:
            with Mailbox(account.imap, account.user, entered.secret) as mailbox:
                if told := entered.worked():
                    outcome.sentences.append(told)
                take(campaign, mailbox, chosen, request.report, arrivals)
        except MailError as error:
            outcome.faults.append(server_fault(error, account, "收信"))
            if isinstance(error, LoginRefused):
                entered.failed()
                raise QtoolError(*outcome.faults) from None
    _tell(outcome, campaign, plan, arrivals)
    if request.options.get("collect"):
        _collected(outcome, request)
    return outcome


def _day(request: Request) -> date | None:
    text = str(request.options.get("since") or "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise QtoolError(fault("M26", value=text)) from None


def _filter(campaign: Campaign, plan: Plan, account: Account, request: Request, since: date | None) -> Filter:
    """Return which mails are taken: since the campaign began where nothing else is said, from those in the plan."""
    if since is None:
        first = next((entry["when"][:10] for entry in campaign.history()), "")
        try:
            since = date.fromisoformat(first) - timedelta(days=1)
        except ValueError:
            since = datetime.now().astimezone().date() - timedelta(days=90)
    more = str(request.options.get("senders") or "").replace("，", ",").replace("、", ",").split(",")
    own = [party.address for party in _parties(plan)]
    senders = {address.strip().lower() for address in (*own, *more) if address.strip()}
    folder = str(request.options.get("folder") or _MAILBOX)
    anyone = bool(request.options.get("anyone"))
    return Filter(account.address, folder, since, frozenset(senders), anyone)


def _parties(plan: Plan) -> list[Assessee | Department]:
    return [*plan.assessees, *plan.departments]


def _tell(outcome: Outcome, campaign: Campaign, plan: Plan, arrivals: Arrivals) -> None:
    who = {party.address.lower(): party.name for party in _parties(plan) if party.address}
    files = [path for arrival in arrivals.mails for path in arrival.files]
    outcome.files = files
    outcome.sentences.append(
        f"取回{len(arrivals.mails)}封信，{len(files)}个附件放进“{INBOX}”；以前取过{arrivals.earlier}封"
    )
    rows = [
        (
            who.get(arrival.heading.sender, arrival.heading.sender),
            arrival.heading.subject,
            f"{arrival.heading.date:%m-%d %H:%M}",
            _places(campaign, arrival),
        )
        for arrival in arrivals.mails
    ]
    if rows:
        outcome.tables.append(Listing("取回的信", ("发件人", "主题", "时间", "附件"), rows))
    outcome.faults += arrivals.faults
    if arrivals.passed:
        names = sorted(name or "（没有地址）" for name in arrivals.passed)
        shown = "、".join(names[:_NAMED]) + ("等" if len(names) > _NAMED else "")
        outcome.faults.append(fault("M31", count=sum(arrivals.passed.values()), names=shown))
    outcome.data = {
        "fetched": len(arrivals.mails),
        "known": arrivals.earlier,
        "passed": arrivals.passed,
        "files": [campaign.shown(path) for path in files],
    }
    if files:
        outcome.next = "下一步：qtool collect 检查收到的评分表"


def _places(campaign: Campaign, arrival: Arrival) -> str:
    inbox = campaign.root / INBOX

    def shown(path: Path) -> str:
        return path.relative_to(inbox).as_posix()

    new = [shown(path) for path in arrival.files]
    return "；".join([*new, *(f"{shown(path)}（已有）" for path in arrival.old_files)]) or "（没有）"


def _collected(outcome: Outcome, request: Request) -> None:
    """Collect what was taken, and add what that says."""
    done = collect(Request(request.root, {}, request.report))
    outcome.sentences += done.sentences
    outcome.tables += done.tables
    outcome.faults += done.faults
    outcome.files += done.files
    outcome.next = done.next
    outcome.data["collect"] = done.data


def mail_test(request: Request) -> Outcome:
    """Try the account out: connect, log in, send a letter to oneself, read it back."""
    campaign = open_campaign(request.root)
    return _tried(request, account_in(campaign, sound_plan(campaign)[0].plan))


def mail_trial(request: Request, section: Mapping[str, Any]) -> Outcome:
    """Try an account out that need not be in the settings yet; `section` is what they would say of it."""
    campaign = open_campaign(request.root)
    office = sound_plan(campaign)[0].plan.facts.office_title
    return _tried(request, account_of(section, office, campaign.root / SETTINGS))


def _tried(request: Request, account: Account) -> Outcome:
    """Return what came of trying an account out; each step is reported when it has passed, and waiting all the time."""
    entered = login(account, request, renew=bool(request.options.get("renew")))
    outcome = Outcome()
    rows: list[tuple[str, str]] = []

    def report() -> None:
        request.report(Event(len(rows), STEPS, rows[-1][0] if rows else "连接发信服务器"))

    def wait(seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            report()
            time.sleep(min(left, _BREATH))

    report()
    for step in try_account(account, entered.secret, wait):
        rows.append((step.name, step.result))
        if step.fault:
            outcome.faults.append(step.fault)
        else:
            report()
    if any(found.code == "M07" for found in outcome.faults):
        entered.failed()
    elif len(rows) - len(outcome.faults) >= _LOGGED_IN and (told := entered.worked()):
        outcome.sentences.append(told)
    outcome.sentences.insert(0, f"邮箱 {account.address}（{account.provider.name}）")
    outcome.tables.append(Listing("邮箱检查", ("步骤", "结果"), rows))
    steps = [{"step": name, "result": result} for name, result in rows]
    outcome.data = {"steps": steps, "kept": bool(load_secret(account.address))}
    if not outcome.failed:
        outcome.next = "邮箱可以用。收件箱里的试发邮件可以删去"
    return outcome
