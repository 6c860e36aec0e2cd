"""A workbook that opens where one is to look: at a sheet, with a cell selected and in view; all else stays as it is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from qtool.addresses import address
from qtool.office.archive.members import Unreadable
from qtool.office.archive.package import MOST_FACTS, Package, repacked
from qtool.office.archive.xml_reader import attributes
from qtool.office.workbook.xlsx import XlsxWorkbook, main_part
from qtool.workspace import write_bytes

_ATTRIBUTES = rb"""((?:\s++[\w.:-]++\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'))*+)\s*+"""
_CELL = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})(?::\$?([A-Z]{1,3})\$?([1-9]\d{0,6}))?")
_MOST_ROWS, _MOST_COLS = 1_048_576, 16_384
_NEAR_ROWS, _NEAR_COLS = 4, 2
"""How far from the first one a row and a column are surely in view, high rows and broad columns included."""
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_BEFORE = re.compile(rb"<(?:[\w.-]+:)?(?:sheetFormatPr|cols|sheetData)[\s/>]")
"""What may stand after the views of a sheet."""


def _tag(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"<((?:[\w.-]++:)?)" + name + _ATTRIBUTES + rb"(/?)>")


def _whole(name: bytes) -> re.Pattern[bytes]:
    """Return what finds an element that holds no other of its name, closed at once or not."""
    return re.compile(rb"<((?:[\w.-]++:)?)" + name + _ATTRIBUTES + rb"(?:/>|>(.*?)</\1" + name + rb"\s*>)", re.DOTALL)


_BOOK_VIEW, _SHEETS = _tag(b"workbookView"), _tag(b"sheets")
_BOOK_VIEWS, _SHEET_VIEWS, _SHEET_VIEW = _whole(b"bookViews"), _whole(b"sheetViews"), _whole(b"sheetView")
_PANE, _SELECTION = _whole(b"pane"), _whole(b"selection")


class _Range(NamedTuple):
    """Cells as a view selects them; row and column of the first count from 0."""

    row: int
    col: int
    first: str
    all: str


def view_copy(source: Path, target: Path, sheet: str, cell: str) -> bool:
    """Write a copy of a file that opens at a cell, such as H12 or H12:J14, and return whether it does.

    Where the file is no .xlsx or .xlsm, or has no such sheet that can be seen, the copy is a plain one. Raises OSError
    for a file that cannot be read, QtoolError for a copy that cannot be written.
    """
    content = source.read_bytes()
    shown = shown_at(content, sheet, cell)
    write_bytes(target, content if shown is None else shown)
    return shown is not None


def shown_at(content: bytes, sheet: str, cell: str) -> bytes | None:
    """Return a workbook that opens at a cell; None where it is none that can, or has no such sheet that can be seen.

    Without a cell only the sheet is chosen. What cells hold, locks and hidden sheets stay as they are.
    """
    if not content.startswith(b"PK"):
        return None
    try:
        package = Package(content)
        book = XlsxWorkbook(package, main_part(package))
        names = [part.name for part in book.sheets]
        if sheet not in names or book.main.endswith(".bin"):
            return None
        number = names.index(sheet)
        if book.sheets[number].state != "visible" or book.sheets[number].kind not in ("worksheet", ""):
            return None
        changed = {book.main: _activated(_read(package, book.main, MOST_FACTS), number)}
        for at, part in enumerate(book.sheets):
            if not part.part or part.part not in package:
                continue
            xml = _read(package, part.part)
            new = _chosen(xml, _range(cell)) if at == number else _left(xml)
            if new != xml:
                changed[part.part] = new
        return repacked(content, changed)
    except Unreadable:
        return None


def changed_parts(before: bytes, after: bytes) -> set[str]:
    """Return the names of parts that differ between two packages, those of one alone among them; raises Unreadable."""
    old, new = Package(before), Package(after)
    return {
        name
        for name in {*old.names, *new.names}
        if name not in old or name not in new or old.part(name) != new.part(name)
    }


