"""A whole year on example data, with the same actions that a real year uses."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from pathlib import Path

from qtool.actions.action import Listing, Outcome, Request
from qtool.actions.collect import collect
from qtool.actions.documents import documents
from qtool.actions.new import new
from qtool.actions.reports import reports
from qtool.actions.review import review
from qtool.actions.sheets import sheets
from qtool.actions.tally import tally
from qtool.layout import Layout
from qtool.progress import Event
from qtool.rehearsal import Trouble, fill_sheet, troubles
from qtool.reports.demo_answers import return_material
from qtool.workspace import (
    ACCEPTED,
    DOCUMENTS,
    HANDED_OUT,
    INBOX,
    MATERIAL,
    PLAN,
    RETURNED,
    SHEETS,
    TALLY,
    sheet_name,
    write_file,
)

_SEED = 2022
APPROVED_BY = "演练，没有批准文号"


def demo(request: Request) -> Outcome:
    """Make a campaign from the shipped plan, fill every sheet, collect, tally, write the documents."""
    root: Path = request.options["folder"]
    seed = _SEED if request.options.get("seed") is None else int(request.options["seed"])
    broken, printing = bool(request.options.get("broken")), {"no_pdf": not request.options.get("pdf")}
    inside, outcome = Request(root, {}, request.report), Outcome()
    outcome.add(new(Request(root, {"folder": root}, request.report)), "新建")
    outcome.add(sheets(inside), "生成评分表")
    outcome.add(reports(inside), "准备自评材料")
    trouble_of = fill(inside, seed, broken=broken)
    outcome.sentences.append(f"各部门填表：{len(trouble_of)}份，演练数据，种子{seed}")
    outcome.add(collect(inside), "回收")
    material = _return_material(inside, seed, broken=broken)
    outcome.sentences.append(f"各考核对象交自评材料：{len(material)}份")
    checked, result = review(inside.within(**printing)), tally(inside)
    outcome.add(checked, "检查自评材料")
    outcome.add(result, "汇总")
    outcome.tables += (*checked.tables, *result.tables)
    if result.data["missing"]:
        outcome.sentences.append("批准：评分没有收齐，不能批准")
    else:
        outcome.sentences.append(f"批准：{tally(inside.within(approve=APPROVED_BY)).sentences[0]}")
    outcome.add(documents(inside.within(**printing)), "公文")
    outcome.faults = list(dict.fromkeys(outcome.faults))  # two steps may miss the same typeface
    outcome.tables += _listings(root, trouble_of, material, broken=broken)
    outcome.data = {"campaign": str(root), "seed": seed, "tally": result.data}
    outcome.data["troubles"] = {name: trouble.name.lower() for name, trouble in trouble_of.items()}
    outcome.next = "这是演练，数据是随机编的。正式考核请用 qtool new 新建"
    return outcome


def _listings(
    root: Path, trouble_of: Mapping[str, Trouble], material: Mapping[str, str], *, broken: bool
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
        rows = [(name, trouble.value) for name, trouble in trouble_of.items()]
        yield Listing("这次演练里，各部门是这样交的", ("评价部门", "怎样交的"), rows)
        yield Listing("各考核对象是这样交的", ("考核对象", "怎样交的"), list(material.items()))


def _return_material(request: Request, seed: int, *, broken: bool) -> dict[str, str]:
    """Let every assessee return its report and its evidence; return how each did."""
    with request.state.locked() as campaign:
        plan = request.state.sound_plan()
        handed_out = campaign.folder(DOCUMENTS) / HANDED_OUT
        how = return_material(plan, handed_out, campaign.folder(MATERIAL), seed, request.report, broken=broken)
        campaign.journal("演练交自评材料", count=len(how), seed=seed)
    return {assessee.short: way.value for assessee, way in how.items()}


def fill(request: Request, seed: int = _SEED, *, broken: bool = False) -> dict[str, Trouble]:
    """Fill every department's sheet from its real file into the inbox; return what went wrong with whose."""
    with request.state.locked() as campaign:
        plan, names = request.state.sound_plan(), request.state.departments
        trouble_of = troubles(names, seed) if broken else dict.fromkeys(names, Trouble.NONE)
        for done, (name, trouble) in enumerate(trouble_of.items(), 1):
            request.report(Event(done, len(names), f"填写 {name}"))
            if trouble is Trouble.ABSENT:
                continue
            source, layout = campaign.folder(SHEETS) / sheet_name(name), Layout(plan, name)

            def write(target: Path, source: Path = source, layout: Layout = layout, how: Trouble = trouble) -> None:
                fill_sheet(source, target, layout, seed, how)

            ending = ".zip" if trouble is Trouble.ZIPPED else ".xlsx"
            path = write_file(campaign.folder(INBOX) / sheet_name(name, ending), write)
            came = datetime.combine(plan.facts.deadline - timedelta(days=done % 5), time(9, done * 4 % 60)).timestamp()
            os.utime(path, (came, came))
        campaign.journal("演练填表", count=len(names), seed=seed)
    return trouble_of
