"""Every way of writing a worksheet's XML: the same values and the same signs come of all of them."""

from __future__ import annotations

import contextlib
import datetime as dt
import time
import tracemalloc
from collections.abc import Iterator

import pytest
from package_parts import MAIN, REFERENCES, Part, pack, parts, relations, xlsx
from reading_cases import ONE, inspect, reason, refused, rows

from qtool.office.workbook.reader import TooLarge, open_workbook
from qtool.office.workbook.signs import SheetSigns

STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRINGS = "<sst><si><t>零</t></si><si><r><t>一</t></r><r><t>二</t></r><rPh sb='0' eb='1'><t>yi</t></rPh></si></sst>"
CELLS = (
    '<row r="1" hidden="1"><c r="A1" t="s"><v>1</v></c><c r="B1" s="1"><f>C1*2</f><v>4</v></c>'
    '<c r="C1"><v>2</v></c></row>'
    '<row r="3"><c r="A3" t="inlineStr"><is><t>内</t></is></c><c r="C3" t="b"><v>1</v></c></row>'
)
AFTER = (
    '<sheetProtection sheet="1"/><mergeCells count="1"><mergeCell ref="A3:B3"/></mergeCells>'
    '<dataValidations count="1"><dataValidation sqref="C1"/></dataValidations>'
)
COLS = '<cols><col min="3" max="3" hidden="1"/></cols>'
STYLES = '<styleSheet><cellXfs><xf/><xf numFmtId="10"><protection locked="0"/></xf></cellXfs></styleSheet>'
ROWS = [["一二", 4.0, 2.0], ["", "", ""], ["内", "", True]]


def prefixed(xml: str, prefix: str) -> str:
    return xml.replace("</", "\0").replace("<", f"<{prefix}:").replace("\0", f"</{prefix}:")


def sheet_of(cells: str, opening: str = "worksheet", closing: str = "worksheet") -> str:
    return f"<{opening}>{COLS}<sheetData>{cells}</sheetData>{AFTER}</{closing}>"


def without_addresses(cells: str) -> str:
    for address in ("A1", "B1", "C1", "A3"):
        cells = cells.replace(f' r="{address}"', "")
    return cells.replace(' r="1"', "")


WAYS: dict[str, Part] = {
    "plain": sheet_of(CELLS),
    "a namespace": sheet_of(CELLS, f'worksheet xmlns="{MAIN}"'),
    "the strict namespace": sheet_of(CELLS, f'worksheet xmlns="{STRICT}"'),
    "a prefix": f'<a:worksheet xmlns:a="{MAIN}">{prefixed(sheet_of(CELLS)[11:-12], "a")}</a:worksheet>',
    "an odd prefix": f'<日:worksheet xmlns:日="{MAIN}">{prefixed(sheet_of(CELLS)[11:-12], "日")}</日:worksheet>',
    "a prefix that is not declared": prefixed(sheet_of(CELLS), "x"),
    "single quotes": sheet_of(CELLS).replace('"', "'"),
    "another order of attributes": sheet_of(CELLS).replace('r="B1" s="1"', 's = "1"\n r="B1"'),
    "white space": sheet_of(CELLS).replace("><", ">\n  <").replace("/>", " />"),
    "no addresses": sheet_of(without_addresses(CELLS)),
    "small letters": sheet_of(CELLS.replace('r="C', 'r="c').replace('r="A', 'r="a')),
    "cells out of order": sheet_of(
        CELLS.replace('<c r="C1"><v>2</v></c>', "").replace('<c r="A1"', '<c r="C1"><v>2</v></c><c r="A1"')
    ),
    "comments and sections": sheet_of(CELLS.replace("<v>4</v>", "<v><!-- 9 --><![CDATA[4]]></v>")).replace(
        "<sheetData>", "<?pi?><!-- <c/> --><sheetData>"
    ),
    "figures of letters": sheet_of(CELLS.replace("内", "&#x5185;").replace("C1*2", "C&#49;*2")),
    "a mark": ("\ufeff" + sheet_of(CELLS)).encode(),
    "UTF-16": ('<?xml version="1.0" encoding="UTF-16"?>' + sheet_of(CELLS)).encode("utf-16"),
    "GBK": ('<?xml version="1.0" encoding="GBK"?>' + sheet_of(CELLS)).encode("gbk"),
    "a line before": "\r\n" + '<?xml version="1.0"?>' + sheet_of(CELLS),
    "one cell after another": sheet_of(CELLS) + "\n<!-- end -->",
}


