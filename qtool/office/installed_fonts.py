"""The typefaces that this computer has."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
from functools import lru_cache

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

    found: set[str] = set()
    for root in (winreg.HKEY_LOCAL_MACHINE, winreg.HKEY_CURRENT_USER):
        with contextlib.suppress(OSError), winreg.OpenKey(root, _REGISTERED) as key:
            for number in range(winreg.QueryInfoKey(key)[1]):
                name = _KINDS.sub("", winreg.EnumValue(key, number)[0])
                found.update(part.strip() for part in name.split("&"))
    return found


def _of_fontconfig() -> set[str]:
    program = shutil.which("fc-list")
    if program is None:
        return set()
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        said = subprocess.run([program, ":", "family"], capture_output=True, check=True, timeout=30).stdout
        return {name.strip() for line in said.decode("utf-8", "replace").splitlines() for name in line.split(",")}
    return set()
