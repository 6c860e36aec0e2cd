"""Returned files that are no plain workbook: archives, mails, other formats, and what is no scoring sheet at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from qtool.collect.expected import Expected
from qtool.collect.read import LARGEST, digest_of, read_content
from qtool.faults import fault
from qtool.office.file_kind import Kind
from qtool.office.parcel import Piece, unpack
from qtool.outcome import Return

_SPREADSHEETS = {Kind.XLSX, Kind.XLSB, Kind.ODS, Kind.XLS, Kind.ENCRYPTED, Kind.DAMAGED}
_ENDINGS = (".xlsx", ".xlsm", ".xltx", ".xlsb", ".xls", ".ods", ".fods", ".et", ".ett", ".csv")


def read_wrapped(blank: Return, content: bytes, file: str, expected: Expected) -> list[Return]:
    """Return what each workbook in a file says, and what was not opened; `blank` holds what is known of the file."""
    pieces, held_back = unpack(content, file)
    if len(pieces) == 1 and _is_strange(pieces[0], file):
        return [replace(blank, sha256="", faults=(fault("C16", file=blank.file),))]
    found = [
        read_content(replace(blank, sha256=digest_of(piece.content), inside=piece.inside), piece.content, expected)
        for piece in pieces
        if not piece.inside or piece.kind in _SPREADSHEETS or _named_so(piece.inside[-1])
    ]
    for closed in held_back:
        part = replace(blank, inside=closed.inside)
        found.append(replace(part, faults=(fault("S09", file=part.shown, reason=closed.reason),)))
    return _without_evidence(found) or [replace(blank, faults=(fault("S08", file=blank.file),))]


def _without_evidence(found: list[Return]) -> list[Return]:
    """Return the workbooks of an archive; beside a scoring sheet, those of another kind are taken for evidence."""
    if not any(returned.identity for returned in found):
        return found
    return [r for r in found if not r.inside or [fault.code for fault in r.faults] != ["S01"]]


def is_strange(path: Path) -> bool:
    """Return whether a file has nothing to do with scoring sheets; one that cannot be read may have."""
    try:
        if path.stat().st_size > LARGEST:
            return False
        pieces, held_back = unpack(path.read_bytes(), path.name)
    except OSError:
        return False
    return not held_back and len(pieces) == 1 and _is_strange(pieces[0], path.name)


def _is_strange(piece: Piece, name: str) -> bool:
    """Return whether a file is no workbook and does not say that it is one."""
    return not piece.inside and piece.kind not in _SPREADSHEETS and not _named_so(name)


def _named_so(name: str) -> bool:
    return name.lower().endswith(_ENDINGS)
