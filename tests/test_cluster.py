"""Returned sheets read by a Dask cluster: the same results as here, and clear words where it cannot be used."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dask
import pytest
from campaign_cases import reader_that_dies, refused
from cli_cases import fill, prepared, qtool
from distributed import LocalCluster
from scoring_cases import expected, filled, plan_2022

from qtool.collect.intake import each_of, files_in, read_files
from qtool.faults import Fault
from qtool.progress import Cancelled, Event
from qtool.workers import spread

pytestmark = pytest.mark.lengthy

PACKAGE = Path(__file__).parent.parent / "qtool"


@contextlib.contextmanager
def started(threads: int = 1, workers: int = 2) -> Iterator[Any]:
    """Run a cluster of processes of this machine, as docs/cluster.md says."""
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        LocalCluster(
            n_workers=workers, threads_per_worker=threads, host="127.0.0.1", dashboard_address=":0", silence_logs=50
        ) as cluster,
    ):
        yield cluster


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with started() as cluster:
        yield cluster.scheduler_address


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("收件箱")
    for number, department in enumerate(plan_2022().scoring_departments):
        filled(folder, department.name, number)
    (folder / "坏.xlsx").write_bytes(b"PK\x03\x04 and then nothing")
    return files_in(folder)


def _dies(piece: int) -> int:
    if piece == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return piece


def test_a_cluster_reads_what_one_process_reads(address: str, files: list[Path]) -> None:
    seen: list[Event] = []
    assert read_files(files * 3, expected(), seen.append, address) == read_files(files * 3, expected())
    assert [event.done for event in seen] == list(range(1, 3 * len(files) + 1))


def test_the_command_takes_an_address(address: str, tmp_path: Path) -> None:
    root = prepared(tmp_path)
    fill(root, "市公安局")
    result = qtool("collect", "--cluster", address, "--campaign", root, "--json").data
    assert list(result["data"]["accepted"]) == ["市公安局"]


def test_a_worker_that_dies_takes_its_piece_alone(address: str) -> None:
    assert list(spread(_dies, range(12), address)) == [None if number == 3 else number for number in range(12)]


@pytest.mark.slow
def test_a_file_that_ends_its_reader_is_a_fault_and_the_rest_is_read(
    files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = read_files(files, expected())
    reader_that_dies(tmp_path / "死", files[4].name, monkeypatch)
    with started() as cluster:
        spoilt = read_files(files, expected(), workers=cluster.scheduler_address)
    assert [fault.code for fault in spoilt[4].faults] == ["S05"]
    assert spoilt[:4] + spoilt[5:] == alone[:4] + alone[5:]


@pytest.mark.slow
def test_workers_that_are_killed_lose_nothing(files: list[Path]) -> None:
    with started() as cluster:

        def kill(event: Event) -> None:
            if event.done == 5:
                for worker in list(cluster.workers.values()):
                    os.kill(worker.process.pid, signal.SIGKILL)

        assert read_files(files * 3, expected(), kill, cluster.scheduler_address) == read_files(files * 3, expected())


def test_whoever_cancels_leaves_the_cluster_as_it_was(address: str, files: list[Path]) -> None:
    def cancel(event: Event) -> None:
        if event.done == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        list(each_of(files * 1000, expected(), cancel, address))
    assert len(read_files(files, expected(), workers=address)) == len(files)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, files: list[Path]) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert refused(lambda: read_files(files, expected(), workers="tcp://127.0.0.1:1")).code == "C20"


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "不是地址", "xyz://127.0.0.1:1", "tls://127.0.0.1:1"])
def test_nobody_answers(address: str, files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qtool.workers._ANSWER", 1)
    found = refused(lambda: read_files(files, expected(), workers=address))
    assert (found.code, address in found.message) == ("C21", True)


def test_a_server_that_is_silent_is_not_waited_for(files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qtool.workers._ANSWER", 1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        assert refused(lambda: read_files(files, expected(), workers=address)).code == "C21"


def test_a_cluster_that_ends_meanwhile_is_a_fault(files: list[Path]) -> None:
    with started() as cluster:

        def end(event: Event) -> None:
            if event.done == 5:
                cluster.close()

        fault = refused(lambda: read_files(files * 100, expected(), end, cluster.scheduler_address))
    assert (fault.code, "中途" in fault.message) == ("C21", True)


@contextlib.contextmanager
def joined(cluster: Any, folder: Path) -> Iterator[None]:
    """Let a worker join that finds its packages in a folder first."""
    command = [sys.executable, "-m", "distributed.cli.dask_worker", cluster.scheduler_address, "--nthreads", "1"]
    options = ["--no-nanny", "--no-dashboard", "--local-directory", str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    with subprocess.Popen(command + options, cwd=folder, env=environment, stderr=subprocess.DEVNULL) as worker:
        try:
            yield
        finally:
            worker.kill()


def refusal(cluster: Any, files: list[Path]) -> Fault:
    return refused(lambda: read_files(files, expected(), workers=cluster.scheduler_address))


def test_a_cluster_without_workers_is_a_fault(files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qtool.workers._ANSWER", 1)
    with started(workers=0) as cluster:
        assert "没有工作进程" in refusal(cluster, files).message


def test_workers_with_several_threads_are_a_fault(files: list[Path]) -> None:
    with started(threads=2, workers=1) as cluster:
        assert "有2个线程" in refusal(cluster, files).message


def test_workers_without_this_program_are_a_fault(files: list[Path], tmp_path: Path) -> None:
    (tmp_path / "qtool").mkdir()
    (tmp_path / "qtool" / "__init__.py").touch()
    with started(workers=0) as cluster, joined(cluster, tmp_path):
        assert "没有装 qtool" in refusal(cluster, files).message


def test_workers_of_another_version_are_a_fault(files: list[Path], tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "qtool", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "qtool" / "__init__.py").write_text('__version__ = "0.0.1"\n', encoding="utf-8")
    with started(workers=0) as cluster, joined(cluster, tmp_path):
        fault = refusal(cluster, files)
    assert (fault.code, "qtool 是 0.0.1，这里是" in fault.message) == ("C22", True)
