"""The plan for a map program (GeoPackage): schools with the decision on each, links, lots, and the tables that explain them.

Links and lots are drawn where locations are exact alone: a line to a known mast, or a hull of a few schools, would tell
where they lie. A GeoPackage keeps a clock time, so two of the same plan differ in that.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
from shapely import LineString, MultiPoint, Point

from geodata.disclosure import Tier
from geodata.exports.masterplan import table as master_plan
from geodata.exports.plan_seen import Handed
from geodata.exports.plan_tables import columns, schools
from geodata.layers import points

DEGREES = "EPSG:4326"
ENDS = {"nodes": "node_id", "cells": "cell_id"}
HULL = 0.002  # degrees around a lot's schools, so that a lot of one or two is seen too


def write_gpkg(of: Handed, path: Path, about: dict[str, str]) -> None:
    """Write the layers `schools`, `links`, `lots` and the tables `master_plan`, `regions`, `columns`, `about`."""
    path.unlink(missing_ok=True)
    if of.rows:
        _layer(_schools(of), path, "schools", "Point", about)
        if of.exact:
            _layer(links(of), path, "links", "LineString", about)
            _layer(lots(of), path, "lots", "Polygon", about)
    tables = {
        "master_plan": master_plan(of),
        "regions": of.sums(of.plan.regions) if of.rows else None,
        "columns": columns(of, [schools(of)]).frame,
        "about": pd.DataFrame({"key": list(about), "value": list(about.values())}),
    }
    for name, frame in tables.items():
        if frame is not None:
            pyogrio.write_dataframe(_plain(frame), path, layer=name, driver="GPKG", append=path.exists())


def _layer(frame: gpd.GeoDataFrame, path: Path, name: str, kind: str, about: dict[str, str]) -> None:
    if len(frame):
        pyogrio.write_dataframe(_plain(frame), path, layer=name, driver="GPKG", geometry_type=kind, dataset_metadata=about, append=path.exists())  # fmt: skip


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Objects as texts or numbers, so that every column has one kind."""
    out = frame.copy()
    for column in out.columns:
        if column == "geometry" or out[column].dtype != object:
            continue
        values = out[column]
        numeric = values.dropna().map(lambda v: isinstance(v, int | float | np.number) and not isinstance(v, bool))
        out[column] = pd.to_numeric(values) if len(numeric) and numeric.all() else values.map(str, na_action="ignore").astype("str")  # fmt: skip
    return out


def _schools(of: Handed) -> gpd.GeoDataFrame:
    frame = of.schools
    passport = {k: pd.Series(v, index=frame.index, dtype="str") for k, v in of.passport.items()}
    return gpd.GeoDataFrame(frame.assign(**passport), geometry=points(frame).geometry, crs=DEGREES)


def links(of: Handed) -> gpd.GeoDataFrame:
    """A line from where each chosen school's link begins to the school; only where both ends are known to a point. The line is drawn straight; `distance_m` is its length as counted."""
    chosen = of.schools[of.schools["decision"] == "chosen"]
    wanted = chosen[["school_id", "way", "relay_of", "year", "lot", "latitude", "longitude"]]
    found = of.plan.options
    if "from_id" not in found:
        return _empty()
    kept = found[["school_id", "way", "from_id", "distance_m", "along_road"]].drop_duplicates(["school_id", "way"])
    wanted = wanted.merge(kept, on=["school_id", "way"], how="left", validate="one_to_one")
    relay = wanted["relay_of"].astype("object").where(wanted["relay_of"].notna() & wanted["relay_of"].ne(""))
    start = relay.fillna(wanted["from_id"].astype("object"))
    ends = _ends(of).reindex(start.astype("str"))
    known = ends["latitude"].notna().to_numpy() & wanted["latitude"].notna().to_numpy()
    drawn = wanted[known].drop(columns=["latitude", "longitude"]).assign(from_id=start[known])
    lines = [
        LineString([(x0, y0), (x1, y1)])
        for x0, y0, x1, y1 in zip(
            ends["longitude"][known], ends["latitude"][known], wanted["longitude"][known], wanted["latitude"][known], strict=True
        )
    ]  # fmt: skip
    return gpd.GeoDataFrame(drawn, geometry=lines, crs=DEGREES)


def _ends(of: Handed) -> pd.DataFrame:
    """Where nodes, sites and schools are, by id."""
    parts = [of.schools.set_index("school_id")[["latitude", "longitude"]]]
    for layer, key in ENDS.items():
        if of.desk.atlas.has(layer):
            table = pd.DataFrame(of.desk.atlas.read(layer, columns=[key, "latitude", "longitude"]))
            parts.append(table.dropna(subset=[key]).set_index(key)[["latitude", "longitude"]])
    every = pd.concat(parts)
    every.index = every.index.astype("str")
    return every[~every.index.duplicated()].astype("float64")


def lots(of: Handed) -> gpd.GeoDataFrame:
    """The hull of each lot with what the lot is; empty without lots, and for the public, which is not told estimates."""
    if of.lots is None or of.lots.schools.empty or of.desk.tier == Tier.PUBLIC:
        return _empty()
    inside = of.lots.schools.dropna(subset=["latitude", "longitude"])
    hulls = {
        str(lot): MultiPoint([Point(x, y) for x, y in zip(part["longitude"], part["latitude"], strict=True)]).convex_hull.buffer(HULL)
        for lot, part in inside.groupby("lot")
    }  # fmt: skip
    table = of.lots.lots[of.lots.lots["lot"].isin(list(hulls))].drop(columns=["latitude", "longitude"])
    return gpd.GeoDataFrame(table, geometry=[hulls[lot] for lot in table["lot"]], crs=DEGREES)


def _empty() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"school_id": pd.Series(dtype="str")}, geometry=gpd.GeoSeries([], crs=DEGREES), crs=DEGREES)
