"""What is read from every format, however a program writes it."""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Callable

import pytest
from office_copies import EXPECTED, MOMENT, XLSX, copies
from ole_cases import ole, record, xls_book
from package_parts import ods, xlsb, xlsx
from reading_cases import FLOAT, ONE, equal_cells, equal_lines, lines, reason, refused, rows

from qtool.office.workbook.reader import TooLarge, Unreadable, open_workbook, read_tables


def test_binary_workbooks() -> None:
    near = xlsb([(0, 0, "文字"), (0, 1, 0), (2, 0, 1.5), (2, 1, True), (2, 2, None)], ["共享"], (0, 14))
    assert open_workbook(near).format == "xlsb"
    assert rows(near) == [["文字", "共享"], ["", ""], [1.5, True]]
    date = struct.pack("<L", 44_566 << 2 | 2)
    assert rows(xlsb([(0, 0, date)], styles=(0, 14))) == [[dt.date(2022, 1, 5)]]
    assert rows(xlsb([(0, 0, 1.0), (1_048_575, 16_383, None)])) == [[1.0]]
    with pytest.raises(TooLarge):
        rows(xlsb([(0, 0, 1.0), (1_048_575, 16_383, 1.0)]))
    assert "损坏" in reason(xlsb([(0, 0, 7)], ["只有一个"]))


def at(row: int, col: int, content: bytes, style: int = 0) -> bytes:
    """Return what a cell's record in an old workbook holds."""
    return struct.pack("<3H", row, col, style) + content


def texts_of(*records: bytes, count: int = 1) -> bytes:
    """Return the shared texts of an old workbook; all records but the first continue it."""
    first, *more = records
    return record(0xFC, struct.pack("<2L", count, count) + first) + b"".join(record(0x3C, part) for part in more)


def old(cells: bytes, globals_: bytes = b"", *, kind: int = 0) -> bytes:
    """Return an old workbook with the sheet Sheet1."""
    return ole({"Workbook": xls_book(cells, globals_, kind=kind)})


STYLES = record(0x41E, struct.pack("<2HB", 170, 8, 0) + b"[h]:mm;@") + b"".join(
    record(0xE0, struct.pack("<2H", 0, number) + bytes(16)) for number in (0, 14, 22, 21, 46, 170)
)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (record(0x203, at(0, 0, struct.pack("<d", 0.1))), 0.1),
        (record(0x203, at(0, 0, struct.pack("<d", 44_566), 1)), dt.date(2022, 1, 5)),
        (record(0x203, at(0, 0, struct.pack("<d", 44_566.4375), 2)), MOMENT),
        (record(0x203, at(0, 0, struct.pack("<d", 0.5), 3)), dt.time(12)),
        (record(0x203, at(0, 0, struct.pack("<d", 1.25), 4)), dt.timedelta(hours=30)),
        (record(0x203, at(0, 0, struct.pack("<d", 1.25), 5)), dt.timedelta(hours=30)),
        (record(0x203, at(0, 0, struct.pack("<d", 2), 9)), 2.0),
        (record(0x203, at(0, 0, struct.pack("<d", float("nan")))) + record(0x205, at(0, 0, b"\1\0")), True),
        (record(0x27E, at(0, 0, struct.pack("<l", -450 << 2 | 3))), -4.5),
        (record(0x204, at(0, 0, struct.pack("<HB", 2, 1) + "随县".encode("utf-16-le"))), "随县"),
        (record(0xFD, at(0, 0, struct.pack("<L", 0))), "共享"),
        (record(0x205, at(0, 0, b"\x17\x01")), "#REF!"),
        (record(0x06, at(0, 0, struct.pack("<d", 7) + bytes(6))), 7.0),
        (record(0x06, at(0, 0, b"\1\0\1\0\0\0\xff\xff" + bytes(6))), True),
        (record(0x06, at(0, 0, b"\2\0\x2a\0\0\0\xff\xff" + bytes(6))), "#N/A"),
        (
            record(0x06, at(0, 0, bytes(6) + b"\xff\xff" + bytes(6))) + record(0x207, struct.pack("<HB", 2, 0) + b"ab"),
            "ab",
        ),
    ],
)
def test_cells_of_old_workbooks(cell: bytes, value: object) -> None:
    shared = texts_of(struct.pack("<HB", 2, 1) + "共享".encode("utf-16-le"))
    assert read_tables(old(cell, STYLES + shared)) == {"Sheet1": [[value]]}


