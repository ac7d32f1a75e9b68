"""People of areas, summed from population rasters on one grid: a cell belongs to the area that holds its centre, on
the coast to one that it touches.

The areas of the cells are found once and serve every raster. Cells marked as without data, and negative ones, are no
cells; an area that has not one cell with data in a raster is unknown there, never 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from etl.raster import PopulationRaster, open_population
from geodata.errors import SourceError
from geodata.people.cells import areas_of_cells
from geodata.population import Block
from geodata.spatial import Ints, floats

NOT_LOOKED = -2


def people_by_area(rasters: Mapping[str, Path], areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Index `area_id`, a column a raster (people, NaN where no cell has data), and `outside` as a row of its own ("").

    `rasters` are GeoTIFFs in EPSG:4326; those that share a grid are read side by side, one block at a time. Raises
    SourceError for a file that is no such raster.
    """
    shapes = areas.geometry.to_numpy()
    sums = {name: np.zeros(len(areas) + 1) for name in rasters}
    cells = {name: np.zeros(len(areas) + 1, dtype=np.int64) for name in rasters}
    opened = {name: open_population(path) for name, path in rasters.items()}
    for group in _same_grid(opened).values():
        for blocks in zip(*(opened[name].within((-180.0, -90.0, 180.0, 90.0)) for name in group), strict=True):
            looked = np.full(blocks[0].values.shape, NOT_LOOKED, dtype=np.int64)
            for name, block in zip(group, blocks, strict=True):
                row, column = np.nonzero(np.isfinite(block.values))
                area = _areas_of(looked, row, column, block, shapes)
                people = block.values[row, column].astype(np.float64)
                sums[name] += np.bincount(area, weights=people, minlength=len(areas) + 1)
                cells[name] += np.bincount(area, minlength=len(areas) + 1)
    table = pd.DataFrame({name: np.where(cells[name] > 0, sums[name], np.nan) for name in rasters})
    return table.set_index(pd.Index([*areas["area_id"].astype("str"), ""], name="area_id"))


def _areas_of(looked: Ints, row: Ints, column: Ints, block: Block, shapes: Any) -> Ints:
    """Positions of the cells' areas, outside as one more than the last; what is found is kept in `looked`."""
    new = np.flatnonzero(looked[row, column] == NOT_LOOKED)
    if len(new):
        lat = floats(block.north - (row[new] + 0.5) * block.height)
        lon = floats(block.west + (column[new] + 0.5) * block.width)
        looked[row[new], column[new]] = areas_of_cells(lat, lon, block.height, block.width, shapes)
    area = looked[row, column]
    return np.where(area < 0, len(shapes), area)


def _same_grid(opened: Mapping[str, PopulationRaster]) -> dict[Any, list[str]]:
    """Names of the rasters by their grid: position, cell, size and blocks."""
    groups: dict[Any, list[str]] = {}
    for name, raster in opened.items():
        groups.setdefault(raster.grid, []).append(name)
    return groups


def people_of(path: Path) -> float:
    """All people of a raster. Raises SourceError where no cell has data."""
    total, cells = 0.0, 0
    for block in open_population(path).within((-180.0, -90.0, 180.0, 90.0)):
        known = np.isfinite(block.values)
        total += float(block.values[known].sum(dtype=np.float64))
        cells += int(known.sum())
    if not cells:
        raise SourceError(f"{path.name} has no cell with data.")
    return total
