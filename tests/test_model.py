"""Figures stay exact, and a plan's fingerprint changes exactly when a scoring sheet would."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtool.model import (
    DEDUCTING,
    EARNING,
    Area,
    Assessee,
    Criterion,
    Department,
    Facts,
    Grade,
    Item,
    Measure,
    Plan,
    exact,
    marks_text,
    rounded,
)


@pytest.mark.parametrize(
    ("number", "figure"),
    [
        *[(0.1, "1/10"), (0.1 + 0.2, "3/10"), (0.145, "29/200"), (0.14499999999999999, "29/200"), (1e-7, "1/10000000")],
        *[(0.983 - 0.982, "1/1000"), (-0.05, "-1/20"), (98.3, "983/10"), (1e15, "1000000000000000"), (-0.0, "0")],
        *[(7, "7"), ("1.75", "7/4"), ("-0.03", "-3/100"), ("1e3", "1000"), (10**20 + 1, "100000000000000000001")],
    ],
)
def test_exact(number: float | str, figure: str) -> None:
    assert exact(number) == Fraction(figure)


@given(st.integers(-(10**9), 10**9), st.integers(0, 6))
def test_every_figure_of_fifteen_digits_survives_a_cell(figure: int, places: int) -> None:
    assert exact(figure / 10**places) == Fraction(figure, 10**places)


@pytest.mark.parametrize("number", [float("inf"), float("-inf")])
def test_infinities_are_no_figures(number: float) -> None:
    with pytest.raises(OverflowError):
        exact(number)


@pytest.mark.parametrize("number", ["", "abc", float("nan"), "1,5"])
def test_what_is_no_number_is_refused(number: float | str) -> None:
    with pytest.raises((ValueError, ArithmeticError)):
        exact(number)


@pytest.mark.parametrize(
    ("figure", "places", "text"),
    [
        *[("0.00005", 4, "0.0001"), ("-0.00005", 4, "-0.0001"), ("0.00004999", 4, "0.0000"), ("1/3", 4, "0.3333")],
        *[("-2/3", 4, "-0.6667"), ("0.5", 0, "1"), ("-0.5", 0, "-1"), ("1.5", 0, "2"), ("2.5", 0, "3")],
        *[("0.12345", 4, "0.1235"), ("-0.12345", 4, "-0.1235"), ("99.99995", 4, "100.0000"), ("-2.5", 0, "-3")],
    ],
)
def test_halves_are_rounded_away_from_zero(figure: str, places: int, text: str) -> None:
    assert str(rounded(Fraction(figure), places)) == text


@given(st.decimals(-1000, 1000, places=7), st.integers(0, 6))
def test_rounding_agrees_with_decimal(figure: Decimal, places: int) -> None:
    assert rounded(Fraction(figure), places) == figure.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    assert rounded(-Fraction(figure), places) == -rounded(Fraction(figure), places)


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        *[("5", "5"), ("1.75", "1.75"), ("0.5", "0.5"), ("100", "100"), ("-0.25", "-0.25"), ("1/3", "0.3333")],
        *[("0", "0"), ("-0.00001", "0"), ("0.00005", "0.0001"), ("20", "20"), ("99.3000", "99.3"), ("-30", "-30")],
    ],
)
def test_marks_are_written_as_people_do(figure: str, text: str) -> None:
    assert marks_text(Fraction(figure)) == text


@given(st.integers(-(10**7), 10**7))
def test_marks_of_four_decimals_read_back(ten_thousandths: int) -> None:
    figure = Fraction(ten_thousandths, 10_000)
    assert exact(marks_text(figure)) == figure


# --- the fingerprint ------------------------------------------------------------------------------------------------

MEASURE = Measure("01-01-1-1", "测算得分", "分", "评定", "0~5", "否", 2)
ITEM = Item("1", "根据调查结果打分。", Fraction(5), Fraction(0), (MEASURE,), 2)
TEXTS = {"group": "产品质量", "evidence": "否", "source_lines": "46", "remark": ""}
CRITERION = Criterion(
    code="01-01",
    area="质量整体水平",
    key_point="质量发展",
    title="测算得分",
    kind=EARNING,
    marks=Fraction(5),
    base=Fraction(0),
    department="市质强办",
    items=(ITEM,),
    row=2,
    **TEXTS,
)
FACTS = Facts(
    name="质量工作考核方案",
    year=2022,
    city="随州市",
    office="市质强办",
    office_title="市质量强市工作领导小组办公室",
    basis="",
    deadline=date(2023, 1, 12),
    returns_to="市质强办",
    report_limit=3000,
    problems_minimum=500,
    evidence_limit_gb=Fraction(2),
    full_marks=Fraction(5),
    mail=False,
)
PLAN = Plan(
    facts=FACTS,
    areas=(Area("质量整体水平", Fraction(5), 2),),
    assessees=(Assessee("曾都区人民政府", "曾都区", "", 2), Assessee("随县人民政府", "随县", "", 3)),
    departments=(Department("市质强办", "", 2), Department("市商务局", "", 3)),
    grades=(Grade("合格", Fraction(60), "", 2),),
    criteria=(CRITERION,),
)


def with_criterion(**changes: object) -> Plan:
    return dataclasses.replace(PLAN, criteria=(dataclasses.replace(CRITERION, **changes),))  # type: ignore[arg-type]


def with_item(**changes: object) -> Plan:
    return with_criterion(items=(dataclasses.replace(ITEM, **changes),))  # type: ignore[arg-type]


def with_measure(**changes: object) -> Plan:
    return with_item(measures=(dataclasses.replace(MEASURE, **changes),))  # type: ignore[arg-type]


def with_assessees(**changes: object) -> Plan:
    changed = tuple(dataclasses.replace(one, **changes) for one in PLAN.assessees)  # type: ignore[arg-type]
    return dataclasses.replace(PLAN, assessees=changed)


UNSEEN: list[Callable[[], Plan]] = [
    lambda: with_criterion(row=99),
    lambda: with_item(row=99),
    lambda: with_measure(row=99),
    lambda: with_criterion(remark="原文为", source_lines="47"),
    lambda: with_assessees(address="a@b.cn"),
    lambda: with_assessees(row=9),
    lambda: dataclasses.replace(PLAN, departments=(Department("市质强办", "a@b.cn", 7),)),
]
SEEN: list[Callable[[], Plan]] = [
    lambda: with_criterion(marks=Fraction(4)),
    lambda: with_criterion(base=Fraction(1)),
    lambda: with_criterion(kind=DEDUCTING),
    lambda: with_criterion(department="市商务局"),
    lambda: with_criterion(title="别的"),
    lambda: with_item(standard="别的"),
    lambda: with_item(marks=Fraction(4)),
    lambda: with_item(base=Fraction(1, 10)),
    lambda: with_measure(label="别的"),
    lambda: with_measure(parameters="0~4"),
    lambda: with_measure(unit="%"),
    lambda: dataclasses.replace(PLAN, assessees=PLAN.assessees[::-1]),
    lambda: dataclasses.replace(PLAN, assessees=PLAN.assessees[:1]),
    lambda: dataclasses.replace(PLAN, facts=dataclasses.replace(FACTS, year=2023)),
    lambda: dataclasses.replace(PLAN, facts=dataclasses.replace(FACTS, deadline=date(2023, 1, 13))),
]


@pytest.mark.parametrize("change", UNSEEN)
def test_the_fingerprint_overlooks_what_no_sheet_shows(change: Callable[[], Plan]) -> None:
    assert change().fingerprint == PLAN.fingerprint


def test_the_fingerprint_sees_what_a_sheet_shows() -> None:
    prints = [PLAN.fingerprint, *(change().fingerprint for change in SEEN)]
    assert len(set(prints)) == len(prints)
    assert all(len(fingerprint) == 16 and int(fingerprint, 16) >= 0 for fingerprint in prints)


def test_where_a_thing_stands_makes_no_difference() -> None:
    assert with_measure(row=99) == PLAN
    assert with_measure(label="别的") != PLAN


def test_bounds_of_items_and_criteria() -> None:
    def bounds(**changes: object) -> list[Fraction]:
        return list(dataclasses.replace(CRITERION, **changes).item_bounds(ITEM))  # type: ignore[arg-type]

    assert bounds() == [0, 5]
    assert bounds(kind=DEDUCTING) == bounds(base=Fraction(2)) == [-5, 0]
    assert [CRITERION.low, CRITERION.high] == [0, 5]
    deducting = dataclasses.replace(CRITERION, kind=DEDUCTING)
    assert [deducting.low, deducting.high] == [-5, 0]


def test_departments_without_a_criterion_score_nothing() -> None:
    assert [department.name for department in PLAN.scoring_departments] == ["市质强办"]
    assert PLAN.of_department("市质强办") == (CRITERION,)
    assert PLAN.of_department("市商务局") == ()
    assert list(PLAN.measures) == ["01-01-1-1"]
