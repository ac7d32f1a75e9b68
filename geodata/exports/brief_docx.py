"""A brief as DOCX: headings, real tables, native charts. The libraries load when a file is asked for."""

from __future__ import annotations

from collections.abc import Mapping

from geodata.briefing.contents import Brief


def docx_of(
    brief: Brief, drawings: Mapping[str, str] | None = None, *, letterhead: str = "", crest: bytes | None = None
) -> bytes:
    """The document of a brief. `drawings`: SVG by name, `map` among them, drawn here where none are given; `crest`: a PNG or JPEG. Same brief, same bytes."""
    from geodata.exports.office.document import document  # noqa: PLC0415
    from geodata.exports.office.pictures import drawings_of  # noqa: PLC0415

    return document(brief, drawings_of(brief) if drawings is None else drawings, letterhead=letterhead, crest=crest)
