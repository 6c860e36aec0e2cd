"""Rules without a spreadsheet: what they mean, what they refuse, and that nothing is lost between text and points."""

from __future__ import annotations

import itertools
import random
import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judge import Typed, in_binary
from strategies import asked, criteria, criterion_of, held, rules, telling, words

from qtool.model import CITY, DEDUCTING, Assessee, Criterion, Item, Key, Measure, Value, exact
from qtool.rules.domain import Labels
from qtool.rules.excel import number_text, validation
from qtool.rules.expr import INVALID, evaluate
from qtool.rules.methods import parse, rule_of
from qtool.rules.methods.against_mean import AgainstMean, Steps
from qtool.rules.methods.bands import Bands
from qtool.rules.methods.counted import Counted
from qtool.rules.parameters import RuleError
from qtool.rules.rule import PEERS, Rule
from qtool.rules.score import equals_its_measure, item_id, score
from qtool.text import near

WRONG = INVALID.value
FULL_WIDTH = {ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789=-~%><+."}


def points(rule: Rule, x: Typed, city: Typed = None, peers: tuple[Typed, ...] = ()) -> Value:
    return evaluate(rule.points(), {"x": held(x), "city": held(city), PEERS: tuple(map(held, peers))})


# --- the words of a rule --------------------------------------------------------------------------------------------


@given(rules())
def test_a_written_rule_reads_back_equal(rule: Rule) -> None:
    method, parameters, unit = words(rule)
    assert parse(method, parameters, unit, 5) == rule


@given(rules(), st.sampled_from(["；", ";", " ； ", ";\n", "；\u3000", " ;\u00a0"]), st.booleans())
def test_width_and_spaces_do_not_matter(rule: Rule, between: str, wide: bool) -> None:
    method, parameters, unit = words(rule)
    pairs = [pair.rpartition("=") for pair in parameters.split("；")]
    if wide:  # the labels of a choice are texts and stay as they are
        labelled = method == "选项"
        names = [name if labelled else name.translate(FULL_WIDTH) for name, _, _ in pairs]
        rest = [(sign.translate(FULL_WIDTH), value.translate(FULL_WIDTH)) for _, sign, value in pairs]
        pairs = [(name, *two) for name, two in zip(names, rest, strict=True)]
    spaced = between.join(f" {a} {b} {c}" for a, b, c in pairs)
    assert parse(f" {method}\u3000", spaced, unit.translate(FULL_WIDTH) if wide else unit, 5) == rule


def test_signs_that_people_type_are_understood() -> None:
    assert parse("分档", "≥90%=1；≤10％=0.5；其余=0", "％", 5) == parse("分档", ">=90%=1；<=10%=0.5；其余=0", "%", 5)
    assert parse("评定", "０～１．７５", "分", 5) == parse("评定", "0~1.75", "分", 5)
    assert parse("评定", "0至1.75", "分", 5) == parse("评定", "0~1.75", "分", 5)
    assert parse("名次", "第1—3名=3分；其余=+0", "", 5) == parse("名次", "1-3=3；其余=0", "", 5)
    assert parse("分档", "8=1；其余=0", "件", 5) == parse("分档", "=8=1；其余=0", "件", 5)


REFUSED = [
    ("打分", "0~1", "", "打分"),
    ("", "0~1", "", "计分方式"),
    ("评定", "", "分", "评定"),
    ("评定", "1~1", "分", "1~1"),
    ("评定", "2~1", "分", "2~1"),
    ("评定", "-1~1", "分", "-1~1"),
    ("评定", "0~0.00001", "分", "0.00001"),
    ("评定", "加0~1", "分", "加0~1"),
    ("选项", "", "", "计分参数"),
    ("选项", "是", "", "是"),
    ("选项", "是=1；=0", "", "=0"),
    ("选项", "是=1；是=0", "", "是"),
    ("选项", "Yes=1；YES=0", "", "YES"),
    ("选项", "是=一分；否=0", "", "一分"),
    ("选项", "是=；否=0", "", "是"),
    ("选项", "是=0.12345；否=0", "", "0.12345"),
    ("选项", "80=1；否=0", "", "80"),
    ("选项", "3月1日=1；否=0", "", "3月1日"),
    ("选项", "1E5=1；否=0", "", "1E5"),
    ("选项", "@我=1；否=0", "", "@我"),
    ("选项", "真=1；TRUE=0", "", "TRUE"),
    ("选项", f"{'长' * 256}=1；否=0", "", "长长"),
    ("选项", "；".join(f"第{n}项=0" for n in range(41)), "", "41"),
    ("分档", "其余=1", "%", "分档"),
    ("分档", ">=90=1", "%", ">=90"),
    ("分档", ">=90%=1", "件", ">=90%"),
    ("分档", "90以上=1", "件", "90以上"),
    ("分档", ">=0.00001=1；其余=0", "元", "0.00001"),
    ("分档", ">=8", "件", ">"),
    ("分档", "其余=0；>=8=1", "件", ">=8"),
    ("分档", ">=8=1；其余=0；其余=1", "件", "其余"),
    ("计次", "起评=1", "次", "每次"),
    ("计次", "每次=0", "次", "每次"),
    ("计次", "每次=-0.1；最底=0", "次", "最底"),
    ("计次", "每次=-0.1；每次=-0.2", "次", "每次"),
    ("计次", "每次=-0.1；最低=1；最高=0", "次", "最低"),
    ("计次", "每次=-0.1；最低=无", "次", "最低"),
    ("名次", "其余=0", "名", "名次"),
    ("名次", "前三=1", "名", "前三"),
    ("名次", "0-3=1", "名", "0-3"),
    ("名次", "3-1=1", "名", "3-1"),
    ("名次", "1-3=2；3-5=1", "名", "3-5"),
    ("比均值", "起评=1；步长=0.1；每步=0.1", "%", "基准"),
    ("比均值", "基准=全省值；高于=1；等于=0；低于=0", "%", "全省值"),
    ("比均值", "基准=全市值；高于=1；低于=0", "%", "等于"),
    ("比均值", "基准=全市值；高于=1；等于=0；低于=0；步长=0.1", "%", "步长"),
    ("比均值", "基准=全市值；步长=0.1", "%", "每步"),
    ("比均值", "基准=全市值；步长=-0.1；每步=0.1", "%", "步长"),
    ("比均值", "基准=全市值；步长=0.00001；每步=0.1", "%", "步长"),
    ("比均值", "基准=全市值；步长=0.1；每步=0.1；最低=3；最高=2", "%", "最低"),
]


@pytest.mark.parametrize(("method", "parameters", "unit", "place"), REFUSED)
def test_a_wrong_rule_is_refused_with_its_place_and_a_remedy(
    method: str, parameters: str, unit: str, place: str
) -> None:
    with pytest.raises(RuleError) as refused:
        parse(method, parameters, unit, 5)
    assert place in refused.value.problem
    assert re.search("[\u4e00-\u9fff]{2}", refused.value.remedy)
    assert len(refused.value.problem) < 300


def test_a_near_miss_is_suggested() -> None:
    assert near("市经信据", ["市经信局", "市教育局"]) == "是不是要写“市经信局”？"
    assert near("甲乙丙丁", ["市经信局", "市教育局"]) == ""
    with pytest.raises(RuleError) as refused:
        parse("比平均值", "", "", 5)
    assert refused.value.remedy == "是不是要写“比均值”？"
    with pytest.raises(RuleError) as refused:
        parse("计次", "每次=-0.1；最低分=0", "次", 5)
    assert refused.value.remedy == "是不是要写“最低”？"


# --- worked by hand -------------------------------------------------------------------------------------------------

BY_HAND: list[tuple[str, str, str, list[tuple[Typed, str | None]]]] = [
    ("评定", "0~1.75", "分", [(0.0, "0"), (1.75, "1.75"), (1.7501, WRONG), (-0.1, WRONG), (0.33335, "0.3334")]),
    ("评定", "0~1.75", "分", [(None, None), ("好", WRONG), ("1", WRONG), (0.1 + 0.2, "0.3")]),
    ("评定", "扣0.1~0.4", "分", [(0.0, "0"), (0.1, "-0.1"), (0.4, "-0.4"), (0.05, WRONG), (0.41, WRONG)]),
    ("评定", "扣0.1~0.4", "分", [(-0.2, WRONG), (0.12345, "-0.1235"), (0.1 + 0.2, "-0.3"), (None, None)]),
    ("选项", "较好=1；一般=0.5；较差=0", "", [("较好", "1"), ("一般", "0.5"), ("较差", "0"), ("好", WRONG)]),
    ("选项", "A级=1；B级=0", "", [("a级", "1"), ("B级", "0"), ("A级 ", WRONG), (1.0, WRONG), (None, None)]),
    ("分档", ">=90%=1；>=80%=0.95；其余=0.9", "%", [(0.9, "1"), (0.8999, "0.95"), (0.8, "0.95"), (0.7999, "0.9")]),
    ("分档", ">=90%=1；>=80%=0.95；其余=0.9", "%", [(1.0, "1"), (1.0001, WRONG), (-0.01, WRONG), (0.7 + 0.1, "0.95")]),
    ("分档", "<10%=0.2；<=20%=0.1；其余=0", "%", [(0.0999, "0.2"), (0.1, "0.1"), (0.2, "0.1"), (0.2001, "0")]),
    ("分档", "<=5%=0.5；其余=0", "%", [(0.05, "0.5"), (0.0501, "0"), (0.0, "0.5")]),
    ("分档", ">12%=1；>=10%=0.5；其余=0", "%", [(0.12, "0.5"), (0.1201, "1"), (0.1, "0.5"), (0.0999, "0")]),
    ("分档", ">=30%=0.5；>0%=0.3；其余=0", "%", [(0.0, "0"), (0.0001, "0.3"), (0.3, "0.5")]),
    ("分档", ">=8=0.1；其余=0", "件", [(8.0, "0.1"), (7.0, "0"), (7.5, WRONG), (8.5, WRONG), (1e6, "0.1")]),
    ("分档", ">=8000=0.5；其余=0", "元", [(7999.99, "0"), (8000.0, "0.5"), (8000.01, "0.5")]),
    ("分档", "<5=1；>5=2", "元", [(4.9, "1"), (5.0, WRONG), (5.1, "2")]),
    ("计次", "起评=0.3；每次=-0.03；最低=0", "次", [(0.0, "0.3"), (3.0, "0.21"), (9.0, "0.03"), (10.0, "0")]),
    ("计次", "起评=0.3；每次=-0.1；最低=0", "项", [(2.0, "0.1"), (3.0, "0"), (4.0, "0"), (1.5, WRONG), (-1.0, WRONG)]),
    ("计次", "每次=-0.05；最低=-0.25", "个", [(4.0, "-0.2"), (5.0, "-0.25"), (6.0, "-0.25"), (1e6, "-0.25")]),
    ("计次", "每次=-0.5", "次", [(0.0, "0"), (3.0, "-1.5"), ("三", WRONG), (None, None)]),
    ("计次", "每次=0.3；最高=0.5", "件", [(1.0, "0.3"), (2.0, "0.5"), (3.0, "0.5")]),
    ("名次", "1-3=3；4-6=2；7-10=1；其余=0", "名", [(0.0, "0"), (1.0, "3"), (3.0, "3"), (5.0, "2"), (6.0, WRONG)]),
    ("名次", "1=3；3=2；其余=0.5", "名", [(1.0, "3"), (2.0, "0.5"), (3.0, "2"), (0.0, "0.5"), (1.5, WRONG)]),
]


@pytest.mark.parametrize(("method", "parameters", "unit", "cases"), BY_HAND)
def test_points_worked_by_hand(method: str, parameters: str, unit: str, cases: list[tuple[Typed, str | None]]) -> None:
    rule = parse(method, parameters, unit, 5)
    for typed, expected in cases:
        wanted = expected if expected is None or expected == WRONG else Fraction(expected)
        assert points(rule, typed) == wanted, typed


STEPS = "基准=全市值；起评=1.5；步长=0.1；每步=0.1；最高=2；最低=0"


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        *[(0.982, "1.5"), (0.983, "1.6"), (0.9829, "1.5"), (0.98301, "1.6"), (0.9839, "1.6"), (0.984, "1.7")],
        *[(0.9811, "1.5"), (0.981, "1.4"), (0.9805, "1.4"), (0.98, "1.3"), (0.987, "2"), (0.99, "2"), (1.0, "2")],
        *[(0.968, "0.1"), (0.967, "0"), (0.966, "0"), (0.0, "0"), (1.01, WRONG), (-0.1, WRONG), ("高", WRONG)],
    ],
)
def test_whole_steps_against_the_city(x: Typed, expected: str) -> None:
    wanted = expected if expected == WRONG else Fraction(expected)
    assert points(parse("比均值", STEPS, "%", 5), x, 0.982) == wanted


