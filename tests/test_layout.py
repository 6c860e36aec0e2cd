"""The layout: every input and every formula has its place, and nothing shares one."""

from __future__ import annotations

import json

import pytest
from scoring_cases import plan_2022, plan_for

from qtool.addresses import address, letters
from qtool.layout import Layout
from qtool.model import CITY
from qtool.rules.score import item_id

DEPARTMENTS = [department.name for department in plan_2022().scoring_departments]


def test_letters_of_columns() -> None:
    assert [letters(col) for col in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
    assert address(6, 7) == "H7"


@pytest.mark.parametrize("department", DEPARTMENTS)
def test_every_measure_has_an_input_for_every_assessee(department: str) -> None:
    layout = Layout(plan_2022(), department)
    asked = {(m.id, name) for c in layout.criteria for m in c.measures for name in layout.assessees}
    assert {key for key in layout.inputs if key[1] != CITY} == asked
    assert len(set(layout.inputs.values())) == len(layout.inputs)


@pytest.mark.parametrize("department", DEPARTMENTS)
def test_every_level_has_its_points_and_no_cell_is_used_twice(department: str) -> None:
    layout = Layout(plan_2022(), department)
    formulas = list(layout.formulas())
    places = [(cell.row, cell.col) for cell in formulas]
    assert len(set(places)) == len(places)
    assert not set(places) & set(layout.inputs.values())
    ids = {cell.id for cell in formulas}
    assert {f"m:{m.id}" for c in layout.criteria for m in c.measures} <= ids
    assert {f"c:{c.code}" for c in layout.criteria} <= ids
    assert "total" in ids


def test_an_item_has_its_own_line_only_where_it_can_differ_from_its_measure() -> None:
    layout = Layout(plan_2022(), "市交通运输局")
    lines = {line.id for line in layout.lines}
    by_id = {item_id(c, item): item for c in layout.criteria for item in c.items}
    assert "i:01-04-1" in lines  # two measures
    assert "i:01-06-2" in lines  # starts at its full marks
    assert "i:02-05-1" in lines  # accidents without a limit, kept at one mark
    assert "i:06-04-3" not in lines  # one measure that stays inside the item by itself
    assert len(by_id["06-04-3"].measures) == 1


def test_the_whole_department_list_covers_the_plan() -> None:
    total = sum(len(Layout(plan_2022(), name).inputs) for name in DEPARTMENTS)
    cities = 1  # 01-02 asks for the whole city's figure
    assert total == 203 * 5 + cities


def test_blank_counts_cover_every_input() -> None:
    layout = Layout(plan_2022(), "市农业农村局")
    for name in (*layout.assessees, CITY):
        rows: set[str] = set()
        for part in layout.blanks(name).removeprefix("=").split("+"):
            first, _, last = part.removeprefix("COUNTBLANK(").removesuffix(")").partition(":")
            column = first.rstrip("0123456789")
            start, end = int(first[len(column) :]), int((last or first)[len(column) :])
            rows |= {f"{column}{row}" for row in range(start, end + 1)}
        assert rows == {address(*cell) for key, cell in layout.inputs.items() if key[1] == name}


@pytest.mark.parametrize("count", [1, 2, 5, 17, 40])
def test_any_number_of_assessees(count: int) -> None:
    layout = Layout(plan_for(count), "市市场监管局")
    assert len(layout.inputs) == 98 * count
    assert len(set(layout.columns.values())) == len(layout.columns)


def test_the_seal_covers_places_and_rules() -> None:
    layout = Layout(plan_2022(), "随州海关")
    names = json.loads(layout.map())
    assert "rule:05-01-1-1" in names
    assert "m:05-01-1-1" in names
    assert "in:随县" in names
