"""Make docs/错误代码.md, the list of everything that qtool can report, from qtool.faults; run it when a text changes.

python tools/make_fault_list.py [file]
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from qtool.faults import CATALOGUE, Kind

OUT = Path(__file__).resolve().parent.parent / "docs" / "错误代码.md"

GROUPS = (
    ("P0", "考核方案：文件、工作表和列"),
    ("P1", "考核方案：一格一格的内容"),
    ("P2", "考核方案：编号、名称和计分"),
    ("P3", "考核方案：分值、名称、等级和邮箱"),
    ("P4", "考核方案：请核对的提示"),
    ("S0", "交回的评分表：是不是该收的那一份"),
    ("S1", "交回的评分表：填的内容"),
    ("S2", "交回的评分表：日期、公式，和表里留下的痕迹"),
    ("S3", "交回的评分表：名次、说明、旧版和别的部门的表"),
    ("R0", "自评报告：有没有、能不能读、是谁的"),
    ("R1", "自评报告：标题、字数、字体"),
    ("R2", "自评报告和印证材料：修订、缺少的材料"),
    ("R3", "印证材料：文件、时间"),
    ("C", "考核工程：文件夹、文件和程序"),
    ("M", "邮件"),
    ("T", "人工调整和汇总"),
    ("D", "公文和模板"),
    ("W", "窗口"),
)
"""What the codes begin with, and what those faults are about."""

PLACES = {
    "address": "地址",
    "band": "某一档",
    "best": "最高可得",
    "campaign": "年度和部门",
    "characters": "符号",
    "chosen": "文件",
    "code": "编号",
    "cols": "几",
    "count": "几",
    "department": "部门",
    "detail": "怎样的数",
    "deadline": "截止日期",
    "difference": "差额",
    "differing": "有几格不同",
    "files": "文件",
    "formula": "公式",
    "first": "一张",
    "folder": "文件夹",
    "found": "现在的文字",
    "full": "满分",
    "heading": "标题",
    "hint": "",
    "how": "",
    "item": "条目",
    "label": "填报项",
    "last": "几",
    "least": "最低分",
    "length": "字数",
    "limit": "上限",
    "marks": "分值",
    "method": "计分方式",
    "missing": "几",
    "name": "名称",
    "names": "名单",
    "other": "另一张",
    "others": "其余的文件",
    "over": "几",
    "parameters": "计分参数",
    "problem": "问题所在",
    "rank": "几",
    "reach": "最多可得",
    "reason": "原因",
    "remedy": "",
    "right": "正确的得分",
    "role": "正文或标题",
    "row": "几",
    "rows": "几",
    "sheets": "名单",
    "short": "几",
    "shown": "表中的得分",
    "size": "多少",
    "stated": "写明的分值",
    "sum": "合计",
    "text": "内容",
    "title": "考核内容",
    "typed": "填的内容",
    "value": "填的内容",
    "version": "几",
    "wanted": "规定的字体或字号",
    "what": "某处",
    "when": "日期",
    "who": "考核对象",
    "witness": "另一处证据",
    "year": "年份",
    "way": "发信或收信",
    "host": "名称",
    "port": "端口",
    "words": "服务器的话",
    "sender": "谁",
    "subject": "主题",
}
"""What stands in a text's named places, as its readers see it; what is empty is said by the program on the spot."""

OTHERWISE = {
    ("C03", "who"): "用户、电脑、时间",
    ("W11", "problem"): "填的内容不对",
    ("M02", "name"): "设置项",
    ("M02", "problem"): "写得不对",
    ("M03", "name"): "发信服务器",
    ("M10", "name"): "单位",
    ("M11", "name"): "单位",
    ("M12", "name"): "单位",
    ("M13", "name"): "单位",
    ("M14", "name"): "单位",
    ("M15", "name"): "部门",
    ("M15", "problem"): "不是现在的这一版",
    ("M16", "name"): "考核对象",
    ("M18", "problem"): "选项写得不对",
    ("M25", "hint"): "名单",
    ("M31", "names"): "地址",
    ("S16", "value"): "理解成的值",
    ("S17", "first"): "某处",
    ("S18", "found"): "看到的文字",
    ("S19", "name"): "工作表",
    ("S20", "value"): "日期",
    ("S21", "value"): "错误值",
    ("S22", "value"): "值",
    ("S26", "what"): "行或列",
    ("S27", "what"): "保护或填写限制",
    ("S28", "what"): "隐藏的编号或身份",
    ("S34", "other"): "别的部门",
    ("S37", "other"): "别的部门",
    ("R05", "what"): "扫描件",
    ("R08", "found"): "别的考核对象",
    ("R08", "name"): "考核对象",
    ("R09", "name"): "考核对象",
    ("R10", "found"): "",
    ("R18", "found"): "别的字体",
    ("R19", "found"): "几",
    ("R20", "found"): "几倍或几磅",
    ("R35", "what"): "自评报告或印证材料",
    ("R39", "value"): "写的内容",
    ("T05", "name"): "建议扣分.xlsx",
    ("C17", "name"): "部门",
    ("C17", "what"): "采用",
    ("P11", "problem"): "不是数",
    ("P12", "problem"): "不是日期",
    ("P27", "value"): "某个数",
    ("P39", "name"): "评分标准或分值",
    ("P33", "item"): "几",
    ("P36", "name"): "工作表",
    ("P39", "item"): "几",
}
"""Places that stand for something else in one text, by code and name."""

