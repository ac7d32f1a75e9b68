"""Text made comparable: case, accents and spaces folded away, in any script. Used by filters and by the search box."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Marks that a reader leaves out when she types: Latin, Greek and Cyrillic accents, Hebrew points, Arabic vowel signs.
# The vowel signs of Indic and other scripts are letters to their readers and stay.
_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640]"
)
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "’": "'",
        "‘": "'",
        "ʼ": "'",
    }
)
_SPACES = re.compile(r"\s+")
# What no XML file may hold, and so no SVG, slide, document or workbook: most control characters, halves of letters.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BREAKS = "\x0b\x0c\x1c\x1d\x1e\x1f"  # of lines and records in old systems: a space where they stood
# What a file may not be called on Windows, whatever its suffix.
_DEVICES = frozenset(("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))))


@lru_cache(maxsize=200_000)
def fold(text: str) -> str:
    """`  Escola  São José ` → `escola sao jose`; the same for any script that has case or accents."""
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return _SPACES.sub(" ", unicodedata.normalize("NFC", bare).translate(_LETTERS)).strip()


def legible(text: str) -> str:
    """The text without characters that no file of XML can hold; an old system's line breaks become spaces."""
    return _NO_XML.sub(lambda found: " " if found[0] in _BREAKS else "", text)


def plain_name(name: str) -> str:
    """A file name of letters, digits, - and _ with its suffix in small letters: no name from outside is used as it came."""
    stem, dot, suffix = name.rpartition(".")
    if suffix.lower() == "gz" and "." in stem:
        return f"{plain_name(stem)}.gz"
    ending = f".{suffix.lower()}" if dot and suffix.isascii() and suffix.isalnum() else ""
    kept = unicodedata.normalize("NFC", stem if ending else name)
    kept = "".join(c if c.isalnum() or c in "-_" else "_" for c in kept)[:60].strip("_") or "file"
    return f"_{kept}{ending}" if kept.casefold() in _DEVICES else f"{kept}{ending}"