def test_neighbours_and_gaps_in_old_workbooks() -> None:
    both = struct.pack("<HL", 0, 1 << 2 | 2) + struct.pack("<HL", 1, 44_566 << 2 | 2)
    cells = record(0xBD, struct.pack("<2H", 1, 1) + both + struct.pack("<H", 2))
    merely_formatted = record(0x201, at(60_000, 200, b"")) + record(0xBE, struct.pack("<5H", 9, 7, 0, 0, 8))
    assert read_tables(old(cells + merely_formatted, STYLES)) == {
        "Sheet1": [["", "", ""], ["", 1.0, dt.date(2022, 1, 5)]]
    }


def test_shared_texts_that_go_on_in_the_next_record() -> None:
    wide = "a县𠮷b".encode("utf-16-le")
    cell = record(0xFD, at(0, 0, struct.pack("<L", 0))) + record(0xFD, at(0, 1, struct.pack("<L", 1)))
    for cut in (0, 2, 4, 6, 8):
        begun = struct.pack("<HBH", 7, 9, 1) + wide[:cut]
        rest = (b"\1" + wide[cut:], b"\0cd" + bytes(4), struct.pack("<HB", 1, 0) + b"e")
        assert read_tables(old(cell, texts_of(begun, *rest, count=2))) == {"Sheet1": [["a县𠮷bcd", "e"]]}


def test_a_chart_among_old_sheets_has_no_cells() -> None:
    assert read_tables(old(record(0x203, at(0, 0, struct.pack("<d", 1))), kind=2)) == {"Sheet1": []}


@pytest.mark.office
@pytest.mark.parametrize("kind", ["xls", "ods", XLSX])
def test_other_formats_as_libreoffice_writes_them(kind: str) -> None:
    content = copies(kind)["types"]
    assert open_workbook(content).format == kind.partition(":")[0]
    error = "" if kind == XLSX else "#DIV/0!"  # of an .xlsx, `inspect` tells it
    assert rows(content) == [[*EXPECTED[0][:8], error, *EXPECTED[0][9:]], *EXPECTED[1:]]


@pytest.mark.office
@pytest.mark.parametrize("kind", ["xls", "ods", XLSX])
def test_a_far_cell_in_other_formats(kind: str) -> None:
    found = refused(copies(kind)["far"])
    assert isinstance(found, TooLarge)
    assert (found.sheet, found.rows, found.cols) == ("表", 65_536, 256)


@pytest.mark.office
@pytest.mark.parametrize("kind", ["xls", "ods", XLSX])
def test_our_own_workbook_in_other_formats(kind: str) -> None:
    assert read_tables(copies(kind)["own"]) == read_tables(copies(kind)["original"])


@pytest.mark.office
def test_an_old_workbook_with_a_password() -> None:
    content = copies("xls")["types"]
    first = next(at for at in record_places(content) if content[at : at + 2] != b"\x09\x08")
    assert refused(content[:first] + b"\x2f\x00" + content[first + 2 :]).encrypted


def record_places(content: bytes) -> list[int]:
    """Return where the records of an old workbook's first part begin; LibreOffice writes its stream in one piece."""
    places, at = [], content.find(b"\x09\x08\x10\x00\x00\x06")
    while content[at : at + 2] != b"\x0a\x00":
        places.append(at)
        at += 4 + struct.unpack_from("<H", content, at + 2)[0]
    return places


@pytest.mark.office
@pytest.mark.parametrize(
    "change",
    [
        lambda content: content[:-3000],
        lambda content: content[:2000],
        lambda content: content.replace(b"\x09\x08\x10\x00\x00\x06", b"\x09\x09\x10\x00\x00\x06"),
        lambda content: content.replace("Workbook".encode("utf-16-le"), "Workbxxk".encode("utf-16-le")),
    ],
)
def test_a_damaged_old_workbook(change: Callable[[bytes], bytes]) -> None:
    assert "损坏" in reason(change(copies("xls")["types"]))


