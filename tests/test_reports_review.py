"""The command `review`: whose is what, the table, the letters, the links, the journal, and what it proposes."""

from __future__ import annotations

import json
import os
import random
import shutil
import zipfile
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

import docx
import openpyxl
import pytest
from cli_cases import Said, qtool
from document_cases import pdf_pages, templates_with, text_of
from judge import office_or_skip, to_pdf
from report_cases import campaign, given, good_report
from scoring_cases import plan_2022

from qtool.progress import silent
from qtool.reports.demo_answers import Answer, return_material, written_report
from qtool.reports.evidence import EVIDENCE, tree
from qtool.reports.files import Files, Piece, files_in
from qtool.reports.make import file_name
from qtool.reports.returned_files import by_assessee, sort_files
from qtool.workspace import DOCUMENTS, MATERIAL, TALLY

pytestmark = pytest.mark.lengthy

SHORTS = [one.short for one in plan_2022().assessees]
CHECKED = f"{DOCUMENTS}/自评材料检查"


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Said]:
    """Return a campaign in which everybody returned something, two of them with troubles, and what `review` said."""
    root = campaign(tmp_path_factory.mktemp("交"))
    return_material(plan_2022(), given(), root / MATERIAL, 7, silent, broken=True)
    said = qtool("review", "--campaign", root, "--no-pdf", "--json")
    return root, said


def test_everybody_gets_what_it_returned(reviewed: tuple[Path, Said]) -> None:
    root, said = reviewed
    data = said.data
    rows = {row["考核对象"]: row for row in data["data"]["materials"]}
    assert list(rows) == SHORTS
    assert [row["结论"] for row in rows.values()] == ["符合要求", "符合要求", "请核对", "须改正", "须改正"]
    assert [row["期限"] for row in rows.values()] == ["按期", "按期", "逾期", "按期", "按期"]
    found = {(fault["file"], fault["code"]) for fault in data["faults"] if fault["code"][0] == "R"}
    assert found == {
        *((SHORTS[2], "R35"),),
        *((SHORTS[3], code) for code in ("R17", "R28")),
        *((SHORTS[4], code) for code in ("R15", "R19", "R20", "R28", "R30")),
    }
    assert said.code == 1
    assert data["data"]["proposals"] == 3
    assert not list(root.rglob(".qtool-*未完成*"))


def test_the_table_says_the_same(reviewed: tuple[Path, Said]) -> None:
    root, said = reviewed
    book = openpyxl.load_workbook(root / CHECKED / "自评材料检查.xlsx")
    overview, findings = book["汇总"], book["问题清单"]
    heads = [cell.value for cell in overview[3]]
    rows = [dict(zip(heads, [cell.value for cell in row], strict=True)) for row in overview.iter_rows(min_row=4)]
    assert [row["考核对象"] for row in rows] == SHORTS
    assert [row["结论"] for row in rows] == ["符合要求", "符合要求", "请核对", "须改正", "须改正"]
    assert [row["缺少项数"] for row in rows] == [0, 0, 0, 6, 1]
    assert int(str(rows[3]["存在问题字数"])) < 600
    assert str(rows[0]["文件时间"])[:10] <= plan_2022().facts.deadline.isoformat()
    faults = [fault for fault in said.data["faults"] if fault["code"][0] == "R"]
    codes = [str(row[6].value) for row in findings.iter_rows(min_row=4)]
    assert sorted(codes) == sorted(fault["code"] for fault in faults)
    assert findings.auto_filter.ref


def test_each_letter_says_what_is_good_and_what_to_mend(reviewed: tuple[Path, Said]) -> None:
    root, _ = reviewed
    letters = {short: text_of(root / CHECKED / f"自评材料检查函-{short}.docx") for short in SHORTS}
    for assessee in plan_2022().assessees:
        assert f"{assessee.name}：" in letters[assessee.short].splitlines()
    good, late, short, hints = (letters[SHORTS[number]] for number in (0, 2, 3, 4))
    assert "材料符合要求，不用重新报送。" in good
    assert "在截止日期前报送。" in good
    assert "在截止日期前报送。" not in late
    assert "晚于截止日期2023年1月12日" in late
    assert "少于600字" in short
    assert "没有印证材料，请补交" in short
    assert "没有超过5000字" in short
    assert "还留着1处填写提示" in hints
    assert not any("{{" in text or "[R" in text for text in letters.values())


