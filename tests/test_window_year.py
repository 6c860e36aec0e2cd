"""From the button for a rehearsal to the documents of an approved result, and a year of many departments."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from cli_cases import fill_all, prepared, qtool, rehearsed
from openpyxl import load_workbook
from window_cases import Desk, OpenWindow, display, ending, every, open_window

from qtool.desktop.dialogs.questions import Dialog
from qtool.desktop.pages.lower_panel import _Bars
from qtool.outcome import State
from qtool.state.view import StepName
from qtool.workspace import PLAN, TALLY

__all__ = ["display", "open_window"]


def record(root: Path) -> dict[str, Any]:
    """Return the last tally as it stands on the disk."""
    found: dict[str, Any] = json.loads(max((root / TALLY / "记录").glob("*.json")).read_text("utf-8"))
    return found


def shown(desk: Desk) -> list[tuple[str, ...]]:
    """Return the rows of the table of results."""
    table = desk.below.results.table
    assert table is not None
    return [tuple(map(str, table.tree.item(key, "values"))) for key in table.row_keys]


def drawn(desk: Desk) -> list[str]:
    """Return the words beside the bars, from the top down."""
    (bars,) = every(desk.below.results, _Bars)
    paper = bars._paper  # noqa: SLF001 - what is seen
    return [str(desk.root.tk.call(paper, "itemcget", item, "-text")) for item in paper.find_all() if _text(paper, item)]


def _text(paper: Any, item: int) -> bool:
    return str(paper.type(item)) == "text"


def agrees(desk: Desk, root: Path) -> None:
    """Hold table and bars against the record."""
    told = sorted(record(root)["standings"], key=lambda standing: standing["rank"])
    rows = shown(desk)
    assert [(row[1], row[0], row[3]) for row in rows] == [(s["assessee"], str(s["rank"]), s["grade"]) for s in told]
    assert [row[2] for row in rows] == sorted((row[2] for row in rows), key=float, reverse=True)
    said = drawn(desk)
    assert said[1::3] == [row[1] for row in rows]
    assert said[2::3] == [f"{row[2]} {row[3]}" for row in rows]


def test_a_year_is_rehearsed_by_a_button(open_window: OpenWindow, tmp_path: Path) -> None:
    desk = open_window()

    def use(dialog: Dialog) -> None:
        assert dialog._folder.get() == "考核演练"  # type: ignore[attr-defined]  # noqa: SLF001 - what is offered
        dialog._within.set(str(tmp_path))  # type: ignore[attr-defined]  # noqa: SLF001 - as the button for choosing does
        dialog.event_generate("<Return>")
        dialog.update()

    desk.answer(use)
    desk.start.buttons["T"].invoke()
    desk.until(lambda: desk.session.overview is not None)
    desk.settle()
    root = tmp_path / "考核演练"
    assert desk.session.campaign == root
    desk.window.show_results()
    desk.root.update()
    agrees(desk, root)
    assert "暂定" in desk.below.results._state.text  # noqa: SLF001 - what is seen


def reason(text: str) -> Any:
    """Return how a person gives a text."""

    def use(dialog: Any) -> None:
        dialog._entry.insert(0, text)  # noqa: SLF001 - in place of typing
        dialog.event_generate("<Return>")
        dialog.update()

    return use


def test_a_result_is_tallied_approved_revised_and_documented(open_window: OpenWindow, tmp_path: Path) -> None:
    root = prepared(tmp_path)
    fill_all(root)
    desk = open_window(root)
    desk.press("collect")
    desk.press("tally")
    assert str(desk.below.select()) == str(desk.below.results)  # type: ignore[no-untyped-call]
    agrees(desk, root)
    desk.press("documents")
    assert list((root / "6-公文").glob("*请示*.docx"))
    assert not list((root / "6-公文").rglob("*通报*.docx"))
    desk.answer(reason("随政办〔2023〕5号"))
    desk.press("tally")
    assert "已批准" in desk.below.results._state.text  # noqa: SLF001 - what is seen
    desk.press("documents")
    assert list((root / "6-公文").rglob("*通报*.docx"))
    fill_all(root)
    edited = load_workbook(root / TALLY / "人工调整.xlsx")
    sheet = edited.worksheets[0]
    row = next(number for number in range(1, 60) if sheet.cell(number, 1).value == "考核对象") + 1
    heads = {sheet.cell(row - 1, column).value: column for column in range(1, 10)}
    sheet.cell(row, heads["考核对象"]).value = record(root)["standings"][0]["assessee"]
    for name, value in (("加减分", -1), ("理由", "复核"), ("依据", "复核"), ("决定人", "办公室"), ("填写人", "办公室")):
        if name in heads:
            sheet.cell(row, heads[name]).value = value
    edited.save(root / TALLY / "人工调整.xlsx")
    desk.session.refresh()
    desk.settle()
    assert "修订" in str(desk.page.steps.button(StepName.TALLY).cget("text")), desk.said
    desk.answer(reason("复核发现评分有误"))
    desk.press("tally")
    assert "没能" not in desk.said
    agrees(desk, root)
    assert "还没有批准" in desk.below.results._state.text  # noqa: SLF001 - as above


def large(root: Path, departments: int, assessees: int) -> None:
    """Give a campaign a plan of so many departments and assessees, each department with one criterion."""
    book, each = load_workbook(root / PLAN), 100 / departments
    sheets: dict[str, list[tuple[str | float | None, ...]]] = {
        "考核领域": [("质量工作", 100)],
        "考核对象": [(f"第{n:02d}区人民政府", f"第{n:02d}区", None) for n in range(1, assessees + 1)],
        "评价部门": [(f"市第{n:03d}局", None) for n in range(1, departments + 1)],
        "考核内容": [
            (f"01-{n:03d}", "质量工作", "要点", None, f"第{n}项工作", "得分", each, 0, f"市第{n:03d}局", "否")
            for n in range(1, departments + 1)
        ],
        "评分细则": [
            (f"01-{n:03d}", 1, "有得分。", each, 0, "是否开展", None, "选项", f"是={each};否=0", "否")
            for n in range(1, departments + 1)
        ],
    }
    for name, rows in sheets.items():
        sheet = book[name]
        sheet.delete_rows(2, sheet.max_row)
        for number, row in enumerate(rows, 2):
            for column, value in enumerate(row, 1):
                sheet.cell(number, column).value = value
    book.save(root / PLAN)


@pytest.mark.slow
def test_two_hundred_departments_and_forty_assessees(open_window: OpenWindow, tmp_path: Path) -> None:
    root = tmp_path / "很大"
    assert qtool("new", root).code == 0
    large(root, 200, 40)
    desk = open_window(root)
    assert [str(p.fault) for p in desk.session.overview.problems if p.fault.is_error] == []  # type: ignore[union-attr]
    desk.press("sheets")
    fill_all(root, *(f"市第{n:03d}局" for n in range(150, 201)))
    desk.window.commands.collect()
    desk.settle()
    assert desk.session.overview is not None
    assert sum(row.state.state is State.ACCEPTED for row in desk.session.overview.rows) == 149
    desk.press("tally")
    rows = shown(desk)
    assert len(rows) == 40
    table = desk.below.results.table
    assert table is not None
    table.tree.yview_moveto(1)
    desk.root.update()
    assert table.tree.bbox(table.row_keys[-1])
    (bars,) = every(desk.below.results, _Bars)
    assert bars._paper.yview()[1] < 1  # noqa: SLF001 - there is more to scroll to
    begun = time.thread_time()
    desk.board._words.set("第15")  # noqa: SLF001 - in place of typing
    desk.root.update()
    assert time.thread_time() - begun < 0.3
    assert len(desk.board.table.row_keys) == 10
    desk.board.table.choose("市第155局")
    desk.board._words.set("")  # noqa: SLF001 - as above
    assert desk.board.table.chosen == "市第155局"
    begun = time.thread_time()
    desk.window.show()  # as at every refresh
    desk.root.update()
    assert time.thread_time() - begun < 0.5


def test_the_workbook_of_the_results_opens(open_window: OpenWindow, tmp_path: Path) -> None:
    root = rehearsed(tmp_path)
    desk = open_window(root)
    desk.window.show_results()
    desk.focus()
    desk.keys("alt+w")
    assert desk.opens() == root / TALLY / "汇总表.xlsx"


def test_help_and_about_are_told(open_window: OpenWindow, tmp_path: Path) -> None:
    desk = open_window(prepared(tmp_path))
    told: list[str] = []
    desk.answer(ending("Return", told))
    desk.window.commands.keys()
    assert "Alt+1" in told[0]