# --- what python-calamine alone would get wrong ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('<c r="A1"><v><![CDATA[5]]></v></c>', 5.0),
        ('<c r="A1"><v>5<!-- x -->6</v></c>', 56.0),
        ('<c r="A1" t="str"><v>a<?x y?>b</v></c>', "ab"),
        ('<c r="A1" t="inlineStr"><is><t>a_x000D_b&#10;c</t></is></c>', "a\rb\nc"),
        ('<c r="A1" t="inlineStr"><is><t xml:space="preserve"> 5 </t></is></c>', " 5 "),
        ('<c r="A1" t="inlineStr"><is><r><t>东</t></r><rPh sb="0" eb="1"><t>dong</t></rPh></is></c>', "东"),
        ('<c r="A1" t="b"><v>1</v></c>', True),
        ("<c t='n' r='A1'><v>1E3</v></c>", 1000.0),
        ('<c r="a1"><v>5</v></c>', 5.0),
        ('<c r="A1" t="d"><v>2022-01-05T00:00:00</v></c>', dt.datetime.fromisoformat("2022-01-05")),
        ('<c r="A1" t="str"><v>&lt;&amp;&#x4e2d;</v></c>', "<&中"),
    ],
)
def test_cells_however_they_are_written(written: str, value: object) -> None:
    assert rows(xlsx(f'<row r="1">{written}</row>')) == [[value]]


def test_errors_of_newer_programs_do_not_spoil_a_sheet() -> None:
    cells = "".join(
        f'<c r="{col}1" t="e"><v>{error}</v></c>' for col, error in (("A", "#REF!"), ("B", "#SPILL!"), ("C", "#BUSY!"))
    )
    assert rows(xlsx(f'<row r="1">{cells}<c r="D1"><v>1</v></c></row>')) == [["", "", "", 1.0]]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "gb18030", "utf-8-sig"])
def test_parts_in_other_encodings(encoding: str) -> None:
    cells = '<row r="1"><c r="A1" t="inlineStr"><is><t>随县</t></is></c></row>'
    declared = encoding.removesuffix("-sig").removesuffix("-le")
    sheet = f'<?xml version="1.0" encoding="{declared}"?><worksheet><sheetData>{cells}</sheetData></worksheet>'
    assert rows(xlsx(sheet=sheet.encode(encoding))) == [["随县"]]


@pytest.mark.parametrize("dimension", ["A1:XFD1048576", "A1", "junk", "C5:A1", ""])
def test_a_stated_dimension_does_not_count(dimension: str) -> None:
    found = rows(xlsx('<row r="3"><c r="B3"><v>1</v></c></row>', before=f'<dimension ref="{dimension}"/>'))
    assert found == [["", ""], ["", ""], ["", 1.0]]


def test_cells_without_addresses_and_out_of_order() -> None:
    assert rows(xlsx("<row><c><v>1</v></c><c><v>2</v></c></row><row><c r='C2'><v>3</v></c><c><v>4</v></c></row>")) == [
        [1.0, 2.0, "", ""],
        ["", "", 3.0, 4.0],
    ]
    assert rows(
        xlsx('<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>2</v></c></row><row r="1"><c r="A1"><v>3</v></c></row>')
    ) == [
        [3.0, ""],
        [2.0, 1.0],
    ]


