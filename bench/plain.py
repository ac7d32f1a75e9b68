"""The same national build as one writes it with geopandas alone: `python -m bench.plain FOLDER OUT`.

Written to be good geopandas, not a straw man: one projection made for the country (Lambert azimuthal equal-area about
its middle, on the sphere, so that its distances agree with great-circle ones), `within` rather than the slower default
`intersects`, buffers for the radii, only the columns that are needed. Gaps, scores and roll-ups call the
project's functions in both builds: what is compared is reading, the joins and writing.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio

from geodata.aggregate import roll_up
from geodata.derive import derive
from geodata.tables import SCHOOLS, empty_columns

GENERATIONS = {"GSM": "2G", "UMTS": "3G", "LTE": "4G", "NR": "5G"}
WGS = "EPSG:4326"
RADII_KM = (1, 2, 3)


def located(frame: pd.DataFrame, x: str = "lon", y: str = "lat") -> gpd.GeoDataFrame:
    """A table with coordinates as points."""
    return gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(frame[x], frame[y]), crs=WGS)


def one_each(joined: pd.DataFrame, index: pd.Index) -> pd.DataFrame:
    """The first match of each school, schools without one included."""
    return joined[~joined.index.duplicated()].reindex(index)


def nearest_metres(schools: gpd.GeoDataFrame, others: gpd.GeoDataFrame) -> pd.Series:
    """Metres to the nearest, both in the country's projection."""
    joined = schools[["geometry"]].sjoin_nearest(others[["geometry"]], distance_col="metres")
    return one_each(joined, schools.index)["metres"]


def tile_columns(places: gpd.GeoDataFrame, flat: gpd.GeoDataFrame, path: Path, network: str) -> pd.DataFrame:
    """Speed of the tile that holds the school, else of the nearest within 2 km, and the distance to its centre."""
    tiles = pd.read_parquet(path, columns=["tile", "avg_d_kbps", "tests"])
    tiles = gpd.GeoDataFrame(tiles, geometry=gpd.GeoSeries.from_wkt(tiles["tile"], crs=WGS)).drop(columns="tile")
    centres = tiles.to_crs(flat.crs)
    centres["geometry"] = centres.geometry.centroid
    hit = one_each(places[["geometry"]].sjoin(tiles, predicate="within"), places.index)["index_right"]
    lost = flat.loc[hit.isna(), ["geometry"]]
    near = lost.sjoin_nearest(centres[["geometry"]], max_distance=2000)["index_right"]
    hit = hit.fillna(near[~near.index.duplicated()])
    found = hit.dropna().astype(int)
    metres = flat.geometry.loc[found.index].distance(centres.geometry.loc[found].set_axis(found.index))
    mbps = (tiles["avg_d_kbps"].loc[found] / 1000).set_axis(found.index)
    out = {f"ookla_{network}_mbps": mbps, f"ookla_{network}_tile_distance_m": metres}
    return pd.DataFrame(out).reindex(places.index)


def coverage_columns(places: gpd.GeoDataFrame, path: Path) -> pd.DataFrame:
    """Inside which generations' polygons, and the best; none where all three do not hold the school."""
    coverage = gpd.read_parquet(path)
    out = pd.DataFrame(index=places.index)
    best = pd.Series("none", index=places.index, dtype="str")
    for generation in ("2G", "3G", "4G"):
        hits = places[["geometry"]].sjoin(coverage[coverage["radio"] == generation], predicate="within").index
        flags = places.index.isin(hits)
        out[f"in_{generation.lower()}_coverage"] = pd.array(flags, dtype="boolean")
        best[flags] = generation
    return out.assign(cellular_coverage_type=best)


def within(flat: gpd.GeoDataFrame, others: gpd.GeoDataFrame, kilometres: int) -> gpd.GeoDataFrame:
    """Each pair of a school's buffer and a point in it."""
    discs = gpd.GeoDataFrame(geometry=flat.buffer(kilometres * 1000))
    return discs.sjoin(others, predicate="contains")


