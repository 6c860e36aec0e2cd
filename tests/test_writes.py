"""Writes: what stands under a final name is whole, whatever goes wrong, and what went wrong is said in Chinese.

Real conditions throughout, here those that every user can make; test_writes_root.py has those that take root.
"""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest
from campaign_cases import child, chinese, leftovers, linux, new_campaign, refused, wait_for
from waiting import LONG

from qtool.workspace import INBOX, TALLY, Campaign, copy_file, locked, write_bytes, write_file

OLD = "原来的内容".encode()


@pytest.fixture
def campaign(tmp_path: Path) -> Campaign:
    return new_campaign(tmp_path)


def test_a_file_is_written_where_its_folder_was_missing(tmp_path: Path) -> None:
    path = write_bytes(tmp_path / "新 文件夹" / "表.xlsx", b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o644
    assert leftovers(tmp_path) == []


def test_a_write_that_fails_half_way_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(OLD)

    def breaks(temporary: Path) -> None:
        temporary.write_bytes(b"half")
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        write_file(path, breaks)
    assert path.read_bytes() == OLD
    assert list(tmp_path.iterdir()) == [path]


@linux
def test_a_device_without_room_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(OLD)

    def fills(temporary: Path) -> None:
        temporary.write_bytes(b"half")
        with Path("/dev/full").open("wb", buffering=0) as file:
            file.write(b"rest")

    assert refused(lambda: write_file(path, fills)).code == "C05"
    assert path.read_bytes() == OLD
    assert list(tmp_path.iterdir()) == [path]


@linux
def test_a_file_over_the_allowed_size_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(OLD)
    code = """
        import resource, sys
        from pathlib import Path
        from qtool.faults import QtoolError
        from qtool.workspace import write_bytes
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        try:
            write_bytes(Path(sys.argv[1]), bytes(5000))
        except QtoolError as error:
            print(error.faults[0])
    """
    with child(code, path) as process:
        said = process.communicate(timeout=LONG)[0]
    assert "表.xlsx：不能写入：文件超过了允许的大小" in said
    assert path.read_bytes() == OLD
    assert list(tmp_path.iterdir()) == [path]


def test_a_name_that_is_too_long_a_folder_and_a_file_in_the_way_are_told_in_chinese(tmp_path: Path) -> None:
    (tmp_path / "夹.xlsx").mkdir()
    (tmp_path / "文件").write_bytes(b"")
    for path in (tmp_path / f"{'长' * 200}.xlsx", tmp_path / "夹.xlsx", tmp_path / "文件" / "表.xlsx"):
        found = refused(lambda path=path: write_bytes(path, b"new"))  # type: ignore[misc]
        assert found.code == "C06"
        assert chinese(found.message)
    assert leftovers(tmp_path) == []


def test_a_source_that_went_away_is_blamed_itself(tmp_path: Path) -> None:
    target = tmp_path / "4-已采用" / "表.xlsx"
    write_bytes(target, OLD)
    found = refused(lambda: copy_file(tmp_path / "3-收件箱" / "回收.xlsx", target))
    assert (found.code, found.file) == ("C14", "回收.xlsx")
    assert chinese(found.message)
    assert target.read_bytes() == OLD


KILLED = """
    import sys, threading
    from pathlib import Path
    from qtool.workspace import write_file
    def slowly(temporary):
        with temporary.open("wb") as file:
            file.write(bytes(100_000))
            file.flush()
            print("好", flush=True)
            threading.Event().wait()
    write_file(Path(sys.argv[1]), slowly)
"""


@linux
@pytest.mark.slow
@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("folder", [INBOX, f"{TALLY}/记录", "."])
def test_a_killed_write_leaves_nothing_under_a_final_name(campaign: Campaign, folder: str, there: bool) -> None:
    path = campaign.root / folder / "表.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    if there:
        path.write_bytes(OLD)
    with child(KILLED, path) as process:
        wait_for(process)
        process.send_signal(signal.SIGKILL)
    assert path.exists() is there
    assert not there or path.read_bytes() == OLD
    assert len(leftovers(campaign.root)) == 1
    with locked(campaign):
        assert leftovers(campaign.root) == []


@linux
@pytest.mark.slow
def test_a_file_rewritten_again_and_again_is_whole_whenever_it_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    code = """
        import itertools, sys
        from pathlib import Path
        from qtool.workspace import write_bytes
        print("好", flush=True)
        for number in itertools.count():
            write_bytes(Path(sys.argv[1]), bytes([number % 256]) * 300_000)
    """
    for attempt in range(12):
        with child(code, path) as process:
            wait_for(process)
            time.sleep(0.01 + attempt * 0.003)
            process.send_signal(signal.SIGKILL)
        if path.exists():
            content = path.read_bytes()
            assert content == content[:1] * 300_000
