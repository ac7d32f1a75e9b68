"""Office files (PPTX, DOCX) that are the same for the same input: no clock time in them or in what is embedded."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

EPOCH = (1980, 1, 1, 0, 0, 0)  # the first day that a ZIP can say
STAMP = b"1980-01-01T00:00:00Z"
_DATES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")


MOST_ABOUT = 255  # letters of a file's title, subject or author, as the format has it


def tell(about: Any, **said: str) -> None:
    """What a file says of itself (title, subject, author …), each no longer than the format takes."""
    for name, text in said.items():
        setattr(about, name, text if len(text) <= MOST_ABOUT else f"{text[: MOST_ABOUT - 2].rstrip()} …")
    about.revision = 1


def still(content: bytes) -> bytes:
    """The same Office file with its parts in order, undated: same input, same bytes. Embedded workbooks too."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in sorted(given.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            part = given.read(name)
            if name.endswith(".xlsx"):
                part = still(part)
            elif name == "docProps/core.xml":
                part = _DATES.sub(rb"\g<1>" + STAMP + rb"\g<2>", part)
            about = zipfile.ZipInfo(name, EPOCH)
            about.compress_type, about.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            made.writestr(about, part)
    return out.getvalue()
