"""Which cell of a department's scoring sheet holds what: pure, shared by those who write it and those who read it.

Every row and every column carries an id in a hidden column and a hidden row, so that answers are found by measure and
assessee even after rows were inserted, deleted or sorted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from qtool.addresses import address, letters
from qtool.model import CITY, Criterion, Item, Key, Measure, Plan, Value, marks_text
from qtool.rules.expr import Expr
from qtool.rules.methods import rule_of
from qtool.rules.rule import PEERS, Rule
from qtool.rules.score import (
    PARTS,
    Scorer,
    Scores,
    criterion_points,
    equals_its_measure,
    item_id,
    item_points,
    total_points,
)
from qtool.text import without_spaces

COVER, SHEET, META = "封面", "评分表", "_meta"
PROBLEMS = "问题清单"
"""The sheet of an annotated copy that says what is to be mended."""
OWN_SHEETS = frozenset((COVER, SHEET, META, PROBLEMS))
MARK = "qtool-评分表"
"""Stands in A1 of a scoring sheet, hidden, and tells it from any other sheet."""

ID_ROW, TITLE_ROW, NOTE_ROW, HEAD_ROW, SUBHEAD_ROW, FIRST = range(6)
ID_COL, CODE, TITLE, MARKS, STANDARD, EVIDENCE, LABEL, AFTER = range(8)
FIXED_COLUMNS = ("code", "title", "marks", "standard", "evidence", "label")
HEADS = ("编号", "考核内容", "分值", "评分标准", "印证材料", "填报项")
"""The headings of the fixed columns."""
SIGNATURES = ("填表人", "审核人", "日期", "盖章")


def rule_digest(measure: Measure) -> str:
    """Return twelve hex digits that change with what a measure asks or how it is scored."""
    content = f"{measure.label}\0{measure.unit}\0{measure.method}\0{measure.parameters}"
    return hashlib.sha256(content.encode()).hexdigest()[:12]


class Line(NamedTuple):
    """One row: an area's or a key point's band, a measure, an item's or a criterion's points, or the end."""

    kind: str
    id: str
    text: str = ""
    criterion: Criterion | None = None
    item: Item | None = None
    measure: Measure | None = None
    rule: Rule | None = None


class Entry(NamedTuple):
    """A line that is filled in: its measure, its rule, and the keys of the cells that it asks for."""

    line: Line
    measure: Measure
    rule: Rule
    keys: tuple[Key, ...]


class Block(NamedTuple):
    """The rows, first and last, that a criterion or an item governs."""

    first: int
    last: int


class Formula(NamedTuple):
    """A computed cell: whose points they are (`id` as in `Line`, `who`), where, and from which cells.

    The cells of a row share their expression and what it names, except that `own` stands for the cells in `cells`;
    so one print of the expression serves the whole row.
    """

    id: str
    who: str
    row: int
    col: int
    expr: Expr
    shared: Mapping[str, str]
    own: str
    cells: str

    def points(self, scores: Scores) -> Value:
        """Return what the cell shows, of the scores of its sheet."""
        kind, _, name = self.id.partition(":")
        tables = {"m": scores.measures, "i": scores.items, "c": scores.criteria}
        return tables[kind][name, self.who] if kind in tables else scores.totals[self.who]


@dataclass(frozen=True)
class Layout:
    """One department's scoring sheet."""

    plan: Plan
    department: str

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        """The criteria that the department scores."""
        return self.plan.of_department(self.department)

    @cached_property
    def assessees(self) -> tuple[str, ...]:
        """The assessees' short names."""
        return tuple(assessee.short for assessee in self.plan.assessees)

    @cached_property
    def scorer(self) -> Scorer:
        """The compiled rules of the sheet."""
        return Scorer(self.criteria, self.assessees)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Every row of the body, from `FIRST` on."""
        return tuple(self._lines())

    def _lines(self) -> Iterator[Line]:
        area = key_point = ""
        for criterion in self.criteria:
            if criterion.area != area:
                area, key_point = criterion.area, ""
                yield Line("area", f"area:{area}", area)
            if criterion.key_point != key_point:
                key_point = criterion.key_point
                yield Line("key", f"key:{area}:{key_point}", key_point)
            for item in criterion.items:
                rules = [rule_of(measure, len(self.assessees)) for measure in item.measures]
                for measure, rule in zip(item.measures, rules, strict=True):
                    yield Line("measure", f"m:{measure.id}", measure.label, criterion, item, measure, rule)
                if not equals_its_measure(criterion, item, rules[0]):
                    text = "本条得分" + (f"（起评{marks_text(item.base)}分）" if item.base else "")
                    yield Line("item", f"i:{item_id(criterion, item)}", text, criterion, item)
            yield Line("criterion", f"c:{criterion.code}", f"{criterion.code} 得分（左格写扣分说明）", criterion)
        yield Line("missing", "missing", "还没有填的格数")
        yield Line("total", "total", "本部门合计得分")

    @cached_property
    def scored(self) -> tuple[tuple[Line, str, str], ...]:
        """The lines that have points: each with its kind of points (m, i, c or total) and whose they are."""
        parts = [(line, *line.id.partition(":")[::2]) for line in self.lines]
        return tuple(part for part in parts if part[1] in ("m", "i", "c", "total"))

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The lines that are filled in."""
        return tuple(
            Entry(line, line.measure, line.rule, self._keys(line.measure, line.rule))
            for line in self.lines
            if line.measure is not None and line.rule is not None
        )

    def _keys(self, measure: Measure, rule: Rule) -> tuple[Key, ...]:
        names = (CITY, *self.assessees) if rule.needs_city else self.assessees
        return tuple((measure.id, name) for name in names)

    @cached_property
    def labels(self) -> frozenset[str]:
        """The labels of all measures, without their spaces."""
        return frozenset(without_spaces(entry.measure.label) for entry in self.entries)

    @cached_property
    def rows(self) -> dict[str, int]:
        """The row of every line's id."""
        return {line.id: FIRST + index for index, line in enumerate(self.lines)}

    @cached_property
    def city_col(self) -> int | None:
        """The column of the whole city's figures, where some rule asks for one."""
        return AFTER if any(entry.rule.needs_city for entry in self.entries) else None

    @cached_property
    def columns(self) -> dict[str, int]:
        """The column of every column id: the fixed ones, `city`, `in:` and `pt:` of each assessee."""
        ids = [*FIXED_COLUMNS, *([] if self.city_col is None else ["city"])]
        ids += [f"{kind}:{name}" for name in self.assessees for kind in ("in", "pt")]
        return {name: CODE + index for index, name in enumerate(ids)}

    @property
    def last_col(self) -> int:
        """The last column."""
        return max(self.columns.values())

    @property
    def last_row(self) -> int:
        """The last row of the body."""
        return FIRST + len(self.lines) - 1

    @property
    def sign_row(self) -> int:
        """The row of the signatures."""
        return self.last_row + 2

    def map(self) -> str:
        """Return what the seal covers: where every row and column was when the sheet was made, and by which rules.

        As JSON in few cells it is read ten times faster than as a table.
        """
        rows = [(name, str(row + 1)) for name, row in self.rows.items()]
        columns = [(name, letters(col)) for name, col in self.columns.items()]
        rules = [(f"rule:{measure.id}", rule_digest(measure)) for c in self.criteria for measure in c.measures]
        return json.dumps(dict(rows + columns + rules), ensure_ascii=False, separators=(",", ":"))

    @cached_property
    def inputs(self) -> dict[Key, tuple[int, int]]:
        """Where every input cell is, by (measure id, assessee or CITY)."""
        columns = {name: self.columns[f"in:{name}"] for name in self.assessees}
        if self.city_col is not None:
            columns[CITY] = self.city_col
        return {key: (self.rows[entry.line.id], columns[key[1]]) for entry in self.entries for key in entry.keys}

    @cached_property
    def item_blocks(self) -> list[tuple[Criterion, Item, Block]]:
        """The rows of every item: its measures and its own points."""
        blocks = self._blocks(lambda line: item_id(line.criterion, line.item) if line.criterion and line.item else "")
        return [(c, item, blocks[item_id(c, item)]) for c in self.criteria for item in c.items]

    @cached_property
    def criterion_blocks(self) -> list[tuple[Criterion, Block]]:
        """The rows of every criterion, its own line last."""
        blocks = self._blocks(lambda line: line.criterion.code if line.criterion else "")
        return [(c, blocks[c.code]) for c in self.criteria]

    def _blocks(self, owner: Callable[[Line], str]) -> dict[str, Block]:
        rows: dict[str, list[int]] = {}
        for line in self.lines:
            rows.setdefault(owner(line), []).append(self.rows[line.id])
        return {name: Block(block[0], block[-1]) for name, block in rows.items()}

    def formulas(self) -> Iterator[Formula]:
        """Yield every computed cell of points, row by row."""
        for line in self.lines:
            expr, parts = self._points(line)
            if expr is None:
                continue
            row = self.rows[line.id]
            own, column = ("x", "in:") if line.kind == "measure" else (PARTS, "pt:")
            shared, runs = self._shared(line, row), _runs(parts)
            for name in self.assessees:
                cells = _ranges(runs, self.columns[f"{column}{name}"])
                yield Formula(line.id, name, row, self.columns[f"pt:{name}"], expr, shared, own, cells)

    def _shared(self, line: Line, row: int) -> dict[str, str]:
        """Return the cells that a measure's points use for every assessee alike."""
        if line.rule is None or not (line.rule.needs_city or line.rule.needs_peers):
            return {}
        peers = ",".join(address(row, self.columns[f"in:{name}"]) for name in self.assessees)
        return {"city": address(row, self.city_col) if self.city_col is not None else "", PEERS: peers}

    def _points(self, line: Line) -> tuple[Expr | None, list[int]]:
        """Return what a line's points are made by, and the rows of the cells that they are made of."""
        match line:
            case Line(kind="measure", rule=rule) if rule is not None:
                return rule.points(), [self.rows[line.id]]
            case Line(kind="item", criterion=criterion, item=item) if criterion is not None and item is not None:
                return item_points(criterion, item), [self.rows[f"m:{measure.id}"] for measure in item.measures]
            case Line(kind="criterion", criterion=criterion) if criterion is not None:
                return criterion_points(criterion), [self._item_row(criterion, item) for item in criterion.items]
            case Line(kind="total"):
                return total_points(len(self.criteria)), [self.rows[f"c:{c.code}"] for c in self.criteria]
        return None, []

    def _item_row(self, criterion: Criterion, item: Item) -> int:
        """Return the row that shows an item's points: its own, or that of its only measure."""
        return self.rows.get(f"i:{item_id(criterion, item)}", self.rows[f"m:{item.measures[0].id}"])

    def blanks(self, name: str) -> str:
        """Return the formula that counts what is not filled in, for an assessee or for CITY."""
        cells = [cell for key, cell in self.inputs.items() if key[1] == name]
        ranges = _ranges(_runs(row for row, _ in cells), cells[0][1])
        return "=" + "+".join(f"COUNTBLANK({part})" for part in ranges.split(","))

    @cached_property
    def locked_texts(self) -> list[tuple[str, str, str]]:
        """What scorers read beside the cells that they fill: (row id, column id, text)."""
        labels = [(line.id, "label", line.measure.label) for line in self.lines if line.measure is not None]
        standards = [(self._first(block), "standard", item.standard) for _, item, block in self.item_blocks]
        titles = [(self._first(block), "title", criterion.title) for criterion, block in self.criterion_blocks]
        return labels + standards + titles

    def _first(self, block: Block) -> str:
        return self.lines[block.first - FIRST].id


def _runs(rows: Iterable[int]) -> list[tuple[int, int]]:
    """Return rows as runs of neighbours, first and last."""
    runs: list[tuple[int, int]] = []
    for row in sorted(rows):
        if runs and row == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs


def _ranges(runs: Iterable[tuple[int, int]], col: int) -> str:
    """Return cells of one column as a list of ranges."""
    return ",".join(address(a, col) if a == b else f"{address(a, col)}:{address(b, col)}" for a, b in runs)
