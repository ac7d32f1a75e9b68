"""Layers of the demonstration country as operators and statisticians would publish them: fibre, towers, coverage, speed
tiles, people, boundaries and tables about districts. Each writer gives the same bytes for the same seed."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyogrio
import rasterio
import shapely
from rasterio.features import shapes
from rasterio.transform import Affine
from scipy import ndimage

from etl.demo_land import BOX, COARSE, KM, MIDDLE, Flags, Floats, Land, cell_of, fractal, frame, polygons, shape_of
from etl.demo_places import COUNTRY, Places

ISO3 = "XTV"
RADIO = {"2G": "GSM", "3G": "UMTS", "4G": "LTE", "5G": "NR"}
REACH_KM = {"2G": 15.0, "3G": 9.0, "4G": 7.0, "5G": 2.2}
TILE_ZOOM = 16
TRANSFORM = Affine(1 / MIDDLE, 0, BOX[0], 0, -1 / MIDDLE, BOX[3])  # of the middle grid
STAMP = "2026-01-01T00:00:00.000Z"  # GeoPackages carry a time; this one, so that the bytes stay the same


def fibre_nodes(rng: np.random.Generator, places: Places) -> pd.DataFrame:
    """Fibre reaches the larger towns, richer ones first; farther towns hang on microwave links."""
    towns = places.towns
    row, column = cell_of(towns["longitude"], towns["latitude"], COARSE)
    pull = np.log(towns["people"]) + 1.6 * places.wealth[row, column] - 0.10 * places.hours[row, column]
    order = np.argsort(-pull.to_numpy() - rng.normal(0, 0.25, len(towns)), kind="stable")
    chosen = towns.iloc[order[:150]].reset_index(drop=True)
    medium = np.where(np.arange(150) < 92, "Fibre optic", "Microwave")
    return pd.DataFrame(
        {
            "node": [f"N{i + 1:03d}" for i in range(150)],
            "medium": medium,
            "town": chosen["name"],
            "longitude": chosen["longitude"],
            "latitude": chosen["latitude"],
        }
    )


def write_nodes(folder: Path, nodes: pd.DataFrame) -> None:
    """Transmission nodes as a GeoPackage."""
    points = gpd.GeoDataFrame(
        nodes[["node", "medium", "town"]],
        geometry=gpd.points_from_xy(nodes["longitude"], nodes["latitude"]),
        crs="EPSG:4326",
    )
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": STAMP})
    try:
        pyogrio.write_dataframe(points, folder / "fibre_nodes.gpkg", layer="nodes", driver="GPKG")
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def tower_sites(rng: np.random.Generator, land: Land, places: Places) -> pd.DataFrame:
    """Sites where people live; each newer generation only at the better half of what is left."""
    people = ndimage.gaussian_filter(places.people_middle, 2)
    weight = np.where(places.district_fine[::2, ::2] >= 0, people, 0).ravel() ** 0.85
    cell = rng.choice(weight.size, size=900, replace=False, p=weight / weight.sum())
    row, column = np.divmod(cell, people.shape[1])
    lon = BOX[0] + (column + rng.random(cell.size)) / MIDDLE
    lat = BOX[3] - (row + rng.random(cell.size)) / MIDDLE
    r, c = cell_of(lon, lat, COARSE)
    score = (
        1.0 * np.log10(1 + people.ravel()[cell]) + 1.9 * places.wealth[r, c] - 0.13 * np.minimum(places.hours[r, c], 8)
    )
    score += rng.normal(0, 0.3, cell.size)
    share = np.argsort(np.argsort(-score, kind="stable")) / cell.size
    return pd.DataFrame(
        {"longitude": lon, "latitude": lat, "2G": True, "3G": share < 0.78, "4G": share < 0.55, "5G": share < 0.05}
    )


def write_towers(folder: Path, rng: np.random.Generator, sites: pd.DataFrame) -> None:
    """Cells in OpenCelliD's form: sectors near their site, and a few without a place (0, 0)."""
    rows = []
    for number, site in enumerate(sites.itertuples(index=False)):
        for generation, has in zip(RADIO, site[2:], strict=True):
            for sector in range(2 if has else 0):
                east, north = rng.normal(0, 0.002, 2)
                place = (round(site[0] + east, 6), round(site[1] + north, 6)) if rng.random() > 0.006 else (0, 0)
                rows.append((RADIO[generation], 999, 1 + number % 3, 100 + number // 50, number * 100 + sector, *place))
    table = pd.DataFrame(rows, columns=["radio", "mcc", "net", "area", "cell", "lon", "lat"])
    table.insert(5, "unit", -1)
    table["range"], table["samples"] = 1000, rng.integers(1, 400, len(table))
    table["changeable"], table["created"] = 1, 1_640_000_000 + rng.integers(0, 10**7, len(table))
    table["updated"], table["averageSignal"] = table["created"] + rng.integers(0, 10**8, len(table)), 0
    table = table.sample(frac=1, random_state=int(rng.integers(2**31)))
    with gzip.GzipFile(folder / "towers.csv.gz", "wb", mtime=0) as stream:
        stream.write(table.to_csv(index=False, lineterminator="\n").encode())


def coverage(rng: np.random.Generator, land: Land, sites: pd.DataFrame) -> dict[str, Flags]:
    """Which middle cells each generation reaches: less far over high ground, and never quite a circle."""
    shape, step = shape_of(MIDDLE), MIDDLE // COARSE
    height = np.clip(ndimage.zoom(land.height, step, order=1), 0, None)
    rough = fractal(rng, shape, slope=2.2, longest=0.05)
    found = {}
    for generation, reach in REACH_KM.items():
        here = sites[sites[generation]]
        free = np.ones(shape, bool)
        free[cell_of(here["longitude"], here["latitude"], MIDDLE)] = False
        distance = np.asarray(ndimage.distance_transform_edt(free, sampling=[KM / MIDDLE, 0.866 * KM / MIDDLE]))
        found[generation] = distance < reach * np.exp(0.22 * rough) / (1 + 0.8 * height)
    return found


def write_coverage(folder: Path, reached: dict[str, Flags]) -> None:
    """2G, 3G and 4G in one file with a column that says which; 5G, from another operator, in a file that does not."""
    area = {}
    for generation, mask in reached.items():
        parts = [shapely.geometry.shape(s) for s, _ in shapes(mask.astype(np.uint8), mask=mask, transform=TRANSFORM)]
        whole = shapely.coverage_simplify(np.array(parts), 1.6 / MIDDLE)
        area[generation] = shapely.set_precision(shapely.multipolygons(list(whole)), 1e-5)
    three = frame([area[g] for g in ("2G", "3G", "4G")], technology=["2G", "3G", "4G/LTE"])
    three.to_file(folder / "coverage.geojson", driver="GeoJSON", COORDINATE_PRECISION=5)
    five = frame([area["5G"]], operator=["Talucel"])
    five.to_file(folder / "coverage_5g.geojson", driver="GeoJSON", COORDINATE_PRECISION=5)


def write_tiles(folder: Path, rng: np.random.Generator, places: Places, reached: dict[str, Flags]) -> None:
    """Speed tests by tile, in Ookla's form: many in towns, hardly any where the network is poor."""
    people = ndimage.gaussian_filter(places.people_middle, 1)
    rows, columns = np.indices(people.shape)
    row, column = cell_of(BOX[0] + (columns + 0.5) / MIDDLE, BOX[3] - (rows + 0.5) / MIDDLE, COARSE)
    wealth = places.wealth[row, column]
    for network, chance, mbps in (
        ("fixed", (people / 400) ** 1.1 * wealth, 8 + 70 * wealth**2),
        (
            "mobile",
            (people / 150) * np.where(reached["4G"], 1, 0.25 * reached["3G"]),
            4 + np.where(reached["4G"], 22, 0),
        ),
    ):
        tested = np.flatnonzero((rng.random(people.shape) < np.clip(chance, 0, 0.9) * 0.5).ravel())
        lon = BOX[0] + (tested % people.shape[1] + rng.random(tested.size)) / MIDDLE
        lat = BOX[3] - (tested // people.shape[1] + rng.random(tested.size)) / MIDDLE
        kbps = mbps.ravel()[tested] * np.exp(rng.normal(0, 0.5, tested.size)) * 1000
        tiles = pd.DataFrame(
            {
                "quadkey": quadkeys(lon, lat),
                "avg_d_kbps": kbps.astype(np.int64),
                "avg_u_kbps": (kbps * 0.35).astype(np.int64),
                "avg_lat_ms": rng.integers(15, 120, tested.size),
                "tests": 1 + rng.poisson(3, tested.size),
                "devices": 1 + rng.poisson(1, tested.size),
            }
        ).drop_duplicates("quadkey")
        tiles.sort_values("quadkey").to_parquet(folder / f"speed_tiles_{network}.parquet", index=False)


def quadkeys(lon: npt.ArrayLike, lat: npt.ArrayLike, zoom: int = TILE_ZOOM) -> list[str]:
    """Web Mercator tile of each point as a quadkey text."""
    size = 2**zoom
    x = ((np.asarray(lon) + 180) / 360 * size).astype(np.int64)
    y = ((1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * size).astype(np.int64)
    digits = [((x >> b) & 1) + 2 * ((y >> b) & 1) for b in range(zoom - 1, -1, -1)]
    return ["".join(row) for row in np.column_stack(digits).astype(str)]


def write_population(folder: Path, people: Floats) -> None:
    """People a cell, some 0.9 km; the sea is without data."""
    values = np.where(people > 0, people, -99999).astype(np.float32)
    profile = {"driver": "GTiff", "dtype": "float32", "count": 1, "crs": "EPSG:4326", "nodata": -99999}
    profile |= {"height": values.shape[0], "width": values.shape[1], "compress": "deflate", "tiled": True}
    with rasterio.open(folder / "population.tif", "w", transform=TRANSFORM, **profile) as raster:
        raster.write(values, 1)


def write_boundaries(folder: Path, land: Land, places: Places) -> None:
    """The country, its provinces and districts, a contested stretch of the land border, and what a map may show beside."""
    district = places.polygons
    table = places.districts
    names = table.groupby("province_id")["province_name"].first()
    provinces = [shapely.coverage_union_all(np.array(district)[table["province_id"] == p]) for p in names.index]
    country = shapely.coverage_union_all(np.array(provinces))
    neighbour = polygons(np.where(land.fine_land & ~land.fine_ours, 0, -1), 1)[0]
    contested = _contested(country, neighbour)
    layers = {
        "boundaries_0": frame(
            [country, contested],
            code=[ISO3, f"{ISO3}-line"],
            name=[COUNTRY, "Line not agreed"],
            contested=[False, True],
        ),
        "boundaries_1": frame(provinces, code=list(names.index), name=list(names)),
        "boundaries_2": frame(
            district, code=list(table["area_id"]), name=list(table["name"]), province=list(table["province_id"])
        ),
        "roads": frame(places.roads, road_class=places.road_class),
        "neighbour": frame([neighbour], name=["Neighbouring country (not part of this data)"]),
        "towns": frame(
            list(gpd.points_from_xy(places.towns["longitude"], places.towns["latitude"])),
            name=list(places.towns["name"]),
            people=list(places.towns["people"]),
        ),
    }
    for name, layer in layers.items():
        layer.to_file(folder / f"{name}.geojson", driver="GeoJSON", COORDINATE_PRECISION=5, engine="pyogrio")


def _contested(country: Any, neighbour: Any) -> Any:
    """The stretch of the land border around its point farthest from the sea."""
    border = shapely.line_merge(shapely.intersection(shapely.boundary(country), shapely.buffer(neighbour, 0.02)))
    both = shapely.buffer(shapely.union(shapely.buffer(country, 0.02), shapely.buffer(neighbour, 0.02)), -0.02)
    points = np.asarray(shapely.points(shapely.get_coordinates(border)))
    middle = points[int(np.argmax(shapely.distance(points, shapely.boundary(both))))]
    # Whole vertices of the longest piece, so that the line lies exactly on the country's own edge.
    lines = [shapely.get_coordinates(part) for part in shapely.get_parts(border)]
    mine = next(xy for xy in lines if (xy == shapely.get_coordinates(middle)).all(axis=1).any())
    at = int(np.flatnonzero((mine == shapely.get_coordinates(middle)).all(axis=1))[0])
    return shapely.linestrings(mine[max(0, at - 38) : at + 39])


def write_context(folder: Path, rng: np.random.Generator, places: Places, schools: pd.DataFrame) -> pd.DataFrame:
    """Tables about districts: poverty by name with decimal commas, wealth and crisis by code. Returns what they say."""
    table = places.districts
    step = MIDDLE // COARSE
    people = places.people_middle.reshape(shape_of(COARSE)[0], step, shape_of(COARSE)[1], step).sum(axis=(1, 3))
    index = np.arange(len(table))
    total = np.asarray(ndimage.sum(people, places.district_coarse, index))
    wealth = np.asarray(ndimage.sum(people * places.wealth, places.district_coarse, index)) / total
    order = np.argsort(wealth, kind="stable")
    percentile = np.empty(len(table))
    percentile[order] = (np.cumsum(total[order]) - total[order] / 2) / total.sum()
    troubled = schools.groupby("district")["displaced_share"].mean().reindex(index).fillna(0).to_numpy()
    closed = (
        (schools["school_status"] != "open").groupby(schools["district"]).mean().reindex(index).fillna(0).to_numpy()
    )
    crisis = np.clip(2.2 + 2.5 * (1 - wealth) + 12 * troubled + 5 * closed + rng.normal(0, 0.4, len(table)), 0.5, 9.6)
    poverty = np.clip(0.86 - 0.95 * wealth + rng.normal(0, 0.05, len(table)), 0.04, 0.92)
    gini = np.clip(0.34 + 0.10 * wealth + rng.normal(0, 0.03, len(table)), 0.25, 0.6)
    apart = rng.spawn(1)[0]  # a stream of its own: what is drawn after this stays as it was
    poor = (1 - wealth) ** 2
    out_of_school = np.clip(0.02 + 0.34 * poor + 1.1 * troubled + apart.normal(0, 0.02, len(table)), 0.01, 0.7)
    parity = np.clip(1.03 - 0.34 * poor + apart.normal(0, 0.03, len(table)), 0.55, 1.12)
    said = table.assign(
        out_of_school_rate=out_of_school.round(3), attendance_parity_girls=parity.round(2),
        population=total.round().astype(int), wealth_percentile=percentile, crisis_index=crisis.round(1),
        poverty_share=poverty.round(4), gini_index=gini.round(3),
    )  # fmt: skip
    keys = said["name"] + " (" + said["province_name"] + ")"
    ours = pd.DataFrame(
        {
            "Area": keys,
            "Poor_pct": 100 * said["poverty_share"],
            "Gini": said["gini_index"],
            "People": said["population"],
        }
    )
    abroad = pd.DataFrame({"Area": ["Across the border [abroad]"] * 2, "Poor_pct": [31.4, 28.8], "Gini": [0.4, 0.39], "People": [90_100, 77_350]})  # fmt: skip
    pd.concat([ours, abroad]).round(3).to_csv(
        folder / "poverty.csv", sep=";", decimal=",", index=False, encoding="cp1252", lineterminator="\r\n"
    )
    names = ["area_id", "wealth_percentile", "crisis_index", "out_of_school_rate", "attendance_parity_girls"]
    risk = said[names].assign(wealth_percentile=(100 * said["wealth_percentile"]).round(1))
    risk.to_csv(folder / "wealth_and_crisis.csv", index=False, lineterminator="\n")
    return said
