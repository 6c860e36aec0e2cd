"""The campaign folder: one process works at a time, the journal survives, and what is no campaign is named."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest
from campaign_cases import child, linux, new_campaign, refused, wait_for

from qtool.settings import read_settings
from qtool.workspace import INBOX, JOURNAL, SETTINGS, Campaign, locked, open_campaign, sha256, write_bytes


@pytest.fixture
def campaign(tmp_path: Path) -> Campaign:
    return new_campaign(tmp_path)


# --- the lock -------------------------------------------------------------------------------------------------------

HOLDER = """
    import sys, threading
    from pathlib import Path
    from qtool.workspace import locked, open_campaign
    with locked(open_campaign(Path(sys.argv[1]))):
        print("好", flush=True)
        threading.Event().wait()
"""


@linux
def test_a_second_process_is_told_who_works_here_until_the_first_is_gone(campaign: Campaign) -> None:
    with child(HOLDER, campaign.root) as process:
        wait_for(process)
        found = refused(lambda: locked(campaign).__enter__())
        process.send_signal(signal.SIGKILL)
    assert found.code == "C03"
    assert os.environ.get("USER", "root") in found.message
    assert os.uname().nodename in found.message
    assert found.place == campaign.root.name
    with locked(campaign):
        pass


def test_the_lock_is_given_back_after_a_failure(campaign: Campaign) -> None:
    with pytest.raises(RuntimeError, match="broken"), locked(campaign):
        raise RuntimeError("broken")
    with locked(campaign):
        pass


# --- the journal ----------------------------------------------------------------------------------------------------


def test_the_journal_only_grows_and_every_line_is_json(campaign: Campaign) -> None:
    path = campaign.root / JOURNAL
    seen = b""
    for number in range(5):
        campaign.journal("收件", file=f"评分表（{number}）.xlsx", odd="一\n行\u2028\udcff")
        assert path.read_bytes().startswith(seen)
        seen = path.read_bytes()
    lines = seen.decode().split("\n")
    assert lines.pop() == ""
    assert [json.loads(line)["file"] for line in lines] == [f"评分表（{number}）.xlsx" for number in range(5)]
    assert all(entry["when"] and entry["who"] and entry["what"] == "收件" for entry in map(json.loads, lines))


def test_a_last_line_that_was_cut_off_costs_that_line_alone(campaign: Campaign) -> None:
    campaign.journal("一")
    campaign.journal("二")
    path = campaign.root / JOURNAL
    path.write_bytes(path.read_bytes()[:-10])
    assert [entry["what"] for entry in campaign.history()] == ["一"]
    campaign.journal("三")
    assert [entry["what"] for entry in campaign.history()] == ["一", "三"]


def test_lines_spoilt_by_hand_are_passed_over(campaign: Campaign) -> None:
    campaign.journal("一")
    with (campaign.root / JOURNAL).open("ab") as file:
        file.write('[]\n{"what": "没有时间"}\n{"when": 3, "what": "怪"}\n\n\xff\xfe\n'.encode("latin-1", "replace"))
    campaign.journal("二")
    assert [entry["what"] for entry in campaign.history()] == ["一", "二"]


@pytest.mark.slow
def test_lines_of_several_processes_do_not_mix(campaign: Campaign) -> None:
    code = """
        import sys
        from pathlib import Path
        from qtool.workspace import open_campaign
        campaign = open_campaign(Path(sys.argv[1]))
        for number in range(100):
            campaign.journal("并发", number=number, text="字" * 300)
    """
    processes = [child(code, campaign.root) for _ in range(3)]
    for process in processes:
        assert process.wait(60) == 0
        assert process.stdout is not None
        process.stdout.close()
    entries = list(campaign.history())
    assert sorted(entry["number"] for entry in entries) == sorted([*range(100)] * 3)


# --- what is no campaign --------------------------------------------------------------------------------------------


def test_a_folder_without_settings_is_no_campaign(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "不存在", Path("不存在")):
        found = refused(lambda path=path: open_campaign(path))  # type: ignore[misc]
        assert (found.code, found.file) == ("C01", str(path.absolute()))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "缺少 campaign"),
        ("[campaign]\nkey = 'x'\n", "缺少 id"),
        ("[campaign]\nid = 'x'\n", "缺少 key"),
        ("[campaign]\nid = 'x'\nkey = ''\n", "key 是空的或不是文字"),
        ("[campaign]\nid = 12\nkey = 'x'\n", "id 是空的或不是文字"),
        ("campaign = 'x'\n", "格式不对"),
        ("[campaign\n", "格式不对"),
        ("[campaign]\nid = 'x'\nid = 'y'\n", "格式不对"),
    ],
)
def test_damaged_settings_are_refused(campaign: Campaign, content: str, reason: str) -> None:
    path = campaign.root / SETTINGS
    path.write_text(content, encoding="utf-8")
    found = refused(lambda: open_campaign(campaign.root))
    assert (found.code, found.file, found.message) == ("C07", SETTINGS, f"读不懂：{reason}")


def test_settings_saved_by_notepad_are_understood_or_named(campaign: Campaign) -> None:
    path = campaign.root / SETTINGS
    text = path.read_text("utf-8")
    path.write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))
    assert read_settings(path) == campaign.settings
    path.write_bytes(text.encode("gbk"))
    assert refused(lambda: open_campaign(campaign.root)).code == "C07"
    path.write_bytes(text.encode("utf-16"))
    assert refused(lambda: open_campaign(campaign.root)).code == "C07"


def test_a_deleted_folder_comes_back_and_a_file_in_its_place_is_named(campaign: Campaign) -> None:
    assert campaign.folder(INBOX).is_dir()
    campaign.folder(INBOX).rmdir()
    (campaign.root / INBOX).write_bytes(b"")
    found = refused(lambda: campaign.folder(INBOX))
    assert (found.code, found.file) == ("C06", INBOX)


@linux
def test_a_campaign_that_is_moved_away_while_it_is_held_does_not_come_back_in_part(campaign: Campaign) -> None:
    elsewhere = campaign.root.with_name("搬走了")
    with locked(campaign):
        campaign.root.rename(elsewhere)
        found = refused(lambda: write_bytes(campaign.root / INBOX / "一份.xlsx", b"x"))
    assert (found.code, campaign.root.exists()) == ("C06", False)
    assert "不在了" in found.message
    moved = open_campaign(elsewhere)
    with locked(moved):
        write_bytes(elsewhere / INBOX / "深" / "一份.xlsx", b"x")


def test_the_sum_of_a_file_is_that_of_its_content(tmp_path: Path) -> None:
    path = write_bytes(tmp_path / "a", b"abc")
    assert sha256(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
