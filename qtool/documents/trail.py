"""The trail of drafted sentences (依据): each with its figures, what they are, and where they are looked up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from qtool.documents.draft import Draft
from qtool.office.write import TITLE_FONT, Book, height_of
from qtool.workspace import write_file

_HEADS = ("公文", "部分", "句子", "数", "是什么", "出自")
_WIDTHS = (24.0, 12.0, 60.0, 12.0, 34.0, 46.0)
_NOTE = (
    "“出自”一栏：总表、明细、调整、扣分清单、文件是汇总表.xlsx里的工作表，后面是列名或考核内容的编号；"
    "考核方案是考核方案.xlsx。"
)


def write_trail(path: Path, drafts: Sequence[Draft], title: str, made: datetime) -> Path:
    """Return the workbook, written there, with a row for each figure of each drafted sentence of some documents."""
    return write_file(path, lambda temporary: _write(temporary, drafts, title, made))


def trail_rows(draft: Draft) -> Iterator[tuple[str, ...]]:
    """Yield document, section, sentence, figure, meaning, origin; a sentence without figures has one row."""
    for section, sentences in draft.sections.items():
        for sentence in sentences:
            said = (draft.title, section, sentence.text)
            if not sentence.figures:
                yield (*said, "", "", "")
            for figure in sentence.figures:
                yield (*said, figure.text, figure.meaning, figure.origin)
                said = ("", "", "")


def _write(path: Path, drafts: Sequence[Draft], title: str, made: datetime) -> None:
    with Book(path, made=made.replace(tzinfo=None), title=title, author=drafts[0].author) as book:
        sheet = book.sheet("依据")
        head = book.style(font_name=TITLE_FONT, font_size=10, align="center", border=1, bg_color="#DCE6F1")
        text = book.style(border=1, align="left", valign="top")
        sheet.text(0, 0, title, book.style(font_name=TITLE_FONT, font_size=14, text_wrap=False))
        sheet.text(1, 0, _NOTE, book.style(font_size=9, text_wrap=False))
        sheet.row(0, 24)
        for col, (name, width) in enumerate(zip(_HEADS, _WIDTHS, strict=True)):
            sheet.column(col, width)
            sheet.text(2, col, name, head)
        row = 3
        for draft in drafts:
            for cells in trail_rows(draft):
                for col, cell in enumerate(cells):
                    sheet.text(row, col, cell, text)
                tallest = max(height_of(cell, width) for cell, width in zip(cells, _WIDTHS, strict=True))
                sheet.row(row, min(400, tallest + 4))
                row += 1
        sheet.raw.freeze_panes(3, 0)
        sheet.raw.set_landscape()
        sheet.raw.set_paper(9)
        sheet.raw.fit_to_pages(1, 0)
        sheet.raw.repeat_rows(2)
