"""Make the two plan workbooks that are shipped: the 2022 plan from its CSV files, and a blank one.

python tools/make_plan_workbooks.py [folder]        (templates/xlsx, unless told otherwise)
"""

from __future__ import annotations

import csv
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import plan_workbook_texts as texts

from qtool.addresses import letters
from qtool.model import Value, exact, marks_text
from qtool.office.workbook.writer import Book, Prompt, Sheet, height_of, width_of
from qtool.plan.columns import AREAS, ASSESSEES, COLUMNS, CRITERIA, DEPARTMENTS, FACT_ROWS, FACTS, GRADES, MEASURES
from qtool.rules.domain import Labels
from qtool.rules.expr import evaluate
from qtool.rules.methods import METHODS
from qtool.rules.parameters import Words
from qtool.rules.rule import PEERS, Example, Rule, points_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlsxwriter.format import Format

    from qtool.plan.columns import Column, Fact

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data" / "plan-2022"
MADE = datetime(2022, 12, 1, tzinfo=UTC)  # fixed, so that two runs give the same bytes
GUIDE, EXAMPLES = "填写说明", "计分方式示例"

NUMERIC = frozenset({"分值", "起评分", "条目分值", "条目起评分", "最低分"})
# Excel would make dates (01-01) and thousands (82,85) of these.
AS_TEXT = frozenset({"编号", "条目", "原文行号", "印证材料", "需印证材料"})
CENTRED = NUMERIC | AS_TEXT | {"类型", "单位", "计分方式", "等级"}
NAMED_ROWS = 200  # how far down a drop-down looks for the names of another sheet
REMARK = "修复说明"

DARK, LINE, YELLOW, GREY, ORANGE = "#3B5166", "#BCC5CE", "#FFFBE3", "#F3F5F7", "#FCE4CF"


@dataclass(frozen=True, slots=True)
class Content:
    """One workbook: the file's name, what the guide says of it first, the tables' rows, and rows with a format."""

    stem: str
    opening: str
    rows: Mapping[str, Sequence[Sequence[str]]]
    facts: Mapping[str, str | int | date]
    formatted: Mapping[str, int]


EXAMPLE_COLUMNS = (
    ("计分方式", 10),
    ("什么时候用", 24),
    ("填报项（举例）", 24),
    ("单位", 7),
    ("计分参数", 36),
    ("填写格里的提示", 48),
    ("举例：填什么，得多少分", 40),
)
FACT_LIMITS: dict[str, tuple[dict[str, Any], str]] = {
    "year": ({"validate": "integer", "criteria": "between", "minimum": 2000, "maximum": 2100}, "请填四位数字的年度"),
    "date": ({"validate": "date", "criteria": ">=", "value": date(2000, 1, 1)}, "请填日期，如 2023-01-12"),
    "whole": ({"validate": "integer", "criteria": ">=", "value": 0}, "请填整数"),
    "whole or 0": ({"validate": "integer", "criteria": ">=", "value": 0}, "请填整数"),
    "number": ({"validate": "decimal", "criteria": ">", "value": 0}, "请填大于0的数"),
}
ANY = {"validate": "any"}


