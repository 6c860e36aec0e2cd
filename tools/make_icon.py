"""Draw the program's icon: `qtool/desktop/pictures/qtool.ico` for Windows and a .png for each size a window wants.

A score sheet with its bars and a red seal that ticks it off, on blue. Small sizes leave the bars out, since at 16
pixels they are only grey. Shapes are distances to an edge, so that every size is drawn anew and sharp.
"""

from __future__ import annotations

import struct
import zlib
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float64]
"""A number for each pixel."""

PICTURES = Path(__file__).parent.parent / "qtool" / "desktop" / "pictures"
ICO_SIZES = (16, 20, 24, 32, 40, 48, 64, 96, 128, 256)
"""What Windows asks for at 100, 125, 150 and 200 % in lists, on the task bar and on the desktop."""
PNG_SIZES = (16, 24, 32, 48, 64, 128, 256)
_BLUE_ABOVE, _BLUE_BELOW, _WHITE, _LINE, _RED = (
    (0x3B, 0x7D, 0xC4),
    (0x1B, 0x4F, 0x93),
    (0xFF, 0xFF, 0xFF),
    (0x8F, 0xB4, 0xDE),
    (0xC8, 0x2A, 0x2A),
)
_FINE = 8
"""Points to a pixel's side, whose mean is its edge."""
_SMALL = 24


def picture(size: int) -> NDArray[np.uint8]:
    """Return the icon as rows of red, green, blue and opacity."""
    steps = (np.arange(size * _FINE) + 0.5) / (size * _FINE)
    x, y = np.meshgrid(steps, steps)
    seen = np.zeros((*x.shape, 4))
    for inside, colour in _shapes(x, y, size):
        seen[inside, :3] = colour[inside] if isinstance(colour, np.ndarray) else colour
        seen[inside, 3] = 255
    parts = seen.reshape(size, _FINE, size, _FINE, 4)
    opacity = parts[..., 3].mean(axis=(1, 3))
    weight = np.maximum(opacity, 1e-9)[..., None]
    colour = (parts[..., :3] * parts[..., 3:]).mean(axis=(1, 3)) / weight
    return np.concatenate([colour, opacity[..., None]], axis=2).round().astype(np.uint8)


def _shapes(x: Field, y: Field, size: int) -> list[tuple[NDArray[np.bool_], tuple[int, ...] | Field]]:
    """Return what is painted over one another, each with its colour; coordinates run from 0 to 1."""
    small = size <= _SMALL
    above, below = np.array(_BLUE_ABOVE), np.array(_BLUE_BELOW)
    ground = above + (below - above) * y[..., None]
    left, top, right, bottom = (0.16, 0.10, 0.74, 0.86) if small else (0.20, 0.13, 0.72, 0.85)
    found: list[tuple[NDArray[np.bool_], tuple[int, ...] | Field]] = [
        (_box(x, y, (0.02, 0.02, 0.98, 0.98), 0.18) < 0, ground),
        (_box(x, y, (left, top, right, bottom), 0.05) < 0, _WHITE),
    ]
    if small:
        found.append((_box(x, y, (left + 0.10, 0.24, right - 0.10, 0.34), 0.02) < 0, _LINE))
    else:
        for row, (length, colour) in enumerate(((0.36, _BLUE_BELOW), (0.26, _LINE), (0.32, _LINE), (0.14, _LINE))):
            edge = 0.24 + row * 0.13
            found.append((_box(x, y, (0.28, edge, 0.28 + length, edge + 0.06), 0.02) < 0, colour))
    middle, radius = ((0.67, 0.67), 0.31) if small else ((0.70, 0.70), 0.25)
    away = np.hypot(x - middle[0], y - middle[1])
    found.append((away < radius + 0.03, _WHITE))
    found.append((away < radius, _RED))
    reach = radius / 0.25
    points = [
        (middle[0] + dx * reach, middle[1] + dy * reach) for dx, dy in ((-0.12, 0.00), (-0.03, 0.09), (0.13, -0.09))
    ]
    thick = 0.045 if small else 0.032
    found.append((_stroke(x, y, points) < thick * reach, _WHITE))
    return found


def _box(x: Field, y: Field, edges: tuple[float, float, float, float], round_: float) -> Field:
    """Return the distance to a box with round corners; inside it is negative."""
    left, top, right, bottom = edges
    dx = np.abs(x - (left + right) / 2) - (right - left) / 2 + round_
    dy = np.abs(y - (top + bottom) / 2) - (bottom - top) / 2 + round_
    outside: Field = np.hypot(np.maximum(dx, 0), np.maximum(dy, 0)) + np.minimum(np.maximum(dx, dy), 0) - round_
    return outside


def _stroke(x: Field, y: Field, points: list[tuple[float, float]]) -> Field:
    """Return the distance to a line through points."""
    nearest = np.full_like(x, np.inf)
    for (ax, ay), (bx, by) in pairwise(points):
        along = np.clip(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2), 0, 1)
        nearest = np.minimum(nearest, np.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay)))
    return nearest


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Return a picture as a PNG file."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    height, width = pixels.shape[:2]
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def dib(pixels: NDArray[np.uint8]) -> bytes:
    """Return a picture as an icon's bitmap: bottom row first, blue before red, and a mask that opacity makes idle."""
    height, width = pixels.shape[:2]
    head = struct.pack("<IiiHHIIiiII", 40, width, height * 2, 1, 32, 0, 0, 0, 0, 0, 0)
    mask: bytes = bytes((width + 31) // 32 * 4) * height
    rows: bytes = pixels[::-1, :, [2, 1, 0, 3]].tobytes()
    return head + rows + mask


def ico(sizes: tuple[int, ...]) -> bytes:
    """Return an icon file; the largest is a PNG, which all readers expect there and not all expect below."""
    images = [png(picture(size)) if size == 256 else dib(picture(size)) for size in sizes]
    offset = 6 + 16 * len(images)
    entries = []
    for size, image in zip(sizes, images, strict=True):
        entries.append(struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(image), offset))
        offset += len(image)
    return struct.pack("<HHH", 0, 1, len(images)) + b"".join(entries) + b"".join(images)


def main() -> None:
    """Write all files."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    (PICTURES / "qtool.ico").write_bytes(ico(ICO_SIZES))
    for size in PNG_SIZES:
        (PICTURES / f"qtool-{size}.png").write_bytes(png(picture(size)))


if __name__ == "__main__":
    main()
