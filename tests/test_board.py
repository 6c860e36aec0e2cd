"""回收情况.xlsx: what it says of every department, how it counts, how it is read on the screen and on paper."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from judge import office_or_skip, recalculate, to_pdf
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook
from scoring_cases import plan_2022

from qtool.collect.board import HEADS, NAME, write_board
from qtool.faults import QtoolError
from qtool.office.workbook.list_sheet import TIME
from qtool.office.workbook.writer import height_of
from qtool.outcome import DepartmentState, State

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2023, 1, 10, 9, 30, tzinfo=CHINA)
"""Two days before the deadline of 2022."""
CAME = datetime(2023, 1, 9, 23, 58, 30, tzinfo=CHINA)
QUIET = DepartmentState("市商务局", 1, State.SENT, None, "", None, 0, 0, "", late=False)
HEAD = 6


def one(**changes: object) -> DepartmentState:
    return replace(QUIET, **changes)  # type: ignore[arg-type]


def many(count: int) -> list[DepartmentState]:
    """Return departments in all states, with long and short texts."""
    rows = []
    for number in range(count):
        state = list(State)[number % len(State)]
        came = state in (State.RECEIVED, State.RETURNED, State.RESUBMITTED, State.ACCEPTED, State.WAIVED)
        why = f"随县、广水市的“第{number}项农产品质量安全例行监测总体合格率”没有填" if state is State.RETURNED else ""
        rows.append(
            DepartmentState(
                department=f"市第{number}号评价部门",
                version=None if state is State.NOT_MADE else 1 + number % 3,
                state=state,
                sent=None if state in (State.NOT_MADE, State.NOT_SENT) else datetime(2023, 1, 3, 9, 5, tzinfo=CHINA),
                file=f"部门{number}.zip › 评分表-第{number}号（最终稿）.xlsx" if came else "",
                received=CAME + timedelta(minutes=number) if came else None,
                errors=number % 7 if state is State.RETURNED else 0,
                questions=number % 4 if came else 0,
                why=why,
                late=number % 5 == 0,
            )
        )
    return rows


def board(folder: Path, *rows: DepartmentState, now: datetime = NOW) -> Path:
    return write_board(folder / "回收情况.xlsx", plan_2022(), rows, now)


def sheet_of(path: Path, *, values: bool = True) -> Worksheet:
    sheet = load_workbook(path, data_only=values).active
    assert isinstance(sheet, Worksheet)
    return sheet


def table(path: Path) -> list[dict[str, object]]:
    sheet = sheet_of(path)
    return [
        {name: sheet.cell(row, col).value for col, name in enumerate(HEADS, 1)}
        for row in range(HEAD + 1, sheet.max_row + 1)
    ]


def counts(path: Path) -> dict[str, object]:
    sheet = sheet_of(path)
    return {str(cell.value): sheet.cell(4, cell.column or 0).value for cell in sheet[3] if cell.value is not None}


def test_a_row_says_all_of_a_department(tmp_path: Path) -> None:
    state = DepartmentState("市公安局", 2, State.RETURNED, CAME, "改.xlsx", CAME, 3, 1, "随县的“x”没有填", late=False)
    assert table(board(tmp_path, state)) == [
        {
            "序号": 1,
            "部门": "市公安局",
            "状态": "已退回",
            "版本": "第2版",
            "发出时间": datetime(2023, 1, 9, 23, 58),  # noqa: DTZ001 - a workbook knows no time zones
            "收到时间": datetime(2023, 1, 9, 23, 58),  # noqa: DTZ001 - as above
            "必须改正": 3,
            "请核对": 1,
            "期限": "还有2天",
            "文件": "改.xlsx",
            "说明": "随县的“x”没有填",
        }
    ]


def test_what_is_not_there_is_left_empty(tmp_path: Path) -> None:
    row = table(board(tmp_path, one(state=State.NOT_MADE, version=None)))[0]
    assert [row[name] for name in ("版本", "发出时间", "收到时间", "必须改正", "请核对", "文件", "说明")] == [
        "—",
        *[None] * 6,
    ]


def test_times_are_real_times_of_the_clock_on_the_wall(tmp_path: Path) -> None:
    cell = sheet_of(board(tmp_path, one(received=CAME, state=State.RECEIVED))).cell(HEAD + 1, 6)
    assert isinstance(cell, Cell)
    assert cell.is_date
    assert cell.number_format == TIME
    assert cell.value == CAME.replace(tzinfo=None, second=0)


@pytest.mark.parametrize(
    ("day", "said"), [(10, "还有2天"), (11, "还有1天"), (12, "今天截止"), (13, "逾期1天"), (31, "逾期19天")]
)
@pytest.mark.parametrize("state", [State.NOT_MADE, State.NOT_SENT, State.SENT, State.RETURNED])
def test_who_has_something_to_do_is_told_the_days(tmp_path: Path, state: State, day: int, said: str) -> None:
    assert plan_2022().facts.deadline == date(2023, 1, 12)
    path = board(tmp_path, one(state=state, late=True), now=datetime(2023, 1, day, 23, 59, tzinfo=CHINA))
    assert table(path)[0]["期限"] == said
    assert f"截止日期：2023年1月12日（{said}）" in str(sheet_of(path)["A2"].value)


@pytest.mark.parametrize("state", [State.ACCEPTED, State.WAIVED, State.RECEIVED, State.RESUBMITTED])
def test_who_has_returned_it_is_told_whether_in_time(tmp_path: Path, state: State) -> None:
    later = datetime(2023, 2, 1, 8, 0, tzinfo=CHINA)
    path = board(tmp_path, one(state=state), one(state=state, late=True), now=later)
    assert [row["期限"] for row in table(path)] == ["按期", "迟交"]
    assert counts(path)["逾期"] == 0


def test_every_state_is_counted_once(tmp_path: Path) -> None:
    path = board(tmp_path, *(one(state=state) for state in State), one(state=State.ACCEPTED))
    found = counts(path)
    assert found == {
        "应收": 9,
        "已采用": 2,
        "带说明采用": 1,
        "待改正": 1,
        "待检查": 2,
        "未交": 3,
        "逾期": 0,
    }
    later = board(tmp_path, *(one(state=state) for state in State), now=datetime(2023, 1, 20, tzinfo=CHINA))
    assert counts(later)["逾期"] == 4


def test_counts_are_live(tmp_path: Path) -> None:
    sheet = sheet_of(board(tmp_path, *many(3)), values=False)
    formulas = [cell.value for cell in sheet[4] if cell.value is not None]
    assert formulas[:2] == ["=COUNTA(C7:C9)", '=COUNTIF(C7:C9,"已采用")']
    assert all(str(formula).startswith("=") for formula in formulas)


def test_states_can_be_told_by_their_colours(tmp_path: Path) -> None:
    sheet = sheet_of(board(tmp_path, *(one(state=state) for state in State)))
    colours = {state: sheet.cell(HEAD + number, 3).fill.fgColor.rgb for number, state in enumerate(State, 1)}
    done = (State.NOT_MADE, State.SENT, State.RECEIVED, State.RETURNED, State.ACCEPTED, State.WAIVED)
    assert len({colours[state] for state in done}) == len(done)
    assert "FFFFFFFF" not in colours.values()
    assert "00000000" not in colours.values()


def test_overdue_is_red(tmp_path: Path) -> None:
    late = datetime(2023, 1, 13, tzinfo=CHINA)
    rows = one(), one(state=State.ACCEPTED, late=True), one(state=State.ACCEPTED)
    sheet = sheet_of(board(tmp_path, *rows, now=late))
    reds = [sheet.cell(HEAD + number, 9).font.color for number in (1, 2, 3)]
    assert [red.rgb if red else None for red in reds][:2] == ["FFC00000"] * 2
    assert reds[2] is None or reds[2].rgb != "FFC00000"


def test_it_can_be_filtered_and_scrolled_and_printed(tmp_path: Path) -> None:
    path = board(tmp_path, *many(13))
    sheet = sheet_of(path)
    assert sheet.title == NAME
    assert sheet.auto_filter.ref == f"A{HEAD}:K{HEAD + 13}"
    assert sheet.freeze_panes == f"C{HEAD + 1}"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.print_title_rows == f"${HEAD}:${HEAD}"
    assert "2023年1月10日 09:30" in str(sheet["A2"].value)


def test_texts_from_outside_stay_texts(tmp_path: Path) -> None:
    path = board(tmp_path, one(file="=1+1\udcff.xlsx", why='=HYPERLINK("http://x")\n\x07换行', department="@市商务局"))
    sheet = sheet_of(path, values=False)
    found = [sheet.cell(HEAD + 1, col) for col in (2, 10, 11)]
    assert [cell.value for cell in found] == ["@市商务局", "=1+1.xlsx", '=HYPERLINK("http://x") 换行']
    assert {cell.data_type for cell in found} == {"s"}
    assert CalamineWorkbook.from_path(str(path)).get_sheet_by_name(NAME).to_python()[HEAD][9] == "=1+1.xlsx"


def test_long_texts_are_shortened_and_fit_their_rows(tmp_path: Path) -> None:
    path = board(tmp_path, one(why="很长的说明，" * 200, file="文件" * 120 + ".xlsx"), *many(5))
    sheet = sheet_of(path)
    assert str(table(path)[0]["说明"]).endswith("……")
    for number, row in enumerate(table(path), HEAD + 1):
        height = sheet.row_dimensions[number].height
        for name, column in (("部门", "B"), ("文件", "J"), ("说明", "K")):
            width = sheet.column_dimensions[column].width - 2
            assert height_of(str(row[name] or ""), width) <= height <= 409, row


def test_no_department_at_all(tmp_path: Path) -> None:
    path = board(tmp_path)
    assert table(path) == []
    assert set(counts(path).values()) == {0}


def test_a_board_that_cannot_be_written_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "回收情况.xlsx").mkdir()
    with pytest.raises(QtoolError) as refused:
        board(tmp_path, QUIET)
    assert refused.value.faults[0].code == "C06"
    assert [path.name for path in tmp_path.iterdir()] == ["回收情况.xlsx"]


def test_it_says_what_it_said_before(tmp_path: Path) -> None:
    first = board(tmp_path, *many(13)).read_bytes()
    assert board(tmp_path, *many(13)).read_bytes() == first


@pytest.mark.office
@pytest.mark.parametrize("count", [0, 1, 13, 200])
def test_whole_boards_agree_and_are_printed_whole(tmp_path: Path, count: int) -> None:
    office_or_skip()
    path = board(tmp_path, *many(count), now=datetime(2023, 1, 15, tzinfo=UTC))
    computed = recalculate([path], tmp_path / "judged")[0]
    ours, theirs = (
        CalamineWorkbook.from_path(str(one)).get_sheet_by_name(NAME).to_python() for one in (path, computed)
    )
    assert ours == theirs
    pdf = to_pdf([path], tmp_path / "pdf")[0]
    command = ["pdftotext", "-raw", str(pdf), "-"]
    printed = "".join(subprocess.run(command, capture_output=True, check=True).stdout.decode().split())
    told = [str(row[name]) for row in table(path) for name in ("部门", "状态", "期限", "文件", "说明") if row[name]]
    assert [text for text in told if "".join(text.split()) not in printed] == []
    assert len(told) >= 3 * count
    assert "###" not in printed
