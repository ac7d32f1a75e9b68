"""Straight-line candidates: mobile sites, connected schools, and pairs of neighbouring schools."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.spatial import Delaunay, QhullError, cKDTree

from etl.reach.roads import Doors, Links, Network, borders, doors, joined, shortest, spread, to_nearest
from geodata.spatial import Floats, Ints, arc, chord, distance, located, unit_vectors

NEIGHBOURS = 8


@dataclass(frozen=True)
class Points:
    """Places with their ids, in degrees."""

    ids: tuple[str, ...]
    lat: Floats
    lon: Floats


def nearest_points(lat: Floats, lon: Floats, points: Points, k: int, limit: float) -> Links:
    """The k nearest points of each place within the limit; great-circle metres."""
    here, there = np.flatnonzero(located(lat, lon)), np.flatnonzero(located(points.lat, points.lon))
    if not len(here) or not len(there):
        return Links(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0))
    tree = cKDTree(unit_vectors(points.lat[there], points.lon[there]))
    count = min(k, len(there))
    most = np.nextafter(chord(limit), np.inf)
    away, near = tree.query(unit_vectors(lat[here], lon[here]), k=count, distance_upper_bound=most)
    away, near = np.reshape(away, (-1, count)), np.reshape(near, (-1, count))
    place, column = np.nonzero(np.isfinite(away))
    return shortest(Links(here[place], there[near[place, column]], arc(away[place, column])), k)


def anchors(lat: Floats, lon: Floats, connected: Ints, k: int, limit: float) -> Links:
    """The k nearest connected schools of each school, itself left out; labels are positions of schools."""
    points = Points((), lat[connected], lon[connected])
    links = nearest_points(lat, lon, points, k + 1, limit)
    label = connected[links.label]
    other = links.place != label
    return shortest(Links(links.place[other], label[other], links.metres[other]), k)


def neighbours(lat: Floats, lon: Floats, net: Network | None, *, snap_m: float, limit: float) -> pd.DataFrame:
    """Pairs of schools near enough for a tree or a cluster: one < other, distance_m, along_road_m (NaN where none).

    The nearest few of each school, and the pairs that the least tree over all schools is made of; where roads join two
    schools the way along them counts, and a pair that only the straight line holds near is left out.
    """
    table = _pairs(_straight_pairs(lat, lon, limit))
    table["along_road_m"] = np.nan
    if net is not None:
        own = doors(net, lat, lon, snap_m)
        on_roads = joined(net, own, own, (table["one"].to_numpy(), table["other"].to_numpy()))
        road = _pairs(_road_pairs(net, own, limit)).rename(columns={"distance_m": "along_road_m"})
        direct = table["distance_m"] <= snap_m
        table["along_road_m"] = table["distance_m"].where(direct & on_roads)
        both = pd.concat([table[~on_roads | direct], road], ignore_index=True)
        both = both.sort_values(["one", "other", "along_road_m"], kind="stable")
        table = both.drop_duplicates(["one", "other"]).reset_index(drop=True)
    one, other = table["one"].to_numpy(), table["other"].to_numpy()
    metres = distance(lat[one], lon[one], lat[other], lon[other])
    table["distance_m"] = metres
    road_m = table["along_road_m"].to_numpy()
    table["along_road_m"] = np.where(np.isnan(road_m), np.nan, np.maximum(road_m, metres))
    order = ["one", "other", "distance_m", "along_road_m"]
    return pd.DataFrame(table[order]).sort_values(["one", "other"], ignore_index=True)


def _pairs(links: Links) -> pd.DataFrame:
    """Each pair once, the shorter way first, the lower position as `one`."""
    one, other = np.minimum(links.place, links.label), np.maximum(links.place, links.label)
    table = pd.DataFrame({"one": one, "other": other, "distance_m": links.metres})
    table = table[one != other].sort_values(["one", "other", "distance_m"], kind="stable")
    once: pd.DataFrame = table.drop_duplicates(["one", "other"]).reset_index(drop=True)
    return once


def _road_pairs(net: Network, own: Doors, limit: float) -> Links:
    spreading = spread(net, own, np.arange(len(own.point)), NEIGHBOURS + 1, limit)
    near = to_nearest(spreading, own, NEIGHBOURS + 1, limit)  # itself is among them
    tree = borders(net, spreading, limit)
    return Links(*(np.concatenate([getattr(near, n), getattr(tree, n)]) for n in ("place", "label", "metres")))


def _straight_pairs(lat: Floats, lon: Floats, limit: float) -> Links:
    near = nearest_points(lat, lon, Points((), lat, lon), NEIGHBOURS + 1, limit)
    one, other = _touching(lat, lon)
    metres = distance(lat[one], lon[one], lat[other], lon[other])
    kept = metres <= limit
    return Links(np.r_[near.place, one[kept]], np.r_[near.label, other[kept]], np.r_[near.metres, metres[kept]])


def _touching(lat: Floats, lon: Floats) -> tuple[Ints, Ints]:
    """Pairs of a Delaunay triangulation, in which the least tree over straight lines lies. Drawn in a plane around the
    middle of the places, whose longitudes are taken the short way round."""
    here = np.flatnonzero(located(lat, lon))
    if len(here) < 3:
        return here[:-1], here[1:]
    middle = np.degrees(np.angle(np.exp(1j * np.radians(lon[here])).mean()))
    x = ((lon[here] - middle + 180.0) % 360.0 - 180.0) * np.cos(np.radians(lat[here].mean()))
    order = np.lexsort((lat[here], x))
    try:
        mesh = Delaunay(np.column_stack((x, lat[here])))
    except QhullError:  # all in one line, or in one place
        return here[order[:-1]], here[order[1:]]
    corners = mesh.simplices
    one = np.r_[corners[:, 0], corners[:, 1], corners[:, 2], mesh.coplanar[:, 0]]
    other = np.r_[corners[:, 1], corners[:, 2], corners[:, 0], mesh.coplanar[:, 2]]
    drawn = (one < len(here)) & (other < len(here))  # nearly in one line, Qhull names its own point far away
    if not drawn.all():
        one, other = np.r_[one[drawn], order[:-1]], np.r_[other[drawn], order[1:]]
    return here[one], here[other]
