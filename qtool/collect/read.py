"""One returned file, read without trust: identity from inside, answers by id, every score recomputed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from qtool.collect.cells import Meanings, shown
from qtool.faults import Fault, fault
from qtool.identity import Identity, genuine
from qtool.layout import (
    ID_COL,
    ID_ROW,
    LABEL,
    MARK,
    MARKS,
    META,
    SHEET,
    SIGNATURES,
    Layout,
    Line,
    address,
    letters,
    rule_digest,
)
from qtool.model import CITY, Answer, Key, Measure, Plan, Value, exact
from qtool.office.read import Cell, Rows, Unreadable, Workbook, open_workbook
from qtool.outcome import Return
from qtool.rules.expr import INVALID
from qtool.rules.kinds import Rule
from qtool.rules.score import Scores, as_points
from qtool.workspace import refusal


@dataclass
class Expected:
    """What a campaign sent out: the plan, the key that sealed it, and the layout of every department's sheet."""

    plan: Plan
    campaign: str
    key: str
    _layouts: dict[str, Layout] = field(default_factory=dict)
    _prints: dict[str, str] = field(default_factory=dict)
    _meanings: dict[str, Meanings] = field(default_factory=dict)

    @cached_property
    def departments(self) -> frozenset[str]:
        """The departments that a sheet was made for."""
        return frozenset(department.name for department in self.plan.scoring_departments)

    def layout(self, department: str) -> Layout:
        """Return a department's layout, made once."""
        if department not in self._layouts:
            self._layouts[department] = Layout(self.plan, department)
        return self._layouts[department]

    def scoring_print(self, department: str) -> str:
        """Return the plan's scoring print for a department, made once."""
        if department not in self._prints:
            self._prints[department] = self.plan.scoring_print(department)
        return self._prints[department]

    def meanings(self, measure: Measure, rule: Rule) -> Meanings:
        """Return what a measure's cells mean, with what other files taught of it."""
        if measure.id not in self._meanings:
            self._meanings[measure.id] = Meanings(rule.domain, measure.unit)
        return self._meanings[measure.id]


def read_return(path: Path, expected: Expected) -> Return:
    """Return what one returned file says, with all its faults; nothing that it holds makes this fail."""
    received = datetime.now().astimezone()
    try:
        content = path.read_bytes()
        received = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
    except OSError as error:
        unread = fault("S05", file=path.name, reason=refusal(error))
        return Return(path.name, "", received, None, faults=(unread,))
    digest = hashlib.sha256(content).hexdigest()
    try:
        book = open_workbook(content)
        identity, seal, places = _identity(book)
        if identity is None:
            return Return(path.name, digest, received, None, faults=(fault("S01", file=path.name),))
        refused = _refused(path.name, identity, seal, places, expected)
        if refused:
            proven = identity if refused.code == "S04" else None
            return Return(path.name, digest, received, proven, faults=(refused,))
        sheet, rows = _scoring_sheet(book)
    except Unreadable as error:
        code = "S06" if error.encrypted else "S05"
        return Return(path.name, digest, received, None, faults=(fault(code, file=path.name, reason=error.reason),))
    if not rows:
        missing = fault("S14", file=path.name, who="", label=f"工作表“{SHEET}”")
        return Return(path.name, digest, received, identity, faults=(missing,))
    reader = _Reader(path.name, sheet, rows, expected, identity.department)
    answers, reasons = reader.answers(), reader.reasons()
    scores = reader.layout.scorer.score({key: answer.value for key, answer in answers.items()})
    reader.compare(scores)
    return Return(
        file=path.name,
        sha256=digest,
        received=received,
        identity=identity,
        answers=answers,
        reasons=reasons,
        signed=reader.signed(),
        expected=len(reader.layout.inputs),
        scores=scores,
        faults=tuple(reader.faults),
    )


def _identity(book: Workbook) -> tuple[Identity | None, str, str]:
    """Return who the sheet says it is, its seal, and the map of cells that the seal covers."""
    rows = book.rows(META) if META in book.names else []
    texts = [[str(cell) for cell in row[:3]] + [""] * (3 - len(row[:3])) for row in rows]
    entries = {row[0]: row[1] for row in texts if row[0]}
    try:
        identity = Identity(
            entries["campaign"], entries["plan"], entries["department"], int(entries["version"]), int(entries["year"])
        )
        return identity, entries["seal"], "".join(row[2] for row in texts)
    except (KeyError, ValueError):
        return None, "", ""


