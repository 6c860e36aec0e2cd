"""Genuine sheets with answers that are missing, impossible, or of which nobody can tell what they answer."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from moved_returns import rearranged, unlocked
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from return_cases import Case, Filled, cells_in, in_sheet, opened, rows_of, typed
from saved_returns import XLS, XLSX, Office

from qtool.model import CITY, Key

_TOURISM, _HEALTH, _SCHOOLS = "市文旅局", "市卫健委", "市教育局"
_INDUSTRY, _POLICE, _FARMING = "市经信局", "市公安局", "市农业农村局"
_ONE, _OTHER = "随县", "广水市"
_MOMENT = dt.datetime(2022, 12, 31, 8, 30)  # noqa: DTZ001 - the cells of a workbook have no time zone
_RANK, _FORCE = "07-02-1-1", "08-01-1-1"


@dataclass(frozen=True)
class _Wrong:
    """A measure's answers as nobody may give them, each of which is a fault of this code."""

    name: str
    department: str
    measure: str
    entries: tuple[object, ...]
    code: str = "S11"


_IMPOSSIBLE = (
    _Wrong("得分超过上限", _TOURISM, "01-05-5-1", (1.5, "1.5分", -0.1, "１２")),
    _Wrong("得分填了话", _TOURISM, "01-05-5-1", ("很好", "零点五", "约0.5", "0.5～0.6", "见附件")),
    _Wrong("得分填了符号", _TOURISM, "01-05-5-1", ("/", "—", "0.5分，扣0.1分", "０，５", "{0}")),
    _Wrong("答案里贴了整段话", _POLICE, _FORCE, ("按照市里统一部署，我局高度重视，" * 200,)),
    _Wrong("次数不是整数", _TOURISM, "01-05-6-1", (1.5, -1, "半次", "1.5次", "2起")),
    _Wrong("次数填了话", _TOURISM, "01-05-6-1", ("很多", "两次", "1、2", "/", "≥2")),
    _Wrong("百分格里填文字0.95", _TOURISM, "01-05-1-1", ("0.95", "0.95%%", "95%左右", "九成五", "95‰")),
    _Wrong("百分数超过一百", _TOURISM, "01-05-1-1", (150, "120%", -0.05, "-5%", 1000)),
    _Wrong("扣分太小或太大", _HEALTH, "01-07-2-1", (0.05, 0.5, -0.5, "扣1分", "扣")),
    _Wrong("选项不在表里", _TOURISM, "01-05-4-1", ("己开展", "末开展", "推进一般", "好", "推进")),
    _Wrong("两个字的选项差一个字", _TOURISM, "01-05-3-1", ("很好", "良好", "一样", "好")),
    _Wrong("选项和分数对不上", _TOURISM, "01-05-4-1", ("推进较好（0.5分）", "推进不力1分", "未开展（1分）")),
    _Wrong("选项填了数", _TOURISM, "01-05-3-1", (1, 0.5, "1分", "√", "是")),
    _Wrong("带数字的选项差一位", _INDUSTRY, "04-11-7-1", ("13名", "46名", "1-2名", "14-6名", "第1名")),
    _Wrong("是否填了别的", _POLICE, _FORCE, ("不详", "是否", "待定", 1, "是/否")),
    _Wrong("填了逻辑值", _POLICE, _FORCE, (True, False)),
    _Wrong("名次里填了逻辑值", _POLICE, _RANK, (True,)),
    _Wrong("名次不可能", _POLICE, _RANK, (6, -1, 1.5, "第一名", "并列第2")),
    _Wrong(
        "数格里是日期",
        _SCHOOLS,
        "04-05-1-1",
        (dt.date(2023, 1, 2), _MOMENT, dt.time(1, 30)),
        "S20",
    ),
    _Wrong("选项变成日期", _INDUSTRY, "04-11-7-1", (dt.date(2023, 1, 3),), "S20"),
    _Wrong("百分格里是日期", _SCHOOLS, "04-06-1-1", (dt.date(2023, 5, 1),), "S20"),
)


