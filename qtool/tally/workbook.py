"""The workbook of a tally (汇总表): every figure a live formula or traceable to the returned file it came from.

The lists stand here: the sheets 扣分清单, 部门, 来源, 文件, 调整, 变化 and those of waived returns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from qtool.addresses import address
from qtool.model import DEDUCTING, Department
from qtool.office.workbook.list_sheet import TIME, Column, Content, Live
from qtool.office.workbook.writer import Book
from qtool.outcome import Tally
from qtool.tally.charts import write_charts
from qtool.tally.detail import Detail, earned, write_detail
from qtool.tally.overall import Adjusted, remark_of, start_overall, write_overall
from qtool.tally.page import MEAN, MISSING, PERCENT, Page, column_sum, mean_of, row_cells, spread_of, total
from qtool.tally.record import Change, changes, record
from qtool.text import numbered, time_text
from qtool.workspace import write_file

HANDED_IN, NOT_HANDED_IN = "已交", "未交"
_DEPARTMENT_FIRST = 4
"""The first assessee's column on the sheet 部门."""
_HASH_SHOWN = 12


def write_tally(path: Path, tally: Tally, previous: Mapping[str, Any] | None, approved: str = "") -> Path:
    """Return the path of the tally workbook written there; what changed since `previous`, a record, has a sheet.

    `approved` says who approved the result and when. Raises QtoolError when the file cannot be written.
    """
    return write_file(path, lambda temporary: _write(temporary, tally, previous, approved))


def _write(path: Path, tally: Tally, previous: Mapping[str, Any] | None, approved: str) -> None:
    facts, made = tally.plan.facts, tally.made.replace(tzinfo=None)
    with Book(path, made=made, title=f"{facts.name} 汇总表", author=facts.office, company=facts.office_title) as book:
        first = start_overall(book, tally)
        detail = write_detail(book, tally)
        _losses_sheet(book, tally)
        _departments_sheet(book, tally, detail)
        _sources_sheet(book, tally)
        adjusted = _adjustments_sheet(book, tally)
        if previous is not None:
            before = datetime.fromisoformat(previous["made"])
            _changes_sheet(book, tally, changes(previous, record(tally)), before)
        if tally.waivers:
            _waivers_sheet(book, tally)
        overall = write_overall(first, tally, detail, adjusted, approved)
        write_charts(book, tally, overall)
        first.sheet.raw.activate()


def _losses_sheet(book: Book, tally: Tally) -> None:
    """Write every mark that was lost, with the department's reason."""
    columns = [
        *(Column("考核对象", 18), Column("编号", 8), Column("考核内容", 42, "left"), Column("评价部门", 17)),
        *(Column("类型", 7), Column("分值", 8), Column("得分", 8), Column("扣分", 8), Column("原因", 48, "left")),
    ]
    page = Page(book, tally, "扣分清单", "扣分清单：没有得到的每一分，以及部门写的原因", columns)
    head = page.frozen_head(freeze=2)
    kinds = {criterion.code: criterion.kind for criterion in tally.plan.criteria}
    for loss in tally.losses:
        texts = (loss.assessee, loss.criterion, loss.title, loss.department, kinds[loss.criterion])
        page.line([*texts, loss.marks, loss.points, loss.lost, loss.reason])
    if not tally.losses:
        page.note("没有扣分。")
        return
    page.filter()
    lost = column_sum(head + 1, page.row - 1, 7, total([loss.lost for loss in tally.losses]))
    page.sum_line(["合计", "", "", "", "", "", "", lost, ""])
    page.note("得分项的扣分 = 分值 − 得分；扣分项的扣分就是扣掉的分数。")


def _departments_sheet(book: Book, tally: Tally, detail: Detail) -> None:
    """Write what each department gave each assessee, and which are missing."""
    names, width = detail.assessees, 10 if len(detail.assessees) <= 8 else 8.5
    columns = [
        *(Column("评价部门", 18), Column("项数", 6, number="0"), Column("满分", 8), Column("最多扣", 8)),
        *(Column(name, width) for name in names),
        *(Column("平均", width, number=MEAN), Column("最高−最低", 9), Column("评分表", 8)),
    ]
    page = Page(book, tally, "部门", "部门：每个部门给每个考核对象的分", columns)
    first = page.frozen_head(freeze=1) + 1
    for department in tally.plan.scoring_departments:
        _department(page, tally, detail, department)
    criteria, last = tally.plan.criteria, page.row - 1
    sums = [earned(tally.points, criteria, name) for name in names]
    figures = [Fraction(len(criteria)), total([c.high for c in criteria]), total([-c.low for c in criteria]), *sums]
    line: list[Content] = ["合计", *(column_sum(first, last, col, value) for col, value in enumerate(figures, 1))]
    cells = row_cells(page.row, _DEPARTMENT_FIRST, len(names))
    handed = f"{len(tally.plan.scoring_departments) - len(tally.missing)}/{len(tally.plan.scoring_departments)}"
    page.sum_line([*line, mean_of(cells, sums), spread_of(cells, sums), handed])
    page.note("合计不含人工调整。“最高−最低”是这个部门给分的差距，为0表示各考核对象得分相同。")


