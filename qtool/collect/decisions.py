"""What the office decided about returned files, as the journal tells it: waived, sent back, chosen, taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

WAIVED, SENT_BACK, CHOSEN, UNDONE = "带说明采用", "人工退回", "选用", "撤销处理"
SENT, ARRIVED, LISTED, ACCEPTED = "发出", "收到", "列出问题", "采用"
"""Words of the journal that tell how far a department's sheet is."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing decided about one file of a department: what, who, when, why."""

    what: str
    department: str
    file: str
    sha256: str
    who: str
    when: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Decisions:
    """All decisions that stand, and what the journal tells of the files' way."""

    by_file: Mapping[str, Decision]
    """Waived or sent back, by the file's SHA-256."""
    chosen: Mapping[str, Decision]
    """The file to be used, by department."""
    arrived: frozenset[str]
    listed: Mapping[str, frozenset[str]]
    """The files that were listed as to be mended, by department."""
    accepted: Mapping[str, str]
    """The file last accepted, by department."""
    sent: Mapping[str, datetime]
    """When a department's sheet was last sent."""

    def waiver(self, sha256: str) -> Decision | None:
        """Return the decision to accept a file in spite of what is wrong with it."""
        decision = self.by_file.get(sha256)
        return decision if decision and decision.what == WAIVED else None

    def sent_back(self, sha256: str) -> Decision | None:
        """Return the decision to send a file back."""
        decision = self.by_file.get(sha256)
        return decision if decision and decision.what == SENT_BACK else None


def read_decisions(history: Iterable[Mapping[str, Any]]) -> Decisions:
    """Return the decisions that stand after a campaign's history; later ones replace earlier ones."""
    by_file: dict[str, Decision] = {}
    chosen: dict[str, Decision] = {}
    arrived: set[str] = set()
    listed: dict[str, set[str]] = {}
    accepted: dict[str, str] = {}
    sent: dict[str, datetime] = {}
    for entry in history:
        what, department, sha256 = entry["what"], entry.get("department", ""), entry.get("sha256", "")
        if what in (WAIVED, SENT_BACK):
            by_file[sha256] = _decision(entry)
        elif what == CHOSEN:
            chosen[department] = _decision(entry)
        elif what == UNDONE:
            chosen.pop(department, None)
            by_file = {key: decision for key, decision in by_file.items() if decision.department != department}
        elif what == ARRIVED:
            arrived.add(sha256)
        elif what == LISTED:
            listed.setdefault(department, set()).add(sha256)
        elif what == ACCEPTED:
            accepted[department] = sha256
        elif what == SENT:
            sent[department] = _when(entry)
    files_listed = {department: frozenset(files) for department, files in listed.items()}
    return Decisions(by_file, chosen, frozenset(arrived), files_listed, accepted, sent)


NONE = read_decisions(())
"""No decisions, and a journal that tells nothing."""


def _decision(entry: Mapping[str, Any]) -> Decision:
    what, department, file, sha256, who, reason = (
        str(entry.get(name, "")) for name in ("what", "department", "file", "sha256", "who", "reason")
    )
    return Decision(what, department, file, sha256, who, _when(entry), reason)


def _when(entry: Mapping[str, Any]) -> datetime:
    try:
        return datetime.fromisoformat(entry["when"]).astimezone()
    except ValueError:
        return datetime.fromtimestamp(0).astimezone()
