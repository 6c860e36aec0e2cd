"""Sheets that are taken with a question: formulas, links and macros, texts and points that were changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from moved_returns import cleared, unlocked
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from return_cases import Case, Filled, cells_in, figure, in_part, in_sheet, linked, opened, parts, rows_of, typed
from saved_returns import XLSX, Office

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_COUNTY = "随县"


def asked(sheets: Mapping[str, Filled], office: Office) -> Iterator[Case]:
    """Yield sheets with something that a person should look at."""
    yield from _formulas(sheets["市教育局"])
    yield from _linked(sheets["市卫健委"])
    yield from _macros(sheets["市公安局"])
    yield from _points(sheets["市公安局"], office)
    yield from _texts(sheets["市教育局"])
    yield from _of_others(sheets)
    yield from _all_at_once(sheets["市教育局"])


def _formulas(sheet: Filled) -> Iterator[Case]:
    times, label = ("04-05-1-1", _COUNTY), ("04-05-2-1", _COUNTY)
    was = {times: figure("0"), label: figure(str(sheet.answers[label]))}
    for name, key, inside, story in (
        ("填了公式", times, "<f>1-1</f><v>0</v>", "a formula typed into an input, with its result"),
        ("填了数组公式", times, '<f t="array" ref="{at}">SUM(0*{{1,2}})</f><v>0</v>', "an array formula"),
        ("填了共享公式", times, '<f t="shared" ref="{at}" si="0">0*1</f><v>0</v>', "a shared formula"),
        ("选项用公式", label, 't="str"|<f>IF(1,"{label}","")</f><v>{label}</v>', "a formula that gives a label"),
    ):
        written = inside.format(at=sheet.cell(*key), label=was[key])
        content = cells_in(sheet.content, {sheet.cell(*key): written})
        yield sheet.good(f"{name}.xlsx", content, "S22", story, {key: was[key]})
    cells = [sheet.cell("04-05-1-1", who) for who in sheet.layout.assessees]
    first = {cells[0]: f'<f t="shared" ref="{cells[0]}:{cells[-1]}" si="0">0*1</f><v>0</v>'}
    content = cells_in(sheet.content, first | dict.fromkeys(cells[1:], '<f t="shared" si="0"/><v>0</v>'))
    zeros = {("04-05-1-1", who): figure("0") for who in sheet.layout.assessees}
    yield sheet.good("一行都是公式.xlsx", content, " ".join(["S22"] * 5), "one formula dragged over a row", zeros)


def external(content: bytes) -> bytes:
    """Return a workbook that refers to another one."""
    body = '<externalBook r:id="rId1"><sheetNames><sheetName val="Sheet1"/></sheetNames></externalBook>'
    link = f'<externalLink xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">{body}</externalLink>'.encode()
    names = '<externalReferences><externalReference r:id="rId99"/></externalReferences>'
    place, kind, type_ = (
        "xl/externalLinks/externalLink1.xml",
        f"{_RELATIONS}/externalLink",
        f"{_SHEET_TYPE}.externalLink+xml",
    )
    whole = linked(content, place, link, kind, type_, names)
    target = f'Type="{_RELATIONS}/externalLinkPath" Target="file:///D:/台账/2022.xlsx" TargetMode="External"'
    relations = f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" {target}/></Relationships>'
    added = {"xl/externalLinks/_rels/externalLink1.xml.rels": relations.encode()}
    return parts(whole, lambda _name, old: old, added)


def _linked(sheet: Filled) -> Iterator[Case]:
    key = ("01-07-3-1", _COUNTY)
    yield sheet.good("残留外部链接.xlsx", external(sheet.content), "S24", "a link that no cell uses any more")
    formula = cells_in(sheet.content, {sheet.cell(*key): "<f>[1]Sheet1!$B$3</f><v>0</v>"})
    yield sheet.good("引用了台账.xlsx", external(formula), "S22 S24", "an input that looks into another workbook")


def _macros(sheet: Filled) -> Iterator[Case]:
    kind = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
    project = linked(sheet.content, "xl/vbaProject.bin", b"nothing", kind, "application/vnd.ms-office.vbaProject")
    plain, enabled = f"{_SHEET_TYPE}.sheet.main+xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    content = in_part(project, "[Content_Types].xml", lambda xml: xml.replace(plain, enabled))
    yield sheet.good("带宏.xlsm", content, "S25", "a workbook with a project of macros")
    yield sheet.good("带宏改成xlsx.xlsx", content, "S25", "the same under the ending of one without")


def _points(sheet: Filled, office: Office) -> Iterator[Case]:
    book = sheet.content
    criterion, total = sheet.at("c:07-02", f"pt:{_COUNTY}"), sheet.at("total", f"pt:{_COUNTY}")
    measure = sheet.at("m:07-02-1-1", f"pt:{_COUNTY}")
    yield sheet.good("改了得分.xlsx", cells_in(book, {criterion: "<v>2.5</v>"}), "S12", "points overwritten")
    both = cells_in(book, {criterion: "<v>2.5</v>", total: "<v>3.5</v>"})
    yield sheet.good("得分和合计都改了.xlsx", both, "S12 S12", "points and total overwritten")
    again = office(_uncomputed(cells_in(book, {measure: "<v>1</v>"})), XLSX)
    yield sheet.good("改了得分又重算.xlsx", again, "S12 S12 S12", "points overwritten, those above computed from them")
    words = cells_in(book, {criterion: 't="str"|<v>3</v>', total: 't="str"|<v>4.0</v>'})
    yield sheet.good("得分成了文本.xlsx", words, "", "points turned into texts that say the same")
    yield sheet.good("公式没有结果.xlsx", _uncomputed(book), "", "points that were never computed")


def _uncomputed(book: bytes) -> bytes:
    return in_sheet(book, lambda xml: re.sub("(</f>)<v>[^<]*</v>", r"\1", xml))


def _texts(sheet: Filled) -> Iterator[Case]:
    book, row = sheet.content, sheet.row("04-06-1-1")
    for name, cells, faults, story in (
        ("改了评分标准", {f"E{row}": "改过的标准"}, "S13", "a standard changed"),
        (
            "填报项加了话",
            {f"G{row}": "大班额占比（按学校算）"},
            "S13",
            "a label with an addition, which may mean another thing",
        ),
        ("评分标准加了话", {f"E{row}": f"{_standard(sheet, row)}由本局掌握。"}, "S13", "a standard with an addition"),
        ("填报项下的提示删了", {f"G{row}": "大班额占比"}, "", "only the hint under a label is gone"),
        ("换了填报项的说法", {f"G{row}": "超大班额比重"}, "S13", "a label in other words"),
        ("改了考核内容", {f"C{row}": "别的内容"}, "S13", "a title changed"),
        ("文字改了三处", {f"C{row}": "甲", f"E{row}": "乙", f"G{row}": "丙"}, "S13 S13 S13", "three texts changed"),
        ("评分标准里加了空格", {f"E{row}": " ".join(_standard(sheet, row))}, "", "spaces put into a standard"),
        ("表头写成全称", {sheet.at("m:04-06-1-1", "in:随县")[0] + "4": "随县人民政府"}, "", "an assessee's full name"),
    ):
        yield sheet.good(f"{name}.xlsx", typed(book, cells), faults, story)


def _standard(sheet: Filled, row: int) -> str:
    return str(rows_of(sheet.content)[row - 1][4])


def _of_others(sheets: Mapping[str, Filled]) -> Iterator[Case]:
    sheet = sheets["市公安局"]
    for name, others in (("多了别的部门的表", ["市卫健委"]), ("多了两个部门的表", ["市卫健委", "市教育局"])):
        rows = {other: rows_of(sheets[other].content) for other in others}

        def added(book: Workbook, _own: Worksheet, rows: Mapping[str, list[list[object]]] = rows) -> None:
            for other, lines in rows.items():
                tab = book.create_sheet(other, 0)
                for line in lines:
                    tab.append(line)

        faults = " ".join(["S37"] * len(others))
        yield sheet.good(f"{name}.xlsx", opened(sheet.content, added), faults, "tabs of other departments' sheets")

    def without_ids(book: Workbook, own: Worksheet) -> None:
        cleared(own, column=1)
        cleared(own, row=1)
        tab = book.create_sheet("卫健委", 0)
        for line in rows_of(sheets["市卫健委"].content):
            tab.append(line)

    story = "another department's tab beside the own one, whose ids are lost"
    yield sheet.good("编号没了又多了别的表.xlsx", opened(sheet.content, without_ids), "S28 S28 S37", story)


def _all_at_once(sheet: Filled) -> Iterator[Case]:
    number, formula = ("09-03-2-1", _COUNTY), ("04-05-1-1", _COUNTY)
    row = sheet.row("04-06-1-1")
    cells = {
        sheet.cell(*number): 't="str"|<v>８２４０元</v>',
        sheet.cell(*formula): "<f>1-1</f><v>0</v>",
        f"E{row}": 't="str"|<v>改过的标准</v>',
        sheet.at("total", f"pt:{_COUNTY}"): "<v>99</v>",
    }
    content = in_sheet(
        cells_in(sheet.content, cells),
        lambda xml: unlocked(xml.replace(f'<row r="{row}" ', f'<row r="{row}" hidden="1" ')),
    )
    answers = {number: figure("8240"), formula: figure("0")}
    faults = "S12 S13 S16 S22 S24 S26 S27"
    yield sheet.good("毛病不少.xlsx", external(content), faults, "many questions at once", answers)
