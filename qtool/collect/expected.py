"""What a campaign sent out, and whether a returned workbook is one of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from qtool.collect.cells import Meanings
from qtool.collect.grid import Arrangement, find
from qtool.faults import Fault, fault
from qtool.identity import Identity, genuine
from qtool.layout import META, Layout
from qtool.model import Measure, Plan
from qtool.office.workbook.reader import Cell, Rows, Workbook
from qtool.rules.rule import Rule


@dataclass
class Expected:
    """What a campaign sent out: the plan, the key that sealed it, and the layout of every department's sheet."""

    plan: Plan
    campaign: str
    key: str
    _layouts: dict[str, Layout] = field(default_factory=dict)
    _fingerprints: dict[str, str] = field(default_factory=dict)
    _meanings: dict[str, Meanings] = field(default_factory=dict)
    _arranged: dict[str, Arrangement] = field(default_factory=dict)

    @cached_property
    def departments(self) -> frozenset[str]:
        """The departments that a sheet was made for."""
        return frozenset(department.name for department in self.plan.scoring_departments)

    @cached_property
    def owners(self) -> dict[Cell, str]:
        """The department that fills a measure in, by the id of the measure's row."""
        return {f"m:{measure.id}": c.department for c in self.plan.criteria for measure in c.measures}

    def layout(self, department: str) -> Layout:
        """Return a department's layout, made once."""
        if department not in self._layouts:
            self._layouts[department] = Layout(self.plan, department)
        return self._layouts[department]

    def arrangement(self, cells: Rows, department: str) -> Arrangement:
        """Return where a department's rows and columns stand in a sheet, which mostly is where they last stood."""
        arrangement = self._arranged.get(department)
        if arrangement is None or not arrangement.fits(cells):
            arrangement = self._arranged[department] = find(cells, self.layout(department))
        return arrangement

    def scoring_fingerprint(self, department: str) -> str:
        """Return the plan's scoring print for a department, made once."""
        if department not in self._fingerprints:
            self._fingerprints[department] = self.plan.scoring_fingerprint(department)
        return self._fingerprints[department]

    def meanings(self, measure: Measure, rule: Rule) -> Meanings:
        """Return what a measure's cells mean, with what other files taught of it."""
        if measure.id not in self._meanings:
            self._meanings[measure.id] = Meanings(rule.domain, measure.unit, rule.label_points)
        return self._meanings[measure.id]


_PREFIX = "qtool-"
_COMMON = 20_000
"""Letters up to which a claim is remembered."""
_known_genuine = lru_cache(maxsize=64)(genuine)
"""A department's returns all make the same claim."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who a workbook says it is, its seal, and the map of cells that the seal covers.

    `places` is None where the hidden sheet that holds it is lost; the properties of the file still tell the rest.
    """

    identity: Identity
    seal: str
    places: str | None


def claim(book: Workbook) -> Claim | None:
    """Return who a workbook says it is; raises Unreadable."""
    rows = book.rows(META) if META in book.names else []
    texts = [[_text(cell) for cell in row[:3]] + [""] * (3 - len(row[:3])) for row in rows]
    claimed = _claimed({row[0]: row[1] for row in texts if row[0]}, "".join(row[2] for row in texts))
    if claimed is None:
        properties = {
            name.removeprefix(_PREFIX): value for name, value in book.properties.items() if name.startswith(_PREFIX)
        }
        claimed = _claimed(properties, None)
    return claimed


def _text(cell: Cell) -> str:
    """Return a cell's text; a program that saved the file may have made a figure of it."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _claimed(entries: Mapping[str, str], places: str | None) -> Claim | None:
    try:
        identity = Identity(
            entries["campaign"], entries["plan"], entries["department"], int(entries["version"]), int(entries["year"])
        )
        return Claim(identity, entries["seal"], places)
    except (KeyError, ValueError):
        return None


def refused(file: str, claimed: Claim, expected: Expected) -> Fault | None:
    """Return why a workbook is not a scoring sheet of this campaign, or None when it is one."""
    identity = claimed.identity
    if identity.campaign != expected.campaign:
        return fault("S02", file=file, campaign=f"{identity.year}年{identity.department}")
    places = claimed.places
    if places is None and identity.department in expected.departments:
        # The map can be drawn again from the plan, where that is the one that the sheet was made of.
        places = expected.layout(identity.department).map()
    if places is None or not _genuine(identity, expected.key, places, claimed.seal):
        return fault("S03", file=file)
    if identity.department not in expected.departments:
        return fault("S07", file=file, department=identity.department)
    return None


def _genuine(identity: Identity, key: str, places: str, seal: str) -> bool:
    size = len(identity.plan) + len(identity.department) + len(places) + len(seal)
    return (_known_genuine if size <= _COMMON else genuine)(identity, key, places, seal)


def outdated(identity: Identity, expected: Expected) -> bool:
    """Whether a sheet was made of a plan whose questions have changed since."""
    return identity.plan != expected.scoring_fingerprint(identity.department)
