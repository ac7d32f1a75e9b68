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

from geodata.hexagons import cell_km2
from geodata.spatial import Floats, Ints, floats, nearest

COMPASS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
NEAR_TOWN_M = 60_000.0  # farther towns do not help to find a place


def beyond_reach(cells: pd.DataFrame, minutes: float, metres: float) -> pd.Series:
    """Hexagons with people whose nearest primary school is farther than the limit: in minutes where they are known
    (roads), else in straight-line metres. Where there is no school at all, every hexagon is."""
    by_road, straight = floats(cells["nearest_primary_minutes"]), floats(cells["nearest_primary_m"])
    far = np.where(np.isnan(by_road), ~(straight <= metres), by_road > minutes)
    return pd.Series(far & (floats(cells["people"]) > 0), index=cells.index)


def settled(cells: pd.DataFrame, least_per_km2: float) -> pd.Series:
    """Hexagons with at least so many people a square kilometre: below, they live scattered and make no place of theirs."""
    km2 = {resolution: cell_km2(resolution) for resolution in range(16)}
    size = cells["hexagon"].map(lambda cell: km2[h3.get_resolution(cell)]).astype("float64")
    return cells["people"] >= least_per_km2 * size


def groups(cells: pd.Series, area: pd.Series) -> np.ndarray:
    """A number for each hexagon (text, all of one resolution): the same for those of one area that hang together."""
    where = {cell: n for n, cell in enumerate(cells)}
    own = area.to_numpy()
    pairs = [
        (n, where[other])
        for cell, n in where.items()
        for other in h3.grid_disk(cell, 1)
        if other in where and own[where[other]] == own[n]
    ]
    a, b = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    graph = csr_array((np.ones(len(a)), (a, b)), shape=(len(where), len(where)))
    return np.asarray(connected_components(graph, directed=False)[1])


def places_without_school(cells: pd.DataFrame, towns: pd.DataFrame | None, area: str) -> pd.DataFrame:
    """One row a place, most children first (most people where children are not known; ties by the first hexagon).

    `cells` are the hexagons beyond reach, with the columns of the people layer; those that touch, of one `area` (a
    column) and one nearest town, are one place. Sums are of all its hexagons; minutes and metres are those of its nearest and its farthest
    hexagon. A number that is unknown in one hexagon is unknown for the place.
    """
    table = cells.sort_values("hexagon", kind="stable").reset_index(drop=True)
    town = _nearest_town(table, towns)
    table["group"] = groups(table["hexagon"], table[area].fillna("") + " " + town[0].astype(str).astype(object))
    rows = [_place(part) for _, part in table.groupby("group", sort=True)]
    out = pd.DataFrame(rows, columns=list(rows[0])) if rows else pd.DataFrame(columns=["hexagons"])
    if not rows:
        return out
    out = _beside_towns(out, towns)
    by = pd.DataFrame({"c": -out["children"].fillna(-1.0), "p": -out["people"], "h": out["hexagons"]})
    return out.loc[by.sort_values(["c", "p", "h"], kind="stable").index].reset_index(drop=True)


def _place(part: pd.DataFrame) -> dict[str, Any]:
    sums = ("people", "children", "children_primary", "out_of_school_lower", "out_of_school_upper")
    most = part.iloc[int(part["people"].to_numpy().argmax())]
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


def _nearest_town(places: pd.DataFrame, towns: pd.DataFrame | None) -> tuple[Ints, Floats]:
    """The nearest town of each place (−1 where none is near) and its great-circle metres."""
    if towns is None:
        return np.full(len(places), -1, dtype=np.int64), np.full(len(places), np.nan)
    at, to = ((floats(frame["latitude"]), floats(frame["longitude"])) for frame in (places, towns))
    return nearest(*at, *to, within_m=NEAR_TOWN_M)


def _beside_towns(places: pd.DataFrame, towns: pd.DataFrame | None) -> pd.DataFrame:
    """The nearest town, its distance and the direction in which the place lies from it; unknown without towns."""
    unknown = pd.Series(None, index=places.index, dtype="str")
    if towns is None or not len(towns):
        return places.assign(nearest_town=unknown, town_distance_m=np.nan, town_direction=unknown)
    lat, lon = floats(places["latitude"]), floats(places["longitude"])
    index, metres = _nearest_town(places, towns)
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
