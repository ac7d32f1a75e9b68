"""How many connected device seats a child can reach: the two-step floating catchment area, enhanced by steps.

Step one shares a school's seats among all children within reach of it, step two adds up for each place what its
children get of every school in reach: R_j = S_j / Σ_i w_ij P_i and A_i = Σ_j w_ij R_j. So Σ_i A_i P_i is exactly the
seats of the schools that some child reaches. Methods, section 7 (E9.3, E9.3b).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from geodata.spatial import Flags, Floats, floats


@dataclass(frozen=True)
class Access:
    """`ratio` seats a child of each school (NaN where no child reaches it), `access` seats a child of each place,
    `unreached` the schools with seats that no child reaches."""

    ratio: Floats
    access: Floats
    unreached: Flags


def step_weights(minutes: csr_array, steps: Sequence[tuple[float, float]]) -> csr_array:
    """Weights of pairs (places × schools) from their minutes, or metres: each step is (up to, weight), rising.

    The limit of a step belongs to it; beyond the last the weight is 0. A stored 0 is a school at the very place; a
    pair that is not stored is out of reach.
    """
    limits = np.array([limit for limit, _ in steps])
    values = np.array([*(weight for _, weight in steps), 0.0])
    weights = minutes.copy()
    weights.data = values[np.searchsorted(limits, minutes.data, side="left")]
    weights.eliminate_zeros()
    return weights


def floating_catchment(children: ArrayLike, seats: ArrayLike, weights: csr_array) -> Access:
    """Access of n places with `children` to m schools with `seats`, by weights (n × m, sparse).

    A place that reaches nothing has 0. A place whose own number, or that of another place that shares a school with
    it, is unknown has unknown access: more children may share the seats. Seats must be known (leave the others out).
    """
    people, supply = floats(children), floats(seats)
    unknown = np.isnan(people)
    demand = weights.T @ np.where(unknown, 0.0, people)
    doubtful = (weights.T @ unknown.astype(np.float64)) > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(demand > 0, supply / demand, np.nan)
    ratio = np.where(doubtful, np.nan, ratio)
    access = weights @ np.where(np.isnan(ratio), 0.0, ratio)
    touched = (weights @ (doubtful & (supply > 0)).astype(np.float64)) > 0
    return Access(ratio, np.where(unknown | touched, np.nan, access), (demand <= 0) & ~doubtful & (supply > 0))