def check(signs: SheetSigns | None) -> None:
    assert signs is not None
    assert signs.formulas == {"B1": "C1*2"}
    assert signs.errors == {}
    assert signs.doubled == ()
    assert signs.merged == ("A3:B3",)
    assert signs.protected
    assert signs.hidden_rows == {0}
    assert signs.hidden_cols == {2}
    assert signs.validated.missing(["B1", "C1"]) == {"B1"}
    assert signs.unlocked == {"B1"}
    assert signs.number_format("B1") == "0.00%"
    assert signs.number_format("A1") == "General"
    assert (signs.rows, signs.cols, signs.all_rows, signs.all_cols) == (3, 3, 3, 3)


@pytest.mark.parametrize("way", WAYS)
def test_ways_of_writing(way: str) -> None:
    book = open_workbook(xlsx(sheet=WAYS[way], strings=STRINGS, styles=STYLES))
    assert book.rows("表") == ROWS
    check(book.sheet_signs("表"))


def test_a_large_sheet_is_read_piece_by_piece_alike() -> None:
    """More than is inflated at once, in an encoding of two bytes a letter, with a cell across every seam."""
    blank = "".join(f'<row r="{row}"><c r="A{row}" s="0"/></row>' for row in range(4, 120_000))
    content = xlsx(sheet=sheet_of(CELLS + blank).encode("utf-16"), strings=STRINGS, styles=STYLES)
    book = open_workbook(content)
    assert book.rows("表") == ROWS
    signs = book.sheet_signs("表")
    assert signs is not None
    assert (signs.rows, signs.all_rows, signs.protected, signs.merged) == (3, 119_999, True, ("A3:B3",))


def test_absolute_targets_and_sheets_of_other_kinds() -> None:
    listed = "".join(
        f'<sheet name="{name}" state="{state}" r:id="{part}"/>'
        for name, state, part in (("表", "visible", "a"), ("图", "visible", "b"), ("宏", "veryHidden", "c"))
    )
    book = f'<workbook xmlns:r="{REFERENCES}"><sheets>{listed}</sheets></workbook>'
    targets = relations(
        ("a", "worksheet", "/xl/worksheets/sheet1.xml"),
        ("b", "chartsheet", "/xl/c.xml"),
        ("c", "xlMacrosheet", "m.xml"),
    )
    opened = open_workbook(xlsx(CELLS, book=book, book_relations=targets, strings=STRINGS), apart=("宏",))
    assert opened.names == ["表", "图"]
    assert [(sheet.name, sheet.state, sheet.kind) for sheet in opened.signs.sheets] == [
        ("表", "visible", "worksheet"),
        ("图", "visible", "chartsheet"),
        ("宏", "veryHidden", "xlMacrosheet"),
    ]
    assert opened.signs.macros
    assert opened.rows("图") == []
    assert opened.sheet_signs("图") is None


def only(cells: str, before: str = "") -> SheetSigns:
    (sheet,) = inspect(xlsx(cells, before=before)).sheets
    return sheet


@pytest.mark.parametrize(
    ("cells", "value", "doubled"),
    [
        ('<c r="A1"><v>1</v></c><c r="A1"><v>2</v></c>', 2.0, ("A1",)),
        ('<c r="A1"><v>1</v></c><c r="a1" t="str"><v>x</v></c>', "x", ("A1",)),
        ('<c r="A1"><v>1</v></c><c r="B1"/><c r="A1"><v>2</v></c>', 2.0, ("A1",)),
        ('<c r="A1"><f>B1</f></c><c r="A1"><v>2</v></c>', 2.0, ("A1",)),
        ('<c r="A1" t="e"><v>#REF!</v></c><c r="A1"><v>2</v></c>', 2.0, ("A1",)),
        ('<c r="A1"><v>2</v></c></row><row r="1"><c r="A1"><v>3</v></c>', 3.0, ("A1",)),
        ('<c r="A1"><v>2</v></c></row><row r="2"><c r="A1"><v>3</v></c>', 3.0, ("A1",)),
        ('<c r="A1"><v>2</v></c><c r="A1" s="1"/>', 2.0, ()),
        ('<c r="A1"><v>2</v></c><c r="A1"><v></v></c>', 2.0, ()),
    ],
)
def test_of_a_cell_that_is_written_twice_the_last_counts(cells: str, value: object, doubled: tuple[str, ...]) -> None:
    written = f'<row r="1">{cells}</row>'
    assert rows(xlsx(written))[0][0] == value
    signs = only(written)
    assert signs.doubled == doubled
    assert signs.formulas == {}
    assert signs.errors == {}