def table_of(path: Path) -> list[tuple[str, ...]]:
    """Return the rows of a CSV file below its headings, every cell as its text."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [tuple(row) for row in csv.reader(file)][1:]


def contents() -> tuple[Content, Content]:
    """Return what stands in the two workbooks."""
    criteria, measures = table_of(DATA / "criteria.csv"), table_of(DATA / "measures.csv")
    names = [column.heading for column in COLUMNS[CRITERIA]]
    departments = [(name, "") for name in dict.fromkeys(row[names.index("评价部门")] for row in criteria)]
    rows = {
        AREAS: texts.AREAS,
        ASSESSEES: texts.ASSESSEES,
        DEPARTMENTS: departments,
        CRITERIA: criteria,
        MEASURES: measures,
        GRADES: texts.GRADES,
    }
    spare = {AREAS: 5, ASSESSEES: 10, DEPARTMENTS: 10, CRITERIA: 20, MEASURES: 40, GRADES: 2}
    opening = "写明一个年度的质量工作考核方案：考核谁、谁来评、评什么、怎样计分。评分表、汇总表和公文都按它生成。"
    return (
        Content(
            "考核方案-2022",
            opening + "随州市2022年度的方案已经填好，可以直接使用，也可以另存一份，改成下一年度的方案。",
            rows,
            texts.FACTS_2022,
            {sheet: len(rows[sheet]) + spare[sheet] for sheet in rows},
        ),
        Content(
            "考核方案-空白",
            opening + "各表是空白的，请按下面的次序填写；拿不准的，可以对照已经填好的2022年度方案。",
            {GRADES: texts.GRADES},
            texts.FACTS_BLANK,
            {AREAS: 30, ASSESSEES: 40, DEPARTMENTS: 60, CRITERIA: 200, MEASURES: 400, GRADES: 6},
        ),
    )


def figure(typed: str) -> Fraction:
    """Return what a cell holds after a number or a percentage was typed."""
    return exact(typed[:-1]) / 100 if typed.endswith("%") else exact(typed)


def worked(method: type[Rule], example: Example) -> tuple[Rule, list[tuple[str, Fraction]]]:
    """Return an example's rule and what it gives for each of its inputs."""
    rule = method.parse(Words(example.parameters, example.unit, texts.ASSESSED))
    results: list[tuple[str, Fraction]] = []
    for typed in example.inputs:
        value: Value = typed if isinstance(rule.domain, Labels) else figure(typed)
        city = figure(example.city) if example.city else None
        peers = tuple(figure(peer) for peer in example.peers)
        points = evaluate(rule.points(), {"x": value, "city": city, PEERS: peers})
        if not isinstance(points, Fraction):
            raise TypeError(f"{example.label}: {typed} gives {points!r}")
        results.append((typed, points))
    return rule, results


def shown(method: type[Rule], example: Example) -> str:
    """Return an example's inputs and their points, one to a line."""
    rule, results = worked(method, example)
    beside, above = "", []
    if rule.needs_city:
        beside = f"（全市值{example.city}）"
    elif rule.needs_peers:
        mean = sum(map(figure, example.peers), Fraction(0)) / len(example.peers)
        beside = f"（平均{marks_text(mean)}）"
        above = [f"各地填{'、'.join(example.peers)}，平均{marks_text(mean)}"]
    verb = "选" if isinstance(rule.domain, Labels) else "填"
    return "\n".join([*above, *(f"{verb}{typed}{beside}：{points_text(points)}" for typed, points in results)])


