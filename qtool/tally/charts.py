"""The sheet 图表: totals from the best to the last, and each assessee's areas beside the mean of all."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from qtool.office.workbook.list_sheet import Column, Content, Live
from qtool.office.workbook.writer import FONT, TITLE_FONT, Book
from qtool.outcome import Standing, Tally
from qtool.tally.overall import FIRST_AREA, WHO, Overall
from qtool.tally.page import MARKS, PERCENT, Page, total

NAME = "图表"
BLUE, GREY, INK = "#2F5C9E", "#BFBFBF", "#404040"
ACROSS, DOWN = 3, 3
"""Small charts beside and below each other on one page."""
FIRST_RATE = 2
"""The first area's column in the table of rates."""
_ROW = 18.0
"""Points of the empty rows that charts lie over."""
_SMALL_ROWS = 9
_WIDTH = 130.0
"""Characters that the sheet is wide."""
_PIXELS = 7
"""Pixels of one character's width."""
_SCALE = 85
"""Percent at which the sheet's width fits an A4 page lying down, in fonts of any program."""


def write_charts(book: Book, tally: Tally, overall: Overall) -> None:
    """Write the sheet: a table of the areas' rates, and the charts drawn from it and from the sheet 总表."""
    areas = [area.name for area in tally.plan.areas]
    wide = (_WIDTH - 34) / max(1, len(areas))
    columns = [Column("考核对象", 18), Column("总分", 16), *(Column(name, wide, number=PERCENT) for name in areas)]
    page = Page(book, tally, NAME, "图表：总分与各领域得分率", columns)
    page.sheet.raw.freeze_panes(page.row, 0)
    page.head()
    for at, standing in enumerate(tally.ranked):
        page.line(_rates(tally, overall, standing, overall.first + at))
    page.sum_line(_mean_rates(tally, overall))
    page.note("得分率 = 领域得分 ÷ 领域满分。下面各图随表中数字变化。")
    _place(book, page, tally, overall)


def _rates(tally: Tally, overall: Overall, standing: Standing, row: int) -> list[Content]:
    name = Live(f"={overall.page.ref(row, WHO)}", standing.assessee)
    whole = Live(f"={overall.page.ref(row, overall.total)}", standing.total)
    return [name, whole, *_shares(tally, overall, row, [standing.areas[area.name] for area in tally.plan.areas])]


def _mean_rates(tally: Tally, overall: Overall) -> list[Content]:
    count = max(1, len(tally.standings))
    marks = [total([standing.areas[area.name] for standing in tally.standings]) / count for area in tally.plan.areas]
    result = total([standing.total for standing in tally.standings]) / count
    mean = Live(f"={overall.page.ref(overall.mean, overall.total)}", result)
    return ["平均", mean, *_shares(tally, overall, overall.mean, marks)]


def _shares(tally: Tally, overall: Overall, row: int, marks: list[Fraction]) -> list[Content]:
    shares: list[Content] = []
    for col, (earned, area) in enumerate(zip(marks, tally.plan.areas, strict=True), FIRST_AREA):
        cell, full = overall.page.ref(row, col), overall.page.ref(overall.full, col)
        shares.append(Live(f"=IF({full}=0,0,{cell}/{full})", earned / area.marks if area.marks else Fraction(0)))
    return shares


def _place(book: Book, page: Page, tally: Tally, overall: Overall) -> None:
    """Put the charts below the table: the totals, then on new pages a grid of one chart for each assessee."""
    count = len(tally.ranked)
    breaks = [page.row] if count > 8 else []
    _lay(page, _totals(book, tally, overall), None, count + 6)
    page.row += 1
    breaks.append(page.row)
    page.note("下面每图一个考核对象：深色是它的得分率，浅灰是各考核对象的平均。")
    for at in range(count):
        if at and at % (ACROSS * DOWN) == 0:
            breaks.append(page.row)
        _lay(page, _profile(book, page, page.head_row + 1 + at, tally), at % ACROSS, _SMALL_ROWS)
        if at % ACROSS < ACROSS - 1 and at < count - 1:
            page.row -= _SMALL_ROWS
    # breaks by hand count only where the sheet is not fitted to the page
    page.sheet.raw.set_print_scale(_SCALE)
    page.sheet.raw.set_h_pagebreaks(breaks)


def _lay(page: Page, chart: Any, place: int | None, rows: int) -> None:
    """Put a chart over the next rows, the whole width or one place of the grid."""
    widths = [int(column.width * _PIXELS + 5) for column in page.columns]
    width = sum(widths) // (1 if place is None else ACROSS)
    for row in range(page.row, page.row + rows):
        page.sheet.row(row, _ROW)
    chart.set_size({"width": width - 8, "height": int(rows * _ROW * 4 / 3) - 8})
    # moved and sized with the cells: another program's columns may be wider by a few pixels
    offset = {"x_offset": (place or 0) * width + 4, "y_offset": 4, "object_position": 1}
    page.sheet.raw.insert_chart(page.row, 0, chart, offset)
    page.row += rows


def _totals(book: Book, tally: Tally, overall: Overall) -> Any:
    title = "总分（暂定）" if tally.provisional else "总分"
    chart = _bars(book, {"name": title})
    sheet = overall.page.name
    chart.add_series(
        {
            "name": "总分",
            "categories": [sheet, overall.first, WHO, overall.last, WHO],
            "values": [sheet, overall.first, overall.total, overall.last, overall.total],
            "fill": {"color": BLUE},
            "gap": 45,
            "data_labels": {"value": True, "num_format": MARKS, "font": _font(10)},
        }
    )
    return chart


def _profile(book: Book, page: Page, row: int, tally: Tally) -> Any:
    name, heads = page.name, page.head_row
    chart = _bars(book, {"name": f"='{name}'!$A${row + 1}"}, most=1)
    last = FIRST_RATE + len(tally.plan.areas) - 1
    for line, color, labels in ((row, BLUE, True), (heads + 1 + len(tally.ranked), GREY, False)):
        figures = {"data_labels": {"value": True, "num_format": "0%", "font": _font(8)}} if labels else {}
        chart.add_series(
            {
                "name": [name, line, 0],
                "categories": [name, heads, FIRST_RATE, heads, last],
                "values": [name, line, FIRST_RATE, line, last],
                "fill": {"color": color},
                "gap": 45,
                "overlap": 0,
                **figures,
            }
        )
    return chart


def _bars(book: Book, title: dict[str, Any], *, most: float | None = None) -> Any:
    """Return an empty bar chart that reads from top to bottom, without what does not help to read it."""
    chart = book.chart("bar")
    chart.set_title(title | {"name_font": {"name": TITLE_FONT, "size": 11, "bold": False, "color": INK}})
    chart.set_legend({"none": True})
    axis = {"num_font": _font(9), "line": {"color": GREY}, "major_tick_mark": "none"}
    chart.set_y_axis(axis | {"reverse": True})
    limits = {"min": 0} | ({"max": most} if most else {})
    chart.set_x_axis(limits | {"visible": False, "major_gridlines": {"visible": False}})
    chart.set_chartarea({"border": {"color": GREY}, "fill": {"color": "#FFFFFF"}})
    return chart


def _font(size: float) -> dict[str, Any]:
    return {"name": FONT, "size": size, "color": INK, "bold": False}
