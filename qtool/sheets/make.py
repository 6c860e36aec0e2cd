"""Scoring workbooks made from the plan: what is up to date stays, the rest is made anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from qtool.addresses import letters
from qtool.identity import Identity
from qtool.layout import COVER, META, SHEET, Layout
from qtool.model import Key, Plan, Value
from qtool.office.workbook.writer import Book, Sheet
from qtool.progress import Event, Report, silent
from qtool.rules.domain import Labels
from qtool.rules.excel import validation
from qtool.sheets.cover import write_cover
from qtool.sheets.issued import MADE, Issued, Standing
from qtool.sheets.scoring import write_scoring
from qtool.workspace import SHEETS, Campaign, sha256, sheet_name, write_file

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


class Answers(NamedTuple):
    """Answers and reasons that a new version of a sheet begins with."""

    values: Mapping[Key, Value]
    reasons: Mapping[Key, str]


@dataclass
class Made:
    """What a run made, and what was up to date already."""

    files: list[Path] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    current: list[str] = field(default_factory=list)


class Job(NamedTuple):
    """One workbook to be made."""

    path: Path
    identity: Identity
    made: datetime
    answers: Answers | None = None


def make_sheets(
    campaign: Campaign,
    plan: Plan,
    issued: Mapping[str, Issued],
    *,
    force: bool = False,
    kept: Mapping[str, Answers] | None = None,
    report: Report = silent,
    workers: int = 1,
) -> Made:
    """Make the workbook of every department in `issued` that lacks a current one; return what was done.

    `force` and `kept` answers make a new version. Raises QtoolError when a file cannot be written; the others stay as
    they are.
    """
    made, jobs = Made(), []
    for name, (version, standing) in issued.items():
        answers = (kept or {}).get(name)
        anew = force or answers is not None
        if standing is Standing.CURRENT and not anew:
            made.current.append(name)
        else:
            same = standing in (Standing.GONE, Standing.ALTERED) and not anew
            jobs.append(_job(campaign, plan, name, version if same else version + 1, answers))
    for job, digest in zip(jobs, write_all(jobs, plan, campaign.settings.key, workers), strict=True):
        name = job.identity.department
        details = {"department": name, "version": job.identity.version, "plan": plan.sheet_fingerprint(name)}
        answered = len(job.answers.values) if job.answers else 0
        campaign.journal(MADE, **details, file=job.path.name, sha256=digest, answers=answered)
        made.files.append(job.path)
        made.versions[name] = job.identity.version
        report(Event(len(made.files), len(jobs), name))
    return made


def _job(campaign: Campaign, plan: Plan, name: str, version: int, answers: Answers | None) -> Job:
    identity = Identity(campaign.settings.campaign, plan.scoring_fingerprint(name), name, version, plan.facts.year)
    now = datetime.now().astimezone().replace(microsecond=0, tzinfo=None)
    return Job(campaign.folder(SHEETS) / sheet_name(name), identity, now, answers)


def write_all(jobs: Sequence[Job], plan: Plan, key: str, workers: int = 1) -> Iterator[str]:
    """Write workbooks, on so many processes, and yield the SHA-256 of each in order.

    Raises QtoolError when a file cannot be written.
    """
    write = partial(_write, plan, key)
    if workers == 1:
        yield from map(write, jobs)
        return
    from qtool.workers import spread  # noqa: PLC0415 - slow to import, and mostly this process writes alone

    for job, digest in zip(jobs, spread(write, jobs, workers), strict=True):
        yield digest or write(job)


def _write(plan: Plan, key: str, job: Job) -> str:
    layout = Layout(plan, job.identity.department)
    values, reasons = (job.answers.values, job.answers.reasons) if job.answers else ({}, {})

    def fill(temporary: Path) -> None:
        write_workbook(temporary, layout, job.identity, key, job.made, values, reasons)

    return sha256(write_file(job.path, fill))
