"""How a layout's cells are arranged in a sheet: worked out once for all sheets whose ids and headings stand alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from qtool.layout import Asked, Layout, Line, address, letters
from qtool.model import CITY, Key
from qtool.office.read import Cell, Rows


class Inputs(NamedTuple):
    """The cells of a line that is filled in; `row` is None where the sheet has lost it.

    Every cell has its key, its column, or None where that is lost, and its address.
    """

    asked: Asked
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
            Inputs(asked, row := self.rows.get(asked.line.id), _cells(asked, row, cols)) for asked in self.layout.asked
        )

    @cached_property
    def input_cells(self) -> frozenset[str]:
        """The addresses of all cells that are filled in."""
        return frozenset(cell for line in self.inputs for _, _, cell in line.cells if cell)

    @cached_property
    def input_columns(self) -> tuple[str, ...]:
        """The letters of the columns that are filled in."""
        return tuple(letters(col) for name, col in self.cols.items() if name.startswith(("in:", "city")))

    @cached_property
    def input_rows(self) -> frozenset[int]:
        """The rows that are filled in."""
        return frozenset(line.row for line in self.inputs if line.row is not None)

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


def _cells(asked: Asked, row: int | None, cols: Mapping[str, int | None]) -> tuple[tuple[Key, int | None, str], ...]:
    placed = ((key, cols[key[1]]) for key in asked.keys)
    return tuple((key, col, "" if row is None or col is None else address(row, col)) for key, col in placed)


def column(cells: Rows, col: int) -> list[Cell]:
    """Return what stands in a column; an empty cell is ''."""
    return [values[col] if col < len(values) else "" for values in cells]
