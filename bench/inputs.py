"""Synthetic inputs of a national build, on disk and in the forms that the publishers use.

A country of 12° × 12° on the equator, clustered on towns whose sizes follow Zipf's law. Numbers grow with the schools
in the proportions of the world: 2.7 fixed and 1.8 mobile speed tiles, 2.3 towers for each school, 45 schools an area
with 170 vertices each; one population raster of 1 km cells. Seeded: the same size gives the same files.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import rasterio
import shapely

from geodata import quadkey

WEST, SOUTH, SIDE = 20.0, -6.0, 12.0
FIXED, MOBILE, TOWERS, NODES = 2.7, 1.8, 2.3, 0.05
SCHOOLS_PER_AREA, VERTICES_PER_AREA = 45, 170
FILES = (
    "schools.parquet",
    "fixed.parquet",
    "mobile.parquet",
    "towers.csv",
    "nodes.csv",
    "coverage.parquet",
    "areas.parquet",
    "population.tif",
)
RADIOS = {"GSM": 0.25, "UMTS": 0.3, "LTE": 0.4, "NR": 0.05}


def write_inputs(folder: Path, schools: int, seed: int = 20261122) -> Path:
    """All files for a country with this many schools; nothing is done where they are already there."""
    if all((folder / name).is_file() for name in FILES):
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng([seed, schools])
    towns = _towns(rng, max(60, schools // 60))
    write_areas(folder / "areas.parquet", rng, max(20, schools // SCHOOLS_PER_AREA))
    write_schools(folder / "schools.parquet", rng, towns, schools)
    for network, ratio in (("fixed", FIXED), ("mobile", MOBILE)):
        write_tiles(folder / f"{network}.parquet", rng, towns, int(schools * ratio))
    radio, lat, lon = write_towers(folder / "towers.csv", rng, towns, int(schools * TOWERS))
    write_nodes(folder / "nodes.csv", rng, towns, int(schools * NODES))
    write_coverage(folder / "coverage.parquet", radio, lat, lon)
    write_population(folder / "population.tif", rng, towns)
    return folder


Towns = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _towns(rng: np.random.Generator, count: int) -> Towns:
    """Latitude, longitude, share of people and spread in degrees of each town."""
    share = 1.0 / np.arange(1, count + 1) ** 0.9
    share /= share.sum()
    inner = SIDE - 1.0
    return (
        SOUTH + 0.5 + inner * rng.random(count),
        WEST + 0.5 + inner * rng.random(count),
        share,
        0.02 + 0.9 * np.sqrt(share),
    )


def _places(rng: np.random.Generator, towns: Towns, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Points scattered about the towns, a tenth anywhere; latitude and longitude with 6 decimals."""
    lat, lon, share, spread = towns
    town = rng.choice(len(share), count, p=share)
    y, x = lat[town] + rng.normal(0, 1, count) * spread[town], lon[town] + rng.normal(0, 1, count) * spread[town]
    anywhere = rng.random(count) < 0.1
    y[anywhere], x[anywhere] = SOUTH + SIDE * rng.random(anywhere.sum()), WEST + SIDE * rng.random(anywhere.sum())
    return np.clip(y, SOUTH + 0.01, SOUTH + SIDE - 0.01).round(6), np.clip(x, WEST + 0.01, WEST + SIDE - 0.01).round(6)


def _maybe(rng: np.random.Generator, values: np.ndarray, unknown: float, dtype: str) -> pd.Series:
    return pd.Series(pd.array(values, dtype=dtype)).mask(rng.random(len(values)) < unknown)


