"""Need beside marginalisation, in three classes each: where many underserved children live in poor places.

Class 1 is the least, 3 the most; 0 is not known. Marginalisation has fixed limits of the wealth percentile; need has
limits that the caller gives, or the thirds of the places themselves, and then says so.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from geodata.spatial import Floats, Ints, floats

LIMITS_BY = ("fixed", "thirds")


def thirds(values: ArrayLike) -> tuple[float, float]:
    """The two limits between the lowest, the middle and the highest third of the known values above 0.

    Raises nothing: without any known value both limits are 0.
    """
    known = floats(values)
    known = known[np.isfinite(known) & (known > 0)]
    if not known.size:
        return 0.0, 0.0
    low, high = np.quantile(known, (1 / 3, 2 / 3))
    return float(low), float(high)


def classes(values: ArrayLike, limits: tuple[float, float]) -> Ints:
    """1 below the first limit, 2 from it, 3 from the second; 0 where the value is not known."""
    known = floats(values)
    low, high = limits
    return np.asarray(np.select([np.isnan(known), known < low, known < high], [0, 1, 2], 3), dtype=np.int64)


def marginalisation_classes(wealth_percentile: ArrayLike, limits: tuple[float, float]) -> Ints:
    """3 for the poorest places (wealth percentile below the first limit), 1 for the richest; 0 where it is not known."""
    by_wealth = classes(wealth_percentile, limits)
    return np.where(by_wealth > 0, 4 - by_wealth, 0)


def need_classes(lower: Floats, upper: Floats, limits: tuple[float, float]) -> tuple[Ints, Ints]:
    """The class of the middle of each range, and whether (1 or 0) another class is possible within the range."""
    middle = classes((lower + upper) / 2, limits)
    unsure = classes(lower, limits) != classes(upper, limits)
    return middle, unsure.astype(np.int64)