def test_each_department_gets_links_to_its_own(reviewed: tuple[Path, Said]) -> None:
    root, _ = reviewed
    plan = plan_2022()
    lists = sorted((root / CHECKED).glob(f"{EVIDENCE}-*.xlsx"))
    wanted = {folder.partition("/")[0] for folder in tree(plan).values()}
    assert {path.stem.partition("-")[2] for path in lists} == wanted
    for path in lists:
        department = path.stem.partition("-")[2]
        own = {one.code for one in plan.of_department(department)}
        sheet = openpyxl.load_workbook(path).active
        assert sheet is not None
        rows = list(sheet.iter_rows(min_row=4))
        assert {row[0].value for row in rows} <= own
        assert {row[2].value for row in rows} == set(SHORTS)
        for row in rows:
            link = row[3].hyperlink
            if row[3].value == "没有":
                assert link is None
                continue
            assert link is not None
            assert link.target is not None
            target = path.parent / unquote(link.target).replace("\\", "/")
            assert target.resolve().is_file(), link.target
            assert target.name == row[3].value or target.suffix == ".zip"


def test_the_journal_remembers_when_it_was_first_seen(reviewed: tuple[Path, Said]) -> None:
    root, _ = reviewed

    def seen() -> list[dict[str, object]]:
        entries = [json.loads(line) for line in (root / "journal.jsonl").read_text("utf-8").splitlines()]
        return [entry for entry in entries if entry["what"] == "收到自评材料"]

    before = seen()
    assert [entry["assessee"] for entry in before] == SHORTS
    qtool("review", "--campaign", root, "--no-pdf")
    assert seen() == before
    sheet = openpyxl.load_workbook(root / CHECKED / "自评材料检查.xlsx")["汇总"]
    times = [str(row[4].value)[:16] for row in sheet.iter_rows(min_row=4)]
    assert times == [str(entry["when"])[:16].replace("T", " ") for entry in before]


def test_what_came_in_is_never_changed(tmp_path: Path) -> None:
    root = campaign(tmp_path)
    return_material(plan_2022(), given(), root / MATERIAL, 7, silent, broken=False)
    before = {p: (p.read_bytes(), p.stat().st_mtime) for p in (root / MATERIAL).rglob("*") if p.is_file()}
    said = qtool("review", "--campaign", root, "--no-pdf")
    assert said.code == 0
    assert {p: (p.read_bytes(), p.stat().st_mtime) for p in (root / MATERIAL).rglob("*") if p.is_file()} == before


def test_nothing_returned_yet(tmp_path: Path) -> None:
    root = tmp_path / "考核"
    qtool("new", root)
    shutil.rmtree(root / MATERIAL)  # a campaign that was made before there was such a folder
    said = qtool("review", "--campaign", root, "--no-pdf", "--json")
    assert said.code == 1
    assert set(said.codes) - {"D08"} == {"R02", "R26"}
    assert [row["结论"] for row in said.data["data"]["materials"]] == ["未交"] * 5
    letter = text_of(root / CHECKED / f"自评材料检查函-{SHORTS[0]}.docx")
    assert "没有收到" in letter
    assert letter.count("没有交印证材料") == 1
    assert "请补交，没有这项工作的" not in letter  # all of it is asked for at once
    assert "在截止日期前报送" not in letter


def put(path: Path, content: bytes, when: str = "2023-01-10") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    stamp = datetime.fromisoformat(when).timestamp()
    os.utime(path, (stamp, stamp))


def of_first(root: Path) -> dict[str, str]:
    said = qtool("review", "--campaign", root, "--no-pdf", "--json")
    return {f["code"]: f["message"] for f in said.data["faults"] if f["file"] == SHORTS[0]}


