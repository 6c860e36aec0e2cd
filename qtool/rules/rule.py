"""A scoring rule: what every method (计分方式) tells of the rules written in it (docs/scoring.md, Methods)."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import ClassVar, NamedTuple, Self

from qtool.model import Value, marks_text
from qtool.rules.domain import Domain, Labels
from qtool.rules.expr import BLANK, INVALID, Binary, Cell, Expr, if_
from qtool.rules.parameters import Words

X, CITY_CELL, PEERS = Cell("x"), Cell("city"), "peers"
"""What a rule may name: the input, the whole city's figure, and the range of all assessees' inputs."""
PLACES = 4
"""Decimals of all points (docs/scoring.md, Numbers and rounding)."""
ZERO = Fraction(0)
MANY = 1_000_000
"""Times or steps that stand for no limit: more than any real count, so that they reach past all marks of a plan."""


class Example(NamedTuple):
    """A worked example for the plan workbook: when a rule is used, its words, and what is typed into its cell.

    `city` is the whole city's figure and `peers` are the assessees' figures, where the rule needs them.
    """

    when: str
    label: str
    unit: str
    parameters: str
    inputs: tuple[str, ...]
    city: str = ""
    peers: tuple[str, ...] = ()


class Rule(ABC):
    """How one measure is scored."""

    method: ClassVar[str]
    """The plan's word for the method (计分方式)."""
    note: ClassVar[str]
    """What the plan workbook says below the examples about the parameters."""
    examples: ClassVar[tuple[Example, ...]]
    """At least two, each with two or three inputs."""
    is_rank: ClassVar[bool] = False
    """Whether the inputs are places in an order, so that one given twice or left out is asked about."""
    is_judged: ClassVar[bool] = False
    """Whether the scorer judges, so that lost marks need a reason."""

    @classmethod
    @abstractmethod
    def parse(cls, words: Words) -> Self:
        """Return the rule that the plan's words mean; raises RuleError."""

    @abstractmethod
    def write(self) -> str:
        """Return the 计分参数 in their canonical form; `parse` reads back an equal rule."""

    @property
    @abstractmethod
    def domain(self) -> Domain:
        """What the input cell accepts."""

    @abstractmethod
    def worth(self) -> Expr:
        """Return what an input x that the domain allows is worth."""

    @abstractmethod
    def sentence(self) -> str:
        """Return how to fill the cell: its prompt, at most 255 characters."""

    @abstractmethod
    def reach(self) -> tuple[Fraction, Fraction]:
        """Return the least and the most points that any input earns."""

    @abstractmethod
    def thresholds(self) -> tuple[Fraction, ...]:
        """Return the inputs at which the points change their course."""

    @abstractmethod
    def parts(self) -> dict[str, str]:
        """Return the parts of the rule by their names, for the sentences that compare two plans."""

    @abstractmethod
    def answers(self, skills: Mapping[str, float], chance: random.Random) -> dict[str, Value]:
        """Return a random answer of every assessee for the rehearsal; skills are from 0 to 1."""

    @property
    def needs_city(self) -> bool:
        """Whether the rule asks for one figure of the whole city."""
        return False

    @property
    def needs_peers(self) -> bool:
        """Whether an assessee's points depend on the other assessees' inputs."""
        return False

    @property
    def label_points(self) -> Mapping[str, Fraction] | None:
        """The points of every label, where labels are asked for."""
        return None

    def city_answer(self) -> Value:
        """Return the whole city's figure for the rehearsal, where the rule needs one."""
        return None

    def flaws(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield what the plan check reports although the rule can be read: the code of a fault, and its words."""
        return iter(())

    def points(self) -> Expr:
        """Return what the input x is worth: blank without an input, 有误 for one that is not allowed."""
        domain, worth = self.domain, self.worth()
        # Nothing but a label is worth anything where labels are asked for.
        checked = worth if isinstance(domain, Labels) else if_(domain.holds(X), worth, INVALID)
        return if_(Binary("=", X, BLANK), BLANK, checked)


def points_text(points: Fraction) -> str:
    """Return what a case is worth in the words of a standard."""
    if points < 0:
        return f"扣{marks_text(-points)}分"
    return f"得{marks_text(points)}分" if points else "0分"


def figure_text(figure: Fraction, unit: str) -> str:
    """Return a figure with its unit; one in % is held as a fraction of one."""
    return f"{marks_text(figure * 100)}%" if unit == "%" else f"{marks_text(figure)}{unit}"


def limit_texts(limits: Mapping[str, Fraction | None]) -> dict[str, str]:
    """Return the limits that there are, by name, as parts of a rule."""
    return {name: f"{marks_text(limit)}分" for name, limit in limits.items() if limit is not None}


def each_by_skill(
    skills: Mapping[str, float], chance: random.Random, answer: Callable[[bool], Value]
) -> dict[str, Value]:
    """Return an answer of every assessee, a good one the more likely the greater its skill."""
    return {name: answer(chance.random() < skill) for name, skill in skills.items()}
