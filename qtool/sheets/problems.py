"""What is wrong with a return, as its department is told: every fault with the cells of its new sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from qtool.addresses import address
from qtool.faults import Fault
from qtool.layout import LABEL, MARKS, SIGNATURES, Layout
from qtool.model import CITY, Key, Value
from qtool.outcome import Place, Return
from qtool.rules.excel import formula
from qtool.rules.expr import INVALID, Cell
from qtool.rules.score import Scores

_INPUT = f'OR({{x}}="",{{points}}="{INVALID.value}")'
_TEXT = 'TRIM({x})=""'


class Spot(NamedTuple):
    """A cell that a fault is about; `test` is the formula that holds while it is not mended, if a formula can tell."""

    row: int
    col: int
    test: str

    @property
    def address(self) -> str:
        """The cell's address."""
        return address(self.row, self.col)

    def still(self, sheet: str = "") -> str:
        """Return the test as it is written on another sheet, or on the cell's own."""
        return self.test.format(x=f"{sheet}{self.address}", points=f"{sheet}{address(self.row, self.col + 1)}")


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a return, its number in the list, and the cells that it is about."""

    number: int
    fault: Fault
    spots: tuple[Spot, ...]

    @property
    def demand(self) -> str:
        """What the department has to do about it, in two words."""
        return "必须改正" if self.fault.is_error else "请核对"

    @property
    def live(self) -> bool:
        """Whether formulas can tell how much of it is mended."""
        return bool(self.spots) and all(spot.test for spot in self.spots)

    @property
    def where(self) -> str:
        """Where it is on this copy, short enough for a link, which not every program breaks over lines."""
        more = f" 等{len(self.spots)}格" if len(self.spots) > 1 else ""
        return f"{self.spots[0].address}{more}" if self.spots else "—"

    @property
    def message(self) -> str:
        """What is wrong, with all cells where there are several, and with those of the returned file if they differ."""
        here, there = "、".join(spot.address for spot in self.spots), self.fault.cell
        cells = [f"各格：{here}"] if len(self.spots) > 1 else []
        cells += [f"原文件中：{there}"] if there not in ("", here) else []
        return self.fault.message + (f"（{'；'.join(cells)}）" if cells else "")


def problems_of(returned: Return, layout: Layout, values: Mapping[Key, Value], scores: Scores) -> list[Problem]:
    """Return the faults of a return in the order in which they are told: errors first, each kind from top to bottom.

    `values` is what stands in the cells of the copy, `scores` what it is worth.
    """
    cells = _Cells(layout, returned, values, scores)
    spotted = [(fault, tuple(cells.spots(returned.places.get(fault, ())))) for fault in returned.faults]
    spotted.sort(key=lambda pair: (not pair[0].is_error, min(pair[1], default=())))
    return [Problem(number, fault, spots) for number, (fault, spots) in enumerate(spotted, 1)]


def signature_cells(layout: Layout) -> dict[str, tuple[int, int]]:
    """Return where it is signed, by what is asked for."""
    places = [(row, col) for row in (layout.sign_row, layout.sign_row + 1) for col in (MARKS, LABEL)]
    return dict(zip(SIGNATURES, places, strict=True))


class _Cells:
    """The cells of a copy, and how each can be seen to be mended."""

    def __init__(self, layout: Layout, returned: Return, values: Mapping[Key, Value], scores: Scores) -> None:
        self._layout = layout
        self._returned = returned
        self._values = values
        self._scores = scores
        self._domains = {measure.id: rule.domain for _, measure, rule, _ in layout.entries}
        self._signed = {cell: returned.signed.get(name, "") for name, cell in signature_cells(layout).items()}
        pairs = (SIGNATURES[:2], SIGNATURES[2:])
        ends = {f"sign:{left}:{right}": layout.sign_row + index for index, (left, right) in enumerate(pairs)}
        self._rows = {**layout.rows, **ends}

    def spots(self, places: tuple[Place, ...]) -> Iterator[Spot]:
        """Yield the cells of some places; a place that no sheet of this department has is passed over."""
        for row_id, col_id in places:
            row, col = self._rows.get(row_id), self._layout.columns.get(col_id)
            if row is not None and col is not None:
                yield Spot(row, col, self._test(row_id, col_id, (row, col)))

    def _test(self, row_id: str, col_id: str, cell: tuple[int, int]) -> str:
        """Return the test of a cell that stands open; one that looks right only a person can judge."""
        kind, _, name = row_id.partition(":")
        column, _, who = col_id.partition(":")
        match kind, column:
            case "m", "in":
                key = (name, who)
                wrong = self._values.get(key) is None or self._scores.measures[key] == INVALID.value
                return _INPUT if wrong else ""
            case "m", "city" if (name, CITY) in self._layout.inputs:
                domain = self._domains[name]
                wrong = not domain.allows(self._values.get((name, CITY)))
                return f"NOT({formula(domain.holds(Cell('x')), {'x': '{x}'})[1:]})" if wrong else ""
            case "c", "in":
                return "" if self._returned.reasons.get((name, who)) else _TEXT
            case "sign", _ if cell in self._signed:
                return "" if self._signed[cell] else _TEXT
        return ""
