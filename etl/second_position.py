"""A register that gives each school's place twice: how far apart the two are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyproj

from etl.merge import Table
from geodata.spatial import distance


def metres_apart(frame: pd.DataFrame, tables: Sequence[Table]) -> pd.Series:
    """Great-circle metres between a school's location and the register's second one; unknown where either is.

    `frame` has `source_name` and `source_row`. The second pair and its CRS stand in `[source.second_position]`.
    """
    out = pd.Series(np.nan, index=frame.index)
    for table in tables:
        second = table.source.second_position
        if second is None or table.source.kind != "schools":
            continue
        mine = frame["source_name"] == table.source.name
        raw = table.raw.reindex(frame.loc[mine, "source_row"].to_numpy())
        x, y = (pd.to_numeric(raw[c], errors="coerce").to_numpy(dtype="float64") for c in (second.x, second.y))
        lon, lat = pyproj.Transformer.from_crs(second.crs, "EPSG:4326", always_xy=True).transform(x, y)
        lon, lat = (np.where(np.isfinite(v), v, np.nan) for v in (lon, lat))
        out[mine] = distance(frame.loc[mine, "latitude"], frame.loc[mine, "longitude"], lat, lon)
    return out
