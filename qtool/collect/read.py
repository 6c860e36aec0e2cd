"""One returned file, read without trust: identity from inside, answers by id, every score recomputed."""

from __future__ import annotations

import hashlib
import json
import struct
import traceback
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from qtool.collect.answers import Sheet, read_answers, read_reasons
from qtool.collect.compare import check_ranks, check_reasons, compare_points, compare_texts, report_traces
from qtool.collect.expected import Claim, Expected, claim, outdated, refused
from qtool.collect.grid import Grid, column, marked, signatures
from qtool.faults import Fault, fault
from qtool.layout import META, OWN_SHEETS, SHEET, Layout, rule_digest
from qtool.model import Key, Value
from qtool.office.archive.file_kind import Kind
from qtool.office.unpack import Piece, unpack
from qtool.office.workbook.reader import Rows, TooLarge, Unreadable, Workbook, open_workbook
from qtool.outcome import Return
from qtool.text import without_spaces
from qtool.workspace import refusal

LARGEST = 100 << 20
"""Bytes of a file that is read; a folder of evidence, packed, may have gigabytes, a scoring sheet never has."""
_BESIDE = OWN_SHEETS - {SHEET, META}
"""Sheets in which nothing is looked for unless the answers are not where they should be."""
_END = struct.Struct("<4s4H2LH")
"""The end of a zip file: sign, four numbers, size and place of its directory, length of a comment."""


class Loaded(NamedTuple):
    """A file before it is read: what is known of it, and its bytes; None where there is no more to know."""

    blank: Return
    content: bytes | None


def load(path: Path, name: str) -> Loaded:
    """Return what lies on the disk; `name` is what users call the file."""
    try:
        status = path.stat()
        received = datetime.fromtimestamp(status.st_mtime).astimezone()
        if status.st_size > LARGEST:
            large = fault("S09", file=name, reason=f"文件有{status.st_size >> 20} MB，太大")
            return Loaded(Return(name, "", received, None, faults=(large,)), None)
        content = path.read_bytes()
    except OSError as error:
        return Loaded(unread(name, refusal(error)), None)
    return Loaded(Return(name, digest_of(content), received, None), content)


def read_loaded(file: Loaded, expected: Expected) -> list[Return]:
    """Return what one returned file says, or each workbook in it where it is an archive or a mail.

    Nothing that it holds makes this fail.
    """
    blank, content = file
    if content is None:
        return [blank]
    if _is_plainly_a_workbook(content):
        return [read_content(blank, content, expected)]
    return read_wrapped(blank, content, expected)


def digest_of(content: bytes) -> str:
    """Return the SHA-256 of some bytes in hex."""
    return hashlib.sha256(content).hexdigest()


def _is_plainly_a_workbook(content: bytes) -> bool:
    """Return at a glance whether a file is an .xlsx as nearly all are; the rest are looked at more closely."""
    if not content.startswith(b"PK\x03\x04") or len(content) < _END.size:
        return False
    sign, *_, size, start, comment = _END.unpack(content[-_END.size :])
    return sign == b"PK\x05\x06" and not comment and b"xl/workbook.xml" in content[start : start + size]


def read_file(path: Path, name: str, expected: Expected) -> list[Return]:
    """Return each workbook in a file on the disk; see `load` and `read_loaded`."""
    return read_loaded(load(path, name), expected)


def read_return(path: Path, expected: Expected) -> Return:
    """Return what one returned workbook says, with all its faults; nothing that it holds makes this fail."""
    return read_file(path, path.name, expected)[0]


def unread(name: str, reason: str) -> Return:
    """Return what is known of a file that could not be read."""
    return Return(name, "", datetime.now().astimezone(), None, faults=(fault("S05", file=name, reason=reason),))


def _broken_off(blank: Return, error: Exception) -> Return:
    """Return what is known of a file that brought about an error of the program."""
    reason = f"读取时程序出错（{type(error).__name__}）"
    trace = "".join(traceback.format_exception(error))
    return replace(blank, faults=(fault("S05", file=blank.full_name, reason=reason),), traceback=trace)


@dataclass(slots=True)
class _Book:
    """An opened workbook of whom it is known who it is, or why not; sheets that are seldom asked for are left out."""

    content: bytes
    book: Workbook
    claimed: Claim
    refused: Fault | None

    def take_all(self) -> None:
        """Take in the sheets that were left out; raises Unreadable."""
        self.book = open_workbook(self.content)


def _open(name: str, content: bytes, expected: Expected) -> _Book | Fault:
    """Return a workbook that says who it is, or the fault that it says nothing; raises Unreadable."""
    book = open_workbook(content, apart=_BESIDE)
    claimed = claim(book)
    if claimed is None:
        return fault("S01", file=name)
    return _Book(content, book, claimed, refused(name, claimed, expected))


