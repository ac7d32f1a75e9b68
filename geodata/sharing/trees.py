"""Fibre trees: the shortest fibre that joins sites to the network, from node to school and on from school to school.

Links are pairs of places with their length along the road, or in a straight line times the detour where no road is
given. All nodes count as one, because they are connected already; of what is left, Kruskal's choice is the shortest
forest, and of all forests the one whose longest link is shortest: a site that is missed under the longest link would be
missed by every other forest too. Equal lengths are settled by id, so that the order of rows is of no effect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree

from geodata.arrays import Codes, Floats, number
from geodata.say import later

NODE, SCHOOL = "node", "school"
EDGES = ("school_id", "parent_id", "parent_kind", "metres", "along_road", "tree", "order")
WHY_MISSED = {
    "no_location": later("its location is not known"),
    "no_neighbour": later("no node and no other site is given near it"),
    "too_far": later("every link to a node, or to a site that is reached, is longer than the longest that is allowed"),
}


@dataclass(frozen=True)
class Trees:
    """Fibre trees. `edges` has EDGES, one row a site that is reached, parents before their children (`order` from 0):
    its parent is a node (or a line that may be joined), or the school whose fibre it goes on from. `tree` is the id of the site nearest to the node.
    `missed`: school_id and why (a key of WHY_MISSED). `own_m`: metres of each site's own link to a node, by school_id,
    unknown where none is given."""

    edges: pd.DataFrame
    missed: pd.DataFrame
    own_m: pd.Series
    longest_m: float

    @property
    def length_m(self) -> float:
        """Metres of fibre of all trees."""
        return float(self.edges["metres"].sum())

    @property
    def star_m(self) -> float:
        """Metres of fibre where every site that is reached were joined to a node by itself; those without a given link of
        their own count nothing, which makes the star shorter than it is."""
        return float(self.own_m.reindex(self.edges["school_id"]).sum())

    @property
    def only_shared(self) -> int:
        """Sites that are reached through others alone: no link of their own is given."""
        return int(self.own_m.reindex(self.edges["school_id"]).isna().sum())

    @property
    def saving(self) -> float:
        """Share of fibre saved against one by one (at least, where `only_shared`); NaN where nothing can be compared."""
        return 1 - self.length_m / self.star_m if self.star_m > 0 else float("nan")

    def relays(self) -> pd.DataFrame:
        """Pairs for a solver: a site (child) that can have fibre only if its parent school has it."""
        on = self.edges[self.edges["parent_kind"] == SCHOOL]
        return on[["school_id", "parent_id", "metres"]].rename(columns={"school_id": "child", "parent_id": "parent"})


def fibre_trees(
    sites: pd.DataFrame, neighbours: pd.DataFrame, to_nodes: pd.DataFrame, *, longest_m: float, detour: float = 1.0
) -> Trees:
    """The shortest fibre trees over the sites.

    `sites`: school_id (and latitude, longitude where known). `neighbours`: school_id, other_id, distance_m and, where
    roads are known, along_road_m. `to_nodes`: school_id, from_id,
    from_kind (a node where it is left out), and the same. `longest_m` is the longest link, itself
    included. `detour` lengthens straight lines. Links of other sites, and of unknown length, are passed over.
    """
    ids = np.sort(np.unique(sites["school_id"].astype("str").to_numpy(dtype=object)))
    own = _own_links(to_nodes, ids, detour)
    pairs = _pairs(neighbours, ids, detour)
    links = pd.concat((own.assign(a=0, b=own["site"] + 1), pairs), ignore_index=True)
    edges = _rooted(links[links["metres"] <= longest_m], ids)
    return Trees(edges, _missed(sites, ids, edges, links), own_lengths(own, ids), longest_m)


def lengths(links: pd.DataFrame, detour: float) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Metres of each link: along the road where known, else the straight line times the detour; and which of the two."""
    straight = number(links["distance_m"]) * detour
    road = number(links["along_road_m"]) if "along_road_m" in links else np.full(len(links), np.nan)
    return np.where(np.isnan(road), straight, road), ~np.isnan(road)


def _known(links: pd.DataFrame, ids: npt.NDArray[np.object_], ends: tuple[str, ...], detour: float) -> pd.DataFrame:
    """The links with known ends and length: positions of the ends among the ids, metres, along_road."""
    metres, along = lengths(links, detour)
    at = {end: pd.Index(ids).get_indexer(pd.Index(links[end].astype("str"))) for end in ends}
    found = pd.DataFrame({**at, "metres": metres, "along_road": along})
    for column, default in (("from_id", ""), ("from_kind", NODE)):
        found[column] = links[column].astype("str").to_numpy(dtype=object) if column in links else default
    kept: pd.DataFrame = found[(found[list(ends)] >= 0).all(axis=1) & np.isfinite(metres)]
    return kept


def _own_links(to_nodes: pd.DataFrame, ids: npt.NDArray[np.object_], detour: float) -> pd.DataFrame:
    """Each site's shortest link to a node or line: site, from_id, from_kind, metres, along_road."""
    found = _known(to_nodes, ids, ("school_id",), detour).rename(columns={"school_id": "site"})
    return found.sort_values(["site", "metres", "from_id"], kind="stable").drop_duplicates("site")


