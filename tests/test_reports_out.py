"""What the assessees are given: templates that follow the plan, lists of all that is asked for, folders that fit."""

from __future__ import annotations

import importlib.util
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from cli_cases import qtool
from document_cases import NASTY, pdf_pages, templates_with, text_of
from judge import office_or_skip, to_pdf
from report_cases import given
from scoring_cases import plan_2022
from small_tally import make_plan

from qtool.office.word.reader import read_word
from qtool.progress import Event, silent
from qtool.reports.evidence import (
    EVIDENCE,
    LONGEST_PATH,
    evidence_asks,
    evidence_criteria,
    make_tree,
    safe_name,
    tree,
    zip_tree,
)
from qtool.reports.make import HINT, HINT_STYLE, make_material, report_template
from qtool.reports.material_list import HEADS, NAME
from qtool.resources import template
from qtool.workspace import DOCUMENTS, MATERIAL

TEMPLATE = template("docx/自评报告.docx")


def test_the_report_template_follows_the_plan(tmp_path: Path) -> None:
    plan = make_plan()
    path, faults = report_template(plan, plan.assessees[0], TEMPLATE, tmp_path / "a.docx")
    assert faults == ()
    assert path is not None
    lines = text_of(path).splitlines()
    assert lines[:3] == ["随县人民政府", "2022年度质量工作考核", "自评报告"]
    headings = (
        "一、2022年质量工作情况",
        "（一）质量工作总体情况",
        "（二）省委、省政府关于质量工作决策部署和市委、市政府工作要求落实情况",
        "二、工作亮点",
        "三、存在问题（此部分内容不少于600字）",
        "四、下一步措施",
    )
    places = [lines.index(heading) for heading in headings]
    assert places == sorted(places)
    hint = next(line for line in lines if "5000" in line)
    assert "2023年1月12日" in hint
    assert f"{HINT}质量基础设施（14.2分）：质量基础设施要点1、质量基础设施要点2。" in lines


def test_guidance_can_be_told_from_what_an_author_writes() -> None:
    paragraphs = read_word(TEMPLATE).paragraphs
    hints = [one for one in paragraphs if one.text.startswith(HINT)]
    assert len(hints) == 7
    assert {one.style for one in hints} == {HINT_STYLE}
    rest = {one.style for one in paragraphs if not one.text.startswith((HINT, "{%"))}
    assert HINT_STYLE not in rest
    # under each part there is an empty line of the body's own style to write in
    assert sum(1 for one in paragraphs if one.style == "正文公文" and not one.text) == 5


@pytest.mark.parametrize("short", NASTY)
def test_special_characters_in_names_survive(tmp_path: Path, short: str) -> None:
    plan = make_plan([short, "广水市"], [f"{short}人民政府", "广水市人民政府"])
    path, faults = report_template(plan, plan.assessees[0], TEMPLATE, tmp_path / "a.docx")
    assert faults == ()
    assert path is not None
    assert text_of(path).startswith(f"{short}人民政府\n")


def test_characters_that_no_document_can_hold_are_left_out(tmp_path: Path) -> None:
    plan = make_plan(["随县"], ["随\x00县\x0b人\ud800民政府\uffff"])
    path, faults = report_template(plan, plan.assessees[0], TEMPLATE, tmp_path / "a.docx")
    assert faults == ()
    assert path is not None
    assert text_of(path).startswith("随县人民政府\n")


def test_a_broken_report_template_is_reported_once_and_the_lists_are_made(tmp_path: Path) -> None:
    folder = templates_with(tmp_path / "模板", "自评报告.docx", {"{{ 考核对象 }}": "{{ 考核对像 }}"})
    seen: list[Event] = []
    paths, faults = make_material(make_plan(), folder, tmp_path / "公文", seen.append)
    assert [(fault.code, fault.file) for fault in faults] == [("D01", "自评报告.docx")]
    assert {path.suffix for path in paths} == {".xlsx", ".zip"}
    assert (seen[-1].done, seen[-1].total) == (3, 3)


