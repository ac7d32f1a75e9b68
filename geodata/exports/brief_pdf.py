"""A brief as PDF: exactly two A4 pages, and an annex where the brief has one; tagged, readable in grey, right to left too."""

from __future__ import annotations

import math
from base64 import b64encode
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from geodata.briefing.contents import Brief
from geodata.briefing.parts import Bar, Chart, Step
from geodata.exports import brief_words as words
from geodata.exports.brief_curve import curve_svg
from geodata.exports.brief_map import drawn, map_svg, swatch
from geodata.exports.typeset import pdf
from geodata.say import speaking, tr, written

TEMPLATE = Path(__file__).with_name("brief.typ")
MAP, CURVE = (88.0, 90.0), (98.0, 44.0)  # mm


def brief_pdf(brief: Brief, *, letterhead: str = "", crest: bytes | None = None) -> bytes:
    """The PDF of a brief in its own language. The same brief gives the same bytes."""
    with speaking(brief.language):
        return pdf(TEMPLATE.read_text("utf-8"), content(brief, letterhead), drawings(brief, crest, letterhead))


def drawings(brief: Brief, crest: bytes | None = None, letterhead: str = "") -> dict[str, str]:
    """The drawings of a brief as SVG by name: map, curve, crest; those that there is nothing for are left out."""
    out: dict[str, str] = {}
    if brief.mapped is not None and drawn(brief.mapped):
        numbers = {f.key: written(n) for n, f in enumerate(brief.first_areas, 1)}
        out["map"] = map_svg(brief.mapped, width=MAP[0], height=MAP[1], synthetic=brief.synthetic, numbers=numbers)
    if brief.planned is not None and brief.planned.stops:
        out["curve"] = curve_svg(brief.planned, width=CURVE[0], height=CURVE[1], rtl=brief.direction == "rtl")  # fmt: skip
    if crest:
        out["crest"] = crest_svg(crest, letterhead)
    return out


def crest_svg(image: bytes, title: str) -> str:
    """A picture as SVG; `size_of` has looked at it before."""
    wide, high = size_of(image)
    kind = "png" if image.startswith(b"\x89PNG") else "jpeg"
    href = f"data:image/{kind};base64,{b64encode(image).decode()}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" role="img" aria-label={quoteattr(title)}><image width="{wide}" height="{high}" href="{href}"/></svg>'  # fmt: skip


def size_of(image: bytes) -> tuple[int, int]:
    """Width and height of a PNG or JPEG; raises ExportError for anything else, or one that is too large to be a crest."""
    from geodata.exports.crests import checked  # noqa: PLC0415

    return checked(image)


# --- data -----------------------------------------------------------------------------------------------------------


