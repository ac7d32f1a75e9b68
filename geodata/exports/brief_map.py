"""The map of a brief as SVG, drawn by our own code: classes from light to dark, hatching where nothing is known, a scale.

The classes are as far apart in grey as in colour; the first areas of the table carry its numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import shapely

from geodata.briefing.parts import Mapped, Shape
from geodata.exports.lotmap import (
    EDGE,
    FONT,
    INK,
    LAND,
    Drawing,
    Frame,
    document,
    fitted,
    mark,
    north,
    path_of,
    scale_bar,
)

RAMP = ("#F6E8C9", "#E3A263", "#B03A3A", "#4A1030")  # lightness about 92, 72, 42, 17
HATCH = "url(#unknown)"
PATTERN = '<pattern id="unknown" width="1.6" height="1.6" patternUnits="userSpaceOnUse"><rect width="1.6" height="1.6" fill="#ffffff"/><path d="M-0.4 0.4L0.4 -0.4M0 1.6L1.6 0M1.2 2L2 1.2" stroke="#83888F" stroke-width="0.25"/></pattern>'  # fmt: skip
HEXAGONS = 15  # characters of an H3 cell's name: a shape without a label


def map_svg(found: Mapped, *, width: float, height: float, synthetic: bool, numbers: Mapping[str, str] | None = None) -> str:  # fmt: skip
    """The map in a window of `width` × `height` mm. `numbers`: what is written on an area, by its key."""
    shapes = [s for s in found.shapes if s.geometry is not None]
    frame = window(shapes, width, height)
    hexagons = any(not s.label for s in shapes)
    parts = [f"<defs>{PATTERN}</defs>", *(_area(s, frame, hexagons=hexagons) for s in shapes)]
    parts += [f'<path d="{path_of(frame.shape(line))}" fill="none" stroke="{INK}" stroke-width="0.35" stroke-dasharray="1.2 0.8"/>' for line in found.contested]  # fmt: skip
    if synthetic:
        parts.append(mark(frame))
    parts += [_number(s, (numbers or {})[s.key], frame) for s in shapes if s.key in (numbers or {})]
    return document(frame, found.alt, [*parts, scale_bar(frame), north(frame)])


def window(shapes: list[Shape], width: float, height: float) -> Frame:
    """The window around the shapes; around the ground alone where it is drawn under hexagons of its own."""
    boxes = np.array([shapely.bounds(s.geometry) for s in shapes if s.geometry is not None and not s.geometry.is_empty])
    inside = [k for k, s in enumerate(shapes) if not s.outside]
    if inside and len(inside) < len(shapes) and not any(s.label for s in shapes if not s.outside):
        own = boxes[inside]
        ground = boxes[[k for k in range(len(shapes)) if k not in inside]]
        small = np.ptp(own[:, [0, 2]]) < 0.2 * np.ptp(ground[:, [0, 2]])
        boxes = own if small else np.vstack((own, ground))
    lon, lat = boxes[:, [0, 2]].ravel(), boxes[:, [1, 3]].ravel()
    return fitted(Drawing(lon, lat), width, height, least_km=5.0, margin=3.0)


def _area(shape: Shape, frame: Frame, *, hexagons: bool) -> str:
    fill = LAND if shape.outside else RAMP[shape.klass] if shape.klass >= 0 else HATCH
    edge, wide = ("#ffffff", 0.15) if not shape.outside and not hexagons else (EDGE, 0.2)
    edge = EDGE if shape.klass < 0 else edge
    return f'<path d="{path_of(frame.shape(shape.geometry))}" fill="{fill}" stroke="{edge}" stroke-width="{wide}" fill-rule="evenodd"/>'  # fmt: skip


def _number(shape: Shape, text: str, frame: Frame) -> str:
    point = shapely.point_on_surface(shape.geometry)
    x, y = (float(v) for v in frame.xy(point.x, point.y))
    wide = 1.5 + 0.75 * len(text)
    ring = f'<rect x="{x - wide:.2f}" y="{y - 1.9:.2f}" width="{2 * wide:.2f}" height="3.8" rx="1.9" fill="#ffffff" stroke="{INK}" stroke-width="0.25"/>'  # fmt: skip
    return f'{ring}<text x="{x:.2f}" y="{y + 1.0:.2f}" text-anchor="middle" font-family="{FONT}" font-size="2.8" fill="{INK}">{escape(text)}</text>'  # fmt: skip


def swatch(klass: int) -> str:
    """The colour of a class, for a legend; hatching has none."""
    return RAMP[klass] if klass >= 0 else ""


def drawn(found: Any) -> bool:
    """Whether there is anything to draw."""
    return found is not None and any(s.geometry is not None for s in found.shapes)
