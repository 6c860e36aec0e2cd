"""The reader's values are python-calamine's and openpyxl's, cell by cell; where they differ it is judged here why.

Both judges are given only what the reader takes: python-calamine ends the process on a far cell.
"""

from __future__ import annotations

import datetime as dt
import io
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
from office_copies import XLSX, copies
from openpyxl import load_workbook
from package_parts import NAMESPACES, SHEET, ods, xlsb, xlsx
from python_calamine import CalamineWorkbook

from qtool.actions.action import Request
from qtool.actions.demo import demo
from qtool.office.archive.file_kind import Kind, kind_of
from qtool.office.workbook.reader import Unreadable, read_tables
from qtool.office.workbook.rows import ERRORS, Cell, Rows

pytestmark = pytest.mark.lengthy

HERE = Path(__file__).parent
CORPUS = (HERE / "returns", HERE.parent / "templates" / "xlsx")
SLICES = 6
KINDS = {Kind.XLSX, Kind.XLSB, Kind.XLS, Kind.ODS}
OPENPYXL_READS = {Kind.XLSX}
MORE_ROWS = 50
"""Rows below the last one that openpyxl is asked for; some sheets are formatted to the end, and it makes every cell."""

CALAMINE, OPENPYXL = "python-calamine", "openpyxl"
Tables = dict[str, Rows]
Book = tuple[str, bytes]

JUDGED = {
    (CALAMINE, "error"): "It gives an error as '', like a cell that is left empty. Ours are its text, so that a return "
    "with an error is refused and not taken for one without an answer.",
    (OPENPYXL, "error"): "It gives the text of an error; ours of an .xlsx is '', and the signs tell the error apart "
    "from somebody who typed #N/A.",
    (OPENPYXL, "midnight"): "A day without a time is a date of ours, and a moment at midnight of openpyxl's.",
}
"""Differences in a cell, by their kind."""

NOT_OPENED = {
    (CALAMINE, "新的错误值.xlsx"): "One error that it does not know makes all of the workbook unreadable to it.",
    (CALAMINE, "部件换了地方.xlsx"): "It looks for xl/workbook.xml; Excel follows the relationships, and so do we.",
    (CALAMINE, "UTF-16.xlsx"): "XML may be UTF-16, and Excel reads it.",
    (OPENPYXL, "多了几张表.xlsx"): "A dialog sheet of Excel 5 makes it fail; the sheets beside it are sound.",
}
"""Workbooks that a judge does not open at all."""

DIFFERENT = {
    (CALAMINE, "带注释.xlsx"): "It loses what stands in a sheet with XML comments between the cells.",
    (OPENPYXL, "倒过来排.xlsx"): "It drops values that stand below a merged range; the file holds them.",
    (OPENPYXL, "严格OOXML.xlsx"): "It does not know the namespaces of strict OOXML, and finds no sheets.",
}
"""Workbooks of which a judge does not get the values."""


def workbooks(name: str, content: bytes) -> Iterator[Book]:
    """Yield a file if it is a workbook, or the workbooks in it if it is a zip archive."""
    kind = kind_of(content, name)
    if kind in KINDS:
        yield name, content
    elif kind is Kind.ZIP:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                try:
                    member = archive.read(entry)
                except (RuntimeError, zipfile.BadZipFile, NotImplementedError):  # broken on purpose, or with a password
                    continue
                yield from workbooks(f"{name}/{entry.filename}", member)


def in_folder(folder: Path) -> list[Book]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [book for path in files for book in workbooks(path.name, path.read_bytes())]


def by_calamine(content: bytes, _ours: Tables) -> Tables:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def by_openpyxl(content: bytes, ours: Tables) -> Tables:
    with warnings.catch_warnings(action="ignore"):  # of what it does not keep when it saves
        book = load_workbook(io.BytesIO(content), data_only=True)
    tables: Tables = {}
    for sheet in book.worksheets:
        last = min(sheet.max_row, len(ours.get(sheet.title, ())) + MORE_ROWS)
        rows = sheet.iter_rows(max_row=last, values_only=True)
        tables[sheet.title] = [["" if value is None else value for value in row] for row in rows]  # type: ignore[misc]
    return tables


