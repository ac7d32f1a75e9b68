"""What fibre could start from: nodes known to be fibre, and places along lines of fibre that are in use.

Each school gets its few nearest sources: along roads where a road joins the two, else in a straight line. Where a road
joins them, only the way along it counts; a straight line beside a known longer road would promise too much.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from etl.reach.roads import Doors, Links, Network, doors, joined, nth_of, shortest, spread, to_nearest
from geodata.courses import pieces
from geodata.spatial import Floats, Ints, arc, chord, distance, floats, located, unit_vectors
from geodata.vocabulary import LineStatus, Medium, ReachedFrom

K = 3
TAP_M = 250.0  # a line of fibre may be joined at places this far from each other; the last metres are measured exactly


@dataclass(frozen=True)
class Sources:
    """Places that fibre could start from (rows), each with a label: `ids[label]`, `kinds[label]`. Lines have many places."""

    lat: Floats
    lon: Floats
    label: Ints
    ids: tuple[str, ...]
    kinds: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)


def sources(nodes: pd.DataFrame | None, lines: Any | None) -> Sources:
    """Fibre nodes and fibre lines as sources; those planned or no longer in use are none."""
    lat, lon, label = [np.empty(0)], [np.empty(0)], [np.empty(0, dtype=np.int64)]
    ids: list[str] = []
    kinds: list[str] = []
    if nodes is not None:
        kept = nodes[(nodes["transmission_medium"] == Medium.FIBER).fillna(False).to_numpy(dtype=bool)]
        y, x = floats(kept["latitude"]), floats(kept["longitude"])
        here = np.flatnonzero(located(y, x))
        lat, lon, label = [*lat, y[here]], [*lon, x[here]], [*label, np.arange(len(here))]
        ids += named(kept["node_id"].iloc[here], "node")
        kinds += [ReachedFrom.NODE.value] * len(here)
    if lines is not None:
        status = lines["line_status"].astype("object")
        gone = status.isin([LineStatus.PLANNED.value, LineStatus.NOT_IN_USE.value]).to_numpy()
        kept = lines[(lines["transmission_medium"] == Medium.FIBER).fillna(False).to_numpy(dtype=bool) & ~gone]
        for name, course in zip(named(kept["line_id"], "line"), kept.geometry, strict=True):
            y, x = taps(course)
            if len(y):
                lat, lon, label = [*lat, y], [*lon, x], [*label, np.full(len(y), len(ids), dtype=np.int64)]
                ids.append(name)
                kinds.append(ReachedFrom.LINE.value)
    return Sources(np.concatenate(lat), np.concatenate(lon), np.concatenate(label), tuple(ids), tuple(kinds))


def named(ids: pd.Series, word: str) -> list[str]:
    """Ids as text; one that is not given, or stands twice, is made of the word and its number from 1."""
    texts = [str(i) if isinstance(i, str) and i else "" for i in ids.astype("object").where(ids.notna(), None)]
    seen: set[str] = set()
    out = []
    for number, text in enumerate(texts, start=1):
        name = text or f"{word} {number}"
        while name in seen:
            name = f"{name} ({number})"
        seen.add(name)
        out.append(name)
    return out


def taps(course: Any) -> tuple[Floats, Floats]:
    """Places along a line, some `TAP_M` apart, its corners among them; latitude and longitude."""
    start, end = pieces([course])
    if not len(start):
        return np.empty(0), np.empty(0)
    length = arc(np.sqrt(np.square(end - start).sum(axis=1)))
    parts = np.maximum(np.ceil(length / TAP_M), 1).astype(np.int64)
    piece = np.repeat(np.arange(len(start)), parts)
    step = (np.arange(len(piece)) - np.repeat(np.cumsum(parts) - parts, parts)) / parts[piece]
    points = np.vstack([start[piece] + step[:, None] * (end - start)[piece], end])
    points = points / np.sqrt(np.square(points).sum(axis=1, keepdims=True))
    return np.degrees(np.arcsin(np.clip(points[:, 2], -1, 1))), np.degrees(np.arctan2(points[:, 1], points[:, 0]))


def straight(lat: Floats, lon: Floats, given: Sources, k: int, limit: float) -> Links:
    """The k nearest labels of each place in a straight line; great-circle metres, exact to the half of `TAP_M` for lines."""
    none = np.empty(0, dtype=np.int64)
    here = np.flatnonzero(located(lat, lon))
    if not len(here) or not len(given):
        return Links(none, none, np.empty(0))
    tree = cKDTree(unit_vectors(given.lat, given.lon))
    most, many = np.nextafter(chord(limit), np.inf), min(len(given.lat), k)
    found: list[Links] = []
    waiting = np.arange(len(here))
    vectors = unit_vectors(lat[here], lon[here])
    while len(waiting):  # the nearest places may all be of one line: then more of them are looked at
        away, near = tree.query(vectors[waiting], k=many, distance_upper_bound=most)
        away, near = np.reshape(away, (-1, many)), np.reshape(near, (-1, many))
        place, column = np.nonzero(np.isfinite(away))
        links = Links(here[waiting[place]], given.label[near[place, column]], arc(away[place, column]))
        found.append(shortest(links, k))
        labels = np.bincount(np.searchsorted(here[waiting], found[-1].place), minlength=len(waiting))
        short = (labels < k) & np.isfinite(away[:, -1])
        if many >= len(given.lat) or not short.any():
            break
        waiting, many = waiting[short], min(4 * many, len(given.lat))
    every = Links(*(np.concatenate([getattr(f, n) for f in found]) for n in ("place", "label", "metres")))
    return shortest(every, k)


def candidates(
    lat: Floats, lon: Floats, given: Sources, net: Network | None, *, snap_m: float, limit: float, detour: float
) -> pd.DataFrame:
    """The best K sources of each school: place, label, distance_m, along_road_m (NaN where no road joins the two).

    Best is the shortest to build: along the road, else the straight line times the detour. What is as near as a road may
    be is joined straight, as the road itself would be.
    """
    direct = straight(lat, lon, given, K, limit)
    table = pd.DataFrame({"place": direct.place, "label": direct.label, "distance_m": direct.metres})
    table["along_road_m"] = np.nan
    if net is not None and len(given):
        own, theirs = doors(net, lat, lon, snap_m), doors(net, given.lat, given.lon, snap_m)
        by_road = to_nearest(spread(net, theirs, given.label, K, limit), own, K, limit)
        direct_too = table["distance_m"].to_numpy() <= snap_m
        on_road = _on_one_road(net, own, theirs, given, direct)
        table["along_road_m"] = table["distance_m"].where(direct_too & on_road)
        table = table[~on_road | direct_too]
        road = pd.DataFrame({"place": by_road.place, "label": by_road.label, "along_road_m": by_road.metres})
        road.insert(2, "distance_m", np.minimum(_to_label(lat, lon, given, by_road), by_road.metres))
        table = pd.concat([road, table], ignore_index=True).sort_values(
            ["place", "label", "along_road_m"], kind="stable"
        )
        table = table.drop_duplicates(["place", "label"]).reset_index(drop=True)
    build = table["along_road_m"].fillna(table["distance_m"] * detour).to_numpy()
    order = np.lexsort((table["label"], build, table["place"]))
    table = table.iloc[order].reset_index(drop=True)
    return table[nth_of(table["place"].to_numpy()) < K].reset_index(drop=True)


def _on_one_road(net: Network, own: Doors, theirs: Doors, given: Sources, links: Links) -> Any:
    """Whether a road joins each place with its label; a line's first place that is on a road speaks for the line."""
    on = (theirs.point >= 0).any(axis=1)
    first = np.full(len(given), -1, dtype=np.int64)
    rows = np.flatnonzero(on)[::-1]
    first[given.label[rows]] = rows
    row = first[links.label]
    return (row >= 0) & joined(net, own, theirs, (links.place, np.maximum(row, 0)))


def _to_label(lat: Floats, lon: Floats, given: Sources, links: Links) -> Floats:
    """Straight metres of each pair: to the node, or to the nearest place of the line."""
    out = np.full(len(links.place), np.inf)
    order = np.argsort(given.label, kind="stable")
    ends = np.searchsorted(given.label[order], np.arange(len(given) + 1))
    count = np.diff(ends)[links.label]
    one = count == 1
    row = order[ends[links.label[one]]]
    out[one] = distance(lat[links.place[one]], lon[links.place[one]], given.lat[row], given.lon[row])
    for label in np.unique(links.label[~one]):
        mine = np.flatnonzero(links.label == label)
        rows = order[ends[label] : ends[label + 1]]
        tree = cKDTree(unit_vectors(given.lat[rows], given.lon[rows]))
        out[mine] = arc(tree.query(unit_vectors(lat[links.place[mine]], lon[links.place[mine]]))[0])
    return out