def test_several_none_scanned_and_wrong_reports(tmp_path: Path) -> None:
    root = campaign(tmp_path)
    home = root / MATERIAL / SHORTS[0]
    put(home / "自评报告.docx", good_report(), "2023-01-09")
    put(home / "自评报告（盖章扫描件）.pdf", b"%PDF-1.4 %%EOF")
    assert set(of_first(root)) == {"R26"}  # a signed scan beside the document is as it should be
    put(home / "自评报告（修改稿）.docx", good_report(), "2023-01-11")
    said = of_first(root)
    assert set(said) == {"R03", "R26"}
    assert "检查的是《自评报告（修改稿）.docx》" in said["R03"]
    for path in home.glob("*.docx"):
        path.unlink()
    assert set(of_first(root)) == {"R05", "R26"}
    put(home / "报告.docx", good_report(1))
    assert set(of_first(root)) == {"R08", "R26"}


def test_a_report_inside_an_archive_is_found(tmp_path: Path) -> None:
    root = campaign(tmp_path)
    home = root / MATERIAL / SHORTS[0]
    home.mkdir(exist_ok=True)
    with zipfile.ZipFile(home / "全部.zip", "w") as archive:
        archive.writestr("自评报告/随县自评报告.docx", good_report())
        archive.writestr(f"{EVIDENCE}/市公安局/07-02/总结.pdf", b"%PDF-1.4 %%EOF")
    stamp = datetime(2023, 1, 9, 9).timestamp()  # noqa: DTZ001 - the clock on the wall
    os.utime(home / "全部.zip", (stamp, stamp))
    assert set(of_first(root)) == {"R28"}


@pytest.mark.parametrize(
    ("way", "kind"),
    [
        ("随县自评报告.docx", "reports"),
        ("报告.docx", "reports"),
        ("自评报告/最终版.docx", "reports"),
        ("全部.zip/随县自评报告.docx", "reports"),
        ("自评报告盖章.pdf", "scans"),
        ("扫描件.pdf", "scans"),
        ("印证材料/市公安局/07-02/自评情况.docx", "evidence"),
        ("07-02自评情况.docx", "evidence"),
        ("07-02 总结.pdf", "evidence"),
        ("市公安局.zip/总结.docx", "evidence"),
        ("印证材料清单-随县.xlsx", "lists"),
        ("其他/照片.jpg", "evidence"),
    ],
)
def test_files_are_told_apart(way: str, kind: str) -> None:
    *folders, name = way.split("/")
    piece = Piece(tuple(folders), name, 1, None, Path("x"))
    received = sort_files(Files([piece]))
    assert getattr(received, kind) == (piece,)


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("随县", "随县"),
        ("随县人民政府", "随县"),
        ("随县材料（1月10日）", "随县"),
        ("随州高新区", "随州高新区"),
        ("随州高新技术产业开发区管委会", "随州高新区"),
        ("随县和广水市", ""),
        ("某某", ""),
    ],
)
def test_folders_and_loose_files_have_owners(tmp_path: Path, name: str, owner: str) -> None:
    (tmp_path / name).mkdir()
    owners, faults = by_assessee(tmp_path, plan_2022())
    found = [assessee.short for assessee, paths in owners.items() if paths]
    assert found == ([owner] if owner else [])
    assert [fault.code for fault in faults] == ([] if owner else ["R36"])


def test_a_loose_report_at_the_top_is_somebody_s(tmp_path: Path) -> None:
    put(tmp_path / "随县自评报告.docx", good_report())
    owners, _ = by_assessee(tmp_path, plan_2022())
    received = sort_files(files_in(next(iter(owners.values()))))
    assert [piece.name for piece in received.reports] == ["随县自评报告.docx"]


def test_until_when_is_what_the_office_says(tmp_path: Path) -> None:
    root = campaign(tmp_path)
    assert qtool("review", "--campaign", root, "--no-pdf", "--until", "2023-02-03").code == 1
    assert "2023年2月3日前改正" in text_of(root / CHECKED / f"自评材料检查函-{SHORTS[0]}.docx")
    wrong = qtool("review", "--campaign", root, "--no-pdf", "--until", "下周五", "--json")
    assert (wrong.code, wrong.codes) == (2, ["R39"])