JUDGES = {CALAMINE: by_calamine, OPENPYXL: by_openpyxl}


def opened(judge: str, content: bytes, ours: Tables) -> Tables | None:
    """Return what a judge reads; None where it fails."""
    try:
        return JUDGES[judge](content, ours)
    except Exception:  # noqa: BLE001 - the judges do not list what they raise
        return None


def cells(tables: Tables) -> Iterator[tuple[tuple[str, int, int], Cell]]:
    for name, rows in tables.items():
        for number, row in enumerate(rows, 1):
            yield from (((name, number, col), value) for col, value in enumerate(row, 1) if value != "")


def difference(judge: str, ours: Any, theirs: Any) -> str:
    """Return the kind of a difference between two values of a cell, '' where there is none."""
    if ours == theirs and isinstance(ours, bool) == isinstance(theirs, bool):
        return ""
    errors = ERRORS.values()
    if judge == CALAMINE and ours in errors and theirs == "":
        return "error"
    if judge == OPENPYXL and ours == "" and theirs in (*errors, "#SPILL!", "#CALC!", "#BUSY!"):
        return "error"
    if judge == OPENPYXL and type(ours) is dt.date and theirs == dt.datetime.combine(ours, dt.time()):
        return "midnight"
    return f"{ours!r} is {theirs!r}"


def differences(judge: str, ours: Tables, theirs: Tables) -> Counter[str]:
    """Return how often which kind of difference is between two readings; '' counts cells that are equal."""
    mine, other = dict(cells(ours)), dict(cells(theirs))
    found = Counter(difference(judge, mine.get(place, ""), other.get(place, "")) for place in mine.keys() | other)
    sheets = [*zip_longest(ours, theirs)]
    return found + Counter(f"sheet {one} is {two}" for one, two in sheets if one != two)


def check(books: Iterable[Book]) -> Counter[tuple[str, str]]:
    """Compare what is read of workbooks; return how often each judge differed, and how."""
    seen: Counter[tuple[str, str]] = Counter()
    for name, content in books:
        try:
            ours = read_tables(content)
        except Unreadable:
            continue
        for judge in JUDGES:
            if judge == OPENPYXL and kind_of(content) not in OPENPYXL_READS:
                continue
            case = (judge, name.rpartition("/")[2])
            theirs = opened(judge, content, ours)
            assert (theirs is None) == (case in NOT_OPENED), case
            if theirs is None:
                continue
            found = differences(judge, ours, theirs)
            strange = {kind for kind in found if kind and (judge, kind) not in JUDGED}
            assert bool(strange) == (case in DIFFERENT), f"{case}: {sorted(strange)[:5]}"
            seen.update({(judge, kind): number for kind, number in found.items() if kind not in strange})
    return seen


@pytest.mark.parametrize("number", range(SLICES))
def test_every_workbook_of_the_corpus(number: int) -> None:
    books = [book for folder in CORPUS for book in in_folder(folder)]
    assert len(books) > 250
    seen = check(books[number::SLICES])
    assert min(seen[judge, ""] for judge in JUDGES) > 5_000


def test_the_corpus_has_what_was_judged() -> None:
    names = {name.rpartition("/")[2] for folder in CORPUS for name, _ in in_folder(folder)}
    assert {name for _, name in (*NOT_OPENED, *DIFFERENT)} <= names


@pytest.mark.slow
def test_every_workbook_that_this_program_writes_in_a_year(tmp_path: Path) -> None:
    assert not demo(Request(tmp_path / "年", {"folder": tmp_path / "年", "seed": 7})).failed
    books = in_folder(tmp_path / "年")
    assert len(books) > 60
    seen = check(books)
    assert set(seen) <= {(CALAMINE, ""), (OPENPYXL, ""), (OPENPYXL, "midnight")}
    assert min(seen[judge, ""] for judge in JUDGES) > 30_000


