"""Work spread over processes: order, results, and what becomes of a process that dies."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest
from scoring_cases import expected, filled, plan_2022

from qtool.collect.intake import files_in, read_files
from qtool.faults import QtoolError, fault
from qtool.progress import Event
from qtool.workers import spread, worthwhile

_told: list[str] = []


def _begin(word: str) -> None:
    _told[:] = [word]


def _work(portion: int) -> str:
    return f"{_told[0]}{portion} {os.getpid() != _PARENT}"


def _dies(portion: int) -> int:
    if portion == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return portion


def _fails(_portion: int) -> int:
    raise RuntimeError("坏了")


def _refuses(_portion: int) -> int:
    raise QtoolError(fault("C05", file="一.xlsx"), fault("C05", file="二.xlsx"))


_PARENT = os.getpid()


def test_results_come_in_order_from_other_processes() -> None:
    assert list(spread(_work, range(7), 2, _begin, ("第",))) == [f"第{number} True" for number in range(7)]


def test_this_process_takes_its_turn_where_it_may() -> None:
    found = list(spread(_work, range(5), 2, _begin, ("第",), here=True))
    assert found == ["第0 False", "第1 True", "第2 False", "第3 True", "第4 False"]


def test_nothing_to_do_starts_nothing() -> None:
    assert list(spread(_work, [], 2, _begin, ("第",))) == []


def test_beside_a_thread_processes_begin_afresh() -> None:
    done = threading.Event()
    waiting = threading.Thread(target=done.wait)
    waiting.start()
    try:
        found = [str(result) for result in spread(_work, range(3), 2, _begin, ("第",))]
        assert [result[:2] for result in found] == ["第0", "第1", "第2"]
        with pytest.raises(RuntimeError, match="坏了"):
            list(spread(_fails, range(3), 2, _begin, ("第",)))
    finally:
        done.set()
        waiting.join()


def test_a_process_that_dies_takes_its_portion_alone() -> None:
    assert list(spread(_dies, range(9), 2, _begin, ("",))) == [0, 1, 2, None, 4, 5, 6, 7, 8]


def test_faults_come_home_whole() -> None:
    with pytest.raises(QtoolError) as caught:
        list(spread(_refuses, range(2), 2, _begin, ("",)))
    assert [found.file for found in caught.value.faults] == ["一.xlsx", "二.xlsx"]


def test_an_error_tells_where_it_was() -> None:
    with pytest.raises(RuntimeError, match="坏了") as caught:
        list(spread(_fails, range(4), 2, _begin, ("",)))
    assert "in _fails" in caught.value.__notes__[0]


def test_who_stops_listening_ends_the_others() -> None:
    results = spread(_work, range(100_000), 2, _begin, ("第",))
    assert str(next(results)).startswith("第0 ")
    results.close()  # type: ignore[attr-defined]


def test_few_pieces_stay_here() -> None:
    assert worthwhile(7, copies=8, afresh=80) == 1
    assert worthwhile(1000, copies=8, afresh=80) <= (os.cpu_count() or 1)


def test_one_and_two_processes_read_the_same(tmp_path: Path) -> None:
    for number, department in enumerate(plan_2022().scoring_departments):
        filled(tmp_path, department.name, number)
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04 and then nothing")
    files = files_in(tmp_path) * 2
    seen: list[Event] = []
    assert read_files(files, expected(), workers=1) == read_files(files, expected(), seen.append, workers=2)
    assert seen[-1].done == len(files)
