"""The copy that goes back to be mended: what it carries over, what it marks, what it lists."""

from __future__ import annotations

import re
import zipfile
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import pytest
from mending_cases import judged, mending, sheet_of, spoilt, table, table_head, texts
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook
from scoring_cases import expected, plan_2022, plan_for, write

from qtool.addresses import address
from qtool.collect.read import read_return
from qtool.faults import fault
from qtool.layout import COVER, META, PROBLEMS, SHEET, Layout
from qtool.model import CITY, Key, Value
from qtool.office.workbook.fill import fill
from qtool.office.workbook.writer import height_of
from qtool.outcome import Return
from qtool.rehearsal import answers_for
from qtool.sheets.style import MUST_MEND, TO_CHECK, TO_FILL

pytestmark = pytest.mark.lengthy

FARMING = "市农业农村局"
WRONG: dict[Key, Value] = {
    ("01-02-1-1", CITY): "十二",
    ("02-03-1-1", "曾都区"): None,
    ("04-09-3-1", "随县"): "大约三成",
    ("04-09-3-1", "广水市"): None,
    ("04-09-3-1", "曾都区"): None,
    ("04-09-4-1", "曾都区"): " 是",
    ("13-06-1-1", "随县"): Fraction(-7),
}


@pytest.fixture(scope="module")
def layout() -> Layout:
    return Layout(plan_2022(), FARMING)


@pytest.fixture(scope="module")
def returned(tmp_path_factory: pytest.TempPathFactory, layout: Layout) -> Return:
    return spoilt(tmp_path_factory.mktemp("back"), layout, WRONG)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory, layout: Layout, returned: Return) -> Path:
    return mending(tmp_path_factory.mktemp("copy") / "请改正.xlsx", layout, returned)


def cell_of(layout: Layout, measure: str, who: str) -> str:
    return address(*layout.inputs[measure, who])


def fills(path: Path, cell: str) -> list[tuple[str, str]]:
    """Return the conditional fills of a cell, the one that wins first: their test and their colour."""
    rules = []
    for block in sheet_of(path, SHEET).conditional_formatting:
        if cell in block:
            rules += [rule for rule in block.rules if rule.dxf.fill is not None]
    return [(rule.formula[0], rule.dxf.fill.bgColor.rgb) for rule in sorted(rules, key=lambda rule: rule.priority)]


def colour(look: str) -> str:
    return "FF" + look.removeprefix("#")


def test_the_list_stands_first_and_opens(copy: Path) -> None:
    book = load_workbook(copy)
    assert book.sheetnames == [PROBLEMS, COVER, SHEET, META]
    assert book.active is not None
    assert book.active.title == PROBLEMS
    assert book[META].sheet_state == "veryHidden"
    protection = sheet_of(copy).protection
    assert protection.sheet
    assert (protection.autoFilter, protection.formatColumns) == (False, False)  # False means: not forbidden
    assert all(cell.protection.locked for row in sheet_of(copy).iter_rows() for cell in row)


def test_all_that_was_given_is_there(copy: Path, layout: Layout, returned: Return) -> None:
    sheet = sheet_of(copy, SHEET, values=True)
    given = answers_for(layout, 1) | WRONG | {("04-09-4-1", "曾都区"): "是"}
    for key, (row, col) in layout.inputs.items():
        value, found = given[key], sheet.cell(row + 1, col + 1).value
        assert found == (float(value) if isinstance(value, Fraction) else value), key
    assert len(returned.reasons) > 10
    for (code, who), text in returned.reasons.items():
        assert sheet.cell(layout.rows[f"c:{code}"] + 1, layout.columns[f"in:{who}"] + 1).value == text
    row = layout.sign_row + 1
    assert [sheet[f"D{row}"].value, sheet[f"G{row}"].value, sheet[f"D{row + 1}"].value] == [
        "张三",
        "李四",
        "2023年1月10日",
    ]
    assert not sheet[f"D{row}"].protection.locked