def test_without_the_citys_figure_there_are_no_points_yet() -> None:
    rule = parse("比均值", STEPS, "%", 5)
    assert [points(rule, 0.98, city) for city in (None, 1.2, -0.1, "全市")] == [None] * 4
    assert points(rule, 1.2) == WRONG
    assert points(rule, None, 0.98) is None


@pytest.mark.parametrize(
    ("peers", "expected"),
    [
        ((4.0, 6.0, 5.0, 5.0, 5.0), ["-0.05", "0.2", "0", "0", "0"]),
        ((1.0, 2.0, 2.0, 2.0, 2.0), ["-0.05", "0.2", "0.2", "0.2", "0.2"]),
        ((0.0, 0.0, 0.0, 0.0, 0.0), ["0"] * 5),
        ((0.0, 0.0, 0.0, 0.0, 1.0), ["-0.05"] * 4 + ["0.2"]),
    ],
)
def test_sides_of_the_mean(peers: tuple[float, ...], expected: list[str]) -> None:
    rule = parse("比均值", "基准=各地平均；高于=0.2；等于=0；低于=-0.05", "件", 5)
    assert [points(rule, x, None, peers) for x in peers] == [Fraction(text) for text in expected]


def test_the_mean_waits_for_everyone_and_is_free_of_noise() -> None:
    rule = parse("比均值", "基准=各地平均；高于=0.2；等于=0；低于=-0.05", "元", 3)
    assert points(rule, 0.2, None, (0.1, 0.2, 0.3)) == 0
    assert points(rule, 0.1 + 0.2, None, (0.1 + 0.2, 0.3, 0.3)) == 0
    assert points(rule, 1.0, None, (1.0, 1.0, 2.0)) == Fraction("-0.05")
    assert points(rule, 0.2, None, (0.1, 0.2, None)) is None
    assert points(rule, 0.2, None, (0.1, 0.2, "无")) is None


