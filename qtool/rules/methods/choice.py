"""选项: one label of a drop-down list, each worth its points."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

from qtool.model import Value
from qtool.rules.domain import Labels
from qtool.rules.expr import INVALID, Binary, Expr, Number, Text, if_
from qtool.rules.parameters import RuleError, Words, check_count, read_pairs, read_points, write_pairs
from qtool.rules.rule import Example, Rule, X, each_by_skill, points_text
from qtool.text import plain

_FIGURE = re.compile(r"[¥$(]*[\d.,%/:年月日\-]+(e[+-]?\d+)?\)?", re.IGNORECASE)
_PROMPT_LIMIT = 255
"""Characters of a cell's prompt; a longer list of choices is not told in it."""


@dataclass(frozen=True)
class Choice(Rule):
    """Labels and their points, in the order of the list."""

    options: tuple[tuple[str, Fraction], ...]

    method = "选项"
    note = "等号左边的文字就是下拉列表里的文字，次序相同；同一项里不能有相同的文字。"
    examples = (
        Example(
            "情况分成几种，一种一个分数",
            "纾困措施落实情况",
            "",
            "较好=1；一般=0.5；较差=0",
            ("较好", "一般", "较差"),
        ),
        Example(
            "情况分成几种，不好的扣分",
            "监督检查与通报",
            "",
            "已开展并通报=0；已开展未通报=-0.25；未开展=-0.5",
            ("已开展并通报", "已开展未通报", "未开展"),
        ),
    )

    @classmethod
    def parse(cls, words: Words) -> Self:
        pairs = read_pairs(words.parameters, "较好=1；一般=0.5；较差=0")
        options = tuple((label, read_points(value, label)) for label, value in pairs)
        keys: set[str] = set()
        for label, _ in options:
            key = plain(label).casefold()
            if key in keys:
                raise RuleError(f"选项“{label}”写了两次", "同一项里每个选项的文字必须不同")
            keys.add(key)
            _check_label(label)
        if len(options) < 2:
            raise RuleError("只有一个选项", "至少要两个选项，如 是=1；否=0")
        check_count(len(options), "个选项")
        return cls(options)

    def write(self) -> str:
        return write_pairs(*self.options)

    @property
    def domain(self) -> Labels:
        """One of the labels."""
        return Labels(tuple(label for label, _ in self.options))

    @property
    def label_points(self) -> Mapping[str, Fraction]:
        return dict(self.options)

    def worth(self) -> Expr:
        """Return the points of the label."""
        result: Expr = INVALID
        for label, points in reversed(self.options):
            result = if_(Binary("=", X, Text(label)), Number(points), result)
        return result

    def sentence(self) -> str:
        options = "；".join(f"{label}（{points_text(points)}）" for label, points in self.options)
        sentence = f"从下拉列表中选一项：{options}。"
        if len(sentence) <= _PROMPT_LIMIT:
            return sentence
        low, high = self.reach()
        return f"从下拉列表中选一项，共{len(self.options)}项，{points_text(low)}到{points_text(high)}不等。"

    def reach(self) -> tuple[Fraction, Fraction]:
        """Return the points of the worst and of the best label."""
        points = [points for _, points in self.options]
        return min(points), max(points)

    def thresholds(self) -> tuple[Fraction, ...]:
        """Return nothing: a label is no figure."""
        return ()

    def parts(self) -> dict[str, str]:
        return {f"选项“{label}”": points_text(points) for label, points in self.options}

    def answers(self, skills: Mapping[str, float], chance: random.Random) -> dict[str, Value]:
        """Return the best label for those who do well, one of the others for the rest."""
        best, *others = sorted(self.options, key=lambda option: -option[1])
        return each_by_skill(skills, chance, lambda good: (best if good else chance.choice(others))[0])


def _check_label(label: str) -> None:
    if len(label) > 255 or label.startswith(("=", "+", "-", "@")) or _FIGURE.fullmatch(plain(label)):
        raise RuleError(
            f"选项“{label[:30]}”放进 Excel 下拉列表会变成数、日期或公式，或者太长",
            "请改成255字以内的文字，如“80分及以上”",
        )
    if plain(label).casefold() in {"true", "false"}:
        raise RuleError(f"选项“{label}”会被 Excel 当成逻辑值", "请改成“是”“否”这样的文字")
