"""What a workbook's styles say of its cell formats; the workbooks of a campaign have few different ones."""

from __future__ import annotations

import re
from functools import lru_cache

_COMMON = 32_000
"""Bytes up to which styles are remembered; few workbooks have more."""
_FORMAT = re.compile(rb"<(?:[\w.-]+:)?xf(?=[\s/>])")
_NUMBER = re.compile(rb'<xf numFmtId="(\d{1,5})"')
_UNLOCKED = re.compile(rb"""protection(?=\s)[^<>]*\slocked\s*=\s*["'](?:0|false|off)""")


def number_formats(xml: bytes) -> bytes:
    """Return styles with only what python-calamine reads of them: the number format of every cell format."""
    return _known_number_formats(xml) if len(xml) <= _COMMON else _number_formats(xml)


def open_formats(xml: bytes) -> frozenset[bytes]:
    """Return the numbers of the cell formats that leave a cell unlocked."""
    return _known_open_formats(xml) if len(xml) <= _COMMON else _open_formats(xml)


def _number_formats(xml: bytes) -> bytes:
    before = xml.find(b"<cellXfs")
    own, used = _section(xml[: max(before, 0)], b"numFmts"), _section(xml[before:], b"cellXfs") if before >= 0 else None
    numbers = _NUMBER.findall(used or b"")
    if own is None or used is None or len(numbers) != len(_FORMAT.findall(used)):
        return xml  # written otherwise than nearly all are
    cells = b"".join([b'<xf numFmtId="%b"/>' % number for number in numbers])
    return b"<styleSheet>%b<cellXfs>%b</cellXfs></styleSheet>" % (own, cells)


def _section(xml: bytes, name: bytes) -> bytes | None:
    """Return an element, nothing where there is none, and None where it is not so simple."""
    named = xml.count(name)
    if named != 2:
        return None if named else b""
    start, end = xml.find(b"<" + name), xml.find(b"</%b>" % name)
    return xml[start : end + len(name) + 3] if 0 <= start < end else None


def _open_formats(xml: bytes) -> frozenset[bytes]:
    start = xml.find(b"cellXfs")
    formats = _FORMAT.split(xml[start : xml.find(b"cellXfs", start + 1)])[1:] if start >= 0 else ()
    return frozenset(b"%d" % number for number, written in enumerate(formats) if _UNLOCKED.search(written))


_known_number_formats = lru_cache(maxsize=64)(_number_formats)
_known_open_formats = lru_cache(maxsize=64)(_open_formats)
