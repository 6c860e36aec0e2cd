"""Workbooks that are not the sheet that was sent: another campaign's, another department's, old or tampered with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from moved_returns import edited, pasted_values
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from return_cases import META_PART, Case, Filled, filled, in_part, opened, parts, rows_of, saved, typed
from saved_returns import bare
from scoring_cases import identity, plan_2022

from qtool.layout import META, SHEET
from qtool.model import Plan

_POLICE, _TOURISM = "市公安局", "市文旅局"


def foreign(sheets: Mapping[str, Filled]) -> Iterator[Case]:
    """Yield every such workbook."""
    yield from _strange(sheets[_POLICE])
    yield from _of_other_campaigns(sheets[_POLICE])
    yield from _tampered(sheets[_POLICE])
    yield from _of_others(sheets[_POLICE], sheets[_TOURISM])
    yield from _outdated(sheets[_POLICE])


def _strange(sheet: Filled) -> Iterator[Case]:
    book = Workbook()
    own = book.worksheets[0]
    own.title = SHEET
    for row in (["考核内容", "随县", "广水市"], ["专项行动", 2, 3]):
        own.append(row)
    yield Case("自己做的评分表.xlsx", saved(book), "S01", "a workbook that the department made itself")
    yield Case("空白工作簿.xlsx", saved(Workbook()), "S01", "a new workbook")
    lost = parts(sheet.content, lambda name, old: None if name == "docProps/custom.xml" else old)
    alone = opened(lost, lambda found, _own: found.remove(found[META]))
    yield Case("隐藏表和属性都丢了.xlsx", alone, "S01", "hidden sheet and properties lost: nothing says who it is")
    copied = opened(lost, _alone)
    yield Case("复制到新工作簿.xlsx", copied, "S01", "the tab copied into a new workbook")


def _alone(book: Workbook, own: Worksheet) -> None:
    for sheet in book.worksheets:
        if sheet is not own:
            book.remove(sheet)


def _of_other_campaigns(sheet: Filled) -> Iterator[Case]:
    who = identity(sheet.layout)
    last = filled(plan_2022(), _POLICE, who=replace(who, campaign="fedcba9876543210", year=2021), key="the key of 2021")
    yield Case("去年的表.xlsx", bare(last.content), "S02", "last year's sheet")
    same = filled(plan_2022(), _POLICE, who=replace(who, campaign="fedcba9876543210"))
    yield Case("演练的表.xlsx", bare(same.content), "S02", "a rehearsal's sheet of the same year")
    other = filled(plan_2022(), _POLICE, key="another key")
    yield Case("密钥不对.xlsx", bare(other.content), "S03", "sealed with another key")
    plan = plan_2022()
    name = "市体育局"
    more = replace(plan.departments[0], name=name)
    criterion = replace(plan.of_department(_POLICE)[0], department=name)
    longer = replace(plan, departments=(*plan.departments, more), criteria=(*plan.criteria, criterion))
    yield Case(
        "方案外的部门.xlsx", bare(filled(longer, name).content), "S07", "a department that is not in the plan any more"
    )


def _tampered(sheet: Filled) -> Iterator[Case]:
    def meta(cell: str, value: object) -> bytes:
        def change(book: Workbook, _own: Worksheet) -> None:
            book[META][cell].value = value

        return opened(sheet.content, change)

    yield Case("改成别的部门.xlsx", meta("B3", _TOURISM), "S03", "the department changed in the hidden sheet")
    yield Case("改了版本号.xlsx", meta("B4", "9"), "S03", "the version changed")
    yield Case("改了印章.xlsx", meta("B6", "0" * 32), "S03", "the seal changed")
    places = opened(sheet.content, _with_other_map)
    yield Case("改了行列对照.xlsx", places, "S03", "the map of rows and columns changed")
    unproven = opened(sheet.content, lambda book, _own: book.remove(book[META]))
    wrong = in_part(unproven, "docProps/custom.xml", lambda xml: xml.replace(_POLICE, _TOURISM))
    yield Case("属性改成别的部门.xlsx", wrong, "S03", "the hidden sheet lost, the department changed in the properties")
    half = in_part(sheet.content, META_PART, lambda xml: re.sub('<c r="C1".*?</c>', "", xml))
    yield Case("行列对照丢了.xlsx", half, "S03", "the map of rows and columns deleted from the hidden sheet")


def _with_other_map(book: Workbook, _own: Worksheet) -> None:
    cell = book[META]["C1"]
    cell.value = str(cell.value).replace('"m:08-01-1-1":"12"', '"m:08-01-1-1":"13"')


def _of_others(police: Filled, tourism: Filled) -> Iterator[Case]:
    def pasted(book: Workbook, own: Worksheet) -> None:
        at = book.index(own)
        book.remove(own)
        tab = book.create_sheet(SHEET, at)
        for row in rows_of(tourism.content):
            tab.append(row)

    yield Case("贴了别的部门的表.xlsx", opened(police.content, pasted), "S34", "another department's sheet pasted in")
    emptied = pasted_values(police.content, lambda rows: rows[:0])
    yield Case("评分表清空了.xlsx", emptied, "S38", "the scoring sheet emptied")
    gone = opened(police.content, _instead)
    yield Case("评分表删掉了.xlsx", gone, "S38", "the scoring sheet deleted")


def _instead(book: Workbook, own: Worksheet) -> None:
    book.create_sheet("情况说明").append(["评分表另行报送"])
    book.remove(own)


def _outdated(today: Filled) -> Iterator[Case]:
    plan = plan_2022()
    measure = plan.of_department(_POLICE)[1].items[0].measures[0]

    def old(**changes: str) -> bytes:
        before: Plan = edited(plan, "08-01", measures=(replace(measure, **changes),))  # type: ignore[arg-type]
        return bare(filled(before, _POLICE, today).content)

    yield Case("旧版计分办法改了.xlsx", old(parameters="是=0.9；否=0"), "S04 S33", "made when a rule was another")
    yield Case("旧版填报项改了.xlsx", old(label="配备侦查人员"), "S04 S33", "made when a label was another")
    typed_in = typed(old(parameters="是=0.9；否=0"), {today.cell("07-02-1-1", "随县"): None})
    yield Case("旧版又没填完.xlsx", typed_in, "S04 S10 S33", "the same with a blank where nothing changed")
    second = plan.of_department(_POLICE)[0]
    shorter = replace(plan, criteria=tuple(c for c in plan.criteria if c.code != second.code))
    less = bare(filled(shorter, _POLICE, today).content)
    yield Case("旧版少一项.xlsx", less, "S04 S33", "made before one more criterion came to the department")
    lost = opened(old(parameters="是=0.9；否=0"), lambda book, _own: book.remove(book[META]))
    yield Case("旧版又丢了隐藏表.xlsx", lost, "S03", "an old sheet without its hidden one cannot prove itself")
