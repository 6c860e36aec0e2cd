"""XML of untrusted files read by expat: tags and texts as they come, whatever the encoding and the prefixes.

Expat neither loads what a file refers to nor keeps what it has read. A document type, which could declare entities, is
refused. Prefixes need not be declared: expat is told of no namespaces, and only the names after the prefixes count.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Collection, Iterable, Iterator
from xml.parsers import expat

from qtool.office.archive.markup import encoding_of
from qtool.office.archive.unreadable import DAMAGED, DECLARED, SWOLLEN, Unreadable

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