def test_points_are_what_the_values_are_worth(copy: Path, layout: Layout) -> None:
    scores = layout.scorer.score(answers_for(layout, 1) | WRONG | {("04-09-4-1", "曾都区"): "是"})
    sheet = sheet_of(copy, SHEET, values=True)
    shown, worth = {}, {}
    for formula in layout.formulas():
        if formula.id.startswith("m:"):
            key = (formula.id[2:], formula.who)
            points = scores.measures[key]
            worth[key] = "" if points is None else float(points) if isinstance(points, Fraction) else points
            seen = sheet.cell(formula.row + 1, formula.col + 1).value
            shown[key] = "" if seen is None else seen
    assert shown == worth
    assert [key for key, value in worth.items() if value == "有误"] == [("04-09-3-1", "随县"), ("13-06-1-1", "随县")]


def test_what_must_be_mended_is_red_while_it_stands_open(copy: Path, layout: Layout) -> None:
    blank, wrong = cell_of(layout, "02-03-1-1", "曾都区"), cell_of(layout, "04-09-3-1", "随县")
    for cell, points in ((blank, "N11"), (wrong, "J18")):
        assert fills(copy, cell)[0] == (f'OR({cell}="",{points}="有误")', colour(MUST_MEND["bg_color"]))
    assert fills(copy, blank)[1][1] == colour(TO_FILL)  # the sheet's own tint, which would win if it were told first
    city = fills(copy, cell_of(layout, "01-02-1-1", CITY))[0]
    assert city[0] == "NOT(IF(ISNUMBER(H8),AND(ROUND(H8,9)>=0,ROUND(H8,9)<=1),0=1))"
    fine = cell_of(layout, "06-02-1-1", "随县")
    assert [tint for _, tint in fills(copy, fine)] == [colour(TO_FILL)]


def test_what_only_a_person_can_judge_stays_tinted(copy: Path, layout: Layout) -> None:
    assert fills(copy, cell_of(layout, "04-09-4-1", "曾都区"))[0] == ("TRUE", colour(TO_CHECK["bg_color"]))


def test_cells_of_one_fault_on_one_row_share_a_rule(copy: Path, layout: Layout) -> None:
    """The rule's relative addresses are those of its first cell, as every program understands them."""
    first, second = (cell_of(layout, "04-09-3-1", who) for who in ("随县", "广水市"))
    assert fills(copy, first)[0] == fills(copy, second)[0] == (f'OR({first}="",J18="有误")', "FFF7B4AE")


def test_every_marked_cell_says_why(copy: Path, layout: Layout, returned: Return) -> None:
    sheet = sheet_of(copy, SHEET)
    commented = {cell.coordinate: cell.comment for row in sheet.iter_rows() for cell in row if cell.comment}
    assert set(commented) == {cell_of(layout, *key) for key in WRONG}
    office = layout.plan.facts.office
    assert {comment.author for comment in commented.values()} == {office}
    said = commented[cell_of(layout, "04-09-3-1", "广水市")].text
    number = next(row["序号"] for row in table(copy) if "开展下乡进村活动”没有填" in str(row["问题"]))
    remedy = "从下拉列表中选一项：是（得0.6分）；否（0分）"
    assert said == f"【第{number}条，必须改正】广水市、曾都区的“开展下乡进村活动”没有填。\n怎么办：{remedy}。"
    assert "【第6条，请核对】" in commented[cell_of(layout, "04-09-4-1", "曾都区")].text
    assert len(returned.faults) == 6


def test_comments_are_hidden_and_as_high_as_their_text(tmp_path: Path, layout: Layout) -> None:
    place = ("m:04-09-1-1", "in:随县")
    long = fault("S36", reason="请重新核对全部印证材料，" * 12)
    path = mending(tmp_path / "c.xlsx", layout, judged(layout, {fault("S36", reason="短"): (place,), long: (place,)}))
    cell = sheet_of(path, SHEET)[cell_of(layout, "04-09-1-1", "随县")]
    assert cell.comment is not None
    one, two = cell.comment.text.split("\n\n")
    assert "短" in one
    assert two.count("请重新核对") == 12
    with zipfile.ZipFile(path) as package:
        name = next(name for name in package.namelist() if name.endswith(".vml"))
        drawing = package.read(name).decode()
    heights = [float(found) for found in re.findall(r"height:([\d.]+)pt", drawing)]
    assert heights[-1] >= 10 * 9 * 1.2
    assert "visibility:hidden" in drawing
    assert "<x:Visible" not in drawing


