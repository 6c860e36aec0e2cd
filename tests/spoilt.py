"""Files spoilt by seeded chance: bytes of the whole, and of the parts inside, as transport and programs spoil them."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable

_NUMBER = re.compile(rb"\d+")
_TAG = re.compile(rb"<[^<>]+>")
_ADDRESS = re.compile(rb'r="[A-Z]+\d+"')
_STRANGE = (
    *(b"-1", b"0", b"99999999999999999999", b"4294967296", b"1e308", b"NaN", b"\xff\xfe", b"\x00", b"&#0;", b"&bogus;"),
    *(
        b'r="XFD1048576"',
        b'r="A0"',
        b't="s"',
        b't="e"',
        b"<v>999999</v>",
        b"<!DOCTYPE x>",
        b"]]>",
        b"<!--",
        b"<c>",
        b"</row>",
    ),
    *("有误".encode(), b"=1+1", b"#REF!", b"m:01-01-1-1", b"qtool-\xe8\xaf\x84\xe5\x88\x86\xe8\xa1\xa8"),
)


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Return a file spoilt in one of many ways."""
    if content.startswith(b"PK") and chance.random() < 0.7:
        return _inside(content, chance)
    return _bytes(content, chance)


def _bytes(content: bytes, chance: random.Random) -> bytes:
    spoilt = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 8, 60))):
        at, length = chance.randrange(len(spoilt) + 1), chance.choice((1, 1, 4, 40, 2000))
        match chance.randrange(6):
            case 0 if spoilt:
                spoilt[at % len(spoilt)] ^= 1 << chance.randrange(8)
            case 1:
                del spoilt[at : at + length]
            case 2:
                spoilt[at:at] = chance.choice(_STRANGE)
            case 3:
                spoilt[at : at + length] = bytes(chance.randrange(256) for _ in range(min(length, 64)))
            case 4:
                spoilt[at:at] = spoilt[at : at + length]
            case _:
                del spoilt[at:]
    return bytes(spoilt)


def _inside(content: bytes, chance: random.Random) -> bytes:
    """Return a package with one part spoilt, dropped, doubled or renamed."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w") as new:
        members = old.infolist()
        chosen = chance.choice(members)
        for member in members:
            part = old.read(member)
            if member is chosen:
                way = chance.random()
                if way < 0.04:
                    continue
                part = chance.choice(_WAYS)(part, chance)
            new.writestr(zipfile.ZipInfo(member.filename), part)
    return target.getvalue()


def _number(part: bytes, chance: random.Random) -> bytes:
    return _at_one(_NUMBER, part, chance, lambda _: chance.choice((b"0", b"-1", b"7", b"1048577", b"9" * 30, b"1e9")))


def _tag(part: bytes, chance: random.Random) -> bytes:
    return _at_one(_TAG, part, chance, lambda tag: chance.choice((b"", tag * 2, tag[:-1], b"<x/>", tag.upper())))


def _address(part: bytes, chance: random.Random) -> bytes:
    far = (b'r="XFD1048576"', b'r="A1"', b'r="ZZZZ9"', b'r=""', b'r="A99999999999"', b'r="B7"')
    return _at_one(_ADDRESS, part, chance, lambda _: chance.choice(far))


def _strange(part: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(part) + 1)
    return part[:at] + chance.choice(_STRANGE) + part[at:]


def _at_one(pattern: re.Pattern[bytes], part: bytes, chance: random.Random, make: Callable[[bytes], bytes]) -> bytes:
    found = list(pattern.finditer(part))
    if not found:
        return _strange(part, chance)
    place = chance.choice(found)
    return part[: place.start()] + make(place[0]) + part[place.end() :]


_WAYS = (_bytes, _number, _number, _tag, _tag, _address, _strange)
