"""Files that would end the process, take all memory, or are no workbooks at all: read as far as is safe, or refused."""

from __future__ import annotations

import struct
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from ole_cases import ole, record, xls_book
from package_parts import CONTENT_TYPES, MAIN, ods, pack, parts, relations, unpack, xlsx
from reading_cases import FLOAT, ONE, equal_cells, equal_lines, lines, reason, refused, rows

from qtool.office.workbook.reader import TooLarge, Unreadable, open_workbook
from qtool.office.workbook.rows import MOST_CELLS, MOST_COLS, MOST_ROWS, fits

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


# --- how far a sheet goes -------------------------------------------------------------------------------------------


def test_the_limits() -> None:
    assert fits(MOST_ROWS, MOST_CELLS // MOST_ROWS)
    assert fits(MOST_CELLS // MOST_COLS, MOST_COLS)
    assert not fits(MOST_ROWS + 1, 1)
    assert not fits(1, MOST_COLS + 1)
    assert not fits(MOST_ROWS, MOST_CELLS // MOST_ROWS + 1)


@pytest.mark.parametrize(
    ("far", "where"),
    [
        ('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', (1_048_576, 16_384)),
        ("<row r='20001'><c r='A20001' t='str'><v>x</v></c></row>", (20_001, 1)),
        ('<row r="2"><c r="ALM2"><f>1</f><v>1</v></c></row>', (2, 1_001)),
        ('<row r="20000"><c r="CW20000"><v>1</v></c></row>', (20_000, 101)),
        ('<row r="2"><c s="1" r="B2" t="n"><v>1</v></c><c r="XFD2"><v>1</v></c></row>', (2, 16_384)),
        ('<row r="1048575"/><row><c><v>1</v></c></row>', (1_048_576, 1)),
        ('<row r="2"><c r="XFC2"><v>1</v></c><c><v>1</v></c></row>', (2, 16_384)),
        ('<row r="2"><q:c r="XFD2"><q:v>1</q:v></q:c></row>', (2, 16_384)),
    ],
)
def test_a_far_cell_is_refused_and_named(far: str, where: tuple[int, int]) -> None:
    book = open_workbook(xlsx(ONE + far))
    assert book.names == ["表"]
    with pytest.raises(TooLarge) as raised:
        book.rows("表")
    error = raised.value
    assert (error.sheet, error.rows, error.cols) == ("表", *where)
    assert f"第{where[0]}行、第{where[1]}列" in error.reason
    assert not error.encrypted


def test_a_cell_may_not_name_two_places() -> None:
    assert "损坏" in reason(xlsx(f'{ONE}<row r="2"><c r="B2" r="XFD1048576"><v>1</v></c></row>'))


def test_what_is_no_xml_is_refused() -> None:
    """Nothing is left out or put together: no cell comes of what a tag was torn by."""
    refused(xlsx(ONE + '<row r="2"><<c r="A2" s="1"/>c r="B2"><v>5</v></c></row>'))
    refused(xlsx(ONE + '<row r="2"><c r="A2" s="1"/><<f>1</f>c r="B2"><v>5</v></c></row>'))
    refused(xlsx(ONE + '<row r="2"><c r="A2" s="1"><<f>1</f>v>5</v></c></row>'))


@pytest.mark.parametrize(
    "far",
    [
        '<row r="1048576" s="1" customFormat="1"/>',
        '<row r="1048576"><c r="XFD1048576" s="1"/></row>',
        '<row r="1048576"><c r="XFD1048576" s="1"></c></row>',
        "<row r='1048576'><c s='1' r='XFD1048576'/></row>",
        '<row r="1048576"><c r="XFD1048576" t="str"><v></v></c></row>',
    ],
)
def test_what_is_merely_formatted_does_not_count(far: str) -> None:
    assert rows(xlsx(ONE + far)) == [[1.0]]
    assert rows(xlsx(ONE + far, before='<dimension ref="A1:XFD1048576"/>')) == [[1.0]]


@pytest.mark.lengthy
def test_a_million_formatted_rows_are_passed_over_quickly() -> None:
    formatted = "".join(
        f'<row r="{row}" customFormat="false" ht="12.8" hidden="false" customHeight="true" outlineLevel="0">'
        f'<c r="A{row}" s="1"/></row>'
        for row in range(2, 1_048_577)
    )
    content = xlsx(ONE + formatted + "</sheetData><sheetData>")
    begun = time.process_time()
    book = open_workbook(content)
    assert book.rows("表") == [[1.0]]
    assert time.process_time() - begun < 10


def test_one_large_sheet_leaves_the_others_readable() -> None:
    made = parts(ONE + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    made["xl/workbook.xml"] = (
        '<workbook><sheets><sheet name="大" r:id="rId1"/><sheet name="小" r:id="rId9"/></sheets></workbook>'
    )
    targets = (("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId9", "worksheet", "worksheets/sheet2.xml"))
    made["xl/_rels/workbook.xml.rels"] = relations(*targets)
    made["xl/worksheets/sheet2.xml"] = f"<worksheet><sheetData>{ONE}</sheetData></worksheet>"
    book = open_workbook(pack(made))
    assert book.rows("小") == [[1.0]]
    with pytest.raises(TooLarge):
        book.rows("大")


@pytest.mark.parametrize(
    "written",
    [
        equal_lines(20_001, FLOAT),
        lines(FLOAT) + equal_lines(20_000, "<table:table-cell/>") + lines(FLOAT),
        lines(equal_cells(1_000) + FLOAT),
        lines(equal_cells(16_384, FLOAT)),
        lines(equal_cells(500) + FLOAT) + equal_lines(5_000, FLOAT),
    ],
)
def test_repeated_cells_of_opendocument_are_counted_first(written: str) -> None:
    assert isinstance(refused(ods(written)), TooLarge)


def test_opendocument_ends_in_a_million_empty_rows_and_columns() -> None:
    written = lines(FLOAT + equal_cells(16_383)) + equal_lines(1_048_575, "<table:table-cell/>")
    assert rows(ods(written)) == [[1.0]]


def test_what_the_sheets_of_a_workbook_take_together_is_counted_first() -> None:
    corner = lines(FLOAT) + equal_lines(19_998, "<table:table-cell/>") + lines(equal_cells(99) + FLOAT)
    assert rows(ods(corner))[-1][-1] == 1.0
    assert "过大" in quickly(ods(corner + "</table:table>" + f'<table:table table:name="b">{corner}')).reason
    assert "过大" in quickly(ods("</table:table><table:table>" * 2_000)).reason


@pytest.mark.parametrize(
    "written",
    [
        "<a>" * 1_000_000,
        "".join(f"<a{number}/>" for number in range(200_000)),
        f"<a {' '.join(f'a{number}=' + chr(34) * 2 for number in range(200_000))}/>",
        lines(f"<table:table-cell><text:p>{'x' * 9_000_000}</text:p></table:table-cell>"),
    ],
)
def test_opendocument_that_swells_is_refused(written: str) -> None:
    assert "过大" in quickly(ods(written)).reason


# --- what a file claims, and what it is -----------------------------------------------------------------------------


@pytest.mark.parametrize("claim", ['uniqueCount="99999999999"', 'count="4000000000" uniqueCount="4000000000"', ""])
def test_the_number_of_shared_texts_is_not_believed(claim: str) -> None:
    strings = f'<sst xmlns="{MAIN}" {claim}><si><t>一</t></si><si><r><t>二</t></r><r><t>三</t></r></si></sst>'
    assert rows(xlsx('<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" t="s"><v>0</v></c></row>', strings=strings)) == [
        ["二三", "一"]
    ]


def test_one_long_text_in_very_many_cells_is_refused() -> None:
    strings = f"<sst><si><t>{'长' * 30_000}</t></si></sst>"
    cells = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 900))
    assert "过大" in reason(xlsx(cells, strings=strings))
    few = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 90))
    assert len(rows(xlsx(few, strings=strings))) == 89


