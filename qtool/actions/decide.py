"""What the office decides itself about a department's returned file; the journal keeps who, when and why."""

from __future__ import annotations

from pathlib import Path

from qtool.actions.action import Outcome, Request
from qtool.actions.campaign import sound_plan
from qtool.actions.collect import collect, inbox_returns
from qtool.collect.decisions import CHOSEN, SENT, SENT_BACK, UNDONE, WAIVED
from qtool.faults import QtoolError, fault
from qtool.model import Plan
from qtool.outcome import Return
from qtool.sheets.make import issued
from qtool.text import near
from qtool.workspace import Campaign, locked, open_campaign

_WAYS = ("waive", "send_back", "use", "undo", "sent")


def decide(request: Request) -> Outcome:
    """Write a decision into the journal, then collect again, so that it takes effect at once."""
    campaign = open_campaign(request.root)
    ways = [way for way in _WAYS if request.options.get(way)]
    if len(ways) != 1:
        raise QtoolError(fault("C18"))
    with locked(campaign):
        plan = sound_plan(campaign)[0].plan
        name = _department(plan, str(request.options["department"]))
        said = _decided(campaign, plan, request, name, ways[0])
    outcome = collect(Request(request.root, {}, request.report))
    outcome.sentences.insert(0, said)
    outcome.data["decided"] = {"department": name, "what": ways[0]}
    return outcome


def _department(plan: Plan, typed: str) -> str:
    names = [department.name for department in plan.scoring_departments]
    if typed not in names:
        raise QtoolError(fault("C12", name=typed, hint=near(typed, names) or f"可以写的有：{'、'.join(names)}"))
    return typed


def _decided(campaign: Campaign, plan: Plan, request: Request, name: str, way: str) -> str:
    text = str(request.options[way]).strip()
    if way == "undo":
        campaign.journal(UNDONE, department=name)
        return f"已撤销对{name}的人工处理"
    if way == "sent":
        entry = issued(campaign).get(name)
        if entry is None:
            raise QtoolError(fault("C08"))
        campaign.journal(SENT, department=name, version=entry["version"], sha256=entry["sha256"])
        return f"已记下：{name}的评分表已发出"
    returns = [r for r in inbox_returns(campaign, plan, request) if r.department == name]
    chosen = _file(name, returns, text if way == "use" else "", way)
    details = {"department": name, "file": chosen.full_name, "sha256": chosen.sha256}
    if way == "use":
        campaign.journal(CHOSEN, **details)
        return f"{name}：选用《{chosen.full_name}》"
    if not text:
        raise QtoolError(fault("C19"))
    what = WAIVED if way == "waive" else SENT_BACK
    campaign.journal(what, **details, reason=text)
    return f"{name}：{what}《{chosen.full_name}》，理由：{text}"


def _file(name: str, returns: list[Return], wanted: str, way: str) -> Return:
    """Return the file that is decided about: the named one, or the newest that can be; raises QtoolError for none."""
    usable = [r for r in returns if r.scores is not None]
    if way == "use":
        usable = [r for r in returns if r.acceptable]
        named = [r for r in usable if wanted in (r.full_name, r.file, Path(r.file).name, (r.file, *r.inside)[-1])]
        if not named:
            files = "、".join(f"“{r.full_name}”" for r in usable)
            raise QtoolError(
                fault("C17", name=name, what="选用", hint=f"可以选用的有：{files}" if files else "请先收齐")
            )
        usable = named
    if not usable:
        what = "采用" if way == "waive" else "退回"
        raise QtoolError(fault("C17", name=name, what=what, hint="请先把该部门的评分表放进收件箱"))
    return max(usable, key=lambda r: r.received)
