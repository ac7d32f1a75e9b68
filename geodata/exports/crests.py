"""Crests for the heads of briefs: a PNG or JPEG of a modest size, told by what it holds and never by its name."""

from __future__ import annotations

import io

from PIL import Image

from geodata.errors import ExportError
from geodata.say import tr, written

MOST_BYTES = 300_000
MOST_PIXELS = 4000  # a side
KINDS = ("PNG", "JPEG")


def checked(image: bytes) -> tuple[int, int]:
    """Width and height in pixels. Raises ExportError for what is no PNG or JPEG, is too large, or cannot be read to its end."""
    if len(image) > MOST_BYTES:
        raise ExportError(tr("The crest is larger than {most} kB. Make it smaller.", most=written(MOST_BYTES // 1000)))
    try:
        picture = Image.open(io.BytesIO(image), formats=KINDS)
    except (OSError, ValueError, SyntaxError) as error:  # what Pillow raises for other things and for broken heads
        raise ExportError(tr("The crest is neither a PNG nor a JPEG.")) from error
    if not all(0 < side <= MOST_PIXELS for side in picture.size):  # before anything is unpacked
        raise ExportError(tr("The crest may have {most} pixels a side at most.", most=written(MOST_PIXELS)))
    try:
        picture.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ExportError(tr("The crest cannot be read: the picture is broken or cut off. Save it anew.")) from error
    return picture.size