def content(brief: Brief, letterhead: str = "") -> dict[str, Any]:
    """What the template shows: texts as they stand in the brief, numbers for lengths alone."""
    known, listed = words.references(brief)
    marks = [brief.status, *(n for n in brief.notices[:1] if brief.synthetic)]
    return {
        "title": brief.title,
        "language": brief.language,
        "direction": brief.direction,
        "place": brief.area_name,
        "marks": marks,
        "words": words.heads(brief),
        "letterhead": letterhead,
        "crest": tr("Crest of {name}", name=letterhead) if letterhead else tr("Crest"),
        "kicker": words.kicker(brief),
        "finding": brief.finding,
        "numbers": [{"title": n.title, "value": n.value, "unit": n.unit, "range": n.range, "coverage": n.coverage or n.note, "ref": _ref(known, n)} for n in brief.numbers],
        "map": _map(brief),
        "ladder": [_step(s, known) for s in brief.ladder],
        "ladder_said": brief.ladder_said,
        "behind_title": _behind(brief),
        "parity": _bars(brief.parity, without="wealth" if brief.quintiles else ""),
        "parity_of": brief.parity.subtitle if brief.parity else "",
        "quintiles": _bars(brief.quintiles),
        "quintiles_title": brief.quintiles.title if brief.quintiles else "",
        "behind_note": [*brief.left_behind, *_notices(brief)],
        "covered": [{"label": c.label, "text": c.text, "share": c.share} for c in brief.covered],
        "references": [f"({written(n)}) {text}." for n, text in enumerate(listed, 1)],
        "first": [[f.band, f.name, f.where, f.learners, f.why] for f in brief.first],
        "first_note": brief.first_note,
        "first_areas": [[f.band, f.name, f.learners, f.why] for f in brief.first_areas],
        "plan": _plan(brief),
        "plan_said": brief.plan_said,
        "need": [[n.name, n.need_text, *([n.money_text] if brief.planned else [])] for n in brief.need_money],
        "need_said": brief.need_said,
        "financing": list(brief.financing),
        "unknown": list(brief.unknown),
        "surveys": list(brief.surveys),
        "decisions": [[d.asked, d.owner, d.date] for d in brief.decisions],
        "method": list(brief.method),
        "sources": [", ".join(filter(None, (s.name, s.publisher, s.date, s.licence))) for s in brief.sources],
        "disclaimer": " ".join(filter(None, (brief.attribution, brief.disclaimer))),
        "footer": _footer(brief),
        "annex": [{"title": s.title, "columns": list(s.columns), "rows": [list(r) for r in s.rows], "numeric": list(s.numeric), "note": s.note} for s in brief.annex],
    }  # fmt: skip


def _footer(brief: Brief) -> str:
    heads = words.heads(brief)
    first = [heads["draft"], heads["version"], heads["hash"], heads["tier"], brief.disclaimer]
    return " · ".join(filter(None, first))


def _notices(brief: Brief) -> list[str]:
    """What stands neither in the head nor under the map already."""
    below = brief.mapped.note if brief.mapped is not None else ""
    return [n for n in brief.notices[1 if brief.synthetic else 0 :] if n != below]


def _behind(brief: Brief) -> str:
    """The finding of the groups as a head."""
    return brief.parity.title if brief.parity else words.heads(brief)["behind"]


def _ref(known: dict[str, int], one: Any) -> str:
    n = known.get(words.reference(one))
    return written(n) if n else ""


def _finite(value: float) -> float | None:
    return round(min(1.0, max(0.0, value)), 6) if math.isfinite(value) else None


def _step(step: Step, known: dict[str, int]) -> dict[str, Any]:
    return {"title": step.title, "value": step.value, "range": step.range, "counts": step.counts, "difference": step.difference, "number": _finite(step.number), "low": _finite(step.low), "high": _finite(step.high), "ref": _ref(known, step)}  # fmt: skip


def _bars(chart: Chart | None, *, without: str = "") -> list[dict[str, Any]]:
    rows = chart.bars if chart else ()
    return [_bar(b) for b in rows if not without or not b.key.startswith(f"{without}.")]


def _bar(bar: Bar) -> dict[str, Any]:
    return {"label": bar.label, "text": bar.text, "value": _finite(bar.value), "low": _finite(bar.low), "high": _finite(bar.high), "note": bar.note}  # fmt: skip


def _map(brief: Brief) -> dict[str, Any] | None:
    found = brief.mapped
    if found is None or not drawn(found):
        return None
    classes = [[text, swatch(k)] for k, text in enumerate(found.classes)]
    return {"title": found.title, "subtitle": found.subtitle, "alt": found.alt, "classes": classes, "unknown": found.unknown, "note": found.note}  # fmt: skip


def _plan(brief: Brief) -> dict[str, Any] | None:
    found = brief.planned
    if found is None:
        return None
    alt = " ".join(f"{s.budget_text}: {s.reached_text}." for s in found.stops)
    return {
        "title": found.title,
        "provisional": found.provisional,
        "alt": alt,
        "equity": found.equity,
        "plain": found.plain,
        "currency": found.currency,
        "mix": [_bar(b) for b in found.mix],
        "years": [[y.label, y.capital_text, y.running_text] for y in found.years],
    }
