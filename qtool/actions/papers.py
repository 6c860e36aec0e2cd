"""The documents of a year: notices always, the request when there is a result, the rest when it was approved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from qtool.actions.approve import current_approval
from qtool.actions.campaign import sound_plan
from qtool.actions.material import FOUND
from qtool.actions.measure import measure, measured, wrong_of
from qtool.actions.result import as_kept, kept_records, tallied
from qtool.actions.spec import Listing, Outcome, Request
from qtool.actions.written import MADE, completed, entered, known_papers, printed
from qtool.documents import notices
from qtool.documents.circular import circular
from qtool.documents.draft import Draft
from qtool.documents.feedback import FOLDER as FEEDBACK
from qtool.documents.feedback import check_found, feedback
from qtool.documents.make import TEMPLATES, Made, make_documents
from qtool.documents.request import request as asking
from qtool.documents.sentence import Sentence
from qtool.documents.trail import write_trail
from qtool.faults import Fault, QtoolError, fault
from qtool.mail.letters import Kind, shipped
from qtool.official.fonts import with_fonts
from qtool.official.profile import Profile, profile_of
from qtool.outcome import Tally
from qtool.resources import template
from qtool.tally.approval import Approval, fingerprint, standing_approval
from qtool.tally.record import record
from qtool.workspace import DOCUMENTS, Campaign, copy_file, locked, open_campaign, sha256

SHIPPED = (
    "通报.docx",
    "请示.docx",
    "反馈函.docx",
    "评分通知.docx",
    "自评通知.docx",
    "自评报告.docx",
    "自评材料检查函.docx",
)


def documents(request: Request) -> Outcome:
    """Make the documents that the state of the campaign allows, or measure one; say what is needed for the others."""
    if path := request.options.get("check"):
        return measure(request, path)
    campaign = open_campaign(request.root)
    if request.options.get("templates"):
        return _copied_templates(campaign)
    outcome = Outcome()
    with locked(campaign):
        plan = sound_plan(campaign)[0].plan
        result = _result(campaign, request, outcome)
        profile, wrong = profile_of(campaign.settings.official)
        profile, lacking = with_fonts(profile)
        outcome.faults += (*wrong, *lacking)
        drafts = notices.notices(plan, profile, _noticed(campaign))
        if result is not None:
            drafts += _of_result(campaign, result, profile, outcome)
        made = _make(campaign, request, drafts, profile, outcome)
        if result is not None and not any(found.is_error for found in made.faults):
            now = record(result)
            completed(campaign, made, fingerprint(now), approved=current_approval(campaign, now) is not None)
    outcome.data["files"] = [campaign.shown(path) for path in outcome.files]
    return outcome


def _folder(campaign: Campaign) -> Path:
    return campaign.folder(DOCUMENTS)


def _copied_templates(campaign: Campaign) -> Outcome:
    """Copy the shipped templates into the campaign; those that are there stay as they are."""
    outcome = Outcome()
    with locked(campaign):
        folder = campaign.root / TEMPLATES
        sources = [*(template(f"docx/{name}") for name in SHIPPED), *map(shipped, Kind)]
        for source in sources:
            if not (folder / source.name).exists():
                outcome.files.append(copy_file(source, folder / source.name))
    there = len(sources) - len(outcome.files)
    kept = f"，{there}份已经在那里，没有改动" if there else ""
    outcome.said.append(f"复制了{len(outcome.files)}份模板到“{TEMPLATES}”{kept}")
    outcome.next = "公文模板用 Word 或 WPS 修改，信的模板用记事本；不想用的，删掉就用自带的"
    outcome.data["files"] = [campaign.shown(path) for path in outcome.files]
    return outcome


def _result(campaign: Campaign, request: Request, outcome: Outcome) -> Tally | None:
    """Return the tally that documents tell of; None before anything was accepted, which is no fault."""
    try:
        made, found = tallied(campaign, request)
    except QtoolError as error:
        if error.faults[0].code != "C09":
            raise
        outcome.said.append("还没有可以采用的评分表，这次只生成通知")
        outcome.faults += error.faults[1:]
        return None
    outcome.faults += [f for f in found if f.is_error]
    return as_kept(made, kept_records(campaign))


def _noticed(campaign: Campaign) -> datetime:
    """Return the day on which the notices were made first, so that they keep their date; today before that."""
    when = datetime.now().astimezone()
    for entry in campaign.history():
        if entry["what"] == MADE and notices.FOLDER in Path(str(entry.get("file", ""))).parts:
            when = datetime.fromisoformat(entry["when"])
            break
    return when.replace(hour=0, minute=0, second=0, microsecond=0)


def _of_result(campaign: Campaign, result: Tally, profile: Profile, outcome: Outcome) -> list[Draft]:
    """Return the request, and the circular and the feedback where this very result was approved."""
    drafts = [asking(result, profile, result.made.date())]
    approval = current_approval(campaign, record(result))
    if approval:
        signed = approval.when.date()
        drafts.append(circular(result, profile, signed))
        checked = _checked(campaign)
        drafts += [feedback(result, one, profile, signed, checked.get(one.short, ())) for one in result.plan.assessees]
        return drafts
    if result.provisional:
        outcome.faults.append(fault("D03", file=drafts[0].path.name))
    outcome.said.append(_why_not(standing_approval(campaign.history()), result))
    outcome.next = (
        f"收齐{'、'.join(result.missing)}的评分，再执行 qtool tally"
        if result.provisional
        else "请示批准以后，执行 qtool tally --approve 批准文号和批准人，再执行 qtool documents"
    )
    return drafts


def _checked(campaign: Campaign) -> dict[str, list[Sentence]]:
    """Return what the last check of each assessee's report and evidence found, by its short name."""
    return {
        str(entry.get("assessee")): check_found(entry.get("errors", ()), entry.get("warnings", ()))
        for entry in campaign.history()
        if entry["what"] == FOUND
    }