def write_schools(path: Path, rng: np.random.Generator, towns: Towns, count: int) -> None:
    """A register in the house's columns, a tenth to a third of most of them unknown."""
    lat, lon = _places(rng, towns, count)
    learners = rng.lognormal(5.3, 0.8, count).astype(int).clip(10, 5000)
    internet, power = rng.random(count) < 0.45, rng.random(count) < 0.7
    pd.DataFrame(
        {
            "school_id": [f"S{i:07d}" for i in range(count)],
            "school_name": [f"School {i}" for i in range(count)],
            "latitude": lat,
            "longitude": lon,
            "settlement": pd.Series(
                rng.choice(["rural", "town", "suburb", "city"], count, p=[0.6, 0.2, 0.1, 0.1]), dtype="str"
            ),
            "num_students": _maybe(rng, learners, 0.1, "Int64"),
            "num_students_girls": _maybe(rng, (learners * rng.uniform(0.4, 0.6, count)).astype(int), 0.15, "Int64"),
            "num_teachers": _maybe(rng, learners // 30 + 1, 0.15, "Int64"),
            "num_computers": _maybe(rng, (learners * rng.choice([0, 0.02, 0.1, 0.3], count)).astype(int), 0.2, "Int64"),
            "num_tablets": _maybe(rng, (learners * rng.choice([0, 0, 0.05], count)).astype(int), 0.3, "Int64"),
            "has_internet": _maybe(rng, internet, 0.1, "boolean"),
            "has_internet_for_learners": _maybe(rng, internet & (rng.random(count) < 0.7), 0.2, "boolean"),
            "download_speed_contracted_mbps": np.where(
                internet & (rng.random(count) < 0.6), rng.choice([2.0, 10, 20, 50, 100], count), np.nan
            ),
            "has_electricity": _maybe(rng, power, 0.1, "boolean"),
            "wealth_percentile": rng.random(count).round(3),
            "crisis_index": rng.uniform(1, 8, count).round(1),
        }
    ).to_parquet(path, index=False)


def write_tiles(path: Path, rng: np.random.Generator, towns: Towns, count: int) -> None:
    """Speed tiles in Ookla's form: text quadkey, WKT, centre, kbps, tests; in no spatial order."""
    codes = np.empty(0, dtype=np.int64)
    while len(codes) < count:
        codes = np.unique(np.concatenate([codes, quadkey.from_degrees(*_places(rng, towns, count))]))
    codes = rng.permutation(codes)[:count]
    lat, lon = quadkey.centres(codes)
    half = 180.0 / 2**quadkey.ZOOM
    x = np.column_stack([lon - half, lon + half, lon + half, lon - half, lon - half])
    tall = half * np.cos(np.radians(lat))
    y = np.column_stack([lat + tall, lat + tall, lat - tall, lat - tall, lat + tall])
    rings = shapely.polygons(np.dstack([x, y]))
    pd.DataFrame(
        {
            "quadkey": pd.Series(quadkey.to_text(codes), dtype="str"),
            "tile": pd.Series(shapely.to_wkt(rings, rounding_precision=10), dtype="str"),
            "tile_x": lon.round(4),
            "tile_y": lat.round(4),
            "avg_d_kbps": rng.lognormal(9.5, 1.0, count).astype(np.int64),
            "avg_u_kbps": rng.lognormal(8.5, 1.0, count).astype(np.int64),
            "avg_lat_ms": rng.integers(5, 300, count),
            "tests": rng.geometric(0.08, count),
            "devices": rng.geometric(0.2, count),
        }
    ).to_parquet(path, index=False)


def write_towers(
    path: Path, rng: np.random.Generator, towns: Towns, count: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cells in OpenCelliD's 14 columns; gives back radio, latitude and longitude."""
    lat, lon = _places(rng, towns, count)
    radio = rng.choice(list(RADIOS), count, p=list(RADIOS.values()))
    constant = {
        "unit": -1,
        "range": 1000,
        "samples": 9,
        "changeable": 1,
        "created": 1459814400,
        "updated": 1719792000,
        "averageSignal": 0,
    }
    frame = pd.DataFrame(
        {
            "radio": radio,
            "mcc": 639,
            "net": rng.integers(1, 8, count),
            "area": rng.integers(1, 9000, count),
            "cell": np.arange(count),
            "lon": lon,
            "lat": lat,
            **constant,
        }
    )
    order = [
        "radio",
        "mcc",
        "net",
        "area",
        "cell",
        "unit",
        "lon",
        "lat",
        "range",
        "samples",
        "changeable",
        "created",
        "updated",
        "averageSignal",
    ]
    pa.csv.write_csv(
        pa.Table.from_pandas(frame[order], preserve_index=False), path, pa.csv.WriteOptions(quoting_style="none")
    )
    return radio, lat, lon


def write_nodes(path: Path, rng: np.random.Generator, towns: Towns, count: int) -> None:
    """Transmission nodes, four of five on fibre."""
    lat, lon = _places(rng, towns, count)
    medium = rng.choice(["fiber", "microwave"], count, p=[0.8, 0.2])
    pd.DataFrame({"node_id": np.arange(count), "lat": lat, "lon": lon, "transmission_medium": medium}).to_csv(
        path, index=False
    )


def write_coverage(path: Path, radio: np.ndarray, lat: np.ndarray, lon: np.ndarray) -> None:
    """One multipolygon for each of 2G, 3G and 4G: the union of discs about every twentieth site."""
    shapes = []
    for name, reach in (("GSM", 0.12), ("UMTS", 0.06), ("LTE", 0.05)):
        here = np.flatnonzero(radio == name)[::20]
        shapes.append(shapely.union_all(shapely.buffer(shapely.points(lon[here], lat[here]), reach, quad_segs=6)))
    gpd.GeoDataFrame({"radio": ["2G", "3G", "4G"]}, geometry=shapes, crs="EPSG:4326").to_parquet(path)


def write_areas(path: Path, rng: np.random.Generator, count: int) -> None:
    """Districts that tile the country: Voronoi cells, their edges cut into short pieces and bent, the same on both sides."""
    seeds = shapely.MultiPoint(np.column_stack([WEST + SIDE * rng.random(count), SOUTH + SIDE * rng.random(count)]))
    country = shapely.box(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE)
    cells = shapely.intersection(shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=country)), country)
    step = shapely.length(cells).mean() / VERTICES_PER_AREA
    bend = SIDE / np.sqrt(count) / 12
    shapes = shapely.transform(
        shapely.segmentize(cells, step), lambda xy: xy + bend * np.sin(xy[:, ::-1] / bend / 2) * _far_from_border(xy)
    )
    names = [f"D{i:05d}" for i in range(len(shapes))]
    gpd.GeoDataFrame({"area_id": names, "name": names}, geometry=shapes, crs="EPSG:4326").to_parquet(path)


