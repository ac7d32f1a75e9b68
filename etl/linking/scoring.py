"""From a pair's name and place to a score, 0 to 1, and what speaks against it.

    score = w · name + (1 − w) · near,   w = 0.65 · (½ + ½ · telling),   near = 1 / (1 + (metres / d)²)

`telling` says how rare the words of the names are. A rare name may lie farther off (d = a third of `within_m`) and weighs more
than the place; a name of general words alone must be at the very place. Marks that differ halve the score, smaller doubts
take something off. Every number here is our judgement, measured in `docs/linking.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import cKDTree

from etl.linking.candidates import Flags, Pairs
from etl.linking.likeness import Likeness, Weight, compare
from etl.linking.names import MARKS, Name
from etl.linking.records import Floats, Ints, Records
from etl.recipe import Link
from geodata.spatial import chord, unit_vectors

NAME_WEIGHT = 0.65
UNTOLD_REACH = 0.2  # of d, for a name of general words alone
ONE_OF_ITS_NAME = 0.6  # least `near` of a rare name that each source has once
AREA_DIFFERS, AREA_DIFFERS_AT_SPOT, SPOT_M = 0.2, 0.12, 100.0
LEVELS = {
    "declared level": 0.25,  # the registers' levels differ, the names say nothing
    "level": 0.1,  # the registers' levels differ, the names' do not
    "one level": 0.06,  # one says its level
    "nursery": 0.2,  # one name says that it is before primary, the other nothing: nurseries are schools of their own
}
# one has it, one not
DOUBTS = {"number": 0.16, "letter": 0.08, "side": 0.1, "branch": 0.15, "sex": 0.05, "owner": 0.03}
AGAINST = 0.5  # factor where marks differ
SWAPPED = 0.05
NO_PLACE, NO_PLACE_TELLING, SAME_AREA, OTHER_AREA = 0.5, 0.25, 0.12, 0.3  # where a location is lacking
ALONE_M, ALONE_WITHIN_M = 60.0, 300.0  # at one spot, and no other school of either source around
UNNAMED = 0.5  # likeness of a name that one of the two does not have
BELOW = 0.01  # what keeps a score under a threshold
LEVEL = MARKS.index("level")


@dataclass(frozen=True)
class Scored:
    """Pairs with their score and its parts; `against` and `doubts` name marks; `area` 1 the same, 0 another, −1 unknown."""

    pairs: Pairs
    score: Floats
    likeness: list[Likeness]
    area: Ints
    alone: Flags
    once: Flags


def score(
    left: Records, right: Records, found: Pairs, areas: tuple[Ints, Ints], *, how: Link, weight: Weight
) -> Scored:
    """Every pair's score, rounded to thousandths."""
    likeness = _likeness(left, right, found, weight)
    ours, theirs = areas[0][found.left], areas[1][found.right]
    area = np.where((ours < 0) | (theirs < 0), -1, (ours == theirs).astype(np.int64))
    once = _once(left.names)[found.left] & _once(right.names)[found.right]
    alone = _alone(left, right, found)
    name, telling = (np.array([getattr(x, c) for x in likeness], dtype=np.float64) for c in ("name", "telling"))
    bare = np.array([not (left.names[i].core and right.names[j].core) for i, j in zip(found.left, found.right, strict=True)], dtype=bool)  # fmt: skip
    unnamed = np.array([not (left.texts[i] and right.texts[j]) for i, j in zip(found.left, found.right, strict=True)], dtype=bool)  # fmt: skip
    name = np.where(unnamed, UNNAMED, name)
    same = (name >= 0.97) & (telling >= 1) & once
    placed = ~np.isnan(found.metres)
    out = np.where(
        placed, _placed(found.metres, name, telling, same=same, within_m=how.within_m), _unplaced(name, telling, area)
    )
    out = out + np.where(placed, _of_area(area, found.metres), 0) - SWAPPED * found.swapped
    out = out - np.array([_doubts(x) for x in likeness])
    against = np.array([bool(x.against) for x in likeness], dtype=bool)
    out = np.where(against, AGAINST * out, out)
    astray = (found.metres > how.within_m) | (~placed & (area != 1))
    only_review = unnamed | (bare & (name < 0.97)) | astray
    out = np.where(only_review, np.minimum(out, how.accept_from - BELOW), out)
    out = np.where(alone & ~against, np.maximum(out, how.review_from), out)
    return Scored(found, np.round(np.clip(out, 0, 1), 3), likeness, area, alone, once)


