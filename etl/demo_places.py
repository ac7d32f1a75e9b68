"""Places of the demonstration country: invented names, towns by rank and size, roads, people, travel time and wealth."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy import ndimage
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import Delaunay, cKDTree

from etl.demo_land import (
    COARSE,
    KM,
    MIDDLE,
    PROVINCES,
    SEATS,
    Flags,
    Floats,
    Ints,
    Land,
    cell_of,
    centres,
    district_cells,
    fractal,
    plane,
    polygons,
    seats,
    shape_of,
    ways,
)

COUNTRY = "Talúvane"
# The provinces stand in the recipe's alias file, so their names are fixed; all others come from the seed.
PROVINCE_NAMES = (
    *("Velúmar", "Ovessane", "Kerúndol", "Sôlvara", "Imbrellan"),
    *("Dunoveth", "Vashimé", "Tessolune", "Marôkeld"),
)
TOWNS = 320
CAPITAL_PEOPLE = 640_000
PEOPLE = 7_400_000

_SYLLABLES = (
    "Vel Tal Sor Mer Kesh Dun Ov Ilm Nav Tess Lor Rav Esh Bel Ym Hol Sav Orv Quel Dra Fen Mol Zar Iv Ul Pel Gal Nev",
    "u e i a o un el am or iv esh ul and eri olu avé ôm ur inn ath",
    "mar vane dol vara loss veth shim lune keld rune dess mor thal vosh nôr sande rel quay dun lith meth voss",
)
_REAL = ("Fenimor", "Merindol", "Talamor")  # left out: places of these names exist
_UGLY = re.compile(r"(.)\1|(..)\2|[^aeiouyáéíôú]{4}", re.IGNORECASE)


@dataclass(frozen=True)
class Places:
    """Towns, areas and the fields that decide who has what. Grids are coarse unless the name says otherwise."""

    towns: pd.DataFrame  # name, longitude, latitude, people, district (number), trunk (bool)
    district_coarse: Ints
    district_fine: Ints
    districts: pd.DataFrame  # name, area_id, province (number), province_id, province_name, seat (row of towns)
    polygons: list[Any]  # of the districts
    roads: list[Any]
    road_class: list[str]
    people_middle: Floats  # people a cell of the middle grid
    hours: Floats  # travel time to the nearest of the ten largest towns
    wealth: Floats  # 0 poorest to 1 richest, as a share of people


def names(rng: np.random.Generator, count: int, taken: tuple[str, ...] = ()) -> list[str]:
    """Different names of an invented language."""
    found: dict[str, None] = {}
    parts = [syllables.split() for syllables in _SYLLABLES]
    while len(found) < count:
        name = "".join(str(rng.choice(part)) for part in parts)
        if name not in taken and name not in _REAL and not _UGLY.search(name) and 7 <= len(name) <= 11:
            found[name] = None
    return list(found)


def make_places(rng: np.random.Generator, land: Land) -> Places:
    """Districts around their seats, towns, the roads between them, and where people live."""
    at = seats(land)
    coarse, fine = district_cells(rng, land, at)
    cells = np.r_[at, _other_towns(rng, land, at)]
    towns = _towns(rng, land, cells, coarse)
    roads, classes, road_cells = _roads(land, fractal(rng, shape_of(COARSE), slope=1.2, longest=0.1), cells, at.size)
    hours = _hours(land, road_cells, cells[np.argsort(-towns["people"].to_numpy(), kind="stable")[:10]])
    middle = _people(rng, land, towns, road_cells, fine)
    districts = _districts(towns, coarse, at)
    return Places(
        towns=towns,
        district_coarse=coarse,
        district_fine=fine,
        districts=districts,
        polygons=polygons(fine, SEATS),
        roads=roads,
        road_class=classes,
        people_middle=middle,
        hours=hours,
        wealth=_wealth(rng, land, middle, hours=hours, districts=districts, coarse=coarse),
    )


def _other_towns(rng: np.random.Generator, land: Land, at: Ints) -> Ints:
    """Cells of the smaller towns: drawn where the ground is good, then thinned so that none stand side by side."""
    good = np.exp(-1.6 * np.clip(land.height, 0, None)) * (0.15 + land.river**1.5) * np.exp(0.5 * land.noise)
    good = np.where(ndimage.binary_erosion(land.ours), good, 0).ravel()
    drawn = rng.choice(good.size, size=TOWNS * 6, replace=False, p=good / good.sum())
    lon, lat = centres(COARSE)
    xy = plane(lon.ravel(), lat.ravel())
    chosen = [int(c) for c in at]
    for cell in drawn:
        if ((xy[chosen] - xy[cell]) ** 2).sum(axis=1).min() > 7.0**2:
            chosen.append(int(cell))
        if len(chosen) == TOWNS:
            break
    return np.array(chosen[at.size :])


def _towns(rng: np.random.Generator, land: Land, cells: Ints, coarse: Ints) -> pd.DataFrame:
    """Rank and size: the town of rank r has about 1/r of the capital's people. Seats take the upper ranks."""
    lon, lat = (grid.ravel()[cells] for grid in centres(COARSE))
    count, first = cells.size, int(coarse.max()) + 1
    pull = rng.normal(0, 1.2, count) + 2.2 * land.river.ravel()[cells] - 2 * np.clip(land.height.ravel()[cells], 0, 2)
    pull[:first] += 3.4
    pull[0] = 99
    rank = np.empty(count)
    rank[np.argsort(-pull, kind="stable")] = np.arange(1, count + 1)
    people = CAPITAL_PEOPLE / (rank + 0.35 * (rank > 1)) ** 1.03 * np.exp(rng.normal(0, 0.12, count) * (rank > 1))
    jitter = rng.uniform(-0.4, 0.4, (2, count)) / COARSE
    return pd.DataFrame(
        {
            "name": names(rng, count, (COUNTRY, *PROVINCE_NAMES)),
            "longitude": np.round(lon + jitter[0], 5),
            "latitude": np.round(lat + jitter[1], 5),
            "people": np.round(people).astype(np.int64),
            "district": coarse.ravel()[cells],
            "seat": np.arange(count) < first,
        }
    )