def test_a_lone_far_cell_does_not_panic(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(TooLarge):
        rows(xlsx('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))
    assert capfd.readouterr().err == ""


def test_dates_of_1904() -> None:
    book = '<workbook><workbookPr date1904="1"/><sheets><sheet name="表" r:id="rId1"/></sheets></workbook>'
    styles = '<styleSheet><cellXfs count="1"><xf numFmtId="14"/></cellXfs></styleSheet>'
    cells = '<row r="1"><c r="A1" s="0"><v>43104</v></c></row>'
    assert rows(xlsx(cells, book=book, styles=styles)) == [[dt.date(2022, 1, 5)]]
    assert rows(xlsx(cells, styles=styles)) == [[dt.date(2018, 1, 4)]]


OWN = '<numFmt numFmtId="170" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/>'


@pytest.mark.parametrize(
    "styles",
    [
        f'<numFmts count="1">{OWN}</numFmts><a/><cellXfs><xf numFmtId="0"/><xf numFmtId="170" fontId="3"/></cellXfs>',
        f'<x:numFmts>{OWN}</x:numFmts><x:cellXfs><x:xf numFmtId="0"/><x:xf numFmtId="170"/></x:cellXfs>',
        f"<numFmts>{OWN}</numFmts><cellXfs><xf fontId='0' numFmtId='0'/><xf fontId='0' numFmtId='170'></xf></cellXfs>",
        '<cellStyleXfs><xf/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"><a/></xf></cellXfs>',
        f'<!-- <cellXfs> --><numFmts>{OWN}</numFmts><cellXfs><xf numFmtId="0"/><xf\nnumFmtId="170" /></cellXfs>',
    ],
)
def test_dates_however_their_formats_are_written(styles: str) -> None:
    cells = '<row r="1"><c r="A1" s="0"><v>43104</v></c><c r="B1" s="1"><v>43104</v></c></row>'
    assert rows(xlsx(cells, styles=f"<styleSheet>{styles}</styleSheet>")) == [[43104.0, dt.date(2018, 1, 4)]]


def typed(kind: str, value: str = "", content: str = "") -> str:
    """Return a cell of OpenDocument; the attribute that holds a value is named for its kind."""
    attribute = {"float": "value", "percentage": "value"}.get(kind, f"{kind}-value")
    held = f' office:{attribute}="{value}"' if value else ""
    return f'<table:table-cell office:value-type="{kind}"{held}>{content}</table:table-cell>'


SPACED = (
    '<text:p>a</text:p><text:p>b<text:s text:c="3"/>c<text:tab/>d<text:line-break/>e<text:span>f</text:span></text:p>'
)
A, SPACES = "<text:p>a</text:p>", '<text:s text:c="500"/>'
NOTED = "<office:annotation><text:p>注</text:p></office:annotation><text:p>值</text:p>"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (typed("string", content=SPACED), "a\nb   c\td\nef"),
        (typed("string", content=NOTED), "值"),
        (typed("string", content='<text:p>a<text:s text:c="2000000000"/></text:p>'), "a" + " " * 1000),
        (typed("string", content="<text:p>a<text:note><text:p>注</text:p></text:note>b</text:p>"), "ab"),
        (
            typed("string", content=f"<draw:frame><text:p>框</text:p></draw:frame>{A}"),
            "a",
        ),
        (typed("string", content=f"{A}<text:p>{SPACES * 3}</text:p>"), "a\n" + " " * 1000),
        (typed("string", "x&amp;y"), "x&y"),
        (typed("percentage", "0.5", "<text:p>50%</text:p>"), 0.5),
        (typed("date", "2022-01-05"), dt.date(2022, 1, 5)),
        (typed("date", "2022-01-05T10:30:00"), MOMENT),
        (typed("time", "PT01H02M03S"), dt.time(1, 2, 3)),
        (typed("time", "PT30H00M00S"), dt.timedelta(hours=30)),
        (typed("boolean", "false"), False),
        (typed("float", "7").replace("table-cell", "covered-table-cell"), 7.0),
        ("<table:table-cell><text:p>无类型</text:p></table:table-cell>", "无类型"),
    ],
)
def test_cells_of_opendocument(cell: str, value: object) -> None:
    assert rows(ods(lines(cell + FLOAT))) == [[value, 1.0]]


def test_errors_and_repeated_cells_of_opendocument() -> None:
    error = typed("string", content="<text:p>#REF!</text:p>").replace(">", ' calcext:value-type="error">', 1)
    twice = equal_cells(2, typed("string", content="<text:p>a</text:p>"))
    assert rows(ods(equal_lines(2, error + twice) + lines(FLOAT))) == [
        ["#REF!", "a", "a"],
        ["#REF!", "a", "a"],
        [1.0, "", ""],
    ]
    assert rows(ods(lines("<table:table-cell/>"))) == []
    for wrong in ("-1", "0", "x", "9" * 12):
        assert "损坏" in reason(ods(equal_lines(wrong, FLOAT)))
    assert "损坏" in reason(ods(lines(typed("date", "x"))))


def test_a_sheet_that_is_not_there() -> None:
    with pytest.raises(Unreadable):
        open_workbook(xlsx(ONE)).rows("没有")
