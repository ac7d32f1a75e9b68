"""Schools inside a boundary that somebody hands in as GeoJSON: read as JSON and checked, never given to a reader of maps.

Schools are tested at the places that the tier is shown, so a boundary tells nothing that the list does not show already;
where schools are shown by hexagon, or not one by one, there is nothing to test and it is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon

from geodata.errors import DisclosureError, SourceError
from geodata.query import Desk
from geodata.say import tr, trn, written

MOST_CORNERS = 50_000
MOST_PARTS = 2_000
MOST_CROSSED = 2e8  # edges that are looked at for all schools together: a few seconds
MOST_DEEP = 12  # lists within lists; a multipolygon has four
_POLYGONS = ("Polygon", "MultiPolygon")
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Inside:
    """`ids` of the schools inside, sorted; `without`: schools that have no location and so are in no boundary."""

    ids: tuple[str, ...]
    without: int
    rounded: bool


def is_boundary(name: str, data: bytes) -> bool:
    """Whether a file looks like GeoJSON."""
    return name.lower().endswith((".geojson", ".json")) or data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"{"


def inside(desk: Desk, data: bytes) -> Inside:
    """The schools inside a boundary. Raises DisclosureError where places are not shown, SourceError for what is no boundary."""
    refuse(desk)
    shapes = shapes_of(data)
    lat, lon = (desk.schools[c].to_numpy(np.float64, na_value=np.nan) for c in ("latitude", "longitude"))
    known = ~(np.isnan(lat) | np.isnan(lon))
    hit = within(shapes, lat, lon)
    ids = desk.schools["school_id"].astype(str)[hit]
    return Inside(tuple(sorted(ids)), int((~known).sum()), not desk.locations.exact)


def refuse(desk: Desk) -> None:
    """Raise DisclosureError where a boundary could say of schools what this tier is not shown."""
    if not desk.one_by_one or desk.locations.cell is not None:
        raise DisclosureError(tr("Schools are not shown at their places in this view, so none can be chosen by a boundary. Choose areas or hexagons instead."))  # fmt: skip


def said(found: Inside) -> list[str]:
    """What was found, in sentences."""
    out = [trn("{n} school lies inside.", "{n} schools lie inside.", len(found.ids))]
    if found.without:
        out.append(trn("{n} school has no location and is in no boundary.", "{n} schools have no location and are in no boundary.", found.without))  # fmt: skip
    if found.rounded:
        out.append(tr("Places are rounded in this view, so a school near the line may stand on the wrong side."))
    return out


def within(shapes: list[Polygon], lat: Floats, lon: Floats) -> Bools:
    """Whether each place lies in one of the polygons; without a location it lies in none. Raises SourceError where that
    would take long.

    A place is inside where a line from it crosses the rings an odd number of times, so a polygon that crosses itself needs
    no mending: to mend one of a few hundred corners, drawn to that end, takes minutes.
    """
    hit, work = np.zeros(len(lat), dtype=bool), 0.0
    for shape in shapes:
        west, south, east, north = shape.bounds
        near = np.flatnonzero(~hit & (lat >= south) & (lat <= north) & (lon >= west) & (lon <= east))
        work += len(near) * crossed(shape)
        if work > MOST_CROSSED:
            raise SourceError(tr("The boundary crosses itself too often to be looked at. Simplify it first."))
        shapely.prepare(shape)
        hit[near] = shapely.intersects_xy(shape, lon[near], lat[near])
    return hit


def crossed(shape: Polygon) -> float:
    """How many edges a line from west to east crosses on average."""
    high = shape.bounds[3] - shape.bounds[1]
    edges = [np.abs(np.diff(shapely.get_coordinates(ring)[:, 1])).sum() for ring in (shape.exterior, *shape.interiors)]
    return float(sum(edges) / high) if high else 0.0


def shapes_of(data: bytes) -> list[Polygon]:
    """The polygons of a GeoJSON in degrees, as they were drawn. Raises SourceError with what is wrong."""
    try:
        read = json.loads(data.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise SourceError(tr("This is no GeoJSON. In QGIS: Export, Save Features As, GeoJSON.")) from None
    parts = [_polygon(p) for p in _polygons(read)]
    if not parts:
        raise SourceError(tr("There is no polygon in this file. Points and lines bound nothing."))
    kept = [p for p in parts if shapely.area(shapely.convex_hull(p)) > 0]
    if not kept:
        raise SourceError(tr("The boundary has no inside: its corners stand in one line."))
    return kept


def _no_number(text: str) -> float:
    raise ValueError(text)


def _polygons(read: Any) -> list[list[Any]]:
    """Rings of every polygon, in order; refuses too many parts and corners, before any shape is made."""
    found = list(_rings(read, 0))
    corners = sum(len(ring) for rings in found for ring in rings if isinstance(ring, list))
    if len(found) > MOST_PARTS or corners > MOST_CORNERS:
        raise SourceError(tr("The boundary has more than {most} corners. Simplify it first.", most=written(MOST_CORNERS)))  # fmt: skip
    return found


def _rings(read: Any, deep: int) -> Iterator[list[Any]]:
    if not isinstance(read, dict) or deep > MOST_DEEP:
        return
    kind, within = read.get("type"), read.get("coordinates")
    if kind in _POLYGONS and isinstance(within, list):
        yield from (within if kind == "MultiPolygon" else [within])
    inner = read.get("features") or read.get("geometries") or []
    for one in chain(inner if isinstance(inner, list) else [], [read.get("geometry")]):
        yield from _rings(one, deep + 1)


def _polygon(rings: Any) -> Polygon:
    try:
        made = [np.array([corner[:2] for corner in ring], dtype="float64") for ring in rings]
        if not made or any(ring.ndim != 2 or len(ring) < 4 for ring in made):
            raise ValueError
        far = max(float(np.abs(ring[:, 1]).max()) for ring in made), max(float(np.abs(ring[:, 0]).max()) for ring in made)  # fmt: skip
        if not (far[0] <= 90 and far[1] <= 180):  # also where one is no number
            raise SourceError(tr("The corners are not degrees of longitude and latitude (WGS 84). Save the file in EPSG:4326."))  # fmt: skip
        return Polygon(made[0], made[1:])
    except (TypeError, ValueError, KeyError, shapely.errors.GEOSException):
        raise SourceError(tr("A polygon of this file is damaged: its corners cannot be read.")) from None
