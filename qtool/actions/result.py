"""The end of a year: the tally and the documents made of it."""

from __future__ import annotations

import json
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from qtool.actions.campaign import sound_plan
from qtool.actions.measure import measure
from qtool.actions.returns import accepted_returns
from qtool.actions.scoring import ADJUSTMENTS
from qtool.actions.spec import Listing, Outcome, Request
from qtool.documents.make import make_documents
from qtool.faults import Fault, QtoolError, fault
from qtool.model import marks_text
from qtool.official.fonts import with_fonts
from qtool.official.profile import profile_of
from qtool.outcome import Tally
from qtool.tally.adjust import read_adjustments, write_adjustments_template
from qtool.tally.build import build
from qtool.tally.proposals import FILE as PROPOSALS
from qtool.tally.proposals import read_proposals
from qtool.tally.record import changes, read_record, record
from qtool.tally.workbook import write_tally
from qtool.workspace import DOCUMENTS, TALLY, Campaign, locked, open_campaign, sha256, write_bytes, write_file

WORKBOOK = "汇总表.xlsx"
RECORDS = "记录"
TEMPLATES = "模板"


def tally(request: Request) -> Outcome:
    """Tally what was accepted; a run that changes nothing writes nothing."""
    campaign = open_campaign(request.root)
    with locked(campaign):
        made, faults = _tally(campaign, request)
        records = _records(campaign)
        against = request.options.get("against")
        previous = _previous(campaign, records, against)
        now = record(made)
        outcome = Outcome(faults=faults)
        path = campaign.folder(TALLY) / WORKBOOK
        if request.force or against or not _same(previous, now) or not path.exists():
            write_file(path, lambda temporary: write_tally(temporary, made, previous))
            kept = _keep(campaign, records, now)
            campaign.journal("汇总", file=path.name, sha256=sha256(path), record=kept.name, missing=list(made.missing))
            outcome.files = [path, kept]
        else:
            outcome.said.append("与上一次汇总相比没有变化，没有重写")
    _say(outcome, made)
    found = changes(previous, now) if previous is not None and not _same(previous, now) else []
    if found:
        rows = [(change.what, change.assessee, change.before, change.after) for change in found]
        outcome.tables.append(Listing("与以前相比的变化", ("内容", "考核对象", "原来", "现在"), rows))
    outcome.data = now | {"changes": [str(change) for change in found]}
    return outcome


def _tally(campaign: Campaign, request: Request) -> tuple[Tally, list[Fault]]:
    plan = sound_plan(campaign)[0].plan
    returns, waivers, faults = accepted_returns(campaign, plan, request)
    if not returns:
        raise QtoolError(fault("C09"), *faults)
    adjustments_path = campaign.folder(TALLY) / ADJUSTMENTS
    if not adjustments_path.exists():
        write_adjustments_template(adjustments_path, plan)
    adjustments, wrong = read_adjustments(adjustments_path, plan)
    adopted, doubtful = read_proposals(campaign.folder(TALLY) / PROPOSALS, plan)
    wrong += tuple(found for found in doubtful if found.is_error)
    if wrong:
        raise QtoolError(*wrong)  # a total without one of its corrections must not look final
    faults += (found for found in doubtful if not found.is_error)
    made = build(plan, returns, (*adjustments, *adopted), datetime.now().astimezone().replace(microsecond=0), waivers)
    found = [*faults]
    if made.missing:
        found.append(fault("T01", count=len(made.missing), names="、".join(made.missing)))
    return made, found


def _records(campaign: Campaign) -> list[Path]:
    folder = campaign.folder(TALLY) / RECORDS
    return sorted(path for path in folder.glob("汇总-*.json") if path.stem.rpartition("-")[2].isdecimal())


def _keep(campaign: Campaign, records: list[Path], now: dict[str, Any]) -> Path:
    """Return the file of this tally's record: the last one where that says the same, otherwise a new one."""
    if records and _same(read_record(records[-1]), now):
        return records[-1]
    number = int(records[-1].stem.rpartition("-")[2]) + 1 if records else 1
    path = campaign.folder(TALLY) / RECORDS / f"汇总-{number:04d}.json"
    return write_bytes(path, json.dumps(now, ensure_ascii=False, indent=1).encode())


def _previous(campaign: Campaign, records: list[Path], name: str | None) -> dict[str, Any] | None:
    if not name:
        return read_record(records[-1]) if records else None
    folder = campaign.folder(TALLY) / RECORDS
    for path in (Path(name), folder / name, folder / f"{name}.json"):
        if path.is_file():
            return read_record(path)
    raise QtoolError(fault("T04", name=name))


def _same(old: dict[str, Any] | None, new: dict[str, Any]) -> bool:
    return old is not None and {k: v for k, v in old.items() if k != "made"} == {
        k: v for k, v in new.items() if k != "made"
    }


def _say(outcome: Outcome, made: Tally) -> None:
    provisional = "（暂定）" if made.provisional else ""
    heads = ("名次", "考核对象", "总分", "等级", "各项得分", "事件扣分", "人工调整")
    rows = [
        (
            str(standing.rank),
            standing.assessee,
            marks_text(standing.total),
            standing.grade,
            marks_text(sum(standing.areas.values(), Fraction(0))),
            marks_text(standing.deductions),
            marks_text(standing.adjustment),
        )
        for standing in made.ranked
    ]
    outcome.tables.append(Listing(f"考核结果{provisional}", heads, rows))
    outcome.said.append(f"已汇总{len(made.plan.scoring_departments) - len(made.missing)}个部门的评分{provisional}")
    outcome.next = (
        f"还缺{'、'.join(made.missing)}，收齐后请再汇总一次" if made.missing else "下一步：qtool documents 生成公文"
    )


def documents(request: Request) -> Outcome:
    """Make the circular, when there is something to tally; or measure one document."""
    if path := request.options.get("check"):
        return measure(request, path)
    campaign = open_campaign(request.root)
    templates = campaign.root / TEMPLATES
    outcome = Outcome()
    with locked(campaign):
        made = _made(campaign, request, outcome)
        out = campaign.folder(DOCUMENTS)
        if made is not None:
            profile, wrong = profile_of(campaign.settings.official)
            profile, lacking = with_fonts(profile)
            files, faults = make_documents(made, templates, out, request.report, profile)
            outcome.files += files
            outcome.faults += (*wrong, *lacking, *faults)
        for path in outcome.files:
            campaign.journal("生成公文", file=campaign.shown(path), sha256=sha256(path))
    outcome.said.append(f"生成{len(outcome.files)}份公文，在“{DOCUMENTS}”")
    outcome.data["files"] = [campaign.shown(path) for path in outcome.files]
    return outcome


def _made(campaign: Campaign, request: Request, outcome: Outcome) -> Tally | None:
    """Return the tally that the circular tells of; None before anything was accepted, which is no fault."""
    try:
        made, found = _tally(campaign, request)
    except QtoolError as error:
        if error.faults[0].code != "C09":
            raise
        outcome.said.append("还没有可以采用的评分表，没有生成通报")
        outcome.faults += error.faults[1:]
        return None
    outcome.faults += [f for f in found if f.is_error]
    return made
