"""The national build with the project's own functions: `python -m bench.ours FOLDER OUT`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from etl.raster import open_population
from geodata.aggregate import roll_up
from geodata.derive import derive
from geodata.joins import add_joins
from geodata.layers import along_curve, points, write_layer
from geodata.spatial import area_of, floats
from geodata.tables import SCHOOLS, empty_columns

GENERATIONS = {"GSM": "2G", "UMTS": "3G", "LTE": "4G", "NR": "5G"}


def columns_of(path: Path, names: list[str]) -> pd.DataFrame:
    """Only these columns of a CSV file."""
    options = pa.csv.ConvertOptions(include_columns=names)
    return pa.csv.read_csv(path, convert_options=options).to_pandas()


def read_cells(path: Path) -> pd.DataFrame:
    """OpenCelliD's file as the house's cells."""
    cells = columns_of(path, ["radio", "lon", "lat"]).rename(columns={"lat": "latitude", "lon": "longitude"})
    return cells.assign(radio=cells["radio"].map(GENERATIONS))


def read_tiles(folder: Path) -> pd.DataFrame:
    """Ookla's files as the house's tiles: by their quadkeys, the WKT stays unread."""
    parts = []
    for network in ("fixed", "mobile"):
        part = pq.read_table(folder / f"{network}.parquet", columns=["quadkey", "avg_d_kbps", "tests"]).to_pandas()
        parts.append(part.assign(network=pd.Categorical.from_codes(np.zeros(len(part), dtype=np.int8), [network])))
    tiles = pd.concat(parts, ignore_index=True)
    return tiles.assign(avg_download_mbps=tiles["avg_d_kbps"] / 1000)


def build(folder: Path, out: Path) -> dict[str, float]:
    """Everything from files to files; CPU seconds of each part of the way."""
    clock, marks = [time.process_time()], {"imports": time.process_time()}

    def mark(name: str) -> None:
        marks[name] = time.process_time() - clock[0]
        clock[0] = time.process_time()

    schools = along_curve(points(pd.read_parquet(folder / "schools.parquet"))).reset_index(drop=True)
    geometry, schools = schools.geometry, empty_columns(pd.DataFrame(schools.drop(columns="geometry")), SCHOOLS)
    cells, tiles = read_cells(folder / "towers.csv"), read_tiles(folder)
    nodes = columns_of(folder / "nodes.csv", ["lat", "lon", "transmission_medium"]).rename(
        columns={"lat": "latitude", "lon": "longitude"}
    )
    areas, coverage = gpd.read_parquet(folder / "areas.parquet"), gpd.read_parquet(folder / "coverage.parquet")
    mark("read")
    area = area_of(floats(schools["latitude"]), floats(schools["longitude"]), areas.geometry)
    schools["admin1_id"] = pd.Series(np.append(areas["area_id"].to_numpy(dtype=object), None)[area], dtype="str")
    mark("areas")
    joined = add_joins(
        schools,
        cells=cells,
        nodes=nodes,
        coverage=coverage,
        tiles=tiles,
        population=open_population(folder / "population.tif"),
    )
    schools = schools.assign(**joined)
    mark("joins")
    schools = schools.assign(**derive(schools))
    mark("derive")
    by_area = roll_up(schools, schools["admin1_id"])
    by_area = areas.merge(by_area, left_on="area_id", right_index=True, how="left")
    mark("roll up")
    out.mkdir(parents=True, exist_ok=True)
    write_layer(out, "schools", gpd.GeoDataFrame(schools, geometry=geometry))
    write_layer(out, "areas", by_area)
    mark("write")
    return marks


if __name__ == "__main__":
    for name, seconds in build(Path(sys.argv[1]), Path(sys.argv[2])).items():
        sys.stdout.write(f"{name}\t{seconds:.2f}\n")
