"""Beginning a year: a new campaign, and the check of its plan."""

from __future__ import annotations

from pathlib import Path

from qtool.actions.action import Listing, Outcome, Request
from qtool.faults import Fault, QtoolError, fault
from qtool.model import Plan, marks_text
from qtool.plan.changes import changes
from qtool.plan.check import check as check_plan
from qtool.plan.read import Reading, read_plan
from qtool.resources import PLAN_2022, PLAN_BLANK, template
from qtool.settings import new_settings
from qtool.workspace import (
    FOLDERS,
    PLAN,
    SETTINGS,
    UNFINISHED,
    Campaign,
    copy_file,
    open_campaign,
    sha256,
    write_bytes,
    writing,
)


def new(request: Request) -> Outcome:
    """Make a campaign folder from a plan; the folder counts as one only when everything in it is there."""
    root: Path = request.options["folder"]
    plan = request.options.get("plan")
    if plan is not None and not plan.is_file():
        raise QtoolError(fault("P01", file=str(plan)))
    source = plan or template(PLAN_BLANK if request.options.get("blank") else PLAN_2022)
    if plan is not None:
        read_plan(plan)  # refuses at once what is no plan workbook
    with writing(root):
        if root.exists() and not _free(root, source):
            raise QtoolError(fault("C02", file=str(root)))
        for name in FOLDERS:
            (root / name).mkdir(parents=True, exist_ok=True)
    target = copy_file(source, root / PLAN)
    _settings, text = new_settings()
    write_bytes(root / SETTINGS, text.encode())
    campaign = open_campaign(root)
    campaign.journal("新建", plan=source.name, sha256=sha256(target))
    outcome = Outcome(files=[target], data={"campaign": str(root)})
    outcome.sentences.append(f"已新建考核工程：{root}")
    outcome.next = f"请用 Excel 或 WPS 打开“{PLAN}”核对或修改，然后执行 qtool check，再执行 qtool sheets"
    return outcome


def _free(root: Path, source: Path) -> bool:
    """Return whether a folder holds nothing but what an interrupted `new` with the same plan leaves behind."""
    if not root.is_dir():
        return False
    for path in root.iterdir():
        if path.name in FOLDERS and path.is_dir() and not any(path.iterdir()):
            continue
        if path.name == PLAN and path.is_file() and sha256(path) == sha256(source):
            continue
        if not path.name.startswith(UNFINISHED):
            return False
    return True


def check(request: Request) -> Outcome:
    """Check the campaign's plan, or another workbook; with `against`, say what changed."""
    path: Path = request.options.get("plan") or open_campaign(request.root).plan
    reading = read_plan(path)
    faults = check_plan(reading)
    outcome = Outcome(faults=faults)
    plan = reading.plan
    errors = sum(1 for found in faults if found.is_error)
    outcome.sentences.append(
        f"{path.name}：{len(plan.areas)}个领域，{len(plan.criteria)}项考核内容，"
        f"{sum(len(c.items) for c in plan.criteria)}条评分标准，{len(plan.measures)}个填报项，"
        f"{len(plan.scoring_departments)}个评价部门，{len(plan.assessees)}个考核对象"
    )
    outcome.sentences.append(f"发现{errors}处错误、{len(faults) - errors}处提示" if faults else "没有发现问题")
    outcome.data = {"plan": path.name, "errors": errors, "warnings": len(faults) - errors, "marks": _marks(plan)}
    if against := request.options.get("against"):
        said = changes(read_plan(against).plan, plan)
        outcome.data["changes"] = said
        outcome.tables.append(Listing(f"与 {against.name} 相比", ("改动",), [(line,) for line in said or ["没有改动"]]))
    if not errors:
        outcome.next = "方案可以使用。下一步：qtool sheets 生成评分表"
    return outcome


def _marks(plan: Plan) -> dict[str, str]:
    return {area.name: marks_text(area.marks) for area in plan.areas}


def sound_plan(campaign: Campaign) -> tuple[Reading, list[Fault]]:
    """Return the campaign's plan and its warnings; raises QtoolError with all faults when it has errors."""
    reading = read_plan(campaign.plan)
    faults = check_plan(reading)
    errors = [found for found in faults if found.is_error]
    if errors:
        raise QtoolError(fault("C10", file=campaign.plan.name, count=len(errors)), *errors)
    return reading, faults