def neighbour_columns(flat: gpd.GeoDataFrame) -> pd.DataFrame:
    """Other schools within 1, 2 and 3 km."""
    counts = {
        f"schools_within_{n}km": within(flat, flat[["geometry"]], n).groupby(level=0).size() - 1 for n in RADII_KM
    }
    return pd.DataFrame(counts).astype("Int64")


def population_columns(flat: gpd.GeoDataFrame, path: Path) -> pd.DataFrame:
    """People in the raster cells whose centres lie within 1, 2 and 3 km."""
    with rasterio.open(path) as raster:
        people = raster.read(1)
        rows, columns = np.nonzero(people != raster.nodata)
        x, y = rasterio.transform.xy(raster.transform, rows, columns)
        cells = gpd.GeoDataFrame(
            {"people": people[rows, columns].astype(float)}, geometry=gpd.points_from_xy(x, y), crs=raster.crs
        )
    cells = cells.to_crs(flat.crs)
    sums = {f"pop_within_{n}km": within(flat, cells, n)["people"].groupby(level=0).sum() for n in RADII_KM}
    return pd.DataFrame(sums).reindex(flat.index)


def build(folder: Path, out: Path) -> dict[str, float]:
    """Everything from files to files; CPU seconds of each part of the way."""
    clock, marks = [time.process_time()], {"imports": time.process_time()}

    def mark(name: str) -> None:
        marks[name] = time.process_time() - clock[0]
        clock[0] = time.process_time()

    schools = empty_columns(pd.read_parquet(folder / "schools.parquet"), SCHOOLS)
    places = located(schools[["latitude", "longitude"]], "longitude", "latitude")
    west, south, east, north = places.total_bounds
    crs = f"+proj=laea +lat_0={(south + north) / 2} +lon_0={(west + east) / 2} +R=6371008.8 +units=m"
    flat = places.to_crs(crs)
    cells = located(pd.read_csv(folder / "towers.csv", usecols=["radio", "lon", "lat"])).to_crs(crs)
    nodes = located(pd.read_csv(folder / "nodes.csv")).to_crs(crs)
    areas = gpd.read_parquet(folder / "areas.parquet")
    mark("read")
    schools["admin1_id"] = one_each(places[["geometry"]].sjoin(areas, predicate="within"), places.index)["area_id"]
    mark("areas")
    joined = {
        f"nearest_{g.lower()}_distance_m": nearest_metres(flat, cells[cells["radio"] == radio])
        for radio, g in GENERATIONS.items()
    }
    joined["fiber_node_distance_m"] = nearest_metres(flat, nodes[nodes["transmission_medium"] == "fiber"])
    mark("nearest")
    tiles = [tile_columns(places, flat, folder / f"{network}.parquet", network) for network in ("fixed", "mobile")]
    mark("tiles")
    coverage = coverage_columns(places, folder / "coverage.parquet")
    mark("coverage")
    neighbours = neighbour_columns(flat)
    mark("neighbours")
    people = population_columns(flat, folder / "population.tif")
    mark("population")
    parts = pd.concat([pd.DataFrame(joined), *tiles, coverage, neighbours, people], axis=1)
    schools = schools.assign(**parts)
    schools = schools.assign(**derive(schools))
    mark("derive")
    by_area = areas.merge(roll_up(schools, schools["admin1_id"]), left_on="area_id", right_index=True, how="left")
    mark("roll up")
    out.mkdir(parents=True, exist_ok=True)
    gpd.GeoDataFrame(schools, geometry=places.geometry).to_parquet(out / "schools.parquet", index=False)
    by_area.to_parquet(out / "areas.parquet", index=False)
    mark("write")
    return marks


if __name__ == "__main__":
    for name, seconds in build(Path(sys.argv[1]), Path(sys.argv[2])).items():
        sys.stdout.write(f"{name}\t{seconds:.2f}\n")
