"""The plan reader: what it accepts as the same plan, what it refuses, and that it never breaks down."""

from __future__ import annotations

import datetime as dt
import io
import re
import time
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_book import Typed, tables, write_tables
from plan_text import SMALL, faults_of, places, read_text, small
from strategies import criteria

from qtool.faults import CATALOGUE, Fault, QtoolError
from qtool.model import Area, Assessee, Criterion, Department, Grade, Item, Measure, Plan
from qtool.plan.check import check
from qtool.plan.columns import COLUMNS, CRITERIA, FACT_ROWS, MEASURES
from qtool.plan.read import read_plan
from qtool.resources import PLAN_2022, template


@pytest.fixture(scope="session")
def same(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """Return the small plan as it is."""
    return read_text(tmp_path_factory.mktemp("plan"), SMALL).plan


def refusal(path: Path) -> list[str]:
    with pytest.raises(QtoolError) as raised:
        read_plan(path)
    return [str(fault) for fault in raised.value.faults]


def test_2022_has_what_the_document_has() -> None:
    reading = read_plan(template(PLAN_2022))
    plan = reading.plan
    assert reading.faults == []
    assert len(plan.criteria) == 72
    assert sum(len(criterion.items) for criterion in plan.criteria) == 163
    assert len(plan.measures) == 203
    assert [str(area.marks) for area in plan.areas] == ["105/4", "21", "263/10", "49/4", "71/5"]
    assert (len(plan.scoring_departments), len(plan.assessees)) == (13, 5)
    assert sum(criterion.marks for criterion in plan.criteria if criterion.kind == "扣分") == 7
    assert (plan.facts.year, plan.facts.deadline, plan.facts.full_marks) == (2022, dt.date(2023, 1, 12), Fraction(100))


def test_2022_is_what_the_tables_say(rubric: tuple[Criterion, ...]) -> None:
    assert read_plan(template(PLAN_2022)).plan.criteria == rubric


def test_small_plan_reads_without_a_fault(tmp_path: Path) -> None:
    reading = read_text(tmp_path, SMALL)
    assert (reading.faults, reading.unread) == ([], frozenset())
    assert [item.number for item in reading.plan.criteria[0].items] == ["1", "2"]
    assert list(reading.plan.measures) == [
        *("01-01-1-1", "01-01-1-2", "01-01-2-1", "01-02-1-1", "02-01-1-1", "02-01-2-1", "09-01-1-1"),
    ]


def by_column(text: str, sheet: str, order: list[int]) -> dict[str, list[list[Typed]]]:
    found = tables(text)
    found[sheet] = [[row[at] for at in order] for row in found[sheet]]
    return found


@pytest.mark.parametrize("sheet", COLUMNS)
def test_order_of_columns_does_not_matter(sheet: str, same: Plan, tmp_path: Path) -> None:
    order = list(range(len(COLUMNS[sheet])))[::-1]
    reading = read_plan(write_tables(tmp_path / "plan.xlsx", by_column(SMALL, sheet, order)))
    assert (reading.plan, reading.plan.fingerprint) == (same, same.fingerprint)
    assert check(reading) == []


@pytest.mark.parametrize("sheet", COLUMNS)
def test_more_columns_title_and_empty_rows_do_not_matter(sheet: str, same: Plan, tmp_path: Path) -> None:
    found = tables(SMALL)
    head, *body = found[sheet]
    spread: list[list[Typed]] = [["某市质量考核"], [], ["备注", *head, "核对人"]]
    for row in body:
        spread += [["说明", *row, "某人"], [None, "\u3000 "], []]
    found[sheet] = spread
    assert read_plan(write_tables(tmp_path / "plan.xlsx", found)).plan == same


@pytest.mark.parametrize(
    "edits",
    [
        (("| 名称 | 简称 | 邮箱 |", "| 名 称 | 简\u3000称 | 邮<br>箱 |"),),
        (("| 印证材料上限（GB） | 3 |", "| 印证材料上限(ＧＢ) | 3G |"),),
        (("| 政策制度 | 2 |\n", "| 政策制度 | ２分 |\n"),),
        (("| 满分 | 5 |", "| 满 分 | '5.0分 |"), ("| 年度 | 2022 |", "| 年度 | 2022年 |")),
        (("| 自评报告字数上限 | 5000 |", "| 自评报告字数上限 | 5,000字 |"),),
        (("| @2023-01-12 |", "| 2023年1月12日 |"),),
        (("| @2023-01-12 |", "| 2023.01.12 |"),),
        (("| @2023-01-12 |", "| ２０２３－１－１２ |"),),
        (("| 01-02 | 1 |", "| ０１-０２ | '1.0 |"),),
        (("| 01-02 | 1 |", "|  01－02 | 第1条 |"),),
        (("| 01-02 | 1 |", "| 01-02\u200b | ① |"),),
        (("| 增速 | % |", "| 增速 | ％ |"),),
        (("| 01-01 | 1 | | | | 有无", "| 01-01 | | | | | 有无"),),
        (("| 01-01 | 1 | | | | 有无", "| | | | | | 有无"),),
        (("| 01-01 | 2 |", "| | 2 |"),),
        (("| 01-01 | 1 | | | | 有无", "| 01-01 | 1 | 合格率高的得分 | 1 | '0 | 有无"),),
        (("# 考核领域\n", "#  考核领域 \n"), ("# 等级", "# 等 级")),
    ],
)
def test_ways_of_writing_that_mean_the_same(edits: tuple[tuple[str, str], ...], same: Plan, tmp_path: Path) -> None:
    reading = read_text(tmp_path, small(*edits))
    assert [str(fault) for fault in reading.faults] == []
    assert reading.plan == same


def test_sheets_may_stand_in_any_order_among_others(same: Plan, tmp_path: Path) -> None:
    found = dict(reversed(tables(SMALL).items()))
    path = write_tables(tmp_path / "plan.xlsx", {"草稿": [["方案"]], **found, "考核领域（旧）": []})
    assert read_plan(path).plan == same


def test_merged_cells_of_an_item_are_read_once(same: Plan, tmp_path: Path) -> None:
    path = write_tables(tmp_path / "plan.xlsx", tables(SMALL))
    book = openpyxl.load_workbook(path)
    for cells in ("A2:A4", "B2:B3", "C2:C3", "D2:D3", "E2:E3"):
        book[MEASURES].merge_cells(cells)
    book.create_chartsheet("图")
    book.save(path)
    assert read_plan(path).plan == same


def test_code_that_became_a_date_is_reported_once_and_guessed(same: Plan, tmp_path: Path) -> None:
    faults = faults_of(tmp_path, ("| 01-02 | 1 |", "| @2026-01-02 | 1 |"))
    assert places(faults) == {("P13", "评分细则", "A5"): 1}
    assert "“编号”不能是“2026-01-02”" in str(faults[0])
    assert "原来大概是“01-02”" in str(faults[0])
    assert read_text(tmp_path, small(("| 01-02 | 1 |", "| @2026-01-02 | 1 |"))).plan == same


@pytest.mark.parametrize("value", ["NaN", "1E400", "-1E400", "1E300"])
def test_figures_that_are_none_are_reported(value: str, tmp_path: Path) -> None:
    path = write_tables(tmp_path / "plan.xlsx", tables(small(("| 政策制度 | 2 |\n", "| 政策制度 | 8765 |\n"))))
    changed = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"<v>8765</v>", f"<v>{value}</v>".encode()))
    path.write_bytes(changed.getvalue())
    assert places(check(read_plan(path))) == {("P11", "考核领域", "B3"): 1}


