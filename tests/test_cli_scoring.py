"""Scoring sheets out and in again, through the command line: what is made, kept, accepted, sent back, carried over."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cli_cases import HEALTH, POLICE, TRADE, Said, edit, fill, fill_all, prepared, qtool, row_of, shell, snapshot
from openpyxl import load_workbook

from qtool.addresses import address
from qtool.layout import SHEET, Layout
from qtool.model import Key
from qtool.plan.read import read_plan
from qtool.rehearsal import answers_for
from qtool.workspace import ACCEPTED, INBOX, PLAN, RETURNED, SETTINGS, SHEETS, TALLY, Campaign, open_campaign

pytestmark = pytest.mark.lengthy

NOTE = "-问题清单.txt"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return prepared(tmp_path)


def layout(root: Path, department: str) -> Layout:
    return Layout(read_plan(root / PLAN).plan, department)


def blank(path: Path, at: Layout, keys: list[Key]) -> Path:
    """Empty some input cells of a filled sheet."""
    edit(path, SHEET, {address(*at.inputs[key]): None for key in keys})
    return path


def accepted(root: Path) -> set[str]:
    return {path.name for path in (root / ACCEPTED).iterdir()}


def notes(root: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8-sig") for path in (root / RETURNED).glob("*.txt")}


def history(root: Path, what: str) -> list[dict[str, object]]:
    campaign: Campaign = open_campaign(root)
    return [entry for entry in campaign.history() if entry["what"] == what]


# --- sheets ---------------------------------------------------------------------------------------------------------


def test_sheets_are_made_once(root: Path) -> None:
    assert len(list((root / SHEETS).iterdir())) == 13
    before = snapshot(root)
    said = shell("sheets", at=root)
    assert said.code == 0
    assert "生成0份评分表，13份已是最新，没有改动" in said.out
    assert "市质强办" in said.out
    assert snapshot(root) == before


def test_a_sheet_that_was_deleted_or_changed_is_made_again_as_the_same_version(root: Path) -> None:
    (root / SHEETS / f"评分表-{POLICE}.xlsx").unlink()
    (root / SHEETS / f"评分表-{TRADE}.xlsx").write_bytes(b"broken")
    said = qtool("sheets", "--campaign", root, "--json").data
    assert said["data"]["made"] == {POLICE: 1, TRADE: 1}
    assert len(said["data"]["current"]) == 11


def test_force_makes_a_second_version_and_the_first_still_counts(root: Path) -> None:
    first = fill(root, POLICE)
    before = snapshot(root / SHEETS)
    said = qtool("sheets", "--campaign", root, "--only", POLICE, "--force")
    assert said.code == 0
    assert "第2版" in said.out
    assert [name for name, what in snapshot(root / SHEETS).items() if what != before[name]] == [f"评分表-{POLICE}.xlsx"]
    assert POLICE in qtool("collect", "--campaign", root, "--json").data["data"]["accepted"]
    newer = fill(root, POLICE, root / INBOX / "新版.xlsx", seed=9)
    os.utime(newer, (1, 1))
    chosen = qtool("collect", "--campaign", root, "--json").data["data"]["accepted"][POLICE]["file"]
    assert (first.name, chosen) == (f"评分表-{POLICE}.xlsx", "新版.xlsx")


def test_only_a_department_that_there_is(root: Path) -> None:
    near = qtool("sheets", "--campaign", root, "--only", "公安局")
    assert (near.code, near.err) == (2, "没有部门叫“公安局”。是不是要写“市公安局”？[C12]\n")
    far = qtool("sheets", "--campaign", root, "--only", "xyz")
    assert "可以写的有：市质强办、" in far.err


def test_a_changed_rule_makes_a_new_version_and_refuses_the_old(root: Path) -> None:
    fill(root, POLICE)
    row = row_of(root / PLAN, "评分细则", 编号="07-02")
    edit(root / PLAN, "评分细则", {f"I{row}": "1-2=3；3-5=2；其余=0"})
    said = qtool("sheets", "--campaign", root, "--json").data
    assert said["data"]["made"] == {POLICE: 2}
    refused = qtool("collect", "--campaign", root, "--json")
    assert (refused.code, "S04" in refused.codes) == (1, True)
    assert accepted(root) == set()


def test_answers_are_carried_over_but_for_the_rule_that_changed(root: Path) -> None:
    fill(root, POLICE)
    assert qtool("collect", "--campaign", root).code == 0
    row = row_of(root / PLAN, "评分细则", 编号="07-02")
    edit(root / PLAN, "评分细则", {f"I{row}": "1-2=3；3-5=2；其余=0"})
    said = qtool("sheets", "--campaign", root, "--keep-answers", "--json")
    assert said.code == 0
    now = layout(root, POLICE)
    dropped = [key for key in now.inputs if key[0].startswith("07-02-")]
    carried = len(now.inputs) - len(dropped)
    assert f"{POLICE}：带上{carried}个答案，{len(dropped)}个因方案改动没有带上" in said.data["said"]
    assert said.data["data"]["made"][POLICE] == 2
    book = load_workbook(root / SHEETS / f"评分表-{POLICE}.xlsx", data_only=True)[SHEET]
    answers = answers_for(now, 7)
    kept = {key: value for key, value in answers.items() if key not in dropped}
    for key, value in kept.items():
        typed = book[address(*now.inputs[key])].value
        assert typed == (value if isinstance(value, str) else float(value))  # type: ignore[arg-type]
    assert all(book[address(*now.inputs[key])].value is None for key in dropped)
    points = now.scorer.score(kept).measures
    shown = [f for f in now.formulas() if f.id.startswith("m:") and not f.id.startswith("m:07-02-")]
    assert shown
    for formula in shown:
        right = points[formula.id[2:], formula.who]
        assert book[address(formula.row, formula.col)].value == float(right)  # type: ignore[arg-type]


# --- collect --------------------------------------------------------------------------------------------------------


def test_an_empty_inbox_is_counted_too(root: Path) -> None:
    said = shell("collect", at=root)
    assert said.code == 0
    assert "应收13份，收到0份，采用0份，需改正0份，还缺13份" in said.out
    assert said.out.count("未交回") == 13
    tally = qtool("tally", "--campaign", root)
    assert (tally.code, tally.err) == (2, "没有评分表可以采用。请先收齐并执行 qtool collect。[C09]\n")


@pytest.fixture
def mixed(root: Path) -> Path:
    """Return a campaign with one good file in its inbox, a half-filled, a foreign, a damaged and a locked-out one."""
    inbox = root / INBOX
    fill(root, POLICE)
    half = layout(root, TRADE)
    blank(fill(root, TRADE, inbox / "半份.xlsx"), half, list(half.inputs)[:2])
    shutil.copyfile(root / PLAN, inbox / "别的.xlsx")
    whole = fill(root, HEALTH, inbox / "损坏.xlsx")
    whole.write_bytes(whole.read_bytes()[:5000])
    (inbox / "~$半份.xlsx").write_bytes(b"lock of Excel")
    (inbox / "x.xlsx").mkdir()
    (inbox / "空.xlsx").write_bytes(b"")
    return root


def test_good_and_bad_files_are_sorted_and_nothing_that_came_is_changed(mixed: Path) -> None:
    before = snapshot(mixed / INBOX)
    said = shell("collect", at=mixed)
    assert said.code == 1
    assert "应收13份，收到5份，采用1份，需改正4份，还缺12份" in said.out
    assert snapshot(mixed / INBOX) == before
    assert accepted(mixed) == {f"评分表-{POLICE}.xlsx"}
    copied = mixed / ACCEPTED / f"评分表-{POLICE}.xlsx"
    assert copied.read_bytes() == (mixed / INBOX / copied.name).read_bytes()
    assert set(notes(mixed)) == {f"{name}.xlsx{NOTE}" for name in ("半份", "别的", "损坏", "空")}
    assert "市商务局：\n收到的《半份.xlsx》还不能采用，请改正后重新交回：" in notes(mixed)[f"半份.xlsx{NOTE}"]
    assert "随附的《半份.xlsx-请改正.xlsx》" in notes(mixed)[f"半份.xlsx{NOTE}"]
    assert [path.name for path in (mixed / RETURNED).glob("*.xlsx")] == ["半份.xlsx-请改正.xlsx"]
    assert "不是本工具发出的评分表" in notes(mixed)[f"别的.xlsx{NOTE}"]
    assert "文件已损坏或不完整" in notes(mixed)[f"损坏.xlsx{NOTE}"]
    assert "文件是空的" in notes(mixed)[f"空.xlsx{NOTE}"]
    assert (mixed / RETURNED / f"半份.xlsx{NOTE}").read_bytes().startswith(b"\xef\xbb\xbf")  # for the old Notepad


def test_a_second_collect_changes_nothing(mixed: Path) -> None:
    first = qtool("collect", "--campaign", mixed)
    before = snapshot(mixed)
    again = qtool("collect", "--campaign", mixed)
    assert snapshot(mixed) == before
    assert again.out == first.out
    assert (first.code, again.code) == (1, 1)


def test_a_mended_file_is_accepted_and_its_note_goes(mixed: Path) -> None:
    qtool("collect", "--campaign", mixed)
    fill(mixed, TRADE, mixed / INBOX / "半份.xlsx")
    said = qtool("collect", "--campaign", mixed, "--json").data["data"]
    assert said["accepted"][TRADE]["file"] == "半份.xlsx"
    assert f"半份.xlsx{NOTE}" not in notes(mixed)
    assert accepted(mixed) == {f"评分表-{POLICE}.xlsx", f"评分表-{TRADE}.xlsx"}


def test_a_later_incomplete_file_does_not_supersede_a_good_one(root: Path, tmp_path: Path) -> None:
    fill(root, POLICE)
    qtool("collect", "--campaign", root)
    good = snapshot(root / ACCEPTED)
    at = layout(root, POLICE)
    later = blank(fill(root, POLICE, tmp_path / "补交.xlsx"), at, list(at.inputs)[:1])
    said = qtool("collect", later, "--campaign", root)
    assert said.code == 1
    assert "放进收件箱1份" in said.out
    assert "采用1份，需改正1份" in said.out
    assert snapshot(root / ACCEPTED) == good


def test_of_two_good_files_the_later_counts_and_that_is_said(root: Path) -> None:
    early = fill(root, POLICE)
    os.utime(early, (1_700_000_000, 1_700_000_000))
    fill(root, POLICE, root / INBOX / "第二次.xlsx", seed=8)
    said = qtool("collect", "--campaign", root, "--json")
    assert said.code == 0
    assert "S15" in said.codes
    assert said.data["data"]["accepted"][POLICE]["file"] == "第二次.xlsx"
    (root / INBOX / "第二次.xlsx").unlink()
    again = qtool("collect", "--campaign", root, "--json")
    assert again.data["data"]["accepted"][POLICE]["file"] == early.name
    assert (root / ACCEPTED / early.name).read_bytes() == early.read_bytes()


def test_files_from_elsewhere_are_copied_in_once(root: Path, tmp_path: Path) -> None:
    away = tmp_path / "下载 目录"
    away.mkdir()
    one, other = fill(root, POLICE, away / "评分表.xlsx"), tmp_path / "评分表.xlsx"
    fill(root, TRADE, other)
    before = snapshot(away)
    said = qtool("collect", one, other, one, "--campaign", root)
    assert "放进收件箱2份" in said.out
    assert snapshot(away) == before
    assert {path.name for path in (root / INBOX).iterdir()} == {"评分表.xlsx", "评分表（2）.xlsx"}
    assert "放进收件箱" not in qtool("collect", one, other, "--campaign", root).out
    assert [entry["source"] for entry in history(root, "收件")] == ["评分表.xlsx", "评分表.xlsx"]


def test_what_is_no_workbook_stays_outside_and_is_named(root: Path, tmp_path: Path) -> None:
    (tmp_path / "扫描件.pdf").write_bytes(b"%PDF")
    good = fill(root, POLICE, tmp_path / "评分表.xlsx")
    said = qtool("collect", tmp_path / "扫描件.pdf", good, "--campaign", root, "--json")
    assert (said.code, said.codes) == (1, ["C16"])
    assert POLICE in said.data["data"]["accepted"]
    assert [path.name for path in (root / INBOX).iterdir()] == ["评分表.xlsx"]
    absent = qtool("collect", good, tmp_path / "没有.xlsx", tmp_path, "--campaign", root)
    assert (absent.code, absent.err.count("[C11]")) == (2, 2)


def test_the_longest_name_that_a_folder_takes(root: Path) -> None:
    longest = f"{'长' * 83}.xlsx"
    fill(root, POLICE, root / INBOX / longest)
    said = qtool("collect", "--campaign", root, "--json")
    assert said.data["data"]["accepted"][POLICE]["file"] == longest
    assert accepted(root) == {f"评分表-{POLICE}.xlsx"}
    for number in (1, 2):
        (root / INBOX / f"{'坏' * 82}{number}.xlsx").write_bytes(b"no workbook" * number)
    refused = qtool("collect", "--campaign", root, "--json")
    assert (refused.code, refused.codes) == (1, ["S05", "S05"])
    assert len(notes(root)) == 2
    assert qtool("collect", "--campaign", root).code == 1


def test_a_name_that_is_no_text(root: Path) -> None:
    Path(os.fsdecode(os.fsencode(root / INBOX) + "/评分.xlsx".encode("gbk"))).write_bytes(b"no workbook")
    said = shell("collect", at=root)
    assert (said.code, "[S05]" in said.out, said.err) == (1, True, "")
    assert len(notes(root)) == 1
    assert shell("collect", "--json", at=root).codes == ["S05"]


def test_relative_paths_with_chinese_and_spaces(root: Path, tmp_path: Path) -> None:
    fill(root, POLICE, tmp_path / "一 份.xlsx")
    said = shell("collect", "一 份.xlsx", "--campaign", root.name, at=tmp_path)
    assert "采用1份" in said.out
    assert shell("status", "--campaign", "../质量 考核/.", at=root).code == 0


WATCHED = """
import os, sys
from pathlib import Path
from qtool.cli import main
gone = Path(sys.argv[1])
def watch(event, arguments):
    if event == "open" and str(arguments[0]).endswith(gone.name) and gone.exists():
        os.unlink(gone)
