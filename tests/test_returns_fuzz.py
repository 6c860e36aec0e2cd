"""Returned files spoilt in every way: each becomes a named fault or is read, quickly, in little memory."""

from __future__ import annotations

import io
import random
import re
import subprocess
import sys
import time
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest
from campaign_cases import linux
from judge import convert, office_or_skip
from scoring_cases import expected, filled
from spoilt import mutated

from qtool.collect.read import read_file
from qtool.faults import CATALOGUE
from qtool.model import Value
from qtool.outcome import Return

POLICE = "市公安局"
SECONDS, MEMORY_MIB = 2.0, 300
CASES = {"xlsx": 9_000, "large": 2_000, "xls": 4_000, "ods": 3_500, "zip": 2_000, "eml": 1_500}
"""More than 20,000 together."""


@pytest.fixture(scope="session")
def originals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return a good file of every kind."""
    office_or_skip()
    folder = tmp_path_factory.mktemp("originals")
    path, _ = filled(folder, POLICE)
    large, _ = filled(folder, "市文旅局")
    whole = path.read_bytes()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("公安局.xlsx", whole)
    mail = EmailMessage()
    mail["Subject"] = "评分表"
    mail.set_content("见附件")
    mail.add_attachment(whole, "application", "octet-stream", filename="公安局.xlsx")
    return {
        "xlsx": whole,
        "large": large.read_bytes(),
        "xls": convert([path], folder / "xls", "xls:MS Excel 97")[0].read_bytes(),
        "ods": convert([path], folder / "ods", "ods")[0].read_bytes(),
        "zip": archive.getvalue(),
        "eml": mail.as_bytes(),
    }


def answers_of(returns: list[Return]) -> dict[object, Value]:
    return {key: value for returned in returns if returned.acceptable for key, value in returned.values.items()}


def judged(path: Path, content: bytes) -> tuple[list[Return], float]:
    path.write_bytes(content)
    begun = time.process_time()
    returns = read_file(path, path.name, expected())
    return returns, time.process_time() - begun


def run(kind: str, content: bytes, cases: int, folder: Path) -> None:
    """Spoil and read so many times; whatever is accepted must hold answers that the rules allow."""
    chance = random.Random(f"{kind}/2022")  # noqa: S311 - reproducible on purpose
    path = folder / f"评分表.{'xlsx' if kind == 'large' else kind}"
    outcomes = {"accepted": 0, "refused": 0}
    for number in range(cases):
        spoilt = mutated(content, chance)
        returns, took = judged(path, spoilt)
        assert took < SECONDS, f"{kind} {number} took {took:.1f} s"
        for returned in returns:
            assert all(found.code in CATALOGUE for found in returned.faults)
            assert "{" not in "".join(found.message for found in returned.faults)
            assert returned.acceptable or any(found.is_error for found in returned.faults)
            outcomes["accepted" if returned.acceptable else "refused"] += 1
        if returns and all(returned.acceptable for returned in returns):
            assert len(answers_of(returns)) == returns[0].expected
    assert outcomes["refused"] > cases // 10


@pytest.mark.office
@pytest.mark.parametrize("kind", CASES)
def test_a_hundred_of_every_kind(originals: dict[str, bytes], tmp_path: Path, kind: str) -> None:
    run(kind, originals[kind], 100, tmp_path)


@linux
@pytest.mark.slow
@pytest.mark.office
@pytest.mark.parametrize("kind", CASES)
def test_more_than_twenty_thousand(originals: dict[str, bytes], tmp_path: Path, kind: str) -> None:
    (tmp_path / "original").write_bytes(originals[kind])
    code = "import sys; sys.path.insert(0, sys.argv[1]); import test_returns_fuzz; test_returns_fuzz.child()"
    command = [sys.executable, "-c", code, Path(__file__).parent, kind, str(CASES[kind]), tmp_path]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert int(done.stdout.splitlines()[-1]) < MEMORY_MIB


def child() -> None:
    """Run the cases in a process of their own, and print the most memory that it held, in MiB."""
    kind, cases, folder = sys.argv[2], int(sys.argv[3]), Path(sys.argv[4])
    run(kind, (folder / "original").read_bytes(), cases, folder)
    most = re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text("utf-8"))
    assert most
    sys.stdout.write(f"{int(most[1]) // 1024}\n")


def test_there_are_more_than_twenty_thousand_cases() -> None:
    assert sum(CASES.values()) > 20_000