def sheet_parts(content: bytes) -> set[str]:
    """Return the names of a workbook's own part and of its sheets' parts; raises Unreadable."""
    package = Package(content)
    book = XlsxWorkbook(package, main_part(package))
    return {part.lower() for part in (book.main, *(sheet.part for sheet in book.sheets)) if part}


def _read(package: Package, name: str, most: int | None = None) -> bytes:
    xml = package.xml(name, most) if most else package.xml(name)
    return xml if xml.lstrip().startswith(b"<?xml") else _DECLARATION + xml


def _with(written: bytes, name: str, value: str) -> bytes:
    """Return a tag's attributes with one set, or taken away where the value is empty."""
    own = re.compile(rb"""\s+""" + name.encode() + rb"""\s*=\s*(?:"[^"]*"|'[^']*')""")
    rest = own.sub(b"", written).rstrip()
    return rest + f' {name}="{value}"'.encode() if value else rest


def _activated(xml: bytes, number: int) -> bytes:
    """Return a workbook's own part that opens at a sheet, all tabs before it being in view."""

    def tag(found: re.Match[bytes]) -> bytes:
        written = _with(_with(found[2], "firstSheet", ""), "activeTab", str(number))
        return b"<%sworkbookView%s%s>" % (found[1], written, found[3])

    views = _BOOK_VIEWS.search(xml)
    if views and _BOOK_VIEW.search(views[0]):
        return xml[: views.start()] + _BOOK_VIEW.sub(tag, views[0]) + xml[views.end() :]
    if views:
        xml = xml[: views.start()] + xml[views.end() :]
    sheets = _SHEETS.search(xml)
    if sheets is None:
        return xml
    prefix = sheets[1]
    view = b'<%sbookViews><%sworkbookView activeTab="%d"/></%sbookViews>' % (prefix, prefix, number, prefix)
    return xml[: sheets.start()] + view + xml[sheets.start() :]


def _head(xml: bytes) -> int:
    """Return where the views of a sheet must have ended."""
    found = _BEFORE.search(xml)
    return found.start() if found else len(xml)


def _left(xml: bytes) -> bytes:
    """Return a sheet's part that is not chosen: what is typed goes into every chosen sheet."""
    views = _SHEET_VIEWS.search(xml, 0, _head(xml))
    if views is None or b"tabSelected" not in views[0]:
        return xml

    def tag(found: re.Match[bytes]) -> bytes:
        written = _with(found[2], "tabSelected", "")
        return found[0].replace(found[2], written, 1) if found[2] else found[0]

    return xml[: views.start()] + _SHEET_VIEW.sub(tag, views[0]) + xml[views.end() :]


def _chosen(xml: bytes, cells: _Range | None) -> bytes:
    """Return a sheet's part that is chosen, with cells selected and in view."""
    end = _head(xml)
    views = _SHEET_VIEWS.search(xml, 0, end)
    if views and _SHEET_VIEW.search(views[0]):
        new = _SHEET_VIEW.sub(lambda found: _view(found[1], found[2], found[3] or b"", cells), views[0])
        return xml[: views.start()] + new + xml[views.end() :]
    if views:
        xml, end = xml[: views.start()] + xml[views.end() :], views.start()
    opening = _BEFORE.match(xml, end)
    if opening is None:
        return xml
    prefix = opening[0][1:].rpartition(b":")[0] + b":" if b":" in opening[0] else b""
    view = _view(prefix, b' workbookViewId="0"', b"", cells)
    return xml[:end] + b"<%ssheetViews>%s</%ssheetViews>" % (prefix, view, prefix) + xml[end:]


