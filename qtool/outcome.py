"""What an assessment comes to: returned sheets, and the tally made of them. Plain data, shared by the last steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from qtool.faults import Fault
from qtool.identity import Identity
from qtool.model import Answer, Key, Plan, Value
from qtool.rules.score import Scores


@dataclass(frozen=True, slots=True)
class Return:
    """One returned scoring sheet, read and judged.

    `answers` are keyed by (measure id, assessee or CITY), `reasons` by (criterion code, assessee); `cells` tells where
    the answers stood; `scores` is what they are worth, computed anew. `identity` is None for a file that is not proven
    to be a scoring sheet of this campaign.
    """

    file: str
    sha256: str
    received: datetime
    identity: Identity | None
    answers: Mapping[Key, Answer] = field(default_factory=dict)
    reasons: Mapping[Key, str] = field(default_factory=dict)
    signed: Mapping[str, str] = field(default_factory=dict)
    scores: Scores | None = None
    expected: int = 0
    faults: tuple[Fault, ...] = ()

    @property
    def department(self) -> str:
        """The department that the sheet was made for, or nothing."""
        return self.identity.department if self.identity else ""

    @property
    def values(self) -> dict[Key, Value]:
        """The answered values alone."""
        return {key: answer.value for key, answer in self.answers.items()}

    @property
    def acceptable(self) -> bool:
        """Whether nothing in it must be mended."""
        return self.identity is not None and not any(fault.is_error for fault in self.faults)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A manual correction of one assessee's total or grade, with its reason and who answers for it."""

    assessee: str
    marks: Fraction
    grade: str
    reason: str
    who: str
    row: int = 0


@dataclass(frozen=True, slots=True)
class Loss:
    """Marks that an assessee did not get in one criterion, and the department's reason."""

    criterion: str
    title: str
    area: str
    department: str
    assessee: str
    marks: Fraction
    points: Fraction
    lost: Fraction
    reason: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where one answer came from, and what it is worth."""

    measure: str
    label: str
    department: str
    assessee: str
    value: Value
    points: Value
    file: str
    sheet: str
    cell: str
    sha256: str
    received: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """One assessee's result; `areas` are the earning criteria, `deductions` the deducting ones (not positive)."""

    assessee: str
    areas: Mapping[str, Fraction]
    deductions: Fraction
    adjustment: Fraction
    total: Fraction
    rank: int
    grade: str


@dataclass(frozen=True, slots=True)
class Tally:
    """The consolidated result of a plan, in the plan's order of assessees.

    `points` holds every criterion's points by (criterion code, assessee), None where the department is missing. A
    tally with `missing` departments is provisional.
    """

    plan: Plan
    made: datetime
    standings: tuple[Standing, ...]
    points: Mapping[Key, Fraction | None]
    losses: tuple[Loss, ...]
    adjustments: tuple[Adjustment, ...]
    sources: tuple[Source, ...]
    missing: tuple[str, ...]

    @property
    def provisional(self) -> bool:
        """Whether a department's scores are missing."""
        return bool(self.missing)

    @property
    def ranked(self) -> tuple[Standing, ...]:
        """The standings from the best to the last."""
        return tuple(sorted(self.standings, key=lambda standing: standing.rank))
