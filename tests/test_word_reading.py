"""The deep reading of Word documents: nothing seen is missed, nothing hidden is taken, looks resolve as in Word."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from ole_cases import ole
from word_cases import box, docx, p, table

from qtool.office.archive.members import DAMAGED, DECLARED, SWOLLEN, Unreadable
from qtool.office.word.document import Changes, Paragraph, Pitch, Place
from qtool.office.word.document_kind import WordKind, word_kind
from qtool.office.word.reader import read_word
from qtool.resources import template


def texts(body: str, **parts: str) -> list[str]:
    return [paragraph.text for paragraph in read_word(docx(body, parts)).paragraphs]


def first(body: str, **parts: str) -> Paragraph:
    return read_word(docx(body, parts)).paragraphs[0]


def field(result: str, instruction: str = "PAGE") -> str:
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f"<w:r><w:instrText> {instruction} </w:instrText></w:r>"
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f'<w:r><w:t>{result}</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def test_text_is_found_wherever_word_shows_it() -> None:
    run = "<w:r><w:t>字</w:t></w:r>"
    wrapped = (
        f"<w:sdt><w:sdtPr/><w:sdtContent>{run}</w:sdtContent></w:sdt>",
        f"<w:hyperlink>{run}</w:hyperlink>",
        f'<w:smartTag w:element="x">{run}</w:smartTag>',
        f"<w:customXml>{run}</w:customXml>",
        f'<w:fldSimple w:instr="TITLE">{run}</w:fldSimple>',
        field("字", "REF x"),
        f"<w:ins>{run}</w:ins>",
        f"<w:moveTo>{run}</w:moveTo>",
        f"<w:r><w:ruby><w:rubyPr/><w:rt><w:r><w:t>zì</w:t></w:r></w:rt><w:rubyBase>{run}</w:rubyBase></w:ruby></w:r>",
        f"<w:bdo>{run}</w:bdo>",
    )
    for xml in wrapped:
        assert texts(f"<w:p>{xml}</w:p>") == ["字"], xml
    assert texts(
        f"<w:sdt><w:sdtContent>{p('块')}<w:sdt><w:sdtContent>{p('内')}</w:sdtContent></w:sdt></w:sdtContent></w:sdt>"
    ) == [
        "块",
        "内",
    ]


def test_what_is_not_seen_is_not_taken() -> None:
    deleted = "<w:del><w:r><w:delText>删</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>移</w:t></w:r></w:moveFrom>"
    assert texts(f"<w:p><w:r><w:t>留</w:t></w:r>{deleted}</w:p>") == ["留"]
    nested = field("果", f"IF {field('内')}").replace("<w:instrText> IF", "<w:instrText> IF ")
    assert texts(f"<w:p>{nested}</w:p>")[0].endswith("果")
    hidden = first(p("见") + p("隐", rpr="<w:vanish/>"))
    assert hidden.shown == "见"
    document = read_word(docx(p("隐", rpr="<w:vanish/>")))
    assert (document.paragraphs[0].text, document.paragraphs[0].shown) == ("隐", "")


def test_a_field_that_never_ends_swallows_nothing() -> None:
    open_field = '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>X</w:instrText></w:r></w:p>'
    assert texts(f"{open_field}{p('后面的话')}") == ["", "后面的话"]


def test_a_field_over_several_paragraphs_keeps_its_result() -> None:
    begin = '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC</w:instrText></w:r>'
    begin += '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>目录一</w:t></w:r></w:p>'
    end = '<w:p><w:r><w:t>目录二</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    document = read_word(docx(begin + end))
    assert [one.text for one in document.paragraphs] == ["目录一", "目录二"]
    assert document.paragraphs[0].fields == ("TOC",)


def test_a_text_box_counts_once_and_tables_have_places() -> None:
    document = read_word(docx(p("前") + box("框") + table(("甲", "乙"), ("丙", "丁")) + p("后")))
    assert [(one.text, one.place) for one in document.paragraphs if one.text] == [
        ("前", Place.BODY),
        ("框", Place.BOX),
        *((sign, Place.TABLE) for sign in "甲乙丙丁"),
        ("后", Place.BODY),
    ]
    assert [one.cell for one in document.paragraphs if one.place is Place.TABLE] == [
        (0, 0, 0),
        (0, 0, 1),
        (0, 1, 0),
        (0, 1, 1),
    ]
    assert (document.boxes, document.tables) == (1, 1)


def test_an_alternative_that_word_does_not_know_gives_way() -> None:
    alternatives = (
        '<mc:AlternateContent><mc:Choice xmlns:zz="urn:zz" Requires="zz"><w:r><w:t>新</w:t></w:r></mc:Choice>'
        "<mc:Fallback><w:r><w:t>旧</w:t></w:r></mc:Fallback></mc:AlternateContent>"
    )
    assert texts(f"<w:p>{alternatives}</w:p>") == ["旧"]
    assert texts(f"<w:p>{alternatives.replace('zz=', 'w99=').replace(chr(34) + 'zz', chr(34) + 'wps')}</w:p>") == ["新"]


def test_tracked_changes_and_comments_are_told() -> None:
    body = (
        "<w:p><w:ins><w:r><w:t>增</w:t></w:r></w:ins><w:del><w:r><w:delText>删</w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>移</w:t></w:r></w:moveFrom><w:r><w:rPr><w:b/><w:rPrChange><w:rPr/></w:rPrChange></w:rPr>"
        "<w:t>粗</w:t></w:r></w:p>"
    )
    comments = f"<w:comments><w:comment>{p('请核对')}</w:comment></w:comments>"
    document = read_word(docx(body, {"comments": comments}))
    assert document.changes == Changes(inserted=1, deleted=1, moved=1, formatted=1)
    assert document.comments == ("请核对",)
    assert [(run.text, run.inserted, run.bold) for run in document.paragraphs[0].runs] == [
        ("增", True, False),
        ("粗", False, True),
    ]
    assert not read_word(docx(p("净"))).changes


STYLES = (
    "<w:styles><w:docDefaults><w:rPrDefault><w:rPr>"
    '<w:rFonts w:asciiTheme="minorHAnsi" w:eastAsiaTheme="minorEastAsia"/><w:sz w:val="21"/>'
    "</w:rPr></w:rPrDefault></w:docDefaults>"
    '<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="b"><w:name w:val="正文公文"/><w:basedOn w:val="a"/><w:pPr>'
    '<w:spacing w:line="579" w:lineRule="exact"/><w:ind w:firstLineChars="200" w:firstLine="640"/></w:pPr><w:rPr>'
    '<w:rFonts w:eastAsia="仿宋_GB2312"/><w:sz w:val="32"/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="h"><w:name w:val="heading 2"/><w:basedOn w:val="b"/></w:style>'
    '<w:style w:type="character" w:styleId="c"><w:name w:val="Strong"/><w:rPr><w:b/><w:color w:val="ff0000"/></w:rPr>'
    '</w:style><w:style w:type="paragraph" w:styleId="x"><w:name w:val="圈"/><w:basedOn w:val="x"/></w:style>'
    "</w:styles>"
)
THEME = (
    '<a:theme><a:themeElements><a:fontScheme name="x"><a:minorFont><a:latin typeface="Calibri"/><a:ea typeface=""/>'
    '<a:font script="Hans" typeface="等线"/></a:minorFont></a:fontScheme></a:themeElements></a:theme>'
)


def test_looks_resolve_from_the_defaults_to_the_run() -> None:
    plain = first(p("字"), styles=STYLES, theme=THEME)
    (run,) = plain.runs
    assert (plain.style, run.east_asian, run.latin, run.size) == ("Normal", "等线", "Calibri", 10.5)
    styled = first(p("字", pr='<w:pStyle w:val="b"/>'), styles=STYLES, theme=THEME)
    (run,) = styled.runs
    assert (styled.style, run.east_asian, run.size) == ("正文公文", "仿宋_GB2312", 16.0)
    assert (styled.pitch, styled.line, styled.first_line, styled.first_line_chars) == (Pitch.EXACT, 28.95, 32.0, 2.0)
    direct = first(
        p("字", pr='<w:pStyle w:val="b"/><w:jc w:val="center"/>', rpr='<w:rStyle w:val="c"/><w:sz w:val="44"/>'),
        styles=STYLES,
        theme=THEME,
    )
    (run,) = direct.runs
    assert (direct.alignment, run.size, run.bold, run.colour) == ("center", 22.0, True, "FF0000")
    heading = first(p("字", pr='<w:pStyle w:val="h"/>'), styles=STYLES, theme=THEME)
    assert (heading.level, heading.runs[0].east_asian) == (1, "仿宋_GB2312")
    assert first(p("字", pr='<w:pStyle w:val="x"/>'), styles=STYLES).style == "圈"


def test_numbers_that_word_writes_itself_are_labels() -> None:
    levels = (
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/>'
        '<w:lvlText w:val="%1、"/></w:lvl>'
        '<w:lvl w:ilvl="1"><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%2）"/></w:lvl>'
        '<w:lvl w:ilvl="2"><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%3."/></w:lvl>'
    )
    numbering = (
        f'<w:numbering><w:abstractNum w:abstractNumId="3">{levels}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="3"/></w:num></w:numbering>'
    )

    def one(level: int) -> str:
        return p("题", pr=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>')

    body = one(0) + one(1) + one(1) + one(0) + one(1) + one(2) + p("无", pr='<w:numPr><w:numId w:val="0"/></w:numPr>')
    document = read_word(docx(body, {"numbering": numbering}))
    assert [one.label for one in document.paragraphs] == ["一、", "（一）", "（二）", "二、", "（一）", "二.1.", ""]


def test_pages_headers_and_footers() -> None:
    section = (
        '<w:sectPr><w:footerReference w:type="default" r:id="footer1"/>'
        '<w:footerReference w:type="even" r:id="footer2"/>'
        '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:bottom="1984" w:left="1588" w:right="1474" '
        'w:header="851" w:footer="1304" w:gutter="0"/><w:cols w:num="2"/>'
        '<w:docGrid w:type="linesAndChars" w:linePitch="579" w:charSpace="-849"/></w:sectPr>'
    )
    parts = {
        "footer1": f"<w:ftr><w:p>{field('1')}</w:p></w:ftr>",
        "footer2": f"<w:ftr><w:p>{field('2')}</w:p></w:ftr>",
        "settings": "<w:settings><w:evenAndOddHeaders/></w:settings>",
    }
    document = read_word(docx(p("一", pr=section) + p("二") + "<w:sectPr/>", parts))
    one, two = document.sections
    assert (one.width, one.height, one.top, one.left, one.footer) == (595.3, 841.9, 104.9, 79.4, 65.2)
    assert (one.grid, one.grid_pitch, one.grid_chars, one.columns) == ("linesAndChars", 28.95, -849, 2)
    assert [paragraph.section for paragraph in document.paragraphs] == [0, 1]
    assert [(one.kind, one.numbered) for one in two.headers_footers] == [("default", True), ("even", True)]
    assert document.odd_even


def test_notes_are_apart_and_word_s_own_lines_are_none() -> None:
    line, note = f'<w:footnote w:type="separator">{p("线")}</w:footnote>', f"<w:footnote>{p('注')}</w:footnote>"
    notes = f"<w:footnotes>{line}{note}</w:footnotes>"
    document = read_word(docx(p("文"), {"footnotes": notes}))
    assert [(one.text, one.place) for one in document.notes] == [("注", Place.FOOTNOTE)]


def test_a_scan_has_no_text_and_its_pictures_count() -> None:
    picture = "<w:p><w:r><w:drawing><wp:inline><a:graphic><pic:pic/></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    document = read_word(docx(picture * 3))
    assert document.empty
    assert document.pictures == 3


def test_a_prompt_nobody_filled_in_is_told_apart() -> None:
    inside = "<w:sdtContent><w:r><w:t>单击此处输入</w:t></w:r></w:sdtContent>"
    prompt = f"<w:p><w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr>{inside}</w:sdt></w:p>"
    document = read_word(docx(prompt))
    assert document.paragraphs[0].runs[0].placeholder
    assert document.controls == 1


def test_the_strict_format_is_read_as_well() -> None:
    content = docx(p("严"))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            xml = old.read(name).replace(
                b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                b"http://purl.oclc.org/ooxml/wordprocessingml/main",
            )
            new.writestr(name, xml)
    assert [one.text for one in read_word(out.getvalue()).paragraphs] == ["严"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "文件是空的"),
        (b"%PDF-1.7", "是PDF，不是 Word 文档(.docx)"),
        (b"\xff\xd8\xff\xe0", "是图片，不是 Word 文档(.docx)"),
        (b"{\\rtf1", "是RTF 文档，不是 Word 文档(.docx)"),
        (b"<html><body>x", "其实是网页，不是 Word 文档"),
        ("自评报告".encode(), "是文本文件，不是 Word 文档"),
        (b"Rar!\x1a\x07\x00", "是压缩包（rar、7z 等），不是 Word 文档"),
        (docx(p("字"))[:-30], DAMAGED),
        (docx(p("字")).replace(b"PK\x01\x02", b"PK\x01\x03"), DAMAGED),
        (docx("<w:p>"), DAMAGED),
        (docx("<w:p/>" + "<w:sdt><w:sdtContent>" * 400 + "</w:sdtContent></w:sdt>" * 400), DAMAGED),
    ],
)
def test_what_is_no_document_is_named(content: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_word(content)
    assert caught.value.reason == reason


def test_old_and_encrypted_files_are_known_by_their_inside() -> None:
    assert word_kind(ole({"WordDocument": b"x" * 5000})) is WordKind.DOC
    encrypted = ole({"EncryptedPackage": b"x" * 5000})
    with pytest.raises(Unreadable) as caught:
        read_word(encrypted)
    assert caught.value.encrypted


def test_nothing_declared_nothing_swollen() -> None:
    bomb = "<!DOCTYPE w [<!ENTITY a 'b'>]>"
    content = docx(p("字"))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            xml = old.read(name)
            new.writestr(name, bomb.encode() + xml if name == "word/document.xml" else xml)
    with pytest.raises(Unreadable) as caught:
        read_word(out.getvalue())
    assert caught.value.reason == DECLARED
    with pytest.raises(Unreadable) as caught:
        read_word(docx(p("字" * 8_000_000)))
    assert caught.value.reason == SWOLLEN
    with pytest.raises(Unreadable) as caught:
        read_word(docx("<w:p/>" * 3_100_000))
    assert caught.value.reason == SWOLLEN


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        read_word(tmp_path / "没有.docx")


def test_the_shipped_templates_are_read_whole() -> None:
    document = read_word(template("docx/自评报告.docx"))
    assert "仿宋_GB2312" in document.fonts
    assert document.sections[0].title_page
