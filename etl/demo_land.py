"""Land of the demonstration country: terrain, coast, rivers, and districts whose borders follow ridges and rivers.

Everything is drawn on grids in degrees (EPSG:4326) inside `BOX`, a stretch of the South Atlantic more than 600 km from
any land, so that the country can be taken for no real one. Three grids share that box: fine (1/240 degree, coast and
borders), middle (1/120 degree, people) and coarse (1/40 degree, ways and costs). Row 0 is the northern edge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from rasterio.features import shapes, sieve
from scipy import ndimage
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

BOX = (-26.5, -33.0, -19.5, -27.0)  # west, south, east, north
FINE, MIDDLE, COARSE = 240, 120, 40  # cells a degree
KM = 111.195  # kilometres a degree of latitude
MID_LATITUDE = -30.0
SEATS = 61  # districts, each named after its seat
PROVINCES = 9


@dataclass(frozen=True)
class Land:
    """The ground: coarse height (0 at the shore, about 1 on the highest ridge), rivers and who owns which cell."""

    height: Floats  # coarse
    river: Floats  # coarse, 0 to 1: how much land drains through the cell
    ours: Flags  # coarse, land of the country
    land: Flags  # coarse, land of anybody
    fine_ours: Flags
    fine_land: Flags
    noise: Floats  # coarse, smooth, unit variance; soils and luck


def shape_of(per_degree: int) -> tuple[int, int]:
    """Rows and columns of a grid over the box."""
    return round((BOX[3] - BOX[1]) * per_degree), round((BOX[2] - BOX[0]) * per_degree)


def centres(per_degree: int) -> tuple[Floats, Floats]:
    """Longitude and latitude of every cell's centre, each of the grid's shape."""
    rows, columns = shape_of(per_degree)
    lon = BOX[0] + (np.arange(columns) + 0.5) / per_degree
    lat = BOX[3] - (np.arange(rows) + 0.5) / per_degree
    across, down = np.meshgrid(lon, lat)
    return across, down


def plane(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Floats:
    """Kilometres east and north of the box's corner, one row a point: near enough for a country of this size."""
    return np.column_stack(
        [(np.asarray(lon) - BOX[0]) * KM * np.cos(np.radians(MID_LATITUDE)), (np.asarray(lat) - BOX[1]) * KM]
    )


def cell_of(lon: npt.ArrayLike, lat: npt.ArrayLike, per_degree: int) -> tuple[Ints, Ints]:
    """Row and column of the cell that holds each point, clipped to the box."""
    rows, columns = shape_of(per_degree)
    row = np.clip(((BOX[3] - np.asarray(lat)) * per_degree).astype(np.int64), 0, rows - 1)
    column = np.clip(((np.asarray(lon) - BOX[0]) * per_degree).astype(np.int64), 0, columns - 1)
    return row, column


def fractal(rng: np.random.Generator, shape: tuple[int, int], *, slope: float, longest: float) -> Floats:
    """Noise of unit variance whose power falls with the wave number; `longest` wave as a share of the grid's width."""
    ky = np.fft.fftfreq(shape[0])[:, None] * shape[1]
    kx = np.fft.rfftfreq(shape[1])[None, :] * shape[1]
    k = np.maximum(np.hypot(kx, ky), 1 / longest)
    spectrum = np.fft.rfft2(rng.standard_normal(shape)) * k ** (-slope / 2)
    spectrum[0, 0] = 0
    field = np.fft.irfft2(spectrum, s=shape)
    return np.asarray(field / field.std())


def make_land(rng: np.random.Generator) -> Land:
    """Terrain, coast, the land border with the neighbour in the north-east, and rivers."""
    shape = shape_of(FINE)
    lon, lat = centres(FINE)
    x, y = (lon + 23.0) / 3.5, (lat + 30.0) / 3.0
    warp_x, warp_y = (fractal(rng, shape, slope=3.2, longest=0.35) for _ in "xy")
    rough = fractal(rng, shape, slope=2.55, longest=0.28)
    height = _island(x + 0.085 * warp_x, y + 0.085 * warp_y) + 0.135 * rough
    # The neighbour's land lies beyond a line that wanders; its ridge makes the border high ground.
    east = (x - 0.50) * 0.8 + (y - 0.42) * 0.75 + 0.05 * warp_y + 0.022 * rough
    ridge = np.exp(-((east / 0.10) ** 2))
    height = np.where(height > 0, height * (0.75 + 0.9 * ridge), height)
    land = sieve((height > 0).astype(np.uint8), 260).astype(bool)
    ours = sieve((land & (east < 0)).astype(np.uint8), 260).astype(bool)
    step = FINE // COARSE
    coarse_height = _blocks(np.clip(height, -0.2, None), step)
    coarse_land = _blocks(land.astype(float), step) > 0.5
    return Land(
        height=coarse_height,
        river=_rivers(rng, coarse_height, coarse_land),
        ours=_blocks(ours.astype(float), step) > 0.5,
        land=coarse_land,
        fine_ours=ours,
        fine_land=land,
        noise=fractal(rng, shape_of(COARSE), slope=2.6, longest=0.4),
    )


