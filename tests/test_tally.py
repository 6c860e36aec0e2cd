"""The tally: worked out by hand, summed another way, recalculated by LibreOffice."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from judge import office_or_skip, recalculate
from openpyxl import load_workbook
from tally_cases import (
    ALL,
    MADE,
    SMALL_ANSWERS,
    adjustment,
    random_returns,
    real_plan,
    returned,
    small,
    small_plan,
    small_returns,
)

from qtool.model import CITY, DEDUCTING, EARNING, Department, Key, Value, rounded
from qtool.outcome import Adjustment, Tally
from qtool.tally.build import build
from qtool.tally.record import record
from qtool.tally.workbook import write_tally

EVIL = ("=1+1", "+1", "-1 分", "@SUM(A1)", '=HYPERLINK("http://x")')


def figures(tally: Tally) -> dict[str, tuple[Any, ...]]:
    return {
        s.assessee: (*map(float, s.areas.values()), float(s.deductions), float(s.total), s.rank, s.grade)
        for s in tally.standings
    }


def test_results_worked_out_by_hand() -> None:
    tally = small(*ALL)
    assert figures(tally) == {
        "甲县": (59, 39.5, -5, 93.5, 1, "A"),
        "乙县": (53, 36, 0, 89, 3, "B"),
        "丙区": (58.1, 35.4, 0, 93.5, 1, "A"),
    }
    assert not tally.provisional
    assert [standing.assessee for standing in tally.ranked] == ["甲县", "丙区", "乙县"]


def test_a_missing_department_counts_as_nothing_and_is_named() -> None:
    tally = small("甲局", "乙局")
    assert tally.missing == ("丙局",)
    assert tally.provisional
    assert tally.points["02-03", "甲县"] is None
    assert figures(tally) == {
        "甲县": (59, 30, -5, 84, 2, "B"),
        "乙县": (53, 28, 0, 81, 3, "B"),
        "丙区": (58.1, 26.9, 0, 85, 1, "B"),
    }
    assert small().missing == ALL
    assert {standing.rank for standing in small().standings} == {1}


def test_every_lost_mark_is_listed_with_its_reason() -> None:
    tally = small(*ALL, reasons={("02-02", "甲县"): "发生事件"})
    lost = [(loss.assessee, loss.criterion, float(loss.lost), loss.reason) for loss in tally.losses]
    assert lost == [
        *(("甲县", "01-02", 1, ""), ("甲县", "02-02", 5, "发生事件"), ("甲县", "02-03", 0.5, "")),
        *(("乙县", "01-01", 4.5, ""), ("乙县", "01-02", 2.5, ""), ("乙县", "02-01", 2, ""), ("乙县", "02-03", 2, "")),
        *(("丙区", "01-01", 1.9, ""), ("丙区", "02-01", 3.1, ""), ("丙区", "02-03", 1.5, "")),
    ]


def test_an_incomplete_criterion_is_no_loss_and_no_zero() -> None:
    answers: dict[Key, Value] = {("02-03-1-1", "甲县"): Fraction(9)}
    tally = build(small_plan(), [returned("丙局", answers)], (), MADE)
    assert [tally.points["02-03", name] for name in ("甲县", "乙县", "丙区")] == [9, None, None]
    assert [loss.assessee for loss in tally.losses] == ["甲县"]


def test_sources_name_file_cell_and_points() -> None:
    tally = small("丙局")
    source = tally.sources[1]
    assert (source.measure, source.assessee) == ("02-03-1-1", "乙县")
    assert source.value == source.points == Fraction(8)
    assert (source.file, source.sheet, source.cell) == ("评分表-丙局.xlsx", "评分表", "H8")
    assert len(tally.sources) == 3


def test_sources_hold_the_citys_own_figures_without_points() -> None:
    plan = real_plan(5)
    tally = build(plan, random_returns(plan, 3), (), MADE)
    city = [source for source in tally.sources if source.assessee == CITY]
    assert city
    assert all(source.points is None for source in city)
    assert len(tally.sources) == len(plan.measures) * 5 + len(city)


def test_the_last_return_of_a_department_counts() -> None:
    late = returned("丙局", {("02-03-1-1", name): Fraction(1) for name in ("甲县", "乙县", "丙区")}, days=5)
    tally = build(small_plan(), [late, *small_returns("丙局")], (), MADE)
    assert tally.points["02-03", "甲县"] == 1


def test_adjustments_change_total_rank_and_grade() -> None:
    made = [adjustment("丙区", "-0.25"), adjustment("丙区", "-0.25"), adjustment("甲县", grade="D")]
    found = figures(small(*ALL, adjustments=made))
    assert found["丙区"][3:] == (93, 2, "A")
    assert found["甲县"][3:] == (93.5, 1, "D")
    assert figures(small(*ALL, adjustments=[adjustment("乙县", "-100")]))["乙县"][3:] == (0, 3, "D")


@given(
    st.lists(st.integers(0, 100_000), min_size=12, max_size=12),
    st.lists(st.tuples(st.sampled_from(["甲县", "乙县", "丙区"]), st.integers(-50_000, 50_000)), max_size=4),
    st.sets(st.sampled_from(ALL)),
)
def test_totals_equal_an_independent_sum(drawn: list[int], adjusted: list[tuple[str, int]], there: set[str]) -> None:
    figure = iter(Fraction(number, 10_000) for number in drawn)
    kept = {"01-01-1-1": 1, "01-02-1-1": 1, "01-02-2-1": 1, "02-03-1-1": 1}
    answers: dict[str, dict[Key, Value]] = {department: {} for department in ALL}
    sums = {name: Fraction(0) for name in ("甲县", "乙县", "丙区")}
    for department, rows in SMALL_ANSWERS.items():
        for measure in rows:
            for name in sums:
                value = next(figure) if measure in kept else Fraction(0)
                answers[department][measure, name] = value
                sums[name] += value if department in there else 0
    made = [Adjustment(name, Fraction(marks, 10_000), "", "理由", "") for name, marks in adjusted]
    for one in made:
        sums[one.assessee] += one.marks
    returns = [returned(department, answers[department]) for department in there]
    tally = build(small_plan(), returns, made, MADE)
    assert {s.assessee: s.total for s in tally.standings} == {name: max(0, total) for name, total in sums.items()}
    totals = sorted((max(Fraction(0), total) for total in sums.values()), reverse=True)
    assert all(totals[s.rank - 1] == s.total and (s.rank == 1 or totals[s.rank - 2] > s.total) for s in tally.standings)


def written(tally: Tally, folder: Path, previous: Mapping[str, Any] | None = None, name: str = "汇总表.xlsx") -> Path:
    return write_tally(folder / name, tally, previous)


def rows_of(path: Path, sheet: str) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in load_workbook(path, data_only=True)[sheet].iter_rows()]


def texts_of(path: Path) -> list[str]:
    book = load_workbook(path, data_only=True)
    return [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]


def header_of(sheet: Any) -> str:
    return str(sheet.oddHeader.center.text)


def test_the_workbook_shows_the_ranking(tmp_path: Path) -> None:
    path = written(small(*ALL), tmp_path)
    rows = rows_of(path, "总表")
    assert rows[2][:3] == ["名次", "考核对象", "水平"]
    assert rows[3][1:9] == ["满分", 60, 40, None, None, 100, None, None]
    assert [row[:8] for row in rows[4:7]] == [
        [1, "甲县", 59, 39.5, -5, 0, 93.5, "A"],
        [1, "丙区", 58.1, 35.4, 0, 0, 93.5, "A"],
        [3, "乙县", 53, 36, 0, 0, 89, "B"],
    ]
    names = load_workbook(path).sheetnames
    assert names == ["总表", "明细", "扣分清单", "部门", "来源", "文件", "调整", "图表"]


def test_a_provisional_result_says_so_on_screen_and_on_paper(tmp_path: Path) -> None:
    sentence = "暂定结果：还缺 1 个部门的评分：丙局"
    book = load_workbook(written(small("甲局", "乙局"), tmp_path))
    for sheet in book:
        assert sentence in {sheet.cell(row, 1).value for row in (2, 3)}
        assert sentence in header_of(sheet)
    complete = load_workbook(written(small(*ALL), tmp_path, name="全.xlsx"))
    assert all("暂定" not in f"{header_of(sheet)}{sheet['A3'].value}" for sheet in complete)
    state = {row[0]: row[-1] for row in rows_of(tmp_path / "汇总表.xlsx", "部门")}
    assert (state["丙局"], state["甲局"]) == ("未交", "已交")


def test_the_printed_header_stays_within_excels_limit(tmp_path: Path) -> None:
    plan = real_plan(5)
    tally = build(plan, (), (), MADE)
    book = load_workbook(written(tally, tmp_path))
    assert all(f"还缺 {len(tally.missing)} 个部门" in header_of(sheet) for sheet in book)


def test_many_long_names_are_cut_short_in_the_printed_header(tmp_path: Path) -> None:
    plan = small_plan()
    names = [f"第{at}个名称很长的市级评价部门（R&D）" for at in range(30)]
    criteria = tuple(replace(plan.criteria[0], code=f"{at}", department=name) for at, name in enumerate(names))
    plan = replace(plan, departments=tuple(map(Department, names)), criteria=criteria)
    book = load_workbook(written(build(plan, (), (), MADE), tmp_path))
    assert header_of(book["总表"]).endswith("等")
    assert names[-1] in book["总表"]["A3"].value


@pytest.mark.parametrize("evil", EVIL)
def test_texts_from_returns_never_become_formulas(tmp_path: Path, evil: str) -> None:
    reasons = {("01-02", "甲县"): evil}
    made = [adjustment("甲县", "1", reason=evil), adjustment("乙县", grade="C", reason=evil)]
    path = written(small(*ALL, reasons=reasons, adjustments=made), tmp_path)
    book = load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if evil == cell.value]
    assert {cell.parent.title for cell in cells} == {"扣分清单", "调整"}
    assert all(cell.data_type == "s" for cell in cells)


def test_there_is_a_chart_of_totals_and_one_of_each_assessees_areas(tmp_path: Path) -> None:
    with zipfile.ZipFile(written(small("甲局"), tmp_path)) as package:
        charts = [package.read(name).decode() for name in package.namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) == 4
    assert "总分（暂定）" in charts[0]
    # what the charts show is in the file itself, for programs that do not recalculate
    assert [name in chart for name, chart in zip(("甲县", "丙区", "乙县"), charts[1:], strict=True)] == [True] * 3
    assert all("<c:v>" in chart for chart in charts)


def test_users_read_chinese_alone(tmp_path: Path) -> None:
    path = written(small("甲局"), tmp_path, record(small(*ALL)))
    words = {
        word for text in texts_of(path) for word in re.findall(r"[A-Za-z]{2,}", re.sub(r"[0-9a-f]{12,}", "", text))
    }
    assert words <= {"xlsx", "SHA"}


def formulas_differ(path: Path, folder: Path) -> list[str]:
    """Return every formula cell whose written result is not what LibreOffice computes."""
    office_or_skip()
    (copy,) = recalculate([path], folder)
    formulas, before, after = (
        load_workbook(path),
        load_workbook(path, data_only=True),
        load_workbook(copy, data_only=True),
    )
    found, count = [], 0
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type != "f":
                    continue
                count += 1
                was, now = before[sheet.title][cell.coordinate].value, after[sheet.title][cell.coordinate].value
                if not same(was, now):
                    found.append(f"{sheet.title}!{cell.coordinate} {cell.value}: {was!r} / {now!r}")
    assert count
    return found


def same(was: object, now: object) -> bool:
    if isinstance(was, int | float) and isinstance(now, int | float):
        return abs(was - now) < 1e-9
    return ("" if was is None else was) == ("" if now is None else now)


@pytest.mark.office
@pytest.mark.parametrize("departments", [ALL, ("甲局", "乙局"), ()])
def test_live_formulas_agree_with_what_was_written(tmp_path: Path, departments: tuple[str, ...]) -> None:
    made = [
        adjustment("甲县", "-0.1"),
        adjustment("丙区", "0.3"),
        adjustment("丙区", "-0.4"),
        adjustment("乙县", grade="D"),
    ]
    path = written(small(*departments, adjustments=made), tmp_path, record(small()))
    assert formulas_differ(path, tmp_path / "neu") == []


@pytest.mark.office
@pytest.mark.parametrize(("assessees", "without"), [(5, ()), (17, ("随州海关", "市公安局"))])
def test_live_formulas_agree_on_the_real_plan(tmp_path: Path, assessees: int, without: tuple[str, ...]) -> None:
    plan = real_plan(assessees)
    made = [adjustment("随县", "-0.5"), adjustment("广水市", grade="D")]
    tally = build(plan, random_returns(plan, assessees, without), made, MADE)
    assert formulas_differ(written(tally, tmp_path), tmp_path / "neu") == []


def test_the_sheet_of_changes_is_there_only_with_something_to_compare(tmp_path: Path) -> None:
    before = build(small_plan(), small_returns("甲局"), (), MADE - timedelta(days=1))
    rows = rows_of(written(small(*ALL), tmp_path, record(before)), "变化")
    assert rows[0][0] == "变化：与2023年1月19日 09:30 的汇总相比"
    assert ["总分", "甲县", "70", "93.5"] in rows
    same_again = rows_of(written(small(*ALL), tmp_path, record(small(*ALL)), "同.xlsx"), "变化")
    assert same_again[-1][0] == "没有变化。"


@pytest.mark.parametrize(("assessees", "without"), [(5, ()), (17, ("随州海关", "市公安局")), (40, ())])
def test_pandas_comes_to_the_same_sums(assessees: int, without: tuple[str, ...]) -> None:
    plan = real_plan(assessees)
    tally = build(plan, random_returns(plan, assessees, without), (), MADE)
    kinds = {one.code: (one.area, one.kind) for one in plan.criteria}
    rows = [
        (name, *kinds[code], points)
        for (code, name), points in tally.points.items()
        if code in kinds and points is not None
    ]
    frame = pd.DataFrame(rows, columns=["assessee", "area", "kind", "points"], dtype=object)
    earned = frame[frame["kind"] == EARNING].groupby(["assessee", "area"])["points"].sum()
    lost = frame[frame["kind"] == DEDUCTING].groupby("assessee")["points"].sum()
    for standing in tally.standings:
        name = standing.assessee
        assert standing.areas == {area.name: earned.get((name, area.name), 0) for area in plan.areas}
        assert standing.deductions == lost.get(name, 0)
        assert standing.total == max(0, Fraction(rounded(sum(standing.areas.values(), standing.deductions), 4)))
