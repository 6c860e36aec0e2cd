"""What a file is, told from its content: names are typed by people and changed on the way."""

from __future__ import annotations

import codecs
import re
import struct
from enum import Enum, auto
from typing import TYPE_CHECKING

from qtool.office.archive.file_health import ARCHIVES, OLE
from qtool.office.archive.members import Unopened
from qtool.office.archive.zip_reader import DAMAGED, BadZip, ZipReader

if TYPE_CHECKING:
    from qtool.office.archive.ole_file import Storage


class Kind(Enum):
    """What a file is."""

    XLSX = auto()  # with .xlsm and templates
    XLSB = auto()
    ODS = auto()
    XLS = auto()  # with WPS's .et
    ENCRYPTED = auto()  # a workbook that wants a password
    DAMAGED = auto()  # the directory inside cannot be read
    ZIP = auto()
    RAR_OR_7Z = auto()  # and other archives that are not opened
    EML = auto()
    MSG = auto()
    HTML = auto()  # also what was saved as a web page or as XML and named .xls
    TEXT = auto()
    DOCUMENT = auto()  # Word, PDF, OFD, presentations, pictures
    EMPTY = auto()
    UNKNOWN = auto()


_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08", b"PK00PK")
_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00", b"\x09\x08\x10\x00")
"""The first records of Excel files older than the OLE shell, 2 to 5, which some programs still write."""
_ARCHIVES = (*ARCHIVES, b"MSCF\x00\x00\x00\x00")
_PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*", b"\xd7\xcd\xc6\x9a")
_DOCUMENTS = (b"%PDF-", b"{\\rtf", b"%!PS")
_CONTENT = re.compile(rb"[^\0\t\n\r ]")

_ENCRYPTED_PACKAGE = "EncryptedPackage"
_OLE_DOCUMENTS = {"worddocument", "powerpoint document", "visiodocument"}
_FILEPASS = 0x2F

_TYPES = "[content_types].xml"
_TYPES_SIZE, _MANIFEST_SIZE = 1 << 20, 1 << 20
_SHEET_TYPE = re.compile(rb"(spreadsheetml\.(sheet|template)\.main|ms-excel\.\w+\.macroenabled)", re.IGNORECASE)
_BINARY_TYPE = re.compile(rb"ms-excel\.sheet\.binary", re.IGNORECASE)
_ZIP_DOCUMENTS = {_TYPES, "mimetype", "ofd.xml", "index/document.iwa"}

_HEAD = 1 << 13
_HTML = ("<html", "<!doctype html", "<head", "<meta", "<style", "<body", "<table", "<div", "<script")
_HTML_INSIDE = ("<html", "urn:schemas-microsoft-com:office:spreadsheet", "urn:oasis:names:tc:opendocument")
_NO_TEXT = re.compile(rb"[\0-\x08\x0e-\x19\x1c-\x1f]")
_MAIL_HEADERS = {
    *("from", "to", "cc", "subject", "date", "sender", "reply-to", "received", "return-path", "delivered-to"),
    *("message-id", "mime-version", "content-type", "content-transfer-encoding", "x-mailer", "dkim-signature"),
}
_WEB_ARCHIVE = {"x-document-type", "snapshot-content-location"}


def kind_of(content: bytes, name: str = "") -> Kind:
    """Return what a file is; the name decides only between a text and a mail with hardly a header."""
    if not _CONTENT.search(content.removeprefix(codecs.BOM_UTF8)):
        return Kind.EMPTY
    if content.startswith(OLE):
        return _ole_kind(content)
    if content.startswith(_ZIP):
        return _zip_kind(content)
    if content.startswith(_BIFF):
        return Kind.XLS
    if content.startswith(_ARCHIVES) or content[257:262] == b"ustar":
        return Kind.RAR_OR_7Z
    if is_picture(content) or content.startswith(_DOCUMENTS):
        return Kind.DOCUMENT
    return _text_kind(content, name)


def is_picture(content: bytes) -> bool:
    """Return whether a file is a picture."""
    web, phone = content[:4] == b"RIFF" and content[8:12] == b"WEBP", content[4:8] == b"ftyp"
    bitmap = content[:2] == b"BM" and content[6:10] == b"\0\0\0\0"
    return content.startswith(_PICTURES) or web or phone or bitmap


