"""A new campaign: the folder of one year, made from a plan."""

from __future__ import annotations

from pathlib import Path

from qtool.actions.action import Outcome, Request
from qtool.faults import QtoolError, fault
from qtool.plan.read import read_plan
from qtool.resources import PLAN_2022, PLAN_BLANK, template
from qtool.settings import new_settings
from qtool.workspace import FOLDERS, PLAN, SETTINGS, UNFINISHED, Campaign, copy_file, sha256, write_bytes, writing


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
    settings, text = new_settings()
    write_bytes(root / SETTINGS, text.encode())
    Campaign(root, settings).journal("新建", plan=source.name, sha256=sha256(target))
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