def test_formulas_of_arrays_and_tables_cover_cells() -> None:
    cells = (
        '<row r="1"><c r="A1"><f t="array" ref="A1:B2">C1:D2</f><v>1</v></c><c r="B1"><v>2</v></c>'
        '<c r="C1"><v>9</v></c></row><row r="2"><c r="A2"><v>3</v></c>'
        '<c r="D2"><f t="dataTable" ref="D2:D3" r1="A1"/><v>4</v></c></row>'
        '<row r="3"><c r="D3"><v>5</v></c><c r="E3"><f ca="1"/><v>6</v></c></row>'
    )
    assert only(cells).formulas == {"A1": "C1:D2", "B1": "C1:D2", "A2": "C1:D2", "D2": "", "D3": "", "E3": ""}
    vast = '<row r="9"><c r="A9"><v>1</v></c><c r="ZZ9"><f t="array" ref="A1:XFD1048576">1</f><v>2</v></c></row>'
    assert only(vast).formulas == {"A9": "1", "ZZ9": "1"}


def test_pictures_in_cells_of_wps_and_of_excel() -> None:
    cells = (
        '<row r="1"><c r="A1" t="str"><f>DISPIMG("ID_5",1)</f><v>=DISPIMG("ID_5",1)</v></c>'
        '<c r="B1" t="e" vm="1"><v>#VALUE!</v></c><c r="C1" t="e"><v>#VALUE!</v></c>'
        '<c r="D1" t="str"><f>_xlfn.DISPIMG("ID_6",1)</f></c></row>'
    )
    assert only(cells).pictures == {"A1", "B1", "D1"}


def test_comments_of_both_kinds() -> None:
    old = (
        "<comments><authors><author>甲</author></authors><commentList>"
        '<comment ref="A1" authorId="0"><text><r><rPr/><t xml:space="preserve">请 </t></r><r><t>核对</t></r></text>'
        "</comment>"
        '<comment ref="B2"><text><t>[Threaded comment]</t></text></comment></commentList></comments>'
    )
    threaded = (
        '<ThreadedComments><threadedComment ref="B2" id="1"><text>为什么？</text></threadedComment>'
        '<threadedComment ref="B2" parentId="1"><text>已改</text></threadedComment></ThreadedComments>'
    )
    content = pack(
        parts(ONE)
        | {
            "xl/worksheets/_rels/sheet1.xml.rels": relations(
                ("a", "comments", "../comments1.xml"), ("b", "threadedComment", "/xl/threadedComments/t1.xml")
            ),
            "xl/comments1.xml": old,
            "xl/threadedComments/t1.xml": threaded,
        }
    )
    (signs,) = inspect(content).sheets
    assert signs.comments == {"A1": "请 核对", "B2": "为什么？\n已改"}
    assert only(ONE).comments == {}


