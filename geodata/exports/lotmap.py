"""Maps on paper: places with numbers, links, outlines, a scale bar and north, as SVG that also reads in grey."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import cos, floor, log10, radians
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import shapely

from geodata.arrays import Floats

KM = 111.195  # of a degree of latitude
INK, LAND, EDGE, FAINT = "#1a1a1a", "#f3f1ea", "#8a8a8a", "#c9c6bc"
FONT = "Noto Sans, Noto Sans Arabic"
LABEL = 2.5  # height of numbers, in mm
DOT = 0.85
# Where a number may stand beside its place, in the order tried.
_BESIDE = ((1.3, -0.9), (1.3, 2.4), (-1.3, -0.9), (-1.3, 2.4), (0.0, -1.6), (0.0, 3.6), (2.0, 0.9), (-2.0, 0.9))


@dataclass(frozen=True)
class Frame:
    """A window of `width` × `height` mm onto the ground: `west` and `north` of its corner, `per_mm` km a millimetre."""

    lon: float
    lat: float
    per_mm: float
    width: float
    height: float

    def xy(self, lon: Any, lat: Any) -> tuple[Floats, Floats]:
        """Degrees as millimetres from the upper left corner; longitudes the short way round."""
        east = ((np.asarray(lon, dtype=float) - self.lon + 180) % 360 - 180) * cos(radians(self.lat)) * KM
        north = (np.asarray(lat, dtype=float) - self.lat) * KM
        return self.width / 2 + east / self.per_mm, self.height / 2 - north / self.per_mm

    def shape(self, geometry: Any) -> Any:
        """A shape in millimetres, cut to the window and without detail that no eye sees."""
        moved = shapely.transform(geometry, lambda at: np.column_stack(self.xy(at[:, 0], at[:, 1])))
        cut = shapely.clip_by_rect(shapely.make_valid(moved), -1, -1, self.width + 1, self.height + 1)
        return shapely.simplify(cut, 0.05)


@dataclass(frozen=True)
class Drawing:
    """What a map shows. Places in degrees. `numbers`: beside the places; `links`: pairs of ends (lon, lat, lon, lat), n × 4;
    `nodes`: where fibre starts (lon, lat), m × 2; `land`: outlines; `contested`: lines that are not agreed."""

    lon: Floats
    lat: Floats
    numbers: Sequence[str] = ()
    links: Floats = field(default_factory=lambda: np.zeros((0, 4)))
    nodes: Floats = field(default_factory=lambda: np.zeros((0, 2)))
    land: Sequence[Any] = ()
    contested: Sequence[Any] = ()
    reserve: Floats = field(default_factory=lambda: np.zeros((0, 2)))


def fitted(drawing: Drawing, width: float, height: float, *, least_km: float = 2.0, margin: float = 7.0) -> Frame:
    """The window around the places, links and nodes of a drawing, at least so many km wide."""
    lon = np.concatenate((drawing.lon, drawing.links[:, [0, 2]].ravel(), drawing.nodes[:, 0], drawing.reserve[:, 0]))
    lat = np.concatenate((drawing.lat, drawing.links[:, [1, 3]].ravel(), drawing.nodes[:, 1], drawing.reserve[:, 1]))
    known = np.isfinite(lon) & np.isfinite(lat)
    if not known.any():
        return Frame(0.0, 0.0, 1.0, width, height)
    turn = float(np.degrees(np.angle(np.exp(1j * np.radians(lon[known])).sum())))
    off = (lon[known] - turn + 180) % 360 - 180
    middle, level = turn + (off.min() + off.max()) / 2, (lat[known].min() + lat[known].max()) / 2
    across, along = np.ptp(off) * cos(radians(level)) * KM, np.ptp(lat[known]) * KM
    per = max(across / (width - 2 * margin), along / (height - 2 * margin), least_km / width)
    return Frame(float(middle), float(level), float(per), width, height)


def svg(drawing: Drawing, frame: Frame, *, title: str, synthetic: bool = False) -> str:
    """The map. `title` is read aloud in the place of the picture; a synthetic place says so across it."""
    parts = [_land(drawing, frame), _lines(drawing, frame)]
    if synthetic:
        parts.append(mark(frame))
    parts += [_places(drawing, frame), scale_bar(frame), north(frame)]
    return document(frame, title, parts)


def locator(land: Sequence[Any], contested: Sequence[Any], inner: Frame, *, size: float, title: str) -> str:
    """A small map of the whole area with the window of another map in it; empty where there is no outline, and
    where the other map shows as much."""
    if not len(land):
        return ""
    box = shapely.total_bounds(np.asarray(land, dtype=object))
    corners = Drawing(np.array([box[0], box[2]]), np.array([box[1], box[3]]), land=land, contested=contested)
    frame = fitted(corners, size, size, margin=1.5)
    half = inner.per_mm / frame.per_mm
    if inner.width * half > 0.9 * size or inner.height * half > 0.9 * size:
        return ""  # the large map shows the whole area already
    x, y = (float(v) for v in frame.xy(inner.lon, inner.lat))
    w, h = max(inner.width * half, 1.6), max(inner.height * half, 1.6)
    window = f'<rect x="{x - w / 2:.2f}" y="{y - h / 2:.2f}" width="{w:.2f}" height="{h:.2f}" fill="none" stroke="{INK}" stroke-width="0.5"/>'
    return document(frame, title, [_land(corners, frame), window])


def document(frame: Frame, title: str, parts: Sequence[str]) -> str:
    """A window with its parts, cut at its edge; `title` is read aloud in its place."""
    w, h = f"{frame.width:g}", f"{frame.height:g}"
    clip = f'<clipPath id="frame"><rect width="{w}" height="{h}"/></clipPath>'
    edge = f'<rect x="0.1" y="0.1" width="{frame.width - 0.2:g}" height="{frame.height - 0.2:g}" fill="none" stroke="{EDGE}" stroke-width="0.2"/>'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}mm" height="{h}mm" role="img" aria-label={quoteattr(title)}>'
    inner = "".join(parts)
    return f'{head}<defs>{clip}</defs><rect width="{w}" height="{h}" fill="#ffffff"/><g clip-path="url(#frame)">{inner}</g>{edge}</svg>'


def _land(drawing: Drawing, frame: Frame) -> str:
    out = [f'<path d="{path_of(frame.shape(g))}" fill="{LAND}" stroke="{EDGE}" stroke-width="0.3" fill-rule="evenodd"/>' for g in drawing.land]  # fmt: skip
    out += [f'<path d="{path_of(frame.shape(g))}" fill="none" stroke="{INK}" stroke-width="0.3" stroke-dasharray="1.2 0.8"/>' for g in drawing.contested]  # fmt: skip
    return "".join(out)


def path_of(shape: Any) -> str:
    """A shape's rings or lines as a path; polygons are closed."""
    out = []
    for part in shapely.get_parts(shape):
        rings = shapely.get_rings(part) if part.geom_type == "Polygon" else [part] if "Line" in part.geom_type else []
        for ring in rings:
            at = " ".join(f"{x:.2f} {y:.2f}" for x, y in shapely.get_coordinates(ring))
            out.append(f"M{at}{'Z' if part.geom_type == 'Polygon' else ''}")
    return "".join(out)


