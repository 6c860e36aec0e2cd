"""XML of untrusted files: read by expat as it comes, or made plain; nothing declared, nothing loaded."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from xml.parsers import expat

from qtool.office.archive.members import DAMAGED, DECLARED, SWOLLEN, Unreadable

_DECLARATION = re.compile(rb"""\s*<\?xml\b(?:[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["'])?[^>]*>""")
_USUAL = b'<?xml version="1.0" encoding="UTF-8"'
_ENCODINGS = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5", "iso-8859-1": "latin-1"}
"""The encodings besides UTF that are understood, by the names that declarations give them."""
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_UNMARKED = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_ASIDE = re.compile(rb"<(?:!--|!\[CDATA\[|\?|!)")
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
        xml = _as_utf8(xml)
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


def _as_utf8(xml: bytes) -> bytes:
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


_PIECE, _MOST_AT_ONCE = 1 << 19, 1 << 20
"""Bytes that are read at once, and of one tag or one text, which expat may go over again with every piece."""
_MOST_ASIDES, _MOST_NAMES, _MOST_DEPTH = 100_000, 1_000, 100


class _Names(dict[str, str]):
    """Names without their prefixes, '' for those that nobody waits for; there are few different ones."""

    def __init__(self, wanted: Collection[str]) -> None:
        super().__init__()
        self._wanted = wanted

    def __missing__(self, name: str) -> str:
        if len(self) == _MOST_NAMES:
            raise Unreadable(SWOLLEN)
        own = name.rpartition(":")[2]
        self[name] = own if own in self._wanted or not self._wanted else ""
        return self[name]


class Events:
    """What reads a part: it takes the start and the end of every element that it waits for, by names without prefixes.

    `wanted` are the names that it waits for, any if none is told. `texts` are the pieces of text that came since they
    were cleared last.
    """

    wanted: Collection[str] = ()

    def __init__(self) -> None:
        self.names = _Names(self.wanted)
        self.texts: list[str] = []
        self.depth = 0
        self.parser: expat.XMLParserType | None = None

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Take a start tag as it is written."""
        self.depth += 1
        if self.depth > _MOST_DEPTH:
            raise Unreadable(SWOLLEN)
        if own := self.names[name]:
            self.start(own, attributes)

    def finish(self, name: str) -> None:
        """Take an end tag as it is written."""
        self.depth -= 1
        if own := self.names[name]:
            self.end(own)

    def handle(self, begin: Callable[[str, dict[str, str]], None], finish: Callable[[str], None]) -> None:
        """Let others take the tags from now on."""
        if self.parser:
            self.parser.StartElementHandler, self.parser.EndElementHandler = begin, finish

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""

    def end(self, name: str) -> None:
        """Take the end of an element."""

    def pause(self) -> None:
        """Do what is to be done before the next piece of a part comes."""


def read_xml(chunks: Iterable[bytes], events: Events) -> None:
    """Read XML that comes in pieces; raises Unreadable."""
    parser = _parser(events)
    fed, piece = 0, b""
    try:
        for piece in _pieces(chunks):
            if max(fed - parser.CurrentByteIndex, sum(map(len, events.texts))) > _MOST_AT_ONCE:
                raise Unreadable(SWOLLEN)
            events.pause()
            fed += len(piece)
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        at = parser.ErrorByteIndex - fed + len(piece)
        declared = b"<!" in piece[max(at - 2, 0) : at + 2]
        raise Unreadable(DECLARED if declared else DAMAGED) from error
    except UnicodeError as error:
        raise Unreadable(DAMAGED) from error
    finally:
        events.parser = None


def _parser(events: Events) -> expat.XMLParserType:
    parser = events.parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    events.handle(events.begin, events.finish)
    parser.CharacterDataHandler = events.texts.append
    asides = iter(range(_MOST_ASIDES))

    def aside(*_: str) -> None:
        if next(asides, None) is None:
            raise Unreadable(SWOLLEN)

    def declared(*_: object) -> None:
        raise Unreadable(DECLARED)

    parser.CommentHandler = parser.ProcessingInstructionHandler = aside
    parser.StartDoctypeDeclHandler = declared
    return parser


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield XML as UTF-8 in small pieces."""
    for chunk in _utf8(chunks):
        for start in range(0, len(chunk), _PIECE):
            yield chunk[start : start + _PIECE]


def _utf8(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield XML as UTF-8, and without what may stand before it; raises UnicodeError."""
    pieces = iter(chunks)
    first = next(pieces, b"")
    encoding = encoding_of(first)
    if encoding == "utf-8":
        yield first.removeprefix(codecs.BOM_UTF8).lstrip()
        yield from pieces
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    yield decoder.decode(first).removeprefix("\ufeff").lstrip().encode()
    yield from (decoder.decode(piece).encode() for piece in pieces)
    decoder.decode(b"", final=True)
