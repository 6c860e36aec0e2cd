"""What a returned workbook holds besides its values: each sign, in files of our own and as other programs write."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from office_copies import DEPARTMENT, XLSX, copies
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.datavalidation import DataValidation
from package_parts import MAIN, NAMESPACES, REFERENCES, Part, ods, pack, parts, relations, xlsx
from reading_cases import Signs, inspect
from scoring_cases import filled, plan_2022

from qtool.addresses import address
from qtool.layout import COVER, META, SHEET, Layout
from qtool.office.workbook.reader import Unreadable, open_workbook
from qtool.office.workbook.signs import SheetSigns

POLICE, FARMING = "市公安局", "市农业农村局"


def only(content: bytes) -> SheetSigns:
    """Return the signs of the only sheet."""
    (sheet,) = inspect(content).sheets
    return sheet


def inputs(layout: Layout) -> list[str]:
    return [address(*cell) for cell in layout.inputs.values()]


def check_our_own(signs: Signs, layout: Layout, hidden: str = "veryHidden") -> None:
    cover, sheet, meta = signs.sheets
    assert [cover.name, sheet.name, meta.name] == [COVER, SHEET, META]
    assert [cover.state, sheet.state, meta.state] == ["visible", "visible", hidden]
    assert sheet.protected
    assert sheet.validated.missing(inputs(layout)) == set()
    assert address(layout.sign_row, 0) not in sheet.validated
    assert sheet.errors == {}
    assert (sheet.rows, sheet.cols) == (layout.sign_row + 2, layout.last_col + 1)
    assert sheet.hidden_cols == {0}
    assert sheet.hidden_rows == {0}
    assert signs.external_links == ()
    assert not signs.macros
    assert signs.properties["qtool-department"] == layout.department
    computed = {address(cell.row, cell.col) for cell in layout.formulas()}
    assert computed <= set(sheet.formulas)
    assert not set(inputs(layout)) & set(sheet.formulas)
    assert set(inputs(layout)) <= sheet.unlocked
    assert not computed & sheet.unlocked


@pytest.mark.parametrize("department", [POLICE, FARMING])
def test_our_own_workbooks(tmp_path: Path, department: str) -> None:
    path, layout = filled(tmp_path, department)
    signs = inspect(path.read_bytes())
    check_our_own(signs, layout)
    book = load_workbook(path)
    for sheet in signs.sheets:
        cells = [cell for row in book[sheet.name].iter_rows() for cell in row]
        assert dict(sheet.formulas) == {
            cell.coordinate: cell.value[1:] for cell in cells if isinstance(cell.value, str) and cell.data_type == "f"
        }
        marked = {str(block) for found in book[sheet.name].data_validations.dataValidation for block in found.cells}
        assert sheet.validated.missing(marked) == set()
        assert bool(sheet.validated) == bool(marked)
        assert sheet.unlocked == {cell.coordinate for cell in cells if not cell.protection.locked}


def test_a_sheet_is_gone_through_once(tmp_path: Path) -> None:
    path, _ = filled(tmp_path, POLICE)
    book = open_workbook(path)
    assert book.format == "xlsx"
    signs = book.sheet_signs(SHEET)
    assert signs is not None
    assert book.rows(SHEET)
    assert book.sheet_signs(SHEET) is signs


def test_a_copy_saved_by_openpyxl(tmp_path: Path) -> None:
    path, layout = filled(tmp_path, POLICE)
    book = load_workbook(path)
    book.save(path)
    check_our_own(inspect(path.read_bytes()), layout)


@pytest.mark.office
def test_a_copy_saved_by_libreoffice() -> None:
    signs = inspect(copies(XLSX)["own"])
    check_our_own(signs, Layout(plan_2022(), DEPARTMENT), "hidden")  # it knows no sheet that is hidden for good


def test_what_a_scorer_changed_is_seen(tmp_path: Path) -> None:
    path, layout = filled(tmp_path, POLICE)
    book = load_workbook(path)
    sheet = book[SHEET]
    cells = inputs(layout)
    sheet[cells[0]].value = "=1+1"
    sheet[cells[1]].value = "=[1]other!A1"
    sheet[cells[2]].value = "#REF!"
    sheet.data_validations.dataValidation = [
        found for found in sheet.data_validations.dataValidation if cells[3] not in found.cells
    ]
    sheet.protection.sheet = False
    sheet.row_dimensions[layout.rows["total"] + 1].hidden = True
    sheet.row_dimensions[1000].hidden = True
    sheet.column_dimensions["Z"].hidden = True
    sheet["AC700"].number_format = "0.00"
    sheet["AB400"].value = "远处"
    book.save(path)
    found = inspect(path.read_bytes()).sheets[1]
    assert found.formulas[cells[0]] == "1+1"
    assert found.formulas[cells[1]] == "[1]other!A1"
    assert found.errors == {cells[2]: "#REF!"}
    assert set(cells) & found.validated.missing(cells) == {cell for cell in cells if cell not in found.validated}
    assert cells[3] in found.validated.missing(cells)
    assert not found.protected
    assert found.hidden_rows == {0, layout.rows["total"]}
    assert found.hidden_cols == {0}
    assert (found.rows, found.cols) == (400, 28)
    assert (found.all_rows, found.all_cols) == (1000, 29)


CELLS = '<row r="1"><c r="A1" s="3"><v>1</v></c><c r="B2" s="1"/></row>'


SHARED = (
    '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1</f></c></row>'
    '<row r="2"><c r="A2"><f t="shared" si="0"/></c><c r="B2"><f t="shared" si="7"/></c></row>'
)


@pytest.mark.parametrize(
    ("rows", "formulas"),
    [
        ('<row r="1"><c r="A1"><f>1&lt;2</f><v>1</v></c></row>', {"A1": "1<2"}),
        ("<row r='1'><c r='A1' t='n'><f>B1</f><v>1</v></c></row>", {"A1": "B1"}),
        ('<row r="1"><c t="n" s="2" r="A1"><f>B1</f></c></row>', {"A1": "B1"}),
        ("<row><c/><c><f>B1</f></c></row><row><c><f>C1</f></c></row>", {"B1": "B1", "A2": "C1"}),
        ('<row r="1"><c r="A1">\n <f>B1</f></c></row>', {"A1": "B1"}),
        ('<row r="1"><c r="A1"><f><![CDATA[1<2]]></f></c></row>', {"A1": "1<2"}),
        ('<row r="1"><c r="A1"><!-- no --><f>B1<!-- no --></f></c></row>', {"A1": "B1"}),
        ('<row r="1"><!--<c r="A1"><f>B1</f></c>--></row>', {}),
        ('<row r="1"><c r="A1"><f t="array" ref="A1:A2">B1:B2</f></c></row>', {"A1": "B1:B2"}),
        ('<row r="1"><c r="A1"><f aca="false">B1</f></c><c r="B1"><f>A2</f></c></row>', {"A1": "B1", "B1": "A2"}),
        (SHARED, {"A1": "B1", "A2": "B1", "B2": ""}),
        ('<row r="1"><c r="A1" t="str"><v>=1+1</v></c><c r="B1"><v>1</v></c></row>', {}),
        ('<row r="1"><c r="a1"><f>B1</f></c></row>', {"A1": "B1"}),
        ('<row r="1"><c r="A1"><v>1</v><f>B1</f></c><c r="B1"><f>C1</f></c></row>', {"A1": "B1", "B1": "C1"}),
        ('<row r="1"><c r="A1"><f\n>B1</f></c></row>', {"A1": "B1"}),
    ],
)
def test_formulas_however_they_are_written(rows: str, formulas: dict[str, str]) -> None:
    found = only(xlsx(rows)).formulas
    assert dict(found) == formulas
    assert len(found) == len(formulas)
    assert all(cell in found for cell in formulas)
    assert "ZZ9" not in found


@pytest.mark.parametrize(
    ("rows", "errors"),
    [
        ('<row r="1"><c r="A1" t="e"><v>#REF!</v></c></row>', {"A1": "#REF!"}),
        ('<row r="1"><c r="A1" s="3" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>', {"A1": "#DIV/0!"}),
        ("<row r='1'><c t='e' r='A1'><f t='shared' si='0'/><v>#N/A</v></c></row>", {"A1": "#N/A"}),
        ('<row r="1"><c r="A1" t="e"><v>#SPILL!</v></c><c r="B1" t="str"><v>#REF!</v></c></row>', {"A1": "#SPILL!"}),
    ],
)
def test_errors(rows: str, errors: dict[str, str]) -> None:
    assert only(xlsx(rows)).errors == errors


def test_prefixes_as_some_programs_write_them() -> None:
    sheet = (
        f'<?xml version="1.0" encoding="utf-8"?><x:worksheet xmlns:x="{MAIN}">'
        '<x:cols><x:col min="2" max="3" hidden="1"/></x:cols><x:sheetData>'
        '<x:row r="1" hidden="1"><x:c r="B1"><x:f>1+1</x:f><x:v>2</x:v></x:c>'
        '<x:c r="D1" t="e"><x:v>#REF!</x:v></x:c></x:row>'
        '</x:sheetData><x:sheetProtection sheet="1"/>'
        '<x:dataValidations><x:dataValidation sqref="B1:C9"/></x:dataValidations></x:worksheet>'
    )
    book = (
        f'<x:workbook xmlns:x="{MAIN}" xmlns:q="{REFERENCES}"><x:sheets>'
        '<x:sheet name="表" sheetId="1" q:id="rId1"/></x:sheets></x:workbook>'
    )
    found = only(xlsx(sheet=sheet, book=book))
    assert dict(found.formulas) == {"B1": "1+1"}
    assert dict(found.errors) == {"D1": "#REF!"}
    assert found.protected
    assert found.hidden_cols == {1}
    assert found.hidden_rows == {0}
    assert found.validated.missing(["B1", "C9", "D1"]) == {"D1"}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "gb18030"])
def test_other_encodings(encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    rows = '<row r="1"><c r="A1"><f>"中文"</f></c></row>'
    sheet = f'<?xml version="1.0" encoding="{declared}"?><worksheet><sheetData>{rows}</sheetData></worksheet>'
    assert dict(only(xlsx(sheet=sheet.encode(encoding))).formulas) == {"A1": '"中文"'}


def test_extents_leave_out_what_is_merely_formatted() -> None:
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="C1" s="1"/></row>'
        '<row r="5"><c r="E5" s="1"></c><c r="F5"><v></v></c><c r="G5"> </c></row><row r="9" ht="20"/>'
    )
    found = only(xlsx(rows))
    assert (found.rows, found.cols) == (1, 1)
    assert (found.all_rows, found.all_cols) == (9, 7)
    empty = only(xlsx())
    assert (empty.rows, empty.cols, empty.all_rows, empty.all_cols) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("row", "hidden"),
    [
        ('r="1" hidden="1"', True),
        ('r="1" hidden="true"', True),
        ("ht='0' r='1'", True),
        ('r="1" ht="0.0" customHeight="1"', True),
        ('r="1" hidden="false"', False),
        ('r="1" hidden="0" ht="10"', False),
    ],
)
def test_hidden_rows(row: str, hidden: bool) -> None:
    assert only(xlsx(f'<row {row}><c r="A1"><v>1</v></c></row>')).hidden_rows == ({0} if hidden else set())
    assert only(xlsx(f'<row {row}><c r="A1" s="1"/></row>')).hidden_rows == set()


@pytest.mark.parametrize(
    ("col", "hidden"),
    [
        ('min="1" max="9" hidden="1"', {0, 2}),
        ('hidden="true" max="3" min="2" width="9"', {2}),
        ('min="1" max="1" width="0"', {0}),
        ('min="1" max="9" hidden="false" width="10"', set()),
        ('min="x" max="" hidden="1"', set()),
    ],
)
def test_hidden_columns(col: str, hidden: set[int]) -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="B1" s="1"/><c r="C1"><v>1</v></c></row>'
    assert only(xlsx(rows, before=f"<cols><col {col}/></cols>")).hidden_cols == hidden


@pytest.mark.parametrize(
    ("protection", "locked"), [('sheet="1"', True), ("sheet='true'", True), ("", False), ('sheet="0"', False)]
)
def test_protection(protection: str, locked: bool) -> None:
    assert only(xlsx(CELLS, after=f'<sheetProtection {protection} objects="1"/>')).protected == locked
    assert not only(xlsx(CELLS)).protected


def test_validations_on_cells_blocks_and_in_extensions() -> None:
    written = (
        '<dataValidations count="3"><dataValidation type="list" prompt="a &gt; b" sqref="A1 C3:D4">'
        "<formula1>1</formula1></dataValidation><dataValidation sqref='F1:F20000'/>"
        "<dataValidation sqref='H:H $J$2 50:50'/></dataValidations>"
        "<extLst><ext><x14:conditionalFormattings><xm:sqref>Z1</xm:sqref></x14:conditionalFormattings>"
        "<x14:dataValidations><x14:dataValidation><xm:sqref>B7 B9:B10</xm:sqref></x14:dataValidation>"
        "</x14:dataValidations></ext></extLst>"
    )
    found = only(xlsx(CELLS, after=written)).validated
    inside = {"A1", "C3", "D4", "F1", "F20000", "H1", "H1048576", "J2", "Q50", "B7", "B10"}
    outside = {"A2", "C5", "E3", "F20001", "I1", "J3", "Q51", "Z1", "B8", "nonsense"}
    assert found.missing(inside | outside) == outside
    assert all(cell in found for cell in inside)
    assert not any(cell in found for cell in outside)
    assert found
    assert not only(xlsx(CELLS)).validated


def test_a_validation_of_openpyxl(tmp_path: Path) -> None:
    book = Workbook()
    rule = DataValidation(type="list", formula1='"是,否"')
    book.worksheets[0].add_data_validation(rule)
    rule.add("B2:B500")
    rule.add("D4")
    book.save(tmp_path / "x.xlsx")
    found = only((tmp_path / "x.xlsx").read_bytes()).validated
    assert found.missing(["B2", "B500", "D4", "B501", "D5"]) == {"B501", "D5"}


def with_relation(kind: str, target: str, **more: Part) -> bytes:
    listed = (("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId9", kind, target))
    return pack(parts(CELLS, book_relations=relations(*listed)) | more)


def test_links_to_other_files_and_programs() -> None:
    link = "xl/externalLinks/externalLink1.xml"
    content = with_relation(
        "externalLink",
        "externalLinks/externalLink1.xml",
        **{
            link: '<externalLink><externalBook/><ddeLink ddeService="Excel" ddeTopic="C:\\a&amp;b"/></externalLink>',
            "xl/externalLinks/_rels/externalLink1.xml.rels": relations(
                ("rId1", "externalLinkPath", "file:///D:/去年.xlsx")
            ),
        },
    )
    assert inspect(content).external_links == ("file:///D:/去年.xlsx", "Excel|C:\\a&b")
    assert inspect(xlsx(CELLS)).external_links == ()


def test_macros() -> None:
    assert inspect(with_relation("vbaProject", "vbaProject.bin")).macros
    assert inspect(xlsx(CELLS, macros=b"\xd0\xcf")).macros
    assert inspect(with_relation("xlMacrosheet", "macrosheets/sheet1.xml")).macros
    assert not inspect(xlsx(CELLS)).macros


def test_custom_properties() -> None:
    custom = (
        "<Properties xmlns:vt='v'><property fmtid='{D}' pid='2' name='KSOProductBuildVer'><vt:lpwstr>2052-12.1.0"
        '</vt:lpwstr></property><property name="a&amp;b" pid="3"><vt:i4>5</vt:i4></property>'
        '<property name="text"><vt:lpwstr>&lt;&#20013;&#x6587;&gt;</vt:lpwstr></property></Properties>'
    )
    found = inspect(xlsx(CELLS, custom=custom)).properties
    assert found == {"KSOProductBuildVer": "2052-12.1.0", "a&b": "5", "text": "<中文>"}
    elsewhere = pack(
        parts(
            CELLS,
            first_relations=relations(
                ("r1", "officeDocument", "/xl/workbook.xml"), ("r2", "custom-properties", "odd/props.xml")
            ),
        )
        | {"odd/props.xml": custom}
    )
    assert inspect(elsewhere).properties == found
    assert inspect(xlsx(CELLS)).properties == {}


def test_parts_are_found_as_excel_finds_them() -> None:
    odd = pack(
        {
            "_rels/.rels": relations(("x", "officeDocument", "/Book/main%20part.xml")),
            "book/main part.xml": f'<workbook {NAMESPACES}><sheets><sheet r:id="a" name="一&amp;二" state="hidden"/>'
            '<sheet r:id="b" name="图"/></sheets></workbook>',
            "Book/_rels/main part.xml.rels": relations(
                ("a", "worksheet", "../data\\S.XML"), ("b", "chartsheet", "c.xml")
            ),
            "data/s.xml": '<worksheet><sheetData><row r="1"><c r="A1"><v>7</v></c></row></sheetData></worksheet>',
        }
    )
    found = only(odd)
    assert (found.name, found.state, found.rows) == ("一&二", "hidden", 1)
    book = open_workbook(odd)
    assert book.names == ["一&二", "图"]
    assert book.rows("一&二") == [[7.0]]
    assert book.rows("图") == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        ods("<table:table-row/>"),
        xlsx(CELLS)[:-40],
        xlsx(CELLS, book=None),
        xlsx(CELLS, sheet=None),
        xlsx(CELLS, sheet="<worksheet/>"),
        xlsx(CELLS, sheet="<worksheet><sheetData>"),
        xlsx(CELLS, book="<workbook/>"),
        xlsx("<row><c><v>1</v></row>"),
        xlsx('<row r="0"><c r="A0"><v>1</v></c></row>'),
        xlsx("<!-- " + CELLS),
        xlsx(CELLS, custom='<!DOCTYPE a [<!ENTITY b "c">]><Properties/>'),
        xlsx(CELLS, sheet=b'<?xml version="1.0" encoding="big5"?><worksheet>\xff\xff</worksheet>'),
    ],
)
def test_what_is_damaged_or_no_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        _ = inspect(content).properties


def test_more_validations_than_anybody_makes_are_refused() -> None:
    many = " ".join(f"A{10 * number}:B{10 * number + 90}" for number in range(1, 5000))
    sheet = only(xlsx(CELLS, after=f'<dataValidations><dataValidation sqref="{many}"/></dataValidations>'))
    with pytest.raises(Unreadable, match="过大"):
        _ = sheet.validated


def test_signs_of_equal_sheets_are_equal_and_can_be_replaced() -> None:
    sheet = only(xlsx(CELLS))
    assert replace(sheet, name="别名").name == "别名"
    assert "worksheet" not in repr(sheet)
