"""Drafts of documents (公文): written from templates, read back, and put in their place beside what the office changed.

A template of the campaign's own wins over the shipped one.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path

from qtool.faults import Fault, QtoolError, fault
from qtool.office.word.template import Content, Reading, render
from qtool.official.profile import Profile
from qtool.progress import Event, Report
from qtool.resources import chosen_template
from qtool.workspace import sha256, write_bytes

_UNSEEN = re.compile("[\\s\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a sentence: as it reads there, what it is, and where it comes from."""

    text: str
    meaning: str
    origin: str

    def __str__(self) -> str:
        """Return how it reads."""
        return self.text


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence or paragraph and the figures in it, in their order."""

    text: str
    figures: tuple[Figure, ...] = ()

    def __str__(self) -> str:
        """Return how it reads."""
        return self.text


def sentence(*parts: str | Figure | Sentence) -> Sentence:
    """Return texts, figures and shorter sentences as one sentence, with its figures in their order."""
    figures: list[Figure] = []
    for part in parts:
        figures += [part] if isinstance(part, Figure) else part.figures if isinstance(part, Sentence) else []
    return Sentence("".join(map(str, parts)), tuple(figures))


def joined(sign: str, parts: Iterable[Sentence]) -> Sentence:
    """Return sentences as one, with a sign between them."""
    return sentence(*(piece for at, part in enumerate(parts) for piece in ((sign, part) if at else (part,))))


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


@dataclass
class DocumentFiles:
    """What became of some drafts: files written anew, those that say the same already, those changed by the office."""

    files: list[Path] = field(default_factory=list)
    current: list[Path] = field(default_factory=list)
    edited: list[Path] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def all(self) -> list[Path]:
        """Every document that is there."""
        return [*self.files, *self.current, *self.edited]


def make_documents(
    drafts: Sequence[Draft],
    templates_dir: Path | None,
    out_dir: Path,
    report: Report,
    profile: Profile,
    digests: Mapping[Path, Sequence[str]] | None = None,
) -> DocumentFiles:
    """Return what was written of some drafts; a broken template stops only its own documents.

    `digests` are the SHA-256 of what the program wrote under a name, the newest last. A file that is something else was
    changed by the office: it stays, and a new draft is put beside it (D09).
    """
    documents = DocumentFiles()
    faults: dict[Fault, None] = {}
    with tempfile.TemporaryDirectory(prefix="qtool-", ignore_cleanup_errors=True) as folder:
        for done, draft in enumerate(drafts):
            report(Event(done, len(drafts), draft.path.name))
            fresh = Path(folder) / f"{done}.docx"
            faults |= dict.fromkeys(_write(draft, chosen_template(draft.template, templates_dir), fresh, profile))
            if fresh.is_file():
                faults |= dict.fromkeys(_put(fresh.read_bytes(), out_dir, draft.path, digests, documents))
    report(Event(len(drafts), len(drafts), ""))
    documents.faults = list(faults)
    return documents


def _write(draft: Draft, template: Path, out: Path, profile: Profile) -> list[Fault]:
    """Write a draft to `out`, unless its template is broken, and return what is wrong.

    D01, D02, D06 are the template's faults; D04 says that something of the tally is not in the document as it was
    read back.
    """
    title, author, made = draft.title, draft.author, draft.made
    try:
        reading = render(template, draft.content, out, title=title, author=author, made=made, form=profile.form)
    except QtoolError as error:
        return list(error.faults)
    return [fault("D04", file=draft.path.name, text=text) for text in missing(draft, reading)]


def missing(draft: Draft, reading: Reading) -> list[str]:
    """Return what the document should say and does not: phrases, figures of rows, sentences."""
    whole = _plain(reading.text)
    lacking = [phrase for phrase in draft.phrases if _plain(phrase) not in whole]
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
        absent = [sentence.text for sentence in sentences if _plain(sentence.text) not in whole]
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


def _put(
    content: bytes,
    out_dir: Path,
    name: Path,
    digests: Mapping[Path, Sequence[str]] | None,
    documents: DocumentFiles,
) -> list[Fault]:
    """Put a document in its place unless it stands there already, and return what to say of it.

    What the office has changed stays, and the document goes beside it under another name (D09).
    """
    digest = hashlib.sha256(content).hexdigest()
    for other in _names(name):
        path, own = out_dir / other, (digests or {}).get(other, ())
        there = sha256(path) if path.is_file() else ""
        if there == digest:
            documents.current.append(path)
            return []
        if there in ("", *own) or digests is None:
            documents.files.append(write_bytes(path, content))
            return [fault("D09", file=str(name), name=path.name)] if other != name else []
        documents.edited.append(path)
        if digest in own[-1:]:
            return []  # the office has changed what would be written again
    return []


def _names(name: Path) -> Iterator[Path]:
    """Yield a document's name, then those of new drafts beside it."""
    yield name
    yield name.with_stem(f"{name.stem}（新稿）")
    for number in count(2):
        yield name.with_stem(f"{name.stem}（新稿{number}）")
