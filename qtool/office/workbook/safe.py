"""Safe copies: what python-calamine is given in place of a file, with nothing in it that was not looked at before.

Python-calamine trusts the numbers that a file states: it reserves a place for every cell between the first and the
last one, and for as many texts as a file says that it has, and one wrong number ends the whole process. So it only
ever sees a small .xlsx workbook that is made here, in memory, of cells that were counted, whatever the file was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from qtool.office.archive.package import Bytes, packed
from qtool.office.archive.unreadable import Unreadable

NO_STRINGS = b"<sst></sst>"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REFERENCES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@dataclass(frozen=True, slots=True)
class SafeCopy:
    """A workbook for python-calamine: `content` are its bytes, `inside` tells what a sheet's name is in it.

    `names` are the names of the sheets as users know them; `inside` and `refused` go by a sheet's number. A sheet that
    is in neither holds no cells, as one that is a chart.
    """

    format: str
    names: tuple[str, ...]
    content: bytes
    inside: Mapping[int, str]
    refused: Mapping[int, Unreadable]


def worksheet(rows: Bytes) -> tuple[Bytes, ...]:
    """Return a worksheet of these rows, in pieces."""
    return b"<worksheet><sheetData>", rows, b"</sheetData></worksheet>"


def column_letters(number: int) -> str:
    """Return a column's letters by its number; A is 1."""
    name = ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


PLAIN_STYLES = b"<styleSheet/>"


def workbook(sheets: Mapping[int, tuple[Bytes, ...]], strings: bytes, styled: bytes, *, date_1904: bool) -> bytes:
    """Return a whole .xlsx workbook of sheets in pieces; a sheet's name in it is its number."""
    members = {
        **_frame(tuple(sheets), date_1904=date_1904),
        **{f"xl/worksheets/{number}.xml": content for number, content in sheets.items()},
        "xl/sharedStrings.xml": (strings,),
        "xl/styles.xml": (styled,),
    }
    return packed(members)


@lru_cache(maxsize=64)
def _frame(sheets: tuple[int, ...], *, date_1904: bool) -> dict[str, tuple[bytes]]:
    """Return the parts that say which sheets there are; most workbooks have the same ones."""
    listed = "".join(f'<sheet name="{number}" sheetId="{number + 1}" r:id="r{number}"/>' for number in sheets)
    targets = {f"r{number}": ("worksheet", f"worksheets/{number}.xml") for number in sheets}
    targets |= {"strings": ("sharedStrings", "sharedStrings.xml"), "styles": ("styles", "styles.xml")}
    dates = '<workbookPr date1904="1"/>' if date_1904 else ""
    main = f'<workbook xmlns="{_MAIN}" xmlns:r="{_REFERENCES}">{dates}<sheets>{listed}</sheets></workbook>'
    return {
        "_rels/.rels": (_relationships({"main": ("officeDocument", "xl/workbook.xml")}),),
        "xl/workbook.xml": (main.encode(),),
        "xl/_rels/workbook.xml.rels": (_relationships(targets),),
    }


def _relationships(targets: Mapping[str, tuple[str, str]]) -> bytes:
    listed = "".join(
        f'<Relationship Id="{name}" Type="{_REFERENCES}/{kind}" Target="{target}"/>'
        for name, (kind, target) in targets.items()
    )
    return f"<Relationships>{listed}</Relationships>".encode()
