"""`python -m bench.world_files`: a country's tiles and cells out of files of the whole world, CPU and memory of each.

The files are made first (seeded, clustered where people live, tiles with the column of polygons that is never read);
each is then read in a process of its own, for a country of about 5 by 6 degrees, and once for nothing but the imports,
so that what the file itself costs can be told. `--tiles 6500000 --cells 5350000` chooses the sizes.
"""

from __future__ import annotations

import argparse
import gzip
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from etl.connect import Ask
from etl.sources import ookla, opencellid
from geodata import quadkey

OUT = Path(__file__).parent / "out" / "world"
COUNTRY = (34.0, -4.5, 39.5, 1.5)  # west, south, east, north
GROUP = 250_000


def places(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Latitudes and longitudes around 3,000 towns of the world; one in two hundred lies in the country."""
    towns = np.column_stack([rng.uniform(-50, 65, 3000), rng.uniform(-180, 180, 3000)])
    towns[:15] = np.column_stack([rng.uniform(-4.3, 1.3, 15), rng.uniform(34.2, 39.3, 15)])
    at = towns[rng.integers(0, 3000, count)] + rng.normal(0, 0.15, (count, 2))
    return at[:, 0], at[:, 1]


def write_tiles(path: Path, count: int) -> None:
    """Tiles in the columns of today's Parquet files."""
    rng = np.random.default_rng(20261101)
    writer: pq.ParquetWriter | None = None
    for start in range(0, count, GROUP):
        size = min(GROUP, count - start)
        codes = quadkey.from_degrees(*places(rng, size))
        lat, lon = quadkey.centres(codes)
        corners = [f"POLYGON(({x:.6f} {y:.6f}, {x + 0.0055:.6f} {y:.6f}, {x + 0.0055:.6f} {y - 0.0055:.6f}, {x:.6f} {y - 0.0055:.6f}, {x:.6f} {y:.6f}))" for x, y in zip(lon, lat, strict=True)]  # fmt: skip
        table = pa.table(
            {
                "quadkey": quadkey.to_text(codes), "tile": corners, "tile_x": lon, "tile_y": lat,
                "avg_d_kbps": rng.integers(200, 400_000, size), "avg_u_kbps": rng.integers(100, 200_000, size),
                "avg_lat_ms": rng.integers(3, 300, size), "avg_lat_down_ms": pa.array(rng.integers(3, 900, size), pa.int32()),
                "avg_lat_up_ms": pa.array(rng.integers(3, 900, size), pa.int32()), "tests": rng.integers(1, 900, size), "devices": rng.integers(1, 90, size),
            }
        )  # fmt: skip
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()


def write_cells(path: Path, count: int) -> None:
    """Cells in OpenCelliD's columns, with the header of the world's file."""
    rng = np.random.default_rng(20261102)
    with gzip.open(path, "wt", encoding="ascii", compresslevel=1) as stream:
        for start in range(0, count, GROUP):
            size = min(GROUP, count - start)
            lat, lon = places(rng, size)
            table = pd.DataFrame(
                {
                    "radio": rng.choice(["GSM", "UMTS", "LTE", "NR"], size), "mcc": rng.integers(200, 750, size), "net": rng.integers(1, 99, size),
                    "area": rng.integers(1, 65_000, size), "cell": rng.integers(1, 2**28, size), "unit": -1, "lon": lon.round(6), "lat": lat.round(6),
                    "range": 1000, "samples": rng.integers(1, 90, size), "changeable": 1, "created": 1_459_814_400,
                    "updated": rng.integers(1_500_000_000, 1_790_000_000, size), "averageSignal": 0,
                }
            )  # fmt: skip
            table.to_csv(stream, index=False, header=start == 0)


def read(what: str, path: Path) -> int:
    """Read one file as `firstmile` reads it; rows that were kept."""
    ask = Ask("XAA", name="the country", bounds=COUNTRY, dropped=path, today=date(2026, 11, 1))
    if what == "nothing":
        return 0
    return int((ookla if what == "tiles" else opencellid).take(None, ask).rows_kept)  # type: ignore[arg-type]


def measure(what: str, path: Path) -> tuple[float, float, str]:
    """CPU seconds, peak resident memory in MB, and what the process said."""
    process = subprocess.Popen([sys.executable, "-m", "bench.world_files", "--read", what, str(path)], stdout=subprocess.PIPE, text=True)  # fmt: skip
    assert process.stdout is not None
    said = process.stdout.read().strip()
    _, _, usage = os.wait4(process.pid, 0)
    unit = 1 if sys.platform == "darwin" else 1024
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e6, said


def main() -> None:
    """Make what is not there, then read each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tiles", type=int, default=6_500_000)
    parser.add_argument("--cells", type=int, default=5_350_000)
    parser.add_argument("--read", nargs=2, metavar=("WHAT", "FILE"), help=argparse.SUPPRESS)
    parser.add_argument("--write", nargs=2, metavar=("WHAT", "FILE"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.write:
        what, path = given.write
        (write_tiles if what == "tiles" else write_cells)(Path(path), getattr(given, what))
        return
    if given.read:
        sys.stdout.write(f"{read(given.read[0], Path(given.read[1])):,}\n")
        return
    OUT.mkdir(parents=True, exist_ok=True)
    files = {"tiles": OUT / f"fixed_2026Q2_{given.tiles}.parquet", "cells": OUT / f"cells_{given.cells}.csv.gz"}
    for what, path in files.items():  # in a process of its own: what this one held would count as the reader's
        if not path.exists():
            command = [sys.executable, "-m", "bench.world_files", "--write", what, str(path)]
            subprocess.run([*command, "--tiles", str(given.tiles), "--cells", str(given.cells)], check=True)
    for what in ("nothing", *files):
        path = files.get(what, OUT)
        size = f"{path.stat().st_size / 1e6:,.0f} MB" if path.is_file() else "imports alone"
        cpu, peak, kept = measure(what, path)
        sys.stdout.write(f"{what}: {size}; kept {kept}; {cpu:.1f} CPU s, peak {peak:,.0f} MB\n")


if __name__ == "__main__":
    main()
