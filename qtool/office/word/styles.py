"""The look of Word text and pages: styles, defaults and theme fonts resolved in Word's own order; sizes and margins."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from qtool.office.word.document import Pitch, Section

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_OFF = ("0", "false", "off", "none")
_LENGTH = re.compile(r"(-?\d+(?:\.\d+)?)(mm|cm|in|pt|pc|pi)?")
_POINTS = {"mm": 72 / 25.4, "cm": 72 / 2.54, "in": 72.0, "pt": 1.0, "pc": 12.0, "pi": 12.0}
_MOST_BASES = 20
"""Styles based on each other; what goes deeper runs in a circle."""
_HEADING = re.compile(r"(?:heading|标题) ?([1-9])", re.IGNORECASE)
_ALIGNMENTS = {"start": "left", "end": "right", "justify": "both", "thaiDistribute": "distribute"}

Look = dict[str, Any]
"""Properties that something states, by their names; what it does not state is not there."""


def attribute(element: Any, name: str) -> str:
    """Return an attribute of Word's own namespace, '' for one that is not there."""
    return str(element.get(f"{W}{name}") or "")


def value_of(parent: Any, name: str) -> str | None:
    """Return the `val` of a child element, None where there is no such child."""
    child = parent.find(f"{W}{name}")
    return None if child is None else attribute(child, "val")


def switched_on(parent: Any, name: str) -> bool | None:
    """Return whether a switch such as `<w:b/>` is on, None where it is not stated."""
    value = value_of(parent, name)
    return None if value is None else value.lower() not in _OFF


def points(text: str, per: float = 20) -> float | None:
    """Return a length in points: plain figures count `per` to the point, others name their unit; None for no length."""
    length = _LENGTH.fullmatch(text.strip()) if len(text) < 20 else None
    if not length:
        return None
    number = float(length[1])
    return number * _POINTS[length[2]] if length[2] else number / per


def integer(text: str) -> int | None:
    """Return a whole number, None where there is none."""
    return int(text) if re.fullmatch(r"-?\d{1,9}", text.strip()) else None


def run_look(properties: Any, fonts: Mapping[str, str]) -> Look:
    """Return what run properties (rPr) state; `fonts` are the theme's by their roles."""
    look: Look = {}
    fonts_element = properties.find(f"{W}rFonts")
    if fonts_element is not None:
        for key, slots in (("east_asian", ("eastAsia",)), ("latin", ("ascii", "hAnsi"))):
            for slot in slots:
                role = attribute(fonts_element, f"{slot}Theme")
                if face := (fonts.get(role, "") if role else "") or attribute(fonts_element, slot):
                    look.setdefault(key, face)
    if (size := points(value_of(properties, "sz") or "", 2)) is not None:
        look["size"] = size
    if (spacing := points(value_of(properties, "spacing") or "")) is not None:
        look["spacing"] = spacing
    for key, tag in (("bold", "b"), ("hidden", "vanish")):
        if (on := switched_on(properties, tag)) is not None:
            look[key] = on
    if (colour := value_of(properties, "color")) is not None:
        look["colour"] = "" if colour == "auto" else colour.upper()[:6]
    return look


def paragraph_look(properties: Any) -> Look:
    """Return what paragraph properties (pPr) state, lengths in points."""
    look: Look = {}
    if alignment := value_of(properties, "jc"):
        look["alignment"] = _ALIGNMENTS.get(alignment, alignment)
    if (level := integer(value_of(properties, "outlineLvl") or "")) is not None:
        look["level"] = level if 0 <= level < 9 else None
    if (on := switched_on(properties, "pageBreakBefore")) is not None:
        look["page_break_before"] = on
    if (indents := properties.find(f"{W}ind")) is not None:
        look |= _indents(indents)
    if (spacing := properties.find(f"{W}spacing")) is not None:
        look |= _spacing(spacing)
    numbered = properties.find(f"{W}numPr")
    if numbered is not None:
        for key, tag in (("number", "numId"), ("number_level", "ilvl")):
            if (number := integer(value_of(numbered, tag) or "")) is not None:
                look[key] = number
    return look


def _indents(indents: Any) -> Look:
    look: Look = {}
    for key, slots in (("left", ("left", "start")), ("right", ("right", "end"))):
        for slot in slots:
            if (length := points(attribute(indents, slot))) is not None:
                look[key] = length
    for slot, sign in (("firstLine", 1), ("hanging", -1)):
        if (length := points(attribute(indents, slot))) is not None:
            look["first_line"] = sign * length
            look.setdefault("first_line_chars", None)
        if (characters := integer(attribute(indents, f"{slot}Chars"))) is not None:
            look["first_line_chars"] = sign * characters / 100 if characters else None
    return look


