"""Where a country lies, as far as its files say: its areas, and the box around them or around its schools."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from etl.connect import Bounds
from etl.source import read_raw
from etl.values import numbers
from geodata.spatial import shortest_arc

FAR = 1.0  # degrees that the bounds of the schools may lie beyond their middle 96 %
MIDDLE = (0.02, 0.98)  # a few points of every register lie on another continent
AROUND = 0.1  # degrees round the country's polygons: sites and tests just over the border matter to schools at it


def areas_of(reading: Any, data: Path) -> gpd.GeoDataFrame:
    """The polygons of a boundary file: area_id, name, level, geometry (EPSG:4326)."""
    raw = read_raw(reading, data)
    ids = raw.frame[reading.id_column or reading.name_column]
    table = pd.DataFrame({"area_id": ids, "name": raw.frame[reading.name_column], "level": reading.level})
    shapes = raw.geometry if raw.geometry is not None else gpd.GeoSeries([None] * len(table), index=table.index)
    areas = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, crs="EPSG:4326"))
    return areas[areas.geometry.notna()].reset_index(drop=True)


def bounds_of(areas: gpd.GeoDataFrame) -> Bounds | None:
    """West, south, east, north of polygons, and a little round them; the west is the greater of a country that 180° cuts."""
    edges = shapely.bounds(shapely.get_parts(areas.geometry.to_numpy()))
    edges = edges[np.isfinite(edges).all(axis=1)]
    if not len(edges):
        return None
    return _widened(*shortest_arc(edges[:, 0], edges[:, 2]), edges[:, 1].min(), edges[:, 3].max(), AROUND)


def bounds_of_schools(reading: Any, data: Path) -> Bounds | None:
    """Where most schools lie, where no polygon says where the country is; None where no school has a place."""
    raw = read_raw(reading, data)
    pair = [reading.columns.get(name) for name in ("latitude", "longitude")]
    if all(feed is not None and feed.column in raw.frame for feed in pair):
        lat, lon = (numbers(raw.frame[f.column], reading.decimal, grouped=False).values for f in pair if f)
    elif raw.geometry is not None:
        inner = raw.geometry.representative_point()
        lat, lon = inner.y, inner.x
    else:
        return None
    known = lat.between(-90, 90) & lon.between(-180, 180) & ~((lat == 0) & (lon == 0))
    if not known.any():
        return None
    lat, lon = lat[known].astype("float64"), lon[known].astype("float64")
    cut = (np.abs(lon) > 90).mean() > 0.5  # of a country near 180° the longitudes are counted from there
    south, north = np.quantile(lat, MIDDLE)
    west, east = np.quantile((lon + 180) % 360 - 180 if not cut else lon % 360 - 180, MIDDLE) + (180.0 if cut else 0.0)
    return _widened(west, east, south, north, FAR)


def _widened(west: float, east: float, south: float, north: float, by: float) -> Bounds:
    """The box with a margin. West and east may be of two turns of the globe: they come back from −180 to 180."""
    low, high = max(-90.0, round(float(south) - by, 3)), min(90.0, round(float(north) + by, 3))
    if (east - west if east >= west else east - west + 360.0) + 2 * by >= 360.0:
        return -180.0, low, 180.0, high
    left, right = (round((v + 180.0) % 360.0 - 180.0, 3) for v in (float(west) - by, float(east) + by))
    return left, low, right, high
