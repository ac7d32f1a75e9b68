"""Briefs as files: the suffix chooses the format; nothing half-written is ever left.

write_brief(brief, Path("brief.pdf"))           # pdf, html, pptx, docx
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from geodata.briefing.contents import Brief
from geodata.errors import ExportError
from geodata.exports.crests import checked
from geodata.exports.disk import whole
from geodata.say import joined, tr
from geodata.text import legible

Maker = Callable[..., bytes]
FORMATS = ("pdf", "html", "pptx", "docx")


def brief_bytes(brief: Brief, suffix: str, *, letterhead: str = "", crest: bytes | None = None) -> bytes:
    """A brief as a file's bytes. `crest`: a PNG or JPEG. Raises ExportError for a format that there is not, or such a picture."""
    if crest is not None:
        checked(crest)
    brief, letterhead = _legible(brief), legible(letterhead)
    kind = suffix.removeprefix(".").lower()
    if kind not in FORMATS:
        raise ExportError(
            tr("A brief is written as {formats}, not as {kind}.", formats=joined(FORMATS, "or"), kind=kind or "?")
        )
    if kind == "pdf":
        from geodata.exports.brief_pdf import brief_pdf  # noqa: PLC0415 - a format's library loads when it is asked for

        return brief_pdf(brief, letterhead=letterhead, crest=crest)
    if kind == "html":
        from geodata.exports.brief_html import brief_html  # noqa: PLC0415

        return brief_html(brief, letterhead=letterhead, crest=crest)
    return _office(kind)(brief, None, letterhead=letterhead, crest=crest)


def _legible(held: Any) -> Any:
    """The same contents without characters that a file cannot hold, however they came: a register, a link, a form."""
    if isinstance(held, str):
        return legible(held)
    if isinstance(held, tuple):
        made = tuple(map(_legible, held))
        return held if all(a is b for a, b in zip(held, made, strict=True)) else made
    if not is_dataclass(held) or isinstance(held, type):
        return held
    parts = {f.name: _legible(getattr(held, f.name)) for f in fields(held)}
    changed = {name: value for name, value in parts.items() if value is not getattr(held, name)}
    return replace(held, **changed) if changed else held


def _office(kind: str) -> Maker:
    if kind == "pptx":
        from geodata.exports.brief_pptx import pptx_of  # noqa: PLC0415

        return pptx_of
    from geodata.exports.brief_docx import docx_of  # noqa: PLC0415

    return docx_of


def write_brief(brief: Brief, out: Path, *, letterhead: str = "", crest: bytes | None = None) -> int:
    """Write a brief in the format of the suffix; returns its size in bytes. Raises ExportError where it cannot be written."""
    if not out.absolute().parent.is_dir():
        raise ExportError(tr("There is no folder {folder} to write {file} in. Make it first.", folder=out.parent, file=out.name))  # fmt: skip
    data = brief_bytes(brief, out.suffix, letterhead=letterhead, crest=crest)
    with whole(out) as part:
        part.write_bytes(data)
    return len(data)