class Maker:
    """Writes one workbook sheet by sheet."""

    def __init__(self, book: Book, content: Content) -> None:
        self.book = book
        self.content = content

    def all_sheets(self) -> None:
        """Write every sheet, in the order of work."""
        self.guide()
        for name in COLUMNS:
            if name == FACTS:
                self.facts()
            else:
                self.table(name)
        self.examples()

    def style(self, **options: Any) -> Format:
        """Return the format of a bordered cell."""
        padding = {} if options.get("align") == "center" else {"align": "left", "indent": 1}
        return self.book.style(**({"border": 1, "border_color": LINE} | padding | options))

    def sheet(self, name: str, headings: Sequence[tuple[str, float]], *, frozen: int = 0) -> Sheet:
        """Add a sheet with its heading row, frozen and repeated on every page, and the page's set-up."""
        sheet = self.book.sheet(name)
        heading = self.style(bold=True, font_color="#FFFFFF", bg_color=DARK, align="center")
        for col, (text, width) in enumerate(headings):
            sheet.column(col, width, self.book.style(num_format="@") if text in AS_TEXT else None)
            sheet.text(0, col, text, heading)
        sheet.row(0, 36)  # the filter's button stands below the heading, not on it
        sheet.raw.freeze_panes(1, frozen)
        sheet.raw.repeat_rows(0)
        _page(sheet)
        return sheet

    def table(self, name: str) -> None:
        """Write one table: its rows, blank rows with the same format, drop-downs and help."""
        columns, rows = COLUMNS[name], self.content.rows.get(name, ())
        last = self.content.formatted[name]
        headings = [(column.heading, column.width) for column in columns]
        sheet = self.sheet(name, headings, frozen=1 if name in {CRITERIA, MEASURES} else 0)
        for row in range(1, last + 1):
            cells = rows[row - 1] if row <= len(rows) else ("",) * len(columns)
            self.row(sheet, row, columns, cells)
        for col, column in enumerate(columns):
            _help(sheet, col, column, last)
        sheet.raw.autofilter(0, 0, last, len(columns) - 1)
        self.marks(sheet, columns, last)

    def row(self, sheet: Sheet, row: int, columns: Sequence[Column], cells: Sequence[str]) -> None:
        """Write one row of a table, as high as its longest text needs."""
        for col, (column, text) in enumerate(zip(columns, cells, strict=True)):
            centred = column.heading in CENTRED and width_of(text) < column.width
            options: dict[str, Any] = {"align": "center"} if centred else {}
            options |= {"num_format": "@"} if column.heading in AS_TEXT else {}
            options |= {"bg_color": YELLOW} if column.needed else {}
            number = text and column.heading in NUMERIC
            sheet.value(row, col, exact(text) if number else text, self.style(**options))
        heights = (_height(text, column.width) for text, column in zip(cells, columns, strict=True))
        sheet.row(row, max(20.0, *heights))

    def marks(self, sheet: Sheet, columns: Sequence[Column], last: int) -> None:
        """Tint remarks, draw a line above every new criterion, and keep Excel from warning of codes as numbers."""
        headings = [column.heading for column in columns]
        if REMARK in headings:
            at = headings.index(REMARK)
            test = {
                "type": "formula",
                "criteria": f"=LEN(${letters(at)}2)>0",
                "format": self.book.style(bg_color=ORANGE),
            }
            sheet.raw.conditional_format(1, at, last, at, test)
        if headings[1] == "条目":
            # All four lines: LibreOffice drops those that the condition does not name.
            sides = dict.fromkeys(("bottom_color", "left_color", "right_color"), LINE)
            above = self.book.style(border=1, top_color=DARK, **sides)
            new = {"type": "formula", "criteria": "=AND(LEN($A2)>0,$A2<>$A1)", "format": above}
            sheet.raw.conditional_format(1, 0, last, len(columns) - 1, new)
        names = [letters(col) for col, heading in enumerate(headings) if heading in AS_TEXT]
        if names:
            sheet.raw.ignore_errors({"number_stored_as_text": " ".join(f"{c}2:{c}{last + 1}" for c in names)})

    def facts(self) -> None:
        """Write the sheet of facts, one row each with its own help."""
        columns = COLUMNS[FACTS]
        sheet = self.sheet(FACTS, [(column.heading, column.width) for column in columns])
        fixed, told = self.style(bg_color=GREY, bold=True), self.style(font_color="#5A6570")
        for row, fact in enumerate(FACT_ROWS, 1):
            value = self.content.facts.get(fact.name, "")
            sheet.text(row, 0, fact.name, fixed)
            sheet.text(row, 2, fact.help, told)
            options: dict[str, Any] = {"bg_color": YELLOW} if fact.needed else {}
            if fact.kind == "date":
                options["num_format"] = "yyyy-mm-dd"
            if isinstance(value, date):
                sheet.date(row, 1, value, self.style(**options))
            else:
                sheet.value(row, 1, value, self.style(**options))
            cells = zip((fact.name, str(value), fact.help), columns, strict=True)
            sheet.row(row, max(22.0, *(_height(text, column.width) for text, column in cells)))
            _fact_help(sheet, row, fact)
        last = len(FACT_ROWS)
        for col, column in enumerate(columns):
            prompt = Prompt(column.heading, column.help)
            sheet.validate_block((0, col), (0 if col == 1 else last, col), ANY, prompt)
        sheet.raw.autofilter(0, 0, last, len(columns) - 1)

    def guide(self) -> None:
        """Write the first sheet: what the workbook is and how to fill it."""
        sheet, width = self.book.sheet(GUIDE), 104
        sheet.column(0, 16)
        sheet.column(1, width)
        sheet.text(0, 0, "考核方案填写说明", self.book.style(font_size=16, bold=True, font_color=DARK, text_wrap=False))
        sheet.row(0, 34)
        section = self.style(bold=True, font_color="#FFFFFF", bg_color=DARK)
        lead, body = self.style(bold=True, bg_color=GREY), self.style()
        told = (("这是什么", ""), ("本工作簿", self.content.opening), *texts.GUIDE)
        for row, (name, text) in enumerate(told, 1):
            if text:
                sheet.text(row, 0, name, lead)
                sheet.text(row, 1, text, body)
                sheet.row(row, max(20.0, _height(text, width)))
            else:
                sheet.merge((row, 0), (row, 1), name, section)
                sheet.row(row, 24)
        sheet.raw.activate()
        _page(sheet, pages=1)

    def examples(self) -> None:
        """Write the sheet of worked examples; hints and points come from the rules themselves."""
        widths = [width for _, width in EXAMPLE_COLUMNS]
        sheet = self.sheet(EXAMPLES, EXAMPLE_COLUMNS)
        _page(sheet, pages=1)
        lead, body = self.style(bold=True, bg_color=GREY, align="center"), self.style()
        examples = [(method, example) for method in METHODS.values() for example in method.examples]
        for row, (method, example) in enumerate(examples, 1):
            sentence = worked(method, example)[0].sentence()
            words = (example.when, example.label, example.unit, example.parameters)
            cells = (method.method, *words, sentence, shown(method, example))
            for col, text in enumerate(cells):
                sheet.text(row, col, text, lead if col == 0 else body)
            sheet.row(row, max(_height(text, width) for text, width in zip(cells, widths, strict=True)))
        notes = [texts.WRITING, *((name, method.note) for name, method in METHODS.items()), texts.THIS_SHEET]
        for row, (name, text) in enumerate(notes, len(examples) + 2):
            sheet.text(row, 0, name, lead)
            sheet.merge((row, 1), (row, len(widths) - 1), text, body)
            sheet.row(row, max(20.0, _height(text, sum(widths[1:]))))


