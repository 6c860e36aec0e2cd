"""Cells of a workbook that this program wrote, filled in as a person would, with nothing else in the file touched."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from xml.sax.saxutils import escape

from qtool.model import Value

_CELL = re.compile(r'<c r="([A-Z]+\d+)"((?: s="\d+")?)[^>]*?(?:/>|>(<f>.*?</f>)?.*?</c>)', re.DOTALL)
_SHEET = re.compile(r'<sheet name="([^"]+)" sheetId="(\d+)"')


def fill(source: Path, target: Path, sheet: str, cells: Mapping[str, Value]) -> None:
    """Write a copy of a workbook with values in some cells of one sheet.

    A value for a formula's cell becomes the result that the file shows unopened; all other formulas lose theirs, so
    that every program computes them anew. Raises KeyError for a sheet or a cell that the workbook does not have.
    """
    with zipfile.ZipFile(source) as package, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        sheets = dict(_SHEET.findall(package.read("xl/workbook.xml").decode()))
        wanted = f"xl/worksheets/sheet{sheets[sheet]}.xml"
        for member in package.infolist():
            content = package.read(member)
            if member.filename.startswith("xl/worksheets/sheet"):
                filled = _filled(content.decode(), cells if member.filename == wanted else {})
                content = filled.encode()
            copy.writestr(member, content)


def _filled(xml: str, cells: Mapping[str, Value]) -> str:
    left = set(cells)

    def replace(found: re.Match[str]) -> str:
        name, style, formula = found[1], found[2], found[3]
        if name not in cells:
            return f'<c r="{name}"{style}>{formula}</c>' if formula else found[0]
        left.discard(name)
        return _cell(name, style, formula or "", cells[name])

    result = _CELL.sub(replace, xml)
    if left:
        raise KeyError(f"no such cells: {sorted(left)}")
    return result


def _cell(name: str, style: str, formula: str, value: Value) -> str:
    if value is None:
        return f'<c r="{name}"{style}>{formula}</c>' if formula else f'<c r="{name}"{style}/>'
    if isinstance(value, Fraction):
        return f'<c r="{name}"{style}>{formula}<v>{float(value)!r}</v></c>'
    if formula:
        return f'<c r="{name}"{style} t="str">{formula}<v>{escape(value)}</v></c>'
    return f'<c r="{name}"{style} t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
