"""Make the shipped Word templates, templates/docx/*.docx; run it again whenever the texts here change.

The layout is that of GB/T 9704-2012: A4, a text block of 156 x 225 mm, 22 lines of 28 characters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.opc.constants import RELATIONSHIP_TYPE as REL
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from qtool.office.word import packed, set_properties

OUT = Path(__file__).parent.parent / "templates" / "docx"
MADE = datetime(2023, 1, 1, tzinfo=UTC)
LATIN = "Times New Roman"
FANGSONG, KAITI, HEITI, SONGTI, TITLE = "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体", "方正小标宋简体"
PITCH = Pt(28.95)
TABLE_WIDTH = 8845
"""Width of the text block, 156 mm, in twentieths of a point."""

KEPT_STYLES = ("Normal", "Default Paragraph Font", "Normal Table", "No List")
TABLE_STYLE = "公文表格"


def main() -> None:
    """Make every template."""
    for name, make in (("通报", circular),):
        document = empty_document()
        make(document)
        set_properties(document, title=name, author="", made=MADE)
        OUT.mkdir(parents=True, exist_ok=True)
        (OUT / f"{name}.docx").write_bytes(packed(document))
        print(f"templates/docx/{name}.docx")


def circular(document: Document) -> None:
    """Write the result circular."""
    write = writer(document)
    write("公文标题", "{%p if 暂定 %}", "【暂定】", "{%p endif %}", "关于{{ 年度 }}年度质量工作考核结果的通报")
    write("主送机关", "{{ 主送 }}：")
    write(
        "正文公文",
        "根据{{ 考核依据 }}，{{ 组织单位 }}组织{{ 部门数 }}个部门对{{ 对象数 }}个考核对象"
        "{{ 年度 }}年度质量工作进行了评分。现将考核结果通报如下。",
        "{%p if 暂定 %}",
        "本结果为暂定结果，尚缺{{ 缺少部门 }}的评分，仅供内部参考，以收齐评分后的结果为准。",
        "{%p endif %}",
    )
    write("一级标题", "一、考核结果")
    write("正文公文", "{%p for 段落 in 结果说明 %}", "{{ 段落 }}", "{%p endfor %}")
    write("表格标题", "{{ 年度 }}年度质量工作考核结果")
    results_table(document)
    write("表格说明", "{%p for 段落 in 调整说明 %}", "{{ 段落 }}", "{%p endfor %}")
    write("一级标题", "二、主要成效")
    write("正文公文", "{%p for 段落 in 主要成效 %}", "{{ 段落 }}", "{%p endfor %}")
    write("一级标题", "三、存在问题")
    write("正文公文", "{%p for 段落 in 存在问题 %}", "{{ 段落 }}", "{%p endfor %}")
    write("落款", "{{ 组织单位全称 }}")
    write("成文日期", "{{ 日期 }}")
    page_numbers(document)


def writer(document: Document) -> Callable[..., None]:
    """Return a function that adds paragraphs of one style."""

    def write(style: str, *texts: str) -> None:
        for text in texts:
            document.add_paragraph(text, style=style)

    return write


def empty_document() -> Document:
    """Return an A4 document with the styles of official documents and nothing of python-docx's own template."""
    document = docx.Document()
    for relation in list(document.part.rels.values()):
        if relation.reltype not in (REL.STYLES, REL.SETTINGS):
            document.part.rels.pop(relation.rId)
    package = document.part.package
    for key, relation in list(package.rels.items()):
        if relation.reltype not in (REL.OFFICE_DOCUMENT, REL.CORE_PROPERTIES):
            package.rels.pop(key)
    for style in list(document.styles):
        if style.name not in KEPT_STYLES:
            style.delete()
    document.styles.element.remove(document.styles.element.find(qn("w:latentStyles")))
    compatible(document)
    page(document)
    styles(document)
    return document


def compatible(document: Document) -> None:
    """Say that the document was made for today's Word, which otherwise opens it in compatibility mode."""
    settings = document.settings.element
    for element in list(settings):
        settings.remove(element)
    settings.append(
        parse_xml(
            f"<w:compat {nsdecls('w')}><w:compatSetting w:name='compatibilityMode' "
            "w:uri='http://schemas.microsoft.com/office/word' w:val='15'/></w:compat>"
        )
    )


