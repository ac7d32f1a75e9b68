"""Lots too small to be tendered, joined with their nearest neighbours of the same way, across areas."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.arrays import Codes, Floats, number
from geodata.lots.compact import flat
from geodata.say import in_english, tr

APART = "|"  # between the ids of a lot's areas


def joined(code: Codes, chosen: pd.DataFrame, *, least: int, most: int) -> Codes:
    """The lots anew: while one has fewer than `least` schools, the smallest is joined with the nearest of its way, where
    both together are no more than `most`. Schools without a place have no nearest lot. Numbered as before, gaps closed."""
    count = np.bincount(code)
    ways = chosen["way"].groupby(code).first().to_numpy(dtype=object)
    sums = [
        pd.Series(v).groupby(code).sum(min_count=1).to_numpy() / count
        for v in flat(chosen["latitude"], chosen["longitude"])
    ]
    x, y = (number(v) for v in sums)
    into = np.arange(len(count))
    open_ = [n for n in range(len(count)) if count[n] < least and np.isfinite(x[n])]
    while open_:
        small = min(open_, key=lambda n: (count[n], n))
        open_.remove(small)
        near = _nearest(small, into, count, ways, (x, y), most)
        if near < 0:
            continue
        share = count[small] / (count[small] + count[near])
        x[near], y[near] = (v[small] * share + v[near] * (1 - share) for v in (x, y))
        count[near] += count[small]
        into[into == small] = near
        if count[near] >= least and near in open_:
            open_.remove(near)
    return np.unique(into[code], return_inverse=True)[1].astype(np.int64)


def _nearest(small: int, into: Codes, count: Codes, ways: np.ndarray, at: tuple[Floats, Floats], most: int) -> int:  # type: ignore[type-arg]  # fmt: skip  # noqa: PLR0917
    """The nearest lot that could take another one in; −1 where none."""
    fit = (into == np.arange(len(into))) & (ways == ways[small]) & (count + count[small] <= most) & np.isfinite(at[0])
    fit[small] = False
    away = np.where(fit, np.hypot(at[0] - at[0][small], at[1] - at[1][small]), np.inf)
    return int(away.argmin()) if fit.any() else -1


@in_english
def areas_of(part: pd.DataFrame) -> tuple[str, str]:
    """Ids and names of the areas of a lot's schools, in the order of the names; more than three are counted."""
    own = part[["area", "area_id"]].drop_duplicates().sort_values(["area", "area_id"])
    names = [str(a) for a in own["area"] if a]
    said = ", ".join(names[:3])
    said = tr("{names} and {n} more", names=said, n=len(names) - 3) if len(names) > 3 else said
    return APART.join(str(i) for i in own["area_id"] if i), said
