"""The approval of a result through the command line, and the documents that wait for it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import docx
import pytest
from cli_cases import POLICE, TRADE, edit, fill, fill_all, prepared, qtool, rehearsed, snapshot
from document_cases import text_of
from docx.shared import Mm
from judge import office_or_skip
from openpyxl import load_workbook

from qtool.documents.feedback import check_sentences
from qtool.reports.review import CHECKED
from qtool.tally.record import APPROVED, REVISED, fingerprint, standing_approval
from qtool.workspace import ACCEPTED, DOCUMENTS, JOURNAL, TALLY

pytestmark = pytest.mark.lengthy

ADJUSTMENTS = f"{TALLY}/人工调整.xlsx"
REQUEST, CIRCULAR = "关于2022年度质量工作考核结果建议的请示.docx", "关于2022年度质量工作考核结果的通报.docx"
NOTE = "随政函〔2023〕5号，市政府批准"


@pytest.fixture
def tallied(tmp_path: Path) -> Path:
    """A campaign with every sheet accepted and tallied, not approved."""
    root = prepared(tmp_path)
    fill_all(root)
    assert qtool("collect", "--campaign", root).code == 0
    assert qtool("tally", "--campaign", root).code == 0
    return root


@pytest.fixture
def approved(tmp_path: Path) -> Path:
    """A rehearsed campaign, which is approved."""
    return rehearsed(tmp_path)


def documents(root: Path, *more: str) -> Any:
    """Return what `documents` says, without PDF and without the warning of missing typefaces."""
    said = qtool("documents", "--campaign", root, "--no-pdf", *more, "--json")
    return said.code, [code for code in said.codes if code != "D08"], said.data["said"]


def main_documents(root: Path) -> set[str]:
    return {path.name for path in (root / DOCUMENTS).glob("关于*.docx")}


def entries(root: Path, what: str) -> list[dict[str, Any]]:
    lines = (root / JOURNAL).read_text("utf-8").splitlines()
    return [entry for line in lines if (entry := json.loads(line))["what"] == what]


def change(root: Path, marks: float = -1) -> None:
    """Take marks off by hand."""
    edit(root / ADJUSTMENTS, "人工调整", {"A2": "随县", "B2": marks, "D2": "材料迟报"})


# --- approval -------------------------------------------------------------------------------------------------------


def test_an_approval_stands_in_journal_workbook_and_on_the_screen(tallied: Path) -> None:
    assert "这一结果还没有批准" in qtool("tally", "--campaign", tallied).out
    said = qtool("tally", "--campaign", tallied, "--approve", NOTE)
    assert said.code == 0
    assert f"已登记批准：{NOTE}" in said.out
    (entry,) = entries(tallied, APPROVED)
    kept = json.loads((tallied / TALLY / "记录" / f"{entry['record']}.json").read_text("utf-8"))
    assert (entry["note"], entry["fingerprint"]) == (NOTE, fingerprint(kept))
    assert entry["who"]
    cells = [
        cell for row in load_workbook(tallied / TALLY / "汇总表.xlsx").worksheets[0].values for cell in row if cell
    ]
    assert any(str(cell).startswith("本结果已经批准：") and NOTE in str(cell) for cell in cells)
    before = snapshot(tallied)
    again = qtool("tally", "--campaign", tallied)
    assert "这一结果已经批准" in again.out
    assert NOTE in again.out
    assert "没有重复登记" in qtool("tally", "--campaign", tallied, "--approve", "又一次").out
    after = snapshot(tallied)
    assert {name for name in after if after[name][0] != before.get(name, ("",))[0]} <= {f"{TALLY}/汇总表.xlsx"}


def test_what_cannot_be_approved(tmp_path: Path) -> None:
    root = prepared(tmp_path)
    for note, codes in ((NOTE, ["C09"]), ("  ", ["T09"])):
        said = qtool("tally", "--campaign", root, "--approve", note, "--json")
        assert (said.code, said.codes) == (2, codes)
    fill_all(root, POLICE, TRADE)
    qtool("collect", "--campaign", root)
    said = qtool("tally", "--campaign", root, "--approve", NOTE, "--json")
    assert (said.code, said.codes) == (2, ["T06"])
    assert POLICE in said.data["faults"][0]["message"]
    fill(root, POLICE)
    fill(root, TRADE)
    qtool("collect", "--campaign", root)
    for _ in range(2):
        said = qtool("tally", "--campaign", root, "--approve", NOTE, "--json")
        assert (said.code, said.codes) == (2, ["T08"])
    qtool("tally", "--campaign", root)
    change(root)
    said = qtool("tally", "--campaign", root, "--approve", NOTE, "--json")
    assert (said.code, said.codes) == (2, ["T08"])
    assert entries(root, APPROVED) == []
    both = qtool("tally", "--campaign", root, "--approve", NOTE, "--revise", "理由", "--json")
    assert (both.code, both.codes) == (2, ["T10"])
    empty = qtool("tally", "--campaign", root, "--revise", "", "--json")
    assert (empty.code, empty.codes) == (2, ["T09"])


def test_an_approved_result_changes_only_with_a_reason(approved: Path) -> None:
    change(approved)
    before = snapshot(approved)
    for options in ((), ("--force",), ("--against", "汇总-0001")):
        refused = qtool("tally", "--campaign", approved, *options, "--json")
        assert (refused.code, refused.codes) == (2, ["T07"])
        assert "随县　总分：" in refused.data["faults"][0]["message"].replace(" ", "　")
        assert snapshot(approved) == before
    said = qtool("tally", "--campaign", approved, "--revise", "更正迟报扣分")
    assert said.code == 0
    assert "原来的批准不再有效" in said.out
    assert "这一结果还没有批准" in said.out
    assert [entry["reason"] for entry in entries(approved, REVISED)] == ["更正迟报扣分"]
    assert (approved / TALLY / "记录" / "汇总-0002.json").is_file()
    assert documents(approved)[2][-2].startswith("结果还没有批准，没有生成通报和反馈函")
    assert qtool("tally", "--campaign", approved, "--approve", "随政函〔2023〕6号").code == 0
    change(approved, -2)
    assert qtool("tally", "--campaign", approved, "--json").codes == ["T07"]


def test_a_revision_of_nothing_changes_nothing(tallied: Path) -> None:
    assert "没有批准过的结果" in qtool("tally", "--campaign", tallied, "--revise", "理由").out
    qtool("tally", "--campaign", tallied, "--approve", NOTE)
    assert "没有修订" in qtool("tally", "--campaign", tallied, "--revise", "理由").out
    assert entries(tallied, REVISED) == []


def test_a_campaign_that_was_copied_elsewhere_is_still_approved(approved: Path) -> None:
    for path in (approved / ACCEPTED).iterdir():
        path.touch()
    said = qtool("tally", "--campaign", approved)
    assert said.code == 0
    assert "这一结果已经批准" in said.out


def test_a_revision_ends_an_approval_and_a_new_one_begins_another() -> None:
    one = {"when": "2023-01-20T09:00:00+08:00", "what": APPROVED, "who": "甲", "note": "一", "record": "汇总-0001"}
    two = one | {"note": "二", "fingerprint": "b"}
    assert standing_approval([]) is None
    assert standing_approval([one, {"when": one["when"], "what": REVISED}]) is None
    found = standing_approval([one, {"when": one["when"], "what": REVISED}, two])
    assert found is not None
    assert (found.note, found.fingerprint) == ("二", "b")
    assert str(found) == "2023年1月20日，二（登记人：甲）"


# --- documents ------------------------------------------------------------------------------------------------------


def test_the_notices_need_no_result(tmp_path: Path) -> None:
    root = prepared(tmp_path)
    code, codes, said = documents(root)
    assert (code, codes) == (0, [])
    assert said[0] == "还没有可以采用的评分表，这次只生成通知"
    assert main_documents(root) == set()
    assert len(list((root / DOCUMENTS / "通知").glob("*.docx"))) == 2
    before = snapshot(root / DOCUMENTS / "通知")
    assert "生成0份公文，2份没有变化，在“6-公文”" in documents(root)[2]
    assert snapshot(root / DOCUMENTS / "通知") == before


def test_the_circular_waits_for_the_approval(tallied: Path) -> None:
    code, codes, said = documents(tallied)
    assert (code, codes) == (0, [])
    assert "结果还没有批准，没有生成通报和反馈函" in said
    assert main_documents(tallied) == {REQUEST}
    qtool("tally", "--campaign", tallied, "--approve", NOTE)
    documents(tallied)
    assert main_documents(tallied) == {REQUEST, CIRCULAR}
    assert len(list((tallied / DOCUMENTS / "反馈函").glob("*.docx"))) == 5
    (approval,) = entries(tallied, APPROVED)
    year, month, day = map(int, approval["when"][:10].split("-"))
    assert f"{year}年{month}月{day}日" in text_of(tallied / DOCUMENTS / CIRCULAR).splitlines()


def test_the_feedback_tells_what_the_check_of_reports_found(approved: Path) -> None:
    told = {
        path.stem.removeprefix("反馈函-"): text_of(path) for path in (approved / DOCUMENTS / "反馈函").glob("*.docx")
    }
    found = {entry["assessee"]: entry for entry in entries(approved, CHECKED)}
    assert set(told) == set(found)
    for who, text in told.items():
        assert "三、自评报告和印证材料检查情况" in text
        assert "四、整改要求" in text
        for kind in ("errors", "warnings"):
            assert all(message in text for message in found[who][kind])
        if not found[who]["errors"] and not found[who]["warnings"]:
            assert "自评报告和印证材料经检查，没有发现须改正的问题。" in text


def test_findings_are_counted_and_the_longest_lists_cut() -> None:
    (one,) = check_sentences([], [])
    assert one.text == "自评报告和印证材料经检查，没有发现须改正的问题。"
    must, may = check_sentences(["缺少标题。"], [f"事项{number}" for number in range(12)])
    assert must.text == "须改正的问题1处：缺少标题。"
    assert may.text.startswith("请予核对的事项12处：事项0；")
    assert may.text.endswith("事项9；等等。")


def test_a_provisional_result_is_only_asked_about(tmp_path: Path) -> None:
    root = prepared(tmp_path)
    fill_all(root, POLICE)
    qtool("collect", "--campaign", root)
    qtool("tally", "--campaign", root)
    code, codes, said = documents(root)
    assert (code, codes) == (0, ["D03"])
    assert "还没有收齐评分，结果是暂定的，没有生成通报和反馈函" in said
    text = text_of(root / DOCUMENTS / REQUEST)
    assert "【暂定】" in text
    assert f"尚缺{POLICE}的评分" in text


def test_an_approved_result_that_changed_is_not_circulated(approved: Path) -> None:
    kept = (approved / DOCUMENTS / CIRCULAR).read_bytes()
    change(approved)
    said = documents(approved)[2]
    assert any("与批准的" in line and "没有生成通报和反馈函" in line for line in said)
    assert (approved / DOCUMENTS / CIRCULAR).read_bytes() == kept


def test_what_did_not_change_is_not_written_again(approved: Path) -> None:
    before = snapshot(approved / DOCUMENTS)
    assert "生成0份公文，9份没有变化，在“6-公文”" in documents(approved)[2]
    after = snapshot(approved / DOCUMENTS)
    assert {name: after[name][0] for name in after} == {name: before[name][0] for name in before}
    same = [name for name in before if "模板" not in name and name.endswith("docx")]
    assert {name: after[name] for name in same} == {name: before[name] for name in same}


def edited(path: Path, text: str) -> bytes:
    """Change a document as its user would, and return what stands there then."""
    document = docx.Document(str(path))
    document.add_paragraph(text)
    document.save(str(path))
    return path.read_bytes()


def test_what_the_office_changed_stays(approved: Path) -> None:
    circular = approved / DOCUMENTS / CIRCULAR
    own = edited(circular, "办公室加的话")
    assert documents(approved)[1] == []
    assert circular.read_bytes() == own
    assert not list((approved / DOCUMENTS).glob("*新稿*"))
    change(approved)
    qtool("tally", "--campaign", approved, "--revise", "更正")
    qtool("tally", "--campaign", approved, "--approve", NOTE)
    assert documents(approved)[1] == ["D09"]
    assert circular.read_bytes() == own
    fresh = circular.with_stem(f"{circular.stem}（新稿）")
    assert "材料迟报" in text_of(fresh)
    assert documents(approved)[1] == []
    edited(fresh, "又改")
    change(approved, -2)
    qtool("tally", "--campaign", approved, "--revise", "再更正")
    qtool("tally", "--campaign", approved, "--approve", NOTE)
    assert documents(approved)[1] == ["D09"]
    assert circular.with_stem(f"{circular.stem}（新稿2）").is_file()


def test_a_document_whose_entry_was_lost_is_not_taken_for_the_offices_own(approved: Path) -> None:
    journal = approved / JOURNAL
    lines = journal.read_text("utf-8").splitlines(keepends=True)
    journal.write_text("".join(line for line in lines if "生成公文" not in line), encoding="utf-8")
    documents(approved)
    change(approved)
    qtool("tally", "--campaign", approved, "--revise", "更正")
    qtool("tally", "--campaign", approved, "--approve", NOTE)
    assert documents(approved)[1] == []
    assert "材料迟报" in text_of(approved / DOCUMENTS / CIRCULAR)


def test_templates_are_copied_for_changing(approved: Path) -> None:
    said = qtool("documents", "--campaign", approved, "--templates")
    assert "复制了10份模板到“模板”" in said.out
    own = edited(approved / "模板" / "通报.docx", "模板里加的话")
    (approved / "模板" / "请示.docx").unlink()
    said = qtool("documents", "--campaign", approved, "--templates")
    assert "复制了1份模板到“模板”，9份已经在那里，没有改动" in said.out
    assert (approved / "模板" / "通报.docx").read_bytes() == own
    documents(approved)
    assert "模板里加的话" in text_of(approved / DOCUMENTS / CIRCULAR)


def test_without_libreoffice_there_is_one_sentence(approved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(approved))
    said = qtool("documents", "--campaign", approved, "--json")
    assert said.code == 0
    assert [line for line in said.data["said"] if "PDF" in line] == [
        "没有装 LibreOffice，没有转成 PDF；需要 PDF 时，可以在 Word 或 WPS 中另存"
    ]
    assert "D10" not in said.codes


@pytest.mark.office
def test_pdf_files_lie_beside_the_documents_and_follow_them(approved: Path) -> None:
    office_or_skip()
    letters = approved / DOCUMENTS / "反馈函"
    shutil.rmtree(letters)
    (approved / DOCUMENTS / REQUEST).unlink()
    said = qtool("documents", "--campaign", approved)
    assert "9份公文转成了 PDF" in said.out
    made = set((approved / DOCUMENTS).rglob("*.pdf"))
    sources = [p for p in (approved / DOCUMENTS).rglob("*.docx") if "自评材料" not in str(p.parent)]
    assert made == {path.with_suffix(".pdf") for path in sources}
    assert all(path.read_bytes().startswith(b"%PDF") for path in made)
    assert "转成了 PDF" not in qtool("documents", "--campaign", approved).out
    edited(letters / "反馈函-随县.docx", "办公室加的话")
    assert "1份公文转成了 PDF" in qtool("documents", "--campaign", approved).out


def test_a_template_that_leaves_the_standard_is_said_and_used(tallied: Path) -> None:
    assert qtool("documents", "--campaign", tallied, "--templates").code == 0
    template = tallied / "模板" / "请示.docx"
    document = docx.Document(str(template))
    document.sections[0].left_margin = Mm(20)
    document.save(str(template))
    code, codes, _ = documents(tallied)
    assert (code, codes) == (0, ["D32"])
    assert (tallied / DOCUMENTS / REQUEST).is_file()
