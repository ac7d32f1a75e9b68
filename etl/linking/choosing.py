"""One partner each: the pairs that both schools rank first, by a clear margin; the same whatever the order of rows.

A school that two others fit almost equally well is given to neither: a person decides. A pair is taken only where no other
pair of either school comes near; then both leave, and the rest is looked at again, until nothing more is clear.
"""

from __future__ import annotations

import numpy as np

from etl.linking.candidates import Flags
from etl.linking.records import Floats, Ints

THOUSAND = 1000  # scores are thousandths: whole numbers compare exactly


def choose(left: Ints, right: Ints, score: Floats, *, accept_from: float, apart_by: float) -> tuple[Flags, Flags]:
    """Which pairs are taken, and which stay open (neither of their schools was taken). `score` of every pair worth a look."""
    points = np.rint(score * THOUSAND).astype(np.int64)
    accept, margin = round(accept_from * THOUSAND), max(round(apart_by * THOUSAND), 1)
    taken = np.zeros(len(points), dtype=bool)
    open_ = np.ones(len(points), dtype=bool)
    while True:
        clear = open_ & (points >= accept)
        for side in (left, right):
            clear &= points - _best_other(side, points, open_) >= margin
        if not clear.any():
            return taken, open_
        taken |= clear
        gone = np.isin(left, left[clear]) | np.isin(right, right[clear])
        open_ &= ~gone


def _best_other(side: Ints, points: Ints, open_: Flags) -> Ints:
    """For each open pair the best score among the other open pairs of the same school; far below nothing where none is."""
    nothing = -THOUSAND * THOUSAND
    size = int(side.max(initial=-1)) + 1
    rows = np.flatnonzero(open_)
    order = rows[np.lexsort((-points[rows], side[rows]))]
    schools = side[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = schools[1:] != schools[:-1]
    second = np.zeros(len(order), dtype=bool)
    second[1:] = ~first[1:] & first[:-1]
    best, next_ = np.full(size, nothing, dtype=np.int64), np.full(size, nothing, dtype=np.int64)
    best[schools[first]], next_[schools[second]] = points[order[first]], points[order[second]]
    is_first = np.zeros(len(points), dtype=bool)
    is_first[order[first]] = True
    return np.where(is_first, next_[side], best[side])
