"""What an assessment comes to: returned sheets, and the tally made of them. Plain data, shared by the last steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from fractions import Fraction

from qtool.faults import Fault
from qtool.identity import Identity
from qtool.model import Answer, Key, Plan, Value
from qtool.rules.score import Scores

Place = tuple[str, str]
"""A cell of a scoring sheet by its row's and its column's id, as `Layout` names them."""


class State(Enum):
    """How far a department's scoring sheet is; the value is what users read."""

    NOT_MADE = "未生成"
    NOT_SENT = "未交回"
    SENT = "已发出"
    RECEIVED = "已收到"
    RETURNED = "已退回"
    RESUBMITTED = "已重交"
    ACCEPTED = "已采用"
    WAIVED = "带说明采用"


PRESENT = (State.ACCEPTED, State.WAIVED, State.RECEIVED, State.RESUBMITTED)
"""The states in which the department has nothing to do."""


@dataclass(frozen=True, slots=True)
class Return:
    """One returned scoring sheet, read and judged.

    `file` is its name in the inbox, `inside` the way through the archives and mails that it lay in. `answers` are keyed
    by (measure id, assessee or CITY), `reasons` by (criterion code, assessee); `typed` holds what stands in cells that
    do not allow it; `places` tells which cells of the layout a fault is about; `scores` is what the answers are worth,
    computed anew. `identity` is None for a file that is not proven to be a scoring sheet of this campaign. `traceback`
    is for the log, where an error of the program ended the reading of the file.
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
    inside: tuple[str, ...] = ()
    typed: Mapping[Key, Value] = field(default_factory=dict)
    places: Mapping[Fault, tuple[Place, ...]] = field(default_factory=dict)
    traceback: str = ""

    @property
    def full_name(self) -> str:
        """The file's name as users read it, with the way to it inside an archive or a mail."""
        return " › ".join((self.file, *self.inside))

    @property
    def department(self) -> str:
        """The department that the sheet was made for, or nothing."""
        return self.identity.department if self.identity else ""

    def renamed(self, file: str) -> Return:
        """Return the same sheet as it is read from a copy of the file that has another name."""
        faults = {fault: fault._replace(file=file) for fault in self.faults}
        places = {faults[fault]: places for fault, places in self.places.items() if fault in faults}
        return replace(self, file=file, inside=(), faults=tuple(faults.values()), places=places)

    @property
    def values(self) -> dict[Key, Value]:
        """The answered values alone."""
        return {key: answer.value for key, answer in self.answers.items()}

    @property
    def acceptable(self) -> bool:
        """Whether nothing in it must be mended."""
        return self.identity is not None and not any(fault.is_error for fault in self.faults)


@dataclass(frozen=True, slots=True)
class DepartmentState:
    """How far one department is: its state, its sheet that is out, and the file that the state comes from.

    `why` is the reason of the state, in one sentence; `late` tells that the file came after the deadline.
    """

    department: str
    version: int | None
    state: State
    sent: datetime | None
    file: str
    received: datetime | None
    errors: int
    questions: int
    why: str
    late: bool


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
class Proposal:
    """A deduction that follows from a finding, for a person to accept or refuse; it says nothing of how much.

    `id` tells which finding it is, the same in every run: one assessee has each at most once.
    """

    id: str
    assessee: str
    finding: str
    basis: str


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
class Waiver:
    """A return that was accepted although it should have been mended: who decided so, when, why, and despite what."""

    department: str
    file: str
    sha256: str
    who: str
    when: datetime
    reason: str
    faults: tuple[str, ...] = ()


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
    waivers: tuple[Waiver, ...] = ()

    @property
    def provisional(self) -> bool:
        """Whether a department's scores are missing."""
        return bool(self.missing)

    @property
    def ranked(self) -> tuple[Standing, ...]:
        """The standings from the best to the last."""
        return tuple(sorted(self.standings, key=lambda standing: standing.rank))