def _lines(drawing: Drawing, frame: Frame) -> str:
    x1, y1 = frame.xy(drawing.links[:, 0], drawing.links[:, 1])
    x2, y2 = frame.xy(drawing.links[:, 2], drawing.links[:, 3])
    ends = np.column_stack((x1, y1, x2, y2))
    ends = ends[np.isfinite(ends).all(axis=1)]
    return "".join(f'<line x1="{a:.2f}" y1="{b:.2f}" x2="{c:.2f}" y2="{d:.2f}" stroke="{INK}" stroke-width="0.35"/>' for a, b, c, d in ends)  # fmt: skip


def _places(drawing: Drawing, frame: Frame) -> str:
    out = []
    for x, y in zip(*frame.xy(drawing.nodes[:, 0], drawing.nodes[:, 1]), strict=True):
        out.append(f'<rect x="{x - 1.1:.2f}" y="{y - 1.1:.2f}" width="2.2" height="2.2" fill="{INK}"/>')
    for x, y in zip(*frame.xy(drawing.reserve[:, 0], drawing.reserve[:, 1]), strict=True):
        out.append(f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{DOT}" fill="none" stroke="{EDGE}" stroke-width="0.3"/>')
    x, y = frame.xy(drawing.lon, drawing.lat)
    here = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    out += [f'<circle cx="{x[i]:.2f}" cy="{y[i]:.2f}" r="{DOT}" fill="#ffffff" stroke="{INK}" stroke-width="0.4"/>' for i in here]  # fmt: skip
    return "".join(out) + "".join(_numbers(drawing.numbers, x, y, here, frame))


def _numbers(numbers: Sequence[str], x: Floats, y: Floats, here: Any, frame: Frame) -> list[str]:
    """Each number beside its place where there is room; one that would cover another is left out."""
    taken = [(x[i] - DOT, y[i] - DOT, x[i] + DOT, y[i] + DOT) for i in here]
    own = {int(i): n for n, i in enumerate(here)}
    out = []
    for i in here if len(numbers) else ():
        text = str(numbers[i])
        wide = 0.56 * LABEL * len(text)
        for dx, dy in _BESIDE:
            left = x[i] + dx - (0 if dx > 0 else wide if dx < 0 else wide / 2)
            box = (left, y[i] + dy - 0.75 * LABEL, left + wide, y[i] + dy)
            inside = box[0] > 0 and box[1] > 0 and box[2] < frame.width and box[3] < frame.height
            if inside and not any(n != own[int(i)] and _meet(box, other) for n, other in enumerate(taken)):
                taken.append(box)
                out.append(f'<text x="{left:.2f}" y="{y[i] + dy:.2f}" font-family="{FONT}" font-size="{LABEL}" fill="{INK}">{escape(text)}</text>')  # fmt: skip
                break
    return out


def _meet(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def scale_bar(frame: Frame) -> str:
    """A bar of a round number of km, at most a quarter of the width."""
    most = frame.per_mm * frame.width / 4
    power = 10.0 ** floor(log10(most))
    km = max(step for step in (power, 2 * power, 5 * power) if step <= most)
    long, y = km / frame.per_mm, frame.height - 3.0
    words = f"{km:g} km" if km >= 1 else f"{km * 1000:g} m"
    bar = f'<rect x="3" y="{y - 4.6:.2f}" width="{long + 3:.2f}" height="6.4" fill="#ffffff" fill-opacity="0.85"/><path d="M4.5 {y - 1:.2f}v1h{long:.2f}v-1" fill="none" stroke="{INK}" stroke-width="0.35"/>'
    return f'{bar}<text x="4.5" y="{y - 1.6:.2f}" font-family="{FONT}" font-size="2.5" fill="{INK}">{words}</text>'


def north(frame: Frame) -> str:
    """An arrow to the north, in the upper right corner."""
    x = frame.width - 6
    return f'<path d="M{x:.1f} 4l1.6 5.2l-1.6 -1.2l-1.6 1.2z" fill="{INK}"/><text x="{x - 0.9:.1f}" y="12" font-family="{FONT}" font-size="2.6" fill="{INK}">N</text>'


def mark(frame: Frame) -> str:
    """SYNTHETIC, across the whole window."""
    size = min(frame.width / 11, frame.height / 3)
    return f'<text x="{frame.width / 2:.1f}" y="{frame.height / 2 + size / 3:.1f}" text-anchor="middle" font-family="{FONT}" font-size="{size:.1f}" font-weight="700" fill="{FAINT}" fill-opacity="0.45">SYNTHETIC</text>'
