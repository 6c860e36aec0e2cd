"""The check of one assessee's evidence: what is missing, empty, broken, doubled, too much, or in the wrong place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from qtool.faults import Fault, fault
from qtool.model import Criterion, Plan, marks_text, rounded
from qtool.office.archive.file_health import Health
from qtool.office.archive.members import Unopened
from qtool.progress import Event, Report
from qtool.reports.evidence import asking
from qtool.reports.files import Files, Piece, Reader
from qtool.reports.folders import EVIDENCE
from qtool.reports.placing import Index, Place

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
class _Sorted:
    """Files as they are gone through."""

    placed: dict[str, list[Piece]] = field(default_factory=lambda: defaultdict(list))
    lost: list[Piece] = field(default_factory=list)
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
    wanted = asking(plan)
    index = Index(plan)
    piles = _Sorted()
    for done, piece in enumerate(pieces):
        report(Event(done, len(pieces), piece.name))
        _sort(piece, index.place(piece), piles, reader)
    missing = [one for one in wanted if not piles.placed.get(one.code)]
    faults = [*_size(files, plan), *_missing(missing, files, index, folders, explained), *_grouped(piles)]
    faults += [*_capped(piles.faults), *_doubles(pieces, reader, report)]
    return EvidenceCheck(
        files=len(pieces),
        size=files.on_disk,
        newest=max((piece.when for piece in pieces if piece.when), default=None),
        placed={code: tuple(own) for code, own in piles.placed.items()},
        covered=len(wanted) - len(missing),
        wanted=len(wanted),
        missing=tuple(one for one in missing if one.code not in explained),
        explained=tuple(one.code for one in missing if one.code in explained),
        faults=tuple(faults),
    )


def _sort(piece: Piece, place: Place, piles: _Sorted, reader: Reader) -> None:
    try:
        verdict = reader.health(piece)
    except Unopened as refused:
        piles.faults.append(fault("R32", file=piece.shown, reason=refused.reason))
        return
    if verdict.health is Health.EMPTY:
        piles.empty.append(piece)
    elif verdict.health is Health.DAMAGED:
        piles.faults.append(fault("R32", file=piece.shown, reason=verdict.reason))
    elif verdict.health is Health.ARCHIVE:
        reason = verdict.reason or "压缩包里套着压缩包"
        piles.faults.append(fault("R34", file=piece.shown, reason=reason))
    elif verdict.health is Health.FOREIGN:
        piles.foreign.append(piece)
    elif place.criterion is None or place.elsewhere:
        piles.lost.append(piece)
        if place.criterion is not None:
            piles.placed[place.criterion.code].append(piece)
    else:
        piles.placed[place.criterion.code].append(piece)


def _size(files: Files, plan: Plan) -> Iterator[Fault]:
    limit = plan.facts.evidence_limit_gb
    if limit and files.on_disk > limit * GB:
        yield fault("R27", file=EVIDENCE, size=size_text(files.on_disk), limit=marks_text(limit))


def size_text(size: int) -> str:
    """Return a size as people read it."""
    for unit, name in ((GB, "GB"), (1 << 20, "MB")):
        if size >= unit:
            return f"{marks_text(Fraction(rounded(Fraction(size, unit), 2)))}{name}"
    return f"{-(-size // 1024)}KB"


def _missing(
    missing: Sequence[Criterion],
    files: Files,
    index: Index,
    folders: Mapping[str, str],
    explained: Mapping[str, str],
) -> Iterator[Fault]:
    """Yield the criteria without any file and without an explanation in the list."""
    empty = {place.criterion.code for one in files.empty if (place := index.of_folder(one)).criterion is not None}
    for one in missing:
        if one.code not in explained:
            how = "（文件夹是空的）" if one.code in empty else ""
            values = {"department": one.department, "code": one.code, "title": one.title, "how": how}
            yield fault("R28", file=EVIDENCE, folder=f"{EVIDENCE}/{folders.get(one.code, '')}", **values)


def _grouped(piles: _Sorted) -> Iterator[Fault]:
    for code, pieces in (("R29", piles.lost), ("R30", piles.empty), ("R33", piles.foreign)):
        if pieces:
            yield fault(code, file=EVIDENCE, count=len(pieces), files=_names(pieces))


def _names(pieces: Sequence[Piece]) -> str:
    more = f" 等{len(pieces)}个" if len(pieces) > _NAMED else ""
    return "、".join(piece.shown for piece in pieces[:_NAMED]) + more


def _capped(faults: Sequence[Fault]) -> Iterator[Fault]:
    yield from faults[:_MOST_LISTED]
    if len(faults) > _MOST_LISTED:
        yield fault("R38", file=EVIDENCE, count=len(faults) - _MOST_LISTED)


def _doubles(pieces: Sequence[Piece], reader: Reader, report: Report) -> Iterator[Fault]:
    """Yield the files that are there more than once; only those of equal size are read."""
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
        faults += (
            fault("R31", file=EVIDENCE, count=len(one), files=_names(one)) for one in digests.values() if len(one) > 1
        )
    yield from _capped(faults)
