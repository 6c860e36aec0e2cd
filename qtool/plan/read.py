"""A plan workbook read into the model, sheet by sheet, with every fault on the way."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from qtool.addresses import letters
from qtool.faults import Fault, QtoolError, fault
from qtool.model import DEDUCTING, EARNING, Area, Assessee, Criterion, Department, Facts, Grade, Item, Measure, Plan
from qtool.office.workbook.reader import Rows, Unreadable, open_workbook
from qtool.plan.columns import (
    AREAS,
    ASSESSEES,
    COLUMNS,
    CRITERIA,
    DEPARTMENTS,
    FACT_ROWS,
    FACTS,
    GRADES,
    MEASURES,
    YES_NO,
    Fact,
)
from qtool.plan.table import Places, Row, Table, brief, display, renamed, table_of
from qtool.text import Hints, plain

_STRUCTURE = {"P05", "P06", "P07", "P09"}
"""Faults without whose repair the tables cannot be read."""

Items = Mapping[str, Sequence[Item]]
"""The items of every criterion's code."""


@dataclass
class Reading:
    """A plan workbook as read: the plan as far as it goes, where things stand in it, what is wrong.

    `measures` are all rows of 评分细则, those of unknown criteria too. `unread` are the cells, by sheet and address,
    that hold something else than the plan says there.
    """

    plan: Plan
    places: Places
    measures: tuple[Measure, ...]
    faults: list[Fault] = field(default_factory=list)
    unread: frozenset[tuple[str, str]] = frozenset()

    def at(self, sheet: str, row: int, heading: str) -> dict[str, str]:
        """Return the place of a cell, for a fault."""
        return {"file": self.places.file, "sheet": sheet, "cell": self.places.cell(sheet, row, heading)}

    def fact(self, name: str) -> dict[str, str]:
        """Return the place of a fact's content, for a fault."""
        row = self.places.facts.get(name)
        cell = self.places.cell(FACTS, row, "内容") if row else ""
        return {"file": self.places.file, "sheet": FACTS, "cell": cell}

    def sound(self, sheet: str, row: int, *headings: str) -> bool:
        """Return whether the cells of a row were read as they stand."""
        return all((sheet, self.places.cell(sheet, row, heading)) not in self.unread for heading in headings)


def read_plan(path: Path) -> Reading:
    """Return the plan in a workbook with all faults of form; raises QtoolError when it is no plan workbook at all."""
    file = path.name
    if not path.is_file():
        raise QtoolError(fault("P01", file=file))
    faults: list[Fault] = []
    try:
        sheets = _sheets(path, faults)
    except Unreadable as error:
        raise QtoolError(fault("P03" if error.encrypted else "P02", file=file, reason=error.reason)) from error
    tables = {name: table_of(file, name, rows, COLUMNS[name], faults) for name, rows in sheets.items() if rows}
    if any(problem.code in _STRUCTURE for problem in faults) or len(tables) < len(COLUMNS):
        blank = [name for name in sheets if name not in tables]
        remedy = "这张表是空白的，请从空白方案中复制它的标题行，再逐行填写"
        raise QtoolError(*faults, *(fault("P36", file=file, sheet=name, name=name, remedy=remedy) for name in blank))
    empty = [name for name in COLUMNS if name != FACTS and not tables[name].rows]
    faults += [fault("P36", file=file, sheet=name, name=name, remedy="请至少填一行") for name in empty]
    facts = fact_rows(tables[FACTS])
    items = items_of(tables[MEASURES])
    plan = _plan(tables, facts, items, faults)
    places = Places(
        file,
        {name: table.columns for name, table in tables.items()},
        {name: row.number_in_sheet for name, row in facts.items()},
    )
    unread = frozenset((name, cell) for name, table in tables.items() for cell in table.unread)
    measures = tuple(measure for part in items.values() for item in part for measure in item.measures)
    return Reading(plan, places, measures, faults, unread)


def _sheets(path: Path, faults: list[Fault]) -> dict[str, Rows]:
    """Return the rows of the plan's sheets; what else a workbook holds is not looked at."""
    book = open_workbook(path)
    named = {name: [sheet for sheet in book.names if plain(sheet) == name] for name in COLUMNS}
    missing = [name for name, sheets in named.items() if not sheets]
    if len(missing) > len(COLUMNS) // 2:
        listed = "、".join(f"“{name}”" for name in missing)
        raise QtoolError(fault("P04", file=path.name, sheets=listed))
    others = [sheet for sheet in book.names if plain(sheet) not in COLUMNS]
    for name, sheets in named.items():
        if not sheets:
            faults.append(fault("P05", file=path.name, name=name, hint=renamed(name, others)[1]))
        elif len(sheets) > 1:
            faults.append(fault("P09", file=path.name, sheet=sheets[1], name=name, first=sheets[0], other=sheets[1]))
    return {name: book.rows(sheets[0]) for name, sheets in named.items() if sheets}


