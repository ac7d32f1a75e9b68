"""What plans of the demonstration country look at besides: heights of its land, and what funders have promised."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import rasterio
from rasterio.transform import Affine
from scipy import ndimage

from etl.demo_land import BOX, COARSE, MIDDLE, Land, fractal, shape_of

HIGHEST_M = 1150.0  # of the broad form; hills stand on it
HILLS_M = 90.0
TRANSFORM = Affine(1 / MIDDLE, 0, BOX[0], 0, -1 / MIDDLE, BOX[3])
FUNDERS = (
    "Learning Lines Trust (invented)",
    "Northern Universal Service Fund (invented)",
    "Bank of the Two Gulfs (invented)",
)
WHAT = ("Internet", "Internet", "Internet and devices", "Solar power", "Tablets", "Training")
STATE = ("Signed", "Signed", "Being built", "Completed", "Withdrawn")
PROMISED = 60


def write_terrain(folder: Path, rng: np.random.Generator, land: Land) -> None:
    """Metres above sea, whole numbers, cells of some 0.9 km: the ridges that its borders follow, and hills on them."""
    broad = np.clip(ndimage.zoom(land.height, MIDDLE // COARSE, order=1), 0, None)
    hills = fractal(rng, shape_of(MIDDLE), slope=2.4, longest=0.06)
    metres = np.where(broad > 0, np.maximum(broad * HIGHEST_M + HILLS_M * hills * np.sqrt(broad), 1), 0)
    values = np.rint(metres).astype(np.int16)
    profile = {
        "driver": "GTiff",
        "dtype": "int16",
        "count": 1,
        "crs": "EPSG:4326",
        "compress": "deflate",
        "predictor": 2,
    }
    profile |= {"height": values.shape[0], "width": values.shape[1], "transform": TRANSFORM, "tiled": True}
    with rasterio.open(folder / "terrain.tif", "w", **profile) as raster:
        raster.write(values, 1)


def write_promises(folder: Path, rng: np.random.Generator, truth: pd.DataFrame) -> None:
    """A list that a round table of funders keeps: funders like schools that are easily reached. Some rows name no school
    of the register, one ends before it begins, one names a day that there never was."""
    open_ = truth[(truth["school_status"] == "open") & ~truth["has_internet"].astype(bool)]
    pull = np.exp(2.5 * open_["wealth"].to_numpy())
    chosen = open_["school_id"].to_numpy()[rng.choice(len(open_), PROMISED, replace=False, p=pull / pull.sum())]
    state = rng.choice(STATE, PROMISED)
    start = rng.integers(2024, 2027, PROMISED)
    table = pd.DataFrame(
        {
            "emis": np.sort(chosen), "organisation": rng.choice(FUNDERS, PROMISED), "what": rng.choice(WHAT, PROMISED),
            "state": state, "from": [f"{year}-07" for year in start],
            "to": [f"{year + 1 + more}-06-30" for year, more in zip(start, rng.integers(0, 3, PROMISED), strict=True)],
        }
    )  # fmt: skip
    faults = table.iloc[:4].copy()
    faults["emis"] = ["9999001", "9999002", table["emis"].iloc[10], table["emis"].iloc[20]]
    faults.loc[faults.index[2:], "to"] = ["2019-12-31", "2027-02-30"]
    pd.concat([table, faults]).to_csv(folder / "promises.csv", index=False, lineterminator="\n")
