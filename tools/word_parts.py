"""The parts of official documents in the shipped Word templates: heads, page numbers, imprint, tables."""

from __future__ import annotations

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_TAB_ALIGNMENT as TAB
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph
from word_styles import FANGSONG, HEITI, PITCH, TABLE_WIDTH, TITLE, style, writer

RED = "FF0000"
SPACER = 87.0
"""Points above the mark's line: its signs then begin 35 mm below the top of the text block."""


def head(document: Document, *, upward: bool = False) -> None:
    """Write the head (版头) of a document: printed in red, left blank for printed paper, or none (7.2).

    An upward document names who signed it (7.2.6).
    """
    write = writer(document)
    number = "　{{ 发文字号 }}\t签发人：{{ 签发人 }}　" if upward else "{{ 发文字号 }}"
    kind = "上行" if upward else ""
    write("版头空白", "{%p if 套红 or 预印 %}", "", "{%p endif %}")
    write(
        "发文机关标志", "{%p if 套红 %}", "{{ 发文机关标志 }}", "{%p endif %}", "{%p if 预印 %}", "　", "{%p endif %}"
    )
    write(f"发文字号{kind}", "{%p if 套红 %}", number, "{%p endif %}")
    write(f"发文字号{kind}预印", "{%p if 预印 %}", number, "{%p endif %}")
    write("正文公文", "{%p if 套红 or 预印 %}", "", "", "{%p endif %}")


def letter_head(document: Document) -> None:
    """Write the head and the foot of a letter (信函格式, 10.1): a mark with double red lines, the number below, right.

    They stand in header and footer of the first page, which bears no number.
    """
    section = document.sections[0]
    section.different_first_page_header_footer = True
    section.header_distance, section.footer_distance = Mm(30), Mm(20)
    section.first_page_header.is_linked_to_previous = False
    mark = section.first_page_header.paragraphs[0]
    mark.style, mark.text = "信函标志", "{{ 发文机关 }}"
    section.first_page_footer.is_linked_to_previous = False
    section.first_page_footer.paragraphs[0].style = "信函下线"
    write = writer(document)
    write("信函字号", "{{ 发文字号 }}")
    write("正文公文", "", "")


def imprint(document: Document) -> None:
    """Write the imprint (版记) at the foot of the last page: who gets copies, who printed it and when (7.4)."""
    write = writer(document)
    write("版记抄送", "{%p if 有抄送 %}", "抄送：{{ 抄送 }}。", "{%p endif %}")
    write("版记印发", "{%p if 有抄送 %}", "{{ 印发机关 }}\t{{ 印发日期 }}印发", "{%p endif %}")
    write("版记单行", "{%p if not 有抄送 %}", "{{ 印发机关 }}\t{{ 印发日期 }}印发", "{%p endif %}")
    for paragraph in document.paragraphs[-9:]:
        at_the_foot(paragraph)


def letter_imprint(document: Document) -> None:
    """Write who gets copies of a letter, without lines, at the foot of its last page (10.1)."""
    write = writer(document)
    write("信函抄送", "{%p if 有抄送 %}", "抄送：{{ 抄送 }}。", "{%p endif %}")
    for paragraph in document.paragraphs[-3:]:
        at_the_foot(paragraph)


