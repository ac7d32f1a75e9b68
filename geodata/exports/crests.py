"""Crests for the heads of briefs: a PNG or JPEG of a modest size, told by its first bytes and never by its name."""

from __future__ import annotations

import struct

from geodata.errors import ExportError
from geodata.say import tr, written

MOST_BYTES = 300_000
MOST_PIXELS = 4000  # a side
_FRAMES = frozenset((0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF))


def checked(image: bytes) -> tuple[int, int]:
    """Width and height in pixels. Raises ExportError for what is no PNG or JPEG, or is too large."""
    if len(image) > MOST_BYTES:
        raise ExportError(tr("The crest is larger than {most} kB. Make it smaller.", most=written(MOST_BYTES // 1000)))
    size = _png(image) or _jpeg(image)
    if size is None:
        raise ExportError(tr("The crest is neither a PNG nor a JPEG."))
    if not all(0 < side <= MOST_PIXELS for side in size):
        raise ExportError(tr("The crest may have {most} pixels a side at most.", most=written(MOST_PIXELS)))
    return size


def _png(image: bytes) -> tuple[int, int] | None:
    if not image.startswith(b"\x89PNG\r\n\x1a\n") or len(image) < 24:
        return None
    wide, high = struct.unpack(">II", image[16:24])
    return int(wide), int(high)


def _jpeg(image: bytes) -> tuple[int, int] | None:
    if not image.startswith(b"\xff\xd8"):
        return None
    at = 2
    while at + 9 < len(image) and image[at] == 0xFF:
        kind, length = image[at + 1], struct.unpack(">H", image[at + 2 : at + 4])[0]
        if kind in _FRAMES:
            high, wide = struct.unpack(">HH", image[at + 5 : at + 9])
            return int(wide), int(high)
        at += 2 + length
    return None
