"""Random rules and criteria, and the inputs that are most likely to expose a rule's mistakes."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import TypeVar

from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from judge import Typed

from qtool.model import DEDUCTING, EARNING, Criterion, Item, Measure, exact
from qtool.rules.domain import Labels, Numbers
from qtool.rules.methods import METHODS
from qtool.rules.methods.against_mean import AgainstMean, Sides, Steps
from qtool.rules.methods.bands import Band, Bands
from qtool.rules.methods.choice import Choice
from qtool.rules.methods.counted import Counted
from qtool.rules.methods.judged import Judged
from qtool.rules.methods.rank import Rank, RankBand
from qtool.rules.rule import Rule
from qtool.text import plain

T = TypeVar("T")
UNITS = ("%", "件", "次", "家", "元", "分", "")
_LETTERS = "是否较好一般差未获奖无有时间第名（）：、，" + string.ascii_letters + string.digits
_LETTERS += "\"'=,*?~^$.<>&!#@+-ÄéßΣя"


def words(rule: Rule) -> tuple[str, str, str]:
    """Return the plan's words for a rule: 计分方式, 计分参数, 单位."""
    return rule.method, rule.write(), getattr(rule, "unit", "分")


@cache
def marks(low: int = -3, high: int = 3) -> st.SearchStrategy[Fraction]:
    """Points with up to four decimals, short ones more often."""
    fine = st.integers(low * 10_000, high * 10_000).map(lambda n: Fraction(n, 10_000))
    coarse = st.integers(low * 20, high * 20).map(lambda n: Fraction(n, 20))
    return st.one_of(coarse, fine)


@st.composite
def limits(draw: st.DrawFn) -> tuple[Fraction | None, Fraction | None]:
    """A least and a most, each of which may be missing."""
    low, high = sorted((draw(marks()), draw(marks())))
    return draw(st.sampled_from([(low, high), (low, high), (low, None), (None, high), (None, None)]))


@st.composite
def judged(draw: st.DrawFn) -> Judged:
    low = draw(marks(0, 2))
    return Judged(low, low + max(draw(marks(0, 5)), Fraction(1, 10_000)), draw(st.booleans()))


@st.composite
def choices(draw: st.DrawFn) -> Choice:
    label = st.tuples(st.sampled_from("是否好差无有获"), st.text(_LETTERS, max_size=8)).map("".join)
    labels = draw(st.lists(label, min_size=2, max_size=6, unique_by=lambda text: plain(text).casefold()))
    return Choice(tuple((label, draw(marks())) for label in labels))


@st.composite
def bands(draw: st.DrawFn) -> Bands:
    unit = draw(st.sampled_from(UNITS))
    fine = st.integers(0, 1_000_000).map(lambda n: Fraction(n, 10_000))
    threshold = st.one_of(st.integers(0, 100).map(Fraction), fine)
    scale = 100 if unit == "%" else 1
    found = draw(st.lists(st.tuples(st.sampled_from([">=", ">", "<=", "<", "="]), threshold), min_size=1, max_size=6))
    made = tuple(Band(op, at / scale, draw(marks())) for op, at in found)
    return Bands(made, draw(st.none() | marks()), unit)


@st.composite
def counted(draw: st.DrawFn) -> Counted:
    each = draw(marks(-1, 1).filter(bool))
    return Counted(draw(st.just(Fraction(0)) | marks(0, 3)), each, *draw(limits()), draw(st.sampled_from(UNITS[1:])))


@st.composite
def ranks(draw: st.DrawFn, assessees: int) -> Rank:
    cuts = sorted(draw(st.sets(st.integers(1, 12), min_size=2, max_size=7)))
    spans = [(a, b - 1) for a, b in pairwise(cuts) if draw(st.booleans())]
    assume(spans)
    made = [RankBand(first, last, draw(marks(0, 3))) for first, last in draw(st.permutations(spans))]
    return Rank(tuple(made), draw(marks(0, 1)), assessees)


@st.composite
def against_mean(draw: st.DrawFn, assessees: int) -> AgainstMean:
    unit = draw(st.sampled_from(UNITS))
    by: Sides | Steps
    if draw(st.booleans()):
        by = Sides(draw(marks()), draw(marks()), draw(marks()))
    else:
        coarse = st.sampled_from([Fraction(1, 10), Fraction(1), Fraction(1, 2), Fraction(3, 10), Fraction(5)])
        step = draw(coarse | st.integers(1, 50_000).map(lambda n: Fraction(n, 10_000)))
        start, each = draw(marks(0, 3)), draw(marks(-1, 1).filter(bool))
        by = Steps(start, step / 100 if unit == "%" else step, each, *draw(limits()))
    return AgainstMean(draw(st.booleans()), by, unit, assessees)


STRATEGIES: dict[str, Callable[[int], st.SearchStrategy[Rule]]] = {
    Judged.method: lambda _: judged(),
    Choice.method: lambda _: choices(),
    Bands.method: lambda _: bands(),
    Counted.method: lambda _: counted(),
    Rank.method: ranks,
    AgainstMean.method: against_mean,
}
"""Random rules of every method, for so many assessees."""


