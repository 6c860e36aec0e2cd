"""The corpus of returned files: in each is found what a person would find, no more and no less."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from scoring_cases import expected

from qtool.collect.expected import Expected
from qtool.collect.read import read_file
from qtool.faults import CATALOGUE, Fault
from qtool.outcome import Return

FOLDER = Path(__file__).parent / "returns"
TOLD: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
FILES: dict[str, dict[str, Any]] = TOLD["files"]
GOOD = [name for name in FILES if name.startswith("should_pass/")]
BAD = [name for name in FILES if name.startswith("should_fail/")]
OF_THE_WHOLE = {"S15", "S36"}
"""Faults of which no file tells alone: several files of a department, and what the office decided."""


@cache
def campaign() -> Expected:
    return expected()


@cache
def read(name: str) -> tuple[Return, ...]:
    path = FOLDER / name
    return tuple(read_file(path, path.name, campaign()))


def of_all(name: str) -> list[Fault]:
    return [fault for returned in read(name) for fault in returned.faults]


def keyed(values: dict[str, Any]) -> dict[tuple[str, str], Any]:
    return {
        (first, second): value for (first, _, second), value in ((key.partition("/"), values[key]) for key in values)
    }


@pytest.mark.parametrize("name", FILES)
def test_exactly_what_is_wrong_is_found(name: str) -> None:
    assert sorted(fault.code for fault in of_all(name)) == FILES[name]["faults"]


@pytest.mark.parametrize("name", GOOD)
def test_what_was_filled_in_is_taken(name: str) -> None:
    told = FILES[name]
    (returned,) = [returned for returned in read(name) if returned.acceptable]
    assert returned.department == told["department"]
    base = TOLD["filled"][told["department"]]
    answers = keyed(base["answers"]) | (keyed(told["answers"]) if told["answers"] != "same" else {})
    assert {key: str(value) for key, value in returned.values.items()} == answers
    reasons = keyed(base["reasons"]) | keyed(told.get("reasons", {}))
    assert dict(returned.reasons) == {key: text for key, text in reasons.items() if text is not None}
    cells = [answer.cell for answer in returned.answers.values()]
    assert len(set(cells)) == len(cells) == returned.expected


@pytest.mark.parametrize("name", BAD)
def test_what_must_be_mended_is_not_taken(name: str) -> None:
    assert read(name)
    assert [returned.full_name for returned in read(name) if returned.acceptable] == []


@pytest.mark.parametrize("name", FILES)
def test_faults_can_be_understood(name: str) -> None:
    for fault in of_all(name):
        kind = CATALOGUE[fault.code]
        assert fault.file.startswith(Path(name).name)
        for text, template in ((fault.message, kind.message), (fault.remedy, kind.remedy)):
            assert re.search("[一-鿿]", text)
            assert not any(f"{{{place}}}" in text for place in re.findall(r"{(\w+)}", template))
            assert not any(unicodedata.category(sign) in ("Cc", "Cf") for sign in text)
        assert len(fault.message) < 300
        assert re.search(rf"{re.escape(fault.remedy.rstrip('。？'))}[。？]\[{fault.code}\]$", str(fault))
        assert str(fault).startswith(fault.file)


@pytest.mark.parametrize("name", FILES)
def test_faults_name_cells_that_the_sheet_has(name: str) -> None:
    for returned in read(name):
        if returned.scores is None:
            assert not returned.places
            continue
        layout = campaign().layout(returned.department)
        for fault, places in returned.places.items():
            assert fault in returned.faults
            assert places
            assert all(row in layout.rows and col in layout.columns for row, col in places)


def test_every_file_is_told_of() -> None:
    found = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()}
    assert found == FILES.keys() | {"expected.json"}


def test_every_fault_of_a_returned_file_occurs() -> None:
    codes = {code for code in CATALOGUE if code.startswith("S")}
    assert {code for told in FILES.values() for code in told["faults"]} == codes - OF_THE_WHOLE


def test_good_files_have_questions_only_and_bad_ones_an_error() -> None:
    errors = {
        name: [code for code in told["faults"] if CATALOGUE[code].severity.name == "ERROR"]
        for name, told in FILES.items()
    }
    assert not any(errors[name] for name in GOOD)
    assert all(errors[name] for name in BAD)


def test_the_corpus_is_large_and_its_files_small() -> None:
    assert len(GOOD) >= 40
    assert len(FILES) >= 75
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < 4_000_000
