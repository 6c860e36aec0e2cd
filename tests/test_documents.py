"""The documents of a result: every figure arrives, and a template that is wrong is never half-used."""

from __future__ import annotations

import importlib.util
import re
import zipfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import docx
import pytest
from document_cases import NASTY, all_drafts, made_all, made_circular, pdf_text, rows_of, templates_with, text_of
from judge import office_or_skip, to_pdf
from small_tally import AREAS, FACTS, MADE, SECOND, make_plan, make_tally

from qtool.model import marks_text
from qtool.office.word.template import read
from qtool.official.draft import make_documents
from qtool.official.profile import Profile
from qtool.outcome import Adjustment
from qtool.progress import silent
from qtool.resources import template


def test_every_figure_of_the_tally_stands_in_the_circular(tmp_path: Path) -> None:
    tally = make_tally(make_plan())
    made = made_circular(tally, None, tmp_path)
    (path,), faults = made.files, made.faults
    assert path.name == "关于2022年度质量工作考核结果的通报.docx"
    assert faults == []
    reading = read(path)
    heading = [f"{area}\n{marks_text(marks)}分" for area, marks in AREAS.items()]
    assert reading.rows[0] == ("名次", "考核对象", *heading, "事件扣分", "总分", "等级")
    assert list(reading.rows[1:4]) == rows_of(tally)
    lines = reading.text.splitlines()
    (_, _, _, draft, *_) = all_drafts(tally)
    for sentences in draft.sections.values():
        assert {sentence.text for sentence in sentences} <= set(lines)
    assert "随县人民政府、广水市人民政府、曾都区人民政府：" in lines
    assert lines[5] == "关于2022年度质量工作考核结果的通报"
    assert "2023年1月20日" in lines
    assert "暂定" not in reading.text
    assert not re.search(r"[{}%]\s*(for|if|end)|\{\{|\}\}", reading.text)


def test_a_manual_adjustment_has_a_column_and_a_note(tmp_path: Path) -> None:
    notes = (
        Adjustment("随县", Fraction(-1, 2), "", "材料逾期报送。", "张三"),
        Adjustment("广水市", Fraction(0), "B", "发生事件", "张三"),
    )
    tally = make_tally(make_plan(), adjustments=notes)
    made = made_circular(tally, None, tmp_path)
    (path,), faults = made.files, made.faults
    reading = read(path)
    assert faults == []
    assert list(reading.rows[1:4]) == rows_of(tally, adjusted=True)
    assert "人工调整" in reading.rows[0]
    assert "注：随县总分减0.5分。原因：材料逾期报送。" in reading.text
    assert "注：广水市等级定为B。原因：发生事件。" in reading.text
    assert "张三" not in reading.text


def test_a_provisional_result_says_so(tmp_path: Path) -> None:
    tally = make_tally(make_plan(), missing=(SECOND,))
    made = made_circular(tally, None, tmp_path)
    (path,), faults = made.files, made.faults
    lines = text_of(path).splitlines()
    assert faults == []
    assert lines[5:7] == ["【暂定】", "关于2022年度质量工作考核结果的通报"]
    assert any(SECOND in line and "暂定" in line for line in lines)
    # What has not been scored is neither praised nor blamed.
    assert not any(f"{area}要点2" in line for area in AREAS for line in lines[: lines.index("附件1")])


def test_what_a_template_left_out_is_reported(tmp_path: Path) -> None:
    folder = templates_with(tmp_path / "模板", "通报.docx", {"{{ 行.总分 }}": "略"})
    faults = made_circular(make_tally(make_plan()), folder, tmp_path).faults
    assert [fault.code for fault in faults] == ["D04"] * 3
    assert "随县：总分" in faults[0].message
    folder = templates_with(tmp_path / "模板2", "通报.docx", {"【暂定】": "", "暂定结果": "结果"})
    faults = made_circular(make_tally(make_plan(), missing=(SECOND,)), folder, tmp_path).faults
    assert [fault.code for fault in faults] == ["D04"]
    assert "暂定" in faults[0].message


