"""One rule, three targets: what LibreOffice computes is what Python computes is what the data validation admits."""

from __future__ import annotations

import csv
import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest
from judge import Typed, office_or_skip, recalculate
from python_calamine import CalamineWorkbook
from strategies import criteria, held, rules, several, telling

from qtool.addresses import address
from qtool.model import CITY, Assessee, Criterion, Key, Value, exact
from qtool.office.workbook.writer import Book, Sheet
from qtool.rules.domain import Labels, Numbers
from qtool.rules.excel import formula, quoted, validation
from qtool.rules.expr import INVALID, Expr, evaluate
from qtool.rules.methods import METHODS, parse, rule_of
from qtool.rules.methods.bands import Bands
from qtool.rules.methods.rank import Rank
from qtool.rules.rule import PEERS, Rule
from qtool.rules.score import (
    PARTS,
    criterion_points,
    item_id,
    item_points,
    score,
    total_points,
)

pytestmark = pytest.mark.office

MEASURES = Path(__file__).parent.parent / "data" / "plan-2022" / "measures.csv"
ASSESSEES = 5
INPUTS, CITY_COLUMN, POINTS, ADMITTED = range(0, 10, 2), 10, range(1, 10, 2), range(11, 16)
"""Columns of a scene: inputs and points alternate as on a scoring sheet, so that peers are an argument list."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One row: what the assessees' cells and the city's cell hold under one rule."""

    rule: Rule
    typed: tuple[Typed, ...]
    city: Typed = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell in which LibreOffice and Python disagree."""

    where: str
    expected: object
    found: object


# --- scenes ---------------------------------------------------------------------------------------------------------


def scenes(rule: Rule, chance: random.Random, extra: int) -> Iterator[Scene]:
    """Return every telling input of a rule, then random ones; against a mean, several means."""
    inputs = [*telling(rule), *(at_random(rule, chance) for _ in range(extra * ASSESSEES))]
    inputs += [None] * (-len(inputs) % ASSESSEES)
    rows = [tuple(inputs[at : at + ASSESSEES]) for at in range(0, len(inputs), ASSESSEES)]
    if not (rule.needs_city or rule.needs_peers):
        yield from (Scene(rule, row) for row in rows)
        return
    middle = 0.5 if isinstance(rule.domain, Numbers) and rule.domain.percent else 10.0
    if rule.needs_city:
        cities = itertools.cycle([middle, middle, None, 0.0, 2 * middle, -1.0, "全市", 0.1 + 0.2])
        yield from (Scene(rule, row, city) for row, city in zip(rows, cities, strict=False))
        yield from (Scene(rule, row, middle) for row in rows)
        return
    yield from (Scene(rule, row) for row in rows)
    numbers = [typed for typed in inputs if isinstance(typed, float)]
    for one in numbers:  # all alike, one beside the mean, mixed
        yield Scene(rule, (one,) * ASSESSEES)
        yield Scene(rule, (one, middle, middle, middle, 2 * middle - one))
        yield Scene(rule, tuple(chance.choice(numbers) for _ in range(ASSESSEES)))


def at_random(rule: Rule, chance: random.Random) -> Typed:
    """Return some input that a person might type, in or out of the domain."""
    domain = rule.domain
    if isinstance(domain, Labels):
        return chance.choice(domain.labels)
    top = 30 if domain.high is None else float(domain.high)
    if domain.whole:
        return float(chance.randint(0, int(top) + 1))
    places = chance.choice([1, 2, 3, 4, 5])
    if places == 5:  # exactly between two values of four decimals
        return chance.randint(0, int(top * 10_000)) / 10_000 + 0.00005
    return round(chance.uniform(0, top * 1.02), places)


def expected_points(scene: Scene) -> list[Value]:
    peers = tuple(map(held, scene.typed))
    bindings = {"city": held(scene.city), PEERS: peers}
    return [evaluate(scene.rule.points(), {"x": x, **bindings}) for x in peers]


# --- workbooks ------------------------------------------------------------------------------------------------------


def put(sheet: Sheet, row: int, col: int, typed: Typed) -> None:
    """Write an input; a float that the writer would shorten stands as a formula, which keeps all its digits."""
    if isinstance(typed, float) and float(f"{typed:.16G}") != typed:
        sheet.formula(row, col, f"={typed:.17G}", None, None)
    else:
        sheet.value(row, col, typed)


def write_scenes(path: Path, rows: Sequence[Scene]) -> None:
    with Book(path) as book:
        sheet = book.sheet("题")
        for row, scene in enumerate(rows):
            put(sheet, row, CITY_COLUMN, scene.city)
            names = {"city": address(row, CITY_COLUMN), PEERS: ",".join(address(row, col) for col in INPUTS)}
            for col, shown, admitted, typed in zip(INPUTS, POINTS, ADMITTED, scene.typed, strict=True):
                put(sheet, row, col, typed)
                cell = address(row, col)
                sheet.formula(row, shown, formula(scene.rule.points(), {"x": cell, **names}), None, None)
                sheet.formula(row, admitted, admits(scene.rule, cell), None, None)


def admits(rule: Rule, cell: str) -> str:
    """Return, as a formula, what Excel lets through a validation of this rule's cell."""
    found = validation(rule.domain, cell)
    if found.type == "custom":
        return found.formula
    if found.type == "list":
        return f"=OR({','.join(f'EXACT({cell},{quoted(label)})' for label in found.labels)})"
    tests = [f"{cell}>={found.low!r}"]
    tests += [f"{cell}<={found.high!r}"] if found.high is not None else []
    tests += [f"{cell}=INT({cell})"] if found.type == "integer" else []
    return f"=IF(ISNUMBER({cell}),AND({','.join(tests)}),0=1)"