def page(document: Document) -> None:
    """Set the page: 天头 37 mm, 订口 28 mm, text block 156 x 225 mm, page number 7 mm below it."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(15), Mm(23)


def styles(document: Document) -> None:
    """Add the named styles; what the office sees in Word's list."""
    defaults = document.styles.element.find(qn("w:docDefaults"))
    defaults.getparent().replace(
        defaults,
        parse_xml(
            f"<w:docDefaults {nsdecls('w')}><w:rPrDefault><w:rPr><w:rFonts w:ascii='{LATIN}' w:hAnsi='{LATIN}' "
            f"w:cs='{LATIN}' w:eastAsia='{FANGSONG}'/><w:sz w:val='32'/><w:szCs w:val='32'/>"
            "<w:lang w:val='en-US' w:eastAsia='zh-CN' w:bidi='ar-SA'/></w:rPr></w:rPrDefault><w:pPrDefault/>"
            "</w:docDefaults>"
        ),
    )
    style(document, "正文公文", FANGSONG, 16, indent=2, align=ALIGN.JUSTIFY, condensed=True)
    style(document, "公文标题", TITLE, 22, pitch=Pt(36), align=ALIGN.CENTER)
    style(document, "主送机关", FANGSONG, 16, condensed=True, before=PITCH)
    style(document, "一级标题", HEITI, 16, indent=2, level=0)
    style(document, "二级标题", KAITI, 16, indent=2, level=1)
    style(document, "填写提示", KAITI, 14, indent=2, pitch=Pt(24), colour="808080")
    style(document, "落款", FANGSONG, 16, align=ALIGN.RIGHT, right=4, before=Pt(2 * 28.95), keep=True)
    style(document, "成文日期", FANGSONG, 16, align=ALIGN.RIGHT, right=4)
    style(document, "封面单位", TITLE, 26, pitch=Pt(44), align=ALIGN.CENTER, before=Pt(130))
    style(document, "封面标题", TITLE, 30, pitch=Pt(52), align=ALIGN.CENTER, before=Pt(12))
    style(document, "封面盖章", KAITI, 16, align=ALIGN.CENTER, before=Pt(190), colour="808080")
    style(document, "封面日期", FANGSONG, 16, align=ALIGN.CENTER, before=PITCH)
    style(document, "页码", SONGTI, 14, pitch=None, latin=SONGTI)
    style(document, "表格标题", HEITI, 14, align=ALIGN.CENTER, before=Pt(6), keep=True)
    style(document, "表格文字", FANGSONG, 10.5, pitch=None, align=ALIGN.CENTER)
    style(document, "表头文字", HEITI, 10.5, pitch=None, align=ALIGN.CENTER)
    style(document, "表格说明", FANGSONG, 12, pitch=Pt(20))
    table_style(document)


def style(  # noqa: PLR0913 - what a style is made of
    document: Document,
    name: str,
    font: str,
    size: float,
    *,
    latin: str = LATIN,
    pitch: Pt | None = PITCH,
    align: ALIGN | None = None,
    indent: int = 0,
    right: int = 0,
    before: Pt | None = None,
    level: int | None = None,
    keep: bool = False,
    condensed: bool = False,
    colour: str = "",
) -> None:
    """Add a paragraph style; indents count characters, `pitch` is exact, None lets lines grow."""
    added = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    assert isinstance(added, ParagraphStyle)  # noqa: S101 - for the type checker
    added.base_style = document.styles["Normal"]
    added.quick_style = True
    # Word's own names for Chinese styles are plain letters and digits.
    added.element.set(qn("w:styleId"), f"gw{len(document.styles)}")
    added.font.size = Pt(size)
    paragraph = added.paragraph_format
    paragraph.alignment, paragraph.space_before, paragraph.keep_with_next = align, before, keep or level is not None
    paragraph.line_spacing = pitch
    fonts = added.element.get_or_add_rPr().get_or_add_rFonts()
    for slot, face in (("ascii", latin), ("hAnsi", latin), ("cs", latin), ("eastAsia", font)):
        fonts.set(qn(f"w:{slot}"), face)
    # The order of these elements is laid down: colour, spacing, then the size that stands already.
    if colour:
        fonts.addnext(parse_xml(f"<w:color {nsdecls('w')} w:val='{colour}'/>"))
    if condensed:
        # 28 characters of 16 pt are a little wider than the 156 mm of the text block.
        fonts.addnext(parse_xml(f"<w:spacing {nsdecls('w')} w:val='-5'/>"))
    for side, characters in (("firstLine", indent), ("right", right)):
        if characters:
            indents = paragraph.element.get_or_add_pPr().get_or_add_ind()
            indents.set(qn(f"w:{side}Chars"), str(characters * 100))
            indents.set(qn(f"w:{side}"), str(int(characters * size * 20)))
    if level is not None:
        paragraph.element.get_or_add_pPr().append(parse_xml(f"<w:outlineLvl {nsdecls('w')} w:val='{level}'/>"))


