"""Which schools a place reaches, and how far the nearest is: along roads where they are known, else in a straight line.

With roads, a way is either a straight walk, or a straight walk to the road, the road, and a straight walk from it; the
cost is minutes. Without roads it is the great-circle distance in metres, and the result says so (`measure`): a straight
line is never called a travel time.

A road network is points (the lines' own, and more between them) joined by stretches. Line ends closer than a stated
gap to another line are taken as joined to it. Schools are taken in small groups of neighbours, and each group sees only
the roads around it, so memory does not grow with the country.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from geodata.kernels import along_curve
from geodata.policy import Policy
from geodata.spatial import EARTH_RADIUS_M, Flags, Floats, Ints, arc, chord, distance, nearest, unit_vectors

MINUTES, METRES = "minutes", "metres"
STEP_DEGREES = 0.0025  # a road has a point about every 280 m at least
DOORS = 4  # the nearest road points that a place may walk to
GROUP = 128  # schools looked at together
TOUCH = 5  # decimals of a degree within which two points of a road are one: about a metre


@dataclass(frozen=True)
class Roads:
    """Points in degrees, and stretches between them: positions of both ends, and metres."""

    lat: Floats
    lon: Floats
    start: Ints
    end: Ints
    metres: Floats


@dataclass(frozen=True)
class Reach:
    """Pairs of places and schools within reach, by cost (minutes or metres, see `measure`); positions from 0."""

    place: Ints
    school: Ints
    cost: Floats
    shape: tuple[int, int]

    def matrix(self) -> csr_array:
        """The costs as a sparse matrix, places × schools."""
        return csr_array((self.cost, (self.place, self.school)), shape=self.shape)


@dataclass(frozen=True)
class Ways:
    """How ways are measured: the roads (None: straight lines) and the speeds, in metres a minute."""

    roads: Roads | None
    walk: float
    road: float

    @property
    def measure(self) -> str:
        """`minutes` along roads, or `metres` in a straight line."""
        return METRES if self.roads is None else MINUTES


def ways(roads: Roads | None, policy: Policy) -> Ways:
    """Ways at the policy's speeds on and off the road (km/h)."""
    walk, road = (policy.number(f"travel_{where}_kmh") * 1000 / 60 for where in ("offroad", "road"))
    return Ways(roads, walk, road)