sys.addaudithook(watch)
main(["collect", "--json", "--campaign", sys.argv[2]])
"""


def test_a_file_that_goes_away_while_it_is_read_does_not_stop_the_rest(root: Path) -> None:
    fill(root, POLICE)
    gone = fill(root, TRADE, root / INBOX / "会消失.xlsx")
    done = subprocess.run([sys.executable, "-c", WATCHED, str(gone), str(root)], capture_output=True, check=False)
    said = Said(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert said.code == 1
    assert said.codes == ["S05"]
    assert "打不开：文件或文件夹不在了" in said.out
    assert list(said.data["data"]["accepted"]) == [POLICE]


# --- status ---------------------------------------------------------------------------------------------------------


def states(data: dict[str, Any]) -> dict[str, str]:
    return {row["department"]: row["state"] for row in data["departments"]}


def test_status_tells_how_far_everybody_is_and_writes_nothing(mixed: Path) -> None:
    before = snapshot(mixed)
    said = shell("status", at=mixed)
    assert said.code == 0
    assert "应收13份，收到5份，采用1份，需改正4份，还缺12份" in said.out
    assert "最近一步：" in said.out
    data = qtool("status", "--campaign", mixed, "--json").data["data"]
    assert len(data["departments"]) == 13
    assert (states(data)[POLICE], states(data)[TRADE], states(data)[HEALTH]) == ("已收到", "已收到", "未交回")
    assert snapshot(mixed) == before
    qtool("collect", "--campaign", mixed)
    data = qtool("status", "--campaign", mixed, "--json").data["data"]
    assert (states(data)[POLICE], states(data)[TRADE], states(data)[HEALTH]) == ("已采用", "已退回", "未交回")


def test_status_before_sheets_were_made(tmp_path: Path) -> None:
    qtool("new", tmp_path / "甲")
    said = qtool("status", "--campaign", tmp_path / "甲")
    assert said.code == 0
    assert said.out.count("未生成") == 13


def test_everything_collected_leads_on_to_the_tally(root: Path) -> None:
    fill_all(root)
    said = qtool("collect", "--campaign", root)
    assert said.code == 0
    assert "应收13份，收到13份，采用13份，需改正0份，还缺0份" in said.out
    assert "下一步：qtool tally" in said.out
    assert len(history(root, "采用")) == 13
    assert json.loads((root / "journal.jsonl").read_text("utf-8").splitlines()[-1])["sha256"]
    assert (root / SETTINGS).is_file()
    assert (root / TALLY).is_dir()