def test_a_broken_letter_template_stops_the_letters_alone(tmp_path: Path) -> None:
    root = campaign(tmp_path)
    templates_with(root / "模板", "自评材料检查函.docx", {"{{ 改正要求 }}": "{{ 改正要求求 }}"})
    said = qtool("review", "--campaign", root, "--no-pdf", "--json")
    assert said.codes.count("D01") == 1
    assert (root / CHECKED / "自评材料检查.xlsx").is_file()
    assert not list((root / CHECKED).glob("*.docx"))


def test_the_same_seed_plays_the_same() -> None:
    plan = plan_2022()
    source = given() / SHORTS[0] / file_name(plan.assessees[0])
    one, other = (
        written_report(plan, plan.assessees[0], source, Answer.WHOLE, random.Random(3))  # noqa: S311
        for _ in range(2)
    )
    assert one == other


@pytest.mark.office
def test_printed_letters_and_tables_are_whole(reviewed: tuple[Path, Said], tmp_path: Path) -> None:
    office_or_skip()
    root, _ = reviewed
    names = [f"自评材料检查函-{SHORTS[3]}.docx", "自评材料检查.xlsx", f"{EVIDENCE}-市公安局.xlsx"]
    pages = [pdf_pages(path) for path in to_pdf([root / CHECKED / name for name in names], tmp_path / "pdf")]
    letter, table, links = ("".join(one) for one in pages)
    assert "没有印证材料，请补交" in letter
    assert "随州市" in pages[0][-1]  # the signature is not left out
    assert "须改正" in table
    assert "07-02" in links
    assert "—2—" in letter


def test_the_proposals_wait_for_a_person(reviewed: tuple[Path, Said]) -> None:
    root, _ = reviewed
    sheet = openpyxl.load_workbook(root / TALLY / "建议扣分.xlsx").active
    assert sheet is not None
    heads = [cell.value for cell in sheet[2]]
    rows = [dict(zip(heads, [cell.value for cell in row], strict=True)) for row in sheet.iter_rows(min_row=3)]
    assert [(row["考核对象"], row["是否采用"], row["扣分"]) for row in rows] == [
        (SHORTS[3], None, None),
        (SHORTS[4], None, None),
        (SHORTS[4], None, None),
    ]
    assert all("5000字" in str(row["依据"]) for row in rows)


def test_what_the_office_changed_in_a_letter_stays(tmp_path: Path) -> None:
    root = tmp_path / "考核"
    qtool("new", root)
    qtool("reports", "--campaign", root)
    qtool("review", "--campaign", root, "--no-pdf")
    letter = root / CHECKED / f"自评材料检查函-{SHORTS[0]}.docx"
    written = letter.read_bytes()
    assert "有人改过" not in qtool("review", "--campaign", root, "--no-pdf").out
    assert letter.read_bytes() == written
    document = docx.Document(str(letter))
    document.paragraphs[-3].text = "另请电话告知。"
    document.save(str(letter))
    changed = letter.read_bytes()
    said = qtool("review", "--campaign", root, "--no-pdf")
    assert "1份函有人改过，没有动" in said.out
    assert "D09" not in said.out  # there is nothing new to say
    assert letter.read_bytes() == changed
    put(root / MATERIAL / SHORTS[0] / "自评报告.docx", good_report())
    assert "D09" in qtool("review", "--campaign", root, "--no-pdf").out
    assert letter.read_bytes() == changed
    assert "另请电话告知" not in text_of(letter.with_stem(f"{letter.stem}（新稿）"))


@pytest.mark.office
def test_letters_are_printed_where_there_is_an_office(tmp_path: Path) -> None:
    office_or_skip()
    root = tmp_path / "考核"
    qtool("new", root)
    said = qtool("review", "--campaign", root)
    assert "5份公文转成了 PDF" in said.out
    pages = pdf_pages(root / CHECKED / f"自评材料检查函-{SHORTS[0]}.pdf")
    assert pages
    again = qtool("review", "--campaign", root)
    assert "PDF" not in again.out
