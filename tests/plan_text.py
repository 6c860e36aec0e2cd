"""A small plan without a fault, as text for `markdown_book`, and ways to spoil it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from markdown_book import write_book

from qtool.faults import Fault, QtoolError
from qtool.plan.check import check
from qtool.plan.read import Reading, read_plan

SMALL = """
# 方案
| 项目 | 内容 | 说明 |
|---|---|---|
| 方案名称 | 某市2022年度质量工作考核方案 | |
| 年度 | 2022 | |
| 市名 | 某市 | |
| 组织单位 | 市质强办 | |
| 组织单位全称 | 某市质量强市工作领导小组办公室 | |
| 考核依据 | 《某市质量工作考核办法》 | |
| 报送截止日期 | @2023-01-12 | |
| 评分表交回 | 交回市质强办 | |
| 自评报告字数上限 | 5000 | |
| 存在问题字数下限 | 600 | |
| 印证材料上限（GB） | 3 | |
| 满分 | 5 | |
| 使用邮件发送 | 否 | |

# 考核领域
| 考核领域 | 分值 |
|---|---|
| 整体水平 | 3 |
| 政策制度 | 2 |

# 考核对象
| 名称 | 简称 | 邮箱 |
|---|---|---|
| 随县人民政府 | 随县 | |
| 广水市人民政府 | 广水市 | |

# 评价部门
| 名称 | 邮箱 |
|---|---|
| 市市场监管局 | |
| 市农业农村局 | |

# 考核内容
| 编号 | 考核领域 | 考核要点 | 分组 | 考核内容 | 类型 | 分值 | 起评分 | 评价部门 | 印证材料 | 原文行号 | 修复说明 |
|---|---|---|---|---|---|---|---|---|---|---|---|
| 01-01 | 整体水平 | 产品质量 | | 产品质量水平 | 得分 | 2 | 0 | 市市场监管局 | 是 | 1 | |
| 01-02 | 整体水平 | 产品质量 | | 农产品质量水平 | 得分 | 1 | 0 | 市农业农村局 | 否 | 2 | |
| 02-01 | 政策制度 | 工作机制 | 协作 | 工作机制建设 | 得分 | 2 | 0 | 市市场监管局 | | 3 | 原文缺一行 |
| 09-01 | 整体水平 | 质量安全 | | 发生质量事件 | 扣分 | 1 | 0 | 市农业农村局 | | 4 | |

# 评分细则
| 编号 | 条目 | 评分标准 | 条目分值 | 条目起评分 | 填报项 | 单位 | 计分方式 | 计分参数 | 需印证材料 |
|---|---|---|---|---|---|---|---|---|---|
| 01-01 | 1 | 合格率高的得分 | 1 | 0 | 合格率 | % | 分档 | >=90%=0.5；>=80%=0.3；其余=0 | 是 |
| 01-01 | 1 | | | | 有无记录 | | 选项 | 有=0.5；无=0 | |
| 01-01 | 2 | 发生事故的扣分 | 1 | 0 | 事故起数 | 起 | 计次 | 起评=1；每次=-0.2；最低=0 | |
| 01-02 | 1 | 按名次得分 | 1 | 0 | 全市名次 | 名 | 名次 | 1=1；2=0.5；其余=0 | |
| 02-01 | 1 | 由部门评定 | 1 | 0 | 机制得分 | 分 | 评定 | 0~1 | |
| 02-01 | 2 | 与全市相比 | 1 | 0 | 增速 | % | 比均值 | 基准=全市值；起评=0.5；步长=0.1；每步=0.1；最高=1；最低=0 | |
| 09-01 | 1 | 发生一次扣0.2分 | 1 | 0 | 通报次数 | 次 | 计次 | 每次=-0.2；最低=-1 | |

# 等级
| 等级 | 最低分 | 说明 |
|---|---|---|
| A | 4.5 | 优秀 |
| B | 4 | 良好 |
| C | 0 | 一般 |
"""


def small(*edits: tuple[str, str]) -> str:
    """Return the small plan's text with some of its words replaced, each of which stands there once."""
    text = SMALL
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def read_text(folder: Path, text: str) -> Reading:
    return read_plan(write_book(folder / "考核方案.xlsx", text))


def faults_of(folder: Path, *edits: tuple[str, str]) -> list[Fault]:
    """Return what the check says of the small plan after some edits."""
    try:
        return check(read_text(folder, small(*edits)))
    except QtoolError as error:
        return list(error.faults)


def places(faults: list[Fault]) -> Counter[tuple[str, str, str]]:
    return Counter((found.code, found.sheet, found.cell) for found in faults)


def errors(faults: list[Fault]) -> list[Fault]:
    return [found for found in faults if found.is_error]