def _districts(towns: pd.DataFrame, coarse: Ints, at: Ints) -> pd.DataFrame:
    """Districts gathered into provinces: each follows the shortest way, over neighbours, to a provincial capital."""
    count = at.size
    xy = plane(towns["longitude"], towns["latitude"])[:count]
    gap = np.full((count, count), np.inf)
    for a, b in ((coarse[:, :-1], coarse[:, 1:]), (coarse[:-1], coarse[1:])):
        i, j = a[a != b], b[a != b]
        gap[i, j] = gap[j, i] = np.hypot(*(xy[i] - xy[j]).T)
    far = np.full(count, np.inf)
    capitals = [0]
    for _ in range(PROVINCES - 1):  # the farthest seat from all capitals so far, large towns preferred
        far = np.minimum(far, np.hypot(*(xy - xy[capitals[-1]]).T))
        capitals.append(int(np.argmax(far * towns["people"].to_numpy()[:count] ** 0.18)))
    _, _, source = dijkstra(
        np.where(np.isfinite(gap), gap, 0), indices=capitals, min_only=True, return_predecessors=True
    )
    province = np.array([capitals.index(int(s)) for s in source])
    table = pd.DataFrame({"name": towns["name"][:count], "province": province})
    table["province_id"] = [f"{p + 1:02d}" for p in province]
    table["province_name"] = [PROVINCE_NAMES[p] for p in province]
    order = table.groupby("province").cumcount() + 1
    table["area_id"] = table["province_id"] + order.map("{:02d}".format)
    return table


def _roads(land: Land, rough: Floats, cells: Ints, trunks: int) -> tuple[list[Any], list[str], Flags]:
    """Trunk roads between neighbouring seats, then a road from every other town to the nearest road, on cheap ground."""
    cost = np.where(land.ours, 1 + 3 * np.clip(land.height, 0, None) ** 2 + 0.6 * (land.river > 0.6), 14.0)
    cost *= np.exp(0.5 * rough)  # no way is straight
    graph = ways(cost)
    lon, lat = (grid.ravel() for grid in centres(COARSE))
    trunk_paths, used = [], np.zeros(cost.size, bool)
    for start, ends in _neighbours(plane(lon[cells[:trunks]], lat[cells[:trunks]])).items():
        _, before = dijkstra(graph, indices=cells[start], return_predecessors=True, limit=420)
        for end in ends:
            path = _walk(before, int(cells[end]))
            if len(path) > 1 and land.ours.ravel()[path].mean() > 0.93:  # no road over the open sea
                trunk_paths.append(path)
                used[path] = True
    _, toward, _ = dijkstra(graph, indices=np.flatnonzero(used), min_only=True, return_predecessors=True)
    local_paths = [_walk(toward, int(cell)) for cell in cells[trunks:]]
    local_paths = [p for p in local_paths if len(p) > 1 and land.ours.ravel()[p].all()]
    for path in local_paths:
        used[path] = True
    lines = [_smooth(np.column_stack([lon[p], lat[p]])) for p in (*trunk_paths, *local_paths)]
    return lines, ["trunk"] * len(trunk_paths) + ["local"] * len(local_paths), used.reshape(cost.shape)


