"""New sites: one mast that would serve several schools, against each school's own best way.

A site may stand where a school stands. It pays where what its schools save together is more than the mast costs. Which
set of sites saves most is found exactly where the sites that touch each other are few, by trying all sets with a bound;
among many, the site that saves most next is taken until none saves anything.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geodata.arrays import Codes, Floats, number
from geodata.spatial import chord, located, unit_vectors

TOWERS = ("site", "latitude", "longitude", "schools", "mast_cost", "saving")
SERVED = ("school_id", "site", "own_cost", "served_cost")


@dataclass(frozen=True)
class Towers:
    """New sites. `sites` has TOWERS, most saving first: `site` is the school that it would stand at; `served` has SERVED.
    `exact`: whether no other set of sites would save more."""

    sites: pd.DataFrame
    served: pd.DataFrame
    exact: bool

    @property
    def saving(self) -> float:
        """What all sites save against one by one, masts paid."""
        return float(self.sites["saving"].sum())


def towers(schools: pd.DataFrame, *, reach_m: float, mast_cost: float, exact_most: int = 14) -> Towers:
    """The new sites that save most.

    `schools`: school_id, latitude, longitude, own_cost (whole life of its own best way; a school without one is left out,
    because nothing is saved that is known) and served_cost (by mobile broadband from a new site). `mast_cost`: whole life.
    """
    known = schools.sort_values("school_id", kind="stable").reset_index(drop=True)
    gain = number(known["own_cost"]) - number(known["served_cost"])
    here = np.flatnonzero(located(known["latitude"], known["longitude"]) & (gain > 0))
    if not len(here) or not np.isfinite(mast_cost):
        return _named(known, gain, [], np.zeros((0, 2), dtype=np.int64), mast_cost, exact=True)
    at = unit_vectors(known["latitude"].iloc[here], known["longitude"].iloc[here])
    reach = cKDTree(at).sparse_distance_matrix(
        cKDTree(at), np.nextafter(chord(reach_m), np.inf), output_type="coo_matrix"
    )
    cover = csr_array((np.ones(reach.nnz), (reach.row, reach.col)), shape=(len(here), len(here)))
    cover.setdiag(1.0)
    worth = gain[here]
    able = np.flatnonzero(np.asarray(cover @ worth) > mast_cost)
    chosen, exact = _chosen(cover, worth, able, mast_cost, exact_most)
    pairs = _assigned(cover, chosen)
    return _named(
        known,
        gain,
        here[chosen].tolist(),
        np.column_stack((here[pairs[:, 0]], here[pairs[:, 1]])),
        mast_cost,
        exact=exact,
    )


def _chosen(cover: csr_array, worth: Floats, able: Codes, mast: float, most: int) -> tuple[Codes, bool]:
    """The sites, group by group of possible sites that share a school."""
    if not len(able):
        return able, True
    own = cover[able]
    group = connected_components(own @ own.T, directed=False)[1]
    found: list[int] = []
    exact = True
    for one in range(int(group.max()) + 1):
        sites = able[group == one]
        covers = [frozenset(cover.indices[cover.indptr[s] : cover.indptr[s + 1]].tolist()) for s in sites]
        small = len(sites) <= most
        exact = exact and small
        pick = _best_set(covers, worth, mast) if small else _greedy(covers, worth, mast)
        found += [int(sites[p]) for p in pick]
    return np.array(sorted(found), dtype=np.int64), exact


def _best_set(covers: list[frozenset[int]], worth: Floats, mast: float) -> list[int]:
    """The set that saves most, fewest and first sites where equal; a branch is left where even all else could not help."""
    best: tuple[float, list[int]] = (0.0, [])
    todo: list[tuple[int, float, list[int], frozenset[int]]] = [(0, 0.0, [], frozenset())]
    while todo:
        n, saved, taken, served = todo.pop()
        if saved > best[0] + 1e-9:
            best = (saved, taken)
        if n == len(covers):
            continue
        rest = frozenset().union(*covers[n:]) - served
        if saved + float(worth[list(rest)].sum()) - mast <= best[0] + 1e-9:
            continue
        new = covers[n] - served
        todo.append((n + 1, saved, taken, served))
        todo.append((n + 1, saved + float(worth[list(new)].sum()) - mast, [*taken, n], served | new))
    return best[1]


def _greedy(covers: list[frozenset[int]], worth: Floats, mast: float) -> list[int]:
    """Site by site the one that saves most next."""
    taken: list[int] = []
    served: frozenset[int] = frozenset()
    while True:
        gains = [float(worth[list(c - served)].sum()) - mast for c in covers]
        first = int(np.argmax(gains))
        if gains[first] <= 0:
            return sorted(taken)
        taken.append(first)
        served |= covers[first]


def _assigned(cover: csr_array, chosen: Codes) -> npt.NDArray[np.int64]:
    """Each school that a site reaches, with the first of its sites: pairs (school, site)."""
    pairs: dict[int, int] = {}
    for site in chosen.tolist():
        for school in sorted(cover.indices[cover.indptr[site] : cover.indptr[site + 1]].tolist()):
            pairs.setdefault(school, site)
    return np.array(sorted(pairs.items()), dtype=np.int64).reshape(-1, 2)


def _named(known: pd.DataFrame, gain: Floats, sites: list[int], pairs: npt.NDArray[np.int64], mast: float, *, exact: bool) -> Towers:  # fmt: skip
    ids = known["school_id"].astype("str").to_numpy(dtype=object)
    own, by = number(known["own_cost"]), number(known["served_cost"])
    served = pd.DataFrame({"school_id": ids[pairs[:, 0]], "site": ids[pairs[:, 1]], "own_cost": own[pairs[:, 0]], "served_cost": by[pairs[:, 0]]})  # fmt: skip
    rows = []
    for site in sites:
        mine = pairs[pairs[:, 1] == site, 0]
        place = float(known["latitude"].iloc[site]), float(known["longitude"].iloc[site])
        rows.append((ids[site], *place, len(mine), mast, float(gain[mine].sum()) - mast))
    table = pd.DataFrame(rows, columns=list(TOWERS)).sort_values(
        ["saving", "site"], ascending=[False, True], kind="stable"
    )
    return Towers(table.reset_index(drop=True), served.astype({"school_id": "str", "site": "str"}), exact)
