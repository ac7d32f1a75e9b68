"""`python -m bench.reach`: what could connect each school, at national size and at the size of ITU's stated times.

Places are drawn with a seed around towns on a network of roads; the terrain is drawn too, cells of 30 m. CPU seconds are
of this process, compiled loops warm. `--schools 200000 --nodes 20000` chooses the size, `--sites` the mobile sites.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
import rasterio
import shapely
from rasterio.transform import Affine

from bench.ranks import timed
from etl.demo_land import fractal
from etl.reach.fibre import Sources, candidates, straight
from etl.reach.near import Points, neighbours
from etl.reach.radio import visible
from etl.reach.roads import network
from etl.reach.sight import Radio, sight
from etl.reach.terrain import open_terrain
from geodata.people.catchment import road_network

RADIO = Radio(5.0, 25.0, 8.0)
SIDE = 9.0  # degrees: a country of a million square kilometres
GRID = 90  # roads from north to south, and as many from west to east
CELL = 1 / 3600


def scattered(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Places near roads, most of them: latitudes and longitudes."""
    road = (np.arange(GRID) + 0.5) * SIDE / GRID
    on, along = rng.choice(road, count) + rng.normal(0, 0.01, count), rng.uniform(0, SIDE, count)
    across = rng.random(count) < 0.5
    return np.where(across, on, along), np.where(across, along, on)


def nation(schools: int, nodes: int) -> None:
    """Fibre and neighbours of a nation, along roads and in a straight line."""
    rng = np.random.default_rng([20261123, schools])
    road = (np.arange(GRID) + 0.5) * SIDE / GRID
    lines = [shapely.LineString([(0, r), (SIDE, r)]) for r in road] + [shapely.LineString([(r, 0), (r, SIDE)]) for r in road]  # fmt: skip
    lines = list(shapely.get_parts(shapely.node(shapely.multilinestrings(lines))))
    lat, lon = scattered(rng, schools)
    y, x = scattered(rng, nodes)
    given = Sources(y, x, np.arange(nodes), tuple(map(str, range(nodes))), ("node",) * nodes)
    held = {"net": None}
    sys.stdout.write(f"\n{schools:,} schools, {nodes:,} nodes\n")
    timed("road network", lambda: held.update(net=network(road_network(lines, 60.0))))
    sys.stdout.write(f"  ({held['net'].points:,} road points)\n")
    far = {"snap_m": 1000.0, "limit": 50_000.0, "detour": 1.2}
    timed("fibre in a straight line", lambda: straight(lat, lon, given, 3, 50_000.0))
    timed("fibre along roads, 3 nearest nodes", lambda: candidates(lat, lon, given, held["net"], **far))
    timed("pairs of neighbours, straight", lambda: neighbours(lat, lon, None, snap_m=1000.0, limit=20_000.0))
    timed("pairs of neighbours, along roads", lambda: neighbours(lat, lon, held["net"], snap_m=1000.0, limit=20_000.0))


def masts(folder: Path, schools: int, sites: int) -> None:
    """Lines of sight over 30 m cells: all pairs of few places, and the nearest three of many."""
    rng = np.random.default_rng(20261124)
    size = 5400
    land = np.maximum(fractal(rng, (size, size), slope=3.2, longest=0.3) * 120 + 250, 0).astype(np.int16)
    path = folder / "terrain.tif"
    profile = {"driver": "GTiff", "dtype": "int16", "count": 1, "crs": "EPSG:4326", "height": size, "width": size}
    with rasterio.open(path, "w", transform=Affine(CELL, 0, 0, 0, -CELL, size * CELL), **profile) as raster:
        raster.write(land, 1)
    few = rng.uniform(0.6, 0.8, (104, 2))
    towers = rng.uniform(0.57, 0.83, (34, 2))
    i, j = np.divmod(np.arange(104 * 34), 34)

    def every() -> None:
        terrain = open_terrain([path], few[:, 0], few[:, 1], 30_000.0)
        sight(terrain, (few[i, 0], few[i, 1]), (towers[j, 0], towers[j, 1]), RADIO)

    timed("104 schools × 34 sites, every line of sight", every)
    many, spread = rng.uniform(0.1, 1.4, (schools, 2)), rng.uniform(0.1, 1.4, (sites, 2))
    points = Points(tuple(map(str, range(sites))), spread[:, 0], spread[:, 1])
    terrain = open_terrain([path], many[:, 0], many[:, 1], 30_000.0)
    timed(f"{schools:,} schools, {sites:,} sites: three in sight", lambda: visible(many[:, 0], many[:, 1], points, terrain, RADIO, 30_000.0))  # fmt: skip


def main() -> int:
    """The nation, then the lines of sight."""
    parser = argparse.ArgumentParser(prog="python -m bench.reach", description=__doc__)
    parser.add_argument("--schools", type=int, default=200_000)
    parser.add_argument("--nodes", type=int, default=20_000)
    parser.add_argument("--sites", type=int, default=1_000)
    asked = parser.parse_args()
    roads = network(road_network([shapely.LineString([(0, 0), (0.1, 0)])], 0.0))
    one = np.zeros(2), np.array([0.0, 0.01])
    candidates(*one, Sources(*one, np.arange(2), ("a", "b"), ("node",) * 2), roads, snap_m=1e3, limit=1e4, detour=1.0)
    nation(asked.schools, asked.nodes)
    with tempfile.TemporaryDirectory() as folder:
        masts(Path(folder), min(10_000, asked.schools), asked.sites)
    return 0


if __name__ == "__main__":
    sys.exit(main())
