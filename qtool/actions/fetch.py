"""Letters in: attachments taken from the mailbox into the inbox."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from qtool.actions.action import Listing, Outcome, Request
from qtool.actions.collect import collect
from qtool.faults import QtoolError, fault
from qtool.mail.account import Account, login
from qtool.mail.arrivals import Arrival, Arrivals, Filter, take
from qtool.mail.refusals import server_fault
from qtool.model import Assessee, Department, Plan
from qtool.office.mail.connection import LoginRefused, MailError
from qtool.office.mail.mailbox import Mailbox
from qtool.state.campaign_state import CampaignState
from qtool.workspace import INBOX, Campaign

_MAILBOX = "INBOX"
_NAMED = 8
"""Addresses of others that are told."""


def fetch(request: Request) -> Outcome:
    """Take what departments and assessees sent, once each; the mailbox stays as it is."""
    since, state, outcome, arrivals = _day(request), request.state, Outcome(), Arrivals()
    with state.locked() as campaign:
        plan, account = state.sound_plan(), state.account()
        chosen = _filter(state, account, request, since)
        entry = login(account, request.face.secret)
        try:
            with Mailbox(account.imap, account.user, entry.secret) as mailbox:
                outcome.sentences += entry.accepted()
                take(campaign, mailbox, chosen, request.report, arrivals, state.history)
        except MailError as error:
            outcome.faults.append(server_fault(error, account, "收信"))
            if isinstance(error, LoginRefused):
                entry.refused()
                raise QtoolError(*outcome.faults) from None
    _tell(outcome, campaign, plan, arrivals)
    if request.options.get("collect"):
        collected = collect(request.within())
        outcome.add(collected)
        outcome.tables += collected.tables
        outcome.next, outcome.data["collect"] = collected.next, collected.data
    return outcome


def _day(request: Request) -> date | None:
    text = str(request.options.get("since") or "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise QtoolError(fault("M26", value=text)) from None


def _filter(state: CampaignState, account: Account, request: Request, since: date | None) -> Filter:
    """Return which mails are taken: since the campaign began where nothing else is said, from those in the plan."""
    if since is None:
        first = next((entry["when"][:10] for entry in state.history), "")
        try:
            since = date.fromisoformat(first) - timedelta(days=1)
        except ValueError:
            since = datetime.now().astimezone().date() - timedelta(days=90)
    more = str(request.options.get("senders") or "").replace("，", ",").replace("、", ",").split(",")
    own = [party.address for party in _parties(state.sound_plan())]
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
        listed = "、".join(names[:_NAMED]) + ("等" if len(names) > _NAMED else "")
        outcome.faults.append(fault("M31", count=sum(arrivals.passed.values()), names=listed))
    outcome.data = {
        "fetched": len(arrivals.mails),
        "known": arrivals.earlier,
        "passed": arrivals.passed,
        "files": [campaign.relative(path) for path in files],
    }
    if files:
        outcome.next = "下一步：qtool collect 检查收到的评分表"


def _places(campaign: Campaign, arrival: Arrival) -> str:
    inbox = campaign.root / INBOX

    def relative(path: Path) -> str:
        return path.relative_to(inbox).as_posix()

    new = [relative(path) for path in arrival.files]
    return "；".join([*new, *(f"{relative(path)}（已有）" for path in arrival.old_files)]) or "（没有）"
