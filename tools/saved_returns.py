"""Sheets that were saved anew by another program, in any of the formats that a sheet may come in."""

from __future__ import annotations

import io
import re
import struct
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from return_cases import Case, Filled, in_part, opened, parts, zipped

XLSX, XLS = "xlsx:Calc MS Excel 2007 XML", "xls:MS Excel 97"
_STRICT = {
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main": "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/": "http://purl.oclc.org/ooxml/officeDocument/",
}
_MAIN = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


class Office:
    """LibreOffice with a profile of its own, which converts one file after another."""

    def __init__(self, folder: Path) -> None:
        """Work in a folder that lasts as long as this."""
        self._folder = folder
        self._profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"

    def __call__(self, content: bytes, *kinds: str, ending: str = "xlsx") -> bytes:
        """Return a file as LibreOffice saves it, in one format after another."""
        with tempfile.TemporaryDirectory(dir=self._folder) as name:
            path = Path(name) / f"x.{ending}"
            path.write_bytes(content)
            for number, kind in enumerate(kinds):
                target = Path(name) / str(number)
                options = ["--headless", "--norestore", "--convert-to", kind, "--outdir", str(target), str(path)]
                command = ["soffice", self._profile, *options]
                subprocess.run(command, check=True, capture_output=True, timeout=120)
                path = next(target.iterdir())
            return path.read_bytes()


def saved_again(sheets: Mapping[str, Filled], office: Office) -> Iterator[Case]:
    """Yield sheets as other programs save them."""
    tourism, farming, police, schools = (sheets[f"市{name}局"] for name in ("文旅", "农业农村", "公安", "教育"))
    book = tourism.content
    yield tourism.good("原样交回.xlsx", book, "", "returned as it was filled in")
    yield tourism.good("LibreOffice另存.xlsx", office(book, XLSX), "", "saved by LibreOffice")
    yield schools.good(
        "存成97-2003.xls", office(schools.content, XLS), "", "saved by LibreOffice as Excel 97 to 2003 does"
    )
    yield farming.good("存成ods.ods", office(farming.content, "ods"), "", "saved by LibreOffice as OpenDocument")
    yield schools.good("先ods再xlsx.xlsx", office(schools.content, "ods", XLSX), "", "to OpenDocument and back")
    yield police.good("先xls再xlsx.xlsx", office(police.content, XLS, XLSX), "", "to Excel 97 and back")
    yield police.good("存成模板.xltx", office(police.content, "xltx"), "", "saved as a template")
    yield police.good("openpyxl存的.xlsx", opened(police.content), "", "saved by openpyxl")
    lasting = office(opened(police.content), XLSX)
    yield police.good("几个程序轮流存.xlsx", lasting, "", "saved by openpyxl, then by LibreOffice")
    yield police.good("二进制.xlsb", binary(police.content), "", "a binary workbook, written by hand")
    yield police.good("严格OOXML.xlsx", _strict(police.content), "", "Strict Open XML, as Excel offers to save it")
    yield from _names(police, office)


def _names(police: Filled, office: Office) -> Iterator[Case]:
    book = bare(police.content)
    yield police.good("改了后缀.xls", book, "", "an .xlsx workbook under the ending of the old format")
    old = office(book, XLS)
    yield police.good("xls改成xlsx.xlsx", old, "", "an old workbook under the new ending")
    yield police.good("WPS表格.et", old, "", "WPS's own format, which is that of Excel 97")
    yield police.good("工作簿改成zip.zip", book, "", "a workbook under the ending of an archive")
    yield police.good("没有后缀", book, "", "the ending was cut off when it was sent on")
    yield police.good("大写后缀.XLSX", book, "", "the ending in capitals")
    yield police.good("加了.bak后缀.xlsx.bak", book, "", "a mail gateway added an ending")
    long = f"{'名' * 83}a.xlsx"
    yield police.good(long, book, "", "a name of as many bytes as a disk takes")
    yield police.good("市卫健委.xlsx", book, "", "the name says another department: only the inside counts")
    opening = in_part(book, "xl/workbook.xml", lambda xml: xml.replace("<workbookPr", f"{_READ_ONLY}<workbookPr"))
    yield police.good("建议只读.xlsx", opening, "", "may be changed only with a password, read without")
    yield police.good("批注.xlsx", opened(police.content, _commented), "", "comments beside cells")


_READ_ONLY = '<fileSharing readOnlyRecommended="1" userName="张三" reservationPassword="CC1A"/>'


