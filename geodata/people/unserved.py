"""Places with children and no school: hexagons beyond reach of any school, neighbours taken together, largest first.

The remedy there is a school, not a connection, so they are a list of their own (methods, section 7).
"""

from __future__ import annotations

from typing import Any

import h3.api.basic_str as h3
import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geodata.spatial import floats, nearest

COMPASS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
NEAR_TOWN_M = 60_000.0  # farther towns do not help to find a place


def beyond_reach(cells: pd.DataFrame, minutes: float, metres: float) -> pd.Series:
    """Hexagons with people whose nearest primary school is farther than the limit: in minutes where they are known
    (roads), else in straight-line metres. Where there is no school at all, every hexagon is."""
    by_road, straight = floats(cells["nearest_primary_minutes"]), floats(cells["nearest_primary_m"])
    far = np.where(np.isnan(by_road), ~(straight <= metres), by_road > minutes)
    return pd.Series(far & (floats(cells["people"]) > 0), index=cells.index)


def groups(cells: pd.Series) -> np.ndarray:
    """A number for each hexagon (text, all of one resolution): the same for those that hang together."""
    where = {cell: n for n, cell in enumerate(cells)}
    pairs = [(n, where[other]) for cell, n in where.items() for other in h3.grid_disk(cell, 1) if other in where]
    a, b = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    graph = csr_array((np.ones(len(a)), (a, b)), shape=(len(where), len(where)))
    return np.asarray(connected_components(graph, directed=False)[1])


def places_without_school(cells: pd.DataFrame, towns: pd.DataFrame | None) -> pd.DataFrame:
    """One row a place, most children first (most people where children are not known; ties by the first hexagon).

    `cells` are the hexagons beyond reach, with the columns of the people layer. Sums are of all its hexagons; minutes
    and metres are those of its nearest and its farthest hexagon; the area is the one with most of its people. A number
    that is unknown in one hexagon is unknown for the place.
    """
    table = cells.sort_values("hexagon", kind="stable").reset_index(drop=True)
    table["group"] = groups(table["hexagon"])
    rows = [_place(part) for _, part in table.groupby("group", sort=True)]
    out = pd.DataFrame(rows, columns=list(rows[0])) if rows else pd.DataFrame(columns=["hexagons"])
    if not rows:
        return out
    out = _beside_towns(out, towns)
    by = pd.DataFrame({"c": -out["children"].fillna(-1.0), "p": -out["people"], "h": out["hexagons"]})
    return out.loc[by.sort_values(["c", "p", "h"], kind="stable").index].reset_index(drop=True)


def _place(part: pd.DataFrame) -> dict[str, Any]:
    sums = ("people", "children", "children_primary", "out_of_school_lower", "out_of_school_upper")
    most = part.loc[part["people"].idxmax()]
    weight = part["people"] / part["people"].sum()
    return {
        "hexagons": " ".join(part["hexagon"]),
        **{name: part[name].sum(skipna=False) for name in sums},
        **{f"nearest_primary_{unit}": part[f"nearest_primary_{unit}"].min() for unit in ("minutes", "m")},
        **{f"farthest_primary_{unit}": part[f"nearest_primary_{unit}"].max() for unit in ("minutes", "m")},
        **{name: most[name] for name in part.columns if name.startswith("admin")},
        "wealth_percentile": most["wealth_percentile"],
        "latitude": float((part["latitude"] * weight).sum()),
        "longitude": float(most["longitude"] + (((part["longitude"] - most["longitude"] + 180) % 360 - 180) * weight).sum()),
    }  # fmt: skip


def _beside_towns(places: pd.DataFrame, towns: pd.DataFrame | None) -> pd.DataFrame:
    """The nearest town, its distance and the direction in which the place lies from it; unknown without towns."""
    unknown = pd.Series(None, index=places.index, dtype="str")
    if towns is None or not len(towns):
        return places.assign(nearest_town=unknown, town_distance_m=np.nan, town_direction=unknown)
    lat, lon = floats(places["latitude"]), floats(places["longitude"])
    index, metres = nearest(lat, lon, floats(towns["latitude"]), floats(towns["longitude"]), within_m=NEAR_TOWN_M)
    there = index >= 0
    town = towns.iloc[np.where(there, index, 0)]
    north = lat - floats(town["latitude"])
    east = ((lon - floats(town["longitude"]) + 180) % 360 - 180) * np.cos(np.radians(lat))
    sector = np.round(np.degrees(np.arctan2(east, north)) / 45).astype(int) % 8
    return places.assign(
        nearest_town=pd.Series(town["town_name"].to_numpy(), index=places.index).astype("str").where(there),
        town_distance_m=np.where(there, metres, np.nan),
        town_direction=pd.Series(np.array(COMPASS)[sector], index=places.index, dtype="str").where(there),
    )
