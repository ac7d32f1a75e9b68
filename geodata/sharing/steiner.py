"""Fibre trees over a road graph that may turn off at junctions: a stretch that several ways share is built once.

Mehlhorn's form of the 2-approximation: every road point belongs to its nearest place; where two places' points meet, the
way between them is a link; the least tree of links is taken, its ways are laid over each other, and dead ends are cut.
All nodes count as one place, because they are connected already.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra, minimum_spanning_tree
from scipy.spatial import cKDTree

from geodata.arrays import Codes, Floats
from geodata.people.catchment import DOORS, Roads
from geodata.spatial import arc, chord, unit_vectors

LEAST_M = 1e-6  # an edge of no length would be no edge in a sparse matrix


@dataclass(frozen=True)
class Graph:
    """Points and stretches: positions of both ends and metres. `terminals`: those to be joined, the network first."""

    size: int
    start: Codes
    end: Codes
    metres: Floats
    terminals: Codes


@dataclass(frozen=True)
class Laid:
    """What is built: positions of stretches in the graph. `reached`: which terminals hang on the network, in their order.
    `links_m`: metres if every link of the tree were built by itself."""

    stretches: Codes
    length_m: float
    links_m: float
    reached: np.ndarray[tuple[int], np.dtype[np.bool_]]


def over_roads(
    roads: Roads,
    sites: tuple[Floats, Floats],
    nodes: tuple[Floats, Floats],
    *,
    snap_m: float,
    detour: float = 1.0,
    straight: tuple[Codes, Codes, Floats] | None = None,
) -> Graph:
    """The road graph with sites and nodes (latitudes, longitudes) joined to the road points next to them, straight times
    the detour; a place farther than `snap_m` from every road is on none. Point 0 is the network; sites follow the road
    points. `straight`: links beside the roads, as two sites (−1: the network) and metres."""
    count = len(roads.lat)
    parts = [(roads.start + 1, roads.end + 1, roads.metres)]
    tree = cKDTree(unit_vectors(roads.lat, roads.lon)) if count else None
    for (lat, lon), first in ((nodes, None), (sites, count + 1)):
        if tree is None or not len(lat):
            continue
        most = np.nextafter(chord(snap_m), np.inf)
        away, point = tree.query(unit_vectors(lat, lon), k=min(DOORS, count), distance_upper_bound=most)
        place, door = np.nonzero(np.isfinite(np.reshape(away, (len(lat), -1))))
        far, near = (np.reshape(v, (len(lat), -1))[place, door] for v in (away, point))
        own = np.zeros(len(place), dtype=np.int64) if first is None else first + place
        parts.append((own, near.astype(np.int64) + 1, arc(far) * detour))
    if straight is not None:
        ends = [np.where(end < 0, 0, end + count + 1) for end in straight[:2]]
        parts.append((ends[0], ends[1], straight[2]))
    start, end, metres = (np.concatenate([part[n] for part in parts]) for n in range(3))
    size = count + 1 + len(sites[0])
    terminals = np.concatenate(([0], np.arange(count + 1, size)))
    return Graph(size, start.astype(np.int64), end.astype(np.int64), np.maximum(metres, LEAST_M), terminals)


def lay(graph: Graph, *, longest_m: float = np.inf) -> Laid:
    """The tree over the terminals that the network reaches by links no longer than `longest_m`."""
    near, far, source, before = _regions(graph)
    link = _links(graph, near, source, longest_m)
    tree = _least(link[0], link[1], link[2], graph.size)
    hung = connected_components(csr_array((np.ones(len(tree)), (link[0][tree], link[1][tree])), shape=(graph.size, graph.size)), directed=False)[1]  # fmt: skip
    reached = hung[graph.terminals] == hung[graph.terminals[0]]
    tree = tree[hung[link[0][tree]] == hung[graph.terminals[0]]]
    used = _stretches(graph, link[3][tree], before, far)
    kept = _pruned(graph, used)
    return Laid(kept, float(graph.metres[kept].sum()), float(link[2][tree].sum()), reached)


def _matrix(graph: Graph, rows: Codes, weight: Floats) -> csr_array:
    """Some stretches as a matrix, the least weight of two between the same points."""
    a, b = np.minimum(graph.start[rows], graph.end[rows]), np.maximum(graph.start[rows], graph.end[rows])
    order = np.lexsort((rows, weight, b, a))
    a, b, weight = a[order], b[order], weight[order]
    first = np.r_[True, (a[1:] != a[:-1]) | (b[1:] != b[:-1])] & (a != b) if len(a) else np.zeros(0, dtype=bool)
    return csr_array((weight[first], (a[first], b[first])), shape=(graph.size, graph.size))


def _regions(graph: Graph) -> tuple[Floats, dict[tuple[int, int], int], Codes, Codes]:
    """Metres of each point to its nearest terminal, the stretch between two points, that terminal, the point before."""
    rows = np.arange(len(graph.metres))
    order = rows[np.lexsort((rows, graph.metres))][::-1]  # the shortest of two stretches is written last
    pairs = zip(graph.start[order].tolist(), graph.end[order].tolist(), order.tolist(), strict=True)
    stretch = {(min(a, b), max(a, b)): row for a, b, row in pairs}
    matrix = _matrix(graph, rows, graph.metres)
    near, before, source = dijkstra(matrix, directed=False, indices=graph.terminals, min_only=True, return_predecessors=True)  # fmt: skip
    return near, stretch, source.astype(np.int64), before.astype(np.int64)


def _links(graph: Graph, near: Floats, source: Codes, longest: float) -> tuple[Codes, Codes, Floats, Codes]:
    """The shortest way between each two terminals whose points meet: both, metres, and the stretch where they meet."""
    a, b = source[graph.start], source[graph.end]
    way = near[graph.start] + graph.metres + near[graph.end]
    rows = np.flatnonzero((a >= 0) & (b >= 0) & (a != b) & (way <= longest))
    one, other = np.minimum(a[rows], b[rows]), np.maximum(a[rows], b[rows])
    order = np.lexsort((rows, way[rows], other, one))
    one, other, rows = one[order], other[order], rows[order]
    first = np.r_[True, (one[1:] != one[:-1]) | (other[1:] != other[:-1])] if len(rows) else np.zeros(0, dtype=bool)
    return one[first], other[first], way[rows[first]], rows[first]


def _least(one: Codes, other: Codes, metres: Floats, size: int) -> Codes:
    """Positions of the links of the least forest; equal ones in the order given."""
    order = np.argsort(metres, kind="stable")
    rank = np.arange(1, len(order) + 1, dtype=np.float64)
    forest = minimum_spanning_tree(csr_array((rank, (one[order], other[order])), shape=(size, size)))
    return np.sort(order[np.rint(forest.data).astype(np.int64) - 1]).astype(np.int64)


def _stretches(graph: Graph, meets: Codes, before: Codes, stretch: dict[tuple[int, int], int]) -> Codes:
    """All stretches of the ways through some stretches where regions meet, back to the terminals on both sides."""
    used: set[int] = set()
    for row in meets.tolist():
        used.add(row)
        for point in (int(graph.start[row]), int(graph.end[row])):
            at = point
            while before[at] >= 0:
                used.add(stretch[min(at, int(before[at])), max(at, int(before[at]))])
                at = int(before[at])
    return np.array(sorted(used), dtype=np.int64)


def _pruned(graph: Graph, used: Codes) -> Codes:
    """The least tree of the stretches, without ends that are no terminal."""
    kept = used[_least(graph.start[used], graph.end[used], graph.metres[used], graph.size)] if len(used) else used
    ends = np.zeros(graph.size, dtype=bool)
    ends[graph.terminals] = True
    while len(kept):
        degree = np.bincount(np.r_[graph.start[kept], graph.end[kept]], minlength=graph.size)
        dead = (degree == 1) & ~ends
        cut = dead[graph.start[kept]] | dead[graph.end[kept]]
        if not cut.any():
            break
        kept = kept[~cut]
    return kept