def read(path: Path) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_path(path)
    rows = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    return {name: [list[object](cells) for cells in found] for name, found in rows.items()}


def same(expected: Value, found: object) -> bool:
    if isinstance(expected, Fraction):
        return isinstance(found, (int, float)) and not isinstance(found, bool) and exact(found) == expected
    return found == (expected or "")


# --- comparison -----------------------------------------------------------------------------------------------------


def compare_scenes(rows: Sequence[Scene], sheet: list[list[object]]) -> tuple[int, list[Difference]]:
    """Return how many inputs were compared, in points and in admission, and what differs."""
    count = 0
    wrong: list[Difference] = []
    for number, (scene, cells) in enumerate(zip(rows, sheet, strict=True), 1):
        for typed, points, shown, admitted in zip(scene.typed, expected_points(scene), POINTS, ADMITTED, strict=True):
            count += 1
            where = f"row {number}: {typed!r} of {scene}"
            if not same(points, cells[shown]):
                wrong.append(Difference(where, points, cells[shown]))
            wrong += admission(scene.rule, typed, points, cells[admitted], where)
    return count, wrong


def admission(rule: Rule, typed: Typed, points: Value, admitted: object, where: str) -> Iterator[Difference]:
    """Compare what the validation lets through with what the points cell calls 有误."""
    allowed = rule.domain.allows(held(typed))
    if admitted != allowed and (admitted or typed_by_hand(rule, typed)):
        yield Difference(f"{where} in the validation", allowed, admitted)
    gap = isinstance(rule, Bands) and rule.rest is None
    refused = points == INVALID.value
    if typed is not None and refused == allowed and not (refused and gap):
        yield Difference(f"{where} in the points", allowed, points)


def typed_by_hand(rule: Rule, typed: Typed) -> bool:
    """Whether a validation sees this input: Excel checks what is typed or chosen, not what is pasted or computed.

    Computed noise and labels in other letter case are admitted by the rule though the validation would refuse them.
    """
    if isinstance(typed, float):
        return float(f"{typed:.9f}") == typed
    domain = rule.domain
    return isinstance(domain, Numbers) or typed in domain.labels or not domain.allows(typed)


