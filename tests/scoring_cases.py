"""Scoring workbooks for the tests: made of the 2022 plan, empty or filled in as a department might."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from functools import cache
from pathlib import Path

from qtool.collect.expected import Expected
from qtool.identity import Identity
from qtool.layout import Layout
from qtool.model import Assessee, Key, Plan, Value
from qtool.plan.read import read_plan
from qtool.rehearsal import answers_for, reasons_for
from qtool.resources import PLAN_2022, template
from qtool.sheets.make import write_workbook

CAMPAIGN, KEY = "0123456789abcdef", "a key of the tests"
MADE = datetime(2023, 1, 3, 9, 0)  # noqa: DTZ001 - document properties have no time zone


@cache
def plan_2022() -> Plan:
    """Return the shipped plan."""
    return read_plan(template(PLAN_2022)).plan


@cache
def plan_for(count: int) -> Plan:
    """Return the shipped plan with so many assessees."""
    names = [Assessee(f"第{number}县人民政府", f"第{number}县") for number in range(1, count + 1)]
    return replace(plan_2022(), assessees=tuple(names))


def expected(plan: Plan | None = None) -> Expected:
    """Return what the tests' campaign sent out."""
    return Expected(plan or plan_2022(), CAMPAIGN, KEY)


def identity(layout: Layout, version: int = 1) -> Identity:
    """Return who a layout's sheet is in the tests' campaign."""
    scored = layout.plan.scoring_fingerprint(layout.department)
    return Identity(CAMPAIGN, scored, layout.department, version, layout.plan.facts.year)


def write(path: Path, layout: Layout, answers: Mapping[Key, Value] | None = None, version: int = 1) -> Path:
    """Write a layout's workbook, with answers and reasons in it when answers are given."""
    reasons = dict(reasons_for(layout, layout.scorer.score(answers), 1)) if answers else {}
    write_workbook(path, layout, identity(layout, version), KEY, MADE, answers, reasons)
    return path


def filled(folder: Path, department: str, seed: int = 1, plan: Plan | None = None) -> tuple[Path, Layout]:
    """Write a department's workbook, filled in by seeded chance."""
    layout = Layout(plan or plan_2022(), department)
    return write(folder / f"评分表-{department}.xlsx", layout, answers_for(layout, seed)), layout


def figure(text: str) -> Fraction:
    """Return an exact figure."""
    return Fraction(text)