def test_the_campaigns_own_template_wins(tmp_path: Path) -> None:
    folder = templates_with(tmp_path / "模板", "通报.docx", {"二、主要成效": "二、{{ 市名 }}的成效"})
    made = made_circular(make_tally(make_plan()), folder, tmp_path)
    assert made.faults == []
    assert "二、随州市的成效" in text_of(made.files[0])


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("{{ 组织单位 }}", "{{ 组织単位 }}", "D01", "组织単位"),
        ("{{ 行.总分 }}", "{{ 行.总份 }}", "D01", "总份"),
        ("{{ 日期 }}", "{{ 日期 }", "D02", "花括号不成对"),
        ("{{ 日期 }}", "{ 日期 }}", "D02", "花括号不成对"),
        ("{{ 日期 }}", "{{ 日期", "D02", "花括号不成对"),
        ("{{ 日期 }}", "｛｛ 日期 ｝｝", "D02", "全角"),
        ("{{ 日期 }}", "{{ 日 期 }}", "D02", "日 期"),
        ("{{ 日期 }}", "{{ 日期|大写 }}", "D02", "大写"),
        ("{{ 日期 }}", "{{ 日期 / 2 }}", "D02", "算不出"),
        ("{%p for 段落 in 主要成效 %}", "{%p four 段落 in 主要成效 %}", "D02", "four"),
        ("{%p endif %}", "", "D02", "endif"),
        ("{%tr endfor %}", "", "D02", "endfor"),
        ("{{ 行.名次 }}", "{%tr if 暂定 %}", "D02", ""),
    ],
)
def test_a_broken_template_is_named_and_nothing_is_written(
    tmp_path: Path, old: str, new: str, code: str, said: str
) -> None:
    folder = templates_with(tmp_path / "模板", "通报.docx", {old: new})
    made = made_circular(make_tally(make_plan()), folder, tmp_path / "公文")
    paths, faults = made.files, made.faults
    assert paths == []
    assert faults[0].code == code
    assert faults[0].file == "通报.docx"
    assert said in faults[0].message
    # The words are for people who read Chinese; only what the template itself says may be in another script.
    assert not re.search(r"[A-Za-z]{5,}", faults[0].message.replace("endfor", "").replace("endif", ""))
    assert not list(tmp_path.glob("公文/*"))


def test_tags_that_tear_a_table_apart_are_reported(tmp_path: Path) -> None:
    changes = {"事件扣分": "事件扣分{% if 暂定 %}", "注：得分为": "{% endif %}注：得分为"}
    folder = templates_with(tmp_path / "模板", "通报.docx", changes)
    made = made_circular(make_tally(make_plan()), folder, tmp_path / "公文")
    paths, faults = made.files, made.faults
    assert (paths, [fault.code for fault in faults]) == ([], ["D02"])
    assert "表格" in faults[0].message


def test_a_near_miss_is_suggested(tmp_path: Path) -> None:
    folder = templates_with(tmp_path / "模板", "通报.docx", {"{{ 缺少部门 }}": "{{ 缺少的部门 }}"})
    (fault,) = made_circular(make_tally(make_plan()), folder, tmp_path).faults
    assert "是不是要写“缺少部门”" in str(fault)


