"""A link shared by Wi-Fi from a connected school near by, as long as its own link carries all who hang on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from geodata.arrays import Codes, Floats, equals, flag, number
from geodata.gaps import download_speed, internet
from geodata.options.ground import MAYBE, NO, YES, Bools, Ground, Link
from geodata.options.table import Why
from geodata.priority import operating
from geodata.spatial import chord, unit_vectors

# What a known kind of link carries at most, as a policy number; of others only a reported speed says it.
CARRIES = {
    "fiber": "plan_fibre_mbps",
    "4g": "plan_cellular_mbps",
    "5g": "plan_cellular_mbps",
    "radio": "plan_microwave_mbps",
    **dict.fromkeys(("leo", "meo", "geo", "unknown_satellite"), "plan_satellite_mbps"),
}


def link(ground: Ground) -> Link:
    """Feasible from a connected school within reach that can carry the Mbps of all who hang on it (methods 4.1).

    Unknown where the connected schools near enough report neither their speed nor the kind of their link, and where
    another is near of which nobody says whether it is connected.
    """
    rows, anchor = pairs(ground)
    spare = capacity(ground) - ground.required
    took = taken(ground, rows, anchor, spare)
    worse = np.where(took == anchor, 0, np.where(np.isnan(spare[anchor]), 1, 2))
    near = ground.nearest(rows, worse=worse)
    found = ground.judged(near, "cluster", np.inf, np.nan)
    best = np.where(near.none, 3, worse[near.row] if len(worse) else 3)
    found = found.but(best == 2, NO, Why.ANCHOR_FULL)
    found = found.but(near.none & ground.located & (found.state == NO), NO, Why.NO_ANCHOR)
    found = found.but(
        unsure_near(ground) & ((best == 2) | (near.none & (found.state == NO))), MAYBE, Why.NEIGHBOUR_UNKNOWN
    )
    found = found.but(best == 1, MAYBE, Why.ANCHOR_UNKNOWN).but(best == 0, YES)
    return replace(found, mbps=np.where(best == 0, ground.required, np.nan))


def pairs(ground: Ground) -> tuple[pd.DataFrame, Codes]:
    """Candidates whose anchor is known to be connected and within reach, and the anchor's position in `whole`."""
    rows = ground.of("cluster")
    anchor = pd.Index(ground.whole["school_id"]).get_indexer(pd.Index(rows["from_id"]))
    connected = flag(internet(ground.whole["has_internet"], ground.whole["has_internet_for_learners"])) == 1
    usable = (anchor >= 0) & (number(rows["distance_m"]) <= ground.number("plan_cluster_max_m"))
    usable = usable & (connected & ~ground.shocked)[anchor]  # what a shock cut off shares nothing
    rows = rows[usable]
    return rows.assign(length_m=rows["distance_m"], along=False), anchor[usable].astype(np.int64)


def unsure_near(ground: Ground) -> Bools:
    """Schools with another within reach of which nobody says whether it is connected."""
    whole, out = ground.whole, np.zeros(len(ground.whole), dtype=bool)
    told = flag(internet(whole["has_internet"], whole["has_internet_for_learners"]))
    there = np.flatnonzero(np.isnan(told) & ground.located & operating(whole["school_status"]))
    here = np.flatnonzero(ground.located)
    if not len(there):
        return out
    lat, lon = number(whole["latitude"]), number(whole["longitude"])
    tree = cKDTree(unit_vectors(lat[there], lon[there]))
    most = float(np.nextafter(chord(ground.number("plan_cluster_max_m")), np.inf))
    away, at = tree.query(unit_vectors(lat[here], lon[here]), k=[1, 2], distance_upper_bound=most)
    other = np.isfinite(away) & (np.append(there, -1)[at] != here[:, None])
    out[here] = other.any(axis=1)
    return out


def capacity(ground: Ground) -> Floats:
    """Mbps that each school's own link can carry: the limit of fibre, else its speed, else the limit of its kind; NaN unknown."""
    kind = ground.whole["connectivity_type"].astype("str")
    limit = number(kind.map({name: ground.number(limit) for name, limit in CARRIES.items()}))
    whole = ground.whole
    speed = number(download_speed(whole["download_speed_measured_mbps"], whole["download_speed_contracted_mbps"]))
    return np.where(equals(kind, "fiber"), np.fmax(limit, speed), np.where(np.isnan(speed), limit, speed))


def taken(ground: Ground, rows: pd.DataFrame, anchor: Codes, spare: Floats) -> Codes:
    """For each candidate the anchor that its school takes, -1 where it takes none: schools in want first, nearest pairs
    first, ties by id; each takes the first anchor that has enough left."""
    left = spare.copy()
    chosen = np.full(len(ground.whole), -1, dtype=np.int64)
    at, ids = rows["at"].to_numpy(), ground.whole["school_id"].to_numpy(dtype=object)
    order = np.lexsort((ids[anchor].astype(str), ids[at].astype(str), number(rows["distance_m"]), ~ground.wanting[at]))
    for k in order.tolist():
        child, parent = at[k], anchor[k]
        if chosen[child] < 0 and left[parent] >= ground.required[child]:
            chosen[child] = parent
            left[parent] -= ground.required[child]
    found: Codes = chosen[at]
    return found
