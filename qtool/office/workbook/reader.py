"""Workbooks of any format opened for reading: values by sheet, and clear words for a file that is no workbook."""

from __future__ import annotations

import codecs
from collections.abc import Collection, Mapping
from pathlib import Path

from qtool.office.archive.file_health import OLE
from qtool.office.archive.members import Unreadable
from qtool.office.archive.package import Package
from qtool.office.workbook.rows import Cell, Rows, SheetValues, TooLarge
from qtool.office.workbook.signs import SheetSigns, WorkbookSigns
from qtool.office.workbook.xlsx import XlsxWorkbook, main_part
from qtool.workspace import refusal

__all__ = ["Cell", "Rows", "TooLarge", "Unreadable", "Workbook", "open_workbook", "read_tables"]

_NO_WORKBOOK = "不是 Excel 工作簿"
_SIGNATURES = (
    (b"Rar!\x1a\x07", "是压缩包（RAR）"),
    (b"7z\xbc\xaf\x27\x1c", "是压缩包（7z）"),
    (b"\x1f\x8b", "是压缩包（gzip）"),
    (b"%PDF", "是 PDF 文件"),
    (b"\x89PNG", "是图片"),
    (b"\xff\xd8\xff", "是图片"),
    (b"GIF8", "是图片"),
    (b"{\\rtf", "是文字处理文件（RTF）"),
)
_KINDS = {"HTML": "是网页文件", "EML": "是网页文件", "TEXT": "是文本文件（如 CSV）"}
_HEAD = 4096
"""Bytes at the beginning of a file that tell what it is."""


class Workbook:
    """An opened workbook: `format` is its usual ending, xlsx, xlsb, xls or ods; `names` are its sheets in order."""

    def __init__(self, content: bytes, apart: Collection[str] = ()) -> None:
        """Open a workbook's bytes without the sheets `apart`; raises Unreadable."""
        self._book = _opened(content, apart)
        self.format: str = self._book.format
        self.names: list[str] = list(self._book.names)

    def rows(self, name: str) -> Rows:
        """Return a sheet's rows from A1 on; raises Unreadable."""
        return self._book.rows(name)

    def sheet_signs(self, name: str) -> SheetSigns | None:
        """Return what a sheet holds besides its values; None where format or kind do not tell; raises Unreadable."""
        return self._book.sheet_signs(name) if isinstance(self._book, XlsxWorkbook) else None

    @property
    def signs(self) -> WorkbookSigns:
        """What the workbook holds besides its sheets, as far as its format tells; raises Unreadable."""
        return self._book.signs if isinstance(self._book, XlsxWorkbook) else WorkbookSigns()

    @property
    def properties(self) -> Mapping[str, str]:
        """The custom document properties, as far as the format tells; raises Unreadable."""
        return self._book.properties if isinstance(self._book, XlsxWorkbook) else {}


def open_workbook(source: Path | bytes, apart: Collection[str] = ()) -> Workbook:
    """Return an opened workbook; raises Unreadable.

    `apart` names sheets that are not asked for: in an .xlsx workbook they are passed over, as if they were not there.
    """
    return Workbook(source if isinstance(source, bytes) else _content(source), apart)


def read_tables(source: Path | bytes) -> dict[str, Rows]:
    """Return every sheet's rows by its name; raises Unreadable."""
    book = open_workbook(source)
    return {name: book.rows(name) for name in book.names}


def _opened(content: bytes, apart: Collection[str]) -> XlsxWorkbook | SheetValues:
    if content.startswith(OLE):
        from qtool.office.workbook.xls import open_xls  # noqa: PLC0415 - most workbooks are none of these

        return open_xls(content)
    if not content.startswith(b"PK"):
        raise _unlike_a_workbook(content)
    package = Package(content)
    if "mimetype" in package:
        from qtool.office.workbook.ods import open_ods  # noqa: PLC0415 - as above

        return open_ods(package)
    main = main_part(package)
    if main.endswith(".bin"):
        from qtool.office.workbook.xlsb import open_xlsb  # noqa: PLC0415 - as above

        return open_xlsb(package, main)
    return XlsxWorkbook(package, main, apart)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(refusal(error)) from error


def _unlike_a_workbook(content: bytes) -> Unreadable:
    """Return what to raise for bytes in no format of a workbook: it names what they are, where that is sure."""
    if not content:
        return Unreadable("文件是空的")
    for signature, what in _SIGNATURES:
        if content.startswith(signature):
            return Unreadable(f"{what}，{_NO_WORKBOOK}")
    from qtool.office.archive.file_kind import kind_of  # noqa: PLC0415 - slow to import, and few files are no workbooks

    head = content[:_HEAD]
    what = _KINDS.get(kind_of(head).name, "")
    if what and head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<?xml"):
        what = "是 XML 文件"
    return Unreadable(f"{what}，{_NO_WORKBOOK}" if what else _NO_WORKBOOK)
