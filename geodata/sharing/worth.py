"""What a tree is worth: the part of it that saves most against every school's own best way, and who bears which cost.

On a given tree the best part is found exactly: from the leaves to the root, a branch is kept where what it saves is not
less than what it costs. A school is kept beside its own saving also for those behind it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.arrays import Floats, number
from geodata.sharing.trees import SCHOOL, Trees

WORTH = ("school_id", "tree", "in_tree", "shared_cost", "own_cost", "branch_saving", "marginal", "by_learners")


@dataclass(frozen=True)
class Worth:
    """`schools` has WORTH, one row a school of the trees, in their order. `saving` is what building the kept part
    together saves against each of its schools' own best way; `only_way` counts kept schools that have no other."""

    schools: pd.DataFrame
    saving: float
    only_way: int


def prune(trees: Trees, shared_cost: pd.Series, own_cost: pd.Series, learners: pd.Series | None = None) -> Worth:
    """The part of each tree with the greatest saving.

    `shared_cost`: whole-life cost of serving a school by the tree once its parent is served, by school_id; `own_cost`:
    of its own best way otherwise, unknown where it has none (such a school is kept, and counted). `branch_saving` is
    what the school and the best part of what hangs on it save. `marginal` is what leaving out the school and all behind
    it would spare, the figure for decisions; `by_learners` shares a tree's cost by learners, the figure for reporting.
    """
    edges = trees.edges
    shared, own = (number(cost.reindex(edges["school_id"])) for cost in (shared_cost, own_cost))
    parent = parents_of(edges)
    gain = np.where(np.isnan(own), np.inf, own) - shared
    gain[np.isnan(shared)] = -np.inf  # a link without a price cannot be shown to save anything
    branch = branch_gain(gain, parent)
    kept = kept_from(branch, parent)
    behind = _behind(np.where(kept, shared, 0.0), parent)
    counted = (
        np.nan_to_num(number(learners.reindex(edges["school_id"]))) if learners is not None else np.ones(len(edges))
    )
    table = pd.DataFrame(
        {
            "school_id": edges["school_id"],
            "tree": edges["tree"],
            "in_tree": kept,
            "shared_cost": shared,
            "own_cost": own,
            "branch_saving": branch,
            "marginal": np.where(kept, behind, np.nan),
            "by_learners": _by_learners(shared, counted, kept, edges["tree"]),
        }
    )
    both = kept & ~np.isnan(own)
    return Worth(table, float((own - shared)[both].sum()), int((kept & np.isnan(own)).sum()))


def parents_of(edges: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The row of each row's parent, −1 where the parent is a node."""
    at = pd.Index(edges["school_id"])
    on = (edges["parent_kind"] == SCHOOL).to_numpy()
    return np.where(on, at.get_indexer(edges["parent_id"]), -1).astype(np.int64)


def branch_gain(gain: Floats, parent: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
    """Each row's own gain and that of the best part of what hangs on it; parents stand before their children."""
    branch = gain.copy()
    for row in range(len(branch) - 1, -1, -1):
        if parent[row] >= 0 and branch[row] > 0 and branch[parent[row]] > -np.inf:
            branch[parent[row]] += branch[row]
    return branch


def kept_from(
    branch: Floats, parent: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which rows are in the best part: a branch that loses is cut, with all that hangs on it."""
    kept = branch >= 0
    for row in range(len(branch)):
        if parent[row] >= 0 and not kept[parent[row]]:
            kept[row] = False
    return kept


def _behind(cost: Floats, parent: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
    """The cost of each row and of all that hangs on it."""
    total = cost.copy()
    for row in range(len(total) - 1, -1, -1):
        if parent[row] >= 0:
            total[parent[row]] += total[row]
    return total


def _by_learners(
    shared: Floats, learners: Floats, kept: np.ndarray[tuple[int], np.dtype[np.bool_]], tree: pd.Series
) -> Floats:
    """The cost of each tree's kept part shared by learners; evenly in a tree where none are known."""
    frame = pd.DataFrame({"tree": tree.to_numpy(), "cost": np.where(kept, shared, 0.0), "people": np.where(kept, learners, 0.0), "one": kept * 1.0})  # fmt: skip
    sums = frame.groupby("tree")[["cost", "people", "one"]].transform("sum")
    weight = np.where(sums["people"] > 0, frame["people"], frame["one"])
    whole = np.where(sums["people"] > 0, sums["people"], sums["one"])
    with np.errstate(divide="ignore", invalid="ignore"):
        share = sums["cost"].to_numpy() * weight / whole
    return np.where(kept, share, np.nan)