@pytest.mark.parametrize(
    ("name", "content", "code", "said"),
    [
        ("empty", b"", "P02", "文件是空的"),
        ("html", "<html><body><table><tr><td>方案</td></tr></table></body></html>".encode(), "P02", "不是 Excel"),
        ("ole", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "P02", "已损坏"),
        (
            "encrypted",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "EncryptedPackage".encode("utf-16-le"),
            "P03",
            "",
        ),
        ("zip", b"PK\x05\x06" + bytes(18), "P02", "已损坏"),
    ],
)
def test_what_is_no_workbook_is_refused(name: str, content: bytes, code: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.xlsx"
    path.write_bytes(content)
    (text,) = refusal(path)
    assert text.startswith(f"{name}.xlsx：")
    assert text.endswith(f"[{code}]")
    assert said in text


def test_missing_file_and_folder_are_refused(tmp_path: Path) -> None:
    assert [text[-5:] for path in (tmp_path, tmp_path / "none.xlsx") for text in refusal(path)] == ["[P01]", "[P01]"]


def test_truncated_workbook_is_refused_wherever_it_is_cut(tmp_path: Path) -> None:
    whole = write_tables(tmp_path / "whole.xlsx", tables(SMALL)).read_bytes()
    path = tmp_path / "plan.xlsx"
    for share in range(1, 20):
        path.write_bytes(whole[: len(whole) * share // 20])
        (text,) = refusal(path)
        assert text.endswith("[P02]")


def test_foreign_workbook_is_refused(tmp_path: Path) -> None:
    path = write_tables(tmp_path / "工资表.xlsx", {"Sheet1": [["姓名", "工资"]], "方案": [["项目", "内容", "说明"]]})
    (text,) = refusal(path)
    assert "这不是考核方案：没有工作表“考核领域”、“考核对象”" in text
    assert text.endswith("[P04]")


def test_missing_sheets_and_headings_are_all_listed(tmp_path: Path) -> None:
    edits = [("# 等级", "# 考核等级"), ("# 考核领域", "# 领域"), ("| 等级 | 最低分 |", "| 等级 | 低分 |")]
    edits += [("| 名称 | 简称 | 邮箱 |", "| 名称 | 邮箱 | 邮箱 |"), ("条目起评分 | 填报项 |", "条目起评 | 填报项目 |")]
    found = [(fault.code, fault.sheet, fault.cell) for fault in faults_of(tmp_path, *edits)]
    assert found == [
        *[("P05", "", ""), ("P05", "", "")],
        *[("P07", "考核对象", "C1"), ("P06", "考核对象", "第1行")],
        *[("P06", "评分细则", "E1"), ("P06", "评分细则", "F1")],
    ]
    texts = [str(fault) for fault in faults_of(tmp_path, *edits)]
    assert "缺少工作表“等级”。请从原方案中补回这张表；“考核等级”是不是它？请改回原名" in texts[1]
    assert "缺少“填报项”这一列。请在标题行补上这一列；“填报项目”是不是它？请改回原名" in texts[-1]


def test_blank_sheet_and_doubled_sheet_are_refused(tmp_path: Path) -> None:
    found = tables(SMALL)
    found[CRITERIA] = []
    found["方 案"] = found["方案"]
    texts = refusal(write_tables(tmp_path / "plan.xlsx", found))
    assert [text[-5:] for text in texts] == ["[P09]", "[P36]"]
    assert "有两张叫“方案”的工作表（“方案”和“方 案”）" in texts[0]
    assert "请从空白方案中复制它的标题行" in texts[1]


def test_unseen_signs_are_dropped(tmp_path: Path, same: Plan) -> None:
    assert read_text(tmp_path, SMALL.replace("随县", "\ufeff随\u200b县")).plan == same


# What chance makes of it


def fact_rows(plan: Plan) -> list[list[Typed]]:
    facts = plan.facts
    said: list[Typed] = [
        *(facts.name, facts.year, facts.city, facts.office, facts.office_title, facts.basis, facts.deadline),
        *(facts.returns_to, facts.report_limit, facts.problems_minimum, float(facts.evidence_limit_gb)),
        *(float(facts.full_marks), "是" if facts.mail else "否"),
    ]
    return [[fact.name, value] for fact, value in zip(FACT_ROWS, said, strict=True)]


def criterion_row(one: Criterion) -> list[Typed]:
    texts = (one.code, one.area, one.key_point, one.group, one.title, one.kind)
    rest = (one.department, one.evidence, one.source_lines, one.remark)
    return [*texts, float(one.marks), float(one.base), *rest]


def measure_rows(one: Criterion) -> list[list[Typed]]:
    rows: list[list[Typed]] = []
    for item in one.items:
        for index, m in enumerate(item.measures):
            first: list[Typed] = [item.standard, float(item.marks), float(item.base)]
            of_item = first if index == 0 else [None, None, None]
            rows.append([one.code, item.number, *of_item, m.label, m.unit, m.method, m.parameters, m.evidence])
    return rows


def sheets_of(plan: Plan) -> dict[str, list[list[Typed]]]:
    bodies: list[list[list[Typed]]] = [
        fact_rows(plan),
        [[area.name, float(area.marks)] for area in plan.areas],
        [[a.name, a.short, a.address] for a in plan.assessees],
        [[d.name, d.address] for d in plan.departments],
        [criterion_row(one) for one in plan.criteria],
        [row for one in plan.criteria for row in measure_rows(one)],
        [[grade.name, float(grade.at_least), grade.meaning] for grade in plan.grades],
    ]
    heads: dict[str, list[Typed]] = {name: [column.heading for column in COLUMNS[name]] for name in COLUMNS}
    return {name: [heads[name], *body] for name, body in zip(COLUMNS, bodies, strict=True)}


def named(criterion: Criterion) -> Criterion:
    """Return a random criterion with the texts that a plan must have."""
    items = tuple(replace(item, standard=f"第{item.number}条") for item in criterion.items)
    return replace(criterion, items=items, area="领域", key_point="要点", title="内容", department="某局")


@given(criteria(2), st.integers(1, 10))
@pytest.mark.lengthy
def test_random_plan_is_read_back_equal(
    tmp_path_factory: pytest.TempPathFactory, same: Plan, made: tuple[Criterion, ...], full: int
) -> None:
    plan = Plan(
        replace(same.facts, full_marks=Fraction(full)),
        (Area("领域", Fraction(full)),),
        (Assessee("甲县人民政府", "甲县"), Assessee("乙县人民政府", "乙县", "a@b.cn")),
        (Department("某局"),),
        (Grade("好", Fraction(0)),),
        tuple(named(criterion) for criterion in made),
    )
    path = tmp_path_factory.getbasetemp() / "random.xlsx"
    reading = read_plan(write_tables(path, sheets_of(plan)))
    assert reading.faults == []
    assert reading.plan == plan
    assert not {fault.code for fault in check(reading)} & {"P22", "P23", "P25", "P33", "P39"}


GARBAGE = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-3, 10**12).map(float),
    st.dates(dt.date(1900, 3, 1), dt.date(2200, 1, 1)),
    st.text("01.-~=；;，%<>≥名分次其余基准全市值起评每步长最高低扣 \n\u3000是否编号{}'[]*", max_size=40),
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30),
    st.sampled_from(["9" * 5000, "1=1；" * 300, ">=1=1；" * 300, "1-" + "9" * 20 + "=1", "0~" + "9" * 400, "x" * 9000]),
)
SPOTS = st.tuples(st.sampled_from(list(COLUMNS)), st.integers(0, 15), st.integers(0, 12))


