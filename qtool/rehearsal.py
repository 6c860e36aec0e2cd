"""A rehearsal: every department's real workbook filled in as the department might, by seeded chance."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from fractions import Fraction
from pathlib import Path

from qtool.addresses import address
from qtool.layout import MARKS, SHEET, Layout
from qtool.model import CITY, EARNING, Key, Value
from qtool.office.archive.zip_archive import zip_content
from qtool.office.workbook.fill import fill
from qtool.rules.score import Scores
from qtool.text import day_text

REASONS = (
    "印证材料不全，缺少正式文件",
    "工作开展较晚，报送总结不及时",
    "现场核查发现台账不完整",
    "未达到规定的比例",
    "只有工作方案，没有落实情况",
    "抽查发现问题整改不到位",
)
_TAKEN_OFF = "发生扣分情形，已核实"


def answers_for(layout: Layout, seed: int) -> dict[Key, Value]:
    """Return plausible answers for a whole sheet; the same seed gives the same answers.

    Districts differ in how well they do, some a little every year; ranks are given once each.
    """
    chance = random.Random(f"{seed}/{layout.department}")
    skills = _skills(layout, seed)
    answers: dict[Key, Value] = {}
    for line in layout.lines:
        if line.measure is None or line.rule is None or line.criterion is None:
            continue
        name = line.measure.id
        if line.rule.needs_city:
            answers[name, CITY] = line.rule.city_answer()
        more = 0.08 if line.criterion.kind != EARNING else 0  # what is taken off seldom happens
        chances = {who: skill + more for who, skill in skills.items()}
        answers |= {(name, who): answer for who, answer in line.rule.answers(chances, chance).items()}
    return answers


def _skills(layout: Layout, seed: int) -> dict[str, float]:
    chance = random.Random(f"{seed}/districts")
    return {name: chance.uniform(0.80, 0.95) for name in layout.assessees}


def reasons_for(layout: Layout, scores: Scores, seed: int) -> Iterator[tuple[Key, str]]:
    """Yield a reason for every criterion and assessee that lost marks."""
    chance = random.Random(f"{seed}/{layout.department}/reasons")
    for criterion in layout.criteria:
        for who in layout.assessees:
            points = scores.criteria[criterion.code, who]
            if isinstance(points, Fraction) and points < criterion.high:
                text = chance.choice(REASONS) if criterion.kind == EARNING else _TAKEN_OFF
                yield (criterion.code, who), text


class Trouble(Enum):
    """What goes wrong with a returned sheet in a rehearsal with troubles; the value says it in Chinese."""

    NONE = "填好交回"
    ODD = "填得不规范，但看得懂"
    ZIPPED = "打成压缩包交回"
    HALF = "有一个考核对象没有填"
    WRONG = "有几格填得不对"
    DAMAGED = "文件传坏了"
    ABSENT = "没有交"


_TROUBLES = (Trouble.HALF, Trouble.WRONG, Trouble.DAMAGED, Trouble.ABSENT, Trouble.ODD, Trouble.ZIPPED)


def troubles(departments: Sequence[str], seed: int) -> dict[str, Trouble]:
    """Return what goes wrong for whom: a third of the departments has trouble, some more return odd but good files."""
    chance = random.Random(f"{seed}/troubles")
    order = list(departments)
    chance.shuffle(order)
    bad = max(1, len(order) // 3)
    ways = [_TROUBLES[number % 4] for number in range(bad)] + list(_TROUBLES[4:])
    return dict.fromkeys(departments, Trouble.NONE) | dict(zip(order, ways, strict=False))


def fill_sheet(
    source: Path, target: Path, layout: Layout, seed: int, trouble: Trouble = Trouble.NONE
) -> Mapping[Key, Value]:
    """Fill a department's real workbook through its input cells into `target`; return the answers given."""
    answers = answers_for(layout, seed)
    scores = layout.scorer.score(answers)
    cells = {address(*layout.inputs[key]): value for key, value in answers.items()}
    for (code, who), reason in reasons_for(layout, scores, seed):
        cells[address(layout.rows[f"c:{code}"], layout.columns[f"in:{who}"])] = reason
    for formula in layout.formulas():
        cells[address(formula.row, formula.col)] = formula.points(scores)
    deadline = layout.plan.facts.deadline
    cells[address(layout.sign_row, MARKS)] = "演练填表人"
    cells[address(layout.sign_row + 1, MARKS)] = day_text(deadline)
    cells |= {address(*layout.inputs[key]): value for key, value in _changed_answers(layout, answers, trouble).items()}
    fill(source, target, SHEET, cells)
    if trouble is Trouble.DAMAGED:
        target.write_bytes(target.read_bytes()[: target.stat().st_size // 2])
    elif trouble is Trouble.ZIPPED:
        content = target.read_bytes()
        target.write_bytes(zip_content([(source.name, content, (2023, 1, 10, 9, 0, 0))]))
    return answers


def _changed_answers(layout: Layout, answers: Mapping[Key, Value], trouble: Trouble) -> dict[Key, Value]:
    """Return the answers that a trouble changes."""
    if trouble is Trouble.HALF:
        return {key: None for key in answers if key[1] == layout.assessees[-1]}
    if trouble is Trouble.WRONG:
        return dict.fromkeys(list(answers)[::7], "不清楚")
    if trouble is Trouble.ODD:
        return {key: f" {answers[key]} " for key in list(answers)[::5] if isinstance(answers[key], str)}
    return {}
