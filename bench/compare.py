"""Are the two builds the same? Column by column, with the tolerance of each stated."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.derive import derive
from geodata.tables import GAP_COLUMNS, JOIN_COLUMNS, PRIORITY_COLUMNS


@dataclass(frozen=True)
class Tolerance:
    """How far two values may lie apart (`relative` or `absolute`), and which share of the rows may be farther still."""

    relative: float = 0.0
    absolute: float = 0.0
    rows: float = 0.0


# The projection stretches by 0.28 % at the country's corners; buffers are polygons with an area 0.16 % too small: points
# and cells that lie that near to the edge of a radius fall on the other side. Next to the farthest limit of 2 km, a tile
# is within in one build and without in the other.
DISTANCE = Tolerance(relative=0.004, absolute=1.0)
COUNT = Tolerance(absolute=0.0, rows=0.05)
PEOPLE = Tolerance(relative=1e-6, absolute=0.01, rows=0.06)
TILE = Tolerance(relative=0.004, absolute=1.0, rows=0.001)
EXACT = Tolerance()
# Where enrolment is unknown, the bandwidth needed comes from the people within 1 km: their edges move scores a little,
# and neighbours in the list change places.
SCORE = Tolerance(absolute=0.05, rows=0.001)
PLACES = Tolerance(absolute=250, rows=0.001)
FEW = Tolerance(rows=0.0001)
TOLERANCES = {
    **dict.fromkeys(("admin1_id", *(c for c in JOIN_COLUMNS if "coverage" in c)), EXACT),
    **{name: DISTANCE for name in JOIN_COLUMNS if name.startswith(("nearest_", "fiber_"))},
    **{name: TILE for name in JOIN_COLUMNS if name.startswith("ookla_")},
    **{name: COUNT for name in JOIN_COLUMNS if name.startswith("schools_within_")},
    **{name: PEOPLE for name in JOIN_COLUMNS if name.startswith("pop_within_")},
    **{"tier": EXACT, "device_gap": EXACT, "underserved": FEW, "priority_score": SCORE, "priority_rank": PLACES},
}


def differing(ours: pd.Series, plain: pd.Series, tolerance: Tolerance) -> np.ndarray:
    """Rows that differ by more than the tolerance; unknown equals unknown only."""
    if pd.api.types.is_numeric_dtype(ours) and not pd.api.types.is_bool_dtype(ours):
        a, b = (s.to_numpy(dtype="float64", na_value=np.nan) for s in (ours, plain))
        near = np.isclose(a, b, rtol=tolerance.relative, atol=tolerance.absolute, equal_nan=True)
    else:
        near = (
            ours.astype(object).where(ours.notna(), "?") == plain.astype(object).where(plain.notna(), "?")
        ).to_numpy()
    return ~near


def compare(ours: Path, plain: Path) -> dict[str, dict[str, float | bool]]:
    """For each column the share of schools that differ beyond its tolerance, what is allowed, and whether it agrees."""
    names = ["school_id", *TOLERANCES]
    a, b = (
        gpd.read_parquet(folder / "schools.parquet", columns=[*names, "geometry"]).set_index("school_id").sort_index()
        for folder in (ours, plain)
    )
    if not a.index.equals(b.index):
        raise SystemExit("the two builds do not hold the same schools")
    out: dict[str, dict[str, float | bool]] = {}
    for name, tolerance in TOLERANCES.items():
        share = float(differing(a[name], b[name], tolerance).mean())
        out[name] = {
            "differ": share,
            "allowed": tolerance.rows,
            "relative": tolerance.relative,
            "agrees": share <= tolerance.rows,
        }
    return out | _derived(ours, plain)


def _derived(ours: Path, plain: Path) -> dict[str, dict[str, float | bool]]:
    """The second comparison: with the people within 1 km taken from one side, every gap, score and rank is the same.

    Buffers differ in that one input of theirs; a few bandwidths follow, and through expectations many ranks.
    """
    a, b = (
        pd.DataFrame(gpd.read_parquet(folder / "schools.parquet").drop(columns="geometry"))
        .set_index("school_id", drop=False)
        .sort_index()
        for folder in (ours, plain)
    )
    again = derive(b.assign(pop_within_1km=a["pop_within_1km"]))
    differ = {n: float(differing(a[n], again[n], EXACT).mean()) for n in (*GAP_COLUMNS, *PRIORITY_COLUMNS)}
    return {
        f"{name} (same people within 1 km)": {"differ": share, "allowed": 0.0, "relative": 0.0, "agrees": share == 0}
        for name, share in differ.items()
    }
