"""Who a returned workbook says it is, and whether that is true: from the hidden sheet, or the file's properties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from qtool.collect.expected import Expected
from qtool.faults import Fault, fault
from qtool.identity import Identity, genuine
from qtool.layout import META
from qtool.office.workbook.reader import Cell, Workbook

_PREFIX = "qtool-"
_COMMON = 20_000
"""Letters up to which a claim is remembered."""
_known_genuine = lru_cache(maxsize=64)(genuine)
"""A department's returns all make the same claim."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who a workbook says it is, its seal, and the map of cells that the seal covers.

    `places` is None where the hidden sheet that holds it is lost; the properties of the file still tell the rest.
    """

    identity: Identity
    seal: str
    places: str | None


def claim(book: Workbook) -> Claim | None:
    """Return who a workbook says it is; raises Unreadable."""
    rows = book.rows(META) if META in book.names else []
    texts = [[_text(cell) for cell in row[:3]] + [""] * (3 - len(row[:3])) for row in rows]
    claimed = _claimed({row[0]: row[1] for row in texts if row[0]}, "".join(row[2] for row in texts))
    if claimed is None:
        properties = {
            name.removeprefix(_PREFIX): value for name, value in book.properties.items() if name.startswith(_PREFIX)
        }
        claimed = _claimed(properties, None)
    return claimed


def _text(cell: Cell) -> str:
    """Return a cell's text; a program that saved the file may have made a figure of it."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _claimed(entries: Mapping[str, str], places: str | None) -> Claim | None:
    try:
        identity = Identity(
            entries["campaign"], entries["plan"], entries["department"], int(entries["version"]), int(entries["year"])
        )
        return Claim(identity, entries["seal"], places)
    except (KeyError, ValueError):
        return None


def refused(file: str, claimed: Claim, expected: Expected) -> Fault | None:
    """Return why a workbook is not a scoring sheet of this campaign, or None when it is one."""
    identity = claimed.identity
    if identity.campaign != expected.campaign:
        return fault("S02", file=file, campaign=f"{identity.year}年{identity.department}")
    places = claimed.places
    if places is None and identity.department in expected.departments:
        # The map can be drawn again from the plan, where that is the one that the sheet was made of.
        places = expected.layout(identity.department).map()
    if places is None or not _genuine(identity, expected.key, places, claimed.seal):
        return fault("S03", file=file)
    if identity.department not in expected.departments:
        return fault("S07", file=file, department=identity.department)
    return None


def _genuine(identity: Identity, key: str, places: str, seal: str) -> bool:
    size = len(identity.plan) + len(identity.department) + len(places) + len(seal)
    return (_known_genuine if size <= _COMMON else genuine)(identity, key, places, seal)


def outdated(identity: Identity, expected: Expected) -> bool:
    """Whether a sheet was made of a plan whose questions have changed since."""
    return identity.plan != expected.scoring_fingerprint(identity.department)
