"""Work spread over processes: order, results, and what becomes of a process that dies."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from campaign_cases import reader_that_dies
from scoring_cases import expected, filled, plan_2022

from qtool.collect.intake import each_of, files_in, read_files
from qtool.faults import QtoolError, fault
from qtool.progress import Cancelled, Event
from qtool.workers import spread


def _work(piece: int) -> str:
    return f"第{piece} {multiprocessing.parent_process() is not None}"


def _dies(piece: int) -> int:
    if piece % 10 == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return piece


def _dies_once(folder: Path, piece: int) -> int:
    """Die over a piece the first time, as a process does that somebody ends from outside."""
    mark = folder / str(piece)
    if piece == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return piece


def _fails(_piece: int) -> int:
    raise RuntimeError("坏了")


def _refuses(_piece: int) -> int:
    raise QtoolError(fault("C05", file="一.xlsx"), fault("C05", file="二.xlsx"))


def _waits(piece: int) -> int:
    time.sleep(0.2)
    return piece


def test_results_come_in_order_from_other_processes() -> None:
    assert list(spread(_work, range(30), 2)) == [f"第{number} True" for number in range(30)]


def test_nothing_to_do_starts_nothing() -> None:
    assert list(spread(_work, [], 2)) == []
    assert multiprocessing.active_children() == []


def test_beside_a_thread_processes_begin_afresh() -> None:
    done = threading.Event()
    waiting = threading.Thread(target=done.wait)
    waiting.start()
    try:
        assert list(spread(_work, range(3), 2)) == ["第0 True", "第1 True", "第2 True"]
        with pytest.raises(RuntimeError, match="坏了"):
            list(spread(_fails, range(3), 2))
    finally:
        done.set()
        waiting.join()


def test_a_process_that_dies_takes_its_piece_alone() -> None:
    results = list(spread(_dies, range(16), 2))
    assert results == [None if number % 10 == 3 else number for number in range(16)]


def test_a_process_that_is_ended_from_outside_takes_nothing(tmp_path: Path) -> None:
    assert list(spread(partial(_dies_once, tmp_path), range(9), 2)) == list(range(9))
    assert (tmp_path / "3").exists()


def test_faults_come_home_whole() -> None:
    with pytest.raises(QtoolError) as caught:
        list(spread(_refuses, range(2), 2))
    assert [found.file for found in caught.value.faults] == ["一.xlsx", "二.xlsx"]


def test_an_error_tells_where_it_was() -> None:
    with pytest.raises(RuntimeError, match="坏了") as caught:
        list(spread(_fails, range(4), 2))
    assert "in _fails" in str(caught.value.__cause__)


def test_who_stops_listening_ends_the_others() -> None:
    results = spread(_waits, range(100_000), 2)
    assert next(results) == 0
    results.close()  # type: ignore[attr-defined]
    assert multiprocessing.active_children() == []


def test_few_pieces_are_under_way_at_a_time_and_few_bytes() -> None:
    taken: list[int] = []

    def pieces() -> Iterator[int]:
        for number in range(50):
            taken.append(number)
            yield number

    for most, size in ((8, 0), (3, 30 << 20)):
        taken.clear()
        for done, _ in enumerate(spread(_work, pieces(), 2, lambda _piece, size=size: size), 1):  # type: ignore[misc]
            assert len(taken) < done + most


def every_department(folder: Path) -> list[Path]:
    """Return every department's file, filled in, and one that is none."""
    for number, department in enumerate(plan_2022().scoring_departments):
        filled(folder, department.name, number)
    (folder / "坏.xlsx").write_bytes(b"PK\x03\x04 and then nothing")
    return files_in(folder)


def test_one_and_two_processes_read_the_same(tmp_path: Path) -> None:
    files = every_department(tmp_path) * 2
    seen: list[Event] = []
    assert read_files(files, expected()) == read_files(files, expected(), seen.append, workers=2)
    assert [event.done for event in seen] == list(range(1, len(files) + 1))


def test_a_file_that_ends_its_reader_is_a_fault_and_the_rest_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = every_department(tmp_path)
    alone = read_files(files, expected())
    reader_that_dies(tmp_path / "死", files[4].name, monkeypatch)
    spoilt = read_files(files, expected(), workers=2)
    assert [fault.code for fault in spoilt[4].faults] == ["S05"]
    assert spoilt[4].file == files[4].name
    assert "中断" in spoilt[4].faults[0].message
    assert spoilt[:4] + spoilt[5:] == alone[:4] + alone[5:]


def test_readers_that_are_killed_lose_nothing(tmp_path: Path) -> None:
    files = every_department(tmp_path) * 3

    def kill(event: Event) -> None:
        if event.done == 5:
            for child in multiprocessing.active_children():
                child.kill()

    assert read_files(files, expected(), kill, workers=2) == read_files(files, expected())


def test_whoever_cancels_waits_for_nothing(tmp_path: Path) -> None:
    files = every_department(tmp_path) * 1000

    def cancel(event: Event) -> None:
        if event.done == 2:
            raise Cancelled

    begun = time.monotonic()
    with pytest.raises(Cancelled):
        list(each_of(files, expected(), cancel, workers=2))
    assert multiprocessing.active_children() == []
    assert time.monotonic() - begun < 20  # all of them take a minute


def test_one_process_unless_told(tmp_path: Path) -> None:
    filled(tmp_path, "市公安局")
    code = f"""if True:
        import sys
        from pathlib import Path
        sys.path[:0] = {sys.path!r}
        from scoring_cases import expected
        from qtool.collect.intake import files_in, read_files
        assert len(read_files(files_in(Path({str(tmp_path)!r})) * 500, expected())) == 500
        assert not {{"multiprocessing", "concurrent.futures.process"}} & sys.modules.keys()
    """
    subprocess.run([sys.executable, "-c", code], check=True)
