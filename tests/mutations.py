"""Documents broken by seeded chance: in the bytes, in a package's directory, in elements of XML, in records."""

from __future__ import annotations

import io
import random
import re
import struct
import zipfile
from collections.abc import Callable, Iterator

import olefile
from ole_cases import ole
from package_parts import record as binary_record

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


_ATTRIBUTES = (
    *(b' r="XFD1048576"', b' r="B2"', b' t="s"', b' t="shared"', b' s="4294967295"', b' min="0"', b' max="99999"'),
    *(b' sqref="A1:XFD1048576"', b' ref="A1:XFD1048576"', b' si="0"', b' si="-1"', b' spans="1:99999"', b' hidden="1"'),
    *(b' table:number-columns-repeated="1000000"', b' table:number-rows-repeated="1000000"', b' xml:space="preserve"'),
    *(b' office:value-type="date"', b' office:value="1e999"', b' Target="../../../etc/passwd"', b' Target=""'),
)
_NAMES = (b"c", b"row", b"v", b"f", b"is", b"t", b"si", b"r", b"rPh", b"xf", b"sheet", b"mergeCell", b"x:c", b"text:p")
_NESTED = (1, 20, 200, 5_000)
_HOT = (b"\xff\xff", b"\x00\x00", b"\xff\x7f", b"\xff\xff\xff\xff", b"\x00\x00\x01\x00", b"\xff\xff\xff\x7f")
_SHEET, _BEGIN, _END = 0x85, 0x809, 0x0A
_KINDS = (
    0x06,
    0x203,
    0x204,
    0xFD,
    0x205,
    0x27E,
    0xBD,
    0xD6,
    0x207,
    0x3C,
    0xFC,
    0x85,
    0x809,
    0x0A,
    0x2F,
    0x18,
    0xE0,
    0x41E,
)
_BINARY_KINDS = (0x00, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x0B, 0x13, 0x91, 0x92, 0x9C, 0x9F, 0x2C, 0x2F, 0x269)

Record = tuple[int, bytes]


