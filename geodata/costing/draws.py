"""Prices drawn at random from their ranges, the same for all schools in one draw: how sure a plan is of its prices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geodata.arrays import Floats
from geodata.costing.unit import PriceBook, UnitCost


def drawn(book: PriceBook, random: np.random.Generator) -> PriceBook:
    """A book with every price drawn once from low, middle and high; a price without a range stays what it is.

    The draw is triangular with its top at the middle. Prices that are above 0 throughout are drawn on a scale of ratios:
    published prices differ by factors, and a draw between 4.5 and 859 must not lie above 200 in most cases. Low, middle and
    high of a drawn price are the same. Items are drawn in their order, so that one seed gives one book.
    """
    costs = {item: _drawn(cost, float(random.random())) for item, cost in book.costs.items()}
    return replace(book, costs=costs)


def _drawn(cost: UnitCost, share: float) -> UnitCost:
    low, mid, high = cost.low, cost.mid, cost.high
    if low > 0:
        low, mid, high = np.log([low, mid, high])
    value = float(triangular(np.array([share]), low, mid, high)[0])
    exact = float(np.exp(value)) if cost.low > 0 else value
    price = min(max(exact, cost.low), cost.high)  # rounding of the logarithm apart
    return replace(cost, low=price, mid=price, high=price)


def triangular(share: Floats, low: float, mid: float, high: float) -> Floats:
    """The values below which such shares of a triangular distribution lie (0 to 1 → low to high)."""
    width = high - low
    if width <= 0:
        return np.full(len(share), mid)
    top = (mid - low) / width
    rising = low + np.sqrt(share * width * (mid - low))
    falling = high - np.sqrt((1 - share) * width * (high - mid))
    return np.where(share < top, rising, falling)