# --- laws -----------------------------------------------------------------------------------------------------------


@given(asked())
def test_points_are_blank_refused_or_short_figures(case: tuple[Rule, tuple[Typed, ...], Typed]) -> None:
    rule, typed, city = case
    for x in typed:
        found = points(rule, x, city, typed)
        if x is None:
            assert found is None
        elif not rule.domain.allows(held(x)):
            assert found == WRONG
        elif found is None:
            assert isinstance(rule, AgainstMean)
        elif isinstance(found, str):
            assert isinstance(rule, Bands)
            assert rule.rest is None
        else:
            assert (found * 10_000).denominator == 1


@given(asked())
def test_no_input_earns_more_or_less_than_the_reach(case: tuple[Rule, tuple[Typed, ...], Typed]) -> None:
    rule, typed, city = case
    least, most = rule.reach()
    steps = rule.by if isinstance(rule, AgainstMean) and isinstance(rule.by, Steps) else None
    for x in typed:
        if isinstance(found := points(rule, x, city, typed), Fraction):  # without a limit there is no true bound
            assert least <= found or (steps and steps.low is None)
            assert found <= most or (steps and steps.high is None)


@given(asked())
def test_plain_binary_arithmetic_agrees(case: tuple[Rule, tuple[Typed, ...], Typed]) -> None:
    # A spreadsheet that hides no noise at all: what the formulas round away must be enough.
    rule, typed, city = case
    for x in typed:
        found = in_binary(rule.points(), {"x": x, "city": city, PEERS: typed})
        assert (exact(found) if isinstance(found, float) else found) == points(rule, x, city, typed)


