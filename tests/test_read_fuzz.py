"""Workbooks broken by seeded chance: whatever they hold, they are read or refused, quickly and in little memory."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from mutations import broken
from office_copies import XLSX, copies
from openpyxl import load_workbook
from package_parts import everything, xlsb
from scoring_cases import filled
from waiting import LONG

from qtool.office.workbook.reader import open_workbook

HERE = Path(__file__).parent
SECONDS, MEBIBYTES = 1, 150
"""Of the processor for one workbook, and of memory for the whole process."""
FAST, SLOW = 35, 3_000
"""Cases of each kind; the slow ones are more than 20,000 together."""
OFFICE = {"xls": "xls", "ods": "ods", "xlsx of LibreOffice": XLSX}
KINDS = [
    "xlsx",
    "xlsx of openpyxl",
    "xlsx with everything",
    "xlsb",
    *(pytest.param(kind, marks=pytest.mark.office) for kind in OFFICE),
]


def sound(kind: str, folder: Path) -> bytes:
    """Return a workbook that is sound still."""
    if kind in OFFICE:
        return copies(OFFICE[kind])["own"]
    if kind == "xlsx with everything":
        return everything()
    if kind == "xlsb":
        cells = [(row, col, ("文字", col % 3, 1.5, True, None)[col % 5]) for row in range(40) for col in range(12)]
        return xlsb(cells, ["一", "二", "三"], (0, 14))
    content = filled(folder, "市公安局")[0].read_bytes()
    if kind == "xlsx":
        return content
    target = io.BytesIO()
    load_workbook(io.BytesIO(content)).save(target)
    return target.getvalue()


def check(kind: str, folder: Path, first: int, last: int) -> None:
    """Read broken workbooks in a process that may end as it will; fail with the cases that went wrong."""
    path = folder / "sound"
    path.write_bytes(sound(kind, folder))
    assert open_workbook(path).rows(open_workbook(path).names[0])
    command = [sys.executable, str(HERE / "fuzz_reader.py"), str(path), kind, str(first), str(last)]
    env = os.environ | {"PYTHONPATH": os.pathsep.join((str(HERE), str(HERE.parent)))}
    done = subprocess.run(command, env=env, capture_output=True, text=True, encoding="utf-8", check=False, timeout=LONG)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stderr == ""
    found = json.loads(done.stdout)
    assert found["wrong"] == []
    assert found["cases"] == last - first
    assert 0 < found["read"] < found["cases"], "the cases are all alike"
    assert found["slowest"] < SECONDS
    assert found["peak_mib"] < MEBIBYTES


@pytest.mark.parametrize("kind", KINDS)
def test_broken_workbooks(kind: str, tmp_path: Path) -> None:
    check(kind, tmp_path, 0, FAST)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_very_many_broken_workbooks(kind: str, tmp_path: Path) -> None:
    check(kind, tmp_path, FAST, FAST + SLOW)


def test_the_same_seed_breaks_a_workbook_alike(tmp_path: Path) -> None:
    content = sound("xlsx", tmp_path)
    made = [broken(content, f"seed-{number}") for number in range(20)]
    assert made == [broken(content, f"seed-{number}") for number in range(20)]
    assert len({*made, content}) == 21
