"""Geometry on the sphere: nearest neighbours, counts within a distance, and the area of each point.

Every distance is great-circle on a sphere with the IUGG mean radius. Points become unit vectors: chord length grows
with the angle between two points, so a tree over unit vectors finds the true great-circle neighbours at any latitude,
across the antimeridian and at the poles, where a tree over degrees picks wrong ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geodata import kernels

EARTH_RADIUS_M = 6_371_008.8  # IUGG mean radius R1; the ellipsoid differs by 0.56 % at most

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


def floats(values: Any) -> Floats:
    """Values (Series, list, array; unknown as NaN, None or NA) as a float64 array."""
    to_numpy = getattr(values, "to_numpy", None)
    if to_numpy is not None:
        return np.asarray(to_numpy(dtype="float64", na_value=np.nan), dtype=np.float64)
    return np.asarray(values, dtype=np.float64)


def located(lat: ArrayLike, lon: ArrayLike) -> Flags:
    """True where both coordinates are finite degrees on the globe; longitudes up to ±180, the two ends being one."""
    lat, lon = floats(lat), floats(lon)
    return np.asarray((np.abs(lat) <= 90) & (np.abs(lon) <= 180))  # comparisons with NaN are False


def shortest_arc(west: ArrayLike, east: ArrayLike) -> tuple[float, float]:
    """West and east of the shortest arc of longitudes that holds every given span (degrees, −180 to 180, west ≤ east).

    Of places on both sides of 180° (Fiji) the west that comes back is greater than the east. Raises ValueError for no span.
    """
    left, right = floats(west), floats(east)
    order = np.argsort(left, kind="stable")
    left, reached = left[order], np.maximum.accumulate(right[order])
    gaps = left[1:] - reached[:-1]
    around = left[0] + 360.0 - reached[-1]
    if not len(gaps) or gaps.max() <= around:
        return float(left[0]), float(reached[-1])
    widest = int(gaps.argmax())
    return float(left[widest + 1]), float(reached[widest])


def unit_vectors(lat: ArrayLike, lon: ArrayLike) -> Floats:
    """Points in degrees (n) as unit vectors (n × 3): x towards 0° E, y towards 90° E, z towards the north pole."""
    phi, lam = np.radians(floats(lat)), np.radians(floats(lon))
    cos = np.cos(phi)
    return np.column_stack((cos * np.cos(lam), cos * np.sin(lam), np.sin(phi)))


def chord(metres: float) -> float:
    """Straight-line length between two unit vectors that lie this many metres apart on the sphere."""
    return float(2.0 * np.sin(min(metres / EARTH_RADIUS_M, np.pi) / 2.0))


def arc(chords: ArrayLike) -> Floats:
    """Great-circle metres of chord lengths between unit vectors; infinite chords (nothing found) give NaN."""
    half = np.asarray(chords, dtype=np.float64) / 2.0
    with np.errstate(invalid="ignore"):
        metres = 2.0 * EARTH_RADIUS_M * np.arcsin(np.minimum(half, 1.0))
    return np.where(np.isfinite(half), metres, np.nan)


def distance(lat1: ArrayLike, lon1: ArrayLike, lat2: ArrayLike, lon2: ArrayLike) -> Floats:
    """Great-circle metres between pairs of points in degrees (haversine: exact for near points)."""
    phi1, phi2 = np.radians(floats(lat1)), np.radians(floats(lat2))
    a = np.sin((phi2 - phi1) / 2) ** 2
    a = a + np.cos(phi1) * np.cos(phi2) * np.sin(np.radians(floats(lon2) - floats(lon1)) / 2) ** 2
    return np.asarray(2.0 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(a, 0.0, 1.0))))


def nearest(
    lat: ArrayLike, lon: ArrayLike, to_lat: ArrayLike, to_lon: ArrayLike, *, within_m: float = np.inf
) -> tuple[Ints, Floats]:
    """Nearest target of each point: its position among the targets (−1 where none) and the great-circle metres (NaN).

    Points and targets are in degrees; those without a usable location have and are no neighbours. `within_m` leaves
    farther targets out (the limit itself included).
    """
    lat, lon, to_lat, to_lon = floats(lat), floats(lon), floats(to_lat), floats(to_lon)
    index, metres = np.full(len(lat), -1, dtype=np.int64), np.full(len(lat), np.nan)
    here, there = np.flatnonzero(located(lat, lon)), np.flatnonzero(located(to_lat, to_lon))
    if not len(here) or not len(there):
        return index, metres
    most = np.inf if within_m >= np.pi * EARTH_RADIUS_M else np.nextafter(chord(within_m), np.inf) ** 2
    there, vectors, boxes, starts = tree_of(to_lat, to_lon, there)
    found, squares = kernels.nearest_of(vectors, boxes, starts, unit_vectors(lat[here], lon[here]), most)
    hit = found >= 0
    index[here[hit]] = there[found[hit]]
    metres[here] = arc(np.sqrt(squares))
    return index, metres


def tree_of(lat: Floats, lon: Floats, here: Ints) -> tuple[Ints, Floats, Floats, Ints]:
    """The points at the positions `here` (one at least) along a curve: positions, unit vectors, boxes, start of levels."""
    here = here[np.argsort(kernels.along_curve(lat[here], lon[here]), kind="stable")]
    vectors = unit_vectors(lat[here], lon[here])
    return here, vectors, *kernels.pack(vectors)


def count_within(lat: ArrayLike, lon: ArrayLike, radii_m: tuple[float, ...]) -> Ints:
    """How many *other* points of the same set lie within each radius, in metres (n × radii).

    Points at the very same place count; those without a usable location count nowhere and get −1.
    """
    lat, lon = floats(lat), floats(lon)
    counts = np.full((len(lat), len(radii_m)), -1, dtype=np.int64)
    here = np.flatnonzero(located(lat, lon))
    if len(here) and radii_m:
        here, vectors, boxes, starts = tree_of(lat, lon, here)
        ascending = np.argsort(radii_m)
        squares = np.array([chord(radius) for radius in radii_m])[ascending] ** 2
        counts[np.ix_(here, ascending)] = kernels.counts_of(vectors, boxes, starts, squares) - 1
    return counts


def area_of(lat: ArrayLike, lon: ArrayLike, polygons: Any) -> Ints:
    """Position of the polygon that each point lies in, −1 where none: one area for each point, never two.

    `polygons` is an array or GeoSeries of (multi)polygons in EPSG:4326 degrees; None is no polygon. A point inside one
    and on the edge of another belongs to the one it is inside; on a shared edge, or where polygons overlap, to the
    first in the order given. A point at 180° east is also looked for at 180° west.
    """
    lat, lon = floats(lat), floats(lon)
    shapes = np.asarray(polygons, dtype=object)
    area = np.full(len(lat), -1, dtype=np.int64)
    here = np.flatnonzero(located(lat, lon))
    if not len(here) or not len(shapes):
        return area
    area[here] = _first_holder(lat[here], lon[here], shapes)
    twin = here[(area[here] < 0) & (np.abs(lon[here]) == 180.0)]
    if len(twin):
        area[twin] = _first_holder(lat[twin], -lon[twin], shapes)
    return area


def _first_holder(lat: Floats, lon: Floats, shapes: NDArray[np.object_]) -> Ints:
    """Polygon by polygon over the points of its bounding box: no point becomes an object.

    Edges are crossed in compiled code; where the sign of a determinant might be rounding, GEOS's exact predicates say.
    """
    order = np.argsort(lat, kind="stable")
    y, x = lat[order], lon[order]
    west, south, east, north = np.nan_to_num(shapely.bounds(shapes), nan=np.inf).T
    first = np.searchsorted(y, south, "left")
    last = np.searchsorted(y, np.where(np.isfinite(north), north, -np.inf), "right")
    corners = _corners(shapes)
    point, shape, unsure = kernels.crossings(x, y, np.column_stack((first, last)), np.stack((west, east)), *corners)
    ask = np.flatnonzero(unsure)
    false = ask[~shapely.intersects_xy(shapes[shape[ask]], x[point[ask]], y[point[ask]])]
    point, shape = np.delete(point, false), np.delete(shape, false)
    holder = np.full(len(y), -1, dtype=np.int64)
    holder[point[::-1]] = shape[::-1]  # the first in the order given is written last
    several = np.flatnonzero(np.bincount(point, minlength=len(y))[point] > 1)
    inner = several[shapely.contains_xy(shapes[shape[several]], x[point[several]], y[point[several]])][::-1]
    holder[point[inner]] = shape[inner]
    out = np.empty(len(y), dtype=np.int64)
    out[order] = holder
    return out


def _corners(shapes: NDArray[np.object_]) -> tuple[Floats, Flags, Ints]:
    """Corners of all rings (x, y), whether an edge goes on to the next one, and where those of each shape end."""
    parts, of_part = shapely.get_parts(shapes, return_index=True)
    rings, of_ring = shapely.get_rings(parts, return_index=True)
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    ends = np.searchsorted(of_part[of_ring][ring], np.arange(len(shapes)), "right")
    return corners, np.append(ring[1:] == ring[:-1], False), ends.astype(np.int64)


def inside(lat: ArrayLike, lon: ArrayLike, polygons: Any) -> Flags:
    """Whether each point lies inside or on the edge of any of the polygons (EPSG:4326 degrees)."""
    return area_of(lat, lon, polygons) >= 0


def sites(lat: ArrayLike, lon: ArrayLike, kinds: Any = None, *, decimals: int = 4) -> Ints:
    """Positions of one point for each site, the first one: cells of a kind whose rounded coordinates agree are one site.

    Four decimals are 11 m at most. Points without a usable location are no sites.
    """
    lat, lon = floats(lat), floats(lon)
    here = np.flatnonzero(located(lat, lon))
    if not len(here):
        return here.astype(np.int64)
    scale = 10.0**decimals
    rows = np.rint(lat[here] * scale).astype(np.int64) + int(90 * scale)
    columns = np.rint(lon[here] * scale).astype(np.int64) % int(360 * scale)
    codes = np.unique(np.asarray(kinds, dtype="str")[here], return_inverse=True)[1] if kinds is not None else 0
    key = (codes * int(180 * scale + 1) + rows) * int(360 * scale) + columns
    return np.sort(here[np.unique(key, return_index=True)[1]]).astype(np.int64)