@pytest.mark.lengthy
def test_a_part_that_swells_is_refused() -> None:
    assert "过大" in reason(xlsx(ONE, strings=b"<sst>" + b" " * (70 << 20) + b"</sst>"))
    assert "过大" in reason(xlsx(ONE + " " * (70 << 20)))
    rows = '<row r="1" ht="10.000000000000000000000000000000000000000000000000000000000000000000000000000"/>'
    assert "过大" in reason(xlsx(ONE + rows * 3_000_000))


def test_very_many_cell_formats_are_refused() -> None:
    formats = '<xf numFmtId="14"/>' * 500_000
    assert "过大" in quickly(xlsx(ONE, styles=f"<styleSheet><cellXfs>{formats}</cellXfs></styleSheet>")).reason


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels"])
def test_a_list_of_parts_is_short(part: str) -> None:
    made = parts(ONE)
    made[part] = str(made[part]) + " " * (2 << 20)
    assert "过大" in reason(pack(made))


def test_very_many_comments_are_refused() -> None:
    assert rows(xlsx(ONE + "<!-- -->" * 1_000)) == [[1.0]]
    assert "过大" in reason(xlsx(ONE + "<!---->" * 200_000))


def test_a_part_that_hides_its_size_is_refused() -> None:
    size = 70 << 20
    content = xlsx(ONE, strings=b" " * size)
    assert content.count(struct.pack("<L", size)) == 2
    assert "损坏" in reason(content.replace(struct.pack("<L", size), struct.pack("<L", 100)))


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels"]
)
@pytest.mark.parametrize(
    "declared", ['<!DOCTYPE a [<!ENTITY b "c">]>', "<!DOCTYPE a>", '<!ENTITY b SYSTEM "file:///etc/passwd">']
)
def test_nothing_may_be_declared(part: str, declared: str) -> None:
    made = parts(ONE)
    made[part] = declared + str(made[part])
    assert reason(pack(made)) == "文件内容异常（含有外部定义）"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "空的"),
        (b"<html><body><table><tr><td>1</td></tr></table></body></html>", "是网页文件，不是 Excel 工作簿"),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html>\n<html>", "是网页文件"),
        ("<html><head><title>评分表</title>".encode("utf-16"), "是网页文件"),
        ('<html xmlns:x="urn:schemas-microsoft-com:office:excel"><td>县</td>'.encode("gb18030"), "是网页文件"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "是网页文件"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "是 XML 文件"),
        ("县,得分\r\n随县,1\r\n".encode(), "是文本文件（如 CSV），不是 Excel 工作簿"),
        ("县\t得分\r\n随县\t1\r\n".encode("gb18030"), "是文本文件（如 CSV）"),
        ("县\t得分\r\n".encode("utf-16"), "是文本文件"),
        (("县" * 3000).encode(), "是文本文件"),
        (b"Rar!\x1a\x07\x01\x00", "是压缩包（RAR），不是 Excel 工作簿"),
        (b"7z\xbc\xaf\x27\x1c\0\4", "是压缩包（7z）"),
        (b"%PDF-1.7\n%\xe2\xe3", "是 PDF 文件"),
        (b"\x89PNG\r\n\x1a\n", "是图片"),
        (b"{\\rtf1\\ansi", "文字处理"),
        (pack({"评分表.xlsx": b"PK"}), "是压缩包（ZIP），不是 Excel 工作簿"),
        (
            pack({"_rels/.rels": relations(("r", "officeDocument", "word/document.xml")), "word/document.xml": "<a/>"}),
            "是 Word 文档",
        ),
        (ods("", mimetype="application/vnd.oasis.opendocument.text"), "是文字文档"),
        (pack({"[Content_Types].xml": f'<Types xmlns="{CONTENT_TYPES}"/>'}), "损坏"),
        (b"\x00\x01\x02\x03 something", "不是 Excel 工作簿"),
        (OLE + bytes(4000), "不是 Excel 工作簿"),
        (b"PK\x05\x06" + bytes(18), "损坏"),
    ],
)
def test_what_is_no_workbook_is_called_by_its_name(content: bytes, said: str) -> None:
    assert said in reason(content)