def test_whole_steps_are_whole_in_plain_binary_arithmetic() -> None:
    rule = parse("比均值", "基准=全市值；步长=0.1；每步=0.1", "%", 5)
    naive = 0
    for city, x in itertools.product(range(0, 1001, 17), repeat=2):  # in tenths of a percentage point
        cells: dict[str, Typed | tuple[Typed, ...]] = {"x": x / 1000, "city": city / 1000}
        found = in_binary(rule.points(), cells)
        assert isinstance(found, float)
        assert exact(found) == Fraction(x - city, 10)
        naive += int((x / 1000 - city / 1000) / 0.001) != x - city
    assert naive > 500  # what the formulas would get wrong without rounding first


@given(criteria(3), st.randoms(use_true_random=False))
@pytest.mark.lengthy
def test_items_and_criteria_are_kept_inside_their_bounds(made: tuple[Criterion, ...], chance: random.Random) -> None:
    assessees = [Assessee(name, name) for name in "甲乙丙"]
    answers: dict[Key, Value] = {}
    for measure in (measure for criterion in made for measure in criterion.measures):
        likely = [held(typed) for typed in telling(rule_of(measure, 3))]
        answers |= {(measure.id, name): chance.choice(likely) for name in (*"甲乙丙", CITY)}
    scores = score(made, assessees, answers)
    for criterion in made:
        takes_off = criterion.kind == DEDUCTING or criterion.base > 0
        for name in "甲乙丙":
            for item in criterion.items:
                low, high = (-item.marks, Fraction(0)) if takes_off else (Fraction(0), item.marks)
                parts = [scores.measures[measure.id, name] for measure in item.measures]
                assert scores.items[item_id(criterion, item), name] == kept(item.base, parts, low, high)
            low = -criterion.marks if criterion.kind == DEDUCTING else Fraction(0)
            parts = [scores.items[item_id(criterion, item), name] for item in criterion.items]
            assert scores.criteria[criterion.code, name] == kept(criterion.base, parts, low, low + criterion.marks)
    for name in "甲乙丙":
        worth = [scores.criteria[criterion.code, name] for criterion in made]
        complete = [part for part in worth if isinstance(part, Fraction)]
        assert scores.totals[name] == (sum(complete) if len(complete) == len(worth) else None)


