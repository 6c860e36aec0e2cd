"""The check of a returned report: what is wrong is named, and what is merely written otherwise is let pass."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judge import convert, office_or_skip
from mutations import broken
from ole_cases import ole
from report_cases import Change, changed, checked, codes, district, good_report, replaced, wanted
from scoring_cases import plan_2022
from word_cases import box, docx, p, write

from qtool.office.word.page_form import NATIONAL
from qtool.office.word.reader import read_word
from qtool.office.word.template import rewrite
from qtool.reports.report_check import check_report
from qtool.reports.report_parts import Heading, core, divide

BODY = "正文公文"


def without(*starts: str) -> bytes:
    """Return the good report without the paragraphs that begin so."""
    return changed(lambda text, _style: [] if text.startswith(starts) else None)


def xml_of(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read("word/document.xml").decode()


def with_xml(content: bytes, old: str, new: str, count: int = 1) -> bytes:
    """Return a document with a piece of its XML written otherwise; it must be there."""
    assert old in xml_of(content)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as package, zipfile.ZipFile(out, "w") as target:
        for name in package.namelist():
            part = package.read(name)
            new_part = part.decode().replace(old, new, count).encode() if name == "word/document.xml" else part
            target.writestr(name, new_part)
    return out.getvalue()


@pytest.mark.parametrize("number", range(5))
def test_in_a_good_report_there_is_nothing_to_find(number: int) -> None:
    found = checked(good_report(number), number)
    assert found.faults == ()
    assert found.words is not None
    assert 3000 < found.words < 5000
    assert found.problems is not None
    assert found.problems >= 600


def test_each_missing_heading_is_named() -> None:
    found = checked(without("二、工作亮点", "（一）质量"))
    assert [(one.code, one.message) for one in found.faults if one.code == "R12"] == [
        ("R12", "缺少标题“（一）质量工作总体情况”"),
        ("R12", "缺少标题“二、工作亮点”"),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("二、工作亮点", "二 、 工作亮点"),
        ("二、工作亮点", "２．工作亮点"),
        ("二、工作亮点", "二、工作亮点："),
        ("二、工作亮点", "工作亮点"),
        ("二、工作亮点", "第二部分 工作亮点"),
        ("（一）质量工作总体情况", "(一)质量工作总体情况"),
        ("（此部分内容不少于600字）", ""),
        ("四、下一步措施", "四、下一步工作措施"),
        ("市委、市政府工作要求落实情况", "市委市政府工作要求落实情况"),
    ],
)
def test_a_heading_written_a_little_otherwise_is_the_heading(old: str, new: str) -> None:
    assert codes(replaced(old, new)) == []


def test_a_heading_that_runs_into_its_paragraph_is_found() -> None:
    content = changed(
        lambda text, _s: [("三、存在问题。" + "质量基础薄弱，" * 100, BODY)] if text.startswith("三、存在") else None
    )
    found = checked(content)
    assert not {one.code for one in found.faults} & {"R12", "R13", "R14", "R17"}
    assert found.problems is not None
    assert found.problems > 1200


def test_parts_in_another_order_are_named() -> None:
    held: list[tuple[str, str]] = []

    def swap(text: str, style: str) -> Sequence[tuple[str, str]] | None:
        if text.startswith("二、工作亮点"):
            held.append((text, style))
            return []
        return [(text, style), *held] if text.startswith("四、下一步") else None

    assert [(one.code, one.message) for one in checked(changed(swap)).faults] == [
        ("R13", "标题“二、工作亮点”的次序不对"),
        ("R14", "“四、下一步措施”下面没有内容"),
    ]


def test_a_table_of_contents_is_no_heading() -> None:
    listed = [("一、2022年质量工作情况\t1", BODY), ("二、工作亮点……5", BODY), ("三、存在问题 ...... 6", BODY)]
    content = changed(lambda text, style: [*listed, (text, style)] if text.startswith("一、2022") else None)
    assert not {"R12", "R13", "R14"} & set(codes(content))


def test_an_empty_part_is_named() -> None:
    content = rewrite(good_report(), _emptying("二、工作亮点"))
    assert [one.message for one in checked(content).faults if one.code == "R14"] == ["“二、工作亮点”下面没有内容"]


def _adding(start: str, text: str, look: str = BODY) -> Change:
    """Return a change that adds a paragraph after those that begin so."""
    return lambda old, style: [(old, style), (text, look)] if old.startswith(start) else None


def _dated(day: str) -> Change:
    return lambda _text, style: [(day, style)] if style == "封面日期" else None


def _emptying(heading: str) -> Change:
    inside = False

    def change(text: str, style: str) -> Sequence[tuple[str, str]] | None:
        nonlocal inside
        if style.endswith("级标题"):
            inside = text.startswith(heading)
            return None
        return [] if inside else None

    return change


def test_guidance_left_in_is_named_also_without_its_mark() -> None:
    hint = wanted().hints[-1]
    for text in (hint, hint.removeprefix("【填写提示】")):
        assert codes(changed(_adding("二、", text, "填写提示"))) == ["R15"]
    own = "我县大力实施质量强县战略，成效明显，获得上级充分肯定。" * 3
    content = changed(_adding("二、", own, "填写提示"))
    assert "R15" not in codes(content)
    assert {"R18", "R19", "R20"} <= set(codes(content))


def test_too_long_and_too_short() -> None:
    long = changed(_adding("二、", "质" * 3000))
    found = checked(long)
    (fault,) = found.faults
    assert fault.code == "R16"
    assert found.words is not None
    assert f"多了{found.words - 5000}字" in fault.message
    short = rewrite(good_report(), _emptying("三、"))
    short = rewrite(short, lambda text, style: [(text, style), ("差" * 599, BODY)] if text.startswith("三、") else None)
    assert [(one.code, one.message) for one in checked(short).faults] == [
        ("R17", "“三、存在问题”部分599字，少于600字，差1字")
    ]
    enough = rewrite(short, lambda text, _style: [("差" * 600, BODY)] if text == "差" * 599 else None)
    assert codes(enough) == []


def test_the_cover_says_whose_which_year_which_day() -> None:
    assert codes(good_report(1), 0) == ["R08"]
    assert "广水市" in checked(good_report(1), 0).faults[0].message
    name = district().name
    nobody = changed(lambda text, style: [(text.replace(name, "某某县"), style)] if name in text else None)
    assert codes(nobody) == ["R09"]
    year = changed(lambda text, style: [(text.replace("2022年度", "2021年度"), style)] if "2022年度" in text else None)
    assert "写的是2021" in next(one.message for one in checked(year).faults if one.code == "R10")
    assert codes(changed(_dated("年　　月　　日"))) == ["R11"]
    for day in ("二〇二三年一月九日", "2023年1月", "2023 年 1 月 9 日", "二○二三年一月"):
        assert codes(changed(_dated(day))) == [], day
    for written in ("二○二二年度", "二零二二年度", "2022 年度"):
        assert codes(replaced("2022年度质量", f"{written}质量")) == [], written


START = "<w:r><w:t>认真学习"
EMBEDDED = '<o:OLEObject xmlns:o="urn:schemas-microsoft-com:office:office"/>'


def in_font(font: str, more: str = "") -> str:
    return f'<w:r><w:rPr><w:rFonts w:eastAsia="{font}"/>{more}</w:rPr><w:t>'


def test_fonts_sizes_and_pitch_are_measured() -> None:
    assert "仿宋" not in xml_of(good_report())  # the look comes from the styles
    song = with_xml(good_report(), START, in_font("宋体", '<w:sz w:val="28"/>') + "认真学习")
    found = {one.code: one.message for one in checked(song).faults}
    assert set(found) == {"R18", "R19"}
    assert "用了“宋体”" in found["R18"]
    assert "14磅" in found["R19"]
    for other in ("仿宋", "方正仿宋_GBK", "FangSong"):
        assert codes(with_xml(good_report(), START, f"{in_font(other)}认真学习")) == [], other
    few = with_xml(good_report(), START, f"{in_font('宋体')}几字</w:t></w:r>{START}")
    assert codes(few) == []


def test_the_typefaces_of_the_campaign_are_right() -> None:
    song = with_xml(good_report(), START, f"{in_font('华文中宋')}认真学习")
    assert codes(song) == ["R18"]
    form = replace(NATIONAL, faces={"仿宋_GB2312": "华文中宋"})
    found = check_report(song, "a.docx", plan_2022(), district(), replace(wanted(), form=form))
    assert found.faults == ()


def test_what_is_hidden_in_a_report_is_told() -> None:
    changes = with_xml(good_report(), START, f"<w:ins><w:r><w:t>新增</w:t></w:r></w:ins>{START}")
    assert codes(changes) == ["R21"]
    hidden = with_xml(good_report(), START, f"<w:r><w:rPr><w:vanish/></w:rPr><w:t>藏起来的</w:t></w:r>{START}")
    assert [(one.code, one.message) for one in checked(hidden).faults] == [("R37", "有4字设成了隐藏，没有计入字数")]
    embedded = with_xml(good_report(), START, f"<w:r><w:object>{EMBEDDED}</w:object></w:r>{START}")
    assert codes(embedded) == ["R25"]


def test_text_boxes_and_controls_are_read_and_told() -> None:
    body = "".join(p(text) for text in ("随县人民政府2022年度质量工作考核自评报告", "2023年1月9日"))
    headings = [one.text for one in wanted().headings]
    for heading in headings:
        inside = f"<w:sdt><w:sdtContent>{p(heading)}</w:sdtContent></w:sdt>"
        body += inside + box("框里的话" * 160)
    found = checked(docx(body))
    assert not {one.code for one in found.faults} & {"R08", "R09", "R10", "R11", "R12", "R13", "R14", "R17"}
    assert "R24" in {one.code for one in found.faults}
    assert found.problems == 640


def test_a_scan_in_a_document_is_told() -> None:
    picture = "<w:p><w:r><w:drawing><wp:inline><a:graphic><pic:pic/></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    found = checked(docx(picture * 7))
    assert [(one.code, one.message) for one in found.faults] == [("R23", "里面没有文字，只有7张图片")]


def test_two_hundred_pages_are_read_quickly() -> None:
    long = changed(
        lambda text, style: [(text, style), *[("质量工作" * 60, BODY)] * 1200] if text.startswith("二、") else None
    )
    began = time.process_time()
    assert codes(long) == ["R16"]
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"", "R04", "文件是空的"),
        (b"PK\x03\x04", "R04", "损坏"),
        (b"%PDF-1.4", "R04", "PDF"),
        (ole({"EncryptedPackage": b"x" * 5000}), "R04", "打开密码"),
    ],
)
def test_what_cannot_be_read_is_named(content: bytes, code: str, said: str) -> None:
    (fault,) = checked(content).faults
    assert fault.code == code
    assert said in fault.message


@pytest.mark.office
def test_an_old_document_is_converted(tmp_path: Path) -> None:
    office_or_skip()
    path = write(tmp_path / "自评报告.docx", good_report())
    (old,) = convert([path], tmp_path / "doc", "doc:MS Word 97")
    found = checked(old.read_bytes())
    assert found.faults[0].code == "R06"
    assert not [one for one in found.faults if one.is_error], found.faults
    assert found.words == checked(good_report()).words
    spoilt = old.read_bytes()[:4096] + b"\0" * 9000
    assert [one.code for one in checked(spoilt).faults] in (["R07"], ["R04"])


@pytest.mark.office
def test_a_report_saved_by_another_program_is_the_same(tmp_path: Path) -> None:
    office_or_skip()
    path = write(tmp_path / "自评报告.docx", good_report())
    (again,) = convert([path], tmp_path / "again", "docx:MS Word 2007 XML")
    (open_document,) = convert([path], tmp_path / "odt", "odt")
    (back,) = convert([open_document], tmp_path / "back", "docx:MS Word 2007 XML")
    for copy in (again, back):
        found = checked(copy.read_bytes())
        assert found.faults == ()
        assert (found.words, found.problems) == (checked(good_report()).words, checked(good_report()).problems)
    assert codes(open_document.read_bytes()) == ["R06"]


def test_without_libreoffice_an_old_document_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    (fault,) = checked(ole({"WordDocument": b"x" * 5000})).faults
    assert fault.code == "R07"
    assert "没有 LibreOffice" in fault.message


def test_any_broken_report_is_read_or_refused() -> None:
    for number in range(60):
        content = broken(good_report(), f"report/{number}")
        began = time.process_time()
        assert all(one.message and one.code[0] == "R" for one in checked(content).faults)
        assert time.process_time() - began < 10


HEADINGS = (Heading("一、甲乙丙丁", 0), Heading("（一）戊己庚辛", 1), Heading("二、存在问题", 0))


@settings(max_examples=60)
@given(
    st.lists(
        st.sampled_from(["一、甲乙丙丁", "（一）戊己庚辛", "二、存在问题", "正文一段。", "", "1. 甲乙"]), max_size=9
    )
)
def test_every_word_is_before_a_heading_or_under_one(texts: list[str]) -> None:
    document = read_word(docx("".join(map(p, texts))))
    parts = divide(document.paragraphs, HEADINGS)
    assert set(parts.places) | set(parts.missing) == set(HEADINGS)
    assert set(parts.displaced) <= set(parts.places)
    assert len(set(parts.places.values())) == len(parts.places)
    for heading, at in parts.places.items():
        assert core(texts[at]) == heading.core
    covered = len(parts.front) + len(parts.body) + len(parts.places)
    assert covered == len(texts)
