"""Where everything stands in a returned sheet: by the hidden ids, and by the visible texts where those are lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from qtool.addresses import address, letters
from qtool.layout import HEADS, LABEL, MARK, MARKS, SIGNATURES, Entry, Layout, Line
from qtool.model import CITY, Key
from qtool.office.workbook.reader import Cell, Rows
from qtool.text import without_spaces


class Inputs(NamedTuple):
    """The cells of a line that is filled in; `row` is None where the sheet has lost it.

    Every cell has its key, its column, or None where that is lost, and its address.
    """

    entry: Entry
    row: int | None
    cells: tuple[tuple[Key, int | None, str], ...]


class Points(NamedTuple):
    """The cells that show a line's points: their kind (m, i, c or total), and each one's column and key."""

    line: Line
    kind: str
    row: int
    cells: tuple[tuple[int, Key], ...]


@dataclass
class Arrangement:
    """The row and column of every id of a layout that a sheet still has, and what follows from them alone.

    `doubled` names ids that stand there more than once, each with both places; `by_text` tells what had to be found
    by its text. `top` and `ids` are the rows up to the headings and the column of ids, where everything else follows
    from these.
    """

    layout: Layout
    rows: Mapping[str, int]
    cols: Mapping[str, int]
    head: int | None
    hidden: tuple[int | None, int | None]
    doubled: list[tuple[str, str, str]] = field(default_factory=list)
    by_text: list[str] = field(default_factory=list)
    top: Rows = field(default_factory=list)
    ids: list[Cell] = field(default_factory=list)
    agreed: list[Cell] = field(default_factory=list)
    """The headings and texts of the last sheet in which all of them were as they were sent out."""

    def fits(self, cells: Rows) -> bool:
        """Return whether a sheet is certainly arranged so."""
        col = self.hidden[1]
        return (
            bool(self.top) and col is not None and cells[: len(self.top)] == self.top and column(cells, col) == self.ids
        )

    @cached_property
    def inputs(self) -> tuple[Inputs, ...]:
        """Every line that is filled in."""
        cols: dict[str, int | None] = {name: self.cols.get(f"in:{name}") for name in self.layout.assessees}
        cols[CITY] = self.cols.get("city")
        return tuple(
            Inputs(entry, row := self.rows.get(entry.line.id), _cells(entry, row, cols))
            for entry in self.layout.entries
        )

    @cached_property
    def input_cells(self) -> frozenset[str]:
        """The addresses of all cells that are filled in."""
        return frozenset(cell for line in self.inputs for _, _, cell in line.cells if cell)

    @cached_property
    def points(self) -> tuple[Points, ...]:
        """Every line that shows points."""
        names = self.layout.assessees
        cols = [(name, col) for name in names if (col := self.cols.get(f"pt:{name}")) is not None]
        return tuple(
            Points(line, kind, self.rows[line.id], tuple((col, (rest, name)) for name, col in cols))
            for line, kind, rest in self.layout.scored
            if line.id in self.rows
        )

    @cached_property
    def reasons(self) -> tuple[tuple[Key, int, int], ...]:
        """The cells for reasons of lost marks: criterion and assessee, row and column."""
        return tuple(
            ((criterion.code, name), self.rows[f"c:{criterion.code}"], self.cols[f"in:{name}"])
            for criterion in self.layout.criteria
            for name in self.layout.assessees
            if f"c:{criterion.code}" in self.rows and f"in:{name}" in self.cols
        )

    @cached_property
    def _texts(self) -> tuple[tuple[int, int], ...]:
        columns = (self.cols.get(f"in:{name}") for name in self.layout.assessees)
        heads = [(self.head, col) for col in columns if self.head is not None and col is not None]
        fixed = ((self.rows.get(row), self.cols.get(col)) for row, col, _ in self.layout.locked_texts)
        return (*heads, *((row, col) for row, col in fixed if row is not None and col is not None))

    def texts(self, cells: Rows) -> list[Cell]:
        """Return a sheet's headings and the texts that scorers read."""
        return [values[col] if col < len(values := cells[row]) else "" for row, col in self._texts]


def _cells(entry: Entry, row: int | None, cols: Mapping[str, int | None]) -> tuple[tuple[Key, int | None, str], ...]:
    placed = ((key, cols[key[1]]) for key in entry.keys)
    return tuple((key, col, "" if row is None or col is None else address(row, col)) for key, col in placed)


