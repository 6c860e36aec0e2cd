"""Writes to a full disk, to a read-only one, over a file that must not be replaced: real ones, which take root.

What cannot be provoked here: a file that another program holds open, which only Windows refuses to replace. An
immutable file gives the same PermissionError at the same call. Where mounts and immutable files are not allowed, as in
many containers, these tests do not exist; test_writes.py has the others.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from campaign_cases import leftovers, refused

from qtool.office.workbook.writer import Book
from qtool.workspace import copy_file, write_bytes, write_file

pytestmark = pytest.mark.lengthy

OLD = "原来的内容".encode()


@contextlib.contextmanager
def immutable(path: Path) -> Iterator[None]:
    """Make a file or folder refuse every change, even to root."""
    subprocess.run(["chattr", "+i", str(path)], check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["chattr", "-i", str(path)], check=True)


def _allowed() -> bool:
    """Return whether this user on this machine may do what these tests do."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as undo:
        try:
            undo.enter_context(immutable(Path(name)))
            subprocess.run(["mount", "-t", "tmpfs", "tmpfs", name], check=True, capture_output=True)
            subprocess.run(["umount", name], check=True)
        except (OSError, subprocess.CalledProcessError):
            return False
    return True


__test__ = _allowed()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a file system with 64 KiB of room."""
    disk = tmp_path / "小盘"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)], check=True)
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_leaves_the_old_file(small_disk: Path, tmp_path: Path) -> None:
    path = small_disk / "表.xlsx"
    path.write_bytes(OLD)
    big = tmp_path / "大.xlsx"
    big.write_bytes(bytes(200_000))
    for do in (lambda: write_bytes(path, bytes(200_000)), lambda: copy_file(big, path)):
        found = refused(do)
        assert (found.code, found.file) == ("C05", "表.xlsx")
        assert path.read_bytes() == OLD
        assert list(small_disk.iterdir()) == [path]


def test_a_workbook_on_a_full_disk_is_told_as_a_full_disk(small_disk: Path) -> None:
    def workbook(temporary: Path) -> None:
        with Book(temporary) as book:
            sheet = book.sheet("表")
            for row in range(4000):
                sheet.text(row, 0, os.urandom(40).hex())

    assert refused(lambda: write_file(small_disk / "表.xlsx", workbook)).code == "C05"
    assert list(small_disk.iterdir()) == []


def test_a_file_that_must_not_be_replaced_stays(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(OLD)
    with immutable(path):
        found = refused(lambda: write_bytes(path, b"new"))
    assert (found.code, found.file) == ("C04", "表.xlsx")
    assert path.read_bytes() == OLD
    assert leftovers(tmp_path) == []


def test_a_file_that_is_held_for_a_moment_is_replaced_after_it(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(OLD)
    with immutable(path):
        release = threading.Timer(0.2, lambda: subprocess.run(["chattr", "-i", str(path)], check=True))
        release.start()
        write_bytes(path, b"new")
        release.join()
    assert path.read_bytes() == b"new"


def test_a_folder_that_must_not_be_changed_is_named_as_that(tmp_path: Path) -> None:
    folder = tmp_path / "只读"
    folder.mkdir()
    (folder / "表.xlsx").write_bytes(OLD)
    with immutable(folder):
        found = refused(lambda: write_bytes(folder / "表.xlsx", b"new"))
        assert (found.code, found.message) == ("C06", "不能写入：没有权限。原来的文件没有改动")
    assert (folder / "表.xlsx").read_bytes() == OLD


def test_a_read_only_disk_is_named_in_chinese(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    found = refused(lambda: write_bytes(small_disk / "表.xlsx", b"new"))
    assert (found.code, found.message) == ("C06", "不能写入：磁盘是只读的。原来的文件没有改动")
