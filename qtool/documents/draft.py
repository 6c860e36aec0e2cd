"""A document before it is written: which template, what stands in it, and what it must say when it is read back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from qtool.documents.sentence import Sentence
from qtool.faults import Fault, QtoolError, fault
from qtool.office.word import Content, Reading, render
from qtool.official.profile import Profile

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