OTHERS = {
    "请示.docx": "名次说明",
    "反馈函.docx": "行.原因",
    "评分通知.docx": "行.填报项数",
    "自评通知.docx": "字数上限",
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_broken_template_stops_its_own_documents_alone(tmp_path: Path, name: str) -> None:
    wrong = OTHERS[name]
    folder = templates_with(tmp_path / "模板", name, {wrong: f"{wrong}了"})
    drafts = all_drafts(make_tally(make_plan(), lambda _who, _what: Fraction(1, 2)))
    made = make_documents(drafts, folder, tmp_path / "公文", silent, Profile())
    assert [(fault.code, fault.file) for fault in made.faults] == [("D01", name)]
    assert len(made.files) == len([draft for draft in drafts if draft.template != name])


def test_a_template_that_is_no_word_document_is_reported(tmp_path: Path) -> None:
    (tmp_path / "通报.docx").write_bytes(b"PK")
    made = made_circular(make_tally(make_plan()), tmp_path, tmp_path / "公文")
    (fault,) = made.faults
    assert made.files == []
    assert fault.code == "D06"
    assert "不是 Word 文档" in fault.message


@pytest.mark.parametrize("short", NASTY)
def test_special_characters_in_names_survive(tmp_path: Path, short: str) -> None:
    plan = make_plan([short, "广水市"], [f"{short}人民政府", "广水市人民政府"])
    tally = make_tally(plan)
    drafts = [replace(draft, path=Path(f"{number}.docx")) for number, draft in enumerate(all_drafts(tally))]
    made = made_all(tally, tmp_path, drafts)
    assert made.faults == []
    (circular,) = [path for path in made.files if path.stem == "3"]
    assert list(read(circular).rows[1:3]) == rows_of(tally)
    assert f"{short}人民政府、广水市人民政府：" in text_of(circular)


def test_documents_say_whose_they_are_and_are_made_the_same_twice(tmp_path: Path) -> None:
    tally = make_tally(make_plan())
    (first,) = made_circular(tally, None, tmp_path / "a").files
    (second,) = made_circular(tally, None, tmp_path / "b").files
    assert first.read_bytes() == second.read_bytes()
    assert made_circular(tally, None, tmp_path / "a").current == [first]
    properties = docx.Document(str(first)).core_properties
    assert (properties.title, properties.author) == ("关于2022年度质量工作考核结果的通报", FACTS.office_title)
    assert properties.created == MADE
    with zipfile.ZipFile(first) as package:
        everything = b"".join(package.read(name) for name in package.namelist()).lower()
    assert b"python-docx" not in everything
    assert "docProps/thumbnail.jpeg" not in zipfile.ZipFile(first).namelist()


def test_chinese_marks_are_set_in_the_chinese_font(tmp_path: Path) -> None:
    (path,) = made_circular(make_tally(make_plan()), None, tmp_path).files
    with zipfile.ZipFile(path) as package:
        xml = package.read("word/document.xml").decode()
    runs = re.findall(r"<w:r>.*?</w:r>", xml)
    assert any("“" in run for run in runs)
    assert all('w:hint="eastAsia"' in run for run in runs if re.search("[“”‘’—]", run))


def test_the_shipped_templates_are_what_their_script_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = Path(__file__).parent.parent / "tools" / "make_word_templates.py"
    monkeypatch.syspath_prepend(str(script.parent))
    spec = importlib.util.spec_from_file_location("make_word_templates", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made = []
    for folder in ("a", "b"):
        monkeypatch.setattr(module, "OUT", tmp_path / folder)
        module.main()
        made.append({path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()})
    assert made[0] == made[1]
    for name in made[0]:
        with zipfile.ZipFile(template(f"docx/{name}")) as shipped, zipfile.ZipFile(tmp_path / "a" / name) as fresh:
            assert {part: shipped.read(part) for part in shipped.namelist()} == {
                part: fresh.read(part) for part in fresh.namelist()
            }


@pytest.mark.office
def test_printed_documents_are_whole(tmp_path: Path) -> None:
    office_or_skip()
    plan = make_plan([f"第{number}个名称特别长的风景名胜区和产业开发区管理委员会" for number in range(1, 13)])
    tally = make_tally(plan)
    circulars = made_circular(tally, None, tmp_path).files
    (printed,) = to_pdf(circulars, tmp_path / "pdf")
    said = pdf_text(printed)
    for standing in tally.standings:
        assert marks_text(standing.total) in said
        assert standing.assessee in said
    assert "—1—" in said
    # The heading row is repeated where the table goes on.
    assert said.count("名次") > 1
