"""How many words (字数) a document has, as Word's own 字数统计 counts them.

Every Chinese character and every full-width mark is one; what lies between them and has no space inside, a Latin word,
a number, `95.6%`, an address, is one. Marks that both scripts share (“” ‘’ — … ·) go with the last letter before them,
which is what Word's fonts come to: in a Chinese sentence each is one, in a Latin one they belong to the word.

What counts is what the dialog counts as Word is installed, with 包括文本框、脚注和尾注 ticked: the body with its tables
and text boxes, footnotes and endnotes. Headers and footers, comments, the numbers that Word puts before paragraphs,
hidden and deleted text do not. LibreOffice's 字数 (`meta:word-count` of an .odt) is the same count, but for the dash
— that it takes for a space, and …… that it takes for one word.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from qtool.office.word.document import Paragraph, WordDocument


def document_words(document: WordDocument, *, notes: bool = True) -> int:
    """Return a document's 字数; without `notes` as with the tick of the dialog taken out."""
    return paragraphs_words(document.paragraphs) + (paragraphs_words(document.notes) if notes else 0)


def paragraphs_words(paragraphs: Iterable[Paragraph]) -> int:
    """Return the 字数 of some paragraphs."""
    return sum(words(paragraph.shown) for paragraph in paragraphs)


def words(text: str) -> int:
    """Return the 字数 of a text."""
    count, inside = 0, False
    chinese = _begins_chinese(text)
    for sign in text:
        if sign.isspace():
            inside = False
            continue
        width, category = unicodedata.east_asian_width(sign), unicodedata.category(sign)
        if category in ("Cf", "Cc", "Mn", "Me"):
            continue
        if _is_chinese(width, category) or (_is_shared(width, category) and chinese):
            count, inside = count + 1, False
            chinese = chinese or category.startswith("L")
        else:
            count, inside = count + (not inside), True
            chinese = chinese and not category.startswith("L")
    return count


def _is_chinese(width: str, category: str) -> bool:
    """Return whether a sign counts by itself: full-width ones, and figures in circles."""
    return width in ("W", "F") or (width == "A" and category in ("No", "Nl"))


def _is_shared(width: str, category: str) -> bool:
    return width == "A" and not category.startswith("L")


def _begins_chinese(text: str) -> bool:
    """Return whether the first letter is Chinese; marks before it go with it."""
    for sign in text:
        if unicodedata.category(sign).startswith("L"):
            return unicodedata.east_asian_width(sign) in ("W", "F")
    return True