def road_network(lines: Any, gap_m: float) -> Roads:
    """The network of an array of lines in degrees; ends of a line closer than `gap_m` to another are joined to it."""
    parts = shapely.get_parts(np.asarray(lines, dtype=object))
    parts = parts[(shapely.get_type_id(parts) == 1) & ~shapely.is_empty(parts)]
    parts = shapely.segmentize(parts, STEP_DEGREES)
    at, line = shapely.get_coordinates(parts, return_index=True)
    rounded = np.round(at[:, :2], TOUCH)
    points, number = np.unique(rounded, axis=0, return_inverse=True)
    number = number.ravel()
    inner = np.flatnonzero(line[1:] == line[:-1])
    pairs = np.column_stack((number[inner], number[inner + 1]))
    change = line[1:] != line[:-1]
    ends = np.flatnonzero(np.r_[True, change] | np.r_[change, True]) if len(line) else np.empty(0, dtype=np.int64)
    joins = _joined(points, number, line, ends, gap_m)
    pairs = np.unique(np.sort(np.concatenate((pairs, joins)), axis=1), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    lat, lon = points[:, 1].copy(), points[:, 0].copy()
    a, b = pairs[:, 0], pairs[:, 1]
    return Roads(lat, lon, a, b, distance(lat[a], lon[a], lat[b], lon[b]))


def _joined(points: Floats, number: Ints, line: Ints, ends: Ints, gap_m: float) -> Ints:
    """Pairs of points: each end of a line, and the nearest point of another line within the gap."""
    if not len(ends) or gap_m <= 0:
        return np.empty((0, 2), dtype=np.int64)
    tree = cKDTree(unit_vectors(points[:, 1], points[:, 0]))
    owner = np.full(len(points), -1, dtype=np.int64)
    owner[number] = line
    shared = np.zeros(len(points), dtype=bool)
    shared[number[line != owner[number]]] = True  # a point of several lines is joined already
    found = []
    for end in np.unique(number[ends]):
        if shared[end]:
            continue
        near = np.array(tree.query_ball_point(tree.data[end], chord(gap_m)), dtype=np.int64)
        near = near[(owner[near] != owner[end]) | shared[near]]
        if len(near):
            away = distance(points[near, 1], points[near, 0], points[end, 1], points[end, 0])
            found.append((int(end), int(near[np.lexsort((near, away))[0]])))
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def nearest_school(lat: Floats, lon: Floats, to_lat: Floats, to_lon: Floats, by: Ways) -> tuple[Ints, Floats, Floats]:
    """The nearest school of each place: its position (−1 where there is none), its cost, and the straight-line metres
    to the school that is nearest in a straight line."""
    index, metres = nearest(lat, lon, to_lat, to_lon)
    if by.roads is None:
        return index, metres, metres
    best, chosen = metres / by.walk, index
    if not len(to_lat) or not len(by.roads.lat):
        return chosen, best, metres
    tree = _tree(by.roads.lat, by.roads.lon)
    graph = _graph(by.roads, by, *_doors(tree, to_lat, to_lon))
    first = len(by.roads.lat)
    targets = np.arange(first, first + len(to_lat))
    minutes, _, source = dijkstra(graph, indices=targets, min_only=True, return_predecessors=True)
    point, walk = _doors(tree, lat, lon)
    by_road = walk / by.walk + minutes[point]
    way, rows = by_road.argmin(axis=1), np.arange(len(lat))
    better = by_road[rows, way] < best
    best = np.where(better, by_road[rows, way], best)
    return np.where(better, source[point[rows, way]] - first, chosen), best, metres


def schools_in_reach(lat: Floats, lon: Floats, to_lat: Floats, to_lon: Floats, *, limit: float, by: Ways) -> Reach:
    """Every pair of place and school within a limit (minutes with roads, else metres; the limit itself included)."""
    found = list(_groups_in_reach((lat, lon), (to_lat, to_lon), limit, by)) if len(lat) and len(to_lat) else []
    place, school, cost = (np.concatenate([f[n] for f in found]) if found else np.empty(0) for n in range(3))
    order = np.lexsort((school, place))
    shape = (len(lat), len(to_lat))
    return Reach(place[order].astype(np.int64), school[order].astype(np.int64), cost[order].astype(np.float64), shape)


def _groups_in_reach(
    places: tuple[Floats, Floats], schools: tuple[Floats, Floats], limit: float, by: Ways
) -> Iterator[tuple[Ints, Ints, Floats]]:
    """Group by group of neighbouring schools: the places around them, and the cost of each pair within the limit."""
    roads = by.roads if by.roads is not None and len(by.roads.lat) else None
    far = limit if by.roads is None else limit * max(by.walk, by.road)
    tree = _tree(*places)
    points = None if roads is None else _tree(roads.lat, roads.lon)
    doors = None if points is None else (_doors(points, *places), _doors(points, *schools))
    order = np.argsort(along_curve(*schools), kind="stable")
    for group in np.array_split(order, -(-len(order) // GROUP)):
        lat, lon = (values[group] for values in schools)
        vectors = unit_vectors(lat, lon)
        around = _within(tree, vectors, far)
        metres = distance(places[0][around][:, None], places[1][around][:, None], lat, lon)
        cost = metres if by.roads is None else metres / by.walk
        if roads is not None and points is not None and doors is not None:
            here = _within(points, vectors, far)
            (to, walk), (from_, out) = doors
            cost = np.minimum(cost, _by_road(_part(roads, here), by, (to[around], walk[around]), (from_[group], out[group]), limit))  # fmt: skip
        i, j = np.nonzero(cost <= limit)
        yield around[i], group[j], cost[i, j]


def _tree(lat: Floats, lon: Floats) -> cKDTree:
    return cKDTree(unit_vectors(lat, lon))


def _within(tree: cKDTree, vectors: Floats, metres: float) -> Ints:
    """Positions of the tree's points within a distance of any of the vectors, in order."""
    near = tree.query_ball_point(vectors, np.nextafter(chord(min(metres, np.pi * EARTH_RADIUS_M)), np.inf))
    return np.unique(np.concatenate([np.asarray(some, dtype=np.int64) for some in near]))


def _part(roads: Roads, here: Ints) -> tuple[Roads, Ints]:
    """The roads between some of the points alone, and the new position of every point, −1 for the others."""
    number = np.full(len(roads.lat), -1, dtype=np.int64)
    number[here] = np.arange(len(here))
    start, end = number[roads.start], number[roads.end]
    kept: Flags = (start >= 0) & (end >= 0)
    return Roads(roads.lat[here], roads.lon[here], start[kept], end[kept], roads.metres[kept]), number


def _by_road(
    part: tuple[Roads, Ints], by: Ways, places: tuple[Ints, Floats], schools: tuple[Ints, Floats], limit: float
) -> Floats:
    """Minutes of each pair of place and school over the roads (places × schools), infinite beyond the limit."""
    roads, number = part
    first, count = len(roads.lat), len(schools[0])
    graph = _graph(roads, by, number[schools[0]], schools[1])
    minutes = np.asarray(dijkstra(graph, indices=np.arange(first, first + count), limit=limit))[:, :first]
    minutes = np.column_stack((minutes, np.full(count, np.inf)))  # the last column answers for points elsewhere
    out = np.full((len(places[0]), count), np.inf)
    for door in range(places[0].shape[1]):  # door by door: no block of places × doors × schools
        np.minimum(out, (places[1][:, door] / by.walk)[:, None] + minutes[:, number[places[0][:, door]]].T, out=out)
    return out


def _doors(tree: cKDTree, lat: Floats, lon: Floats) -> tuple[Ints, Floats]:
    """The nearest road points of each place: positions and metres, both places × doors."""
    count = min(DOORS, tree.n)
    away, point = tree.query(unit_vectors(lat, lon), k=count)
    return np.asarray(point, dtype=np.int64).reshape(-1, count), arc(np.asarray(away).reshape(-1, count))


def _graph(roads: Roads, by: Ways, point: Ints, walk: Floats) -> csr_array:
    """The roads with the schools as further points behind them, each joined to its doors (−1: none); in minutes."""
    first = len(roads.lat)
    school = np.repeat(np.arange(first, first + len(point)), point.shape[1])
    there = point.ravel() >= 0
    start, end = np.r_[roads.start, school[there]], np.r_[roads.end, point.ravel()[there]]
    # An edge of no length would be no edge in a sparse matrix.
    minutes = np.maximum(np.r_[roads.metres / by.road, walk.ravel()[there] / by.walk], 1e-9)
    size = first + len(point)
    return csr_array((np.r_[minutes, minutes], (np.r_[start, end], np.r_[end, start])), shape=(size, size))