def _refused(file: str, identity: Identity, seal: str, places: str, expected: Expected) -> Fault | None:
    if identity.campaign != expected.campaign:
        return fault("S02", file=file, campaign=f"{identity.year}年{identity.department}")
    if not genuine(identity, expected.key, places, seal):
        return fault("S03", file=file)
    if identity.department not in expected.departments:
        return fault("S07", file=file, department=identity.department)
    if identity.plan != expected.scoring_print(identity.department):
        return fault("S04", file=file, version=identity.version)
    return None


def _scoring_sheet(book: Workbook) -> tuple[str, Rows]:
    """Return the name and the rows of the sheet that bears the mark, whatever it is called."""
    for name in sorted(book.names, key=lambda name: name != SHEET):
        if name == META:
            continue
        rows = book.rows(name)
        if rows and rows[ID_ROW] and rows[ID_ROW][ID_COL] == MARK:
            return name, rows
    return SHEET, []


class _Reader:
    """One scoring sheet being read; what is wrong with it is gathered in `faults`."""

    def __init__(self, file: str, sheet: str, rows: Rows, expected: Expected, department: str) -> None:
        self.layout = expected.layout(department)
        self._expected = expected
        self.faults: list[Fault] = []
        self._file = file
        self._sheet = sheet
        self._cells = rows
        self._rows = self._ids([row[ID_COL] if row else "" for row in rows], lambda row: f"第{row + 1}行")
        self._cols = self._ids(rows[ID_ROW], lambda col: f"{letters(col)}列")

    def _ids(self, cells: list[Cell], place: Callable[[int], str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for index, cell in enumerate(cells):
            if isinstance(cell, str) and cell and cell != MARK:
                if cell in found:
                    self._fault("S17", place(index), what=self._named(cell), first=place(found[cell]))
                found.setdefault(cell, index)
        return found

    def _named(self, row_or_col: str) -> str:
        """Return what users call a row or a column."""
        line = next((line for line in self.layout.lines if line.id == row_or_col), None)
        return line.text if line else row_or_col.partition(":")[2] or row_or_col

    def _fault(self, code: str, cell: str, /, **values: object) -> None:
        self.faults.append(fault(code, file=self._file, sheet=self._sheet, cell=cell, **values))

    def _at(self, row_id: str, col_id: str) -> tuple[int, int, Cell] | None:
        """Return a cell's row, column and value by its ids, or None where the sheet has lost it."""
        row, col = self._rows.get(row_id), self._cols.get(col_id)
        if row is None or col is None:
            return None
        values = self._cells[row]
        return row, col, values[col] if col < len(values) else ""

    def answers(self) -> dict[Key, Answer]:
        """Return every answer that is there and allowed; the rest becomes faults, blanks one for each measure."""
        found: dict[Key, Answer] = {}
        cols = {name: self._cols.get(f"in:{name}") for name in self.layout.assessees} | {CITY: self._cols.get("city")}
        for line, measure, rule, names in self.layout.asked:
            row = self._rows.get(line.id)
            blanks: list[tuple[str, str]] = []
            lost: list[str] = []
            domain = rule.domain
            meanings = self._expected.meanings(measure, rule)
            for name in names:
                if row is None or (col := cols[name]) is None:
                    lost.append(name)
                    continue
                values = self._cells[row]
                raw = values[col] if col < len(values) else ""
                cell, meant = address(row, col), meanings.of(raw)
                if meant.value is None:
                    blanks.append((name, cell))
                elif not meant.allowed:
                    value = shown(meant.value, domain)
                    self._fault("S11", cell, who=name, label=measure.label, value=value, remedy=_say(rule.sentence()))
                else:
                    found[measure.id, name] = Answer(meant.value, cell, str(raw) if meant.changed else "")
                    if meant.changed:
                        value = shown(meant.value, domain)
                        self._fault("S16", cell, who=name, label=measure.label, typed=raw, value=value)
            if lost:
                self._fault("S14", "", who="、".join(lost), label=measure.label)
            if blanks:
                who = "、".join(name for name, _ in blanks)
                where = "、".join(cell for _, cell in blanks)
                self._fault("S10", where, who=who, label=measure.label, remedy=_say(rule.sentence()))
        return found

    def reasons(self) -> dict[Key, str]:
        """Return the reasons given for lost marks."""
        found: dict[Key, str] = {}
        for criterion in self.layout.criteria:
            for name in self.layout.assessees:
                at = self._at(f"c:{criterion.code}", f"in:{name}")
                if at and (text := str(at[2]).strip()):
                    found[criterion.code, name] = text
        return found

    def signed(self) -> dict[str, str]:
        """Return who filled the sheet in, who checked it, and when."""
        found = {}
        for left, right in (SIGNATURES[:2], SIGNATURES[2:]):
            row = self._rows.get(f"sign:{left}:{right}")
            for name, col in ((left, MARKS), (right, LABEL)):
                if row is not None and col < len(self._cells[row]):
                    found[name] = str(self._cells[row][col]).strip()
        return found

    def compare(self, scores: Scores) -> None:
        """Report points that the sheet shows otherwise than they are, and texts that were changed."""
        tables = _tables(scores)
        cols = [(name, col) for name in self.layout.assessees if (col := self._cols.get(f"pt:{name}")) is not None]
        for line, kind, rest in self.layout.scored:
            row, table = self._rows.get(line.id), tables[kind]
            values = self._cells[row] if row is not None else []
            for name, col in cols:
                seen = values[col] if col < len(values) else ""
                if seen != "" and row is not None:  # a cell that was never computed, as some programs leave it
                    self._compare_points(line, name, (row, col), seen, table[rest, name])
        for row_id, col_id, text in self.layout.locked_texts:
            at = self._at(row_id, col_id)
            if at and at[2] != text and _flat(str(at[2])) != _flat(text) and not str(at[2]).startswith(text):
                self._fault("S13", address(at[0], at[1]), label=text[:20], found=str(at[2])[:40])

    def _compare_points(self, line: Line, name: str, place: tuple[int, int], seen: Cell, right: Value) -> None:
        if not isinstance(right, Fraction):
            return
        try:
            if isinstance(seen, float) and as_points(seen) is right:
                return
            found: Value = exact(seen) if isinstance(seen, float | int) else str(seen)
        except (ValueError, OverflowError):  # a file may hold 1E400
            found = str(seen)
        if found not in (right, INVALID.value):
            label = line.text if line.measure else line.text.partition("（")[0]
            self._fault("S12", address(*place), who=name, label=label, shown=shown(found), right=shown(right))


def _tables(scores: Scores) -> dict[str, Mapping[Key, Value]]:
    """Return the points of every kind of line, by what stands after the colon of its id and the assessee."""
    totals = {("", name): points for name, points in scores.totals.items()}
    return {"m": scores.measures, "i": scores.items, "c": scores.criteria, "total": totals}


def _flat(text: str) -> str:
    return "".join(text.split())


def _say(sentence: str) -> str:
    return sentence.removesuffix("。")


@dataclass(frozen=True, slots=True)
class Carried:
    """What an earlier return holds that still answers the same question, and how many answers no longer do."""

    answers: dict[Key, Value]
    reasons: dict[Key, str]
    dropped: int


def read_carried(path: Path, expected: Expected) -> tuple[str, Carried] | None:
    """Return a department and its answers that can be carried into a new version of its sheet.

    An answer is carried where the measure asks the same and scores the same as before, and the cell is allowed. None
    for a file that is no genuine sheet of this campaign.
    """
    try:
        book = open_workbook(path)
        identity, seal, places = _identity(book)
        if (
            identity is None
            or identity.campaign != expected.campaign
            or identity.department not in expected.departments
        ):
            return None
        if not genuine(identity, expected.key, places, seal):
            return None
        sheet, rows = _scoring_sheet(book)
    except Unreadable:
        return None
    reader = _Reader(path.name, sheet, rows, expected, identity.department) if rows else None
    if reader is None:
        return None
    rules = json.loads(places)
    answers = {key: answer.value for key, answer in reader.answers().items()}
    same = {
        key: value
        for key, value in answers.items()
        if rules.get(f"rule:{key[0]}") == rule_digest(expected.plan.measures[key[0]])
    }
    return identity.department, Carried(same, reader.reasons(), len(answers) - len(same))
