"""The sheets and columns of a plan workbook, each with the help text that its users see."""

from __future__ import annotations

from typing import Literal, NamedTuple

from qtool.rules.methods import METHODS

FACTS, AREAS, ASSESSEES, DEPARTMENTS, CRITERIA, MEASURES, GRADES = (
    "方案",
    "考核领域",
    "考核对象",
    "评价部门",
    "考核内容",
    "评分细则",
    "等级",
)
YES_NO = ("是", "否")


class Column(NamedTuple):
    """One column: heading, help (at most 255 characters), width in half-width characters, and what a cell may be.

    `needed` cells must be filled in every row. `choices` become a drop-down; `choices_from` names the (sheet, column)
    whose entries do.
    """

    heading: str
    help: str
    width: float
    needed: bool = True
    choices: tuple[str, ...] = ()
    choices_from: tuple[str, str] | None = None


class Fact(NamedTuple):
    """One row of the sheet 方案: its name, what to write there, and which field of `Facts` it is, of which kind."""

    name: str
    help: str
    field: str
    kind: Literal["text", "year", "whole", "whole or 0", "number", "date", "yes"] = "text"
    needed: bool = True
    choices: tuple[str, ...] = ()


FACT_ROWS: tuple[Fact, ...] = (
    Fact("方案名称", "考核方案的全称，印在评分表、公文的标题里", "name"),
    Fact("年度", "被考核的年度，四位数字，如 2022", "year", "year"),
    Fact("市名", "如 随州市", "city"),
    Fact("组织单位", "组织考核的办公室，简称，如 市质强办", "office"),
    Fact("组织单位全称", "公文落款用的全称", "office_title"),
    Fact("考核依据", "依据的文件和文号", "basis"),
    Fact("报送截止日期", "评分表、自评报告和印证材料的截止日期，如 2023-01-12", "deadline", "date"),
    Fact("评分表交回", "评分表交给谁、怎么交，一句话，印在评分表封面", "returns_to"),
    Fact("自评报告字数上限", "自评报告最多多少字", "report_limit", "whole"),
    Fact("存在问题字数下限", "自评报告“存在问题”部分最少多少字", "problems_minimum", "whole or 0"),
    Fact("印证材料上限（GB）", "印证材料电子版最大多少 GB", "evidence_limit_gb", "number"),
    Fact("满分", "各领域分值之和，通常是 100", "full_marks", "number"),
    Fact("使用邮件发送", "是：考核对象和评价部门都必须有邮箱；否：可以不填邮箱", "mail", "yes", choices=YES_NO),
)

COLUMNS: dict[str, tuple[Column, ...]] = {
    FACTS: (
        Column("项目", "这一行说的是什么，请不要改", 24),
        Column("内容", "请在这一列填写", 64, needed=False),
        Column("说明", "怎样填写这一行", 60, needed=False),
    ),
    AREAS: (
        Column("考核领域", "领域名称，按方案中的次序，一行一个", 24),
        Column("分值", "方案写明的这一领域的分值；程序会核对它是否等于其中各项之和（只扣分的项不算）", 10),
    ),
    ASSESSEES: (
        Column("名称", "考核对象的全称，印在公文里，如 随县人民政府", 36),
        Column("简称", "表格里用的简称，各不相同，如 随县", 16),
        Column("邮箱", "可以留空；要用邮件发送时必填", 30, needed=False),
    ),
    DEPARTMENTS: (
        Column("名称", "评价部门的名称，“考核内容”表里选的就是这些名称", 24),
        Column("邮箱", "可以留空；要用邮件发送时必填", 30, needed=False),
    ),
    CRITERIA: (
        Column("编号", "每项考核内容自己的编号，不能重复，如 01-03", 9),
        Column("考核领域", "从“考核领域”表的名称中选", 14, choices_from=(AREAS, "考核领域")),
        Column("考核要点", "所属的考核要点", 18),
        Column("分组", "要点下的小类，没有就空着", 12, needed=False),
        Column("考核内容", "考核内容的名称", 38),
        Column("类型", "得分：从0分往上得；扣分：只扣不得，最多扣到负的分值", 8, choices=("得分", "扣分")),
        Column("分值", "得分项最多得多少，扣分项最多扣多少", 8),
        Column("起评分", "一般填0；“先给满分、再往下扣”的整项填起评的分数", 8),
        Column("评价部门", "从“评价部门”表的名称中选；一项只由一个部门评", 16, choices_from=(DEPARTMENTS, "名称")),
        Column("印证材料", "是、否，或写明哪几条需要", 18, needed=False),
        Column("原文行号", "对应原文件的哪一行，只供核对", 10, needed=False),
        Column("修复说明", "与原文不同或原文不清之处怎样处理的，只供核对", 48, needed=False),
    ),
    MEASURES: (
        Column("编号", "属于哪一项考核内容，填它的编号", 9),
        Column("条目", "这一项的第几条：1、2、3…；同一条有几个填报项时，各行都写同一个数", 7),
        Column("评分标准", "这一条的原文；同一条的第二行起空着", 60, needed=False),
        Column("条目分值", "这一条最多得（或最多扣）多少分；同一条的第二行起空着", 10, needed=False),
        Column("条目起评分", "一般填0；“不扣分就得满分”的条目填它的分值；同一条的第二行起空着", 11, needed=False),
        Column("填报项", "评分人看到的那一格叫什么，32字以内，同一部门里最好不重名", 28),
        Column("单位", "%、分、名、次、件、个、起、家、项、人、元等；选项可以空着", 7, needed=False),
        Column("计分方式", "从列表中选一种，用法见“计分方式示例”表", 10, choices=tuple(METHODS)),
        Column("计分参数", "写法随计分方式而定，见“计分方式示例”表；各部分用分号隔开", 46),
        Column("需印证材料", "是、否，或写明哪几条需要", 12, needed=False),
    ),
    GRADES: (
        Column("等级", "从高到低，一行一个", 10),
        Column("最低分", "总分达到多少评这一等级；最低一级填0", 10),
        Column("说明", "这一等级的含义", 60, needed=False),
    ),
}