def _island(x: Floats, y: Floats) -> Floats:
    """The broad form: a body leaning north-east, a southern cape, a gulf in the west, a lake, islands in the south-west."""

    def bump(cx: float, cy: float, rx: float, ry: float, turn: float = 0.0) -> Floats:
        c, s = np.cos(turn), np.sin(turn)
        u, v = ((x - cx) * c + (y - cy) * s) / rx, (-(x - cx) * s + (y - cy) * c) / ry
        return np.asarray(np.exp(-((u * u + v * v) ** 1.4)))

    body = 0.85 * bump(0.12, 0.12, 0.62, 0.60, 0.5) + 0.62 * bump(-0.30, 0.34, 0.34, 0.30, -0.4)
    cape = 0.60 * bump(0.12, -0.46, 0.26, 0.40, -0.25) + 0.45 * bump(0.62, 0.45, 0.35, 0.42)
    cuts = 0.62 * bump(-0.42, -0.02, 0.26, 0.115, 0.35) + 0.42 * bump(0.52, -0.32, 0.20, 0.16, 0.6)
    lake = 1.7 * bump(0.10, 0.24, 0.105, 0.045, 0.8)
    islands = 0.56 * bump(-0.44, -0.52, 0.13, 0.085, 0.7) + 0.50 * bump(-0.22, -0.74, 0.08, 0.06)
    return body + cape + islands - cuts - lake - 0.34


