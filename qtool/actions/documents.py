"""The documents of a year: notices always, the request when there is a result, the rest when it was approved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from qtool.actions.action import Listing, Outcome, Request
from qtool.actions.tally import as_recorded
from qtool.documents import notices
from qtool.documents.circular import circular
from qtool.documents.feedback import check_sentences, feedback
from qtool.documents.journal import MADE, digests, enter, enter_complete, print_pdf
from qtool.documents.request import request as request_draft
from qtool.documents.sentence import write_trail
from qtool.faults import Fault, QtoolError, fault
from qtool.mail.letters import Kind, shipped_template
from qtool.office.archive.members import Unreadable
from qtool.office.word.document_kind import NoOffice, WordKind, content_of, to_docx, word_kind
from qtool.office.word.reader import read_word
from qtool.official.check import check
from qtool.official.check_list import HEADS, NAME, Measurement, Verdict, in_order, texts_of, write_check_list
from qtool.official.draft import DocumentFiles, Draft, Sentence, make_documents
from qtool.official.profile import Profile, profile_of, with_fonts
from qtool.outcome import Tally
from qtool.reports.review import CHECKED
from qtool.resources import template
from qtool.state.campaign_state import CampaignState
from qtool.tally.record import fingerprint
from qtool.workspace import DOCUMENTS, FEEDBACK, NOTICES, SETTINGS, TEMPLATES, copy_file, sha256

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
    state, outcome = request.state, Outcome()
    with state.locked() as campaign:
        if request.options.get("templates"):
            return _copy_templates(state)
        plan = state.sound_plan()
        result = _result(state, outcome)
        profile, faults = profile_of(campaign.settings.official)
        profile, lacking = with_fonts(profile)
        outcome.faults += (*faults, *lacking)
        drafts = notices.notices(plan, profile, _notice_day(state))
        if result is not None:
            drafts += _of_result(state, result, profile, outcome)
        files = _make(request, drafts, profile, outcome)
        if result is not None and not any(fault.is_error for fault in files.faults):
            now = state.tally_record
            approved = state.approval_of(now) is not None
            enter_complete(campaign, state.history, files, fingerprint(now), approved=approved)
    outcome.data["files"] = [campaign.relative(path) for path in outcome.files]
    return outcome


def _copy_templates(state: CampaignState) -> Outcome:
    """Copy the shipped templates into the campaign; those that are there stay as they are."""
    outcome, folder = Outcome(), state.root / TEMPLATES
    sources = [*(template(f"docx/{name}") for name in SHIPPED), *map(shipped_template, Kind)]
    for source in sources:
        if not (folder / source.name).exists():
            outcome.files.append(copy_file(source, folder / source.name))
    there = len(sources) - len(outcome.files)
    unchanged = f"，{there}份已经在那里，没有改动" if there else ""
    outcome.sentences.append(f"复制了{len(outcome.files)}份模板到“{TEMPLATES}”{unchanged}")
    outcome.next = "公文模板用 Word 或 WPS 修改，信的模板用记事本；不想用的，删掉就用自带的"
    outcome.data["files"] = [state.campaign.relative(path) for path in outcome.files]
    return outcome


def _result(state: CampaignState, outcome: Outcome) -> Tally | None:
    """Return the tally that documents tell of; None before anything was accepted, which is no fault."""
    try:
        result = as_recorded(state)
    except QtoolError as error:
        if error.faults[0].code != "C09":
            raise
        outcome.sentences.append("还没有可以采用的评分表，这次只生成通知")
        outcome.faults += error.faults[1:]
        return None
    outcome.faults += [fault for fault in state.tally_faults if fault.is_error]
    return result


def _notice_day(state: CampaignState) -> datetime:
    """Return the day on which the notices were made first, so that they keep their date; today before that."""
    when = datetime.now().astimezone()
    for entry in state.history:
        if entry["what"] == MADE and NOTICES in Path(str(entry.get("file", ""))).parts:
            when = datetime.fromisoformat(entry["when"])
            break
    return when.replace(hour=0, minute=0, second=0, microsecond=0)


def _of_result(state: CampaignState, result: Tally, profile: Profile, outcome: Outcome) -> list[Draft]:
    """Return the request, and the circular and the feedback where this very result was approved."""
    drafts = [request_draft(result, profile, result.made.date())]
    approval = state.approval_of(state.tally_record)
    if approval:
        signed, checked = approval.when.date(), _check_results(state)
        drafts.append(circular(result, profile, signed))
        drafts += [feedback(result, one, profile, signed, checked.get(one.short, ())) for one in result.plan.assessees]
        return drafts
    if result.provisional:
        outcome.faults.append(fault("D03", file=drafts[0].path.name))
    outcome.sentences.append(_why_not(state, result))
    outcome.next = (
        f"收齐{'、'.join(result.missing)}的评分，再执行 qtool tally"
        if result.provisional
        else "请示批准以后，执行 qtool tally --approve 批准文号和批准人，再执行 qtool documents"
    )
    return drafts


def _check_results(state: CampaignState) -> dict[str, list[Sentence]]:
    """Return what the last check of each assessee's report and evidence found, by its short name."""
    return {
        str(entry.get("assessee")): check_sentences(entry.get("errors", ()), entry.get("warnings", ()))
        for entry in state.history
        if entry["what"] == CHECKED
    }


def _why_not(state: CampaignState, result: Tally) -> str:
    if approval := state.standing_approval:
        return f"现在的结果与批准的（{approval}）不同，没有生成通报和反馈函；执行 qtool tally 可以看到哪里变了"
    why = "还没有收齐评分，结果是暂定的" if result.provisional else "结果还没有批准"
    return f"{why}，没有生成通报和反馈函"