def own_lengths(own: pd.DataFrame, ids: npt.NDArray[np.object_]) -> pd.Series:
    """Metres of each site's own link, by school_id."""
    metres = np.full(len(ids), np.nan)
    metres[own["site"].to_numpy(dtype=np.int64)] = own["metres"]
    return pd.Series(metres, index=pd.Index(ids, name="school_id", dtype="str"), name="own_m")


def _pairs(neighbours: pd.DataFrame, ids: npt.NDArray[np.object_], detour: float) -> pd.DataFrame:
    """Links between sites, the shortest of each pair; a and b count from 1, because 0 is the network."""
    found = _known(neighbours, ids, ("school_id", "other_id"), detour)
    ends = np.sort(found[["school_id", "other_id"]].to_numpy(dtype=np.int64), axis=1) + 1
    found = found.assign(a=ends[:, 0], b=ends[:, 1])[ends[:, 0] != ends[:, 1]]
    shortest: pd.DataFrame = found.sort_values(["a", "b", "metres"], kind="stable").drop_duplicates(["a", "b"])
    return shortest


def _rooted(links: pd.DataFrame, ids: npt.NDArray[np.object_]) -> pd.DataFrame:
    """Kruskal's forest hung up at the network: one row a site that is reached, parents first."""
    links = links.sort_values(["metres", "a", "b"], kind="stable").reset_index(drop=True)
    size = len(ids) + 1
    # Ranks for lengths: the forest depends on the order alone, and a length of 0 would be no link in a sparse matrix.
    rank = np.arange(1, len(links) + 1, dtype=np.float64)
    a, b = links["a"].to_numpy(dtype=np.int64), links["b"].to_numpy(dtype=np.int64)
    tree = minimum_spanning_tree(csr_array((rank, (a, b)), shape=(size, size)))
    order, before = breadth_first_order(tree + tree.T, 0, directed=False, return_predecessors=True)
    child = order[1:].astype(np.int64)
    parent = before[child].astype(np.int64)
    link = _link_of(tree, child, parent)
    chosen = links.iloc[link]
    at_node = parent == 0
    top = _tops(child, parent, size)
    edges = pd.DataFrame(
        {
            "school_id": ids[child - 1],
            "parent_id": np.where(at_node, chosen["from_id"].to_numpy(dtype=object), ids[parent - 1]),
            "parent_kind": np.where(at_node, chosen["from_kind"].to_numpy(dtype=object), SCHOOL),
            "metres": chosen["metres"].to_numpy(dtype=np.float64),
            "along_road": chosen["along_road"].to_numpy(dtype=bool),
            "tree": ids[top - 1],
        },
    )
    return _in_order(edges, child, parent)


def _link_of(tree: csr_array, child: Codes, parent: Codes) -> Codes:
    """The row of the link between each child and its parent: its rank, less one."""
    coo = tree.tocoo()
    size = tree.shape[0]
    key = np.minimum(coo.row, coo.col).astype(np.int64) * size + np.maximum(coo.row, coo.col)
    by_key = np.argsort(key)
    asked = np.minimum(child, parent) * size + np.maximum(child, parent)
    found = by_key[np.searchsorted(key[by_key], asked)]
    rows: Codes = np.rint(coo.data[found]).astype(np.int64) - 1
    return rows


def _tops(child: Codes, parent: Codes, size: int) -> Codes:
    """The first site of the tree of each child; children come after their parents."""
    top = np.arange(size, dtype=np.int64)
    for c, p in zip(child.tolist(), parent.tolist(), strict=True):
        if p:
            top[c] = top[p]
    return top[child]


def _in_order(edges: pd.DataFrame, child: Codes, parent: Codes) -> pd.DataFrame:
    """Tree by tree, by depth, then by id: the same whatever the order of the rows given."""
    depth = np.zeros(max(int(child.max(initial=0)), 0) + 1, dtype=np.int64)
    for c, p in zip(child.tolist(), parent.tolist(), strict=True):
        depth[c] = depth[p] + 1 if p else 0
    edges = edges.assign(depth=depth[child]).sort_values(["tree", "depth", "school_id"], kind="stable")
    edges = edges.drop(columns="depth").reset_index(drop=True)
    texts = {c: edges[c].astype("str") for c in ("school_id", "parent_id", "parent_kind", "tree")}
    return edges.assign(**texts, order=np.arange(len(edges)))[list(EDGES)]


def _missed(
    sites: pd.DataFrame, ids: npt.NDArray[np.object_], edges: pd.DataFrame, links: pd.DataFrame
) -> pd.DataFrame:
    """The sites that no tree reaches, and why."""
    out = ~np.isin(ids.astype(str), edges["school_id"].to_numpy(dtype=str))
    linked = np.zeros(len(ids) + 1, dtype=bool)
    linked[links["a"].to_numpy(dtype=np.int64)] = linked[links["b"].to_numpy(dtype=np.int64)] = True
    placed = np.ones(len(ids), dtype=bool)
    if "latitude" in sites:
        by_id = sites.drop_duplicates("school_id").set_index(
            sites.drop_duplicates("school_id")["school_id"].astype("str")
        )
        placed = by_id.reindex(ids)["latitude"].notna().to_numpy()
    why = np.where(linked[1:], "too_far", np.where(placed, "no_neighbour", "no_location"))
    return pd.DataFrame({"school_id": pd.Series(ids[out], dtype="str"), "why": pd.Series(why[out], dtype="str")})