def judged_scenes(rows: Sequence[Scene], folder: Path) -> tuple[int, list[Difference]]:
    """Return how many inputs LibreOffice was asked about, and where it disagrees."""
    parts = [rows[at : at + 1500] for at in range(0, len(rows), 1500)]
    paths = [folder / f"scenes-{index}.xlsx" for index in range(len(parts))]
    for path, part in zip(paths, parts, strict=True):
        write_scenes(path, part)
    count = 0
    wrong: list[Difference] = []
    for path, part in zip(recalculate(paths, folder / "out"), parts, strict=True):
        compared, differing = compare_scenes(part, read(path)["题"])
        count, wrong = count + compared, wrong + differing
    return count, wrong


# --- whole sheets ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Case:
    """One department's sheet: its criteria, who is assessed, and what was typed."""

    criteria: tuple[Criterion, ...]
    assessees: tuple[Assessee, ...]
    typed: Mapping[Key, Typed]

    def inputs(self, column: int) -> int:
        """Return the column of an assessee's inputs; the points stand in the next one, the city's inputs last."""
        return 2 * column

    @property
    def city(self) -> int:
        """The column of the city's inputs."""
        return 2 * len(self.assessees)


def case_of(made: tuple[Criterion, ...], people: int, chance: random.Random) -> Case:
    """Return a sheet with most cells filled as they should be, some empty, some wrong."""
    assessees = tuple(Assessee(f"对象{index}", f"对象{index}") for index in range(people))
    typed: dict[Key, Typed] = {}
    for measure in (measure for criterion in made for measure in criterion.measures):
        rule = rule_of(measure, people)
        fit = [value for value in telling(rule) if value is not None and rule.domain.allows(held(value))]
        for name in (*(assessee.short for assessee in assessees), CITY):
            kind = chance.random()
            some = telling(rule) if kind < 0.02 else [*fit, at_random(rule, chance)]
            typed[measure.id, name] = None if kind > 0.99 else chance.choice(some)
    return Case(made, assessees, typed)


def write_case(sheet: Sheet, row: int, case: Case) -> dict[tuple[str, str], tuple[int, int]]:
    """Write a department's rows from `row` on; returns where the points of every (id, assessee) stand."""
    places: dict[tuple[str, str], tuple[int, int]] = {}
    for criterion in case.criteria:
        for item in criterion.items:
            first = row
            for measure in item.measures:
                write_measure(sheet, row, case, measure.id, rule_of(measure, len(case.assessees)))
                places |= {(measure.id, a.short): (row, 2 * k + 1) for k, a in enumerate(case.assessees)}
                row += 1
            measures = range(first, row)
            row = write_sums(sheet, row, case, item_id(criterion, item), item_points(criterion, item), measures, places)
        rows = [places[item_id(criterion, item), case.assessees[0].short][0] for item in criterion.items]
        row = write_sums(sheet, row, case, criterion.code, criterion_points(criterion), rows, places)
    rows = [places[criterion.code, case.assessees[0].short][0] for criterion in case.criteria]
    write_sums(sheet, row, case, "", total_points(len(case.criteria)), rows, places)
    return places


def write_measure(sheet: Sheet, row: int, case: Case, measure: str, rule: Rule) -> None:
    if rule.needs_city:
        put(sheet, row, case.city, case.typed[measure, CITY])
    inputs = [address(row, 2 * k) for k in range(len(case.assessees))]
    for column, (assessee, cell) in enumerate(zip(case.assessees, inputs, strict=True)):
        put(sheet, row, 2 * column, case.typed[measure, assessee.short])
        names = {"x": cell, "city": address(row, case.city), PEERS: ",".join(inputs)}
        sheet.formula(row, 2 * column + 1, formula(rule.points(), names), None, None)


def write_sums(
    sheet: Sheet,
    row: int,
    case: Case,
    name: str,
    points: Expr,
    parts: Sequence[int],
    places: dict[tuple[str, str], tuple[int, int]],
) -> int:
    """Write one row of sums over rows of parts, as a range where they adjoin; returns the row after it."""
    for column, assessee in enumerate(case.assessees):
        col = 2 * column + 1
        cells = [address(part, col) for part in parts]
        adjoining = isinstance(parts, range) and len(parts) > 1 and row % 2 == 0
        argument = f"{cells[0]}:{cells[-1]}" if adjoining else ",".join(cells)
        sheet.formula(row, col, formula(points, {PARTS: argument}), None, None)
        places[name, assessee.short] = (row, col)
    return row + 1


