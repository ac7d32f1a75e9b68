"""The degree of urbanisation at places, read from a raster of codes in its own projection.

A place whose cell is water or without data (coast, small islands) takes the nearest cell with a land code, where one
lies near enough; else it stays unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from pyproj import Transformer
from rasterio.errors import RasterioError
from rasterio.windows import Window

from geodata.errors import SourceError
from geodata.spatial import Flags, Floats, Ints, distance, floats, located
from geodata.vocabulary import Settlement

# Codes of level 2 of the degree of urbanisation; 10 (water) and -200 (no data) are none.
CODES = {
    30: Settlement.CITY, 23: Settlement.TOWN, 22: Settlement.TOWN, 21: Settlement.SUBURB,
    13: Settlement.RURAL, 12: Settlement.RURAL, 11: Settlement.RURAL,
}  # fmt: skip
NONE = 0


@dataclass(frozen=True)
class _Part:
    """A part of the raster: its codes, and the row and column that it begins at."""

    codes: Ints
    top: int
    left: int

    def at(self, row: Ints, column: Ints) -> Ints:
        """Land codes at cells of the raster, NONE beyond the part, on water and without data."""
        down, right = row - self.top, column - self.left
        inside: Flags = (down >= 0) & (down < self.codes.shape[0]) & (right >= 0) & (right < self.codes.shape[1])
        codes = np.zeros(row.shape, dtype=np.int64)
        codes[inside] = self.codes[down[inside], right[inside]]
        return np.where(np.isin(codes, list(CODES)), codes, NONE)


def settlement_at(path: Path, lat: Any, lon: Any, snap_m: float) -> tuple[NDArray[np.object_], int]:
    """The settlement of each place (degrees), None where unknown; and how many were brought to a cell beside theirs.

    Raises SourceError for a file that is no raster of such codes.
    """
    lat, lon = floats(lat), floats(lon)
    try:
        with rasterio.open(path, driver="GTiff") as raster:
            if raster.crs is None:
                raise SourceError(f"{path.name} does not say its projection. Use the publisher's file as it is.")
            codes, moved = _codes(raster, path, lat, lon, snap_m)
    except RasterioError as error:
        raise SourceError(f"{path.name} cannot be read as a raster ({str(error)[:160]}). Fetch it again.") from error
    words = np.array([None, *(CODES[c].value for c in sorted(CODES))], dtype=object)
    return words[np.searchsorted([NONE, *sorted(CODES)], codes)], moved


def _codes(raster: Any, path: Path, lat: Floats, lon: Floats, snap_m: float) -> tuple[Ints, int]:
    to_raster = Transformer.from_crs("EPSG:4326", raster.crs, always_xy=True)
    here = np.flatnonzero(located(lat, lon))
    x, y = to_raster.transform(lon[here], lat[here])
    column, row = ~raster.transform @ (np.asarray(x), np.asarray(y))
    inside = np.isfinite(column) & np.isfinite(row)
    here, row, column = here[inside], np.floor(row[inside]).astype(np.int64), np.floor(column[inside]).astype(np.int64)
    out = np.zeros(len(lat), dtype=np.int64)
    if not len(here):
        return out, 0
    reach = _reach(raster, snap_m)
    near = (row >= -reach) & (row < raster.height + reach) & (column >= -reach) & (column < raster.width + reach)
    here, row, column = here[near], row[near], column[near]
    if not len(here):
        return out, 0
    part = _around(raster, row, column, reach)
    _refuse_other_codes(path, part.codes)
    out[here] = part.at(row, column)
    lost = np.flatnonzero(out[here] == NONE)
    found = _nearest(raster, part, (row[lost], column[lost]), (lat[here[lost]], lon[here[lost]]), snap_m)
    out[here[lost]] = found
    return out, int((found != NONE).sum())


def _reach(raster: Any, snap_m: float) -> int:
    """Cells around a place that may lie within the distance: twice as many as straight on, for the projection bends."""
    return 2 * int(np.ceil(snap_m / abs(raster.transform.a))) + 1


def _around(raster: Any, row: Ints, column: Ints, reach: int) -> _Part:
    """The part of the raster that holds all places and their reach."""
    top, left = max(int(row.min()) - reach, 0), max(int(column.min()) - reach, 0)
    bottom, right = min(int(row.max()) + reach + 1, raster.height), min(int(column.max()) + reach + 1, raster.width)
    if bottom <= top or right <= left:
        return _Part(np.zeros((0, 0), dtype=np.int64), top, left)
    return _Part(raster.read(1, window=Window(left, top, right - left, bottom - top)).astype(np.int64), top, left)


def _refuse_other_codes(path: Path, window: Ints) -> None:
    """A raster of something else (population, cover) would give settlements by chance."""
    odd = np.setdiff1d(window[(window > 0) & (window <= 10_000)], [*CODES, 10])
    if len(odd):
        raise SourceError(f"{path.name} has codes that no degree of urbanisation has: {', '.join(map(str, odd[:6]))}. It must be GHSL's SMOD raster.")  # fmt: skip


def _nearest(raster: Any, part: _Part, cell: tuple[Ints, Ints], place: tuple[Floats, Floats], snap_m: float) -> Ints:
    """The land code whose cell's centre is nearest on the globe, within the distance; NONE where there is none."""
    row, column = cell
    if not len(row):
        return np.zeros(0, dtype=np.int64)
    steps = np.arange(-_reach(raster, snap_m), _reach(raster, snap_m) + 1)
    down, right = (g.ravel() for g in np.meshgrid(steps, steps, indexing="ij"))
    rows, columns = row[:, None] + down, column[:, None] + right
    codes = part.at(rows, columns)
    x, y = raster.transform @ (columns + 0.5, rows + 0.5)
    back = Transformer.from_crs(raster.crs, "EPSG:4326", always_xy=True)
    lons, lats = back.transform(x, y)
    usable = (codes != NONE) & np.isfinite(lons) & np.isfinite(lats)
    metres = np.full(codes.shape, np.inf)
    at, _ = np.nonzero(usable)
    metres[usable] = distance(place[0][at], place[1][at], lats[usable], lons[usable])
    best = metres.argmin(axis=1)
    one = np.arange(len(row))
    return np.where(metres[one, best] <= snap_m, codes[one, best], NONE)
