"""A plan workbook read into the model, with every fault found on the way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from qtool.faults import Fault, QtoolError, fault
from qtool.model import Area, Assessee, Criterion, Department, Facts, Grade, Item, Measure, Plan
from qtool.office.read import Rows, Unreadable, read_tables
from qtool.plan.columns import AREAS, ASSESSEES, COLUMNS, CRITERIA, DEPARTMENTS, FACT_ROWS, FACTS, GRADES, MEASURES
from qtool.plan.table import Places, Row, Table, table_of
from qtool.rules.text import near, nearest, plain


@dataclass
class Reading:
    """A plan workbook as read: the plan as far as it goes, where things stand in it, what is wrong."""

    plan: Plan
    places: Places
    faults: list[Fault] = field(default_factory=list)


def read_plan(path: Path) -> Reading:
    """Return the plan in a workbook with all faults of form; raises QtoolError when it is no plan workbook at all."""
    file = path.name
    if not path.is_file():
        raise QtoolError(fault("P01", file=file))
    try:
        sheets = read_tables(path)
    except Unreadable as error:
        raise QtoolError(fault("P03" if error.encrypted else "P02", file=file, reason=error.reason)) from error
    found = _sheets(sheets)
    if len(found) < len(COLUMNS) // 2:
        missing = "、".join(f"“{name}”" for name in COLUMNS if name not in found)
        raise QtoolError(fault("P04", file=file, sheets=missing))
    faults = [fault("P05", file=file, name=name, hint=_hint(name, sheets)) for name in COLUMNS if name not in found]
    tables = {name: table_of(file, name, found.get(name, []), COLUMNS[name], faults) for name in COLUMNS}
    if any(f.code in {"P05", "P06", "P07"} for f in faults):
        raise QtoolError(*faults)
    empty = [name for name in COLUMNS if name != FACTS and not tables[name].rows]
    faults += [fault("P36", file=file, sheet=name, name=name) for name in empty]
    plan = _plan(tables, faults)
    return Reading(plan, Places(file, {name: table.columns for name, table in tables.items()}), faults)


def _sheets(sheets: Mapping[str, Rows]) -> dict[str, Rows]:
    by_name = {plain(name): rows for name, rows in sheets.items()}
    return {name: by_name[name] for name in COLUMNS if name in by_name}


def _hint(name: str, sheets: Mapping[str, Rows]) -> str:
    others = [sheet for sheet in sheets if plain(sheet) not in COLUMNS]
    close = nearest(name, others)
    return f"；“{close}”是不是它？请改回原名" if close else ""


def _plan(tables: Mapping[str, Table], faults: list[Fault]) -> Plan:
    return Plan(
        facts=_facts(tables[FACTS], faults),
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
        criteria=_criteria(tables[CRITERIA], tables[MEASURES], faults),
    )


def _facts(table: Table, faults: list[Fault]) -> Facts:
    rows = {plain(row.text("项目")): row for row in table}
    for wanted in FACT_ROWS:
        row = rows.get(plain(wanted.name))
        if row is None:
            faults.append(fault("P10", file=table.file, sheet=table.name, name=wanted.name, remedy=wanted.help))
        elif wanted.needed and row.value("内容") == "":
            cell = row.cell("内容")
            faults.append(
                fault("P10", file=table.file, sheet=table.name, cell=cell, name=wanted.name, remedy=wanted.help)
            )

    def named(name: str) -> Row | None:
        row = rows.get(plain(name))
        return None if row is None or row.value("内容") == "" else row

    def text(name: str) -> str:
        row = named(name)
        return row.text("内容") if row else ""

    def number(name: str) -> Fraction:
        row = named(name)
        return row.number("内容", name) if row else Fraction(0)

    mail = text("使用邮件发送")
    if mail not in {"是", "否", ""} and (row := named("使用邮件发送")):
        row.fault("P13", "内容", name="使用邮件发送", value=mail, remedy="请填“是”或“否”")
    deadline = named("报送截止日期")
    return Facts(
        name=text("方案名称"),
        year=int(number("年度")),
        city=text("市名"),
        office=text("组织单位"),
        office_title=text("组织单位全称"),
        basis=text("考核依据"),
        deadline=deadline.date("内容", "报送截止日期") if deadline else dt.date(1900, 1, 1),
        returns_to=text("评分表交回"),
        report_limit=int(number("自评报告字数上限")),
        problems_minimum=int(number("存在问题字数下限")),
        evidence_limit_gb=number("印证材料上限（GB）"),
        full_marks=number("满分"),
        mail=mail == "是",
    )


def _criteria(table: Table, measures: Table, faults: list[Fault]) -> tuple[Criterion, ...]:
    items = _items(measures, faults)
    criteria = []
    seen: dict[str, int] = {}
    for row in table:
        code = row.text("编号")
        if code in seen and code:
            row.fault("P21", "编号", code=code, row=seen[code])
        seen.setdefault(code, row.number_in_sheet)
        kind = row.text("类型")
        if kind not in {"得分", "扣分", ""}:
            row.fault("P13", "类型", name="类型", value=kind, remedy="请选“得分”或“扣分”")
        criteria.append(
            Criterion(
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
                items=tuple(items.get(code, ())),
                row=row.number_in_sheet,
            )
        )
        if code and code not in items:
            row.fault("P22", "编号", code=code, title=row.text("考核内容"))
    known = [criterion.code for criterion in criteria]
    for code, rows in items.items():
        if code and code not in seen:
            cell = f"{measures.letter('编号')}{rows[0].row}"
            hint = near(code, known) or "请改正编号，或在“考核内容”表中加上这一项"
            faults.append(fault("P23", file=table.file, sheet=MEASURES, cell=cell, code=code, hint=hint))
    return tuple(criteria)


def _items(table: Table, faults: list[Fault]) -> dict[str, list[Item]]:
    """Return the items of every criterion code; rows of one item stand together, the first has its text and marks."""
    found: dict[str, list[Item]] = {}
    for (code, number), rows in _groups(table):
        items = found.setdefault(code, [])
        first = rows[0]
        if any(item.number == number for item in items):
            cell = first.cell("条目")
            faults.append(fault("P33", file=table.file, sheet=table.name, cell=cell, code=code, item=number))
            continue
        items.append(
            Item(
                number=number,
                standard=first.needed("评分标准"),
                marks=first.number("条目分值", needed=True),
                base=first.number("条目起评分"),
                measures=tuple(
                    Measure(
                        id=f"{code}-{number}-{index}",
                        label=row.text("填报项"),
                        unit=row.text("单位"),
                        method=row.text("计分方式"),
                        parameters=row.text("计分参数"),
                        evidence=row.text("需印证材料"),
                        row=row.number_in_sheet,
                    )
                    for index, row in enumerate(rows, 1)
                ),
                row=first.number_in_sheet,
            )
        )
    return found


def _groups(table: Table) -> Iterator[tuple[tuple[str, str], list[Row]]]:
    key: tuple[str, str] | None = None
    rows: list[Row] = []
    for row in table:
        here = (row.text("编号"), row.text("条目"))
        if key is not None and here != key:
            yield key, rows
            rows = []
        key = here
        rows.append(row)
    if key is not None:
        yield key, rows
