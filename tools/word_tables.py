"""The tables of the shipped Word templates: a heading row that repeats, and one row for each entry of a loop."""

from __future__ import annotations

from collections.abc import Sequence

from docx.document import Document
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls
from word_styles import TABLE_WIDTH, fill

Columns = Sequence[tuple[str, str, int]]
"""A column: its heading, what its cells hold, its share of the width; a loop's mark has no width."""


def looped_table(document: Document, loop: str, columns: Columns, *, left: Sequence[int] = ()) -> None:
    """Add a table of a heading and one row for each entry of `loop`; texts of the columns `left` begin at the left.

    Rows are never split between pages, and the heading stands on every page.
    """
    table = document.add_table(4, len(columns))
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
    headings, contents = [column[0] for column in columns], [column[1] for column in columns]
    widths = [column[2] for column in columns]
    fill(table.rows[0].cells, headings, widths, "表头文字")
    fill(table.rows[1].cells, [f"{{%tr for {loop} %}}"], widths, "表格文字")
    fill(table.rows[2].cells, contents, widths, "表格文字")
    fill(table.rows[3].cells, ["{%tr endfor %}"], widths, "表格文字")
    for number in left:
        table.rows[2].cells[number].paragraphs[0].style = "表格文字左"


def results_table(document: Document) -> None:
    """Add the table of results: a row for each assessee, a column for each area."""
    looped_table(
        document,
        "行 in 结果",
        [
            ("名次", "{{ 行.名次 }}", 460),
            ("考核对象", "{{ 行.对象 }}", 1500),
            ("{%tc for 领域 in 各领域 %}", "{%tc for 得分 in 行.领域得分 %}", 0),
            ("{{ 领域.名称 }}\n{{ 领域.分值 }}分", "{{ 得分 }}", 870),
            ("{%tc endfor %}", "{%tc endfor %}", 0),
            ("事件扣分", "{{ 行.扣分 }}", 600),
            ("{%tc if 有调整 %}", "{%tc if 有调整 %}", 0),
            ("人工调整", "{{ 行.调整 }}", 600),
            ("{%tc endif %}", "{%tc endif %}", 0),
            ("总分", "{{ 行.总分 }}", 870),
            ("等级", "{{ 行.等级 }}", 480),
        ],
    )


def key_points_tables(document: Document) -> None:
    """Add a table for each area: a row for each assessee, a column for each of the area's key points."""
    document.add_paragraph("{%p for 领域 in 领域要点 %}", style="表格标题")
    document.add_paragraph("{{ 领域.名称 }}（{{ 领域.分值 }}分）", style="表格标题")
    looped_table(
        document,
        "行 in 领域.各行",
        [
            ("考核对象", "{{ 行.对象 }}", 1500),
            ("{%tc for 要点 in 领域.各要点 %}", "{%tc for 得分 in 行.要点得分 %}", 0),
            ("{{ 要点 }}", "{{ 得分 }}", 1100),
            ("{%tc endfor %}", "{%tc endfor %}", 0),
            ("合计", "{{ 行.合计 }}", 1000),
        ],
    )
    document.add_paragraph("{%p endfor %}", style="表格标题")
