"""The cover: what this is, how far it is filled in, how to fill it in, whom to return it to."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from qtool.addresses import address, letters
from qtool.layout import SHEET, Layout
from qtool.model import CITY, EARNING, Key, Value, marks_text
from qtool.office.workbook.writer import TITLE_FONT, Book, Sheet, height_of
from qtool.rules.score import Scores
from qtool.sheets.style import BAND, INK, LINE, SOFT, TO_FILL
from qtool.text import day_text

_LEFT, _RIGHT = 1, 5
_WIDTHS = (2.0, 20.0, 15.0, 15.0, 15.0, 21.0)

HOW_TO = (
    "只填“评分表”里浅黄色的格；深黄色的是还没有填的。其余的格已锁定，不用动。",
    "点到格子上会出现填写提示；有下拉箭头的，请从列表中选。",
    "百分比直接键入，如 95%。要扣的分填扣掉多少，不带负号。没有发生的填 0，不要空着。",
    "“得分”自动计算。显示“有误”，是左边填的不符合要求，请改正。",
    "扣了分的，请在该项的绿色格“扣分说明”中写明原因，通报和反馈时要用。",
    "全部填完（上面显示“已填完”）后，填写表末的填表人、审核人、日期，保存并交回。请不要增删行列、改表名。",
)


def write_cover(book: Book, sheet: Sheet, layout: Layout, scores: Scores, answers: Mapping[Key, Value]) -> None:
    """Write the cover sheet."""
    raw = sheet.raw
    raw.hide_gridlines(2)
    for col, width in enumerate(_WIDTHS):
        sheet.column(col, width)
    title = book.style(font_name=TITLE_FONT, font_size=20, align="center", font_color=INK)
    name = book.style(font_name=TITLE_FONT, font_size=26, align="center", font_color=INK)
    sheet.row(0, 24)
    _wide(sheet, 1, layout.plan.facts.name.removesuffix("方案"), title, 60)
    _wide(sheet, 2, "部 门 评 分 表", name, 54)
    row = _about(book, sheet, layout, 4)
    row = _progress(book, sheet, layout, scores, answers, row + 1)
    _how_to(book, sheet, row + 1)
    raw.set_portrait()
    raw.set_paper(9)
    raw.fit_to_pages(1, 1)
    raw.set_margins(left=0.6, right=0.6, top=0.6, bottom=0.6)
    raw.center_horizontally()
    raw.protect("", {"format_columns": True, "format_rows": True})


def _wide(sheet: Sheet, row: int, text: str, style: object, height: float) -> None:
    sheet.row(row, height)
    sheet.merge((row, _LEFT), (row, _RIGHT), text, style)


def _about(book: Book, sheet: Sheet, layout: Layout, row: int) -> int:
    facts = layout.plan.facts
    head = book.style(font_size=11, bold=True, indent=1, border=1, border_color=LINE, bg_color=SOFT, font_color=INK)
    text = book.style(font_size=11, indent=1, border=1, border_color=LINE)
    strong = book.style(font_size=14, bold=True, indent=1, border=1, border_color=LINE, font_color=INK)
    measures = sum(1 for line in layout.lines if line.kind == "measure")
    full = sum((c.marks for c in layout.criteria if c.kind == EARNING), Fraction(0))
    deducting = sum(1 for c in layout.criteria if c.kind != EARNING)
    scope = f"{len(layout.criteria)}项考核内容、{measures}个填报项，满分{marks_text(full)}分"
    scope += f"（其中{deducting}项只扣分）" if deducting else ""
    deadline = day_text(facts.deadline)
    lines = [
        ("评价部门", layout.department, strong),
        ("考核年度", f"{facts.year}年", text),
        ("评分范围", scope, text),
        ("考核对象", "、".join(layout.assessees), text),
        ("截止日期", deadline, strong),
        ("交给谁", facts.returns_to, text),
    ]
    width = sum(_WIDTHS[2:]) - 2
    for label, content, style in lines:
        sheet.row(row, max(26.0, height_of(content, width, size=12)))
        sheet.text(row, _LEFT, label, head)
        sheet.merge((row, 2), (row, _RIGHT), content, style)
        row += 1
    return row


def _progress(book: Book, sheet: Sheet, layout: Layout, scores: Scores, answers: Mapping[Key, Value], row: int) -> int:
    """Write the live count of what is filled in, as a whole and by assessee; return the row after it."""
    head = book.style(font_size=11, bold=True, align="center", border=1, border_color=LINE, bg_color=BAND)
    cell = book.style(font_size=11, align="center", border=1, border_color=LINE)
    big = book.style(font_name=TITLE_FONT, font_size=16, align="center", border=1, border_color=LINE, font_color=INK)
    who = [*layout.assessees, *([CITY] if layout.city_col is not None else [])]
    total = len(layout.inputs)
    filled = sum(1 for key in layout.inputs if answers.get(key) is not None)
    missing = {name: f"{SHEET}!{_missing_cell(layout, name)}" for name in who}
    unfilled = "+".join(missing.values())
    whole = f'=IF({unfilled}=0,"已填完，共 {total} 格","已填 "&({total}-({unfilled}))&" / 共 {total}")'
    shown = f"已填完，共 {total} 格" if filled == total else f"已填 {filled} / 共 {total}"
    sheet.row(row, 36)
    sheet.merge((row, _LEFT), (row, _RIGHT), "", big)
    sheet.formula(row, _LEFT, whole, big, shown)
    tint = {"type": "formula", "criteria": f"={unfilled}>0", "format": book.tint(bg_color=TO_FILL)}
    sheet.raw.conditional_format(row, _LEFT, row, _RIGHT, tint)
    row += 1
    sheet.row(row, 22)
    for offset, text in enumerate(("考核对象", "应填格数", "已填", "未填", "合计得分")):
        sheet.text(row, _LEFT + offset, text, head)
    for name in who:
        row += 1
        sheet.row(row, 20)
        count = sum(1 for key in layout.inputs if key[1] == name)
        done = sum(1 for key in layout.inputs if key[1] == name and answers.get(key) is not None)
        sheet.text(row, _LEFT, name if name != CITY else "全市（对照值）", cell)
        sheet.number(row, 2, count, cell)
        sheet.formula(row, 3, f"={address(row, 2)}-{address(row, 4)}", cell, done)
        sheet.formula(row, 4, f"={missing[name]}", cell, count - done)
        if name == CITY:
            sheet.text(row, _RIGHT, "—", cell)
        else:
            total_cell = f"{SHEET}!{letters(layout.columns[f'pt:{name}'])}{layout.rows['total'] + 1}"
            result = scores.totals[name]
            waiting = "填完后显示"
            shown_total = waiting if result is None else result
            sheet.formula(row, _RIGHT, f'=IF({total_cell}="","{waiting}",{total_cell})', cell, shown_total)
    return row + 1


def _missing_cell(layout: Layout, name: str) -> str:
    col = layout.city_col if name == CITY else layout.columns[f"in:{name}"]
    return address(layout.rows["missing"], col or 0)


def _how_to(book: Book, sheet: Sheet, row: int) -> None:
    head = book.style(font_size=12, bold=True, font_color=INK)
    text = book.style(font_size=11)
    _wide(sheet, row, "怎样填写", head, 24)
    width = sum(_WIDTHS[1:])
    for number, line in enumerate(HOW_TO, 1):
        content = f"{number}．{line}"
        _wide(sheet, row + number, content, text, max(20.0, height_of(content, width, size=11)))
