"""Documents for the tests: drafts of a small tally, templates that an office changed, the text of printed pages."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import docx
import pytest
from small_tally import AREAS, MADE

from qtool.documents.circular import circular
from qtool.documents.feedback import feedback
from qtool.documents.notices import notices
from qtool.documents.request import request
from qtool.model import marks_text
from qtool.office.word.template import read
from qtool.official.draft import DocumentFiles, Draft, make_documents
from qtool.official.profile import Profile
from qtool.outcome import Tally
from qtool.progress import silent
from qtool.resources import template

NASTY = ("<5%&>", "“双引号”县", "{{ 市名 }}", "a'b\"c", "{% x %}", "１２縣\u3000乡", "堃喆镕县𠮷", "C&D</w:t>")
"""Short names of assessees that would upset a template, a file or a table."""


def text_of(path: Path) -> str:
    """Return all text of a document, a line for each paragraph."""
    return read(path).text


def all_drafts(tally: Tally, profile: Profile = Profile()) -> list[Draft]:  # noqa: B008 - it is immutable
    """Return every document that can be made of a tally."""
    signed = MADE.date()
    letters = [feedback(tally, assessee, profile, signed) for assessee in tally.plan.assessees]
    main = [request(tally, profile, signed), circular(tally, profile, signed)]
    return [*notices(tally.plan, profile, MADE), *main, *letters]


def made_circular(tally: Tally, folder: Path | None, out: Path) -> DocumentFiles:
    """Return what became of the circular of a tally, with the templates of a folder."""
    return make_documents([circular(tally, Profile(), MADE.date())], folder, out, silent, Profile())


def made_all(tally: Tally, out: Path, drafts: Sequence[Draft] = ()) -> DocumentFiles:
    """Return what became of every document of a tally, or of some drafts, with the shipped templates."""
    return make_documents(drafts or all_drafts(tally), None, out, silent, Profile())


def templates_with(folder: Path, name: str, changes: dict[str, str]) -> Path:
    """Return a folder that holds a shipped template with some texts replaced."""
    document = docx.Document(str(template(f"docx/{name}")))
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    paragraphs = [*document.paragraphs, *(paragraph for cell in cells for paragraph in cell.paragraphs)]
    for old, new in changes.items():
        found = [paragraph for paragraph in paragraphs if old in paragraph.text]
        assert found
        for paragraph in found:
            paragraph.text = paragraph.text.replace(old, new)
    folder.mkdir(parents=True, exist_ok=True)
    document.save(str(folder / name))
    return folder


def rows_of(tally: Tally, *, adjusted: bool = False) -> list[tuple[str, ...]]:
    """Return what the table of results must say."""
    rows = []
    for one in tally.ranked:
        areas = [marks_text(one.areas[area]) for area in AREAS]
        change = [marks_text(one.adjustment)] if adjusted else []
        last = [marks_text(one.deductions), *change, marks_text(one.total), one.grade]
        rows.append((str(one.rank), one.assessee, *areas, *last))
    return rows


def pdf_pages(path: Path) -> list[str]:
    """Return the text of each page without spaces and line ends."""
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not on PATH")
    said = subprocess.run(["pdftotext", str(path), "-"], check=True, capture_output=True).stdout.decode()
    return [re.sub(r"\s", "", page) for page in said.removesuffix("\f").split("\f")]


def pdf_text(path: Path) -> str:
    return "".join(pdf_pages(path))
