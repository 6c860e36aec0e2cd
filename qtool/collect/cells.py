"""What a person typed into an input cell, understood where that is certain."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite

from qtool.model import Value, exact, marks_text
from qtool.office.read import Cell
from qtool.rules.domain import Domain, Labels, Numbers
from qtool.rules.text import plain

_REMEMBERED = 10_000
"""Entries that a measure remembers before it starts afresh."""
_FIGURE = re.compile(r"([-+]?\d+(?:\.\d+)?)(%?)")


@dataclass(frozen=True, slots=True)
class Understood:
    """A cell's value; `allowed` tells whether the rule admits it, `changed` whether it was typed differently."""

    value: Value
    allowed: bool
    changed: bool = False


def understand(cell: Cell, domain: Domain, unit: str) -> Understood:
    """Return what a cell means: figures and labels typed with stray spaces, full-width signs or a unit are read."""
    if isinstance(cell, str):
        text = cell.strip().strip("\u3000")
        if not text:
            return Understood(None, allowed=True)
        return _label(cell, domain) if isinstance(domain, Labels) else _figure(cell, domain, unit)
    if isinstance(cell, bool | dt.date | dt.time | dt.timedelta):
        return Understood(str(cell), allowed=False)
    if not isfinite(cell):  # 1E400 in a file
        return Understood(str(cell), allowed=False)
    value = exact(cell)
    return Understood(value, domain.allows(value))


class Meanings:
    """What the cells of one measure mean. Most hold the same few entries, so each of them is understood once."""

    def __init__(self, domain: Domain, unit: str) -> None:
        """Remember what the measure asks for."""
        self._domain = domain
        self._unit = unit
        self._known: dict[tuple[type, Cell], Understood] = {}

    def of(self, cell: Cell) -> Understood:
        """Return what a cell means."""
        key = (type(cell), cell)  # True and 1 are equal, but do not mean the same
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            found = self._known[key] = understand(cell, self._domain, self._unit)
        return found


def _label(typed: str, domain: Labels) -> Understood:
    if typed in domain.labels:
        return Understood(typed, allowed=True)
    wanted = plain(typed).casefold()
    for label in domain.labels:
        if plain(label).casefold() == wanted:
            return Understood(label, allowed=True, changed=True)
    return Understood(typed.strip(), allowed=False)


def _figure(typed: str, domain: Numbers, unit: str) -> Understood:
    text = plain(typed).replace(",", "")
    if unit and unit != "%":
        text = text.removesuffix(plain(unit))
    found = _FIGURE.fullmatch(text)
    if not found or (found[2] and not domain.percent):
        return Understood(typed.strip(), allowed=False)
    value = exact(found[1].removeprefix("+"))
    if domain.percent and not found[2]:
        return Understood(typed.strip(), allowed=False)
    if found[2]:
        value /= 100
    return Understood(value, domain.allows(value), changed=True)


def shown(value: Value, domain: Domain | None = None) -> str:
    """Return a value as users read it."""
    if isinstance(value, Fraction):
        if isinstance(domain, Numbers) and domain.percent:
            return f"{marks_text(value * 100)}%"
        return marks_text(value)
    return value or ""
