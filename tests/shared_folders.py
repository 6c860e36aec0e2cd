"""Folders that many tests begin with: made once for all processes of a run, and copied by whoever changes one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from waiting import LONG, until

_homes: list[Path] = []


@pytest.fixture(scope="session", autouse=True)
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let the processes of a run share a folder; pytest removes it with those of the runs before the last three."""
    own = tmp_path_factory.getbasetemp()
    _homes.append(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own)
    yield
    _homes.clear()


def shared_folder(name: str, make: Callable[[Path], object]) -> Path:
    """Return the folder of a name: the first process that asks fills it, the others wait for that."""
    (home,) = _homes
    folder, begun, failed = (home / f"{name}{ending}" for ending in ("", ".begun", ".failed"))
    try:
        begun.mkdir()
    except FileExistsError:
        until(lambda: folder.exists() or failed.exists(), what=lambda: f"{name} was not made", seconds=LONG)
        assert not failed.exists(), f"{name} could not be made"
        return folder
    unfinished = home / f"{name}.unfinished"
    unfinished.mkdir()
    try:
        make(unfinished)
    except BaseException:
        failed.touch()
        raise
    return unfinished.rename(folder)
