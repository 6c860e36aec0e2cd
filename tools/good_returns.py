"""Returned files that must be taken: whatever the day made of them, what they say is certain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from asked_returns import asked
from moved_returns import moved
from return_cases import Case, Filled
from saved_returns import Office, bare, saved_again
from typed_returns import as_typed
from wps_returns import other_xml
from wrapped_returns import wrapped


def good(sheets: Mapping[str, Filled], office: Office) -> Iterator[Case]:
    """Yield every case."""
    yield from saved_again(sheets, office)
    yield from other_xml(sheets)
    yield from moved(sheets, office)
    light = {name: replace(sheet, content=bare(sheet.content)) for name, sheet in sheets.items()}  # half as large
    yield from as_typed(light)
    yield from wrapped(sheets["市公安局"])
    yield from asked(light, office)
