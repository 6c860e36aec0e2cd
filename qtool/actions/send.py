"""Letters out: drafts to be looked at, and sent where that is asked, each exactly once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from qtool.actions.action import Listing, Outcome, Request
from qtool.collect.accept import COPY_END, NOTE_END, note_name
from qtool.faults import Fault, QtoolError, fault
from qtool.mail.account import Account, login
from qtool.mail.deliver import Fate, Result, Round
from qtool.mail.ledger import Ledger, Standing, earlier_version, standing
from qtool.mail.letters import (
    Kind,
    Post,
    file_names,
    fill_template,
    read_template,
    template_values,
    version_note,
    write_drafts,
)
from qtool.mail.refusals import server_fault, size_text, too_large, uncertain
from qtool.model import Plan
from qtool.office.mail.connection import LoginRefused, MailError
from qtool.office.mail.letter import Party, compose
from qtool.office.mail.outbox import Outbox
from qtool.progress import Event, Report
from qtool.sheets.issued import Standing as SheetStanding
from qtool.state.campaign_state import CampaignState
from qtool.text import near
from qtool.workspace import DOCUMENTS, HANDED_OUT, OUTBOX, RETURNED, SHEETS, TEMPLATES, Campaign, sheet_name

_DEPARTMENTS, _ASSESSEES = ("departments", "部门", "评价部门"), ("assessees", "对象", "考核对象")
_TRIAL = "【测试】"
_GOES = (Standing.NEW, Standing.CHANGED, Standing.MOVED, Standing.REFUSED)
"""How a letter stands that is sent without being asked for once more."""
_NO_ACCOUNT = 50 << 20
"""The largest letter of the usual providers, for drafts without an account."""


@dataclass(frozen=True)
class _Wish:
    """What was asked for."""

    kind: Kind
    only: str
    deliver: bool
    again: bool
    trial: str


def send(request: Request) -> Outcome:
    """Write every letter as a draft and say what would go to whom; send them where that is asked."""
    wish, state = _wish(request), request.state
    with state.locked() as campaign:
        state.sound_plan()
        ledger = state.ledger
        posts, faults = _posts(state, wish, request.report)
        account = state.account() if wish.deliver or campaign.settings.mail.get("地址") else None
        outcome = Outcome(faults=faults)
        due = _list_letters(outcome, posts, ledger, wish, account)
        if not wish.trial:
            outcome.files = write_drafts(campaign, posts, whole=not (wish.only or wish.kind is Kind.REMINDER))
            if outcome.files:
                campaign.journal("写信", kind=wish.kind.value, count=len(posts), files=len(outcome.files))
        if not wish.deliver or account is None:
            return _drafted(outcome, posts, due)
        if not due:
            outcome.sentences.append("没有要发的信")
            return outcome
        if not request.face.agree(outcome):
            return Outcome(sentences=["没有发"])
        return _delivered(outcome, campaign, account, request, ledger, (due, wish))


def _wish(request: Request) -> _Wish:
    """Return what was asked for; raises QtoolError where it contradicts itself."""
    get = request.options.get
    to, again, trial = str(get("to") or _DEPARTMENTS[0]), str(get("again") or ""), str(get("test") or "").strip()
    remind, only = bool(get("remind")), str(get("only") or again)
    faults: list[Fault] = []
    if to not in (*_DEPARTMENTS, *_ASSESSEES):
        faults.append(fault("M18", problem=f"--to 不能是“{to}”", remedy="请写 评价部门 或 考核对象"))
    if remind and to in _ASSESSEES:
        faults.append(fault("M18", problem="只能催报评分表", remedy="--remind 和 --to 考核对象 请只写一样"))
    if again and get("only") and again != get("only"):
        faults.append(fault("M18", problem="--only 和 --again 写的不是同一个单位", remedy="请只写 --again"))
    if again and trial:
        faults.append(fault("M18", problem="--test 和 --again 不能一起写", remedy="请只写一样"))
    if trial and not ("@" in trial and trial.isascii() and trial.isprintable() and " " not in trial):
        faults.append(fault("M18", problem=f"“{trial}”不是邮箱地址", remedy="--test 后面请写 名称@域名"))
    if faults:
        raise QtoolError(*faults)
    kind = Kind.MATERIAL if to in _ASSESSEES else Kind.REMINDER if remind else Kind.SHEET
    return _Wish(kind, only, bool(get("deliver")) or bool(trial), bool(again), trial)


def _posts(state: CampaignState, wish: _Wish, report: Report) -> tuple[list[Post], list[Fault]]:
    """Return the letters that were asked for, and why some are not there; raises QtoolError for a bad template."""
    text, faults = read_template(wish.kind, state.root / TEMPLATES)
    if faults:
        raise QtoolError(*faults)
    plan, now = state.sound_plan(), datetime.now().astimezone()
    parties = _parties(plan, wish)
    replies = _replies(state) if wish.kind is Kind.REMINDER else {}
    common = template_values(plan, now.date())
    posts: list[Post] = []
    lacking: list[Fault] = []
    for done, (name, address) in enumerate(parties, 1):
        report(Event(done, len(parties), f"写信 {name}"))
        if wish.kind is Kind.REMINDER and name not in replies:
            continue
        version = None if wish.kind is Kind.MATERIAL else int(state.issued.get(name, {}).get("version", 0)) or None
        try:
            files = _files(state, wish.kind, name, replies.get(name, ()))
        except QtoolError as error:
            lacking += error.faults
            continue
        day = f"{now:%F}" if wish.kind is Kind.REMINDER else ""
        post = Post(wish.kind, name, address, "", "", files, version, day)
        progress = "还没有收到" if not replies.get(name) else "收到的一份需要改正，问题见附件"
        own = {"收件单位": name, "附件": file_names(files), "进展": progress}
        own["版本说明"] = version_note(version, earlier_version(post, state.ledger))
        subject, body = fill_template(text, common | own)
        posts.append(replace(post, subject=f"{_TRIAL if wish.trial else ''}{subject}", text=body))
    return posts, lacking


def _replies(state: CampaignState) -> dict[str, tuple[str, ...]]:
    """Return the departments that have no good sheet here yet, each with the replies to what it must mend."""
    replies: dict[str, tuple[str, ...]] = dict.fromkeys(state.collection.missing, ())
    for returned in state.collection.rejected:
        if returned.department in replies:
            replies[returned.department] += tuple(note_name(returned, ending) for ending in (NOTE_END, COPY_END))
    return replies


def _parties(plan: Plan, wish: _Wish) -> list[tuple[str, str]]:
    """Return names and addresses of those who get letters; raises QtoolError for a name that there is not."""
    if wish.kind is Kind.MATERIAL:
        parties = [(assessee.short, assessee.address) for assessee in plan.assessees]
    else:
        parties = [(department.name, department.address) for department in plan.scoring_departments]
    chosen = [party for party in parties if not wish.only or party[0] == wish.only]
    if not chosen:
        names = [name for name, _ in parties]
        hint = near(wish.only, names) or f"可以写的有：{'、'.join(names)}"
        raise QtoolError(fault("M17", name=wish.only, hint=hint))
    return chosen


def _files(state: CampaignState, kind: Kind, name: str, replies: Iterable[str]) -> tuple[Path, ...]:
    """Return what goes to somebody; raises QtoolError where that is not there, or not what it should be."""
    if kind is Kind.MATERIAL:
        return _material(state.root, name)
    if present := tuple(path for file in replies if (path := state.root / RETURNED / file).is_file()):
        return present
    sheet = state.sheet(name).standing
    if sheet is not SheetStanding.CURRENT:
        raise QtoolError(fault("M15", name=name, problem=sheet.value))
    return (state.root / SHEETS / sheet_name(name),)


def _material(root: Path, short: str) -> tuple[Path, ...]:
    folder = root / DOCUMENTS / HANDED_OUT / short
    files = sorted(path for path in folder.glob("*") if path.is_file() and not path.name.startswith((".", "~$")))
    if not files:
        raise QtoolError(fault("M16", name=short))
    return tuple(files)


def _list_letters(
    outcome: Outcome, posts: list[Post], ledger: Ledger, wish: _Wish, account: Account | None
) -> list[Post]:
    """Put what goes to whom into the outcome; return the letters that are to be sent."""
    limit = account.limit if account else _NO_ACCOUNT
    due, rows, data = [], [], []
    files: list[tuple[str, str, str, str]] = []
    for post in posts:
        stands = standing(post, ledger)
        size = _size(post, account)
        if size > limit:
            outcome.faults.append(too_large(post, size, limit))
        elif wish.trial or (stands is not Standing.NOWHERE and (wish.again or stands in _GOES)):
            due.append(post)
        if stands is Standing.NOWHERE and not wish.trial:
            outcome.faults.append(fault("M14", name=post.name))
        if stands is Standing.UNCERTAIN and not wish.again and not wish.trial:
            outcome.faults.append(uncertain(post, "上一次发到一半中断了"))
        state = "试发" if wish.trial else "再发一次" if wish.again and post in due else stands.value
        address = wish.trial or post.address or "（没有）"
        rows.append((post.name, address, post.subject, state))
        files += _attached(post)
        data.append(
            {
                "name": post.name,
                "address": wish.trial or post.address,
                "subject": post.subject,
                "files": [path.name for path in post.files],
                "size": size,
                "version": post.version,
                "standing": stands.name.lower(),
                "due": post in due,
            }
        )
    title = "要发的信" if wish.deliver else "信的草稿"
    outcome.tables.append(Listing(title, ("收件单位", "邮箱", "主题", "情况"), rows))
    outcome.tables.append(Listing("附件", ("收件单位", "附件", "版本", "大小"), files))
    outcome.data = {"letters": data}
    return due


def _attached(post: Post) -> list[tuple[str, str, str, str]]:
    version = f"第{post.version}版" if post.version else ""
    return [(post.name, path.name, version, size_text(path.stat().st_size)) for path in post.files]


def _size(post: Post, account: Account | None) -> int:
    """Return how many bytes a letter has on its way."""
    sender = account.sender if account else Party("", "office@example.cn")
    return len(compose(post.letter(), sender, f"<{post.digest}@qtool>", datetime.now().astimezone()))


def _drafted(outcome: Outcome, posts: list[Post], due: list[Post]) -> Outcome:
    outcome.sentences.append(f"写好{len(posts)}封信的草稿，在“{OUTBOX}”，其中{len(due)}封要发")
    outcome.next = (
        "请看过再发：执行 qtool send --deliver 由程序发出，或双击 .eml 草稿在邮件软件里发，或把压缩包转给对方"
    )
    return outcome


def _delivered(
    outcome: Outcome,
    campaign: Campaign,
    account: Account,
    request: Request,
    ledger: Ledger,
    letters: tuple[list[Post], _Wish],
) -> Outcome:
    """Send what is due, and say what became of it."""
    due, wish = letters
    entry = login(account, request.face.secret)
    with Outbox(account.smtp, account.user, entry.secret) as outbox:
        try:
            outbox.connect()
        except MailError as error:
            if isinstance(error, LoginRefused):
                entry.refused()
            raise QtoolError(server_fault(error, account, "发信")) from None
        remarks = entry.accepted()
        results = Round(campaign, account, outbox, ledger, request.report, trial=wish.trial).deliver(due)
    return _results(outcome, results, remarks)


def _results(outcome: Outcome, results: list[Result], remarks: list[str]) -> Outcome:
    counts = {fate: sum(1 for result in results if result.fate is fate) for fate in Fate}
    sentence = "，".join(f"{fate.value}{count}封" for fate, count in counts.items() if count)
    summary = Outcome(files=outcome.files, data=outcome.data, sentences=[sentence, *remarks])
    summary.faults = [*outcome.faults, *(result.fault for result in results if result.fault)]
    rows = [(result.post.name, result.post.address, result.fate.value) for result in results]
    summary.tables.append(Listing("发信结果", ("收件单位", "邮箱", "结果"), rows))
    summary.data["results"] = {result.post.name: result.fate.name.lower() for result in results}
    if not summary.failed:
        summary.next = "交回来的信，用 qtool fetch --collect 取回并检查"
    return summary
