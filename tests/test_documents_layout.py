"""What the documents look like in print, measured in millimetres on pages that LibreOffice made (GB/T 9704-2012)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import docx
import pytest
from document_cases import all_drafts, made_all
from docx.oxml.ns import qn
from docx.table import Table
from judge import office_or_skip, to_pdf
from small_tally import MADE, make_plan, make_tally

from qtool.documents.circular import circular
from qtool.office.word.page_form import PageForm, signature_indents
from qtool.official.draft import Draft, make_documents
from qtool.official.profile import ELECTRONIC, Profile
from qtool.outcome import Tally
from qtool.progress import silent
from qtool.resources import template

MM = 25.4 / 72
LEFT, RIGHT, TOP, BOTTOM = 28, 184, 37, 262
"""The edges of the text block, from the paper's left and upper edge."""
NEAR = 0.7
LONG_NAME = "第{}个名称特别长的高新技术产业开发区和风景名胜区管理委员会机关"


@dataclass(frozen=True)
class Line:
    """A line of print: its text, box and the size of its letters."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float


@dataclass(frozen=True)
class Sheet:
    """A printed page: its lines of text from above, and the drawn lines as (left, right, middle)."""

    lines: tuple[Line, ...]
    rules: tuple[tuple[float, float, float], ...]

    def line(self, text: str) -> Line:
        """Return the first line that holds a text, whatever its spaces."""
        return next(line for line in self.lines if text in line.text)

    @property
    def inside(self) -> list[Line]:
        """The lines of the text block."""
        return [line for line in self.lines if line.top > TOP and line.bottom < BOTTOM]


def printed(path: Path) -> list[Sheet]:
    """Return the pages of a PDF file."""
    import pdfplumber  # noqa: PLC0415 - needed here alone, and slow to import

    with pdfplumber.open(path) as pdf:
        return [Sheet(tuple(_lines(page)), tuple(_rules(page))) for page in pdf.pages]


def _lines(page: Any) -> Iterator[Line]:
    found: dict[int, list[Any]] = {}
    for sign in page.chars:
        if sign["text"].strip():
            found.setdefault(round(sign["bottom"] / 3), []).append(sign)
    for _, signs in sorted(found.items()):
        yield Line(
            text="".join(sign["text"] for sign in sorted(signs, key=lambda sign: sign["x0"])),
            left=min(sign["x0"] for sign in signs) * MM,
            right=max(sign["x1"] for sign in signs) * MM,
            top=min(sign["top"] for sign in signs) * MM,
            bottom=max(sign["bottom"] for sign in signs) * MM,
            size=max(sign["size"] for sign in signs),
        )


def _rules(page: Any) -> Iterator[tuple[float, float, float]]:
    seen = set()
    for drawn in [*page.lines, *page.rects]:
        if drawn["x1"] - drawn["x0"] > 100:
            rule = (drawn["x0"] * MM, drawn["x1"] * MM, (drawn["top"] + drawn["bottom"]) / 2 * MM)
            if rule not in seen:
                seen.add(rule)
                yield rule


def print_all(drafts: Sequence[Draft], folder: Path, profile: Profile = Profile()) -> list[list[Sheet]]:  # noqa: B008
    """Return the printed pages of some drafts."""
    office_or_skip()
    named = [replace(draft, path=Path(f"{number}.docx")) for number, draft in enumerate(drafts)]
    made = make_documents(named, None, folder, silent, profile)
    assert made.faults == []
    return [printed(path) for path in to_pdf(made.files, folder / "pdf")]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Sheet]]:
    """The printed documents of a small tally; the circular has pages full of Chinese signs alone."""
    tally = make_tally(make_plan())
    drafts = all_drafts(tally)
    full = replace(drafts[3], content={**drafts[3].content, "存在问题": ["质量工作考核" * 250]}, sections={})
    names = ("评分通知", "自评通知", "请示", "通报", "反馈函")
    return dict(zip(names, print_all([*drafts[:3], full, drafts[4]], tmp_path_factory.mktemp("p")), strict=True))


@pytest.mark.office
def test_a_full_page_has_22_lines_of_28_signs(pages: dict[str, list[Sheet]]) -> None:
    full = pages["通报"][2]
    assert len(full.inside) == 22
    for line in full.inside:
        assert len(line.text) == 28
        assert line.size == pytest.approx(16, abs=0.1)
        assert [line.left, line.right] == pytest.approx([LEFT, RIGHT], abs=NEAR)
    steps = [after.top - before.top for before, after in zip(full.inside, full.inside[1:], strict=False)]
    assert steps == pytest.approx([225 / 22] * 21, abs=0.1)
    # exact pitch leaves what is above the letters at the head of the first line
    assert TOP <= full.inside[0].top <= TOP + 5
    assert BOTTOM - 5 <= full.inside[-1].bottom <= BOTTOM


@pytest.mark.office
def test_page_numbers_stand_outside_below_the_text(pages: dict[str, list[Sheet]]) -> None:
    one = 14 * MM
    for name in ("通报", "请示", "评分通知"):
        for number, page in enumerate(pages[name], 1):
            line = page.lines[-1]
            assert line.text == f"—{number}—", name
            assert line.size == pytest.approx(14, abs=0.1)
            assert line.top - BOTTOM == pytest.approx(7, abs=1.5)
            if number % 2:
                assert line.right == pytest.approx(RIGHT - one, abs=NEAR)
            else:
                assert line.left == pytest.approx(LEFT + one, abs=NEAR)
    assert "—" not in pages["反馈函"][0].lines[-1].text
    assert pages["反馈函"][1].lines[-1].text == "—2—"


@pytest.mark.office
@pytest.mark.parametrize("name", ["通报", "请示", "评分通知", "自评通知"])
def test_the_head_is_where_the_standard_puts_it(pages: dict[str, list[Sheet]], name: str) -> None:
    first = pages[name][0]
    mark = first.line("随州市质量强市工作领导小组办公室文件")
    assert mark.top - TOP == pytest.approx(35, abs=1)
    assert (mark.left + mark.right) / 2 == pytest.approx((LEFT + RIGHT) / 2, abs=NEAR)
    assert mark.left >= LEFT
    assert mark.right <= RIGHT
    number = first.line("〔2023〕")
    (red,) = first.rules
    assert red[:2] == pytest.approx((LEFT, RIGHT), abs=NEAR)
    assert red[2] - number.bottom == pytest.approx(4, abs=NEAR)
    title = first.line("关于")
    assert title.size == pytest.approx(22, abs=0.1)
    assert (title.left + title.right) / 2 == pytest.approx((LEFT + RIGHT) / 2, abs=1)
    # two empty lines between the red line and the title
    assert title.top - red[2] == pytest.approx(2 * 28.95 * MM + 2, abs=2)
    if name == "请示":
        assert "签发人：" in number.text


@pytest.mark.office
@pytest.mark.parametrize("name", ["通报", "请示", "评分通知", "自评通知"])
def test_the_imprint_ends_on_the_last_line_of_the_last_page(pages: dict[str, list[Sheet]], name: str) -> None:
    last = pages[name][-1]
    line = last.line("印发")
    assert line.size == pytest.approx(14, abs=0.1)
    rules = [rule for rule in last.rules if rule[2] > line.top - 5]
    assert [edge for rule in rules for edge in rule[:2]] == pytest.approx([LEFT, RIGHT] * 2, abs=NEAR)
    assert max(rule[2] for rule in rules) == pytest.approx(BOTTOM, abs=NEAR)
    assert line.right == pytest.approx(RIGHT, abs=NEAR)


@pytest.mark.office
def test_a_letter_has_double_lines_at_head_and_foot(pages: dict[str, list[Sheet]]) -> None:
    first = pages["反馈函"][0]
    mark = first.line("随州市质量强市工作领导小组办公室")
    assert mark.top == pytest.approx(30, abs=1)
    above = sorted(rule[2] for rule in first.rules if rule[2] < 100)
    below = sorted(rule[2] for rule in first.rules if rule[2] > 200)
    assert len(above) == len(below) == 2
    assert above[0] - mark.bottom == pytest.approx(4, abs=NEAR)
    assert 297 - below[1] == pytest.approx(20, abs=NEAR)
    for left, right, _ in first.rules:
        assert right - left == pytest.approx(170, abs=NEAR)
        assert left == pytest.approx(20, abs=NEAR)
    number, title = first.line("〔2023〕"), first.line("关于反馈")
    assert number.top - above[1] == pytest.approx(7 / 8 * 16 * MM, abs=NEAR)
    assert number.right == pytest.approx(RIGHT, abs=NEAR)
    assert title.top - number.bottom == pytest.approx(2 * 28.95 * MM + 4, abs=2)
    assert not [rule for rule in pages["反馈函"][1].rules if rule[0] < LEFT - 1]


@pytest.mark.office
def test_signature_and_attachments(pages: dict[str, list[Sheet]]) -> None:
    for name, sheets in pages.items():
        signed = next(page for page in sheets if any(line.text == "2023年1月20日" for line in page.lines))
        date = signed.line("2023年1月20日")
        who = next(line for line in signed.lines if line.text == "随州市质量强市工作领导小组办公室" and line.size < 20)
        # with a seal: the name in the middle over the date, both moved so that it keeps two signs from the right
        right_of_name, right_of_date = signature_indents(16, 6.5, sealed=True)
        assert RIGHT - who.right == pytest.approx(right_of_name * 16 * MM, abs=1), name
        assert RIGHT - date.right == pytest.approx(right_of_date * 16 * MM, abs=1), name
        # the middle of the date as wide as it is in Times New Roman, which may be missing here
        assert (who.left + who.right) / 2 == pytest.approx(date.right - 6.5 * 16 * MM / 2, abs=1)
        assert date.top > who.top
        # the signature never stands alone on a page
        assert any("附件" in line.text for line in signed.lines if line.top < who.top)
    annex = next(page for page in pages["通报"] if page.lines[0].text == "附件1")
    assert annex.lines[0].left == pytest.approx(LEFT, abs=NEAR)
    assert annex.lines[0].size == pytest.approx(16, abs=0.1)


def profiles() -> dict[str, Profile]:
    wide = replace(PageForm(), left=30, right=30)
    return {"electronic": Profile(form=ELECTRONIC), "wide": Profile(form=wide)}


@pytest.mark.office
@pytest.mark.parametrize("name", profiles())
def test_another_profile_has_its_own_margins(tmp_path: Path, name: str) -> None:
    profile = profiles()[name]
    tally = make_tally(make_plan())
    draft = circular(tally, profile, MADE.date())
    draft = replace(draft, content={**draft.content, "存在问题": ["质量工作考核" * 250]}, sections={})
    ((_, _, full, *_),) = print_all([draft], tmp_path, profile)
    form = profile.form
    lines = [line for line in full.lines if "—" not in line.text]
    assert len(lines) == 22
    assert lines[0].left == pytest.approx(form.left, abs=NEAR)
    assert lines[0].right == pytest.approx(210 - form.right, abs=6)  # no wider than whole signs
    assert lines[-1].bottom <= 297 - form.bottom
    assert lines[1].top - lines[0].top == pytest.approx(form.pitch * MM, abs=0.1)


# --- tables -----------------------------------------------------------------------------------------------------------


def large() -> Tally:
    """Return a tally of forty assessees with names of thirty signs."""
    return make_tally(make_plan([LONG_NAME.format(number) for number in range(1, 41)]))


@pytest.mark.office
def test_forty_assessees_with_long_names_fit(tmp_path: Path) -> None:
    tally = large()
    drafts = all_drafts(tally)[:5]
    said = print_all(drafts, tmp_path)
    for sheets in said:
        for page in sheets:
            # a mark that ends a line may hang over
            assert all(
                line.right <= RIGHT + NEAR + (16 * MM if line.text[-1] in "，。、；" else 0) for line in page.lines
            )
            assert all(line.left >= LEFT - NEAR for line in page.lines)
    for sheets in said[2:4]:
        annex = [page for page in sheets if any("名次" in line.text for line in page.lines[:6])]
        assert len(annex) > 1
        text = "".join(line.text for page in sheets for line in page.lines)
        assert all(str(standing.rank) in text for standing in tally.standings)


def check_rows(table: Table) -> None:
    """Check that a table's heading repeats and that none of its rows is split between pages."""
    rows = [row._tr for row in table.rows]  # noqa: SLF001 - python-docx does not know these properties
    assert rows[0].find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
    assert all(row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in rows)


@pytest.mark.parametrize("name", ["通报", "请示", "反馈函", "评分通知", "自评通知"])
def test_heads_of_tables_repeat_and_rows_stay_whole(name: str) -> None:
    tables = docx.Document(str(template(f"docx/{name}.docx"))).tables
    assert tables
    for table in tables:
        check_rows(table)


def test_heads_of_tables_repeat_in_what_is_made(tmp_path: Path) -> None:
    tally = make_tally(make_plan())
    for path in made_all(tally, tmp_path).files:
        for table in docx.Document(str(path)).tables:
            check_rows(table)