def broken(content: bytes, seed: str) -> bytes:
    """Return a workbook that is broken in one to four places, always the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - always the same on purpose
    for _ in range(chance.randint(1, 4)):
        dice = chance.random()
        if content.startswith(b"PK") and dice < 0.8:
            content = (_in_a_part if dice < 0.65 else _in_the_directory)(content, chance)
        elif content.startswith(b"\xd0\xcf") and dice < 0.7:
            content = (_in_the_records if dice < 0.5 else _in_a_record)(content, chance)
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


def _elements(content: bytes, chance: Chance) -> tuple[int, int, bytes] | None:
    """Return where an element is, and its name; None where there is none."""
    begin = _TAG.search(content, chance.randrange(len(content))) if content else None
    if begin is None:
        return None
    depth, end = int(not begin[2]), begin.end()
    for tag in re.compile(rb"<(/?)%b(?=[\s/>])[^<>]*?(/?)>" % re.escape(begin[1])).finditer(content, end):
        if depth <= 0:
            break
        depth += -1 if tag[1] else int(not tag[2])
        end = tag.end()
    return begin.start(), end, begin[1]


_TAG = re.compile(rb"<([A-Za-z][\w.:-]*)[^<>]*?(/?)>")


def _element(content: bytes, chance: Chance) -> bytes:
    """Leave out, double, nest, rename or move an element."""
    found = _elements(content, chance)
    if found is None:
        return content
    start, end, name = found
    element, way = content[start:end], chance.randrange(5)
    if way == 0:
        element = b""
    elif way == 1:
        element *= chance.choice((2, 3, 50))
    elif way == 2:
        deep = chance.choice(_NESTED)
        element = b"<%b>" % name * deep + element + b"</%b>" % name * deep
    elif way == 3:
        other = chance.choice(_NAMES)
        element = re.sub(rb"(</?)%b(?=[\s/>])" % re.escape(name), rb"\1" + other, element)
    else:
        place = content.find(b"<", chance.randrange(len(content)))
        if not start <= place < end:
            rest = content[:start] + content[end:]
            place -= (end - start) if place >= end else 0
            return rest[: max(place, 0)] + element + rest[max(place, 0) :]
    return content[:start] + element + content[end:]


def _attribute(content: bytes, chance: Chance) -> bytes:
    """Change the value of an attribute, or add one."""
    found = _TAG.search(content, chance.randrange(len(content))) if content else None
    if found is None:
        return content
    written = list(re.finditer(rb"""[\w:.-]+\s*=\s*["']([^"'<]*)["']""", found[0]))
    if written and chance.random() < 0.6:
        place = chance.choice(written)
        value = chance.choice((*_NUMBERS, *_FAR, b"&lt;", b"x" * 100_000, chance.choice(written)[1]))
        start, end = found.start() + place.start(1), found.start() + place.end(1)
        return content[:start] + value + content[end:]
    at = found.start() + 1 + len(found[1])
    return content[:at] + chance.choice(_ATTRIBUTES) + content[at:]


_MARKED = (_number, _reference, _cut_tag, _move_tag, _insert, _requote, _recode, *_RAW)
_STRUCTURED = (_element, _element, _element, _attribute, _attribute, _number, _reference)


def _unpacked(content: bytes) -> dict[str, bytes] | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return {name: package.read(name) for name in package.namelist()}
    except Exception:  # noqa: BLE001 - broken before
        return None


def _packed(parts: list[tuple[str, bytes]], chance: Chance) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as package:
        for name, part in parts:
            package.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), part, package.compression, 1)
    return target.getvalue()


def _in_a_part(content: bytes, chance: Chance) -> bytes:
    parts = _unpacked(content)
    if parts is None:
        return chance.choice(_RAW)(content, chance)
    chosen = chance.choice(sorted(parts, key=lambda name: (len(parts[name]), name))[len(parts) // 3 :] or [""])
    for _ in range(chance.choice((1, 1, 3))):
        part = parts.get(chosen, b"")
        if part.lstrip()[:1] == b"<":
            ways = _STRUCTURED if chance.random() < 0.6 else _MARKED
        else:
            ways = (_in_binary_records, *_RAW) if chosen.endswith(".bin") else _RAW
        parts[chosen] = chance.choice(ways)(part, chance)
    return _packed([*parts.items()], chance)


def _in_the_directory(content: bytes, chance: Chance) -> bytes:
    """Leave out, double or rename a part, or change a figure in the directory or in the head of a part."""
    way = chance.randrange(6)
    parts = _unpacked(content) if way < 3 else None
    if parts:
        names = [*parts.items()]
        at = chance.randrange(len(names))
        name, part = names[at]
        if way == 0:
            del names[at]
        elif way == 1:
            names.append((chance.choice((name.upper(), name.replace("/", "\\"), f"/{name}")), part))
        else:
            names[at] = (chance.choice((f"../{name}", name.upper(), chance.choice(names)[0], "长" * 5_000)), part)
        return _packed([*dict(names).items()], chance)
    signature, offsets = chance.choice(_HEADS)
    heads = [found.start() for found in re.finditer(re.escape(signature), content)]
    if not heads:
        return _blow_up(content, chance)
    at, wide = chance.choice(heads) + chance.choice(offsets), chance.choice(_HOT)
    return content[:at] + wide + content[at + len(wide) :]


_HEADS = (
    (b"PK\x03\x04", (4, 6, 8, 14, 18, 22, 26, 28)),
    (b"PK\x01\x02", (6, 8, 10, 16, 20, 24, 28, 30, 32, 42)),
    (b"PK\x05\x06", (4, 8, 10, 12, 16, 20)),
)


def _among(records: list[Record], chance: Chance, kinds: tuple[int, ...]) -> list[Record]:
    """Return records of which one is left out, doubled, moved, cut, lengthened, changed, or of another kind."""
    if not records:
        return records
    changed, at = list(records), chance.randrange(len(records))
    kind, data = changed[at]
    match chance.randrange(8):
        case 0:
            del changed[at]
        case 1:
            changed[at:at] = [(kind, data)] * chance.choice((1, 2, 300))
        case 2:
            changed.insert(chance.randrange(len(changed)), changed.pop(at))
        case 3:
            changed[at] = (kind, data[: chance.randrange(len(data) + 1)])
        case 4:
            changed[at] = (kind, data + chance.randbytes(chance.choice((1, 8, 3_000))))
        case 5:
            changed[at] = (chance.choice(kinds), data)
        case 6:
            changed.insert(at, (chance.choice(kinds), chance.choice(_HOT) * chance.randint(1, 8)))
        case _:
            begin, wide = chance.randrange(min(len(data), 24) + 1), chance.choice((*_HOT, chance.randbytes(2)))
            changed[at] = (kind, data[:begin] + wide + data[begin + len(wide) :])
    return changed


def _in_the_records(content: bytes, chance: Chance) -> bytes:
    """Change records of an old workbook, and let its list of sheets tell where each begins then."""
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as file:
            stream: bytes = file.openstream("Workbook").read()
        parts = list(_old_parts(stream))
    except Exception:  # noqa: BLE001 - broken before
        parts = []
    if not parts:
        return _in_a_record(content, chance)
    for _ in range(chance.choice((1, 1, 3))):
        at = chance.randrange(len(parts))
        parts[at] = _among(parts[at], chance, _KINDS)
    written = [b"".join(struct.pack("<2H", kind, len(data) & 0xFFFF) + data for kind, data in part) for part in parts]
    starts = [sum(map(len, written[:number])) for number in range(1, len(written))]
    for start in starts:
        at = written[0].find(struct.pack("<H", _SHEET), 1 if start == starts[0] else at + 4)
        if at >= 0:
            written[0] = written[0][: at + 4] + struct.pack("<L", start) + written[0][at + 8 :]
    return ole({"Workbook": b"".join(written)})


def _old_parts(stream: bytes) -> Iterator[list[Record]]:
    """Yield the records of the workbook itself and of each sheet."""
    part: list[Record] = []
    at = depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<2H", stream, at)
        part.append((kind, stream[at + 4 : at + 4 + size]))
        at += 4 + size
        depth += (kind == _BEGIN) - (kind == _END)
        if kind == _END and depth == 0:
            yield part
            part = []


def _in_binary_records(part: bytes, chance: Chance) -> bytes:
    """Change records of a part of a binary workbook."""
    try:
        records = list(_binary_records(part))
    except IndexError:
        return chance.choice(_RAW)(part, chance)
    return b"".join(binary_record(kind, data) for kind, data in _among(records, chance, _BINARY_KINDS))


def _binary_records(part: bytes) -> Iterator[Record]:
    at = 0
    while at < len(part):
        kind, at = part[at], at + 1
        if kind & 0x80:
            kind, at = kind & 0x7F | part[at] << 7, at + 1
        size = shift = 0
        while True:
            size |= (part[at] & 0x7F) << shift
            shift, at = shift + 7, at + 1
            if not part[at - 1] & 0x80:
                break
        yield kind, part[at : at + size]
        at += size


def _in_a_record(content: bytes, chance: Chance) -> bytes:
    """Change the head or the first bytes of a record of the old format, where rows, columns and sizes stand."""
    places, start = list[int](), content.find(b"\x09\x08\x10\x00\x00\x06")
    while 0 <= start <= len(content) - 4 and len(places) < 5_000:
        places.append(start)
        start += 4 + struct.unpack_from("<H", content, start + 2)[0]
    if not places:
        return _blow_up(content, chance)
    at = chance.choice(places) + chance.choice((0, 2, 4, 6, 8, 10, 12))
    wide = chance.choice((*_HOT, chance.randbytes(2)))
    return content[:at] + wide + content[at + len(wide) :]
