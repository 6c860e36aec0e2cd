"""Make the shipped Word templates, templates/docx/*.docx; run it again whenever the texts here change.

The layout is that of GB/T 9704-2012: A4, a text block of 156 x 225 mm, 22 lines of 28 characters.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from word_letters import circular, feedback, report_notice, request, scoring_notice
from word_parts import official_styles
from word_styles import empty_document

from qtool.office.word.template import packed, set_properties

OUT = Path(__file__).parent.parent / "templates" / "docx"
MADE = datetime(2023, 1, 1, tzinfo=UTC)


def main() -> None:
    """Make every template."""
    for name, make in TEMPLATES:
        document = empty_document()
        official_styles(document)
        make(document)
        set_properties(document, title=name, author="", made=MADE)
        OUT.mkdir(parents=True, exist_ok=True)
        (OUT / f"{name}.docx").write_bytes(packed(document))
        print(f"templates/docx/{name}.docx")


TEMPLATES = (
    ("通报", circular),
    ("请示", request),
    ("反馈函", feedback),
    ("评分通知", scoring_notice),
    ("自评通知", report_notice),
)

if __name__ == "__main__":
    main()
