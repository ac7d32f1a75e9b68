"""Population rasters (GeoTIFF) as a stream of blocks near the schools; everything else in the file stays unread.

Memory stays at one block, whatever the file's size. Cells marked as without data, and negative ones (some files carry
the mark without declaring it), are NaN.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.errors import RasterioError
from rasterio.windows import Window

from geodata.errors import SourceError
from geodata.population import Block
from geodata.spatial import EARTH_RADIUS_M, Flags, Floats

CELLS = 4_000_000  # cells read at once, more only where one block of the file is larger
SIDE = 2048  # widest window in a tiled file, so that windows without schools can be skipped


@dataclass(frozen=True)
class PopulationRaster:
    """A GeoTIFF of people per cell; satisfies `geodata.population.Population`."""

    path: Path
    band: int = 1

    def blocks(self, lat: Floats, lon: Floats, reach_m: float) -> Iterator[Block]:
        """Blocks with a cell centre within `reach_m` of a point. Raises SourceError where the file cannot be read."""
        try:
            with rasterio.open(self.path, driver="GTiff") as raster:
                shape = _shape(raster)
                for window in _windows(raster):
                    if _near(window, shape, lat, lon, reach_m).any():
                        yield _block(raster, self.band, window, shape)
        except RasterioError as error:
            raise SourceError(f"{self.path} cannot be read as a raster ({error}). Download it again.") from error

    def within(self, bounds: tuple[float, float, float, float]) -> Iterator[Block]:
        """Every block that touches west, south, east, north (degrees), each cell once. Raises SourceError as `blocks`."""
        west, south, east, north = bounds
        try:
            with rasterio.open(self.path, driver="GTiff") as raster:
                shape = _shape(raster)
                for window in _windows(raster):
                    top, left = shape.north - window.row_off * shape.height, shape.west + window.col_off * shape.width
                    bottom, right = top - window.height * shape.height, left + window.width * shape.width
                    if bottom <= north and top >= south and left <= east and right >= west:
                        yield _block(raster, self.band, window, shape)
        except RasterioError as error:
            raise SourceError(f"{self.path} cannot be read as a raster ({error}). Download it again.") from error

    @property
    def grid(self) -> tuple[object, ...]:
        """What two rasters share whose blocks lie on each other: corner and cell (to a millionth of a cell), size, blocks."""
        with rasterio.open(self.path, driver="GTiff") as raster:
            shape = _shape(raster)
            corner = round(shape.north / shape.height, 6), round(shape.west / shape.width, 6)
            cell = round(shape.height, 12), round(shape.width, 12)
            return (*corner, *cell, raster.height, raster.width, *raster.block_shapes[0])

    @property
    def cell(self) -> tuple[float, float]:
        """Height and width of a cell, in degrees."""
        with rasterio.open(self.path, driver="GTiff") as raster:
            shape = _shape(raster)
        return shape.height, shape.width


def open_population(path: Path | str) -> PopulationRaster:
    """A population raster, checked: raises SourceError where it is missing, damaged, or not in degrees, north up."""
    path = Path(path)
    if not path.is_file():
        raise SourceError(f"There is no file {path}.")
    try:
        with rasterio.open(path, driver="GTiff") as raster:
            _check(path, raster)
    except RasterioError as error:
        raise SourceError(
            f"{path} cannot be read as a raster ({error}). It must be a GeoTIFF of people per cell."
        ) from error
    return PopulationRaster(path)


def _check(path: Path, raster: Any) -> None:
    if raster.crs is None:
        raise SourceError(f"{path} does not say its coordinate reference system. Save it with EPSG:4326 (degrees).")
    if not raster.crs.is_geographic:
        raise SourceError(
            f"{path} is in {raster.crs.to_string()[:40]}, not in degrees. Counts cannot be warped without changing them; use the publisher's EPSG:4326 file."
        )
    t = raster.transform
    if t.b or t.d or t.a <= 0 or t.e >= 0:
        raise SourceError(f"{path} is rotated or not north up. Save it with north up (gdalwarp).")


@dataclass(frozen=True)
class _Shape:
    """Outer edges and the size of a cell, in degrees."""

    north: float
    west: float
    height: float
    width: float


def _shape(raster: Any) -> _Shape:
    t = raster.transform
    return _Shape(north=t.f, west=t.c, height=-t.e, width=t.a)


def _windows(raster: Any) -> Iterator[Window]:
    """Windows that follow the file's own blocks, each block in exactly one of them, of about `CELLS` cells."""
    rows, columns = raster.block_shapes[0]
    columns *= max(1, min(CELLS // (rows * columns), SIDE // columns))
    rows *= max(1, CELLS // (rows * columns))
    for top in range(0, raster.height, rows):
        for left in range(0, raster.width, columns):
            yield Window(left, top, min(columns, raster.width - left), min(rows, raster.height - top))


def _near(window: Window, shape: _Shape, lat: Floats, lon: Floats, reach_m: float) -> Flags:
    """Points whose radius may reach a window: a box wider than the radius at its highest latitude, around the globe."""
    reach = np.degrees(reach_m / EARTH_RADIUS_M) + 1e-9
    north = shape.north - window.row_off * shape.height
    south = north - window.height * shape.height
    west = shape.west + window.col_off * shape.width
    middle, half = west + window.width * shape.width / 2, window.width * shape.width / 2
    pole = np.minimum(np.abs(lat) + reach, 90.0)
    sine = np.sin(np.radians(reach)) / np.maximum(np.cos(np.radians(lat)), 1e-12)
    wide = np.where((pole >= 90) | (sine >= 1), 180.0, np.degrees(np.arcsin(np.minimum(sine, 1.0))))
    apart = np.abs((lon - middle + 180.0) % 360.0 - 180.0)
    return np.asarray((lat <= north + reach) & (lat >= south - reach) & (apart <= half + wide + 1e-9))


def _block(raster: Any, band: int, window: Window, shape: _Shape) -> Block:
    values = raster.read(band, window=window, out_dtype="float32")
    empty = values < 0
    if raster.nodata is not None and np.isfinite(raster.nodata):
        empty |= values == np.float32(raster.nodata)
    values[empty] = np.nan
    return Block(
        values=values,
        north=shape.north - window.row_off * shape.height,
        west=shape.west + window.col_off * shape.width,
        height=shape.height,
        width=shape.width,
    )