def _make(request: Request, drafts: list[Draft], profile: Profile, outcome: Outcome) -> DocumentFiles:
    """Write the documents and what they rest on, and return what became of them."""
    campaign, out = request.state.campaign, request.state.campaign.folder(DOCUMENTS)
    documents = write_drafts(request, drafts, profile, outcome)
    for name, own in _trails(drafts).items():
        digest = sha256(out / name) if (out / name).is_file() else ""
        path = write_trail(out / name, own, name.removesuffix(".xlsx"), own[0].made)
        if sha256(path) != digest:
            outcome.files.append(path)
    outcome.files += documents.files
    for path in [*documents.files, *documents.current]:  # a template may have been edited
        outcome.faults += wrong_of(campaign.relative(path), measured(path, profile), profile, ours=True)
    sentence = f"生成{len(documents.files)}份公文，{len(documents.current)}份没有变化，在“{DOCUMENTS}”"
    outcome.sentences.append(sentence + (f"；{len(documents.edited)}份有人改过，没有动" if documents.edited else ""))
    fates = [(documents.files, "新生成"), (documents.current, "没有变化"), (documents.edited, "有人改过，没有动")]
    rows = sorted((str(path.relative_to(out)), fate) for paths, fate in fates for path in paths)
    outcome.tables.append(Listing("公文", ("文件", "这一次"), rows))
    print_documents(request, documents, outcome)
    return documents


def write_drafts(request: Request, drafts: Sequence[Draft], profile: Profile, outcome: Outcome) -> DocumentFiles:
    """Write drafts into the folder of documents, enter them into the journal, and return what became of them."""
    campaign, before = request.state.campaign, digests(request.state.history)
    out, templates = campaign.folder(DOCUMENTS), campaign.root / TEMPLATES
    documents = make_documents(drafts, templates, out, request.report, profile, before)
    outcome.faults += documents.faults
    enter(campaign, documents, before)
    return documents


def print_documents(request: Request, documents: DocumentFiles, outcome: Outcome) -> None:
    """Put a PDF beside each document, unless that is not wanted."""
    if not request.options.get("no_pdf"):
        files, faults, sentences = print_pdf(request.state.campaign, request.state.history, documents.all)
        outcome.files += files
        outcome.faults += faults
        outcome.sentences += sentences


def _trails(drafts: Sequence[Draft]) -> dict[str, list[Draft]]:
    """Return the workbooks of what the drafted sentences rest on, by their names."""
    trails: dict[str, list[Draft]] = {}
    for draft in drafts:
        if draft.sections:
            folder = f"{FEEDBACK}/" if draft.path.parent.name == FEEDBACK else ""
            trails.setdefault(f"{folder}{Path(draft.template).stem}-依据.xlsx", []).append(draft)
    return trails


_NAMED = 6


def measure(request: Request, path: Path) -> Outcome:
    """Measure one document by the campaign's profile, or by the national standard where there is no campaign.

    What was measured is shown, and kept as a workbook in a campaign. Raises QtoolError when it is no document.
    """
    campaign = request.state.campaign if (request.root / SETTINGS).is_file() else None
    profile, faults = profile_of(campaign.settings.official if campaign else {})
    results = measured(path, profile)
    mistakes = [one for one in results if one.wrong]
    outcome = Outcome(faults=[*faults, *wrong_of(path.name, results, profile)])
    outcome.tables.append(Listing(f"{NAME}：{path.name}", HEADS, [texts_of(one) for one in in_order(results)]))
    right = sum(one.verdict is Verdict.RIGHT for one in results)
    outcome.sentences.append(f"按{profile.name}检查了{len(results)}项：符合{right}项，不符合{len(mistakes)}项")
    outcome.data = {"standard": profile.name, "measured": [_as_data(one) for one in results]}
    if campaign:
        with request.state.locked():
            target = campaign.folder(DOCUMENTS) / NAME / f"{NAME}-{path.stem}.xlsx"
            now = datetime.now().astimezone()
            outcome.files.append(write_check_list(target, path.name, profile.name, results, now))
    return outcome


def measured(path: Path, profile: Profile) -> tuple[Measurement, ...]:
    """Return what was measured of a document; raises QtoolError when it is none, or too old for what is installed."""
    try:
        content = content_of(path)
        old = word_kind(content) in (WordKind.DOC, WordKind.ODT, WordKind.RTF)
        return check(read_word(to_docx(content) if old else content), profile)
    except NoOffice as error:
        raise QtoolError(fault("D30", file=path.name)) from error
    except Unreadable as error:
        raise QtoolError(fault("D06", file=path.name, reason=error.reason)) from error


def wrong_of(name: str, results: Sequence[Measurement], profile: Profile, *, ours: bool = False) -> list[Fault]:
    """Return the fault that a document does not keep the standard, where it does not.

    A document of `ours` comes from a template that the office may have changed on purpose: there it is a warning.
    """
    mistakes = [f"{one.what}（{one.clause}）" for one in results if one.wrong]
    if not mistakes:
        return []
    names = "、".join(mistakes[:_NAMED]) + ("等" if len(mistakes) > _NAMED else "")
    code = "D32" if ours else "D31"
    return [fault(code, file=name, count=len(mistakes), standard=profile.name, names=names)]


def _as_data(one: Measurement) -> dict[str, str]:
    names = ("clause", "what", "found", "wanted", "where")
    return {name: getattr(one, name) for name in names} | {"verdict": one.verdict.name.lower()}
