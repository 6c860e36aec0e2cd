"""Workbooks read with python-calamine: values by sheet, and clear words for a file that is no workbook."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from qtool.workspace import refusal

Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta
Rows = list[list[Cell]]
"""A sheet from A1 on; an empty cell is ''."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class Unreadable(Exception):
    """A file that is no readable workbook; `encrypted` when it only wants a password."""

    def __init__(self, reason: str, *, encrypted: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.encrypted = encrypted


class Workbook:
    """An opened workbook whose sheets are read when they are asked for."""

    def __init__(self, content: bytes) -> None:
        """Open a workbook's bytes; raises Unreadable."""
        self._content = content
        with _reading(content):
            self._book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        self.names: list[str] = self._book.sheet_names

    def rows(self, name: str) -> Rows:
        """Return a sheet's rows from A1 on; raises Unreadable."""
        with _reading(self._content):
            return self._book.get_sheet_by_name(name).to_python(skip_empty_area=False)


def open_workbook(source: Path | bytes) -> Workbook:
    """Return an opened workbook; raises Unreadable."""
    return Workbook(source if isinstance(source, bytes) else _content(source))


def read_tables(source: Path | bytes) -> dict[str, Rows]:
    """Return every sheet's rows by its name; raises Unreadable."""
    book = open_workbook(source)
    return {name: book.rows(name) for name in book.names}


@contextlib.contextmanager
def _reading(content: bytes) -> Iterator[None]:
    try:
        yield
    except PasswordError as error:
        raise Unreadable("设有打开密码", encrypted=True) from error
    except (CalamineError, ValueError, OSError) as error:
        raise _unreadable(content) from error


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(refusal(error)) from error


def _unreadable(content: bytes) -> Unreadable:
    if not content:
        return Unreadable("文件是空的")
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            return Unreadable("设有打开密码", encrypted=True)
        return Unreadable("文件已损坏，或不是 Excel 工作簿")
    if content.startswith(b"PK"):
        return Unreadable("文件已损坏或不完整")
    return Unreadable("不是 Excel 工作簿")
