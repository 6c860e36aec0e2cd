"""How far every department is, in words, as a table and as data."""

from __future__ import annotations

from qtool.actions.action import Listing, Outcome, Request
from qtool.collect.choose import Collection
from qtool.outcome import DepartmentState
from qtool.state.board import BOARD_HEADS, board_texts, count_sentence
from qtool.state.campaign_state import CampaignState


def status(request: Request) -> Outcome:
    """Return how far every department is; nothing is written."""
    state = request.state
    state.sound_plan()
    outcome = board_outcome(state)
    if state.history:
        last = state.history[-1]
        outcome.sentences.append(f"最近一步：{last['when'][:16].replace('T', ' ')} {last['what']}")
        outcome.data["last"] = last
    return outcome


def board_outcome(state: CampaignState) -> Outcome:
    """Return how far every department is, in words, as a table and as data."""
    outcome = Outcome(sentences=[count_sentence(state.collection)])
    outcome.tables.append(Listing("回收情况", BOARD_HEADS, board_texts(state)))
    outcome.data = _data(state.collection, state.board)
    return outcome


def _data(collection: Collection, board: list[DepartmentState]) -> dict[str, object]:
    return {
        "expected": len(collection.expected),
        "received": collection.received,
        "accepted": {name: {"file": r.full_name, "sha256": r.sha256} for name, r in collection.accepted.items()},
        "waived": {name: decision.reason for name, decision in collection.waived.items()},
        "rejected": [
            {
                "file": r.full_name,
                "department": r.department,
                "sha256": r.sha256,
                "faults": [fault.as_dict() for fault in r.faults],
            }
            for r in collection.rejected
        ],
        "missing": list(collection.missing),
        "departments": [_department_data(row) for row in board],
    }


def _department_data(row: DepartmentState) -> dict[str, object]:
    return {
        "department": row.department,
        "version": row.version,
        "state": row.state.value,
        "file": row.file,
        "received": row.received.isoformat(timespec="seconds") if row.received else None,
        "errors": row.errors,
        "questions": row.questions,
        "why": row.why,
    }