def table_style(document: Document) -> None:
    """Add the table style: thin lines all round, narrow cell margins."""
    lines = "".join(
        f"<w:{side} w:val='single' w:sz='4' w:space='0' w:color='000000'/>"
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    document.styles.element.append(
        parse_xml(
            f"<w:style {nsdecls('w')} w:type='table' w:customStyle='1' w:styleId='gwTable'>"
            f"<w:name w:val='{TABLE_STYLE}'/>"
            f"<w:tblPr><w:tblBorders>{lines}</w:tblBorders><w:tblCellMar><w:top w:w='40' w:type='dxa'/>"
            "<w:left w:w='20' w:type='dxa'/><w:bottom w:w='40' w:type='dxa'/><w:right w:w='20' w:type='dxa'/>"
            "</w:tblCellMar></w:tblPr></w:style>"
        )
    )


def results_table(document: Document) -> None:
    """Add the table of results: a row for each assessee, a column for each area."""
    loop = ["{%tc for 领域 in 各领域 %}", "{{ 领域.名称 }}\n{{ 领域.分值 }}分", "{%tc endfor %}"]
    adjusted = ["{%tc if 有调整 %}", "人工调整", "{%tc endif %}"]
    heading = ["名次", "考核对象", *loop, "事件扣分", *adjusted, "总分", "等级"]
    loop = ["{%tc for 得分 in 行.领域得分 %}", "{{ 得分 }}", "{%tc endfor %}"]
    adjusted = ["{%tc if 有调整 %}", "{{ 行.调整 }}", "{%tc endif %}"]
    figures = ["{{ 行.名次 }}", "{{ 行.对象 }}", *loop, "{{ 行.扣分 }}", *adjusted, "{{ 行.总分 }}", "{{ 行.等级 }}"]
    widths = [460, 1150, 0, 870, 0, 560, 0, 560, 0, 870, 480]
    table = document.add_table(4, len(heading))
    table.autofit = False
    properties = table._tbl.tblPr  # noqa: SLF001 - python-docx has no other way to the table's own width
    for element in list(properties):
        properties.remove(element)
    for xml in (
        "<w:tblStyle {} w:val='gwTable'/>",
        f"<w:tblW {{}} w:w='{TABLE_WIDTH}' w:type='dxa'/>",
        "<w:jc {} w:val='center'/>",
        "<w:tblLayout {} w:type='fixed'/>",
    ):
        properties.append(parse_xml(xml.format(nsdecls("w"))))
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001 - as above
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001 - as above
    fill(table.rows[0].cells, heading, widths, "表头文字")
    fill(table.rows[1].cells, ["{%tr for 行 in 结果 %}"], widths, "表格文字")
    fill(table.rows[2].cells, figures, widths, "表格文字")
    fill(table.rows[3].cells, ["{%tr endfor %}"], widths, "表格文字")


def fill(cells: Sequence[_Cell], texts: Sequence[str], widths: Sequence[int], style_name: str) -> None:
    """Write a row; cells that hold only a loop's mark vanish when the template is filled, so they are narrow."""
    for number, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        cell.paragraphs[0].style = style_name
        cell.paragraphs[0].text = texts[number] if number < len(texts) else ""
        properties = cell._tc.get_or_add_tcPr()  # noqa: SLF001 - python-docx measures in its own units
        properties.get_or_add_tcW().set(qn("w:w"), str(width or 300))
        properties.get_or_add_tcW().set(qn("w:type"), "dxa")
        properties.append(parse_xml(f"<w:vAlign {nsdecls('w')} w:val='center'/>"))


def page_numbers(document: Document, *, cover: bool = False) -> None:
    """Put “— 1 —” at the foot: right on odd pages, left on even ones; in the middle after a cover, which has none."""
    section = document.sections[0]
    if cover:
        section.different_first_page_header_footer = True
        section.first_page_footer.is_linked_to_previous = False
        section.first_page_footer.paragraphs[0].style = "页码"
        columns = section._sectPr.find(qn("w:cols"))  # noqa: SLF001 - python-docx cannot number pages
        columns.addprevious(parse_xml(f"<w:pgNumType {nsdecls('w')} w:start='0'/>"))
        section.footer.is_linked_to_previous = False
        number(section.footer.paragraphs[0], ALIGN.CENTER)
        return
    document.settings.odd_and_even_pages_header_footer = True
    for footer, align, side in (
        (section.footer, ALIGN.RIGHT, "right"),
        (section.even_page_footer, ALIGN.LEFT, "left"),
    ):
        footer.is_linked_to_previous = False
        number(footer.paragraphs[0], align)
        indents = footer.paragraphs[0]._p.get_or_add_pPr().get_or_add_ind()  # noqa: SLF001 - indents in characters
        indents.set(qn(f"w:{side}Chars"), "100")
        indents.set(qn(f"w:{side}"), "280")


def number(paragraph: Paragraph, align: ALIGN) -> None:
    """Write “— PAGE —” with the page number as a field, shown as 1 until it is counted."""
    paragraph.style = "页码"
    paragraph.alignment = align
    field = (
        "<w:fldChar {} w:fldCharType='begin'/>",
        "<w:instrText {} xml:space='preserve'> PAGE </w:instrText>",
        "<w:fldChar {} w:fldCharType='separate'/>",
        "<w:t {}>1</w:t>",
        "<w:fldChar {} w:fldCharType='end'/>",
    )
    paragraph.add_run("— ")
    for xml in field:
        paragraph.add_run()._r.append(parse_xml(xml.format(nsdecls("w"))))  # noqa: SLF001 - as above
    paragraph.add_run(" —")


if __name__ == "__main__":
    main()
