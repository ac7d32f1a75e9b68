"""What of the world lies in a country or near it: tiles and points of world-wide files, kept before they are read on.

Boxes decide first (cheap, enough to bound memory by the country), then the areas themselves where they are known. The
margin is at least what is asked for; on the far side it may be wider, never narrower.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from etl.connect import Ask, Bounds
from geodata import quadkey
from geodata.errors import SourceError
from geodata.spatial import Flags, Floats

KM_A_DEGREE = 111.2
EDGE = 1e-9  # degrees: what lies on an edge lies within
MOST_PREFIXES = 256  # of the tiles that cover a country


@dataclass(frozen=True)
class Near:
    """A country and `margin_km` around it. `shapes` are its areas in degrees; without any, `boxes` alone decide."""

    boxes: tuple[Bounds, ...]
    shapes: NDArray[np.object_]
    margin_km: float

    @property
    def around(self) -> Bounds:
        """West, south, east, north of everything, the margin included; all longitudes where it meets 180°."""
        wide = [self._wider(box) for box in self.boxes]
        west, south, east, north = (f(b[n] for b in wide) for n, f in enumerate((min, min, max, max)))
        return (-180.0, south, 180.0, north) if west < -180 or east > 180 else (west, south, east, north)

    def _wider(self, box: Bounds) -> Bounds:
        """A box with the margin around it; it may reach beyond ±180°."""
        west, south, east, north = box
        up = self.margin_km / KM_A_DEGREE + EDGE
        aside = up / max(np.cos(np.radians(min(max(abs(south), abs(north)) + up, 89.0))), 0.02)
        return west - aside, max(south - up, -90.0), east + aside, min(north + up, 90.0)

    def in_boxes(self, lat: Floats, lon: Floats) -> Flags:
        """Points in a box or its margin, also across 180°."""
        inside: Flags = np.zeros(len(lat), dtype=bool)
        for box in self.boxes:
            west, south, east, north = self._wider(box)
            middle, half = (west + east) / 2, (east - west) / 2
            apart = np.abs((lon - middle + 180.0) % 360.0 - 180.0)
            inside |= (lat >= south) & (lat <= north) & ((apart <= half) | (half >= 180))
        return inside

    def holds(self, lat: Floats, lon: Floats) -> Flags:
        """Points within the areas or nearer to one than the margin (planar degrees, the margin of the widest latitude)."""
        inside = self.in_boxes(lat, lon)
        if not len(self.shapes) or not inside.any():
            return inside
        found: Flags = np.zeros(len(lat), dtype=bool)
        for shape in self.shapes:
            west, south, east, north = self._wider(tuple(shape.bounds))
            reach = max(shape.bounds[0] - west, shape.bounds[1] - south)
            for turn in (-360.0, 0.0, 360.0):
                x = lon + turn
                here = np.flatnonzero(inside & ~found & (x >= west) & (x <= east) & (lat >= south) & (lat <= north))
                if len(here):
                    found[here] = shapely.dwithin(shape, shapely.points(x[here], lat[here]), reach)
        return found

    @cached_property
    def prefixes(self) -> tuple[str, ...]:
        """Quadkeys of the tiles that cover the boxes, of one zoom: every tile near the country begins with one of them."""
        for zoom in range(12, 0, -1):
            spans = [self._span(box, zoom) for box in self.boxes]
            if sum(len(x) * len(y) for x, y in spans) <= MOST_PREFIXES:
                codes = {int(c) for x, y in spans for c in quadkey.interleave(np.tile(x, len(y)), np.repeat(y, len(x)))}
                return tuple(sorted(quadkey.to_text(np.array(sorted(codes)), zoom)))
        return ("0", "1", "2", "3")

    def _span(self, box: Bounds, zoom: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Columns and rows of the tiles that a box and its margin touch."""
        west, south, east, north = self._wider(box)
        size, limit = 1 << zoom, quadkey.MAX_LATITUDE
        lat = np.clip(np.array([north, south]), -limit, limit)
        (top, bottom) = quadkey.tile_numbers(lat, np.zeros(2), zoom)[1]
        left, right = (int(np.floor((x + 180.0) / 360.0 * size)) for x in (west, east))
        columns = np.arange(left, min(right, left + size - 1) + 1) % size
        return np.unique(columns).astype(np.int64), np.arange(top, bottom + 1, dtype=np.int64)


def near(ask: Ask, margin_km: float) -> Near:
    """The country that is asked for and a margin around it; raises SourceError where neither areas nor bounds are known."""
    shapes: Any = np.empty(0, dtype=object)
    if ask.areas is not None:
        known = ask.areas.geometry[ask.areas.geometry.notna() & ~ask.areas.geometry.is_empty]
        finest = known[ask.areas.loc[known.index, "level"] == ask.areas.loc[known.index, "level"].max()] if "level" in ask.areas else known  # fmt: skip
        shapes = finest.to_numpy()
    if len(shapes):
        parts = shapely.get_parts(shapes)
        shapely.prepare(parts)
        return Near(_boxes(parts), parts, margin_km)
    if ask.bounds is None:
        raise SourceError(
            f"Where {ask.name or ask.iso3} lies is not known: its boundaries must come first. Add a [[boundary]] to the recipe."
        )
    west, south, east, north = ask.bounds
    across: tuple[Bounds, ...] = ((west, south, 180.0, north), (-180.0, south, east, north))
    return Near(across if west > east else (ask.bounds,), shapes, margin_km)


def _boxes(parts: NDArray[np.object_]) -> tuple[Bounds, ...]:
    """The box of each half of the world's islands: two boxes for a country that 180° cuts, one for any other."""
    bounds = shapely.bounds(parts)
    east = (bounds[:, 0] + bounds[:, 2]) / 2 >= 0
    whole = [bounds] if bounds[:, 2].max() - bounds[:, 0].min() < 180 else [b for b in (bounds[east], bounds[~east]) if len(b)]  # fmt: skip
    return tuple(
        (float(b[:, 0].min()), float(b[:, 1].min()), float(b[:, 2].max()), float(b[:, 3].max())) for b in whole
    )
