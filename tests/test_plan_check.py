"""The check of a plan: every fault once, at its cell, in words that a user understands; and never only the first."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from markdown_book import tables, write_tables
from plan_text import SMALL, errors, faults_of, places, read_text, small

from qtool.faults import CATALOGUE
from qtool.plan.check import check
from qtool.plan.read import read_plan
from qtool.resources import PLAN_2022, PLAN_BLANK, template

FACTS, AREAS, ASSESSEES, DEPARTMENTS, CRITERIA, MEASURES, GRADES = (
    *("方案", "考核领域", "考核对象", "评价部门", "考核内容", "评分细则", "等级"),
)
LONG = "很长的名称" * 7
BANDS = ">=90%=0.5；>=80%=0.3；其余=0"
COUNT = "| 事故起数 | 起 | 计次 | 起评=1；每次=-0.2；最低=0 |"
CHOICE = "有=0.5；无=0"

# What is replaced by what; the code, sheet and cell that the check must name; words of its sentence.
Case = tuple[tuple[tuple[str, str], ...], str, str, str, tuple[str, ...]]
CASES: list[Case] = [
    # 方案
    ((("| 市名 | 某市 | |\n", ""),), "P08", FACTS, "", ("缺少“市名”这一行。请补上这一行。",)),
    (
        (("| 组织单位全称 |", "| 组织单位的全称 |"),),
        "P08",
        FACTS,
        "A6",
        ("缺少“组织单位全称”", "“组织单位的全称”是不是它？"),
    ),
    ((("| 市名 | 某市 |", "| 市名 | |"),), "P10", FACTS, "B4", ("“市名”没有填。如 随州市。",)),
    ((("| 年度 | 2022 |", "| 年度 | abc |"),), "P11", FACTS, "B3", ("“abc”不是数。“年度”请填大于0的整数。",)),
    ((("| 年度 | 2022 |", "| 年度 | -2022 |"),), "P11", FACTS, "B3", ("“-2022”是负数。",)),
    ((("| 年度 | 2022 |", "| 年度 | 2022.5 |"),), "P11", FACTS, "B3", ("“2022.5”不是整数。",)),
    ((("| 年度 | 2022 |", "| 年度 | 22 |"),), "P13", FACTS, "B3", ("“年度”不能是“22”。请填四位数字的年度，如 2022。",)),
    ((("| 自评报告字数上限 | 5000 |", "| 自评报告字数上限 | 0 |"),), "P11", FACTS, "B10", ("“0”不大于0。",)),
    ((("| 满分 | 5 |", "| 满分 | '1e400 |"),), "P11", FACTS, "B13", ("“1e400”不是数。", "大于0的数，最多四位小数")),
    ((("| 满分 | 5 |", f"| 满分 | {'9' * 90} |"),), "P11", FACTS, "B13", ("太大。",)),
    ((("| 满分 | 5 |", "| 满分 | TRUE |"),), "P11", FACTS, "B13", ("“TRUE”不是数。",)),
    ((("@2023-01-12", "下月底"),), "P12", FACTS, "B8", ("“下月底”不是日期。“报送截止日期”请填日期，如 2023-01-12。",)),
    ((("@2023-01-12", "2023-02-31"),), "P12", FACTS, "B8", ("“2023-02-31”不是日期",)),
    ((("@2023-01-12", "@1900-03-12"),), "P12", FACTS, "B8", ("“1900-03-12”不在本世纪",)),
    ((("| 使用邮件发送 | 否 |", "| 使用邮件发送 | 不用 |"),), "P13", FACTS, "B14", ("“不用”", "请填“是”或“否”")),
    ((("| 满分 | 5 | |", "| 满分 | 5 | |\n| 年度 | 2023 | |"),), "P32", FACTS, "A14", ("“年度”重复，第3行已经有了。",)),
    ((("某市2022年度质量工作考核方案", "年" * 101),), "P30", FACTS, "B2", ("方案名称有101个字，最多100个。",)),
    # 考核领域, 考核对象, 评价部门, 等级
    ((("| 政策制度 | 2 |\n", "| 政策制度 | 二 |\n"),), "P11", AREAS, "B3", ("“二”不是数。“分值”请填不小于0的数",)),
    ((("| 政策制度 | 2 |\n", "| 政策制度 | 2.00001 |\n"),), "P11", AREAS, "B3", ("“2.00001”超过四位小数。",)),
    (
        (("| 政策制度 | 2 |\n", "| 政策制度 | 2 |\n| 整 体水平 | 0 |\n"),),
        *("P32", AREAS, "A4", ("“整 体水平”重复，第2行已经有了",)),
    ),
    (
        (("| 广水市人民政府 | 广水市 |", "| 广水市人民政府 | |"),),
        "P10",
        ASSESSEES,
        "B3",
        ("“简称”没有填。请填写这一格。",),
    ),
    ((("| 广水市人民政府 | 广水市 |", "| 广水市人民政府 | 随县 |"),), "P32", ASSESSEES, "B3", ("“随县”重复，第2行",)),
    (
        (("| 广水市人民政府 | 广水市 |", "| 广水市人民政府 | 随县人民政府 |"),),
        "P32",
        ASSESSEES,
        "B3",
        ("第2行已经有了",),
    ),
    (
        (("| 广水市人民政府 | 广水市 |", "| 广水市人民政府 | 全市 |"),),
        "P13",
        ASSESSEES,
        "B3",
        ("“简称”不能是“全市”", "请换"),
    ),
    (
        (("| 广水市人民政府 | 广水市 |", "| 广水市人民政府 | 广/水:市 |"),),
        "P37",
        ASSESSEES,
        "B3",
        ("有“/ :”。请去掉这些",),
    ),
    ((("| 广水市人民政府 | 广水市 |", "| 广水市人民政府 | 广<br>水 |"),), "P37", ASSESSEES, "B3", ("有“换行”",)),
    (
        (("| 广水市人民政府 | 广水市 |", f"| 广水市人民政府 | {LONG} |"),),
        "P30",
        ASSESSEES,
        "B3",
        ("有35个字，最多31个",),
    ),
    ((("| 市农业农村局 | |\n\n", "| 市农业农村局 | |\n| 市市场监管局 | |\n\n"),), "P32", DEPARTMENTS, "A4", ("第2行",)),
    ((("| 市农业农村局 | |\n\n", "| 市农业农村局 | 某某 |\n\n"),), "P35", DEPARTMENTS, "B3", ("“某某”不是邮箱地址",)),
    ((("| 随县 | |\n", "| 随县 | a＠b@c.cn |\n"),), "P35", ASSESSEES, "C2", ("请填写形如 名称@域名 的地址，或留空",)),
    ((("| B | 4 |", "| A | 4 |"),), "P32", GRADES, "A3", ("“A”重复",)),
    ((("| B | 4 |", "| B | 4.5 |"),), "P34", GRADES, "B3", ("等级“B”的最低分4.5不低于上一等级。",)),
    ((("| C | 0 |", "| C | 3 |"),), "P38", GRADES, "B4", ("最低一级“C”的最低分是3，低于它的总分没有等级。",)),
    ((("| B | 4 |", "| B | 四 |"),), "P11", GRADES, "B3", ("“四”不是数",)),
    # 考核内容
    ((("| 02-01 | 政策制度 |", "| 01-01 | 政策制度 |"),), "P21", CRITERIA, "A4", ("编号“01-01”重复，第2行已经用过",)),
    ((("| 02-01 | 政策制度 |", "| 02/01 | 政策制度 |"),), "P37", CRITERIA, "A4", ("“02/01”",)),
    (
        (("| 09-01 | 整体水平 |", "| 09-01 | 整体水评 |"),),
        "P24",
        CRITERIA,
        "B5",
        ("是不是要写“整体水平”？不是的话，请从",),
    ),
    (
        (("| 09-01 | 整体水平 |", "| 09-01 | 其他 |"),),
        "P24",
        CRITERIA,
        "B5",
        ("请从“考核领域”表的名称中选，或在那张表中加上它。",),
    ),
    (
        (("| 扣分 | 1 | 0 | 市农业农村局 |", "| 扣分 | 1 | 0 | 农业农村局 |"),),
        "P20",
        CRITERIA,
        "I5",
        ("是不是要写“市农业",),
    ),
    (
        (("| 得分 | 2 | 0 | 市市场监管局 | 是 |", "| 得分 | 2 | 0 | 市场监管局 | 是 |"),),
        "P20",
        CRITERIA,
        "I2",
        ("“市市场监",),
    ),
    (
        (("| 扣分 | 1 | 0 | 市农业农村局 |", "| 扣分 | 1 | 0 | 消防 |"),),
        "P20",
        CRITERIA,
        "I5",
        ("请从“评价部门”表的名称中选",),
    ),
    ((("| 扣分 | 1 |", "| 减分 | 1 |"),), "P13", CRITERIA, "F5", ("“类型”不能是“减分”。请选“得分”或“扣分”。",)),
    ((("| 扣分 | 1 |", "| 扣分 | 1.x |"),), "P11", CRITERIA, "G5", ("“1.x”不是数",)),
    ((("| 扣分 | 1 | 0 |", "| 扣分 | 1 | 1 |"),), "P13", CRITERIA, "H5", ("“扣分”的项只扣不得，请填0",)),
    (
        (("| 得分 | 1 | 0 |", "| 得分 | 1 | 1.5 |"),),
        "P13",
        CRITERIA,
        "H3",
        ("“起评分”不能是“1.5”。请填不大于分值（1分）的数",),
    ),
    ((("| 质量安全 | | 发生质量事件 |", "| 质量安全 | | |"),), "P10", CRITERIA, "E5", ("“考核内容”没有填",)),
    (
        (("| 09-01 | 1 | 发生一次扣0.2分 | 1 | 0 | 通报次数 | 次 | 计次 | 每次=-0.2；最低=-1 | |\n", ""),),
        *("P22", CRITERIA, "A5", ("“09-01 发生质量事件”在“评分细则”中一条也没有",)),
    ),
    # 评分细则
    (
        (("| 02-01 | 1 | 由部门", "| 02-1 | 1 | 由部门"),),
        "P23",
        MEASURES,
        "A6",
        ("“02-1”不在“考核内容”表中。是不是要写“02-01”",),
    ),
    ((("| 02-01 | 1 | 由部门", "| 02-01 | 1.5 | 由部门"),), "P13", MEASURES, "B6", ("“1.5”。请填 1、2、3 这样的整数",)),
    ((("| 02-01 | 1 | 由部门", "| 02-01 | | 由部门"),), "P10", MEASURES, "B6", ("“条目”没有填",)),
    ((("| 02-01 | 2 | 与", "| 02-01 | 1 | 与"),), "P39", MEASURES, "C7", ("“02-01”第1条的评分标准与第6行写的不一样",)),
    (
        (("| 01-01 | 1 | | | | 有", "| 01-01 | 1 | | 0.5 | | 有"),),
        "P39",
        MEASURES,
        "D3",
        ("条目分值与第2行写的不一样",),
    ),
    (
        (("| 09-01 | 1 |", "| 01-01 | 1 |"),),
        "P33",
        MEASURES,
        "B8",
        ("“01-01”的第1条在第3行已经写过，中间隔着别的条目",),
    ),
    ((("| 02-01 | 1 | 由部门评定 |", "| 02-01 | 1 | |"),), "P10", MEASURES, "C6", ("“评分标准”没有填",)),
    ((("| 由部门评定 | 1 |", "| 由部门评定 | |"),), "P10", MEASURES, "D6", ("“条目分值”没有填",)),
    (
        (("| 由部门评定 | 1 | 0 |", "| 由部门评定 | 1 | 2 |"),),
        "P13",
        MEASURES,
        "E6",
        ("请填不大于条目分值（1分）的数",),
    ),
    ((("| 机制得分 |", "| @2023-01-02 |"),), "P13", MEASURES, "F6", ("“2023-01-02”", "格式设为“文本”")),
    ((("| 机制得分 |", f"| {LONG} |"),), "P30", MEASURES, "F6", ("有35个字，最多32个。它要作提示框的标题",)),
    ((("| 分 | 评定 |", "| 分 | 平定 |"),), "P25", MEASURES, "H6", ("没有“平定”这种计分方式。是不是要写“评定”？",)),
    ((("| 分 | 评定 |", "| 分 | |"),), "P10", MEASURES, "H6", ("“计分方式”没有填",)),
    ((("| 评定 | 0~1 |", "| 评定 | |"),), "P10", MEASURES, "I6", ("“计分参数”没有填",)),
    ((("| 评定 | 0~1 |", "| 评定 | 1~0 |"),), "P25", MEASURES, "I6", ("“1~0”的范围不对",)),
    ((("| 评定 | 0~1 |", f"| 评定 | 0~{'9' * 5000} |"),), "P25", MEASURES, "I6", ("十三位以上的数", "…")),
    (((CHOICE, "有=0.5；有 =0"),), "P25", MEASURES, "I3", ("选项“有”写了两次",)),
    (((CHOICE, "80=0.5；60=0"),), "P25", MEASURES, "I3", ("选项“80”放进 Excel 下拉列表会变成数",)),
    (((CHOICE, "TRUE=0.5；FALSE=0"),), "P25", MEASURES, "I3", ("“TRUE”会被 Excel 当成逻辑值",)),
    (((CHOICE, "'=A1=0.5；无=0"),), "P25", MEASURES, "I3", ("选项“=A1”",)),
    (((CHOICE, "；".join(f"{'选' * 220}{n}号=0" for n in range(39))),), "P25", MEASURES, "I3", ("写成公式太长",)),
    (((BANDS, ">=80%=0.3；>=90%=0.5；其余=0"),), "P26", MEASURES, "I2", ("“90%及以上”这一档永远轮不到", "次序")),
    (((BANDS, ">=80%=0.5；<80%=0.3；其余=0"),), "P26", MEASURES, "I2", ("“其余”这一档永远轮不到", "删去“其余”")),
    (((BANDS, ">=120%=0.5；其余=0.3"),), "P26", MEASURES, "I2", ("“120%及以上”",)),
    (((BANDS, ">90%=0.5；<90%=0.3"),), "P27", MEASURES, "I2", ("填90%时哪一档也不符合。请在最后加上“其余=…”。",)),
    (((BANDS, ">=90%=0.5；>=80%=0.3"),), "P27", MEASURES, "I2", ("填0%时哪一档也不符合",)),
    (((BANDS, ">=90.0001%=0.5；<=90%=0.3"),), "P27", MEASURES, "I2", ("填90.00005%时",)),
    (((COUNT, "| 事故起数 | 起 | 分档 | <=1=1；>=3=0 |"),), "P27", MEASURES, "I4", ("填2起时哪一档也不符合",)),
    (((BANDS, "其余=0；>=80%=0.5"),), "P25", MEASURES, "I2", ("“其余”后面的“>=80%”永远轮不到",)),
    (
        ((BANDS, "；".join(f">={n}%=0" for n in range(60, 0, -1))),),
        "P25",
        MEASURES,
        "I2",
        ("有60档，太多了。最多40档",),
    ),
    (
        ((BANDS, "；".join(f">={n}.{n}%=0.{n}" for n in range(39, 0, -1)) + "；其余=0"),),
        "P30",
        MEASURES,
        "I2",
        ("最多255个",),
    ),
    ((("1=1；2=0.5；其余=0", "1-3=1；2=0.5；其余=0"),), "P25", MEASURES, "I5", ("名次“2”与“1-3”重叠",)),
    (
        (("| 增速 | % | 比均值 | 基准=全市值", "| 增速 | % | 比均值 | 基准=全省值"),),
        "P25",
        MEASURES,
        "I7",
        ("“全省值”不对",),
    ),
    # Sums
    (
        (("| 政策制度 | 2 |\n", "| 政策制度 | 2.5 |\n"), ("| 满分 | 5 |", "| 满分 | 5.5 |")),
        "P28",
        AREAS,
        "B3",
        ("差0.5分",),
    ),
    ((("| 满分 | 5 |", "| 满分 | 100 |"),), "P29", FACTS, "B13", ("各领域合计5分，而方案写明满分100分",)),
]


@pytest.mark.parametrize(("edits", "code", "sheet", "cell", "words"), CASES)
def test_a_mistake_is_reported_once_at_its_cell(
    edits: tuple[tuple[str, str], ...], code: str, sheet: str, cell: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    found = errors(faults_of(tmp_path, *edits))
    assert sum(one.code == code for one in found) == 1, [str(one) for one in found]
    (fault,) = [one for one in found if one.code == code]
    assert (fault.sheet, fault.cell) == (sheet, cell)
    for word in words:
        assert word in str(fault)
    # One mistake may show in two places at most, such as a code that stands on two sheets.
    follow = {"P21": {"P23"}, "P37": {"P22", "P23"}, "P23": {"P22"}, "P33": {"P22"}, "P22": set()}.get(code, set())
    assert {one.code for one in found} - {code} <= follow, [str(one) for one in found]


WARNINGS: list[Case] = [
    (
        (("| 有无记录 |", "| 合格 率 |"),),
        "P42",
        MEASURES,
        "F3",
        ("“市市场监管局”有两个填报项都叫“合格 率”（另一个在第2行）",),
    ),
    (
        (("| 市农业农村局 | |\n\n", "| 市农业农村局 | |\n| 消防队 | |\n\n"),),
        "P43",
        DEPARTMENTS,
        "A4",
        ("“消防队”没有要评",),
    ),
    ((("| 得分 | 1 | 0 |", "| 得分 | 1 | 1 |"),), "", "", "", ()),
    (
        (("| 由部门评定 | 1 |", "| 由部门评定 | 1.5 |"),),
        "P40",
        CRITERIA,
        "G4",
        ("各条目分值合计2.5分，与分值2分不一致",),
    ),
    ((("| 扣分 | 1 |", "| 扣分 | 7 |"),), "", "", "", ()),
]


@pytest.mark.parametrize(("edits", "code", "sheet", "cell", "words"), WARNINGS)
def test_warnings_do_not_stop(
    edits: tuple[tuple[str, str], ...], code: str, sheet: str, cell: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    found = faults_of(tmp_path, *edits)
    assert places(found) == ({(code, sheet, cell): 1} if code else {})
    assert all(word in str(fault) and not fault.is_error for fault in found for word in words)


def test_full_marks_out_of_reach_are_told_for_the_criterion_and_the_whole(tmp_path: Path) -> None:
    found = faults_of(tmp_path, ("| 评定 | 0~1 |", "| 评定 | 0~0.7 |"))
    assert places(found) == {("P44", FACTS, "B13"): 1, ("P41", CRITERIA, "G4"): 1}
    assert "总分也只有4.7分，达不到5分" in str(found[0])
    assert "“02-01”分值2分，但按计分规则最多只能得1.7分" in str(found[1])


def test_small_plan_has_no_fault(tmp_path: Path) -> None:
    assert faults_of(tmp_path) == []


def test_addresses_are_asked_for_when_mail_is_used(tmp_path: Path) -> None:
    edits = (("| 使用邮件发送 | 否 |", "| 使用邮件发送 | 是 |"), ("| 随县 | |\n", "| 随县 | a@b.cn |\n"))
    found = faults_of(tmp_path, *edits)
    assert places(found) == {("P31", ASSESSEES, "C3"): 1, ("P31", DEPARTMENTS, "B2"): 1, ("P31", DEPARTMENTS, "B3"): 1}
    assert "“广水市人民政府”没有邮箱。请填上邮箱，或在“方案”表把“使用邮件发送”改为“否”" in str(found[0])


@pytest.mark.parametrize("sheet", [AREAS, ASSESSEES, DEPARTMENTS, CRITERIA, MEASURES, GRADES])
def test_sheet_without_rows_is_reported(sheet: str, tmp_path: Path) -> None:
    found = tables(SMALL)
    found[sheet] = found[sheet][:1]
    faults = check(read_plan(write_tables(tmp_path / "plan.xlsx", found)))
    assert places(faults)["P36", sheet, ""] == 1


def test_2022_has_no_error_and_exactly_the_known_warnings() -> None:
    found = check(read_plan(template(PLAN_2022)))
    assert [(one.code, one.cell, one.is_error) for one in found] == [
        ("P44", "B13", False),
        *[("P40", "G32", False), ("P41", "G32", False), ("P41", "G72", False), ("P41", "G73", False)],
    ]
    said = "".join(map(str, found))
    for words in (
        "99.3分",
        "“06-01”各条目分值合计1.3分，与分值1.8分",
        "“15-04”分值0.4分",
        "“15-05”分值0.4分",
        "只能得0.3分",
    ):
        assert words in said


def test_blank_plan_asks_for_what_is_missing_and_nothing_else() -> None:
    assert Counter(one.code for one in check(read_plan(template(PLAN_BLANK)))) == {"P10": 11, "P36": 5}


@pytest.mark.parametrize(
    ("method", "unit", "parameters"),
    [
        ("分档", "%", ">=90%=1；<90%=0"),
        ("分档", "%", ">90%=1；<=90%=0"),
        ("分档", "件", ">=8=1；<=7=0"),
        ("分档", "件", ">7=1；=7=0.5；<7=0"),
        ("分档", "元", "<10=0；<20=0.5；>=20=1"),
        ("分档", "家", ">0=1；0=0"),
    ],
)
def test_bands_without_gap_are_accepted(method: str, unit: str, parameters: str, tmp_path: Path) -> None:
    edit = ("| 合格率 | % | 分档 | " + BANDS, f"| 合格率 | {unit} | {method} | {parameters}")
    assert errors(faults_of(tmp_path, edit)) == []


def test_equal_label_is_warned_of_within_a_department_only(tmp_path: Path) -> None:
    assert faults_of(tmp_path, ("| 全市名次 |", "| 合格率 |")) == []
    within = faults_of(tmp_path, ("| 有无记录 |", "| 合格率 |"))
    across = faults_of(tmp_path, ("| 机制得分 |", "| 合格率 |"))
    assert [(one.code, one.cell) for one in within + across] == [("P42", "F3"), ("P42", "F6")]


def test_what_hangs_on_a_reported_cell_is_not_reported_again(tmp_path: Path) -> None:
    edits = [("| 01-01 | 整体水平 |", "| 01-01 | 整体 |"), ("| 政策制度 | 2 |\n", "| 政策制度 | 两分 |\n")]
    edits += [("| B | 4 |", "| B | |"), ("| 扣分 | 1 | 0 | 市农业农村局 |", "| 扣分 | 1 | 0 | 市农业局 |")]
    edits += [
        ("| 得分 | 1 | 0 | 市农业农村局 |", "| 得分 | 1 | 0 | 市农村局 |"),
        ("| 计次 | 起评=1", "| 计数 | 起评=1"),
    ]
    assert places(faults_of(tmp_path, *edits)) == {
        ("P11", AREAS, "B3"): 1,
        ("P24", CRITERIA, "B2"): 1,
        ("P20", CRITERIA, "I3"): 1,
        ("P20", CRITERIA, "I5"): 1,
        ("P25", MEASURES, "H4"): 1,
        ("P10", GRADES, "B3"): 1,
    }


def test_mistakes_in_rows_of_an_unknown_code_are_reported_too(tmp_path: Path) -> None:
    edits = [("| 02-01 | 1 | 由部门评定 | 1 |", "| 99-99 | 1 | 由部门评定 | 一 |"), ("| 评定 | 0~1 |", "| 评定 | 高 |")]
    edits += [("| 09-01 | 1 | 发生", "| | 1 | 发生"), ("| 每次=-0.2；最低=-1 |", "| 每回=-0.2 |")]
    found = places(faults_of(tmp_path, *edits))
    assert {("P23", MEASURES, "A6"), ("P11", MEASURES, "D6"), ("P25", MEASURES, "I6"), ("P25", MEASURES, "I8")} <= set(
        found
    )
    assert set(found.values()) == {1}


MISTAKES: list[tuple[str, str, Any, str]] = [
    # (sheet, cell, what is typed there, the code of the fault expected there or at the cell behind the code)
    *[(FACTS, "B3", "二〇二二", "P11"), (FACTS, "B4", None, "P10"), (FACTS, "B8", "年底", "P12")],
    *[(FACTS, "B10", -1, "P11"), (FACTS, "B14", "也许", "P13"), (FACTS, "B2", "长" * 120, "P30")],
    *[
        (AREAS, "B2", "很多", "P11"),
        (AREAS, "B4", 26, "P28"),
        (AREAS, "A7", "质量政策制度", "P32"),
        (AREAS, "B7", "〇", "P11"),
    ],
    *[(ASSESSEES, "B2", "随/县", "P37"), (ASSESSEES, "B3", None, "P10"), (ASSESSEES, "C4", "没有", "P35")],
    *[(ASSESSEES, "B5", "随州高新技术产业开发区管委会" * 3, "P30"), (ASSESSEES, "B6", "全市", "P13")],
    *[
        (DEPARTMENTS, "B16", "q@w.cn", "P10 A16"),
        (DEPARTMENTS, "B8", "x@", "P35"),
        (DEPARTMENTS, "A15", "随州海关", "P32"),
    ],
    *[(GRADES, "B3", 95, "P34"), (GRADES, "B5", 10, "P38"), (GRADES, "A4", "A", "P32")],
    *[(CRITERIA, "A3", "01-01", "P21"), (CRITERIA, "B5", "质量整体水评", "P24"), (CRITERIA, "E6", None, "P10")],
    *[(CRITERIA, "F7", "加分", "P13"), (CRITERIA, "G9", "四分", "P11"), (CRITERIA, "I17", "市场监管局", "P20")],
    *[(CRITERIA, "H10", 1, "P13"), (CRITERIA, "G22", -1, "P11"), (CRITERIA, "C30", None, "P10")],
    *[(CRITERIA, "H43", "无", "P11"), (CRITERIA, "I49", "教育局", "P20"), (CRITERIA, "B66", "基础", "P24")],
    *[(MEASURES, "H2", "打分", "P25"), (MEASURES, "I4", "1~0", "P25"), (MEASURES, "C5", None, "P10")],
    *[(MEASURES, "D6", "多", "P11"), (MEASURES, "I9", ">=50%=0；>=80%=-0.1；其余=-0.25", "P26")],
    *[(MEASURES, "I11", ">90%=1；<90%=0", "P27"), (MEASURES, "I13", "较好=1；较好=0", "P25")],
    *[(MEASURES, "F15", "名" * 40, "P30"), (MEASURES, "B18", "一", "P13"), (MEASURES, "E21", 5, "P13")],
    *[(MEASURES, "D36", 0.5, "P39"), (MEASURES, "I35", "每次=0", "P25"), (MEASURES, "A193", "13-60", "P23")],
    *[(MEASURES, "F50", None, "P10"), (MEASURES, "H59", None, "P10"), (MEASURES, "I79", "1-4=0.3；4-6=0.2", "P25")],
    *[(MEASURES, "B89", 1, "P39 C89"), (MEASURES, "I126", "前三名=3", "P25"), (MEASURES, "D204", None, "P10")],
]
BESIDES = [
    # What some of those mistakes mean in another place.
    *[("P23", MEASURES, "A3"), ("P22", CRITERIA, "A66")],
]


def test_fifty_mistakes_are_all_listed_at_once(tmp_path: Path) -> None:
    assert len(MISTAKES) >= 50
    book = openpyxl.load_workbook(template(PLAN_2022))
    for sheet, cell, typed, _ in MISTAKES:
        book[sheet][cell] = typed
    path = tmp_path / "plan.xlsx"
    book.save(path)
    found = errors(check(read_plan(path)))
    expected = [(*code.split(), cell) for _, cell, _, code in MISTAKES]
    spots = [(code, sheet, at) for (sheet, *_), (code, at, *_) in zip(MISTAKES, expected, strict=True)]
    assert places(found) == Counter(spots + BESIDES)
    in_order = [FACTS, AREAS, ASSESSEES, DEPARTMENTS, CRITERIA, MEASURES, GRADES]
    assert list(dict.fromkeys(one.sheet for one in found)) == in_order


def test_every_plan_code_is_provoked_here() -> None:
    here = {code for _, code, *_ in CASES + WARNINGS} | {"P31", "P36", "P41", "P44"}
    refused = {"P01", "P02", "P03", "P04", "P05", "P06", "P07", "P09"}  # test_plan_read
    assert here - {""} | refused == {code for code in CATALOGUE if code.startswith("P")}


def test_messages_name_place_fault_and_remedy(tmp_path: Path) -> None:
    for edits, *_ in CASES:
        for fault in faults_of(tmp_path, *edits):
            assert fault.file == "考核方案.xlsx"
            assert fault.sheet
            text = str(fault)
            assert text.endswith(f"[{fault.code}]")
            assert not [bad for bad in ("。。", "？。", "“”", "None", "Fraction", "{", "；。", "  ") if bad in text], (
                text
            )
            assert len(text) < 500


def test_reading_again_says_the_same(tmp_path: Path) -> None:
    reading = read_text(tmp_path, small(("| 满分 | 5 |", "| 满分 | 六 |")))
    assert check(reading) == check(reading)
