"""A plan workbook read into the model, with every fault found on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from qtool.faults import Fault, QtoolError, fault
from qtool.model import DEDUCTING, EARNING, Area, Assessee, Criterion, Department, Grade, Item, Measure, Plan
from qtool.office.read import Rows, Unreadable, open_workbook
from qtool.plan.columns import AREAS, ASSESSEES, COLUMNS, CRITERIA, DEPARTMENTS, FACTS, GRADES, MEASURES
from qtool.plan.facts import FactRows
from qtool.plan.hints import Hints
from qtool.plan.items import items_of
from qtool.plan.table import Places, Row, Table, brief, letters, table_of
from qtool.rules.text import nearest, plain

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
    if any(found.code in _STRUCTURE for found in faults) or len(tables) < len(COLUMNS):
        blank = [name for name in sheets if name not in tables]
        remedy = "这张表是空白的，请从空白方案中复制它的标题行，再逐行填写"
        raise QtoolError(*faults, *(fault("P36", file=file, sheet=name, name=name, remedy=remedy) for name in blank))
    empty = [name for name in COLUMNS if name != FACTS and not tables[name].rows]
    faults += [fault("P36", file=file, sheet=name, name=name, remedy="请至少填一行") for name in empty]
    facts = FactRows(tables[FACTS])
    items = items_of(tables[MEASURES])
    plan = _plan(tables, facts, items, faults)
    places = Places(file, {name: table.columns for name, table in tables.items()}, facts.rows)
    unread = frozenset((name, cell) for name, table in tables.items() for cell in table.unread)
    measures = tuple(measure for found in items.values() for item in found for measure in item.measures)
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
            close = nearest(name, others)
            hint = f"；“{close}”是不是它？请改回原名" if close else ""
            faults.append(fault("P05", file=path.name, name=name, hint=hint))
        elif len(sheets) > 1:
            faults.append(fault("P09", file=path.name, sheet=sheets[1], name=name, first=sheets[0], other=sheets[1]))
    return {name: book.rows(sheets[0]) for name, sheets in named.items() if sheets}


def _plan(tables: Mapping[str, Table], facts: FactRows, items: Items, faults: list[Fault]) -> Plan:
    return Plan(
        facts=facts.facts(),
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
    seen: dict[str, int] = {}
    for row in table:
        code = row.code("编号")
        again = code in seen
        if code and again:
            row.fault("P21", "编号", code=brief(code), row=seen[code])
        seen.setdefault(code, row.number_in_sheet)
        # The items are those of the first; a criterion's repetition would only repeat their faults.
        criterion = _criterion(row, code, () if again or not code else items.get(code, ()))
        if code and code not in items:
            row.fault("P22", "编号", code=brief(code), title=brief(criterion.title))
        criteria.append(criterion)
    # Most likely meant is a criterion that has no items yet.
    bare = [code for code in seen if code and code not in items]
    hints = Hints(bare or seen, "改正编号，或在“考核内容”表中加上这一项")
    for code, found in items.items():
        if code and code not in seen:
            cell = f"{letters(measures.columns['编号'])}{found[0].row}"
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
