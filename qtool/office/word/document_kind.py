"""What a file that ought to be a Word document is, told from its content; LibreOffice makes old ones new."""

from __future__ import annotations

import tempfile
from enum import Enum
from pathlib import Path

from qtool.office.archive.file_health import OLE
from qtool.office.archive.file_kind import Kind, is_picture, kind_of
from qtool.office.archive.members import DAMAGED, Unopened, Unreadable, locked
from qtool.office.archive.ole_file import open_ole
from qtool.office.archive.package import Package
from qtool.office.libreoffice import convert, libreoffice
from qtool.workspace import refusal

MOST_BYTES = 300 << 20
"""Bytes of a document that is read; a report with photographs has tens of millions."""
_NOT_WORD = "不是 Word 文档"


class WordKind(Enum):
    """What a file is, as far as it concerns a reader of documents; the value is what users read."""

    DOCX = "Word 文档(.docx)"
    DOC = "旧版 Word 或 WPS 文档(.doc、.wps)"
    ODT = "OpenDocument 文档(.odt)"
    RTF = "RTF 文档"
    PDF = "PDF"
    PICTURE = "图片"
    ENCRYPTED = "设有打开密码的文件"
    OTHER = "别的文件"


CONVERTIBLE = (WordKind.DOC, WordKind.ODT, WordKind.RTF)
"""What LibreOffice makes a .docx of."""


def content_of(path: Path) -> bytes:
    """Return a document's bytes; raises Unreadable where it is too large, or cannot be had."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Unreadable(f"文件太大（超过{MOST_BYTES >> 20}MB）")
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(refusal(error)) from error


def word_kind(content: bytes) -> WordKind:
    """Return what a file is; no content makes this fail."""
    if content.startswith(b"%PDF-"):
        return WordKind.PDF
    if content.startswith(b"{\\rtf"):
        return WordKind.RTF
    if content.startswith(OLE):
        return _ole_kind(content)
    if content.startswith(b"PK"):
        return _zip_kind(content)
    return WordKind.PICTURE if is_picture(content) else WordKind.OTHER


def _ole_kind(content: bytes) -> WordKind:
    try:
        with open_ole(content) as root:
            names = set(root.names)
    except Unopened:
        return WordKind.OTHER
    if "encryptedpackage" in names:
        return WordKind.ENCRYPTED
    return WordKind.DOC if "worddocument" in names else WordKind.OTHER


def _zip_kind(content: bytes) -> WordKind:
    try:
        package = Package(content)
        if main_part(package):
            return WordKind.DOCX
        mime = package.part("mimetype", 200) if "mimetype" in package else b""
    except Unreadable:
        return WordKind.OTHER
    return WordKind.ODT if mime.startswith(b"application/vnd.oasis.opendocument.text") else WordKind.OTHER


def main_part(package: Package) -> str:
    """Return the name of a package's document, '' when it holds none; raises Unreadable for a damaged one."""
    target = next((r.target for r in package.relations("") if r.kind == "officeDocument"), "")
    for name in (target, "word/document.xml"):
        if name and name in package and not name.startswith(("xl/", "ppt/")):
            return name
    return ""


def unlike_a_document(content: bytes) -> Unreadable:
    """Return what to raise for bytes that are no .docx: it names what they are, where that is sure."""
    kind = word_kind(content)
    if kind is WordKind.ENCRYPTED:
        return locked()
    if kind in (WordKind.PDF, WordKind.PICTURE, *CONVERTIBLE):
        return Unreadable(f"是{kind.value}，{_NOT_WORD}(.docx)")
    other = kind_of(content[: 64 << 20])
    if other is Kind.ENCRYPTED:
        return locked()
    if reason := _OTHERS.get(other):
        return Unreadable(reason)
    # A package that begins well and is no document was cut off, or was broken, on its way.
    return Unreadable(DAMAGED if content.startswith((b"PK", OLE)) else _NOT_WORD)


_OTHERS = {
    Kind.EMPTY: "文件是空的",
    **dict.fromkeys((Kind.XLSX, Kind.XLSB, Kind.XLS, Kind.ODS), f"是电子表格，{_NOT_WORD}"),
    Kind.RAR_OR_7Z: f"是压缩包（rar、7z 等），{_NOT_WORD}",
    Kind.ZIP: f"是压缩包（zip），{_NOT_WORD}",
    Kind.HTML: f"其实是网页，{_NOT_WORD}",
    **dict.fromkeys((Kind.TEXT, Kind.EML), f"是文本文件，{_NOT_WORD}"),
    Kind.DAMAGED: DAMAGED,
}
"""What other files are called."""
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
            docx = convert([path], "docx").get(path)
    except OSError as error:
        raise Unreadable(f"LibreOffice 不能运行（{refusal(error)}）") from error
    if docx is None:
        raise Unreadable("LibreOffice 没有转换成功，文件可能已损坏或设有密码")
    return docx
