"""Figures that sentences tell of a tally, where they come from, and the workbook in which they can be looked up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path

from qtool.model import DEDUCTING, Criterion, Plan, marks_text, rounded
from qtool.office.workbook.list_sheet import GREY, TITLE_LOOK, Column, ListSheet
from qtool.office.workbook.writer import Book
from qtool.official.draft import Draft, Figure, Sentence, sentence
from qtool.outcome import Tally
from qtool.workspace import write_file

OVERALL, DETAIL, ADJUSTED, SOURCES, PLAN = "总表", "明细", "调整", "文件", "考核方案"
"""Where a figure can be looked up: sheets of the tally workbook, and the plan."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What share of the marks that could be earned was earned (得分率), 0 to 1: `earned` of `possible` marks.

    `codes` are the criteria that it is made of, `whom` says over whose points.
    """

    name: str
    earned: Fraction
    possible: Fraction
    codes: tuple[str, ...]
    whom: str

    @property
    def rate(self) -> Fraction:
        """The share itself."""
        return self.earned / self.possible

    @property
    def phrase(self) -> Sentence:
        """The name with the share in percent, as sentences tell it."""
        parts = f"得分合计{marks_text(self.earned)}÷分值合计{marks_text(self.possible)}"
        origin = f"{DETAIL}：{'、'.join(self.codes)}，{parts}"
        return sentence(f"{self.name}（", Figure(percent(self.rate), f"{self.whom}“{self.name}”得分率", origin), "）")


def percent(rate: Fraction) -> str:
    """Return a share in percent with two decimals at most; what is not the whole never reads 100%."""
    text = f"{marks_text(Fraction(rounded(rate * 100, 2)))}%"
    return "不足100%" if text == "100%" and rate < 1 else text


def rates(tally: Tally, group: Callable[[Criterion], str], whom: Sequence[str] = ()) -> list[Rate]:
    """Return the share earned in each group of earning criteria, in the plan's order; only what has been scored.

    Everybody's points count, or those of `whom`.
    """
    earned: dict[str, Fraction] = {}
    possible: dict[str, Fraction] = {}
    codes: dict[str, list[str]] = {}
    for criterion in earning(tally.plan):
        name = group(criterion)
        own = {who: points for who, points in scored(tally, criterion).items() if not whom or who in whom}
        if own:
            earned[name] = earned.get(name, Fraction(0)) + sum(own.values(), Fraction(0))
            possible[name] = possible.get(name, Fraction(0)) + criterion.marks * len(own)
            codes.setdefault(name, []).append(criterion.code)
    names = "、".join(whom) or f"{len(tally.plan.assessees)}个考核对象"
    return [Rate(name, earned[name], possible[name], tuple(codes[name]), names) for name in earned if possible[name]]


def mean_of(values: Iterable[Fraction]) -> str:
    """Return the mean with two decimals at most, as texts give it; a dash for nothing."""
    numbers = list(values)
    return marks_text(Fraction(rounded(sum(numbers, Fraction(0)) / len(numbers), 2))) if numbers else "—"


def earning(plan: Plan) -> list[Criterion]:
    """Return the criteria that marks are earned in."""
    return [criterion for criterion in plan.criteria if criterion.kind != DEDUCTING]


def scored(tally: Tally, criterion: Criterion) -> dict[str, Fraction]:
    """Return the points that a criterion has, by assessee, in the plan's order."""
    points = {who.short: tally.points.get((criterion.code, who.short)) for who in tally.plan.assessees}
    return {name: value for name, value in points.items() if value is not None}


def stripped(text: str) -> str:
    """Return a text without the mark that ends it."""
    return text.strip().rstrip("。.；;")


def quoted(text: str) -> str:
    """Return a name in quotation marks; those inside it become single ones."""
    inner = stripped(text).translate(str.maketrans("“”", "‘’"))
    return f"“{inner}”"


_COLUMNS = (
    *(Column("公文", 24, "left"), Column("部分", 12, "left"), Column("句子", 60, "left"), Column("数", 12, "left")),
    *(Column("是什么", 34, "left"), Column("出自", 46, "left")),
)
_NOTE = (
    "“出自”一栏：总表、明细、调整、扣分清单、文件是汇总表.xlsx里的工作表，后面是列名或考核内容的编号；"
    "考核方案是考核方案.xlsx。"
)


def write_trail(path: Path, drafts: Sequence[Draft], title: str, made: datetime) -> Path:
    """Return the workbook, written there, with a row for each figure of each drafted sentence of some documents."""

    def write(temporary: Path) -> None:
        with Book(temporary, made=made.replace(tzinfo=None), title=title, author=drafts[0].author) as book:
            sheet = ListSheet(book, "依据", _COLUMNS, valign="top")
            sheet.across(title, **TITLE_LOOK)
            sheet.across(_NOTE, font_size=9, font_color=GREY)
            sheet.head()
            for draft in drafts:
                for cells in trail_rows(draft):
                    sheet.line(cells)
            sheet.finish(left=title)

    return write_file(path, write)


def trail_rows(draft: Draft) -> Iterator[tuple[str, ...]]:
    """Yield document, section, sentence, figure, meaning, origin; a sentence without figures has one row."""
    for section, sentences in draft.sections.items():
        for one in sentences:
            first = (draft.title, section, one.text)
            if not one.figures:
                yield (*first, "", "", "")
            for figure in one.figures:
                yield (*first, figure.text, figure.meaning, figure.origin)
                first = ("", "", "")
