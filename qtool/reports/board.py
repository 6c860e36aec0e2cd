"""自评材料检查.xlsx: how every assessee's material stands, and every fault with place, message and remedy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from qtool.model import Plan, marks_text
from qtool.office.workbook.list_sheet import (
    AMBER,
    GREEN,
    GREY,
    RED,
    SALMON,
    TIME,
    TITLE_LOOK,
    Column,
    Content,
    ListSheet,
)
from qtool.office.workbook.writer import Book
from qtool.reports.evidence_check import size_text
from qtool.reports.review import OF_REPORT, Material
from qtool.text import day_text, time_text
from qtool.workspace import MATERIAL_CHECK, write_file

_COLUMNS = (
    *(Column("序号", 5), Column("考核对象", 18), Column("自评报告", 28, "left"), Column("文件时间", 16.5, number=TIME)),
    *(Column("首次检查", 16.5, number=TIME), Column("期限", 8), Column("全文字数", 9), Column("存在问题字数", 12)),
    *(Column("报告须改正", 10), Column("报告请核对", 10), Column("印证材料", 9), Column("大小", 10)),
    *(Column("应有项数", 9), Column("已有项数", 9), Column("缺少项数", 9), Column("材料须改正", 10)),
    *(Column("材料请核对", 10), Column("结论", 14)),
)
_LIST = "问题清单"
_LIST_COLUMNS = (
    *(Column("序号", 6), Column("考核对象", 18), Column("要求", 9), Column("位置", 34, "left")),
    *(Column("问题", 60, "left"), Column("怎么办", 48, "left"), Column("代码", 7)),
)
_WRONG: dict[str, Any] = {"font_color": RED, "bold": True}
_LONGEST = 1500


def write_board(
    path: Path, plan: Plan, materials: Sequence[Material], now: datetime, seen: Mapping[str, datetime]
) -> Path:
    """Write how everything stands now, and return the file; raises QtoolError where it cannot.

    `seen` tells since when the program has seen what each assessee returned, by short name.
    """
    facts = plan.facts

    def write(temporary: Path) -> None:
        made = now.replace(tzinfo=None, microsecond=0)
        with Book(temporary, made=made, title=f"{facts.name}{MATERIAL_CHECK}", author=facts.office) as book:
            _overview(book, plan, materials, now, seen)
            _faults(book, plan, materials)

    return write_file(path, write)


def conclusion(material: Material) -> str:
    """Return in a word how an assessee's material stands."""
    if material.report is None and not material.evidence.files:
        return "未交"
    if material.errors:
        return "须改正"
    return "请核对" if material.warnings else "符合要求"


def _overview(
    book: Book, plan: Plan, materials: Sequence[Material], now: datetime, seen: Mapping[str, datetime]
) -> None:
    facts, sheet = plan.facts, ListSheet(book, "汇总", _COLUMNS, longest=_LONGEST)
    sheet.across(f"{facts.year}年度质量工作考核{MATERIAL_CHECK}情况", **TITLE_LOOK, align="center")
    limits = f"全文不超过{facts.report_limit}字，存在问题不少于{facts.problems_minimum}字"
    limits += f"，印证材料不超过{marks_text(facts.evidence_limit_gb)}GB，截止日期{day_text(facts.deadline)}"
    sheet.across(f"截至{time_text(now)}　　{limits}", font_size=11, font_color=GREY, align="center")
    sheet.head()
    for number, material in enumerate(materials, 1):
        _material(sheet, number, material, seen.get(material.assessee.short))
    sheet.finish(left=MATERIAL_CHECK, right=facts.name, fixed=2, sortable=False)


def _material(sheet: ListSheet, number: int, material: Material, seen: datetime | None) -> None:
    """Write how an assessee's material stands in one row; what is wrong in it is red."""
    report, evidence = material.report, material.evidence
    errors = sum(one.code in OF_REPORT for one in material.errors)
    warnings = sum(one.code in OF_REPORT for one in material.warnings)
    missing, result = evidence.wanted - evidence.covered, conclusion(material)
    cells: list[tuple[Content, bool]] = [
        (number, False),
        (material.assessee.short, False),
        (report.file if report else "没有交", not report),
        (material.received, False),
        (seen, False),
        ("逾期" if material.late else "按期" if report else "—", material.late),
        ("—" if report is None or report.words is None else report.words, "R16" in material.codes),
        ("—" if report is None or report.problems is None else report.problems, "R17" in material.codes),
        (errors, bool(errors)),
        (warnings, False),
        (evidence.files, not evidence.files),
        (size_text(evidence.size), "R27" in material.codes),
        (evidence.wanted, False),
        (evidence.covered, False),
        (missing, missing > len(evidence.explained)),
        (len(material.errors) - errors, len(material.errors) > errors),
        (len(material.warnings) - warnings, False),
        (result, False),
    ]
    looks = {col: _WRONG for col, (_, wrong) in enumerate(cells) if wrong}
    colour = {"符合要求": GREEN, "请核对": AMBER}.get(result, SALMON)
    looks[len(cells) - 1] = {"bold": True, "bg_color": colour}
    sheet.line([content for content, _ in cells], looks)


def _faults(book: Book, plan: Plan, materials: Sequence[Material]) -> None:
    sheet = ListSheet(book, _LIST, _LIST_COLUMNS, longest=_LONGEST, valign="top")
    faults = [(one.assessee.short, fault) for one in materials for fault in (*one.errors, *one.warnings)]
    errors = sum(fault.is_error for _, fault in faults)
    sheet.across(f"{MATERIAL_CHECK}：{_LIST}", **TITLE_LOOK, align="center")
    counts = f"须改正{errors}处，请核对{len(faults) - errors}处" if faults else "没有发现问题"
    sheet.across(counts, font_size=11, font_color=GREY, align="center")
    sheet.head()
    for number, (who, fault) in enumerate(faults, 1):
        demand, colour = ("须改正", SALMON) if fault.is_error else ("请核对", AMBER)
        texts = (who, demand, fault.place, fault.message, fault.remedy, fault.code)
        sheet.line([number, *texts], {2: {"bg_color": colour}})
    sheet.finish(left=_LIST, right=plan.facts.name, sortable=bool(faults))
