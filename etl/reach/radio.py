"""Microwave: which mobile sites and nodes a school sees, and which mobile sites are near."""

from __future__ import annotations

import numpy as np
import pandas as pd

from etl.reach.fibre import named
from etl.reach.near import Points, nearest_points
from etl.reach.roads import Links, nth_of
from etl.reach.sight import NO, UNKNOWN, YES, Radio, Terrain, sight
from geodata.spatial import Floats, floats, located, sites
from geodata.vocabulary import Generation, ReachedFrom

K = 3
LOOKED = (3, 6, 12, 24, 48)  # so many of the nearest sites are looked at in turn, until K are in sight
WEIGHTS = {YES: 0, UNKNOWN: 1, NO: 2}


def mobile(cells: pd.DataFrame | None, generation: str) -> Points:
    """The sites of one generation: cells whose places agree to some ten metres are one site."""
    if cells is None:
        return Points((), np.empty(0), np.empty(0))
    mine = cells[(cells["radio"] == generation).fillna(False).to_numpy(dtype=bool)]
    return _sites(mine)


def _sites(cells: pd.DataFrame, decimals: int = 4) -> Points:
    lat, lon = floats(cells["latitude"]), floats(cells["longitude"])
    first = sites(lat, lon, decimals=decimals)
    return Points(tuple(named(cells["cell_id"].iloc[first], "site")), lat[first], lon[first])


def cellular(lat: Floats, lon: Floats, cells: pd.DataFrame | None, limit: float) -> list[pd.DataFrame]:
    """The nearest 4G and the nearest 5G site of each school: place, from_id, distance_m, generation."""
    found = []
    for generation in (Generation.G4.value, Generation.G5.value):
        points = mobile(cells, generation)
        links = nearest_points(lat, lon, points, 1, limit)
        table = pd.DataFrame({"place": links.place, "distance_m": links.metres})
        found.append(table.assign(from_id=[points.ids[i] for i in links.label], generation=generation))
    return found


def masts(cells: pd.DataFrame | None, nodes: pd.DataFrame | None) -> tuple[Points, list[str]]:
    """Where a radio link could start from: mobile sites of any generation (to some hundred metres) and nodes of any
    medium; and the kind of each."""
    none = Points((), np.empty(0), np.empty(0))
    towers = none if cells is None else _sites(cells, decimals=3)
    stations = none
    if nodes is not None:
        lat, lon = floats(nodes["latitude"]), floats(nodes["longitude"])
        here = np.flatnonzero(located(lat, lon))
        stations = Points(tuple(named(nodes["node_id"].iloc[here], "node")), lat[here], lon[here])
    kinds = [ReachedFrom.SITE.value] * len(towers.ids) + [ReachedFrom.NODE.value] * len(stations.ids)
    both = Points(towers.ids + stations.ids, np.r_[towers.lat, stations.lat], np.r_[towers.lon, stations.lon])
    return both, kinds


def visible(  # noqa: PLR0917 - places, masts, land, radio
    lat: Floats, lon: Floats, points: Points, terrain: Terrain | None, radio: Radio, limit: float
) -> pd.DataFrame:
    """Of each school the K nearest masts in sight; where none is, the nearest ones with what is known of them.

    Columns place, label, distance_m, sight (YES, NO, UNKNOWN). Where more masts stand within the limit than are looked at,
    and none of those is in sight, the next one stands there as unknown: nobody looked.
    """
    links = nearest_points(lat, lon, points, LOOKED[-1] + 1, limit)
    order = np.lexsort((links.label, links.metres, links.place))
    links = Links(links.place[order], links.label[order], links.metres[order])
    nth = nth_of(links.place)
    state = np.full(len(links.place), UNKNOWN, dtype=np.int64)
    if terrain is not None and len(nth):
        seen = np.zeros(len(lat), dtype=np.int64)
        for start, stop in zip((0, *LOOKED), LOOKED, strict=False):
            rows = np.flatnonzero((nth >= start) & (nth < stop) & (seen[links.place] < K))
            ends = (lat[links.place[rows]], lon[links.place[rows]]), (points.lat[links.label[rows]], points.lon[links.label[rows]])  # fmt: skip
            state[rows] = sight(terrain, *ends, radio)
            seen += np.bincount(links.place[rows][state[rows] == YES], minlength=len(lat))
    table = pd.DataFrame({"place": links.place, "label": links.label, "distance_m": links.metres, "sight": state})
    return _best(table)


def _best(table: pd.DataFrame) -> pd.DataFrame:
    """Those in sight; where none is, those of which nobody knows; where all are known to be hidden, the nearest."""
    rank = table["sight"].map(WEIGHTS)
    least = rank.groupby(table["place"]).transform("min")
    kept = table[rank == least].sort_values(["place", "distance_m", "label"], kind="stable")
    most = np.where(kept["sight"] == NO, 1, K)
    return kept[nth_of(kept["place"].to_numpy()) < most].reset_index(drop=True)
