"""Widths, heights and pages of a scoring sheet, computed from its texts so that nothing is cut off in print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qtool.layout import AFTER, CODE, EVIDENCE, FIRST, HEAD_ROW, LABEL, STANDARD, SUBHEAD_ROW, TITLE, Layout
from qtool.office.workbook.writer import height_of
from qtool.rules.domain import Labels
from qtool.rules.rule import Rule

MANY = 40
"""From so many measures on a department gets A3."""
WIDE = 6
"""From so many assessees on, too."""
A4, A3 = 9, 8
_PAPER = {A4: (785.0, 500.0), A3: (1134.0, 745.0)}
"""Printable width and height in points, landscape, inside the margins below."""
_CHARACTER, _PADDING = 6.0, 3.75
"""Points of a half-width character of 宋体 11, and of a column's padding: what Excel's widths are counted in."""
_INCH = 25.4
_SIGNING = 90.0
"""Points that the signatures take."""
_SPARE = 0.9
"""Part of a page's width that is planned for where Excel is not told to fit it, since fonts differ."""
_MIN_SCALE = 60
MAX_HEIGHT = 400.0
"""Excel's rows end at 409.5 points."""


def widths(layout: Layout) -> list[float]:
    """Return every column's width in half-width characters."""
    columns = [4.0, 7.0, 13.0, 5.5, 36.0, 8.5, 21.0]
    if layout.city_col is not None:
        columns.append(9.0)
    for _ in layout.assessees:
        columns += [10.0, 6.5]
    return columns


def hint(rule: Rule, unit: str) -> str:
    """Return what may be filled in, short enough for the line under a measure's name."""
    if isinstance(rule.domain, Labels):
        return "从下拉列表中选"
    return f"填{rule.domain.describe()}" + (f"（{unit}）" if unit not in ("", "分", "%", "名") else "")


def heights(layout: Layout, column_widths: list[float]) -> dict[str, float]:
    """Return every row's height in points, by the line's id: each text fits, also one that spans rows."""
    points: dict[str, float] = {}
    for line in layout.lines:
        match line.kind:
            case "area":
                points[line.id] = 24.0
            case "key":
                points[line.id] = 20.0
            case "item":
                points[line.id] = 20.0
            case "criterion":
                points[line.id] = 40.0
            case "measure" if line.rule is not None and line.measure is not None:
                below = height_of(hint(line.rule, line.measure.unit), column_widths[LABEL] * 10 / 8, size=8)
                name = height_of(line.text, column_widths[LABEL]) + below
                texts = [name, height_of(line.measure.evidence, column_widths[EVIDENCE])]
                if isinstance(line.rule.domain, Labels):
                    texts += [height_of(label, column_widths[AFTER]) for label in line.rule.domain.labels]
                points[line.id] = max(30.0, *texts)
            case _:
                points[line.id] = 26.0
    for _, item, block in layout.item_blocks:
        _stretch(layout, points, block.first, block.last, height_of(item.standard, column_widths[STANDARD]))
    for criterion, block in layout.criterion_blocks:
        _stretch(layout, points, block.first, block.last, height_of(criterion.title, column_widths[TITLE]))
    return points


def _stretch(layout: Layout, points: dict[str, float], first: int, last: int, needed: float) -> None:
    """Share among some rows what a text that spans them still lacks."""
    ids = [line.id for line in layout.lines[first - FIRST : last - FIRST + 1]]
    lacking = needed - sum(points[name] for name in ids)
    if lacking > 0:
        for name in ids:
            points[name] = min(MAX_HEIGHT, points[name] + lacking / len(ids))


def paper(layout: Layout) -> int:
    """Return the paper that the sheet is printed on: A4, or A3 for much to print."""
    measures = sum(1 for line in layout.lines if line.kind == "measure")
    return A3 if measures >= MANY or len(layout.assessees) >= WIDE else A4


