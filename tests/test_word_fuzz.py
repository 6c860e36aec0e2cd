"""Word documents broken by chance: each is read or refused with a reason, none crashes, none takes long."""

from __future__ import annotations

import contextlib
import time
from functools import cache

import pytest
from mutations import broken
from word_cases import box, docx, p, report_text, table

from qtool.office.archive.members import Unreadable
from qtool.office.word.document import document_words
from qtool.office.word.reader import read_word
from qtool.resources import template

_SECONDS = 5


@cache
def whole(which: int) -> bytes:
    if which == 0:
        return template("docx/自评报告.docx").read_bytes()
    if which == 1:
        return template("docx/通报.docx").read_bytes()
    numbering = '<w:numbering><w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"/></w:abstractNum></w:numbering>'
    notes = f"<w:footnotes><w:footnote>{p('注')}</w:footnote></w:footnotes>"
    body = "".join(map(p, report_text(which))) + box("框") + table(("甲", "乙"))
    return docx(body, {"numbering": numbering, "footnotes": notes})


@pytest.mark.parametrize("part", range(8))
def test_a_broken_document_is_read_or_refused(part: int) -> None:
    for number in range(60):
        content = broken(whole(number % 4), f"word/{part}/{number}")
        began = time.process_time()
        with contextlib.suppress(Unreadable):
            document = read_word(content)
            assert document_words(document) >= 0
            assert len(document.sections) >= 1
        assert time.process_time() - began < _SECONDS, (part, number)
