"""Which pairs are looked at: schools near each other whose names have something in common, never all with all.

Where a location is lacking, the schools of the same declared area; where both are far apart, only those of one and the same
rare name, for a person to look at. Memory grows with the pairs within reach, which are asked for in slices.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from scipy.spatial import cKDTree

from etl.linking.likeness import skeleton
from etl.linking.names import Name
from etl.linking.records import Floats, Ints, Records
from geodata.spatial import arc, chord, distance, unit_vectors

Flags = NDArray[np.bool_]
SLICE = 4_000  # rows of one source that are looked at together
HAVE_IN_COMMON = 55  # likeness of 100 below which two names are not compared further
SAME_SPOT_M = 150.0  # nearer than this, names are compared whatever they are
MOST_OF_AREA = 8  # likest schools of the same area that are compared, where a location is lacking
FAR = 10  # times `within_m`: farther away a name alone says nothing
FRAME = (0.01, 0.99)  # shares of the other source's schools between which its frame lies


@dataclass(frozen=True)
class Pairs:
    """Positions in two sources, metres apart (NaN where a location is lacking), and what is odd about the pair."""

    left: Ints
    right: Ints
    metres: Floats
    swapped: Flags  # one of the two has latitude and longitude swapped

    def __len__(self) -> int:
        return len(self.left)

    def take(self, chosen: Flags | Ints) -> Pairs:
        """Some of the pairs."""
        return Pairs(self.left[chosen], self.right[chosen], self.metres[chosen], self.swapped[chosen])


@dataclass(frozen=True)
class Comparable:
    """Names as texts that can be compared quickly by the hundred thousand."""

    words: list[str]
    sounds: list[str]
    foreign: Flags
    bare: Flags  # general words alone, or none


def comparable(names: list[Name]) -> Comparable:
    """The quick forms of names."""
    return Comparable(
        words=[" ".join(sorted(n.core)) for n in names],
        sounds=["".join(skeleton(w) for w in n.core) for n in names],
        foreign=np.array([n.foreign for n in names], dtype=bool),
        bare=np.array([not n.core for n in names], dtype=bool),
    )


def pairs(left: Records, right: Records, areas: tuple[Ints, Ints], within_m: float) -> Pairs:
    """Every pair worth a closer look, each once, in the order of positions."""
    forms = comparable(left.names), comparable(right.names)
    first, second, swapped = _positions(left, right, within_m)
    found = [*_near(first, second, swapped, within_m, forms), _by_area(left, right, areas, forms)]
    found.append(_by_name(left, right, areas, within_m))
    one = Pairs(*(np.concatenate([getattr(p, c) for p in found]) for c in ("left", "right", "metres", "swapped")))
    one = one.take(np.lexsort((one.right, one.left)).astype(np.int64))
    again = np.zeros(len(one), dtype=bool)
    again[1:] = (one.left[1:] == one.left[:-1]) & (one.right[1:] == one.right[:-1])
    return one.take(~again)


# --- by place -----------------------------------------------------------------------------------------------------


def _positions(left: Records, right: Records, within_m: float) -> tuple[Floats, Floats, tuple[Flags, Flags]]:
    """Unit vectors of both (NaN where not located), with latitude and longitude put right where they are swapped."""
    marks = _swapped(left, right, within_m), _swapped(right, left, within_m)
    points = []
    for side, swapped in zip((left, right), marks, strict=True):
        vectors = unit_vectors(np.where(swapped, side.lon, side.lat), np.where(swapped, side.lat, side.lon))
        vectors[~side.located] = np.nan
        points.append(vectors)
    return points[0], points[1], marks


def _swapped(side: Records, other: Records, within_m: float) -> Flags:
    """Points outside the frame of the other source's that lie near one of its schools when they are swapped."""
    here, there = side.located & (np.abs(side.lon) <= 90), other.located
    if not here.any() or not there.any():
        return np.zeros(len(side), dtype=bool)
    south, north = np.quantile(other.lat[there], FRAME)
    west, east = np.quantile(other.lon[there], FRAME)
    inside, turned = (
        (lat >= south - 1) & (lat <= north + 1) & (lon >= west - 1) & (lon <= east + 1)  # a degree of margin
        for lat, lon in ((side.lat, side.lon), (side.lon, side.lat))
    )
    out = np.asarray(here & ~inside & turned)
    near = cKDTree(unit_vectors(other.lat[there], other.lon[there]))
    out[out] = arc(near.query(unit_vectors(side.lon[out], side.lat[out]))[0]) <= within_m
    return out


