"""The drawings of a brief for slides and documents: its map with its key, as one SVG for screen, PPTX and DOCX."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from geodata.briefing.contents import Brief
from geodata.briefing.parts import Mapped
from geodata.exports.brief_map import HATCH, PATTERN, drawn, map_svg, swatch
from geodata.exports.lotmap import EDGE, FONT, INK
from geodata.say import speaking

WIDTH, HEIGHT = 122.0, 62.0  # of the map, in mm; its key stands beneath
LETTER, ROW, SWATCH = 3.0, 5.4, 5.0  # height of the key's letters, of its rows, width of its marks
FEW = 12  # areas that carry their own numbers; of more, those that come first carry theirs
MARK = "\u200f"  # makes the signs at the ends of a text run with it, whatever stands round it
_SIZE = re.compile(r'\s(?:width|height)="[\d.]+mm"')


def drawings_of(brief: Brief) -> dict[str, str]:
    """SVG by name: `map` where there is one."""
    found = brief.mapped
    if found is None or not drawn(found):
        return {}
    with speaking(brief.language):
        return {"map": map_of(brief, found)}


def map_of(brief: Brief, found: Mapped) -> str:
    """The map with its key beneath; from right to left where the language is read so."""
    inside = [s for s in found.shapes if s.label and not s.outside]
    numbers = {s.key: s.text for s in inside} if len(inside) <= FEW else {f.key: f.band for f in brief.first_areas}
    drawing = map_svg(found, width=WIDTH, height=HEIGHT, synthetic=brief.synthetic, numbers=numbers)
    head, rest = drawing.split(">", 1)
    head = f'{_SIZE.sub("", head)} x="0" y="0" width="{WIDTH:g}" height="{HEIGHT:g}"'
    key, rows = _key(found, rtl=brief.direction == "rtl")
    high = HEIGHT + rows * ROW + 2
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {high:g}" width="{WIDTH:g}mm" height="{high:g}mm" direction="ltr"><defs>{PATTERN}</defs>{head}>{rest}{key}</svg>'  # fmt: skip


def _key(found: Mapped, *, rtl: bool) -> tuple[str, int]:
    """The classes in words beside their marks, and how many rows they take."""
    used = any(s.klass < 0 and not s.outside for s in found.shapes)
    items = [*((swatch(n), text) for n, text in enumerate(found.classes)), *([(HATCH, found.unknown)] if used and found.unknown else [])]  # fmt: skip
    parts, x, row = [], 0.0, 0
    for fill, text in items:
        wide = SWATCH + 2 + 0.56 * LETTER * len(text) + 5
        if x and x + wide > WIDTH:
            x, row = 0.0, row + 1
        top = HEIGHT + 2 + row * ROW
        left, start = (WIDTH - x - SWATCH, WIDTH - x - SWATCH - 2) if rtl else (x, x + SWATCH + 2)
        side, said = (' text-anchor="end"', f"{MARK}{text}{MARK}") if rtl else ("", text)
        parts.append(f'<rect x="{left:.2f}" y="{top:.2f}" width="{SWATCH:g}" height="3.6" fill="{fill}" stroke="{EDGE}" stroke-width="0.2"/>')  # fmt: skip
        parts.append(f'<text x="{start:.2f}" y="{top + 2.9:.2f}"{side} font-family="{FONT}" font-size="{LETTER:g}" fill="{INK}">{escape(said)}</text>')  # fmt: skip
        x += wide
    return "".join(parts), row + 1
