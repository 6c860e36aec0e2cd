"""How tests read a workbook of their own making, and how they see one refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from qtool.office.workbook.reader import Rows, Unreadable, open_workbook, read_tables
from qtool.office.workbook.signs import SheetSigns

ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'
FLOAT = '<table:table-cell office:value-type="float" office:value="1"/>'


def rows(content: bytes, sheet: str = "表") -> Rows:
    """Return a sheet's rows."""
    return open_workbook(content).rows(sheet)


def refused(content: bytes) -> Unreadable:
    """Return what is raised for a workbook."""
    with pytest.raises(Unreadable) as raised:
        read_tables(content)
    return raised.value


def reason(content: bytes) -> str:
    """Return why a workbook is refused."""
    return refused(content).reason


def lines(*contents: str) -> str:
    """Return rows of OpenDocument with these cells."""
    return "".join(f"<table:table-row>{content}</table:table-row>" for content in contents)


def equal_lines(count: object, content: str) -> str:
    """Return equal rows of OpenDocument, written once."""
    return f'<table:table-row table:number-rows-repeated="{count}">{content}</table:table-row>'


def equal_cells(count: object, cell: str = "<table:table-cell/>") -> str:
    """Return equal cells of OpenDocument, written once."""
    return cell.replace("<table:table-cell", f'<table:table-cell table:number-columns-repeated="{count}"')


@dataclass(frozen=True)
class Signs:
    """All that is told of a workbook besides values: the signs of its worksheets, and its own."""

    sheets: tuple[SheetSigns, ...]
    external_links: tuple[str, ...]
    macros: bool
    properties: Mapping[str, str]


def inspect(content: bytes) -> Signs:
    """Return what an .xlsx workbook holds besides its values; raises Unreadable."""
    book = open_workbook(content)
    if book.format != "xlsx":
        raise Unreadable("不是 .xlsx 工作簿")
    sheets = tuple(signs for name in book.names if (signs := book.sheet_signs(name)))
    return Signs(sheets, book.signs.external_links, book.signs.macros, book.properties)
