"""Deductions that the plan makes follow from findings (酌情扣分): proposed only, for a person to decide."""

from __future__ import annotations

from collections.abc import Sequence

from qtool.model import Plan
from qtool.outcome import Proposal
from qtool.reports.review import Material

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
    found = []
    for material in materials:
        for name, codes in _GROUPS:
            said = [one.message for one in material.faults if one.code in codes]
            if said:
                text = f"自评报告{name}：{'；'.join(said)}"
                text = text if len(text) <= _MOST else f"{text[: _MOST - 2]}……"
                found.append(Proposal(f"{material.assessee.short}-{name}", material.assessee.short, text, basis))
    return tuple(found)
