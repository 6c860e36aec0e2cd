"""What an .xlsx or .xlsm workbook holds besides its values; of other formats nothing of this is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from qtool.office.workbook.areas import Areas, rows_and_columns
from qtool.office.workbook.rows import SheetRows
from qtool.office.workbook.styles import Styles

_PICTURE = "DISPIMG("
"""The function by which WPS shows a picture in a cell; the cell's value is the formula's text."""


class SheetPart(NamedTuple):
    """A sheet as the workbook lists it; `kind` is the last word of its relationship, `part` its part's name."""

    name: str
    state: str
    kind: str
    part: str


@dataclass(frozen=True)
class SheetSigns:
    """What a worksheet holds besides its values; rows and columns count from 0, extents say how many there are.

    `rows` and `cols` reach up to the last cell with a value or a formula, `all_rows` and `all_cols` up to one that is
    at least formatted. `formulas` and `errors` are by address, a formula without the sign before it, and '' where only
    a program knows its text. `doubled` names cells that are written more than once, of which the last counts.
    `out_of_sight` are the rows that are hidden, and the columns from first to last, whatever they hold.
    """

    name: str
    state: str
    rows: int
    cols: int
    all_rows: int
    all_cols: int
    formulas: Mapping[str, str]
    errors: Mapping[str, str]
    doubled: tuple[str, ...]
    merged: tuple[str, ...]
    protected: bool
    out_of_sight: tuple[frozenset[int], tuple[tuple[int, int], ...]]
    _validated: tuple[str, ...] = field(repr=False)
    _rich_errors: frozenset[str] = field(repr=False)
    _cell_styles: Mapping[str, str] = field(repr=False)
    _styles: Styles = field(repr=False)
    _values: SheetRows = field(repr=False, compare=False)
    _comments: Callable[[], Mapping[str, str]] = field(repr=False, compare=False)

    @cached_property
    def validated(self) -> Areas:
        """The cells that carry a validation; raises Unreadable where there are absurdly many."""
        return Areas(self._validated)

    @cached_property
    def unlocked(self) -> frozenset[str]:
        """The cells in the file that may be typed into while the sheet is locked."""
        return frozenset(cell for cell, style in self._cell_styles.items() if style in self._styles.unlocked)

    @cached_property
    def comments(self) -> Mapping[str, str]:
        """The comments by their cells, those that answer each other as lines; raises Unreadable."""
        return self._comments()

    @cached_property
    def pictures(self) -> frozenset[str]:
        """The cells that show a picture, as WPS and Excel put it into a cell."""
        of_formulas = (cell for cell, formula in self.formulas.items() if _PICTURE in formula.upper())
        return self._rich_errors | frozenset(of_formulas)

    @cached_property
    def hidden_rows(self) -> frozenset[int]:
        """The rows that are hidden although they hold something."""
        computed, _ = self._computed
        return frozenset(row for row in self.out_of_sight[0] if row + 1 in computed or self._values.has_row(row))

    @cached_property
    def hidden_cols(self) -> frozenset[int]:
        """The columns that are hidden although they hold something."""
        _, computed = self._computed
        hidden = (col for first, last in self.out_of_sight[1] for col in range(first, min(last + 1, self.cols)))
        return frozenset(col for col in hidden if col + 1 in computed or self._values.has_column(col))

    @cached_property
    def _computed(self) -> tuple[set[int], set[int]]:
        """The rows and the columns with a formula or an error, which count from 1 here."""
        return rows_and_columns((*self.formulas, *self.errors))

    def number_format(self, address: str) -> str:
        """Return the number format of a cell, as 0.00%; General where none is told."""
        return self._styles.number_format(self._cell_styles.get(address, "0"))


@dataclass(frozen=True)
class WorkbookSigns:
    """What a workbook holds besides its sheets.

    `sheets` are all its sheets, of any kind and those that are not read too; `external_links` are the files and
    programs that it takes values from.
    """

    sheets: tuple[SheetPart, ...] = ()
    external_links: tuple[str, ...] = ()
    macros: bool = False