def test_one_text_shown_by_many_sheets_is_refused() -> None:
    cells = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 90))
    made = parts(cells, strings=f"<sst><si><t>{'长' * 30_000}</t></si></sst>")
    numbers = range(1, 10)
    listed = "".join(f'<sheet name="{number}" r:id="rId{number}0"/>' for number in numbers)
    made["xl/workbook.xml"] = f"<workbook><sheets>{listed}</sheets></workbook>"
    targets = [(f"rId{number}0", "worksheet", f"worksheets/sheet{number}.xml") for number in numbers]
    made["xl/_rels/workbook.xml.rels"] = relations(*targets, ("s", "sharedStrings", "sharedStrings.xml"))
    made |= {f"xl/worksheets/sheet{number}.xml": made["xl/worksheets/sheet1.xml"] for number in numbers}
    assert "过大" in reason(pack(made))


def test_two_parts_of_one_name_and_one_part_for_two_sheets_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(xlsx(ONE))
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("XL/Worksheets/Sheet1.xml", "<worksheet/>")
    assert "损坏" in reason(path.read_bytes())
    book = '<workbook><sheets><sheet name="a" r:id="rId1"/><sheet name="b" r:id="rId1"/></sheets></workbook>'
    assert "损坏" in reason(xlsx(ONE, book=book))


