"""The nouns of an assessment: the plan, who is assessed, who scores, what came back.

Everything here is plain, immutable data. Marks and figures are exact (`fractions.Fraction`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import NamedTuple

CITY = "全市"
"""Stands in an assessee's place for the one input cell of the whole city."""

EARNING = "得分"
DEDUCTING = "扣分"

Value = Fraction | str | None
"""What one input cell holds: a figure, a label, or nothing."""

Key = tuple[str, str]
"""(measure id or criterion code, assessee short name or CITY)."""


def exact(number: float | str) -> Fraction:
    """Return the figure that a cell shows, exactly, through its 15 significant digits.

    Raises ValueError for text that is no number and OverflowError for infinities.
    """
    if isinstance(number, int):
        return Fraction(number)
    return _exact_float(number) if isinstance(number, float) else Fraction(Decimal(number))


@lru_cache(maxsize=65536)
def _exact_float(number: float) -> Fraction:
    return Fraction(Decimal(format(number, ".15g")))


def marks_text(marks: Fraction) -> str:
    """Return marks as a person writes them: no trailing zeros, at most four decimals."""
    text = f"{rounded(marks, 4):.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def rounded(number: Fraction, places: int) -> Decimal:
    """Return the figure rounded half away from zero to so many places."""
    above, below = number.numerator, number.denominator  # whole numbers, many times faster than fractions
    whole = (2 * abs(above) * 10**places + below) // (2 * below)
    return Decimal(whole if above >= 0 else -whole).scaleb(-places)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the document says of itself (sheet 方案)."""

    name: str
    year: int
    city: str
    office: str
    office_title: str
    basis: str
    deadline: date
    returns_to: str
    report_limit: int
    problems_minimum: int
    evidence_limit_gb: Fraction
    full_marks: Fraction
    mail: bool


@dataclass(frozen=True, slots=True)
class Area:
    """One of the areas (考核领域) and the marks stated for it."""

    name: str
    marks: Fraction
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Assessee:
    """A district's government (考核对象); the short name is its key everywhere."""

    name: str
    short: str
    address: str = ""
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Department:
    """A department that scores (评价部门)."""

    name: str
    address: str = ""
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade (考核等级) and the least total that earns it."""

    name: str
    at_least: Fraction
    meaning: str = ""
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Measure:
    """One input cell per assessee (填报项), with the plan's own words for its rule."""

    id: str
    label: str
    unit: str
    method: str
    parameters: str
    evidence: str
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Item:
    """One numbered sentence of the standard (条目) with its measures."""

    number: str
    standard: str
    marks: Fraction
    base: Fraction
    measures: tuple[Measure, ...]
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion (考核内容), scored by one department."""

    code: str
    area: str
    key_point: str
    group: str
    title: str
    kind: str
    marks: Fraction
    base: Fraction
    department: str
    evidence: str
    source_lines: str
    remark: str
    items: tuple[Item, ...]
    row: int = field(default=0, compare=False)

    @property
    def low(self) -> Fraction:
        """The least that the criterion can be worth."""
        return -self.marks if self.kind == DEDUCTING else Fraction(0)

    @property
    def high(self) -> Fraction:
        """The most that the criterion can be worth."""
        return Fraction(0) if self.kind == DEDUCTING else self.marks

    def item_bounds(self, item: Item) -> tuple[Fraction, Fraction]:
        """Return the least and the most that an item of this criterion can be worth (docs/scoring.md, Levels)."""
        takes_off = self.kind == DEDUCTING or self.base > 0
        return (-item.marks, Fraction(0)) if takes_off else (Fraction(0), item.marks)

    @property
    def measures(self) -> Iterator[Measure]:
        """Every measure of the criterion, in order."""
        return (measure for item in self.items for measure in item.measures)


@dataclass(frozen=True)
class Plan:
    """The whole assessment plan (考核方案) of one year."""

    facts: Facts
    areas: tuple[Area, ...]
    assessees: tuple[Assessee, ...]
    departments: tuple[Department, ...]
    grades: tuple[Grade, ...]
    criteria: tuple[Criterion, ...]

    def of_department(self, name: str) -> tuple[Criterion, ...]:
        """Return the criteria that one department scores, in the plan's order."""
        return tuple(criterion for criterion in self.criteria if criterion.department == name)

    @cached_property
    def scoring_departments(self) -> tuple[Department, ...]:
        """The departments that have at least one criterion to score."""
        names = {criterion.department for criterion in self.criteria}
        return tuple(department for department in self.departments if department.name in names)

    @cached_property
    def measures(self) -> Mapping[str, Measure]:
        """Every measure of the plan by its id."""
        return {measure.id: measure for criterion in self.criteria for measure in criterion.measures}

    def scoring_fingerprint(self, department: str) -> str:
        """Return sixteen hex digits that change when an answer of this department would mean something else.

        A sheet sent out earlier still counts while they are the same: a new deadline does not spoil it.
        """
        assessees = [[a.name, a.short] for a in self.assessees]
        return _digest([assessees, [_scored(c) for c in self.of_department(department)]])

    def sheet_fingerprint(self, department: str) -> str:
        """Return sixteen hex digits that change when anything that this department's sheet shows changes."""
        facts = self.facts
        cover = [facts.name, facts.year, facts.office, str(facts.deadline), facts.returns_to]
        places = [
            [c.area, c.key_point, [measure.evidence for measure in c.measures]] for c in self.of_department(department)
        ]
        return _digest([self.scoring_fingerprint(department), cover, places])

    @cached_property
    def fingerprint(self) -> str:
        """Sixteen hex digits that change when any sheet or any total would.

        Addresses, remarks and where a thing stands in the workbook do not count.
        """
        sheets = [[d.name, self.sheet_fingerprint(d.name)] for d in self.scoring_departments]
        return _digest([sheets, [a.name for a in self.areas], [[g.name, str(g.at_least)] for g in self.grades]])


def _scored(criterion: Criterion) -> list[object]:
    items = [
        [
            *(item.number, item.standard, str(item.marks), str(item.base)),
            [[m.id, m.label, m.unit, m.method, m.parameters] for m in item.measures],
        ]
        for item in criterion.items
    ]
    return [criterion.code, criterion.title, criterion.kind, str(criterion.marks), str(criterion.base), items]


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()[:16]


class Answer(NamedTuple):
    """One answered input cell: its value, where it stood, and what was typed when that had to be normalised."""

    value: Value
    cell: str
    typed: str = ""