def paginate(raw: Any, layout: Layout, column_widths: list[float], row_heights: Mapping[str, float]) -> None:
    """Set up printing: paper, scale, repeated heads, and breaks that keep a criterion and an assessee together."""
    size = paper(layout)
    raw.set_landscape()
    raw.set_paper(size)
    raw.set_margins(left=10 / _INCH, right=10 / _INCH, top=14 / _INCH, bottom=16 / _INCH)
    raw.set_header("", {"margin": 6 / _INCH})
    raw.set_footer(footer(layout), {"margin": 7 / _INCH})
    raw.repeat_rows(HEAD_ROW, SUBHEAD_ROW)
    raw.repeat_columns(CODE, LABEL)
    raw.print_area(1, CODE, layout.sign_row + 1, layout.last_col)
    points = [width * _CHARACTER + _PADDING for width in column_widths]
    width, height = _PAPER[size]
    scale, columns = _columns(layout, points, width)
    if columns:
        raw.set_print_scale(scale)
        raw.set_v_pagebreaks(columns)
    else:
        raw.fit_to_pages(1, 0)
    raw.set_h_pagebreaks(_rows(layout, row_heights, height * 100 / scale))


def footer(layout: Layout) -> str:
    """Return the printed footer: whose sheet, which page, of what."""
    left, right = _footer_text(layout.department), _footer_text(layout.plan.facts.name)
    return f"&L&9 {left}&C&9 第 &P 页，共 &N 页&R&9 {right}"


def _footer_text(text: str) -> str:
    """Return a text as a footer takes it, in which & begins a command and 255 characters are the limit."""
    return text[:80].replace("&", "&&")


def _columns(layout: Layout, points: list[float], width: float) -> tuple[int, list[int]]:
    """Return the scale in percent and the columns before which a new page begins."""
    fixed = sum(points[CODE:AFTER])
    rest = points[AFTER:]
    if (whole := int(100 * width / (fixed + sum(rest)))) >= _MIN_SCALE:
        return min(100, whole), []
    pages = 2
    while True:
        per_page = -(-len(layout.assessees) // pages)
        pair = rest[-1] + rest[-2]
        city = rest[0] if layout.city_col is not None else 0.0
        scale = int(100 * _SPARE * width / (fixed + city + per_page * pair))
        if scale >= _MIN_SCALE or per_page == 1:
            break
        pages += 1
    starts = [layout.columns[f"in:{layout.assessees[i]}"] for i in range(per_page, len(layout.assessees), per_page)]
    return min(100, scale), starts


def _rows(layout: Layout, row_heights: Mapping[str, float], page: float) -> list[int]:
    """Return the rows before which a new page begins; areas and key points stay with what follows them."""
    heads = 48.0
    used = heads + 48.0
    breaks: list[int] = []
    pending: list[str] = []
    for block in _unbreakable(layout, row_heights, page - heads):
        need = sum(row_heights[name] for name in block) + (_SIGNING if "total" in block else 0)
        lead = sum(row_heights[name] for name in pending)
        kind = layout.lines[layout.rows[block[0]] - FIRST].kind
        if kind in ("area", "key"):
            pending += block
            continue
        if used + lead + need > page and used > heads + 48.0:
            breaks.append(layout.rows[(pending or block)[0]])
            used = heads
        used += lead + need
        pending = []
    return breaks


def _unbreakable(layout: Layout, row_heights: Mapping[str, float], page: float) -> list[list[str]]:
    """Return the rows in blocks that stay on one page: a criterion, or its items where it is longer than a page."""
    blocks: list[list[str]] = []
    inside: dict[str, int] = {}
    for _, block in layout.criterion_blocks:
        ids = [line.id for line in layout.lines[block.first - FIRST : block.last - FIRST + 1]]
        if sum(row_heights[name] for name in ids) <= page:
            inside |= dict.fromkeys(ids, block.first)
    for _, _, block in layout.item_blocks:
        for line in layout.lines[block.first - FIRST : block.last - FIRST + 1]:
            inside.setdefault(line.id, block.first)
    last = None
    for line in layout.lines:
        group = inside.get(line.id)
        if group is not None and group == last:
            blocks[-1].append(line.id)
        elif (line.kind == "criterion" and group is None) or line.kind == "total":
            blocks[-1].append(line.id)  # a long criterion's points stay with its last item, the total with what lacks
        else:
            blocks.append([line.id])
        last = group
    return blocks
