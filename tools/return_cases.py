"""What the makers of returned files begin with: genuine sheets, filled in, and the plainest ways to change them."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from scoring_cases import KEY, MADE, identity

from qtool.addresses import address
from qtool.identity import Identity
from qtool.layout import SHEET, Layout
from qtool.model import Key, Plan, Value, exact
from qtool.rehearsal import answers_for, reasons_for
from qtool.sheets.make import write_workbook

SCORING, META_PART = "xl/worksheets/sheet2.xml", "xl/worksheets/sheet3.xml"
"""The parts of the scoring sheet and of the hidden sheet, as this program writes them."""
SEED = 1
_NOW = (2023, 1, 10, 9, 0, 0)
_TIMES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


@dataclass(frozen=True)
class Case:
    """One returned file: what must be found in it, and how it came about.

    `faults` are the codes of all faults. Where the file must be taken, `department` says whose it is, `answers` and
    `reasons` what it says otherwise than the sheet that it was made of; None stands for nothing at all.
    """

    name: str
    content: bytes
    faults: str
    story: str
    department: str = ""
    answers: Mapping[Key, Value] = field(default_factory=dict)
    reasons: Mapping[Key, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Filled:
    """A department's sheet as it was sent out, and filled in by seeded chance."""

    layout: Layout
    content: bytes
    empty: bytes
    answers: Mapping[Key, Value]
    reasons: Mapping[Key, str]

    def cell(self, measure: str, who: str) -> str:
        """Return where an answer stands."""
        return address(*self.layout.inputs[measure, who])

    def at(self, row: str, col: str) -> str:
        """Return where a row and a column meet."""
        return address(self.layout.rows[row], self.layout.columns[col])

    def row(self, measure: str) -> int:
        """Return a measure's row, counted from 1."""
        return self.layout.rows[f"m:{measure}"] + 1

    def good(
        self,
        name: str,
        content: bytes,
        faults: str,
        story: str,
        answers: Mapping[Key, Value] | None = None,
        reasons: Mapping[Key, str | None] | None = None,
    ) -> Case:
        """Return a case of this department that must be taken."""
        return Case(name, content, faults, story, self.layout.department, answers or {}, reasons or {})

    def typed(self, cells: Mapping[Key, object]) -> bytes:
        """Return the workbook with values typed into answers, as openpyxl saves it."""
        return typed(self.content, {self.cell(*key): value for key, value in cells.items()})


def filled(
    plan: Plan, department: str, like: Filled | None = None, *, who: Identity | None = None, key: str = KEY
) -> Filled:
    """Return a department's sheet of a plan, filled in by seeded chance or as another one is.

    `who` is what the sheet says of itself: the tests' campaign, unless told otherwise.
    """
    layout = Layout(plan, department)
    answers = like.answers if like else answers_for(layout, SEED)
    reasons = like.reasons if like else dict(reasons_for(layout, layout.scorer.score(answers), SEED))
    contents = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.xlsx"
        for given, said in ((answers, reasons), (dict[Key, Value](), dict[Key, str]())):
            write_workbook(path, layout, who or identity(layout), key, MADE, given, said)
            contents.append(path.read_bytes())
    return Filled(layout, contents[0], contents[1], answers, reasons)


def figure(text: str) -> Value:
    """Return the value that a figure or a label stands for."""
    return exact(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else text


def written(value: Value) -> str | None:
    """Return a value as expected.json holds it."""
    return str(value) if isinstance(value, Fraction) else value


def saved(book: Workbook) -> bytes:
    """Return a workbook as openpyxl writes it, with one time for every run."""
    target = io.BytesIO()
    book.save(target)
    return parts(target.getvalue(), lambda _name, old: _TIMES.sub(rb"\g<1>2023-01-10T09:00:00Z", old))


def opened(content: bytes, change: Callable[[Workbook, Worksheet], None] = lambda _book, _sheet: None) -> bytes:
    """Return a workbook as a program saves it that knows nothing of qtool, after a change."""
    book = load_workbook(io.BytesIO(content))
    change(book, book[SHEET])
    return saved(book)


def rows_of(content: bytes) -> list[list[object]]:
    """Return what the scoring sheet shows, row by row."""
    sheet = load_workbook(io.BytesIO(content), data_only=True)[SHEET]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def typed(content: bytes, cells: Mapping[str, object]) -> bytes:
    """Return a workbook with values typed into cells of the scoring sheet."""

    def change(_book: Workbook, sheet: Worksheet) -> None:
        for at, value in cells.items():
            sheet[at].value = value

    return opened(content, change)


def parts(
    content: bytes, edit: Callable[[str, bytes], bytes | None], added: Mapping[str, bytes] | None = None
) -> bytes:
    """Return a package with every part edited and others added; None drops a part."""
    before = _parts(content)
    after = {name: edited for name, old in before.items() if (edited := edit(name, old)) is not None}
    after |= added or {}
    if after == before:
        raise ValueError("nothing was changed")  # a habit that does nothing would prove nothing
    return zipped(after)


def _parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def part(content: bytes, name: str) -> bytes:
    """Return a part of a package."""
    return _parts(content)[name]


def in_part(content: bytes, which: str, edit: Callable[[str], str]) -> bytes:
    """Return a package with one part edited as text."""
    return parts(content, lambda name, old: edit(old.decode()).encode() if name == which else old)


def in_sheet(content: bytes, edit: Callable[[str], str]) -> bytes:
    """Return a workbook of this program with the XML of its scoring sheet edited as text."""
    return in_part(content, SCORING, edit)


def cells_in(content: bytes, cells: Mapping[str, str]) -> bytes:
    """Return a workbook of this program with the XML inside cells of its scoring sheet replaced, style kept.

    A cell's XML may have its type before it, as `t="e"|<v>…`; every other cell keeps the result that it shows.
    """

    def edit(xml: str) -> str:
        for at, inside in cells.items():
            kind, _, rest = inside.rpartition("|")
            found = re.search(rf'<c r="{at}"( s="\d+")?[^>]*?(?:/>|>.*?</c>)', xml)
            if found is None:
                raise ValueError(at)
            xml = xml.replace(found[0], f'<c r="{at}"{found[1] or ""} {kind}>{rest}</c>')
        return xml

    return in_sheet(content, edit)


def linked(content: bytes, part: str, data: bytes, kind: str, type_: str, element: str = "") -> bytes:
    """Return a workbook with one more part that the workbook refers to, and what the workbook says of it.

    `kind` is the relationship's type, `type_` the part's; `element` is put where the names would be defined.
    """
    relation = f'<Relationship Id="rId99" Type="{kind}" Target="{part.removeprefix("xl/")}"/></Relationships>'
    override = f'<Override PartName="/{part}" ContentType="{type_}"/></Types>'

    def edit(name: str, old: bytes) -> bytes:
        text = old.decode("utf-8", "replace")
        if name == "xl/_rels/workbook.xml.rels":
            return text.replace("</Relationships>", relation).encode()
        if name == "[Content_Types].xml":
            return text.replace("</Types>", override).encode()
        if name == "xl/workbook.xml" and element:
            return text.replace("</sheets>", f"</sheets>{element}").encode()
        return old

    return parts(content, edit, {part: data})


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an archive of files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method, compresslevel=9) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo("x", _NOW)
            info.filename = name  # as it is: ZipInfo makes slashes of backslashes on Windows
            archive.writestr(info, content, method)
    return target.getvalue()
