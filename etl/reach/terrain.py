"""Heights of the land from a raster (GeoTIFF, metres), in degrees or projected, read around the places that are asked for.

Between the middles of cells heights go evenly, so that a coarse raster has no steps. Cells without data, and places outside the raster, have no height.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from pyproj import Transformer
from rasterio.errors import RasterioError
from rasterio.transform import Affine
from rasterio.windows import Window

from geodata.errors import SourceError
from geodata.spatial import EARTH_RADIUS_M, Floats, Ints, located

LOWEST, HIGHEST = -500.0, 9000.0  # metres: what lies beyond is no height of land
MOST_CELLS = 60_000_000  # cells read at once, where the places can be taken in smaller groups
NEAR_DEGREES = 0.05  # a group no wider than this is not divided
TOO_MANY = 400_000_000  # cells around places that lie too near together for that


@dataclass(frozen=True)
class Part:
    """A part of a raster held in memory."""

    values: NDArray[np.float32]
    transform: Affine  # of the part
    to_raster: Transformer | None  # from degrees, where the raster is projected
    step_m: float

    def heights(self, lat: Floats, lon: Floats) -> Floats:
        """Metres above sea; NaN outside the part and where it has no data."""
        x, y = (lon, lat) if self.to_raster is None else self.to_raster.transform(lon, lat)
        x, y = np.asarray(x), np.asarray(y)
        t = ~self.transform
        column, row = t.a * x + t.b * y + t.c, t.d * x + t.e * y + t.f
        if self.to_raster is None:  # a raster may run past 180 degrees, or begin before
            turn = abs(360.0 / self.transform.a)
            column = np.where(column < 0, column + turn, np.where(column >= turn, column - turn, column))
        rows, columns = self.values.shape
        inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
        out = np.full(np.shape(x), np.nan)
        out[inside] = _between(self.values, row[inside] - 0.5, column[inside] - 0.5)
        return out


def _between(values: NDArray[np.float32], row: Floats, column: Floats) -> Floats:
    """Heights between the middles of four cells; at the edge, and beside a cell without data, those of the nearest cell."""
    last = np.array(values.shape) - 1
    top, left = (
        np.clip(np.floor(row), 0, last[0]).astype(np.int32),
        np.clip(np.floor(column), 0, last[1]).astype(np.int32),
    )
    down, right = np.clip(row - top, 0, 1), np.clip(column - left, 0, 1)
    under, beside = np.minimum(top + 1, last[0]), np.minimum(left + 1, last[1])
    upper = values[top, left] * (1 - right) + values[top, beside] * right
    lower = values[under, left] * (1 - right) + values[under, beside] * right
    out = np.asarray(upper * (1 - down) + lower * down, dtype=np.float64)
    lacks = np.flatnonzero(np.isnan(out))
    near = (
        np.where(down[lacks] < 0.5, top[lacks], under[lacks]),
        np.where(right[lacks] < 0.5, left[lacks], beside[lacks]),
    )
    out[lacks] = values[near]
    return out


@dataclass(frozen=True)
class Parts:
    """Several rasters: the first that knows a place speaks for it."""

    parts: tuple[Part, ...]

    @property
    def step_m(self) -> float:
        """The finest of their steps."""
        return min(p.step_m for p in self.parts)

    def heights(self, lat: Floats, lon: Floats) -> Floats:
        """Metres above sea; NaN where none knows."""
        out = self.parts[0].heights(lat, lon)
        for part in self.parts[1:]:
            lacks = np.isnan(out)
            if lacks.any():
                out[lacks] = part.heights(lat[lacks], lon[lacks])
        return out


def around(paths: Sequence[Path], lat: Floats, lon: Floats, reach_m: float) -> Iterator[tuple[Ints, Parts]]:
    """Located places in groups of neighbours, each with the terrain around it, so that memory does not grow with the country."""
    waiting = [np.flatnonzero(located(lat, lon))]
    while waiting:
        group = waiting.pop()
        y, x = lat[group], lon[group]
        wide = (np.ptp(y), np.ptp(x)) if len(group) > 1 else (0.0, 0.0)
        if max(wide) > NEAR_DEGREES and _cells(paths, y, x, reach_m) > MOST_CELLS:
            along = y if wide[0] >= wide[1] else x
            middle = (along.min() + along.max()) / 2
            waiting += [group[along > middle], group[along <= middle]]
        elif len(group):
            yield group, open_terrain(paths, y, x, reach_m)


def _cells(paths: Sequence[Path], lat: Floats, lon: Floats, reach_m: float) -> int:
    """Cells of all rasters around some places."""
    found = 0
    for path in paths:
        with _opened(Path(path)) as raster:
            window = _window(raster, _to_raster(raster), lat, lon, reach_m)
            found += int(window.width * window.height)
    return found


def open_terrain(paths: Sequence[Path], lat: Floats, lon: Floats, reach_m: float) -> Parts:
    """The rasters around some places (degrees), `reach_m` beyond them. Raises SourceError for a file that is none."""
    return Parts(tuple(_part(Path(path), lat, lon, reach_m) for path in paths))


def _part(path: Path, lat: Floats, lon: Floats, reach_m: float) -> Part:
    with _opened(path) as raster:
        to_raster = _to_raster(raster)
        window = _window(raster, to_raster, lat, lon, reach_m)
        if window.width * window.height > TOO_MANY:
            raise SourceError(f"{path.name} has {window.width * window.height:,} cells around the schools, more than fit in memory. Give it at a coarser resolution, such as 90 m.")  # fmt: skip
        values = _read(path, raster, window)
        return Part(values, _of_window(raster.transform, window), to_raster, _step(raster, lat))


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """The raster, opened; raises SourceError for a file that is none, or does not say where it lies."""
    try:
        with rasterio.open(path, driver="GTiff") as raster:
            if raster.crs is None:
                raise SourceError(f"{path.name} does not say its coordinate reference system. Save it with EPSG:4326 or its projection.")  # fmt: skip
            yield raster
    except RasterioError as error:
        raise SourceError(f"{path.name} cannot be read as a raster of heights ({str(error)[:160]}).") from error


def _to_raster(raster: Any) -> Transformer | None:
    return None if raster.crs.is_geographic else Transformer.from_crs("EPSG:4326", raster.crs, always_xy=True)


def _of_window(t: Affine, window: Window) -> Affine:
    """The transform of a part: the raster's own, moved to the part's corner."""
    west, north = t @ (window.col_off, window.row_off)
    return Affine(t.a, t.b, west, t.d, t.e, north)


def _step(raster: Any, lat: Floats) -> float:
    """Metres across the narrower side of a cell, where the places are."""
    across, down = abs(raster.transform.a), abs(raster.transform.e)
    if not raster.crs.is_geographic:
        return float(min(across, down) * raster.crs.linear_units_factor[1])
    narrowest = np.cos(np.radians(min(np.abs(lat).max(initial=0.0), 89.0)))
    return float(min(across * narrowest, down) * np.radians(1.0) * EARTH_RADIUS_M)


def _window(raster: Any, to_raster: Transformer | None, lat: Floats, lon: Floats, reach_m: float) -> Window:
    """The part of the raster around the places: from its first to its last column that any of them may need."""
    high = np.degrees(reach_m / EARTH_RADIUS_M) * 1.01
    wide = high / max(np.cos(np.radians(min(np.abs(lat).max(initial=0.0) + high, 89.0))), 1e-3)
    south, north = max(lat.min(initial=90.0) - high, -90.0), min(lat.max(initial=-90.0) + high, 90.0)
    share = np.linspace(0, 1, 21)
    found = []
    for turn in (-360.0, 0.0, 360.0) if to_raster is None else (0.0,):  # a raster may run past 180 degrees
        west, east = lon.min(initial=360.0) - wide + turn, lon.max(initial=-360.0) + wide + turn
        x, y = np.meshgrid(west + share * (east - west), south + share * (north - south))
        if to_raster is not None:
            x, y = to_raster.transform(x, y)
        column, row = ~raster.transform @ (np.asarray(x).ravel(), np.asarray(y).ravel())
        seen = np.isfinite(column) & np.isfinite(row)
        if seen.any():
            found.append(_clipped(raster, column[seen], row[seen]))
    found = [f for f in found if f[1] > f[0] and f[3] > f[2]]
    if not found:
        return Window(0, 0, 0, 0)
    left, right, top, bottom = (f(side) for f, side in zip((min, max, min, max), zip(*found, strict=True), strict=True))
    return Window(left, top, right - left, bottom - top)


def _clipped(raster: Any, column: Floats, row: Floats) -> tuple[int, int, int, int]:
    """Columns and rows, from and to, within the raster, with two to spare."""
    left, right = max(int(np.floor(column.min())) - 2, 0), min(int(np.ceil(column.max())) + 2, raster.width)
    top, bottom = max(int(np.floor(row.min())) - 2, 0), min(int(np.ceil(row.max())) + 2, raster.height)
    return left, right, top, bottom


def _read(path: Path, raster: Any, window: Window) -> NDArray[np.float32]:
    if not window.width or not window.height:
        return np.empty((0, 0), dtype=np.float32)
    values = raster.read(1, window=window, out_dtype="float32")
    if raster.nodata is not None and np.isfinite(raster.nodata):
        values[values == np.float32(raster.nodata)] = np.nan
    beyond = (values < LOWEST) | (values > HIGHEST)
    if beyond.mean() > 0.5:
        raise SourceError(
            f"{path.name} holds values that are no heights in metres. Give a raster of heights above sea."
        )
    values[beyond] = np.nan
    return np.asarray(values, dtype=np.float32)
