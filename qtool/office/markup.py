"""XML of untrusted files by regular expressions: tags and their attributes, nothing declared, nothing expanded."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from qtool.office.unreadable import DAMAGED, DECLARED, Unreadable

_DECLARATION = re.compile(rb"""\s*<\?xml\b(?:[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["'])?[^>]*>""")
_USUAL = b'<?xml version="1.0" encoding="UTF-8"'
_ENCODINGS = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5", "iso-8859-1": "latin-1"}
"""The encodings besides UTF that are understood, by the names that declarations give them."""
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_UNMARKED = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_ASIDE = re.compile(rb"<!--|<!\[CDATA\[|<\?|<!")
_CLOSINGS = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}

_TAG = r"""<%s%s((?:\s++[\w.:-]++\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'))*+)\s*+(/?)>"""
_ATTRIBUTE = re.compile(rb"""([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_ENTITY = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(lt|gt|amp|quot|apos));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


@dataclass(frozen=True, slots=True)
class Tag:
    """A start tag: where it ends, its attributes as they are written, and whether it is closed at once."""

    end: int
    attributes: bytes
    closed: bool


def plain(xml: bytes) -> bytes:
    """Return XML as UTF-8 without its declaration, comments, instructions and CDATA sections.

    Raises Unreadable for anything declared (`<!DOCTYPE`), for what is never closed, and for other encodings.
    """
    xml = _utf8(xml)
    if (b"!" in xml and b"<!" in xml) or (b"?" in xml and b"<?" in xml):
        xml = b"".join(_without_asides(xml))
    return xml


def _utf8(xml: bytes) -> bytes:
    if xml.startswith(_USUAL):
        return xml[xml.find(b">") + 1 :]
    encoding = next((name for mark, name in (*_MARKS, *_UNMARKED) if xml.startswith(mark)), "")
    declared = _DECLARATION.match(xml) if encoding in ("", "utf-8") else None
    if not encoding and declared and declared[1]:
        encoding = _ENCODINGS.get(declared[1].decode().lower(), "")
    if encoding not in ("", "utf-8"):
        try:
            xml = xml.decode(encoding).encode()
        except UnicodeError as error:
            raise Unreadable(DAMAGED) from error
    xml = xml.removeprefix(codecs.BOM_UTF8)
    declared = _DECLARATION.match(xml)
    return xml[declared.end() :] if declared else xml


def _without_asides(xml: bytes) -> Iterator[bytes]:
    position = 0
    while found := _ASIDE.search(xml, position):
        start, closing = found.start(), _CLOSINGS.get(found[0])
        if closing is None:
            raise Unreadable(DECLARED)
        end = xml.find(closing, found.end())
        if end < 0:
            raise Unreadable(DAMAGED)
        yield xml[position:start]
        if closing == b"]]>":
            yield xml[found.end() : end].replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
        position = end + len(closing)
    yield xml[position:]


def tags(xml: bytes, name: str) -> list[Tag]:
    """Return the start tags of this name, whatever their prefixes."""
    pattern = _pattern(name, prefixed=f":{name}".encode() in xml)
    return [Tag(found.end(), found[1], bool(found[2])) for found in pattern.finditer(xml)]


@cache
def _pattern(name: str, *, prefixed: bool) -> re.Pattern[bytes]:
    return re.compile((_TAG % (r"(?:[\w.-]+:)?" if prefixed else "", name)).encode())


def attributes(written: bytes) -> dict[str, str]:
    """Return a tag's attributes by their names; a prefix stays with its name."""
    found = _ATTRIBUTE.findall(written)
    return {name.decode("utf-8", "replace"): unescaped(one or other) for name, one, other in found}


def attribute(written: bytes, name: str) -> str:
    """Return one of a tag's attributes, or ''."""
    if written.count(name.encode()) != 1:
        return attributes(written).get(name, "")
    found = _attribute(name).search(written)
    return unescaped(found[1] or found[2] or b"") if found else ""


@cache
def _attribute(name: str) -> re.Pattern[bytes]:
    return re.compile(rf"""\s{name}\s*=\s*(?:"([^"]*)"|'([^']*)')""".encode())


def unescaped(text: bytes) -> str:
    """Return text with its entities replaced; what is no entity of XML stays as it is."""
    decoded = text.decode("utf-8", "replace")
    return _ENTITY.sub(_letter, decoded) if "&" in decoded else decoded


def _letter(found: re.Match[str]) -> str:
    if found[3]:
        return _NAMED[found[3]]
    code = int(found[1]) if found[1] else int(found[2], 16)
    return chr(code) if 0 < code < 0xD800 or 0xDFFF < code < 0x110000 else "\ufffd"
