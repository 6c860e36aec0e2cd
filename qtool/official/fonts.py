"""Typefaces of official documents: which this computer has, and what stands for those that it lacks."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import lru_cache

from qtool.faults import Fault, fault
from qtool.official.profile import BODY, HEI, KAI, SONG, TITLE, Profile

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
