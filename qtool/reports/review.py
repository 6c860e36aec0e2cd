"""The check of all that came back: each assessee's report and evidence, whether in time, and deductions proposed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from qtool.faults import Fault, fault
from qtool.model import Assessee, Plan
from qtool.office.archive.members import Unopened
from qtool.office.word.document_kind import MOST_BYTES
from qtool.office.word.page_form import NATIONAL, PageForm
from qtool.outcome import Proposal
from qtool.progress import Event, Report
from qtool.reports.evidence import EVIDENCE, tree
from qtool.reports.evidence_check import EvidenceCheck, check_evidence
from qtool.reports.files import Piece, Reader, files_in
from qtool.reports.report_check import ReportCheck, check_report
from qtool.reports.report_parts import requirements_of
from qtool.reports.returned_files import ReturnedFiles, by_assessee, explanations, sort_files
from qtool.text import day_text
from qtool.workspace import MATERIAL

CHECKED = "自评材料检查结果"
"""What the journal calls that which a check found about one assessee; the feedback tells of it."""
OF_REPORT = frozenset(f"R{number:02d}" for number in (*range(2, 26), 37))
"""The codes that are about the report; the others are about the evidence, or about both."""
_SCAN = {"pdf": "PDF 扫描件", "ofd": "OFD 扫描件"}


@dataclass(frozen=True, slots=True)
class Material:
    """What an assessee returned, checked. `report` is None where there is none that could be looked at.

    `received` is the report's time as its file has it, `sha256` the report's; `late` tells that a file came after the
    deadline.
    """

    assessee: Assessee
    report: ReportCheck | None
    evidence: EvidenceCheck
    received: datetime | None
    late: bool
    sha256: str
    faults: tuple[Fault, ...]
    """Everything that is wrong, the report's first."""

    @property
    def errors(self) -> tuple[Fault, ...]:
        """What must be mended."""
        return tuple(one for one in self.faults if one.is_error)

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """What is to be looked at."""
        return tuple(one for one in self.faults if not one.is_error)

    @property
    def codes(self) -> frozenset[str]:
        """The codes of all that is wrong."""
        return frozenset(one.code for one in self.faults)


def review(
    plan: Plan, root: Path, templates_dir: Path | None, report: Report, form: PageForm = NATIONAL
) -> tuple[tuple[Material, ...], tuple[Fault, ...]]:
    """Return every assessee's material below a folder, in the plan's order, and faults of what is nobody's.

    Raises QtoolError when the report's template is broken, or the folder cannot be read.
    """
    owners, strays = by_assessee(root, plan)
    folders = tree(plan)
    materials = []
    for number, (assessee, paths) in enumerate(owners.items()):

        def forward(event: Event, number: int = number, assessee: Assessee = assessee) -> None:
            share = event.done * 100 // max(1, event.total)
            report(Event(number * 100 + share, len(owners) * 100, f"{assessee.short} {event.what}"))

        materials.append(_material(plan, assessee, paths, folders, templates_dir, form, forward))
    report(Event(1, 1, ""))
    return tuple(materials), tuple(strays)


def _material(
    plan: Plan,
    assessee: Assessee,
    paths: list[Path],
    folders: Mapping[str, str],
    templates_dir: Path | None,
    form: PageForm,
    report: Report,
) -> Material:
    received = sort_files(files_in(paths))
    chosen = received.reports[0] if received.reports else None
    checked, sha256 = None, ""
    with Reader() as reader:
        if chosen is not None:
            report(Event(0, 1, chosen.name))
            wanted = requirements_of(plan, assessee, templates_dir, form)
            try:
                content = reader.content(chosen, MOST_BYTES)
                checked = check_report(content, chosen.full_name, plan, assessee, wanted)
                sha256 = hashlib.sha256(content).hexdigest()
            except Unopened as refused:
                checked = ReportCheck(
                    chosen.full_name, faults=(fault("R04", file=chosen.full_name, reason=refused.reason),)
                )
        explained = explanations(received.lists, reader)
        evidence = check_evidence(received.evidence, received.files, plan, folders, reader, report, explained=explained)
    if not received.evidence:
        nothing = fault("R26", folder=f"{MATERIAL}/{assessee.short}/{EVIDENCE}")
        evidence = replace(evidence, missing=(), faults=(nothing,))
    late = tuple(_late(plan, chosen, evidence))
    faults = (*_which(assessee, received), *(checked.faults if checked else ()), *received.files.faults)
    every = (*faults, *evidence.faults, *late)
    return Material(assessee, checked, evidence, chosen.when if chosen else None, bool(late), sha256, every)


def _which(assessee: Assessee, received: ReturnedFiles) -> Iterator[Fault]:
    """Yield that there is no report, that there are several, or that there are scans alone."""
    if len(received.reports) > 1:
        chosen, *others = (piece.full_name for piece in received.reports)
        names = "、".join(f"《{name}》" for name in others)
        yield fault("R03", count=len(received.reports), chosen=chosen, others=names)
    elif not received.reports and received.scans:
        what = "、".join(dict.fromkeys(_SCAN.get(piece.ending, "图片") for piece in received.scans))
        yield fault("R05", file=received.scans[0].full_name, what=what)
    elif not received.reports:
        yield fault("R02", folder=f"{MATERIAL}/{assessee.short}")


def _late(plan: Plan, chosen: Piece | None, evidence: EvidenceCheck) -> Iterator[Fault]:
    """Yield what is later than the day of the deadline, by the times of the files."""
    deadline = plan.facts.deadline
    for what, when in (("自评报告", chosen.when if chosen else None), ("印证材料", evidence.newest)):
        if when is not None and when.date() > deadline:
            yield fault("R35", what=what, when=day_text(when.date()), deadline=day_text(deadline))


_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("字数超过上限", ("R16",)),
    ("存在问题字数不足", ("R17",)),
    ("缺少或打乱标题", ("R12", "R13", "R14")),
    ("留有填写提示", ("R15",)),
    ("封面不齐", ("R08", "R09", "R10", "R11")),
    ("字体字号行距", ("R18", "R19", "R20")),
    ("不是能编辑的报告", ("R05", "R23")),
)
"""Findings on the length and the form of a report, each with the codes of its faults."""
_MOST = 400


def proposals(plan: Plan, materials: Sequence[Material]) -> tuple[Proposal, ...]:
    """Return what may be deducted for, by assessee in the plan's order: one for each kind of finding."""
    limit = plan.facts.report_limit
    basis = f"考核方案：自评报告原则上不超过{limit}字，字数、格式不符合要求的，酌情扣分。"
    rows = []
    for material in materials:
        for name, codes in _GROUPS:
            messages = [one.message for one in material.faults if one.code in codes]
            if messages:
                text = f"自评报告{name}：{'；'.join(messages)}"
                text = text if len(text) <= _MOST else f"{text[: _MOST - 2]}……"
                rows.append(Proposal(f"{material.assessee.short}-{name}", material.assessee.short, text, basis))
    return tuple(rows)
