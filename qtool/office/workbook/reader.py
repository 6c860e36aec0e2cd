"""Workbooks of any format opened for reading: values by sheet, and clear words for a file that is no workbook."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from qtool.office.archive.file_health import OLE
from qtool.office.archive.package import Package
from qtool.office.archive.unreadable import TooLarge, Unreadable, unlike_a_workbook
from qtool.office.workbook.dates import Cell
from qtool.office.workbook.rows import Rows, SheetValues
from qtool.office.workbook.signs import SheetSigns, WorkbookSigns
from qtool.office.workbook.xlsx import XlsxWorkbook, main_part
from qtool.workspace import refusal

__all__ = ["Cell", "Rows", "TooLarge", "Unreadable", "Workbook", "open_workbook", "read_tables"]


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
        raise unlike_a_workbook(content)
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