def read_content(blank: Return, content: bytes, expected: Expected) -> Return:
    """Return what a workbook's bytes say; `blank` holds what is known of the file already."""
    name, identity = blank.full_name, None
    try:
        opened = _open(name, content, expected)
        if isinstance(opened, Fault):
            return replace(blank, faults=(opened,))
        if opened.refused:
            return replace(blank, faults=(opened.refused,))
        identity = opened.claimed.identity
        sheet = _scoring_sheet(name, opened, expected)
        if isinstance(sheet, Fault):
            return replace(blank, identity=identity, faults=(sheet,))
        return _judged(blank, sheet, opened)
    except TooLarge as error:
        large = fault("S19", file=name, name=error.sheet, rows=error.rows, cols=error.cols)
        return replace(blank, identity=identity, faults=(large,))
    except Unreadable as error:
        code = "S06" if error.encrypted else "S05"
        return replace(blank, faults=(fault(code, file=name, reason=error.reason),))
    except Exception as error:  # noqa: BLE001 - whatever one file brings about must not keep others from being read
        return _broken_off(blank, error)


def _judged(blank: Return, sheet: Sheet, opened: _Book) -> Return:
    read_answers(sheet)
    reasons = read_reasons(sheet)
    scores = sheet.layout.scorer.score({key: answer.value for key, answer in sheet.answers.items()})
    if sheet.unchanged is None:
        compare_points(sheet, scores)
        compare_texts(sheet)
    check_ranks(sheet)
    check_reasons(sheet, scores, reasons)
    if own := opened.book.sheet_signs(sheet.grid.name):
        report_traces(sheet, opened.book.signs, own)
    return replace(
        blank,
        identity=opened.claimed.identity,
        answers=sheet.answers,
        reasons=reasons,
        signed=signatures(sheet.grid),
        expected=len(sheet.layout.inputs),
        scores=scores,
        faults=tuple(sheet.faults),
        typed=sheet.typed,
        places=sheet.places,
    )


def _scoring_sheet(name: str, opened: _Book, expected: Expected) -> Sheet | Fault:
    """Return the department's scoring sheet, whatever it is called, or why there is none; raises Unreadable."""
    department = opened.claimed.identity.department
    layout = expected.layout(department)
    mine, others = _marked(opened.book, department, expected)
    if not mine or mine[0][0] != SHEET:
        opened.take_all()
        mine, others = _marked(opened.book, department, expected)
    mine = mine or _by_text(opened.book, layout, expected)
    if not mine and others:
        return fault("S34", file=name, other="、".join(sorted(others)), department=department)
    if not mine:
        return fault("S38", file=name)
    sheet = _sheet(name, mine[0], opened, expected)
    for other in sorted(others):
        sheet.report("S37", "", (), other=other)
    for title, rows in mine[1:]:
        if not _same_answers(sheet.grid, Grid(title, rows, expected.arrangement(rows, department)), layout):
            sheet.report("S35", "", (), first=sheet.grid.name, other=title)
    return sheet


def _marked(book: Workbook, department: str, expected: Expected) -> tuple[list[tuple[str, Rows]], set[str]]:
    """Return the sheets in which a department's measures stand, and the other departments whose do."""
    mine: list[tuple[str, Rows]] = []
    others: set[str] = set()
    for title in sorted(book.names, key=lambda title: title != SHEET):
        if title == META or (mine and title in OWN_SHEETS):
            continue
        rows = book.rows(title)
        owners = _owners(rows, expected)
        if owners[department] and 2 * owners[department] >= owners.total():
            mine.append((title, rows))
            del owners[department]
        others |= owners.keys()
    return mine, others


def _owners(rows: Rows, expected: Expected) -> Counter[str]:
    """Return how many measures of which departments stand in a marked sheet; none in any other."""
    mark = marked(rows)
    if mark is None:
        return Counter()
    return Counter(filter(None, map(expected.owners.get, column(rows, mark[1]))))


def _by_text(book: Workbook, layout: Layout, expected: Expected) -> list[tuple[str, Rows]]:
    """Return the sheet that names most of the layout's measures, where its ids are gone; raises Unreadable."""
    for title in book.names:
        if title == META:
            continue
        rows = book.rows(title)
        arrangement = expected.arrangement(rows, layout.department)
        matches = sum(1 for line, _, _, _ in layout.entries if line.id in arrangement.rows)
        if 2 * matches >= len(layout.entries) and any(col.startswith("in:") for col in arrangement.cols):
            return [(title, rows)]
    return []


