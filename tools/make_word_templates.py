"""Make the shipped Word templates, templates/docx/*.docx; run it again whenever the texts here change.

The layout is that of GB/T 9704-2012: A4, a text block of 156 x 225 mm, 22 lines of 28 characters.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from docx.document import Document
from word_letters import circular, feedback, report_notice, request, scoring_notice
from word_parts import official_styles, page_numbers
from word_styles import PITCH, empty_document, writer

from qtool.office.word import packed, set_properties

OUT = Path(__file__).parent.parent / "templates" / "docx"
MADE = datetime(2023, 1, 1, tzinfo=UTC)


def main() -> None:
    """Make every template."""
    for name, make in TEMPLATES:
        document = empty_document()
        official_styles(document)
        make(document)
        set_properties(document, title=name, author="", made=MADE)
        OUT.mkdir(parents=True, exist_ok=True)
        (OUT / f"{name}.docx").write_bytes(packed(document))
        print(f"templates/docx/{name}.docx")


def report(document: Document) -> None:
    """Write the self-assessment report that an assessee fills in (附件2 of the plan of 2022)."""
    write = writer(document)
    write("封面单位", "{{ 考核对象 }}")
    write("封面标题", "{{ 年度 }}年度质量工作考核", "自评报告")
    write("封面盖章", "（此处盖政府或管委会办公室公章）")
    write("封面日期", "年　　月　　日")
    write("公文标题", "{{ 考核对象 }}", "{{ 年度 }}年度质量工作考核自评报告")
    document.paragraphs[-2].paragraph_format.page_break_before = True
    write(
        "填写提示",
        "【填写提示】灰色文字是提示，写完后请删去。自评报告原则上不超过{{ 字数上限 }}字；请在{{ 截止日期 }}前"
        "向{{ 组织单位 }}提供电子版和纸质版，封面盖公章。",
    )
    document.paragraphs[-1].paragraph_format.space_before = PITCH
    write("一级标题", "一、{{ 年度 }}年质量工作情况")
    write("二级标题", "（一）质量工作总体情况")
    write(
        "填写提示", "【填写提示】对照考核要点的{{ 领域数 }}个领域（{{ 领域 }}）写明开展的工作和取得的成效，用数据说话。"
    )
    write("二级标题", "（二）省委、省政府关于质量工作决策部署和市委、市政府工作要求落实情况")
    write("填写提示", "【填写提示】逐项写明部署和要求是什么、怎样落实、结果如何。")
    write("一级标题", "二、工作亮点")
    write("填写提示", "【填写提示】写明有特色、有实效的做法，以及获得的表彰、推广情况。")
    write("一级标题", "三、存在问题（此部分内容不少于{{ 问题字数下限 }}字）")
    write("填写提示", "【填写提示】写明问题的具体表现和原因，不少于{{ 问题字数下限 }}字。")
    write("一级标题", "四、下一步措施")
    write("填写提示", "【填写提示】针对存在的问题，写明整改措施、责任单位和完成时限。")
    page_numbers(document, cover=True)


TEMPLATES = (
    ("通报", circular),
    ("请示", request),
    ("反馈函", feedback),
    ("评分通知", scoring_notice),
    ("自评通知", report_notice),
    ("自评报告", report),
)

if __name__ == "__main__":
    main()