def kept(base: Fraction, parts: list[Value], low: Fraction, high: Fraction) -> Fraction | None:
    figures = [part for part in parts if isinstance(part, Fraction)]
    return min(max(base + sum(figures), low), high) if len(figures) == len(parts) else None


# --- validation, boundaries, bands ----------------------------------------------------------------------------------


@given(rules(), st.integers(-10_000, 3_000_000))
def test_the_validation_admits_what_the_domain_allows(rule: Rule, ten_thousandths: int) -> None:
    domain, found = rule.domain, validation(rule.domain, "C7")
    x = ten_thousandths / 10_000
    if isinstance(domain, Labels):
        assert found.labels == domain.labels
        assert all(domain.allows(label) for label in found.labels)
        return
    assert not domain.allows("是")
    assert not domain.allows(None)
    if found.type == "custom":
        assert found.formula.count("C7") > 1
        assert len(found.formula) <= 255
        return
    assert found.low is not None
    inside = found.low <= x and (found.high is None or x <= found.high)
    assert domain.allows(held(x)) == (inside and (found.type == "decimal" or x == int(x)))


@given(rules())
def test_boundaries_are_allowed_and_reach_every_label_and_limit(rule: Rule) -> None:
    found: list[Value] = list(rule.domain.boundaries(rule.thresholds()))
    assert found
    assert all(rule.domain.allows(x) for x in found)
    limits = rule.domain.labels if isinstance(rule.domain, Labels) else (rule.domain.low, rule.domain.high)
    assert all(limit in found for limit in limits if limit is not None)


