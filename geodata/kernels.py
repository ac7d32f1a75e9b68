"""Loops compiled to machine code: neighbours over a tree along a space-filling curve and along roads, points in polygons.

The tree is packed: points sorted along a curve, each `FAN` of them in a leaf, each `FAN` boxes in a box above. Boxes
are over unit vectors, so the distance to a box never exceeds that to a point in it, at any latitude and across the
antimeridian; whatever the order of the points, what is found is right, and a good order makes it quick.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

FAN = 8
STACK = 512  # boxes that wait: at most FAN − 1 at each of the levels, which are few
ROUNDING = 1e-12  # of a determinant, relative to its terms: nearer to zero than that, the sign is left to GEOS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile at the first call and keep the machine code on disk, where any folder for it can be written."""
    try:
        return numba.njit(cache=True, nogil=True)(function)  # type: ignore[no-any-return]
    except RuntimeError:  # no folder to keep it in
        return numba.njit(nogil=True)(function)  # type: ignore[no-any-return]


def pack(vectors: Floats) -> tuple[Floats, Ints]:
    """Boxes of a packed tree over points (n × 3, n > 0) in their order, level by level from the leaves to the root.

    Boxes are rows of least and most x, y, z; the second array says where each level starts, and where the last ends.
    """
    low, high, starts = vectors, vectors, [0]
    parts: list[Floats] = []
    while len(low) > 1 or not parts:
        at = np.arange(0, len(low), FAN)
        low, high = np.minimum.reduceat(low, at), np.maximum.reduceat(high, at)
        parts.append(np.hstack((low, high)))
        starts.append(starts[-1] + len(low))
    return np.ascontiguousarray(np.vstack(parts)), np.asarray(starts, dtype=np.int64)


@compiled
def _to_box(boxes: Floats, box: int, x: float, y: float, z: float) -> float:
    """Square of the distance from a point to a box, 0 inside it."""
    a = max(boxes[box, 0] - x, 0.0, x - boxes[box, 3])
    b = max(boxes[box, 1] - y, 0.0, y - boxes[box, 4])
    c = max(boxes[box, 2] - z, 0.0, z - boxes[box, 5])
    square: float = a * a + b * b + c * c
    return square


@compiled
def along_curve(lat: Floats, lon: Floats) -> Ints:
    """Morton codes of points in degrees: near in the code is near in space."""
    codes = np.empty(len(lat), np.int64)
    for p in range(len(lat)):
        x = min(int((lon[p] + 180.0) / 360.0 * 65536), 65535)
        y = min(int((lat[p] + 90.0) / 180.0 * 65536), 65535)
        code = 0
        for bit in range(16):
            code |= ((x >> bit & 1) << (2 * bit)) | ((y >> bit & 1) << (2 * bit + 1))
        codes[p] = code
    return codes


@compiled
def nearest_of(vectors: Floats, boxes: Floats, starts: Ints, queries: Floats, most: float) -> tuple[Ints, Floats]:
    """Position of the nearest point to each query, −1 if none within the square `most`, and the square of the chord."""
    found, square = np.full(len(queries), -1, np.int64), np.full(len(queries), np.inf)
    levels = len(starts) - 1
    node, level, waits = np.empty(STACK, np.int64), np.empty(STACK, np.int64), np.empty(STACK)
    last = -1
    for q in range(len(queries)):
        x, y, z = queries[q, 0], queries[q, 1], queries[q, 2]
        best, limit = -1, most
        if last >= 0:  # the neighbour of the query before is seldom far
            d = (vectors[last, 0] - x) ** 2 + (vectors[last, 1] - y) ** 2 + (vectors[last, 2] - z) ** 2
            if d <= limit:
                best, limit = last, d
        node[0], level[0], waits[0], size = 0, levels - 1, 0.0, 1
        while size:
            size -= 1
            if waits[size] > limit:
                continue
            here, depth = node[size], level[size]
            first = here * FAN
            if depth == 0:
                for p in range(first, min(first + FAN, len(vectors))):
                    d = (vectors[p, 0] - x) ** 2 + (vectors[p, 1] - y) ** 2 + (vectors[p, 2] - z) ** 2
                    if d < limit or (d == limit and (best < 0 or p < best)):
                        best, limit = p, d
                continue
            below, end = starts[depth - 1], starts[depth]
            bottom = size
            for child in range(first, min(first + FAN, end - below)):
                d = _to_box(boxes, below + child, x, y, z)
                if d <= limit:
                    at = size
                    while at > bottom and waits[at - 1] < d:  # the nearest box on top
                        node[at], level[at], waits[at] = node[at - 1], level[at - 1], waits[at - 1]
                        at -= 1
                    node[at], level[at], waits[at] = child, depth - 1, d
                    size += 1
        if best >= 0:
            found[q], square[q], last = best, limit, best
    return found, square


