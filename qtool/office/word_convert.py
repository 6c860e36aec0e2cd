"""Old documents made into .docx by LibreOffice, where it is installed: in a profile of its own, within a time limit."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from qtool.office.unreadable import Unreadable
from qtool.office.word_kind import WordKind, content_of, word_kind
from qtool.workspace import refusal

SECONDS = 120
"""How long one document may take; a report of two hundred pages takes ten seconds."""
_ENDINGS = {WordKind.DOC: "doc", WordKind.ODT: "odt", WordKind.RTF: "rtf"}
_WINDOWS = ("soffice.com", "soffice.exe")
"""The first one waits for its end, the second is the one that the menu starts."""


class NoOffice(Unreadable):
    """There is no LibreOffice on this computer."""

    def __init__(self) -> None:
        super().__init__("这台电脑上没有 LibreOffice，不能转换旧格式")


def soffice() -> Path | None:
    """Return LibreOffice's program, None where it is not installed."""
    for name in ("soffice", "libreoffice"):
        if found := shutil.which(name):
            return Path(found)
    homes = [os.environ.get(name, "") for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "PROGRAMW6432")]
    places = [Path(home) / "LibreOffice" / "program" / name for home in homes if home for name in _WINDOWS]
    places.append(Path("/Applications/LibreOffice.app/Contents/MacOS/soffice"))
    return next((place for place in places if place.is_file()), None)


def to_docx(source: Path | bytes, seconds: float = SECONDS) -> bytes:
    """Return a .doc, .wps, .odt or .rtf document as the bytes of a .docx.

    Raises NoOffice where LibreOffice is missing, and Unreadable with the reason where it did not manage.
    """
    content = source if isinstance(source, bytes) else content_of(source)
    ending = _ENDINGS.get(word_kind(content))
    if ending is None:
        raise Unreadable("不是能转换的文档")
    program = soffice()
    if program is None:
        raise NoOffice
    with tempfile.TemporaryDirectory(prefix="qtool-", ignore_cleanup_errors=True) as folder:
        return _converted(program, Path(folder), content, ending, seconds)


def _converted(program: Path, folder: Path, content: bytes, ending: str, seconds: float) -> bytes:
    source, out = folder / f"document.{ending}", folder / "out"
    try:
        source.write_bytes(content)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        options = [profile, "--headless", "--norestore", "--nolockcheck", "--convert-to", "docx:MS Word 2007 XML"]
        _run([str(program), *options, "--outdir", str(out), str(source)], seconds)
        made = out / "document.docx"
        if not made.is_file():
            raise Unreadable("LibreOffice 没有转换成功，文件可能已损坏或设有密码")
        return made.read_bytes()
    except OSError as error:
        raise Unreadable(f"LibreOffice 不能运行（{refusal(error)}）") from error


def _run(command: list[str], seconds: float) -> None:
    """Run a command; one that takes too long is ended with the processes it started."""
    none, alone = subprocess.DEVNULL, sys.platform != "win32"
    with subprocess.Popen(command, stdin=none, stdout=none, stderr=none, start_new_session=alone) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise Unreadable(f"LibreOffice 用了{seconds:g}秒还没有转换完") from error
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