def _placed(metres: Floats, name: Floats, telling: Floats, *, same: Flags, within_m: float) -> Floats:
    weight = NAME_WEIGHT * (0.5 + 0.5 * telling)
    reach = within_m / 3 * (UNTOLD_REACH + (1 - UNTOLD_REACH) * telling)
    near = 1 / (1 + (np.nan_to_num(metres) / reach) ** 2)
    near = np.where(same & (metres <= within_m), np.maximum(near, ONE_OF_ITS_NAME), near)
    return np.asarray(weight * name + (1 - weight) * near)


def _unplaced(name: Floats, telling: Floats, area: Ints) -> Floats:
    by_area = np.select([area == 1, area == 0], [SAME_AREA, -OTHER_AREA], 0.0)
    return np.asarray(name * (NO_PLACE + NO_PLACE_TELLING * telling) + by_area * name)


def _of_area(area: Ints, metres: Floats) -> Floats:
    apart = np.where(metres <= SPOT_M, AREA_DIFFERS_AT_SPOT, AREA_DIFFERS)
    return np.where(area == 0, -apart, 0.0)


def _doubts(likeness: Likeness) -> float:
    return sum(DOUBTS.get(mark) or LEVELS[mark] for mark in likeness.doubts)


def _likeness(left: Records, right: Records, found: Pairs, weight: Weight) -> list[Likeness]:
    """Names word by word, each two different names once; then the levels of name and register."""
    seen: dict[tuple[int, int], Likeness] = {}
    ours, theirs = _numbers(left.names), _numbers(right.names)
    out = []
    for i, j in zip(found.left.tolist(), found.right.tolist(), strict=True):
        pair = (ours[i], theirs[j])
        if pair not in seen:
            seen[pair] = compare(left.names[i], right.names[j], weight)
        out.append(_with_levels(seen[pair], left, right, i, j))
    return out


def _numbers(names: list[Name]) -> list[int]:
    known: dict[Name, int] = {}
    return [known.setdefault(name, len(known)) for name in names]


def _with_levels(likeness: Likeness, left: Records, right: Records, i: int, j: int) -> Likeness:
    said = _levels(left.names[i].marks[LEVEL], right.names[j].marks[LEVEL], left.levels[i], right.levels[j])
    if said == "against":
        return replace(likeness, against=(*likeness.against, "level"))
    return replace(likeness, doubts=(*likeness.doubts, said)) if said else likeness


def _levels(one: frozenset[str], other: frozenset[str], its: frozenset[str], others: frozenset[str]) -> str:
    """What two schools' levels say, by their names (`one`, `other`), else as declared: "against", a key of LEVELS, or nothing."""
    first, second = one or its, other or others
    if first and second:
        if not first & second:
            return "against" if one or other else "declared level"
        return "level" if its and others and not its & others else ""
    if {"0"} in (one, other):
        return "nursery"
    return "one level" if first or second else ""


def _once(names: list[Name]) -> Flags:
    """Which names, marks and all, no other school of their source has."""
    times: dict[object, int] = {}
    for name in names:
        times[name.key] = times.get(name.key, 0) + 1
    return np.array([bool(n.core) and times[n.key] == 1 for n in names], dtype=bool)


def _alone(left: Records, right: Records, found: Pairs) -> Flags:
    """Pairs at one spot without any other school of either source around."""
    out = found.metres <= ALONE_M
    rows = np.flatnonzero(out)
    if len(rows):
        around = np.zeros(len(rows), dtype=np.int64)
        points = unit_vectors(left.lat[found.left[rows]], left.lon[found.left[rows]])
        for side in (left, right):
            here = side.located
            tree = cKDTree(unit_vectors(side.lat[here], side.lon[here]))
            around += tree.query_ball_point(points, chord(ALONE_WITHIN_M), return_length=True)
        out[rows] = around == 2  # the two themselves
    return np.asarray(out)