@pytest.mark.parametrize(
    ("parameters", "unit", "hits"),
    [
        (">=90%=1；>=80%=0.95；其余=0.9", "%", {0, 1, 2}),
        (">=80%=1；>=90%=0.95；其余=0.9", "%", {0, 2}),  # the second never gets a turn
        (">=0%=1；其余=0.9", "%", {0}),
        (">120%=1；其余=0.9", "%", {1}),
        (">=8=1；<8=0", "件", {0, 1}),
        (">8=1；<8=0", "件", {0, 1, 2}),  # a gap at eight
        (">8=1；<9=0", "件", {0, 1}),  # whole numbers leave none
        (">=2.5=1；其余=0", "件", {0, 1}),  # a threshold that no input equals
        (">2.2=1；>2.1=2；其余=0", "件", {0, 2}),
        (">99.99%=1；=99.99%=2；>99.98%=3；其余=0", "%", {0, 1, 2, 3}),
        (">0.0002=1；>0.0001=2；其余=0", "元", {0, 1, 2}),
    ],
)
def test_which_bands_are_reached(parameters: str, unit: str, hits: set[int]) -> None:
    rule = parse("分档", parameters, unit, 5)
    assert isinstance(rule, Bands)
    found = rule.hits()
    assert set(found) == hits
    for index, x in found.items():
        wanted = rule.bands[index].points if index < len(rule.bands) else rule.rest
        assert points(rule, float(x)) == (WRONG if wanted is None else wanted)


def test_thresholds() -> None:
    def of(*rule: str) -> list[float]:
        return [float(at) for at in parse(*rule, 5).thresholds()]

    assert of("评定", "0~1.75", "分") == [0, 1.75]
    assert of("选项", "是=1；否=0", "") == []
    assert of("分档", ">=90%=1；>=80%=0.95；其余=0.9", "%") == [0.9, 0.8]
    assert of("计次", "起评=0.3；每次=-0.1；最低=0", "项") == [3]
    assert of("名次", "1-3=3；5=1", "名") == [1, 3, 5, 5]
    assert of("比均值", "基准=各地平均；高于=0.2；等于=0；低于=-0.05", "件") == [10]
    assert of("比均值", STEPS, "%")[3] == 0.5


def test_constants_are_written_without_exponents() -> None:
    assert number_text(exact("0.000001")) == "0.000001"
    assert number_text(exact("-0.05")) == "-0.05"
    assert number_text(exact("8000")) == "8000"


def test_reach_of_open_ended_rules() -> None:
    open_ended = parse("计次", "每次=-0.01", "次", 5)
    assert isinstance(open_ended, Counted)
    assert open_ended.reach()[0] < -1000
    item = Item("1", "", Fraction(1), Fraction(0), (Measure("a", "次数", "次", "计次", "每次=-0.01", ""),))
    deducting = criterion_of((item,), code="1", kind=DEDUCTING, marks=Fraction(1))
    assert not equals_its_measure(deducting, item, open_ended)  # the 101st time must be kept inside the item
    assert equals_its_measure(deducting, item, parse("计次", "每次=-0.01；最低=-1", "次", 5))


def test_some_sentences() -> None:
    assert parse("评定", "扣0.1~0.4", "分", 5).sentence() == (
        "填扣掉的分数：不扣分填0，扣分填0.1～0.4之间的数，不要带负号。"
    )
    assert parse("计次", "起评=0.3；每次=-0.03；最低=0", "次", 5).sentence() == (
        "没有填0，有几次填几（整数），起评0.3分，每次扣0.03分，最低0分。"
    )
    assert parse("比均值", STEPS, "%", 5).sentence() == (
        "填0%～100%之间的百分比，直接键入如 95%。与全市值（另填在“全市”栏）相比："
        "持平得1.5分，每高0.1个百分点加0.1分，每低0.1个百分点减0.1分，最低0分，最高2分。"
    )
