"""Sheets whose rows, columns and tabs were moved, inserted, copied, hidden or lost, with the answers still certain."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from return_cases import Case, Filled, filled, in_sheet, opened, parts, rows_of, typed
from saved_returns import XLSX, Office
from scoring_cases import identity, plan_2022

from qtool.layout import META, PROBLEMS, SHEET
from qtool.model import Plan, exact

Where = Callable[[int], int | None]
"""Where a row or a column goes; None when it is deleted."""

_REFERENCE = re.compile(r"(?<![A-Za-z\d_.])(\$?)([A-Z]{1,3})(\$?)(\d+)(?![\d(])")
_FORMULA = re.compile(r"(<(?:f|formula\d?)>)([^<]*)")
_NAMED = re.compile(r' (sqref|ref|topLeftCell|activeCell)="([^"]*)"')
_ROW = re.compile(r'<row r="(\d+)" spans="[\d:]+"([^>]*?)(?:/>|>(.*?)</row>)', re.DOTALL)
_CELL = re.compile(r'<c r="([A-Z]+)\d+"(.*?)(?=<c |$)', re.DOTALL)
_COL = re.compile(r'<col min="(\d+)" max="(\d+)"([^>]*)/>')
_PROTECTION = re.compile(r"<sheetProtection[^>]*/>")


def moved(sheets: Mapping[str, Filled], office: Office) -> Iterator[Case]:
    """Yield sheets in which everything is still to be found."""
    yield from _shifted(sheets["市农业农村局"])
    yield from _sorted(sheets["市文旅局"])
    yield from _without_ids(sheets["市教育局"], office)
    yield from _tabs(sheets["市卫健委"])
    yield from _locks(sheets["市教育局"])
    yield from _hidden(sheets["市卫健委"])
    yield from _mended(sheets["市卫健委"])
    yield from _versions(sheets["市公安局"])


def rearranged(xml: str, row: Where = lambda row: row, col: Where = lambda col: col) -> str:
    """Return a scoring sheet with rows and columns elsewhere or deleted, every reference going with them."""

    def reference(found: re.Match[str]) -> str:
        there, down = col(column_index_from_string(found[2])), row(int(found[4]))
        return f"{found[1]}{get_column_letter(there)}{found[3]}{down}" if there and down else "#REF!"

    def named(found: re.Match[str]) -> str:
        areas = [_REFERENCE.sub(reference, area) for area in found[2].split()]
        return f' {found[1]}="{" ".join(_upright(area) for area in areas if "#" not in area) or "A1"}"'

    def body(found: re.Match[str]) -> str:
        rows: dict[int, str] = {}
        for old in _ROW.finditer(found[0]):
            if number := row(int(old[1])):
                cells = {col(column_index_from_string(cell[1])): cell[2] for cell in _CELL.finditer(old[3] or "")}
                kept = sorted((at, rest) for at, rest in cells.items() if at)
                inside = "".join(f'<c r="{get_column_letter(at)}{number}"{rest}' for at, rest in kept)
                rows[number] = f'<row r="{number}"{old[2]}>{inside}</row>'
        return f"<sheetData>{''.join(rows[number] for number in sorted(rows))}</sheetData>"

    xml = _COL.sub(lambda found: _widths(found, col), xml)
    xml = re.sub(r"<sheetData>.*</sheetData>", body, xml, flags=re.DOTALL)
    xml = _FORMULA.sub(lambda found: found[1] + _REFERENCE.sub(reference, found[2]), xml)
    return _NAMED.sub(named, xml)


def _upright(area: str) -> str:
    """Return an area with its upper left corner first."""
    first, _, last = area.partition(":")
    ends = [re.fullmatch(r"([A-Z]+)(\d+)", end) for end in (first, last or first)]
    cols = sorted(column_index_from_string(end[1]) for end in ends if end)
    rows = sorted(int(end[2]) for end in ends if end)
    if not last or len(rows) != 2:
        return area
    return f"{get_column_letter(cols[0])}{rows[0]}:{get_column_letter(cols[1])}{rows[1]}"


def _widths(found: re.Match[str], col: Where) -> str:
    there = [at for old in range(int(found[1]), int(found[2]) + 1) if (at := col(old))]
    return "".join(f'<col min="{at}" max="{at}"{found[3]}/>' for at in there)


def unlocked(xml: str) -> str:
    """Return a sheet without its protection."""
    return _PROTECTION.sub("", xml)


def _shifted(sheet: Filled) -> Iterator[Case]:
    book, first = sheet.content, sheet.row("01-02-1-1")
    above = in_sheet(book, lambda xml: rearranged(xml, row=lambda row: row + 3))
    yield sheet.good("上面插了三行.xlsx", above, "", "three rows inserted above everything")
    front = in_sheet(book, lambda xml: rearranged(xml, col=lambda col: col + 1))
    yield sheet.good("前面插了一列.xlsx", front, "", "a column inserted in front")
    between = in_sheet(book, lambda xml: rearranged(xml, row=lambda row: row + 2 * (row > first)))
    yield sheet.good("中间插了空行.xlsx", between, "", "blank rows among the measures")
    city = sheet.layout.columns["in:随县"] + 1
    inside = in_sheet(book, lambda xml: rearranged(xml, col=lambda col: col + (col >= city)))
    yield sheet.good("中间插了空列.xlsx", inside, "", "a blank column before the first assessee")
    below = sheet.layout.sign_row + 5
    notes = {f"B{below}": "备注：以上数据截至12月31日。", f"B{below + 1}": 12345, "AC8": "有疑问", "AC9": 3}
    yield sheet.good("旁边写了备注.xlsx", typed(book, notes), "", "notes under the sheet and beside it")


def _sorted(sheet: Filled) -> Iterator[Case]:
    book, layout = sheet.content, sheet.layout
    first, last = sheet.row("01-05-1-1") - 2, layout.last_row + 1

    def backwards(row: int) -> int:
        return first + last - row if first <= row <= last else row

    upside = in_sheet(book, lambda xml: unlocked(rearranged(xml, row=backwards)))
    yield sheet.good("倒过来排.xlsx", upside, "S27", "unprotected, the rows of the body upside down")
    one, other = (layout.columns[f"in:{name}"] + 1 for name in layout.assessees[:2])
    places = {one: other, one + 1: other + 1, other: one, other + 1: one + 1}
    swapped = in_sheet(book, lambda xml: unlocked(rearranged(xml, col=lambda col: places.get(col, col))))
    yield sheet.good("两个区县换了位置.xlsx", swapped, "S27", "unprotected, two assessees' columns swapped with all")
    pasted = pasted_values(book, lambda rows: [*rows[:5], *sorted(rows[5:], key=lambda row: str(row[6] or ""))])
    yield sheet.good("粘成数值再排序.xlsx", pasted, "S27", "pasted as values into a new tab, sorted by label")


def pasted_values(book: bytes, arrange: Callable[[list[list[object]]], list[list[object]]]) -> bytes:
    """Return a workbook whose scoring sheet was pasted as values into a new tab, its rows arranged otherwise."""
    rows = arrange(rows_of(book))

    def change(found: Workbook, own: Worksheet) -> None:
        at = found.index(own)
        found.remove(own)
        fresh = found.create_sheet(SHEET, at)
        for row in rows:
            fresh.append(row)

    return opened(book, change)


def _without_ids(sheet: Filled, office: Office) -> Iterator[Case]:
    book = sheet.content
    column = opened(book, lambda _book, own: cleared(own, column=1))
    yield sheet.good("清空了隐藏列.xlsx", column, "S28", "the hidden column of ids emptied")
    row = opened(book, lambda _book, own: cleared(own, row=1))
    yield sheet.good("清空了隐藏行.xlsx", row, "S28", "the hidden row of ids emptied")
    both = opened(column, lambda _book, own: cleared(own, row=1))
    yield sheet.good("编号全清空.xlsx", both, "S28 S28", "all ids emptied")
    narrow = in_sheet(book, lambda xml: unlocked(rearranged(xml, col=lambda col: col - 1)))
    yield sheet.good("删了隐藏列.xlsx", office(narrow, XLSX), "S27 S28", "the hidden column deleted, then saved")
    short = in_sheet(book, lambda xml: unlocked(rearranged(xml, row=lambda row: row - 1)))
    yield sheet.good("删了隐藏行.xlsx", office(short, XLSX), "S27 S28", "the hidden row deleted, then saved")
    small = in_sheet(book, lambda xml: unlocked(rearranged(xml, lambda row: row - 1, lambda col: col - 1)))
    yield sheet.good("隐藏行列都删了.ods", office(small, "ods"), "S28 S28", "both deleted, saved as OpenDocument")
    values = pasted_values(book, lambda rows: [row[1:] for row in rows[1:]])
    alone = opened(values, lambda found, _own: found.remove(found[META]))
    story = "what is seen pasted into a new tab, the hidden sheet deleted"
    yield sheet.good("只粘了看得见的.xlsx", alone, "S27 S28 S28 S28", story)


def cleared(sheet: Worksheet, *, row: int = 0, column: int = 0) -> None:
    """Empty a row or a column."""
    for cells in sheet.iter_rows(min_row=row or 1, max_row=row or None, min_col=column or 1, max_col=column or None):
        for cell in cells:
            cell.value = None


def _tabs(sheet: Filled) -> Iterator[Case]:
    book = sheet.content

    def renamed(found: Workbook, own: Worksheet) -> None:
        own.title = "卫健委-已填报"
        found.move_sheet(own, -1)

    def copied(found: Workbook, own: Worksheet) -> None:
        found.copy_worksheet(own).title = "评分表 (2)"

    def numbered(found: Workbook, _own: Worksheet) -> None:
        for cell in ("B4", "B5"):
            found[META][cell].value = int(str(found[META][cell].value))

    def more(found: Workbook, _own: Worksheet) -> None:
        found.create_sheet("Sheet1", 0)
        draft = found.create_sheet("草稿", 1)
        draft.append(["随县", 3, "待核实"])
        found.create_chartsheet("图")

    without = opened(book, lambda found, _own: found.remove(found[META]))
    yield sheet.good("删了隐藏表.xlsx", without, "S28", "the hidden sheet is gone; the properties still tell")
    figures = opened(book, numbered)
    yield sheet.good(
        "身份表里的数成了数值.xlsx", figures, "", "texts of the hidden sheet that a program made figures of"
    )
    yield sheet.good("改名并提前.xlsx", opened(book, renamed), "", "the tab renamed and put in front")
    yield sheet.good("复制了一张表.xlsx", opened(book, copied), "", "the tab copied, both filled in alike")
    yield sheet.good("多了几张表.xlsx", opened(book, more), "", "tabs of the department's own")


def _locks(sheet: Filled) -> Iterator[Case]:
    book = sheet.content
    free = in_sheet(book, lambda xml: re.sub(r"<dataValidations.*</dataValidations>", "", xml, flags=re.DOTALL))
    yield sheet.good("取消了保护.xlsx", in_sheet(book, unlocked), "S27", "unprotected")
    yield sheet.good("丢了填写限制.xlsx", free, "S27", "the validations are lost")
    yield sheet.good("保护和限制都没了.xlsx", in_sheet(free, unlocked), "S27", "neither protected nor validated")
    some = in_sheet(book, lambda xml: re.sub(r'sqref="H8 ', 'sqref="', xml))
    yield sheet.good("一格的限制被粘掉.xlsx", some, "S27", "a paste replaced one cell's validation")


def _hidden(sheet: Filled) -> Iterator[Case]:
    book = sheet.content
    row, col = sheet.row("01-07-2-1"), sheet.layout.columns["in:广水市"] + 1

    def tagged(tag: str, number: int, mark: str) -> bytes:
        name = "r" if tag == "row" else "min"
        pattern = rf'(<{tag} {name}="{number}"(?: max="\d+")?)(?: width="[\d.]+")?(?: spans="[\d:]+")?(?: ht="[\d.]+")?'
        return in_sheet(book, lambda xml: re.sub(pattern, rf"\1 {mark}", xml))

    yield sheet.good("藏了一行.xlsx", tagged("row", row, 'hidden="1"'), "S26", "a row hidden that holds answers")
    yield sheet.good("行高调成零.xlsx", tagged("row", row, 'ht="0"'), "S26", "a row made so low that it is not seen")
    yield sheet.good("藏了一列.xlsx", tagged("col", col, 'width="9" hidden="1"'), "S26", "a column hidden with answers")

    def filtered(_book: Workbook, own: Worksheet) -> None:
        own.auto_filter.add_filter_column(5, ["自查扣分（已全面自查填0）"])
        for number in (sheet.row("01-07-1-1"), sheet.row("01-07-3-1")):
            own.row_dimensions[number].hidden = True
        own.column_dimensions["F"].hidden = True

    yield sheet.good("筛选后没还原.xlsx", opened(book, filtered), "S26 S26", "filtered rows and a hidden column")


def _mended(sheet: Filled) -> Iterator[Case]:
    def annotated(found: Workbook, own: Worksheet) -> None:
        problems = found.create_sheet(PROBLEMS, 0)
        for row in (["评分表要改正的地方"], ["1", "评分表 › H10", "“自查扣分”没有填", "请填写"]):
            problems.append(row)
        cell = own[sheet.cell("01-07-2-1", "随县")]
        cell.fill, cell.comment = PatternFill("solid", fgColor="FFFFC7CE"), Comment("没有填。请填写。", "qtool")

    yield sheet.good("改正后重交.xlsx", opened(sheet.content, annotated), "", "an annotated copy, mended and returned")


def edited(plan: Plan, code: str, **changes: object) -> Plan:
    """Return a plan with the first item of a criterion changed."""
    criteria = [
        replace(c, items=(replace(c.items[0], **changes), *c.items[1:])) if c.code == code else c  # type: ignore[arg-type]
        for c in plan.criteria
    ]
    return replace(plan, criteria=tuple(criteria))


def _versions(today: Filled) -> Iterator[Case]:
    plan, police = plan_2022(), today.layout.department
    other = filled(edited(plan, "01-02", standard="另一个部门的标准"), police)
    yield other.good("别的部门改了方案.xlsx", other.content, "", "made before another department's criteria changed")
    old = filled(edited(plan, "07-02", standard="从前的标准"), police)
    yield old.good("旧版但没改填报项.xlsx", old.content, "S04", "made before a standard's wording changed")
    bare = parts(old.content, lambda name, old: None if name == "docProps/custom.xml" else old)
    yield old.good("旧版又丢了属性.xlsx", bare, "S04", "the same without its properties")
    third = filled(plan, police, who=identity(today.layout, version=3))
    yield third.good("第三版.xlsx", third.content, "", "a sheet sent out for the third time, nothing changed in it")
    measures = plan.of_department(police)[0].items[0].measures
    more = (*measures, replace(measures[0], id="07-02-1-2", label="后来取消的填报项"))
    answers = {**today.answers, **{("07-02-1-2", who): exact("1") for who in today.layout.assessees}}
    longer = filled(edited(plan, "07-02", measures=more), police, replace(today, answers=answers))
    yield longer.good("旧版多一个填报项.xlsx", longer.content, "S04", "made when one more measure was asked for")
