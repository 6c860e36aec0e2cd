"""A whole year on example data, with the same actions that a real year uses."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from pathlib import Path

from qtool.actions.action import Listing, Outcome, Request
from qtool.actions.campaign import new, sound_plan
from qtool.actions.collect import collect
from qtool.actions.documents import documents
from qtool.actions.reports import reports, review
from qtool.actions.sheets import sheets
from qtool.actions.tally import tally
from qtool.layout import Layout
from qtool.progress import Event
from qtool.rehearsal import Trouble, fill_sheet, troubles
from qtool.reports.make import FOLDER
from qtool.reports.play import play
from qtool.workspace import (
    ACCEPTED,
    DOCUMENTS,
    INBOX,
    MATERIAL,
    PLAN,
    RETURNED,
    SHEETS,
    TALLY,
    locked,
    open_campaign,
    write_file,
)

_SEED = 2022
APPROVED_BY = "演练，没有批准文号"


def demo(request: Request) -> Outcome:
    """Make a campaign from the shipped plan, fill every sheet, collect, tally, write the documents."""
    root: Path = request.options["folder"]
    seed = _SEED if request.options.get("seed") is None else int(request.options["seed"])
    outcome = Outcome()

    def step(name: str, done: Outcome) -> None:
        outcome.sentences += [f"{name}：{line}" for line in done.sentences]
        outcome.faults += done.faults
        outcome.files += done.files

    inside = Request(root, {}, request.report)
    step("新建", new(Request(root, {"folder": root}, request.report)))
    step("生成评分表", sheets(inside))
    step("准备自评材料", reports(inside))
    broken = bool(request.options.get("broken"))
    played = fill(inside, seed, broken=broken)
    outcome.sentences.append(f"各部门填表：{len(played)}份，演练数据，种子{seed}")
    step("回收", collect(inside))
    material = _return_material(inside, seed, broken=broken)
    outcome.sentences.append(f"各考核对象交自评材料：{len(material)}份")
    printing = {"no_pdf": not request.options.get("pdf")}
    reviewed = review(Request(root, printing, request.report))
    step("检查自评材料", reviewed)
    outcome.tables += reviewed.tables
    tallied = tally(inside)
    step("汇总", tallied)
    outcome.tables += tallied.tables
    if tallied.data["missing"]:
        outcome.sentences.append("批准：评分没有收齐，不能批准")
    else:
        approved = tally(Request(root, {"approve": APPROVED_BY}, request.report))
        outcome.sentences.append(f"批准：{approved.sentences[0]}")
    step("公文", documents(Request(root, printing, request.report)))
    outcome.faults = list(dict.fromkeys(outcome.faults))  # two steps may miss the same typeface
    outcome.tables += _listings(root, played, material, broken=broken)
    outcome.data = {"campaign": str(root), "seed": seed, "tally": tallied.data}
    outcome.data["troubles"] = {name: trouble.name.lower() for name, trouble in played.items()}
    outcome.next = "这是演练，数据是随机编的。正式考核请用 qtool new 新建"
    return outcome


def _listings(
    root: Path, played: Mapping[str, Trouble], material: Mapping[str, str], *, broken: bool
) -> Iterator[Listing]:
    """Yield where everything is, and with troubles who returned what how."""
    places = [
        (PLAN, "考核方案，可以打开修改"),
        (SHEETS, "发给各部门的空白评分表"),
        (INBOX, "各部门“填好交回”的评分表"),
        (ACCEPTED, "检查合格、已采用的评分表"),
        (TALLY, "汇总表：总分、名次、等级、每一分的来源"),
        (MATERIAL, "各考核对象交回的自评报告和印证材料"),
        (DOCUMENTS, "通知、请示、通报、反馈函，发给考核对象的自评材料，检查结果和函"),
    ]
    if broken:
        places.insert(4, (RETURNED, "要改正的：问题清单，和标好了颜色的改正件"))
    yield Listing(f"请打开看看：{root}", ("位置", "里面是什么"), places)
    if broken:
        rows = [(name, trouble.value) for name, trouble in played.items()]
        yield Listing("这次演练里，各部门是这样交的", ("评价部门", "怎样交的"), rows)
        yield Listing("各考核对象是这样交的", ("考核对象", "怎样交的"), list(material.items()))


def _return_material(request: Request, seed: int, *, broken: bool) -> dict[str, str]:
    """Let every assessee return its report and its evidence; return how each did."""
    campaign = open_campaign(request.root)
    with locked(campaign):
        plan = sound_plan(campaign)[0].plan
        given = campaign.folder(DOCUMENTS) / FOLDER
        how = play(plan, given, campaign.folder(MATERIAL), seed, request.report, broken=broken)
        campaign.journal("演练交自评材料", count=len(how), seed=seed)
    return {assessee.short: way.value for assessee, way in how.items()}


def fill(request: Request, seed: int = _SEED, *, broken: bool = False) -> dict[str, Trouble]:
    """Fill every department's sheet from its real file into the inbox; return what went wrong with whose."""
    campaign = open_campaign(request.root)
    with locked(campaign):
        plan = sound_plan(campaign)[0].plan
        names = [department.name for department in plan.scoring_departments]
        played = troubles(names, seed) if broken else dict.fromkeys(names, Trouble.NONE)
        for done, (name, trouble) in enumerate(played.items(), 1):
            request.report(Event(done, len(names), f"填写 {name}"))
            if trouble is Trouble.ABSENT:
                continue
            source, layout = campaign.folder(SHEETS) / f"评分表-{name}.xlsx", Layout(plan, name)

            def write(target: Path, source: Path = source, layout: Layout = layout, how: Trouble = trouble) -> None:
                fill_sheet(source, target, layout, seed, how)

            ending = ".zip" if trouble is Trouble.ZIPPED else ".xlsx"
            path = write_file(campaign.folder(INBOX) / f"评分表-{name}{ending}", write)
            came = datetime.combine(plan.facts.deadline - timedelta(days=done % 5), time(9, done * 4 % 60)).timestamp()
            os.utime(path, (came, came))
        campaign.journal("演练填表", count=len(names), seed=seed)
    return played
