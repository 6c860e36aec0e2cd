"""LibreOffice, where it is installed: documents converted without a window, each run with a profile of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

_NAMES = ("soffice", "libreoffice")
_FOLDERS = (
    r"C:\Program Files\LibreOffice\program",
    r"C:\Program Files (x86)\LibreOffice\program",
    "/Applications/LibreOffice.app/Contents/MacOS",
)
_START, _EACH = 120, 60
"""Seconds that the program may take to start, and for each document."""


def libreoffice() -> Path | None:
    """Return where LibreOffice is, or None."""
    for name in _NAMES:
        if path := shutil.which(name):
            return Path(path)
    for folder in _FOLDERS:
        for name in ("soffice.com", "soffice.exe", "soffice"):
            if (file := Path(folder) / name).is_file():
                return file
    return None


def convert(sources: Sequence[Path], ending: str) -> dict[Path, bytes]:
    """Return the sources that LibreOffice could convert, with the bytes that it made of them.

    `ending` is that of the wanted format, as pdf or docx. Sources of the same name do not disturb each other. Nothing
    is returned where there is no LibreOffice, or where it does not answer in time.
    """
    program = libreoffice()
    if program is None or not sources:
        return {}
    with tempfile.TemporaryDirectory(prefix="qtool-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        inputs, out = folder / "in", folder / "out"
        inputs.mkdir()
        copies = {source: inputs / f"{number}{source.suffix.lower()}" for number, source in enumerate(sources)}
        for source, copy in copies.items():
            shutil.copyfile(source, copy)
        command = [str(program), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore"]
        command += ["--convert-to", ending, "--outdir", str(out), *map(str, copies.values())]
        _run(command, _START + _EACH * len(sources))
        results = {source: out / f"{copy.stem}.{ending}" for source, copy in copies.items()}
        return {source: path.read_bytes() for source, path in results.items() if path.is_file()}


def _run(command: Sequence[str], patience: float) -> None:
    """Run a program to its end; when its time is up, it ends with all that it started."""
    quiet = subprocess.DEVNULL
    flags = 0x08000000 if sys.platform == "win32" else 0  # without a window of its own
    with (
        contextlib.suppress(OSError),
        subprocess.Popen(
            command, stdout=quiet, stderr=quiet, creationflags=flags, start_new_session=sys.platform != "win32"
        ) as child,
    ):
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(OSError):
                if sys.platform == "win32":
                    child.kill()
                else:
                    os.killpg(child.pid, signal.SIGKILL)
