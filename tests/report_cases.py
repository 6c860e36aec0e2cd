"""Self-assessment reports for the tests: good ones, and ones with a part written over; campaigns that wait for them."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from cli_cases import qtool
from scoring_cases import plan_2022
from shared_folders import shared_folder

from qtool.model import Assessee, Plan
from qtool.office.word.template import rewrite
from qtool.reports.demo_answers import Answer, written_report
from qtool.reports.evidence_check import EvidenceCheck
from qtool.reports.make import file_name, make_material
from qtool.reports.report_check import ReportCheck, check_report
from qtool.reports.report_parts import Requirements, requirements_of
from qtool.reports.review import Material
from qtool.workspace import DOCUMENTS, HANDED_OUT, MATERIAL

Change = Callable[[str, str], Sequence[tuple[str, str]] | None]


@cache
def given() -> Path:
    """Return the folder of what the assessees of 2022 are given; nothing in it may be changed."""
    return shared_folder("given", lambda folder: make_material(plan_2022(), None, folder, lambda _event: None))


def district(number: int = 0) -> Assessee:
    """Return one of the assessees of 2022."""
    return plan_2022().assessees[number]


@cache
def good_report(number: int = 0) -> bytes:
    """Return a report in which there is nothing to find."""
    who = district(number)
    source = given() / who.short / file_name(who)
    return written_report(plan_2022(), who, source, Answer.WHOLE, random.Random(number))  # noqa: S311


@cache
def wanted(number: int = 0) -> Requirements:
    """Return what the template asks for."""
    return requirements_of(plan_2022(), district(number), None)


def changed(change: Change) -> bytes:
    """Return the good report with some paragraphs written over."""
    return rewrite(good_report(), change)


def replaced(old: str, new: str) -> bytes:
    """Return the good report with a piece of text written otherwise; it must be there."""
    found = []

    def change(text: str, style: str) -> Sequence[tuple[str, str]] | None:
        if old not in text:
            return None
        found.append(text)
        return [(text.replace(old, new), style)]

    content = changed(change)
    assert found
    return content


def checked(content: bytes, number: int = 0) -> ReportCheck:
    """Return the check of a report."""
    return check_report(content, "自评报告.docx", plan_2022(), district(number), wanted(number))


def codes(content: bytes, number: int = 0) -> list[str]:
    """Return the codes of what is found in a report."""
    return [fault.code for fault in checked(content, number).faults]


def checked_nothing(plan: Plan) -> Material:
    """Return what there is of an assessee that returned nothing."""
    return Material(plan.assessees[0], None, EvidenceCheck(), None, False, "", ())


def campaign(folder: Path) -> Path:
    """Return a fresh campaign in which the material has been given out."""
    root = folder / "考核"
    assert qtool("new", root).code == 0
    shutil.copytree(given(), root / DOCUMENTS / HANDED_OUT)
    for one in plan_2022().assessees:
        (root / MATERIAL / one.short).mkdir()
    return root
