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
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.kernels import run_sums
from geodata.spatial import EARTH_RADIUS_M, Floats, Ints, floats, located

Number = TypeVar("Number", np.float64, np.int64)


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
    reach = np.degrees(max(radii_m) / EARTH_RADIUS_M) + 1e-9
    south = block.north - len(block.values) * block.height
    first, last = np.searchsorted(lat, (south - reach, block.north + reach))
    if first == last:
        return
    known = np.isfinite(block.values)
    people = _running(np.where(known, block.values, 0.0).astype(np.float64))
    count = _running(known.astype(np.int64))
    place = np.column_stack((lat[first:last], lon[first:last]))
    geometry = np.array((block.north, block.west, block.height, block.width), dtype=np.float64)
    squares = np.sin(np.minimum(np.asarray(radii_m) / EARTH_RADIUS_M, np.pi) / 2) ** 2
    run_sums(people, count, place, geometry, squares, sums[first:last], cells[first:last])


def _running(values: NDArray[Number]) -> NDArray[Number]:
    """Running totals along each row, with a leading zero."""
    out = np.zeros((values.shape[0], values.shape[1] + 1), dtype=values.dtype)
    np.cumsum(values, axis=1, out=out[:, 1:])
    return out
