"""The layout profile (公文版式): national, or as a city has it; and which typefaces this computer has."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import lru_cache
from typing import Any

from qtool.faults import Fault, fault
from qtool.office.word.page_form import NATIONAL, PageForm
from qtool.settings import Mistake, Section

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
_NAMES = ("版式", "版头", "加盖印章", "发文字号", *("发文机关标志", "签发人", "抄送", "印发机关"), *MEASURES, *FACES)


def profile_of(written: Mapping[str, Any]) -> tuple[Profile, tuple[Fault, ...]]:
    """Return the profile that the settings describe, and what is wrong, which counts as not written."""
    profile, mistakes = read_profile(written)
    return profile, tuple(fault("D07", file=SETTINGS, sheet=SECTION, **mistake._asdict()) for mistake in mistakes)


def read_profile(written: Mapping[str, Any]) -> tuple[Profile, list[Mistake]]:
    """Return the profile that the settings describe, and what is written wrongly."""
    section = Section(written)
    for name in written:
        if name not in _NAMES:
            section.reject(name, "没有这一项", f"请删去，或改成这些之一：{'、'.join(_NAMES)}")
    name = section.choice("版式", tuple(FORMS), next(iter(FORMS)))
    profile = Profile(
        name=name,
        form=_form(section, FORMS[name], written.get("加盖印章", True)),
        head=Head(section.choice("版头", tuple(head.value for head in Head), Head.PRINTED.value)),
        mark=section.text("发文机关标志", lines=True),
        numbers=_numbers(section, written.get("发文字号", {})),
        signer=section.text("签发人", lines=True),
        copied=section.text("抄送", lines=True),
        printed_by=section.text("印发机关", lines=True),
    )
    return profile, section.mistakes


def _form(section: Section, form: PageForm, sealed: object) -> PageForm:
    sizes = {
        attribute: float(section.number(title, getattr(form, attribute), low, high))
        for title, (attribute, low, high) in MEASURES.items()
    }
    faces = {face: section.text(title, face, lines=True) for title, face in FACES.items()}
    if not isinstance(sealed, bool):
        section.reject("加盖印章", f"“{sealed}”不对", "请填 true（盖章）或 false（不盖章）")
        sealed = True
    others = {face: text for face, text in faces.items() if text != face}
    return replace(form, sealed=sealed, faces=others, **sizes)


def _numbers(section: Section, written: object) -> dict[str, str]:
    if isinstance(written, Mapping) and all(isinstance(text, str) for text in written.values()):
        return {str(kind): text.strip() for kind, text in written.items()}
    section.reject("发文字号", "写法不对", '请写成 { 请示 = "……", 通报 = "……" } 的样子，名称加英文引号')
    return {}


_KINDS = re.compile(r"\s*\((?:TrueType|OpenType|All res)\)$")
_REGISTERED = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\Fonts"
_ENGLISH = {
    "fangsong": "仿宋",
    "kaiti": "楷体",
    "simhei": "黑体",
    "simsun": "宋体",
    "fangsong_gb2312": "仿宋_GB2312",
    "kaiti_gb2312": "楷体_GB2312",
    "fzxiaobiaosong-b05s": "方正小标宋简体",
}
"""The names that a Windows in English gives to Chinese typefaces."""


@lru_cache(maxsize=1)
def installed() -> frozenset[str]:
    """Return the names of the installed typefaces, in Chinese where they have one; nothing where none is known."""
    names = _of_windows() or _of_fontconfig()
    return frozenset(names | {_ENGLISH[name.lower()] for name in names if name.lower() in _ENGLISH})


def _of_windows() -> set[str]:
    if sys.platform != "win32":
        return set()
    import winreg  # noqa: PLC0415 - there is none elsewhere

    names: set[str] = set()
    for root in (winreg.HKEY_LOCAL_MACHINE, winreg.HKEY_CURRENT_USER):
        with contextlib.suppress(OSError), winreg.OpenKey(root, _REGISTERED) as key:
            for number in range(winreg.QueryInfoKey(key)[1]):
                name = _KINDS.sub("", winreg.EnumValue(key, number)[0])
                names.update(part.strip() for part in name.split("&"))
    return names


def _of_fontconfig() -> set[str]:
    program = shutil.which("fc-list")
    if program is None:
        return set()
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        output = subprocess.run([program, ":", "family"], capture_output=True, check=True, timeout=30).stdout
        return {name.strip() for line in output.decode("utf-8", "replace").splitlines() for name in line.split(",")}
    return set()


_STAND_INS = {BODY: ("仿宋",), KAI: ("楷体",), TITLE: ("方正小标宋_GBK", "小标宋", "宋体"), HEI: (), SONG: ()}
"""What comes nearest to a typeface that may not be handed out with the program, the best first."""


def with_fonts(profile: Profile) -> tuple[Profile, tuple[Fault, ...]]:
    """Return the profile with stand-ins for the typefaces that are not installed here, and a warning that names them.

    Where nothing that could stand for one is installed either, the document keeps asking for the right one.
    """
    here = installed()
    faces = dict(profile.form.faces)
    wanted = {face: faces.get(face, face) for face in _STAND_INS}
    missing = {face: name for face, name in wanted.items() if name not in here}
    if not missing:
        return profile, ()
    names = []
    for face, name in missing.items():
        stand_in = next((other for other in _STAND_INS[face] if other in here), None)
        if stand_in:
            faces[face] = stand_in
        names.append(f"“{name}”{f'（暂用“{stand_in}”代替）' if stand_in else ''}")
    form = replace(profile.form, faces=faces)
    return replace(profile, form=form), (fault("D08", names="、".join(names)),)
