"""字数 as Word counts them, compared with LibreOffice's own count on real-looking documents."""

from __future__ import annotations

import random
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judge import convert, office_or_skip
from word_cases import box, docx, p, report_text, table, write

from qtool.office.word.document import document_words, paragraphs_words, words
from qtool.office.word.reader import read_word


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("　 \t", 0),
        ("中文字符。", 5),
        ("abc def", 2),
        ("2022年度质量考核", 7),
        ("合格率95.6%，同比提高0.5个百分点", 14),
        ("ISO9001认证", 3),
        ("12,345.67元", 2),
        ("http://www.example.com/a?b=c", 1),
        ("中文,半角", 5),
        ("“引号”——省略……（括号）《书》", 17),
        ("“双随机、一公开”", 9),
        ('a "quoted" word', 3),
        ("the “quoted” word", 3),
        ("2020—2022年", 4),
        ("１２３", 3),
        ("①②③", 3),
        ("Ⅲ级", 2),
        ("3～5天", 4),
        ("α射线", 3),
        ("堃𠮷", 2),
        ("a\u200bb", 1),
    ],
)
def test_words_are_counted_as_word_does(text: str, count: int) -> None:
    assert words(text) == count


TEXTS = st.text(st.sampled_from("质量年2a. ，“”—…%　 -ｚ（）"), max_size=40)


@given(TEXTS, TEXTS)
def test_paragraphs_count_each_by_itself(one: str, other: str) -> None:
    assert words(f"{one}\n{other}") <= words(one) + words(other) + len(other)
    assert words(one) <= len(one)
    assert words(f" {one} ") == words(one)
    document = read_word(docx(p(one) + p(other)))
    assert document_words(document) == words(one) + words(other)


def test_what_counts_and_what_does_not() -> None:
    notes = f"<w:footnotes><w:footnote>{p('脚注五个字')}</w:footnote></w:footnotes>"
    section = '<w:sectPr><w:headerReference w:type="default" r:id="header1"/></w:sectPr>'
    body = p("正文") + table(("表格", "内")) + box("框里") + p("隐藏", rpr="<w:vanish/>") + section
    document = read_word(docx(body, {"footnotes": notes, "header1": f"<w:hdr>{p('页眉不算')}</w:hdr>"}))
    assert document_words(document, notes=False) == 2 + 3 + 2
    assert document_words(document) == 7 + 5
    assert paragraphs_words(document.notes) == 5


def _document(seed: int) -> bytes:
    """Return a real-looking document: every third with a table, every fourth with a text box or a note."""
    chance = random.Random(seed)  # noqa: S311 - always the same on purpose
    texts = report_text(seed)
    body = "".join(p(*_cut(text, chance)) for text in texts)
    if seed % 3 == 0:
        body += table(
            ("序号", "项目", "数量"), *((str(at), texts[at % len(texts)][:12], f"{at * 7}家") for at in range(9))
        )
    if seed % 4 == 0:
        body += box(texts[-1])
    return docx(body)


def _cut(text: str, chance: random.Random) -> list[str]:
    """Return a text in runs as an editor splits it, also in the middle of a number."""
    at = chance.randrange(len(text) + 1)
    return [text[:at], text[at:]]


@pytest.mark.office
def test_twenty_documents_have_the_words_that_libreoffice_counts(tmp_path: Path) -> None:
    office_or_skip()
    paths = [write(tmp_path / f"{seed}.docx", _document(seed)) for seed in range(20)]
    found = []
    for path, copy in zip(paths, convert(paths, tmp_path / "odt", "odt"), strict=True):
        with zipfile.ZipFile(copy) as package:
            theirs = int(re.findall(r'meta:word-count="(\d+)"', package.read("meta.xml").decode())[0])
        ours = document_words(read_word(path))
        found.append((path.name, ours, theirs))
        assert theirs > 200
    assert all(abs(ours - theirs) <= 0.01 * theirs for _, ours, theirs in found), found
