"""The documents of a campaign: drafts, made together; a template of the campaign's own wins over the shipped one."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path

from qtool.documents.sentence import Sentence
from qtool.faults import Fault, QtoolError, fault
from qtool.office.word.template import Content, Reading, render
from qtool.office.workbook.list_sheet import GREY, TITLE_LOOK, Column, ListSheet
from qtool.office.workbook.writer import Book
from qtool.official.profile import Profile
from qtool.progress import Event, Report
from qtool.resources import chosen_template
from qtool.workspace import sha256, write_bytes, write_file

PROVISIONAL = "暂定"
_UNSEEN = re.compile("[\\s\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Row:
    """A row that a table must have: `label` stands in one of its cells, each figure (what it is, how it reads) too."""

    label: str
    figures: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A document to be written to `path`, which begins in the folder of documents.

    `sections` are the drafted paragraphs by the name that the template knows them by, `rows` the rows of tables,
    `phrases` what must stand anywhere.
    """

    path: Path
    template: str
    content: Mapping[str, Content]
    author: str
    made: datetime
    sections: Mapping[str, Sequence[Sentence]] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()
    phrases: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The document's title as its file is called."""
        return self.path.stem


def paragraphs(sections: Mapping[str, Sequence[Sentence]]) -> dict[str, Content]:
    """Return drafted paragraphs as a template takes them."""
    return {name: [sentence.text for sentence in sentences] for name, sentences in sections.items()}


def written(draft: Draft, template: Path, out: Path, profile: Profile) -> tuple[Path | None, tuple[Fault, ...]]:
    """Return the written document, None when nothing could be written, and what is wrong with it.

    D01, D02, D06 are the template's faults; D04 says that something of the tally is not in the document as it was
    read back.
    """
    try:
        reading = render(
            template,
            draft.content,
            out,
            title=draft.title,
            author=draft.author,
            made=draft.made,
            form=profile.form,
        )
    except QtoolError as error:
        return None, error.faults
    return out, tuple(fault("D04", file=draft.path.name, text=text) for text in missing(draft, reading))


def missing(draft: Draft, reading: Reading) -> list[str]:
    """Return what the document should say and does not: phrases, figures of rows, sentences."""
    said = _plain(reading.text)
    lacking = [phrase for phrase in draft.phrases if _plain(phrase) not in said]
    rows = [tuple(map(_plain, row)) for row in reading.rows]
    by_cell: dict[str, list[tuple[str, ...]]] = {}
    for row in rows:
        for cell in dict.fromkeys(row):
            by_cell.setdefault(cell, []).append(row)
    for expected in draft.rows:
        # A template may add columns and tables, so each row with the label is tried and the nearest counts.
        own = by_cell.get(_plain(expected.label), [])
        lost = min((_lost(expected, row) for row in own), key=len, default=list(expected.figures))
        if lost or not own:
            lacking.append(f"{expected.label}：" + "，".join(f"{name}{figure}" for name, figure in lost))
    for sentences in draft.sections.values():
        absent = [sentence.text for sentence in sentences if _plain(sentence.text) not in said]
        # A section that the office took out of its template is not asked for.
        if len(absent) < len(sentences):
            lacking += absent
    return lacking


def _lost(expected: Row, row: Sequence[str]) -> list[tuple[str, str]]:
    """Return the figures that a row lacks; a cell answers for one figure only."""
    cells = list(row)
    cells.remove(_plain(expected.label))
    lost = []
    for name, figure in expected.figures:
        if _plain(figure) in cells:
            cells.remove(_plain(figure))
        else:
            lost.append((name, figure))
    return lost


def _plain(text: str) -> str:
    """Return a text without spaces and without what no document can hold."""
    return _UNSEEN.sub("", text)


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
        for sentence in sentences:
            said = (draft.title, section, sentence.text)
            if not sentence.figures:
                yield (*said, "", "", "")
            for figure in sentence.figures:
                yield (*said, figure.text, figure.meaning, figure.origin)
                said = ("", "", "")


@dataclass
class Made:
    """What became of some drafts: files written anew, those that say the same already, those changed by the office."""

    files: list[Path] = field(default_factory=list)
    current: list[Path] = field(default_factory=list)
    edited: list[Path] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def make_documents(
    drafts: Sequence[Draft],
    templates_dir: Path | None,
    out_dir: Path,
    report: Report,
    profile: Profile,
    known: Mapping[Path, Sequence[str]] | None = None,
) -> Made:
    """Return what was written of some drafts; a broken template stops only its own documents.

    `known` are the SHA-256 of what the program wrote under a name, the newest last. A file that is something else was
    changed by the office: it stays, and a new draft is put beside it (D09).
    """
    made = Made()
    faults: dict[Fault, None] = {}
    with tempfile.TemporaryDirectory(prefix="qtool-", ignore_cleanup_errors=True) as folder:
        for done, draft in enumerate(drafts):
            report(Event(done, len(drafts), draft.path.name))
            source = chosen_template(draft.template, templates_dir)
            fresh, found = written(draft, source, Path(folder) / f"{done}.docx", profile)
            faults |= dict.fromkeys(found)
            if fresh:
                faults |= dict.fromkeys(put(fresh.read_bytes(), out_dir, draft.path, known, made))
    report(Event(len(drafts), len(drafts), ""))
    made.faults = list(faults)
    return made


def put(
    content: bytes, out_dir: Path, name: Path, known: Mapping[Path, Sequence[str]] | None, made: Made
) -> list[Fault]:
    """Put a document in its place unless it stands there already, and return what to say of it.

    What the office has changed stays, and the document goes beside it under another name (D09).
    """
    digest = hashlib.sha256(content).hexdigest()
    for other in _names(name):
        path, own = out_dir / other, (known or {}).get(other, ())
        there = sha256(path) if path.is_file() else ""
        if there == digest:
            made.current.append(path)
            return []
        if there in ("", *own) or known is None:
            made.files.append(write_bytes(path, content))
            return [fault("D09", file=str(name), name=path.name)] if other != name else []
        made.edited.append(path)
        if digest in own[-1:]:
            return []  # the office has changed what would be written again
    return []


def _names(name: Path) -> Iterator[Path]:
    """Yield a document's name, then those of new drafts beside it."""
    yield name
    yield name.with_stem(f"{name.stem}（新稿）")
    for number in count(2):
        yield name.with_stem(f"{name.stem}（新稿{number}）")
