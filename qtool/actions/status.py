"""How far every department is."""

from __future__ import annotations

from qtool.actions.action import Outcome, Request
from qtool.actions.collect import board_outcome


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
