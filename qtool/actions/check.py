"""The check of a plan: all its faults at once, and what changed since another plan."""

from __future__ import annotations

from pathlib import Path

from qtool.actions.action import Listing, Outcome, Request
from qtool.model import marks_text
from qtool.plan.changes import changes


def check(request: Request) -> Outcome:
    """Check the campaign's plan, or another workbook; with `against`, say what changed."""
    path: Path = request.options.get("plan") or request.state.campaign.plan
    reading, faults = request.state.files.plan(path)
    plan, outcome = reading.plan, Outcome(faults=faults)
    errors = sum(1 for fault in faults if fault.is_error)
    outcome.sentences.append(
        f"{path.name}：{len(plan.areas)}个领域，{len(plan.criteria)}项考核内容，"
        f"{sum(len(c.items) for c in plan.criteria)}条评分标准，{len(plan.measures)}个填报项，"
        f"{len(plan.scoring_departments)}个评价部门，{len(plan.assessees)}个考核对象"
    )
    outcome.sentences.append(f"发现{errors}处错误、{len(faults) - errors}处提示" if faults else "没有发现问题")
    marks = {area.name: marks_text(area.marks) for area in plan.areas}
    outcome.data = {"plan": path.name, "errors": errors, "warnings": len(faults) - errors, "marks": marks}
    if against := request.options.get("against"):
        lines = changes(request.state.files.plan(against)[0].plan, plan)
        outcome.data["changes"] = lines
        outcome.tables.append(
            Listing(f"与 {against.name} 相比", ("改动",), [(line,) for line in lines or ["没有改动"]])
        )
    if not errors:
        outcome.next = "方案可以使用。下一步：qtool sheets 生成评分表"
    return outcome
