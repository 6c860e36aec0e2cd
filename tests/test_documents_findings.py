"""What is drafted from a tally: sentences that say what the figures say, figures traced, documents read back."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from document_cases import all_drafts, made_all, rows_of
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from small_tally import FIRST, MADE, SECOND, make_plan, make_tally

from qtool.documents import findings
from qtool.documents.feedback import NO_REASON
from qtool.documents.sentence import percent, trail_rows, write_trail
from qtool.model import marks_text
from qtool.office.word.template import read
from qtool.official.draft import Draft, Sentence, missing
from qtool.outcome import Adjustment, Tally


def said(sentences: Sequence[Sentence]) -> list[str]:
    return [sentence.text for sentence in sentences]


def test_the_findings_say_what_the_figures_say() -> None:
    tally = make_tally(make_plan(), lambda who, what: Fraction(1) if (who, what) != (1, 2) else Fraction(1, 2))
    assert said(findings.results(tally)) == [
        "3个考核对象平均总分59.7分，最高61.45分，最低56.2分。",
        "等级为A的3个：随县、曾都区、广水市。",
    ]
    strong = said(findings.strengths(tally))
    assert (
        strong[0] == "各领域平均得分率从高到低为：质量整体水平（100%）、质量基础设施（100%）、质量政策制度（91.67%）。"
    )
    assert strong[1] == "分领域看，“质量政策制度”得分最高的是随县、曾都区（21分）。"
    assert "质量政策制度要点2" in strong[2]
    assert said(findings.weaknesses(tally)) == [
        "平均得分率最低的考核领域：质量政策制度（91.67%）。",
        "平均得分率较低的考核要点：质量政策制度要点1（83.33%）。",
        "“质量政策制度要点1”失分最多的是“做好‘质量政策制度’工作1”：广水市5.25分。",
        "各考核对象均无事件扣分。",
    ]


def test_the_findings_name_events_and_claim_nothing_unscored() -> None:
    plan = make_plan()
    perfect = make_tally(plan, lambda _who, _what: Fraction(1))
    assert said(findings.weaknesses(perfect)) == ["各考核要点均未失分。", "各考核对象均无事件扣分。"]
    taken = make_tally(plan, lambda who, what: Fraction(1, 4) if (who, what) == (1, 6) else Fraction(1))
    assert said(findings.weaknesses(taken))[-1] == "事件扣分情况：“发生重大质量事件”，广水市扣1.5分。"
    nothing = make_tally(plan, missing=(FIRST, SECOND))
    assert said(findings.strengths(nothing)) == []
    assert said(findings.weaknesses(nothing)) == ["已评分的考核内容中没有事件扣分。"]


def test_a_share_short_of_the_whole_never_reads_as_the_whole() -> None:
    assert percent(Fraction(1)) == "100%"
    assert percent(Fraction(99_999, 100_000)) == "不足100%"
    assert percent(Fraction(0)) == "0%"


# --- every figure traced ----------------------------------------------------------------------------------------------

FIGURE = re.compile(r"-?\d+(?:\.\d+)?%?")


def names_taken_out(text: str, tally: Tally) -> str:
    """Return a sentence without the names and titles of the plan, which may hold digits of their own."""
    plan = tally.plan
    names = [name for one in plan.criteria for name in (one.title.rstrip("。"), one.key_point, one.area)]
    names += [inner.translate(str.maketrans("“”", "‘’")) for inner in names]
    names += [one.short for one in plan.assessees] + [one.reason.rstrip("。") for one in tally.adjustments]
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "□")
    return text


def untraced(draft: Draft, tally: Tally) -> list[str]:
    """Return the figures in a draft's sentences that no figure accounts for."""
    lost = []
    for sentence in (one for sentences in draft.sections.values() for one in sentences):
        own = [text for figure in sentence.figures for text in FIGURE.findall(figure.text)]
        for found in FIGURE.findall(names_taken_out(sentence.text, tally)):
            if found in own:
                own.remove(found)
            else:
                lost.append(f"{found}: {sentence.text}")
        assert not own, sentence
    return lost


TALLIES = {
    "ordinary": make_tally(make_plan()),
    "perfect": make_tally(make_plan(), lambda _who, _what: Fraction(1)),
    "nothing": make_tally(make_plan(), lambda _who, _what: Fraction(0)),
    "alone": make_tally(make_plan(["随县"])),
    "provisional": make_tally(make_plan(), missing=(SECOND,)),
    "adjusted": make_tally(
        make_plan(), adjustments=(Adjustment("随县", Fraction(-1, 2), "D", "材料逾期3天报送。", "某科"),)
    ),
}


@pytest.mark.parametrize("name", TALLIES)
def test_every_figure_of_every_sentence_is_traced(name: str) -> None:
    tally = TALLIES[name]
    for draft in all_drafts(tally):
        assert untraced(draft, tally) == []


