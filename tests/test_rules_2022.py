"""The rubric of 2022: what it says to those who fill it in, and what it can come to."""

from __future__ import annotations

import re
from fractions import Fraction

from strategies import held, telling

from qtool.model import CITY, DEDUCTING, EARNING, Assessee, Criterion, Key, Value, exact
from qtool.rules.expr import evaluate
from qtool.rules.methods import METHODS, rule_of
from qtool.rules.rule import PEERS, Rule
from qtool.rules.score import score


def test_sentences_of_2022_are_short_plain_chinese(rubric: tuple[Criterion, ...]) -> None:
    measures = [measure for criterion in rubric for measure in criterion.measures]
    assert len(measures) == 203
    for measure in measures:
        sentence = rule_of(measure, 5).sentence()
        assert 8 <= len(sentence) <= 255, measure
        assert not re.search("[A-Za-z;,:()]", sentence), sentence
        assert sentence.endswith("。"), sentence
        assert not re.search(r"--|扣-|得-|\.\d{5}|None", sentence), sentence


def test_every_method_stands_in_2022(rubric: tuple[Criterion, ...]) -> None:
    assert {measure.method for criterion in rubric for measure in criterion.measures} == set(METHODS)
    assert (len(rubric), sum(len(criterion.items) for criterion in rubric)) == (72, 163)
    assert sum(criterion.marks for criterion in rubric if criterion.kind == EARNING) == 100


def test_the_best_that_2022_allows(rubric: tuple[Criterion, ...]) -> None:
    # One assessee gets the best of every measure, the others the worst; worked out on the rubric by hand.
    answers: dict[Key, Value] = {}
    for measure in (measure for criterion in rubric for measure in criterion.measures):
        rule = rule_of(measure, 2)
        allowed = [x for x in map(held, telling(rule)) if x is not None and rule.domain.allows(x)]
        by_worth = sorted(allowed, key=lambda x: worth_of(rule, x))
        answers |= {(measure.id, "甲"): by_worth[-1], (measure.id, "乙"): by_worth[0]}
        if rule.needs_city:
            answers[measure.id, CITY] = exact("0.5")
    scores = score(rubric, [Assessee("甲", "甲"), Assessee("乙", "乙")], answers)
    short = {c.code: scores.criteria[c.code, "甲"] for c in rubric if scores.criteria[c.code, "甲"] != c.high}
    assert short == {"06-01": Fraction("1.3"), "15-04": Fraction("0.3"), "15-05": Fraction("0.3")}
    assert scores.totals["甲"] == Fraction("99.3")
    assert all(scores.criteria[c.code, "乙"] == c.low for c in rubric if c.kind == DEDUCTING)


def worth_of(rule: Rule, x: Fraction | str) -> Fraction:
    found = evaluate(rule.points(), {"x": x, "city": exact("0.5"), PEERS: (Fraction(0), Fraction(20))})
    assert isinstance(found, Fraction)
    return found