def compare_case(case: Case, places: Mapping[tuple[str, str], tuple[int, int]], sheet: list[list[object]]) -> list[str]:
    """Return the cells of a sheet that differ."""
    answers = {key: value for key, typed in case.typed.items() if (value := held(typed)) is not None}
    scores = score(case.criteria, case.assessees, answers)
    expected = scores.measures | scores.items | scores.criteria | {("", who): t for who, t in scores.totals.items()}
    assert expected.keys() == places.keys()
    return [
        f"{key}: {expected[key]} is not {sheet[row][col]}"
        for key, (row, col) in places.items()
        if not same(expected[key], sheet[row][col])
    ]


# --- the proof ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", autouse=True)
def _office() -> None:
    office_or_skip()


def test_a_wrong_cached_result_is_recalculated(tmp_path: Path) -> None:
    with Book(tmp_path / "cached.xlsx") as book:
        sheet = book.sheet("题")
        sheet.number(0, 0, 2)
        sheet.formula(0, 1, "=A1*2", None, 999)
    (made,) = recalculate([tmp_path / "cached.xlsx"], tmp_path / "out")
    assert read(made)["题"] == [[2, 4]]


def test_every_measure_of_2022(tmp_path: Path) -> None:
    chance = random.Random(2022)  # noqa: S311 - the same inputs every time
    with MEASURES.open(encoding="utf-8-sig", newline="") as file:
        measures = [(row["计分方式"], row["计分参数"], row["单位"]) for row in csv.DictReader(file)]
    assert len(measures) == 203
    rows = [scene for words in measures for scene in scenes(parse(*words, ASSESSEES), chance, 4)]
    count, wrong = judged_scenes(rows, tmp_path)
    assert wrong == []
    assert count >= 8_000


def test_random_rules_of_every_kind(tmp_path: Path) -> None:
    chance = random.Random(6)  # noqa: S311 - the same inputs every time
    made = several(rules(ASSESSEES), 180)
    assert {rule.method for rule in made} == METHODS.keys()
    assert any(isinstance(rule, Rank) for rule in made)
    count, wrong = judged_scenes([scene for rule in made for scene in scenes(rule, chance, 1)], tmp_path)
    assert wrong == []
    assert count >= 12_000


def test_ties_at_the_fifth_decimal(tmp_path: Path) -> None:
    rule = parse("评定", "0~1.75", "分", ASSESSEES)
    ties = [k / 20_000 for k in range(1, 35_000, 26)]
    near = [tie * (1 + noise) for tie in ties for noise in (0, 2**-52, -(2**-53), 1e-12, -1e-12)]
    rows = [Scene(rule, tuple(near[at : at + ASSESSEES])) for at in range(0, len(near), ASSESSEES)]
    count, wrong = judged_scenes(rows, tmp_path)
    assert wrong == []
    assert count >= 5_000


def test_whole_sheets(tmp_path: Path) -> None:
    chance = random.Random(72)  # noqa: S311 - the same inputs every time
    people = (2, 3, 5, 10)
    cases = [case_of(made, count, chance) for count in people for made in several(criteria(count), 40)]
    path = tmp_path / "sheets.xlsx"
    with Book(path) as book:
        sheet, places, row = book.sheet("题"), [], 0
        for case in cases:
            places.append(write_case(sheet, row, case))
            row = max(at for at, _ in places[-1].values()) + 1
    (made,) = recalculate([path], tmp_path / "out")
    cells = read(made)["题"]
    wrong = [d for case, where in zip(cases, places, strict=True) for d in compare_case(case, where, cells)]
    assert wrong == []
    assert sum(map(len, places)) >= 5_000