def test_large_packages_of_the_wider_form(tmp_path: Path) -> None:
    content = xlsx(ONE)
    count, _, offset = struct.unpack_from("<HLL", content, content.rfind(b"PK\x05\x06") + 10)
    at, entries = offset, []
    for _ in range(count):
        packed, full, name = struct.unpack_from("<LLH", content, at + 20)
        start = struct.unpack_from("<L", content, at + 42)[0]
        figures = struct.pack("<HHQQQ", 1, 24, full, packed, start)
        head = content[at : at + 20] + b"\xff" * 8 + struct.pack("<HHH", name, len(figures), 0)
        entries.append(head + content[at + 34 : at + 42] + b"\xff" * 4 + content[at + 46 : at + 46 + name] + figures)
        at += 46 + name
    directory = b"".join(entries)
    wide_end = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, len(directory), offset)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, offset + len(directory), 1)
    old_end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    wide = content[:offset] + directory + wide_end + locator + old_end
    path = tmp_path / "x.xlsx"
    path.write_bytes(wide)
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
    assert rows(wide) == rows(content) == [[1.0]]
    assert rows(b"PK\x07\x08" + content) == [[1.0]]  # as a package that was once to be split


# --- old workbooks --------------------------------------------------------------------------------------------------


def old(cells: bytes, globals_: bytes = b"") -> bytes:
    return ole({"Workbook": xls_book(cells, globals_)})


def number(row: int, col: int) -> bytes:
    return record(0x203, struct.pack("<3Hd", row, col, 0, 1))


def quickly(content: bytes) -> Unreadable:
    """Return what is raised for a workbook, within a second and little memory."""
    open_workbook(old(number(0, 0)))  # what is imported only now does not count
    tracemalloc.start()
    begun = time.process_time()
    try:
        error = refused(content)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.process_time() - begun < 1
    assert peak < (20 << 20) + 8 * len(content), "more than the places of two million cells"
    return error


def test_far_cells_of_old_workbooks_are_refused_before_memory_is_taken() -> None:
    error = quickly(old(number(0, 0) + number(65_535, 255)))
    assert isinstance(error, TooLarge)
    assert (error.sheet, error.rows, error.cols) == ("Sheet1", 65_536, 256)
    last_column = b"".join(number(row, 255) for row in range(8_000))
    assert isinstance(quickly(old(last_column)), TooLarge)


@pytest.mark.parametrize("claim", [(0, 0xFFFFFFFF, 0, 0xFFFF), (7, 3, 9, 1)])
def test_a_dimension_of_an_old_workbook_does_not_count(claim: tuple[int, int, int, int]) -> None:
    stated = record(0x200, struct.pack("<2L3H", *claim, 0))
    assert rows(old(stated + number(0, 0)), "Sheet1") == [[1.0]]


def test_shared_texts_of_an_old_workbook_are_as_many_as_there_are() -> None:
    again = struct.pack("<HBl", 1, 4, -8) + b"a"  # which would begin anew behind itself
    shared = record(0xFC, struct.pack("<2L", 0, 0x7FFFFFFF) + again)
    text = record(0xFD, struct.pack("<3HL", 0, 0, 0, 1))
    assert "损坏" in quickly(old(text, shared)).reason


def test_defined_names_of_an_old_workbook_are_not_computed() -> None:
    """Each joins the one before to itself: the last would be 2 ** 40 letters long."""

    def name(formula: bytes) -> bytes:
        return record(0x18, struct.pack("<HBBHHH4B", 0, 0, 1, len(formula), 0, 0, 0, 0, 0, 0) + b"\0n" + formula)

    first = name(b"\x17\x0a\x00" + b"x" * 10)
    twice = (struct.pack("<BHH", 0x23, before, 0) * 2 + b"\x08" for before in range(1, 40))
    assert rows(old(number(0, 0), first + b"".join(map(name, twice))), "Sheet1") == [[1.0]]


def test_sheets_of_an_old_workbook_that_overlap_are_refused() -> None:
    stream = xls_book(number(0, 0) * 2_000)
    start = stream.index(b"\x09\x08", 4)
    sheet = struct.pack("<I4B", start, 0, 0, 1, 0) + b"S"
    many = stream[:20] + record(0x85, sheet) * 900 + stream[start - 4 :]
    moved = many.replace(struct.pack("<I", start), struct.pack("<I", len(many) - len(stream) + start))
    assert "损坏" in quickly(ole({"Workbook": moved})).reason


# --- passwords ------------------------------------------------------------------------------------------------------


def test_passwords() -> None:
    package = OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(2000)
    assert refused(package).encrypted
    locked = '<manifest:file-entry><manifest:encryption-data manifest:checksum="x"/></manifest:file-entry>'
    assert refused(ods("", manifest=locked)).encrypted
    made = unpack(ods("")) | {"encrypted-package": b"x"}
    assert refused(pack(made)).encrypted
    assert not refused(b"PK\x03\x04").encrypted


def test_a_zip_with_a_password() -> None:
    content = bytearray(xlsx(ONE))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(signature)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(signature, at + 4)
    assert refused(bytes(content)).encrypted