def doubtful(sheets: Mapping[str, Filled], office: Office) -> Iterator[Case]:
    """Yield sheets that must be mended."""
    for case in _IMPOSSIBLE:
        sheet = sheets[case.department]
        keys = [(case.measure, who) for who in sheet.layout.assessees]
        content = sheet.typed(dict(zip(keys, case.entries, strict=False)))
        yield Case(f"{case.name}.xlsx", content, _times(case.code, len(case.entries)), f"impossible: {case.entries!r}")
    yield from _blank(sheets)
    yield from _formulas(sheets[_SCHOOLS], office)
    yield from _rows(sheets[_SCHOOLS], office)
    yield from _headings(sheets)
    yield from _twice(sheets[_POLICE])


def _times(code: str, count: int) -> str:
    return " ".join([code] * count)


def _blank(sheets: Mapping[str, Filled]) -> Iterator[Case]:
    police, farming, schools = sheets[_POLICE], sheets[_FARMING], sheets[_SCHOOLS]
    one = police.typed({(_FORCE, _ONE): None})
    yield Case("一格没填.xlsx", one, "S10", "one answer missing")
    rank = police.typed({(_RANK, _OTHER): None, (_RANK, _ONE): None})
    yield Case("名次空了两格.xlsx", rank, "S10", "two of five ranks missing: no question about the ranks between")
    beside: dict[str, object] = {police.at(f"m:{_FORCE}", f"pt:{who}"): 1 for who in police.layout.assessees}
    beside |= {police.cell(_FORCE, who): None for who in police.layout.assessees}
    yield Case("填到得分那一列.xlsx", typed(police.content, beside), "S10", "points typed where they are computed")
    row = police.typed({(_FORCE, who): " \u3000" for who in police.layout.assessees})
    yield Case("一行只有空格.xlsx", row, "S10", "spaces in a whole row")
    yield Case("一格没填全市值.xlsx", farming.typed({("01-02-1-1", CITY): None}), "S10", "the city's figure missing")
    yield Case("一个字没填.xlsx", police.empty, "S10 S10", "returned as it was sent")
    column = {(entry.measure.id, _ONE): None for entry in schools.layout.entries}
    yield Case("一个区县没填.xlsx", schools.typed(column), _times("S10", 6), "one assessee left out")


def _formulas(sheet: Filled, office: Office) -> Iterator[Case]:
    times = [sheet.cell("04-05-1-1", who) for who in sheet.layout.assessees]
    for name, inside, faults, story in (
        ("引用失效", 't="e"|<f>#REF!+1</f><v>#REF!</v>', "S21", "a formula whose cell is gone"),
        ("除以零", 't="e"|<f>1/0</f><v>#DIV/0!</v>', "S21", "a division by zero"),
        ("只有错误值", 't="e"|<v>#N/A</v>', "S21", "an error pasted as a value"),
        ("新的错误值", 't="e"|<f>SEQUENCE(3)</f><v>#SPILL!</v>', "S21", "an error that only newer versions know"),
        ("错误值成了文字", 't="str"|<v>#DIV/0!</v>', "S21", "an error pasted as a text"),
        ("ISO日期", 't="d"|<v>2023-01-02</v>', "S20", "a date written as Strict Open XML does"),
        ("公式没有结果", "<f>SUM(1,1)</f>", "S23", "a formula that was never computed"),
        ("公式结果是空", 't="str"|<f>IF(1,"",2)</f><v></v>', "S23", "a formula that gives nothing"),
        ("公式结果不可能", "<f>1-2</f><v>-1</v>", "S11", "a formula that gives what may not be"),
        ("公式结果是文字", 't="str"|<f>"约"&amp;2</f><v>约2</v>', "S11", "a formula that gives a text"),
    ):
        yield Case(f"{name}.xlsx", cells_in(sheet.content, {times[0]: inside}), faults, story)
    both = {times[0]: 't="e"|<f>1/0</f><v>#DIV/0!</v>', times[1]: "<f>SUM(1,1)</f>"}
    yield Case(
        "一行里几种公式.xlsx", cells_in(sheet.content, both), "S21 S23", "an error beside a formula without result"
    )
    broken = typed(sheet.content, {times[0]: "=1/0"})
    yield Case("错误值.xls", office(broken, XLSX, XLS), "S21", "an error in the format of Excel 97")
    yield Case("错误值.ods", office(broken, "ods"), "S21", "an error in OpenDocument")
    again = office(typed(sheet.content, {times[0]: "=1/0", times[1]: "=VLOOKUP(9,A1:B2,2,0)"}), XLSX)
    yield Case("错误值另存过.xlsx", again, "S21 S21", "errors as LibreOffice computes and saves them")