def _view(prefix: bytes, written: bytes, inside: bytes, cells: _Range | None) -> bytes:
    """Return a view of the chosen sheet."""
    written = _with(written, "tabSelected", "1")
    if cells is None:
        return b"<%ssheetView%s>%s</%ssheetView>" % (prefix, written, inside, prefix)
    pane = _PANE.search(inside)
    own = attributes(pane[2]) if pane else {}
    rest = _SELECTION.sub(b"", _PANE.sub(b"", inside))
    if own.get("state") in ("frozen", "frozenSplit"):
        written, inside = _frozen(prefix, written, own, cells)
    else:
        corner = address(_scrolled(cells.row, 0, _NEAR_ROWS), _scrolled(cells.col, 0, _NEAR_COLS))
        written = _with(written, "topLeftCell", corner if corner != "A1" else "")
        inside = _selection(prefix, "", cells)
    return b"<%ssheetView%s>%s%s</%ssheetView>" % (prefix, written, inside, rest, prefix)


def _frozen(prefix: bytes, written: bytes, own: dict[str, str], cells: _Range) -> tuple[bytes, bytes]:
    """Return a view's attributes, and pane and selections of a sheet with frozen rows or columns, which stay frozen."""
    top = _range(attributes(written).get("topLeftCell", "")) or _Range(0, 0, "", "")
    rows, cols = (_count(own.get(name, "")) for name in ("ySplit", "xSplit"))
    row, col = top.row + rows if rows else 0, top.col + cols if cols else 0
    now = _range(own.get("topLeftCell", "")) or _Range(row, col, "", "")
    below, right = not rows or cells.row >= row, not cols or cells.col >= col
    down = _scrolled(cells.row, row, _NEAR_ROWS) if below else max(now.row, row)
    aside = _scrolled(cells.col, col, _NEAR_COLS) if right else max(now.col, col)
    active = ("bottom" if rows and below else "top") + ("Right" if cols and right else "Left")
    split = [f'{name}="{count}"' for name, count in (("xSplit", cols), ("ySplit", rows)) if count]
    parts = (*split, f'topLeftCell="{address(down, aside)}"', f'activePane="{active}"', f'state="{own["state"]}"')
    # what is not split scrolls together, so that the frozen part begins there too
    corner = address(top.row if rows else down, top.col if cols else aside)
    sides = ["topRight"] if cols else []
    sides += ["bottomLeft"] if rows else []
    sides += ["bottomRight"] if rows and cols else []
    if active == "topLeft":
        sides.insert(0, active)
    chosen = [_selection(prefix, side, cells if side == active else None) for side in sides]
    pane = b"<%spane %s/>" % (prefix, " ".join(parts).encode()) + b"".join(chosen)
    return _with(written, "topLeftCell", corner if corner != "A1" else ""), pane


def _selection(prefix: bytes, side: str, cells: _Range | None) -> bytes:
    written = f' pane="{side}"' if side not in ("", "topLeft") else ""
    written += f' activeCell="{cells.first}" sqref="{cells.all}"' if cells else ""
    return b"<%sselection%s/>" % (prefix, written.encode())


def _scrolled(wanted: int, first: int, near: int) -> int:
    """Return the first row or column to be in view, so that the wanted one surely is, with some before it."""
    return first if wanted - first <= near else wanted - near // 2


def _count(text: str) -> int:
    return int(float(text)) if re.fullmatch(r"\d{1,7}(\.\d+)?", text) else 0


def _range(cell: str) -> _Range | None:
    """Return the first cells that a text names; None where it names none that there are."""
    found = _CELL.match(cell)
    if found is None:
        return None
    corners = [(int(row) - 1, _col(letters)) for letters, row in (found.group(1, 2), found.group(3, 4)) if row]
    if any(row >= _MOST_ROWS or col >= _MOST_COLS for row, col in corners):
        return None
    rows, cols = (sorted(axis) for axis in zip(*corners, strict=True))
    first, last = address(rows[0], cols[0]), address(rows[-1], cols[-1])
    return _Range(rows[0], cols[0], first, first if first == last else f"{first}:{last}")


def _col(letters: str) -> int:
    col = 0
    for letter in letters:
        col = col * 26 + ord(letter) - 64
    return col - 1