def test_what_is_asked_for_is_what_the_plan_says() -> None:
    plan = plan_2022()
    asks = {(ask.criterion.code, ask.item.number): ask.form for ask in evidence_asks(plan)}
    numbers = {code: [number for one, number in asks if one == code] for code, _ in asks}
    assert numbers["01-03"] == ["1", "4"]
    assert asks["01-03", "1"] == "自查报告"
    assert numbers["01-05"] == ["3"]
    assert numbers["11-02"] == ["1", "3", "4"]
    assert "01-01" not in numbers
    said_no = {m.id for c in plan.criteria for m in c.measures if m.evidence == "否"}
    wanted = {measure.id for ask in evidence_asks(plan) for measure in ask.measures}
    assert wanted == set(plan.measures) - said_no


@pytest.mark.parametrize(
    ("words", "needed"),
    [
        ("1、4需提供自查报告，2、3不需要", {"1": "自查报告", "4": "自查报告"}),
        ("3需要，其余不需要", {"3": ""}),
        ("其余不需要，3需要", {"3": ""}),
        ("1、2需要", {"1": "", "2": ""}),
        ("1-3需要；4无需", {"1": "", "2": "", "3": ""}),
        ("１不需要，其余需要", {"2": "", "3": "", "4": ""}),
        ("是", {"1": "", "2": "", "3": "", "4": ""}),
        ("否", {}),
        ("", {}),
        ("需要提供总结", {"1": "总结", "2": "总结", "3": "总结", "4": "总结"}),
    ],
)
def test_the_words_of_a_criterion_are_taken_apart_where_its_measures_say_nothing(
    words: str, needed: dict[str, str]
) -> None:
    plan = plan_2022()
    criterion = next(one for one in plan.criteria if one.code == "01-03")
    items = tuple(
        replace(item, measures=tuple(replace(measure, evidence="") for measure in item.measures))
        for item in criterion.items
    )
    assert [item.number for item in items] == ["1", "2", "3", "4"]
    changed = replace(plan, criteria=(replace(criterion, evidence=words, items=items),))
    assert {ask.item.number: ask.form for ask in evidence_asks(changed)} == needed


def test_the_list_names_every_item_with_its_folder() -> None:
    plan = plan_2022()
    sheet = openpyxl.load_workbook(given() / "随县" / f"{NAME}-随县.xlsx").active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(at for at, row in enumerate(rows) if tuple(row) == HEADS)
    lines = [row for row in rows[head + 1 :] if row[1]]
    assert [(row[0], row[2]) for row in lines] == [(ask.criterion.code, ask.item.number) for ask in evidence_asks(plan)]
    folders = {folder.partition("/")[2] for folder in tree(plan).values()}
    assert {row[5] for row in lines} == folders
    bands = [row[0] for row in rows[head + 1 :] if not row[1]]
    assert [str(band).partition("（")[0] for band in bands] == list(
        dict.fromkeys(c.department for c in evidence_criteria(plan))
    )
    assert sheet.freeze_panes == f"D{head + 2}"
    assert sheet.print_title_rows == f"${head + 1}:${head + 1}"


def test_the_folders_are_there_empty_and_packed() -> None:
    home = given() / "随县"
    made = {path.relative_to(home).as_posix() for path in (home / EVIDENCE).rglob("*")}
    assert not [path for path in (home / EVIDENCE).rglob("*") if path.is_file()]
    wanted = {f"{EVIDENCE}/{folder}" for folder in tree(plan_2022()).values()}
    assert made == wanted | {folder.rpartition("/")[0] for folder in wanted}
    with zipfile.ZipFile(home / f"{EVIDENCE}-随县.zip") as archive:
        names = archive.namelist()
        assert all(entry.flag_bits & 0x800 for entry in archive.infolist() if not entry.filename.isascii())
    assert {name.rstrip("/") for name in names} == made | {EVIDENCE}
    assert all(name.endswith("/") for name in names)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('a/b\\c:*?"<>|d', "a b c d"),
        (" 质量. ", "质量"),
        ("CON", "_CON"),
        ("com1.x", "_com1.x"),
        ("...", "_"),
        ("", "_"),
    ],
)
def test_names_are_ones_that_windows_takes(text: str, name: str) -> None:
    assert safe_name(text, 30) == name


