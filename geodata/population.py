"""People within a radius of each school, summed from the blocks of a population raster.

A raster cell belongs to a radius if its *centre* lies within it on the great circle; its people then count in full,
otherwise not at all (weights 1 and 0). With 1 km cells the result for 1 km is coarse; finer rasters sharpen it. Cells
without data add nobody. Where no cell with data lies within the radius, the number is unknown, not 0.

The raster comes in blocks, whoever reads it (`etl/raster.py` for GeoTIFF): this module opens no file, and a raster of
the whole world passes through it one block at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.spatial import EARTH_RADIUS_M, Floats, Ints, floats, located


@dataclass(frozen=True)
class Block:
    """Cells of a raster in EPSG:4326: `values` (rows × columns) of people per cell, NaN without data.

    Row 0 is the northernmost; `north` and `west` are the outer edges, `height` and `width` one cell's size, in degrees.
    """

    values: NDArray[np.floating]
    north: float
    west: float
    height: float
    width: float


class Population(Protocol):
    """A population raster that gives its blocks near some points, each cell exactly once."""

    def blocks(self, lat: Floats, lon: Floats, reach_m: float) -> Iterator[Block]:
        """Every block that holds a cell centre within `reach_m` of any of the points (degrees); others may be left out."""


def people_within(lat: ArrayLike, lon: ArrayLike, population: Population, radii_m: tuple[float, ...]) -> Floats:
    """People in the cells whose centres lie within each radius of each point (n × radii), NaN where unknown.

    Points in degrees; those without a usable location are unknown.
    """
    lat, lon = floats(lat), floats(lon)
    here = np.flatnonzero(located(lat, lon))
    here = here[np.argsort(lat[here], kind="stable")]
    sums, cells = np.zeros((len(here), len(radii_m))), np.zeros((len(here), len(radii_m)), dtype=np.int64)
    if len(here) and radii_m:
        reach = max(radii_m)
        for block in population.blocks(lat[here], lon[here], reach):
            _add_block(block, lat[here], lon[here], radii_m=radii_m, sums=sums, cells=cells)
    people = np.full((len(lat), len(radii_m)), np.nan)
    people[here] = np.where(cells > 0, sums, np.nan)
    return people


def _add_block(
    block: Block, lat: Floats, lon: Floats, *, radii_m: tuple[float, ...], sums: Floats, cells: Ints
) -> None:
    """Add one block's part to points sorted by latitude: for each row, one run of columns, read from running totals."""
    rows, columns = block.values.shape
    reach = np.degrees(max(radii_m) / EARTH_RADIUS_M) + 1e-9
    south = block.north - rows * block.height
    first, last = np.searchsorted(lat, (south - reach, block.north + reach))
    if first == last:
        return
    known = np.isfinite(block.values)
    people = _running(np.where(known, block.values, 0.0).astype(np.float64))
    count = _running(known.astype(np.int32))
    top = np.floor((block.north - lat[first:last] - reach) / block.height).astype(np.int64)
    steps = int(np.ceil(2 * reach / block.height)) + 1
    for step in range(steps + 1):
        row = top + step
        there = np.flatnonzero((row >= 0) & (row < rows))
        if not len(there):
            continue
        r, at = row[there], first + there
        for column, radius in enumerate(radii_m):
            half = half_width(lat[at], block.north - (r + 0.5) * block.height, radius)
            for shift in (-360.0, 0.0, 360.0):  # a radius may reach over the antimeridian
                middle = (lon[at] + shift - block.west) / block.width - 0.5
                low = np.clip(np.ceil(middle - half / block.width), 0, columns)
                high = np.clip(np.floor(middle + half / block.width) + 1, 0, columns)
                hit = high > low  # also False where half is NaN: the row is out of the radius
                if hit.any():
                    a, b, rr = low[hit].astype(np.int64), high[hit].astype(np.int64), r[hit]
                    sums[at[hit], column] += people[rr, b] - people[rr, a]
                    cells[at[hit], column] += count[rr, b] - count[rr, a]


def half_width(lat: Floats, row_lat: Floats, radius_m: float) -> Floats:
    """Degrees of longitude, to either side, within a great-circle radius of a point along another parallel.

    NaN where the parallel lies beyond the radius; 180 (just less) where the radius holds the whole parallel. From the
    haversine formula: sin²(Δλ/2) = (sin²(r/2R) − sin²(Δφ/2)) / (cos φ₁ cos φ₂).
    """
    phi, psi = np.radians(lat), np.radians(row_lat)
    spare = np.sin(min(radius_m / EARTH_RADIUS_M, np.pi) / 2) ** 2 - np.sin((phi - psi) / 2) ** 2
    share = spare / np.maximum(np.cos(phi) * np.cos(psi), 1e-300)
    degrees = np.degrees(2 * np.arcsin(np.sqrt(np.clip(share, 0.0, 1.0))))
    return np.where(spare >= 0, np.minimum(degrees, 180 - 1e-9), np.nan)


def _running(values: NDArray[np.generic]) -> NDArray[np.generic]:
    """Running totals along each row, with a leading zero."""
    out = np.zeros((values.shape[0], values.shape[1] + 1), dtype=values.dtype)
    np.cumsum(values, axis=1, out=out[:, 1:])
    return out