def rules(assessees: int = 5) -> st.SearchStrategy[Rule]:
    """Rules of all methods that there are."""
    missing = METHODS.keys() - STRATEGIES
    assert not missing, f"no strategy draws rules of {missing}"
    return st.one_of(*(STRATEGIES[method](assessees) for method in METHODS))


@st.composite
def criteria(draw: st.DrawFn, assessees: int) -> tuple[Criterion, ...]:
    """The criteria of one department: earning and deducting ones, with starting marks or without."""
    return tuple(draw(_criterion(f"{index:02}-01", assessees)) for index in range(1, draw(st.integers(1, 3)) + 1))


@st.composite
def _criterion(draw: st.DrawFn, code: str, assessees: int) -> Criterion:
    kind = draw(st.sampled_from([EARNING, EARNING, DEDUCTING]))
    base = draw(st.sampled_from([Fraction(0), Fraction(0), Fraction(2)])) if kind == EARNING else Fraction(0)
    count = draw(st.integers(1, 3))
    items = tuple(draw(_item(f"{code}-{number}", str(number), assessees)) for number in range(1, count + 1))
    return criterion_of(items, code=code, kind=kind, marks=draw(marks(1, 5)), base=base)


def criterion_of(
    items: tuple[Item, ...], *, code: str, kind: str, marks: Fraction, base: Fraction = Fraction(0)
) -> Criterion:
    """Return a criterion of which only what is scored matters."""
    return Criterion(
        code=code,
        area="",
        key_point="",
        group="",
        title="",
        kind=kind,
        marks=marks,
        base=base,
        department="",
        evidence="",
        source_lines="",
        remark="",
        items=items,
    )


@st.composite
def _item(draw: st.DrawFn, name: str, number: str, assessees: int) -> Item:
    measures = []
    for index in range(1, draw(st.integers(2, 4))):
        method, parameters, unit = words(draw(rules(assessees)))
        measures.append(Measure(f"{name}-{index}", f"填报项{index}", unit, method, parameters, ""))
    base = draw(st.just(Fraction(0)) | marks(0, 1))
    return Item(number, "", draw(marks(0, 3)), base, tuple(measures))


def several(strategy: st.SearchStrategy[T], count: int) -> list[T]:
    """Return so many values of a strategy, always the same ones."""
    found: list[T] = []

    @settings(max_examples=count, phases=[Phase.generate], derandomize=True, deadline=None)
    @given(strategy)
    def collect(value: T) -> None:
        found.append(value)

    collect()
    return found


def held(typed: Typed) -> Fraction | str | None:
    """Return the exact value that a cell's content means."""
    return exact(typed) if isinstance(typed, float) else typed


def telling(rule: Rule) -> list[Typed]:
    """Return a rule's most telling inputs, allowed or not."""
    domain = rule.domain
    if isinstance(domain, Labels):
        others = ("其他", f"{domain.labels[0]} ", f"{domain.labels[-1]}x", "有误", 1.0, 0.0)
        return [*domain.labels, *map(_other_case, domain.labels), *others, None]
    return [*_figures(rule, domain), "很多", "1", " ", "是", None]


def _figures(rule: Rule, domain: Numbers) -> Iterator[float]:
    allowed = [float(figure) for figure in domain.boundaries(rule.thresholds()) if isinstance(figure, Fraction)]
    yield from allowed
    # Outside: below and above the limits, and halves where whole numbers are asked for.
    yield from (-1.0, -0.0001, float(domain.low) - 0.0001, 0.5, 7.25, 1e6 if domain.whole else 1e5)
    if domain.high is not None:
        yield from (float(domain.high) + 0.0001, float(domain.high) * 2)
    # Noise: what a calculation leaves behind the fifteenth digit, and ties at the fifth decimal.
    yield from (0.1 + 0.2, 0.983 - 0.982, 1.1 * 3, 0.00005, 0.12345, 0.29995, 1234.56785)
    yield from (figure * (1 + 2**-52) for figure in allowed[:4])
    yield from (figure * (1 - 2**-53) for figure in allowed[-4:])


def _other_case(label: str) -> str:
    """Swap the case of the letters for which that is a plain exchange, as it is not for ß."""
    swapped = label.swapcase()
    return swapped if swapped.swapcase() == label and len(swapped) == len(label) else label


@st.composite
def asked(draw: st.DrawFn) -> tuple[Rule, tuple[Typed, ...], Typed]:
    """A rule with five assessees' inputs and the city's."""
    rule = draw(rules())
    likely = st.sampled_from(telling(rule))
    anything = likely | st.floats(-1, 2000).map(lambda x: round(x, 4)) | st.integers(0, 30).map(float)
    figures = st.tuples(*[anything.filter(lambda x: isinstance(x, float))] * 5)
    return rule, draw(st.tuples(*[anything] * 5) | figures), draw(likely)
