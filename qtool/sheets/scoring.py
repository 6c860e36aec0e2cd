"""The scoring sheet itself: texts beside the cells that they govern, inputs, computed points, signatures."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from qtool.addresses import address
from qtool.layout import (
    AFTER,
    CODE,
    EVIDENCE,
    FIRST,
    HEAD_ROW,
    HEADS,
    ID_COL,
    ID_ROW,
    LABEL,
    MARK,
    MARKS,
    NOTE_ROW,
    SIGNATURES,
    STANDARD,
    SUBHEAD_ROW,
    TITLE,
    TITLE_ROW,
    Layout,
    Line,
)
from qtool.model import CITY, Key, Value, marks_text
from qtool.office.workbook.writer import Book, Prompt, Sheet
from qtool.rules.domain import Domain, Labels, Numbers
from qtool.rules.excel import Validation, formula, validation
from qtool.rules.score import Scores
from qtool.sheets.page import WIDE, heights, hint, paginate, widths
from qtool.sheets.style import TO_FILL, WRONG, Styles
from qtool.text import day_text

REASON_LIMIT = 500
_GAP = "\0"
"""Stands in a formula where an address is put in; no text of a workbook can hold it."""


def write_scoring(
    book: Book,
    sheet: Sheet,
    layout: Layout,
    lists: Mapping[tuple[str, ...], str],
    scores: Scores,
    answers: Mapping[Key, Value],
    reasons: Mapping[Key, str],
) -> None:
    """Write the whole scoring sheet; `lists` tells where the lists stand that are too long for a cell."""
    styles = Styles(book)
    column_widths = widths(layout)
    row_heights = heights(layout, column_widths)
    _frame(sheet, layout, styles, column_widths)
    for line in layout.lines:
        sheet.row(layout.rows[line.id], row_heights[line.id])
        sheet.text(layout.rows[line.id], ID_COL, line.id)
        _line(sheet, layout, line, styles, answers, reasons)
    _blocks(sheet, layout, styles)
    _inputs(sheet, layout, styles, lists, answers)
    _points(sheet, layout, styles, scores)
    _conditional(book, sheet, layout)
    _signatures(sheet, layout, styles)
    paginate(sheet.raw, layout, column_widths, row_heights)
    _protect(sheet, layout)


def _frame(sheet: Sheet, layout: Layout, styles: Styles, column_widths: list[float]) -> None:
    facts, last = layout.plan.facts, layout.last_col
    sheet.text(ID_ROW, ID_COL, MARK)
    for name, col in layout.columns.items():
        sheet.text(ID_ROW, col, name)
    for col, width in enumerate(column_widths):
        sheet.column(col, width, hidden=col == ID_COL)
    sheet.row(ID_ROW, 15, hidden=True)
    sheet.row(TITLE_ROW, 30)
    end = min(last, AFTER + 2 * WIDE)
    sheet.merge(
        (TITLE_ROW, CODE),
        (TITLE_ROW, end),
        f"{facts.name.removesuffix('方案')}评分表（{layout.department}）",
        styles.title,
    )
    sheet.row(NOTE_ROW, 18)
    deadline = day_text(facts.deadline)
    note = (
        f"截止日期：{deadline}    只填浅黄色的格，深黄色的还没有填；"
        "“得分”自动计算，显示“有误”时请改正左边所填。扣了分的，请在绿色格中写明原因。"
    )
    sheet.merge((NOTE_ROW, CODE), (NOTE_ROW, end), note, styles.note)
    sheet.row(HEAD_ROW, 30)
    sheet.row(SUBHEAD_ROW, 18)
    for offset, head in enumerate(HEADS):
        sheet.merge((HEAD_ROW, CODE + offset), (SUBHEAD_ROW, CODE + offset), head, styles.head)
    if layout.city_col is not None:
        sheet.merge((HEAD_ROW, layout.city_col), (SUBHEAD_ROW, layout.city_col), "全市", styles.head)
    for name in layout.assessees:
        col = layout.columns[f"in:{name}"]
        sheet.merge((HEAD_ROW, col), (HEAD_ROW, col + 1), name, styles.head)
        sheet.text(SUBHEAD_ROW, col, "填报", styles.head)
        sheet.text(SUBHEAD_ROW, col + 1, "得分", styles.head)


def _line(
    sheet: Sheet,
    layout: Layout,
    line: Line,
    styles: Styles,
    answers: Mapping[Key, Value],
    reasons: Mapping[Key, str],
) -> None:
    row, last = layout.rows[line.id], layout.last_col
    match line.kind:
        case "area" | "key":
            style = styles.area if line.kind == "area" else styles.key
            sheet.merge((row, CODE), (row, LABEL), line.text, style)
            for col in range(AFTER, last + 1):
                sheet.blank(row, col, style)
        case "measure":
            _measure(sheet, layout, line, styles)
        case "item":
            sheet.blank(row, EVIDENCE, styles.subtotal_text)
            sheet.text(row, LABEL, line.text, styles.subtotal_text)
            for col in range(AFTER, last + 1):
                sheet.blank(row, col, styles.subtotal)
        case "criterion" if line.criterion is not None:
            sheet.merge((row, STANDARD), (row, LABEL), line.text, styles.criterion_text)
            if layout.city_col is not None:
                sheet.blank(row, layout.city_col, styles.no_input)
            for name in layout.assessees:
                reason = reasons.get((line.criterion.code, name), "")
                sheet.text(row, layout.columns[f"in:{name}"], reason, styles.reason)
        case _:
            _end(sheet, layout, line, styles, answers)


def _measure(sheet: Sheet, layout: Layout, line: Line, styles: Styles) -> None:
    row = layout.rows[line.id]
    if line.measure is None or line.rule is None:
        return
    parts = [(styles.strong, line.text), (styles.hint, "\n" + hint(line.rule, line.measure.unit))]
    sheet.rich(row, LABEL, parts, styles.label)
    sheet.text(row, EVIDENCE, _evidence(line.measure.evidence), styles.centred)
    if layout.city_col is not None and not line.rule.needs_city:
        sheet.blank(row, layout.city_col, styles.no_input)


def _end_text(layout: Layout, line: Line) -> str:
    if line.kind == "missing":
        return line.text
    full = sum((criterion.high for criterion in layout.criteria), Fraction(0))
    return f"{line.text}（满分{marks_text(full)}分，全部填完后显示）"


def _end(sheet: Sheet, layout: Layout, line: Line, styles: Styles, answers: Mapping[Key, Value]) -> None:
    row = layout.rows[line.id]
    sheet.merge((row, CODE), (row, LABEL), _end_text(layout, line), styles.total_text)
    if layout.city_col is not None:
        sheet.blank(row, layout.city_col, styles.total)
    for name in layout.assessees:
        col = layout.columns[f"in:{name}"]
        if line.kind == "total":
            sheet.blank(row, col, styles.total)
            continue
        empty = sum(1 for key in layout.inputs if key[1] == name and answers.get(key) is None)
        sheet.formula(row, col, layout.blanks(name), styles.total, empty)
        sheet.blank(row, col + 1, styles.total)
    if line.kind == "missing" and layout.city_col is not None:
        empty = sum(1 for key in layout.inputs if key[1] == CITY and answers.get(key) is None)
        sheet.formula(row, layout.city_col, layout.blanks(CITY), styles.total, empty)


def _evidence(text: str) -> str:
    return {"是": "需要", "否": "—"}.get(text, text)


def _blocks(sheet: Sheet, layout: Layout, styles: Styles) -> None:
    for criterion, block in layout.criterion_blocks:
        sheet.merge((block.first, CODE), (block.last, CODE), criterion.code, styles.centred)
        sheet.merge((block.first, TITLE), (block.last, TITLE), criterion.title, styles.text)
        sign = "扣" if criterion.high == 0 else ""
        marks = f"{sign}{marks_text(criterion.marks)}"
        sheet.merge((block.first, MARKS), (block.last, MARKS), marks, styles.centred)
    for _, item, block in layout.item_blocks:
        sheet.merge((block.first, STANDARD), (block.last, STANDARD), item.standard, styles.text)


def _inputs(
    sheet: Sheet,
    layout: Layout,
    styles: Styles,
    lists: Mapping[tuple[str, ...], str],
    answers: Mapping[Key, Value],
) -> None:
    for line in layout.lines:
        if line.measure is None or line.rule is None:
            continue
        domain = line.rule.domain
        style = styles.input(_number_format(domain))
        who = ([CITY] if line.rule.needs_city else []) + list(layout.assessees)
        cells = [layout.inputs[line.measure.id, name] for name in who]
        for name, (row, col) in zip(who, cells, strict=True):
            sheet.value(row, col, answers.get((line.measure.id, name)), style)
        error = f"这里应填{domain.describe()}。" if isinstance(domain, Numbers) else "请从下拉列表中选一项，不要另写。"
        prompt = Prompt(line.measure.label, line.rule.sentence(), "填写有误", error)
        sheet.validate(cells, _options(validation(domain, address(*cells[0])), lists), prompt)
    criteria = [layout.rows[f"c:{criterion.code}"] for criterion in layout.criteria]
    columns = [layout.columns[f"in:{name}"] for name in layout.assessees]
    limit = {"validate": "length", "criteria": "<=", "value": REASON_LIMIT}
    text = f"扣了分的，请写明原因和依据，{REASON_LIMIT}字以内。没有扣分不用填。"
    prompt = Prompt("扣分说明", text, "填写有误", f"扣分说明请不要超过{REASON_LIMIT}字。")
    sheet.validate([(row, col) for row in criteria for col in columns], limit, prompt)


def _number_format(domain: Domain) -> str:
    if isinstance(domain, Labels):
        return "General"
    return "0.00%" if domain.percent else "0" if domain.whole else "General"


def _options(chosen: Validation, lists: Mapping[tuple[str, ...], str]) -> dict[str, object]:
    match chosen.type:
        case "list":
            source = lists.get(chosen.labels, list(chosen.labels))
            return {"validate": "list", "source": source}
        case "custom":
            return {"validate": "custom", "value": chosen.formula}
        case kind if chosen.high is None:
            return {"validate": kind, "criteria": ">=", "value": chosen.low}
        case kind:
            return {"validate": kind, "criteria": "between", "minimum": chosen.low, "maximum": chosen.high}


def _points(sheet: Sheet, layout: Layout, styles: Styles, scores: Scores) -> None:
    style_of = {"m": styles.points, "i": styles.subtotal, "c": styles.criterion, "total": styles.total}
    printed: dict[str, list[str]] = {}
    for cell in layout.formulas():
        style = style_of[cell.id.partition(":")[0]]
        if cell.id not in printed:  # printing takes long, and along a row only one address differs
            printed[cell.id] = formula(cell.expr, {**cell.shared, cell.own: _GAP}).split(_GAP)
        sheet.formula(cell.row, cell.col, cell.cells.join(printed[cell.id]), style, cell.points(scores))


def _conditional(book: Book, sheet: Sheet, layout: Layout) -> None:
    """Tint what is not filled in yet, and points that an input does not allow."""
    inputs = [col for name, col in layout.columns.items() if name.startswith("in:")]
    first, last = FIRST, layout.last_row
    spans = " ".join(f"{address(first, col)}:{address(last, col)}" for col in inputs)
    test = f'=AND(LEFT($A{first + 1},2)="m:",{address(first, inputs[0])}="")'
    tint = book.tint(bg_color=TO_FILL)
    options = {"type": "formula", "criteria": test, "format": tint, "multi_range": spans}
    sheet.raw.conditional_format(first, inputs[0], last, inputs[0], options)
    if layout.city_col is not None:
        for row, col in (cell for key, cell in layout.inputs.items() if key[1] == CITY):
            here = {"type": "formula", "criteria": f'={address(row, col)}=""', "format": tint}
            sheet.raw.conditional_format(row, col, row, col, here)
    wrong = book.tint(font_color=WRONG, bold=True)
    for col in (col + 1 for col in inputs):
        options = {"type": "cell", "criteria": "==", "value": '"有误"', "format": wrong}
        sheet.raw.conditional_format(first, col, last, col, options)


def _signatures(sheet: Sheet, layout: Layout, styles: Styles) -> None:
    top = layout.sign_row
    sheet.row(top - 1, 10)
    for row, height, (left, right) in ((top, 26, SIGNATURES[:2]), (top + 1, 48, SIGNATURES[2:])):
        sheet.row(row, height)
        sheet.text(row, ID_COL, f"sign:{left}:{right}")
        sheet.merge((row, CODE), (row, TITLE), f"{left}：", styles.signature_text)
        sheet.merge((row, MARKS), (row, STANDARD), "", styles.signature)
        sheet.text(row, EVIDENCE, f"{right}：", styles.signature_text)
        sheet.blank(row, LABEL, styles.signature)


def _protect(sheet: Sheet, layout: Layout) -> None:
    sheet.raw.freeze_panes(FIRST, AFTER)
    # A locked sheet lets its users filter only where a filter stands already: blanks of a column are found with it.
    sheet.raw.autofilter(SUBHEAD_ROW, CODE, layout.last_row, layout.last_col)
    sheet.raw.protect(
        "",
        {
            "format_columns": True,
            "format_rows": True,
            "autofilter": True,
            "select_locked_cells": True,
            "select_unlocked_cells": True,
        },
    )
    first = next((cell for cell in layout.inputs.values()), (FIRST, AFTER))
    sheet.raw.set_selection(*first, *first)
