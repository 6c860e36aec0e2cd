"""Whole scoring workbooks with LibreOffice as the judge: every formula's cached result is what it computes."""

from __future__ import annotations

import random
import subprocess
from fractions import Fraction
from pathlib import Path

import pytest
from judge import office_or_skip, recalculate, to_pdf
from python_calamine import CalamineWorkbook
from scoring_cases import plan_2022, plan_for, write

from qtool.layout import COVER, SHEET, Layout
from qtool.model import Key, Plan, Value, exact
from qtool.rehearsal import answers_for
from qtool.rules.domain import Labels, Numbers

pytestmark = pytest.mark.office

DEPARTMENTS = [department.name for department in plan_2022().scoring_departments]


def cells(path: Path, sheet: str) -> dict[tuple[int, int], object]:
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    return {(r, c): value for r, row in enumerate(rows) for c, value in enumerate(row) if value != ""}


def same(cached: object, computed: object) -> bool:
    if isinstance(cached, float) and isinstance(computed, float):
        return exact(cached) == exact(computed)
    return cached == computed


def differences(written: list[Path], computed: list[Path]) -> tuple[list[str], int]:
    wrong, count = [], 0
    for ours, theirs in zip(written, computed, strict=True):
        for sheet in (COVER, SHEET):
            left, right = cells(ours, sheet), cells(theirs, sheet)
            count += len(left.keys() | right.keys())
            wrong += [
                f"{ours.name} {sheet} {cell}: {left.get(cell)} {right.get(cell)}"
                for cell in left.keys() | right.keys()
                if not same(left.get(cell), right.get(cell))
            ]
    return wrong, count


def wild_answers(layout: Layout, seed: int, share: float) -> dict[Key, Value]:
    """Return boundary and random answers, some missing."""
    chance = random.Random(seed)  # noqa: S311 - reproducible on purpose
    lines = {line.measure.id: line for line in layout.lines if line.measure}
    found: dict[Key, Value] = {}
    for key in layout.inputs:
        rule = lines[key[0]].rule
        assert rule is not None
        if chance.random() > share:
            continue
        if isinstance(rule.domain, Labels):
            found[key] = chance.choice(rule.domain.labels)
        elif isinstance(rule.domain, Numbers):
            found[key] = chance.choice(list(rule.domain.boundaries(rule.thresholds())))
    return found


def judged(folder: Path, plan: Plan, share: float, seeds: range) -> tuple[list[str], int]:
    written = []
    for seed in seeds:
        for name in DEPARTMENTS:
            layout = Layout(plan, name)
            answers = answers_for(layout, seed) if share > 1 else wild_answers(layout, seed, share)
            written.append(write(folder / f"{seed}-{name}.xlsx", layout, answers))
    return differences(written, recalculate(written, folder / "judged"))


@pytest.mark.parametrize(("share", "seeds"), [(2.0, range(2)), (1.0, range(2)), (0.9, range(2)), (0.0, range(1))])
def test_whole_sheets_agree(tmp_path: Path, share: float, seeds: range) -> None:
    office_or_skip()
    wrong, count = judged(tmp_path, plan_2022(), share, seeds)
    assert wrong == []
    assert count > 2500 * len(seeds)


@pytest.mark.parametrize("assessees", [1, 17])
def test_whole_sheets_agree_for_few_and_many(tmp_path: Path, assessees: int) -> None:
    office_or_skip()
    wrong, _ = judged(tmp_path, plan_for(assessees), 0.97, range(1))
    assert wrong == []


def test_wrong_input_shows_as_wrong_and_is_not_counted(tmp_path: Path) -> None:
    office_or_skip()
    layout = Layout(plan_2022(), "市公安局")
    bad: dict[Key, Value] = {("07-02-1-1", "随县"): Fraction(6), ("07-02-1-1", "广水市"): "第一"}
    path = write(tmp_path / "wrong.xlsx", layout, {**answers_for(layout, 1), **bad})
    computed = recalculate([path], tmp_path / "judged")
    assert differences([path], computed)[0] == []
    shown = cells(computed[0], SHEET)
    row = layout.rows["m:07-02-1-1"]
    assert shown[row, layout.columns["pt:随县"]] == "有误"
    assert shown[row, layout.columns["pt:广水市"]] == "有误"
    assert (layout.rows["total"], layout.columns["pt:随县"]) not in shown


@pytest.mark.parametrize("department", ["市商务局", "市交通运输局", "市市场监管局"])
def test_print_shows_every_text_whole(tmp_path: Path, department: str) -> None:
    office_or_skip()
    layout = Layout(plan_2022(), department)
    pdf = to_pdf([write(tmp_path / f"{department}.xlsx", layout)], tmp_path / "pdf")[0]
    command = ["pdftotext", "-layout", str(pdf), "-"]
    printed = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    letters = set("".join(printed.split()))
    for _, _, text in layout.locked_texts:
        assert set("".join(text.split())) <= letters
    pages = printed.count("\f")
    assert pages == {"市商务局": 2, "市交通运输局": 4}.get(department, pages)
    assert pages <= 16
