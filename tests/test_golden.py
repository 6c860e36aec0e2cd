"""What the program writes is, part by part, what was looked at and kept."""

from __future__ import annotations

import difflib

import pytest
from golden_parts import CASES, kept, made


@pytest.mark.parametrize("name", CASES)
def test_parts_are_as_kept(name: str) -> None:
    now, before = made(name), kept(name)
    assert set(now) == set(before)
    for part, text in now.items():
        lines = list(difflib.unified_diff(before[part].splitlines(), text.splitlines(), lineterm="", n=1))
        assert not lines, f"{name}/{part}:\n" + "\n".join(lines[:40])
