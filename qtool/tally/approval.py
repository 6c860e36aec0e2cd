"""The approval of a result (批准): which tally was approved, by whom and when, as the journal tells it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qtool.tally.record import Record
from qtool.text import day_text

APPROVED, REVISED = "批准考核结果", "修订已批准的结果"
"""What the journal calls it."""


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval that stands: the tally's fingerprint, its record's name, when, who entered it, and the note."""

    fingerprint: str
    record: str
    when: datetime
    who: str
    note: str

    def is_of(self, record: Record) -> bool:
        """Return whether this very result was approved."""
        return self.fingerprint == fingerprint(record)

    def __str__(self) -> str:
        """Return it as users read it."""
        return f"{day_text(self.when)}，{self.note}（登记人：{self.who}）"


def fingerprint(record: Record) -> str:
    """Return 64 hex digits that change when anything of a result does.

    When it was tallied, what the returned files are called and when they came changes no result: a campaign that was
    copied to another computer is still approved.
    """
    content: dict[str, Any] = {name: value for name, value in record.items() if name != "made"}
    content["returns"] = {department: back["sha256"] for department, back in record["returns"].items()}
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def same_result(one: Record, other: Record) -> bool:
    """Return whether two tallies say the same."""
    return fingerprint(one) == fingerprint(other)


def standing_approval(history: Iterable[Mapping[str, Any]]) -> Approval | None:
    """Return the approval that stands, None where there is none or the result was revised since."""
    standing: Approval | None = None
    for entry in history:
        if entry["what"] == REVISED:
            standing = None
        elif entry["what"] == APPROVED:
            texts = {name: str(entry.get(name, "")) for name in ("fingerprint", "record", "who", "note")}
            standing = Approval(when=datetime.fromisoformat(entry["when"]), **texts)
    return standing
