"""What is built together and tendered together (methods, section 4.7)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.declare import Method
from geodata.lots.compact import parts
from geodata.say import tr
from geodata.sharing.trees import Trees, fibre_trees
from geodata.sharing.worth import prune

_KM = 1000.0


def _example() -> Trees:
    """The published example: node O, schools A to D. It gives the tree and both sums; lines one by one are 4 km apart."""
    between = [("B", "A", 3), ("C", "B", 4), ("D", "C", 5)]
    own = [("A", "O", 4), ("B", "O", 8), ("C", "O", 12), ("D", "O", 16)]
    pairs = pd.DataFrame(between, columns=["school_id", "other_id", "distance_m"])
    nodes = pd.DataFrame(own, columns=["school_id", "from_id", "distance_m"])
    sites = pd.DataFrame({"school_id": list("ABCD")})
    return fibre_trees(sites, pairs.assign(distance_m=pairs["distance_m"] * _KM), nodes.assign(distance_m=nodes["distance_m"] * _KM), longest_m=20 * _KM)  # fmt: skip


def _trees() -> list[str]:
    trees = _example()
    edges = trees.edges[["parent_id", "school_id", "metres"]].itertuples(index=False)
    links = ", ".join(
        tr("{parent}–{school} {metres:g} km", parent=parent, school=school, metres=metres / _KM)
        for parent, school, metres in edges
    )
    return [
        tr("Node O and four schools. One by one: {star_m:g} km of fibre.", star_m=trees.star_m / _KM),
        tr(
            "As a tree: {links}; {length_m:g} km in all, {saving:.0%} less.",
            links=links,
            length_m=trees.length_m / _KM,
            saving=trees.saving,
        ),
    ]


def _worth() -> list[str]:
    trees = _example()
    shared, own = ({s: float(v) for s, v in zip("ABCD", values, strict=True)} for values in ((50, 30, 40, 60), (20, 45, 90, 10)))  # fmt: skip
    found = prune(trees, pd.Series(shared), pd.Series(own))
    kept = [s for s, inside in zip(found.schools["school_id"], found.schools["in_tree"], strict=True) if inside]
    return [
        "; ".join(tr("{s}: by the tree {shared:g}, alone {own:g}", s=s, shared=shared[s], own=own[s]) for s in "ABCD")
        + ".",
        tr(
            "Kept: {kept}. A loses {A:g} by itself, and carries what B and C save; D loses {D:g} and is cut off.",
            kept=", ".join(kept),
            A=shared["A"] - own["A"],
            D=shared["D"] - own["D"],
        ),
        tr("Saved: {saving:g}.", saving=found.saving),
    ]


def _lots() -> list[str]:
    east, north = (axis.ravel().astype(float) for axis in np.meshgrid(np.arange(20), np.arange(6)))
    size = np.bincount(parts(east, north, np.ones(120, dtype=np.int64), 50))
    return [tr("120 schools on a strip of 20 × 6 km, 50 to a lot at most: {size} lots, of {join}.", size=len(size), join=', '.join(str(n) for n in size))]  # fmt: skip


TREES = Method(
    "fibre_trees", "Shared fibre",
    "Neighbouring schools are joined into fibre trees: shortest link first, along roads where they are given, never a link longer than the policy allows. All nodes count as one, because they are connected already. The tree is the shortest that there is, and a school that it misses says why. With shared fibre on, a plan may take a school's link from the school before it, together with that school's, in the place of the school's own best way.",
    "least Σ length of links, each ≤ longest link, every school reached from a node", "Kruskal (1956); ITU Connectivity Planning Platform (2026)", 80, ("plan_fibre_max_m", "plan_fibre_detour"), _trees,
)  # fmt: skip
WORTH = Method(
    "tree_worth", "What a tree saves",
    "Shorter is not yet cheaper: of each tree the part is kept that saves most against every school's own best way. It is found exactly, from the ends of the branches to the node. A school stays in the tree also where it loses by itself, if those behind it save more; one without another way stays, and is counted apart.",
    "saving of a branch = own cost − cost by the tree + Σ savings of the branches behind it that are not below 0", "methods 4.7; exact on a tree by dynamic programming", 81, (), _worth,
)  # fmt: skip
LOTS = Method(
    "lots", "Lots for a tender",
    "The schools of a plan are cut into lots by province and way, compact and of even size: the longer side is halved until each part is small enough. A fibre tree is never divided. Bidders get the sites, the bandwidth needed, the service asked for and a blank price schedule, and nothing that the ministry estimates or thinks of a school. An offer far below or above the range of the estimate is marked, and people decide.",
    "schools of a lot ≤ the policy's number, save where one tree is larger", "planning value", 82, ("plan_lot_schools", "plan_reserve_share", "lot_contract_years", "lot_uptime_share", "lot_latency_ms", "lot_repair_hours", "lot_bid_low_share", "lot_bid_high_share"), _lots,
)  # fmt: skip
