"""Workbooks read with python-calamine: values by sheet, and clear words for a file that is no workbook.

Files come from anybody. Python-calamine only ever sees a safe copy, made in memory of what was looked at before.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Collection, Iterator
from pathlib import Path

from python_calamine import CalamineWorkbook

from qtool.office.archive.file_health import OLE
from qtool.office.archive.package import Package
from qtool.office.archive.unreadable import DAMAGED, TooLarge, Unreadable, unlike_a_workbook
from qtool.office.workbook.dates import Cell
from qtool.office.workbook.ooxml import Ooxml, main_part, safe_copy
from qtool.office.workbook.rows import Rows, SheetValues
from qtool.office.workbook.safe import SafeCopy
from qtool.workspace import refusal

__all__ = ["Cell", "Rows", "TooLarge", "Unreadable", "Workbook", "open_workbook", "read_tables"]


class Workbook:
    """An opened workbook whose sheets are read when they are asked for."""

    def __init__(self, content: bytes, apart: Collection[str] = ()) -> None:
        """Open a workbook's bytes without the sheets `apart`; raises Unreadable."""
        self.ooxml: Ooxml | None = None
        """The parts of an .xlsx workbook, for `inspect`; None in other formats."""
        source = self._source(content, apart)
        self.format: str = source.format
        """The format by its usual ending: xlsx, xlsb, xls or ods."""
        self.names: list[str] = list(source.names)
        self._values = source if isinstance(source, SheetValues) else None
        if isinstance(source, SafeCopy):
            self._copy = source
            with _reading():
                self._book = CalamineWorkbook.from_filelike(io.BytesIO(source.content))

    def _source(self, content: bytes, apart: Collection[str]) -> SafeCopy | SheetValues:
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
        self.ooxml = Ooxml(package, main, apart)
        return safe_copy(self.ooxml)

    def rows(self, name: str) -> Rows:
        """Return a sheet's rows from A1 on; raises Unreadable."""
        if self._values:
            return self._values.rows(name)
        if name not in self.names:
            raise Unreadable(DAMAGED)
        number = self.names.index(name)
        if number in self._copy.refused:
            raise self._copy.refused[number]
        if number not in self._copy.inside:
            return []
        with _reading():
            return self._book.get_sheet_by_name(self._copy.inside[number]).to_python(skip_empty_area=False)


def open_workbook(source: Path | bytes, apart: Collection[str] = ()) -> Workbook:
    """Return an opened workbook; raises Unreadable.

    `apart` names sheets that are not asked for: in an .xlsx workbook they are passed over, as if they were not there.
    """
    return Workbook(source if isinstance(source, bytes) else _content(source), apart)


def read_tables(source: Path | bytes) -> dict[str, Rows]:
    """Return every sheet's rows by its name; raises Unreadable."""
    book = open_workbook(source)
    return {name: book.rows(name) for name in book.names}


@contextlib.contextmanager
def _reading() -> Iterator[None]:
    """Turn whatever python-calamine raises into Unreadable; a panic of Rust is no Exception and has no public class."""
    try:
        yield
    except Exception as error:
        raise Unreadable(DAMAGED) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise Unreadable(DAMAGED) from error


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(refusal(error)) from error