@pytest.mark.parametrize(
    ("cols", "spans"),
    [
        ('<col min="0" max="2" hidden="1"/>', ((0, 1),)),
        ('<col max="2" hidden="1"/>', ()),
        ('<col min="2" hidden="1"/>', ()),
        ('<col min="5" max="2" hidden="1"/>', ()),
        ('<col min="16000" max="99999999999999999999" hidden="1"/>', ((15_999, 16_383),)),
        ('<col min="3" max="4" hidden="1"/><col min="1" max="2" width="0"/><col min="9" max="9" hidden="true"/>',
         ((0, 3), (8, 8))),
        ('<col min="1" max="16384" hidden="1"/>' * 200_000, ((0, 16_383),)),
        ("".join(f'<col min="{2 * col}" max="{2 * col}" hidden="1"/>' for col in range(1, 8_000)) * 20,
         tuple((2 * col - 1, 2 * col - 1) for col in range(1, 8_000))),
    ],
)  # fmt: skip
def test_spans_of_hidden_columns_are_clamped_and_merged(cols: str, spans: tuple[tuple[int, int], ...]) -> None:
    begun = time.process_time()
    signs = only(ONE, before=f"<cols>{cols}</cols>")
    assert signs.out_of_sight[1] == spans
    assert all(col < 16_384 for col in signs.hidden_cols)
    assert time.process_time() - begun < 3


def test_values_as_strict_workbooks_and_others_write_them() -> None:
    cells = (
        '<row r="1"><c r="A1" t="d"><v>2022-01-05</v></c><c r="B1" t="d"><v>2022-01-05T10:30:00Z</v></c>'
        '<c r="C1" t="d"><v>10:30:00</v></c><c r="D1" t="d"><v>soon</v></c><c r="E1"><v>1e999</v></c>'
        '<c r="F1" s="99999999999999999999"><v>5</v></c><c r="G1" s="-1"><v>5</v></c><c r="H1"><v>abc</v></c>'
        '<c r="I1" t="str"><v> a_x0041__x005F_x0041_ </v></c><c r="J1" t="b"><v>false</v></c>'
        '<c r="K1"><v> 5 </v></c></row>'
    )
    assert rows(xlsx(cells)) == [
        [
            dt.date(2022, 1, 5),
            dt.datetime.fromisoformat("2022-01-05T10:30"),
            dt.time(10, 30),
            "soon",
            float("inf"),
            5.0,
            5.0,
            "abc",
            " aA_x0041_ ",
            False,
            5.0,
        ]
    ]


@pytest.mark.parametrize(
    "cell", ['t="n"><v>abc', 't="x"><v>1', 't="s"><v>0', 't="s"><v>-1', 't="b"><v>maybe', "><v>&bad;", 'r="B1"><v>1']
)
def test_cells_that_make_no_sense_are_refused(cell: str) -> None:
    assert "损坏" in reason(xlsx(f'<row r="1"><c r="A1" {cell}</v></c></row>'))


@pytest.mark.parametrize(
    "xml",
    [
        f"<worksheet><sheetData>{ONE}</sheetData><a b='{'x' * (12 << 20)}'/></worksheet>",
        f"<worksheet><sheetData>{ONE}{'<a>' * 3_000_000}",
        f"<worksheet><sheetData>{ONE}</sheetData>{'<a>' * 1_000}{'</a>' * 1_000}</worksheet>",
        f"<worksheet><sheetData>{ONE}<row r='2'>{'<c/>' * 3_000_000}</row></sheetData></worksheet>",
        f"<worksheet><sheetData>{'<row><c><v>1</v></c></row>' * 400_000}</sheetData></worksheet>",
        f"<worksheet><sheetData>{ONE}<row r='2'><c r='A2'><v>{'9' * (12 << 20)}</v></c></row></sheetData></worksheet>",
    ],
    ids=["attribute", "nested", "nested and closed", "cells", "rows", "text"],
)
def test_what_would_take_memory_or_time_is_refused(xml: str) -> None:
    with little():
        error = refused(xlsx(sheet=xml))
    assert isinstance(error, TooLarge) or "过大" in error.reason or "损坏" in error.reason


def test_very_many_elements_of_no_use_are_passed_over() -> None:
    xml = f"<worksheet><sheetData>{ONE}</sheetData><x>{'<a/>' * 3_000_000}</x></worksheet>"
    with little():
        assert rows(xlsx(sheet=xml)) == [[1.0]]


@contextlib.contextmanager
def little() -> Iterator[None]:
    """Fail where something takes much memory or much of the processor's time."""
    tracemalloc.start()
    begun = time.process_time()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < 150 << 20
    finally:
        tracemalloc.stop()
    assert time.process_time() - begun < 20
