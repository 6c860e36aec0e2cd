"""The self-assessments out: what the assessees are given for their reports and evidence."""

from __future__ import annotations

from qtool.actions.action import Outcome, Request
from qtool.official.profile import profile_of
from qtool.reports.make import make_material
from qtool.workspace import DOCUMENTS, HANDED_OUT, MATERIAL, TEMPLATES, sha256, writing


def reports(request: Request) -> Outcome:
    """Make the report template, the list of evidence and its folders for each assessee."""
    state, outcome = request.state, Outcome()
    with state.locked() as campaign:
        plan = state.sound_plan()
        out = campaign.folder(DOCUMENTS) / HANDED_OUT
        form = profile_of(campaign.settings.official)[0].form
        outcome.files, outcome.faults = make_material(plan, campaign.root / TEMPLATES, out, request.report, form)
        for assessee in plan.assessees:
            folder = campaign.folder(MATERIAL) / assessee.short
            with writing(folder):
                folder.mkdir(exist_ok=True)
        for path in outcome.files:
            campaign.journal("准备自评材料", file=campaign.relative(path), sha256=sha256(path))
    outcome.sentences.append(f"给{len(plan.assessees)}个考核对象各准备了一份自评材料，在“{DOCUMENTS}/{HANDED_OUT}”")
    outcome.data["files"] = [campaign.relative(path) for path in outcome.files]
    outcome.next = (
        f"请把“{DOCUMENTS}/{HANDED_OUT}”里各自的文件夹发给考核对象；"
        f"交回来的放进“{MATERIAL}”里同名的文件夹，再执行 qtool review"
    )
    return outcome