def _same_answers(first: Grid, other: Grid, layout: Layout) -> bool:
    """Return whether two sheets hold the same answers and reasons."""
    columns = [f"in:{name}" for name in layout.assessees] + ["city"]
    for line in layout.lines:
        if line.kind in ("measure", "criterion"):
            for col in columns:
                at, there = first.at(line.id, col), other.at(line.id, col)
                if (at and without_spaces(at[2])) != (there and without_spaces(there[2])):
                    return False
    return True


def _sheet(name: str, titled: tuple[str, Rows], opened: _Book, expected: Expected) -> Sheet:
    identity, places = opened.claimed.identity, opened.claimed.places
    layout = expected.layout(identity.department)
    title, rows = titled
    arranged = expected.arrangement(rows, identity.department)
    grid = Grid(title, rows, arranged)
    sheet = Sheet(name, grid, layout, expected)
    if own := opened.book.sheet_signs(grid.name):
        sheet.formulas = {} if arranged.input_cells.isdisjoint(own.formulas) else own.formulas
        sheet.errors = own.errors
    if places is None:
        sheet.report("S28", "", (), what="隐藏的身份表", witness="文件属性")
    elif outdated(identity, expected):
        sheet.unchanged = _unchanged(places, layout)
        sheet.report("S04", "", (), version=identity.version)
    for what in arranged.by_text:
        sheet.report("S28", "", (), what=what, witness="表上的文字")
    for twice, place, first in arranged.doubled:
        sheet.report("S17", place, (), what=_named(layout, twice), first=first)
    return sheet


def _unchanged(places: str, layout: Layout) -> frozenset[str]:
    """Return the measures that still ask, and score, what they did when the map was sealed."""
    then = json.loads(places)
    return frozenset(m.id for _, m, _, _ in layout.entries if then.get(f"rule:{m.id}") == rule_digest(m))


def _named(layout: Layout, row_or_col: str) -> str:
    """Return what users call a row or a column."""
    line = next((line for line in layout.lines if line.id == row_or_col), None)
    return line.text if line else row_or_col.partition(":")[2] or row_or_col


@dataclass(frozen=True, slots=True)
class Carried:
    """What an earlier return holds that still answers the same question, and how many answers no longer do."""

    answers: dict[Key, Value]
    reasons: dict[Key, str]
    dropped: int


def read_carried(path: Path, expected: Expected) -> tuple[str, Carried] | None:
    """Return a department and its answers that can be carried into a new version of its sheet.

    An answer is carried where the measure asks the same and scores the same as before, and the cell is allowed. None
    for a file that is no genuine sheet of this campaign.
    """
    returned = read_return(path, expected)
    if returned.identity is None or returned.scores is None:
        return None
    dropped = sum(len(places) for fault, places in returned.places.items() if fault.code == "S33")
    return returned.department, Carried(returned.values, dict(returned.reasons), dropped)


_SPREADSHEETS = {Kind.XLSX, Kind.XLSB, Kind.ODS, Kind.XLS, Kind.ENCRYPTED, Kind.DAMAGED}
_ENDINGS = (".xlsx", ".xlsm", ".xltx", ".xlsb", ".xls", ".ods", ".fods", ".et", ".ett", ".csv")


def read_wrapped(blank: Return, content: bytes, expected: Expected) -> list[Return]:
    """Return what each workbook in a file says, and what was not opened; `blank` holds what is known of the file."""
    file = blank.file.rpartition("/")[2]
    try:
        pieces, held_back = unpack(content, file)
    except Exception as error:  # noqa: BLE001 - as in `read_content`
        return [_broken_off(blank, error)]
    if len(pieces) == 1 and _is_strange(pieces[0], file):
        return [replace(blank, sha256="", faults=(fault("C16", file=blank.file),))]
    returns = [
        read_content(replace(blank, sha256=digest_of(piece.content), inside=piece.inside), piece.content, expected)
        for piece in pieces
        if not piece.inside or piece.kind in _SPREADSHEETS or _named_so(piece.inside[-1])
    ]
    for closed in held_back:
        part = replace(blank, inside=closed.inside)
        returns.append(replace(part, faults=(fault("S09", file=part.full_name, reason=closed.reason),)))
    return _without_evidence(returns) or [replace(blank, faults=(fault("S08", file=blank.file),))]


def _without_evidence(returns: list[Return]) -> list[Return]:
    """Return the workbooks of an archive; beside a scoring sheet, those of another kind are taken for evidence."""
    if not any(returned.identity for returned in returns):
        return returns
    return [r for r in returns if not r.inside or [fault.code for fault in r.faults] != ["S01"]]


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
