"""The workbook of a tally (汇总表): every figure a live formula or traceable to the returned file it came from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from qtool.office.workbook.writer import Book
from qtool.outcome import Tally
from qtool.tally.charts import write_charts
from qtool.tally.detail import write_detail
from qtool.tally.lists import (
    write_adjustments,
    write_changes,
    write_departments,
    write_losses,
    write_sources,
    write_waivers,
)
from qtool.tally.overall import start_overall, write_overall
from qtool.tally.record import changes, record
from qtool.workspace import write_file


def write_tally(path: Path, tally: Tally, previous: Mapping[str, Any] | None, approved: str = "") -> Path:
    """Return the path of the tally workbook written there; what changed since `previous`, a record, has a sheet.

    `approved` says who approved the result and when. Raises QtoolError when the file cannot be written.
    """
    return write_file(path, lambda temporary: _write(temporary, tally, previous, approved))


def _write(path: Path, tally: Tally, previous: Mapping[str, Any] | None, approved: str) -> None:
    facts, made = tally.plan.facts, tally.made.replace(tzinfo=None)
    with Book(path, made=made, title=f"{facts.name} 汇总表", author=facts.office, company=facts.office_title) as book:
        first = start_overall(book, tally)
        detail = write_detail(book, tally)
        write_losses(book, tally)
        write_departments(book, tally, detail)
        write_sources(book, tally)
        adjusted = write_adjustments(book, tally)
        if previous is not None:
            before = datetime.fromisoformat(previous["made"])
            write_changes(book, tally, changes(previous, record(tally)), before)
        if tally.waivers:
            write_waivers(book, tally)
        overall = write_overall(first, tally, detail, adjusted, approved)
        write_charts(book, tally, overall)
        first.sheet.raw.activate()
