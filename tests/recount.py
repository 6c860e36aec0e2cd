"""A second, independent count of what a year comes to: from the tables of 2022 and the returned workbooks alone.

Nothing of qtool is used: rules are read from their words again, cells are found by the ids in the hidden row and
column, marks are decimals.
"""

from __future__ import annotations

import csv
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path

from openpyxl import load_workbook

DATA = Path(__file__).parent.parent / "data" / "plan-2022"
Typed = Decimal | str
ZERO = Decimal(0)
NOBODY = "city"


def answers(files: Iterable[Path]) -> dict[tuple[str, str], Typed]:
    """Return what was typed, by (measure id, assessee or NOBODY)."""
    found: dict[tuple[str, str], Typed] = {}
    for path in files:
        rows = list(load_workbook(path)["评分表"].iter_rows(values_only=True))
        columns = {
            index: str(name).removeprefix("in:")
            for index, name in enumerate(rows[0])
            if name == NOBODY or str(name).startswith("in:")
        }
        for row in rows[1:]:
            if str(row[0]).startswith("m:"):
                for index, who in columns.items():
                    value = row[index]
                    if value is not None:
                        typed = value if isinstance(value, str) else Decimal(repr(value))
                        found[str(row[0])[2:], who] = typed
    return found


def totals(typed: Mapping[tuple[str, str], Typed], shorts: Iterable[str]) -> dict[str, Decimal]:
    """Return every assessee's total: criteria from items, items from measures, each kept within its marks."""
    criteria, measures = _table("criteria.csv"), _table("measures.csv")
    result: dict[str, Decimal] = dict.fromkeys(shorts, ZERO)
    for criterion in criteria:
        items: dict[str, list[dict[str, str]]] = defaultdict(list)
        for row in measures:
            if row["编号"] == criterion["编号"]:
                items[row["条目"]].append(row)
        for who in result:
            earned = Decimal(criterion["起评分"])
            for number, rows in items.items():
                ids = [f"{criterion['编号']}-{number}-{index}" for index in range(1, len(rows) + 1)]
                parts = [_points(row, name, who, typed, list(result)) for row, name in zip(rows, ids, strict=True)]
                most = Decimal(rows[0]["条目分值"])
                takes_off = criterion["类型"] == "扣分" or Decimal(criterion["起评分"]) > 0
                bounds = (-most, ZERO) if takes_off else (ZERO, most)
                earned += _kept(Decimal(rows[0]["条目起评分"]) + sum(parts, ZERO), *bounds)
            marks = Decimal(criterion["分值"])
            result[who] += _kept(earned, *((-marks, ZERO) if criterion["类型"] == "扣分" else (ZERO, marks)))
    return {who: max(ZERO, total) for who, total in result.items()}


def _table(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _kept(value: Decimal, low: Decimal, high: Decimal) -> Decimal:
    return min(max(value, low), high)


def _points(
    row: Mapping[str, str], name: str, who: str, typed: Mapping[tuple[str, str], Typed], shorts: list[str]
) -> Decimal:
    value, words = typed[name, who], row["计分参数"]
    if row["计分方式"] == "比均值":
        assert isinstance(value, Decimal), (name, who, value)
        return _against_mean(value, dict(p.split("=") for p in _parts(row)), name, typed, shorts)
    pairs = [(left, Decimal(right)) for left, _, right in (part.rpartition("=") for part in _parts(row))]
    if row["计分方式"] == "选项":
        return dict(pairs)[str(value)]
    assert isinstance(value, Decimal), (name, who, value)
    match row["计分方式"]:
        case "评定":
            return -value if words.startswith("扣") else value
        case "计次":
            named = dict(pairs)
            counted = named.get("起评", ZERO) + value * named["每次"]
            return max(counted, named["最低"]) if "最低" in named else counted
        case "分档":
            return next(points for words, points in pairs if words == "其余" or _holds(value, words))
        case "名次":
            return next(points for words, points in pairs if words == "其余" or _within(value, words))
    raise AssertionError(row["计分方式"])


def _parts(row: Mapping[str, str]) -> list[str]:
    return row["计分参数"].split("；") if "=" in row["计分参数"] else []


def _holds(value: Decimal, words: str) -> bool:
    found = re.fullmatch(r"(>=|<=|>|<)([\d.]+)(%?)", words)
    assert found, words
    limit = Decimal(found[2]) / (100 if found[3] else 1)
    return {">=": value >= limit, "<=": value <= limit, ">": value > limit, "<": value < limit}[found[1]]


def _within(value: Decimal, words: str) -> bool:
    first, _, last = words.partition("-")
    return Decimal(first) <= value <= Decimal(last or first)


def _against_mean(
    value: Decimal, words: Mapping[str, str], name: str, typed: Mapping[tuple[str, str], Typed], shorts: list[str]
) -> Decimal:
    if words["基准"] == "全市值":
        city = typed[name, NOBODY]
        assert isinstance(city, Decimal)
        steps = math.trunc((value - city) * 100 / Decimal(words["步长"]))
        points = Decimal(words["起评"]) + steps * Decimal(words["每步"])
        return _kept(points, Decimal(words["最低"]), Decimal(words["最高"]))
    peers = [other for who in shorts if isinstance(other := typed[name, who], Decimal)]
    difference = value * len(peers) - sum(peers, ZERO)
    return Decimal(words["高于"] if difference > 0 else words["低于"] if difference < 0 else words["等于"])
