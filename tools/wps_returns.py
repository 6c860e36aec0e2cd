"""Sheets as WPS and writers of OOXML other than Excel leave their parts: other XML that says the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from openpyxl.utils import column_index_from_string
from return_cases import SCORING, Case, Filled, in_part, in_sheet, part, parts
from saved_returns import bare

Edit = Callable[[str], str]
_BOOK, _RELATIONS, _STRINGS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml"
_ITEM = re.compile(r"<si>(.*?)</si>", re.DOTALL)
_TEXT = re.compile(r"<t(?: [^>]*)?>(.*?)</t>", re.DOTALL)
_TAG = re.compile(r"<[^<>]+>")
_CELL = re.compile(r'<c r="([A-Z]+)(\d+)"([^>]*?)(?:/>|>(.*?)</c>)', re.DOTALL)
_ROW = re.compile(r'<row r="(\d+)"([^>]*?)(?:/>|>(.*?)</row>)', re.DOTALL)
_X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_XM = "http://schemas.microsoft.com/office/excel/2006/main"


def other_xml(sheets: Mapping[str, Filled]) -> Iterator[Case]:
    """Yield workbooks whose parts are written in another way."""
    yield from _sheet_parts(sheets["市公安局"])
    yield from _texts(sheets["市公安局"])
    yield from _packages(sheets["市公安局"])
    yield from _lost(sheets["市公安局"])


def _sheet_parts(sheet: Filled) -> Iterator[Case]:
    listed: tuple[tuple[str, Edit, str], ...] = (
        ("dimension写错", lambda xml: re.sub(r'<dimension ref="[^"]+"', '<dimension ref="A1"', xml), "it says A1 only"),
        ("没有dimension", lambda xml: re.sub(r"<dimension [^>]+/>", "", xml), "it does not say how far it goes"),
        (
            "dimension到天边",
            lambda xml: re.sub(r'<dimension ref="[^"]+"', '<dimension ref="A1:XFD1048576"', xml),
            "it says that it fills the whole grid",
        ),
        ("格式刷到最后一行", _formatted_to_the_end, "rows formatted to the very end of the grid"),
        ("很远处只有格式", _formatted_cells, "cells formatted far below, nothing in them"),
        ("三十万行空行", _bare_rows, "so many formatted rows that the part is read bit by bit"),
        ("验证写在扩展里", _extended, "validations stand in an extension, as Excel writes those of other sheets"),
        ("单引号", lambda xml: _TAG.sub(_single, xml), "attributes in single quotes"),
        ("标签换行缩进", _indented, "written with line breaks between all tags"),
        ("样式写在地址前", lambda xml: re.sub(r'<c (r="\w+") (s="\d+")', r"<c \2 \1", xml), "style before address"),
        ("数值写明类型", lambda xml: re.sub(r'(<c r="\w+" s="\d+")>', r'\1 t="n">', xml), "figures with their type"),
        ("没有单元格地址", _without_addresses, "rows and cells follow each other without addresses"),
        ("带注释", _commented, "comments, an instruction and CDATA in the part"),
        ("保护写成true", lambda xml: xml.replace('sheet="1"', 'sheet="true"'), "protection in another spelling"),
        ("像Excel存的", _like_excel, "attributes that newer versions of Excel add"),
    )
    for name, edit, story in listed:
        yield sheet.good(f"{name}.xlsx", in_sheet(sheet.content, edit), "", story)
    wide = parts(sheet.content, lambda name, old: _in_utf16(old.decode()) if name == SCORING else old)
    yield sheet.good("UTF-16.xlsx", wide, "", "the sheet's part in UTF-16")


def _texts(sheet: Filled) -> Iterator[Case]:
    book = sheet.content

    def strings(edit: Edit) -> bytes:
        return in_part(book, _STRINGS, edit)

    phonetic = '<rPh sb="0" eb="1"><t>suí</t></rPh><phoneticPr fontId="1"/></si>'
    yield sheet.good("拼音注音.xlsx", strings(lambda xml: xml.replace("</si>", phonetic)), "", "texts with phonetics")
    runs = strings(lambda xml: _ITEM.sub(_in_runs, xml))
    yield sheet.good("文字分段变色.xlsx", runs, "", "every text in two runs of different colours")
    wrong = strings(lambda xml: re.sub(r' count="\d+" uniqueCount="\d+"', ' count="4294967295" uniqueCount="1"', xml))
    yield sheet.good("共享文字数写错.xlsx", wrong, "", "the number of shared texts is nonsense")
    numbered = parts(book, lambda name, old: _numbered(old) if name.endswith(".xml") else old)
    yield sheet.good("汉字写成编号.xlsx", numbered, "", "every Chinese sign as a numeric reference")
    yield sheet.good("行内文字.xlsx", _inline(book, "inlineStr"), "", "texts in the cells, the shared ones dropped")
    yield sheet.good("文字写成str.xlsx", _inline(book, "str"), "", "texts as if formulas had given them")


def _packages(sheet: Filled) -> Iterator[Case]:
    book = sheet.content
    yield sheet.good("全部标签带前缀.xlsx", parts(book, _prefixed), "", "every tag of every part has a prefix")
    absolute = parts(book, lambda name, old: _absolute(name, old.decode()).encode())
    yield sheet.good("绝对路径.xlsx", absolute, "", "relationships with absolute targets")
    yield sheet.good("部件换了地方.xlsx", _elsewhere(book), "", "the workbook's own part in another folder")
    yield sheet.good("尾部多了零.xlsx", book + bytes(700), "", "filled up with zeros by a portal")


def _lost(sheet: Filled) -> Iterator[Case]:
    book = sheet.content

    def in_book(pattern: str, new: str) -> bytes:
        return in_part(book, _BOOK, lambda xml: re.sub(pattern, new, xml, flags=re.DOTALL))

    unnamed = in_book("<definedNames>.*</definedNames>", "")
    yield sheet.good("丢了名称.xlsx", unnamed, "", "the defined names are lost")
    yield sheet.good("丢了样式和封面.xlsx", bare(book), "", "all formats and the cover lost, as a converter leaves it")
    seen = in_book('state="veryHidden"', 'state="hidden"')
    yield sheet.good("身份表只是隐藏.xlsx", seen, "", "the hidden sheet is hidden as people hide sheets")
    shown = in_book(' state="veryHidden"', "")
    yield sheet.good("身份表露出来了.xlsx", shown, "", "the hidden sheet is shown")
    silent = parts(book, lambda name, old: None if name == "docProps/custom.xml" else old)
    yield sheet.good("丢了属性.xlsx", silent, "", "the document's properties are gone")
    moved = in_book("(<sheet [^>]*/>)(<sheet [^>]*/>)(<sheet [^>]*/>)", r"\3\2\1")
    yield sheet.good("换了表的次序.xlsx", moved, "", "the sheets in another order")
    renamed = in_book('name="评分表"', 'name="公安局 评分（终稿）"')
    yield sheet.good("改了表名.xlsx", renamed, "", "the sheet has another name")
    lonely = parts(book, lambda name, old: _only_scoring(name, old.decode()).encode())
    yield sheet.good("只剩评分表.xlsx", lonely, "S28", "cover and hidden sheet deleted: the properties still tell")


def _formatted_to_the_end(xml: str) -> str:
    rows = "".join(f'<row r="{row}" s="1" customFormat="1"/>' for row in (5_000, 90_000, 1_048_576))
    return xml.replace("</sheetData>", f"{rows}</sheetData>")


def _formatted_cells(xml: str) -> str:
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" s="1"/><c r="AZZ{row}" s="1"/></row>' for row in range(40_000, 41_000)
    )
    return xml.replace("</sheetData>", f"{rows}</sheetData>")


def _bare_rows(xml: str) -> str:
    return xml.replace("</sheetData>", '<row s="1" customFormat="1"/>' * 300_000 + "</sheetData>")


def _extended(xml: str) -> str:
    """Return a sheet with its validations moved to an extension."""
    found = re.search(r"<dataValidations.*</dataValidations>", xml, re.DOTALL)
    if found is None:
        raise ValueError(xml)

    def one(rule: re.Match[str]) -> str:
        written, cells, inside = rule[1], rule[2], re.sub(r"<(/?)(formula\d)>", r"<\1\2>", rule[3])
        formulas = re.sub(r"<(formula\d)>(.*?)</\1>", r"<x14:\1><xm:f>\2</xm:f></x14:\1>", inside, flags=re.DOTALL)
        return f"<x14:dataValidation{written}>{formulas}<xm:sqref>{cells}</xm:sqref></x14:dataValidation>"

    rule = r'<dataValidation((?: (?!sqref)\w+="[^"]*")*) sqref="([^"]*)">(.*?)</dataValidation>'
    inside = re.sub(rule, one, found[0], flags=re.DOTALL)
    inside = re.sub(r"<(/?)dataValidations", r"<\1x14:dataValidations", inside)
    inside = inside.replace("<x14:dataValidations", f'<x14:dataValidations xmlns:xm="{_XM}"')
    extension = f'<ext uri="{{CCE6A557-97BC-4B89-ADB6-D9C93CAAB3DF}}" xmlns:x14="{_X14}">{inside}</ext>'
    return xml.replace(found[0], "").replace("</worksheet>", f"<extLst>{extension}</extLst></worksheet>")


def _single(tag: re.Match[str]) -> str:
    return re.sub(r'="([^"\']*)"', r"='\1'", tag[0])


def _indented(xml: str) -> str:
    """Return XML with a line break after every tag that does not stand before a text."""
    return re.sub(r"(?<=>)(?=<)", "\r\n  ", xml)


def _without_addresses(xml: str) -> str:
    """Return a sheet in which only the order tells where a cell is, gaps filled with empty ones."""

    def row(found: re.Match[str]) -> str:
        cells = {column_index_from_string(cell[1]): cell for cell in _CELL.finditer(found[3] or "")}
        inside = "".join(
            f"<c{cells[col][3]}>{cells[col][4] or ''}</c>" if col in cells else "<c/>"
            for col in range(1, max(cells, default=0) + 1)
        )
        return f"<row{found[2]}>{inside}</row>"

    return _ROW.sub(row, xml)


def _commented(xml: str) -> str:
    xml = xml.replace("<sheetData>", '<?mso-application progid="Excel.Sheet"?><!-- <row r="1"> --><sheetData>')
    number = re.compile(r"<v>([\d.]+)</v>")
    return number.sub(r"<v><![CDATA[\1]]></v>", xml.replace("</sheetData>", "<!-- x --></sheetData>"))


def _like_excel(xml: str) -> str:
    space = 'xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"'
    mark = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x14ac xr"'
    seen = 'xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision" xr:uid="{00000000-0001-0000}"'
    xml = xml.replace("<worksheet ", f"<worksheet {space} {mark} {seen} ", 1)
    xml = re.sub(r"<row ([^>]*?)(/?)>", r'<row \1 x14ac:dyDescent="0.15"\2>', xml)
    return re.sub(r'(<c r="\w+"(?: s="\d+")?(?: t="\w+")?)', r'\1 ph="1"', xml)


def _in_runs(item: re.Match[str]) -> str:
    found = _TEXT.search(item[1])
    text = found[1] if found else ""
    half = len(text) // 2 if "&" not in text else 0
    first = f'<r><rPr><sz val="11"/></rPr><t xml:space="preserve">{text[:half]}</t></r>' if half else ""
    red = '<rPr><color rgb="FFFF0000"/><sz val="11"/></rPr>'
    return f'<si>{first}<r>{red}<t xml:space="preserve">{text[half:]}</t></r></si>'


def _numbered(part: bytes) -> bytes:
    return re.sub(r"[^\x00-\x7f]", lambda sign: f"&#{ord(sign[0])};", part.decode()).encode()


def _inline(book: bytes, kind: str) -> bytes:
    """Return a workbook with every text in its cell."""
    items = _ITEM.findall(part(book, _STRINGS).decode())

    def cell(found: re.Match[str]) -> str:
        item = items[int(found[2])]
        text = "".join(_TEXT.findall(item))
        inside = f"<is>{item}</is>" if kind == "inlineStr" else f"<v>{text}</v>"
        return f'{found[1]} t="{kind}">{inside}'

    def edit(name: str, old: bytes) -> bytes | None:
        if name == _STRINGS:
            return None
        if name in (_RELATIONS, "[Content_Types].xml"):
            return re.sub(rb'<(?:Relationship|Override) [^<>]*sharedStrings\.xml"[^<>]*>', b"", old)
        if name.startswith("xl/worksheets/"):
            return re.sub(r'(<c [^>]*?) t="s"><v>(\d+)</v>', cell, old.decode()).encode()
        return old

    return parts(book, edit)


def _prefixed(name: str, old: bytes) -> bytes:
    """Return a part in which every tag has a prefix, as writers do that know nothing of default namespaces."""
    xml = old.decode()
    if not name.endswith((".xml", ".rels")) or name.startswith("docProps"):
        return old
    head, sign, body = xml.partition("?>")
    body = re.sub(r"<(/?)([A-Za-z]\w*)(?=[\s/>])", r"<\1ns0:\2", body)
    body = body.replace(" xmlns=", " xmlns:ns0=", 1)
    return f"{head}{sign}{body}".encode()


def _absolute(name: str, xml: str) -> str:
    if name == "_rels/.rels":
        return re.sub(r'Target="(?!/)', 'Target="/', xml)
    return re.sub(r'Target="(?!/)', 'Target="/xl/', xml) if name == _RELATIONS else xml


def _elsewhere(book: bytes) -> bytes:
    """Return a workbook whose main part stands in book/."""
    relations = _absolute(_RELATIONS, part(book, _RELATIONS).decode()).encode()

    def edit(name: str, old: bytes) -> bytes | None:
        if name in (_BOOK, _RELATIONS):
            return None
        listing = name in ("_rels/.rels", "[Content_Types].xml")
        return old.replace(b"xl/workbook.xml", b"book/main.xml") if listing else old

    return parts(book, edit, {"book/main.xml": part(book, _BOOK), "book/_rels/main.xml.rels": relations})


def _in_utf16(xml: str) -> bytes:
    return xml.replace('encoding="UTF-8"', 'encoding="UTF-16"', 1).encode("utf-16")


def _only_scoring(name: str, xml: str) -> str:
    if name == _BOOK:
        xml = re.sub(r'<sheet name="(?!评分表)[^>]*/>', "", xml)
        return re.sub(r"<definedNames>.*</definedNames>", "", xml)
    return xml