@pytest.mark.office
@pytest.mark.parametrize("kind", ["xls", "ods", XLSX])
def test_what_libreoffice_saves(kind: str) -> None:
    books = copies(kind)
    seen = check((name, content) for name, content in books.items() if name != "far")
    assert seen[CALAMINE, ""] > 350
    assert (CALAMINE, "error") in seen or kind == XLSX


FORMATS = (
    *(
        "General",
        "0.00",
        "@",
        "yyyy",
        "yyyy-mm-dd",
        'yyyy"年"m"月"d"日"',
        "m/d",
        "h:mm",
        "[h]:mm",
        "[mm]:ss",
        "[Red]0.0",
    ),
    *(
        "[Red]yyyy",
        "0.0;yyyy",
        '"d"0',
        r"\d0",
        "_d0",
        "[$-804]aaaa",
        "[$-409]h:mm AM/PM",
        "[DBNum1][$-804]yyyy",
        '0.0"元"',
    ),
    *("#,##0.00 _€", "[ss].000", "G/通用格式", "[$-F800]dddd, mmmm dd, yyyy", "yyyy/m/d;@", "[<1]h", "0.00E+00"),
)
FIGURES = (
    0,
    0.5,
    0.99999999999,
    1,
    1.5,
    59,
    59.5,
    60,
    61,
    -1,
    43104.25,
    2958465,
    2958466,
    44566.5000001,
    44566.999999999,
)


@pytest.mark.parametrize("date_1904", [False, True])
def test_dates_and_durations_of_every_format(date_1904: bool) -> None:
    own = "".join(
        f"<numFmt numFmtId='{number}' formatCode='{code.replace('&', '&amp;').replace('<', '&lt;')}'/>"
        for number, code in enumerate(FORMATS, 170)
    )
    numbers = (*range(60), *range(170, 170 + len(FORMATS)))
    formats = "".join(f'<xf numFmtId="{number}"/>' for number in numbers)
    styles = range(len(numbers))
    cells = ("".join(f'<c s="{style}"><v>{figure!r}</v></c>' for style in styles) for figure in FIGURES)
    lines = "".join(f"<row>{line}</row>" for line in cells)
    of_1904 = '<workbookPr date1904="1"/>' if date_1904 else ""
    content = xlsx(
        lines,
        styles=f"<styleSheet><numFmts>{own}</numFmts><cellXfs>{formats}</cellXfs></styleSheet>",
        book=f"<workbook {NAMESPACES}>{of_1904}<sheets>{SHEET}</sheets></workbook>",
    )
    ours = read_tables(content)
    assert differences(CALAMINE, ours, by_calamine(content, ours)).keys() == {""}


def test_binary_and_opendocument_workbooks() -> None:
    written = [(row, col, ("文字", col % 3, row / 7, True, None)[col % 5]) for row in range(40) for col in range(12)]
    binary = xlsb(written, ["一", "二", "三"], (0, 14))
    values = ('float" office:value="1.5', 'boolean" office:boolean-value="true', 'date" office:date-value="2022-01-05')
    typed = "".join(f'<table:table-cell office:value-type="{value}"/>' for value in values)
    text = '<table:table-cell office:value-type="string"><text:p>随县</text:p></table:table-cell>'
    free = ods(f"<table:table-row>{typed}{text}</table:table-row>")
    for content, number in ((binary, 300), (free, 3)):
        ours = read_tables(content)
        seen = differences(CALAMINE, ours, by_calamine(content, ours))
        assert seen.keys() == {""}
        assert seen[""] >= number


def test_a_difference_is_seen() -> None:
    content = xlsx('<row r="1"><c r="A1"><v>1</v></c></row>')
    ours = read_tables(content)
    tables: list[Tables] = [{"表": [[2.0]]}, {"表": [[True]]}, {"表": []}, {"表": [[1.0], ["", "x"]]}, {"别": [[1.0]]}]
    for changed in tables:
        assert differences(CALAMINE, changed, ours).keys() - {""}
