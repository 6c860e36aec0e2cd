"""What came back, sorted: whose it is, which file is the report, which is the filled-in list, what is evidence."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qtool.faults import Fault, QtoolError, fault
from qtool.model import Assessee, Plan
from qtool.office.archive.members import Unopened, is_litter
from qtool.office.workbook.reader import Rows, Unreadable, read_tables
from qtool.reports.evidence import EVIDENCE
from qtool.reports.files import Files, Piece, Reader
from qtool.reports.material_list import HEADS, NAME
from qtool.text import near, plain
from qtool.workspace import refusal

_WORD, _OLD, _SCANS = (
    {"docx", "docm"},
    {"doc", "wps", "odt", "rtf"},
    {"pdf", "ofd", "jpg", "jpeg", "png", "tif", "tiff"},
)
_SELF = "自评"
_CODED = re.compile(r"\D{0,2}\d{1,2}[-－_.]\d{1,2}(?!\d)")
"""Begins a file's name that is for a criterion."""
_MOST_LIST = 50 << 20
_CODE, _REMARK = HEADS[0], HEADS[-1]
_NOTHING = ("无", "没有", "未开展", "不涉及", "不适用")


@dataclass(frozen=True, slots=True)
class ReturnedFiles:
    """What an assessee returned: its report and others that might be it, best first; its scans, its list, the rest."""

    files: Files
    reports: tuple[Piece, ...]
    scans: tuple[Piece, ...]
    lists: tuple[Piece, ...]
    evidence: tuple[Piece, ...]


def by_assessee(root: Path, plan: Plan) -> tuple[dict[Assessee, list[Path]], list[Fault]]:
    """Return which folders and loose files are whose, and a fault for each that is nobody's."""
    owners: dict[Assessee, list[Path]] = {assessee: [] for assessee in plan.assessees}
    faults = []
    shorts = [assessee.short for assessee in plan.assessees]
    try:
        entries = sorted(os.scandir(root), key=lambda entry: entry.name) if root.is_dir() else []
    except OSError as error:
        raise QtoolError(fault("C14", file=root.name, reason=refusal(error))) from error
    for entry in entries:
        if is_litter(entry.name) or entry.is_symlink():
            continue
        owner = _owner(entry.name, plan)
        if owner is not None:
            owners[owner].append(Path(entry.path))
        else:
            hint = near(entry.name, shorts)
            faults.append(fault("R36", file=f"{root.name}/{entry.name}", hint=hint, names="、".join(shorts)))
    return owners, faults


def _owner(name: str, plan: Plan) -> Assessee | None:
    """Return whose a folder or a file is: the one whose name stands in its name; a part of a longer name is none."""
    flat = plain(name)
    names = [(plain(own), assessee) for assessee in plan.assessees for own in (assessee.short, assessee.name)]
    named = [(own, assessee) for own, assessee in names if own in flat]
    whole = {who for own, who in named if not any(own != other and own in other for other, _ in named)}
    return whole.pop() if len(whole) == 1 else None


def sort_files(files: Files) -> ReturnedFiles:
    """Return what an assessee's files are."""
    reports, scans, lists, evidence = list[Piece](), list[Piece](), list[Piece](), list[Piece]()
    for piece in files.pieces:
        if NAME in piece.name and piece.ending in ("xlsx", "xls", "et", "xlsm", "ods"):
            lists.append(piece)
        elif _may_be_report(piece) and piece.ending in _WORD | _OLD:
            reports.append(piece)
        elif _may_be_report(piece) and piece.ending in _SCANS:
            scans.append(piece)
        else:
            evidence.append(piece)
    named = [piece for piece in reports if _SELF in piece.name] or reports
    evidence += (piece for piece in reports if piece not in named)
    return ReturnedFiles(files, tuple(sorted(named, key=_rank)), tuple(scans), tuple(lists), tuple(evidence))


def _may_be_report(piece: Piece) -> bool:
    """Return whether a file may be the report: named so outside of the evidence, or at the top and no evidence."""
    folders = [folder for folder in piece.folders if not folder.lower().endswith(".zip")]
    if any(EVIDENCE in folder for folder in folders) or _CODED.match(piece.name):
        return False
    return not piece.folders or _SELF in piece.name or any(_SELF in folder for folder in folders)


def _rank(piece: Piece) -> tuple[bool, bool, float, str]:
    """Return what makes a file the more likely report: .docx, no mere template, the newest."""
    when = piece.when.timestamp() if piece.when else 0.0
    return piece.ending not in _WORD, "模板" in piece.name, -when, piece.full_name


def explanations(lists: Sequence[Piece], reader: Reader) -> Mapping[str, str]:
    """Return why there is no evidence for a criterion, by its code, as the filled-in lists say."""
    remarks: dict[str, str] = {}
    for piece in lists:
        with contextlib.suppress(Unopened, Unreadable):
            for rows in read_tables(reader.content(piece, _MOST_LIST)).values():
                remarks |= _explained(rows)
    return remarks


def _explained(rows: Rows) -> dict[str, str]:
    """Return the remarks of a list that say that there is nothing."""
    heads = next((row for row in rows if _CODE in row and _REMARK in row), None)
    if heads is None:
        return {}
    code, remark = heads.index(_CODE), heads.index(_REMARK)
    entries = [(str(row[code]).strip(), str(row[remark]).strip()) for row in rows if len(row) > max(code, remark)]
    return {name: text for name, text in entries if text.startswith(_NOTHING)}
