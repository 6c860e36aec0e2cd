"""Sentences drafted from a tally, each with its figures and where in the tally they come from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from qtool.model import DEDUCTING, Criterion, Plan, marks_text, rounded
from qtool.outcome import Tally

OVERALL, DETAIL, ADJUSTED, SOURCES, PLAN = "总表", "明细", "调整", "文件", "考核方案"
"""Where a figure can be looked up: sheets of the tally workbook, and the plan."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a sentence: as it reads there, what it is, and where it comes from."""

    text: str
    meaning: str
    origin: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence or paragraph and the figures in it, in their order."""

    text: str
    figures: tuple[Figure, ...] = ()

    def __str__(self) -> str:
        """Return how it reads."""
        return self.text


@dataclass(frozen=True, slots=True)
class Rate:
    """What share of the marks that could be earned was earned (得分率), 0 to 1: `earned` of `possible` marks.

    `codes` are the criteria that it is made of, `whom` says over whose points.
    """

    name: str
    earned: Fraction
    possible: Fraction
    codes: tuple[str, ...]
    whom: str

    @property
    def rate(self) -> Fraction:
        """The share itself."""
        return self.earned / self.possible

    def __str__(self) -> str:
        """Return the name with the share in percent."""
        return f"{self.name}（{percent(self.rate)}）"

    @property
    def figure(self) -> Figure:
        """The share as a figure."""
        parts = f"得分合计{marks_text(self.earned)}÷分值合计{marks_text(self.possible)}"
        return Figure(
            percent(self.rate), f"{self.whom}“{self.name}”得分率", f"{DETAIL}：{'、'.join(self.codes)}，{parts}"
        )


def percent(rate: Fraction) -> str:
    """Return a share in percent with two decimals at most; what is not the whole never reads 100%."""
    text = f"{marks_text(Fraction(rounded(rate * 100, 2)))}%"
    return "不足100%" if text == "100%" and rate < 1 else text


def rates(tally: Tally, group: Callable[[Criterion], str], whom: Sequence[str] = ()) -> list[Rate]:
    """Return the share earned in each group of earning criteria, in the plan's order; only what has been scored.

    Everybody's points count, or those of `whom`.
    """
    earned: dict[str, Fraction] = {}
    possible: dict[str, Fraction] = {}
    codes: dict[str, list[str]] = {}
    for criterion in earning(tally.plan):
        name = group(criterion)
        own = {who: points for who, points in scored(tally, criterion).items() if not whom or who in whom}
        if own:
            earned[name] = earned.get(name, Fraction(0)) + sum(own.values(), Fraction(0))
            possible[name] = possible.get(name, Fraction(0)) + criterion.marks * len(own)
            codes.setdefault(name, []).append(criterion.code)
    said = "、".join(whom) or f"{len(tally.plan.assessees)}个考核对象"
    return [Rate(name, earned[name], possible[name], tuple(codes[name]), said) for name in earned if possible[name]]


def mean_of(values: Iterable[Fraction]) -> str:
    """Return the mean with two decimals at most, as texts give it; a dash for nothing."""
    found = list(values)
    return marks_text(Fraction(rounded(sum(found, Fraction(0)) / len(found), 2))) if found else "—"


def earning(plan: Plan) -> list[Criterion]:
    """Return the criteria that marks are earned in."""
    return [criterion for criterion in plan.criteria if criterion.kind != DEDUCTING]


def scored(tally: Tally, criterion: Criterion) -> dict[str, Fraction]:
    """Return the points that a criterion has, by assessee, in the plan's order."""
    found = ((who.short, tally.points.get((criterion.code, who.short))) for who in tally.plan.assessees)
    return {name: points for name, points in found if points is not None}


def stripped(text: str) -> str:
    """Return a text without the mark that ends it."""
    return text.strip().rstrip("。.；;")


def quoted(text: str) -> str:
    """Return a name in quotation marks; those inside it become single ones."""
    inner = stripped(text).translate(str.maketrans("“”", "‘’"))
    return f"“{inner}”"
