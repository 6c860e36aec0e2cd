"""自评材料检查.xlsx: how every assessee's material stands, and every finding with place, fault and remedy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from qtool.faults import Fault
from qtool.model import Plan, marks_text
from qtool.office.workbook.writer import TITLE_FONT, Book, Sheet, height_of, readable
from qtool.reports.evidence_check import size_text
from qtool.reports.review import OF_REPORT, Material, day_text
from qtool.workspace import MATERIAL_CHECK, write_file

_HEADS = (
    *(
        "序号",
        "考核对象",
        "自评报告",
        "文件时间",
        "首次检查",
        "期限",
        "全文字数",
        "存在问题字数",
        "报告须改正",
        "报告请核对",
    ),
    *("印证材料", "大小", "应有项数", "已有项数", "缺少项数", "材料须改正", "材料请核对", "结论"),
)
_WIDTHS = (5.0, 18.0, 28.0, 16.5, 16.5, 8.0, 9.0, 12.0, 10.0, 10.0, 9.0, 10.0, 9.0, 9.0, 9.0, 10.0, 10.0, 14.0)
_LIST = "问题清单"
_LIST_HEADS = ("序号", "考核对象", "要求", "位置", "问题", "怎么办", "代码")
_LIST_WIDTHS = (6.0, 18.0, 9.0, 34.0, 60.0, 48.0, 7.0)
_INK, _LINE, _HEAD, _RED, _GREEN, _AMBER = "#1F3864", "#BFBFBF", "#DCE6F1", "#C00000", "#D5E8D4", "#FFF2CC"
_BAD = "#F8CBAD"
TIME = "yyyy-mm-dd hh:mm"
_LONGEST = 1500


def write_board(
    path: Path, plan: Plan, materials: Sequence[Material], times: tuple[datetime, Mapping[str, datetime]]
) -> Path:
    """Write how everything stands at a time, and return the file; raises QtoolError where it cannot.

    `times` are the time, and since when the program has seen what each assessee returned, by short name.
    """
    facts, (now, seen) = plan.facts, times

    def write(temporary: Path) -> None:
        made = now.replace(tzinfo=None, microsecond=0)
        with Book(temporary, made=made, title=f"{facts.name}{MATERIAL_CHECK}", author=facts.office) as book:
            _overview(book, plan, materials, now, seen)
            _findings(book, plan, materials)

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
    sheet, facts = book.sheet("汇总"), plan.facts
    limits = f"全文不超过{facts.report_limit}字，存在问题不少于{facts.problems_minimum}字"
    limits += f"，印证材料不超过{marks_text(facts.evidence_limit_gb)}GB，截止日期{day_text(facts.deadline)}"
    title = f"{facts.year}年度质量工作考核{MATERIAL_CHECK}情况"
    said = f"截至{day_text(now.date())} {now:%H:%M}　　{limits}"
    head = _titles(book, sheet, (title, said), _HEADS, _WIDTHS)
    for number, material in enumerate(materials, 1):
        _row(book, sheet, head + number, number, (material, seen.get(material.assessee.short)))
    last = head + len(materials)
    sheet.listing_page(head, last, len(_HEADS), left=MATERIAL_CHECK, right=facts.name, fixed=2, sortable=False)


def _row(book: Book, sheet: Sheet, row: int, number: int, what: tuple[Material, datetime | None]) -> None:
    material, seen = what
    edge: dict[str, Any] = {"border": 1, "border_color": _LINE}
    middle, left = book.style(**edge, align="center"), book.style(**edge, align="left")
    time = book.style(**edge, align="center", num_format=TIME)
    red = book.style(**edge, align="center", font_color=_RED, bold=True)
    report, evidence = material.report, material.evidence
    errors = [one for one in material.errors if one.code in OF_REPORT]
    warnings = [one for one in material.warnings if one.code in OF_REPORT]
    missing = evidence.wanted - evidence.covered
    sheet.number(row, 0, number, middle)
    sheet.text(row, 1, material.assessee.short, middle)
    sheet.text(row, 2, readable(report.file, _LONGEST) if report else "没有交", left if report else red)
    for col, when in ((3, material.received), (4, seen)):
        if when:
            sheet.date(row, col, when.replace(tzinfo=None, microsecond=0), time)
        else:
            sheet.blank(row, col, middle)
    sheet.text(row, 5, "逾期" if material.late else "按期" if report else "—", red if material.late else middle)
    counts: list[tuple[int | None, bool]] = [
        (report.words if report else None, "R16" in material.codes),
        (report.problems if report else None, "R17" in material.codes),
        (len(errors), bool(errors)),
        (len(warnings), False),
        (evidence.files, not evidence.files),
    ]
    counts_after = [
        (evidence.wanted, False),
        (evidence.covered, False),
        (missing, missing > len(evidence.explained)),
        (len(material.errors) - len(errors), len(material.errors) > len(errors)),
        (len(material.warnings) - len(warnings), False),
    ]
    for col, (count, bad) in enumerate(counts, 6):
        _count(sheet, row, col, count, red if bad else middle)
    sheet.text(row, 11, size_text(evidence.size), red if "R27" in material.codes else middle)
    for col, (count, bad) in enumerate(counts_after, 12):
        _count(sheet, row, col, count, red if bad else middle)
    said = conclusion(material)
    colour = {"符合要求": _GREEN, "请核对": _AMBER}.get(said, _BAD)
    sheet.text(row, len(_HEADS) - 1, said, book.style(**edge, align="center", bold=True, bg_color=colour))
    sheet.row(row, max(24.0, height_of(report.file if report else "", _WIDTHS[2] - 2) + 4))


def _count(sheet: Sheet, row: int, col: int, count: int | None, style: Any) -> None:
    if count is None:
        sheet.text(row, col, "—", style)
    else:
        sheet.number(row, col, count, style)


def _findings(book: Book, plan: Plan, materials: Sequence[Material]) -> None:
    sheet = book.sheet(_LIST)
    found = [(one.assessee.short, fault) for one in materials for fault in (*one.errors, *one.warnings)]
    errors = sum(1 for _, fault in found if fault.is_error)
    said = f"须改正{errors}处，请核对{len(found) - errors}处" if found else "没有发现问题"
    head = _titles(book, sheet, (f"{MATERIAL_CHECK}：{_LIST}", said), _LIST_HEADS, _LIST_WIDTHS)
    for number, (who, fault) in enumerate(found, 1):
        _finding(book, sheet, head + number, number, (who, fault))
    last = head + len(found)
    sheet.listing_page(head, last, len(_LIST_HEADS), left=_LIST, right=plan.facts.name, sortable=bool(found))


def _finding(book: Book, sheet: Sheet, row: int, number: int, finding: tuple[str, Fault]) -> None:
    who, fault = finding
    edge: dict[str, Any] = {"border": 1, "border_color": _LINE, "valign": "top"}
    middle, left = book.style(**edge, align="center"), book.style(**edge, align="left")
    demand = book.style(**edge, align="center", bg_color=_BAD if fault.is_error else _AMBER)
    sheet.number(row, 0, number, middle)
    sheet.text(row, 1, who, middle)
    sheet.text(row, 2, "须改正" if fault.is_error else "请核对", demand)
    texts = {3: fault.place, 4: fault.message, 5: fault.remedy}
    for col, text in texts.items():
        sheet.text(row, col, readable(text, _LONGEST), left)
    sheet.text(row, 6, fault.code, middle)
    tall = max(height_of(readable(text, _LONGEST), _LIST_WIDTHS[col]) for col, text in texts.items())
    sheet.row(row, min(400.0, max(20.0, tall + 2)))


def _titles(book: Book, sheet: Sheet, said: tuple[str, str], heads: Sequence[str], widths: Sequence[float]) -> int:
    """Write the titles and the head of a table, and return the head's row."""
    looks: tuple[dict[str, Any], ...] = (
        {"font_name": TITLE_FONT, "font_size": 16, "font_color": _INK, "align": "center"},
        {"font_size": 11, "font_color": "#444444", "align": "center"},
    )
    for row, (text, look) in enumerate(zip(said, looks, strict=True)):
        sheet.merge((row, 0), (row, len(heads) - 1), text, book.style(**look))
        sheet.row(row, height_of(text, sum(widths), size=look["font_size"]) + 6)
    style = book.style(bold=True, align="center", bg_color=_HEAD, font_color=_INK, border=1, border_color=_LINE)
    sheet.heads(2, heads, widths, style)
    return 2
