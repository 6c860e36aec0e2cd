"""Fonts, sizes and line pitch of a report, measured against GB/T 9704-2012 and what the campaign's profile changes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from qtool.faults import Fault, fault
from qtool.office.word.document import Paragraph, Pitch, Place, Run
from qtool.office.word.page_form import NATIONAL, PageForm
from qtool.official import profile
from qtool.official.parts import pitch_text, size_of
from qtool.reports.report_parts import ReportParts

_CHINESE = re.compile("[\u3400-\u9fff]")
_ENOUGH = 10
"""Characters that must be wrong before it is told: a sign from another program is no fault of form."""
_SHOWN = 14
_LEVEL_1 = re.compile(r"[一二三四五六七八九十]+、")
_LEVEL_2 = re.compile(r"[（(][一二三四五六七八九十]+[）)]")
_SHORT = 40
"""Characters of a paragraph that is nothing but a heading."""
PITCH_LOW, PITCH_HIGH = 28.0, 30.0
"""Points between two lines; 22 lines on a page of 225 mm are 28.95."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a kind of paragraph looks like: how it is called, words that names of its font hold, its size in points.

    `face` is the typeface by which a profile may name another one.
    """

    role: str
    face: str
    wanted: str
    fonts: tuple[str, ...]
    size: float

    def has(self, font: str, form: PageForm) -> bool:
        """Return whether a font is one that it may have."""
        name = font.lower().replace(" ", "").replace("_", "")
        return any(word in name for word in self.fonts) or font == form.faces.get(self.face)


TITLE = Look("标题", profile.TITLE, "小标宋体（方正小标宋简体）", ("小标宋", "xbs"), 22.0)
BODY = Look("正文", profile.BODY, "仿宋（仿宋_GB2312）", ("仿宋", "fangsong"), 16.0)
LEVEL_1 = Look("一级标题", profile.HEI, "黑体", ("黑体", "simhei"), 16.0)
LEVEL_2 = Look("二级标题", profile.KAI, "楷体（楷体_GB2312）", ("楷体", "kaiti"), 16.0)
_LOOKS = (TITLE, LEVEL_1, LEVEL_2, BODY)


def form_faults(file: str, parts: ReportParts, form: PageForm = NATIONAL) -> Iterator[Fault]:
    """Yield what differs from the official form: R18 for fonts, R19 for sizes, R20 for the body's line pitch."""
    counts: Counter[tuple[str, Look, str]] = Counter()
    texts: dict[tuple[str, Look, str], str] = {}

    def add(code: str, look: Look, value: str, count: int, text: str) -> None:
        counts[code, look, value] += count
        texts[code, look, value] = texts.get((code, look, value)) or text.strip()[:_SHOWN]

    for look, paragraph in _roles(parts):
        for run in paragraph.runs:
            count = 0 if run.hidden else len(_CHINESE.findall(run.text))
            if count and not look.has(run.east_asian, form) and not _may_differ(look, paragraph, run, form):
                add("R18", look, run.east_asian or "没有指定的字体", count, run.text)
            if count and abs(run.size - look.size) > 0.25:
                add("R19", look, f"{run.size:g}", count, run.text)
        if look is BODY and not _has_pitch(paragraph, form):
            add("R20", look, pitch_text(paragraph), 1, paragraph.shown)
    for key, count in sorted(counts.items(), key=lambda item: item[0][0]):
        code, look, value = key
        if code == "R20" or count >= _ENOUGH:
            wanted = look.wanted if code == "R18" else f"{look.size:g}"
            yield fault(code, file=file, role=look.role, count=count, found=value, text=texts[key], wanted=wanted)


def _roles(parts: ReportParts) -> Iterator[tuple[Look, Paragraph]]:
    """Yield what each paragraph is; tables, boxes and the cover have a form of their own."""
    for heading, at in parts.places.items():
        yield (LEVEL_1 if heading.level == 0 else LEVEL_2), parts.paragraphs[at]
    for paragraph in title_of(parts):
        yield TITLE, paragraph
    for _, paragraph in parts.body:
        if paragraph.place is Place.BODY and paragraph.shown.strip():
            yield _role(paragraph), paragraph


def title_of(parts: ReportParts) -> list[Paragraph]:
    """Return the lines of the report's title: the last lines before its first heading that stand in the middle."""
    lines: list[Paragraph] = []
    for paragraph in reversed(parts.front):
        if not paragraph.shown.strip():
            continue
        if paragraph.alignment != "center" or paragraph.place is not Place.BODY:
            if lines:
                break
            continue
        if lines and abs(size_of(paragraph) - size_of(lines[0])) > 1:
            break  # the cover, whose page break another program may write otherwise
        lines.append(paragraph)
        if paragraph.page_break_before or len(lines) == 3:
            break
    return lines if any("自评" in paragraph.shown for paragraph in lines) else []


def _role(paragraph: Paragraph) -> Look:
    text = (paragraph.label + paragraph.shown).strip()
    if len(text) <= _SHORT and not text.endswith(("。", "；", "：")):
        if _LEVEL_1.match(text):
            return LEVEL_1
        if _LEVEL_2.match(text):
            return LEVEL_2
    return BODY


def _may_differ(look: Look, paragraph: Paragraph, run: Run, form: PageForm) -> bool:
    """Return whether a run may have another font than its paragraph: a heading that a paragraph begins with."""
    if look is not BODY or len(paragraph.runs) < 2 or paragraph.runs[0] is not run:
        return False
    return any(one.has(run.east_asian, form) for one in _LOOKS if one is not TITLE) and "。" in run.text[-1:]


def _has_pitch(paragraph: Paragraph, form: PageForm) -> bool:
    """Return whether the distance of lines is laid down as it should be."""
    low, high = min(PITCH_LOW, form.pitch), max(PITCH_HIGH, form.pitch)
    return paragraph.pitch is Pitch.EXACT and low <= paragraph.line <= high
