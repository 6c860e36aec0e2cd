"""Scoring workbooks, opened again: locks, validations, prompts, formats, identity, page set-up."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from scoring_cases import identity, plan_2022, plan_for, write

from qtool.addresses import address
from qtool.layout import COVER, FIRST, LABEL, META, SHEET, Layout
from qtool.model import CITY
from qtool.rules.domain import Labels, Numbers

DEPARTMENTS = [department.name for department in plan_2022().scoring_departments]
PLAIN = {"IF", "AND", "OR", "MIN", "MAX", "ROUND", "TRUNC", "SUM", "AVERAGE", "COUNT", "COUNTBLANK", "ISNUMBER"}


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Layout, Workbook]]:
    folder = tmp_path_factory.mktemp("sheets")
    found = {}
    for name in DEPARTMENTS:
        layout = Layout(plan_2022(), name)
        path = write(folder / f"{name}.xlsx", layout)
        found[name] = (path, layout, load_workbook(path))
    return found


def sheet_of(book: Workbook) -> Worksheet:
    sheet = book[SHEET]
    assert isinstance(sheet, Worksheet)
    return sheet


@pytest.mark.parametrize("department", DEPARTMENTS)
def test_inputs_are_unlocked_and_all_else_is_locked(
    books: dict[str, tuple[Path, Layout, Workbook]], department: str
) -> None:
    _, layout, book = books[department]
    sheet = sheet_of(book)
    inputs = {address(*cell) for cell in layout.inputs.values()}
    reasons = {
        address(layout.rows[f"c:{c.code}"], layout.columns[f"in:{name}"])
        for c in layout.criteria
        for name in layout.assessees
    }
    free = {
        cell.coordinate
        for row in sheet.iter_rows(max_row=layout.last_row + 1)
        for cell in row
        if not cell.protection.locked
    }
    assert free == inputs | reasons
    assert sheet.protection.sheet
    allowed = (sheet.protection.formatColumns, sheet.protection.formatRows, sheet.protection.autoFilter)
    assert allowed == (False, False, False)  # in the file False means: not forbidden
    assert book[COVER].protection.sheet


@pytest.mark.parametrize("department", DEPARTMENTS)
def test_every_input_has_the_validation_of_its_rule(
    books: dict[str, tuple[Path, Layout, Workbook]], department: str
) -> None:
    _, layout, book = books[department]
    found: dict[str, object] = {}
    for validation in sheet_of(book).data_validations.dataValidation:
        for span in validation.sqref.ranges:
            left, top, right, bottom = range_boundaries(span.coord)
            for row in range(top or 0, (bottom or 0) + 1):
                for col in range(left or 0, (right or 0) + 1):
                    cell = address(row - 1, col - 1)
                    assert cell not in found, f"{cell} has two validations"
                    found[cell] = validation
    rules = {line.measure.id: line for line in layout.lines if line.measure}
    for (measure, _), place in layout.inputs.items():
        line, validation = rules[measure], found[address(*place)]
        rule = line.rule
        assert rule is not None
        assert validation.promptTitle == line.text  # type: ignore[attr-defined]
        assert validation.prompt == rule.sentence()  # type: ignore[attr-defined]
        assert validation.error  # type: ignore[attr-defined]
        assert validation.errorStyle in (None, "stop")  # type: ignore[attr-defined]
        kind = validation.type  # type: ignore[attr-defined]
        match rule.domain:
            case Labels(labels):
                assert kind == "list"
                assert validation.formula1 == '"' + ",".join(labels) + '"'  # type: ignore[attr-defined]
            case Numbers(or_zero=True):
                assert kind == "custom"
            case Numbers(whole=whole):
                assert kind == ("whole" if whole else "decimal")


@pytest.mark.parametrize("department", DEPARTMENTS)
def test_formulas_use_plain_functions_and_carry_a_result(
    books: dict[str, tuple[Path, Layout, Workbook]], department: str
) -> None:
    path, layout, book = books[department]
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    bare = re.sub(r'"[^"]*"', "", cell.value)
                    assert set(re.findall(r"([A-Z]+)\(", bare)) <= PLAIN, cell.value
    values = load_workbook(path, data_only=True)
    sheet = values[SHEET]
    for formula in layout.formulas():
        assert sheet.cell(formula.row + 1, formula.col + 1).value in (None, "")
    for name in layout.assessees:
        count = sum(1 for key in layout.inputs if key[1] == name)
        assert sheet.cell(layout.rows["missing"] + 1, layout.columns[f"in:{name}"] + 1).value == count
    shown = [cell.value for row in values[COVER].iter_rows() for cell in row]
    assert f"已填 0 / 共 {len(layout.inputs)}" in shown


def test_percent_cells_are_percent_formatted_and_codes_are_texts(
    books: dict[str, tuple[Path, Layout, Workbook]],
) -> None:
    _, layout, book = books["市交通运输局"]
    sheet = sheet_of(book)
    for line in layout.lines:
        if line.measure and line.rule:
            cell = sheet.cell(layout.rows[line.id] + 1, layout.columns["in:随县"] + 1)
            percent = isinstance(line.rule.domain, Numbers) and line.rule.domain.percent
            assert (cell.number_format == "0.00%") == percent
    assert sheet["B8"].value == "01-04"


def test_who_the_sheet_is(books: dict[str, tuple[Path, Layout, Workbook]]) -> None:
    _, layout, book = books["市公安局"]
    meta = book[META]
    assert meta.sheet_state == "veryHidden"
    assert book[SHEET].sheet_state == book[COVER].sheet_state == "visible"
    said = {str(row[0].value): str(row[1].value) for row in meta.iter_rows(max_row=6)}
    who = identity(layout)
    assert said["campaign"] == who.campaign
    assert said["plan"] == layout.plan.scoring_fingerprint("市公安局")
    assert said["department"] == "市公安局"
    assert said["version"] == "1"
    assert len(said["seal"]) == 32
    custom = {prop.name: prop.value for prop in book.custom_doc_props.props}  # type: ignore[attr-defined]
    assert {name.removeprefix("qtool-"): str(value) for name, value in custom.items()} == said


def test_heads_are_frozen_and_repeated_in_print(books: dict[str, tuple[Path, Layout, Workbook]]) -> None:
    for _, layout, book in books.values():
        sheet = sheet_of(book)
        assert sheet.freeze_panes == address(FIRST, LABEL + 1)
        assert sheet.print_title_rows == "$4:$5"
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize == (8 if layout.department == "市市场监管局" else 9)
        assert sheet.oddFooter is not None
        assert "第 &P 页，共 &N 页" in str(sheet.oddFooter.center)
        assert sheet.column_dimensions["A"].hidden
        assert sheet.row_dimensions[1].hidden


def test_texts_stand_beside_the_cells_that_they_govern(books: dict[str, tuple[Path, Layout, Workbook]]) -> None:
    for _, layout, book in books.values():
        sheet = sheet_of(book)
        for row_id, col_id, text in layout.locked_texts:
            value = str(sheet.cell(layout.rows[row_id] + 1, layout.columns[col_id] + 1).value)
            assert value.startswith(text)


def test_a_list_too_long_for_a_cell_stands_on_the_hidden_sheet(tmp_path: Path) -> None:
    plan = plan_2022()
    criterion = plan.of_department("市公安局")[1]
    labels = [f"第{number}种情况，情形较多而且说明文字比较长的一种（{number}）" for number in range(1, 13)]
    parameters = "；".join(f"{label}={index / 100}" for index, label in enumerate(labels))
    measure = replace(criterion.items[0].measures[0], method="选项", parameters=parameters)
    changed = replace(criterion, items=(replace(criterion.items[0], measures=(measure,)),))
    plan = replace(plan, criteria=tuple(changed if c is criterion else c for c in plan.criteria))
    layout = Layout(plan, "市公安局")
    book = load_workbook(write(tmp_path / "long.xlsx", layout))
    lists = [v.formula1 for v in sheet_of(book).data_validations.dataValidation if v.type == "list"]
    assert lists == ["_meta!$F$1:$F$12"]
    assert [book[META].cell(row, 6).value for row in range(1, 13)] == labels


@pytest.mark.parametrize("count", [1, 17, 40])
def test_sheets_for_few_and_many_assessees(tmp_path: Path, count: int) -> None:
    layout = Layout(plan_for(count), "市农业农村局")
    book = load_workbook(write(tmp_path / "many.xlsx", layout))
    inputs = [cell for key, cell in layout.inputs.items() if key[1] != CITY]
    assert len(inputs) == 14 * count
    assert all(not sheet_of(book).cell(row + 1, col + 1).protection.locked for row, col in inputs)


def test_two_runs_are_the_same_file(tmp_path: Path) -> None:
    layout = Layout(plan_2022(), "市经信局")
    first, second = (write(tmp_path / f"{name}.xlsx", layout) for name in ("one", "two"))
    with zipfile.ZipFile(first) as a, zipfile.ZipFile(second) as b:
        assert a.namelist() == b.namelist()
        assert all(a.read(name) == b.read(name) for name in a.namelist())