def _commented(_book: object, sheet: Worksheet) -> None:
    from openpyxl.comments import Comment  # noqa: PLC0415 - openpyxl's own package of one class

    sheet["H8"].comment = Comment("请李科核对", "张三")
    sheet["G8"].comment = Comment("95", "张三")


def _strict(book: bytes) -> bytes:
    def edit(_name: str, old: bytes) -> bytes:
        for usual, strict in _STRICT.items():
            old = old.replace(usual.encode(), strict.encode())
        return old

    return parts(book, edit)


def _record(kind: int, content: bytes = b"") -> bytes:
    """Return a record of BIFF12: its kind and its size in groups of seven bits, and what it holds."""
    number = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, sign = b"", len(content)
    while sign >= 0x80:
        size, sign = size + bytes([sign & 0x7F | 0x80]), sign >> 7
    return number + size + bytes([sign]) + content


def _wide(text: str) -> bytes:
    return struct.pack("<L", len(text.encode("utf-16-le")) // 2) + text.encode("utf-16-le")


def binary(content: bytes) -> bytes:
    """Return a workbook's values as a binary workbook."""
    book = load_workbook(io.BytesIO(content), data_only=True)
    listed, sheets = b"", {}
    for number, sheet in enumerate(book.worksheets, 1):
        state = {"visible": 0, "hidden": 1}.get(sheet.sheet_state, 2)
        listed += _record(0x9C, struct.pack("<2L", state, number) + _wide(f"rId{number}") + _wide(sheet.title))
        sheets[f"xl/worksheets/sheet{number}.bin"] = _binary_sheet(sheet)
    main = _record(0x83) + _record(0x8F) + listed + _record(0x90) + _record(0x84)
    relations = [(f"rId{number}", "worksheet", f"worksheets/sheet{number}.bin") for number in range(1, len(sheets) + 1)]
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="bin" ContentType="application/vnd.ms-excel.worksheet"/>'
        f'<Override PartName="/xl/workbook.bin" ContentType="{_MAIN}"/></Types>'
    )
    members = {
        "[Content_Types].xml": types.encode(),
        "_rels/.rels": _relationships([("rId1", "officeDocument", "xl/workbook.bin")]),
        "xl/workbook.bin": main,
        "xl/_rels/workbook.bin.rels": _relationships(relations),
    }
    return zipped(members | sheets)


def _relationships(listed: list[tuple[str, str, str]]) -> bytes:
    inside = "".join(f'<Relationship Id="{id_}" Type="{_TYPE}{kind}" Target="{to}"/>' for id_, kind, to in listed)
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{inside}</Relationships>'.encode()


def _binary_sheet(sheet: Worksheet) -> bytes:
    rows = b""
    for number, row in enumerate(sheet.iter_rows(values_only=True)):
        cells = b""
        for col, value in enumerate(row):
            place = struct.pack("<2L", col, 0)
            if isinstance(value, str) and value:
                cells += _record(0x06, place + _wide(value))
            elif isinstance(value, int | float):
                cells += _record(0x05, place + struct.pack("<d", value))
        rows += _record(0x00, struct.pack("<2LHHBL", number, 0, 300, 0, 0, 0)) + cells
    extent = struct.pack("<4L", 0, sheet.max_row - 1, 0, sheet.max_column - 1)
    return b"".join((_record(0x81), _record(0x94, extent), _record(0x91), rows, _record(0x92), _record(0x82)))


def bare(book: bytes) -> bytes:
    """Return a workbook without styles, theme and cover, as a converter leaves it; it is half as large."""
    gone = ("xl/styles.xml", "xl/theme/theme1.xml", "xl/worksheets/sheet1.xml")

    def edit(name: str, old: bytes) -> bytes | None:
        if name in gone:
            return None
        for part in gone:
            old = re.sub(rb'<(?:Relationship|Override) [^<>]*%b"[^<>]*>' % part.rpartition("/")[2].encode(), b"", old)
        if name == "xl/workbook.xml":
            old = re.sub(rb'<sheet name="[^"]*" sheetId="1"[^<>]*>|<definedNames>.*</definedNames>', b"", old)
        old = re.sub(rb"<conditionalFormatting.*</conditionalFormatting>", b"", old)
        return re.sub(rb'(<c r="[A-Z]+\d+") s="\d+"', rb"\1", old)

    return parts(book, edit)