def _far_from_border(xy: np.ndarray) -> np.ndarray:
    """0 on the country's border, 1 half a degree inside, so that the outline stays straight."""
    x, y = xy[:, 0] - WEST, xy[:, 1] - SOUTH
    return np.clip(np.minimum.reduce([x, SIDE - x, y, SIDE - y]) / 0.5, 0, 1)[:, None]


def write_population(path: Path, rng: np.random.Generator, towns: Towns) -> None:
    """People in cells of 30 arc-seconds, none known where nobody lives; strips and LZW as WorldPop writes them."""
    side = int(SIDE * 120)
    lat, lon = _places(rng, towns, 4_000_000)
    row, column = ((SOUTH + SIDE - lat) * 120).astype(int), ((lon - WEST) * 120).astype(int)
    people = np.bincount(row * side + column, minlength=side * side).reshape(side, side) * 12.5
    people[people == 0] = -99999
    profile = {
        "driver": "GTiff",
        "width": side,
        "height": side,
        "count": 1,
        "dtype": "float32",
        "crs": "EPSG:4326",
        "nodata": -99999,
        "compress": "lzw",
    }
    with rasterio.open(
        path, "w", transform=rasterio.Affine(1 / 120, 0, WEST, 0, -1 / 120, SOUTH + SIDE), blockysize=512, **profile
    ) as raster:
        raster.write(people.astype("float32"), 1)
