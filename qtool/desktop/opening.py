"""Files and folders opened with the programs that the user's system has for them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path


class CannotOpen(Exception):
    """Nothing opened a file; says why, in Chinese."""


def open_path(path: Path) -> None:
    """Open a file with its program, or a folder; raises CannotOpen."""
    if not path.exists():
        raise CannotOpen(f"“{path.name}”不在了，可能被移走或删除了")
    try:
        if sys.platform == "win32":
            os.startfile(path)  # noqa: S606 - the very thing that is wanted: what Explorer does on a double-click
            return
        opener = shutil.which("xdg-open")
        if opener is None:
            raise CannotOpen(f"这台电脑没有能打开文件的程序，文件在 {path}")
        program = subprocess.Popen(
            [opener, str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        threading.Thread(target=program.wait, name="qtool-opened", daemon=True).start()  # or it would stay, ended
    except OSError as error:
        raise CannotOpen(f"打不开“{path.name}”，请检查有没有安装 Excel、Word 或 WPS，文件是不是完好") from error
