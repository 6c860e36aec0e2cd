"""The circular: every figure arrives, and a template that is wrong is never half-used."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import tempfile
import zipfile
from fractions import Fraction
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judge import office_or_skip, to_pdf
from small_tally import AREAS, FACTS, FIRST, MADE, SECOND, make_plan, make_tally

from qtool.documents import circular, findings
from qtool.documents.make import make_documents
from qtool.model import marks_text
from qtool.office.word import read, text_of
from qtool.official.profile import Profile
from qtool.outcome import Adjustment, Tally
from qtool.progress import silent
from qtool.resources import template


def templates_with(folder: Path, name: str, changes: dict[str, str]) -> Path:
    """Return a folder that holds a shipped template with some texts replaced."""
    document = docx.Document(str(template(f"docx/{name}")))
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    paragraphs = [*document.paragraphs, *(paragraph for cell in cells for paragraph in cell.paragraphs)]
    for old, new in changes.items():
        found = [paragraph for paragraph in paragraphs if old in paragraph.text]
        assert found
        for paragraph in found:
            paragraph.text = paragraph.text.replace(old, new)
    folder.mkdir(parents=True, exist_ok=True)
    document.save(str(folder / name))
    return folder


def rows_of(tally: Tally, *, adjusted: bool = False) -> list[tuple[str, ...]]:
    """Return what the table of results must say."""
    rows = []
    for one in tally.ranked:
        areas = [marks_text(one.areas[area]) for area in AREAS]
        change = [marks_text(one.adjustment)] if adjusted else []
        last = [marks_text(one.deductions), *change, marks_text(one.total), one.grade]
        rows.append((str(one.rank), one.assessee, *areas, *last))
    return rows


def test_every_figure_of_the_tally_stands_in_the_circular(tmp_path: Path) -> None:
    tally = make_tally(make_plan())
    (path,), faults = make_documents(tally, None, tmp_path, silent, Profile())
    assert path.name == "关于2022年度质量工作考核结果的通报.docx"
    assert faults == []
    reading = read(path)
    heading = [f"{area}\n{marks_text(marks)}分" for area, marks in AREAS.items()]
    assert reading.rows[0] == ("名次", "考核对象", *heading, "事件扣分", "总分", "等级")
    assert list(reading.rows[1:]) == rows_of(tally)
    lines = reading.text.splitlines()
    for sentence in (findings.results, findings.strengths, findings.weaknesses):
        assert set(sentence(tally)) <= set(lines)
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
    (path,), faults = make_documents(tally, None, tmp_path, silent, Profile())
    reading = read(path)
    assert faults == []
    assert list(reading.rows[1:]) == rows_of(tally, adjusted=True)
    assert "人工调整" in reading.rows[0]
    assert "注：随县总分减0.5分。原因：材料逾期报送。" in reading.text
    assert "注：广水市等级定为B。原因：发生事件。" in reading.text
    assert "张三" not in reading.text


def test_a_provisional_result_says_so(tmp_path: Path) -> None:
    tally = make_tally(make_plan(), missing=(SECOND,))
    (path,), faults = make_documents(tally, None, tmp_path, silent, Profile())
    lines = text_of(path).splitlines()
    assert [fault.code for fault in faults] == ["D03"]
    assert lines[5:7] == ["【暂定】", "关于2022年度质量工作考核结果的通报"]
    assert any(SECOND in line and "暂定" in line for line in lines)
    # What has not been scored is neither praised nor blamed.
    assert not any(f"{area}要点2" in line for area in AREAS for line in lines)


def test_what_a_template_left_out_is_reported(tmp_path: Path) -> None:
    folder = templates_with(tmp_path / "模板", "通报.docx", {"{{ 行.总分 }}": "略"})
    _, faults = make_documents(make_tally(make_plan()), folder, tmp_path, silent, Profile())
    assert [fault.code for fault in faults] == ["D04"] * 3
    assert "随县：总分" in faults[0].message
    folder = templates_with(tmp_path / "模板2", "通报.docx", {"【暂定】": "", "暂定结果": "结果"})
    _, faults = make_documents(make_tally(make_plan(), missing=(SECOND,)), folder, tmp_path, silent, Profile())
    assert [fault.code for fault in faults] == ["D03", "D04"]
    assert "暂定" in faults[1].message


def test_the_campaigns_own_template_wins(tmp_path: Path) -> None:
    folder = templates_with(tmp_path / "模板", "通报.docx", {"二、主要成效": "二、{{ 市名 }}的成效"})
    (path,), faults = make_documents(make_tally(make_plan()), folder, tmp_path, silent, Profile())
    assert faults == []
    assert "二、随州市的成效" in text_of(path)


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
    paths, faults = make_documents(make_tally(make_plan()), folder, tmp_path / "公文", silent, Profile())
    assert paths == []
    assert faults[0].code == code
    assert faults[0].file == "通报.docx"
    assert said in faults[0].message
    # The words are for people who read Chinese; only what the template itself says may be in another script.
    assert not re.search(r"[A-Za-z]{5,}", faults[0].message.replace("endfor", "").replace("endif", ""))
    assert not list(tmp_path.glob("公文/*"))


def test_tags_that_tear_a_table_apart_are_reported(tmp_path: Path) -> None:
    changes = {"事件扣分": "事件扣分{% if 暂定 %}", "二、主要成效": "{% endif %}二、主要成效"}
    folder = templates_with(tmp_path / "模板", "通报.docx", changes)
    paths, faults = make_documents(make_tally(make_plan()), folder, tmp_path / "公文", silent, Profile())
    assert (paths, [fault.code for fault in faults]) == ([], ["D02"])
    assert "表格" in faults[0].message


def test_a_near_miss_is_suggested(tmp_path: Path) -> None:
    folder = templates_with(tmp_path / "模板", "通报.docx", {"{{ 缺少部门 }}": "{{ 缺少的部门 }}"})
    _, (fault,) = make_documents(make_tally(make_plan()), folder, tmp_path, silent, Profile())
    assert "是不是要写“缺少部门”" in str(fault)


def test_a_template_that_is_no_word_document_is_reported(tmp_path: Path) -> None:
    (tmp_path / "通报.docx").write_bytes(b"PK")
    paths, (fault,) = make_documents(make_tally(make_plan()), tmp_path, tmp_path / "公文", silent, Profile())
    assert paths == []
    assert fault.code == "D06"
    assert "不是 Word 文档" in fault.message


NASTY = ("<5%&>", "“双引号”县", "{{ 市名 }}", "a'b\"c", "{% x %}", "１２縣\u3000乡", "堃喆镕县𠮷", "C&D</w:t>")


@pytest.mark.parametrize("short", NASTY)
def test_special_characters_in_names_survive(tmp_path: Path, short: str) -> None:
    plan = make_plan([short, "广水市"], [f"{short}人民政府", "广水市人民政府"])
    tally = make_tally(plan)
    out = tmp_path / "通报.docx"
    _, faults = circular.circular(tally, template("docx/通报.docx"), out, Profile())
    assert faults == ()
    assert list(read(out).rows[1:]) == rows_of(tally)
    assert f"{short}人民政府、广水市人民政府：" in text_of(out)


NAMES = st.text(st.sampled_from("随广曾都县市区高新风景名胜“”<&%>{}—·ABc 1"), min_size=1, max_size=30).map(
    lambda text: f"县{text.strip()}"
)


@settings(max_examples=25)
@given(
    st.lists(NAMES, min_size=1, max_size=12, unique=True),
    st.lists(st.integers(0, 4), min_size=12, max_size=12),
    st.sampled_from([(), (FIRST,), (SECOND,), (FIRST, SECOND)]),
)
def test_any_tally_arrives_whole(shorts: list[str], levels: list[int], missing: tuple[str, ...]) -> None:
    plan = make_plan(shorts)
    tally = make_tally(plan, lambda who, what: 1 - Fraction(levels[who] * (what + 1), 333), missing=missing)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "通报.docx"
        path, faults = circular.circular(tally, template("docx/通报.docx"), out, Profile())
        assert path == out
        assert {fault.code for fault in faults} == ({"D03"} if missing else set())
        assert list(read(out).rows[1:]) == rows_of(tally)


def test_the_findings_say_what_the_figures_say() -> None:
    tally = make_tally(make_plan(), lambda who, what: Fraction(1) if (who, what) != (1, 2) else Fraction(1, 2))
    assert findings.results(tally) == [
        "3个考核对象平均总分59.7分，最高61.45分，最低56.2分。",
        "等级为A的3个：随县、曾都区、广水市。",
    ]
    strong = findings.strengths(tally)
    assert (
        strong[0] == "各领域平均得分率从高到低为：质量整体水平（100%）、质量基础设施（100%）、质量政策制度（91.67%）。"
    )
    assert strong[1] == "分领域看，“质量政策制度”得分最高的是随县、曾都区（21分）。"
    assert "质量政策制度要点2" in strong[2]
    assert findings.weaknesses(tally) == [
        "平均得分率较低的考核要点：质量政策制度要点1（83.33%）。",
        "“质量政策制度要点1”失分最多的是“做好‘质量政策制度’工作1”：广水市5.25分。",
        "各考核对象均无事件扣分。",
    ]


def test_the_findings_name_events_and_claim_nothing_unscored() -> None:
    plan = make_plan()
    perfect = make_tally(plan, lambda _who, _what: Fraction(1))
    assert findings.weaknesses(perfect) == ["各考核要点均未失分。", "各考核对象均无事件扣分。"]
    taken = make_tally(plan, lambda who, what: Fraction(1, 4) if (who, what) == (1, 6) else Fraction(1))
    assert findings.weaknesses(taken)[-1] == "事件扣分情况：“发生重大质量事件”，广水市扣1.5分。"
    nothing = make_tally(plan, missing=(FIRST, SECOND))
    assert findings.strengths(nothing) == []
    assert findings.weaknesses(nothing) == ["已评分的考核内容中没有事件扣分。"]


def test_a_share_short_of_the_whole_never_reads_as_the_whole() -> None:
    assert findings.percent(Fraction(1)) == "100%"
    assert findings.percent(Fraction(99_999, 100_000)) == "不足100%"
    assert findings.percent(Fraction(0)) == "0%"


def test_documents_say_whose_they_are_and_are_made_the_same_twice(tmp_path: Path) -> None:
    tally = make_tally(make_plan())
    (first,), _ = make_documents(tally, None, tmp_path / "a", silent, Profile())
    (second,), _ = make_documents(tally, None, tmp_path / "b", silent, Profile())
    assert first.read_bytes() == second.read_bytes()
    properties = docx.Document(str(first)).core_properties
    assert (properties.title, properties.author) == ("关于2022年度质量工作考核结果的通报", FACTS.office_title)
    assert properties.created == MADE
    with zipfile.ZipFile(first) as package:
        everything = b"".join(package.read(name) for name in package.namelist()).lower()
    assert b"python-docx" not in everything
    assert "docProps/thumbnail.jpeg" not in zipfile.ZipFile(first).namelist()


def test_chinese_marks_are_set_in_the_chinese_font(tmp_path: Path) -> None:
    (path,), _ = make_documents(make_tally(make_plan()), None, tmp_path, silent, Profile())
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
    circulars, _ = make_documents(tally, None, tmp_path, silent, Profile())
    printed, *_ = to_pdf(circulars, tmp_path / "pdf")
    said = pdf_text(printed)
    for standing in tally.standings:
        assert marks_text(standing.total) in said
        assert standing.assessee in said
    assert "—1—" in said
    # The heading row is repeated where the table goes on.
    assert said.count("名次") > 1


def pdf_pages(path: Path) -> list[str]:
    """Return the text of each page without spaces and line ends."""
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not on PATH")
    said = subprocess.run(["pdftotext", str(path), "-"], check=True, capture_output=True).stdout.decode()
    return [re.sub(r"\s", "", page) for page in said.removesuffix("\f").split("\f")]


def pdf_text(path: Path) -> str:
    return "".join(pdf_pages(path))
