"""Underserved children: those out of school, and those in a school without meaningful connectivity.

Where the share out of school, or the connectivity of the schools, is not known, the number has a lower and an upper
bound instead: nobody disappears because nobody counted them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from geodata.spatial import Floats, Ints, floats


@dataclass(frozen=True)
class Bounds:
    """The least and the most that a number may be; both the same where it is known."""

    lower: Floats
    upper: Floats


def underserved(children: ArrayLike, out_of_school: ArrayLike, connected: ArrayLike) -> Floats:
    """Children out of school and in schools that are not meaningfully connected: C·o + C·(1−o)·(1−m).

    `out_of_school` is the share o of the children, `connected` the share m of those in school whose school is
    meaningfully connected. Unknown where any of the three is. Methods, section 7 (E9.2).
    """
    people, out, good = floats(children), floats(out_of_school), floats(connected)
    return np.asarray(people * out + people * (1 - out) * (1 - good))


def out_of_school_bounds(share: ArrayLike) -> Bounds:
    """A share between 0 and 1 as it is; where it is not known, from none to all."""
    known = floats(share)
    return Bounds(np.where(np.isnan(known), 0.0, known), np.where(np.isnan(known), 1.0, known))


def underserved_bounds(children: ArrayLike, out_of_school: Bounds, connected: Bounds) -> Bounds:
    """The least and the most children underserved. More out of school never lowers it, more connected never raises it."""
    return Bounds(
        underserved(children, out_of_school.lower, connected.upper),
        underserved(children, out_of_school.upper, connected.lower),
    )


def connected_share(cell: Ints, learners: Floats, connected: Floats, cells: int) -> Bounds:
    """Share of the learners of each cell's schools that are meaningfully connected, with its bounds.

    One entry a pair of cell and school: `cell` (position), `learners` of the school, `connected` 1, 0 or NaN. A cell
    without any school may have any share.
    """
    total = np.bincount(cell, learners, minlength=cells)
    sure = np.bincount(cell, learners * (connected == 1), minlength=cells)
    maybe = np.bincount(cell, learners * (np.isnan(connected) | (connected == 1)), minlength=cells)
    with np.errstate(invalid="ignore", divide="ignore"):
        return Bounds(np.where(total > 0, sure / total, 0.0), np.where(total > 0, maybe / total, 1.0))
