"""What a window shows of a campaign, as plain data: steps, departments, problems, results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, StrEnum
from pathlib import Path

from qtool.faults import Fault
from qtool.outcome import DepartmentState


class Stage(Enum):
    """How far a step is; the value is what users read."""

    DONE = "已完成"
    DUE = "该做了"
    WAITING = "等待中"
    BLOCKED = "还不能做"


class StepName(StrEnum):
    """The six steps of the year, in order."""

    PLAN = "plan"
    SHEETS = "sheets"
    SEND = "send"
    COLLECT = "collect"
    TALLY = "tally"
    DOCUMENTS = "documents"


class StepButton(StrEnum):
    """What a step's main button does."""

    OPEN_PLAN = "open-plan"
    OPEN_FOLDER = "open-folder"
    """Opens the campaign's folder."""
    OPEN_SHEETS = "open-sheets"
    OPEN_OUTBOX = "open-outbox"
    OPEN_ACCEPTED = "open-accepted"
    OPEN_ADJUSTMENTS = "open-adjustments"
    OPEN_TALLY = "open-tally"
    """Opens the workbook of the tally."""
    OPEN_DOCUMENTS = "open-documents"
    SHEETS = "sheets"
    SEND = "send"
    DRAFTS = "drafts"
    """Writes the letters and sends nothing, where there is no account."""
    MARK_SENT = "mark-sent"
    IMPORT = "import"
    """Asks for files, then collects with them."""
    FETCH = "fetch"
    COLLECT = "collect"
    REMIND = "remind"
    TALLY = "tally"
    APPROVE = "approve"
    REVISE = "revise"
    DOCUMENTS = "documents"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the year.

    `progress` tells in a few words how far it is, `why` in a sentence why it is due, waits or is blocked, and what to
    do. `does` is what its main button does now, `button` the words on it.
    """

    name: StepName
    title: str
    stage: Stage
    progress: str
    why: str
    does: StepButton
    button: str


@dataclass(frozen=True, slots=True)
class Row:
    """One department on the board, and what can be done with it.

    `missing` counts the days since the deadline without a good sheet. `opens` is the file that it returned, or the
    sheet that was made for it; `mending` its annotated copy and `list` the list of its faults, where it must mend.
    """

    state: DepartmentState
    missing: int
    opens: Path | None
    folder: Path
    mending: Path | None
    list: Path | None
    can_waive: bool
    can_send_back: bool
    can_undo: bool
    address: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault, and the file, sheet and cell in which to look at it; `source` is the part of the year it is from.

    The place is that in `path`, which may be the annotated copy; `fault` tells the place in the file that came.
    """

    fault: Fault
    path: Path | None
    source: str
    sheet: str = ""
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One assessee's result; `part` is its total as a part of full marks, from 0 to 1."""

    rank: int
    assessee: str
    total: str
    part: float
    grade: str
    areas: tuple[str, ...]
    deductions: str
    adjustment: str


@dataclass(frozen=True, slots=True)
class Results:
    """The last tally, from the best to the last; `outdated` where a tally now would say something else.

    `heads` are the names of the areas; `approved` is the approval in words, empty without one.
    """

    title: str
    heads: tuple[str, ...]
    lines: tuple[Line, ...]
    provisional: bool
    approved: str
    made: datetime
    outdated: bool
    workbook: Path | None


@dataclass(frozen=True, slots=True)
class Overview:
    """A campaign as a window shows it.

    `next` is the step to be done next, None where there is only to wait. `counts` has every state by its word, and
    应收 and 逾期. `recent` are the last entries of the journal, the newest first. `mail` tells whether there is an
    account. `token` changes when anything that this depends on does.
    """

    root: Path
    title: str
    office: str
    deadline: date | None
    days_left: int
    steps: tuple[Step, ...]
    next: StepName | None
    rows: tuple[Row, ...]
    counts: Mapping[str, int]
    counted: str
    problems: tuple[Problem, ...]
    results: Results | None
    recent: tuple[str, ...]
    mail: bool
    token: str
