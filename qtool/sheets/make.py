"""One workbook: cover, scoring sheet, and the hidden sheet that says what it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from qtool.identity import Identity
from qtool.layout import COVER, META, SHEET, Layout, letters
from qtool.model import Key, Value
from qtool.office.write import Book, Sheet
from qtool.rules.domain import Labels
from qtool.rules.excel import validation
from qtool.sheets.cover import write_cover
from qtool.sheets.scoring import write_scoring

_LIST_COLUMN = 5
_CELL_LIMIT = 30_000
"""Characters of the map in one cell; Excel's own limit is 32,767."""


def write_workbook(
    path: Path,
    layout: Layout,
    identity: Identity,
    key: str,
    made: datetime,
    answers: Mapping[Key, Value] | None = None,
    reasons: Mapping[Key, str] | None = None,
) -> None:
    """Write one department's scoring workbook, with answers already in it where a return is re-issued.

    Every formula carries its true result. Raises NotWritten where Excel's limits are exceeded.
    """
    with begun(path, layout, made) as book:
        sheets = book.sheet(COVER), book.sheet(SHEET), book.sheet(META)
        write_sheets(book, sheets, layout, identity, key, answers or {}, reasons or {})


def begun(path: Path, layout: Layout, made: datetime, what: str = "评分表") -> Book:
    """Return a workbook of a department, to be written."""
    facts = layout.plan.facts
    return Book(path, made=made, title=f"{facts.name}{what}", subject=layout.department, author=facts.office)


def write_sheets(
    book: Book,
    sheets: tuple[Sheet, Sheet, Sheet],
    layout: Layout,
    identity: Identity,
    key: str,
    answers: Mapping[Key, Value],
    reasons: Mapping[Key, str],
) -> None:
    """Write cover, scoring sheet and the sheet that says what they are, sealed."""
    cover, scoring, meta = sheets
    scores = layout.scorer.score(answers)
    places = layout.map()
    entries = _entries(identity, identity.sealed(key, places))
    book.custom({f"qtool-{name}": value for name, value in entries})
    lists = _meta(meta, layout, entries, places)
    write_cover(book, cover, layout, scores, answers)
    write_scoring(book, scoring, layout, lists, scores, answers, reasons)


def _entries(identity: Identity, seal: str) -> list[tuple[str, str | int]]:
    return [
        ("campaign", identity.campaign),
        ("plan", identity.plan),
        ("department", identity.department),
        ("version", identity.version),
        ("year", identity.year),
        ("seal", seal),
    ]


def _meta(
    sheet: Sheet, layout: Layout, entries: list[tuple[str, str | int]], places: str
) -> dict[tuple[str, ...], str]:
    """Write identity, map and long lists; return where each list stands."""
    for row, (name, value) in enumerate(entries):
        sheet.text(row, 0, name)
        sheet.text(row, 1, str(value))
    for row, start in enumerate(range(0, len(places), _CELL_LIMIT)):
        sheet.text(row, 2, places[start : start + _CELL_LIMIT])
    lists: dict[tuple[str, ...], str] = {}
    for line in layout.lines:
        if line.rule is None or not isinstance(line.rule.domain, Labels):
            continue
        chosen = validation(line.rule.domain, "A1")
        if chosen.needs_sheet and chosen.labels not in lists:
            col = _LIST_COLUMN + len(lists)
            for row, label in enumerate(chosen.labels):
                sheet.text(row, col, label)
            lists[chosen.labels] = f"={META}!${letters(col)}$1:${letters(col)}${len(chosen.labels)}"
    sheet.raw.protect("")
    sheet.raw.very_hidden()
    return lists
