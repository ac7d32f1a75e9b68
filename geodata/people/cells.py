"""People by hexagon and area, from the blocks of a population raster; memory holds one block and the hexagons.

A raster cell belongs to the hexagon and the area that hold its centre; where its centre lies in no area but one of its
corners or edges does (the coast), to that one. Rasters finer than about 250 m are first summed to squares of that size.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import h3.api.basic_int as h3
import numpy as np
import pandas as pd

from geodata.hexagons import cell_km2
from geodata.population import Block
from geodata.spatial import EARTH_RADIUS_M, Floats, Ints, area_of, floats, unit_vectors

FINE_M = 250.0  # finer raster cells are summed first
KM_A_DEGREE = np.pi * EARTH_RADIUS_M / 180 / 1000
EDGES = ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1))


def resolution_for(wanted: int, height: float, width: float, latitude: float) -> int:
    """The H3 resolution: the wanted one, or a coarser one whose hexagons hold two raster cells at least.

    `height` and `width` of a raster cell in degrees, at a latitude. Finer hexagons would be empty by turns.
    """
    km2 = height * width * KM_A_DEGREE**2 * np.cos(np.radians(latitude))
    return next((r for r in range(wanted, 0, -1) if cell_km2(r) >= 2 * km2), 0)


def people_by_cell(blocks: Iterable[Block], polygons: Any, resolution: int) -> pd.DataFrame:
    """One row a hexagon and area: `hexagon` (text), `area` (position among the polygons), `people`, and `x y z`, the sum
    of the unit vectors of its raster cells by people. People outside every polygon have area −1.

    Without polygons (empty) everybody has area −1. Sorted by hexagon and area.
    """
    parts = [part for block in blocks for part in [_of_block(coarser(block), polygons, resolution)] if len(part)]
    columns = ["hexagon", "area", "people", "x", "y", "z"]
    if not parts:
        return pd.DataFrame({c: pd.Series(dtype="str" if c == "hexagon" else "float64") for c in columns})
    table = pd.concat(parts).groupby(["hexagon", "area"], sort=True).sum().reset_index()
    text = {code: h3.int_to_str(int(code)) for code in table["hexagon"].unique()}
    table["hexagon"] = table["hexagon"].map(text).astype("str")
    return table.sort_values(["hexagon", "area"], kind="stable", ignore_index=True)


def coarser(block: Block) -> Block:
    """The block with its cells summed to squares of about `FINE_M`; as it is where they are that large already."""
    factor = int(FINE_M / (block.height * KM_A_DEGREE * 1000))
    if factor < 2:
        return block
    rows, columns = (-(-n // factor) for n in block.values.shape)
    padded = np.full((rows * factor, columns * factor), np.nan, dtype=block.values.dtype)
    padded[: block.values.shape[0], : block.values.shape[1]] = block.values
    squares = padded.reshape(rows, factor, columns, factor)
    known = np.isfinite(squares).any(axis=(1, 3))
    sums = np.where(known, np.nansum(squares, axis=(1, 3), dtype=np.float64), np.nan)
    return Block(sums, block.north, block.west, block.height * factor, block.width * factor)


def _of_block(block: Block, polygons: Any, resolution: int) -> pd.DataFrame:
    row, column = np.nonzero(np.nan_to_num(block.values) > 0)
    people = block.values[row, column].astype(np.float64)
    lat = floats(block.north - (row + 0.5) * block.height)
    lon = floats(block.west + (column + 0.5) * block.width)
    code = [h3.latlng_to_cell(a, b, resolution) for a, b in zip(lat.tolist(), lon.tolist(), strict=True)]
    vectors = unit_vectors(lat, lon) * people[:, None]
    table = pd.DataFrame({"hexagon": np.array(code, dtype=np.uint64), "area": areas_of_cells(lat, lon, block.height, block.width, polygons), "people": people})  # fmt: skip
    table[["x", "y", "z"]] = vectors
    return table.groupby(["hexagon", "area"], sort=True).sum().reset_index()


def areas_of_cells(lat: Floats, lon: Floats, height: float, width: float, polygons: Any) -> Ints:
    """Position of the area of each raster cell by its centre, else by its edges and corners (the coast), −1 where none."""
    if not len(polygons):
        return np.full(len(lat), -1, dtype=np.int64)
    area = area_of(lat, lon, polygons)
    for down, right in EDGES:
        lost = np.flatnonzero(area < 0)
        area[lost] = area_of(lat[lost] + down * height / 2, lon[lost] + right * width / 2, polygons)
    return area


def centres(vectors: Floats) -> tuple[Floats, Floats]:
    """Latitude and longitude of the directions of vectors (n × 3): the people's own middle of a hexagon."""
    x, y, z = vectors.T
    return np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))
