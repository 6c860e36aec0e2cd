"""The middle of a year: scoring sheets out, returned sheets in, and how far everybody is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from qtool.actions.campaign import sound_plan
from qtool.actions.spec import Listing, Outcome, Request
from qtool.collect.intake import files_in, read_files, strangers_in
from qtool.collect.read import Expected, read_carried
from qtool.collect.sort import Collection, keep, sort_returns, take_in
from qtool.faults import Fault, QtoolError, fault
from qtool.model import Plan
from qtool.outcome import Return
from qtool.rules.text import near
from qtool.sheets.step import Answers, issued, make_sheets
from qtool.tally.adjust import write_adjustments_template
from qtool.workspace import ACCEPTED, INBOX, RETURNED, SHEETS, TALLY, Campaign, locked, open_campaign

ADJUSTMENTS = "人工调整.xlsx"


def sheets(request: Request) -> Outcome:
    """Make the scoring workbooks that are not up to date."""
    campaign = open_campaign(request.root)
    outcome = Outcome()
    with locked(campaign):
        plan = sound_plan(campaign)[0].plan
        only = _only(plan, request.options.get("only"))
        kept: Mapping[str, Answers] | None = None
        if request.options.get("keep_answers"):
            kept = _carried(campaign, plan, outcome)
        made = make_sheets(
            campaign, plan, force=request.force, only=only, kept=kept, report=request.report, workers=request.workers
        )
        adjustments = campaign.folder(TALLY) / ADJUSTMENTS
        if not adjustments.exists():
            write_adjustments_template(adjustments, plan)
    outcome.files = made.files
    outcome.said.append(f"生成{len(made.files)}份评分表，{len(made.current)}份已是最新，没有改动")
    known = issued(campaign)
    rows = [
        (name, str(len(plan.of_department(name))), _version(known[name]), "新" if name in made.versions else "未改动")
        for name in only or [d.name for d in plan.scoring_departments]
    ]
    outcome.tables.append(Listing("评分表", ("评价部门", "考核内容（项）", "版本", "这一次"), rows))
    outcome.data = {"made": made.versions, "current": made.current}
    outcome.next = f"评分表在“{SHEETS}”，请发给各部门；交回后放进“{INBOX}”，执行 qtool collect"
    return outcome


def _version(entry: Mapping[str, Any] | None) -> str:
    """Return the version of a sheet as its journal entry tells it."""
    return f"第{entry['version']}版" if entry else "—"


def _only(plan: Plan, name: str | None) -> tuple[str, ...]:
    if not name:
        return ()
    names = [department.name for department in plan.scoring_departments]
    if name not in names:
        raise QtoolError(fault("C12", name=name, hint=near(name, names) or f"可以写的有：{'、'.join(names)}"))
    return (name,)


def _carried(campaign: Campaign, plan: Plan, outcome: Outcome) -> dict[str, Answers]:
    """Return the answers of the newest genuine file of every department: accepted ones before those in the inbox."""
    expected = Expected(plan, campaign.settings.campaign, campaign.settings.key)
    files = [
        path
        for folder in (INBOX, ACCEPTED)
        for path in sorted(files_in(campaign.folder(folder)), key=lambda path: path.stat().st_mtime)
    ]
    found = {}
    for path in files:
        carried = read_carried(path, expected)
        if carried:
            department, kept = carried
            found[department] = kept
    for department, kept in found.items():
        text = f"{department}：带上{len(kept.answers)}个答案"
        outcome.said.append(text + (f"，{kept.dropped}个因方案改动没有带上" if kept.dropped else ""))
    return {department: Answers(kept.answers, kept.reasons) for department, kept in found.items()}


def collect(request: Request) -> Outcome:
    """Read everything in the inbox, accept what is good, list what is wrong with the rest."""
    campaign = open_campaign(request.root)
    given: list[Path] = list(request.options.get("files") or [])
    absent = [path for path in given if not path.is_file()]
    if absent:
        raise QtoolError(*(fault("C11", file=str(path)) for path in absent))
    strange = [path for path in given if path not in files_in(path.parent)]
    strange += strangers_in(campaign.folder(INBOX))
    with locked(campaign):
        plan = sound_plan(campaign)[0].plan
        if not (given or issued(campaign) or files_in(campaign.folder(INBOX))):
            raise QtoolError(fault("C08"))
        taken = take_in(campaign, [path for path in given if path not in strange]) if given else []
        collection = gather(campaign, plan, request)
        made = keep(campaign, collection, force=request.force)
    outcome = Outcome(files=made, faults=[*(fault("C16", file=path.name) for path in strange), *_faults(collection)])
    outcome.said = [*([f"放进收件箱{len(taken)}份"] if taken else []), counted(collection)]
    outcome.tables.append(_board(campaign, plan, collection))
    outcome.data = _data(collection)
    if collection.missing:
        outcome.next = f"还缺：{'、'.join(collection.missing)}。需要改正的见“{RETURNED}”里的问题清单"
    else:
        outcome.next = "全部收齐。下一步：qtool tally 汇总"
    return outcome


def gather(campaign: Campaign, plan: Plan, request: Request) -> Collection:
    """Return what is in the inbox, read and sorted; what was accepted before and is gone from there still counts."""
    expected = Expected(plan, campaign.settings.campaign, campaign.settings.key)
    returns = read_files(files_in(campaign.folder(INBOX)), expected, request.report, request.workers)
    names = [department.name for department in plan.scoring_departments]
    collection = sort_returns(returns, names)
    if not collection.missing:
        return collection
    kept = read_files(files_in(campaign.folder(ACCEPTED)), expected)
    before = {r.department: r for r in kept if r.acceptable and r.department in collection.missing}
    missing = tuple(name for name in collection.missing if name not in before)
    return replace(collection, accepted={**collection.accepted, **before}, missing=missing)


def accepted_returns(campaign: Campaign, plan: Plan, request: Request) -> tuple[list[Return], list[Fault]]:
    """Return what was accepted, read anew, and the faults of accepted files that no longer are acceptable."""
    expected = Expected(plan, campaign.settings.campaign, campaign.settings.key)
    returns = read_files(files_in(campaign.folder(ACCEPTED)), expected, request.report)
    good = [returned for returned in returns if returned.acceptable]
    return good, [found for returned in returns if not returned.acceptable for found in returned.faults]


def counted(collection: Collection) -> str:
    """Return the count that is always shown: expected, received, accepted, rejected, missing."""
    return (
        f"应收{len(collection.expected)}份，收到{collection.received}份，采用{len(collection.accepted)}份，"
        f"需改正{len(collection.rejected)}份，还缺{len(collection.missing)}份"
    )


def _faults(collection: Collection) -> list[Fault]:
    found = [*collection.faults]
    for returned in (*collection.rejected, *collection.accepted.values()):
        found += returned.faults
    return sorted(found, key=lambda f: not f.is_error)


def _data(collection: Collection) -> dict[str, object]:
    return {
        "expected": len(collection.expected),
        "received": collection.received,
        "accepted": {name: {"file": r.file, "sha256": r.sha256} for name, r in collection.accepted.items()},
        "rejected": [{"file": r.file, "department": r.department, "sha256": r.sha256} for r in collection.rejected],
        "missing": list(collection.missing),
    }


def _board(campaign: Campaign, plan: Plan, collection: Collection) -> Listing:
    known = issued(campaign)
    rejected: dict[str, list[Return]] = {}
    for returned in collection.rejected:
        rejected.setdefault(returned.department, []).append(returned)
    rows = []
    for department in plan.scoring_departments:
        name = department.name
        state = _state(name, collection, rejected.get(name, []), sent=name in known)
        rows.append((name, _version(known.get(name)), *state))
    rows += [("（不能识别）", "—", "需改正", returned.file, "") for returned in rejected.get("", [])]
    return Listing("回收情况", ("评价部门", "评分表", "状态", "文件", "收到时间"), rows)


def _state(name: str, collection: Collection, rejected: list[Return], *, sent: bool) -> tuple[str, str, str]:
    if name in collection.accepted:
        returned = collection.accepted[name]
        return "已采用", returned.file, f"{returned.received:%m-%d %H:%M}"
    if rejected:
        newest = max(rejected, key=lambda returned: returned.received)
        return "需改正", newest.file, f"{newest.received:%m-%d %H:%M}"
    return ("未交回" if sent else "未生成"), "", ""


def status(request: Request) -> Outcome:
    """Return how far every department is; nothing is written."""
    campaign = open_campaign(request.root)
    plan = sound_plan(campaign)[0].plan
    collection = gather(campaign, plan, request)
    board = _board(campaign, plan, collection)
    outcome = Outcome(tables=[board], said=[counted(collection)])
    outcome.data = _data(collection) | {"departments": [dict(zip(board.heads, row, strict=True)) for row in board.rows]}
    last = next((entry for entry in reversed(list(campaign.history()))), None)
    if last:
        outcome.said.append(f"最近一步：{last['when'][:16].replace('T', ' ')} {last['what']}")
        outcome.data["last"] = last
    return outcome
