"""Write a Windows library without code whose one function is another library's under a new name.

`forwarder.py FOLDER`: writes bcryptprimitives.dll there. Rust's standard library, and so python-calamine, asks
its ProcessPrng for random bytes; every Windows since 8 has it, Wine 8 does not. RtlGenRandom takes the same arguments.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path

_ALIGNED, _PAGE = 0x200, 0x1000


def library(name: str, function: str, target: str) -> bytes:
    """Return a 64-bit library of that file name; `target` is written as `library.function`."""
    names = [text.encode("ascii") + b"\0" for text in (name, function, target)]
    tables = 40  # after the export directory: one address, one name, one ordinal
    texts = _PAGE + tables + 4 + 4 + 2
    at = [texts, texts + len(names[0]), texts + len(names[0]) + len(names[1])]
    directory = struct.pack(
        "<IIHHIIIIIII", 0, 0, 0, 0, at[0], 1, 1, 1, _PAGE + tables, _PAGE + tables + 4, _PAGE + tables + 8
    )
    # An address inside the export section is no code but the text that says where the function is.
    exports = directory + struct.pack("<IIH", at[2], at[1], 0) + b"".join(names)
    directories = struct.pack("<II", _PAGE, len(exports)) + bytes(8 * 15)
    size = len(exports) + -len(exports) % _ALIGNED
    optional = struct.pack(
        "<HBBIIIIIQIIHHHHHHIIIIHHQQQQII",
        *(0x20B, 1, 0, 0, size, 0, 0, _PAGE, 0x6A0000000, _PAGE, _ALIGNED),
        *(6, 0, 0, 0, 6, 0, 0, 2 * _PAGE, _ALIGNED, 0, 2, 0x0140),
        *(0x100000, 0x1000, 0x100000, 0x1000, 0, 16),
    )
    optional += directories
    coff = struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, len(optional), 0x2022)
    section = struct.pack("<8sIIIIIIHHI", b".edata", len(exports), _PAGE, size, _ALIGNED, 0, 0, 0, 0, 0x40000040)
    head = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + coff + optional + section
    return head.ljust(_ALIGNED, b"\0") + exports.ljust(size, b"\0")


if __name__ == "__main__":
    dll = library("bcryptprimitives.dll", "ProcessPrng", "advapi32.SystemFunction036")
    Path(sys.argv[1], "bcryptprimitives.dll").write_bytes(dll)
