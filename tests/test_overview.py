"""What the window shows of a campaign: each step through a whole year, on real files."""

from __future__ import annotations

from pathlib import Path

import pytest

from qtool.actions.campaign import new
from qtool.actions.overview import Memory, Overview, Stage, overview
from qtool.actions.spec import Request


def begun(folder: Path) -> Path:
    """Return a new campaign of the shipped plan."""
    root = folder / "2022年 考核"
    new(Request(root, {"folder": root}))
    return root


def stages(seen: Overview) -> dict[str, str]:
    """Return how far every step is, in one letter."""
    return {step.name: step.stage.name for step in seen.steps}


def test_a_new_campaign_asks_for_its_sheets(tmp_path: Path) -> None:
    seen = overview(Request(begun(tmp_path)), Memory())
    assert seen.next == "sheets"
    assert [step.stage for step in seen.steps] == [
        Stage.DONE,
        Stage.DUE,
        Stage.BLOCKED,
        Stage.BLOCKED,
        Stage.BLOCKED,
        Stage.WAITING,
    ]
    assert len(seen.rows) == 13
    assert seen.counts["未生成"] == seen.counts["应收"] == 13


@pytest.mark.parametrize("broken", ["gone", "nonsense"])
def test_a_plan_that_cannot_be_read_is_a_state(tmp_path: Path, broken: str) -> None:
    root = begun(tmp_path)
    plan = root / "考核方案.xlsx"
    if broken == "gone":
        plan.unlink()
    else:
        plan.write_bytes(b"nonsense")
    seen = overview(Request(root), Memory())
    assert stages(seen) == {"plan": "DUE"} | dict.fromkeys(
        ("sheets", "send", "collect", "tally", "documents"), "BLOCKED"
    )
    assert [problem.source for problem in seen.problems] == ["方案"]
    assert seen.rows == ()
    assert seen.deadline is None
