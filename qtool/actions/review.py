"""The check of the self-assessments that came back: a table, letters, links for the departments, proposals."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Sequence

from qtool.actions.action import Listing, Outcome, Request
from qtool.actions.documents import print_documents, write_drafts
from qtool.faults import Fault, QtoolError, fault
from qtool.model import Plan
from qtool.official.profile import Profile, profile_of, with_fonts
from qtool.reports.board import conclusion, write_board
from qtool.reports.evidence_check import size_text
from qtool.reports.letters import letter
from qtool.reports.links import write_links
from qtool.reports.review import CHECKED, Material, proposals
from qtool.reports.review import review as review_material
from qtool.state.campaign_state import CampaignState
from qtool.tally.proposals import write_proposals
from qtool.workspace import DOCUMENTS, MATERIAL, MATERIAL_CHECK, PROPOSALS, TALLY, TEMPLATES, sha256

_RECEIVED = "收到自评材料"
_DAYS_TO_MEND = 5
"""How long there is to mend what is found after the deadline, unless the office says."""


def review(request: Request) -> Outcome:
    """Check the reports and the evidence that came back; write the table, the letters, the lists, what is proposed."""
    state, outcome = request.state, Outcome()
    now = dt.datetime.now().astimezone().replace(microsecond=0)
    with state.locked() as campaign:
        plan = state.sound_plan()
        until = _until(request, plan, now.date())
        profile, faults = profile_of(campaign.settings.official)
        folder, templates = campaign.folder(MATERIAL), campaign.root / TEMPLATES
        materials, strays = review_material(plan, folder, templates, request.report, profile.form)
        first_seen = _remember(state, materials, now)
        for one in materials:
            texts = {"errors": [str(f.message) for f in one.errors], "warnings": [str(f.message) for f in one.warnings]}
            campaign.journal(CHECKED, assessee=one.assessee.short, late=one.late, **texts)
        outcome.faults += strays
        for material in materials:
            outcome.faults += (_of(material, one) for one in material.faults)
        out = campaign.folder(DOCUMENTS) / MATERIAL_CHECK
        table = write_board(out / f"{MATERIAL_CHECK}.xlsx", plan, materials, now, first_seen)
        outcome.files += [table, *write_links(out, plan, materials, now)]
        profile, lacking = with_fonts(profile)
        outcome.faults += (*faults, *lacking)
        _letters(request, outcome, materials, now, until, profile)
        proposed = proposals(plan, materials)
        outcome.files.append(write_proposals(campaign.folder(TALLY) / PROPOSALS, plan, proposed, now))
        for path in outcome.files:
            if path.suffix == ".xlsx":
                campaign.journal("检查自评材料", file=campaign.relative(path), sha256=sha256(path))
    _say(outcome, plan, materials, len(proposed))
    return outcome


def _until(request: Request, plan: Plan, today: dt.date) -> dt.date:
    """Return until when is to be mended: the day asked for, the deadline, or some days from now where that is past."""
    if typed := request.options.get("until"):
        try:
            return dt.date.fromisoformat(str(typed).strip())
        except ValueError as error:
            raise QtoolError(fault("R39", value=typed)) from error
    return max(plan.facts.deadline, today + dt.timedelta(days=_DAYS_TO_MEND))


def _remember(state: CampaignState, materials: Sequence[Material], now: dt.datetime) -> dict[str, dt.datetime]:
    """Write into the journal what is seen for the first time; return since when each assessee's has been there."""
    first_entries: dict[tuple[object, ...], str] = {}
    for entry in state.history:
        if entry["what"] == _RECEIVED:
            key = tuple(entry.get(name) for name in ("assessee", "sha256", "files", "bytes"))
            first_entries.setdefault(key, entry["when"])
    first: dict[str, dt.datetime] = {}
    for one in materials:
        key = (one.assessee.short, one.sha256, one.evidence.files, one.evidence.size)
        if not one.sha256 and not one.evidence.files:
            continue
        if key not in first_entries:
            details = {"assessee": key[0], "sha256": key[1], "files": key[2], "bytes": key[3]}
            state.campaign.journal(_RECEIVED, **details, report=one.report.file if one.report else "", late=one.late)
        with contextlib.suppress(ValueError):
            first[one.assessee.short] = dt.datetime.fromisoformat(first_entries.get(key, now.isoformat()))
    return first


def _letters(
    request: Request,
    outcome: Outcome,
    materials: Sequence[Material],
    now: dt.datetime,
    until: dt.date,
    profile: Profile,
) -> None:
    """Write a letter for each assessee; what the office has changed stays."""
    # so that a letter of the same day and content is the same file
    day, plan = now.replace(hour=0, minute=0, second=0), request.state.sound_plan()
    drafts = [letter(plan, material, profile, day, until) for material in materials]
    documents = write_drafts(request, drafts, profile, outcome)
    outcome.files += [*documents.files, *documents.current]
    if documents.edited:
        outcome.sentences.append(f"{len(documents.edited)}份函有人改过，没有动")
    print_documents(request, documents, outcome)


def _of(material: Material, problem: Fault) -> Fault:
    """Return a fault with whose it is before its place."""
    return problem._replace(file=material.assessee.short, sheet=problem.file, cell=problem.sheet or problem.cell)


def _say(outcome: Outcome, plan: Plan, materials: Sequence[Material], proposed: int) -> None:
    heads = ("考核对象", "自评报告", "期限", "全文字数", "存在问题", "印证材料", "大小", "已有/应有", "结论")
    rows = []
    for one in materials:
        report, evidence = one.report, one.evidence
        rows.append(
            (
                one.assessee.short,
                "有" if report else "没有",
                "逾期" if one.late else "按期" if report or evidence.files else "—",
                _shown(report.words if report else None),
                _shown(report.problems if report else None),
                f"{evidence.files}个",
                size_text(evidence.size),
                f"{evidence.covered}/{evidence.wanted}",
                conclusion(one),
            )
        )
    outcome.tables.append(Listing("自评材料", heads, rows))
    good = sum(1 for one in materials if not one.errors)
    outcome.sentences.append(f"检查了{len(plan.assessees)}个考核对象的自评材料，{good}个没有须改正的问题")
    if proposed:
        outcome.sentences.append(f"有{proposed}条发现可以酌情扣分，写在“{TALLY}/{PROPOSALS}”，由人决定，不决定不扣分")
    outcome.next = f"请看“{DOCUMENTS}/{MATERIAL_CHECK}”：检查表、给各考核对象的函、给各部门的印证材料目录"
    outcome.data["materials"] = [dict(zip(heads, row, strict=True)) for row in rows]
    outcome.data["proposals"] = proposed


def _shown(count: int | None) -> str:
    return "—" if count is None else str(count)
