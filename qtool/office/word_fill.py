"""A Word document filled in as a person would: paragraphs written over or taken away, in the document's own styles."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

from qtool.office.word import packed

Rewriting = Callable[[str, str], Sequence[tuple[str, str]] | None]
"""Gives for a paragraph's text and style what comes in its place, as texts and styles; None leaves it as it is."""


def rewritten(source: Path | bytes, rewriting: Rewriting) -> bytes:
    """Return a document whose paragraphs outside of tables were written over; nothing else is changed."""
    from docx import Document  # noqa: PLC0415 - slow to import

    document = Document(io.BytesIO(source) if isinstance(source, bytes) else str(source))
    for paragraph in list(document.paragraphs):
        instead = rewriting(paragraph.text, paragraph.style.name if paragraph.style else "")
        if instead is None:
            continue
        for text, style in instead:
            paragraph.insert_paragraph_before(text, style=style)
        element = paragraph._p  # noqa: SLF001 - python-docx has no way to take a paragraph away
        element.getparent().remove(element)
    return packed(document)
