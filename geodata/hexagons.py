"""H3 cells of points: the hexagons of the map, and the coarse places of section 6.2 of the method."""

from __future__ import annotations

import h3.api.basic_str as h3
import numpy as np
import pandas as pd
import shapely


def cells(latitude: pd.Series, longitude: pd.Series, resolution: int) -> pd.Series:
    """The H3 cell (text) of each point in degrees, on the same index; unknown where the point is."""
    lat = latitude.to_numpy(dtype="float64", na_value=np.nan)
    lon = longitude.to_numpy(dtype="float64", na_value=np.nan)
    here = np.isfinite(lat) & np.isfinite(lon)
    out = np.full(len(lat), None, dtype=object)
    out[here] = [
        h3.latlng_to_cell(a, b, resolution) for a, b in zip(lat[here].tolist(), lon[here].tolist(), strict=True)
    ]
    return pd.Series(out, index=latitude.index, dtype="str")


def centre(cell: str) -> tuple[float, float]:
    """Latitude and longitude (degrees) of a cell's centre."""
    lat, lon = h3.cell_to_latlng(cell)
    return float(lat), float(lon)


def cell_km2(resolution: int) -> float:
    """Mean area of a cell of this resolution, in square kilometres."""
    return float(h3.average_hexagon_area(resolution, unit="km^2"))


def outline(cell: str) -> shapely.Polygon:
    """A cell as a shape, longitude and latitude in degrees."""
    return shapely.Polygon([(lon, lat) for lat, lon in h3.cell_to_boundary(cell)])