@given(st.lists(st.tuples(SPOTS, GARBAGE), min_size=1, max_size=12))
@pytest.mark.lengthy
def test_garbage_anywhere_is_only_ever_reported(
    tmp_path_factory: pytest.TempPathFactory, spoilt: list[tuple[tuple[str, int, int], Typed]]
) -> None:
    found = tables(SMALL)
    for (sheet, row, col), value in spoilt:
        rows = found[sheet]
        rows += [[] for _ in range(row + 1 - len(rows))]
        rows[row] += [None] * (col + 1 - len(rows[row]))
        rows[row][col] = value
    path = write_tables(tmp_path_factory.getbasetemp() / "garbage.xlsx", found)
    try:
        reading = read_plan(path)
        faults = check(reading)
    except QtoolError as error:
        faults = list(error.faults)
        reading = None
    for fault in faults:
        assert fault.file == "garbage.xlsx"
        assert fault.sheet in COLUMNS
        assert fault.message
        assert fault.remedy
        assert len(str(fault)) < 700
    if reading:
        assert_sound_places(faults)


def assert_sound_places(faults: Sequence[Fault]) -> None:
    said = [str(fault) for fault in faults]
    assert len(said) == len(set(said))
    assert all(re.fullmatch(r"[A-Z]+\d+|", fault.cell) for fault in faults)
    assert {fault.code for fault in faults} <= CATALOGUE.keys()


