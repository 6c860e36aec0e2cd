"""A rehearsal: every department's real workbook filled in as the department might, by seeded chance."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from fractions import Fraction
from pathlib import Path

from qtool.layout import MARKS, SHEET, Layout, address
from qtool.model import CITY, EARNING, Key, Value, exact, rounded
from qtool.office.workbook.fill import fill
from qtool.rules.kinds import AgainstMean, Bands, Choice, Counted, Judged, Rank, Rule
from qtool.rules.score import Scores

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
    skill = _skills(layout, seed)
    found: dict[Key, Value] = {}
    for line in layout.lines:
        if line.measure is None or line.rule is None or line.criterion is None:
            continue
        rule, name = line.rule, line.measure.id
        if isinstance(rule, Rank):
            order = sorted(layout.assessees, key=lambda who: (-skill[who] - chance.gauss(0, 0.05), who))
            found |= {(name, who): Fraction(place) for place, who in enumerate(order, 1)}
            continue
        if (name, CITY) in layout.inputs:
            found[name, CITY] = _middle(rule)
        for who in layout.assessees:
            good = chance.random() < skill[who] + (0.08 if line.criterion.kind != EARNING else 0)
            found[name, who] = _answer(rule, chance, good=good)
    return found


def _skills(layout: Layout, seed: int) -> dict[str, float]:
    chance = random.Random(f"{seed}/districts")
    return {name: chance.uniform(0.80, 0.95) for name in layout.assessees}


def _middle(rule: Rule) -> Fraction:
    percent = isinstance(rule, AgainstMean) and rule.unit == "%"
    return exact("0.985") if percent else Fraction(12)


def _answer(rule: Rule, chance: random.Random, *, good: bool) -> Value:
    match rule:
        case Choice(options):
            ranked = sorted(options, key=lambda option: -option[1])
            return ranked[0][0] if good else chance.choice(ranked[1:])[0]
        case Judged(low, high, taken_off):
            if taken_off:
                return Fraction(0) if good else _between(low, high, chance)
            return _between(low + (high - low) * (Fraction(8, 10) if good else Fraction(4, 10)), high, chance)
        case Counted():
            return Fraction(0) if good else Fraction(chance.choice((1, 1, 1, 2, 3)))
        case Bands():
            return _banded(rule, chance, good=good)
        case AgainstMean():
            middle = _middle(rule)
            if middle > 1:
                return Fraction(chance.randint(8, 24) if good else chance.randint(2, 12))
            return middle + Fraction(chance.randint(0, 40) if good else chance.randint(-80, 5), 10_000)
    return Fraction(0)


def _between(low: Fraction, high: Fraction, chance: random.Random) -> Fraction:
    """Return a judged figure of two decimals inside the limits."""
    picked = low + (high - low) * Fraction(chance.randint(0, 100), 100)
    return min(max(exact(str(round(float(picked), 2))), low), high)


def _banded(rule: Bands, chance: random.Random, *, good: bool) -> Fraction:
    """Return a figure on the good side of the first band's limit, or not far on the other."""
    limit, places = rule.bands[0].at, 4 if rule.unit == "%" else 0
    better_high = rule.bands[0].op in (">=", ">")
    room = (1 - limit if rule.unit == "%" else limit / 2) if better_high else limit
    share = Fraction(chance.randint(5, 95), 100)
    if better_high:
        figure = limit + room * share if good else limit * (1 - share / 3)
    else:
        figure = limit * share if good else limit * (1 + share)
    return Fraction(rounded(figure, places))


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
        kind, _, name = formula.id.partition(":")
        table = {"m": scores.measures, "i": scores.items, "c": scores.criteria}.get(kind)
        result = table[name, formula.who] if table is not None else scores.totals[formula.who]
        cells[address(formula.row, formula.col)] = result
    deadline = layout.plan.facts.deadline
    cells[address(layout.sign_row, MARKS)] = "演练填表人"
    cells[address(layout.sign_row + 1, MARKS)] = f"{deadline.year}年{deadline.month}月{deadline.day}日"
    cells |= {address(*layout.inputs[key]): value for key, value in _spoilt(layout, answers, trouble).items()}
    fill(source, target, SHEET, cells)
    if trouble is Trouble.DAMAGED:
        target.write_bytes(target.read_bytes()[: target.stat().st_size // 2])
    elif trouble is Trouble.ZIPPED:
        content = target.read_bytes()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(zipfile.ZipInfo(source.name, (2023, 1, 10, 9, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return answers


def _spoilt(layout: Layout, answers: Mapping[Key, Value], trouble: Trouble) -> dict[Key, Value]:
    """Return the answers that a trouble changes."""
    if trouble is Trouble.HALF:
        return {key: None for key in answers if key[1] == layout.assessees[-1]}
    if trouble is Trouble.WRONG:
        return dict.fromkeys(list(answers)[::7], "不清楚")
    if trouble is Trouble.ODD:
        return {key: f" {answers[key]} " for key in list(answers)[::5] if isinstance(answers[key], str)}
    return {}
