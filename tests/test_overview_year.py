"""What the window says to do next, through a whole year of a campaign, and in what may come between."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest
from cli_cases import POLICE, TRADE, edit, fill, fill_all, prepared, rehearsed, row_of, until
from mail_cases import with_addresses
from test_decide import half

from qtool.actions import ACTIONS
from qtool.actions.action import Request
from qtool.state.campaign_state import CampaignState
from qtool.state.file_cache import FileCache
from qtool.state.overview import overview
from qtool.state.view import Overview, Step
from qtool.workspace import ACCEPTED, DOCUMENTS, INBOX, PLAN, SHEETS, TALLY, open_campaign

pytestmark = pytest.mark.lengthy

ADJUSTMENT = {"A2": "随县", "B2": 0.5, "D2": "查实加分", "E2": "办公室", "F2": "2023-01-15"}


def run(root: Path, name: str, **options: Any) -> None:
    """Run an action as the window does."""
    next(action for action in ACTIONS if action.name == name).run(Request(root, options))


def sent(root: Path, *but: str) -> None:
    """Note that the sheets were sent, as the ledger does."""
    campaign = open_campaign(root)
    made = {e["department"]: e for e in campaign.history() if e["what"] == "生成评分表"}
    for name, entry in made.items():
        if name not in but:
            campaign.journal("发出", department=name, version=entry["version"], sha256=entry["sha256"])


class Year:
    """A campaign and what is remembered of it; every look is compared with one that remembers nothing."""

    def __init__(self, root: Path) -> None:
        self.root, self.memory = root, FileCache()

    def see(self) -> Overview:
        seen = overview(CampaignState(self.root, self.memory))
        assert overview(CampaignState(self.root)) == seen
        assert all(len(step.progress) <= 22 and 0 < len(step.button) <= 8 for step in seen.steps)
        assert all(step.why or step.stage.name == "DONE" for step in seen.steps)
        return seen

    def step(self, name: str) -> Step:
        return next(step for step in self.see().steps if step.name == name)

    def at(self, name: str) -> tuple[str, str]:
        step = self.step(name)
        return step.stage.name, step.does

    @property
    def next(self) -> tuple[str, str]:
        seen = self.see()
        return seen.next or "", next((step.does for step in seen.steps if step.name == seen.next), "")


@pytest.fixture
def year(tmp_path: Path) -> Year:
    return Year(prepared(tmp_path))


def test_a_whole_year(year: Year) -> None:
    root = year.root
    until(root, 10)
    assert year.next == ("sheets", "sheets")
    assert year.step("sheets").progress == "方案改了，13份要重新生成"
    assert year.at("send")[0] == "BLOCKED"
    run(root, "sheets")
    assert year.next == ("send", "drafts")
    assert (year.see().deadline, year.see().days_left) == (
        year.memory.plan(open_campaign(root).plan)[0].plan.facts.deadline,
        10,
    )
    run(root, "send")
    assert year.next == ("send", "mark-sent")
    sent(root, POLICE)
    assert year.step("send").progress == "已发12/13"
    run(root, "decide", department=POLICE, sent=True)
    assert year.at("send")[0] == "DONE"
    assert (year.see().next, year.at("collect"), year.see().counts["已发出"]) == (None, ("WAITING", "import"), 13)
    fill_all(root, TRADE)
    half(root / INBOX / f"评分表-{POLICE}.xlsx")
    assert year.next == ("collect", "collect")
    assert year.at("tally") == ("WAITING", "tally")
    run(root, "collect")
    assert year.next == ("collect", "remind")
    assert year.step("collect").progress == "已采用11/13，需改正1"
    run(root, "send", remind=True)
    assert (year.see().next, year.at("collect")) == (None, ("WAITING", "import"))
    run(root, "tally")
    assert year.step("tally").progress == "暂定结果"
    results = year.see().results
    assert results is not None
    assert results.provisional
    assert not results.outdated
    fill(root, TRADE)
    fill(root, POLICE, root / INBOX / "公安局改正.xlsx")
    assert year.next == ("collect", "collect")
    run(root, "collect")
    assert year.step("collect").progress == "13份全部采用"
    assert year.next == ("tally", "tally")
    run(root, "tally")
    assert year.next == ("documents", "documents")
    assert year.step("documents").progress == "要生成请示"
    run(root, "documents", no_pdf=True)
    assert year.next == ("tally", "approve")
    assert year.at("documents") == ("WAITING", "open-documents")
    run(root, "tally", approve="随政函〔2023〕1号，市领导")
    assert year.next == ("documents", "documents")
    run(root, "documents", no_pdf=True)
    seen = year.see()
    assert (seen.next, [step.stage.name for step in seen.steps]) == (None, ["DONE"] * 6)
    assert "随政函" in (seen.results.approved if seen.results else "")
    (root / DOCUMENTS / "关于2022年度质量工作考核结果的通报.docx").unlink()
    assert year.next == ("documents", "documents")


@pytest.fixture
def done(tmp_path: Path) -> Year:
    return Year(rehearsed(tmp_path))


def test_a_rehearsed_year_has_nothing_left_to_do(done: Year) -> None:
    seen = done.see()
    assert (seen.next, {step.stage.name for step in seen.steps}) == (None, {"DONE"})
    assert seen.results is not None
    assert [line.rank for line in seen.results.lines] == sorted(line.rank for line in seen.results.lines)
    assert all(0 < line.part <= 1 and len(line.areas) == len(seen.results.heads) for line in seen.results.lines)
    assert seen.counts["已采用"] == seen.counts["应收"] == 13
    assert not seen.results.outdated
    assert seen.recent[0].endswith("公文齐备")
    assert not seen.mail


def test_a_plan_changed_after_the_end_asks_for_its_sheets_again(done: Year) -> None:
    plan = done.root / PLAN
    row = row_of(plan, "评分细则", 单位="%")
    edit(plan, "评分细则", {f"F{row}": "改了的填报项名称"})
    seen = done.see()
    assert (seen.next, done.step("sheets").progress) == ("sheets", "方案改了，1份要重新生成")
    assert done.at("tally") == ("WAITING", "revise")  # the department's answers come first
    assert seen.results is not None
    assert seen.results.outdated


def test_a_new_deadline_after_the_end_spoils_no_sheet(done: Year) -> None:
    until(done.root, 30)
    assert done.at("sheets") == ("DONE", "sheets")
    assert done.step("sheets").progress == "13份，已采用的仍有效"
    assert done.at("send")[0] == done.at("collect")[0] == "DONE"


def test_an_adjustment_makes_the_result_another(done: Year) -> None:
    path = done.root / TALLY / "人工调整.xlsx"
    edit(path, "人工调整", ADJUSTMENT)
    assert done.at("tally") == ("DUE", "revise")
    run(done.root, "tally", revise="查实")
    assert done.next == ("documents", "documents")
    edit(path, "人工调整", {"A2": "没有的县"})
    assert done.at("tally") == ("DUE", "open-adjustments")
    assert [(p.source, p.path, p.sheet, p.cell) for p in done.see().problems][-1] == ("汇总", path, "人工调整", "A2")


def test_saving_the_adjustments_without_a_change_changes_nothing(done: Year) -> None:
    edit(done.root / TALLY / "人工调整.xlsx", "人工调整", {})
    assert done.see().next is None


def test_a_workbook_of_the_tally_that_is_gone_is_made_again(done: Year) -> None:
    (done.root / TALLY / "汇总表.xlsx").unlink()
    assert done.see().next == "tally"


@pytest.mark.parametrize("content", ["{", '{"format": 1}'])
def test_a_record_that_cannot_be_read_is_a_problem(done: Year, content: str) -> None:
    record = done.root / TALLY / "记录" / "汇总-0001.json"
    record.write_text(content, "utf-8")
    seen = done.see()
    assert seen.results is None
    assert done.step("tally").progress == "汇总记录读不了"
    assert [problem.path for problem in seen.problems if problem.source == "汇总"] == [record]


def test_documents_that_a_broken_template_stops_are_still_due(done: Year) -> None:
    run(done.root, "documents", templates=True)
    (done.root / DOCUMENTS / "关于2022年度质量工作考核结果的通报.docx").unlink()
    template = done.root / "模板" / "通报.docx"
    whole = template.read_bytes()
    template.write_bytes(b"broken")
    run(done.root, "documents", no_pdf=True)
    assert done.next == ("documents", "documents")
    template.write_bytes(whole)
    run(done.root, "documents", no_pdf=True)
    assert done.see().next is None


def test_a_better_file_is_to_be_collected_and_tallied(done: Year) -> None:
    later = fill(done.root, POLICE, done.root / INBOX / "市公安局（更正）.xlsx", seed=99)
    os.utime(later, (time.time(), time.time()))
    assert done.next == ("collect", "collect")
    run(done.root, "collect")
    assert done.next == ("tally", "revise")


def test_a_sheet_that_was_changed_or_lost_is_made_again(year: Year) -> None:
    (year.root / SHEETS / f"评分表-{POLICE}.xlsx").unlink()
    assert year.next == ("sheets", "sheets")
    assert year.step("sheets").progress == "1份要生成"


def test_what_was_accepted_counts_when_the_inbox_is_cleared(done: Year) -> None:
    for path in (done.root / INBOX).iterdir():
        path.unlink()
    assert done.see().next is None
    assert done.see().rows[0].opens == done.root / ACCEPTED / f"评分表-{done.see().rows[0].state.department}.xlsx"


def test_after_the_deadline_the_missing_are_to_be_reminded(year: Year) -> None:
    sent(year.root)
    seen = year.see()
    assert seen.next == "collect"
    assert year.at("collect") == ("DUE", "remind")
    assert {row.missing for row in seen.rows} == {-seen.days_left}
    assert seen.counts["逾期"] == 13
    run(year.root, "send", remind=True)
    assert year.at("collect") == ("WAITING", "import")


def test_with_an_account_letters_are_sent_and_fetched(year: Year) -> None:
    with_addresses(year.root, TRADE)
    settings = year.root / "qtool.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace('# "地址" = "质强办的邮箱@qq.com"', '"地址" = "office@qq.com"'), "utf-8")
    assert year.see().mail
    assert year.next == ("send", "send")
    assert [row.address for row in year.see().rows if row.state.department == TRADE] == [""]
    sent(year.root, TRADE)
    assert year.next == ("send", "drafts")
    assert "没有邮箱地址" in year.step("send").why
    sent(year.root)
    until(year.root, 5)  # which the departments have to be told with a new sheet
    assert year.see().next == "sheets"
    run(year.root, "sheets")
    sent(year.root)
    assert year.at("collect") == ("WAITING", "fetch")
    settings.write_text(text.replace('# "地址" = "质强办的邮箱@qq.com"', '"地址" = 5'), "utf-8")
    assert not year.see().mail
    assert {problem.source for problem in year.see().problems} >= {"设置"}


def test_a_letter_that_may_not_have_gone_is_named(year: Year) -> None:
    with_addresses(year.root)
    settings = year.root / "qtool.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace('# "地址" = "质强办的邮箱@qq.com"', '"地址" = "office@qq.com"'), "utf-8")
    sent(year.root, POLICE)
    open_campaign(year.root).journal("准备发送", kind="评分表", department=POLICE, digest="1", version=1)
    assert year.step("send").why == f"上次给{POLICE}的没有发成，或不能确定"