def _ole_kind(content: bytes) -> Kind:
    from qtool.office.archive.ole_file import open_ole  # noqa: PLC0415 - slow to import, and few files are of this kind

    try:
        with open_ole(content) as root:
            return _root_kind(root)
    except Unopened:
        encrypted = _ENCRYPTED_PACKAGE.encode("utf-16-le") in content
        return Kind.ENCRYPTED if encrypted else Kind.DAMAGED


def _root_kind(root: Storage) -> Kind:
    names = set(root.names)
    if _ENCRYPTED_PACKAGE.lower() in names:
        return Kind.ENCRYPTED
    for book in ("workbook", "book"):
        if book in names:
            return Kind.ENCRYPTED if _wants_password(root.stream(book)) else Kind.XLS
    if "__properties_version1.0" in names:
        return Kind.MSG
    return Kind.DOCUMENT if names & _OLE_DOCUMENTS else Kind.UNKNOWN


def _wants_password(book: bytes) -> bool:
    """Return whether the record that says so is among the first, where it must stand."""
    at = 0
    for _ in range(4):
        if at + 4 > len(book):
            break
        record, size = struct.unpack_from("<2H", book, at)
        if record == _FILEPASS:
            return True
        at += 4 + size
    return False


def _zip_kind(content: bytes) -> Kind:
    try:
        package = ZipReader(content)
    except BadZip as error:
        return Kind.DAMAGED if error.reason == DAMAGED else Kind.ZIP
    entries = {entry.name.replace("\\", "/").lower(): entry for entry in package.entries}
    if "xl/workbook.xml" in entries:
        return Kind.XLSX
    if "xl/workbook.bin" in entries:
        return Kind.XLSB
    if _TYPES in entries:
        types = package.beginning(entries[_TYPES], _TYPES_SIZE)
        if _BINARY_TYPE.search(types):
            return Kind.XLSB
        if _SHEET_TYPE.search(types):
            return Kind.XLSX
    if "mimetype" in entries and b"opendocument.spreadsheet" in package.beginning(entries["mimetype"], 100):
        manifest = entries.get("meta-inf/manifest.xml")
        encrypted = manifest is not None and b"encryption-data" in package.beginning(manifest, _MANIFEST_SIZE)
        return Kind.ENCRYPTED if encrypted else Kind.ODS
    return Kind.DOCUMENT if entries.keys() & _ZIP_DOCUMENTS else Kind.ZIP


def _text_kind(content: bytes, name: str) -> Kind:
    raw = content[:_HEAD].lstrip(b"\r\n\t ")
    wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    head = raw.decode("utf-16" if wide else "latin-1", "replace").removeprefix("ï»¿").lstrip().lower()
    if head.startswith(_HTML) or (head.startswith(("<?xml", "<!--")) and any(sign in head for sign in _HTML_INSIDE)):
        return Kind.HTML
    headers = _headers(head)
    if headers & _WEB_ARCHIVE or (headers and name.lower().endswith((".mht", ".mhtml"))):
        return Kind.HTML
    if len(headers & _MAIL_HEADERS) >= (1 if name.lower().endswith(".eml") else 2):
        return Kind.EML
    return Kind.TEXT if wide or _is_text(raw) else Kind.UNKNOWN


def _headers(head: str) -> set[str]:
    """Return the names of the headers that a file begins with, if it begins with headers."""
    names = set()
    for number, line in enumerate(head.split("\n")):
        name, colon, _ = line.partition(":")
        if colon and name.isascii() and name.replace("-", "").replace("_", "").isalnum():
            names.add(name)
        elif not line.startswith((" ", "\t")) and not (number == 0 and line.startswith("from ")):
            break
    return names


def _is_text(raw: bytes) -> bool:
    if _NO_TEXT.search(raw):
        return False
    for codec in ("utf-8", "gb18030"):
        try:
            codecs.getincrementaldecoder(codec)().decode(raw)
        except UnicodeDecodeError:
            continue
        return True
    return False
