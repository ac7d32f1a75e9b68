"""Which choice of the method moves the list most: Sobol indices of the mean shift of ranks (methods, section 3.7).

First-order indices say how much of the shift's variance a choice explains alone, total ones with its interactions.
Sobol (2001); Saltelli and others (2010); Saisana, Saltelli and Tarantola (2005) for lists.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.stats import sobol_indices, uniform

from geodata.arrays import Floats
from geodata.policy import POLICY, Policy
from geodata.priority import Scoring, index_of, is_need, rank
from geodata.say import later
from geodata.stability import percentiles

FACTORS = (later("Weights"), later("Power of the mean"), later("Weight of the service gap"), later("Scale"))
WORDS = (
    later("From the weights chosen to equal weights."),
    later("From plain averages (1) to 3."),
    later("The exponent of the service gap, within the spread of the policy."),
    later("Fixed goals, or each thing as its percentile among the schools."),
)


@dataclass(frozen=True)
class Sensitivity:
    """Indices by factor: `first` alone, `total` with interactions; `mean_shift` is the mean over all combinations tried."""

    factors: tuple[str, ...]
    words: tuple[str, ...]
    first: tuple[float, ...]
    total: tuple[float, ...]
    mean_shift: float


def indices(response: Callable[[Floats], Floats], factors: int, *, samples: int, seed: int) -> tuple[Floats, Floats]:
    """First-order and total Sobol indices of a response to factors that are uniform from 0 to 1 (E3.8).

    `response` takes factors × points and gives one value a point; `samples` is a power of two.
    """
    found = sobol_indices(func=response, n=samples, dists=[uniform()] * factors, rng=np.random.default_rng(seed))  # type: ignore[list-item]
    return np.atleast_1d(np.squeeze(found.first_order)), np.atleast_1d(np.squeeze(found.total_order))


def sensitivity(
    scoring: Scoring,
    school_id: pd.Series,
    policy: Policy = POLICY,
    *,
    samples: int = 64,
    progress: Callable[[int, int], None] | None = None,
) -> Sensitivity:
    """What moves the list of a place: Sobol indices of the mean absolute shift of ranks against the list as it stands.

    The list is made samples × 6 times. Groups stay as they are, and so does who is ranked: they do not rest on these
    choices. `progress(done, of)` is called after every list; what it raises ends the work.
    """
    listed = ~scoring.verify
    own = rank(scoring, school_id)[listed]
    ways = (scoring.filled, percentiles(scoring))
    shifts: list[float] = []

    def shift(point: Floats) -> float:
        items = ways[int(point[3] >= 0.5)]
        moved = _tried(scoring, items, point, policy)
        shifts.append(float(np.abs(rank(moved, school_id)[listed] - own).mean()) if listed.any() else 0.0)
        if progress:
            progress(len(shifts), samples * (len(FACTORS) + 2))
        return shifts[-1]

    def response(points: Floats) -> Floats:
        return np.array([shift(point) for point in points.T])

    first, total = indices(response, len(FACTORS), samples=samples, seed=int(policy.number("mc_seed")))
    return Sensitivity(FACTORS, WORDS, tuple(first.tolist()), tuple(total.tolist()), float(np.mean(shifts)))


def _tried(scoring: Scoring, items: Floats, point: Floats, policy: Policy) -> Scoring:
    """The place with the choices of one point; only its scores differ."""

    equal = np.zeros_like(scoring.weights)
    for side in (is_need(), ~is_need()):
        used = scoring.in_use & side
        equal[used] = 1 / max(int(used.sum()), 1)
    weights = (1 - point[0]) * scoring.weights + point[0] * equal
    pillars = scoring.pillars
    if min(pillars) > 0:
        spread = policy.number("mc_alpha_spread")
        alpha = float(np.clip(policy.number("alpha") + spread * (2 * point[2] - 1), 0.01, 0.99))
        pillars = (alpha, 1 - alpha)
    tried = replace(scoring, weights=weights, pillars=pillars)
    score = index_of(items, tried, policy.with_values({"power_mean_p": 1 + min(int(3 * point[1]), 2)}))
    return replace(tried, score=np.round(score, 6))
