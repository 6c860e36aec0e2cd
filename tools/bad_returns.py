"""Returned files that must not be taken: what is wrong with each is said, and nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from broken_returns import broken
from doubtful_returns import doubtful
from foreign_returns import foreign
from return_cases import Case, Filled
from saved_returns import Office, bare
from wrapped_returns import not_unwrapped


def bad(sheets: Mapping[str, Filled], office: Office) -> Iterator[Case]:
    """Yield every case."""
    sheets = {name: replace(sheet, content=bare(sheet.content)) for name, sheet in sheets.items()}  # half as large
    yield from doubtful(sheets, office)
    yield from foreign(sheets)
    yield from not_unwrapped(sheets["市公安局"])
    yield from broken(sheets["市公安局"], office)
