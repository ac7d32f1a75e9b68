"""What the layers around a school add to it: distances to networks, coverage, speed tiles, neighbours, people.

A layer that was not given leaves its columns unknown; so does a school without a location. Nothing here is ever 0 or
"no" for want of data.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata import quadkey
from geodata.courses import nearest_course
from geodata.fields import FIELDS
from geodata.policy import POLICY, Policy
from geodata.population import Population, people_within
from geodata.spatial import Flags, Floats, Ints, count_within, distance, floats, inside, located, nearest
from geodata.tables import JOIN_COLUMNS
from geodata.vocabulary import Coverage, Generation, LineStatus, Medium

RADII_M = (1000.0, 2000.0, 3000.0)
NETWORKS = ("fixed", "mobile")
# "none" is said only where all of these were given: 5G is built over them, none of them is built over 5G.
NEEDED_FOR_NONE = (Generation.G2, Generation.G3, Generation.G4)


def add_joins(
    schools: pd.DataFrame,
    *,
    cells: pd.DataFrame | None = None,
    nodes: pd.DataFrame | None = None,
    lines: gpd.GeoDataFrame | None = None,
    coverage: gpd.GeoDataFrame | None = None,
    tiles: pd.DataFrame | None = None,
    population: Population | None = None,
    policy: Policy = POLICY,
) -> pd.DataFrame:
    """Exactly `JOIN_COLUMNS` on the schools' index.

    Needs `latitude` and `longitude` (degrees, WGS 84) of the schools; the layers have the columns of their tables
    (`cells`, `nodes`, `lines` and `coverage` with lines and polygons in EPSG:4326, `tiles`). `population` gives raster blocks. Distances are
    great-circle metres; tiles farther than policy `speed_tile_max_distance_m` say nothing.
    """
    lat, lon = floats(schools["latitude"]), floats(schools["longitude"])
    order = np.argsort(quadkey.from_degrees(lat, lon), kind="stable")  # neighbours in space become neighbours in memory
    lat, lon = lat[order], lon[order]
    parts = {
        **cell_distances(lat, lon, cells),
        "fiber_node_distance_m": fibre_distance(lat, lon, nodes),
        "fiber_line_distance_m": fibre_line_distance(lat, lon, lines),
        **coverage_columns(lat, lon, coverage),
        **tile_columns(lat, lon, tiles, policy.number("speed_tile_max_distance_m")),
        **neighbour_columns(lat, lon),
        **population_columns(lat, lon, population),
    }
    back = np.empty(len(order), dtype=np.int64)
    back[order] = np.arange(len(order))
    out = {name: pd.Series(parts[name], dtype=FIELDS[name].dtype).take(back) for name in JOIN_COLUMNS}
    return pd.DataFrame({name: column.array for name, column in out.items()}, index=schools.index)


def cell_distances(lat: Floats, lon: Floats, cells: pd.DataFrame | None) -> dict[str, Any]:
    """Metres to the nearest site of each generation; unknown for a generation that the layer has no site of."""
    out: dict[str, Any] = {}
    for generation in Generation:
        here = None if cells is None else cells[_is(cells["radio"], generation)]
        out[f"nearest_{generation.lower()}_distance_m"] = _to_nearest(lat, lon, here)
    return out


def fibre_distance(lat: Floats, lon: Floats, nodes: pd.DataFrame | None) -> Floats:
    """Metres to the nearest node whose medium is known to be fibre."""
    return _to_nearest(lat, lon, None if nodes is None else nodes[_is(nodes["transmission_medium"], Medium.FIBER)])


def fibre_line_distance(lat: Floats, lon: Floats, lines: gpd.GeoDataFrame | None) -> Floats:
    """Metres to the nearest line of fibre, but for lines that are said to be planned or no longer in use."""
    if lines is None:
        return np.full(len(lat), np.nan)
    there = ~(_is(lines["line_status"], LineStatus.PLANNED) | _is(lines["line_status"], LineStatus.NOT_IN_USE))
    return nearest_course(lat, lon, lines.geometry[_is(lines["transmission_medium"], Medium.FIBER) & there].to_numpy())


def _to_nearest(lat: Floats, lon: Floats, targets: pd.DataFrame | None) -> Floats:
    if targets is None:
        return np.full(len(lat), np.nan)
    return nearest(lat, lon, floats(targets["latitude"]), floats(targets["longitude"]))[1]


def coverage_columns(lat: Floats, lon: Floats, coverage: gpd.GeoDataFrame | None) -> dict[str, Any]:
    """Inside which generations' polygons, and the best of them.

    Yes or no only for a generation that has polygons. Best is `none` only where no polygon holds the school and 2G, 3G
    and 4G were all given: outside the only polygon that is known, another signal may reach.
    """
    here = located(lat, lon)
    best = np.full(len(lat), None, dtype=object)
    out: dict[str, Any] = {}
    given = []
    for generation in Generation:  # from the oldest to the newest: the last one that holds the school is the best
        polygons = _polygons(coverage, generation)
        within = np.full(len(lat), None, dtype=object)
        if len(polygons):
            given.append(generation)
            flags = inside(lat, lon, polygons)
            within[here] = flags[here]
            best[flags] = Coverage(generation.value).value
        out[f"in_{generation.lower()}_coverage"] = within
    if set(NEEDED_FOR_NONE) <= set(given):
        best[here & pd.isna(best)] = Coverage.NONE.value
    return {**out, "cellular_coverage_type": best}


def _polygons(coverage: gpd.GeoDataFrame | None, generation: Generation) -> Any:
    if coverage is None:
        return np.array([], dtype=object)
    shapes = coverage.geometry[_is(coverage["radio"], generation)]
    return shapes[~(shapes.isna() | shapes.is_empty)].to_numpy()


def tile_columns(lat: Floats, lon: Floats, tiles: pd.DataFrame | None, within_m: float) -> dict[str, Any]:
    """Mean download of the tile that holds the school, else of the nearest tile centre within `within_m`, and its distance."""
    out: dict[str, Any] = {}
    own = quadkey.from_degrees(lat, lon)
    for network in NETWORKS:
        mbps, metres = np.full(len(lat), np.nan), np.full(len(lat), np.nan)
        if tiles is not None:
            codes, speeds = merged_tiles(tiles[_is(tiles["network"], network)])
            place = own_or_nearest_tile(lat, lon, own, codes, within_m)
            hit = place >= 0
            mbps[hit] = speeds[place[hit]]
            metres[hit] = distance(lat[hit], lon[hit], *quadkey.centres(codes[place[hit]]))
        out[f"ookla_{network}_mbps"], out[f"ookla_{network}_tile_distance_m"] = mbps, metres
    return out


def merged_tiles(tiles: pd.DataFrame) -> tuple[Ints, Floats]:
    """Sorted integer quadkeys and their mean download; a tile that stands twice is averaged, weighted by its tests."""
    codes, mbps = quadkey.from_text(tiles["quadkey"]), floats(tiles["avg_download_mbps"])
    usable = (codes >= 0) & np.isfinite(mbps)
    codes, mbps = codes[usable], mbps[usable]
    order = np.argsort(codes, kind="stable")
    codes, mbps = codes[order], mbps[order]
    first = np.flatnonzero(np.diff(codes, prepend=-1))
    if len(first) == len(codes):
        return codes, mbps
    tests = floats(tiles["tests"]) if "tests" in tiles else np.ones(len(tiles))
    weight = np.where(np.isfinite(tests) & (tests > 0), tests, 1.0)[usable][order]
    return codes[first], np.add.reduceat(weight * mbps, first) / np.add.reduceat(weight, first)


def own_or_nearest_tile(lat: Floats, lon: Floats, own: Ints, codes: Ints, within_m: float) -> Ints:
    """Position among the sorted tiles of each school's own tile, else of the nearest centre within `within_m`, else −1."""
    place = quadkey.find(own, codes)
    lost: Flags = (place < 0) & located(lat, lon)
    if lost.any() and len(codes):
        place[lost] = nearest(lat[lost], lon[lost], *quadkey.centres(codes), within_m=within_m)[0]
    return place


def neighbour_columns(lat: Floats, lon: Floats) -> dict[str, Any]:
    """Other schools within 1, 2 and 3 km."""
    counts = count_within(lat, lon, RADII_M)
    return {
        f"schools_within_{n + 1}km": pd.array(np.where(counts[:, n] < 0, np.nan, counts[:, n]), dtype="Int64")
        for n in range(len(RADII_M))
    }


def population_columns(lat: Floats, lon: Floats, population: Population | None) -> dict[str, Any]:
    """People in the raster cells whose centres lie within 1, 2 and 3 km."""
    people = (
        np.full((len(lat), len(RADII_M)), np.nan)
        if population is None
        else people_within(lat, lon, population, RADII_M)
    )
    return {f"pop_within_{n + 1}km": people[:, n] for n in range(len(RADII_M))}


def _is(column: pd.Series, value: str) -> Any:
    """Rows whose value is this one; an unknown value is not."""
    return (column == value).fillna(False).to_numpy(dtype=bool)
