"""What the window shows of a campaign: the board, what is wrong, what is remembered, on real files."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest
from campaign_cases import refused
from cli_cases import HEALTH, POLICE, TRADE, edit, fill, fill_all, prepared, row_of, snapshot, until
from openpyxl import load_workbook
from test_decide import half

from qtool.actions.action import Request
from qtool.actions.collect import collect
from qtool.actions.decide import decide
from qtool.actions.new import new
from qtool.actions.open_problem import place_of
from qtool.actions.sheets import sheets as make
from qtool.progress import Cancelled, Event
from qtool.state.campaign_state import CampaignState
from qtool.state.file_cache import FileCache, token
from qtool.state.overview import overview, recent
from qtool.state.view import Overview, Stage
from qtool.workspace import (
    ACCEPTED,
    DOCUMENTS,
    INBOX,
    JOURNAL,
    OUTBOX,
    PLAN,
    RETURNED,
    SETTINGS,
    SHEETS,
    TALLY,
)

pytestmark = pytest.mark.lengthy


def begun(folder: Path) -> Path:
    """Return a new campaign of the shipped plan."""
    root = folder / "2022年 考核"
    new(Request(root, {"folder": root}))
    return root


def stages(seen: Overview) -> dict[str, str]:
    """Return how far every step is, in one letter."""
    return {step.name: step.stage.name for step in seen.steps}


def test_a_plan_of_another_year_asks_for_this_years_dates(tmp_path: Path) -> None:
    root = begun(tmp_path)
    seen = overview(CampaignState(root, FileCache()))
    plan, sheets = seen.steps[:2]
    assert (seen.next, plan.stage, plan.does) == ("plan", Stage.DUE, "open-plan")
    assert "2022年" in plan.progress
    assert "2023年1月12日已经过了" in plan.why
    assert sheets.stage is Stage.DUE  # which nothing forbids, as when a year is looked at again
    make(Request(root))
    assert overview(CampaignState(root, FileCache())).steps[0].stage is Stage.DONE


def test_a_new_campaign_asks_for_its_sheets(tmp_path: Path) -> None:
    root = begun(tmp_path)
    until(root, 20)
    seen = overview(CampaignState(root, FileCache()))
    assert seen.next == "sheets"
    assert [step.stage for step in seen.steps] == [
        Stage.DONE,
        Stage.DUE,
        Stage.BLOCKED,
        Stage.BLOCKED,
        Stage.BLOCKED,
        Stage.WAITING,
    ]
    assert len(seen.rows) == 13
    assert seen.counts["未生成"] == seen.counts["应收"] == 13


@pytest.mark.parametrize("broken", ["gone", "nonsense"])
def test_a_plan_that_cannot_be_read_is_a_state(tmp_path: Path, broken: str) -> None:
    root = begun(tmp_path)
    plan = root / "考核方案.xlsx"
    if broken == "gone":
        plan.unlink()
    else:
        plan.write_bytes(b"nonsense")
    seen = overview(CampaignState(root, FileCache()))
    assert stages(seen) == {"plan": "DUE"} | dict.fromkeys(
        ("sheets", "send", "collect", "tally", "documents"), "BLOCKED"
    )
    assert [problem.source for problem in seen.problems] == ["方案"]
    assert seen.rows == ()
    assert seen.deadline is None


def test_a_plan_with_errors_lists_them_with_their_cells(tmp_path: Path) -> None:
    root = begun(tmp_path)
    edit(root / PLAN, "考核领域", {"B2": "很多"})
    seen = overview(CampaignState(root, FileCache()))
    assert seen.next == "plan"
    assert seen.steps[0].progress.endswith("处错误")
    assert seen.title == "随州市2022年度质量工作考核方案"
    assert (root / PLAN, "考核领域", "B2") in [(p.path, p.sheet, p.cell) for p in seen.problems]


@pytest.mark.parametrize("settings", ["", "nonsense ["])
def test_unreadable_settings_are_refused(tmp_path: Path, settings: str) -> None:
    root = begun(tmp_path)
    (root / SETTINGS).write_text(settings, "utf-8")
    assert refused(lambda: overview(CampaignState(root))).code == "C07"
    (root / SETTINGS).unlink()
    assert refused(lambda: overview(CampaignState(root))).code == "C01"


def test_nothing_is_written_and_deleted_folders_are_not_missed(tmp_path: Path) -> None:
    root = prepared(tmp_path)
    fill(root, TRADE)
    before = snapshot(root)
    for name in (OUTBOX, DOCUMENTS, RETURNED, ACCEPTED, TALLY):
        shutil.rmtree(root / name, ignore_errors=True)
    overview(CampaignState(root, FileCache()))
    overview(CampaignState(root))
    token(root)
    assert snapshot(root) == {name: found for name, found in before.items() if name.split("/")[0] != TALLY}
    assert not (root / DOCUMENTS).exists()
    shutil.rmtree(root / INBOX)
    assert overview(CampaignState(root)).counts["已收到"] == 0


def returned(folder: Path) -> Path:
    """Return a campaign in which one sheet was accepted, one must be mended, and one is in an archive."""
    root = prepared(folder)
    fill(root, TRADE)
    half(fill(root, POLICE))
    inner = fill(root, HEALTH, folder / "评分表.xlsx")
    with zipfile.ZipFile(root / INBOX / "卫健委.zip", "w") as archive:
        archive.write(half(inner), "评分表.xlsx")
    (root / INBOX / "照片.jpg").write_bytes(b"\xff\xd8\xff\xe0 a picture")
    collect(Request(root))
    return root


def test_the_rows_say_what_can_be_done(tmp_path: Path) -> None:
    root = returned(tmp_path)
    seen = overview(CampaignState(root))
    rows = {row.state.department: row for row in seen.rows}
    good, bad, packed, none = rows[TRADE], rows[POLICE], rows[HEALTH], rows["市教育局"]
    assert good.opens == root / INBOX / f"评分表-{TRADE}.xlsx"
    assert (good.mending, good.list, good.missing) == (None, None, 0)
    assert (good.can_waive, good.can_send_back, good.can_undo) == (False, True, False)
    assert bad.mending
    assert bad.mending.parent == root / RETURNED
    assert bad.list
    assert bad.list.is_file()
    assert (bad.can_waive, bad.can_send_back, bad.missing) == (True, True, -seen.days_left)
    assert packed.opens == root / INBOX / "卫健委.zip"
    assert packed.mending
    assert packed.mending.is_file()
    assert none.opens == root / SHEETS / "评分表-市教育局.xlsx"
    assert (none.can_waive, none.can_send_back) == (False, False)
    assert seen.counted.startswith("应收13份，收到3份，采用1份，需改正2份")


def test_decisions_show_and_can_be_undone(tmp_path: Path) -> None:
    root, memory = returned(tmp_path), FileCache()
    for options, state, can in (
        ({"waive": "说明"}, "带说明采用", (False, True, True)),
        ({"undo": True}, "已退回", (True, True, False)),
        ({"send_back": "重填"}, "已退回", (True, False, True)),
    ):
        overview(CampaignState(root, memory))
        decide(Request(root, {"department": POLICE, **options}))
        row = next(row for row in overview(CampaignState(root, memory)).rows if row.state.department == POLICE)
        assert row.state.state.value == state
        assert (row.can_waive, row.can_send_back, row.can_undo) == can


def test_problems_lead_to_the_cell_in_the_annotated_copy(tmp_path: Path) -> None:
    root = returned(tmp_path)
    seen = overview(CampaignState(root))
    copies = {row.mending for row in seen.rows if row.mending}
    found = [p for p in seen.problems if p.fault.code == "S10"]
    assert {problem.path for problem in found} == copies
    for problem in found:
        assert problem.path
        assert load_workbook(problem.path)[problem.sheet][problem.cell].value is None
        looking = place_of(root, problem)
        assert looking.shown
        assert load_workbook(looking.path).active.title == problem.sheet  # type: ignore[union-attr]
    stranger = next(problem for problem in seen.problems if problem.fault.code == "C16")
    assert stranger.path == root / INBOX / "照片.jpg"
    next((root / RETURNED).iterdir()).unlink()
    assert all(problem.path and problem.path.is_file() for problem in overview(CampaignState(root)).problems)


def test_looking_again_reads_only_what_is_new(tmp_path: Path) -> None:
    root, memory = prepared(tmp_path), FileCache()
    fill_all(root, TRADE, POLICE)
    overview(CampaignState(root, memory))
    assert memory.returns_read == 11
    overview(CampaignState(root, memory))
    assert memory.returns_read == 11
    fill(root, TRADE)
    half(root / INBOX / f"评分表-{HEALTH}.xlsx")
    assert overview(CampaignState(root, memory)) == overview(CampaignState(root))
    assert memory.returns_read == 13
    (root / INBOX / f"评分表-{TRADE}.xlsx").unlink()
    assert overview(CampaignState(root, memory)) == overview(CampaignState(root))
    assert memory.returns_read == 13


def test_another_plan_or_other_settings_forget_what_was_read(tmp_path: Path) -> None:
    root, memory = prepared(tmp_path), FileCache()
    fill_all(root)
    assert overview(CampaignState(root, memory)).counts["已收到"] == 13
    row = row_of(root / PLAN, "评分细则", 单位="%")
    before = (root / PLAN).read_bytes()
    edit(root / PLAN, "评分细则", {f"F{row}": "换了名称"})
    changed = overview(CampaignState(root, memory))
    assert changed == overview(CampaignState(root))
    assert memory.returns_read == 26
    (root / PLAN).write_bytes(before)
    assert overview(CampaignState(root, memory)).counts["已收到"] == 13
    text = (root / SETTINGS).read_text("utf-8")
    (root / SETTINGS).write_text(text.replace('key = "', 'key = "0'), "utf-8")
    assert overview(CampaignState(root, memory)) == overview(CampaignState(root))
    assert overview(CampaignState(root, memory)).counts["已收到"] == 0


def test_breaking_off_keeps_what_was_read(tmp_path: Path) -> None:
    root, memory = prepared(tmp_path), FileCache()
    fill_all(root)

    def report(event: Event) -> None:
        if event.done == 5:
            raise Cancelled

    with pytest.raises(Cancelled):
        overview(CampaignState(root, memory, report))
    told: list[Event] = []
    seen = overview(CampaignState(root, memory, told.append))
    assert (told[0].done, told[0].total) == (1, 8)
    assert seen == overview(CampaignState(root))


def test_a_file_that_could_not_be_read_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, memory = prepared(tmp_path), FileCache()
    path = fill(root, TRADE)
    whole = Path.read_bytes

    def refuse(self: Path) -> bytes:
        if self == path:
            raise PermissionError(13, "in use", str(self))
        return whole(self)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", refuse)
        assert overview(CampaignState(root, memory)).problems[-1].fault.code == "S05"
    assert overview(CampaignState(root, memory)).counts["已收到"] == 1


def test_the_token_tells_every_change_and_nothing_else(tmp_path: Path) -> None:
    root = prepared(tmp_path)
    known = {token(root)}
    assert token(root) in known
    (root / ".qtool.lock").write_text("held", "utf-8")
    (root / INBOX / "~$评分表.xlsx").touch()
    assert token(root) in known
    for path in (
        *(root / name for name in (JOURNAL, SETTINGS, PLAN, f"{TALLY}/人工调整.xlsx")),
        *(root / folder / "新.xlsx" for folder in (SHEETS, OUTBOX, INBOX, ACCEPTED, RETURNED, f"{TALLY}/记录")),
        root / INBOX / "深" / "更深" / "再深" / "最深" / "评分表.xlsx",
        root / DOCUMENTS / "通知" / "通知.docx",
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(path.read_bytes() + b" " if path.exists() else b"")
        assert token(root) not in known, path
        known.add(token(root))


def test_the_last_things_done_are_told_as_sentences() -> None:
    entries = [
        {"when": "2026-11-24T21:05:00+08:00", "what": "生成评分表", "department": name, "version": 1}
        for name in ("市教育局", "市公安局")
    ]
    assert recent(entries) == ("11-24 21:05 生成评分表 市教育局等2个",)
    assert recent(entries[:1]) == ("11-24 21:05 生成评分表 市教育局 第1版",)
    tally = {"when": "2026-11-25T09:00:00+08:00", "what": "汇总", "file": "5-汇总/汇总表.xlsx"}
    assert recent([tally, tally]) == ("11-25 09:00 汇总 汇总表.xlsx",) * 2
    waived = {"when": "2026-11-25T09:30:00+08:00", "what": "带说明采用", "department": "市教育局", "reason": "长" * 99}
    assert recent([*entries, waived])[0] == f"11-25 09:30 带说明采用 市教育局 {'长' * 40}…"
    assert len(recent([tally] * 50)) == 12
