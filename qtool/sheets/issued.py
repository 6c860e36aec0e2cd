"""Sheets that were made before: what the journal tells of them, and whether they are still as they should be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any, NamedTuple

MADE = "生成评分表"
"""What the journal calls a sheet that was made."""


def issued_in(history: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return the last entry of every department's sheet in a journal."""
    return {str(entry.get("department")): entry for entry in history if entry["what"] == MADE}


class Standing(Enum):
    """How a department's sheet stands to the plan and to what was made; the value is what users read."""

    CURRENT = "最新"
    NOT_MADE = "还没有生成"
    OUTDATED = "不是按现在的方案生成的"
    GONE = "不见了"
    ALTERED = "生成以后被改动过"


class Issued(NamedTuple):
    """A department's sheet: its last version, 0 before there is one, and how that stands."""

    version: int
    standing: Standing


def issued_sheet(last: Mapping[str, Any] | None, print_now: str, digest: str) -> Issued:
    """Return how a department's sheet stands; the one place that says whether it is current.

    `last` is its last entry in the journal, `print_now` the plan's sheet print for the department, `digest` the SHA-256
    of the file, or nothing where there is none.
    """
    if last is None:
        return Issued(0, Standing.NOT_MADE)
    standing = Standing.CURRENT if digest == last.get("sha256") else Standing.ALTERED if digest else Standing.GONE
    return Issued(int(last["version"]), standing if last.get("plan") == print_now else Standing.OUTDATED)
