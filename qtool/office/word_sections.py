"""The page of a section of a Word document: its size, margins, grid and columns, all in points."""

from __future__ import annotations

from typing import Any

from qtool.office.word_model import Section
from qtool.office.word_styles import W, attribute, points, switched_on, value_of, whole


def section_of(properties: Any) -> Section:
    """Return what section properties (sectPr) state; headers and footers are added by who can read them."""
    size, margins = properties.find(f"{W}pgSz"), properties.find(f"{W}pgMar")
    grid, columns, numbers = (properties.find(f"{W}{tag}") for tag in ("docGrid", "cols", "pgNumType"))

    def length(element: Any, name: str) -> float | None:
        return None if element is None else points(attribute(element, name))

    kind = "" if grid is None else attribute(grid, "type")
    return Section(
        width=length(size, "w"),
        height=length(size, "h"),
        landscape=size is not None and attribute(size, "orient") == "landscape",
        top=length(margins, "top"),
        bottom=length(margins, "bottom"),
        left=length(margins, "left"),
        right=length(margins, "right"),
        gutter=length(margins, "gutter") or 0.0,
        header=length(margins, "header"),
        footer=length(margins, "footer"),
        grid="" if kind == "default" else kind,
        grid_pitch=length(grid, "linePitch"),
        grid_chars=None if grid is None else whole(attribute(grid, "charSpace")),
        columns=1 if columns is None else whole(attribute(columns, "num")) or 1,
        title_page=bool(switched_on(properties, "titlePg")),
        first_number=None if numbers is None else whole(attribute(numbers, "start")),
        starts=value_of(properties, "type") or "nextPage",
    )