def _plan(tables: Mapping[str, Table], facts: Mapping[str, Row], items: Items, faults: list[Fault]) -> Plan:
    return Plan(
        facts=facts_of(facts),
        areas=tuple(Area(row.text("考核领域"), row.number("分值"), row.number_in_sheet) for row in tables[AREAS]),
        assessees=tuple(
            Assessee(row.text("名称"), row.text("简称"), row.text("邮箱"), row.number_in_sheet)
            for row in tables[ASSESSEES]
        ),
        departments=tuple(
            Department(row.text("名称"), row.text("邮箱"), row.number_in_sheet) for row in tables[DEPARTMENTS]
        ),
        grades=tuple(
            Grade(row.text("等级"), row.number("最低分"), row.text("说明"), row.number_in_sheet)
            for row in tables[GRADES]
        ),
        criteria=_criteria(tables[CRITERIA], tables[MEASURES], items, faults),
    )


def _criteria(table: Table, measures: Table, items: Items, faults: list[Fault]) -> tuple[Criterion, ...]:
    criteria: list[Criterion] = []
    rows: dict[str, int] = {}
    for row in table:
        code = row.code("编号")
        is_repeated = code in rows
        if code and is_repeated:
            row.fault("P21", "编号", code=brief(code), row=rows[code])
        rows.setdefault(code, row.number_in_sheet)
        # The items are those of the first; a criterion's repetition would only repeat their faults.
        criterion = _criterion(row, code, () if is_repeated or not code else items.get(code, ()))
        if code and code not in items:
            row.fault("P22", "编号", code=brief(code), title=brief(criterion.title))
        criteria.append(criterion)
    # An unknown code most likely means a criterion that has no items yet.
    without_items = [code for code in rows if code and code not in items]
    hints = Hints(without_items or rows, "改正编号，或在“考核内容”表中加上这一项")
    for code, (first, *_) in items.items():
        if code and code not in rows:
            cell = f"{letters(measures.columns['编号'])}{first.row}"
            hint = hints(code)
            faults.append(fault("P23", file=table.file, sheet=MEASURES, cell=cell, code=brief(code), hint=hint))
    return tuple(criteria)


def _criterion(row: Row, code: str, items: Sequence[Item]) -> Criterion:
    kind = row.text("类型")
    if kind not in {EARNING, DEDUCTING, ""}:
        row.fault("P13", "类型", name="类型", value=brief(kind), remedy="请选“得分”或“扣分”")
    return Criterion(
        code=code,
        area=row.text("考核领域"),
        key_point=row.text("考核要点"),
        group=row.text("分组"),
        title=row.text("考核内容"),
        kind=kind,
        marks=row.number("分值"),
        base=row.number("起评分"),
        department=row.text("评价部门"),
        evidence=row.text("印证材料"),
        source_lines=row.text("原文行号"),
        remark=row.text("修复说明"),
        items=tuple(items),
        row=row.number_in_sheet,
    )


_NAME, _CONTENT = "项目", "内容"
_YEARS = range(2000, 2101)
_EMPTY: dict[str, object] = {
    "text": "",
    "year": 0,
    "whole": 0,
    "whole or 0": 0,
    "number": Fraction(0),
    "date": dt.date(1900, 1, 1),
    "yes": False,
}
"""What stands for a fact that is not there."""


def fact_rows(table: Table) -> dict[str, Row]:
    """Return the rows of the sheet by the names of their facts; what is missing or there twice is reported."""
    rows: dict[str, Row] = {}
    names = {plain(fact.name): fact.name for fact in FACT_ROWS}
    others: dict[str, Row] = {}
    for row in table:
        text = row.text(_NAME)
        name = names.get(plain(text))
        if name is None:
            others.setdefault(text[:40], row)
        elif name in rows:
            row.fault("P32", _NAME, name=name, row=rows[name].number_in_sheet)
        else:
            rows[name] = row
    for fact in FACT_ROWS:
        if fact.name not in rows:
            close, hint = renamed(fact.name, others)
            cell = others[close].cell(_NAME) if close else ""
            table.faults.append(fault("P08", file=table.file, sheet=table.name, cell=cell, name=fact.name, hint=hint))
        elif fact.needed and rows[fact.name].empty(_CONTENT):
            rows[fact.name].fault("P10", _CONTENT, name=fact.name, remedy=fact.help)
    return rows


