"""The layout profile (公文版式): the national one, the one for electronic documents, and what a city does otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, NamedTuple

from qtool.faults import Fault, fault
from qtool.office.word.page_form import NATIONAL, PageForm

BODY, KAI, HEI, SONG, TITLE = "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体", "方正小标宋简体"
"""The typefaces of official documents, by the names that Word knows them by."""
SETTINGS, SECTION = "qtool.toml", "公文"


class Head(Enum):
    """How a document is headed (版头); the value is what users write."""

    PRINTED = "套红"
    LEFT_BLANK = "预印"
    NONE = "无"


@dataclass(frozen=True, slots=True)
class Profile:
    """How official documents look, and what stands in their heads and feet; empty texts are left to be filled in.

    `numbers` are the document numbers (发文字号) by the kind of document.
    """

    name: str = "GB/T 9704-2012"
    form: PageForm = NATIONAL
    head: Head = Head.PRINTED
    mark: str = ""
    numbers: Mapping[str, str] = field(default_factory=dict)
    signer: str = ""
    copied: str = ""
    printed_by: str = ""


ELECTRONIC = PageForm(top=34.58, bottom=32.58, left=28, right=26, foot=20.58, pitch=29.45)
"""GB/T 33476.2-2016: the same width, a text block of 229.84 mm."""
FORMS = {"GB/T 9704-2012": NATIONAL, "GB/T 33476.2-2016": ELECTRONIC}

_TEXTS = ("发文机关标志", "签发人", "抄送", "印发机关")
MEASURES = {
    "上边距": ("top", 10, 60),
    "下边距": ("bottom", 10, 60),
    "左边距": ("left", 10, 60),
    "右边距": ("right", 10, 60),
    "页码距下边": ("foot", 5, 55),
    "行距": ("pitch", 20, 40),
}
"""Lengths in mm and the pitch in points: the attribute of the form, and its limits."""
FACES = {"正文字体": BODY, "楷体字体": KAI, "黑体字体": HEI, "宋体字体": SONG, "标题字体": TITLE}
_KNOWN = ("版式", "版头", "加盖印章", "发文字号", *_TEXTS, *MEASURES, *FACES)


def profile_of(written: Mapping[str, Any]) -> tuple[Profile, tuple[Fault, ...]]:
    """Return the profile that the settings describe, and what is wrong, which counts as not written."""
    reading = _Reading(written)
    return reading.profile(), tuple(
        fault("D07", file=SETTINGS, sheet=SECTION, name=name, problem=problem, remedy=remedy)
        for name, problem, remedy in reading.mistakes
    )


class Mistake(NamedTuple):
    """An entry that is written wrongly: which one, what is wrong, what to do."""

    name: str
    problem: str
    remedy: str


def mistakes_in(written: Mapping[str, Any]) -> list[Mistake]:
    """Return all that is wrong in what the settings say of official documents."""
    reading = _Reading(written)
    reading.profile()
    return reading.mistakes


class _Reading:
    """The table 公文 of the settings being read."""

    def __init__(self, written: Mapping[str, Any]) -> None:
        self._written = written
        self.mistakes: list[Mistake] = []

    def profile(self) -> Profile:
        for name in self._written:
            if name not in _KNOWN:
                self._wrong(name, "没有这一项", f"请删去，或改成这些之一：{'、'.join(_KNOWN)}")
        name = self._one_of("版式", tuple(FORMS))
        form = self._form(FORMS[name])
        head = Head(self._one_of("版头", tuple(head.value for head in Head)))
        return Profile(
            name=name,
            form=form,
            head=head,
            mark=self._text("发文机关标志"),
            numbers=self._numbers(),
            signer=self._text("签发人"),
            copied=self._text("抄送"),
            printed_by=self._text("印发机关"),
        )

    def _form(self, form: PageForm) -> PageForm:
        sizes = {}
        for title, (attribute, low, high) in MEASURES.items():
            found = self._written.get(title)
            if found is None:
                continue
            if isinstance(found, bool) or not isinstance(found, (int, float)) or not low <= found <= high:
                self._wrong(title, f"“{found}”不对", f"请填{low}至{high}之间的数，不带单位")
            else:
                sizes[attribute] = float(found)
        faces = {face: text for title, face in FACES.items() if (text := self._text(title)) and text != face}
        sealed = self._written.get("加盖印章", True)
        if not isinstance(sealed, bool):
            self._wrong("加盖印章", f"“{sealed}”不对", "请填 true（盖章）或 false（不盖章）")
            sealed = True
        return replace(form, sealed=sealed, faces=faces, **sizes)

    def _text(self, title: str) -> str:
        found = self._written.get(title, "")
        if isinstance(found, str):
            return found.strip()
        self._wrong(title, f"“{found}”不是文字", "请把内容写在英文引号里")
        return ""

    def _one_of(self, title: str, allowed: tuple[str, ...]) -> str:
        found = self._written.get(title, allowed[0])
        if found in allowed:
            return str(found)
        self._wrong(title, f"“{found}”不对", f"请填{'、'.join(f'“{one}”' for one in allowed)}之一")
        return allowed[0]

    def _numbers(self) -> dict[str, str]:
        found = self._written.get("发文字号", {})
        if isinstance(found, Mapping) and all(isinstance(text, str) for text in found.values()):
            return {str(kind): text.strip() for kind, text in found.items()}
        self._wrong("发文字号", "写法不对", '请写成 { 请示 = "……", 通报 = "……" } 的样子，名称加英文引号')
        return {}

    def _wrong(self, name: str, problem: str, remedy: str) -> None:
        self.mistakes.append(Mistake(name, problem, remedy))
