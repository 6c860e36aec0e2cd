"""Files that cannot be read as workbooks: damaged, locked, of another format, or made to exhaust who reads them."""

from __future__ import annotations

import random
import re
import struct
from collections.abc import Iterator

from ole_cases import Tree, ole, xls
from return_cases import META_PART, SCORING, Case, Filled, in_part, in_sheet, opened, parts
from saved_returns import XLS, Office
from wrapped_returns import LOCK_FILE

_STRINGS = "xl/sharedStrings.xml"
_ENCRYPTION = (
    '<encryption xmlns="http://schemas.microsoft.com/office/2006/encryption"><keyData saltSize="16" blockSize="16" '
    'keyBits="256" hashSize="64" cipherAlgorithm="AES" cipherChaining="ChainingModeCBC" hashAlgorithm="SHA512"/>'
    "</encryption>"
)
_HTML = (
    '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="gb2312"></head>'
    "<body><table><tr><td>考核内容</td><td>随县</td></tr></table></body></html>"
)
_XML_2003 = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="评分表">'
    "<Table><Row><Cell><Data>1</Data></Cell></Row></Table></Worksheet></Workbook>"
)
_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"


def broken(sheet: Filled, office: Office) -> Iterator[Case]:
    """Yield every such file."""
    book = sheet.content
    yield from _damaged(book, office)
    yield from _other_formats(book, office)
    yield from _locked(book, office)
    yield from _declared(book)
    yield from _swollen(book)
    yield from _too_large(book, office)


