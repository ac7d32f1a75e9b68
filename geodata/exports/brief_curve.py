"""What solved budgets buy, as SVG: a point a solved budget, the plan's own marked, λ = 0 dotted, labels on the marks."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from geodata.briefing.parts import Planned, Stop
from geodata.exports.lotmap import FONT, INK

BLUE, SOFT, RULE = "#1565A8", "#4A5563", "#D9D4C7"
LEFT, RIGHT, TOP, BOTTOM = 4.0, 4.0, 6.0, 5.0


def curve_svg(found: Planned, *, width: float, height: float, rtl: bool) -> str:
    """The curve in `width` × `height` mm, budgets across; from right to left where the language is read so."""
    stops = [s for s in found.stops if s.reached == s.reached]
    most_x = max((s.budget for s in stops), default=1.0) or 1.0
    most_y = max((max(s.reached, s.plain) for s in stops), default=1.0) or 1.0

    def at(budget: float, reached: float) -> tuple[float, float]:
        x = LEFT + budget / most_x * (width - LEFT - RIGHT)
        return (width - x if rtl else x), height - BOTTOM - reached / most_y * (height - TOP - BOTTOM)

    base = height - BOTTOM
    parts = [f'<path d="M{LEFT} {base}H{width - RIGHT}" stroke="{SOFT}" stroke-width="0.3"/>']
    line = " ".join(f"{x:.2f} {y:.2f}" for x, y in [at(0, 0), *(at(s.budget, s.reached) for s in stops)])
    plain = " ".join(f"{x:.2f} {y:.2f}" for x, y in [at(0, 0), *(at(s.budget, s.plain) for s in stops)])
    parts.append(f'<path d="M{plain}" fill="none" stroke="{SOFT}" stroke-width="0.3" stroke-dasharray="0.4 0.9"/>')
    parts.append(f'<path d="M{line}" fill="none" stroke="{BLUE}" stroke-width="0.5"/>')
    for stop in stops:
        parts += _stop(stop, at(stop.budget, stop.reached), base, width, last=stop is stops[-1])
    own = [s for s in stops if s.frozen]
    told = " ".join(f"{s.budget_text}: {s.reached_text}." for s in (own or stops))
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}mm" height="{height:g}mm"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label={quoteattr(told)}><rect width="{width:g}" height="{height:g}" fill="#ffffff"/>{"".join(parts)}</svg>'  # fmt: skip


def _stop(stop: Stop, at: tuple[float, float], base: float, width: float, *, last: bool) -> list[str]:
    """A mark; the plan's own and the last carry their numbers."""
    x, y = at
    if not stop.frozen:
        out = [f'<circle cx="{x:.2f}" cy="{y:.2f}" r="0.8" fill="#ffffff" stroke="{BLUE}" stroke-width="0.4"/>']
        return [*out, _text(x, y - 1.8, stop.reached_text, width), _text(x, base + 3, stop.budget_text, width)] if last else out  # fmt: skip
    return [
        f'<path d="M{x:.2f} {base:.2f}V{y:.2f}" stroke="{RULE}" stroke-width="0.4"/>',
        f'<rect x="{x - 1.1:.2f}" y="{y - 1.1:.2f}" width="2.2" height="2.2" fill="{BLUE}"/>',
        _text(x, y - 2.2, stop.reached_text, width, bold=True),
        _text(x, base + 3, stop.budget_text, width, bold=True),
    ]


def _text(x: float, y: float, text: str, width: float, *, bold: bool = False) -> str:
    half = 0.68 * len(text)
    x = min(max(x, half + 0.5), width - half - 0.5)
    weight = ' font-weight="700"' if bold else ""
    return f'<text x="{x:.2f}" y="{y:.2f}" text-anchor="middle" font-family="{FONT}" font-size="2.5"{weight} fill="{INK}">{escape(text)}</text>'  # fmt: skip
