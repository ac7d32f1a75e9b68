"""Cutting places into compact, even parts that keep together what belongs together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geodata.arrays import Codes, Floats
from geodata.spatial import floats


def flat(lat: ArrayLike, lon: ArrayLike) -> tuple[Floats, Floats]:
    """Degrees as kilometres east and north of the middle: good enough to say what is near within a province. Places on
    both sides of 180° are taken together."""
    north, east = floats(lat), floats(lon)
    known = np.isfinite(north) & np.isfinite(east)
    if not known.any():
        return np.full(len(north), np.nan), np.full(len(north), np.nan)
    turn = np.exp(1j * np.radians(east[known])).sum()
    middle, height = float(np.degrees(np.angle(turn))), float(north[known].mean())
    x = ((east - middle + 180) % 360 - 180) * np.cos(np.radians(height)) * 111.195
    return np.where(known, x, np.nan), np.where(known, (north - height) * 111.195, np.nan)


def parts(x: Floats, y: Floats, size: Codes, most: int) -> Codes:
    """Which part each unit is in, from 0: parts of at most `most` in all, save where one unit alone is larger.

    Units (a school, or a tree that is not to be split) stand in an order that settles ties. The longer side is cut where
    the halves fit the number of parts that are needed; parts are numbered from west to east, from south to north.
    """
    out = np.zeros(len(x), dtype=np.int64)
    done = 0
    todo = [np.arange(len(x))] if len(x) else []
    while todo:
        here = todo.pop()
        total = int(size[here].sum())
        if total <= most or len(here) == 1:
            out[here] = done
            done += 1
            continue
        low, high = _halves(here, x, y, size, -(-total // most))
        todo += [high, low]  # the low half is looked at first
    return out


def _halves(here: Codes, x: Floats, y: Floats, size: Codes, needed: int) -> tuple[Codes, Codes]:
    """Two parts, cut across the longer side, in the proportion of the parts that each is to have."""
    along = x if np.ptp(x[here]) >= np.ptp(y[here]) else y
    order = here[np.lexsort((here, along[here]))]
    reached = np.cumsum(size[order])
    wanted = reached[-1] * (needed // 2) / needed
    cut = int(np.argmin(np.abs(reached[:-1] - wanted))) + 1
    return order[:cut], order[cut:]


def units_of(ids: npt.NDArray[np.object_], parent: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """The school at the top of what each school belongs to: itself, or the one whose link it goes on from in the end.

    `parent` is empty where there is none, and counts for nothing where it is none of the ids. Schools that go on from
    each other in a circle belong to the smallest id among them.
    """
    at = {school: row for row, school in enumerate(ids)}
    above = np.array([at.get(p, row) for row, p in enumerate(parent)], dtype=np.int64)
    rows = np.arange(len(ids))
    graph = csr_array((np.ones(len(ids)), (rows, above)), shape=(len(ids), len(ids)))
    unit = connected_components(graph, directed=False)[1]
    order = np.lexsort((ids.astype(str), above != rows, unit))  # of each unit its top first, else the smallest id
    _, first = np.unique(unit[order], return_index=True)
    top: npt.NDArray[np.object_] = ids[order[first]][unit]
    return top
