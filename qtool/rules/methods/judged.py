"""评定: the scorer's own figure inside a range."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

from qtool.model import Value, exact, marks_text
from qtool.rules.domain import Numbers
from qtool.rules.expr import Binary, Expr, number, round_to
from qtool.rules.parameters import NUMBER, RuleError, Words, read_number
from qtool.rules.rule import PLACES, ZERO, Example, Rule, X, each_by_skill
from qtool.text import plain

_RANGE = re.compile(rf"(扣?)({NUMBER})~({NUMBER})")
_FORM = "0~1.75 或 扣0.1~0.4"


@dataclass(frozen=True)
class Judged(Rule):
    """A figure from `low` to `high`; with `taken_off` it is a deduction typed without a sign."""

    low: Fraction
    high: Fraction
    taken_off: bool = False

    method = "评定"
    note = "写分数的范围。前面加“扣”字的，填的是扣掉的分数，填写时不带负号。"
    examples = (
        Example("评分人看材料，在一个范围里定分", "监督检查得分", "分", "0~1.75", ("0", "1.2", "1.75")),
        Example("评分人定扣几分，不扣就填0", "整改扣分（已督促整改填0）", "分", "扣0.1~0.4", ("0", "0.1", "0.25")),
    )
    is_judged = True

    @classmethod
    def parse(cls, words: Words) -> Self:
        match = _RANGE.fullmatch(plain(words.parameters))
        if not match:
            raise RuleError(f"“{words.parameters}”不是评定的分数范围", f"请照这样写：{_FORM}")
        low, high = (read_number(match[end], f"“{words.parameters}”的分数“{match[end]}”") for end in (2, 3))
        if low < 0 or high <= low:
            raise RuleError(f"“{words.parameters}”的范围不对", f"左边的数不能为负，右边要比左边大，如 {_FORM}")
        return cls(low, high, taken_off=bool(match[1]))

    def write(self) -> str:
        return f"{'扣' if self.taken_off else ''}{marks_text(self.low)}~{marks_text(self.high)}"

    @property
    def domain(self) -> Numbers:
        """A figure of the range; 0 too where something is taken off."""
        return Numbers(self.low, self.high, or_zero=self.taken_off)

    def worth(self) -> Expr:
        """Return the input, or minus the input."""
        return round_to(Binary("-", number(0), X) if self.taken_off else X, PLACES)

    def sentence(self) -> str:
        if self.taken_off:
            span = f"{marks_text(self.low)}～{marks_text(self.high)}"
            return f"填扣掉的分数：不扣分填0，扣分填{span}之间的数，不要带负号。"
        return f"填评定的得分：{self.domain.describe()}。"

    def reach(self) -> tuple[Fraction, Fraction]:
        """Return the ends of the range."""
        return (-self.high, ZERO) if self.taken_off else (self.low, self.high)

    def thresholds(self) -> tuple[Fraction, ...]:
        """Return the ends of the range."""
        return (self.low, self.high)

    def parts(self) -> dict[str, str]:
        name = "扣分范围" if self.taken_off else "得分范围"
        return {name: f"{marks_text(self.low)}～{marks_text(self.high)}分"}

    def answers(self, skills: Mapping[str, float], chance: random.Random) -> dict[str, Value]:
        """Return figures from the upper part of the range; nothing taken off from those who do well."""

        def answer(good: bool) -> Fraction:
            if self.taken_off and good:
                return ZERO
            part = ZERO if self.taken_off else Fraction(8 if good else 4, 10)
            low = self.low + (self.high - self.low) * part
            figure = low + (self.high - low) * Fraction(chance.randint(0, 100), 100)
            return min(max(exact(str(round(float(figure), 2))), low), self.high)

        return each_by_skill(skills, chance, answer)
