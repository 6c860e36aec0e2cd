"""印证材料-部门.xlsx: for each department its own criteria alone, with links to what each assessee handed in."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from qtool.model import Criterion, Department, Plan
from qtool.office.workbook.list_sheet import GREY, RED, TITLE_LOOK, Column, Content, FileLink, ListSheet
from qtool.office.workbook.writer import Book, readable
from qtool.reports.evidence import EVIDENCE, evidence_criteria, safe_name
from qtool.reports.evidence_check import size_text
from qtool.reports.files import Piece
from qtool.reports.review import Material
from qtool.workspace import write_file

_COLUMNS = (
    *(Column("编号", 8), Column("考核内容", 34, "left"), Column("考核对象", 18), Column("文件", 44, "left")),
    *(Column("大小", 10), Column("所在文件夹", 46, "left"), Column("备注", 18)),
)
_HOW = (
    "点“文件”一栏打开材料。材料在压缩包里的，打开的是压缩包，“所在文件夹”写明在里面哪里。"
    "链接是相对位置，请不要移动本文件和材料。"
)
_LINK: dict[str, Any] = {"font_color": "#0563C1", "underline": 1}
_MOST_LINKS = 60_000
"""Excel takes 65,530 links in a sheet."""
_LONGEST_LINK = 600
_LONGEST = 500


def write_links(out_dir: Path, plan: Plan, materials: Sequence[Material], now: datetime) -> Iterator[Path]:
    """Write a list for each department that wants evidence, and yield the files; links are relative to `out_dir`."""
    criteria = evidence_criteria(plan)
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
            sheet = ListSheet(book, EVIDENCE, _COLUMNS, longest=_LONGEST)
            title = f"{plan.facts.year}年度质量工作考核{EVIDENCE}（{department.name}）"
            sheet.across(title, **TITLE_LOOK, align="center")
            sheet.across(_HOW, font_color=GREY)
            sheet.head()
            for criterion in criteria:
                for material in materials:
                    _files(sheet, criterion, material, path.parent)
            sheet.finish(left=EVIDENCE, right=department.name)

    return write_file(path, write)


def _files(sheet: ListSheet, criterion: Criterion, material: Material, home: Path) -> None:
    """Write an assessee's files for a criterion, or that there are none."""
    first = (criterion.code, criterion.title, material.assessee.short)
    pieces = sorted(material.evidence.placed.get(criterion.code, ()), key=lambda piece: piece.full_name)
    for piece in pieces:
        folder, remark = "/".join(piece.folders), "在压缩包里" if piece.packed else ""
        file = _link(piece, home) if sheet.row < _MOST_LINKS else piece.name
        look = {3: _LINK} if isinstance(file, FileLink) else {}
        sheet.line([*first, file, size_text(piece.size), folder, remark], look)
    if not pieces:
        remark = "清单写明没有这项工作" if criterion.code in material.evidence.explained else ""
        sheet.line([*first, "没有", "", "", remark], {3: {"font_color": RED}})


def _link(piece: Piece, home: Path) -> Content:
    """Return a file as a link relative to a folder, its name alone where that is not possible or too long."""
    try:
        relative = os.path.relpath(piece.path, home)
    except ValueError:  # another drive
        return piece.name
    name = readable(piece.name, _LONGEST)
    return FileLink(name, relative.replace(os.sep, "/")) if len(relative) <= _LONGEST_LINK else name
