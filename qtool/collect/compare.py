"""What a returned sheet shows otherwise than it should, without spoiling it: points, texts, reasons, what is hidden."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from math import isfinite

from qtool.addresses import address, letters
from qtool.collect.answers import Sheet
from qtool.collect.cells import shown
from qtool.layout import Line
from qtool.model import Key, Value, exact
from qtool.office.workbook.reader import Cell
from qtool.office.workbook.rows import ERRORS
from qtool.office.workbook.signs import SheetSigns, WorkbookSigns
from qtool.rules.expr import INVALID
from qtool.rules.score import Scores
from qtool.text import without_spaces

_BEFORE, _SHOWN = 15, 40
"""Signs of a changed text that are shown before the change, and in all."""
_NUMBER = re.compile(r"-?\d{1,9}(\.\d{1,9})?")
"""Points that became a text on the way."""


def compare_points(sheet: Sheet, scores: Scores) -> None:
    """Report points that the sheet shows otherwise than they are."""
    tables, cells = _tables(scores), sheet.grid.cells
    for line, kind, row, shows in sheet.grid.arranged.points:
        table, values = tables[kind], cells[row]
        wide = len(values)
        for col, key in shows:
            seen, right = values[col] if col < wide else "", table[key]
            if seen == "" or (isinstance(right, Fraction) and seen == right.numerator / right.denominator):
                continue  # an empty cell was never computed, as some programs leave it
            _compare_cell(sheet, line, (row, col), seen, (key[1], right))


def _compare_cell(sheet: Sheet, line: Line, at: tuple[int, int], seen: Cell, worth: tuple[str, Value]) -> None:
    name, right = worth
    if not isinstance(right, Fraction):
        return
    if seen in ERRORS.values():
        return  # what the cell is computed from is lost, which is said where it was
    figure = _figure(seen)
    if figure not in (right, INVALID.value):
        label = line.text if line.measure else line.text.partition("（")[0]
        places = ((line.id, f"pt:{name}"),)
        sheet.report("S12", address(*at), places, who=name, label=label, shown=shown(figure), right=shown(right))


def _figure(seen: Cell) -> Value:
    """Return points as they are shown, a figure where a text is one."""
    if isinstance(seen, float | int) and isfinite(seen):  # a file may hold 1E400
        return exact(seen)
    return exact(str(seen)) if _NUMBER.fullmatch(str(seen)) else str(seen)


def _tables(scores: Scores) -> dict[str, Mapping[Key, Value]]:
    """Return the points of every kind of line, by what stands after the colon of its id and the assessee."""
    totals = {("", name): points for name, points in scores.totals.items()}
    return {"m": scores.measures, "i": scores.items, "c": scores.criteria, "total": totals}


def compare_texts(sheet: Sheet) -> None:
    """Report texts that were changed, with what they are now."""
    if sheet.agreed:
        return
    before = len(sheet.faults)
    doubted = {row for fault, places in sheet.places.items() if fault.code == "S18" for row, _ in places}
    for row_id, col_id, text in sheet.layout.locked_texts:
        at = sheet.grid.at(row_id, col_id)
        if at is None or at[2] == text or row_id in doubted:
            continue
        seen = str(at[2]).partition("\n")[0] if col_id == "label" else str(at[2])  # under a label stands a hint
        if without_spaces(seen) != without_spaces(text):
            sheet.report(
                "S13", address(at[0], at[1]), ((row_id, col_id),), label=_where(text, seen), found=_where(seen, text)
            )
    if len(sheet.faults) == before and not any(fault.code == "S18" for fault in sheet.faults):
        seen_all = sheet.grid.arranged.texts(sheet.grid.cells)
        if all(isinstance(cell, str) for cell in seen_all):
            sheet.grid.arranged.agreed = seen_all


def _where(seen: str, text: str) -> str:
    """Return a changed text, of a long one the part around the first change."""
    same = next((at for at, (one, other) in enumerate(zip(seen, text, strict=False)) if one != other), len(text))
    start = max(0, min(same, len(seen)) - _BEFORE)
    part = seen[start : start + _SHOWN]
    return ("…" if start else "") + part + ("…" if start + _SHOWN < len(seen) else "")


def check_ranks(sheet: Sheet) -> None:
    """Ask about ranks that were given twice, and about ranks that are left out without a tie that explains it."""
    for line, measure, rule, keys in sheet.layout.entries:
        if not rule.is_rank:
            continue
        given = {key[1]: sheet.answers[key].value for key in keys if key in sheet.answers}
        ranks = {name: int(value) for name, value in given.items() if isinstance(value, Fraction) and value > 0}
        times = Counter(ranks.values())
        for rank, count in sorted(times.items()):
            if count > 1:
                twice = [name for name, value in ranks.items() if value == rank]
                places = tuple((line.id, f"in:{name}") for name in twice)
                cells = "、".join(sheet.answers[measure.id, name].cell for name in twice)
                sheet.report("S30", cells, places, label=measure.label, rank=rank, who="、".join(twice))
        if len(given) == len(keys):
            _check_gaps(sheet, line, times)


def _check_gaps(sheet: Sheet, line: Line, times: Counter[int]) -> None:
    before, expected = 0, 1
    missing: list[int] = []
    for rank in sorted(times):
        # After two seconds comes a fourth, or a third where ties do not count.
        missing += [gap for gap in range(before + 1, rank) if gap >= expected]
        before, expected = rank, max(expected, rank) + times[rank]
    if missing:
        shown_ones = "、".join(map(str, missing))
        sheet.report("S31", "", ((line.id, "label"),), label=line.text, missing=shown_ones, last=before)


def check_reasons(sheet: Sheet, scores: Scores, reasons: Mapping[Key, str]) -> None:
    """Ask for the reason where a criterion with a judged measure lost marks and none is given."""
    judged = {line.criterion.code for line, _, rule, _ in sheet.layout.entries if rule.is_judged and line.criterion}
    for criterion in sheet.layout.criteria:
        if criterion.code not in judged:
            continue
        silent = []
        for name in sheet.layout.assessees:
            points = scores.criteria[criterion.code, name]
            lost = isinstance(points, Fraction) and points < criterion.high
            if lost and not reasons.get((criterion.code, name)):
                silent.append(name)
        if silent:
            row = f"c:{criterion.code}"
            found = [at for name in silent if (at := sheet.grid.at(row, f"in:{name}"))]
            cells = "、".join(address(at[0], at[1]) for at in found)
            places = tuple((row, f"in:{name}") for name in silent)
            names = {"who": "、".join(silent), "code": criterion.code, "title": criterion.title}
            sheet.report("S32", cells, places, **names)


_LINKS_NAMED = 8
"""Rows, columns or files that are named one by one."""


def report_traces(sheet: Sheet, signs: WorkbookSigns, own: SheetSigns) -> None:
    """Report what a person should know of a workbook and its scoring sheet."""
    if signs.external_links:
        sheet.report("S24", "", files=_listed(list(signs.external_links)))
    if signs.macros:
        sheet.report("S25", "")
    if own.doubled:
        sheet.report("S39", _listed(list(own.doubled)))
    rows, cols = _hidden(sheet, own)
    for names, kind in ((rows, "行"), (cols, "列")):
        if names:
            sheet.report("S26", "", what=f"第{_listed(names)}{kind}")
    lost = len(own.validated.missing(sheet.grid.arranged.input_cells))
    what = [*([] if own.protected else ["工作表的保护"]), *([f"{lost}格的填写限制"] if lost else [])]
    if what:
        sheet.report("S27", "", what="和".join(what))


def _hidden(sheet: Sheet, own: SheetSigns) -> tuple[list[str], list[str]]:
    """Return the rows and columns that are hidden although they hold something, past the ids that are meant to be."""
    hidden, spans = own.out_of_sight
    cells, (id_row, id_col) = sheet.grid.cells, sheet.grid.arranged.hidden
    rows = [row for row in sorted(hidden) if row != id_row and row < len(cells) and any(v != "" for v in cells[row])]
    wide = max(map(len, cells), default=0)
    shut = [col for first, last in spans for col in range(first, min(last + 1, wide)) if col != id_col]
    cols = [col for col in shut if any(col < len(values) and values[col] != "" for values in cells)]
    return [str(row + 1) for row in rows], [letters(col) for col in cols]


def _listed(names: list[str]) -> str:
    listed = "、".join(names[:_LINKS_NAMED])
    return f"{listed}等{len(names)}个" if len(names) > _LINKS_NAMED else listed
