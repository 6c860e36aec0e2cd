"""Workbooks broken by seeded chance: in the file as it is, in the parts of a package, in the records of a stream."""

from __future__ import annotations

import io
import random
import re
import struct
import zipfile
from collections.abc import Callable

Chance = random.Random

_NUMBERS = (b"0", b"-1", b"1048576", b"16384", b"65536", b"999999", b"4294967295", b"4294967296", b"9" * 30, b"1e400")
_FAR = (b"XFD1048576", b"ZZZ9999999", b"AAAA1", b"A0", b"A1048577", b"XFE1", b"a1", b"1", b"", b"A1:XFD1048576")
_INSERTED = (
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
    b"<!--",
    b"-->",
    b"<![CDATA[",
    b"]]>",
    b"<?pi",
    b"&bad;",
    b"&#0;",
    b"&#xFFFFFF;",
    b"\0",
    b"\xff\xfe",
    b"<x:c r='XFD1048576'><x:v>1</x:v></x:c>",
    b'<c r="XFD1048576"><v>1</v></c>',
    b'<c r="B2" r="XFD1048576"><v>1</v></c>',
    b"<c><v>1</v></c>",
    b'<row r="1048576"/>',
    b'<sst uniqueCount="99999999999">',
    b'<text:s text:c="2000000000"/>',
    b"'",
    b'"',
    b">",
)


def broken(content: bytes, seed: str) -> bytes:
    """Return a workbook that is broken in one to four places, always the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - always the same on purpose
    for _ in range(chance.randint(1, 4)):
        if content.startswith(b"PK") and chance.random() < 0.7:
            content = _in_a_part(content, chance)
        elif content.startswith(b"\xd0\xcf") and chance.random() < 0.7:
            content = _in_a_record(content, chance)
        else:
            content = chance.choice(_RAW)(content, chance)
    return content


def _span(content: bytes, chance: Chance, longest: int = 200) -> tuple[int, int]:
    start = chance.randrange(len(content) + 1)
    return start, min(len(content), start + chance.randint(1, longest))


def _flip(content: bytes, chance: Chance) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randint(1, 12)):
        if changed:
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _truncate(content: bytes, chance: Chance) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _delete(content: bytes, chance: Chance) -> bytes:
    start, end = _span(content, chance)
    return content[:start] + content[end:]


def _double(content: bytes, chance: Chance) -> bytes:
    start, end = _span(content, chance)
    return content[:end] + content[start:end] * chance.randint(1, 3) + content[end:]


def _overwrite(content: bytes, chance: Chance) -> bytes:
    start, end = _span(content, chance, 40)
    return content[:start] + chance.randbytes(end - start) + content[end:]


def _blow_up(content: bytes, chance: Chance) -> bytes:
    start = chance.randrange(len(content) + 1)
    wide = chance.choice((b"\xff\xff", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\0", b"\xfe\xff\xff\xff"))
    return content[:start] + wide + content[start + len(wide) :]


_RAW: tuple[Callable[[bytes, Chance], bytes], ...] = (_flip, _truncate, _delete, _double, _overwrite, _blow_up)


def _number(content: bytes, chance: Chance) -> bytes:
    return _replaced(rb"\d+", content, chance, _NUMBERS)


def _reference(content: bytes, chance: Chance) -> bytes:
    return _replaced(rb"\b[A-Z]{1,3}\d{1,7}\b", content, chance, _FAR)


def _replaced(pattern: bytes, content: bytes, chance: Chance, choices: tuple[bytes, ...]) -> bytes:
    found = list(re.finditer(pattern, content))
    if not found:
        return content
    place = chance.choice(found)
    return content[: place.start()] + chance.choice(choices) + content[place.end() :]


def _cut_tag(content: bytes, chance: Chance) -> bytes:
    found = list(re.finditer(rb"<[^<>]*>", content))
    if not found:
        return content
    place = chance.choice(found)
    start, end = chance.choice(((place.start(), place.end()), (place.end() - 1, place.end()), place.span()))
    return content[:start] + content[end:]


def _move_tag(content: bytes, chance: Chance) -> bytes:
    found = list(re.finditer(rb"<[^<>]*>", content))
    if not found:
        return content
    one, other = chance.choice(found), chance.choice(found)
    return content[: other.end()] + one[0] + content[other.end() :]


def _insert(content: bytes, chance: Chance) -> bytes:
    at = chance.choice([found.end() for found in re.finditer(rb">", content)] or [0])
    return content[:at] + chance.choice(_INSERTED) + content[at:]


def _requote(content: bytes, chance: Chance) -> bytes:
    return content.replace(b'"', b"'", chance.randint(1, 50))


def _recode(content: bytes, chance: Chance) -> bytes:
    return content.decode("utf-8", "replace").encode(
        chance.choice(("utf-16", "utf-16-le", "gb18030", "utf-8-sig")), "replace"
    )


_MARKED = (_number, _number, _reference, _cut_tag, _move_tag, _insert, _requote, _recode, *_RAW)


def _in_a_part(content: bytes, chance: Chance) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = {name: package.read(name) for name in package.namelist()}
    except Exception:  # noqa: BLE001 - broken before
        return chance.choice(_RAW)(content, chance)
    target = io.BytesIO()
    chosen = chance.choice(sorted(parts, key=lambda name: (len(parts[name]), name))[len(parts) // 3 :] or [""])
    with zipfile.ZipFile(target, "w", chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as package:
        for name, part in parts.items():
            changed = part
            if name == chosen:
                ways = _MARKED if part.lstrip()[:1] == b"<" else _RAW
                changed = chance.choice(ways)(part, chance)
            package.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), changed, package.compression)
    return target.getvalue()


def _in_a_record(content: bytes, chance: Chance) -> bytes:
    """Change the head or the first bytes of a record of the old format, where rows, columns and sizes stand."""
    places, start = list[int](), content.find(b"\x09\x08\x10\x00\x00\x06")
    while 0 <= start <= len(content) - 4 and len(places) < 5_000:
        places.append(start)
        start += 4 + struct.unpack_from("<H", content, start + 2)[0]
    if not places:
        return _blow_up(content, chance)
    at = chance.choice(places) + chance.choice((0, 2, 4, 6, 8, 10, 12))
    wide = chance.choice((b"\xff\xff", b"\x00\x00", b"\xff\x7f", chance.randbytes(2), b"\xff\xff\xff\xff"))
    return content[:at] + wide + content[at + len(wide) :]
