"""Every method has all that the rest of the house asks of it, and one more needs no other file of the product."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from cli_cases import edit, fill_all, qtool
from hypothesis import strategies as st
from markdown_book import write_book
from openpyxl import load_workbook
from plan_text import faults_of, read_text, small
from strategies import STRATEGIES, several
from test_plan_workbooks import tool
from toy_method import PerFull

from qtool.addresses import address
from qtool.layout import Layout
from qtool.model import exact
from qtool.plan.changes import changes
from qtool.plan.check import check
from qtool.plan.read import read_plan
from qtool.rehearsal import answers_for
from qtool.rules.excel import formula
from qtool.rules.expr import evaluate
from qtool.rules.methods import METHODS, parse, rule_of
from qtool.rules.parameters import RuleError, Words
from qtool.rules.rule import PEERS, Rule
from qtool.workspace import INBOX, SHEETS, TALLY

DOCS = Path(__file__).parent.parent / "docs"
MANUAL, SPECIFICATION = DOCS / "使用手册.md", DOCS / "scoring.md"
ASSESSED = ("甲县", "乙县", "丙县", "丁县", "戊县")
EACH = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)


# --- what every method has ------------------------------------------------------------------------------------------


@EACH
def test_a_method_is_known_by_its_own_word_and_has_its_note_and_examples(method: type[Rule]) -> None:
    assert METHODS[method.method] is method
    assert method.note.endswith("。"), f"{method.method} has no note for the plan workbook"
    assert len(method.examples) >= 2, f"{method.method} has too few examples for the plan workbook"
    for example in method.examples:
        rule = method.parse(Words(example.parameters, example.unit, len(ASSESSED)))
        assert rule.write() == example.parameters
        assert 2 <= len(example.inputs) <= 3
        assert bool(example.city) == rule.needs_city
        assert bool(example.peers) == rule.needs_peers


@EACH
def test_random_rules_of_a_method_can_be_drawn(method: type[Rule]) -> None:
    assert method.method in STRATEGIES, f"no strategy draws rules of {method.method}"
    assert {type(rule) for rule in several(STRATEGIES[method.method](len(ASSESSED)), 5)} == {method}


@EACH
def test_the_manual_has_a_chapter_on_a_method_with_examples_that_can_be_read(method: type[Rule]) -> None:
    chapter = re.search(rf"^### {method.method}\n(.*?)(?=^##)", MANUAL.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert chapter, f"the manual has no chapter on {method.method}"
    quoted = re.findall(r"`([^`]+)`", chapter[1])
    assert any(_is_readable(method, text) for text in quoted), f"the manual has no example of {method.method}"


@EACH
def test_the_specification_tells_of_a_method(method: type[Rule]) -> None:
    row = re.search(rf"^\| {method.method}, ", SPECIFICATION.read_text("utf-8"), re.MULTILINE)
    assert row, f"docs/scoring.md does not tell of {method.method}"


def _is_readable(method: type[Rule], parameters: str) -> bool:
    for unit in ("%", "件"):
        try:
            method.parse(Words(parameters, unit, len(ASSESSED)))
        except RuleError:
            continue
        return True
    return False


@EACH
def test_the_rehearsal_has_answers_that_earn_points(method: type[Rule]) -> None:
    chance = random.Random(3)  # noqa: S311 - the same answers every time
    for example in method.examples:
        rule = method.parse(Words(example.parameters, example.unit, len(ASSESSED)))
        points = set()
        for _ in range(20):
            answers = rule.answers(dict.fromkeys(ASSESSED, 0.7), chance)
            assert sorted(answers) == sorted(ASSESSED), f"{method.method} does not answer for everyone"
            beside = {"city": rule.city_answer(), PEERS: tuple(answers.values())}
            points |= {evaluate(rule.points(), {"x": answer, **beside}) for answer in answers.values()}
        assert all(isinstance(each, Fraction) for each in points), f"{method.method} answers what is not allowed"
        assert len(points) > 1, f"{method.method} always answers alike"


# --- a seventh ------------------------------------------------------------------------------------------------------

PARAMETERS = "每满=10；加=0.2；最高=1"
ROW = ("| 机制得分 | 分 | 评定 | 0~1 |", f"| 培训人数 | 人 | 每满 | {PARAMETERS} |")
MEASURE = "02-01-1-1"


@pytest.fixture
def _seventh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(METHODS, PerFull.method, PerFull)
    strategy = st.builds(
        PerFull,
        st.integers(1, 50).map(Fraction),
        st.just(exact("0.1")),
        st.none() | st.just(Fraction(1)),
        st.just("人"),
    )
    monkeypatch.setitem(STRATEGIES, PerFull.method, lambda _: strategy)
    parse.cache_clear()
    yield
    parse.cache_clear()


def test_a_method_that_is_not_listed_is_refused(tmp_path: Path) -> None:
    (unknown,) = (fault for fault in faults_of(tmp_path, ROW) if fault.is_error)
    assert "没有“每满”这种计分方式" in unknown.message


@pytest.mark.usefixtures("_seventh")
def test_a_seventh_method_has_what_the_others_have() -> None:
    test_a_method_is_known_by_its_own_word_and_has_its_note_and_examples(PerFull)
    test_random_rules_of_a_method_can_be_drawn(PerFull)
    test_the_rehearsal_has_answers_that_earn_points(PerFull)
    with pytest.raises(AssertionError, match="the manual has no chapter on 每满"):
        test_the_manual_has_a_chapter_on_a_method_with_examples_that_can_be_read(PerFull)


@pytest.mark.usefixtures("_seventh")
def test_a_seventh_method_is_read_checked_and_compared(tmp_path: Path) -> None:
    reading = read_text(tmp_path, small(ROW))
    assert [fault for fault in check(reading) if fault.is_error] == []
    rule = rule_of(reading.plan.measures[MEASURE], 2)
    assert rule == PerFull(Fraction(10), exact("0.2"), Fraction(1), "人")
    assert rule.sentence() == "填0或正整数，每满10人加0.2分，最高1分。"
    more = read_text(tmp_path, small((ROW[0], ROW[1].replace("加=0.2", "加=0.25"))))
    (change,) = changes(reading.plan, more.plan)
    assert change.endswith("“培训人数”加分由得0.2分改为得0.25分")
    (close,) = (f for f in faults_of(tmp_path, (ROW[0], ROW[1].replace("| 每满 |", "| 每滿 |"))) if f.is_error)
    assert close.remedy == "是不是要写“每满”？"


@pytest.mark.usefixtures("_seventh")
def test_a_seventh_method_goes_through_a_whole_campaign(tmp_path: Path) -> None:
    book, root = write_book(tmp_path / "方案.xlsx", small(ROW)), tmp_path / "一年"
    assert qtool("new", root, "--plan", book).code == 0
    assert qtool("sheets", "--campaign", root).code == 0
    plan = read_plan(book).plan
    layout = Layout(plan, "市市场监管局")
    rule, (row, col) = rule_of(plan.measures[MEASURE], 2), layout.inputs[MEASURE, "随县"]
    path = root / SHEETS / f"评分表-{layout.department}.xlsx"
    sheet = load_workbook(path)["评分表"]
    assert sheet.cell(row + 1, col + 2).value == formula(rule.points(), {"x": address(row, col)})
    prompts = [v.prompt for v in sheet.data_validations.dataValidation if address(row, col) in v]
    assert prompts == [rule.sentence()]
    fill_all(root)
    returned = root / INBOX / path.name
    answer = answers_for(layout, 7)[MEASURE, "随县"]
    assert isinstance(answer, Fraction)
    assert load_workbook(returned)["评分表"].cell(row + 1, col + 1).value == float(answer)
    edit(returned, "评分表", {address(row, col): 35, address(row, col + 1): 0.9})
    collected = qtool("collect", "--campaign", root, "--json")
    (doubt,) = collected.data["faults"]
    assert (doubt["code"], doubt["message"]) == ("S12", "随县的“培训人数”表中显示0.9，按填报值应为0.6")
    assert qtool("tally", "--campaign", root).code == 0
    tally = load_workbook(root / TALLY / "汇总表.xlsx")
    sources = [row[:6] for page in tally for row in page.iter_rows(values_only=True) if row[0] == MEASURE]
    assert sources[0] == (MEASURE, "培训人数", layout.department, "随县", 35, 0.6)


@pytest.mark.usefixtures("_seventh")
def test_a_seventh_method_stands_in_the_plan_workbooks(tmp_path: Path) -> None:
    _, blank = tool().make(tmp_path)
    rows = list(load_workbook(blank)["计分方式示例"].iter_rows(values_only=True))
    (one, two) = (row for row in rows if row[0] == "每满" and row[2])
    assert one[6] == "填9：0分\n填25：得0.4分\n填80：得1分"
    assert two[5] == "填0或正数，每满2.5万元加0.1分。"
    assert ("每满", PerFull.note) in [row[:2] for row in rows]
