"""Workbooks made part by part, as other programs write them: packages of OOXML, of xlsb and of OpenDocument."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable, Mapping

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REFERENCES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = f'xmlns="{MAIN}" xmlns:r="{REFERENCES}"'
SHEET = '<sheet name="表" sheetId="1" r:id="rId1"/>'
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"

Part = str | bytes | None


def pack(parts: Mapping[str, Part]) -> bytes:
    """Return a package; a part that is None is left out."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            if part is not None:
                package.writestr(name, part)
    return target.getvalue()


def unpack(content: bytes) -> dict[str, bytes]:
    """Return the parts of a package."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def relations(*entries: tuple[str, str, str]) -> str:
    """Return a part of relationships: id, kind, target; a target with :// is outside."""
    listed = "".join(
        f'<Relationship Id="{name}" Type="{REFERENCES}/{kind}" Target="{target}"'
        f"{' TargetMode=' + chr(34) + 'External' + chr(34) if '://' in target else ''}/>"
        for name, kind, target in entries
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{RELATIONSHIPS}">{listed}</Relationships>'


def parts(rows: str = "", *, after: str = "", before: str = "", **changed: Part) -> dict[str, Part]:
    """Return the parts of a workbook with the sheet 表; `changed` go by the names in `_NAMES`."""
    found: dict[str, Part] = {
        "[Content_Types].xml": f'<Types xmlns="{CONTENT_TYPES}"/>',
        "_rels/.rels": relations(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f"<workbook {NAMESPACES}><sheets>{SHEET}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": relations(
            ("rId1", "worksheet", "worksheets/sheet1.xml"),
            ("rId2", "sharedStrings", "sharedStrings.xml"),
            ("rId3", "styles", "styles.xml"),
        ),
        "xl/worksheets/sheet1.xml": f"<worksheet {NAMESPACES}>{before}<sheetData>{rows}</sheetData>{after}</worksheet>",
    }
    return found | {_NAMES[name]: part for name, part in changed.items()}


_NAMES = {
    "sheet": "xl/worksheets/sheet1.xml",
    "book": "xl/workbook.xml",
    "book_relations": "xl/_rels/workbook.xml.rels",
    "first_relations": "_rels/.rels",
    "strings": "xl/sharedStrings.xml",
    "styles": "xl/styles.xml",
    "custom": "docProps/custom.xml",
    "macros": "xl/vbaProject.bin",
}


def xlsx(rows: str = "", *, after: str = "", before: str = "", **changed: Part) -> bytes:
    """Return a workbook with the sheet 表."""
    return pack(parts(rows, after=after, before=before, **changed))


def everything() -> bytes:
    """Return a workbook with what a sheet may hold: every kind of text, formula, comment, validation and format."""
    note = '<comment ref="{0}" authorId="0"><text><r><t>注</t></r><r><t>释</t></r></text></comment>'
    rows = "".join(
        f'<row r="{row}" hidden="{row % 2}" ht="20" spans="1:12"><c r="A{row}" t="s"><v>{row % 2}</v></c>'
        f'<c r="B{row}" s="1"><v>{44_566 + row / 8}</v></c><c r="C{row}" s="2"><v>0.5</v></c>'
        f'<c r="D{row}"><f t="shared" ref="D1:D30" si="0">{"B1+C1" if row == 1 else ""}</f><v>{row}</v></c>'
        f'<c r="E{row}"><f t="array" ref="E{row}">SUM(A1:A3*2)</f><v>1E3</v></c>'
        f'<c r="F{row}" t="e" vm="1"><v>#VALUE!</v></c><c r="G{row}" t="b"><v>1</v></c>'
        f'<c r="H{row}" t="inlineStr"><is><r><rPr><b/></rPr><t>东</t></r><rPh sb="0" eb="1"><t>d</t></rPh></is></c>'
        f'<c r="I{row}" t="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c>'
        f'<c r="J{row}" t="d"><v>2022-01-05T10:30:00</v></c><c r="K{row}" s="3"/><c r="A{row}"><v>7</v></c></row>'
        for row in range(1, 31)
    )
    made = parts(
        rows,
        before='<dimension ref="A1:K30"/><cols><col min="2" max="3" hidden="1"/><col min="3" max="9"/></cols>',
        after='<sheetProtection sheet="1"/><mergeCells count="1"><mergeCell ref="A40:C41"/></mergeCells>'
        '<dataValidations count="1"><dataValidation type="list" sqref="B1:B30 D1"><formula1>"1,2"</formula1>'
        '</dataValidation></dataValidations><extLst><ext><x14:dataValidations><x14:dataValidation type="list">'
        "<xm:sqref>C1:C30</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>",
        strings="<sst><si><t>a_x000D_b</t></si><si><r><t>二</t></r><r><t xml:space='preserve'> 三</t></r></si></sst>",
        styles='<styleSheet><numFmts><numFmt numFmtId="170" formatCode="[h]:mm"/></numFmts><cellStyleXfs><xf/>'
        '</cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"><protection locked="0"/></xf>'
        '<xf numFmtId="170"/><xf numFmtId="9"/></cellXfs></styleSheet>',
        custom='<Properties><property fmtid="x" pid="2" name="qtool"><vt:lpwstr>值</vt:lpwstr></property></Properties>',
    )
    made["xl/worksheets/_rels/sheet1.xml.rels"] = relations(
        ("c", "comments", "../comments1.xml"),
        ("t", "threadedComment", "../threadedComments/threadedComment1.xml"),
        ("d", "drawing", "../drawings/drawing1.xml"),
        ("h", "hyperlink", "https://example.invalid/"),
    )
    made["xl/comments1.xml"] = f"<comments><commentList>{note.format('B2')}{note.format('D3')}</commentList></comments>"
    made["xl/threadedComments/threadedComment1.xml"] = (
        '<ThreadedComments><threadedComment ref="B2" id="{1}"><text>问</text></threadedComment>'
        '<threadedComment ref="B2" id="{2}" parentId="{1}"><text>答</text></threadedComment></ThreadedComments>'
    )
    return pack(made)


def ods(rows: str, manifest: str = "", mimetype: str = "application/vnd.oasis.opendocument.spreadsheet") -> bytes:
    """Return an OpenDocument spreadsheet with the table 表."""
    table = f'<table:table table:name="表">{rows}</table:table>'
    return pack(
        {
            "mimetype": mimetype,
            "META-INF/manifest.xml": f"<manifest:manifest>{manifest}</manifest:manifest>",
            "content.xml": f"<office:document-content><office:body>{table}</office:body></office:document-content>",
        }
    )


def record(kind: int, data: bytes = b"") -> bytes:
    """Return a record of a binary workbook."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, written = len(data), b""
    while size > 127:
        written, size = written + bytes([size & 0x7F | 0x80]), size >> 7
    return head + written + bytes([size]) + data


def wide(text: str) -> bytes:
    """Return a text as binary workbooks hold it."""
    return struct.pack("<L", len(text.encode("utf-16-le")) // 2) + text.encode("utf-16-le")


def xlsb(cells: Iterable[tuple[int, int, object]], strings: Iterable[str] = (), styles: Iterable[int] = (0,)) -> bytes:
    """Return a binary workbook with the sheet 表; an int is a shared text, a date's style is number 1."""
    rows: dict[int, list[bytes]] = {}
    for row, col, value in cells:
        rows.setdefault(row, []).append(_cell(col, value))
    body = b"".join(record(0, struct.pack("<L", row) + bytes(21)) + b"".join(found) for row, found in rows.items())
    listed = list(strings)
    used = b"".join(record(0x2F, struct.pack("<HH", 0, style) + bytes(12)) for style in styles)
    return pack(
        {
            "_rels/.rels": relations(("rId1", "officeDocument", "xl/workbook.bin")),
            "xl/workbook.bin": record(0x83)
            + record(0x99, bytes(8))
            + record(0x9C, struct.pack("<LL", 0, 1) + wide("rId1") + wide("表"))
            + record(0x90)
            + record(0x84),
            "xl/_rels/workbook.bin.rels": relations(
                ("rId1", "worksheet", "worksheets/sheet1.bin"),
                ("rId2", "sharedStrings", "sharedStrings.bin"),
                ("rId3", "styles", "styles.bin"),
            ),
            "xl/worksheets/sheet1.bin": record(0x81)
            + record(0x94, bytes(16))
            + record(0x91)
            + body
            + record(0x92)
            + record(0x82),
            "xl/sharedStrings.bin": record(0x9F, struct.pack("<LL", len(listed), len(listed)))
            + b"".join(record(0x13, b"\0" + wide(text)) for text in listed),
            "xl/styles.bin": record(0x269, struct.pack("<L", 1)) + used + record(0x26A),
        }
    )


def _cell(col: int, value: object) -> bytes:
    place = struct.pack("<LL", col, 0)
    match value:
        case bool():
            return record(0x04, place + bytes([value]))
        case int():
            return record(0x07, place + struct.pack("<L", value))
        case float():
            return record(0x05, place + struct.pack("<d", value))
        case str():
            return record(0x06, place + wide(value))
        case bytes():
            return record(0x02, struct.pack("<LL", col, 1) + value)
    return record(0x01, place)
