"""One scoring sheet's answers: found by id, confirmed by the visible texts, understood, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from qtool.addresses import address
from qtool.collect.cells import shown
from qtool.collect.expected import Expected
from qtool.collect.grid import Grid, Inputs
from qtool.faults import Fault, fault
from qtool.layout import Entry, Layout
from qtool.model import CITY, Answer, Key, Value
from qtool.office.workbook.reader import Cell
from qtool.outcome import Place
from qtool.text import without_spaces

_SHOWN = 60
"""Letters of what a person typed that are repeated in a fault."""


@dataclass
class Sheet:
    """A scoring sheet being judged: its cells, what was sent out, and what its file holds besides values.

    `formulas` and `errors` are by address; `unchanged` tells which measures still ask what the sheet asked when it was
    made, and is None where all do.
    """

    file: str
    grid: Grid
    layout: Layout
    expected: Expected
    formulas: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    unchanged: frozenset[str] | None = None
    faults: list[Fault] = field(default_factory=list)
    places: dict[Fault, tuple[Place, ...]] = field(default_factory=dict)
    answers: dict[Key, Answer] = field(default_factory=dict)
    typed: dict[Key, Value] = field(default_factory=dict)

    @cached_property
    def agreed(self) -> bool:
        """Whether all headings and texts are for certain as they were sent out, which is quick to tell."""
        arranged = self.grid.arranged
        return bool(arranged.agreed) and arranged.texts(self.grid.cells) == arranged.agreed

    def report(self, code: str, cell: str, places: tuple[Place, ...] = (), /, **values: object) -> None:
        """Add a fault: where it stands in the file, and which cells of the layout it is about."""
        found = fault(code, file=self.file, sheet=self.grid.name, cell=cell, **values)
        self.faults.append(found)
        if places:
            self.places[found] = places


def read_answers(sheet: Sheet) -> None:
    """Read every answer that is there and allowed; the rest becomes faults, blanks one for each measure."""
    agreed = sheet.agreed
    doubted = () if agreed else _doubted(sheet)
    for inputs in sheet.grid.arranged.inputs:
        entry = inputs.entry
        if sheet.unchanged is not None and entry.measure.id not in sheet.unchanged:
            places = tuple(_place(entry, key) for key in entry.keys)
            sheet.report("S33", "", places, label=entry.measure.label, remedy=_remedy(entry))
        elif agreed or _row_agrees(sheet, entry):
            _read_line(sheet, inputs, doubted)


def _read_line(sheet: Sheet, inputs: Inputs, doubted: Collection[str]) -> None:
    entry, row, cells = inputs
    meaning = sheet.expected.meanings(entry.measure, entry.rule).of
    values = sheet.grid.cells[row] if row is not None else []
    blanks: list[tuple[Key, str]] = []
    lost: list[Key] = []
    odd: dict[tuple[str, str], list[Key]] = {}
    computed = bool(sheet.errors or sheet.formulas)
    for key, col, cell in cells:
        if key[1] in doubted:
            continue  # its column is in doubt as a whole, which is said once
        if row is None or col is None:
            lost.append(key)
            continue
        raw = values[col] if col < len(values) else ""
        if computed and (cell in sheet.errors or cell in sheet.formulas):
            _computed(sheet, entry, key, cell, raw)
            continue
        meant = meaning(raw)
        if meant.value is None:
            blanks.append((key, cell))
        elif not meant.allowed:
            _wrong(sheet, entry, key, cell, raw)
        elif not meant.changed:
            sheet.answers[key] = Answer(meant.value, cell)
        else:
            sheet.answers[key] = Answer(meant.value, cell, str(raw))
            odd.setdefault((_short(str(raw)), shown(meant.value, entry.rule.domain)), []).append(key)
    _missing(sheet, entry, blanks, lost)
    for (typed, value), found in odd.items():
        where, who = "、".join(sheet.answers[key].cell for key in found), "、".join(key[1] for key in found)
        places = tuple(_place(entry, key) for key in found)
        sheet.report("S16", where, places, who=who, label=entry.measure.label, typed=typed, value=value)


def _missing(sheet: Sheet, entry: Entry, blanks: list[tuple[Key, str]], lost: list[Key]) -> None:
    label = entry.measure.label
    if lost:
        places = tuple(_place(entry, key) for key in lost)
        sheet.report("S14", "", places, who="、".join(key[1] for key in lost), label=label)
    if blanks:
        places = tuple(_place(entry, key) for key, _ in blanks)
        where, who = "、".join(cell for _, cell in blanks), "、".join(key[1] for key, _ in blanks)
        sheet.report("S10", where, places, who=who, label=label, remedy=_remedy(entry))


def _wrong(sheet: Sheet, entry: Entry, key: Key, cell: str, raw: Cell) -> None:
    """Report a cell that does not hold what is asked for, and keep what it holds."""
    meant = sheet.expected.meanings(entry.measure, entry.rule).of(raw)
    value = shown(meant.value, entry.rule.domain if meant.wrong == "S11" else None)
    names = {"who": key[1], "label": entry.measure.label, "value": _short(value), "remedy": _remedy(entry)}
    sheet.report(meant.wrong, cell, (_place(entry, key),), **names)
    sheet.typed[key] = raw.strip() if isinstance(raw, str) else meant.value


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _computed(sheet: Sheet, entry: Entry, key: Key, cell: str, raw: Cell) -> None:
    """Judge a cell in which a formula stands: its result counts where it is allowed, and is asked about."""
    place = (_place(entry, key),)
    names = {"who": key[1], "label": entry.measure.label}
    if cell in sheet.errors:
        sheet.typed[key] = sheet.errors[cell]
        sheet.report("S21", cell, place, **names, value=sheet.errors[cell], remedy=_remedy(entry))
        return
    formula = f"={sheet.formulas[cell]}"[:60]
    meant = sheet.expected.meanings(entry.measure, entry.rule).of(raw)
    if meant.value is None:
        sheet.report("S23", cell, place, **names, formula=formula, remedy=_remedy(entry))
    elif meant.allowed:
        sheet.answers[key] = Answer(meant.value, cell, formula)
        sheet.report("S22", cell, place, **names, formula=formula, value=shown(meant.value, entry.rule.domain))
    else:
        _wrong(sheet, entry, key, cell, raw)


def _doubted(sheet: Sheet) -> set[str]:
    """Return the assessees whose column is headed by another's name, and report them."""
    arranged, names = sheet.grid.arranged, {without_spaces(name): name for name in sheet.layout.assessees}
    found: set[str] = set()
    for name in sheet.layout.assessees:
        col = arranged.cols.get(f"in:{name}")
        if col is None or arranged.head is None:
            continue
        heading = names.get(without_spaces(sheet.grid.value(arranged.head, col)), name)
        if heading != name:
            found.add(name)
            sheet.report("S18", address(arranged.head, col), (), found=heading, label=name)
    return found


def _row_agrees(sheet: Sheet, entry: Entry) -> bool:
    """Return whether a row's label is not that of another measure of the sheet; report it if it is."""
    at = sheet.grid.at(entry.line.id, "label")
    if at is None:
        return True
    seen = str(at[2]).partition("\n")[0]
    mine = entry.measure.label
    if seen == mine or without_spaces(seen) == without_spaces(mine) or without_spaces(seen) not in sheet.layout.labels:
        return True
    places = tuple((entry.line.id, f"in:{name}") for name in sheet.layout.assessees)
    sheet.report("S18", address(at[0], at[1]), places, found=seen, label=entry.measure.label)
    return False


def read_reasons(sheet: Sheet) -> dict[Key, str]:
    """Return the reasons given for lost marks."""
    value = sheet.grid.value
    return {key: text for key, row, col in sheet.grid.arranged.reasons if (text := str(value(row, col)).strip())}


def _place(entry: Entry, key: Key) -> Place:
    return entry.line.id, "city" if key[1] == CITY else f"in:{key[1]}"


def _remedy(entry: Entry) -> str:
    return entry.rule.sentence().removesuffix("。")
