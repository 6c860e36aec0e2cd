"""印证材料清单: the workbook in which an assessee writes down the evidence that it returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from itertools import groupby
from pathlib import Path
from typing import Any

from qtool.model import Assessee, Plan, marks_text
from qtool.office.workbook.list_sheet import BAND, FILL, INK, LINE, TITLE_LOOK, Column, ListSheet
from qtool.office.workbook.writer import TITLE_FONT, Book, Prompt
from qtool.reports.evidence import Ask, evidence_asks
from qtool.text import day_text
from qtool.workspace import write_file

NAME = "印证材料清单"
_COLUMNS = (
    *(Column("编号", 8), Column("考核内容", 22, "left"), Column("条目", 5.5), Column("评分标准", 46, "left")),
    *(Column("要提供什么", 26, "left"), Column("放在哪个文件夹", 24, "left"), Column("文件名", 34, "left")),
    *(Column("页数", 7, "left"), Column("备注", 16, "left")),
)
HEADS = tuple(column.heading for column in _COLUMNS)
_PROMPTS = {
    "文件名": "写上这一条的材料文件名，几个文件用顿号隔开；也可以只写关键字。",
    "页数": "一共几页。音像材料写时长，如 3分钟。",
    "备注": "没有这项工作的，写“无”和原因；与别的条目共用材料的，写明在哪里。",
}
_FILL: dict[str, Any] = {"bg_color": FILL, "locked": False}
_LONGEST = 1200
_HOW = (
    "怎样填：把材料的电子版放进“印证材料”里写明的文件夹，再在浅黄色的格里写上文件名和页数；一条有几个文件的，"
    "用顿号隔开。没有这项工作的，在备注里写“无”和原因。不要改文件夹的名称和编号。"
)


def file_name(assessee: Assessee) -> str:
    """Return what an assessee's list is called."""
    return f"{NAME}-{assessee.short}.xlsx"


def write_list(path: Path, plan: Plan, assessee: Assessee, folders: Mapping[str, str]) -> Path:
    """Write an assessee's list, and return the file; it is dated by the deadline, so that it is always the same."""
    facts = plan.facts

    def write(temporary: Path) -> None:
        made = datetime.combine(facts.deadline, time())
        with Book(temporary, made=made, title=f"{assessee.name}{NAME}", author=facts.office) as book:
            _list(
                ListSheet(book, NAME, _COLUMNS, longest=_LONGEST, least_height=32, valign="top"),
                plan,
                assessee,
                folders,
            )

    return write_file(path, write)


def _list(sheet: ListSheet, plan: Plan, assessee: Assessee, folders: Mapping[str, str]) -> None:
    facts, asks = plan.facts, evidence_asks(plan)
    criteria = len({ask.criterion.code for ask in asks})
    limit = f"全部材料不超过{marks_text(facts.evidence_limit_gb)}GB，超过的不予接收"
    by = f"请在{day_text(facts.deadline)}前连同自评报告一并报{facts.office}"
    sheet.across(f"{assessee.name}{facts.year}年度质量工作考核{NAME}", **TITLE_LOOK, align="center")
    sheet.across(f"共{criteria}项考核内容需要印证材料。{by}；{limit}。", font_size=11)
    sheet.across(_HOW, font_size=11)
    first = sheet.head() + 1
    for department, own in groupby(asks, key=lambda ask: ask.criterion.department):
        _department(sheet, department, list(own), folders)
    for name, text in _PROMPTS.items():
        col = HEADS.index(name)
        sheet.sheet.validate_block((first, col), (sheet.row - 1, col), {"validate": "any"}, Prompt(name, text))
    sheet.finish(left=NAME, right=assessee.short, fixed=HEADS.index("评分标准"), sortable=False)


def _department(sheet: ListSheet, department: str, asks: Sequence[Ask], folders: Mapping[str, str]) -> None:
    """Write the heading of a department's part, and a row for each item of it that asks for evidence."""
    text = f"{department}（{len({ask.criterion.code for ask in asks})}项考核内容，{len(asks)}条）"
    look = {"font_name": TITLE_FONT, "font_size": 11, "font_color": INK, "bg_color": BAND}
    sheet.across(text, **look, border=1, border_color=LINE)
    for ask in asks:
        criterion, evidence = ask.criterion, f"{ask.form}：{ask.labels}" if ask.form else ask.labels
        texts = (criterion.code, criterion.title, ask.item.number, ask.item.standard, evidence)
        folder = folders[criterion.code].partition("/")[2]
        sheet.line([*texts, folder, "", "", ""], {HEADS.index(name): _FILL for name in _PROMPTS})
