"""Documents measured against the standard: a good one passes every clause, each spoilt thing fails its own clause."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from openpyxl import load_workbook
from small_tally import MADE, make_plan, make_tally

from qtool.documents import circular
from qtool.office.word.reader import read_word
from qtool.official.check import check
from qtool.official.check_list import Measurement, Verdict, write_check_list
from qtool.official.draft import make_documents
from qtool.official.parts import parts_of
from qtool.official.profile import Profile, profile_of
from qtool.progress import silent

PROFILE = Profile(numbers={"通报": "随质强办〔2023〕2号"}, copied="市政府各部门")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a circular as the program writes it."""
    folder = tmp_path_factory.mktemp("公文")
    draft = circular.circular(make_tally(make_plan()), PROFILE, MADE.date())
    (path,) = make_documents([draft], None, folder, silent, PROFILE).files
    return path.rename(folder / "通报.docx")


def measured(path: Path, profile: Profile = PROFILE) -> tuple[Measurement, ...]:
    return check(read_word(path), profile)


def test_what_the_program_writes_passes_every_clause(good: Path) -> None:
    found = measured(good)
    assert [one for one in found if one.verdict is not Verdict.RIGHT] == []
    assert {one.clause for one in found} >= {
        *("5.1", "5.2.1", "5.2.2", "5.2.3", "5.2.4", "7.2.4", "7.2.5", "7.3.1", "7.3.2", "7.3.3", "7.3.4"),
        *("7.3.5", "7.3.7", "7.4", "7.4.2", "7.5", "9"),
    }


def test_the_parts_are_found(good: Path) -> None:
    parts = parts_of(read_word(good))
    assert parts.mark is not None
    assert parts.mark.text == "随州市质量强市工作领导小组办公室文件"
    assert parts.number is not None
    assert parts.title_text == "关于2022年度质量工作考核结果的通报"
    assert parts.addressed is not None
    assert [heading.number for heading in parts.headings if heading.level == 0][:3] == ["一", "二", "三"]
    assert parts.signature is not None
    assert parts.signature.text == "随州市质量强市工作领导小组办公室"
    assert parts.date is not None
    assert len(parts.attached) == len(parts.annexes) > 0
    assert len(parts.imprint) == 2


def of_style(document: Document, style: str) -> list[Paragraph]:
    found = [paragraph for paragraph in document.paragraphs if paragraph.style and paragraph.style.name == style]
    assert found, style
    return found


def text(paragraph: Paragraph, change: Callable[[str], str]) -> None:
    old = paragraph.text
    paragraph.text = change(old)
    assert paragraph.text != old


def face(paragraph: Paragraph, name: str) -> None:
    for run in paragraph.runs:
        run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)  # noqa: SLF001 - python-docx sets Latin fonts alone


def size(paragraph: Paragraph, points: float) -> None:
    for run in paragraph.runs:
        run.font.size = Pt(points)


def _margin(document: Document) -> None:
    document.sections[0].top_margin = Mm(25)


def _paper(document: Document) -> None:
    document.sections[0].page_width, document.sections[0].page_height = Mm(216), Mm(279)


def _pitch(document: Document) -> None:
    of_style(document, "正文公文")[-1].paragraph_format.line_spacing = Pt(26)


def _colour(document: Document) -> None:
    of_style(document, "正文公文")[-1].runs[0].font.color.rgb = RGBColor(0, 0, 255)


def _no_indent(document: Document) -> None:
    indents = of_style(document, "正文公文")[-1]._p.get_or_add_pPr().get_or_add_ind()  # noqa: SLF001 - as above
    indents.set(qn("w:firstLineChars"), "0")
    indents.set(qn("w:firstLine"), "0")


def _no_break(document: Document) -> None:
    of_style(document, "附件序号")[0].paragraph_format.page_break_before = False


def _foot(document: Document, change: Callable[[Paragraph], None]) -> None:
    change(document.sections[0].footer.paragraphs[0])


def _no_numbers(document: Document) -> None:
    for footer in (document.sections[0].footer, document.sections[0].even_page_footer):
        for paragraph in footer.paragraphs:
            paragraph.text = ""


def _dashes(paragraph: Paragraph) -> None:
    for run in paragraph.runs:
        if "—" in run.text:
            run.text = run.text.replace("—", "-")


def _centred(paragraph: Paragraph) -> None:
    paragraph.alignment = ALIGN.CENTER


def _black_mark(document: Document) -> None:
    of_style(document, "发文机关标志")[0].runs[0].font.color.rgb = RGBColor(200, 20, 20)
    face(of_style(document, "发文机关标志")[0], "隶书")