def _spacing(spacing: Any) -> Look:
    look: Look = {}
    line, rule = attribute(spacing, "line"), attribute(spacing, "lineRule")
    if line:
        pitch = {"exact": Pitch.EXACT, "atLeast": Pitch.LEAST}.get(rule, Pitch.MULTIPLE)
        if (length := points(line, 240 if pitch is Pitch.MULTIPLE else 20)) is not None:
            look |= {"pitch": pitch, "line": length}
    for side in ("before", "after"):
        if (length := points(attribute(spacing, side))) is not None:
            look[side] = length
    return look


@dataclass(frozen=True, slots=True)
class Style:
    """A style as the file has it: what it is based on, what it states itself."""

    name: str
    kind: str
    base: str
    run: Look
    paragraph: Look


@dataclass(frozen=True, slots=True)
class Styles:
    """All styles of a document; looks of a style are complete, with what it is based on and the defaults."""

    styles: Mapping[str, Style] = field(default_factory=dict)
    run: Look = field(default_factory=dict)
    paragraph: Look = field(default_factory=dict)
    fonts: Mapping[str, str] = field(default_factory=dict)
    default: str = ""
    """The id of the paragraph style that holds where none is named."""

    def of_paragraph(self, style: str) -> tuple[Style | None, Look, Look]:
        """Return a paragraph style by its id, and the looks of runs and of paragraphs that come of it."""
        named = self.styles.get(style) or self.styles.get(self.default)
        run, paragraph = dict(self.run), dict(self.paragraph)
        for one in self._chain(named):
            run |= one.run
            paragraph |= one.paragraph
        if named and "level" not in paragraph and (heading := _HEADING.fullmatch(named.name.strip())):
            paragraph["level"] = int(heading[1]) - 1
        return named, run, paragraph

    def of_run(self, style: str) -> Look:
        """Return what a character style states, with what it is based on."""
        look: Look = {}
        for one in self._chain(self.styles.get(style)):
            look |= one.run
        return look

    def _chain(self, style: Style | None) -> Iterator[Style]:
        chain: list[Style] = []
        while style is not None and len(chain) < _MOST_BASES and style not in chain:
            chain.append(style)
            style = self.styles.get(style.base)
        return reversed(chain)


def styles_of(root: Any, fonts: Mapping[str, str]) -> Styles:
    """Return the styles in the part of that name; None for a document without any."""
    if root is None:
        return Styles(fonts=fonts)
    run: Look = {}
    paragraph: Look = {}
    for properties in root.iterfind(f"{W}docDefaults/{W}rPrDefault/{W}rPr"):
        run |= run_look(properties, fonts)
    for properties in root.iterfind(f"{W}docDefaults/{W}pPrDefault/{W}pPr"):
        paragraph |= paragraph_look(properties)
    styles: dict[str, Style] = {}
    default = ""
    for element in root.iterfind(f"{W}style"):
        key, kind = attribute(element, "styleId"), attribute(element, "type")
        own_run, own_paragraph = element.find(f"{W}rPr"), element.find(f"{W}pPr")
        styles[key] = Style(
            name=value_of(element, "name") or key,
            kind=kind,
            base=value_of(element, "basedOn") or "",
            run={} if own_run is None else run_look(own_run, fonts),
            paragraph={} if own_paragraph is None else paragraph_look(own_paragraph),
        )
        if kind in ("paragraph", "") and attribute(element, "default").lower() not in ("", *_OFF):
            default = key
    return Styles(styles, run, paragraph, fonts, default)


def theme_fonts(root: Any) -> dict[str, str]:
    """Return the fonts of a theme by the roles that text names them by; Chinese ones where it lists them by script."""
    roles: dict[str, str] = {}
    for role, tag in (("major", "majorFont"), ("minor", "minorFont")):
        for fonts in root.iter(f"{_A}{tag}"):
            faces = {child.tag: str(child.get("typeface") or "") for child in fonts if isinstance(child.tag, str)}
            chinese = [one.get("typeface") for one in fonts.iterfind(f"{_A}font") if one.get("script") == "Hans"]
            latin = faces.get(f"{_A}latin", "")
            roles |= {f"{role}Ascii": latin, f"{role}HAnsi": latin}
            roles[f"{role}EastAsia"] = faces.get(f"{_A}ea", "") or str(next(iter(chinese), "") or "")
    return roles


def section_of(properties: Any) -> Section:
    """Return what section properties (sectPr) state; headers and footers are added by who can read them."""
    size, margins = properties.find(f"{W}pgSz"), properties.find(f"{W}pgMar")
    grid, columns = (properties.find(f"{W}{tag}") for tag in ("docGrid", "cols"))

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
        grid_chars=None if grid is None else integer(attribute(grid, "charSpace")),
        columns=1 if columns is None else integer(attribute(columns, "num")) or 1,
        title_page=bool(switched_on(properties, "titlePg")),
    )
