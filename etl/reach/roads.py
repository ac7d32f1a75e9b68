"""Metres along roads: from each school to the nearest nodes, and between schools.

A place joins the road at its nearest road points within a stated snap distance, straight; beyond it the place is off the
roads and nothing is said along them. One search from all sources at once gives each road point its few nearest sources,
so the work grows with the roads and not with the pairs. No distance is ever shorter than the straight line.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geodata.kernels import labels_of
from geodata.people.catchment import Roads
from geodata.spatial import Flags, Floats, Ints, arc, chord, located, unit_vectors

DOORS = 4  # the nearest road points that a place may join


@dataclass(frozen=True)
class Network:
    """Roads made ready: a tree over their points, the graph in metres, and which points hang together."""

    tree: cKDTree
    graph: csr_array
    part: Ints

    @property
    def points(self) -> int:
        """Road points."""
        return int(self.part.size)


@dataclass(frozen=True)
class Doors:
    """Where places join the roads: road points (places × doors, −1 for none) and the straight metres to them."""

    point: Ints
    metres: Floats


@dataclass(frozen=True)
class Links:
    """Pairs of a place and a label (positions from 0), and metres along roads; by place, then metres, then label."""

    place: Ints
    label: Ints
    metres: Floats


def network(roads: Roads | None) -> Network | None:
    """A network, or None where there are no roads."""
    if roads is None or not len(roads.start):
        return None
    size = len(roads.lat)
    metres = np.maximum(roads.metres, 1e-6)  # an edge of no length would be no edge
    both = np.r_[roads.start, roads.end], np.r_[roads.end, roads.start]
    graph = csr_array((np.r_[metres, metres], both), shape=(size, size))
    part = connected_components(graph, directed=False)[1]
    return Network(cKDTree(unit_vectors(roads.lat, roads.lon)), graph, part.astype(np.int64))


def doors(net: Network, lat: Floats, lon: Floats, snap_m: float) -> Doors:
    """Where places join the roads, none of them farther than `snap_m`."""
    count = min(DOORS, net.points)
    point, metres = np.full((len(lat), count), -1, dtype=np.int64), np.full((len(lat), count), np.inf)
    here = np.flatnonzero(located(lat, lon))
    if len(here):
        bound = np.nextafter(chord(snap_m), np.inf)
        away, near = net.tree.query(unit_vectors(lat[here], lon[here]), k=count, distance_upper_bound=bound)
        away, near = np.reshape(away, (-1, count)), np.reshape(near, (-1, count))
        reached = np.isfinite(away)
        point[here] = np.where(reached, near, -1)
        metres[here] = np.where(reached, arc(np.where(reached, away, 0.0)), np.inf)
    return Doors(point, metres)


def spread(net: Network, sources: Doors, labels: Ints, k: int, limit: float) -> tuple[Ints, Floats]:
    """The k nearest labels of every road point, and metres to them (points × k; −1 and infinite where fewer)."""
    there = sources.point.ravel() >= 0
    at = sources.point.ravel()[there]
    label = np.repeat(labels, sources.point.shape[1])[there]
    away = sources.metres.ravel()[there]
    graph = net.graph
    first, to = graph.indptr.astype(np.int64), graph.indices.astype(np.int64)
    found: tuple[Ints, Floats] = labels_of(first, to, graph.data, at, label.astype(np.int64), away, k, limit)
    return found


def to_nearest(spreading: tuple[Ints, Floats], places: Doors, k: int, limit: float) -> Links:
    """The k nearest labels of each place along the roads."""
    label, far = spreading
    count, width = places.point.shape[0], places.point.shape[1] * label.shape[1]
    safe = np.maximum(places.point, 0)
    labels = label[safe].reshape(count, width)
    metres = (far[safe] + places.metres[:, :, None]).reshape(count, width)
    known = (labels >= 0) & (metres <= limit)
    return shortest(Links(np.nonzero(known)[0], labels[known], metres[known]), k)


def shortest(links: Links, k: int) -> Links:
    """Each pair once, by its shortest way, and of each place the k nearest labels."""
    order = np.lexsort((links.metres, links.label, links.place))
    place, label, metres = links.place[order], links.label[order], links.metres[order]
    once = np.r_[True, (place[1:] != place[:-1]) | (label[1:] != label[:-1])][: len(place)]
    place, label, metres = place[once], label[once], metres[once]
    order = np.lexsort((label, metres, place))
    place, label, metres = place[order], label[order], metres[order]
    kept = nth_of(place) < k
    return Links(place[kept], label[kept], metres[kept])


def nth_of(sorted_groups: Ints) -> Ints:
    """The number of each row within its group, from 0; groups stand together."""
    change = np.flatnonzero(np.r_[True, sorted_groups[1:] != sorted_groups[:-1]][: len(sorted_groups)])
    lengths = np.diff(np.r_[change, len(sorted_groups)])
    numbers: Ints = np.arange(len(sorted_groups)) - np.repeat(change, lengths)
    return numbers


def borders(net: Network, spreading: tuple[Ints, Floats], limit: float) -> Links:
    """Pairs of labels whose nearest areas touch on a road. The least tree over all labels is among these pairs (Mehlhorn,
    A faster approximation algorithm for the Steiner problem in graphs, 1988)."""
    label, far = spreading[0][:, 0], spreading[1][:, 0]
    edges = net.graph.tocoo()
    one, other = edges.coords
    metres = far[one] + edges.data + far[other]
    kept = (label[one] >= 0) & (label[other] >= 0) & (label[one] < label[other]) & (metres <= limit)
    return Links(label[one][kept], label[other][kept], metres[kept])


def joined(net: Network, one: Doors, other: Doors, pairs: tuple[Ints, Ints]) -> Flags:
    """Whether both places of each pair join the same piece of the network."""
    out = np.zeros(len(pairs[0]), dtype=bool)
    for a in range(one.point.shape[1]):
        p = one.point[pairs[0], a]
        for b in range(other.point.shape[1]):
            q = other.point[pairs[1], b]
            out |= (p >= 0) & (q >= 0) & (net.part[np.maximum(p, 0)] == net.part[np.maximum(q, 0)])
    return out