def _why_not(approval: Approval | None, result: Tally) -> str:
    if approval:
        return f"现在的结果与批准的（{approval}）不同，没有生成通报和反馈函；执行 qtool tally 可以看到哪里变了"
    why = "还没有收齐评分，结果是暂定的" if result.provisional else "结果还没有批准"
    return f"{why}，没有生成通报和反馈函"


def _make(campaign: Campaign, request: Request, drafts: list[Draft], profile: Profile, outcome: Outcome) -> Made:
    """Write the documents and what they rest on, and return what became of them."""
    out = _folder(campaign)
    known = known_papers(campaign)
    made = make_documents(drafts, campaign.root / TEMPLATES, out, request.report, profile, known)
    outcome.faults += made.faults
    entered(campaign, made, known)
    for name, own in _trails(drafts).items():
        before = sha256(out / name) if (out / name).is_file() else ""
        path = write_trail(out / name, own, name.removesuffix(".xlsx"), own[0].made)
        if sha256(path) != before:
            outcome.files.append(path)
    outcome.files += made.files
    outcome.faults += _self_checked(campaign, [*made.files, *made.current], profile)
    said = f"生成{len(made.files)}份公文，{len(made.current)}份没有变化，在“{DOCUMENTS}”"
    outcome.said.append(said + (f"；{len(made.edited)}份有人改过，没有动" if made.edited else ""))
    states = [(made.files, "新生成"), (made.current, "没有变化"), (made.edited, "有人改过，没有动")]
    rows = sorted((str(path.relative_to(out)), state) for paths, state in states for path in paths)
    outcome.tables.append(Listing("公文", ("文件", "这一次"), rows))
    if not request.options.get("no_pdf"):
        printed(campaign, [*made.files, *made.current, *made.edited], outcome)
    return made


def _self_checked(campaign: Campaign, paths: Sequence[Path], profile: Profile) -> list[Fault]:
    """Return what does not keep the layout, as where a template was edited."""
    return [
        found for path in paths for found in wrong_of(campaign.shown(path), measured(path, profile), profile, ours=True)
    ]


def _trails(drafts: Sequence[Draft]) -> dict[str, list[Draft]]:
    """Return the workbooks of what the drafted sentences rest on, by their names."""
    found: dict[str, list[Draft]] = {}
    for draft in drafts:
        if draft.sections:
            folder = f"{FEEDBACK}/" if draft.path.parent.name == FEEDBACK else ""
            found.setdefault(f"{folder}{Path(draft.template).stem}-依据.xlsx", []).append(draft)
    return found