def _blocks(values: Floats, step: int) -> Floats:
    """Means of square blocks."""
    rows, columns = values.shape
    return np.asarray(values.reshape(rows // step, step, columns // step, step).mean(axis=(1, 3)))


def ways(cost: Floats) -> csr_array:
    """Graph of a coarse grid, eight neighbours a cell; an edge costs the mean of its ends times its length in km."""
    rows, columns = cost.shape
    index = np.arange(rows * columns).reshape(rows, columns)
    height_km = KM / COARSE
    width_km = height_km * np.cos(np.radians(MID_LATITUDE))
    starts, ends, prices = [], [], []
    for dy, dx in ((0, 1), (1, 0), (1, 1), (1, -1)):
        a = (slice(0, rows - dy), slice(max(0, -dx), columns - max(0, dx)))
        b = (slice(dy, rows), slice(max(0, dx), columns - max(0, -dx)))
        starts.append(index[a].ravel())
        ends.append(index[b].ravel())
        prices.append(((cost[a] + cost[b]) / 2).ravel() * np.hypot(dy * height_km, dx * width_km))
    start, end, price = (np.concatenate(part) for part in (starts, ends, prices))
    size = rows * columns
    return csr_array((np.r_[price, price], (np.r_[start, end], np.r_[end, start])), shape=(size, size))


def _rivers(rng: np.random.Generator, height: Floats, land: Flags) -> Floats:
    """Water takes the cheapest way to the sea; what drains through a cell is the size of its branch of that tree."""
    roughness = 0.35 + rng.random(height.shape)
    cost = np.where(land, roughness * (0.15 + np.clip(height, 0, None) * 4), 0.01)
    sea = np.flatnonzero(~land)
    shore = sea[np.asarray(ndimage.binary_dilation(land).ravel()[sea])]
    distance, before, _ = dijkstra(ways(cost), indices=shore, min_only=True, return_predecessors=True)
    drained = land.ravel().astype(float)
    for cell in np.argsort(-distance, kind="stable"):
        if drained[cell] and before[cell] >= 0:
            drained[before[cell]] += drained[cell]
    river = np.log1p(np.where(land.ravel(), drained, 0)) / np.log(4000)
    return np.asarray(np.clip(river, 0, 1).reshape(height.shape))


def seats(land: Land) -> Ints:
    """Coarse cells of the district seats, the capital first: on low ground, by rivers and bays, apart from each other."""
    inland = np.asarray(ndimage.distance_transform_edt(land.ours)) * KM / COARSE
    sheltered = ndimage.gaussian_filter(land.land.astype(float), 6)
    good = np.exp(-2.2 * np.clip(land.height, 0, None)) * (0.25 + land.river) * (1 + 1.6 * np.exp(-inland / 12))
    parts, _ = ndimage.label(land.ours)
    large = np.bincount(parts.ravel())[parts] > 260  # islands of some 1,700 km² have a seat of their own
    good = np.where(large & land.ours & (inland > 3), good * np.exp(0.35 * land.noise) * (0.4 + sheltered), 0.0)
    abroad = np.asarray(ndimage.distance_transform_edt(land.ours | ~land.land)) * KM / COARSE
    harbour = good * land.river**3 * (inland < 14) * (abroad > 110)
    lon, lat = centres(COARSE)
    xy = plane(lon.ravel(), lat.ravel())
    score = good.ravel().copy()
    chosen: list[int] = []
    for _ in range(SEATS):
        best = int(np.argmax(score if chosen else harbour))  # the capital: the mouth of a large river
        chosen.append(best)
        # Dense country along the coast and the rivers has small districts, the high interior large ones.
        radius = 24 + 26 * float(np.clip(1 - good.ravel()[best] / good.max(), 0, 1))
        away = ((xy - xy[best]) ** 2).sum(axis=1)
        score *= 1 - np.exp(-away / (2 * radius**2))
    return np.array(chosen)


def district_cells(rng: np.random.Generator, land: Land, at: Ints) -> tuple[Ints, Ints]:
    """District number (0 …) of every coarse cell, and of every fine cell (−1 outside the country)."""
    cost = 1 + 9 * np.clip(land.height, 0, None) ** 2 + 5 * (land.river > 0.55) + 2.5 * (~land.land)
    cost *= np.exp(0.35 * land.noise)
    _, _, source = dijkstra(ways(cost), indices=at, min_only=True, return_predecessors=True)
    number = np.full(source.size, 0)
    number[at] = np.arange(at.size)
    coarse = number[source].reshape(cost.shape)
    step = FINE // COARSE
    wobble = [fractal(rng, shape_of(FINE), slope=2.3, longest=0.03) * 0.8 * step for _ in "yx"]
    rows, columns = np.indices(shape_of(FINE))
    row = np.clip((rows + wobble[0]).astype(int) // step, 0, cost.shape[0] - 1)
    column = np.clip((columns + wobble[1]).astype(int) // step, 0, cost.shape[1] - 1)
    fine = np.where(land.fine_ours, coarse[row, column] + 1, 0).astype(np.int32)
    cleaned = sieve(fine, 700)  # no crumbs of one district inside another
    fine = np.where(land.fine_ours & (cleaned > 0), cleaned, fine)
    return coarse, fine.astype(np.int64) - 1


def polygons(numbers: Ints, count: int) -> list[Any]:
    """One polygon for each number of a fine grid: an exact coverage, simplified without gaps or overlaps."""
    parts: list[list[Any]] = [[] for _ in range(count)]
    for shape, value in shapes((numbers + 1).astype(np.int32), mask=numbers >= 0):
        parts[int(value) - 1].append(shapely.geometry.shape(shape))
    whole = np.array([shapely.multipolygons(p) if len(p) > 1 else p[0] for p in parts])
    # A vertex at every cell corner, so that neighbours share their vertices also where three of them meet.
    corners = shapely.transform(shapely.segmentize(whole, 1.0), np.round)
    simple = shapely.coverage_simplify(corners, 2.2)
    return list(shapely.transform(simple, _degrees))


def _degrees(cells: Floats) -> Floats:
    """Grid corners of the fine grid in degrees, rounded to about a metre."""
    return np.round(np.array([BOX[0], BOX[3]]) + cells * [1 / FINE, -1 / FINE], 5)


def frame(geometry: list[Any], **columns: object) -> gpd.GeoDataFrame:
    """A GeoDataFrame in EPSG:4326."""
    return gpd.GeoDataFrame(columns, geometry=geometry, crs="EPSG:4326")