def _height(text: str, width: float) -> float:
    """Return a row's height for a text: letters of 10 points measured as 11, as substitute fonts stand higher."""
    return height_of(text, width - 1.5, size=11)  # the indent takes its share of the width


def _page(sheet: Sheet, *, pages: int = 0) -> None:
    """Set a sheet up for printing, as wide as one page and as long as it takes, or on so many pages."""
    sheet.raw.set_landscape()
    sheet.raw.set_paper(9)  # A4
    sheet.raw.center_horizontally()
    sheet.raw.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.raw.fit_to_pages(1, pages)
    sheet.raw.set_footer("&L&A&C第 &P 页 共 &N 页")


def _help(sheet: Sheet, col: int, column: Column, last: int) -> None:
    """Put a column's help on its heading and its cells, with its drop-down or limit on the cells."""
    options, error = _limit(column)
    sheet.validate_block((0, col), (0, col), ANY, Prompt(column.heading, column.help))
    sheet.validate_block((1, col), (last, col), options, Prompt(column.heading, column.help, error=error))


def _limit(column: Column) -> tuple[dict[str, Any], str]:
    """Return what a column's cells may be, and what to say of anything else."""
    if column.choices:
        return {"validate": "list", "source": list(column.choices)}, f"请从下拉列表中选：{'、'.join(column.choices)}"
    if column.choices_from:
        other, heading = column.choices_from
        letter = letters([c.heading for c in COLUMNS[other]].index(heading))
        # Only as far as there are names: a list that ends in blanks opens at its blank end.
        names = f"{other}!${letter}$2:${letter}${NAMED_ROWS}"
        source = f"=OFFSET({other}!${letter}$2,0,0,MAX(1,COUNTA({names})),1)"
        return {"validate": "list", "source": source}, f"请从下拉列表中选；列表里没有的，先写到“{other}”表里"
    if column.heading in NUMERIC:
        return {"validate": "decimal", "criteria": ">=", "value": 0}, "请填0或正数，不带负号和单位"
    return ANY, ""


def _fact_help(sheet: Sheet, row: int, fact: Fact) -> None:
    options, error = FACT_LIMITS.get(fact.kind, (ANY, ""))
    if fact.choices:
        options, error = {"validate": "list", "source": list(fact.choices)}, f"请填{'或'.join(fact.choices)}"
    sheet.validate_block((row, 1), (row, 1), options, Prompt(fact.name, fact.help, error=error))


def make(folder: Path) -> list[Path]:
    """Write both workbooks into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for content in contents():
        path = folder / f"{content.stem}.xlsx"
        with Book(path, made=MADE, title=content.stem, subject="质量工作考核方案") as book:
            Maker(book, content).all_sheets()
        made.append(path)
    return made


if __name__ == "__main__":
    for written in make(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "templates" / "xlsx"):
        print(written)