def _department(page: Page, tally: Tally, detail: Detail, department: Department) -> None:
    criteria = tally.plan.of_department(department.name)
    missing = department.name in tally.missing
    values = [None if missing else earned(tally.points, criteria, name) for name in detail.assessees]
    given: list[Content] = [
        None if value is None else Live(f"=SUM({detail.of_criteria(criteria, name)})", value)
        for name, value in zip(detail.assessees, values, strict=True)
    ]
    cells = row_cells(page.row, _DEPARTMENT_FIRST, len(values))
    deducted = total([c.marks for c in criteria if c.kind == DEDUCTING])
    line = [department.name, len(criteria), total([c.high for c in criteria]), deducted, *given]
    state = NOT_HANDED_IN if missing else HANDED_IN
    looks = dict.fromkeys(range(_DEPARTMENT_FIRST, len(page.columns)), MISSING) if missing else {}
    page.line([*line, mean_of(cells, values), spread_of(cells, values), state], looks)


def _sources_sheet(book: Book, tally: Tally) -> None:
    """Write where every answer came from, and the returned files themselves on a sheet of their own."""
    columns = [
        *(Column("填报项", 12), Column("名称", 32, "left"), Column("评价部门", 17), Column("考核对象", 18)),
        *(Column("填报值", 11, number="General"), Column("得分", 9), Column("文件", 36, "left")),
        *(Column("工作表", 9), Column("单元格", 8), Column("收到时间", 17, number=TIME)),
        Column(f"校验码前{_HASH_SHOWN}位", 16),
    ]
    page = Page(book, tally, "来源", "来源：每一个填报值出自哪个文件的哪一格", columns)
    page.frozen_head(freeze=1)
    for source in tally.sources:
        answer = (source.measure, source.label, source.department, source.assessee, source.value, source.points)
        origin = (source.file, source.sheet, source.cell, source.received, source.sha256[:_HASH_SHOWN])
        looks = {}
        if tally.plan.measures[source.measure].unit == "%" and isinstance(source.value, Fraction):
            in_tenths = (source.value * 1000).denominator == 1
            looks[4] = {"num_format": PERCENT if in_tenths else "0.00##%"}
        page.line([*answer, *origin], looks)
    if tally.sources:
        page.filter()
    _files(book, tally)


def _files(book: Book, tally: Tally) -> None:
    columns = [
        *(Column("评价部门", 18), Column("文件", 44, "left"), Column("收到时间", 18, number=TIME)),
        *(Column("填报值个数", 12, number="0"), Column("校验码（SHA-256）", 70)),
    ]
    page = Page(book, tally, "文件", "文件：采用了哪些评分表", columns)
    page.frozen_head(freeze=1)
    for department in tally.plan.scoring_departments:
        answers = [source for source in tally.sources if source.department == department.name]
        if answers:
            back = answers[0]
            page.line([department.name, back.file, back.received, len(answers), back.sha256])
        elif department.name in tally.missing:
            page.line([department.name, NOT_HANDED_IN, None, None, ""], dict.fromkeys(range(1, 5), MISSING))
    page.note("校验码由文件内容算出：校验码相同，文件内容就一字不差。")


def _adjustments_sheet(book: Book, tally: Tally) -> dict[str, Adjusted]:
    """Write the manual adjustments in full; return where each assessee's stand."""
    columns = [
        *(Column("行号", 7, number="0"), Column("考核对象", 18), Column("加减分", 10), Column("直接定等级", 12)),
        *(Column("理由", 70, "left"), Column("提出人、日期", 24)),
    ]
    page = Page(book, tally, "调整", "调整：人工加减分和直接定的等级", columns)
    page.frozen_head(freeze=2)
    adjusted: dict[str, Adjusted] = {}
    names = dict.fromkeys(adjustment.assessee for adjustment in tally.adjustments)
    grades = {standing.assessee: standing.grade for standing in tally.standings}
    for name in names:
        # one assessee's rows stand together, so that the sheet 总表 can sum one range
        first, grade = page.row, None
        for adjustment in tally.adjustments:
            if adjustment.assessee == name:
                change = (adjustment.row or None, name, adjustment.marks, adjustment.grade)
                row = page.line([*change, adjustment.reason, adjustment.who])
                if adjustment.grade and adjustment.grade == grades.get(name):
                    grade = page.ref(row, 3)
        marks = f"{page.ref(first, 2)}:{address(page.row - 1, 2)}"
        adjusted[name] = Adjusted(marks, grade, remark_of(tally, name))
    page.note("行号是“人工调整.xlsx”中的行号。" if names else "没有人工调整。")
    return adjusted


def _changes_sheet(book: Book, tally: Tally, changed: Sequence[Change], before: datetime) -> None:
    """Write what changed since the tally that was made at `before`."""
    columns = [Column("事项", 48, "left"), Column("考核对象", 18), Column("原来", 36), Column("现在", 36)]
    page = Page(book, tally, "变化", f"变化：与{time_text(before)} 的汇总相比", columns)
    page.frozen_head()
    for change in changed:
        page.line([change.what, change.assessee or "全部", change.before, change.after])
    if changed:
        page.filter()
    page.note(f"共{len(changed)}处变化。" if changed else "没有变化。")


def _waivers_sheet(book: Book, tally: Tally) -> None:
    """Write which returns were accepted in spite of what was wrong with them: who decided so, when and why."""
    columns = [
        *(Column("评价部门", 18), Column("文件", 36, "left"), Column("决定人", 14), Column("时间", 17, number=TIME)),
        *(Column("理由", 40, "left"), Column("采用时还有的问题", 70, "left")),
    ]
    page = Page(book, tally, "带说明采用", "附：带说明采用的评分表", columns)
    page.frozen_head(freeze=1)
    for waiver in tally.waivers:
        faults = "\n".join(numbered(waiver.faults))
        page.line([waiver.department, waiver.file, waiver.who, waiver.when, waiver.reason, faults])
    page.note("没有填好的格不得分；所在的考核内容没有分数，按0分计入总分。")