def test_paths_fit_or_it_is_said(tmp_path: Path) -> None:
    short = tree(plan_2022(), 110)
    assert max(len(folder) for folder in short.values()) + len(EVIDENCE) + 60 <= 115
    deep = tmp_path / ("深" * 60) / ("深" * 60)
    faults = list(make_tree(deep, tree(plan_2022())))
    assert [fault.code for fault in faults] == ["R01"]
    assert str(LONGEST_PATH) in faults[0].message


def test_folders_of_an_earlier_plan_go_while_they_are_empty(tmp_path: Path) -> None:
    for name in ("市旧局/99-01 旧", "市旧局/99-02 有"):
        (tmp_path / EVIDENCE / name).mkdir(parents=True)
    (tmp_path / EVIDENCE / "市旧局/99-02 有/材料.pdf").write_bytes(b"%PDF-")
    assert list(make_tree(tmp_path, {"01-01": "市新局/01-01 新"})) == []
    left = {path.relative_to(tmp_path / EVIDENCE).as_posix() for path in (tmp_path / EVIDENCE).rglob("*")}
    assert left == {"市新局", "市新局/01-01 新", "市旧局", "市旧局/99-02 有", "市旧局/99-02 有/材料.pdf"}


def test_the_archive_is_the_same_twice(tmp_path: Path) -> None:
    one, other = (zip_tree(tmp_path / name, tree(plan_2022())) for name in ("a.zip", "b.zip"))
    assert one.read_bytes() == other.read_bytes()


def test_the_command_gives_to_each_and_waits_for_each(tmp_path: Path) -> None:
    root = tmp_path / "考核"
    qtool("new", root)
    said = qtool("reports", "--campaign", root, "--json")
    assert said.code == 0
    shorts = {one.short for one in plan_2022().assessees}
    assert {path.name for path in (root / DOCUMENTS / "自评材料").iterdir()} == shorts
    assert {path.name for path in (root / MATERIAL).iterdir()} == shorts
    assert len(said.data["data"]["files"]) == 3 * len(shorts)
    again = qtool("reports", "--campaign", root)
    assert again.code == 0
    assert "qtool review" in again.out


def test_the_shipped_templates_are_what_their_script_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = Path(__file__).parent.parent / "tools" / "make_report_template.py"
    spec = importlib.util.spec_from_file_location("make_report_template", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "OUT", tmp_path)
    module.main()
    for path in tmp_path.iterdir():
        with zipfile.ZipFile(template(f"docx/{path.name}")) as shipped, zipfile.ZipFile(path) as fresh:
            assert {part: shipped.read(part) for part in shipped.namelist()} == {
                part: fresh.read(part) for part in fresh.namelist()
            }


@pytest.mark.office
def test_the_printed_template_is_whole(tmp_path: Path) -> None:
    office_or_skip()
    plan = make_plan()
    path, _ = report_template(plan, plan.assessees[0], TEMPLATE, tmp_path / "a.docx")
    assert path is not None
    (printed,) = to_pdf([path], tmp_path / "pdf")
    cover, *pages = pdf_pages(printed)
    assert "随县人民政府" in cover
    assert "自评报告" in cover
    assert "—" not in cover
    assert "—1—" in pages[0]
    assert "四、下一步措施" in "".join(pages)


@pytest.mark.office
def test_the_printed_list_shows_whole_texts_on_every_page(tmp_path: Path) -> None:
    office_or_skip()
    (printed,) = to_pdf([given() / "随县" / f"{NAME}-随县.xlsx"], tmp_path / "pdf")
    pages = pdf_pages(printed)
    assert len(pages) > 3
    assert all("评分标准" in page for page in pages)
    whole = "".join(pages)
    for ask in evidence_asks(plan_2022()):
        assert re.sub(r"\s", "", ask.labels)[:12] in whole


def test_nothing_is_drawn_while_nobody_looks(tmp_path: Path) -> None:
    paths, faults = make_material(make_plan(), None, tmp_path, silent)
    assert faults == []
    assert len(paths) == 9