def _rows(sheet: Filled, office: Office) -> Iterator[Case]:
    book, row = sheet.content, sheet.row("04-06-2-1")
    col = sheet.layout.columns[f"in:{_OTHER}"] + 1

    def without(xml: str) -> str:
        return unlocked(rearranged(xml, row=lambda at: None if at == row else at - (at > row)))

    gone = in_sheet(book, without)
    yield Case("删了一行.xlsx", gone, "S14 S27", "unprotected, a measure's row deleted")
    yield Case("删了一行另存.xlsx", office(gone, XLSX), "S14 S27", "the same computed and saved by LibreOffice")

    def narrower(xml: str) -> str:
        places = {col: None, col + 1: None}
        return unlocked(rearranged(xml, col=lambda at: places.get(at, at - 2 * (at > col))))

    missing = _times("S14", 6)
    yield Case(
        "删了一个区县.xlsx", in_sheet(book, narrower), f"{missing} S27", "unprotected, an assessee's columns deleted"
    )
    cell = f"A{row}"
    yield Case("删了一个编号.xlsx", typed(book, {cell: None}), "S14", "one id in the hidden column deleted")
    pasted = typed(book, {f"{'ABCDEFGHIJKLMNOPQ'[at]}60": value for at, value in enumerate(rows_of(book)[row - 1])})
    yield Case("复制了一行.xlsx", pasted, "S17", "a row copied under the sheet with its hidden id")
    other = sheet.row("04-06-1-1")
    yield Case("编号填重了.xlsx", typed(book, {cell: "m:04-06-1-1"}), "S14 S17", "an id dragged down over the next")
    labels = typed(book, {f"G{row}": _label(sheet, "04-06-1-1"), f"G{other}": _label(sheet, "04-06-2-1")})
    yield Case("两行填报项对调.xlsx", labels, "S18 S18", "two labels swapped, ids and answers where they were")
    whole = in_sheet(book, lambda xml: _swapped_but_ids(xml, other, row))
    yield Case("没带隐藏列排序.xlsx", whole, "S18 S18 S27", "two rows swapped without the hidden column")


def _label(sheet: Filled, measure: str) -> str:
    return next(entry.measure.label for entry in sheet.layout.entries if entry.measure.id == measure)


def _swapped_but_ids(xml: str, one: int, other: int) -> str:
    """Return a sheet with two rows swapped from the second column on."""
    places = {one: other, other: one}
    ids = {row: re.search(rf'<c r="A{row}".*?</c>', xml) for row in places}
    swapped = unlocked(rearranged(xml, row=lambda row: places.get(row, row)))
    for row, found in ids.items():
        if found:
            swapped = re.sub(rf'<c r="A{row}".*?</c>', found[0], swapped)
    return swapped


def _headings(sheets: Mapping[str, Filled]) -> Iterator[Case]:
    sheet = sheets[_POLICE]
    one, other = (sheet.at("m:07-02-1-1", f"in:{who}")[0] + "4" for who in (_ONE, _OTHER))
    swapped = typed(sheet.content, {one: _OTHER, other: _ONE})
    yield Case("两个表头对调.xlsx", swapped, "S18 S18", "two assessees' headings swapped, nothing else")
    same = typed(sheet.content, {one: _OTHER})
    yield Case("表头重了.xlsx", same, "S18", "a heading dragged over its neighbour")


def _twice(sheet: Filled) -> Iterator[Case]:
    def copied(answers: Mapping[Key, object], *, first: bool = False) -> bytes:
        def change(book: Workbook, own: Worksheet) -> None:
            copy = book.copy_worksheet(own)
            copy.title = "评分表 (2)"
            for key, value in answers.items():
                (own if first else copy)[sheet.cell(*key)].value = value

        return opened(sheet.content, change)

    differing = copied({(_FORCE, _ONE): "否"})
    yield Case("两张填得不一样.xlsx", differing, "S35", "the tab copied, one answer differs")
    blank = copied(dict.fromkeys(sheet.answers), first=True)
    yield Case("填在复制的那张上.xlsx", blank, "S10 S10 S35", "the tab copied and filled in, the first left blank")