def test_errors_come_first_then_by_row(copy: Path) -> None:
    rows = table(copy)
    assert [row["序号"] for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [row["要求"] for row in rows] == ["必须改正"] * 5 + ["请核对"]
    numbers = [int(re.findall(r"\d+", str(row["位置"]))[0]) for row in rows[:5]]
    assert numbers == sorted(numbers)
    assert [row["处理"] for row in rows] == [1, 1, 1, 2, 1, "—"]
    counts = next(text for text in texts(copy) if text.startswith("退回"))
    assert counts == "退回：必须改正 5 条；核实：请核对或说明 1 条。"


def test_places_lead_to_their_cells(copy: Path, layout: Layout) -> None:
    sheet, found = sheet_of(copy), table(copy)
    for row in found:
        link = sheet.cell(int(str(row["row"])), 3).hyperlink
        assert link is not None
        assert link.location == f"'{SHEET}'!{str(row['位置']).split()[0]}"
    two = next(row for row in found if "广水市、曾都区" in str(row["问题"]))
    cells = [cell_of(layout, "04-09-3-1", who) for who in ("广水市", "曾都区")]
    assert two["位置"] == f"{cells[0]} 等2格"
    assert f"（各格：{'、'.join(cells)}）" in str(two["问题"])


def test_the_head_says_to_whom_until_when_and_how(copy: Path, layout: Layout, returned: Return) -> None:
    facts, said = layout.plan.facts, "\n".join(texts(copy))
    assert f"（{FARMING}评分表）" in said
    assert returned.file in said
    assert "请在 2023年1月12日 前改好" in said
    assert facts.returns_to in said
    assert [f"{number}．" in said for number in (1, 2, 3)] == [True, True, True]


@pytest.mark.parametrize(("day", "late"), [(12, False), (13, True)])
def test_after_the_deadline_it_says_so(tmp_path: Path, layout: Layout, day: int, *, late: bool) -> None:
    made = datetime(2023, 1, day, 23, 59)  # noqa: DTZ001 - document properties have no time zone
    path = mending(tmp_path / "late.xlsx", layout, judged(layout, {fault("S36", reason="漏项"): ()}), made)
    assert any("已过，请尽快改好" in text for text in texts(path)) == late


def test_faults_without_a_place_come_first_and_lead_nowhere(tmp_path: Path, layout: Layout) -> None:
    one, other = fault("S36", reason="公章不清"), fault("S17", cell="第9行", what="x", first="第8行")
    blank = fault("S10", cell="I8", who="随县", label="x", remedy="填")
    found = {blank: (("m:01-02-1-1", "in:随县"),), one: (), other: (("m:不在表里", "in:随县"),)}
    path = mending(tmp_path / "whole.xlsx", layout, judged(layout, found))
    rows = table(path)
    assert [row["位置"] for row in rows] == ["—", "—", "I8"]
    assert rows[0]["问题"] == "已由办公室退回：公章不清"
    assert str(rows[1]["问题"]).endswith("（原文件中：第9行）")
    assert [row["处理"] for row in rows] == ["—", "—", "—"]  # the cell is filled, so no formula can tell
    assert sheet_of(path).cell(int(str(rows[0]["row"])), 3).hyperlink is None


@pytest.mark.parametrize(("cell", "shown"), [("I8", False), ("I9", True), ("", False)])
def test_the_returned_file_s_cell_is_told_where_it_differs(
    tmp_path: Path, layout: Layout, cell: str, *, shown: bool
) -> None:
    found = fault("S10", cell=cell, who="随县", label="x", remedy="填")
    path = mending(tmp_path / "o.xlsx", layout, judged(layout, {found: (("m:01-02-1-1", "in:随县"),)}))
    assert (f"（原文件中：{cell}）" in str(table(path)[0]["问题"])) == shown


def test_a_missing_reason_is_asked_for_at_its_cell(tmp_path: Path, layout: Layout) -> None:
    found = fault("S32", cell="I13", who="随县、广水市", code="02-03", title="x")
    places = tuple(("c:02-03", f"in:{who}") for who in ("随县", "广水市"))
    given: dict[Key, str] = {("02-03", "广水市"): "有一起事件"}
    for reasons, still in (({}, 2), (given, "—")):
        path = mending(tmp_path / f"r{still}.xlsx", layout, judged(layout, {found: places}, reasons=reasons))
        assert table(path)[0]["处理"] == still
        test, tint = fills(path, "I13")[0]
        assert (test, tint) == ('TRIM(I13)=""', colour(TO_CHECK["bg_color"]))
        assert "没有必须改正的；核实：请核对或说明 1 条。" in texts(path)


def test_signatures_and_locked_texts_can_be_marked(tmp_path: Path, layout: Layout) -> None:
    sign = fault("S36", reason="没有签名")
    text = fault("S13", label="x", found="y")
    places = {sign: (("sign:填表人:审核人", "marks"),), text: (("m:04-09-1-1", "title"),)}
    path = mending(tmp_path / "s.xlsx", layout, judged(layout, places))
    cell = address(layout.sign_row, 3)
    assert fills(path, cell)[0][0] == f'TRIM({cell})=""'
    block = next(block for criterion, block in layout.criterion_blocks if criterion.code == "04-09")
    for row in (block.first, block.last):  # the whole of what is merged
        assert fills(path, address(row, 2))[0] == ("TRUE", colour(TO_CHECK["bg_color"]))


def test_of_an_error_and_a_question_in_one_cell_the_error_shows(tmp_path: Path, layout: Layout) -> None:
    place = (("m:04-09-1-1", "in:随县"),)
    question, error = fault("S22", who="随县", label="x", formula="=1", value=1), fault("S36", reason="不对")
    path = mending(tmp_path / "two.xlsx", layout, judged(layout, {question: place, error: place}))
    cell = cell_of(layout, "04-09-1-1", "随县")
    assert [tint for _, tint in fills(path, cell)][:2] == [colour(MUST_MEND["bg_color"]), colour(TO_CHECK["bg_color"])]


def test_texts_from_outside_stay_texts(tmp_path: Path, layout: Layout) -> None:
    key = ("04-09-1-1", "随县")
    evil = '=HYPERLINK("http://x","y")\x01\ud800 & <b>\''
    found = fault("S36", reason="x")
    found = type(found)("S36", "f", "s", "", f"={evil}", "+1+1|cmd")
    more = {"typed": {key: "=1+1"}, "reasons": {("04-09", "随县"): "=2+2"}, "signed": {"填表人": "=3"}}
    given = judged(layout, {found: (("m:04-09-1-1", "in:随县"),)}, **more)
    given = type(given)(**{name: getattr(given, name) for name in given.__slots__} | {"file": "\udcff=x.xlsx"})
    path = mending(tmp_path / "evil.xlsx", layout, given)
    for name in (PROBLEMS, SHEET):
        for row in sheet_of(path, name).iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and (
                    "HYPERLINK" in cell.value or re.fullmatch(r"=\d(\+\d)?", cell.value)
                ):
                    assert cell.data_type == "s", cell.coordinate
    assert table(path)[0]["问题"] == '==HYPERLINK("http://x","y") & <b>\''
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(SHEET).to_python(skip_empty_area=False)
    at = layout.inputs[key]
    assert rows[at[0]][at[1] : at[1] + 2] == ["=1+1", "有误"]
    assert rows[layout.sign_row][3] == "=3"


def test_figures_and_texts_that_no_cell_holds(tmp_path: Path, layout: Layout) -> None:
    keys = [("02-03-1-1", "随县"), ("02-03-1-1", "广水市")]
    more = {"typed": {keys[0]: Fraction(10**400), keys[1]: "长" * 40_000}}
    path = mending(tmp_path / "huge.xlsx", layout, judged(layout, {}, **more))
    sheet = sheet_of(path, SHEET, values=True)
    assert sheet[cell_of(layout, *keys[0])].value == "数太大"
    assert str(sheet[cell_of(layout, *keys[1])].value) == "长" * 16_000
    assert [sheet[cell].value for cell in ("J11", "L11")] == ["有误", "有误"]
    assert table(path) == []


def test_a_long_fault_goes_on_in_further_rows(tmp_path: Path, layout: Layout) -> None:
    told = "".join(f"第{number}处不符；" for number in range(1, 300))
    path = mending(tmp_path / "long.xlsx", layout, judged(layout, {fault("S36", reason=told): ()}))
    rows = table(path)
    assert len(rows) > 2
    assert "".join(str(row["问题"]) for row in rows) == f"已由办公室退回：{told}"
    assert [row["序号"] for row in rows] == [1, *["续"] * (len(rows) - 1)]
    assert {row["要求"] for row in rows} == {"必须改正"}  # so that a filter keeps them together


def test_two_runs_are_the_same_file(tmp_path: Path, layout: Layout, returned: Return) -> None:
    first, second = (mending(tmp_path / f"{name}.xlsx", layout, returned) for name in ("one", "two"))
    assert first.read_bytes() == second.read_bytes()


def test_it_prints_on_a4_with_its_heads(copy: Path) -> None:
    sheet = sheet_of(copy)
    head = table_head(sheet)
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == f"${head}:${head}"
    assert sheet.auto_filter.ref == f"A{head}:F{head + 6}"


def assert_nothing_cut(path: Path) -> None:
    sheet = sheet_of(path, values=True)
    for row in table(path):
        height = sheet.row_dimensions[int(str(row["row"]))].height
        for name, column in (("问题", "D"), ("怎么办", "E")):
            needed = height_of(str(row[name] or ""), sheet.column_dimensions[column].width - 2)
            assert needed <= height <= 409, row


@pytest.mark.parametrize(("count", "department"), [(1, "市公安局"), (40, FARMING), (200, "市公安局")])
def test_few_and_many_assessees(tmp_path: Path, count: int, department: str) -> None:
    layout = Layout(plan_for(count), department)
    back = read_return(write(tmp_path / "blank.xlsx", layout), expected(layout.plan))
    path = mending(tmp_path / "copy.xlsx", layout, back)
    rows = [row for row in table(path) if row["序号"] != "续"]
    assert [row["处理"] for row in rows] == [len(places) for places in back.places.values()]
    told = "".join(str(row["问题"]) for row in table(path))
    assert all(address(*cell) in told or address(*cell) in str(rows) for cell in layout.inputs.values())
    assert_nothing_cut(path)
    assert_mended(tmp_path, layout, path)


def test_a_department_that_filled_in_nothing(tmp_path: Path) -> None:
    layout = Layout(plan_2022(), "市市场监管局")
    path = mending(tmp_path / "copy.xlsx", layout, read_return(write(tmp_path / "b.xlsx", layout), expected()))
    assert len(table(path)) == 98
    assert len([cell for row in sheet_of(path, SHEET).iter_rows() for cell in row if cell.comment]) == 98 * 5
    assert_nothing_cut(path)
    assert_mended(tmp_path, layout, path)


def assert_mended(folder: Path, layout: Layout, path: Path) -> None:
    """The copy, filled in well, is a good return."""
    answers = answers_for(layout, 2)
    values = {address(*layout.inputs[key]): value for key, value in answers.items()}
    fill(path, folder / "mended.xlsx", SHEET, values)
    back = read_return(folder / "mended.xlsx", expected(layout.plan))
    assert back.acceptable
    assert back.values == answers


def test_an_untouched_copy_has_the_same_faults(copy: Path, returned: Return) -> None:
    back = read_return(copy, expected())
    told = {(found.code, found.cell) for found in returned.faults if found.is_error}
    assert {(found.code, found.cell) for found in back.faults if found.is_error} == told
    assert (back.values, back.typed) == (returned.values, returned.typed)
    assert (back.reasons, back.signed) == (returned.reasons, returned.signed)
    assert back.identity is not None
    assert back.identity.version == 2


def test_a_mended_copy_is_accepted(tmp_path: Path, copy: Path, layout: Layout) -> None:
    good = answers_for(layout, 1)
    fill(copy, tmp_path / "m.xlsx", SHEET, {cell_of(layout, *key): good[key] for key in WRONG})
    back = read_return(tmp_path / "m.xlsx", expected())
    assert back.faults == ()
    assert back.acceptable
    assert back.values == good
