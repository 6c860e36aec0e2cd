"""Make templates/docx/自评报告.docx and 自评材料检查函.docx; run it again whenever the texts here change.

The styles are those of tools/make_word_templates.py.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from docx.document import Document
from word_parts import letter_head, official_styles, page_numbers
from word_styles import PITCH, empty_document, writer

from qtool.office.word.template import packed, set_properties

OUT = Path(__file__).parent.parent / "templates" / "docx"
MADE = datetime(2023, 1, 1, tzinfo=UTC)


def main() -> None:
    """Make both templates."""
    for name, make in (("自评报告", report), ("自评材料检查函", letter)):
        document = empty_document()
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
    write("公文标题", "{{ 标题 }}")
    document.paragraphs[-1].paragraph_format.page_break_before = True
    hint = Hints(document)
    hint(
        "灰色文字是提示，请在提示下面写正文，写完后把提示全部删去。自评报告原则上不超过{{ 字数上限 }}字"
        "（以 Word“字数统计”的“字数”为准）；请在{{ 截止日期 }}前向{{ 组织单位 }}提供电子版（Word 文档）和纸质版，"
        "封面填好日期、盖公章。"
    )
    document.paragraphs[-1].paragraph_format.space_before = PITCH
    write("一级标题", "一、{{ 年度 }}年质量工作情况")
    document.paragraphs[-1].paragraph_format.space_before = PITCH
    write("二级标题", "（一）质量工作总体情况")
    hint("对照考核要点的{{ 领域数 }}个领域，逐个写明开展了哪些工作、取得了什么成效，用数据说话，并与上年比较：")
    document.add_paragraph("{%p for 项 in 各领域 %}", style="填写提示")
    hint("{{ 项.名称 }}（{{ 项.分值 }}分）：{{ 项.要点 }}。")
    document.add_paragraph("{%p endfor %}", style="填写提示")
    write("正文公文", "")
    write("二级标题", "（二）省委、省政府关于质量工作决策部署和市委、市政府工作要求落实情况")
    hint("逐项写明部署和要求是什么、怎样落实、结果如何。")
    write("正文公文", "")
    write("一级标题", "二、工作亮点")
    hint("写明有特色、有实效的做法，以及获得的表彰、推广情况；写清时间、文件和数据，没有的不写。")
    write("正文公文", "")
    write("一级标题", "三、存在问题（此部分内容不少于{{ 问题字数下限 }}字）")
    hint("写明问题的具体表现和原因，不少于{{ 问题字数下限 }}字。对照扣分项和上年考核反馈的问题，逐条写。")
    write("正文公文", "")
    write("一级标题", "四、下一步措施")
    hint("针对存在的问题，逐条写明整改措施、责任单位和完成时限。")
    write("正文公文", "")
    page_numbers(document, cover=True)


class Hints:
    """Adds paragraphs of guidance, which can be told from what an author wrote by their beginning and their style."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def __call__(self, text: str) -> None:
        """Add a paragraph of guidance."""
        self._document.add_paragraph(f"【填写提示】{text}", style="填写提示")


def letter(document: Document) -> None:
    """Write the letter that tells an assessee what was found in its report and its evidence."""
    write = writer(document)
    official_styles(document)
    letter_head(document)
    write("公文标题", "关于{{ 年度 }}年度质量工作考核", "自评材料检查情况的函")
    write("主送机关", "{{ 考核对象 }}：")
    write(
        "正文公文",
        "根据《{{ 方案名称 }}》，{{ 组织单位 }}对你单位报送的自评报告和印证材料进行了检查。现将有关情况函告如下。",
    )
    write("一级标题", "一、报送情况")
    write("正文公文", "{%p for 段落 in 报送情况 %}", "{{ 段落 }}", "{%p endfor %}")
    write("一级标题", "二、符合要求的")
    write("正文公文", "{%p for 段落 in 符合要求 %}", "{{ 段落 }}", "{%p endfor %}")
    write("一级标题", "三、需要改正的")
    write("正文公文", "{%p for 段落 in 需要改正 %}", "{{ 段落 }}", "{%p endfor %}")
    write("一级标题", "四、请予核对的")
    write("正文公文", "{%p for 段落 in 请予核对 %}", "{{ 段落 }}", "{%p endfor %}")
    write("正文公文", "{{ 改正要求 }}")
    write("落款", "{{ 组织单位全称 }}")
    write("成文日期", "{{ 日期 }}")
    page_numbers(document)


if __name__ == "__main__":
    main()