@compiled
def counts_of(vectors: Floats, boxes: Floats, starts: Ints, squares: Floats) -> Ints:
    """How many points, itself included, lie within each chord (its square, ascending) of each point (n × chords)."""
    counts = np.zeros((len(vectors), len(squares)), np.int64)
    levels, widest = len(starts) - 1, squares[-1]
    node, level = np.empty(STACK, np.int64), np.empty(STACK, np.int64)
    for q in range(len(vectors)):
        x, y, z = vectors[q, 0], vectors[q, 1], vectors[q, 2]
        node[0], level[0], size = 0, levels - 1, 1
        while size:
            size -= 1
            here, depth = node[size], level[size]
            first = here * FAN
            if depth == 0:
                for p in range(first, min(first + FAN, len(vectors))):
                    d = (vectors[p, 0] - x) ** 2 + (vectors[p, 1] - y) ** 2 + (vectors[p, 2] - z) ** 2
                    for k in range(len(squares)):
                        counts[q, k] += d <= squares[k]
                continue
            below, end = starts[depth - 1], starts[depth]
            for child in range(first, min(first + FAN, end - below)):
                if _to_box(boxes, below + child, x, y, z) <= widest:
                    node[size], level[size] = child, depth - 1
                    size += 1
    return counts


@compiled
def crossings(  # noqa: PLR0912, PLR0917 - one compiled loop over arrays
    x: Floats, y: Floats, runs: Ints, sides: Floats, corners: Floats, joined: NDArray[np.bool_], ends: Ints
) -> tuple[Ints, Ints, NDArray[np.bool_]]:
    """Pairs of a point (sorted by y) and a shape that may hold it, shape by shape; the third says where one must ask.

    `runs`: from which to which point a shape's height reaches; `sides`: its least and most x; `corners`: x, y, those of
    a shape up to its `ends`, an edge to the next where `joined`. The even-odd rule, half-open at the upper end; one must ask wherever an edge is too
    near to tell the side, so for each point on an edge. The pairs that are sure are held.
    """
    points, shapes, asks = [np.int64(0) for _ in range(0)], [np.int64(0) for _ in range(0)], [False for _ in range(0)]
    near, state = np.empty(len(x), np.int64), np.zeros(len(x), np.int8)
    nx, ny = np.empty(len(x)), np.empty(len(x))
    for s in range(len(ends)):
        size = 0
        for p in range(runs[s, 0], runs[s, 1]):
            if sides[0, s] <= x[p] <= sides[1, s]:
                near[size], nx[size], ny[size], state[size] = p, x[p], y[p], 0
                size += 1
        if not size:
            continue
        for e in range(ends[s - 1] if s else 0, ends[s]):
            if not joined[e]:
                continue
            x1, y1, x2, y2 = corners[e, 0], corners[e, 1], corners[e + 1, 0], corners[e + 1, 1]
            if y1 > y2:
                x1, y1, x2, y2 = x2, y2, x1, y1
            p = np.searchsorted(ny[:size], y1)
            while p < size and ny[p] <= y2:
                left, right = (x2 - x1) * (ny[p] - y1), (y2 - y1) * (nx[p] - x1)
                if abs(left - right) <= ROUNDING * (abs(left) + abs(right)):
                    if y1 < y2 or min(x1, x2) <= nx[p] <= max(x1, x2):
                        state[p] |= 2
                elif ny[p] < y2 and left > right:
                    state[p] ^= 1
                p += 1
        for p in range(size):
            if state[p]:
                points.append(near[p])
                shapes.append(np.int64(s))
                asks.append(state[p] >= 2)
    return np.array(points, dtype=np.int64), np.array(shapes, dtype=np.int64), np.array(asks, dtype=np.bool_)


