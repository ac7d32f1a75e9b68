"""Inequality of an amount for each learner (or school): Theil's T between and within regions, and the Gini.

T = Σ s·ln(x ÷ μ), with s the share of all that is held; it adds up exactly: the regions' means against the whole, and
within each region. Nothing held counts 0·ln 0 = 0. Source: Cowell, Measuring Inequality (2011); methods 5.1, E4.3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata.arrays import Codes, Floats
from geodata.equity.parity import NAN


@dataclass(frozen=True)
class Inequality:
    """Theil's T = between + within, and the Gini, over `weight` people; NaN where nothing is held."""

    theil: float
    between: float
    within: float
    gini: float
    mean: float
    weight: float
    unknown: float

    @property
    def share_between(self) -> float:
        """Share of the inequality that lies between the regions; NaN where there is none."""
        return self.between / self.theil if self.theil > 0 else NAN


def theil(amount: Floats, weight: Floats, region: Codes) -> tuple[float, float, float]:
    """Theil's T of an amount (0 or more), its part between regions and its part within them."""
    held = amount * weight
    whole = held.sum()
    if not whole > 0:
        return NAN, NAN, NAN
    size = int(region.max(initial=-1)) + 1
    by_region, people = (
        np.bincount(region, weights=held, minlength=size),
        np.bincount(region, weights=weight, minlength=size),
    )
    mean = whole / weight.sum()
    total = float((held * _log(amount / mean)).sum() / whole)
    means = np.divide(by_region, people, out=np.zeros(size), where=people > 0)
    between = float((by_region * _log(means / mean)).sum() / whole)
    ratio = np.divide(amount, means[region], out=np.zeros(len(amount)), where=means[region] > 0)
    within = float((held * _log(ratio)).sum() / whole)
    return total, between, within


def _log(values: Floats) -> Floats:
    """Natural logarithm, 0 where there is nothing, because it is always weighed by that nothing."""
    out: Floats = np.log(values, out=np.zeros(values.shape), where=values > 0)
    return out


def gini(amount: Floats, weight: Floats) -> float:
    """Gini of an amount (0 or more): 0 all the same, near 1 one holds all; twice the area above the Lorenz curve."""
    whole = float((amount * weight).sum())
    if not whole > 0:
        return NAN
    order = np.argsort(amount, kind="stable")
    people = np.concatenate([[0], np.cumsum(weight[order]) / weight.sum()])
    held = np.concatenate([[0], np.cumsum((amount * weight)[order]) / whole])
    return float(1 - (np.diff(people) * (held[1:] + held[:-1])).sum())


def inequality(amount: Floats, weight: Floats, region: Codes) -> Inequality | None:
    """Inequality over those whose amount (NaN: unknown) and region (−1: unknown) are known; None where nobody's is.

    There are no bounds: nobody who does not report can be said to hold at most so much.
    """
    known = ~np.isnan(amount) & (region >= 0) & (weight > 0)
    if not known.any():
        return None
    x, w = amount[known], weight[known]
    parts = theil(x, w, region[known])
    return Inequality(
        *parts,
        gini=gini(x, w),
        mean=float((x * w).sum() / w.sum()),
        weight=float(w.sum()),
        unknown=float(weight[~known].sum()),
    )
