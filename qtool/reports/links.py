"""印证材料-部门.xlsx: for each department its own criteria alone, with links to what each assessee handed in."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from qtool.model import Criterion, Department, Plan
from qtool.office.workbook.writer import TITLE_FONT, Book, Sheet, height_of, readable
from qtool.reports.evidence import asking
from qtool.reports.evidence_check import size_text
from qtool.reports.files import Piece
from qtool.reports.folders import EVIDENCE, safe_name
from qtool.reports.review import Material
from qtool.workspace import write_file

_HEADS = ("编号", "考核内容", "考核对象", "文件", "大小", "所在文件夹", "备注")
_WIDTHS = (8.0, 34.0, 18.0, 44.0, 10.0, 46.0, 18.0)
_INK, _LINE, _HEAD, _GREY = "#1F3864", "#BFBFBF", "#DCE6F1", "#C00000"
_MOST_LINKS = 60_000
"""Excel takes 65,530 links in a sheet."""
_LONGEST_LINK = 600
_LONGEST = 500


def write_links(out_dir: Path, plan: Plan, materials: Sequence[Material], now: datetime) -> Iterator[Path]:
    """Write a list for each department that wants evidence, and yield the files; links are relative to `out_dir`."""
    criteria = asking(plan)
    for department in plan.scoring_departments:
        own = [one for one in criteria if one.department == department.name]
        if own:
            path = out_dir / f"{EVIDENCE}-{safe_name(department.name, 40)}.xlsx"
            yield _write(path, plan, department, own, materials, now)


def _write(
    path: Path,
    plan: Plan,
    department: Department,
    criteria: Sequence[Criterion],
    materials: Sequence[Material],
    now: datetime,
) -> Path:
    def write(temporary: Path) -> None:
        made = now.replace(tzinfo=None, microsecond=0)
        with Book(temporary, made=made, title=f"{department.name}{EVIDENCE}", author=plan.facts.office) as book:
            sheet = book.sheet(EVIDENCE)
            row = _titles(book, sheet, plan, department)
            for criterion in criteria:
                for material in materials:
                    row = _lines(book, sheet, row, (criterion, material, path.parent))
            last = max(2, row - 1)
            sheet.listing_page(2, last, len(_HEADS), left=EVIDENCE, right=department.name)

    return write_file(path, write)


def _titles(book: Book, sheet: Sheet, plan: Plan, department: Department) -> int:
    title = f"{plan.facts.year}年度质量工作考核{EVIDENCE}（{department.name}）"
    said = (
        "点“文件”一栏打开材料。材料在压缩包里的，打开的是压缩包，“所在文件夹”写明在里面哪里。"
        "链接是相对位置，请不要移动本文件和材料。"
    )
    look = {"font_name": TITLE_FONT, "font_size": 16, "font_color": _INK, "align": "center"}
    sheet.merge((0, 0), (0, len(_HEADS) - 1), title, book.style(**look))
    sheet.row(0, 30)
    sheet.merge((1, 0), (1, len(_HEADS) - 1), said, book.style(font_size=10, align="left", font_color="#444444"))
    sheet.row(1, height_of(said, sum(_WIDTHS)) + 4)
    head = book.style(bold=True, align="center", bg_color=_HEAD, font_color=_INK, border=1, border_color=_LINE)
    sheet.heads(2, _HEADS, _WIDTHS, head)
    return 3


def _lines(book: Book, sheet: Sheet, row: int, what: tuple[Criterion, Material, Path]) -> int:
    """Write an assessee's files for a criterion, or that there are none, and return the row after them."""
    criterion, material, home = what
    edge: dict[str, Any] = {"border": 1, "border_color": _LINE}
    middle, left = book.style(**edge, align="center"), book.style(**edge, align="left")
    pieces = sorted(material.evidence.placed.get(criterion.code, ()), key=lambda piece: piece.shown)
    texts = (criterion.title, *(piece.name for piece in pieces))
    tall = max(height_of(readable(text, _LONGEST), _WIDTHS[1]) for text in texts)
    for piece in pieces or (None,):
        sheet.text(row, 0, criterion.code, middle)
        sheet.text(row, 1, criterion.title, left)
        sheet.text(row, 2, material.assessee.short, middle)
        if piece is None:
            explained = criterion.code in material.evidence.explained
            sheet.text(row, 3, "没有", book.style(**edge, align="left", font_color=_GREY))
            for col, text in ((4, ""), (5, ""), (6, "清单写明没有这项工作" if explained else "")):
                sheet.text(row, col, text, middle)
        else:
            _file(book, sheet, row, piece, home)
        sheet.row(row, min(400.0, max(20.0, tall + 2)))
        row += 1
    return row


def _file(book: Book, sheet: Sheet, row: int, piece: Piece, home: Path) -> None:
    edge: dict[str, Any] = {"border": 1, "border_color": _LINE}
    middle, left = book.style(**edge, align="center"), book.style(**edge, align="left")
    target = _relative(piece.path, home)
    shown = readable(piece.name, _LONGEST)
    if target and row < _MOST_LINKS:
        style = book.style(**edge, align="left", font_color="#0563C1", underline=1)
        sheet.file_link(row, 3, target, shown, style)
    else:
        sheet.text(row, 3, shown, left)
    sheet.text(row, 4, size_text(piece.size), middle)
    sheet.text(row, 5, readable("/".join(piece.folders), _LONGEST), left)
    sheet.text(row, 6, "在压缩包里" if piece.packed else "", middle)


def _relative(path: Path, home: Path) -> str:
    """Return a file as a link from a folder names it, '' where that is not possible or too long."""
    try:
        relative = os.path.relpath(path, home)
    except ValueError:  # another drive
        return ""
    return relative.replace(os.sep, "/") if len(relative) <= _LONGEST_LINK else ""
