"""The texts of the shipped letters: the request, the feedback to each assessee, the notices at the start."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from docx.document import Document
from word_parts import head, imprint, letter_head, letter_imprint, page_numbers
from word_styles import writer
from word_tables import key_points_tables, looped_table, results_table

PROVISIONAL = ("{%p if 暂定 %}", "【暂定】", "{%p endif %}")
PROVISIONAL_NOTE = (
    "{%p if 暂定 %}",
    "本结果为暂定结果，尚缺{{ 缺少部门 }}的评分，仅供内部参考，以收齐评分后的结果为准。",
    "{%p endif %}",
)


def paragraphs(name: str) -> tuple[str, str, str]:
    """Return the loop that writes a list of paragraphs."""
    return f"{{%p for 段落 in {name} %}}", "{{ 段落 }}", "{%p endfor %}"


def _attachments(write: Callable[..., None], titles: Sequence[str]) -> None:
    """Write the list of attachments (7.3.4)."""
    if len(titles) == 1:
        write("附件说明", f"附件：{titles[0]}")
        return
    write("附件说明", f"附件：1. {titles[0]}")
    write("附件说明续", *(f"{number}. {title}" for number, title in enumerate(titles[1:], 2)))


def _signed(write: Callable[..., None]) -> None:
    write("落款", "{{ 组织单位全称 }}")
    write("成文日期", "{{ 日期 }}")


def circular(document: Document) -> None:
    """Write the circular of the results (通报)."""
    write = writer(document)
    head(document)
    write("公文标题", *PROVISIONAL, "{{ 标题 }}")
    write("主送机关", "{{ 主送 }}：")
    write(
        "正文公文",
        "根据{{ 考核依据 }}和《{{ 方案名称 }}》，{{ 组织单位 }}组织{{ 部门数 }}个部门对{{ 对象数 }}个考核对象"
        "{{ 年度 }}年度质量工作进行了考核评分。现将考核结果通报如下。",
        *PROVISIONAL_NOTE,
    )
    for title, name in (("一、考核结果", "结果说明"), ("二、主要成效", "主要成效"), ("三、存在问题", "存在问题")):
        write("一级标题", title)
        write("正文公文", *paragraphs(name))
    write("一级标题", "四、下一步工作要求")
    write("二级标题", "（一）抓好问题整改")
    write(
        "正文公文",
        "各考核对象要对照失分事项逐项分析原因，制定整改措施，明确责任单位和完成时限。得分率较低、需要重点改进的考核要点如下。",
        *paragraphs("工作要求"),
    )
    write("二级标题", "（二）巩固工作成效")
    write(
        "正文公文",
        "得分率较高的领域，要总结经验做法，保持工作力度。各评价部门要按照职责分工，加强对考核对象的指导和日常检查，"
        "督促失分事项整改到位。",
    )
    write("二级标题", "（三）加强结果运用")
    write(
        "正文公文",
        "各考核对象要把考核结果作为改进质量工作的重要依据，统筹安排下一年度质量工作，不断提高质量工作水平。",
    )
    titles = ("{{ 年度 }}年度质量工作考核结果", "{{ 年度 }}年度质量工作考核各考核要点得分情况")
    _attachments(write, titles)
    _signed(write)
    write("附件序号", "附件1")
    write("附件标题", titles[0])
    results_table(document)
    write("表格说明", *paragraphs("调整说明"))
    write("附件序号", "附件2")
    write("附件标题", titles[1])
    key_points_tables(document)
    write("表格说明", "注：得分为各考核要点中考核内容得分之和，不含扣分项和人工加减分；“—”表示尚未评分。")
    imprint(document)
    page_numbers(document)


def request(document: Document) -> None:
    """Write the request to the city government (请示)."""
    write = writer(document)
    head(document, upward=True)
    write("公文标题", *PROVISIONAL, "{{ 标题 }}")
    write("主送机关", "{{ 主送 }}：")
    write(
        "正文公文",
        "根据{{ 考核依据 }}和《{{ 方案名称 }}》，{{ 组织单位 }}组织开展了{{ 年度 }}年度质量工作考核。"
        "现将考核工作情况和考核结果建议请示如下。",
        *PROVISIONAL_NOTE,
    )
    write("一级标题", "一、考核工作开展情况")
    write("二级标题", "（一）自评")
    write(
        "正文公文",
        "按照考核方案，{{ 对象数 }}个考核对象（{{ 各对象 }}）对照考核内容开展自评，"
        "于{{ 截止日期 }}前报送自评报告和印证材料。",
    )
    write("二级标题", "（二）部门评分")
    write("正文公文", *paragraphs("评分情况"))
    write("二级标题", "（三）综合汇总")
    write(
        "正文公文",
        "{{ 组织单位 }}对各部门的评分逐项核对，按各领域得分、事件扣分和人工调整计算总分，按总分排出名次，"
        "按考核方案规定的等级标准提出等级建议。",
        *paragraphs("等级标准"),
        *paragraphs("调整说明"),
    )
    write("一级标题", "二、考核结果建议")
    write("正文公文", *paragraphs("结果说明"), *paragraphs("名次说明"))
    write("正文公文", *paragraphs("扣分说明"))
    write("正文公文", "各考核对象的各领域得分、扣分、总分、名次和等级见附件。")
    write("正文公文", "妥否，请批示。")
    _attachments(write, ["{{ 年度 }}年度质量工作考核结果建议"])
    _signed(write)
    write("附注", "（联系人：{{ 联系人 }}，联系电话：{{ 联系电话 }}）")
    write("附件序号", "附件")
    write("附件标题", "{{ 年度 }}年度质量工作考核结果建议")
    results_table(document)
    write("表格说明", "注：总分=各领域得分+事件扣分+人工调整，低于0分的按0分计；总分相同的名次并列。")
    write("表格说明", *paragraphs("调整注"))
    imprint(document)
    page_numbers(document)


def feedback(document: Document) -> None:
    """Write the feedback to an assessee (反馈函), as a letter."""
    write = writer(document)
    letter_head(document)
    write("公文标题", "{{ 标题 }}")
    write("主送机关", "{{ 主送 }}：")
    write(
        "正文公文",
        "根据{{ 考核依据 }}和《{{ 方案名称 }}》，{{ 组织单位 }}组织{{ 部门数 }}个部门对{{ 对象数 }}个考核对象"
        "{{ 年度 }}年度质量工作进行了考核。考核结果已经批准，现将{{ 简称 }}的考核结果反馈如下。",
    )
    write("一级标题", "一、考核结果")
    write("正文公文", *paragraphs("结果说明"))
    write("一级标题", "二、失分情况")
    write("正文公文", *paragraphs("失分说明"))
    write("一级标题", "{%p if 自评检查 %}", "三、自评报告和印证材料检查情况")
    write("正文公文", *paragraphs("自评检查"), "{%p endif %}")
    write("一级标题", "{% if 自评检查 %}四{% else %}三{% endif %}、整改要求")
    write(
        "正文公文",
        "请对照附件所列失分事项，逐项分析原因，制定整改措施，明确责任单位和完成时限，认真抓好整改，"
        "并将整改情况书面反馈{{ 组织单位 }}。",
    )
    titles = ("{{ 简称 }}{{ 年度 }}年度质量工作考核得分情况", "{{ 简称 }}{{ 年度 }}年度质量工作考核失分事项")
    _attachments(write, titles)
    _signed(write)
    _feedback_tables(document, titles)
    letter_imprint(document)
    page_numbers(document)


def _feedback_tables(document: Document, titles: Sequence[str]) -> None:
    write = writer(document)
    write("附件序号", "附件1")
    write("附件标题", titles[0])
    write("表格标题", "各领域得分")
    looped_table(
        document,
        "行 in 领域得分",
        [
            ("考核领域", "{{ 行.名称 }}", 2400),
            ("分值", "{{ 行.分值 }}", 900),
            ("得分", "{{ 行.得分 }}", 900),
            ("全市平均", "{{ 行.平均 }}", 900),
            ("全市最高", "{{ 行.最高 }}", 900),
            ("得分率", "{{ 行.得分率 }}", 900),
        ],
    )
    write("表格标题", "各项考核内容得分")
    looped_table(
        document,
        "行 in 内容得分",
        [
            ("编号", "{{ 行.编号 }}", 620),
            ("考核内容", "{{ 行.内容 }}", 3950),
            ("评价部门", "{{ 行.部门 }}", 1600),
            ("分值", "{{ 行.分值 }}", 640),
            ("得分", "{{ 行.得分 }}", 760),
            ("全市平均", "{{ 行.平均 }}", 900),
        ],
        left=(1,),
    )
    write("表格说明", "注：全市平均为全部考核对象得分的平均数，保留两位小数。事件扣分项的分值为最多扣分。")
    write("附件序号", "附件2")
    write("附件标题", titles[1])
    write("表格说明", "{%p if not 失分事项 %}", "没有失分事项。", "{%p endif %}")
    looped_table(
        document,
        "行 in 失分事项",
        [
            ("编号", "{{ 行.编号 }}", 620),
            ("考核内容", "{{ 行.内容 }}", 2900),
            ("分值", "{{ 行.分值 }}", 600),
            ("失分", "{{ 行.失分 }}", 700),
            ("评价部门", "{{ 行.部门 }}", 1400),
            ("失分原因", "{{ 行.原因 }}", 2700),
        ],
        left=(1, 5),
    )
    write("表格说明", *paragraphs("调整注"))


def scoring_notice(document: Document) -> None:
    """Write the notice to the departments that score."""
    write = writer(document)
    head(document)
    write("公文标题", "{{ 标题 }}")
    write("主送机关", "{{ 主送 }}：")
    write(
        "正文公文",
        "根据{{ 考核依据 }}和《{{ 方案名称 }}》，现就做好{{ 年度 }}年度质量工作考核评分有关事项通知如下。",
    )
    write("一级标题", "一、评分任务")
    write(
        "正文公文",
        "请各评价部门按照职责分工，对{{ 对象数 }}个考核对象逐项评分。考核内容共{{ 内容数 }}项，评分任务见附件。",
    )
    write("一级标题", "二、评分要求")
    write(
        "正文公文",
        "严格按照评分标准，依据印证材料和日常掌握的情况客观评分，做到有据可查。",
        "在发给本部门的评分表（电子版，另发）上填写，只填浅黄色的格，不增删行列，不改表名；没有发生的事项填0，不要空着。",
        "扣了分的，在“扣分说明”中写明原因和依据。扣分原因将反馈给考核对象。",
    )
    write("一级标题", "三、报送时间和方式")
    write(
        "正文公文",
        "请于{{ 截止日期 }}前完成评分。{{ 评分表交回 }}。",
        "评分表有问题的，{{ 组织单位 }}将退回，请及时改正后重报。",
    )
    _attachments(write, ["各评价部门评分任务"])
    _signed(write)
    write("附件序号", "附件")
    write("附件标题", "各评价部门评分任务")
    looped_table(
        document,
        "行 in 评分任务",
        [
            ("序号", "{{ 行.序号 }}", 600),
            ("评价部门", "{{ 行.部门 }}", 2600),
            ("考核内容（项）", "{{ 行.内容数 }}", 1400),
            ("填报项（个）", "{{ 行.填报项数 }}", 1400),
            ("得分项分值", "{{ 行.分值 }}", 1400),
            ("最多扣分", "{{ 行.扣分 }}", 1400),
        ],
    )
    imprint(document)
    page_numbers(document)


def report_notice(document: Document) -> None:
    """Write the notice to the assessees."""
    write = writer(document)
    head(document)
    write("公文标题", "{{ 标题 }}")
    write("主送机关", "{{ 主送 }}：")
    write(
        "正文公文",
        "根据{{ 考核依据 }}和《{{ 方案名称 }}》，"
        "现就报送{{ 年度 }}年度质量工作考核自评报告和印证材料有关事项通知如下。",
    )
    write("一级标题", "一、自评报告")
    write(
        "正文公文",
        "请对照考核方案全面总结{{ 年度 }}年度质量工作，按照自评报告模板（电子版，另发）撰写自评报告。"
        "自评报告包括质量工作情况、工作亮点、存在问题、下一步措施四个部分，不超过{{ 字数上限 }}字，"
        "其中“存在问题”不少于{{ 问题字数下限 }}字。封面加盖公章。",
    )
    write("一级标题", "二、印证材料")
    write(
        "正文公文",
        "请对照印证材料清单（电子版，另发），按评价部门和考核内容分文件夹整理，文件名写明材料内容；电子版总量不超过"
        "{{ 印证材料上限 }}GB。需要印证材料的填报项数见附件。",
    )
    write("一级标题", "三、报送时间和方式")
    write(
        "正文公文",
        "请于{{ 截止日期 }}前将自评报告的电子版、纸质版和印证材料电子版报送{{ 组织单位 }}。"
        "逾期报送、材料不全的，由评价部门按考核方案处理。",
    )
    _attachments(write, ["评价部门和需要印证材料的填报项数"])
    _signed(write)
    write("附件序号", "附件")
    write("附件标题", "评价部门和需要印证材料的填报项数")
    looped_table(
        document,
        "行 in 评价部门",
        [
            ("序号", "{{ 行.序号 }}", 700),
            ("评价部门", "{{ 行.部门 }}", 3600),
            ("考核内容（项）", "{{ 行.内容数 }}", 2000),
            ("需要印证材料的填报项（个）", "{{ 行.印证数 }}", 2500),
        ],
    )
    imprint(document)
    page_numbers(document)
