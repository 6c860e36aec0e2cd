"""The two shipped plan workbooks: they say what the CSV files say, guide whoever fills them, and come out the same."""

from __future__ import annotations

import csv
import importlib.util
import re
import sys
from collections import Counter
from datetime import date, datetime
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from qtool.model import exact
from qtool.office.workbook.writer import LIST_LIMIT, PROMPT_LIMIT, PROMPT_TITLE_LIMIT
from qtool.plan.columns import COLUMNS, CRITERIA, DEPARTMENTS, FACT_ROWS, FACTS, GRADES, MEASURES, Column
from qtool.resources import PLAN_2022, PLAN_BLANK, template
from qtool.rules.domain import Labels
from qtool.rules.expr import evaluate
from qtool.rules.methods import METHODS, parse
from qtool.rules.rule import points_text

if TYPE_CHECKING:
    from types import ModuleType

    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

ROOT = Path(__file__).resolve().parent.parent
GUIDE, EXAMPLES = "填写说明", "计分方式示例"
BOTH = (PLAN_2022, PLAN_BLANK)
NUMERIC = {"分值", "起评分", "条目分值", "条目起评分", "最低分"}
TABLES = [(name, sheet) for name in BOTH for sheet in COLUMNS]


@cache
def tool() -> ModuleType:
    path = ROOT / "tools" / "make_plan_workbooks.py"
    spec = importlib.util.spec_from_file_location("make_plan_workbooks", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    sys.path.insert(0, str(path.parent))  # as when the script is run
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(path.parent))
    return module


@cache
def book(name: str) -> openpyxl.Workbook:
    return openpyxl.load_workbook(template(name))


def filled(sheet: Worksheet) -> list[tuple[Any, ...]]:
    rows = sheet.iter_rows(min_row=2, values_only=True)
    return [row for row in rows if any(cell is not None for cell in row)]