@pytest.mark.lengthy
def test_thousands_of_rows_of_garbage_stay_quick(tmp_path: Path) -> None:
    found = tables(SMALL)
    for name, columns in COLUMNS.items():
        found[name] += [[f"乱{(row * 7919 + col) % 4001}" for col in range(len(columns))] for row in range(5000)]
    path = write_tables(tmp_path / "plan.xlsx", found)
    started = time.process_time()
    faults = check(read_plan(path))
    assert time.process_time() - started < 10
    assert len(faults) > 20_000


def test_fingerprint_follows_what_is_scored_and_nothing_else(tmp_path: Path, same: Plan) -> None:
    kept = [
        ("| 随县人民政府 | 随县 | |", "| 随县人民政府 | 随县 | a@b.cn |"),
        ("| 市农业农村局 | |\n\n", "| 市农业农村局 | c@d.cn |\n\n"),
        ("原文缺一行", "原文缺两行"),
        ("| 是 | 1 | |", "| 是 | 8 | |"),
        ("| A | 4.5 | 优秀 |", "| A | 4.5 | 最好 |"),
    ]
    for edit in kept:
        assert read_text(tmp_path, small(edit)).plan.fingerprint == same.fingerprint
    for criterion in same.criteria:
        for changed in rules_changed(criterion):
            criteria_now = tuple(changed if one is criterion else one for one in same.criteria)
            assert replace(same, criteria=criteria_now).fingerprint != same.fingerprint


def rules_changed(criterion: Criterion) -> list[Criterion]:
    def of(measure: Measure, item: Item) -> Criterion:
        measures = tuple(measure if one.id == measure.id else one for one in item.measures)
        items = tuple(replace(item, measures=measures) if one is item else one for one in criterion.items)
        return replace(criterion, items=items)

    made = []
    for item in criterion.items:
        for measure in item.measures:
            spoilt = [replace(measure, label="改"), replace(measure, unit="改"), replace(measure, method="改")]
            made += [of(one, item) for one in [*spoilt, replace(measure, parameters="改")]]
        made.append(replace(criterion, items=tuple(i for i in criterion.items if i is not item)))
    return made