SPOILT: dict[str, tuple[str, str, Callable[[Document], object]]] = {
    "letter paper": ("5.1", "纸张", _paper),
    "margin": ("5.2.1", "天头", _margin),
    "body face": ("5.2.2", "正文字体", lambda d: face(of_style(d, "正文公文")[-1], "宋体")),
    "body size": ("5.2.2", "正文字号", lambda d: size(of_style(d, "正文公文")[-1], 15)),
    "pitch": ("5.2.3", "行距", _pitch),
    "characters": ("5.2.3", "每行字数", lambda d: size(of_style(d, "正文公文")[-1], 18)),
    "colour": ("5.2.4", "文字颜色", _colour),
    "mark": ("7.2.4", "发文机关标志字体", _black_mark),
    "square brackets": (
        "7.2.5",
        "发文字号的括号",
        lambda d: text(of_style(d, "发文字号")[0], lambda old: old.replace("〔", "[").replace("〕", "]")),
    ),
    "leading zero": (
        "7.2.5",
        "发文顺序号",
        lambda d: text(of_style(d, "发文字号")[0], lambda old: old.replace("2号", "第02号")),
    ),
    "year": (
        "7.2.5",
        "发文字号的年份",
        lambda d: text(of_style(d, "发文字号")[0], lambda old: old.replace("2023", "23")),
    ),
    "title face": ("7.3.1", "标题字体", lambda d: face(of_style(d, "公文标题")[0], "黑体")),
    "title size": ("7.3.1", "标题字号", lambda d: size(of_style(d, "公文标题")[0], 26)),
    "title stop": ("7.3.1", "标题末尾", lambda d: text(of_style(d, "公文标题")[0], lambda old: f"{old}。")),
    "title box": (
        "7.3.1",
        "标题排列",
        lambda d: text(of_style(d, "公文标题")[0], lambda _old: "关于质量工作\n考核的通报报"),
    ),
    "title word": (
        "7.3.1",
        "标题回行",
        lambda d: text(of_style(d, "公文标题")[0], lambda _old: "关于质量工作考核结果\n的通报"),
    ),
    "colon": (
        "7.3.2",
        "主送机关后的冒号",
        lambda d: text(of_style(d, "主送机关")[0], lambda old: old.replace("：", ":")),
    ),
    "heading face": ("7.3.3", "一级标题（一、）字体", lambda d: face(of_style(d, "一级标题")[0], "仿宋")),
    "heading order": (
        "7.3.3",
        "标题序号",
        lambda d: text(of_style(d, "一级标题")[1], lambda old: old.replace("二、", "三、")),
    ),
    "indent": ("7.3.3", "段首缩进", _no_indent),
    "attached stop": ("7.3.4", "附件名称末尾", lambda d: text(of_style(d, "附件说明")[0], lambda old: f"{old}。")),
    "annex lost": ("7.3.4", "附件说明与附件", lambda d: text(of_style(d, "附件序号")[0], lambda _old: "表")),
    "date zeros": (
        "7.3.5",
        "成文日期的写法",
        lambda d: text(of_style(d, "成文日期")[0], lambda _old: "2023年01月05日"),
    ),
    "worded date": (
        "7.3.5",
        "成文日期的数字",
        lambda d: text(of_style(d, "成文日期")[0], lambda _old: "二〇二三年一月五日"),
    ),
    "no date": ("7.3.5", "成文日期", lambda d: text(of_style(d, "成文日期")[0], lambda _old: "某日")),
    "date left": ("7.3.5", "成文日期的位置", lambda d: setattr(of_style(d, "成文日期")[0], "alignment", ALIGN.LEFT)),
    "annex page": ("7.3.7", "附件另面编排", _no_break),
    "annex face": ("7.3.7", "“附件”二字字体", lambda d: face(of_style(d, "附件序号")[0], "仿宋")),
    "imprint size": ("7.4", "版记字号", lambda d: size(of_style(d, "版记抄送")[0], 16)),
    "copies": ("7.4.2", "抄送机关", lambda d: text(of_style(d, "版记抄送")[0], lambda old: old.rstrip("。"))),
    "dashes": ("7.5", "页码样式", lambda d: _foot(d, _dashes)),
    "number place": ("7.5", "页码位置", lambda d: _foot(d, _centred)),
    "no numbers": ("7.5", "页码", _no_numbers),
    "half-width comma": (
        "9",
        "标点符号",
        lambda d: text(
            of_style(d, "正文公文")[-1], lambda old: old.replace("，", ",") if "，" in old else f"甲,乙{old}"
        ),
    ),
}


@pytest.mark.parametrize("name", SPOILT)
def test_each_spoilt_thing_fails_its_own_clause(good: Path, tmp_path: Path, name: str) -> None:
    clause, what, spoil = SPOILT[name]
    document = docx.Document(str(good))
    spoil(document)
    document.save(str(tmp_path / "坏.docx"))
    wrong = [(one.clause, one.what) for one in measured(tmp_path / "坏.docx") if one.wrong]
    assert (clause, what) in wrong


def test_the_profile_decides_what_is_right(good: Path) -> None:
    profile, faults = profile_of({"版式": "GB/T 33476.2-2016"})
    assert not faults
    wrong = {one.what for one in measured(good, profile) if one.wrong}
    assert {"天头", "下白边", "行距"} <= wrong


def test_a_document_of_plain_text_is_measured_too(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("随便写的一段话")
    document.save(str(tmp_path / "随便.docx"))
    found = {one.what: one.verdict for one in measured(tmp_path / "随便.docx")}
    assert found["标题"] is Verdict.WRONG
    assert found["页码"] is Verdict.WRONG
    assert found["发文字号"] is Verdict.ABSENT


def test_the_list_says_what_must_be_mended_first(good: Path, tmp_path: Path) -> None:
    document = docx.Document(str(good))
    _margin(document)
    document.save(str(tmp_path / "坏.docx"))
    found = measured(tmp_path / "坏.docx")
    path = write_check_list(tmp_path / "版式检查.xlsx", "坏.docx", "GB/T 9704-2012", found, MADE)
    rows = list(load_workbook(path).active.iter_rows(min_row=3, values_only=True))  # type: ignore[union-attr]
    assert rows[0] == ("结论", "条款", "检查什么", "文件里是", "应当是", "在哪里")
    assert rows[1][:5] == ("不符合", "5.2.1", "天头", "25.0毫米", "37毫米（上下差1毫米）")
    assert len(rows) == 1 + len(found)
