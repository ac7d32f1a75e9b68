"""Relative wealth of tiles to a percentile of the country's people, and the tile that a place takes its own from.

The index says which tile is richer and by nothing more: only the order counts, so it becomes the share of people who
live in poorer tiles and half of those in tiles as rich (mid-rank; the weighted mean is one half). Where it is not known
how many people live in the tiles, each tile counts once. Methods, section 3.3.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from geodata import quadkey
from geodata.spatial import Flags, Floats, Ints, floats, located, nearest

ZOOM = 14  # of the index's tiles, about 2.4 km at the equator


def tiles(frame: pd.DataFrame) -> tuple[Ints, Floats]:
    """Sorted integer quadkeys at zoom 14 and their index; a tile that stands twice has the mean.

    From `quadkey` where it is readable, else from `latitude` and `longitude` (the tile's centre, degrees); rows without
    an index or a place are left out.
    """
    by_place = quadkey.from_degrees(frame["latitude"], frame["longitude"], ZOOM)
    by_key = (
        quadkey.from_text(frame["quadkey"], ZOOM) if "quadkey" in frame else np.full(len(frame), -1, dtype=np.int64)
    )
    codes, index = np.where(by_key >= 0, by_key, by_place), floats(frame["relative_wealth"])
    usable = (codes >= 0) & np.isfinite(index)
    unique, place = np.unique(codes[usable], return_inverse=True)
    total = np.bincount(place, weights=index[usable], minlength=len(unique))
    return unique, floats(total / np.maximum(np.bincount(place, minlength=len(unique)), 1))


def percentiles(index: Floats, people: Floats | None = None) -> Floats:
    """Percentile of each tile's wealth, 0 to 1, the poorest near 0. `people` in each tile; without them each counts once.

    A tile where nobody lives has the percentile that its wealth would have. Unknown (NaN) where nobody lives anywhere.
    """
    weight = np.ones(len(index)) if people is None else np.where(np.isfinite(people), people, 0.0)
    _, level = np.unique(index, return_inverse=True)
    at = np.bincount(level, weights=weight) if len(index) else np.empty(0)
    total = at.sum()
    below = np.cumsum(at) - at / 2
    return floats((below / total)[level]) if total > 0 else np.full(len(index), np.nan)


def tile_of(lat: Any, lon: Any, codes: Ints, within_m: float) -> Ints:
    """Position among the sorted tiles of each place's own tile, else of the nearest centre within `within_m`, else −1."""
    lat, lon = floats(lat), floats(lon)
    place = quadkey.find(quadkey.from_degrees(lat, lon, ZOOM), codes)
    lost: Flags = (place < 0) & located(lat, lon)
    if lost.any() and len(codes):
        place[lost] = nearest(lat[lost], lon[lost], *quadkey.centres(codes, ZOOM), within_m=within_m)[0]
    return np.asarray(place, dtype=np.int64)


def mean_by(group: Ints, groups: int, values: Floats, people: Floats | None) -> Floats:
    """Mean of the values of each group (0 … groups − 1; −1 is none), weighted by people; NaN where nobody is known to live."""
    weight = np.ones(len(values)) if people is None else np.where(np.isfinite(people), people, 0.0)
    use = (group >= 0) & np.isfinite(values) & (weight > 0)
    total = np.bincount(group[use], weights=weight[use], minlength=groups)
    sums = np.bincount(group[use], weights=weight[use] * values[use], minlength=groups)
    return floats(np.where(total > 0, sums / np.where(total > 0, total, 1.0), np.nan))
