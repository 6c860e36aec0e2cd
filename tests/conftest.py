"""Shared settings of the tests: how many examples chance may try, always the same ones; the rubric of 2022."""

from __future__ import annotations

import csv
import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings
from shared_folders import shared_home

from qtool.model import Criterion, Item, Measure, exact

__all__ = ["shared_home"]
settings.register_profile("default", max_examples=100, derandomize=True, deadline=None)
settings.register_profile("ci", max_examples=400, derandomize=True, deadline=None)
REQUIRE_ALL = os.environ.get("QTOOL_REQUIRE_ALL") == "1"
"""Whether everything must run: slow proofs too, and what would be skipped fails."""

settings.load_profile("ci" if REQUIRE_ALL else "default")

DATA = Path(__file__).parent.parent / "data" / "plan-2022"


_LENGTHY = {"office", "slow", "lengthy"}
"""Marks of tests that are not quick; neither are those that need one of these fixtures, a screen or a mail server."""
_FIXTURES = {"display", "authority"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what is quick, for `-m quick`; leave slow proofs out, unless they are asked for."""
    for item in items:
        assert isinstance(item, pytest.Function)
        if not _LENGTHY & {mark.name for mark in item.iter_markers()} and not _FIXTURES & set(item.fixturenames):
            item.add_marker("quick")
    if REQUIRE_ALL or "slow" in str(config.option.markexpr):
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    config.hook.pytest_deselected(items=slow)
    items[:] = [item for item in items if item not in slow]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skipped test into a failed one where nothing may be left out."""
    report = yield
    if REQUIRE_ALL and report.skipped:
        report.outcome = "failed"
    return report


@pytest.fixture(scope="session")
def rubric() -> tuple[Criterion, ...]:
    """Return the criteria of 2022 straight from the tables, past the plan reader."""
    return plan_2022()


def plan_2022() -> tuple[Criterion, ...]:
    """Return the criteria of 2022 straight from the tables, past the plan reader."""
    with (DATA / "measures.csv").open(encoding="utf-8-sig", newline="") as file:
        measures = list(csv.DictReader(file))
    with (DATA / "criteria.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple(_criterion(row, [measure for measure in measures if measure["编号"] == row["编号"]]) for row in rows)


def _criterion(row: dict[str, str], measures: list[dict[str, str]]) -> Criterion:
    return Criterion(
        code=row["编号"],
        area=row["考核领域"],
        key_point=row["考核要点"],
        group=row["分组"],
        title=row["考核内容"],
        kind=row["类型"],
        marks=exact(row["分值"]),
        base=exact(row["起评分"]),
        department=row["评价部门"],
        evidence=row["印证材料"],
        source_lines=row["原文行号"],
        remark=row["修复说明"],
        items=_items(measures),
    )


def _items(rows: list[dict[str, str]]) -> tuple[Item, ...]:
    numbers = dict.fromkeys(row["条目"] for row in rows)
    grouped = [[row for row in rows if row["条目"] == number] for number in numbers]
    return tuple(
        Item(
            group[0]["条目"],
            group[0]["评分标准"],
            exact(group[0]["条目分值"]),
            exact(group[0]["条目起评分"]),
            tuple(_measure(row, index) for index, row in enumerate(group, 1)),
        )
        for group in grouped
    )


def _measure(row: dict[str, str], index: int) -> Measure:
    return Measure(
        id=f"{row['编号']}-{row['条目']}-{index}",
        label=row["填报项"],
        unit=row["单位"],
        method=row["计分方式"],
        parameters=row["计分参数"],
        evidence=row["需印证材料"],
    )
