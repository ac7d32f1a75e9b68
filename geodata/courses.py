"""How far points are from lines, on the sphere: great-circle metres to the nearest place along a course.

Courses are cut into pieces of a few kilometres, each a chord between two unit vectors. The nearest middles of pieces are
looked at first; whoever might still lie nearer than the best of them is looked at too, so that the answer is exact for
the pieces as they are. A course that crosses the antimeridian goes the short way round.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike
from scipy.spatial import cKDTree

from geodata.spatial import Floats, Ints, arc, chord, floats, located, unit_vectors

PIECE_M = 5000.0  # longest piece; its chord lies half a metre under the sphere
FIRST = 8  # middles looked at for every point before asking for more


def nearest_course(lat: ArrayLike, lon: ArrayLike, courses: Any) -> Floats:
    """Great-circle metres from each point to the nearest of the lines; NaN without a location, and where no line is given.

    Points in degrees; `courses` an array or GeoSeries of (multi)lines in EPSG:4326 degrees, straight between their corners
    as GeoJSON says. Shapes that are no lines, and None, are passed over. Metres are true to 0.01 %, or 2 m up to 75° of latitude.
    """
    lat, lon = floats(lat), floats(lon)
    metres = np.full(len(lat), np.nan)
    start, end = pieces(courses)
    here = np.flatnonzero(located(lat, lon))
    if not len(start) or not len(here):
        return metres
    points, middles = unit_vectors(lat[here], lon[here]), _unit(start + end)
    reach = float(np.sqrt(np.square(start - middles).sum(axis=1).max()))  # no place of a piece lies farther from it
    tree = cKDTree(middles)
    first = min(FIRST, len(start))
    far, found = (np.asarray(a).reshape(len(here), first) for a in tree.query(points, k=first))
    best = _to_pieces(points[:, None, :], start[found], end[found]).min(axis=1)
    unsure = np.flatnonzero(far[:, -1] - reach < best) if first < len(start) else np.array([], dtype=np.int64)
    for i in unsure:
        more = np.asarray(tree.query_ball_point(points[i], best[i] + reach), dtype=np.int64)
        if len(more):
            best[i] = min(best[i], _to_pieces(points[i], start[more], end[more]).min())
    metres[here] = arc(best)
    return metres


def pieces(courses: Any) -> tuple[Floats, Floats]:
    """Start and end of every piece of the lines as unit vectors (n × 3 each)."""
    shapes = np.asarray(courses, dtype=object)
    lines = shapely.get_parts(shapes[np.isin(shapely.get_type_id(shapes), (1, 2, 5))])
    corners, line = shapely.get_coordinates(lines, return_index=True)
    same = np.flatnonzero(line[1:] == line[:-1])
    (lon1, lat1), (lon2, lat2) = corners[same].T, corners[same + 1].T
    lon2 = lon1 + (lon2 - lon1 + 180) % 360 - 180
    length = _chords(unit_vectors(lat1, lon1), unit_vectors(lat2, lon2))
    parts = np.maximum(np.ceil(length / chord(PIECE_M)), 1).astype(np.int64)
    segment: Ints = np.repeat(np.arange(len(same)), parts)
    step = (np.arange(len(segment)) - np.repeat(np.cumsum(parts) - parts, parts)) / parts[segment]
    after = step + 1 / parts[segment]

    def at(share: Floats) -> Floats:
        across, along = (lon2 - lon1)[segment], (lat2 - lat1)[segment]
        return unit_vectors(lat1[segment] + share * along, lon1[segment] + share * across)

    return at(step), at(after)


def _to_pieces(points: Floats, start: Floats, end: Floats) -> Floats:
    """Chord from each point to the nearest place of a piece: the foot on its chord, put back on the sphere."""
    along = end - start
    length = np.square(along).sum(axis=-1)
    share = ((points - start) * along).sum(axis=-1) / np.where(length > 0, length, 1.0)
    return _chords(points, _unit(start + np.clip(share, 0.0, 1.0)[..., None] * along))


def _chords(one: Floats, other: Floats) -> Floats:
    found: Floats = np.sqrt(np.square(one - other).sum(axis=-1))
    return found


def _unit(vectors: Floats) -> Floats:
    found: Floats = vectors / np.sqrt(np.square(vectors).sum(axis=-1, keepdims=True))
    return found