def test_a_traced_rate_is_what_the_named_criteria_come_to() -> None:
    tally = make_tally(make_plan())
    for sentence in findings.requirements(tally):
        who = sentence.text.partition("：")[0]
        for figure in sentence.figures:
            codes = re.findall(r"\d\d-\d\d", figure.origin)
            earned = sum(tally.points[code, who] or Fraction(0) for code in codes)
            possible = sum(one.marks for one in tally.plan.criteria if one.code in codes)
            assert figure.text == percent(Fraction(earned) / possible)


def test_the_trail_is_a_workbook_with_a_row_for_each_figure(tmp_path: Path) -> None:
    draft = all_drafts(TALLIES["ordinary"])[3]
    path = write_trail(tmp_path / "依据.xlsx", [draft], "通报-依据", MADE)
    again = write_trail(tmp_path / "又.xlsx", [draft], "通报-依据", MADE)
    assert path.read_bytes() == again.read_bytes()
    rows = list(load_workbook(path).active.iter_rows(min_row=3, values_only=True))  # type: ignore[union-attr]
    assert rows[0] == ("公文", "部分", "句子", "数", "是什么", "出自")
    assert [tuple(cell or "" for cell in row) for row in rows[1:]] == list(trail_rows(draft))
    assert sum(1 for row in rows[1:] if row[3]) == sum(
        len(sentence.figures) for sentences in draft.sections.values() for sentence in sentences
    )


# --- read back --------------------------------------------------------------------------------------------------------

NAMES = st.text(st.sampled_from("随广曾都县市区高新风景名胜“”<&%>{}—·ABc 1"), min_size=1, max_size=30).map(
    lambda text: f"县{text.strip()}"
)


@settings(max_examples=12)
@given(
    st.lists(NAMES, min_size=1, max_size=40, unique=True),
    st.lists(st.integers(0, 4), min_size=40, max_size=40),
    st.sampled_from([(), (FIRST,), (SECOND,), (FIRST, SECOND)]),
    st.booleans(),
)
@pytest.mark.lengthy
def test_any_tally_arrives_whole(
    shorts: list[str], levels: list[int], missing: tuple[str, ...], corrected: bool
) -> None:
    notes = (Adjustment(shorts[-1], Fraction(-5, 4), "D", "未按要求报送", "某科"),) if corrected else ()
    tally = make_tally(
        make_plan(shorts),
        lambda who, what: 1 - Fraction(levels[who] * (what + 1), 333),
        missing=missing,
        adjustments=notes,
    )
    drafts = all_drafts(tally)
    drafts = [*drafts[:4], *drafts[-1:]]
    drafts = [replace(draft, path=Path(f"{number}.docx")) for number, draft in enumerate(drafts)]
    with tempfile.TemporaryDirectory() as folder:
        made = made_all(tally, Path(folder), drafts)
        assert made.faults == []
        assert len(made.files) == len(drafts)
        for number in (2, 3):
            rows = read(Path(folder) / f"{number}.docx").rows
            assert list(rows[1 : 1 + len(shorts)]) == rows_of(tally, adjusted=corrected)
        check_feedback(tally, shorts[-1], read(Path(folder) / "4.docx").rows)


def check_feedback(tally: Tally, who: str, rows: tuple[tuple[str, ...], ...]) -> None:
    """Compare the tables of a feedback with the tally, row by row, in its order."""
    by_criterion = [row for row in rows if len(row) == 6 and row[0][:2].isdigit() and row[2] in (FIRST, SECOND)]
    for one, row in zip(tally.plan.criteria, by_criterion, strict=True):
        points = tally.points[one.code, who]
        worth = marks_text(one.marks if one.high else -one.marks)
        assert row[:5] == (one.code, one.title, one.department, worth, "—" if points is None else marks_text(points))
    losses = [row for row in rows if len(row) == 6 and row[0][:2].isdigit() and row[4] in (FIRST, SECOND)]
    assert losses == [
        (
            *(loss.criterion, loss.title, marks_text(loss.marks), marks_text(loss.lost), loss.department),
            loss.reason or NO_REASON,
        )
        for loss in tally.losses
        if loss.assessee == who
    ]


@pytest.mark.parametrize("number", range(5))
def test_whatever_figure_is_wrong_is_found(tmp_path: Path, number: int) -> None:
    """Every figure that a document must show is looked for: one that is not there is reported."""
    tally = make_tally(make_plan())
    draft = all_drafts(tally)[number]
    made_all(tally, tmp_path, [draft])
    reading = read(tmp_path / draft.path)
    assert missing(draft, reading) == []
    for at, row in enumerate(draft.rows):
        for place, (name, _) in enumerate(row.figures):
            figures = (*row.figures[:place], (name, "1234.5"), *row.figures[place + 1 :])
            wrong = replace(draft, rows=(*draft.rows[:at], replace(row, figures=figures), *draft.rows[at + 1 :]))
            assert len(missing(wrong, reading)) == 1, row