def facts_of(rows: Mapping[str, Row]) -> Facts:
    """Return the facts; what cannot be read is reported and empty."""
    return Facts(**{fact.field: _content(fact, rows.get(fact.name)) for fact in FACT_ROWS})


def _content(fact: Fact, row: Row | None) -> Any:
    if row is None or row.empty(_CONTENT):
        return _EMPTY[fact.kind]
    match fact.kind:
        case "text":
            return row.text(_CONTENT)
        case "number":
            return row.number(_CONTENT, fact.name, positive=True)
        case "date":
            return row.date(_CONTENT, fact.name)
        case "yes":
            text = row.text(_CONTENT)
            if text not in YES_NO:
                row.fault("P13", _CONTENT, name=fact.name, value=brief(text), remedy="请填“是”或“否”")
            return text == "是"
    number = int(row.number(_CONTENT, fact.name, whole=True, positive=fact.kind != "whole or 0"))
    if fact.kind == "year" and number and number not in _YEARS:
        row.fault("P13", _CONTENT, name=fact.name, value=number, remedy="请填四位数字的年度，如 2022")
    return number


_CODE, _NUMBER = "编号", "条目"
_OF_ITEM = ("评分标准", "条目分值", "条目起评分")
_ORDINAL = re.compile(r"[第(]?([1-9]\d{0,2})(?:\.0*)?[条)、.]?")


class _Key(NamedTuple):
    """Which item a row belongs to; where its code or number cannot be read, `row` keeps it separate from others."""

    code: str
    number: str
    row: int = 0


def items_of(table: Table) -> dict[str, list[Item]]:
    """Return the items of every criterion's code; only the first row of an item needs its text and its marks."""
    rows_of: dict[_Key, list[Row]] = {}
    above: _Key | None = None
    for row in table:
        key = _key(row, above)
        rows = rows_of.setdefault(key, [])
        if rows and key == above:
            _agree(rows[0], row, key)
        elif rows:
            row.fault("P33", _NUMBER, code=brief(key.code), item=key.number, row=rows[-1].number_in_sheet)
        rows.append(row)
        above = key
    items: dict[str, list[Item]] = {}
    for key, rows in rows_of.items():
        items.setdefault(key.code, []).append(_item(key, rows))
    return items


def _key(row: Row, above: _Key | None) -> _Key:
    """Return a row's item; what was left empty below merged or unrepeated cells is what stands above."""
    if above is not None and row.empty(_CODE) and not row.empty(_NUMBER):
        code = above.code
    elif above is not None and row.empty(_CODE, *_OF_ITEM):
        return above
    else:
        code = row.code(_CODE)
    if above is not None and code == above.code and row.empty(_NUMBER, *_OF_ITEM):
        return above
    number = _ordinal(row)
    if code and number:
        return _Key(code, number)
    same = above is not None and (code, number) == (above.code, above.number)
    return above if above is not None and same else _Key(code, number, row.number_in_sheet)


def _ordinal(row: Row) -> str:
    """Return which item of its criterion this is, in plain digits."""
    text = row.text(_NUMBER)
    match = _ORDINAL.fullmatch(plain(text))
    if text and not match:
        row.fault("P13", _NUMBER, name=_NUMBER, value=brief(text), remedy="请填 1、2、3 这样的整数")
    return match[1] if match else ""


def _agree(first: Row, row: Row, key: _Key) -> None:
    """Report what a further row of an item says that the first one does not."""
    if not key.code or not key.number:
        return
    for heading in _OF_ITEM:
        texts = [plain(display(one.value(heading))) for one in (first, row)]
        if all(texts) and texts[0] != texts[1]:
            values = {"name": heading, "code": brief(key.code), "item": key.number}
            row.fault("P39", heading, row=first.number_in_sheet, **values)
            return


def _item(key: _Key, rows: list[Row]) -> Item:
    first = rows[0]
    return Item(
        number=key.number,
        standard=first.required("评分标准"),
        marks=first.number("条目分值", needed=True),
        base=first.number("条目起评分"),
        measures=tuple(_measure(f"{key.code}-{key.number}-{index}", row) for index, row in enumerate(rows, 1)),
        row=first.number_in_sheet,
    )


def _measure(name: str, row: Row) -> Measure:
    return Measure(
        id=name,
        label=row.text("填报项"),
        unit=plain(row.text("单位")),
        method=row.text("计分方式"),
        parameters=row.text("计分参数"),
        evidence=row.text("需印证材料"),
        row=row.number_in_sheet,
    )
