"""Concentration of a yes/no over people ranked from poor to rich: index, Wagstaff, Erreygers, curve, and their bounds.

C = (2 ÷ μ) Σ f·h·R − 1, with f the share of people, h what they have and R their fractional rank, the middle of the
place that people of the same wealth share. For a yes/no C lies within ±(1 − μ), so that Erreygers' 4·μ·C is the
headline: it lies within ±1 and compares places of different means. Above 0 the better off have more.
Source: O'Donnell et al., Analyzing Health Equity (World Bank 2008); Wagstaff (2005); Erreygers (2009); methods 5.1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata.arrays import Floats
from geodata.equity.parity import NAN, Range

POINTS = 120  # of a drawn curve


@dataclass(frozen=True)
class Concentration:
    """Concentration of a yes/no; `mean` is its share, `weight` the people it stands on, `curve` (people, share) pairs.

    `if_no`, `if_yes`: Erreygers' index if every unknown were no, or yes. `lower_curve` and `upper_curve` belong to the
    two ends of its bounds.
    """

    mean: float
    index: Range
    wagstaff: float
    erreygers: Range
    if_no: float
    if_yes: float
    weight: float
    unknown: float
    no_wealth: float
    curve: tuple[tuple[float, float], ...]
    lower_curve: tuple[tuple[float, float], ...]
    upper_curve: tuple[tuple[float, float], ...]


def fractional_rank(wealth: Floats, weight: Floats) -> Floats:
    """The place from 0 (poorest) to 1 of each in the order of wealth; the equally wealthy share the middle of theirs."""
    _, code = np.unique(wealth, return_inverse=True)
    mass = np.bincount(code, weights=weight)
    middle = (np.cumsum(mass) - mass / 2) / mass.sum()
    ranks: Floats = middle[code]
    return ranks


def concentration_index(has: Floats, wealth: Floats, weight: Floats) -> float:
    """C of `has` over people ranked by wealth; NaN where nobody has any (E4.1)."""
    f = weight / weight.sum()
    mean = float((f * has).sum())
    return float(2 / mean * (f * has * fractional_rank(wealth, weight)).sum() - 1) if mean > 0 else NAN


def wagstaff(index: float, mean: float) -> float:
    """C ÷ (1 − μ), for a yes/no; NaN where all have it."""
    return index / (1 - mean) if mean < 1 else NAN


def erreygers(has: Floats, wealth: Floats, weight: Floats) -> float:
    """4·μ·C of a yes/no = 8 Σ f·h·(R − ½): linear in what each has, and 0 where all or none have it."""
    f = weight / weight.sum()
    return float(8 * (f * has * (fractional_rank(wealth, weight) - 0.5)).sum())


def curve(has: Floats, wealth: Floats, weight: Floats) -> tuple[tuple[float, float], ...]:
    """Cumulative share of people, poorest first, against their cumulative share of what is had; starts at (0, 0)."""
    _, code = np.unique(wealth, return_inverse=True)
    people, held = np.bincount(code, weights=weight), np.bincount(code, weights=weight * has)
    if not held.sum():
        return ()
    x = np.concatenate([[0], np.cumsum(people) / people.sum()])
    y = np.concatenate([[0], np.cumsum(held) / held.sum()])
    keep = np.unique(np.linspace(0, len(x) - 1, min(len(x), POINTS)).round().astype(int))
    return tuple((float(a), float(b)) for a, b in zip(x[keep], y[keep], strict=True))


def concentration(has: Floats, wealth: Floats, weight: Floats) -> Concentration | None:
    """Concentration of a yes/no (1, 0, NaN) with its bounds; None where nothing is known of anyone whose wealth is.

    The value is of the known; the bounds put the unknown, who keep their place by wealth, all among the poor or all
    among the rich half, which is exact for Erreygers' index because it is linear.
    """
    some, rich = weight > 0, ~np.isnan(wealth)
    lost = float(weight[some & ~rich].sum())
    h, r, w = has[some & rich], wealth[some & rich], weight[some & rich]
    known = ~np.isnan(h)
    if not known.any():
        return None
    place = fractional_rank(r, w)
    low, high = (np.where(known, h, side) for side in ((place < 0.5).astype(float), (place > 0.5).astype(float)))
    mean = float((w[known] * h[known]).sum() / w[known].sum())
    index = concentration_index(h[known], r[known], w[known])
    ends = _index_bounds(h, place, w)
    return Concentration(
        mean=mean,
        index=Range(index, *ends),
        wagstaff=wagstaff(index, mean),
        erreygers=Range(erreygers(h[known], r[known], w[known]), erreygers(low, r, w), erreygers(high, r, w)),
        if_no=erreygers(np.where(known, h, 0.0), r, w),
        if_yes=erreygers(np.where(known, h, 1.0), r, w),
        weight=float(w[known].sum()),
        unknown=float(w[~known].sum()),
        no_wealth=lost,
        curve=curve(h[known], r[known], w[known]),
        lower_curve=curve(low, r, w) if (~known).any() else (),
        upper_curve=curve(high, r, w) if (~known).any() else (),
    )


def _index_bounds(has: Floats, place: Floats, weight: Floats) -> tuple[float, float]:
    """Least and most of C: a ratio of sums, whose ends lie where the unknown split at one place in the order."""
    f, known = weight / weight.sum(), ~np.isnan(has)
    top, bottom = (f * has * (2 * place - 1))[known].sum(), (f * has)[known].sum()
    order = np.argsort(place[~known], kind="stable")
    step, mass = (f * (2 * place - 1))[~known][order], f[~known][order]

    def splits(a: Floats, b: Floats) -> Floats:
        tops, bottoms = top + np.concatenate([[0], np.cumsum(a)]), bottom + np.concatenate([[0], np.cumsum(b)])
        found: Floats = np.divide(tops, bottoms, out=np.full(tops.shape, np.nan), where=bottoms > 0)
        return found

    ends = np.concatenate([splits(step, mass), splits(step[::-1], mass[::-1])])
    return (float(np.nanmin(ends)), float(np.nanmax(ends))) if not np.isnan(ends).all() else (NAN, NAN)