def official_styles(document: Document) -> None:
    """Add the styles of heads, attachments and imprint."""
    style(document, "版头空白", FANGSONG, 16, pitch=Pt(SPACER))
    style(document, "发文机关标志", TITLE, 48, pitch=Pt(57.6), align=ALIGN.CENTER, colour=RED)
    for name, align in (("发文字号", ALIGN.CENTER), ("发文字号上行", None)):
        for ending in ("", "预印"):
            style(document, f"{name}{ending}", FANGSONG, 16, align=align, before=Pt(2 * 28.95))
            if not ending:
                border(document, name, bottom=("single", 12, 4, RED))
            if align is None:
                right_tab(document, f"{name}{ending}")
    style(document, "信函标志", TITLE, 40, pitch=Pt(48), align=ALIGN.CENTER, colour=RED)
    border(document, "信函标志", bottom=("thickThinSmallGap", 18, 1, RED))
    style(document, "信函下线", FANGSONG, 2, pitch=Pt(3))
    border(document, "信函下线", bottom=("thinThickSmallGap", 18, 0, RED))
    for name in ("信函标志", "信函下线"):
        indents = document.styles[name].element.get_or_add_pPr().get_or_add_ind()
        indents.set(qn("w:left"), str(round(-8 * 56.7)))
        indents.set(qn("w:right"), str(round(-6 * 56.7)))
    style(document, "信函字号", FANGSONG, 16, align=ALIGN.RIGHT, before=Pt(6.5))
    # kept with the signature, which must not stand alone on a page
    style(document, "附件说明", FANGSONG, 16, before=PITCH, condensed=True, keep=True)
    style(document, "附件说明续", FANGSONG, 16, condensed=True, keep=True)
    for name, hanging in (("附件说明", 4.25), ("附件说明续", 1.25)):
        indents = document.styles[name].element.get_or_add_pPr().get_or_add_ind()
        for side, characters in (("left", 6.25), ("hanging", hanging)):
            indents.set(qn(f"w:{side}Chars"), str(round(characters * 100)))
            indents.set(qn(f"w:{side}"), str(round(characters * 320)))
    style(document, "附件序号", HEITI, 16)
    document.styles["附件序号"].paragraph_format.page_break_before = True
    style(document, "附件标题", TITLE, 22, pitch=Pt(36), align=ALIGN.CENTER, before=PITCH)
    document.styles["附件标题"].paragraph_format.space_after = Pt(14)
    style(document, "附注", FANGSONG, 16, indent=2)
    style(document, "信函抄送", FANGSONG, 14, pitch=Pt(24))
    thick, thin = ("single", 8, 1, "000000"), ("single", 6, 1, "000000")
    for name, lines in (
        ("版记抄送", {"top": thick}),
        ("版记印发", {"top": thin, "bottom": thick}),
        ("版记单行", {"top": thick, "bottom": thick}),
    ):
        style(document, name, FANGSONG, 14, pitch=Pt(24))
        border(document, name, **lines)
        right_tab(document, name)


def border(document: Document, name: str, **lines: tuple[str, int, int, str]) -> None:
    """Give a style's paragraphs lines: by their side the kind, eighths of a point, points of distance, colour."""
    sides = "".join(
        f"<w:{side} w:val='{kind}' w:sz='{size}' w:space='{space}' w:color='{colour}'/>"
        for side, (kind, size, space, colour) in lines.items()
    )
    properties = document.styles[name].element.get_or_add_pPr()
    before_them = [qn(f"w:{tag}") for tag in ("keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl")]
    place = sum(1 for child in properties if child.tag in before_them)
    properties.insert(place, parse_xml(f"<w:pBdr {nsdecls('w')}>{sides}</w:pBdr>"))


def right_tab(document: Document, name: str) -> None:
    """Give a style a tab stop at the right edge of the text block."""
    document.styles[name].paragraph_format.tab_stops.add_tab_stop(Mm(156), TAB.RIGHT)


def at_the_foot(paragraph: Paragraph) -> None:
    """Put a paragraph at the foot of the text block, as wide as it is; LibreOffice does not look for this in styles."""
    frame = (
        f"<w:framePr {nsdecls('w')} w:w='{TABLE_WIDTH}' w:hSpace='0' w:wrap='notBeside' w:vAnchor='margin' "
        "w:hAnchor='margin' w:xAlign='left' w:yAlign='bottom'/>"
    )
    paragraph._p.get_or_add_pPr().insert_element_before(  # noqa: SLF001 - python-docx knows no frames
        parse_xml(frame), "w:widowControl", "w:pBdr", "w:tabs", "w:spacing", "w:ind", "w:jc"
    )


def page_numbers(document: Document, *, cover: bool = False) -> None:
    """Put “— 1 —” at the foot: right on odd pages, left on even ones (7.5); a cover has none and is not counted."""
    section = document.sections[0]
    if cover:
        section.different_first_page_header_footer = True
        section.first_page_footer.is_linked_to_previous = False
        section.first_page_footer.paragraphs[0].style = "页码"
        columns = section._sectPr.find(qn("w:cols"))  # noqa: SLF001 - python-docx cannot number pages
        columns.addprevious(parse_xml(f"<w:pgNumType {nsdecls('w')} w:start='0'/>"))
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
