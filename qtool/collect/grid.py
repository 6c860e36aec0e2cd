"""Where everything stands in a returned sheet: by the hidden ids, and by the visible texts where those are lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from qtool.collect.arrangement import Arrangement, column
from qtool.layout import HEADS, LABEL, MARK, MARKS, SIGNATURES, Layout, letters
from qtool.model import CITY
from qtool.office.read import Cell, Rows

_SEARCHED = 60
"""Rows and columns among which the mark is looked for, and the heads."""


@dataclass
class Grid:
    """A sheet's cells, and how the layout's cells are arranged in it."""

    name: str
    cells: Rows
    arranged: Arrangement

    def at(self, row_id: str, col_id: str) -> tuple[int, int, Cell] | None:
        """Return a cell's row, column and value by its ids, or None where the sheet has lost it."""
        row, col = self.arranged.rows.get(row_id), self.arranged.cols.get(col_id)
        if row is None or col is None:
            return None
        return row, col, self.value(row, col)

    def value(self, row: int, col: int) -> Cell:
        """Return what stands in a cell; an empty one is ''."""
        values = self.cells[row]
        return values[col] if col < len(values) else ""


def marked(cells: Rows) -> tuple[int, int] | None:
    """Return the row and column of the mark of a scoring sheet, or None where there is none."""
    for row, values in enumerate(cells[:_SEARCHED]):
        for col, value in enumerate(values[:_SEARCHED]):
            if value == MARK:
                return row, col
    return None


def find(cells: Rows, layout: Layout) -> Arrangement:
    """Return where the layout's rows and columns stand in a sheet."""
    mark = marked(cells)
    id_row, id_col = mark or (_row_of_ids(cells, layout), _column_of_ids(cells, layout))
    head = _head(cells, layout)
    doubled: list[tuple[str, str, str]] = []
    rows = cols = None
    if id_col is not None:
        rows = _ids(column(cells, id_col), lambda row: f"第{row + 1}行", doubled)
    if id_row is not None:
        cols = _ids(cells[id_row], lambda col: f"{letters(col)}列", doubled)
    by_text = []
    if cols is None or not any(col.startswith("in:") for col in cols):
        cols = _columns_by_text(cells, layout, head)
        by_text.append("各列隐藏的编号")
    if rows is None or not any(row.startswith("m:") for row in rows):
        rows = _rows_by_text(cells, layout, head, cols)
        by_text.append("各行隐藏的编号")
    found = Arrangement(layout, rows, cols, head, (id_row, id_col), doubled, by_text)
    if mark and head is not None and not by_text and _names_all(cells[head], layout):
        found.top, found.ids = cells[: max(mark[0], head) + 1], column(cells, mark[1])
    return found


def _ids(cells: list[Cell], place: Callable[[int], str], doubled: list[tuple[str, str, str]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for index, cell in enumerate(cells):
        if isinstance(cell, str) and cell and cell != MARK:
            if cell in found:
                doubled.append((cell, place(index), place(found[cell])))
            found.setdefault(cell, index)
    return found


def _row_of_ids(cells: Rows, layout: Layout) -> int | None:
    wanted = {f"in:{name}" for name in layout.assessees}
    for row, values in enumerate(cells[:_SEARCHED]):
        if any(value in wanted for value in values if isinstance(value, str)):
            return row
    return None


def _column_of_ids(cells: Rows, layout: Layout) -> int | None:
    wanted = {line.id for line in layout.lines if line.measure is not None}
    for values in cells:
        for col, value in enumerate(values[:_SEARCHED]):
            if isinstance(value, str) and value in wanted:
                return col
    return None


def _head(cells: Rows, layout: Layout) -> int | None:
    """Return the row that names the assessees: that of the first rows which names the most of them, half at least."""
    names = {flat(name) for name in layout.assessees}
    most, found = 0, None
    for row, values in enumerate(cells[:_SEARCHED]):
        named = _named(values, names)
        if named > most:
            most, found = named, row
        if named == len(names):
            break
    return found if 2 * most >= len(names) else None


def _named(values: list[Cell], names: set[str]) -> int:
    return len({flat(value) for value in values if isinstance(value, str)} & names)


def _names_all(values: list[Cell], layout: Layout) -> bool:
    names = {flat(name) for name in layout.assessees}
    return _named(values, names) == len(names)


def _columns_by_text(cells: Rows, layout: Layout, head: int | None) -> dict[str, int]:
    if head is None:
        return {}
    found: dict[str, int] = {}
    names = {flat(name): name for name in layout.assessees}
    titles = dict(zip(HEADS, ("code", "title", "marks", "standard", "evidence", "label"), strict=True))
    for col, value in enumerate(cells[head]):
        text = flat(value)
        if text in names:
            found.setdefault(f"in:{names[text]}", col)
            found.setdefault(f"pt:{names[text]}", col + 1)
        elif text in titles:
            found.setdefault(titles[text], col)
        elif text == CITY:
            found.setdefault("city", col)
    return found


def _rows_by_text(cells: Rows, layout: Layout, head: int | None, cols: Mapping[str, int]) -> dict[str, int]:
    """Return the rows found by code and label, in the plan's order where a criterion has equal labels."""
    if head is None or "label" not in cols or "code" not in cols:
        return {}
    waiting: dict[tuple[str, str], list[str]] = {}
    for line in layout.lines:
        if line.measure is not None and line.criterion is not None:
            waiting.setdefault((line.criterion.code, flat(line.measure.label)), []).append(line.id)
    named = {flat(line.text): line.id for line in layout.lines if line.kind in ("criterion", "missing")}
    found: dict[str, int] = {}
    code = ""
    for row in range(head + 1, len(cells)):
        values = cells[row]
        code = str(values[cols["code"]]).strip() or code if cols["code"] < len(values) else code
        label = values[cols["label"]] if cols["label"] < len(values) else ""
        ids = waiting.get((code, flat(str(label).partition("\n")[0])))
        if ids:
            found[ids.pop(0)] = row
            continue
        for text in _texts(values):
            if text in named:
                found.setdefault(named[text], row)
            for left, right in (SIGNATURES[:2], SIGNATURES[2:]):
                if text == flat(f"{left}："):
                    found.setdefault(f"sign:{left}:{right}", row)
    return found


def _texts(values: list[Cell]) -> Iterator[str]:
    return (flat(value) for value in values if isinstance(value, str) and value)


def flat(text: object) -> str:
    """Return a text without its spaces."""
    return "".join(str(text).split())


def signatures(grid: Grid) -> dict[str, str]:
    """Return who filled the sheet in, who checked it, and when."""
    left_col, right_col = grid.arranged.cols.get("marks", MARKS), grid.arranged.cols.get("label", LABEL)
    found = {}
    for left, right in (SIGNATURES[:2], SIGNATURES[2:]):
        row = grid.arranged.rows.get(f"sign:{left}:{right}")
        for name, col in ((left, left_col), (right, right_col)):
            if row is not None and (text := str(grid.value(row, col)).strip()):
                found[name] = text
    return found
