"""The check of one assessee's evidence: what is missing, empty, broken, doubled, too much, or in the wrong place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from qtool.faults import Fault, fault
from qtool.model import Criterion, Plan, marks_text, rounded
from qtool.office.archive.file_health import Health, Verdict
from qtool.office.archive.members import Unopened
from qtool.progress import Event, Report
from qtool.reports.criterion_index import CriterionIndex, Place
from qtool.reports.evidence import EVIDENCE, evidence_criteria
from qtool.reports.files import Files, Piece, Reader

GB = 1 << 30
_NAMED = 5
"""Files that one fault names; the others are counted."""
_MOST_LISTED = 50
"""Faults of one kind that are listed one by one."""


@dataclass(frozen=True, slots=True)
class EvidenceCheck:
    """What an assessee's evidence came to; `placed` are its good files by criterion, `size` the bytes handed in."""

    files: int = 0
    size: int = 0
    newest: datetime | None = None
    placed: Mapping[str, tuple[Piece, ...]] = field(default_factory=dict)
    covered: int = 0
    wanted: int = 0
    missing: tuple[Criterion, ...] = ()
    """Criteria without any file, but for those that the list explains."""
    explained: tuple[str, ...] = ()
    """Codes of criteria for which the list says that there is nothing, and why."""
    faults: tuple[Fault, ...] = ()


@dataclass
class _Pieces:
    """Files by what they are good for: placed by criterion, of no criterion, empty, of no use; and their faults."""

    placed: dict[str, list[Piece]] = field(default_factory=lambda: defaultdict(list))
    unplaced: list[Piece] = field(default_factory=list)
    empty: list[Piece] = field(default_factory=list)
    foreign: list[Piece] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def check_evidence(
    pieces: Sequence[Piece],
    files: Files,
    plan: Plan,
    folders: Mapping[str, str],
    reader: Reader,
    report: Report,
    *,
    explained: Mapping[str, str],
) -> EvidenceCheck:
    """Return the check of an assessee's files; `folders` are those that it was given, by code."""
    wanted, index, limit = evidence_criteria(plan), CriterionIndex(plan), plan.facts.evidence_limit_gb
    by_use = _Pieces()
    for done, piece in enumerate(pieces):
        report(Event(done, len(pieces), piece.name))
        _sort(piece, index.place(piece), by_use, reader)
    missing = [one for one in wanted if not by_use.placed.get(one.code)]
    unexplained = tuple(one for one in missing if one.code not in explained)
    faults = list(_missing(unexplained, files, index, folders))
    if limit and files.on_disk > limit * GB:
        faults.insert(0, fault("R27", file=EVIDENCE, size=size_text(files.on_disk), limit=marks_text(limit)))
    for code, own in (("R29", by_use.unplaced), ("R30", by_use.empty), ("R33", by_use.foreign)):
        faults += [fault(code, file=EVIDENCE, count=len(own), files=_names(own))] if own else []
    faults += [*_capped(by_use.faults), *_capped(_doubles(pieces, reader, report))]
    return EvidenceCheck(
        files=len(pieces),
        size=files.on_disk,
        newest=max((piece.when for piece in pieces if piece.when), default=None),
        placed={code: tuple(own) for code, own in by_use.placed.items()},
        covered=len(wanted) - len(missing),
        wanted=len(wanted),
        missing=unexplained,
        explained=tuple(one.code for one in missing if one.code in explained),
        faults=tuple(faults),
    )


def _sort(piece: Piece, place: Place, by_use: _Pieces, reader: Reader) -> None:
    try:
        verdict = reader.health(piece)
    except Unopened as refused:
        verdict = Verdict(Health.DAMAGED, refused.reason)
    if verdict.health is Health.EMPTY:
        by_use.empty.append(piece)
    elif verdict.health is Health.DAMAGED:
        by_use.faults.append(fault("R32", file=piece.full_name, reason=verdict.reason))
    elif verdict.health is Health.ARCHIVE:
        reason = verdict.reason or "压缩包里套着压缩包"
        by_use.faults.append(fault("R34", file=piece.full_name, reason=reason))
    elif verdict.health is Health.FOREIGN:
        by_use.foreign.append(piece)
    else:
        if place.criterion is None or place.elsewhere:
            by_use.unplaced.append(piece)
        if place.criterion is not None:
            by_use.placed[place.criterion.code].append(piece)


def size_text(size: int) -> str:
    """Return a size as people read it."""
    for unit, name in ((GB, "GB"), (1 << 20, "MB")):
        if size >= unit:
            return f"{marks_text(Fraction(rounded(Fraction(size, unit), 2)))}{name}"
    return f"{-(-size // 1024)}KB"


def _missing(
    missing: Sequence[Criterion], files: Files, index: CriterionIndex, folders: Mapping[str, str]
) -> Iterator[Fault]:
    """Yield a fault for each criterion without any file and without an explanation in the list."""
    empty = {criterion.code for folder in files.empty if (criterion := index.of_folders(folder).criterion) is not None}
    for one in missing:
        how = "（文件夹是空的）" if one.code in empty else ""
        values = {"department": one.department, "code": one.code, "title": one.title, "how": how}
        yield fault("R28", file=EVIDENCE, folder=f"{EVIDENCE}/{folders.get(one.code, '')}", **values)


def _names(pieces: Sequence[Piece]) -> str:
    more = f" 等{len(pieces)}个" if len(pieces) > _NAMED else ""
    return "、".join(piece.full_name for piece in pieces[:_NAMED]) + more


def _capped(faults: Sequence[Fault]) -> Iterator[Fault]:
    yield from faults[:_MOST_LISTED]
    if len(faults) > _MOST_LISTED:
        yield fault("R38", file=EVIDENCE, count=len(faults) - _MOST_LISTED)


def _doubles(pieces: Sequence[Piece], reader: Reader, report: Report) -> list[Fault]:
    """Return the files that are there more than once; only those of equal size are read."""
    sizes: dict[int, list[Piece]] = defaultdict(list)
    for piece in pieces:
        if piece.size:
            sizes[piece.size].append(piece)
    alike = [same for same in sizes.values() if len(same) > 1]
    faults: list[Fault] = []
    for done, same in enumerate(alike):
        report(Event(done, len(alike), f"比较 {same[0].name}"))
        digests: dict[str, list[Piece]] = defaultdict(list)
        for piece in same:
            if digest := reader.digest(piece):
                digests[digest].append(piece)
        doubles = (own for own in digests.values() if len(own) > 1)
        faults += (fault("R31", file=EVIDENCE, count=len(own), files=_names(own)) for own in doubles)
    return faults
