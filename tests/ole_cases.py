"""A writer of OLE compound files, as small as the format allows, and of .xls files with it."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import TypeAlias, Union

Tree: TypeAlias = Mapping[str, Union[bytes, "Tree"]]
"""A storage: streams and storages by name."""

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_FREE, _END, _FAT, _DIFAT, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC, 0xFFFFFFFF
_HEADED, _LISTED = 109, 127  # places of the table's sectors, in the header and in a sector of the list
_STORAGE, _STREAM, _ROOT = 1, 2, 5


class _Chains:
    """Contents in sectors of one size, each a chain in the table."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.content = bytearray()
        self.table: list[int] = []

    def add(self, content: bytes) -> int:
        if not content:
            return _END
        first, count = len(self.table), -(-len(content) // self.size)
        self.content += content.ljust(count * self.size, b"\0")
        self.table += [*range(first + 1, first + count), _END]
        return first


class _Writer:
    def __init__(self, tree: Tree) -> None:
        self.sectors, self.minis = _Chains(_SECTOR), _Chains(_MINI)
        self.entries: list[bytes] = [b""]
        child = self._level(tree)
        first, size = self.sectors.add(bytes(self.minis.content)), len(self.minis.content)
        self.entries[0] = _entry("Root Entry", _ROOT, child=child, start=first, size=size)

    def _level(self, tree: Tree) -> int:
        """Write a storage's entries as a balanced tree, and return which stands at its top."""
        ordered = sorted(tree, key=lambda name: (len(name), name.upper()))
        numbers = {name: len(self.entries) + at for at, name in enumerate(ordered)}
        self.entries += [b""] * len(ordered)

        def top(names: Sequence[str]) -> int:
            if not names:
                return _NONE
            middle = len(names) // 2
            name = names[middle]
            sides = top(names[:middle]), top(names[middle + 1 :])
            self.entries[numbers[name]] = self._made(name, tree[name], sides)
            return numbers[name]

        return top(ordered)

    def _made(self, name: str, content: bytes | Tree, sides: tuple[int, int]) -> bytes:
        if not isinstance(content, bytes):
            return _entry(name, _STORAGE, sides, child=self._level(content))
        chains = self.minis if len(content) < _CUTOFF else self.sectors
        return _entry(name, _STREAM, sides, start=chains.add(content), size=len(content))

    def file(self) -> bytes:
        sectors = self.sectors
        mini_fat = sectors.add(_table(self.minis.table, _SECTOR)) if self.minis.table else _END
        mini_fats = -(-len(self.minis.table) * 4 // _SECTOR)
        unused = [_entry("", 0)] * (-len(self.entries) % (_SECTOR // 128))
        directory = sectors.add(b"".join([*self.entries, *unused]))
        first = len(sectors.table)
        fats = difats = 0
        while fats * _SECTOR // 4 < first + fats + difats:
            fats += 1
            difats = max(0, -(-(fats - _HEADED) // _LISTED))
        fat = _table([*sectors.table, *[_FAT] * fats, *[_DIFAT] * difats], _SECTOR)
        places = [*range(first, first + fats)]
        lists = b""
        for number in range(difats):
            listed = places[_HEADED + number * _LISTED :][:_LISTED]
            follows = first + fats + number + 1 if number + 1 < difats else _END
            lists += struct.pack("<128I", *listed, *[_FREE] * (_LISTED - len(listed)), follows)
        head = struct.pack("<8s16x5H6x", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6)
        head += struct.pack("<2I", 0, fats) + struct.pack("<3I", directory, 0, _CUTOFF)
        head += struct.pack("<4I", mini_fat, mini_fats, first + fats if difats else _END, difats)
        head += struct.pack("<109I", *places[:_HEADED], *[_FREE] * (_HEADED - len(places)))
        return head + bytes(sectors.content) + fat + lists


def _table(numbers: Sequence[int], sector: int) -> bytes:
    content = struct.pack(f"<{len(numbers)}I", *numbers)
    return content.ljust(-(-len(content) // sector) * sector, b"\xff")


def _entry(
    name: str, kind: int, sides: tuple[int, int] = (_NONE, _NONE), *, child: int = _NONE, start: int = 0, size: int = 0
) -> bytes:
    raw = name.encode("utf-16-le")
    head = raw.ljust(64, b"\0") + struct.pack("<H2B3I", len(raw) + 2 if kind else 0, kind, 1, *sides, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)


def ole(tree: Tree) -> bytes:
    """Return a compound file."""
    return _Writer(tree).file()


def record(number: int, content: bytes = b"") -> bytes:
    """Return a record of an old workbook."""
    return struct.pack("<2H", number, len(content)) + content


def _bof(kind: int) -> bytes:
    return record(0x809, struct.pack("<4H2I", 0x600, kind, 0x0DBB, 0x07CC, 0, 0x0600))


def xls_book(cells: bytes, globals_: bytes = b"", *, kind: int = 0) -> bytes:
    """Return the stream of an Excel 97 workbook with the sheet Sheet1, of these records; `kind` 2 is a chart."""
    size = len(_bof(5) + globals_ + record(0x85, bytes(14)) + record(0x0A))
    name = record(0x85, struct.pack("<I4B", size, 0, kind, 6, 0) + b"Sheet1")
    return _bof(5) + globals_ + name + record(0x0A) + _bof(0x10) + cells + record(0x0A)


def xls_stream(figure: float, *, password: bool = False) -> bytes:
    """Return the stream of an Excel 97 workbook with one figure in A1."""
    locked = record(0x2F, b"\x01\x00\x01\x00\x01\x00" + bytes(48)) if password else b""
    cell = record(0x200, struct.pack("<2I3H", 0, 1, 0, 1, 0)) + record(0x203, struct.pack("<3Hd", 0, 0, 0, figure))
    return xls_book(cell, locked)


def xls(figure: float = 42.0, *, password: bool = False) -> bytes:
    """Return an Excel 97 workbook."""
    return ole({"Workbook": xls_stream(figure, password=password), "\x05SummaryInformation": bytes(100)})
