"""The offline base map: land and national boundaries of Natural Earth (npm package world-atlas, public domain).

The recipe's own boundaries override it: base lines within `OVERRIDE` degrees of the country's own polygons are left
out, so that no border is drawn twice with two opinions. Rings are split at the antimeridian, where the topology of
the package runs on.
"""

from __future__ import annotations

import json
from functools import lru_cache
from math import ceil, floor
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from geodata.errors import LayerError
from geodata.layers import Atlas, Bounds
from geodata.say import tr

OVERRIDE = 0.12  # degrees
MARGIN = 1.5  # the near scale reaches this many widths of the country beyond it, at least 6 degrees
WORLD: Bounds = (-180.0, -90.0, 180.0, 90.0)
ANTIMERIDIAN = shapely.union(shapely.box(-180, -90, -179.999, 90), shapely.box(179.999, -90, 180, 90))
FOLDER = Path(__file__).resolve().parents[1] / "node_modules" / "world-atlas"


@lru_cache(maxsize=8)
def base(atlas: Atlas) -> dict[str, Any]:
    """GeoJSON: `land` polygons and `border` lines, in detail around the country, coarse in the rest of the world."""
    window = _window(atlas)
    fine = (window[2] - window[0]) / 5000
    frame = shapely.box(*window)
    far_land, far_borders = _clipped("110m", WORLD)
    land, borders = (shapely.simplify(part, fine) for part in _clipped("10m", window))
    far_land, far_borders = shapely.difference(far_land, frame), shapely.difference(far_borders, frame)
    edge = shapely.buffer(shapely.boundary(frame), 1e-3)  # where fine and coarse meet there is no coast
    coast = shapely.difference(
        shapely.union(shapely.boundary(land), shapely.boundary(far_land)), shapely.union(edge, ANTIMERIDIAN)
    )
    borders = _overridden(atlas, borders)
    parts = [("land", land), ("land", far_land), ("coast", coast), ("border", borders), ("border", far_borders)]
    return {"type": "FeatureCollection", "features": [_feature(kind, g) for kind, g in parts if not g.is_empty]}


@lru_cache(maxsize=8)
def coarse(atlas: Atlas) -> dict[str, Any]:
    """The same, coarse everywhere: made in a moment, for the eye to rest on until `base` comes."""
    land, borders = _clipped("110m", WORLD)
    borders = _overridden(atlas, borders)
    parts = [("land", land), ("coast", shapely.difference(shapely.boundary(land), ANTIMERIDIAN)), ("border", borders)]
    return {"type": "FeatureCollection", "features": [_feature(kind, g) for kind, g in parts if not g.is_empty]}


def _overridden(atlas: Atlas, borders: BaseGeometry) -> BaseGeometry:
    """Borders of the base map without those beside the country's own, which stand instead."""
    own = outline(atlas)
    return (
        borders if own is None else shapely.difference(borders, shapely.buffer(shapely.simplify(own, 0.02), OVERRIDE))
    )


@lru_cache(maxsize=8)
def outline(atlas: Atlas) -> BaseGeometry | None:
    """The whole country's own polygon (level 0, or all areas of the first level), None where no polygon is known."""
    if not atlas.has("areas"):
        return None
    areas = atlas.read("areas", ["level"])
    if "geometry" not in areas or not (here := areas.geometry.notna()).any():
        return None
    known = areas[here]
    return shapely.union_all(known.geometry[known["level"] == known["level"].min()].to_numpy())


@lru_cache(maxsize=32)
def extent(atlas: Atlas) -> Bounds:
    """West, south, east, north of the country: of its polygon, else of its schools, else the world."""
    own = outline(atlas)
    if own is not None and not own.is_empty:
        west, south, east, north = own.bounds
        return float(west), float(south), float(east), float(north)
    where = atlas.read("schools", ["longitude", "latitude"])[["longitude", "latitude"]].to_numpy(dtype=float)
    where = where[np.isfinite(where).all(axis=1)]
    if not len(where):
        return -170.0, -58.0, 170.0, 75.0
    (west, south), (east, north) = where.min(axis=0), where.max(axis=0)
    return float(west) - 0.05, float(south) - 0.05, float(east) + 0.05, float(north) + 0.05


def _window(atlas: Atlas) -> Bounds:
    # Whole degrees: the edge of the base map must not say where the outermost school stands.
    west, south, east, north = (f(v) for f, v in zip((floor, floor, ceil, ceil), extent(atlas), strict=True))
    reach = max(6.0, MARGIN * max(east - west, north - south))
    return max(-180.0, west - reach), max(-85.0, south - reach), min(180.0, east + reach), min(85.0, north + reach)