@compiled
def run_sums(  # noqa: PLR0917 - one compiled loop over arrays
    people: Floats, count: Ints, place: Floats, geometry: Floats, squares: Floats, sums: Floats, cells: Ints
) -> None:
    """Add to `sums` and `cells` (n × radii) what lies in a block's rows within each radius.

    `people` and `count` are running totals along the rows; `place` has latitude and longitude in degrees; `geometry` is
    north, west, height, width of the block in degrees; `squares` are sin²(r/2R). Half the width of a radius along another
    parallel comes from the haversine: sin²(Δλ/2) = (sin²(r/2R) − sin²(Δφ/2)) / (cos φ₁ cos φ₂).
    """
    north, west, height, width = geometry[0], geometry[1], geometry[2], geometry[3]
    rows, columns = people.shape[0], people.shape[1] - 1
    widest = np.degrees(2 * np.arcsin(np.sqrt(squares.max()))) + 1e-9
    for p in range(len(place)):
        lat, lon = place[p, 0], place[p, 1]
        phi = np.radians(lat)
        level = np.cos(phi)
        first = max(0, int(np.floor((north - lat - widest) / height)))
        last = min(rows - 1, int(np.floor((north - lat + widest) / height)) + 1)
        for row in range(first, last + 1):
            psi = np.radians(north - (row + 0.5) * height)
            off = np.sin((phi - psi) / 2) ** 2
            scale = max(level * np.cos(psi), 1e-300)
            for k in range(len(squares)):
                spare = squares[k] - off
                if spare < 0:
                    continue
                half = min(np.degrees(2 * np.arcsin(np.sqrt(min(spare / scale, 1.0)))), 180 - 1e-9)
                for shift in (-360.0, 0.0, 360.0):  # a radius may reach over the antimeridian
                    middle = (lon + shift - west) / width - 0.5
                    low = min(max(np.ceil(middle - half / width), 0.0), float(columns))
                    high = min(max(np.floor(middle + half / width) + 1, 0.0), float(columns))
                    if high > low:
                        sums[p, k] += people[row, int(high)] - people[row, int(low)]
                        cells[p, k] += count[row, int(high)] - count[row, int(low)]


@compiled
def labels_of(  # noqa: PLR0917 - one compiled loop over arrays
    first: Ints, to: Ints, metres: Floats, at: Ints, label: Ints, away: Floats, k: int, limit: float
) -> tuple[Ints, Floats]:
    """The k nearest labels of each point of a graph and how far they are (points × k; −1 and infinite where fewer).

    Edges of point p are `first[p]` to `first[p + 1]` of `to` and `metres`. Label `label[i]` starts at point `at[i]`, `away[i]`
    from it. Nothing beyond the limit is found. Equally far labels: the lower one first.
    """
    points = len(first) - 1
    found, far = np.full((points, k), -1, np.int64), np.full((points, k), np.inf)
    count = np.zeros(points, np.int64)
    heap = [(away[i], label[i], at[i]) for i in range(len(at)) if away[i] <= limit]
    heapq.heapify(heap)
    while heap:
        so_far, mine, p = heapq.heappop(heap)
        if count[p] == k or (found[p, : count[p]] == mine).any():
            continue
        found[p, count[p]], far[p, count[p]] = mine, so_far
        count[p] += 1
        for e in range(first[p], first[p + 1]):
            q, there = to[e], so_far + metres[e]
            if there <= limit and count[q] < k and not (found[q, : count[q]] == mine).any():
                heapq.heappush(heap, (there, mine, q))
    return found, far
