"""XML of untrusted files by regular expressions: tags and their attributes, nothing declared, nothing expanded."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from qtool.office.archive.unreadable import DAMAGED, DECLARED, SWOLLEN, Unreadable

_DECLARATION = re.compile(rb"""\s*<\?xml\b(?:[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["'])?[^>]*>""")
_USUAL = b'<?xml version="1.0" encoding="UTF-8"'
_ENCODINGS = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5", "iso-8859-1": "latin-1"}
"""The encodings besides UTF that are understood, by the names that declarations give them."""
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_UNMARKED = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_ASIDE = re.compile(rb"<(?:!--|!\[CDATA\[|\?|!)")
_MOST_ASIDES = 100_000
_CLOSINGS = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}

_ATTRIBUTE = re.compile(r"""(?<![\w.:-])([\w.:-]++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)')""", re.ASCII)
_ENTITY = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(lt|gt|amp|quot|apos));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


def plain(xml: bytes) -> bytes:
    """Return XML as UTF-8 without comments, instructions and CDATA sections.

    Raises Unreadable for anything declared (`<!DOCTYPE`), for what is never closed, and for what cannot be decoded.
    """
    start = xml.find(b">") + 1 if xml.startswith(_USUAL) else 0
    if not start:
        xml = _utf8(xml)
    if _holds(xml, b"!", start) or _holds(xml, b"?", start):
        xml = b"".join(_without_asides(xml[start:]))
    return xml


def _holds(xml: bytes, letter: bytes, start: int) -> bool:
    """Return whether a tag begins with a letter; looking for the letter alone comes first, being far the fastest."""
    return xml.find(letter, start) >= 0 and xml.find(b"<" + letter, start) >= 0


def encoding_of(head: bytes) -> str:
    """Return the encoding of XML that begins so, by Python's name for it."""
    marked = next((name for mark, name in (*_MARKS, *_UNMARKED) if head.startswith(mark)), "")
    declared = _DECLARATION.match(head) if not marked else None
    return marked or (_ENCODINGS.get(declared[1].decode().lower(), "") if declared and declared[1] else "") or "utf-8"


def _utf8(xml: bytes) -> bytes:
    encoding = encoding_of(xml)
    if encoding != "utf-8":
        try:
            xml = xml.decode(encoding).encode()
        except UnicodeError as error:
            raise Unreadable(DAMAGED) from error
    xml = xml.removeprefix(codecs.BOM_UTF8)
    declared = _DECLARATION.match(xml)
    return xml[declared.end() :] if declared else xml


def _without_asides(xml: bytes) -> Iterator[bytes]:
    position = count = 0
    while found := _ASIDE.search(xml, position):
        count += 1
        if count > _MOST_ASIDES:
            raise Unreadable(SWOLLEN)
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


def attributes(written: bytes) -> dict[str, str]:
    """Return a tag's attributes by their names; a prefix stays with its name."""
    text = written.decode("utf-8", "replace")
    found = _ATTRIBUTE.findall(text)
    if "&" in text:
        return {name: _ENTITY.sub(_letter, one or other) for name, one, other in found}
    return {name: one or other for name, one, other in found}


def _letter(found: re.Match[str]) -> str:
    if found[3]:
        return _NAMED[found[3]]
    code = int(found[1]) if found[1] else int(found[2], 16)
    return chr(code) if 0 < code < 0xD800 or 0xDFFF < code < 0x110000 else "\ufffd"
