"""The page and the styles of the shipped Word templates: GB/T 9704-2012, 22 lines of 28 characters on A4."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.opc.constants import RELATIONSHIP_TYPE as REL
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.table import _Cell

LATIN = "Times New Roman"
FANGSONG, KAITI, HEITI, SONGTI, TITLE = "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体", "方正小标宋简体"
PITCH = Pt(28.95)
TABLE_WIDTH = 8845
"""Width of the text block, 156 mm, in twentieths of a point."""

KEPT_STYLES = ("Normal", "Default Paragraph Font", "Normal Table", "No List")
TABLE_STYLE = "公文表格"


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
    for name in ("落款", "成文日期"):
        close_up(document, name)
    style(document, "封面单位", TITLE, 26, pitch=Pt(44), align=ALIGN.CENTER, before=Pt(130))
    style(document, "封面标题", TITLE, 30, pitch=Pt(52), align=ALIGN.CENTER, before=Pt(12))
    style(document, "封面盖章", KAITI, 16, align=ALIGN.CENTER, before=Pt(190), colour="808080")
    style(document, "封面日期", FANGSONG, 16, align=ALIGN.CENTER, before=PITCH)
    style(document, "页码", SONGTI, 14, pitch=None, latin=SONGTI)
    style(document, "表格标题", HEITI, 14, align=ALIGN.CENTER, before=Pt(6), keep=True)
    style(document, "表格文字", FANGSONG, 10.5, pitch=None, align=ALIGN.CENTER)
    style(document, "表格文字左", FANGSONG, 10.5, pitch=None)
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
    paragraph.widow_control = False  # every page is filled to its last line (5.2.3)
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


def close_up(document: Document, name: str) -> None:
    """Let figures stand close to Chinese signs, so that a line is as wide as its signs."""
    properties = document.styles[name].element.get_or_add_pPr()
    for tag in ("autoSpaceDE", "autoSpaceDN"):
        element = parse_xml(f"<w:{tag} {nsdecls('w')} w:val='0'/>")
        properties.insert_element_before(element, "w:spacing", "w:ind", "w:jc", "w:outlineLvl")


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


def fill(cells: Sequence[_Cell], texts: Sequence[str], widths: Sequence[int], style_name: str) -> None:
    """Write a row; cells that hold only a loop's mark vanish when the template is filled, so they are narrow."""
    for number, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        cell.paragraphs[0].style = style_name
        cell.paragraphs[0].text = texts[number] if number < len(texts) else ""
        properties = cell._tc.get_or_add_tcPr()  # noqa: SLF001 - python-docx measures in its own units
        properties.get_or_add_tcW().set(qn("w:w"), str(width or 300))
        properties.get_or_add_tcW().set(qn("w:type"), "dxa")
        properties.append(parse_xml(f"<w:vAlign {nsdecls('w')} w:val='center'/>"))