def _neighbours(xy: Floats) -> dict[int, list[int]]:
    """Pairs that no third point lies between (Gabriel graph), each once, under its smaller number."""
    pairs = {tuple(sorted((int(t[i]), int(t[j])))) for t in Delaunay(xy).simplices for i, j in ((0, 1), (1, 2), (0, 2))}
    tree = cKDTree(xy)
    found: dict[int, list[int]] = {}
    for a, b in sorted(pairs):
        reach = float(np.hypot(*(xy[a] - xy[b]))) / 2
        if len(tree.query_ball_point((xy[a] + xy[b]) / 2, reach * 0.999)) == 0:
            found.setdefault(a, []).append(b)
    return found


def _walk(before: npt.NDArray[Any], end: int) -> list[int]:
    path = [end]
    while before[path[-1]] >= 0:
        path.append(int(before[path[-1]]))
    return path


def _smooth(xy: Floats) -> shapely.Geometry:
    """A line with its corners cut twice (Chaikin), then simplified."""
    for _ in range(2):
        cut = [xy[:1]] + [np.array([0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b]) for a, b in pairwise(xy)] + [xy[-1:]]
        xy = np.concatenate(cut)
    return shapely.simplify(shapely.LineString(np.round(xy, 5)), 0.002)


def _hours(land: Land, road: Flags, cities: Ints) -> Floats:
    """Hours to the nearest of the ten largest towns: 45 km/h on a road, 6 off it, 12 over water."""
    pace = np.where(road, 1 / 45, np.where(land.land, 1 / 6 + np.clip(land.height, 0, None) / 10, 1 / 12))
    found = dijkstra(ways(pace), indices=cities, min_only=True)
    return np.asarray(found).reshape(pace.shape)


def _people(rng: np.random.Generator, land: Land, towns: pd.DataFrame, road: Flags, fine: Ints) -> Floats:
    """People a cell of the middle grid: towns as peaks, the rest along roads, rivers and good ground."""
    shape, step = shape_of(MIDDLE), MIDDLE // COARSE
    ours = fine[::2, ::2] >= 0
    near_road = np.exp(-np.asarray(ndimage.distance_transform_edt(~road)) * KM / COARSE / 6)
    good = (0.06 + 0.7 * near_road + land.river**2) * np.exp(-1.8 * np.clip(land.height, 0, None) + 0.5 * land.noise)
    field = ndimage.zoom(good, step, order=1) * np.exp(rng.normal(0, 0.6, shape))
    field = np.where(ours, np.clip(field, 0, None), 0)
    field *= (PEOPLE - towns["people"].sum()) / field.sum()
    row, column = cell_of(towns["longitude"], towns["latitude"], MIDDLE)
    for r, c, people in zip(row, column, towns["people"], strict=True):
        spread = 0.9 + (people / 30_000) ** 0.5  # cells of some 0.9 km
        reach = int(4 * spread) + 1
        window = np.s_[max(0, r - reach) : r + reach + 1, max(0, c - reach) : c + reach + 1]
        rows, columns = np.ogrid[window]
        peak = np.exp(-((rows - r) ** 2 + (columns - c) ** 2) / (2 * spread**2)) * ours[window]
        field[window] += people * peak / max(float(peak.sum()), 1e-9)
    return np.round(field, 2)


def _wealth(
    rng: np.random.Generator, land: Land, people: Floats, *, hours: Floats, districts: pd.DataFrame, coarse: Ints
) -> Floats:
    """Share of people who live in poorer cells: towns are richer, remote country poorer, provinces differ, luck remains."""
    step = MIDDLE // COARSE
    total = people.reshape(land.ours.shape[0], step, land.ours.shape[1], step).sum(axis=(1, 3))
    density = np.log10(1 + ndimage.gaussian_filter(total, 1.2))
    province = rng.normal(0, 0.35, PROVINCES)
    score = 0.62 * density - 0.19 * np.minimum(hours, 9) + province[districts["province"].to_numpy()[coarse]]
    abroad = np.asarray(ndimage.distance_transform_edt(land.ours | ~land.land)) * KM / COARSE
    score -= 1.1 * np.exp(-abroad / 22)  # trade over the border has stopped
    score += 0.45 * land.noise + rng.normal(0, 0.25, score.shape)
    order = np.argsort(score, axis=None, kind="stable")
    share = np.empty(score.size)
    share[order] = np.cumsum(total.ravel()[order]) / total.sum()
    return share.reshape(score.shape)