def _near(
    first: Floats, second: Floats, swapped: tuple[Flags, Flags], within_m: float, forms: tuple[Comparable, Comparable]
) -> Iterator[Pairs]:  # fmt: skip
    here, there = (np.flatnonzero(~np.isnan(v[:, 0])) for v in (first, second))
    if not len(here) or not len(there):
        return
    tree, reach = cKDTree(second[there]), np.nextafter(chord(within_m), np.inf)
    here = here[np.lexsort(np.round(first[here], 2).T)]  # neighbours together: slices of like size
    for start in range(0, len(here), SLICE):
        rows = here[start : start + SLICE]
        lists: Any = tree.query_ball_point(first[rows], reach)
        i = np.repeat(rows, [len(x) for x in lists])
        j = there[np.fromiter((k for x in lists for k in x), dtype=np.int64, count=len(i))]
        metres = arc(np.sqrt(np.sum((first[i] - second[j]) ** 2, axis=1)))
        found = Pairs(i, j, metres, swapped[0][i] | swapped[1][j])
        yield found.take(_something_in_common(found, *forms))


def _something_in_common(found: Pairs, left: Comparable, right: Comparable) -> Flags:
    """Whether two names share enough to be compared word by word; at one spot, and of general words, always."""
    i, j = found.left, found.right
    keep: Flags = (found.metres <= SAME_SPOT_M) | left.bare[i] | right.bare[j]
    for wanted, a, b, scorer in (
        (~(left.foreign[i] ^ right.foreign[j]), left.words, right.words, fuzz.token_set_ratio),
        (~(left.foreign[i] ^ right.foreign[j]), left.words, right.words, fuzz.ratio),
        (left.foreign[i] ^ right.foreign[j], left.sounds, right.sounds, fuzz.ratio),
    ):
        rows = np.flatnonzero(wanted & ~keep)
        if len(rows):
            scores = process.cpdist([a[k] for k in i[rows]], [b[k] for k in j[rows]], scorer=scorer, dtype=np.float32)
            keep[rows] = scores >= HAVE_IN_COMMON
    return keep


# --- without a place ----------------------------------------------------------------------------------------------


def _by_area(left: Records, right: Records, areas: tuple[Ints, Ints], forms: tuple[Comparable, Comparable]) -> Pairs:
    """Pairs of one declared area where at least one of the two has no location."""
    found: list[tuple[Ints, Ints]] = []
    for area in np.intersect1d(areas[0][areas[0] >= 0], areas[1][areas[1] >= 0]):
        ours, theirs = np.flatnonzero(areas[0] == area), np.flatnonzero(areas[1] == area)
        found.append(_likest(ours, theirs[~right.located[theirs]], *forms))
        found += [
            pair[::-1] for pair in [_likest(theirs[right.located[theirs]], ours[~left.located[ours]], *forms[::-1])]
        ]
    i, j = (np.concatenate([np.zeros(0, dtype=np.int64), *(p[k] for p in found)]) for k in (0, 1))
    return Pairs(i, j, np.full(len(i), np.nan), np.zeros(len(i), dtype=bool))


def _likest(among: Ints, of: Ints, forms: Comparable, its: Comparable) -> tuple[Ints, Ints]:
    """For each row of `of` the likest of `among`, as (positions among, positions of)."""
    if not len(among) or not len(of):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    scores = np.maximum(
        *(
            process.cdist([texts_of[k] for k in of], [texts[k] for k in among], scorer=scorer, dtype=np.float32)
            for texts_of, texts, scorer in ((its.words, forms.words, fuzz.token_set_ratio), (its.sounds, forms.sounds, fuzz.ratio))
        )
    )  # fmt: skip
    # ties at the border are all kept, so that the order of rows changes nothing
    border = np.sort(scores, axis=1)[:, -min(MOST_OF_AREA, scores.shape[1])]
    rows, columns = np.nonzero((scores >= border[:, None]) & (scores >= HAVE_IN_COMMON))
    return among[columns], of[rows]


def _by_name(left: Records, right: Records, areas: tuple[Ints, Ints], within_m: float) -> Pairs:
    """Pairs of one and the same name that no other school of either source has, however the places differ (up to FAR)."""
    ours, theirs = _once(left.names), _once(right.names)
    both = sorted((ours[key], theirs[key]) for key in ours.keys() & theirs.keys())
    i, j = (np.array([p[k] for p in both], dtype=np.int64) for k in (0, 1))
    metres = distance(left.lat[i], left.lon[i], right.lat[j], right.lon[j])
    here = left.located[i] & right.located[j]
    other_area = (areas[0][i] >= 0) & (areas[1][j] >= 0) & (areas[0][i] != areas[1][j])
    keep = np.where(here, metres <= FAR * within_m, ~other_area)
    return Pairs(i, j, np.where(here, metres, np.nan), np.zeros(len(i), dtype=bool)).take(keep)


def _once(names: list[Name]) -> dict[object, int]:
    """Names (with a core) that stand once → their position."""
    found: dict[object, int] = {}
    twice = set()
    for position, name in enumerate(names):
        if name.core:
            if name.key in found:
                twice.add(name.key)
            found[name.key] = position
    return {key: position for key, position in found.items() if key not in twice}