def table(name: str) -> list[list[str]]:
    with (ROOT / "data" / "plan-2022" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def values(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    return {sheet.title: list(sheet.values) for sheet in openpyxl.load_workbook(path).worksheets}


def rules_at(sheet: Worksheet, cell: str) -> list[DataValidation]:
    return [rule for rule in sheet.data_validations.dataValidation if cell in rule]


def formatted_rows(sheet: Worksheet) -> int:
    return int(re.findall(r"\d+", sheet.auto_filter.ref)[-1])


@pytest.mark.parametrize("name", BOTH)
def test_sheets_stand_in_the_order_of_work_with_the_headings_of_columns(name: str) -> None:
    assert book(name).sheetnames == [GUIDE, *COLUMNS, EXAMPLES]
    for sheet, columns in COLUMNS.items():
        assert [cell.value for cell in book(name)[sheet][1]] == [column.heading for column in columns]


@pytest.mark.parametrize(("sheet", "file", "count"), [(CRITERIA, "criteria.csv", 72), (MEASURES, "measures.csv", 203)])
def test_2022_says_what_the_csv_says(sheet: str, file: str, count: int) -> None:
    headings, *expected = table(file)
    rows = filled(book(PLAN_2022)[sheet])
    assert len(rows) == len(expected) == count
    assert headings == [column.heading for column in COLUMNS[sheet]]
    for row, wanted in zip(rows, expected, strict=True):
        for heading, cell, text in zip(headings, row, wanted, strict=True):
            if heading in NUMERIC and text:
                assert isinstance(cell, (int, float))
                assert exact(cell) == exact(text)
            else:
                assert cell == (text or None)


def test_2022_facts_areas_and_departments_agree() -> None:
    facts = {row[0]: row[1] for row in filled(book(PLAN_2022)[FACTS])}
    assert list(facts) == [fact.name for fact in FACT_ROWS]
    assert None not in facts.values()
    deadline = facts["报送截止日期"]
    assert isinstance(deadline, datetime)
    assert deadline.date() == date(2023, 1, 12)
    areas = filled(book(PLAN_2022)["考核领域"])
    assert sum(exact(marks) for _, marks in areas) == facts["满分"] == 100
    named = [row[0] for row in filled(book(PLAN_2022)[DEPARTMENTS])]
    assert named == list(dict.fromkeys(row[8] for row in table("criteria.csv")[1:]))
    assert len(named) == 13


def test_blank_has_only_what_holds_every_year() -> None:
    blank = book(PLAN_BLANK)
    assert {sheet for sheet in COLUMNS if filled(blank[sheet])} == {FACTS, GRADES}
    assert {row[0]: row[1] for row in filled(blank[FACTS]) if row[1] is not None} == {"满分": 100, "使用邮件发送": "否"}
    assert filled(blank[GRADES]) == filled(book(PLAN_2022)[GRADES])


@pytest.mark.parametrize(("name", "sheet"), TABLES)
def test_every_column_has_its_help_and_its_limit(name: str, sheet: str) -> None:
    page = book(name)[sheet]
    last = formatted_rows(page)
    for letter, column in zip("ABCDEFGHIJKL", COLUMNS[sheet], strict=False):
        for row in (1, 2, last):
            (rule,) = rules_at(page, f"{letter}{row}")
            assert rule.showInputMessage
            if not (sheet == FACTS and column.heading == "内容" and row > 1):
                assert (rule.promptTitle, rule.prompt) == (column.heading, column.help)
        check_limit(page, letter, last, column)


def check_limit(page: Worksheet, letter: str, last: int, column: Column) -> None:
    for row in (2, last):
        (rule,) = rules_at(page, f"{letter}{row}")
        if column.choices:
            assert (rule.type, rule.formula1) == ("list", f'"{",".join(column.choices)}"')
        elif column.choices_from:
            assert rule.type == "list"
            assert f"{column.choices_from[0]}!$A$2" in str(rule.formula1)
            assert COLUMNS[column.choices_from[0]][0].heading == column.choices_from[1]
        elif column.heading in NUMERIC:
            assert (rule.type, rule.operator, rule.formula1) == ("decimal", "greaterThanOrEqual", "0")
        if column.choices or column.choices_from or column.heading in NUMERIC:
            assert rule.error
            assert rule.showErrorMessage


@pytest.mark.parametrize("name", BOTH)
def test_every_fact_has_its_own_help(name: str) -> None:
    page = book(name)[FACTS]
    for row, fact in enumerate(FACT_ROWS, 2):
        (rule,) = rules_at(page, f"B{row}")
        assert (rule.promptTitle, rule.prompt) == (fact.name, fact.help)
        assert page.cell(row, 3).value == fact.help
        assert bool(fact.choices) == (rule.type == "list")


@pytest.mark.parametrize("name", BOTH)
def test_prompts_are_within_the_limits_of_excel(name: str) -> None:
    for page in book(name).worksheets:
        for rule in page.data_validations.dataValidation:
            assert len(rule.promptTitle or "") <= PROMPT_TITLE_LIMIT
            assert len(rule.prompt or "") <= PROMPT_LIMIT
            assert len(rule.error or "") <= PROMPT_LIMIT
            assert len(rule.formula1 or "") <= LIST_LIMIT + 2


@pytest.mark.parametrize("name", BOTH)
def test_codes_are_text_cells_in_blank_rows_too(name: str) -> None:
    for sheet, letters in ((CRITERIA, "AJK"), (MEASURES, "ABJ")):
        page = book(name)[sheet]
        rows = (2, formatted_rows(page))
        assert {page[f"{letter}{row}"].number_format for letter in letters for row in rows} == {"@"}


@pytest.mark.parametrize("name", BOTH)
def test_pages_are_ready_to_print_and_no_row_is_higher_than_excel_allows(name: str) -> None:
    for page in book(name).worksheets:
        assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
        assert page.sheet_properties.pageSetUpPr
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert page.page_setup.fitToWidth in (None, 1)  # none means one
        assert page.oddFooter
        assert page.oddFooter.center
        assert page.oddFooter.center.text == "第 &P 页 共 &N 页"
        assert not page.protection.sheet
        assert max(size.height or 0 for size in page.row_dimensions.values()) <= 409
        if page.title != GUIDE:
            assert page.print_title_rows == "$1:$1"
            assert page.freeze_panes in ("A2", "B2")


def test_two_runs_give_the_same_bytes_and_the_shipped_cells(tmp_path: Path) -> None:
    first, second = (tool().make(tmp_path / run) for run in ("first", "second"))
    assert [path.name for path in first] == [Path(name).name for name in BOTH]
    for one, other, shipped in zip(first, second, BOTH, strict=True):
        assert one.read_bytes() == other.read_bytes()
        assert values(one) == values(template(shipped))


def example_rows(name: str) -> list[dict[str, str]]:
    headings, *rows = book(name)[EXAMPLES].values
    until_notes = rows[: next(at for at, row in enumerate(rows) if row[0] is None)]
    return [{str(h): str(c or "") for h, c in zip(headings, row, strict=True)} for row in until_notes]


def typed(text: str) -> Fraction:
    return exact(text.rstrip("%")) / (100 if text.endswith("%") else 1)


@pytest.mark.parametrize("name", BOTH)
def test_every_method_has_two_examples_in_each_of_its_forms(name: str) -> None:
    rows = example_rows(name)
    counted = Counter(row["计分方式"] for row in rows)
    assert list(counted) == list(METHODS)
    assert min(counted.values()) >= 2
    written = [row["计分参数"] for row in rows]
    for form in ("0~1.75", "扣0.1~0.4"):
        assert form in written
    for form in ("基准=全市值", "基准=各地平均"):
        assert any(text.startswith(form) for text in written)


@pytest.mark.parametrize("name", BOTH)
def test_example_points_are_those_of_the_rule(name: str) -> None:
    for row in example_rows(name):
        rule = parse(row["计分方式"], row["计分参数"], row["单位"], 5)
        assert row["填写格里的提示"] == rule.sentence()
        said = row["举例：填什么，得多少分"]
        given = re.search(r"各地填(.+)，平均", said)
        peers = tuple(typed(one) for one in given[1].split("、")) if given else ()
        lines = [line for line in said.split("\n") if not line.startswith("各地填")]
        assert 2 <= len(lines) <= 3
        for line in lines:
            found = re.fullmatch(r"[填选](?P<x>[^（]+?)(?:（(?:全市值|平均)(?P<mean>.+)）)?：(?P<points>.+)", line)
            assert found, line
            x = found["x"] if isinstance(rule.domain, Labels) else typed(found["x"])
            mean = typed(found["mean"]) if found["mean"] else None
            assert not peers or mean == sum(peers) / len(peers)
            points = evaluate(rule.points(), {"x": x, "city": mean, "peers": peers})
            assert isinstance(points, Fraction)
            assert found["points"] == points_text(points)


def test_guide_names_every_sheet() -> None:
    for name in BOTH:
        said = "\n".join(str(cell) for row in book(name)[GUIDE].values for cell in row if cell)
        assert all(sheet in said for sheet in [*COLUMNS, EXAMPLES, "qtool check"])
