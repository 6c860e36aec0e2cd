"""What a returned workbook holds besides its values: formulas, links, macros, hidden contents, lost protection."""

from __future__ import annotations

from qtool.collect.answers import Sheet
from qtool.layout import letters
from qtool.office.inspect import SheetSigns, WorkbookSigns

_SHOWN = 8
"""Rows, columns or files that are named one by one."""


def report_traces(sheet: Sheet, signs: WorkbookSigns, own: SheetSigns) -> None:
    """Report what a person should know of a workbook and its scoring sheet."""
    if signs.external_links:
        sheet.report("S24", "", files=_listed(list(signs.external_links)))
    if signs.macros:
        sheet.report("S25", "")
    rows, cols = _hidden(sheet, own)
    for names, kind in ((rows, "行"), (cols, "列")):
        if names:
            sheet.report("S26", "", what=f"第{_listed(names)}{kind}")
    lost = len(own.validated.missing(sheet.grid.arranged.input_cells))
    what = [*([] if own.protected else ["工作表的保护"]), *([f"{lost}格的填写限制"] if lost else [])]
    if what:
        sheet.report("S27", "", what="和".join(what))


def _hidden(sheet: Sheet, own: SheetSigns) -> tuple[list[str], list[str]]:
    """Return the rows and columns that are hidden although they hold something, past the ids that are meant to be."""
    hidden, spans = own.out_of_sight
    cells, (id_row, id_col) = sheet.grid.cells, sheet.grid.arranged.hidden
    rows = [row for row in sorted(hidden) if row != id_row and row < len(cells) and any(v != "" for v in cells[row])]
    wide = max(map(len, cells), default=0)
    shut = [col for first, last in spans for col in range(first, min(last + 1, wide)) if col != id_col]
    cols = [col for col in shut if any(col < len(values) and values[col] != "" for values in cells)]
    return [str(row + 1) for row in rows], [letters(col) for col in cols]


def _listed(names: list[str]) -> str:
    shown = "、".join(names[:_SHOWN])
    return f"{shown}等{len(names)}个" if len(names) > _SHOWN else shown