def _damaged(book: bytes, office: Office) -> Iterator[Case]:
    in_directory, inside = bytearray(book), bytearray(book)
    in_directory[book.index(b"PK\x01\x02") + 2] ^= 0x10
    inside[book.index(SCORING.encode()) + 2000] ^= 0x10
    old = office(book, XLS)
    lost = parts(book, lambda name, old: None if name == META_PART else old)
    few = in_part(book, _STRINGS, lambda xml: "</si>".join([*xml.split("</si>")[:20], "</sst>"]))
    for name, content, story in (
        ("空文件.xlsx", b"", "nothing was copied"),
        ("全是零.xlsx", bytes(12_000), "the place was reserved, nothing was written"),
        ("断了一半.xlsx", book[: len(book) // 2], "cut off on the way"),
        ("少了尾巴.xlsx", book[:-30], "the last bytes are missing"),
        ("目录坏了.xlsx", bytes(in_directory), "a bit flipped in the directory"),
        ("部件坏了.xlsx", bytes(inside), "a bit flipped inside the scoring sheet"),
        ("部件丢了.xlsx", lost, "a part is listed and not there"),
        ("共享文字缺一半.xlsx", few, "cells that refer to shared texts which are not there"),
        ("部件断了.xlsx", in_sheet(book, lambda xml: xml[:9_000]), "the sheet's part ends in the middle"),
        ("断了一半.xls", old[: len(old) // 2], "an old workbook, cut off"),
        ("目录坏了.xls", old[:512] + bytes(512) + old[1024:], "an old workbook with a sector of zeros"),
        ("断了一半.ods", office(book, "ods")[:9_000], "an OpenDocument file, cut off"),
    ):
        yield Case(name, content, "S05", story)


def _other_formats(book: bytes, office: Office) -> Iterator[Case]:
    text = "评价部门,考核内容,随县\n市公安局,专项行动,2\n"
    noise = random.Random(1)  # noqa: S311 - the same noise in every run
    word = office(text.encode(), "docx", ending="txt")
    for name, content, story in (
        ("网页另存.xls", _HTML.encode("gbk"), "a web page named like a workbook, as portals export it"),
        ("XML表格2003.xls", _XML_2003.encode(), "the XML format of Excel 2003"),
        ("逗号文本.xlsx", text.encode("gbk"), "comma-separated text"),
        ("逗号文本.csv", "\ufeff".encode() + text.encode(), "the same under its own ending"),
        ("单文件ods.fods", office(book, "fods")[:6_000], "OpenDocument as one XML file"),
        ("Word文档.xlsx", word, "a Word document named like a workbook"),
        ("老Word文档.xls", ole({"WordDocument": bytes(5000), "1Table": bytes(5000)}), "an old Word document"),
        ("照片.xlsx", b"\x89PNG\r\n\x1a\n" + noise.randbytes(400), "a picture of the sheet"),
        ("打印成PDF.xlsx", _PDF, "a PDF named like a workbook"),
        ("锁文件.xlsx", LOCK_FILE, "the lock file that lies beside an open workbook"),
        ("加密软件加了密.xlsx", b"%TSD-Header-###%" + noise.randbytes(3000), "locked by the company's own encryption"),
        ("乱码.et", noise.randbytes(3000), "noise under the ending of WPS"),
        (
            "只有文件头.xls",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + noise.randbytes(2000),
            "noise after the right beginning",
        ),
    ):
        yield Case(name, content, "S05", story)


def _locked(book: bytes, office: Office) -> Iterator[Case]:
    noise = random.Random(2)  # noqa: S311 - the same noise in every run
    container: Tree = {
        "EncryptionInfo": struct.pack("<2HL", 4, 4, 0x40) + _ENCRYPTION.encode(),
        "EncryptedPackage": struct.pack("<Q", len(book)) + noise.randbytes(9_008),
        "\x06DataSpaces": {"Version": bytes(76), "DataSpaceMap": bytes(112)},
    }
    yield Case("设了密码.xlsx", ole(container), "S06", "a workbook with a password to open it")
    yield Case("设了密码.xls", xls(password=True), "S06", "an old workbook with a password")
    sealed = '><manifest:encryption-data manifest:checksum="x"/></manifest:file-entry>'

    def seal(xml: str) -> str:
        return re.sub(r'(<manifest:file-entry manifest:full-path="content.xml"[^>]*)/>', rf"\1{sealed}", xml)

    ods = in_part(office(b"1", "ods", ending="csv"), "META-INF/manifest.xml", seal)
    yield Case("设了密码.ods", ods, "S06", "an OpenDocument file with a password")
    content, flags = bytearray(book), {b"PK\x03\x04": 6, b"PK\x01\x02": 8}
    for mark, at in flags.items():
        for found in re.finditer(re.escape(mark), book):
            content[found.start() + at] |= 1
    yield Case("压缩时设了密码.xlsx", bytes(content), "S06", "the workbook's own archive has a password")


def _declared(book: bytes) -> Iterator[Case]:
    steps = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
    laughs = f'<!DOCTYPE x [<!ENTITY a0 "哈哈">{steps}]>'
    outside = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'

    def after_head(declared: str, which: str, entity: str) -> bytes:
        def edit(xml: str) -> str:
            head, sign, rest = xml.partition("?>")
            return f"{head}{sign}{declared}{rest.replace('</t>', f'{entity}</t>', 1)}"

        return in_part(book, which, edit)

    yield Case("实体炸弹.xlsx", after_head(laughs, _STRINGS, "&a9;"), "S05", "entities that become gigabytes")
    yield Case("外部实体.xlsx", after_head(outside, _STRINGS, "&e;"), "S05", "an entity that names another file")
    yield Case("外部实体在表里.xlsx", after_head(outside, SCORING, ""), "S05", "the same in the sheet's part")
    yield Case(
        "外部实体在目录里.xlsx", after_head(outside, "xl/workbook.xml", ""), "S05", "the same in the workbook's part"
    )


def _swollen(book: bytes) -> Iterator[Case]:
    rows = "<row><c><v>1</v></c></row>" * 500_000
    million = in_sheet(book, lambda xml: xml.replace("</sheetData>", f"{rows}</sheetData>"))
    yield Case("五十万行数.xlsx", million, "S05", "half a million rows of figures without addresses")
    long = in_part(book, _STRINGS, lambda xml: xml.replace("<si><t>", f"<si><t>{'长' * 400_000}", 1))
    cells = "".join(f'<c r="{col}{row}" t="s"><v>0</v></c>' for row in range(100, 200) for col in "AB")
    repeated = in_sheet(long, lambda xml: xml.replace("</sheetData>", f'<row r="100">{cells}</row></sheetData>'))
    yield Case("一段长文字二百格.xlsx", repeated, "S05", "one long text that stands in many cells")


def _too_large(book: bytes, office: Office) -> Iterator[Case]:

    def more(rows: str) -> bytes:
        return in_sheet(book, lambda xml: xml.replace("</sheetData>", f"{rows}</sheetData>"))

    far = more('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    yield Case("最远一格.xlsx", far, "S19", "a figure in the very last cell")
    down = more("".join(f'<row r="{row}"><c r="R{row}"><v>0</v></c></row>' for row in range(30_000, 31_000)))
    yield Case("拖到三万行.xlsx", down, "S19", "zeros dragged far down")
    draft = opened(book, lambda found, _own: found.create_sheet("草稿").cell(1_000_000, 1, 1))
    yield Case("草稿太大.xlsx", draft, "S19", "a tab of the department's own that goes too far")
    zeros = '<table:table-cell office:value-type="float" office:value="0" table:number-columns-repeated="17"/>'
    rest = re.compile(r'(table:number-rows-repeated="1\d{6}"[^>]*>)<table:table-cell[^>]*/>')
    ods = in_part(office(book, "ods"), "content.xml", lambda xml: rest.sub(rf"\1{zeros}", xml))
    yield Case("零拖到最后一行.ods", ods, "S19", "one row of zeros that is repeated to the end")