@lru_cache(maxsize=16)
def _clipped(detail: str, window: Bounds) -> tuple[BaseGeometry, BaseGeometry]:
    """Land and land borders inside a window of longitudes −180 to 180 and latitudes."""
    topology, arcs = _topology(detail)
    users: dict[int, set[int]] = {}
    for n, country in enumerate(topology["objects"]["countries"]["geometries"]):
        for arc in _flat(country.get("arcs", [])):
            users.setdefault(arc if arc >= 0 else ~arc, set()).add(n)
    shared = shapely.multilinestrings(
        [shapely.linestrings(arcs[arc]) for arc, countries in users.items() if len(countries) > 1]
    )
    land = [
        part for geometry in topology["objects"]["land"]["geometries"] for part in _polygons(geometry, arcs, window)
    ]
    return _areal(np.array(land)), shapely.intersection(shared, shapely.box(*window))


@lru_cache(maxsize=2)
def _topology(detail: str) -> tuple[dict[str, Any], list[np.ndarray]]:
    """The package's file of a detail and its arcs; kept, for reading takes longer than cutting."""
    file = FOLDER / f"countries-{detail}.json"
    if not file.is_file():
        raise LayerError(
            tr("{file} is not installed. Run `make setup` (or `npm ci`) in the folder of First Mile.", file=file)
        )
    topology = json.loads(file.read_text("utf-8"))
    return topology, _arcs(topology)


def _arcs(topology: dict[str, Any]) -> list[np.ndarray]:
    scale, shift = np.array(topology["transform"]["scale"]), np.array(topology["transform"]["translate"])
    return [np.cumsum(np.array(arc, dtype=float), axis=0) * scale + shift for arc in topology["arcs"]]


def _flat(nested: Any) -> list[int]:
    return [nested] if isinstance(nested, int) else [arc for part in nested for arc in _flat(part)]


def _polygons(geometry: dict[str, Any], arcs: list[np.ndarray], window: Bounds) -> list[BaseGeometry]:
    """The polygons of a topology's geometry, each split at the antimeridian."""
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    return [split(_ring(rings[0], arcs), [_ring(r, arcs) for r in rings[1:]], window) for rings in polygons]


def _ring(indices: list[int], arcs: list[np.ndarray]) -> np.ndarray:
    lines = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in indices]
    return np.concatenate([lines[0], *(line[1:] for line in lines[1:])])


def split(outer: np.ndarray, holes: list[np.ndarray], window: Bounds = WORLD) -> BaseGeometry:
    """A polygon whose rings may run over the antimeridian or round a pole, as polygons inside `window`.

    Longitudes are unrolled so that no step exceeds half a turn; a ring that then does not close goes round a pole and
    is closed along it. What lies beyond ±180 is moved back by a turn.
    """
    ring = _unroll(outer)
    if len(ring) < 4:  # an island that the package's rounding shrank to a point
        return shapely.Polygon()
    if abs(ring[-1, 0] - ring[0, 0]) > 180:
        pole = -90.0 if ring[:, 1].mean() < 0 else 90.0
        ring = np.concatenate([ring, [[ring[-1, 0], pole], [ring[0, 0], pole]]])
    west, south, east, north = window
    parts: list[BaseGeometry] = []
    for turn in (-360.0, 0.0, 360.0):
        if (
            ring[:, 0].max() + turn < west
            or ring[:, 0].min() + turn > east
            or ring[:, 1].max() < south
            or ring[:, 1].min() > north
        ):
            continue
        whole = shapely.Polygon(np.add(ring, [turn, 0]), [np.add(_unroll(h), [turn, 0]) for h in holes if len(h) >= 4])
        # Cut first, which is cheap and asks for no validity, then mend what is left: a continent's ring is long.
        cut = shapely.clip_by_rect(whole, *window)
        parts.append(
            shapely.make_valid(cut)
            if cut is not None
            else shapely.intersection(shapely.make_valid(whole), shapely.box(*window))
        )
    return _areal(np.array(parts)) if parts else shapely.Polygon()


def _areal(geometries: np.ndarray) -> BaseGeometry:
    """The union of the polygons among geometries; lines and points that repairs leave are dropped.

    Of the open sea it is an empty polygon: an empty collection would have no boundary.
    """
    parts = shapely.get_parts(shapely.get_parts(geometries))
    whole = shapely.union_all(parts[shapely.get_dimensions(parts) == 2])
    return shapely.Polygon() if whole.is_empty else whole


def _unroll(ring: np.ndarray) -> np.ndarray:
    steps = np.diff(ring[:, 0])
    turns = np.concatenate([[0], np.cumsum(np.where(steps > 180, -360, np.where(steps < -180, 360, 0)))])
    return np.column_stack([ring[:, 0] + turns, ring[:, 1]])


def _feature(kind: str, geometry: BaseGeometry) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"kind": kind}, "geometry": mapping(shapely.set_precision(geometry, 1e-4))}