def column(cells: Rows, col: int) -> list[Cell]:
    """Return what stands in a column; an empty cell is ''."""
    return [values[col] if col < len(values) else "" for values in cells]


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
    arrangement = Arrangement(layout, rows, cols, head, (id_row, id_col), doubled, by_text)
    if mark and head is not None and not by_text and _names_all(cells[head], layout):
        arrangement.top, arrangement.ids = cells[: max(mark[0], head) + 1], column(cells, mark[1])
    return arrangement


def _ids(cells: list[Cell], place: Callable[[int], str], doubled: list[tuple[str, str, str]]) -> dict[str, int]:
    positions: dict[str, int] = {}
    for index, cell in enumerate(cells):
        if isinstance(cell, str) and cell and cell != MARK:
            if cell in positions:
                doubled.append((cell, place(index), place(positions[cell])))
            positions.setdefault(cell, index)
    return positions


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
    names = {without_spaces(name) for name in layout.assessees}
    most, head = 0, None
    for row, values in enumerate(cells[:_SEARCHED]):
        named = _named(values, names)
        if named > most:
            most, head = named, row
        if named == len(names):
            break
    return head if 2 * most >= len(names) else None


def _named(values: list[Cell], names: set[str]) -> int:
    return len({without_spaces(value) for value in values if isinstance(value, str)} & names)


def _names_all(values: list[Cell], layout: Layout) -> bool:
    names = {without_spaces(name) for name in layout.assessees}
    return _named(values, names) == len(names)


def _columns_by_text(cells: Rows, layout: Layout, head: int | None) -> dict[str, int]:
    if head is None:
        return {}
    columns: dict[str, int] = {}
    names = {without_spaces(name): name for name in layout.assessees}
    titles = dict(zip(HEADS, ("code", "title", "marks", "standard", "evidence", "label"), strict=True))
    for col, value in enumerate(cells[head]):
        text = without_spaces(value)
        if text in names:
            columns.setdefault(f"in:{names[text]}", col)
            columns.setdefault(f"pt:{names[text]}", col + 1)
        elif text in titles:
            columns.setdefault(titles[text], col)
        elif text == CITY:
            columns.setdefault("city", col)
    return columns


def _rows_by_text(cells: Rows, layout: Layout, head: int | None, cols: Mapping[str, int]) -> dict[str, int]:
    """Return the rows found by code and label, in the plan's order where a criterion has equal labels."""
    if head is None or "label" not in cols or "code" not in cols:
        return {}
    waiting: dict[tuple[str, str], list[str]] = {}
    for line in layout.lines:
        if line.measure is not None and line.criterion is not None:
            waiting.setdefault((line.criterion.code, without_spaces(line.measure.label)), []).append(line.id)
    named = {without_spaces(line.text): line.id for line in layout.lines if line.kind in ("criterion", "missing")}
    by_text: dict[str, int] = {}
    code = ""
    for row in range(head + 1, len(cells)):
        values = cells[row]
        code = str(values[cols["code"]]).strip() or code if cols["code"] < len(values) else code
        label = values[cols["label"]] if cols["label"] < len(values) else ""
        ids = waiting.get((code, without_spaces(str(label).partition("\n")[0])))
        if ids:
            by_text[ids.pop(0)] = row
            continue
        for text in _texts(values):
            if text in named:
                by_text.setdefault(named[text], row)
            for left, right in (SIGNATURES[:2], SIGNATURES[2:]):
                if text == without_spaces(f"{left}："):
                    by_text.setdefault(f"sign:{left}:{right}", row)
    return by_text


def _texts(values: list[Cell]) -> Iterator[str]:
    return (without_spaces(value) for value in values if isinstance(value, str) and value)


def signatures(grid: Grid) -> dict[str, str]:
    """Return who filled the sheet in, who checked it, and when."""
    left_col, right_col = grid.arranged.cols.get("marks", MARKS), grid.arranged.cols.get("label", LABEL)
    texts = {}
    for left, right in (SIGNATURES[:2], SIGNATURES[2:]):
        row = grid.arranged.rows.get(f"sign:{left}:{right}")
        for name, col in ((left, left_col), (right, right_col)):
            if row is not None and (text := str(grid.value(row, col)).strip()):
                texts[name] = text
    return texts
