"""Make the shipped Word templates, templates/docx/*.docx; run it again whenever the texts here change.

The layout is that of GB/T 9704-2012: A4, a text block of 156 x 225 mm, 22 lines of 28 characters.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from docx.document import Document
from word_parts import head, imprint, official_styles, page_numbers, results_table
from word_styles import empty_document, writer

from qtool.office.word import packed, set_properties

OUT = Path(__file__).parent.parent / "templates" / "docx"
MADE = datetime(2023, 1, 1, tzinfo=UTC)


def main() -> None:
    """Make every template."""
    for name, make in (("通报", circular),):
        document = empty_document()
        official_styles(document)
        make(document)
        set_properties(document, title=name, author="", made=MADE)
        OUT.mkdir(parents=True, exist_ok=True)
        (OUT / f"{name}.docx").write_bytes(packed(document))
        print(f"templates/docx/{name}.docx")


def circular(document: Document) -> None:
    """Write the result circular."""
    write = writer(document)
    head(document)
    write("公文标题", "{%p if 暂定 %}", "【暂定】", "{%p endif %}", "{{ 标题 }}")
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
    write("一级标题", "二、主要成效")
    write("正文公文", "{%p for 段落 in 主要成效 %}", "{{ 段落 }}", "{%p endfor %}")
    write("一级标题", "三、存在问题")
    write("正文公文", "{%p for 段落 in 存在问题 %}", "{{ 段落 }}", "{%p endfor %}")
    write("附件说明", "附件：{{ 年度 }}年度质量工作考核结果")
    write("落款", "{{ 组织单位全称 }}")
    write("成文日期", "{{ 日期 }}")
    write("附件序号", "附件")
    write("附件标题", "{{ 年度 }}年度质量工作考核结果")
    results_table(document)
    write("表格说明", "{%p for 段落 in 调整说明 %}", "{{ 段落 }}", "{%p endfor %}")
    imprint(document)
    page_numbers(document)


if __name__ == "__main__":
    main()
