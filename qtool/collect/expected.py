"""What a campaign sent out, so that what comes back can be compared with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from qtool.collect.cells import Meanings
from qtool.collect.grid import Arrangement, find
from qtool.layout import Layout
from qtool.model import Measure, Plan
from qtool.office.workbook.reader import Cell, Rows
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
