"""分档: points by the band that a figure falls in."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple, Self

from qtool.model import Value, marks_text, rounded
from qtool.rules.domain import Numbers, clean, figures
from qtool.rules.expr import INVALID, Binary, Expr, Number, if_
from qtool.rules.parameters import NUMBER, REST, RuleError, Words, check_count, read_number, read_pairs, read_points
from qtool.rules.rule import ZERO, Example, Rule, X, each_by_skill, figure_text, limit_texts, points_text
from qtool.text import plain

_CONDITION = re.compile(rf"(>=|<=|>|<|=)?({NUMBER})(%?)")
_COMPARE = {">=": Fraction.__ge__, "<=": Fraction.__le__, ">": Fraction.__gt__, "<": Fraction.__lt__}


class Band(NamedTuple):
    """One band: the first one that holds counts; thresholds in % are held as fractions of one."""

    op: str
    at: Fraction
    points: Fraction

    def describe(self, unit: str) -> str:
        """Return the band's condition in Chinese."""
        at = figure_text(self.at, unit)
        return {">=": f"{at}及以上", "<=": f"{at}及以下", ">": f"{at}以上（不含）", "<": f"不足{at}", "=": f"正好{at}"}[
            self.op
        ]

    def holds(self, figure: Fraction) -> bool:
        """Return whether a figure falls in the band, or in one above it."""
        return figure == self.at if self.op == "=" else _COMPARE[self.op](figure, self.at)


@dataclass(frozen=True)
class Bands(Rule):
    """Bands from the first to the last; `rest` (其余) is what no band holds."""

    bands: tuple[Band, ...]
    rest: Fraction | None
    unit: str

    method = "分档"
    note = "从前往后看，第一个符合的档算数；“其余”放在最后。条件写 >= > <= < =，写 ≥ ≤ 也可以。单位是%的，条件也带%。"
    examples = (
        Example(
            "百分比达到多少得多少分",
            "上传电子合同旅行社占比",
            "%",
            ">=90%=1；>=80%=0.95；其余=0.9",
            ("95%", "80%", "79.9%"),
        ),
        Example("数量达到多少得多少分", "专项执法行动办结案件数", "件", ">=8=0.1；其余=0", ("8", "7")),
    )

    @classmethod
    def parse(cls, words: Words) -> Self:
        bands: list[Band] = []
        rest: Fraction | None = None
        form = ">=90%=1；>=80%=0.95；其余=0.9" if words.unit == "%" else ">=8=0.1；其余=0"
        for name, value in read_pairs(words.parameters, form):
            if plain(name) == REST:
                if rest is not None:
                    raise RuleError("“其余”写了两次", "“其余”只写一次，放在最后")
                rest = read_points(value, name)
            elif rest is not None:
                raise RuleError(f"“其余”后面的“{name}”永远轮不到", "请把“其余”放在最后")
            else:
                bands.append(_read_band(name, value, words.unit))
        if not bands:
            raise RuleError("一个分档也没有", "至少写一档，如 >=90%=1；其余=0")
        check_count(len(bands), "档")
        return cls(tuple(bands), rest, words.unit)

    def write(self) -> str:
        percent = self.unit == "%"
        pairs = [
            f"{band.op}{figure_text(band.at, '%' if percent else '')}={marks_text(band.points)}" for band in self.bands
        ]
        return "；".join(pairs + ([] if self.rest is None else [f"{REST}={marks_text(self.rest)}"]))

    @property
    def domain(self) -> Numbers:
        """A figure of the unit."""
        return figures(self.unit)

    def worth(self) -> Expr:
        """Return the points of the first band that holds."""
        result: Expr = INVALID if self.rest is None else Number(self.rest)
        for band in reversed(self.bands):
            result = if_(Binary(band.op, clean(X), Number(band.at)), Number(band.points), result)
        return result

    def sentence(self) -> str:
        cases = [f"{band.describe(self.unit)}{points_text(band.points)}" for band in self.bands]
        if self.rest is not None:
            cases.append(f"其余{points_text(self.rest)}")
        hint = "，直接键入如 95%" if self.unit == "%" else ""
        return f"填{self.domain.describe()}{hint}。{'；'.join(cases)}。"

    def reach(self) -> tuple[Fraction, Fraction]:
        """Return the points of the worst and of the best band that is reached."""
        hits = self.hits()
        points = [band.points for index, band in enumerate(self.bands) if index in hits]
        if len(self.bands) in hits and self.rest is not None:
            points.append(self.rest)
        return (min(points), max(points)) if points else (ZERO, ZERO)

    def thresholds(self) -> tuple[Fraction, ...]:
        """Return the limits of all bands."""
        return tuple(band.at for band in self.bands)

    def hits(self) -> dict[int, Fraction]:
        """Return which bands are reached, each with an input that does; `len(bands)` is what no band holds."""
        inputs: dict[int, Fraction] = {}
        for x in self.domain.boundaries(self.thresholds()):
            holding = (index for index, band in enumerate(self.bands) if band.holds(x))
            inputs.setdefault(next(holding, len(self.bands)), x)
        return inputs

    def parts(self) -> dict[str, str]:
        bands = {f"“{band.describe(self.unit)}”": points_text(band.points) for band in self.bands}
        return bands | limit_texts({REST: self.rest})

    def flaws(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield the bands that are never reached, and a figure that falls between them."""
        hits = self.hits()
        for index, band in enumerate(self.bands):
            if index not in hits:
                remedy = "请检查各档的次序和界限，从高到低（或从低到高）写"
                yield "P26", {"band": band.describe(self.unit), "remedy": remedy}
        beyond = hits.get(len(self.bands))
        if self.rest is not None and beyond is None:
            remedy = "前面各档已经包括了所有的数，请删去“其余”，或核对各档的界限"
            yield "P26", {"band": REST, "remedy": remedy}
        elif self.rest is None and beyond is not None:
            yield "P27", {"value": _typed(beyond, self.unit)}

    def answers(self, skills: Mapping[str, float], chance: random.Random) -> dict[str, Value]:
        """Return figures on the good side of the first band's limit, or not far on the other."""
        limit, places = self.bands[0].at, 4 if self.unit == "%" else 0
        better_high = self.bands[0].op in (">=", ">")
        room = (1 - limit if self.unit == "%" else limit / 2) if better_high else limit

        def answer(good: bool) -> Fraction:
            share = Fraction(chance.randint(5, 95), 100)
            if better_high:
                figure = limit + room * share if good else limit * (1 - share / 3)
            else:
                figure = limit * share if good else limit * (1 + share)
            return Fraction(rounded(figure, places))

        return each_by_skill(skills, chance, answer)


def _read_band(name: str, value: str, unit: str) -> Band:
    match = _CONDITION.fullmatch(plain(name))
    if not match:
        raise RuleError(f"“{name}”不是分档条件", "条件写成 >=90%、>8、<=5% 这样")
    op, digits, percent = match.groups()
    if unit == "%" and not percent:
        raise RuleError(f"单位是%，而“{name}”没有写百分号", f"请写成“{name}%”")
    if unit != "%" and percent:
        raise RuleError(f"“{name}”带百分号，而单位是“{unit or '空'}”", "请把单位改成%，或去掉百分号")
    at = read_number(digits, f"“{name}”里的数") / (100 if percent else 1)
    return Band(op or "=", at, read_points(value, name))


def _typed(figure: Fraction, unit: str) -> str:
    """Return a figure as it is typed; one between two bands may need more decimals than marks do."""
    number = figure * 100 if unit == "%" else figure
    text = marks_text(number)
    return (text if Fraction(text) == number else format(float(number), ".12g")) + unit