ON_THE_SPOT = {
    "P10": "请填写这一格；要填什么，屏幕上会说",
    "P13": "请改成屏幕上列出的内容",
    "P20": "请从“评价部门”表的名称中选，或在那张表中加上它",
    "P23": "请改正编号，或在“考核内容”表中加上这一项",
    "P24": "请从“考核领域”表的名称中选",
    "P25": "请照屏幕上的例子改写",
    "P26": "请检查各档的次序和界限",
    "P36": "请至少填一行",
    "P30": "请改短；选项和分档太多的，请减少",
    "S10": "请填上；这一格填什么，屏幕上和问题清单里会说",
    "S11": "请照这一格的填写要求改正，屏幕上和问题清单里会说",
    "S33": "请在新发的评分表或改正件里填写这一项",
    "C17": "请先把该部门的评分表放进收件箱，或照屏幕上列出的文件名写",
    "C12": "请照屏幕上列出的名称写",
    "R36": "请移进考核对象的文件夹",
    "M02": "请照屏幕上的例子改写这一项",
    "M04": "请照屏幕上列出的名称写",
    "M07": "请照屏幕上说的开启服务、生成授权码，再用 qtool mail-test --renew 重新输入",
    "M10": "请照屏幕上的说明办，然后再执行一次",
    "M12": "请先问一下对方：收到了就执行 qtool decide 部门 --sent，没有收到就执行 qtool send --deliver --again 部门",
    "M17": "请照屏幕上列出的名称写",
    "M18": "请照屏幕上的说明写",
    "M19": "请照屏幕上列出的名称写，或见使用手册",
    "M20": "请照屏幕上的说明改正模板",
    "M33": "请照屏幕上的说明办",
    "W11": "请照屏幕上的说明填",
    "T02": "请从下拉列表中选择考核对象",
    "T03": "请照屏幕上的说明改正这一行",
}
"""What to do where the program says it on the spot, in words that fit the case."""
OPENING = """# 错误代码

每条错误和提示都写明三件事：**在哪里**、**什么不对**、**怎么办**，最后的方括号里是代码。例如：

> 评分表-市公安局.xlsx › 评分表 › H8：随县的“填报项”没有填。填名次，1～5的整数；没有参加排名填0。[S10]

- **错误**：不改正就不能往下走，或者这一份不能采用。
- **提示**：请看一眼；确实如此就不用改。

下面的尖括号〈〉表示随情况而变的内容。怎样使用见[使用手册](使用手册.md)。
"""


def main() -> None:
    """Write the list."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    path.write_text(fault_list(), encoding="utf-8", newline="\n")
    print(path.name)


def fault_list() -> str:
    """Return the whole document."""
    return OPENING + "".join(_group(prefix, title) for prefix, title in GROUPS)


def _group(prefix: str, title: str) -> str:
    rows = [_row(code, kind) for code, kind in CATALOGUE.items() if code.startswith(prefix)]
    return "\n".join([f"\n## {title}\n", "| 代码 | 级别 | 说什么 | 怎么办 |", "|---|---|---|---|", *rows]) + "\n"


def _row(code: str, kind: Kind) -> str:
    remedy = readable(code, kind.remedy) or ON_THE_SPOT.get(code, "请照屏幕上的说明改正")
    return f"| {code} | {kind.severity.value} | {readable(code, kind.message)} | {remedy} |"


def readable(code: str, text: str) -> str:
    """Return a text of the catalogue with its named places as Chinese words in angle brackets."""

    def said(place: re.Match[str]) -> str:
        word = OTHERWISE.get((code, place[1]), PLACES.get(place[1], "…"))
        return f"〈{word}〉" if word else ""

    return re.sub(r"\{(\w+)\}", said, text)


if __name__ == "__main__":
    main()
