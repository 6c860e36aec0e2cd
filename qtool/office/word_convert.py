"""Old documents made into .docx by LibreOffice, where it is installed."""

from __future__ import annotations

import tempfile
from pathlib import Path

from qtool.office.libreoffice import converted, libreoffice
from qtool.office.unreadable import Unreadable
from qtool.office.word_kind import WordKind, content_of, word_kind
from qtool.workspace import refusal

_ENDINGS = {WordKind.DOC: "doc", WordKind.ODT: "odt", WordKind.RTF: "rtf"}


class NoOffice(Unreadable):
    """There is no LibreOffice on this computer."""

    def __init__(self) -> None:
        super().__init__("这台电脑上没有 LibreOffice，不能转换旧格式")


def to_docx(source: Path | bytes) -> bytes:
    """Return a .doc, .wps, .odt or .rtf document as the bytes of a .docx.

    Raises NoOffice where LibreOffice is missing, and Unreadable with the reason where it did not manage in time.
    """
    content = source if isinstance(source, bytes) else content_of(source)
    ending = _ENDINGS.get(word_kind(content))
    if ending is None:
        raise Unreadable("不是能转换的文档")
    if libreoffice() is None:
        raise NoOffice
    try:
        with tempfile.TemporaryDirectory(prefix="qtool-", ignore_cleanup_errors=True) as folder:
            path = Path(folder) / f"document.{ending}"
            path.write_bytes(content)
            made = converted([path], "docx").get(path)
    except OSError as error:
        raise Unreadable(f"LibreOffice 不能运行（{refusal(error)}）") from error
    if made is None:
        raise Unreadable("LibreOffice 没有转换成功，文件可能已损坏或设有密码")
    return made
